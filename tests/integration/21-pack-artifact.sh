#!/bin/bash
# What is in an artifact: all that a node needs and nothing of the machine that made it, usable with
# tar alone.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"

prefix=/opt/slurm/releases/$id/view
slot=$(slurm_prefix "$id")
tree=$work/tree

slurm_make
# What only says where and when it was installed, and a directory that held nothing else.
mkdir -p "$view/lib/perl/auto/Slurm" "$view/lib/python/__pycache__"
touch "$view/lib/perl/auto/Slurm/.packlist" "$view/lib/perl/perllocal.pod" \
    "$view/lib/python/__pycache__/x.cpython-311.pyc"
# Debug information names the build prefix too, in forms that no table can list.
key=$(key_make "$key_home")
GNUPGHOME=$key_home pack 0 --sign "$key" --option=--with-jwt --source "slurm $(printf '0%.0s' {1..64})"

# Without sf-agent: tar, and a place to stand.
mkdir "$tree"
tar --zstd -xf "$artifact" -C "$tree"
mkdir -p "${prefix%/view}"
mv "$tree/view" "$tree/meta" "${prefix%/view}"
tree=${prefix%/view}
run 0 "$tree/view/sbin/slurmd" -V
expect_out "slurm $version"
run 0 "$tree/view/bin/scontrol" --plugins
expect_out "auth/slurm"

# What a node has no use for stays behind.
run 0 find "$tree"
refuse_out ".la"
refuse_out "lib/systemd"
refuse_out "lib/perl"
refuse_out "lib/python"
for path in meta/units/slurm{d,ctld}.service meta/modules/{slurm,modulerc}.{lua,tcl} \
    view/lib/slurm/auth_slurm.so view/share/man/man1/sinfo.1; do
    expect_out "/$path"
done
run 0 readelf -SW "$tree/view/sbin/slurmd"
refuse_out " .debug_"

# What people read has the clean prefix, what is compiled in the padded one.
grep -qF "ExecStart=$prefix/sbin/slurmd --systemd" "$tree/meta/units/slurmd.service" ||
    fail "the unit does not name the clean prefix"
! grep -rqF "$prefix/." "$tree"/meta/{units,modules} || fail "padding where people look"
grep -qF "$slot" "$tree/view/lib/slurm/libslurmfull.so" || fail "no padded prefix where it belongs"

# Search paths are relative, as DT_RPATH, and lead to the library that was brought along.
rpath_of() {
    readelf -d "$tree/view/$1" | sed -n 's/.*(RPATH).*\[\(.*\)\]/\1/p'
}
[[ $(rpath_of sbin/slurmd) == "\$ORIGIN/../lib:\$ORIGIN/../lib/slurm" ]] || fail "RPATH of slurmd"
[[ $(rpath_of bin/sinfo) == "\$ORIGIN/../lib:\$ORIGIN/../lib/slurm" ]] || fail "RPATH of sinfo"
run 0 find "$tree/view" -type f -perm -1 -exec readelf -dW {} +
refuse_out "RUNPATH"
run 0 ldd "$tree/view/sbin/slurmd"
grep -qE "libz.so.1 => $tree/view/sbin/../lib/libz.so.1 " "$out" || fail "another libz is used"
run 0 jq -r '.components[].name' "$artifact.manifest.json"
expect_out "slurm"
expect_out "libz.so"

# The table holds every place of the padded prefix, and the clean one stands nowhere else.
jq -r '.relocations[] | .path as $path | .offsets[] | "\($path) \(.)"' \
    "$artifact.manifest.json" | sort >"$work/table"
(cd "$tree" && grep -robUaF "$slot" view | cut -d: -f1,2 | tr ':' ' ') | sort >"$work/found"
diff "$work/table" "$work/found" >&2 || fail "the table is not what is in the files"
[[ -s $work/table ]] || fail "the table is empty"
[[ $(cd "$tree" && grep -robUaF "$prefix" view | wc -l) == "$(wc -l <"$work/table")" ]] ||
    fail "the clean prefix stands where no slot is"

# The manifest beside the artifact is the one within, with the blocks.
tar --zstd -xOf "$artifact" meta/manifest.json | jq -S . >"$work/inner"
jq -S 'del(.artifact_size, .blocks)' "$artifact.manifest.json" | diff "$work/inner" - >&2 ||
    fail "the two manifests differ in more than the blocks"
[[ $(tar --zstd -tf "$artifact" | sed -n 1p) == meta/manifest.json ]] || fail "another first member"
size=$(jq .artifact_size "$artifact.manifest.json")
[[ $size == "$(stat -c %s "$artifact")" ]] || fail "the manifest has another size"

# Each digest is the shipped file's.
jq -r '.files[] | select(.sha256) | "\(.sha256)  \(.path)"' "$artifact.manifest.json" \
    >"$work/digests"
(cd "$tree" && sha256sum --quiet -c "$work/digests") || fail "a digest is not the file's"

# The signatures beside it are the key's, over the artifact and over how it was made.
for signed in "$artifact" "$artifact.intoto.json"; do
    gpg --homedir "$key_home" --batch --quiet --verify "$signed.asc" "$signed" 2>/dev/null ||
        fail "the signature of $signed is not good"
done

# A Slurm that was told of no directory for its units has put them elsewhere: that is said.
mv "$view/lib/systemd" "$work/units"
pack 0 --output "$work/without-units"
expect_err "no lib/systemd/system, continuing without units"
expect_err "--with-systemdsystemunitdir"

# Debug information lies beside it: whoever unpacks it over the release can debug that.
debug=${artifact%-software.tar.zst}-debug.tar.zst
jq -r '.related[] | "\(.sha256)  \(.name)"' "$artifact.manifest.json" >"$work/related"
(cd "$(dirname "$debug")" && sha256sum --quiet -c "$work/related") || fail "another debug artifact"
tar --zstd -xf "$debug" -C "$tree"
build_id=$(readelf -nW "$tree/view/sbin/slurmd" | sed -n 's/.*Build ID: //p')
run 0 readelf -SW "$tree/view/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug"
expect_out " .debug_info"
pack 0 --output "$work/without-debug" --no-debug
run 0 find "$work/without-debug" -name '*-debug.tar.zst'
[[ ! -s $out ]] || fail "a debug artifact in spite of --no-debug"

# Only these, and nothing hidden.
run 0 find "$repo" -mindepth 1 -not -type d -printf '%f\n'
name=slurm-$id
sort "$out" | diff - >&2 <(sort <<LIST
$name-debug.tar.zst
$name-software.tar.zst
$name-software.tar.zst.asc
$name-software.tar.zst.cdx.json
$name-software.tar.zst.intoto.json
$name-software.tar.zst.intoto.json.asc
$name-software.tar.zst.manifest.json
$name-software.tar.zst.spdx.json
LIST
) || fail "not what belongs into a repository"
