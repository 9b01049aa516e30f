#!/bin/bash
# Publishing over rsync: to a real sshd and a real rsync daemon, both on the loopback interface, and
# what is told when they are not there, refuse, or go away.
# shellcheck source=tests/integration/publish.sh
source "$(dirname "$0")/publish.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/ssh.sh
source "$repository/tests/lib/ssh.sh"
packages_install "${packages_publish[@]}"

mkdir "$work/tmp"
export TMPDIR=$work/tmp
ssh_start "$work/ssh"
target=127.0.0.1:$to

unchanged_to() {
    to_digest >"$work/before"
    "$@"
    to_digest | diff "$work/before" - >&2 || fail "the repository changed: $*"
}

# From nothing, and again.
staged 24.11.5-1
publish 0 --name site --dry-run
[[ ! -e $to ]] || fail "a dry run made the repository"
publish 0 --name site
expect_out "published site: serial 1, 1 artifacts"
as_reader
expect_only 24.11.5-1
[[ $(stat -c %a "$to/$(published_path 24.11.5-1)" "$to/index.json.asc" | xargs) == "644 644" ]] ||
    fail "readers of another user see nothing"
unchanged_to publish 0 --json
[[ $(jq -c '[.changed, .put, .removed]' "$out") == '[false,[],[]]' ]] || fail "the JSON differs"

# A file that is missing comes back; one of that name with other bytes is not overwritten.
path=$(published_path 24.11.5-1)
rm "$to/$path"
publish 0
expect_out "put $path"
as_reader
staged 24.11.7-1
mkdir -p "$to/$(dirname "$(published_path 24.11.7-1)")"
echo "somebody's" >"$to/$(published_path 24.11.7-1)"
# Each call is a login of its own, and greeted.
RSYNC_RSH="$RSYNC_RSH -o ControlMaster=no -o ControlPath=none" unchanged_to publish 2
expect_err "$target: '$(published_path 24.11.7-1)' is published with other bytes"
rm "$to/$(published_path 24.11.7-1)"
publish 0
as_reader

# Prune, with the directories.
unchanged_to prune 0 --keep 1 --dry-run
prune 0 --keep 1
as_reader
expect_only 24.11.7-1

# Two at once, neither is lost: without a lock, because each looks again.
cp -a "$from" "$work/from-2"
from=$work/from-2 staged 25.05.1-1
staged 25.11.1-1
"$builder" publish --from "$work/from-2" --to "$target" --sign "$key" --keep 1 \
    >"$work/second" 2>&1 &
publish 0 --keep 1
wait $! || fail "the second publisher failed: $(cat "$work/second")"
index_has '.series' '{"24.11":"24.11.7-1","25.05":"25.05.1-1","25.11":"25.11.1-1"}'
as_reader
expect_only 24.11.7-1 25.05.1-1 25.11.1-1
rm -r "$from" && mv "$work/from-2" "$from"

# Killed after each change that it makes there, each time starting from what the one before left.
rsync_path=$(command -v rsync)
cp "$rsync_path" "$work/rsync"
cat >"$work/killer" <<END
#!/bin/bash
# Between sf-builder and rsync; ends sf-builder when something there has changed.
if [[ \$1 == --server || ! -e $work/armed ]]; then
    exec $work/rsync "\$@"
fi
said=\$($work/rsync "\$@" 2>&1)
status=\$?
printf '%s\n' "\$said"
if [[ \$said == *"<f"* || \$said == *"*deleting"* ]]; then
    printf '%s\n' "\$said" >>$work/changes
    kill -KILL \$PPID
fi
exit \$status
END
chmod +x "$work/killer"
mount --bind "$work/killer" "$rsync_path"
touch "$work/armed"
staged 25.05.2-1
for ((n = 1; ; n++)); do
    at="killed after change $n"
    ((n < 40)) || fail "no end"
    status=0
    # A shell of its own keeps the word on the kill.
    (
        "$builder" publish --from "$from" --to "$target" --sign "$key" --keep 1 >"$out" 2>"$err"
        exit $?
    ) 2>/dev/null || status=$?
    as_reader
    ((status != 0)) || break
    ((status == 137)) || fail "$at: exit status $status"
done
rm "$work/armed"
umount "$rsync_path"
# Eight files come, the index is replaced, eight files and their directory go.
((n > 17)) || fail "only $((n - 1)) changes: $(cat "$work/changes")"
# Killed after the last file of a directory it leaves that, of which no reader knows.
find "$to" -type d -empty -delete
expect_only 24.11.7-1 25.05.2-1 25.11.1-1
unchanged_to publish 0 --keep 1
[[ -z $(ls -A "$TMPDIR") ]] || fail "something is left in $TMPDIR: $(ls -A "$TMPDIR")"

# The connection is cut within a file: nothing of it has a name, the next run finishes.
cat >"$ssh_state/lossy" <<END
#!/bin/bash
# What logs in runs this; after so many reads the connection is gone, and rsync with it.
exec 3<&0
exec \$SSH_ORIGINAL_COMMAND < <(
    dd bs=4k count=60 status=none <&3
    if [[ \$(head -c 1 <&3 | wc -c) == 1 ]]; then
        touch $ssh_state/was_cut
        kill -KILL \$PPID \$\$
    fi
)
END
chmod +x "$ssh_state/lossy"
TINY_BALLAST_MB=2 staged 25.11.2-1
ssh_login "command=\"$ssh_state/lossy\""
at="the connection was lost"
publish 21
expect_err "the connection was lost, try again"
[[ -e $ssh_state/was_cut ]] || fail "lost before anything was sent"
[[ ! -e $to/$(published_path 25.11.2-1) ]] || fail "half a file has a name"
as_reader
ssh_login
publish 0
as_reader

