#!/bin/bash
# A release whose slurmd does not stay up under systemd: the old one is made active and started
# again, the new one is put on hold, and the run fails with a status of its own.
set -euo pipefail
export LC_ALL=C

lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
for library in packages cache apt root node repo slurm; do
    # shellcheck source=/dev/null
    source "$lib/$library.sh"
done

readonly node=unhealthy view=/opt/slurm/view
id_suffix=$(slurm_toolchain)-$(slurm_arch)
readonly old=24.11.5-1-$id_suffix new=24.11.6-1-$id_suffix next=24.11.7-1-$id_suffix

fail() {
    echo "FAILED: $*" >&2
    node_run "$node" journalctl --no-pager -n 30 -u slurmd >&2 || true
    exit 1
}

clean_up() {
    local status=$?
    trap - EXIT
    node_forget "$node"
    nginx_stop "$work/nginx"
    key_forget "$GNUPGHOME"
    rm -rf "$work"
    exit "$status"
}

publish() {
    local id=$1
    "$lib/tiny-slurm" "${id%%-*}" "$id" "$work/destdir" >/dev/null
    "$SF_BIN/sf-builder" pack --version "${id%%-*}" --build 1 --toolchain "$(slurm_toolchain)" \
        --destdir "$work/destdir" --output "$work/repository" --level 1 --sign "$key" >/dev/null
    rm -rf "$work/destdir"
    "$SF_BIN/sf-builder" index --repository "$work/repository" --name test --sign "$key" >/dev/null
}

configure() {
    mkdir -p "$work/etc/keys.d"
    key_export "$GNUPGHOME" "$key" "$work/etc/keys.d/test.asc"
    cat >"$work/etc/sf-agent.conf" <<EOF
[agent]
health_s = 1
[repository]
url = $url
[toolchain $(slurm_toolchain)]
os_id = debian
version_id = 12
glibc = 2.36
EOF
}

expect_running() {
    local id=$1 pid
    [[ $(node_run "$node" readlink /opt/slurm/current) == "releases/$id" ]] || fail "not active: $id"
    [[ $(node_run "$node" systemctl is-active slurmd) == active ]] || fail "slurmd of $id is not up"
    pid=$(node_run "$node" systemctl show --property MainPID --value slurmd)
    [[ $(node_run "$node" readlink "/proc/$pid/exe") == "/opt/slurm/releases/$id/"* ]] ||
        fail "slurmd is not that of $id"
}

if ! node_possible || [[ $(slurm_toolchain) != bookworm ]]; then
    echo "skipped: nodes are Debian 12 and need mounts"
    exit 77
fi
work=$(mktemp -d)
export GNUPGHOME=$work/gnupg SF_NODES=$work/nodes
trap clean_up EXIT
key=$(key_make "$GNUPGHOME")
publish "$old"
url=$(nginx_start "$work/repository" "$work/nginx")
configure
node_start "$node" --bind-ro="$work/etc:/etc/sf-agent"
node_run "$node" mkdir -p /etc/slurm
node_run "$node" touch /etc/slurm/slurm.conf

node_run "$node" sf-agent install 24.11
node_run "$node" systemctl start slurmd
expect_running "$old"

TINY_CRASHES=1 publish "$new"
status=0
node_run "$node" sf-agent upgrade --json >"$work/out" 2>"$work/err" || status=$?
((status == 15)) || fail "exit status $status: $(<"$work/err")"
grep -qF "$old is active again, $new is on hold" "$work/err" || fail "says: $(<"$work/err")"
grep -qF 'slurmd.service' "$work/err" || fail "does not name the service: $(<"$work/err")"
grep -qF '"error":"UNHEALTHY"' "$work/out" || fail "JSON: $(<"$work/out")"
expect_running "$old"
[[ $(node_run "$node" "$view/sbin/slurmd" -V) == "slurm 24.11.5" ]] || fail "view is not $old"

# The timer does not try it again, a person may, and the release after it is taken.
node_run "$node" sf-agent upgrade | grep -qF "on hold" || fail "the release is not on hold"
node_run "$node" sf-agent history | grep -q UNHEALTHY || fail "the history does not tell"
! node_run "$node" test -e /var/lib/sf-agent/journal.json || fail "the journal is open"
! node_run "$node" sf-agent install 24.11.6 2>/dev/null || fail "a crashing release was installed"
expect_running "$old"
node_run "$node" sf-agent install 24.11.6 --no-start 2>"$work/err"
[[ $(node_run "$node" readlink /opt/slurm/current) == "releases/$new" ]] || fail "--no-start"
grep -qF 'slurmd still runs' "$work/err" || fail "the stale slurmd is not told of"
node_run "$node" sf-agent rollback
expect_running "$old"

# A power cut while slurmd of the new release fails: the next run, whatever it is, goes back.
cut_short() {
    printf '{"operation":"install","from":"%s","to":"%s","previous":"","services":"slurmd","may_restart":true,"started":"2026-01-01T00:00:00Z"}\n' \
        "$old" "$new" | node_run "$node" tee /var/lib/sf-agent/journal.json >/dev/null
}
expect_gone_back() {
    node_run "$node" sf-agent gc 2>"$work/err"
    expect_running "$old"
    ! node_run "$node" test -e /var/lib/sf-agent/journal.json || fail "the journal is open"
    node_run "$node" test -e "/var/lib/sf-agent/holds/$new" || fail "$new is not on hold"
}
node_run "$node" sf-agent install 24.11.6 --no-start 2>/dev/null
cut_short
expect_gone_back
# Or it came while that was done: what the new release brought down is started again.
node_run "$node" systemctl stop slurmd
cut_short
expect_gone_back

# A controller that was never restarted is told of when it lags behind, and only then.
publish "$next"
node_run "$node" systemctl start slurmctld
node_run "$node" sf-agent upgrade >/dev/null 2>"$work/err"
expect_running "$next"
grep -qF "slurmctld still runs $old" "$work/err" || fail "the stale slurmctld is not told of"
node_run "$node" sf-agent rollback >/dev/null 2>"$work/err"
expect_running "$old"
! grep -qF slurmctld "$work/err" || fail "says of a slurmctld of $old: $(<"$work/err")"
node_run "$node" sf-agent use 24.11.7 >/dev/null 2>&1
expect_running "$next"
