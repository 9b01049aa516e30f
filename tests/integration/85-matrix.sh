#!/bin/bash
# All releases of a site by one file: two versions for two distribution releases, published into one
# repository. What is broken stops nothing else, and what is built is not built again.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/cache.sh
source "$repository/tests/lib/cache.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/apt.sh
source "$repository/tests/lib/apt.sh"
# shellcheck source=tests/lib/root.sh
source "$repository/tests/lib/root.sh"
shopt -s extglob

other=trixie
if [[ $toolchain == trixie ]]; then
    other=bookworm
fi
state=$work/state
conf=$work/matrix.conf

# The tiny Slurm as a source, and a recipe for it.
source_make() {
    local version=$1 series=${1%.*} archive=$work/sources/slurm-$1.tar.gz
    mkdir -p "$work/sources" "$work/recipes"
    "$repository/tests/lib/tiny-source" "$version" "$archive"
    cat >"$work/recipes/$series.ini" <<RECIPE
[recipe]
series = $series
version = $version
contrib = tool
plugin = auth_slurm cgroup_v2
component = libz.so.1

[source slurm-$version.tar.gz]
version = $version
sha256 = $(sha256sum <"$archive" | cut -d ' ' -f 1)

[toolchain $toolchain]
package = gcc make

[toolchain $other]
package = gcc make
RECIPE
}

matrix() {
    local status=$1
    shift
    GNUPGHOME=$key_home run "$status" "$builder" matrix "$conf" --state "$state" "$@"
}

# What a cell's last result was, as programs read it.
result_of() {
    jq -r --arg cell "$1" '.cells[] | select(.cell == $cell) | .result' "$out"
}

expect_result() {
    [[ $(result_of "$1") == "$2" ]] || fail "$1 is '$(result_of "$1")', not '$2'"
}

# The releases that are in the repository.
published() {
    find "$repo" -name '*-software.tar.zst' -printf '%f\n' | sort
}

expect_published() {
    printf "slurm-%s-$arch-software.tar.zst\n" "$@" | sort | diff - <(published) >&2 ||
        fail "the wrong releases are published"
}

source_make 24.11.5
source_make 25.05.3
key=$(key_make "$key_home")
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/key.asc"

# Both cells of the other distribution have a root of their own; one of them lacks make.
lower=$(root_make build "$other" gcc libc6-dev make zlib1g)
root_mount "$lower" "$work/good"
root_mount "$lower" "$work/broken"
mv "$work/broken/root/usr/bin/make" "$work/broken/root/usr/bin/make.away"
cat >"$conf" <<CONF
[matrix]
versions = 24.11 25.05
toolchains = $toolchain $other
jobs = 2
recipes = $work/recipes
mirror = $work/sources
agent = $agent
level = 1
publish = $repo
name = scenario
sign = $key

[toolchain $other]
build-root = $work/good/root

[cell 25.05 $other]
build-root = $work/broken/root
CONF

# The three that can be built are published, the fourth says why not and where to look.
matrix 15
for cell in "24.11 $toolchain" "24.11 $other" "25.05 $toolchain"; do
    expect_out "$cell $arch cpu  ok  "
    grep -qE "^$cell $arch cpu  ok  .*  [0-9.]+ kB$" "$out" || fail "no size of $cell"
done
expect_out "25.05 $other $arch cpu  failed  compile"
expect_out "log: $state/matrix/25.05-$other-$arch.log"
expect_out "3 built, 0 unchanged, 1 failed, 0 skipped"
expect_err "1 of 4 cells failed"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
expect_published 24.11.5-1-{"$toolchain","$other"} "25.05.3-1-$toolchain"

# Repaired, the same command builds that one and nothing else.
mv "$work/broken/root/usr/bin/make.away" "$work/broken/root/usr/bin/make"
touch "$work/now"
matrix 0 --json
expect_result "25.05-$other-$arch" ok
for cell in "24.11-$toolchain" "24.11-$other" "25.05-$toolchain"; do
    expect_result "$cell-$arch" unchanged
done
[[ -z $(find "$state"/releases/!(25.05.3-1-"$other-$arch")/logs -newer "$work/now") ]] ||
    fail "a stage of another cell was done"
expect_out '"changed":true'
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
expect_published {24.11.5-1,25.05.3-1}-{"$toolchain","$other"}

# Nothing is missing, nothing is done.
matrix 0 --json
expect_out '"changed":false'
expect_out '"unchanged":4'

# A recipe that changes is a cell that does, and no other one.
sed -i 's/^contrib = /file = bin\/seff\n&/' "$work/recipes/24.11.ini"
matrix 0 --json --only '24.11-*'
expect_result "24.11-$toolchain-$arch" ok
[[ -z $(result_of "25.05-$toolchain-$arch") ]] || fail "--only is not heeded"
matrix 0 --json
expect_out '"unchanged":4'

# What the repository has lost is published again, and was not built again for that.
GNUPGHOME=$key_home run 0 "$builder" prune --repository "$repo" --expire 24.11.5-1
expect_published 25.05.3-1-{"$toolchain","$other"}
touch "$work/now"
matrix 0 --json
expect_result "24.11-$other-$arch" ok
expect_out '"unchanged":2'
expect_published {24.11.5-1,25.05.3-1}-{"$toolchain","$other"}
[[ -z $(find "$state"/releases/*/logs -newer "$work/now") ]] || fail "it was built for that"

# A build root that changes is built in again.
sed -i '/^Package: make$/,/^$/s/^Version: .*/&+1/' "$work/good/root/var/lib/dpkg/status"
matrix 0 --json
expect_result "24.11-$other-$arch" ok
expect_out '"unchanged":3'

# Also when it is a library that no recipe names.
touch "$work/now"
printf x >>"$(realpath "$work/good/root/usr/lib/"*/libz.so.1)"
matrix 0 --json
expect_result "24.11-$other-$arch" ok
expect_out '"unchanged":3'
[[ $(find "$state/releases/24.11.5-1-$other-$arch/logs" -newer "$work/now" -name '*.log' \
    -printf '%f\n' | sort | xargs) == "pack.log sign.log test.log" ]] || fail "not packed anew"

# While one runs another does not; ended, it ends what it has started.
TINY_CONFIGURE='sleep 5000' source_make 23.11.9
printf '[matrix]\nversions = 23.11\ntoolchains = %s\nrecipes = %s\nmirror = %s\nagent = %s\n' \
    "$toolchain" "$work/recipes" "$work/sources" "$agent" >"$conf"
"$builder" matrix "$conf" --state "$state" >"$work/first.out" 2>"$work/first.err" &
first=$!
for ((i = 0; i < 200; i++)); do
    ! pgrep -x sleep >/dev/null || break
    sleep 0.1
done
pgrep -x sleep >/dev/null || fail "the build does not start"
matrix 20
expect_err "holds the lock"
kill "$first"
status=0
wait "$first" || status=$?
((status == 23)) || fail "stopped by a signal it exits with $status"
! pgrep -x sleep >/dev/null || fail "a build is left"

# Mistakes are seen before anything is built.
echo 'bad' >>"$conf"
matrix 3
printf '[matrix]\nversions = 24.11\ntoolchains = %s\n[cell 24.12 *]\nskip = yes\n' \
    "$toolchain" >"$conf"
matrix 3
expect_err "no cell of the matrix is meant by [cell 24.12 *]"
