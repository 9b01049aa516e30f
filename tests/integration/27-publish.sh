#!/bin/bash
# Publishing to a directory: what is put, in which order, what stays as it is, what goes.
# shellcheck source=tests/integration/publish.sh
source "$(dirname "$0")/publish.sh"

unchanged_to() {
    to_digest >"$work/before"
    "$@"
    to_digest | diff "$work/before" - >&2 || fail "the repository changed: $*"
}

staged 24.11.5-1 24.11.6-1

# A mistyped name does not become an empty repository.
prune 4 --keep 1
expect_err "$to: there is no index yet"
[[ ! -e $to ]] || fail "a prune made a repository"

# A dry run makes not even the directory.
publish 0 --name site --dry-run
expect_out "would put $(published_path 24.11.6-1).manifest.json"
expect_out "would publish site: serial 1, 2 artifacts"
[[ ! -e $to ]] || fail "a dry run made the repository"

# Without a name it is called as its directory.
publish 0 --dry-run
expect_out "would publish to: serial 1, 2 artifacts"
publish 0 --name site
expect_out "put $(published_path 24.11.5-1).asc"
expect_out "published site: serial 1, 2 artifacts"
as_reader
expect_only 24.11.5-1 24.11.6-1
[[ $(stat -c %a "$to/$(published_path 24.11.5-1)" "$to/index.json.asc" | xargs) == "644 644" ]] ||
    fail "readers of another user see nothing"

# Again: nothing. The bytes of each file are there and stay.
unchanged_to publish 0 --json
[[ $(jq -c '[.changed, .put, .removed, .index_replaced, .serial]' "$out") == \
    '[false,[],[],false,1]' ]] || fail "the JSON of a run that does nothing differs"

# Whatever stands beside an artifact is put with it, the manifest last. A file that went missing
# comes back.
staged 24.11.7-1
new=$(published_path 24.11.7-1)
for suffix in .spdx.json .intoto.json; do
    echo "{}" >"$from/$new$suffix"
done
echo "not of it" >"$from/$(dirname "$new")/README"
rm "$to/$(published_path 24.11.5-1)"
unchanged_to publish 0 --dry-run --json
[[ $(jq -c '[.changed, (.put | length)]' "$out") == '[true,9]' ]] || fail "the dry run differs"
publish 0
expect_out "published site: serial 2, 3 artifacts"
[[ $(grep ^put "$out" | tail -n 1) == "put $new.manifest.json" ]] || fail "the manifest is not last"
for file in "$new.spdx.json" "$new.intoto.json" "${new/-software/-debug}"; do
    cmp "$from/$file" "$to/$file"
done
[[ ! -e $to/$(dirname "$new")/README ]] || fail "a file that belongs to no release was put"
as_reader

# A new signature of the same artifact is no other release; other bytes are.
cp -a "$from" "$work/good"
echo "another signature" >"$from/$new.asc"
unchanged_to publish 0
cp "$from/$(published_path 24.11.5-1)" "$from/$new"
cp "$from/$(published_path 24.11.5-1).manifest.json" "$from/$new.manifest.json"
unchanged_to publish 8
expect_err "it is of another release"
rm -r "$from" && cp -a "$work/good" "$from"
rm -r "${from:?}/$(dirname "$new")" && TINY_BALLAST_MB=1 staged 24.11.7-1
unchanged_to publish 2
expect_err "'$new' is published with other bytes, and a name never gets others: raise --build"
rm -r "$from" && cp -a "$work/good" "$from"
printf X | dd of="$from/$new" bs=1 seek=5000 conv=notrunc status=none
unchanged_to publish 7
expect_err "block 0 is not the manifest's"
rm -r "$from" && cp -a "$work/good" "$from"

# Withdrawn, halted, by and by.
publish 0 --yank 24.11.7-1 --halt
index_has '.series["24.11"]' '"24.11.6-1"'
index_has .rollout.halted true
unchanged_to publish 0 --yank 24.11.7-1 --halt
publish 0 --percent 20
index_has '[.rollout.percent, .rollout.halted]' '[20,false]'
unchanged_to publish 4 --yank 23.02.1-1
expect_err "--yank=23.02.1-1: the repository has no such release"
unchanged_to publish 2 --percent 101
unchanged_to publish 2 --expires-days 4000

