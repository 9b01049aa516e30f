# shellcheck shell=bash
# A benchmark: a node and a repository as a scenario has them, and a table of what was timed.
# Sourced as the first thing by each script. It reports and never judges; ctest does not run it.
#
#   $SF_BIN        the build, by default the preset "release"
#   $RUNS          how often each command runs, by default 7, after one run that does not count
#   node_clean     the node as before its first install
#   bench LABEL PREPARE COMMAND...   times a command; PREPARE, for bash, comes before each run
#   bench_table    prints what was timed, and forgets it

SF_BIN=${SF_BIN:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/release}
export SF_BIN SF_NODE_SIZE=${SF_NODE_SIZE:-2g}
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

runs=${RUNS:-7}
results=$work/results
clean_node='find /opt /var/lib/sf-agent /var/cache/sf-agent /etc/systemd/system -mindepth 1 -delete'

node_clean() {
    bash -euc "$clean_node"
}

bench() {
    local label=$1 prepare=$2
    shift 2
    "$repository/tests/bench/measure" run --runs "$runs" --label "$label" --prepare "$prepare" \
        --log "$work/nginx/access.log" --results "$results" -- "$@"
}

bench_table() {
    "$repository/tests/bench/measure" table "$results"
    rm "$results"
}

bench_machine() {
    printf '%s, %s processors (%s), load %s, %s\n' "$(date -u +%Y-%m-%d)" "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
        "$(cut -d' ' -f1 /proc/loadavg)" "$(. /etc/os-release && printf '%s' "$PRETTY_NAME")"
}
