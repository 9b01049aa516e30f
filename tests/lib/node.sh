# shellcheck shell=bash
# Machines for the tests: Debian with a real systemd as PID 1, in a container that boots in a
# second. Sourced; needs packages.sh, cache.sh, apt.sh, root.sh, and root.
#
#   node_start NAME [OPTION...]     boots NAME and waits until systemd is up; options are
#                                   systemd-nspawn's, such as --bind-ro=DIR or --private-network
#   node_run NAME COMMAND...        runs a command in it; the command's exit status
#   node_stop NAME                  orderly power off; what was written stays for the next start
#   node_kill NAME                  the same without any order
#   node_forget NAME                stops it and removes what it wrote
#
# A node has what sf-agent needs at run time, and neither a compiler nor a -dev package nor any of
# the libraries that Slurm needs: those are a release's own.
# It shares the host's network, so a web server on the host's loopback is reachable, unless an
# option says otherwise. The repository and $SF_BIN are there, read-only, under their own names,
# and $SF_BIN is in PATH. Nodes live below $SF_NODES (default: a directory of this process) and are
# of the Debian release $SF_NODE_SUITE (default: bookworm).

_node_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

packages_node_system=(systemd systemd-sysv dbus procps iproute2 util-linux ca-certificates curl)
packages_node_agent=(libcurl4 libarchive13 libelf1 libgpgme11 gpg gpgv gpg-agent gpgconf libsystemd0
    libinih1 libjansson4 libsmartcols1 libzstd1 libssl3)
# A build with sanitizers needs their libraries.
packages_node_sanitizers=(libasan8 libubsan1)

# True if this machine can hold nodes; says why not otherwise.
node_possible() {
    if ((EUID != 0)); then
        echo "nodes need root" >&2
        return 1
    fi
    if ! unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null; then
        echo "nodes need the right to mount" >&2
        return 1
    fi
}

node_start() {
    local name=$1 state lower
    state=$(_node_state "$name")
    shift
    packages_install systemd-container util-linux procps
    lower=$(root_make node "${SF_NODE_SUITE:-bookworm}" "${packages_node_system[@]}" \
        "${packages_node_agent[@]}" "${packages_node_sanitizers[@]}") || return 1
    mkdir -p "$state"
    rm -f "$state/pid"
    unshare -m bash "$_node_lib/node-boot" "$name" "$state" "$lower" "$@" \
        </dev/null >"$state/log" 2>&1 &
    disown
    if ! _node_wait_booted "$name" $!; then
        tail -n 30 "$state/log" >&2
        node_kill "$name"
        return 1
    fi
}

node_run() {
    local name=$1 leader
    shift
    leader=$(_node_leader "$name") || { echo "node '$name' is not running" >&2; return 1; }
    nsenter --target "$leader" --all --root --wd env -i HOME=/root LC_ALL=C.UTF-8 \
        PATH="${SF_BIN:+$SF_BIN:}/usr/sbin:/usr/bin:/sbin:/bin" "$@"
}

node_stop() {
    local name=$1
    node_run "$name" systemctl --no-block poweroff >/dev/null 2>&1 || true
    _node_wait_gone "$name" || node_kill "$name"
    _node_clean_cgroup "$name"
}

node_kill() {
    local name=$1 leader
    if leader=$(_node_leader "$name"); then
        kill -KILL "$leader" 2>/dev/null || true
    fi
    if ! _node_wait_gone "$name"; then
        kill -KILL "$(cat "$(_node_state "$name")/pid")" 2>/dev/null || true
    fi
    _node_clean_cgroup "$name"
}

node_forget() {
    local state
    state=$(_node_state "$1")
    node_kill "$1"
    rm -rf "$state"
    rmdir "${state%/*}" 2>/dev/null || true
}

_node_state() {
    : "${SF_NODES:=${TMPDIR:-/tmp}/sf-nodes.$$}"
    printf '%s/%s\n' "$SF_NODES" "$1"
}

# The host's process id of the node's PID 1.
_node_leader() {
    local pid
    pid=$(cat "$(_node_state "$1")/pid" 2>/dev/null) || return 1
    pgrep -P "$pid" | head -n 1 | grep .
}

_node_wait_booted() {
    local name=$1 boot=$2 deadline=$((SECONDS + 60)) answer=''
    while ((SECONDS < deadline)) && kill -0 "$boot" 2>/dev/null; do
        answer=$(node_run "$name" systemctl is-system-running 2>/dev/null) || true
        case $answer in
            running | degraded) return 0 ;;
        esac
        sleep 0.1
    done
    echo "node '$name' did not boot: ${answer:-no answer}" >&2
    return 1
}

_node_wait_gone() {
    local pid deadline=$((SECONDS + 20))
    pid=$(cat "$(_node_state "$1")/pid" 2>/dev/null) || return 0
    while kill -0 "$pid" 2>/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# Control groups outlive their last process; in whatever hierarchy the host shows, they are here.
_node_clean_cgroup() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    unshare -m bash -c 'mount -t cgroup2 cgroup2 /mnt &&
        find "/mnt/sf-node-$1" -depth -type d -exec rmdir {} +' _ "$1" 2>/dev/null || true
}
