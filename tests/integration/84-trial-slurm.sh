#!/bin/bash
# `sf-builder test` with a real Slurm: it passes on this machine and in a root that has neither
# compilers nor the libraries that it was built with; without a plugin, without a library, or with a
# path of the build in it, it does not, and the file is named.
set -euo pipefail
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
packages_slurm=() packages_serve=()
for library in packages cache apt root module-systems; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done

packages_install "${packages_slurm[@]}" "${packages_serve[@]}"
root=$(root_make trial "$toolchain" lmod)
"$repository/tests/lib/build-slurm" "$version" "$id" "$destdir" 2>"$err"
temporary=$work/temporary
recipes=$work/recipes
mkdir "$temporary" "$recipes"

cat >"$recipes/24.11.ini" <<RECIPE
[recipe]
series = 24.11
version = 24.11.5
plugin = auth_slurm proctrack_pgid serializer_json
file = bin/sinfo sbin/slurmd lib/systemd/system/slurmd.service
component = libjwt.so.0
[source slurm.tar.gz]
version = 24.11.5
sha256 = e1a5547edd212c38b5e3230a284133f777b32746551f094aaa81cc4af375e332
[toolchain $toolchain]
package = gcc
RECIPE

pack_anew() {
    rm -rf "$repo"
    pack 0 "$@"
}

# Runs the test in the root and expects it to end with STATUS; the root stays as it was.
trial() {
    local status=$1
    shift
    root_list >"$work/root-before"
    TMPDIR=$temporary run "$status" "$builder" test --repository "$repo" --version "$version" \
        --toolchain "$toolchain" --agent "$agent" --log "$work/log" --recipes "$recipes" \
        --test-root "$root" "$@"
    root_list | diff "$work/root-before" - >&2 || fail "the root changed"
    [[ -z $(ls -A "$temporary") ]] || fail "left in the temporary directory: $(ls -A "$temporary")"
    ! pgrep -af 'gpg-agent|slurmctld|slurmd' >&2 || fail "processes are left"
}

root_list() {
    find "$root" -printf '%P %y %m %s %T@\n' | sort
}

expect_failure() {
    local step=$1
    expect_err "testing $id: $step: "
    expect_err "$2"
}

# Every step passes, and says what it did.
expect_passed() {
    local step
    for step in index install contents closure plugins paths programs modules daemons default-root; do
        expect_out "$step: "
    done
    expect_out 'modules: Lmod loads slurm'
    grep -qF -- '--mpi=pmi2' "$work/log" || fail "no job by way of pmi2"
    ! grep -q LD_LIBRARY_PATH "$work/log" || fail "something set LD_LIBRARY_PATH"
}

pack_anew
trial 0
expect_passed
expect_out "root: $root has no compilers"
expect_out 'contents: 3 plugins, 3 files, 1 libraries'
trial 0
expect_passed

# On this machine, with compilers, with the other module system, and with the work directory on
# another file system.
module_system_mount environment-modules
mount -t tmpfs sf-trial "$temporary"
trial 0 --test-root /
expect_out 'compilers of / are hidden'
expect_out 'modules: Environment Modules loads slurm'
umount "$temporary"

# A plugin that is only missed when somebody's configuration asks for it.
mv "$view/lib/slurm/proctrack_pgid.so" "$work/"
pack_anew
trial 15
expect_failure contents 'the plugin proctrack_pgid is missing'
mv "$work/proctrack_pgid.so" "$view/lib/slurm/"

# One that no recipe speaks of, and that daemons do not start without.
mv "$view/lib/slurm/select_cons_tres.so" "$work/"
pack_anew
trial 15
expect_failure daemons select/cons_tres
grep -q "fatal: " "$work/log" || fail "the log does not have what slurmctld says"
mv "$work/select_cons_tres.so" "$view/lib/slurm/"

# A library that somebody takes for one of the host's.
pack_anew --host-library 'libjson-c.so.*'
trial 15
expect_failure closure 'needs libjson-c.so.5, which the dynamic linker does not find'

# A path of the build in a plugin.
gcc -x c -shared -fPIC -o "$view/lib/slurm/cli_filter_trial.so" - <<'C'
const char *trial_directory = "/scratch/build/slurm/etc";
C
pack_anew
trial 15 --build-path /scratch/build/slurm
expect_failure paths "view/lib/slurm/cli_filter_trial.so names '/scratch/build/slurm'"
