# shellcheck shell=bash
# The Debian packages that this project is built and tested with, and how they get onto a machine.
# Sourced, not run. Names are those of Debian 12 and later and of Ubuntu 22.04 and later.

# Read by the scripts that source this file.
# shellcheck disable=SC2034
packages_agent=(cmake ninja-build gcc libc6-dev pkg-config libcurl4-openssl-dev libarchive-dev
    libelf-dev libssl-dev libgpgme-dev libsystemd-dev libinih-dev libzstd-dev libjansson-dev
    libsmartcols-dev libcmocka-dev)

# Without libjwt there is no auth/slurm, without libdbus and libbpf no cgroup/v2 plugin. Python makes
# the HTML pages.
# shellcheck disable=SC2034
packages_slurm=(gcc libc6-dev make pkg-config python3-minimal libjson-c-dev libjwt-dev
    libyaml-dev libhttp-parser-dev libdbus-1-dev libbpf-dev)

# What sf-builder runs, and what a repository is signed and served with.
# shellcheck disable=SC2034
packages_serve=(binutils patchelf nginx curl ca-certificates gnupg gpgv gpg-agent zstd)

# What repositories are published by.
# shellcheck disable=SC2034
packages_publish=(rsync openssh-client openssh-server)

# shellcheck disable=SC2034
packages_tests=(git jq openssl python3 shellcheck clang-format clang-tidy codespell mandoc
    strace procps iproute2 util-linux file xz-utils bzip2)

# What makes a second compilation faster.
# shellcheck disable=SC2034
packages_cache=(ccache)

# What runs and strips the programs of another architecture.
# shellcheck disable=SC2034
packages_foreign_amd64=(qemu-user-static binutils-aarch64-linux-gnu)
# shellcheck disable=SC2034
packages_foreign_arm64=(qemu-user-static binutils-x86-64-linux-gnu)

# A parser to read by what is written for Spack.
# shellcheck disable=SC2034
packages_spack=(python3-yaml)

# What shows programs another date.
# shellcheck disable=SC2034
packages_date=(libfaketime)

# For a root of another distribution.
# shellcheck disable=SC2034
packages_rpm=(rpm)

# What fetches validators of other formats, where it is not there already.
# shellcheck disable=SC2034
packages_npm=(nodejs npm)

# shellcheck disable=SC2034
packages_node=(mmdebstrap systemd-container)

# What reads container images.
# shellcheck disable=SC2034
packages_export=(skopeo umoci buildah)

# What turns a container image into a build root.
# shellcheck disable=SC2034
packages_image=(podman)

packages_missing() {
    local name
    for name in "$@"; do
        # Asked one by one: dpkg-query prints nothing for a name that it has never heard of.
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != installed ]]; then
            printf '%s\n' "$name"
        fi
    done
}

# Installs, as root, what is missing of the packages named, and starts none of their services.
# Tests that run at the same time take turns.
packages_install() {
    if [[ -z $(packages_missing "$@") ]]; then
        return 0
    fi
    if ((EUID != 0)); then
        echo "missing packages; as root: apt-get install $(packages_missing "$@" | xargs)" >&2
        return 1
    fi
    (flock 9 && _packages_install_missing "$@") 9>/run/sf-agent-packages.lock
}

_packages_install_missing() {
    local -a missing
    mapfile -t missing < <(packages_missing "$@")
    if ((${#missing[@]} == 0)); then
        return 0
    fi
    echo "installing packages: ${missing[*]}" >&2
    _packages_quietly apt-get -qq update || return 1
    _packages_without_services apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install "${missing[@]}" || return 1
    # Nor at the next boot.
    if [[ -d /run/systemd/system ]]; then
        [[ " ${missing[*]} " != *' nginx '* ]] || systemctl --quiet disable nginx.service
        [[ " ${missing[*]} " != *' openssh-server '* ]] ||
            systemctl --quiet disable ssh.service ssh.socket
    fi
}

# Runs a command whose output is of interest only when it fails.
_packages_quietly() {
    local log status=0
    log=$(mktemp)
    DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        tail -n 40 "$log" >&2
        echo "exit status $status: $*" >&2
    fi
    rm -f "$log"
    return "$status"
}

# Debian starts a service when its package is installed (nginx would take port 80). A policy
# script is how it asks whether it may; an administrator's own stays as it is.
_packages_without_services() (
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    _packages_quietly "$@"
)
