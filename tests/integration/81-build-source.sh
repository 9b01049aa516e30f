#!/bin/bash
# Where the source comes from: the cache, then mirrors in the order given, then the recipe's own
# address. What decides is its digest, wherever it is from.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"

source_make
recipe=$recipes/24.11.ini
file=slurm-$version.tar.gz
origin=$work/origin
mv "$mirror" "$origin"
mkdir "$mirror"
cached=$state/sources/$file

# Nowhere: each place is named.
build 4 --mirror "$work/nowhere" --until fetch
expect_err "the source is nowhere to be had; give --mirror=DIR with it"
expect_err "$cached: not there"
expect_err "$mirror/$file: "
expect_err "$work/nowhere/$file: "

# A mirror with other bytes under that name is named and passed over.
echo evil >"$mirror/$file"
mkdir "$work/good"
cp "$origin/$file" "$work/good/"
build 0 --mirror "$work/good" --until fetch
expect_err "$mirror/$file has sha256 $(sha256sum <"$mirror/$file" | cut -d ' ' -f 1), the recipe says"
cmp "$origin/$file" "$cached"

# Offline: what is cached is not asked for.
rm -r "$work/good"
unshare --net "$builder" build --slurm-version 24.11 --toolchain "$toolchain" --recipes "$recipes" \
    --state "$state" --agent "$agent" --level 1 --until pack >"$out" 2>"$err" || fail "not offline"
expect_stages "configure compile install pack"

# What was put into the cache by hand is checked like anything else.
rm -r "$state/releases"
echo evil >"$cached"
build 4 --until fetch
expect_err "$cached has sha256 "
expect_err "$cached: another sha256 than the recipe's"

# A mirror and an origin on the network.
repo=$origin repo_serve
build 0 --mirror "$url" --until fetch
cmp "$origin/$file" "$cached"
rm -r "$state"
sed -i "s|^sha256 = .*|&\nurl = $url/not-there/$file\nurl = $url/$file|" "$recipe"
build 0 --until fetch
cmp "$origin/$file" "$cached"
rm -r "$state"
repo=$origin
nginx_stop "$work/nginx"
servers=()
build 4 --until fetch
expect_err "$url/$file: "

# An archive that would write elsewhere.
mkdir -p "$work/evil/slurm-$version"
echo x >"$work/evil/slurm-$version/x"
tar -C "$work/evil" --transform 's,/x$,/../../escaped,' -czf "$mirror/$file" "slurm-$version"
sed -i "s/^sha256 = .*/sha256 = $(sha256sum <"$mirror/$file" | cut -d ' ' -f 1)/" "$recipe"
build 8
expect_err "has a name that is not safe"
[[ -z $(find "$state" -name escaped) ]] || fail "it was written"
