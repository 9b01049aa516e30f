#!/bin/bash
# The agent is killed at each system call that changes the disk. Whenever that is: the release that
# people reach is the old or the new one, whole; the next run finishes, and leaves nothing behind.
# shellcheck source=tests/integration/fault.sh
source "$(dirname "$0")/fault.sh"

kill=signal=SIGKILL

repo_make 24.11.5-1 24.11.6-1
repo_serve
node_configure "$url"
run 0 "$agent" install 24.11.5
node_save
least=30 disturb "$kill" "$new" upgrade

given "$new"
disturb "$kill" "$old" use 24.11.5

# Told again to go back, it stays there; and the timer does not undo it.
expect_hold() {
    [[ -e /var/lib/sf-agent/holds/$new ]] || fail "$at: $new is not on hold"
}
expect_settled=expect_hold disturb "$kill" "$old" rollback

# A second run may find that there is nothing to do.
may_end_with='[04]' expect_settled=expect_removed \
    disturb "$kill" "$new" remove 24.11.5 --and-rollback
given "$new"
rm /opt/slurm/previous
node_save
expect_settled=expect_removed disturb "$kill" "$new" gc --keep 1

given "$new"
given_damaged
expect_between=expect_running disturb "$kill" "$new" verify --repair
