#!/bin/bash
# Two releases side by side: install, upgrade, rollback, use, remove and gc, with modules and units
# following `current` at every step.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

old=24.11.5-1-$id_suffix
new=24.11.6-1-$id_suffix

# What people and systemd reach is of release $1, and nothing of another one is.
expect_active() {
    local id=$1
    [[ $(readlink /opt/slurm/current) == "releases/$id" ]] || fail "current is not $id"
    [[ $(/opt/slurm/view/sbin/slurmd -V) == "slurm ${id%%-*}" ]] || fail "view is not $id"
    grep -qF "ExecStart=/opt/slurm/releases/$id/view/sbin/slurmd" \
        /etc/systemd/system/slurmd.service || fail "the unit is not of $id"
    grep -qF "slurm/${id%"-$id_suffix"}" /opt/slurm/modules/slurm/.modulerc.lua ||
        fail "the default module is not of $id"
    grep -qF "/opt/slurm/releases/$id/view" /opt/slurm/modules/slurm/24.11.lua ||
        fail "module slurm/24.11 is not of $id"
}

repo_make 24.11.5-1
repo_serve
node_configure "$url"

run 0 "$agent" refresh
expect_out "serial 1 (new), 1 artifacts"
run 0 "$agent" refresh
expect_out "no change"
run 0 "$agent" list --available
expect_out "$old"

# --check tells and changes nothing.
unchanged run 0 "$agent" install 24.11 --check
expect_out "would fetch and unpack $old"
expect_out "would make $old active (now: none)"

run 0 "$agent" install 24.11
[[ $(<"$out") == "slurm $old active (first install)" ]] || fail "the line on success differs"
[[ ! -s $err ]] || fail "something on standard error without a terminal"
expect_active "$old"

# A second run changes nothing and says so, without a repository too.
nginx_stop "$work/nginx"
unchanged run 0 "$agent" install 24.11.5-1
expect_out "slurm $old active (no change)"
run 0 "$agent" install 24.11.5-1 --json
expect_out '"changed":false'
url=$(nginx_start "$repo" "$work/nginx")
node_configure "$url"

# The next release: fetched alone, it changes nothing that people see.
repo_make 24.11.6-1
run 0 "$agent" upgrade --check
expect_out "would make $new active (now: $old)"
run 0 "$agent" upgrade --download-only
expect_out "slurm $new ready (active: $old)"
expect_active "$old"
run 0 "$agent" upgrade
[[ $(<"$out") == "slurm $new active (was $old)" ]] || fail "the line on success differs"
expect_active "$new"
run 0 "$agent" upgrade
expect_out "slurm $new active (no change)"

# Back: the release that was left is not brought back by the timer, but by a person.
unchanged run 0 "$agent" rollback --check
expect_out "would make $old active (now: $new)"
run 0 "$agent" rollback
expect_active "$old"
unchanged run 0 "$agent" rollback
expect_out "slurm $old active (rolled back already"
run 0 "$agent" list
grep -qE "^$new +held" "$out" || fail "the release that was rolled back from is not held"
run 0 "$agent" upgrade
expect_out "on hold"
expect_active "$old"
run 0 "$agent" use 24.11.6
expect_active "$new"
run 0 "$agent" list --json
expect_out "{\"release\":\"$new\",\"state\":\"active\"}"
expect_out "{\"release\":\"$old\",\"state\":\"rollback\"}"

# What is in use stays.
unchanged run 14 "$agent" remove 24.11.6
expect_err "is active: make another one active first"
unchanged run 14 "$agent" remove 24.11.5
expect_err "is what \`sf-agent rollback\` would go back to"
/opt/slurm/releases/"$old"/view/sbin/slurmd -D >/dev/null 2>&1 &
daemon=$!
unchanged run 14 "$agent" remove 24.11.5 --and-rollback
expect_err "is used by "
# Other processes of a release of this name may run on this machine, in another scenario's node.
expect_err "slurmd (pid $daemon)"
kill "$daemon"
wait "$daemon" || true
run 0 "$agent" remove 24.11.5 --and-rollback
expect_out "slurm $old removed"
[[ ! -e /opt/slurm/releases/$old && ! -L /opt/slurm/previous ]] || fail "something is left of $old"
[[ ! -e /opt/slurm/modules/slurm/24.11.5-1 ]] || fail "a module of $old is left"
expect_active "$new"
run 4 "$agent" rollback
expect_err "no release to roll back to"

# gc keeps the newest, the active and the one to roll back to.
repo_make 24.11.7-1 24.11.8-1
run 0 "$agent" install 24.11.7
run 0 "$agent" install 24.11.8
run 0 "$agent" use 24.11.7
touch /var/cache/sf-agent/0123.partial
unchanged run 0 "$agent" gc --check
expect_out "would remove $new"
/opt/slurm/releases/"$new"/view/sbin/slurmd -D >/dev/null 2>&1 &
daemon=$!
run 0 "$agent" gc
expect_out "kept $new: release $new is used by slurmd (pid $daemon)"
kill "$daemon"
wait "$daemon" || true
run 0 "$agent" gc
expect_out "slurm $new removed"
run 0 "$agent" gc
[[ $(<"$out") == "nothing to remove" ]] || fail "gc with nothing to do says something else"
refuse_out "24.11.7"
[[ ! -e /var/cache/sf-agent/0123.partial ]] || fail "gc left an unfinished download"
[[ $(find /opt/slurm/releases -mindepth 1 -maxdepth 1 | wc -l) == 2 ]] || fail "gc kept too much"

run 0 "$agent" history
for operation in install upgrade rollback use remove gc; do
    grep -qE "Z +$operation " "$out" || fail "the history has no $operation"
done
[[ -z $(ls -A /opt/slurm/.staging) ]] || fail "staging is not empty"
