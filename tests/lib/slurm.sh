# shellcheck shell=bash
# A real Slurm in the tests: the prefix it is built with, a one-node configuration, its daemons.
# Sourced.

# Length of every build prefix, so that another root's prefix fits where this one stood.
slurm_prefix_bytes=127

# Prints the build prefix of a release id: where the default root puts the release, padded with
# path components that mean nothing.
slurm_prefix() {
    local prefix=/opt/slurm/releases/$1/view
    if ((${#prefix} > slurm_prefix_bytes)); then
        echo "release id '$1' is too long for a prefix of $slurm_prefix_bytes bytes" >&2
        return 1
    fi
    if (((slurm_prefix_bytes - ${#prefix}) % 2 == 1)); then
        prefix+=/
    fi
    while ((${#prefix} < slurm_prefix_bytes)); do
        prefix+=/.
    done
    printf '%s\n' "$prefix"
}

# Prints the release id of VERSION-BUILD on this machine, such as 24.11.5-1-bookworm-amd64.
slurm_id() {
    printf '%s-%s-%s-%s\n' "$1" "$2" "$(slurm_toolchain)" "$(slurm_arch)"
}

# The toolchain is the distribution release that a Slurm is built on.
slurm_toolchain() {
    # shellcheck source=/dev/null
    (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-$ID${VERSION_ID%%.*}}")
}

slurm_arch() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) uname -m ;;
    esac
}
