# shellcheck shell=bash
# Debian roots made by mmdebstrap: kept for the day, and mounted as copies that can be thrown away.
# Sourced; needs packages.sh, cache.sh and apt.sh, and root.

# Prints the directory of a root NAME of distribution release SUITE with the packages given,
# made today. It is shared: never write into it. SF_ROOT_ARCH says for which architecture when it is
# not this machine's, whose kernel has to run its programs.
root_make() {
    local name=$1 suite=$2 roots dir lock
    shift 2
    roots=$(cache_dir)/roots
    dir=$roots/$name-$(printf '%s\n' "$suite" "$@" | sha256sum | cut -c 1-8)-$(date -u +%Y%m%d)
    mkdir -p "$roots"
    exec {lock}>"$roots/lock"
    flock "$lock"
    if [[ ! -d $dir ]]; then
        rm -rf "${dir:?}.new"
        # Yesterday's may still be under somebody's test.
        find "$roots" -maxdepth 1 -name "$name-*" -mtime +1 -exec rm -rf {} +
        echo "making a $suite root: $name" >&2
        _root_bootstrap "$suite" "$dir.new" "$@" || return 1
        mv "$dir.new" "$dir"
    fi
    exec {lock}>&-
    printf '%s\n' "$dir"
}

# Mounts a writable copy of the root LOWER at STATE/root; what is written lands in STATE. The mount
# lives as long as the caller's mount namespace. Where an overlay cannot be (its upper directory
# would be on another overlay), the root is copied.
root_mount() {
    local lower=$1 state=$2
    mkdir -p "$state/root" "$state/upper" "$state/work"
    if [[ -n $(ls -A "$state/root") ]]; then
        mount --bind "$state/root" "$state/root"
    elif ! mount -t overlay overlay -o \
        "lowerdir=$lower,upperdir=$state/upper,workdir=$state/work" "$state/root" 2>/dev/null; then
        cp -a "$lower/." "$state/root"
        mount --bind "$state/root" "$state/root"
    fi
}

_root_bootstrap() {
    local suite=$1 dir=$2 packages option
    local -a options=()
    shift 2
    packages_install mmdebstrap
    packages=$(IFS=,; echo "$*")
    while read -r option; do
        options+=(--aptopt="$option")
    done < <(apt_network_options)
    if [[ -n $packages ]]; then
        options+=(--include="$packages")
    fi
    if [[ -n ${SF_ROOT_ARCH:-} ]]; then
        packages_install arch-test
        options+=(--architectures="$SF_ROOT_ARCH")
    fi
    apt_sources_for "$suite" >"$dir.list" || return 1
    _packages_quietly mmdebstrap --mode=root --variant=minbase --format=directory \
        "${options[@]}" "$suite" "$dir" "$dir.list" || return 1
    mv "$dir"/etc/apt/sources.list.d/*.list "$dir/etc/apt/sources.list"
    # A host name in the root would win over the one that a node is started with.
    rm -f "$dir.list" "$dir/etc/hostname"
}
