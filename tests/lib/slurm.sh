# shellcheck shell=bash
# A real Slurm in the tests: the prefix it is built with, a one-node configuration, its daemons.
# Sourced.
#
# auth/slurm has its sockets in /run/slurm and /run/slurmctld whatever the configuration says, so a
# machine holds one cluster at a time; for more of them, see node.sh.

_slurm_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

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

# Builds the Slurm VERSION-BUILD for this machine's toolchain and packs it, signed by FINGERPRINT of
# $GNUPGHOME, into the repository REPO with the sf-builder in $SF_BIN. Further arguments go to it.
slurm_publish() {
    local repo=$1 fingerprint=$2 version=$3 build=$4 destdir status=0
    shift 4
    destdir=$(mktemp -d)
    "$_slurm_lib/build-slurm" "$version" "$(slurm_id "$version" "$build")" "$destdir" &&
        "$SF_BIN/sf-builder" pack --version "$version" --build "$build" \
            --toolchain "$(slurm_toolchain)" --arch "$(slurm_arch)" --destdir "$destdir" \
            --output "$repo" --sign "$fingerprint" "$@" || status=$?
    rm -rf "$destdir"
    return "$status"
}

# Writes a cluster of one node, this machine, below DIR. NODE is the node's name if slurmd is to
# find itself by it: the host name of the machine.
slurm_configure() {
    local dir=$1 node=${2:-localhost} port
    port=$(_slurm_free_ports)
    local address parameters=NoInAddrAny,NoCtldInAddrAny
    # Slurm can listen on one address only if it is that of the machine's name. On Debian this is
    # a loopback address; a machine whose name has none gets a Slurm that listens on all.
    address=$(getent ahostsv4 "$(hostname)" | awk 'NR == 1 { print $1 }') || true
    if [[ -z $address ]]; then
        address=127.0.0.1 parameters=''
    fi
    mkdir -p "$dir/state" "$dir/spool" "$dir/log"
    cat >"$dir/slurm.conf" <<EOF
ClusterName=sf-test
SlurmctldHost=localhost($address)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
${parameters:+CommunicationParameters=$parameters}
SlurmUser=root
SlurmdUser=root
AuthType=auth/slurm
CredType=cred/slurm
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
NodeName=$node NodeAddr=$address CPUs=1 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES State=UP
EOF
    echo 'CgroupPlugin=disabled' >"$dir/cgroup.conf"
    if [[ ! -f $dir/slurm.key ]]; then
        (umask 077 && head -c 1024 /dev/urandom >"$dir/slurm.key")
    fi
}

# Starts both daemons of the Slurm in the prefix VIEW with the configuration in DIR, and waits
# until the node takes jobs. What runs already stays as it is.
slurm_start() {
    local dir=$1 view=$2 daemon deadline=$((SECONDS + 60))
    for daemon in slurmctld slurmd; do
        if ! slurm_pid "$dir" "$daemon" >/dev/null; then
            _slurm_spawn "$dir" "$view" "$daemon"
        fi
    done
    until [[ $(SLURM_CONF=$dir/slurm.conf "$view/bin/sinfo" -h -o %t 2>/dev/null) == idle ]]; do
        if ((SECONDS >= deadline)); then
            tail -n 20 "$dir"/log/* >&2
            echo "the node of $dir does not take jobs" >&2
            return 1
        fi
        sleep 0.2
    done
}

# Stops the daemons of DIR and nobody else's.
slurm_stop() {
    local dir=$1 daemon pid attempt
    for daemon in slurmd slurmctld; do
        pid=$(slurm_pid "$dir" "$daemon") || continue
        # They leave their sockets behind.
        rm -f "/run/${daemon/slurmd/slurm}/sack.socket"
        kill -TERM "$pid" 2>/dev/null || continue
        for attempt in {1..100}; do
            kill -0 "$pid" 2>/dev/null || continue 2
            sleep 0.1
        done
        echo "$daemon ($pid) did not stop within $((attempt / 10)) s: killed" >&2
        kill -KILL "$pid" 2>/dev/null || true
    done
}

# Prints the process id of DIR's slurmctld or slurmd if it runs. A stale file may name a process
# that is something else by now.
slurm_pid() {
    local pid
    pid=$(cat "$1/$2.pid" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$2" ]] &&
        echo "$pid"
}

# Prints the first of two neighbouring ports that nothing uses, below those that the kernel gives to
# connections. Who listens there a moment later cannot be known, but that was nobody's so far.
_slurm_free_ports() {
    local port attempt
    for attempt in {1..100}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! grep -qhiE ":($(printf '%04X|%04X' "$port" $((port + 1)))) " /proc/net/tcp*; then
            echo "$port"
            return 0
        fi
    done
    echo "no free ports after $attempt attempts" >&2
    return 1
}

# In the background and in a session of its own, holding nothing of the caller's open.
_slurm_spawn() {
    local dir=$1 view=$2 daemon=$3
    local -a arguments=(-D)
    if [[ $daemon == slurmd ]]; then
        arguments+=(-N localhost)
    fi
    (
        exec </dev/null >"$dir/log/$daemon.out" 2>&1
        cd /
        SLURM_CONF=$dir/slurm.conf setsid "$view/sbin/$daemon" "${arguments[@]}" &
        echo $! >"$dir/$daemon.pid"
    )
}
