#!/bin/bash
# `verify` finds one flipped byte, one missing, one extra file, a changed mode, in the default root
# and in another; `verify --repair` restores from the repository and loses nothing.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

id=24.11.5-1-$id_suffix

flip_byte() {
    local file=$1 offset=$2 byte
    byte=$(dd if="$file" bs=1 skip="$offset" count=1 status=none | od -An -tu1)
    # Not in place: a running program's file must not change under it.
    cp -p "$file" "$file.new"
    printf '%b' "\\x$(printf '%02x' $((byte ^ 1)))" |
        dd of="$file.new" bs=1 seek="$offset" conv=notrunc status=none
    mv "$file.new" "$file"
}

# verify finds exactly this line, --repair mends it, and afterwards there is nothing to find.
expect_finding() {
    run 7 "$agent" verify
    expect_out "$1"
    [[ $(grep -cE '^(changed|missing|extra|mode|type) ' "$out") == 1 ]] || fail "more than $1"
    expect_err "verify --repair $id"
    run 0 "$agent" verify --json --repair
    expect_out '"finding_count":1'
    expect_out '"changed":true'
    run 0 "$agent" verify
    expect_out "slurm $id verified"
}

try_root() {
    local root=$1 tree=$1/releases/$id
    run 0 "$agent" install 24.11
    run 0 "$agent" verify
    expect_out "slurm $id verified"

    flip_byte "$tree/view/lib/slurm/libslurmfull.so" 100
    expect_finding "changed  view/lib/slurm/libslurmfull.so"
    flip_byte "$tree/meta/units/slurmd.service" 3
    expect_finding "changed  meta/units/slurmd.service"
    rm "$tree/view/bin/sinfo"
    expect_finding "missing  view/bin/sinfo"
    chmod 0775 "$tree/view/sbin/slurmd"
    expect_finding "mode     view/sbin/slurmd"
    chmod 0700 "$tree/view/bin"
    expect_finding "mode     view/bin"
    ln -sf libslurm.so.99 "$tree/view/lib/libslurm.so.42"
    expect_finding "changed  view/lib/libslurm.so.42"
    rm "$tree/view/bin/sinfo" && mkdir "$tree/view/bin/sinfo"
    expect_finding "type     view/bin/sinfo"
    echo site >"$tree/view/lib/slurm/spank_site.so"
    expect_finding "extra    view/lib/slurm/spank_site.so"
    [[ $(<"$root/.extra/$id/view/lib/slurm/spank_site.so") == site ]] || fail "an extra file is lost"

    # Several at once, a whole directory and the manifest among them.
    rm -r "$tree/view/lib" "$tree/meta/manifest.json"
    run 7 "$agent" verify "$id"
    expect_err "the manifest of release $id is missing or damaged"
    run 0 "$agent" verify --repair "$id"
    run 0 "$agent" verify
    "$root/view/sbin/slurmd" -V >"$out"
    expect_out "slurm 24.11.5"
    [[ -z $(ls -A "$root/.staging") ]] || fail "staging is not empty"
}

repo_make 24.11.5-1
repo_serve
node_configure "$url"
try_root /opt/slurm

# A slot that holds another prefix than the node's is a finding too.
node_settings=("root = /opt/elsewhere/slurm")
node_configure "$url"
try_root /opt/elsewhere/slurm

# A damaged release is not switched to.
repo_make 24.11.6-1
run 0 "$agent" install 24.11.6
flip_byte "/opt/elsewhere/slurm/releases/$id/view/bin/sinfo" 200
for command in rollback "install 24.11.5" "use 24.11.5" "rollback --check"; do
    # shellcheck disable=SC2086  # words
    unchanged run 7 "$agent" $command
    expect_err "is damaged"
done
expect_err "verify --repair $id"
run 0 "$agent" verify --repair 24.11.5
run 0 "$agent" rollback

# Not even with its manifest gone in the middle of a switch does it keep people from mending it.
run 13 env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=unlinkat \
    -e inject=unlinkat:error=EIO "$agent" use 24.11.6
[[ -e /var/lib/sf-agent/journal.json ]] || fail "the switch was finished"
id=24.11.6-1-$id_suffix
rm "/opt/elsewhere/slurm/releases/$id/meta/manifest.json"
run 7 "$agent" status
expect_out "unfinished   $id"
expect_err "verify --repair $id"
run 0 "$agent" verify --repair
expect_err "the manifest of release $id is missing or damaged"
run 0 "$agent" rollback 24.11.5
expect_out "slurm 24.11.5-1-$id_suffix active (was $id)"
run 0 "$agent" status
refuse_out unfinished
