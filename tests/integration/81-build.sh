#!/bin/bash
# One command from source to a repository that nodes install from. What is done is not done again,
# what has changed is; the same source gives the same bytes wherever and whenever it is built.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/date.sh
source "$repository/tests/lib/date.sh"

source_make
key=$(key_make "$key_home")
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/key.asc"
export GNUPGHOME=$key_home

# From nothing to a verified repository.
build 0 --sign "$key" --publish "$repo" --name scenario
expect_stages "$all_stages"
expect_out "/slurm-$version-1-$id_suffix-software.tar.zst"
[[ ! -e $(cell)/source ]] || fail "the source is left, and nobody needs it"
for stage in $all_stages; do
    [[ -f $(cell)/logs/$stage.log ]] || fail "no log of $stage"
done
grep -q '^+ ./configure ' "$(cell)/logs/configure.log" || fail "the command is not in the log"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
[[ -f $(artifact_of "$version-1").asc ]] || fail "the artifact is not signed"

# Nothing has changed, nothing is done.
build 0 --sign "$key" --publish "$repo" --json
expect_out '"changed":false'
jq -e --arg file "$(cell)/repository/$(jq -r .path "$out")" --argjson size "$(stat -c %s \
    "$(artifact_of "$version-1")")" '.repository == "scenario" and .file == $file and .size == $size' \
    "$out" >/dev/null || fail "the artifact's file and size are not told"

# Started without standard descriptors, it does not take its own files for them.
"$builder" build --slurm-version 24.11 --toolchain "$toolchain" --recipes "$recipes" \
    --mirror "$mirror" --state "$state" --agent "$agent" --level 1 --sign "$key" <&- >&- 2>&- ||
    fail "without standard descriptors it fails"

# A node takes it, and it runs.
node_configure "file://$repo"
run 0 "$agent" install "${version%.*}"
run 0 /opt/slurm/view/sbin/slurmd -V
expect_out "slurm $version"
run 0 /opt/slurm/view/bin/seff
expect_out tool
grep -q GPL /opt/slurm/view/share/licenses/slurm/COPYING || fail "the licence did not come along"

# What a result depends on, and nothing before it, is done again.
sed -i 's/^file = .*/& lib\/libslurm.so/' "$recipes/24.11.ini"
build 0
expect_stages "pack test sign"
sed -i 's/^configure = .*/& --enable-debug/' "$recipes/24.11.ini"
build 0
expect_stages "configure compile install pack test sign"
build 0 --until compile
expect_stages ""
rm -r "$(cell)/repository"
build 0 --until pack
expect_stages pack
build 0
# What was packed has to be there, too: without its manifest nothing would be published.
rm "$(cell)/repository/$toolchain/$version-1/$arch"/*.manifest.json
build 0
expect_stages "pack test sign"

# Another sf-builder packs and tests anew, which is its own work, and compiles nothing.
cp "$builder" "$work/sf-builder"
echo >>"$work/sf-builder"
builder=$work/sf-builder build 0
expect_stages "pack test sign"

# Elsewhere, at another time, by another user's umask and time zone: the same bytes.
built >"$work/first"
state=$work/another/place
umask 077
TZ=Asia/Kathmandu LC_ALL=C.UTF-8 HOME=/nonexistent CFLAGS=-O3 build 0
umask 022
expect_stages "$all_stages"
built | diff "$work/first" - >&2 || fail "another directory gave other bytes"

# So it does in a root directory, where the place is always the same; nothing is written to it.
state=$work/rooted
build 0 --build-root /.
grep -qF 'DESTDIR=/build/destdir' "$(cell)/logs/install.log" || fail "it was not built in the root"
[[ ! -e /build ]] || fail "the build root was written to"
built | diff "$work/first" - >&2 || fail "a build root gave other bytes"

# With ccache in the place the second compilation is its business, here and in a root, and in another
# directory; what it makes is the same.
packages_install "${packages_cache[@]}"
# A header that is as new as the compilation is looked at once it is preprocessed.
cached() {
    CCACHE_DIR=$state/ccache ccache --print-stats |
        awk -v name="$1\$" '$1 ~ name { sum += $2 } END { print sum }'
}
for root in / /.; do
    rm -rf "$state"
    build 0 --until pack --no-ccache --build-root "$root"
    built | diff "$work/first" - >&2 || fail "without ccache it makes other bytes"
    [[ ! -e $state/ccache ]] || fail "ccache is used although it is not wanted"
    rm -r "$state/releases"
    build 0 --until compile --build-root "$root"
    misses=$(cached ^cache_miss)
    ((misses > 0 && $(cached _cache_hit) == 0)) || fail "ccache is not used in $root"
    rm -r "$state/releases"
    build 0 --until pack --build-root "$root"
    ((misses == $(cached ^cache_miss) && misses == $(cached _cache_hit))) ||
        fail "the second compilation in $root is not ccache's business"
    built | diff "$work/first" - >&2 || fail "with ccache it makes other bytes"
done
rm -r "$state/releases"
build 0 --until configure
build 0 --until compile --no-ccache
((misses == $(cached _cache_hit))) || fail "ccache is used although it is not wanted"

# On another date: the same bytes, here and in a root.
date_can_shift_for "$builder" || exit 0
date_shift +200d
for root in / /.; do
    rm -rf "$state"
    build 0 --build-root "$root"
    expect_stages "$all_stages"
    grep -qF "what day it is... $(date +%F)" "$(cell)/logs/configure.log" ||
        fail "it was not built on another date in $root"
    built | diff "$work/first" - >&2 || fail "another date gave other bytes in $root"
done
