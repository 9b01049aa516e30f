#!/bin/bash
# The same input gives the same bytes: in another directory, at another time, by another umask, and
# whatever order the directory hands out its files in. A name never gets other bytes.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"

slurm_make
pack 0
expect_out "packed $id: "
expect_out "$artifact"
(cd "$repo" && find . -type f -exec sha256sum {} + | sort) >"$work/first"

# A copy has other inodes, times and modes, and its files are made in another order.
find "$view" -mindepth 1 -maxdepth 1 | sort -r >"$work/names"
other=$work/other/place
mkdir -p "$other${view#"$destdir"}"
while read -r name; do
    cp -r --preserve=mode "$name" "$other${view#"$destdir"}/"
done <"$work/names"
chmod -R g+w,o-rx "$other"
chmod 2775 "$other${view#"$destdir"}/lib"
find "$other" -exec touch -h -d 2001-02-03 {} +
mkdir "$work/tmp"
umask 077
TMPDIR=$work/tmp TZ=Asia/Kathmandu LC_ALL=C.UTF-8 HOME=/nonexistent \
    repo=$work/repo2 destdir=$other pack 0
umask 022
second=$work/repo2${artifact#"$repo"}
(cd "$work/repo2" && find . -type f -exec sha256sum {} + | sort) | diff "$work/first" - >&2 ||
    fail "the same input gave other bytes"
[[ $(stat -c %a "$second") == 644 ]] || fail "the umask decides who can read an artifact"

# Packed again it is there already, which is fine and touches nothing.
pack 0 --json
expect_out '"changed":false'
expect_nothing_new

# One byte more is another artifact, and no second one gets the name.
echo >>"$view/include/slurm/slurm_version.h"
pack 2
expect_err "is published with other bytes, and a name never gets others: raise --build"
expect_nothing_new

# The time in the archive is the version's, or what the build says.
TZ=UTC run 0 tar --zstd --full-time -tvf "$artifact" view/sbin/slurmd
expect_out " 2024-11-01 00:00:00 "
repo=$work/repo3
SOURCE_DATE_EPOCH=1700000000 pack 0 --json
expect_out '"changed":true'
TZ=UTC run 0 tar --zstd --full-time -tvf "$repo${artifact#"$work/repo"}" view/sbin/slurmd
expect_out " 2023-11-14 22:13:20 "
SOURCE_DATE_EPOCH=yesterday pack 2
expect_err "SOURCE_DATE_EPOCH 'yesterday' is not a number"
expect_nothing_new
