#!/bin/bash
# Killed or stopped at each stage, a build goes on with the next run and makes the same bytes; no
# process of it is left.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"

# Configure, compile and install wait where they are told to: in the directory of the release, which
# is all that a build root sees of this machine.
wait_here="if test -e ../wait-\$1; then touch ../waits; sleep 1000; fi"
TINY_CONFIGURE="set -- configure; $wait_here" TINY_MAKEFILE="
build/program: wait-compile
install: wait-install
wait-compile wait-install:
	@mkdir -p build; set -- \$(@:wait-%=%); ${wait_here/\$1/\$\$1}
.PHONY: wait-compile wait-install" source_make

build 0
built >"$work/whole"
rm -r "$state"

start() {
    "$builder" build --slurm-version 24.11 --toolchain "$toolchain" --recipes "$recipes" \
        --mirror "$mirror" --state "$state" --agent "$agent" --level 1 "$@" \
        >"$work/first" 2>&1 &
    started=$!
}

wait_for() {
    for ((i = 0; i < 300; i++)); do
        ! "$@" || return 0
        sleep 0.1
    done
    fail "it does not come to '$*'"
}

nothing_runs() {
    local name
    # The processes of a sandbox hold the lock until they are gone.
    for name in sf-builder sleep make gcc cc1 slurmctld; do
        ! pgrep -x "$name" >/dev/null || return 1
    done
}

# SIGNAL STAGE, and what the next run has to do.
interrupt() {
    local signal=$1 stage=$2 status=0
    mkdir -p "$(cell)"
    touch "$(cell)/wait-$stage"
    start "${@:4}"
    wait_for test -e "$(cell)/waits"
    kill "-$signal" "$started"
    wait "$started" 2>/dev/null || status=$?
    [[ $signal == KILL ]] || ((status == 23)) || fail "stopped by SIG$signal it exits with $status"
    rm -f "$(cell)"/wait*
    wait_for nothing_runs
    build 0 "${@:4}"
    expect_stages "$3"
    built | diff "$work/whole" - >&2 || fail "interrupted in $stage it makes other bytes"
    rm -r "$state"
}

for place in / /.; do
    for signal in KILL TERM INT; do
        interrupt "$signal" configure "configure compile install pack test sign" --build-root "$place"
    done
    # What is half compiled is not trusted: it begins with the source.
    interrupt KILL compile "configure compile install pack test sign" --build-root "$place"
    interrupt TERM install "install pack test sign" --build-root "$place"
done

# Where no stage waits: after each of them, whatever it is doing then.
for stage in install pack test; do
    start
    wait_for test -e "$(cell)/done/$stage"
    kill -KILL "$started" 2>/dev/null || true
    wait "$started" 2>/dev/null || true
    wait_for nothing_runs
    build 0
    built | diff "$work/whole" - >&2 || fail "killed after $stage it makes other bytes"
    rm -r "$state"
done
