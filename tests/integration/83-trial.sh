#!/bin/bash
# `sf-builder test` finds what is wrong with an artifact before anybody signs it: each case packs a
# tiny Slurm with one defect. What a whole one does is for a real Slurm to show.
set -euo pipefail
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"

temporary=$work/temporary
mkdir "$temporary"

# The artifact of $destdir, and nothing else, in the repository.
pack_anew() {
    rm -rf "$repo"
    pack 0 "$@"
}

# Runs the test and expects it to end with STATUS.
trial() {
    local status=$1
    shift
    TMPDIR=$temporary run "$status" "$builder" test --repository "$repo" --version "$version" \
        --toolchain "$toolchain" --agent "$agent" --log "$work/log" "$@"
    expect_nothing_left
}

expect_nothing_left() {
    [[ -z $(ls -A "$temporary") ]] || fail "left in the temporary directory: $(ls -A "$temporary")"
    ! pgrep -af 'gpg-agent|/srv/trial|sf-trial' >&2 || fail "processes are left"
    [[ ! -e /srv/trial && -z $(ls -A /opt) ]] || fail "something was written to the root"
}

# Everything before the step that fails has passed.
expect_failure() {
    local step=$1
    expect_err "testing $id: $step: "
    expect_err "$2"
    refuse_out "$step: "
}

compile_to() {
    gcc -x c -O1 -Wl,--disable-new-dtags -o "$@" -
}

slurm_make

# A plugin with a symbol that nothing has, which Slurm would find out when a job needs it.
compile_to "$view/lib/slurm/gres_trial.so" -shared -fPIC <<'C'
extern void in_no_program(void);
void plugin_use(void);
void plugin_use(void)
{
    in_no_program();
}
C
pack_anew
trial 15
expect_failure plugins 'plugin gres_trial.so cannot be loaded'
expect_err in_no_program
grep -q 'LD_BIND_NOW=1 ' "$work/log" || fail "the log has no commands"
rm "$view/lib/slurm/gres_trial.so"

# What the driver of a GPU has is there on a node that has one; that excuses nothing else.
compile_gpu_plugin() {
    compile_to "$view/lib/slurm/gpu_nvml.so" -shared -fPIC <<C
extern void nvmlInit_v2(void);
extern void $1(void);
void (*plugin_table[])(void) = {nvmlInit_v2};
void plugin_use(void);
void plugin_use(void)
{
    $1();
}
C
}
compile_gpu_plugin rsmi_init
pack_anew
trial 15
expect_failure plugins 'plugin gpu_nvml.so cannot be loaded'
expect_err 'has its symbol rsmi_init'
compile_gpu_plugin nvmlShutdown
pack_anew
trial 0
rm "$view/lib/slurm/gpu_nvml.so"

# Directories of the build, in text and in a program.
mkdir -p "$view/share/doc/slurm"
echo 'configured in /build/source/build' >"$view/share/doc/slurm/notes"
pack_anew
trial 15
expect_failure paths "view/share/doc/slurm/notes names '/build/source'"
rm "$view/share/doc/slurm/notes"
compile_to "$view/bin/sattach" <<'C'
#include <stdio.h>
int main(void)
{
    puts("/scratch/build/slurm-24.11.5/etc");
    return 0;
}
C
pack_anew
trial 15 --build-path /scratch/build/slurm-24.11.5
expect_failure paths "view/bin/sattach names '/scratch/build/slurm-24.11.5'"
# Without that path it is another program's version that is wrong.
trial 15
expect_failure programs "sattach -V says '/scratch/build/slurm-24.11.5/etc' with status 0"
expect_out 'paths: '

compile_to "$view/bin/sattach" <<'C'
#include <stdlib.h>
int main(void)
{
    abort();
}
C
pack_anew
trial 15
expect_failure programs 'sattach does not start: ended by signal 6'
rm "$view/bin/sattach"

# A library that nodes are said to have and that is this machine's own is no defect here, a library
# that is nowhere is.
compile_to "$work/libtrial.so.1" -shared -fPIC -Wl,-soname,libtrial.so.1 <<'C'
int trial_number(void);
int trial_number(void)
{
    return 1;
}
C
compile_to "$view/bin/sattach" -L"$work" -Wl,--no-as-needed -l:libtrial.so.1 <<'C'
int trial_number(void);
int main(void)
{
    return trial_number();
}
C
pack_anew --host-library 'libtrial.so.*'
trial 15
expect_failure closure 'view/bin/sattach: needs libtrial.so.1, which the dynamic linker does not find'
rm "$view/bin/sattach"

# Stopped by a signal it leaves nothing either.
compile_to "$view/bin/sattach" <<'C'
#include <unistd.h>
int main(void)
{
    return (int)sleep(1000);
}
C
pack_anew
TMPDIR=$temporary "$builder" test --repository "$repo" --version "$version" \
    --toolchain "$toolchain" --agent "$agent" >"$out" 2>"$err" </dev/null &
trial=$!
for ((i = 0; i < 200; i++)); do
    ! pgrep -x sattach >/dev/null || break
    sleep 0.1
done
kill "$trial"
status=0
wait "$trial" || status=$?
((status == 23)) || fail "stopped by a signal it exits with $status"
expect_nothing_left
rm "$view/bin/sattach"

# The modulefile names what people look for.
rm "$view/bin/scontrol"
pack_anew
trial 15
expect_failure modules 'bin/scontrol is missing'

# What is asked for wrongly.
trial 4 --agent /nowhere/sf-agent
expect_err '--agent=/nowhere/sf-agent'
trial 4 --build 2
expect_err "testing ${id/-1-/-2-}: "
trial 4 --test-root /nowhere
expect_err '/nowhere'
run 2 "$builder" test --version "$version" --toolchain "$toolchain"
expect_err '--repository is missing'
chmod 755 "$work"
cp "$builder" "$work/sf-builder"
run 12 setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR=/tmp "$work/sf-builder" test \
    --repository "$repo" --version "$version" --toolchain "$toolchain" --agent "$work/sf-builder"
expect_err 'run this as root'

# A damaged artifact does not get far.
printf x | dd of="$artifact" bs=1 seek=2000 conv=notrunc status=none
trial 7 --json
jq -e '.failed and (.steps[-1] | .step == "index" and (.passed | not))' "$out" >/dev/null ||
    fail "the JSON does not say which step failed"
