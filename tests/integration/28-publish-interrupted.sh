#!/bin/bash
# A publisher is killed, or meets a full or broken disk, at each system call that changes the
# target. Whenever that is: a reader finds a whole repository, one more run finishes, and nothing is
# left behind.
# shellcheck source=tests/integration/publish.sh
source "$(dirname "$0")/publish.sh"

calls=rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,linkat,fsync,fchmod,sendfile
# Killed, it leaves its keyring of public keys and what it has read back here and nowhere else.
mount -t tmpfs sf-run /run
mkdir "$work/tmp"
export TMPDIR=$work/tmp

save() {
    rm -rf "$work/saved"
    cp -a "$to" "$work/saved"
}

run_disturbed() {
    local what=$1 n=$2
    shift 2
    status=0
    # Without -f: what counts is sf-builder, not gpg. A shell of its own keeps the word on the kill.
    (
        export ASAN_OPTIONS=detect_leaks=0
        strace -qq -o "$work/trace" -e trace="$calls" -e inject="$calls:$what:when=$n" \
            "$builder" "$@" >"$out" 2>"$err"
        exit $?
    ) 2>/dev/null || status=$?
}

expect_sensible_end() {
    if [[ $1 == signal=SIGKILL ]]; then
        ((status == 137)) || fail "$at: exit status $status instead of a kill"
    else
        ((status < 64)) || fail "$at: exit status $status"
        ((status == 0)) || [[ -s $err ]] || fail "$at: exit status $status without a word"
    fi
}

# disturb WHAT RELEASES COMMAND..: the releases are listed in the end.
disturb() {
    local what=$1 releases=$2 n=0
    shift 2
    while :; do
        n=$((n + 1))
        at="'$1' with $what at call $n"
        rm -rf "$to"
        cp -a "$work/saved" "$to"
        run_disturbed "$what" "$n" "$@"
        grep -qE 'INJECTED|SIGKILL' "$work/trace" || break
        expect_sensible_end "$what"
        as_reader
        "$builder" "$@" >"$out" 2>"$err" </dev/null || fail "$at: the run after it fails"
        as_reader
        # shellcheck disable=SC2086  # words
        expect_only $releases
    done
    [[ -z $(ls -A "$TMPDIR") ]] || fail "$what leaves temporary files"
    echo "'$1' met $what at each of $((n - 1)) calls"
    ((n > 10)) || fail "'$1' made only $((n - 1)) calls"
}

staged 24.11.5-1
publish 0 --name site
staged 24.11.6-1
save
command=(publish --from "$from" --to "$to" --sign "$key")
for what in signal=SIGKILL error=ENOSPC error=EIO; do
    disturb "$what" "24.11.5-1 24.11.6-1" "${command[@]}"
done

publish 0
save
command=(prune --repository "$to" --sign "$key" --keep 1)
for what in signal=SIGKILL error=EIO; do
    disturb "$what" "24.11.6-1" "${command[@]}"
done

# The first publication of all.
rm -r "$to"
mkdir "$to"
save
as_reader() {
    [[ ! -e $to/index.json.asc ]] || "$builder" verify --keys "$keys" --full "$to" >/dev/null ||
        fail "$at: a reader finds damage"
}
disturb signal=SIGKILL "24.11.5-1 24.11.6-1" publish --from "$from" --to "$to" --sign "$key" \
    --name site

# A disk that is really full, and room again.
at="a full disk"
rm -r "$to"
mkdir "$to"
mount -t tmpfs -o size=2m sf-full "$to"
rm -r "$from"
mkdir "$from"
staged 24.11.5-1
publish 0 --name site
TINY_BALLAST_MB=3 staged 25.05.1-1
publish 11
expect_err "No space left on device"
as_reader
[[ $(find "$to" -name '*25.05.1*') == "" ]] || fail "$at: something of it has a name"
mount -o remount,size=8m "$to"
publish 0
as_reader
expect_only 24.11.5-1 25.05.1-1

# The same where what is read back is kept.
mount -t tmpfs -o size=1m sf-full "$TMPDIR"
TINY_BALLAST_MB=2 staged 25.11.1-1
publish 11
as_reader
umount "$TMPDIR"
publish 0
as_reader
expect_only 24.11.5-1 25.05.1-1 25.11.1-1

# A reader who looks while others publish never sees damage.
at="while others publish"
touch "$work/go"
(
    while [[ -e $work/go ]]; do
        as_reader
    done
) &
reader=$!
for version in 25.11.2-1 25.11.3-1 25.11.4-1; do
    staged "$version"
    publish 0
done
rm "$work/go"
wait "$reader" || fail "a reader found damage"
umount "$to"
