#!/bin/bash
# A node boots the release that is active: after an upgrade, with the old release removed to which
# "systemctl enable" has linked, and after a power cut.
set -euo pipefail
export LC_ALL=C

lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
# shellcheck source=tests/lib/packages.sh
source "$lib/packages.sh"
# shellcheck source=tests/lib/cache.sh
source "$lib/cache.sh"
# shellcheck source=tests/lib/apt.sh
source "$lib/apt.sh"
# shellcheck source=tests/lib/root.sh
source "$lib/root.sh"
# shellcheck source=tests/lib/node.sh
source "$lib/node.sh"
# shellcheck source=tests/lib/repo.sh
source "$lib/repo.sh"
# shellcheck source=tests/lib/slurm.sh
source "$lib/slurm.sh"

readonly node=boots old=24.11.5 new=24.11.6 view=/opt/slurm/view

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

expect() {
    local what=$1 wanted=$2 found=$3
    [[ $found == "$wanted" ]] || fail "$what: wanted '$wanted', found '$found'"
    echo "ok: $what: $found"
}

on_node() {
    node_run "$node" "$@"
}

# Waits up to a minute until a command on the node prints what is wanted.
eventually() {
    local what=$1 wanted=$2 found='' deadline=$((SECONDS + 60))
    shift 2
    while ((SECONDS < deadline)); do
        found=$(on_node "$@" 2>&1) || true
        if [[ $found == "$wanted" ]]; then
            echo "ok: $what: $found"
            return
        fi
        sleep 0.2
    done
    on_node journalctl --no-pager -n 30 >&2 || true
    fail "$what: wanted '$wanted', found '$found'"
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
    fingerprint=$(key_make "$GNUPGHOME")
    mkdir -p "$work/etc/keys.d"
    key_export "$GNUPGHOME" "$fingerprint" "$work/etc/keys.d/test.asc"
    slurm_publish "$work/repository" "$fingerprint" "$old" 1 --level 3
    slurm_publish "$work/repository" "$fingerprint" "$new" 1 --level 3
    "$SF_BIN/sf-builder" index --repository "$work/repository" --name test \
        --keys "$work/etc/keys.d" --sign "$fingerprint"
    url=$(nginx_start "$work/repository" "$work/nginx")
    cat >"$work/etc/sf-agent.conf" <<EOF
[agent]
health_s = 1
[repository]
url = $url
[toolchain bookworm]
os_id = debian
version_id = 12
glibc = 2.36
EOF
}

# As an administrator has it: the configuration, the key and a drop-in, none of which is sf-agent's.
configure_node() {
    on_node cp -r "$work/etc" /etc/sf-agent
    # shellcheck disable=SC2016  # expanded on the node
    on_node bash -euc '. "$1/slurm.sh"
        slurm_configure /etc/slurm "$2"
        dropins=/etc/systemd/system/slurmctld.service.d
        mkdir -p "$dropins"
        printf "[Service]\nUser=root\nGroup=root\n" >"$dropins/user.conf"
        ' _ "$lib" "$node"
}

eventually_slurmd_is() {
    eventually "slurmd" "Version=$1" bash -c \
        "$view/bin/scontrol show node | grep -o 'Version=[0-9.]*'"
}

if ! node_possible; then
    echo "skipped"
    exit 77
fi
[[ $(slurm_toolchain) == bookworm ]] || { echo "skipped: nodes are Debian 12"; exit 77; }

work=$(mktemp -d)
export GNUPGHOME=$work/gnupg SF_NODES=$work/nodes
trap clean_up EXIT
publish
node_start "$node" --bind-ro="$work/etc"
configure_node

echo "== install, enable, upgrade, remove the old release"
on_node sf-agent install "$old"
on_node systemctl enable --now slurmctld.service slurmd.service
eventually "the node takes jobs" idle "$view/bin/sinfo" -h -o %t
eventually_slurmd_is "$old"
on_node sf-agent install 24.11
eventually_slurmd_is "$new"
on_node systemctl restart slurmctld.service
on_node sf-agent remove "$old" --and-rollback

echo "== power cut"
on_node sync
node_kill "$node"
node_start "$node" --bind-ro="$work/etc"
eventually "the node takes jobs" idle "$view/bin/sinfo" -h -o %t
eventually_slurmd_is "$new"
expect "active release" "releases/$(slurm_id "$new" 1)" "$(on_node readlink /opt/slurm/current)"
expect "srun hostname" "$node" "$(on_node "$view/bin/srun" hostname)"
on_node sf-agent verify
