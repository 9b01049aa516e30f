#!/bin/bash
# What cannot become an artifact is refused with a sentence that says why, and the repository stays
# as it was: nothing new, nothing half, nothing hidden.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"

template=$work/template

# Packs a fresh Slurm after COMMAND has spoilt it in its view: STATUS and SENTENCE are expected.
refused() {
    local status=$1 sentence=$2
    shift 2
    rm -rf "$destdir"
    cp -a "$template" "$destdir"
    (cd "$view" && "$@")
    pack "$status" "${pack_options[@]}"
    expect_err "$sentence"
    [[ ! -s $out ]] || fail "something on standard output of a refusal"
    expect_nothing_new
}
pack_options=()

overwrite() {
    printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# A library that needs $1, linked against a stub that is not there later.
needs_library() {
    gcc -shared -o "$work/$1" -Wl,-soname,"$1" -x c /dev/null
    gcc -shared -o lib/slurm/needs_it.so -x c /dev/null -x none -Wl,--no-as-needed "$work/$1"
    rm "$work/$1"
}

needs_library_by_path() {
    gcc -shared -o "$work/nosoname.so" -x c /dev/null
    gcc -shared -o lib/slurm/needs_it.so -x c /dev/null -x none -Wl,--no-as-needed \
        "$work/nosoname.so"
}

# e_machine is at byte 18: 183 is AArch64, 62 x86-64.
of_another_architecture() {
    local machine='\0267'
    if [[ $arch == arm64 ]]; then
        machine='\0076'
    fi
    overwrite lib/slurm/cgroup_v2.so 18 "$machine"
}

slurm_make
mv "$destdir" "$template"

refused 4 "this does not look like an installed Slurm" rm sbin/slurmd
repo=$work/fresh/repo
mkdir "$work/fresh"
refused 5 "no plugins in lib/slurm" rm lib/slurm/auth_slurm.so lib/slurm/cgroup_v2.so
[[ ! -e $repo ]] || fail "an empty repository stays behind"
repo=$work/repo
refused 5 "no plugins in lib/slurm" rm lib/slurm/auth_slurm.so lib/slurm/cgroup_v2.so
refused 5 "needs libabsent.so.7, which is neither in the tree nor on this machine" \
    needs_library libabsent.so.7
expect_err "give --host-library=libabsent.so.7 if every node has it"
refused 5 "needed by name" needs_library_by_path
refused 5 "lib/slurm/cgroup_v2.so' is for" of_another_architecture
refused 8 "ELF" overwrite lib/slurm/cgroup_v2.so 32 '\0377\0377\0377\0377\0377\0377\0377\0177'

# Links, owners' rights and what is no file at all.
refused 5 "links in a release are relative and stay inside it" ln -s /etc/passwd share/passwd
refused 5 "links in a release are relative and stay inside it" ln -s ../../../../x share/up
refused 5 "'bin/sinfo' is setuid or setgid" chmod u+s bin/sinfo
refused 5 "'bin/sinfo' is setuid or setgid" chmod g+s bin/sinfo
refused 5 "'share/pipe' is neither a file nor a directory nor a link" mkfifo share/pipe
refused 5 "is not one that every node takes" touch $'share/a\nb'
refused 5 "is not a unit file" mkdir lib/systemd/system/slurmd.service.d

# The build prefix may only stand there in full, padded: else a node with another root cannot
# overwrite it.
clean=/opt/slurm/releases/$id/view
write() {
    printf '%b' "$2" >"$1"
}
refused 8 "share/conf" write share/conf "path=$clean/bin\n"
refused 8 "share/conf" write share/conf "path=$clean"
refused 8 "share/conf" write share/conf "ok=$(slurm_prefix "$id")/etc\nbad=$clean/././etc\n"
shorten() {
    local offset
    offset=$(grep -obUaF "$(slurm_prefix "$id")" lib/slurm/libslurmfull.so | head -n 1 | cut -d: -f1)
    overwrite lib/slurm/libslurmfull.so "$((offset + 120))" '/sbin\0000'
}
refused 8 "lib/slurm/libslurmfull.so" shorten

# What the command line asks for.
pack_options=(--glibc 2.3)
refused 5 "needs glibc 2." true
pack_options=(--glibc two)
refused 2 "--glibc=two is not a version of glibc" true
pack_options=(--cpu-level x86-64-v9)
refused 2 "--cpu-level=x86-64-v9" true
pack_options=(--level 23)
refused 2 "zstd has levels 1 to 22" true
pack_options=(--source slurm)
refused 2 "--source=slurm" true
pack_options=(--build 2)
refused 4 "no installed $version-2-$id_suffix: configure Slurm with the --prefix" true
pack_options=(--destdir "$work/absent")
refused 4 "no installed $id" true
pack_options=(--library libabsent.so.7)
refused 5 "--library needs libabsent.so.7" true
pack_options=(--version 24.11)
refused 2 "24.11" true
mkdir "$work/empty-keyring"
chmod 700 "$work/empty-keyring"
pack_options=(--sign 0123456789ABCDEF0123456789ABCDEF01234567)
GNUPGHOME=$work/empty-keyring refused 4 "no secret key 0123456789ABCDEF0123456789ABCDEF01234567" true
pack_options=()

# A node that has the library by itself: the same need is no fault then.
(cd "$view" && needs_library libabsent.so.7)
pack 0 --host-library 'libabsent.so.*'

# A pack that was killed leaves its directory; the next one clears it away, but not that of one that
# still runs.
mkdir "$repo/.sf-builder-killed" "$repo/.sf-builder-in-use"
touch "$repo/.sf-builder-killed/artifact"
exec {lock}<"$repo/.sf-builder-in-use"
flock --exclusive "$lock"
pack 0 --host-library 'libabsent.so.*'
[[ ! -e $repo/.sf-builder-killed ]] || fail "the directory of a killed pack stays"
[[ -d $repo/.sf-builder-in-use ]] || fail "the directory of a running pack is gone"
