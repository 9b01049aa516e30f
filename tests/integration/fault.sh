# shellcheck shell=bash
# A node with two releases, whose agent is disturbed at each system call that changes the disk.
# Sourced instead of lib.sh.
#
#   $old $new             the releases
#   given ACTIVE          both are on the node, ACTIVE is active, the other is to go back to
#   given_damaged         two files of the active release are damaged, in addition
#   disturb WHAT EXPECTED COMMAND..
#                         runs the agent again and again on that node, with WHAT (an injection of
#                         strace) at its first call, the second and so on. Each time what people
#                         reach is one release, whole; after one more run, undisturbed, EXPECTED is
#                         active and nothing unfinished is left
#   $least                fewer calls than that mean that nothing was injected (5)
#   $may_end_with         a pattern: how the undisturbed run may end (0)
#   $expect_between       a function: what must hold after the disturbed run (expect_whole)
#   $expect_settled       a function: what else must hold at the end
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2154  # of lib.sh
old=24.11.5-1-$id_suffix new=24.11.6-1-$id_suffix
calls=renameat,renameat2,symlinkat,unlinkat,mkdirat,fsync,ftruncate,linkat
at=
status=0

node_save() {
    mkdir -p "$work/saved"
    rm -rf "$work/saved/opt" "$work/saved/state" "$work/saved/units"
    cp -a /opt/slurm "$work/saved/opt"
    cp -a /var/lib/sf-agent "$work/saved/state"
    cp -a /etc/systemd/system "$work/saved/units"
}

node_restore() {
    find /opt/slurm /var/lib/sf-agent /var/cache/sf-agent /etc/systemd/system -mindepth 1 -delete
    cp -a "$work/saved/opt/." /opt/slurm/
    cp -a "$work/saved/state/." /var/lib/sf-agent/
    cp -a "$work/saved/units/." /etc/systemd/system/
}

given() {
    local id
    for id in "$old" "$new"; do
        run 0 "$agent" install "$id"
    done
    for id in "$old" "$new" "$1"; do
        run 0 "$agent" use "$id"
    done
    node_save
}

# Two files of the active release differ from what was signed.
given_damaged() {
    chmod 0775 /opt/slurm/current/view/bin/sinfo
    rm /opt/slurm/current/view/bin/scontrol
    node_save
}

expect_whole() {
    case $(readlink /opt/slurm/current) in
        "releases/$old" | "releases/$new") ;;
        *) fail "$at: current is neither old nor new" ;;
    esac
    "$agent" verify >/dev/null || fail "$at: the active release is not whole"
    /opt/slurm/view/sbin/slurmd -V >/dev/null || fail "$at: slurmd does not run"
}

expect_converged() {
    local expected=$1 link
    expect_whole
    [[ $(readlink /opt/slurm/current) == "releases/$expected" ]] || fail "$at: not $expected"
    [[ -z $(ls -A /opt/slurm/.staging) ]] || fail "$at: staging is not empty"
    [[ ! -e /var/lib/sf-agent/journal.json ]] || fail "$at: the journal is open"
    grep -qF "releases/$expected/view" /opt/slurm/modules/slurm/24.11.lua ||
        fail "$at: the module does not follow"
    for link in /opt/slurm/modules/slurm/* /etc/systemd/system/slurm*.service; do
        [[ -e $link ]] || fail "$at: $link points at nothing"
    done
    ${expect_settled:-:}
}

# While two files of it are mended, the release runs, and nothing else of it differs.
expect_running() {
    /opt/slurm/view/sbin/slurmd -V >/dev/null || fail "$at: slurmd does not run"
    ! "$agent" verify 2>/dev/null | grep -vE ' view/bin/(sinfo|scontrol)|verified$' ||
        fail "$at: more is damaged"
}

# A removed release is gone, its modules with it.
expect_removed() {
    [[ ! -e /opt/slurm/releases/$old && ! -L /opt/slurm/previous ]] || fail "$at: $old is there"
    [[ ! -L /opt/slurm/modules/slurm/24.11.5-1 ]] || fail "$at: its module is there"
}

run_disturbed() {
    local what=$1 n=$2
    shift 2
    status=0
    # In a shell of its own, whose word on each kill nobody needs. A sanitizer cannot look for
    # leaks under strace.
    (
        export ASAN_OPTIONS=detect_leaks=0
        strace -f -qq -o "$work/trace" -e trace="$calls" -e inject="$calls:$what:when=$n" \
            "$agent" "$@" >"$out" 2>"$err"
        exit $?
    ) 2>/dev/null || status=$?
}

# What only helps may fail and be survived; anything else is told, and nothing is a crash.
expect_sensible_end() {
    if [[ $1 == signal=SIGKILL ]]; then
        ((status == 137)) || fail "$at: exit status $status instead of a kill"
    else
        ((status < 64)) || fail "$at: exit status $status"
        ((status == 0)) || [[ -s $err ]] || fail "$at: exit status $status without a word"
    fi
}

disturb() {
    local what=$1 expected=$2 n=0 again
    shift 2
    while :; do
        n=$((n + 1))
        at="'$*' with $what at call $n"
        node_restore
        run_disturbed "$what" "$n" "$@"
        grep -qE 'INJECTED|SIGKILL' "$work/trace" || break
        expect_sensible_end "$what"
        ${expect_between:-expect_whole}
        again=0
        "$agent" "$@" >"$out" 2>"$err" </dev/null || again=$?
        # shellcheck disable=SC2053  # a pattern
        [[ $again == ${may_end_with:-0} ]] || fail "$at: the run after it ended with $again"
        expect_converged "$expected"
    done
    echo "'$*' met $what at each of $((n - 1)) calls"
    # strace that could not inject would end the loop at once.
    ((n > ${least:-5})) || fail "'$*' made only $((n - 1)) calls"
}
