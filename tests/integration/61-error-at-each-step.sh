#!/bin/bash
# Each system call that changes the disk fails once, with a full disk or a broken one. Whichever it
# is: the release that people reach is the old or the new one, whole, the failure is told, and the
# next run does what was asked and leaves nothing behind.
# shellcheck source=tests/integration/fault.sh
source "$(dirname "$0")/fault.sh"

# A failed run clears away what it staged, unless that is what failed.
expect_cleared() {
    expect_whole
    [[ -z $(ls -A /opt/slurm/.staging) ]] || grep -qF continuing "$err" || fail "$at: staging"
}

repo_make 24.11.5-1 24.11.6-1
repo_serve
node_configure "$url"
run 0 "$agent" install 24.11.5
node_save
least=30 expect_between=expect_cleared disturb error=ENOSPC "$new" install 24.11.6

given "$new"
disturb error=EIO "$old" use 24.11.5
disturb error=EIO "$old" rollback
may_end_with='[04]' expect_settled=expect_removed \
    disturb error=EIO "$new" remove 24.11.5 --and-rollback

given_damaged
expect_between=expect_running disturb error=EIO "$new" verify --repair
