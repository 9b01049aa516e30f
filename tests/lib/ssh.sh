# shellcheck shell=bash
# An sshd and an rsync daemon of a scenario's own, on ports of the loopback that are free. Sourced by
# scenarios: both run, and end, within their namespaces, and nothing of /etc/ssh or of anybody's
# ~/.ssh is read or written.
#
#   ssh_start STATE       starts sshd; sets $ssh_port and RSYNC_RSH, with one login for many calls
#   ssh_login OPTION..    how the key may log in from now on, as in authorized_keys; the login that
#                         is open ends
#   ssh_forget            ends the login that is open
#   rsyncd_start STATE PATH    starts an rsync daemon; sets $rsync_port and $rsync_module, which is
#                         PATH, "$rsync_module-shown", the same read-only, and
#                         "$rsync_module-locked", the same for the user "me" with the password
#                         "open sesame"

ssh_start() {
    ssh_state=$1
    mkdir -m 700 "$ssh_state"
    # What sshd wants to be there, and what both believe about the user.
    mount -t tmpfs sf-run /run
    mkdir /run/sshd
    sed "s|^root:.*|root:x:0:0:root:$ssh_state:/bin/bash|" /etc/passwd >"$ssh_state/passwd"
    sed 's|^root:[^:]*|root:*|' /etc/shadow >"$ssh_state/shadow"
    mount --bind "$ssh_state/passwd" /etc/passwd
    mount --bind "$ssh_state/shadow" /etc/shadow
    # As near to what rsync prints as a server's greeting can be.
    printf '%s\n' '-rw-r--r--           3 2026/11/21 04:51:55 of/the/banner' '<f+++++++++ banner' \
        >"$ssh_state/banner"
    ssh-keygen -q -t ed25519 -N '' -f "$ssh_state/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$ssh_state/key"
    cp "$ssh_state/key.pub" "$ssh_state/authorized_keys"
    _start_somewhere _sshd_try || return 1
    # shellcheck disable=SC2034  # read by scenarios
    ssh_port=$port
    echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$ssh_state/host_key.pub")" >"$ssh_state/known_hosts"
    cat >"$ssh_state/config" <<END
Host *
    Port $port
    User root
    IdentityFile $ssh_state/key
    IdentitiesOnly yes
    UserKnownHostsFile $ssh_state/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    UpdateHostKeys no
    ControlMaster auto
    ControlPath /run/ssh-%C
    ControlPersist 60
END
    export RSYNC_RSH="ssh -F $ssh_state/config"
}

ssh_login() {
    ssh_forget
    echo "$* $(cat "$ssh_state/key.pub")" >"$ssh_state/authorized_keys"
}

ssh_forget() {
    ssh -F "$ssh_state/config" -O exit 127.0.0.1 2>/dev/null || true
}

rsyncd_start() {
    rsyncd_state=$1
    rsyncd_path=$2
    # A name by which it is known that it is this daemon who answers.
    rsync_module=module-$RANDOM$RANDOM$RANDOM
    mkdir "$rsyncd_state"
    (umask 077 && echo 'me:open sesame' >"$rsyncd_state/secrets")
    _start_somewhere _rsyncd_try || return 1
    # shellcheck disable=SC2034  # read by scenarios
    rsync_port=$port
}

# Calls COMMAND with ports until one is good.
_start_somewhere() {
    local attempt
    for attempt in {1..20}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if "$1"; then
            return 0
        fi
    done
    echo "$1: no port is free ($attempt tries)" >&2
    return 1
}

_sshd_try() {
    local pid attempt
    cat >"$ssh_state/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $ssh_state/host_key
AuthorizedKeysFile $ssh_state/authorized_keys
PidFile $ssh_state/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
Banner $ssh_state/banner
END
    "$(PATH=$PATH:/usr/sbin command -v sshd)" -D -f "$ssh_state/sshd_config" \
        -E "$ssh_state/sshd.log" </dev/null >/dev/null 2>&1 &
    pid=$!
    for attempt in {1..100}; do
        # Written when it listens.
        if [[ -s $ssh_state/sshd.pid ]]; then
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$ssh_state/sshd.log" >&2
    return 1
}

_rsyncd_try() {
    local pid attempt
    cat >"$rsyncd_state/rsyncd.conf" <<END
port = $port
address = 127.0.0.1
log file = $rsyncd_state/rsyncd.log
use chroot = no
uid = root
gid = root
[$rsync_module]
    path = $rsyncd_path
    read only = no
[$rsync_module-shown]
    path = $rsyncd_path
    read only = yes
[$rsync_module-locked]
    path = $rsyncd_path
    read only = no
    auth users = me
    secrets file = $rsyncd_state/secrets
END
    rsync --daemon --no-detach --config="$rsyncd_state/rsyncd.conf" </dev/null >/dev/null 2>&1 &
    pid=$!
    for attempt in {1..100}; do
        if rsync --contimeout=2 "rsync://127.0.0.1:$port/" 2>/dev/null | grep -q "^$rsync_module"; then
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$rsyncd_state/rsyncd.log" >&2
    return 1
}
