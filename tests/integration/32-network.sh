#!/bin/bash
# No repository, one that cannot be reached, and machines in between that answer in its place.
# Nothing of what they say is kept.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

# refused with the configuration as it is, then good again
network_refused() {
    refused "$@" -- "$agent" install "$new"
    refused "$@" -- "$agent" install "$new" --check
    cp "$work/good.conf" /etc/sf-agent/sf-agent.conf
}

repository_is() {
    sed -i "s|^url = .*|url = $1|" /etc/sf-agent/sf-agent.conf
}

node_with_old
# A second try would only take time.
sed -i 's/^retries = .*/retries = 0/' /etc/sf-agent/sf-agent.conf
cp /etc/sf-agent/sf-agent.conf "$work/good.conf"
page='<!DOCTYPE html><html><body>Please log in</body></html>'

sed -i '/^url = /d' /etc/sf-agent/sf-agent.conf
network_refused 3 "no repository is configured: set url= in section [repository]" "--repo"

# A port on which nothing listens any more.
serve "$repo" closed
nginx_stop "$work/closed"
repository_is "$served"
network_refused 21 "'$served/index.json.asc'" "onnect"

repository_is http://no-such-host.invalid
network_refused 21 "'http://no-such-host.invalid/index.json.asc'" "resolve"

serve "$repo" empty 'location / { return 404; }'
repository_is "$served"
network_refused 10 "'$served/index.json.asc'" "the repository has no such file (404)"

# An answer of a captive portal: with the type of a page, and with that of data.
for type in text/html application/octet-stream; do
    serve "$repo" "portal-${type#*/}" "location / { default_type $type; return 200 '$page'; }"
    repository_is "$served"
    network_refused 10 "$served" "an HTML page instead of data: a proxy or captive portal?"
done

# It lets the index through, and answers for the manifest.
serve "$repo" manifest "location ~ manifest { default_type text/html; return 200 '$page'; }"
repository_is "$served"
run 0 "$agent" refresh
network_refused 10 "$served/$toolchain/$new" "an HTML page instead of data"

# For the artifact. What it says does not become the beginning of the artifact.
while read -r type text; do
    serve "$repo" "artifact-${type#*/}" \
        "location ~ zst\$ { default_type $type; return 200 '$page'; }"
    repository_is "$served"
    run 0 "$agent" refresh
    refused 10 "$served/$toolchain/$new" "$text" -- "$agent" install "$new"
    cp "$work/good.conf" /etc/sf-agent/sf-agent.conf
    newer_installs
done <<EOF
text/html an HTML page instead of data
application/octet-stream the file has ${#page} bytes, expected
EOF

# The proxy of the configuration is the only one; what the environment names is not asked.
sed -i 's|^\[repository\]|&\nproxy = http://127.0.0.1:9|' /etc/sf-agent/sf-agent.conf
network_refused 21 "'$url/index.json.asc'" "127.0.0.1"
dead=http://127.0.0.1:9
newer_installs
export http_proxy=$dead HTTP_PROXY=$dead https_proxy=$dead all_proxy=$dead ALL_PROXY=$dead
newer_installs
unset http_proxy HTTP_PROXY https_proxy all_proxy ALL_PROXY

# A host that calls itself by terminal control characters.
run 10 "$agent" refresh --repo "$url/"$'\e[31mred\a'
expect_err '\x1b[31mred\x07'
! grep -q $'\e' "$err" || fail "an escape sequence reached the terminal"
