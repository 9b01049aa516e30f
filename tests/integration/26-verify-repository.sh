#!/bin/bash
# `sf-builder verify` sees what a node would see, over HTTP and in a directory, and tells all that is
# wrong.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

verify() {
    local status=$1
    shift
    run "$status" "$builder" verify --keys "$work/keys" "$@"
}

# Neither the web server's view nor the directory's is better.
both() {
    local status=$1 option=$2 sentence=$3 place
    for place in "$url" "$repo" "$repo/"; do
        verify "$status" "$place" ${option:+"$option"}
        expect_out "$sentence"
    done
}

repo_make 24.11.5-1 24.11.6-1
repo_serve
mkdir "$work/keys"
key_export "$key_home" "$key" "$work/keys/key.asc"

both 0 "" "good scenario: serial 1, 2 artifacts"
expect_out "signed by $key; manifests read"
both 0 --full "every byte of the artifacts read"
grep -q "GET .*software.tar.zst 20[06] " "$work/nginx/access.log" || fail "no artifact was fetched"
verify 0 "$url" --json --full
[[ $(jq -c '[.serial, .full, .problems]' "$out") == '[1,true,[]]' ]] || fail "the JSON differs"

# A byte that has turned: only --full reads it.
artifact=$(artifact_of 24.11.6-1)
name=${artifact#"$repo/"}
cp -a "$artifact" "$work/good"
printf X | dd of="$artifact" bs=1 seek=5000 conv=notrunc status=none
both 0 "" "good scenario"
both 7 --full "$name: block 0 is not the manifest's"
expect_out "damaged scenario"
expect_err "1 problems, the first: $name"

# One that is gone, and a manifest that is another one.
rm "$artifact"
both 7 --full "$name: "
cp -a "$work/good" "$artifact"
other=$(artifact_of 24.11.5-1)
cp -a "$other.manifest.json" "$work/other.manifest.json"
echo >>"$other.manifest.json"
verify 7 "$url"
expect_out "${other#"$repo/"}: "
sed 's/"format":1/"format":2/' "$work/other.manifest.json" >"$other.manifest.json"
verify 7 "$repo"
expect_out "${other#"$repo/"}: the manifest is not the one of the index"

# All that is wrong is told, also to programs.
mv "$artifact.manifest.json" "$work/good.manifest.json"
verify 7 "$url" --json
[[ $(jq '.problems | length' "$out") == 2 ]] || fail "not all problems are told"
expect_err "2 problems, the first: "
cp -a "$work/other.manifest.json" "$other.manifest.json"
cp -a "$work/good.manifest.json" "$artifact.manifest.json"

# An index that nobody has renewed in time, signed as it should be.
cp -a "$repo/index.json.asc" "$work/good-index"
gpg --homedir "$key_home" --batch --quiet --decrypt "$work/good-index" 2>/dev/null |
    jq -c '.created = "2024-11-01T00:00:00Z" | .expires = "2024-12-01T00:00:00Z"' |
    gpg --homedir "$key_home" --batch --quiet --local-user "$key" --clearsign \
        >"$repo/index.json.asc"
verify 9 "$url" --full
expect_out "the index is expired: run 'sf-builder index'"
cp -a "$work/good-index" "$repo/index.json.asc"

# Nobody to ask, nothing there, nothing to trust.
mkdir "$work/empty"
verify 10 "$work/empty"
expect_err "the repository has no such file"
verify 4 "$work/absent"
nginx_stop "$work/nginx"
verify 21 "$url"
run 2 "$builder" verify "$repo"
expect_err "--keys is missing"
fingerprint=$(key_make "$work/other-home" "another key")
key_export "$work/other-home" "$fingerprint" "$work/keys/key.asc"
key_forget "$work/other-home"
verify 6 "$repo"
expect_err "index.json.asc: "
[[ ! -s $out ]] || fail "something is told of an index that nobody trusts"
