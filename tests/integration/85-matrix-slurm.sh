#!/bin/bash
# The real Slurm by a matrix: two versions for two distribution releases, one of the four with a
# recipe that promises too much. The other three are published, and the next run makes the fourth.
#
# Builds take minutes and are kept between runs; SF_BUILD_AGAIN=1 starts from nothing.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
for library in packages cache apt root; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done

if [[ $toolchain != bookworm && $toolchain != trixie ]]; then
    echo "no recipe for $toolchain"
    exit 77
fi
other=$([[ $toolchain == bookworm ]] && echo trixie || echo bookworm)
version=24.11.5
raised=24.11.99
state=$(cache_dir)/matrix
sources=$work/sources
conf=$work/matrix.conf

# The only source at hand, and the same with another number in its META, which is all that it is
# known by to configure, to every program, and to nodes.
sources_make() {
    local original=slurm-wlm_$version.orig.tar.gz tree
    "$repository/tests/lib/build-slurm" --source
    mkdir -p "$sources" "$work/unpacked"
    cp "$(cache_dir)/sources/$original" "$sources"
    tar -C "$work/unpacked" -xf "$sources/$original"
    tree=$(ls "$work/unpacked")
    sed -i -e "s/^\( *Micro:\t*\).*/\1${raised##*.}/" -e "s/^\( *Version:\t*\).*/\1$raised/" \
        "$work/unpacked/$tree/META"
    tar -C "$work/unpacked" --sort=name --owner=0 --group=0 --mtime=2024-11-01 \
        -I 'gzip -1n' -cf "$sources/slurm-$raised.tar.gz" "$tree"
    rm -rf "$work/unpacked"
}

# DIRECTORY: recipes that know the second version as well.
recipes_make() {
    cp -r "$repository/conf/recipes" "$1"
    cat >>"$1/24.11.ini" <<RECIPE

[source slurm-$raised.tar.gz]
version = $raised
sha256 = $(sha256sum <"$sources/slurm-$raised.tar.gz" | cut -d ' ' -f 1)
RECIPE
}

packages_of() {
    "$builder" recipe --version "$version" --toolchain "$1" --minimal \
        --recipes "$work/recipes" --packages
}

matrix() {
    local status=$1 start=$SECONDS
    shift
    GNUPGHOME=$key_home run "$status" "$builder" matrix "$conf" --state "$state" "$@"
    echo "matrix: $((SECONDS - start)) s"
    cat "$out"
}

expect_published() {
    printf "slurm-%s-$arch-minimal-software.tar.zst\n" "$@" | sort |
        diff - <(find "$repo" -name '*-software.tar.zst' -printf '%f\n' | sort) >&2 ||
        fail "the wrong releases are published"
}

if [[ ${SF_BUILD_AGAIN:-} == 1 ]]; then
    rm -rf "$state"
fi
# Built or not, each cell is looked at: they are for a repository that does not exist yet.
rm -rf "$state/matrix"
sources_make
recipes_make "$work/recipes"
recipes_make "$work/too-much"
sed -i 's/^plugin = task_affinity task_cgroup$/& task_telepathy/' "$work/too-much/24.11.ini"
mapfile -t packages < <(packages_of "$toolchain")
packages_install "${packages[@]}"
mapfile -t packages < <(packages_of "$other")
root=$(root_make build-slurm-minimal "$other" "${packages[@]}")
key=$(key_make "$key_home")
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/key.asc"
cat >"$conf" <<CONF
[matrix]
versions = $version $raised
toolchains = $toolchain $other
variants = minimal
jobs = 2
recipes = $work/recipes
mirror = $sources
agent = $agent
level = 3
publish = $repo

[toolchain $other]
build-root = $root

[cell $raised $other]
recipes = $work/too-much
CONF

matrix 15
for cell in "$version $toolchain" "$version $other" "$raised $toolchain"; do
    expect_out "$cell $arch minimal  ok  "
done
expect_out "$raised $other $arch minimal  failed  pack"
grep -qF task_telepathy "$state/matrix/$raised-$other-$arch-minimal.log" ||
    fail "the log does not name the plugin"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
expect_published {"$version","$raised"}-1-"$toolchain" "$version-1-$other"

sed -i 's/ task_telepathy$//' "$work/too-much/24.11.ini"
matrix 0
expect_out "1 built, 3 unchanged, 0 failed, 0 skipped"
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
expect_published {"$version","$raised"}-1-{"$toolchain","$other"}

# A node takes the newer one of its distribution release.
node_settings=("variant = minimal")
node_configure "file://$repo"
run 0 "$agent" install 24.11
run 0 /opt/slurm/view/sbin/slurmd -V
expect_out "slurm $raised"
