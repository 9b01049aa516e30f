#!/bin/bash
# The timer's service upgrades a node with a real systemd, within the restrictions of its unit: it
# writes trees and links to units, reads /proc, and has systemd restart what runs.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for library in packages cache apt root node; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done
node_possible || exit 77

export SF_NODES=$work/nodes
trap 'status=$?; node_forget timer; (exit "$status"); scenario_end' EXIT

in_node() {
    node_run timer "$@"
}

start_service() {
    if ! in_node systemctl start sf-agent-upgrade.service; then
        in_node journalctl --no-pager -u sf-agent-upgrade.service -u slurmd.service >&2
        fail "the service failed"
    fi
}

# expect_active VERSION
expect_active() {
    [[ $(in_node readlink /opt/slurm/current) == "releases/$1-1-$id_suffix" ]] ||
        fail "$1 is not active"
}

repo_make 24.11.5-1
repo_serve
node_configure "$url"
# No links to units at first, so that the service has to make them.
mkdir /etc/sf-agent/conf.d
printf '[agent]\nunits = none\n' >/etc/sf-agent/conf.d/units.conf

node_start timer --bind-ro=/etc/sf-agent:/srv/sf-agent
in_node mkdir -p /etc/slurm
in_node cp -r /srv/sf-agent /etc/
in_node touch /etc/slurm/slurm.conf
in_node sf-agent install 24.11 --quiet
in_node rm /etc/sf-agent/conf.d/units.conf

# Where the build directory is, ProtectHome= or PrivateTmp= may hide the program.
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$SF_BIN/sf-agent-upgrade.service")
in_node install -D "$SF_BIN/sf-agent" "$program"
in_node cp "$SF_BIN/sf-agent-upgrade.service" "$repository/units/sf-agent-upgrade.timer" \
    /etc/systemd/system/
in_node systemctl daemon-reload
# In a build with sanitizers: the unit's filter keeps them from looking for leaks.
in_node systemctl set-environment ASAN_OPTIONS=detect_leaks=0

repo_make 24.11.6-1
start_service
expect_active 24.11.6
in_node test -L /etc/systemd/system/slurmd.service || fail "there is no link to slurmd.service"

# What runs is restarted, which takes the right to ask systemd for it.
in_node systemctl start slurmd.service
before=$(in_node systemctl show -p MainPID --value slurmd.service)
repo_make 24.11.7-1
start_service
expect_active 24.11.7
after=$(in_node systemctl show -p MainPID --value slurmd.service)
[[ $after != "$before" && $after != 0 ]] || fail "slurmd was not restarted"
in_node readlink "/proc/$after/exe" | grep -qF "24.11.7-1-$id_suffix" ||
    fail "slurmd is not that of 24.11.7"

in_node systemctl enable --quiet --now sf-agent-upgrade.timer
next=$(in_node systemctl show -p NextElapseUSecRealtime --value sf-agent-upgrade.timer)
seconds=$(($(date -d "$next" +%s) - $(date +%s)))
((seconds > 0 && seconds < 29 * 3600)) || fail "the next upgrade is at '$next'"
