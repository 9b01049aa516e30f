#!/bin/bash
# The agent is killed at each system call that changes the disk. Whenever that is: the release that
# people reach is the old or the new one, whole; the next run finishes, and leaves nothing behind.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

calls=renameat,renameat2,symlinkat,unlinkat,mkdirat,fsync,ftruncate,linkat
old=24.11.5-1-$id_suffix
new=24.11.6-1-$id_suffix

save_node() {
    mkdir -p "$work/saved"
    rm -rf "$work/saved/opt" "$work/saved/state"
    cp -a /opt/slurm "$work/saved/opt"
    cp -a /var/lib/sf-agent "$work/saved/state"
}

restore_node() {
    find /opt/slurm /var/lib/sf-agent /var/cache/sf-agent -mindepth 1 -delete
    cp -a "$work/saved/opt/." /opt/slurm/
    cp -a "$work/saved/state/." /var/lib/sf-agent/
}

# One of the two is active and whole.
expect_whole() {
    run 0 "$agent" verify
    case $(readlink /opt/slurm/current) in
        "releases/$old" | "releases/$new") ;;
        *) fail "current is neither old nor new" ;;
    esac
    /opt/slurm/view/sbin/slurmd -V >/dev/null || fail "slurmd does not run"
}

# Kills `sf-agent $@` at its n-th call for every n; after the next run `$expected` is active.
kill_at_each_call() {
    local expected=$1 n=0 status
    shift
    while :; do
        n=$((n + 1))
        restore_node
        status=0
        # In a shell of its own, whose word on each kill nobody needs. A sanitizer cannot look for
        # leaks under strace.
        (
            export ASAN_OPTIONS=detect_leaks=0
            strace -f -qq -o "$work/trace" -e trace="$calls" \
                -e inject="$calls:signal=SIGKILL:when=$n" "$agent" "$@" >"$out" 2>"$err"
            exit $?
        ) 2>/dev/null || status=$?
        if ((status == 0)); then
            break
        fi
        ((status == 137)) || fail "call $n of '$*': exit status $status instead of a kill"
        expect_whole
        run 0 "$agent" "$@"
        expect_whole
        [[ $(readlink /opt/slurm/current) == "releases/$expected" ]] || fail "call $n: not $expected"
        [[ -z $(ls -A /opt/slurm/.staging) ]] || fail "call $n: staging is not empty"
        [[ ! -e /var/lib/sf-agent/journal.json ]] || fail "call $n: the journal is open"
        grep -qF "releases/$expected/view" /opt/slurm/modules/slurm/24.11.lua ||
            fail "call $n: the module does not follow"
    done
    echo "'$*' was killed at each of $((n - 1)) calls"
    # strace that could not inject would end the loop at once.
    ((n > ${least:-5})) || fail "'$*' made only $((n - 1)) calls"
}

repo_make 24.11.5-1 24.11.6-1
repo_serve
node_configure "$url"
run 0 "$agent" install 24.11.5
save_node
least=30 kill_at_each_call "$new" install 24.11.6

restore_node
run 0 "$agent" install 24.11.6
save_node
kill_at_each_call "$old" use 24.11.5
