# shellcheck shell=bash
# What the scenarios of `sf-builder build` share. Sourced instead of lib.sh.
#
#   source_make               the tiny Slurm's source in $mirror, and a recipe for it
#   build STATUS [OPTION..]   builds it with the state directory $state; $out and $err as after `run`
#   stages                    the stages that the last build ran, on one line
#   cell                      the release's directory in $state
#   built                     digests of everything that it would publish, and its provenance but
#                             for the packages of the machine
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=24.11.5
state=$work/state
mirror=$work/mirror
recipes=$work/recipes
# shellcheck disable=SC2034  # read by scenarios
all_stages="fetch configure compile install pack test sign"

source_make() {
    local archive=$mirror/slurm-$version.tar.gz
    mkdir -p "$mirror" "$recipes"
    "$repository/tests/lib/tiny-source" "$version" "$archive"
    cat >"$recipes/${version%.*}.ini" <<RECIPE
[recipe]
series = ${version%.*}
version = $version
configure = --sysconfdir=/etc/slurm
contrib = tool
plugin = auth_slurm cgroup_v2
file = bin/seff sbin/slurmd
component = libz.so.1

[source slurm-$version.tar.gz]
version = $version
sha256 = $(sha256sum <"$archive" | cut -d ' ' -f 1)

[toolchain $toolchain]
package = bash
RECIPE
}

build() {
    local status=$1
    shift
    run "$status" "$builder" build --slurm-version "${version%.*}" --toolchain "$toolchain" \
        --recipes "$recipes" --mirror "$mirror" --state "$state" --agent "$agent" --level 1 "$@"
}

stages() {
    sed -n 's/^\([a-z]*\): [0-9]* s$/\1/p' "$out" | xargs
}

expect_stages() {
    [[ $(stages) == "$1" ]] || fail "stages '$(stages)', expected '$1'"
}

cell() {
    printf '%s/releases/%s-1-%s\n' "$state" "$version" "$id_suffix"
}

built() {
    (
        cd "$(cell)/repository"
        find . -type f ! -name '*.asc' ! -name '*.intoto.json' -exec sha256sum {} + | sort
        # Tests beside this one install packages.
        jq -S 'del(.predicate.buildDefinition.resolvedDependencies[] | select(has("digest") | not))' \
            ./*/*/*/*.intoto.json
    )
}
