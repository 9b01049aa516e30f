#!/bin/bash
# A release as a container image: other people's tools read, copy and unpack it, and what they unpack
# is what sf-agent would have installed.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"

packages_install "${packages_export[@]}"
layout=$work/layout

export_oci() {
    local status=$1
    shift
    run "$status" "$builder" export "$@" "$artifact"
}

layout_digest() {
    (cd "$1" && find . -type f -exec sha256sum {} + | sort)
}

expect_unchanged_layout() {
    layout_digest "$layout" | diff "$work/layout-before" - >&2 || fail "the layout changed"
}

inspect() {
    run 0 skopeo inspect "$@"
}

in_storage() {
    # It takes the path for a name, which has no capitals.
    (cd "$work" && buildah --root storage --runroot run --storage-driver vfs "$@")
}

repo_make "$version-1"

# As people type it; zstd is what our own side has.
export_oci 0 --oci "$layout"
expect_out "exported $id: oci, "
expect_out "tag $id, sha256:"
inspect "oci:$layout:$id"
[[ $(jq -r '.Labels."org.opencontainers.image.version"' "$out") == "$version-1" ]] || fail version
[[ $(jq -r '.Architecture + " " + .Os' "$out") == "$arch linux" ]] || fail architecture
[[ $(jq -r '.Labels."org.opencontainers.image.licenses"' "$out") == 'GPL-2.0-or-later AND Zlib' ]] ||
    fail "licences of Slurm and the library that came along"
[[ $(jq -r '.Created' "$out") == 2024-11-01T00:00:00Z ]] || fail created
inspect --raw "oci:$layout:$id"
[[ $(jq -r '.layers[].mediaType' "$out") == application/vnd.oci.image.layer.v1.tar+zstd ]] ||
    fail "media type"
[[ -z $(find "$layout" -name '.*' -mindepth 1) ]] || fail "something is left in the layout"

# The digests are right for whoever checks them: the copy is of the same image.
run 0 skopeo copy --quiet "oci:$layout:$id" "oci:$work/copy:$id"
cmp <(skopeo inspect --raw "oci:$layout:$id") <(skopeo inspect --raw "oci:$work/copy:$id") ||
    fail "a copy is another image"
run 0 skopeo copy --quiet "oci:$layout:$id" "dir:$work/dir"

# Again it is there; elsewhere and later it is the same.
layout_digest "$layout" >"$work/layout-before"
export_oci 0 --json --format oci --output "$layout"
expect_out '"changed":false'
expect_unchanged_layout
export_oci 0 --oci "$work/second"
layout_digest "$work/second" | diff "$work/layout-before" - >&2 || fail "another layout"

# A second image beside it, for tools that do not know zstd; one of them unpacks it.
export_oci 0 --oci "$layout" --tag gzip --compression gzip
run 0 skopeo copy --quiet "oci:$layout:$id" "dir:$work/dir"
[[ $(jq '.manifests | length' "$layout/index.json") == 2 ]] || fail "two images"
run 0 umoci list --layout "$layout"
expect_out gzip
run 0 umoci unpack --image "$layout:gzip" "$work/bundle"

# The same tree as on a node, to which sf-agent itself has nothing to add.
node_configure "file://$repo"
run 0 "$agent" install "$version"
diff -r --no-dereference /opt/slurm "$work/bundle/rootfs/opt/slurm" >"$work/diff" || true
grep -v '^Only in /opt/slurm: \(\.staging\|previous\)$' "$work/diff" && fail "not as sf-agent has it"
[[ $(stat -c '%u:%g %a' "$work/bundle/rootfs/opt/slurm/view/sbin/slurmd") == '0:0 755' ]] ||
    fail "owner and mode"
mount --bind "$work/bundle/rootfs/opt" /opt
run 0 "$agent" verify
umount /opt

# zstd, too, for those who know it.
run 0 in_storage from --name slurm "oci:layout:$id"
run 0 in_storage mount slurm
diff -r --no-dereference "$(<"$out")/opt" "$work/bundle/rootfs/opt" || fail "zstd holds another tree"
run 0 in_storage umount slurm

# A tag that moves: the old image's bytes stay, as in any layout, its name does not.
repo_make 24.11.6-1
run 0 "$builder" export --oci "$layout" --tag gzip "$(artifact_of 24.11.6-1)"
[[ $(jq '.manifests | length' "$layout/index.json") == 2 ]] || fail "the tag is there twice"
inspect "oci:$layout:gzip"
[[ $(jq -r '.Labels."org.opencontainers.image.version"' "$out") == 24.11.6-1 ]] || fail "old image"

# Refusals change nothing.
layout_digest "$layout" >"$work/layout-before"
export_oci 2 --oci "$layout" --tag 'a b'
expect_err "--tag=a b"
export_oci 2 --oci "$layout" --compression xz
expect_err "zstd and gzip are known"
export_oci 2 --oci "$layout" --sign 0000
expect_err "--sign is not for --format oci"
export_oci 2 --oci "$layout" --output "$work/x"
expect_err "leave out --output"
export_oci 2 --oci "$work"
expect_err "no oci-layout: name a new directory or an OCI image layout"
printf x | dd of="$artifact" bs=1 seek=2000 conv=notrunc status=none
export_oci 7 --oci "$layout"
expect_err "block 0 is not the manifest's"
rm "$artifact.manifest.json"
export_oci 4 --oci "$layout"
expect_err "the manifest beside the artifact"
expect_unchanged_layout
[[ -z $(find "$layout" -name '.*' -mindepth 1) ]] || fail "something is left in the layout"

# The licences of all parts: what is a choice stays one; not knowing one, nothing is said of any.
licenses_of() {
    artifact=$(artifact_of "$1")
    export_oci 0 --oci "$work/licenses" --tag "$1"
    inspect "oci:$work/licenses:$1"
    licenses=$(jq -r '.Labels."org.opencontainers.image.licenses"' "$out")
}
repo_add 24.11.7-1 --library libzstd.so.1
licenses_of 24.11.7-1
[[ " AND $licenses" == *' AND (BSD-3-Clause OR GPL-2.0-only)'* ]] || fail "licences '$licenses'"
repo_add 24.11.8-1 --part "hwloc 2.12.0"
licenses_of 24.11.8-1
[[ $licenses == null ]] || fail "licences '$licenses' of an image with a part of unknown licence"