# Half of its time over, the index is signed anew.
index_text | jq -c '.created = "2026-01-01T00:00:00Z"' |
    gpg --batch --quiet --local-user "$key" --clearsign >"$work/old" 2>/dev/null
serial=$(index_text | jq .serial)
cp "$work/old" "$to/index.json.asc"
publish 0
index_has .serial $((serial + 1))
publish 0 --expires-days 7
unchanged_to publish 0 --expires-days 7

# Prune: the withdrawn one does not count, others stay as they are.
cp -a "$to" "$work/saved"
unchanged_to prune 2
expect_err "say what to remove"
unchanged_to prune 0 --keep 1 --dry-run
expect_out "would remove $(published_path 24.11.5-1)"
refuse_out "$(published_path 24.11.6-1)"
echo "somebody's" >"$to/$(dirname "$(published_path 24.11.5-1)")/note"
prune 0 --keep 1
expect_out "removed $(published_path 24.11.5-1).manifest.json"
index_has '[.artifacts[].version]' '["24.11.6","24.11.7"]'
[[ -e $to/$(dirname "$(published_path 24.11.5-1)")/note ]] || fail "a file of somebody is gone"
rm -r "${to:?}/$(dirname "$(dirname "$(published_path 24.11.5-1)")")"
as_reader
unchanged_to prune 0 --keep 1 --json
[[ $(jq .changed "$out") == false ]] || fail "a prune of nothing changed something"
prune 0 --expire 24.11.7-1 --expire 24.11.6-1
index_has '[.artifacts, .series]' '[[],{}]'
as_reader
expect_only
unchanged_to prune 0 --expire 24.11.7-1
expect_out "the repository has no release 24.11.7-1"

# What was taken out may come again; with --keep it is not put in the first place.
publish 0 --keep 2
refuse_out "put $(published_path 24.11.5-1)"
index_has '[.artifacts[].version]' '["24.11.6","24.11.7"]'
as_reader
unchanged_to publish 0 --keep 2

# Somebody else's index is nobody's to go on from, unless the keys say so.
other=$(key_make "$work/other" "another key")
mkdir "$work/both"
cp "$keys/key.asc" "$work/both"
unchanged_to run 4 "$builder" publish --from "$from" --to "$to" --sign "$other"
GNUPGHOME=$work/other unchanged_to run 6 "$builder" publish --from "$from" --to "$to" \
    --sign "$other"
expect_err "$to: the index there: "
GNUPGHOME=$work/other unchanged_to run 6 "$builder" publish --from "$from" --to "$to" \
    --sign "$other" --keys "$keys"
expect_err "the new index, by the keys for the old one: "
key_export "$work/other" "$other" "$work/both/other.asc"
GNUPGHOME=$work/other run 0 "$builder" publish --from "$from" --to "$to" --sign "$other" \
    --keys "$work/both"
index_has '[.artifacts[].version]' '["24.11.5","24.11.6","24.11.7"]'
key_forget "$work/other"
rm -r "$to" && cp -a "$work/saved" "$to"

# Another publisher is waited for, but not for ever.
(
    flock 9
    touch "$work/locked"
    exec sleep 600
) 9<"$to" &
holder=$!
until [[ -e $work/locked ]]; do sleep 0.05; done
unchanged_to publish 20 --wait 1 --halt
expect_err "another run publishes or indexes there, waited 1 s: try again"
kill "$holder"
wait "$holder" || true

# Two at once: no entry is lost.
cp -a "$from" "$work/from-2"
(
    from=$work/from-2
    staged 25.05.1-1
)
staged 25.11.1-1
"$builder" publish --from "$work/from-2" --to "$to" --sign "$key" >"$work/second" 2>&1 &
publish 0
wait $! || fail "the second publisher failed: $(cat "$work/second")"
index_has '.series' '{"24.11":"24.11.6-1","25.05":"25.05.1-1","25.11":"25.11.1-1"}'
as_reader
[[ -z $(find "$to" -name '.*') ]] || fail "something hidden is left"

# A directory that cannot be made or read.
to=$work/absent/to publish 4 --name site
expect_err "$work/absent/to: make '$work/absent/to'"
to=ftp://example/to publish 2 --name site
expect_err "no place to publish to"
