# shellcheck shell=bash
# What the scenarios of `sf-builder pack` share. Sourced instead of lib.sh.
#
#   $version $id          the release that is packed
#   $view                 its installed prefix, in $destdir
#   slurm_make            a tiny Slurm in $destdir
#   pack STATUS [OPTION..]  packs $destdir into $repo; $out and $err as after `run`
#   $artifact             where it is in $repo afterwards
#   expect_nothing_new    the repository is as before the last pack: nothing hidden in it either
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=24.11.5
id=$version-1-$id_suffix
destdir=$work/destdir
# shellcheck disable=SC2034  # read by scenarios
view=$destdir$(slurm_prefix "$id")
# shellcheck disable=SC2034  # read by scenarios
artifact=$(artifact_of "$version-1")

slurm_make() {
    "$repository/tests/lib/tiny-slurm" "$version" "$id" "$destdir"
}

repository_list() {
    if [[ -d $repo ]]; then
        find "$repo" -mindepth 1 -printf '%P %s %T@\n' | sort
    fi
}

pack() {
    local status=$1
    shift
    repository_list >"$work/repository-before"
    run "$status" "$builder" pack --version "$version" --toolchain "$toolchain" \
        --destdir "$destdir" --output "$repo" --level 1 "$@"
}

expect_nothing_new() {
    repository_list | diff "$work/repository-before" - >&2 || fail "the repository changed"
}
