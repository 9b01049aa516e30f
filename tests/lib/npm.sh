# shellcheck shell=bash
# Programs and libraries that npm has: kept in the cache, never in this tree. Sourced; needs
# packages.sh and cache.sh.

# Prints the folder of modules NAME holding the packages given, for NODE_PATH.
npm_modules() {
    local name=$1 dir lock
    shift
    dir=$(cache_dir)/npm/$name-$(printf '%s\n' "$@" | sha256sum | cut -c 1-8)
    mkdir -p "${dir%/*}"
    exec {lock}>"${dir%/*}/lock"
    flock "$lock"
    # Also where a cache has all but what runs it.
    if ! command -v node >/dev/null; then
        packages_install nodejs >&2 || return 1
    fi
    if [[ ! -d $dir ]]; then
        if ! command -v npm >/dev/null; then
            # shellcheck disable=SC2154  # by packages.sh
            packages_install "${packages_npm[@]}" >&2 || return 1
        fi
        rm -rf "${dir:?}.new"
        mkdir "$dir.new"
        npm install --prefix "$dir.new" --no-save --no-package-lock --no-audit --no-fund \
            --omit=optional --omit=peer --fetch-retries=1 --loglevel=error "$@" </dev/null >&2 || return 1
        mv "$dir.new" "$dir"
    fi
    exec {lock}>&-
    printf '%s\n' "$dir/node_modules"
}
