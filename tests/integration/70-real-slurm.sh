#!/bin/bash
# Two real Slurms from a real nginx, on nodes with a real systemd and neither compilers nor -dev
# packages, in the default root and in another: daemons, sinfo, srun and sbatch from each, with no
# LD_LIBRARY_PATH and no PluginDir; then an upgrade, a rollback and the way forth again under a
# running job, which survives them all.
set -euo pipefail
export LC_ALL=C

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export SF_BIN=${SF_BIN:-$repository/build/dev}
packages_slurm=() packages_serve=()
for library in packages cache apt root node repo slurm; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done

scenario=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/sf-real-XXXXXX")
SF_NODES=$work/nodes
repo=$work/repo
first=$(slurm_id 24.11.5 1)
second=$(slurm_id 24.11.6 1)
node=

scenario_end() {
    local status=$?
    if ((status != 0)) && [[ -n $node ]]; then
        node_run "$node" journalctl --no-pager -n 40 -u "slurm*" >&2 || true
        node_run "$node" tail -n 20 /var/lib/cluster/log/slurmctld.log \
            /var/lib/cluster/log/slurmd.log >&2 || true
    fi
    [[ -z $node ]] || node_forget "$node"
    nginx_stop "$work/nginx"
    [[ ! -d $work/key ]] || key_forget "$work/key"
    rm -rf "$work"
}
trap scenario_end EXIT

fail() {
    echo "$scenario: $*" >&2
    exit 1
}

say() {
    echo "== $*"
}

# Waits for a condition of the node, a shell command, at most 60 s.
wait_for() {
    local what=$1 deadline=$((SECONDS + 60))
    shift
    until node_run "$node" "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "$what: not within 60 s"
        sleep 0.2
    done
}

# A cluster of one, and sf-agent configured for the root directory $1.
node_prepare() {
    local root=$1 files=$SF_NODES/$node-files
    mkdir -p "$files/keys.d"
    key_export "$work/key" "$key" "$files/keys.d/test.asc"
    cat >"$files/sf-agent.conf" <<CONF
[agent]
root = $root
restart = slurmctld slurmd
health_s = 1
[repository]
url = $url
[toolchain $(slurm_toolchain)]
os_id = debian
version_id = 12
glibc = 2.36
CONF
    node_start "$node" --bind="$files:/etc/sf-agent"
    node_run "$node" bash -c "source '$repository/tests/lib/slurm.sh' &&
        slurm_configure /var/lib/cluster '$node' && ln -s /var/lib/cluster /etc/slurm"
    # The job that runs through all of it leaves room for others on the one CPU.
    node_run "$node" sed -i -e 's/^PartitionName=.*/& OverSubscribe=FORCE:8/' -e '1i SelectTypeParameters=CR_Core' /etc/slurm/slurm.conf
    # The unit runs slurmctld as user slurm; this cluster's SlurmUser is root.
    node_run "$node" mkdir -p /etc/systemd/system/slurmctld.service.d
    node_run "$node" bash -c \
        'printf "[Service]\nUser=root\nGroup=root\n" >/etc/systemd/system/slurmctld.service.d/root.conf'
    ! node_run "$node" bash -c 'command -v gcc || command -v cc' || fail "the node has a compiler"
    ! node_run "$node" bash -c 'dpkg -l | grep -E "^ii +(libjwt|[^ ]+-dev[ :])"' ||
        fail "the node has libraries of the build"
}

# What systemd, people and modules reach is of release $1 below the root $2.
expect_active() {
    local id=$1 root=$2
    [[ $(node_run "$node" readlink "$root/current") == "releases/$id" ]] || fail "not active: $id"
    [[ $(node_run "$node" "$root/view/bin/sinfo" -V) == "slurm ${id%%-*}" ]] || fail "sinfo of $id"
    node_run "$node" systemctl cat slurmd.service |
        grep -qF "ExecStart=$root/releases/$id/view/sbin/slurmd" || fail "the unit is not of $id"
    node_run "$node" grep -qF "slurm/${id%%-*}-1" "$root/modules/slurm/.modulerc.lua" ||
        fail "the default module is not of $id"
}

