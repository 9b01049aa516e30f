#!/bin/bash
# The index of a repository: what it lists, what it goes on with from the one before, and what it
# refuses to sign. A refusal leaves the old index as it is.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

# The signed text, without its signature: what a reader gets from gpg.
index_text() {
    gpg --homedir "$key_home" --batch --quiet --decrypt "$repo/index.json.asc" 2>/dev/null
}

index_has() {
    [[ $(index_text | jq -c "$1") == "$2" ]] || fail "$1 is not $2: $(index_text | jq -c "$1")"
}

index() {
    local status=$1
    shift
    GNUPGHOME=${index_home:-$key_home} run "$status" "$builder" index --repository "$repo" "$@"
}

# The index as it is stays when the next one is refused.
index_refused() {
    local status=$1 sentence=$2
    shift 2
    cp "$repo/index.json.asc" "$work/old-index"
    index "$status" --sign "$key" "$@"
    expect_err "$sentence"
    cmp -s "$work/old-index" "$repo/index.json.asc" || fail "a refusal changed the index"
    [[ $(find "$repo" -name '.*' | wc -l) == 0 ]] || fail "a refusal left something hidden"
}

key=$(key_make "$key_home")
mkdir "$repo"
index 2 --sign "$key"
expect_err "--name is missing: there is no old index to take it from"
[[ ! -e $repo/index.json.asc ]] || fail "an index without a name"
index_home=$work index 4 --name scenario --json
expect_out '"exit_status":4,"failed":true'
expect_err "no secret key to sign with"

repo_add 24.11.5-1
index 0 --name scenario --sign "$key"
expect_out "indexed scenario: serial 1, 1 artifacts"
expect_out "24.11 is 24.11.5-1"
index_has '[.format, .serial, .repository]' '[1,1,"scenario"]'
index_has '.rollout.percent' 100

# What an artifact's entry says is what is on the disk.
artifact=$(artifact_of 24.11.5-1)
index_has '.artifacts[0].path' "\"${artifact#"$repo/"}\""
index_has '.artifacts[0].sha256' "\"$(sha256sum "$artifact" | cut -d' ' -f1)\""
index_has '.artifacts[0].size' "$(stat -c %s "$artifact")"
index_has '.artifacts[0].manifest.sha256' \
    "\"$(sha256sum "$artifact.manifest.json" | cut -d' ' -f1)\""

# The serial goes up by one; builds and versions count as numbers, series are apart.
repo_add 24.11.5-2
repo_add 24.11.10-1
repo_add 25.05.1-1
index 0 --sign "$key"
expect_out "serial 2, 4 artifacts"
index_has '.series' '{"24.11":"24.11.10-1","25.05":"25.05.1-1"}'

# A release that is withdrawn stays so, and its series means the one before.
index 0 --sign "$key" --yank 24.11.10-1
index_has '.series["24.11"]' '"24.11.5-2"'
index 0 --sign "$key"
index_has '[.artifacts[] | select(.yanked) | .version]' '["24.11.10"]'
index_has .serial 4
index 0 --sign "$key" --json
[[ $(jq -c '[.changed, .failed, .serial, .series[0].version]' "$out") == \
    '[true,false,5,"24.11.5-2"]' ]] || fail "the JSON differs"
index_refused 4 "--yank=23.02.1-1: the repository has no such release" --yank 23.02.1-1

# The rollout is kept until it is said anew.
index 0 --sign "$key" --percent 10
index 0 --sign "$key" --halt
index_has '[.rollout.percent, .rollout.halted]' '[10,true]'
index 0 --sign "$key"
index_has '[.rollout.percent, .rollout.halted]' '[10,true]'
index 0 --sign "$key" --percent 50
index_has '[.rollout.percent, .rollout.halted]' '[50,false]'
index_refused 2 "--percent=101 is not a number from 0 to 100" --percent 101

# It ends in as many days as it is told.
lifetime() {
    echo $((($(date -d "$(index_text | jq -r .expires)" +%s) -
        $(date -d "$(index_text | jq -r .created)" +%s)) / 86400))
}
[[ $(lifetime) == 30 ]] || fail "an index is good for another time than 30 days"
index 0 --sign "$key" --expires-days 7
[[ $(lifetime) == 7 ]] || fail "--expires-days is not heeded"
index_refused 2 "--expires-days=4000: at most 3650" --expires-days 4000

# Damage is found before it is signed.
artifact=$(artifact_of 25.05.1-1)
cp -a "$artifact" "$work/good"
printf X | dd of="$artifact" bs=1 seek=5000 conv=notrunc status=none
index_refused 7 "block 0 is not the manifest's"
truncate -s 5000 "$artifact"
index_refused 7 "ends after 5000 of the"
cp "$work/good" "$artifact"
echo >>"$artifact"
index_refused 7 "longer than the"
rm "$artifact"
index_refused 4 "${artifact#"$repo/"}"
cp -a "$work/good" "$artifact"
cp -a "$artifact.manifest.json" "$work/good.manifest.json"
truncate -s 500 "$artifact.manifest.json"
index_refused 8 "${artifact#"$repo/"}.manifest.json"
cp "$(artifact_of 24.11.5-1).manifest.json" "$artifact.manifest.json"
index_refused 8 "it is of another release, whose place is"
cp -a "$work/good.manifest.json" "$artifact.manifest.json"

# An old index that is not what its owner signed.
mkdir "$work/keys" "$work/other-keys"
key_export "$key_home" "$key" "$work/keys/key.asc"
index 0 --sign "$key" --keys "$work/keys"
other=$(key_make "$work/other-home" "another key")
key_export "$work/other-home" "$other" "$work/other-keys/key.asc"
key_forget "$work/other-home"
index_refused 6 "the old index.json.asc: " --keys "$work/other-keys"
index_text >"$work/text"
cp -a "$repo/index.json.asc" "$work/good-index"
echo "nothing" >"$repo/index.json.asc"
index_refused 8 "the old index.json.asc: it is not a clear-signed text"
: >"$repo/index.json.asc"
index_refused 8 "the old index.json.asc: it is empty"
cp -a "$work/good-index" "$repo/index.json.asc"

# A key that is not there.
cp "$repo/index.json.asc" "$work/old-index"
index 4 --sign 0123456789ABCDEF0123456789ABCDEF01234567
expect_err "no secret key 0123456789ABCDEF0123456789ABCDEF01234567"
cmp -s "$work/old-index" "$repo/index.json.asc" || fail "a refusal changed the index"

# Two at once are two: neither is lost.
serial=$(index_text | jq .serial)
repo_index &
repo_index
wait $!
index_has .serial $((serial + 2))
