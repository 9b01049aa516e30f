#!/bin/bash
# The real Slurm, from source to a verified repository in one command: on this machine, and in a
# root directory of another distribution release. Both pass the test of an artifact; built once more
# in another directory this machine's is the same, byte for byte.
#
# A build takes minutes and is kept between runs; SF_BUILD_AGAIN=1 starts from nothing.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"
# shellcheck source=tests/lib/cache.sh
source "$repository/tests/lib/cache.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/apt.sh
source "$repository/tests/lib/apt.sh"
# shellcheck source=tests/lib/root.sh
source "$repository/tests/lib/root.sh"
# shellcheck source=tests/integration/sbom.sh
source "$(dirname "$0")/sbom.sh"

if [[ $toolchain != bookworm && $toolchain != trixie ]]; then
    echo "no recipe for $toolchain"
    exit 77
fi
other=$([[ $toolchain == bookworm ]] && echo trixie || echo bookworm)
recipes=$repository/conf/recipes
state=$(cache_dir)/build
mirror=$(cache_dir)/sources
"$repository/tests/lib/build-slurm" --source
key=$(key_make "$key_home")
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/key.asc"
export GNUPGHOME=$key_home

packages_of() {
    "$builder" recipe --version "$version" --toolchain "$1" --recipes "$recipes" --packages
}

# TOOLCHAIN [OPTION..]; level 3, since the last few bytes take minutes.
build_slurm() {
    local start=$SECONDS
    run 0 "$builder" build --slurm-version "${version%.*}" --toolchain "$1" --recipes "$recipes" \
        --mirror "$mirror" --state "$state" --agent "$agent" --level 3 --sign "$key" \
        --publish "$repo" --name scenario "${@:2}"
    took=$((SECONDS - start))
    echo "$1: $took s: $(stages)"
}

if [[ ${SF_BUILD_AGAIN:-} == 1 ]]; then
    rm -rf "$state/releases"
fi
mapfile -t packages < <(packages_of "$toolchain")
packages_install "${packages[@]}"
build_slurm "$toolchain"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"

# Nothing has changed.
build_slurm "$toolchain"
((took < 30)) || fail "a build with nothing to do took $took s"
expect_stages ""

# The other distribution, from here.
mapfile -t packages < <(packages_of "$other")
root=$(root_make build-slurm "$other" "${packages[@]}")
build_slurm "$other" --build-root "$root"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
for name in "$toolchain" "$other"; do
    artifact=$repo/$name/$version-1/$arch/slurm-$version-1-$name-$arch-software.tar.zst
    [[ -f $artifact ]] || fail "no release for $name"
    expect_described "$artifact"
done

# A node takes this machine's.
node_configure "file://$repo"
run 0 "$agent" install "${version%.*}"
run 0 /opt/slurm/view/sbin/slurmd -V
expect_out "slurm $version"

if [[ ${SF_BUILD_AGAIN:-} == 1 ]]; then
    built >"$work/first"
    state=$work/another/place
    build_slurm "$toolchain"
    built | diff "$work/first" - >&2 || fail "another directory gave other bytes"
fi
