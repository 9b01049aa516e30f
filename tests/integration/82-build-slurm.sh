#!/bin/bash
# The real Slurm, from source to a verified repository in one command as README has it: on this
# machine, and in a root directory of another distribution release. Both pass the test of an
# artifact; built once more in another directory on another date, this machine's is the same, byte
# for byte.
#
# A build takes minutes and is kept between runs; SF_BUILD_AGAIN=1 starts from nothing.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"
for library in packages cache apt root date; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done
# shellcheck source=tests/integration/sbom.sh
source "$(dirname "$0")/sbom.sh"

if [[ $toolchain != bookworm && $toolchain != trixie ]]; then
    echo "no recipe for $toolchain"
    exit 77
fi
other=$([[ $toolchain == bookworm ]] && echo trixie || echo bookworm)
recipes=$repository/conf/recipes
SF_CACHE_DIR=$(cache_dir)
export SF_CACHE_DIR
export XDG_CACHE_HOME=$SF_CACHE_DIR
state=$XDG_CACHE_HOME/sf-builder

# Installed, so that nothing of its own has to be named.
mkdir -p "$work"/local/{bin,sbin,share/sf-builder} "$work/keys"
cp "$builder" "$work/local/bin"
cp "$agent" "$work/local/sbin"
cp -r "$recipes" "$work/local/share/sf-builder"
mount -t overlay -o "lowerdir=$work/local:/usr/local" overlay /usr/local
PATH=/usr/local/bin:$PATH

key=$(key_make "$key_home")
key_export "$key_home" "$key" "$work/keys/key.asc"
export GNUPGHOME=$key_home

packages_of() {
    sf-builder recipe --version "$version" --toolchain "$1" --packages
}

# No test has a network: the source is where fetching would have put it.
source_put() {
    "$repository/tests/lib/build-slurm" --source
    mkdir -p "$state/sources"
    cp -u "$SF_CACHE_DIR/sources/slurm-wlm_$version.orig.tar.gz" "$state/sources"
}

# TOOLCHAIN [OPTION..]
build_slurm() {
    local start=$SECONDS
    run 0 sf-builder build --slurm-version "${version%.*}" --toolchain "$1" --publish "$repo" \
        "${@:2}"
    echo "$1: $((SECONDS - start)) s: $(stages)"
}

if [[ ${SF_BUILD_AGAIN:-} == 1 ]]; then
    rm -rf "$SF_CACHE_DIR"/{,elsewhere/}sf-builder/releases
fi
mapfile -t packages < <(packages_of "$toolchain")
packages_install "${packages[@]}"
source_put
build_slurm "$toolchain"
run 0 sf-builder verify --full --keys "$work/keys" "$repo"
built >"$work/first"

# Nothing has changed.
build_slurm "$toolchain"
expect_stages ""

# The other distribution, from here.
mapfile -t packages < <(packages_of "$other")
root=$(root_make build-slurm "$other" "${packages[@]}")
build_slurm "$other" --build-root "$root"
run 0 sf-builder verify --full --keys "$work/keys" "$repo"
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
[[ -s /opt/slurm/view/share/licenses/slurm/COPYING ]] || fail "it came without its licence"

# Elsewhere, on another date.
date_can_shift_for "$builder" || exit 0
date_shift +200d
XDG_CACHE_HOME=$SF_CACHE_DIR/elsewhere
state=$XDG_CACHE_HOME/sf-builder
source_put
repo=$work/another-repo
build_slurm "$toolchain"
built | diff "$work/first" - >&2 || fail "another place and date gave other bytes"
