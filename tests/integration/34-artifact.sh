#!/bin/bash
# A manifest or artifact damaged on the way is not installed, wherever the damage is, and does not
# stay behind as the beginning of the next try.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

# Several blocks of 1 MiB.
TINY_BALLAST_MB=4 node_with_old
artifact=$(artifact_of "$new")
manifest=$artifact.manifest.json
name=${artifact##*/}
cp "$artifact" "$work/good-artifact"
cp "$manifest" "$work/good-manifest"
size=$(stat -c %s "$artifact")
manifest_size=$(stat -c %s "$manifest")
((size > 3 << 20)) || fail "the artifact has fewer blocks than this scenario is about"

damaged() {
    refused "$@" -- "$agent" install "$new"
    cp "$work/good-artifact" "$artifact"
    cp "$work/good-manifest" "$manifest"
    newer_installs
}

for at in 0 $((manifest_size / 2)) $((manifest_size - 1)); do
    flip "$manifest" "$at"
    damaged 7 "$url/$toolchain/$new" "is not the manifest that the index names" "tampered with"
done
head -c $((manifest_size / 2)) "$work/good-manifest" >"$manifest"
damaged 7 "is not the manifest that the index names ($((manifest_size / 2)) bytes"
echo >>"$manifest"
damaged 10 "$name.manifest.json" "more than $manifest_size bytes"
rm "$manifest"
damaged 10 "$name.manifest.json" "the repository has no such file (404)"

# first, middle and last block
for at in 0 $((size / 2)) $((size - 1)); do
    flip "$artifact" "$at"
    damaged 7 "$name" "block $(((at >> 20) + 1)) of" "is not what was signed"
done
truncate -s $((size / 2)) "$artifact"
damaged 10 "$name" "the file has $((size / 2)) bytes, expected $size"
truncate -s $((size + 1)) "$artifact"
damaged 10 "$name" "the file has $((size + 1)) bytes, expected $size"
: >"$artifact"
damaged 10 "$name" "the file has 0 bytes, expected $size"
rm "$artifact"
damaged 10 "$name" "the repository has no such file (404)"

# A page of the very length that is expected, as data.
printf '<!DOCTYPE html>%*s' $((size - 15)) '' >"$artifact"
damaged 10 "$name" "an HTML page instead of data"

# The older release under the newer one's name.
cp "$(artifact_of "$old")" "$artifact"
cp "$(artifact_of "$old").manifest.json" "$manifest"
damaged 7 "is not the manifest that the index names"