# The daemons that run, a job each way, nothing in the environment that helps.
expect_works() {
    local id=$1 root=$2 daemon pid job
    wait_for "the node of $id is idle" bash -c "$root/view/bin/sinfo -h -o %t | grep -qE 'idle|mix|alloc'"
    for daemon in slurmctld slurmd; do
        pid=$(node_run "$node" systemctl show --property MainPID --value "$daemon.service")
        [[ $(node_run "$node" readlink "/proc/$pid/exe") == "$root/releases/$id/view/sbin/$daemon" ]] ||
            fail "$daemon runs something else than $id"
        ! node_run "$node" grep -qz '^LD_LIBRARY_PATH=' "/proc/$pid/environ" ||
            fail "$daemon has an LD_LIBRARY_PATH"
    done
    [[ $(node_run "$node" timeout 60 "$root/view/bin/srun" hostname) == "$node" ]] ||
        fail "srun of $id"
    job=$(node_run "$node" "$root/view/bin/sbatch" --parsable --output=/tmp/out-%j \
        --wrap "srun hostname; echo batch of \$SLURM_JOB_ID")
    wait_for "job $job ends" bash -c "! $root/view/bin/squeue -h -j $job | grep ."
    node_run "$node" grep -qF "batch of $job" "/tmp/out-$job" || fail "sbatch of $id"
    ! node_run "$node" grep -q PluginDir /etc/slurm/slurm.conf || fail "there is a PluginDir"
}

agent_says() {
    local expected=$1 printed
    shift
    printed=$(node_run "$node" sf-agent "$@") || fail "sf-agent $*"
    [[ $printed == *"$expected"* ]] || fail "sf-agent $* says '$printed', expected '$expected'"
}

try_root() {
    local root=$1 job
    say "root $root: first install"
    node_prepare "$root"
    agent_says "slurm $first active (first install)" install 24.11.5
    node_run "$node" systemctl start slurmctld slurmd
    expect_active "$first" "$root"
    expect_works "$first" "$root"
    agent_says verified verify

    say "root $root: second release under a running job"
    job=$(node_run "$node" "$root/view/bin/sbatch" --parsable --output=/tmp/long \
        --wrap 'until [ -e /tmp/finish ]; do sleep 0.2; done; echo the job ended well')
    wait_for "job $job runs" bash -c "$root/view/bin/squeue -h -t R -j $job | grep ."
    agent_says "slurm $second active (was $first)" install 24.11
    expect_active "$second" "$root"
    expect_works "$second" "$root"
    ! node_run "$node" sf-agent remove 24.11.5 --and-rollback 2>"$work/err" ||
        fail "a release was removed under its job"
    grep -q 'is used by slurmstepd' "$work/err" || fail "remove says: $(<"$work/err")"
    agent_says "" gc --keep 1
    node_run "$node" test -x "$root/releases/$first/view/bin/srun" || fail "gc took $first"

    say "root $root: rollback and use"
    agent_says "slurm $first active (was $second)" rollback
    expect_active "$first" "$root"
    expect_works "$first" "$root"
    agent_says "slurm $second active (was $first)" use 24.11.6
    expect_active "$second" "$root"
    wait_for "job $job still runs" bash -c "$root/view/bin/squeue -h -t R -j $job | grep ."

    say "root $root: the job ends"
    node_run "$node" touch /tmp/finish
    wait_for "job $job ends" bash -c "! $root/view/bin/squeue -h -j $job | grep ."
    [[ $(node_run "$node" cat /tmp/long) == 'the job ended well' ]] || fail "the job was killed"
    wait_for "the step daemon of job $job is gone" bash -c "! pgrep -x slurmstepd"
    expect_works "$second" "$root"
    agent_says "slurm $first removed" remove 24.11.5 --and-rollback
    expect_active "$second" "$root"
    agent_says verified verify
    agent_says "running" status
    node_forget "$node"
    node=
}

node_possible
packages_install "${packages_slurm[@]}" "${packages_serve[@]}"
key=$(key_make "$work/key")
say "building, packing and signing $first and $second"
export GNUPGHOME=$work/key
slurm_publish "$repo" "$key" 24.11.5 1 --level 3
slurm_publish "$repo" "$key" 24.11.6 1 --level 3
"$SF_BIN/sf-builder" index --repository "$repo" --name real --sign "$key"
url=$(nginx_start "$repo" "$work/nginx")

node=sf-default
try_root /opt/slurm
node=sf-other
try_root /srv/hpc/slurm
