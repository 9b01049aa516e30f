#!/bin/bash
# A release that Spack builds: what Spack is told, and that what it leaves is tested, published and
# runs below another root.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/integration/sbom.sh
source "$(dirname "$0")/sbom.sh"
packages_install "${packages_spack[@]}"

version=25.11.6
id=$version-1-$id_suffix
state=$work/state
cell=$state/releases/$id
recipes=$work/recipes
key=$(key_make "$key_home")

# The two packages that stand for Slurm and all it needs have few plugins, and need no Fortran.
mkdir "$recipes"
grep -vE '^(plugin|package)' "$repository/conf/recipes/spack.ini" >"$recipes/spack.ini"
grep -q "^\[toolchain $toolchain\]" "$recipes/spack.ini" ||
    printf '[toolchain %s]\ncompiler = gcc@1\n' "$toolchain" >>"$recipes/spack.ini"

build() {
    local status=$1
    shift
    run "$status" "$builder" build --backend spack --spack "$repository/tests/lib/fake-spack" \
        --slurm-version 25.11 --toolchain "$toolchain" --recipes "$recipes" --state "$state" \
        --agent "$agent" --level 1 --jobs 2 "$@"
}

build 0
for stage in concretize spack install pack test; do
    expect_out "$stage: "
done
printf '%s\n' 'concretize --fresh' 'install --fail-fast -j2' 'env view regenerate' |
    diff - "$cell/spack/calls" >&2 || fail "Spack was told something else"
"$builder" spack-yaml --version 25.11 --toolchain "$toolchain" --recipes "$recipes" \
    --directory "$cell/spack" | diff - "$cell/spack/environment/spack.yaml" >&2 ||
    fail "Spack was given another environment than the one that is printed"

# Nothing changed: nothing is done.
build 0
[[ $(wc -l <"$out") == 1 ]] || fail "something was done again"
[[ $(wc -l <"$cell/spack/calls") == 3 ]] || fail "Spack was called again"

# The view is made of hard links: what Spack has installed must be as it was.
library=$(find "$cell/spack/tree" -name libdependency.so.1)
[[ $(stat -c %h "$library") == 2 ]] || fail "the view is not one of hard links"
grep -qaF __spack_path_placeholder__ "$library" || fail "a package of Spack's was changed"

# In the release there is one prefix, whole slots of it, and a link where a string ends with it.
artifact=$cell/repository/$toolchain/$version-1/$arch/slurm-$version-1-$id_suffix-software.tar.zst
validate 0 "$artifact".{cdx,spdx,intoto}.json
mkdir "$work/tree"
tar --zstd -xf "$artifact" -C "$work/tree"
view=$work/tree/view
! grep -rqaF __spack_path_placeholder__ "$work/tree" || fail "Spack's padding is left in a file"
grep -qaF "$(slurm_prefix "$id")" "$view/lib/libdependency.so.1" || fail "no slot in the library"
[[ $(readlink "$view/dependency-1.0-abcdefr") == . && $(readlink "$view/lib64") == lib ]] ||
    fail "a link of the tree to itself is missing"
[[ $(readlink "$view/lib/libdependency-absolute.so") == ../lib/libdependency.so.1 ]] ||
    fail "an absolute link did not become one within the tree"
for left_out in .spack .spack-view bin/dependency-config include/dependency.h lib/pkgconfig; do
    [[ ! -e $view/$left_out ]] || fail "$left_out is in the release"
done
grep -qxF "ExecStart=/opt/slurm/releases/$id/view/sbin/slurmd --systemd" \
    "$work/tree/meta/units/slurmd.service" || fail "not the unit that came with Slurm"
run 0 readelf -d "$view/bin/seff"
expect_out "Library rpath: [\$ORIGIN/../lib:\$ORIGIN/../lib/slurm]"
run 0 jq -c '[.sources, .builder]' "$artifact.manifest.json"
expect_out "spack.lock"
expect_out "slurm_factory.slurm@25-11-6-1"
run 0 jq -c '.components[] | [.name, .version]' "$artifact.cdx.json"
expect_out '["dependency","1.0"]'
refuse_out slurm

# Signed and published, it runs, also elsewhere, without Spack's tree.
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/test.asc"
repo=$work/published
GNUPGHOME=$key_home build 0 --sign "$key" --publish "$repo" --name scenario
expect_out "sign: "
refuse_out "test: "
run 0 "$builder" verify --full --keys "$work/keys" "$repo"
repo_serve
mv "$cell/spack" "$work/spack"
node_settings=('root = /opt/a/rather/long/place/for/releases')
node_configure "$url"
run 0 "$agent" install latest
view=/opt/a/rather/long/place/for/releases/releases/$id/view
run 0 "$view/sbin/slurmd" -V
expect_out "slurm $version"
run 0 "$view/bin/scontrol" --plugins
expect_out "auth/slurm"
run 0 "$view/bin/seff"
expect_out "data of the dependency"
# The string that the linker has stored in the end of another one.
expect_out "efr"
run 0 "$agent" verify
mv "$work/spack" "$cell/spack"

# Spack's failure is told with its last words and where the rest is; then it goes on from there.
touch "$cell/spack/fails-at-install"
echo 'plugin = auth_slurm' >"$work/more"
sed -i "/^\[environment\]/r $work/more" "$recipes/spack.ini"
sed -i 's/~nvml~rsmi/~nvml~rsmi~gtk/' "$recipes/spack.ini"
build 15
expect_err "spack (log: $cell/logs/spack.log): spack install: "
expect_err "no package satisfies slurm"
rm "$cell/spack/fails-at-install"
build 0
refuse_out "concretize: "
expect_out "spack: "

# A plugin that Spack's Slurm should have, and has not.
sed -i 's/^plugin = auth_slurm$/plugin = auth_slurm mpi_pmix/' "$recipes/spack.ini"
build 5
expect_err "mpi_pmix"

run 2 "$builder" build --backend conan --slurm-version 25.11 --toolchain "$toolchain"
expect_err "--backend=conan is neither source nor spack"
run 4 "$builder" build --backend spack --slurm-version 25.11 --toolchain "$toolchain" \
    --recipes "$recipes" --state "$work/other" --agent "$agent"
expect_err "name the program of a Spack 1.1 or later with --spack"

printf '[toolchain %s]\npackage = no-such-package\n' "$toolchain" >>"$recipes/spack.ini"
build 4
expect_err "missing packages, install them"
expect_err "no-such-package"
