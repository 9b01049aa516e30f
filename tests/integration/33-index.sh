#!/bin/bash
# An index that must not be believed: damaged, unsigned, signed by the wrong key, stale, replayed.
# The one that was accepted before stays.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

# refused, and the next run with the good index is not; --check judges alike.
index_refused() {
    refused "$@" -- "$agent" refresh
    refused "$@" -- "$agent" install "$new"
    refused "$@" -- "$agent" install "$new" --check
    index_restore
    run 0 "$agent" refresh
}

node_with_old
size=$(stat -c %s "$index")

head -c $((size / 2)) "$work/good-index" >"$index"
index_touch
index_refused 6 "$url: " "sign"

: >"$index"
index_touch
index_refused 6 "$url: " "sign"

# The text's first and last block and the signature's.
last=$(grep -bo '"series"' "$work/good-index" | cut -d: -f1)
signature=$(grep -bo 'BEGIN PGP SIGNATURE' "$work/good-index" | cut -d: -f1)
for at in 60 $((last / 2)) "$last" $((signature + 60)); do
    cp "$work/good-index" "$index"
    flip "$index" "$at"
    index_touch
    index_refused 6 "$url: " "sign"
done

# A letter of the signed text, still a letter: a proxy that edits.
sed 's/"halted": false/"halted": true/' "$work/good-index" >"$index"
index_touch
index_refused 6 "$url: " "bad signature: the data was changed after it was signed"

index_edit .
cp "$work/index.json" "$index"
index_touch
index_refused 6 "$url: " "sign"

# The same words by somebody else.
other_home=$work/other
mkdir -m 700 "$other_home"
other=$(key_make "$other_home" "another key")
index_sign "$other_home" "$other"
index_refused 6 "$url: " "signed by $other: not among the pinned keys"
key_forget "$other_home"

# FILTER on the index ; exit status ; what the sentence says
index_edit '.serial = 5'
cp "$index" "$work/good-index"
run 0 "$agent" refresh
while IFS=';' read -r filter status text more; do
    index_edit "$filter"
    index_refused "$status" "$text" "$more"
done <<EOF
.created = "2020-01-01T00:00:00Z" | .expires = "2020-02-01T00:00:00Z";9;index of repository 'scenario' expired on 2020-02-01;signed anew with \`sf-builder index\`
.created = "2099-01-01T00:00:00Z" | .expires = "2099-02-01T00:00:00Z";9;was made on 2099-01-01;set the clock
.serial = 4;9;serial of repository 'scenario' went back from 5 to 4;what was accepted before stays
.rollout.percent = 7;9;serial 5 of repository 'scenario' was seen before with other content;next serial
.repository = "else" | .serial = 6;9;calls itself 'else', but 'scenario' was accepted;remove /var/lib/sf-agent/index.json
.format = 2 | .serial = 6;5;$url: ;it has format 2, this program reads up to 1: update it
.artifacts[0].size = "many" | .serial = 6;8;$url: ;size
.repository = "a\\u001b[31mred" | .serial = 6;8;$url: ;repository
.artifacts[0].version = "24\\u001b[31m" | .serial = 6;8;$url: ;version
.serial = 6 | .artifacts[0] = .artifacts[1];8;$url: ;twice
.artifacts[0].path = "../../etc/passwd" | .serial = 6;8;$url: ;path
EOF

index_edit '.serial = 9'
newer_installs
