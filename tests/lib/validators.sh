# shellcheck shell=bash
# Public validators of what lies beside an artifact: SPDX's own library and in-toto's own, which
# Debian has, and CycloneDX's own and the parsers of licences and package URLs, which npm has.
# Sourced; needs packages.sh, cache.sh, apt.sh, root.sh and npm.sh, and root.
#
#   validators_make                     once, before the other
#   validators_check CDX SPDX INTOTO    prints what is wrong, who says so first; status 1 then

# The first release that has SPDX's library.
readonly _validators_suite=forky
_validators_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

validators_make() {
    NODE_PATH=$(npm_modules sbom @cyclonedx/cyclonedx-library@6 ajv@8 ajv-formats@3 \
        ajv-formats-draft2019@1 packageurl-js@2 spdx-expression-parse@4) || return 1
    export NODE_PATH
    _validators_root=$(root_make validators "$_validators_suite" python3-spdx-tools golang-go \
        golang-github-in-toto-attestation-dev) || return 1
    _validators_statement=$(_validators_build_statement) || return 1
}

validators_check() {
    local dir status=0
    dir=$(mktemp -d)
    cp "$1" "$dir/sbom.cdx.json"
    cp "$2" "$dir/sbom.spdx.json"
    cp "$3" "$dir/statement.json"
    "$_validators_lib/validate-descriptions" "$dir/sbom.cdx.json" "$dir/sbom.spdx.json" \
        "$dir/statement.json" || status=1
    _validators_check_spdx "$dir" || status=1
    "$_validators_statement" "$dir/statement.json" || status=1
    rm -rf "$dir"
    return "$status"
}

# What the library reads and writes again is all that was there: it passes over unknown members.
_validators_check_spdx() {
    local dir=$1
    if ! _validators_run "$dir" pyspdxtools --version SPDX-2.3 -i /mnt/sbom.spdx.json \
        -o /mnt/again.spdx.json >"$dir/log" 2>&1; then
        sed 's/^/spdx-tools: /' "$dir/log"
        return 1
    fi
    # 2.2 spelt it with '_'; both are valid.
    sed -i 's/"PACKAGE_MANAGER"/"PACKAGE-MANAGER"/' "$dir/again.spdx.json"
    if ! diff <(jq -S . "$dir/sbom.spdx.json") <(jq -S . "$dir/again.spdx.json") >"$dir/log"; then
        sed 's/^/spdx-tools does not know: /' "$dir/log"
        return 1
    fi
}

# Prints the path of the program. Without what Go keeps it takes half a minute to build.
_validators_build_statement() {
    local source=$_validators_lib/validate-statement.go name dir program lock
    name=$(cat "$source" <(echo "$_validators_root") | sha256sum | cut -c 1-8)
    dir=$(cache_dir)/validators
    program=$dir/statement-$name
    mkdir -p "$dir"
    exec {lock}>"$dir/lock"
    flock "$lock"
    if [[ ! -x $program ]]; then
        find "$dir" -mindepth 1 ! -name lock -exec rm -rf {} +
        mkdir "$dir/build"
        cp "$source" "$dir/build/statement.go"
        _validators_run "$dir/build" env HOME=/mnt GOTMPDIR=/mnt GOCACHE=/mnt/cache \
            GOPATH=/usr/share/gocode GO111MODULE=off CGO_ENABLED=0 go build -o /mnt/statement /mnt/statement.go \
            >"$dir/build/log" 2>&1 || { cat "$dir/build/log" >&2 && return 1; }
        mv "$dir/build/statement" "$program"
        rm -rf "$dir/build"
    fi
    exec {lock}>&-
    printf '%s\n' "$program"
}

# Runs a command in the root, which stays as it is, with the directory DIR at /mnt.
_validators_run() {
    # shellcheck disable=SC2016  # for the shell that is started
    unshare --mount --propagation private bash -euc '
        root=$1 dir=$2
        shift 2
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount --rbind /dev "$root/dev"
        mount --rbind /proc "$root/proc"
        mount --bind "$dir" "$root/mnt"
        exec chroot "$root" "$@"' bash "$_validators_root" "$@"
}
