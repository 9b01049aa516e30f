#!/bin/bash
# Several mirrors: the first that is right is taken, those before it are told, and when none is
# right the most telling reason is.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

mirrors_are() {
    sed -i '/^url = /d' /etc/sf-agent/sf-agent.conf
    for mirror; do
        sed -i "s|^retries = .*|url = $mirror\n&|" /etc/sf-agent/sf-agent.conf
    done
}

warned() {
    expect_err "$1"
    expect_err ", continuing with the next mirror"
}

node_with_old
sed -i 's/^retries = .*/retries = 0/' /etc/sf-agent/sf-agent.conf
cp -a "$repo" "$work/stale"
index_edit '.serial = 5'
run 0 "$agent" refresh
good=$url
page='<!DOCTYPE html><html><body>Please log in</body></html>'
serve "$repo" dead
nginx_stop "$work/dead"
dead=$served
serve "$work/stale" stale-server
stale=$served
serve "$repo" portal "location / { default_type text/html; return 200 '$page'; }"
portal=$served
serve "$repo" incomplete 'location ~ zst { return 404; }'
incomplete=$served

mirrors_are "$dead" "$good"
newer_installs
run 0 "$agent" refresh
warned "'$dead/index.json.asc'"

# What was accepted from the good mirror counts when another one is asked first.
mirrors_are "$stale" "$good"
run 0 "$agent" refresh
warned "serial of repository 'scenario' went back from 5 to 1"
newer_installs

mirrors_are "$portal" "$good"
run 0 "$agent" refresh
warned "an HTML page instead of data"
newer_installs

# A mirror with the index and without the artifacts.
mirrors_are "$incomplete" "$good"
newer_installs

# A mirror with a damaged artifact, and another one with a good one.
flip "$work/stale/$(realpath --relative-to "$repo" "$(artifact_of "$new")")" 99
cp "$index" "$work/stale/index.json.asc"
mirrors_are "$stale" "$good"
newer_installs
cp "$work/good-index" "$work/stale/index.json.asc"
touch -d @1600000000 "$work/stale/index.json.asc"

# None is right: the one reason that says more than that a host is away.
mirrors_are "$dead" "$stale" "$portal"
unchanged run 9 "$agent" install "$new"
grep -v 'continuing with the next mirror' "$err" >"$work/last"
mv "$work/last" "$err"
expect_sentence "$stale: the serial of repository 'scenario' went back from 5 to 1"
mirrors_are "$dead" "$dead/other"
unchanged run 21 "$agent" install "$new"
grep -v 'continuing with the next mirror' "$err" >"$work/last"
mv "$work/last" "$err"
expect_sentence "'$dead/index.json.asc'"

# Warnings are for people: --quiet has none, --json still one object.
mirrors_are "$dead" "$good"
run 0 "$agent" refresh --quiet
[[ ! -s $err && ! -s $out ]] || fail "--quiet was not"
run 0 "$agent" refresh --json
jq -es 'length == 1 and .[0].failed == false' "$out" >/dev/null