# Nobody there, somebody else there, nobody let in, no rsync there.
shared_rsh=$RSYNC_RSH
ssh_forget
export RSYNC_RSH="$RSYNC_RSH -o ControlMaster=no -o ControlPath=none"
cp "$ssh_state/known_hosts" "$ssh_state/known_hosts.good"
: >"$ssh_state/known_hosts"
unchanged_to publish 12
expect_err "ssh does not know this host's key, or knows another: log in there once"
ssh-keygen -q -t ed25519 -N '' -f "$ssh_state/other_key"
echo "[127.0.0.1]:$ssh_port $(cut -d' ' -f1,2 "$ssh_state/other_key.pub")" \
    >"$ssh_state/known_hosts"
unchanged_to publish 6
expect_err "the host's key is another than the one that ssh knows"
cp "$ssh_state/known_hosts.good" "$ssh_state/known_hosts"
cp "$ssh_state/other_key.pub" "$ssh_state/authorized_keys"
unchanged_to publish 12
expect_err "ssh is not let in without a password"
ssh_login 'command="no-such-rsync"'
unchanged_to publish 4
expect_err "rsync is not installed there"
# shellcheck disable=SC2016  # the server's shell expands it
ssh_login 'command="echo welcome; exec $SSH_ORIGINAL_COMMAND"'
unchanged_to publish 10
expect_err "the login shell there prints something"
ssh_login
RSYNC_RSH="$RSYNC_RSH -p 1" unchanged_to publish 21
expect_err "the host cannot be reached (ssh: connect to host 127.0.0.1 port 1: Connection refused)"
target=me@-oProxyCommand=x:/path publish 2
expect_err "names no host"
RSYNC_RSH=$shared_rsh

# A user, an address of IPv6 and a path with spaces and colons arrive as they are.
cat >"$work/rsh" <<'END'
#!/bin/bash
# Instead of ssh: the host is this one, whatever its name.
printf '%s\n' "$*" >>"${0%/*}/calls"
while [[ $1 == -* ]]; do
    [[ $1 == -[ol] ]] && shift
    shift
done
shift
exec "$@"
END
chmod +x "$work/rsh"
odd="$work/-r to: with 'spaces'"
RSYNC_RSH=$work/rsh target="me@[fe80::1%lo]:$odd" publish 0
as_reader "$odd"
grep -q -- '-l me fe80::1%lo rsync --server' "$work/calls" || fail "called $(head -n 1 "$work/calls")"
! grep -v -- '-o BatchMode=yes' "$work/calls" || fail "ssh might ask"
RSYNC_RSH=$work/rsh target=nobody:$work/no/such publish 4
expect_err "the directory above is not there"

# A signal ends rsync and ssh, too, and leaves nothing.
printf '#!/bin/bash\necho $$ >%q\nexec sleep 60\n' "$work/held" >"$work/rsh"
RSYNC_RSH=$work/rsh "$builder" publish --from "$from" --to nobody:/x --sign "$key" >"$out" 2>"$err" &
until [[ -s $work/held ]]; do
    sleep 0.05
done
status=0
kill $!
wait $! || status=$?
((status == 23)) || fail "exit status $status after a signal"
[[ -z $(ls -A "$TMPDIR") ]] || fail "something is left in $TMPDIR: $(ls -A "$TMPDIR")"
for ((n = 0; n < 50; n++)); do
    grep -qs '^State:.[^Z]' "/proc/$(<"$work/held")/status" || break
    sleep 0.1
done
((n < 50)) || fail "ssh was left behind"

# A disk that is full there, or read-only.
small=$work/small
from=$work/from-small
mkdir "$small" "$from"
TINY_BALLAST_MB=2 staged 24.11.5-1
mount -t tmpfs -o size=1m sf-small "$small"
to=$small target=127.0.0.1:$small
publish 11 --name site
expect_err "a disk is full"
[[ ! -e $small/index.json.asc ]] || fail "an index without its artifacts"
mount -o remount,size=16m "$small"
publish 0 --name site
as_reader
mount -o remount,ro "$small"
unchanged_to publish 12 --halt
expect_err "no permission"
umount "$small"

# A daemon of rsync.
to=$work/module
mkdir "$to"
rsyncd_start "$work/rsyncd" "$to"
target=rsync://127.0.0.1:$rsync_port/$rsync_module/
publish 0 --name site
as_reader
unchanged_to publish 0
staged 24.11.6-1
publish 0 --keep 1
as_reader
expect_only 24.11.6-1
export RSYNC_PASSWORD=wrong
target=rsync://me@127.0.0.1:$rsync_port/$rsync_module-locked publish 12 --halt
expect_err "write user@host, set RSYNC_PASSWORD"
RSYNC_PASSWORD='open sesame' target=rsync://me@127.0.0.1:$rsync_port/$rsync_module-locked \
    publish 0 --halt
index_has .rollout.halted true
# Nobody is asked, though there is a terminal.
unset RSYNC_PASSWORD
status=0
script -qefc "timeout -k 5 20 '$builder' publish --from '$from' --sign $key --percent 10 --to \
    rsync://me@127.0.0.1:$rsync_port/$rsync_module-locked" "$out" >/dev/null </dev/null ||
    status=$?
((status == 12)) || fail "asked for a password: exit status $status, $(cat "$out")"
target=rsync://127.0.0.1:$rsync_port/$rsync_module-shown publish 12 --percent 20
expect_err "no permission"
target=rsync://127.0.0.1:$rsync_port/absent publish 10
expect_err "the rsync daemon refuses (@ERROR: Unknown module"
target=rsync://127.0.0.1:1/repository publish 21
expect_err "the host cannot be reached"
[[ -z $(ls -A "$TMPDIR") ]] || fail "something is left in $TMPDIR: $(ls -A "$TMPDIR")"
