# shellcheck shell=bash
# A scenario: given a node and a repository, run, expect. Sourced as the first thing by each script.
#
# The node is this machine in a mount namespace of its own, in which everything that sf-agent writes
# to is a fresh tmpfs: /opt, its state, cache and run directories, /etc/sf-agent and the directory
# of units; and in a process namespace of its own, because sf-agent looks for processes that use a
# release. So a scenario runs the real program as root with the default root, leaves nothing
# behind, and scenarios run side by side.
#
#   $agent, $builder      the programs
#   $work                 a directory of the scenario's own
#   repo_make VERSION...  a repository of tiny releases (VERSION-BUILD), signed by $key, at $repo
#   repo_index [OPTION..] index it anew
#   repo_serve            serve it; $url
#   node_configure URL..  /etc/sf-agent for those mirrors, with the key of the repository
#   run STATUS COMMAND..  run, compare the exit status; $out and $err are files
#   expect_out TEXT, expect_err TEXT, refuse_out TEXT    fixed strings in what the last run printed
#   node_digest           prints type, mode, owner, content digest or link target of all of the node
#   unchanged COMMAND..   run it; the node is byte for byte as before
set -euo pipefail
export LC_ALL=C

if [[ ${SF_SCENARIO_NAMESPACE:-} != yes ]]; then
    if ((EUID != 0)); then
        echo "scenarios mount file systems: run them as root" >&2
        exit 1
    fi
    SF_SCENARIO_NAMESPACE=yes exec unshare --mount --pid --fork --kill-child --mount-proc \
        --propagation private "$0" "$@"
fi

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scenario=$(basename "$0" .sh)
# shellcheck source=tests/lib/repo.sh
source "$repository/tests/lib/repo.sh"
# shellcheck source=tests/lib/slurm.sh
source "$repository/tests/lib/slurm.sh"

build=${SF_BIN:-$repository/build/dev}
# shellcheck disable=SC2034  # read by scenarios
agent=$build/sf-agent
builder=$build/sf-builder
toolchain=$(slurm_toolchain)
arch=$(slurm_arch)
# shellcheck disable=SC2034  # read by scenarios
id_suffix=$toolchain-$arch
work=$(mktemp -d "${TMPDIR:-/tmp}/sf-scenario-XXXXXX")
repo=$work/repo
out=$work/out
err=$work/err
key_home=$work/key
key=
# shellcheck disable=SC2034  # read by scenarios
url=
servers=()

node_directories=(/opt /var/lib/sf-agent /var/cache/sf-agent /run/sf-agent /etc/sf-agent
    /etc/systemd/system)

scenario_end() {
    local status=$? server target
    for server in "${servers[@]}"; do
        nginx_stop "$server"
    done
    if [[ -d $key_home ]]; then
        key_forget "$key_home"
    fi
    if ((status != 0)); then
        echo "scenario $scenario failed (line ${BASH_LINENO[0]})" >&2
        for file in "$out" "$err"; do
            [[ -s $file ]] && sed "s|^|  ${file##*/}: |" "$file" >&2
        done
    fi
    # What a scenario has mounted in its directory is not its to remove.
    while read -r _ target _; do
        [[ $target != "$work"/* ]] || umount --lazy "$target"
    done </proc/mounts
    rm -rf "$work"
}
trap scenario_end EXIT

fail() {
    echo "$scenario: $*" >&2
    exit 1
}

node_make() {
    local directory
    for directory in "${node_directories[@]}"; do
        # A mount needs a directory to stand on; an empty one more on the machine is no trace.
        mkdir -p "$directory"
        mount -t tmpfs -o mode=0755,size="${SF_NODE_SIZE:-512m}" sf-node "$directory"
    done
    # On a machine with systemd the scenario must not reload that one's units.
    if [[ -d /run/systemd ]]; then
        mount -t tmpfs sf-node /run/systemd
    fi
}

node_configure() {
    mkdir -p /etc/sf-agent/keys.d
    key_export "$key_home" "$key" /etc/sf-agent/keys.d/test.asc
    {
        echo '[agent]'
        printf '%s\n' "${node_settings[@]}"
        echo '[repository]'
        printf 'url = %s\n' "$@"
        printf '%s\n' 'retries = 1' 'connect_timeout_s = 5' 'stall_timeout_s = 5'
        echo "[toolchain $toolchain]"
        (. /etc/os-release && printf 'os_id = %s\nversion_id = %s\n' "$ID" "$VERSION_ID")
        echo "glibc = $(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
    } >/etc/sf-agent/sf-agent.conf
}
node_settings=()

repo_make() {
    local release
    [[ -n $key ]] || key=$(key_make "$key_home")
    for release in "$@"; do
        repo_add "$release"
    done
    # shellcheck disable=SC2119
    repo_index
}

# Packs one tiny release, VERSION-BUILD; options of `sf-builder pack` may follow.
repo_add() {
    local version=${1%-*} number=${1##*-} id
    shift
    id=$version-$number-$toolchain-$arch
    "$repository/tests/lib/tiny-slurm" "$version" "$id" "$work/destdir-$id" >/dev/null
    GNUPGHOME=$key_home "$builder" pack --version "$version" --build "$number" \
        --toolchain "$toolchain" --destdir "$work/destdir-$id" --output "$repo" --level 1 \
        --sign "$key" "$@" >/dev/null
}

# shellcheck disable=SC2120  # options come from scenarios
repo_index() {
    GNUPGHOME=$key_home "$builder" index --repository "$repo" --name scenario --sign "$key" "$@" \
        >/dev/null
}

# shellcheck disable=SC2034  # url is read by scenarios
repo_serve() {
    servers+=("$work/nginx")
    url=$(nginx_start "$repo" "$work/nginx")
}

# The path of a release's artifact in the repository.
artifact_of() {
    local version=${1%-*} number=${1##*-}
    printf '%s/%s/%s/%s/slurm-%s-%s-%s-software.tar.zst\n' "$repo" "$toolchain" "$1" "$arch" \
        "$version" "$number" "$id_suffix"
}

run() {
    local expected=$1 status=0
    shift
    "$@" >"$out" 2>"$err" </dev/null || status=$?
    if ((status != expected)); then
        fail "exit status $status, expected $expected: $*"
    fi
}

expect_out() {
    grep -qF -- "$1" "$out" || fail "expected on standard output: $1"
}

refuse_out() {
    ! grep -qF -- "$1" "$out" || fail "not expected on standard output: $1"
}

expect_err() {
    grep -qF -- "$1" "$err" || fail "expected on standard error: $1"
}

node_digest() {
    local directory
    for directory in /opt /var/lib/sf-agent /etc/sf-agent /etc/systemd/system; do
        (
            cd "$directory"
            find . -printf '%p %y %m %U:%G %l\n' | sort
            find . -type f -print0 | sort -z | xargs -0 -r sha256sum
        )
    done
}

unchanged() {
    node_digest >"$work/before"
    "$@"
    node_digest >"$work/after"
    diff "$work/before" "$work/after" >&2 || fail "the node changed: $*"
}

node_make
