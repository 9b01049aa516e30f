#!/bin/bash
# Command lines and configurations with a mistake in them: it is named, with what was meant, and
# nothing is done. With --json a failure is one object.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

node_with_old
conf=/etc/sf-agent/sf-agent.conf
cp "$conf" "$work/good.conf"

refused 2 "unknown command 'instal', did you mean 'install'?" -- "$agent" instal "$new"
refused 2 "unknown command 'xyzzy'" "--help" -- "$agent" xyzzy
refused 2 "'install' expects RELEASE|FILE" -- "$agent" install
refused 2 "'install' expects RELEASE|FILE, '$old' is too much" -- "$agent" install "$new" "$old"
refused 2 "'status' expects no operand, 'x' is too much" -- "$agent" status x
refused 2 "unknown option '--chek', did you mean '--check'?" -- "$agent" install "$new" --chek
refused 2 "option '--lock-timeout'" "soon" -- "$agent" install "$new" --lock-timeout soon
refused 2 "option '--lock-timeout'" -- "$agent" install "$new" --lock-timeout
refused 2 "option '--check'" -- "$agent" install "$new" --check=yes
refused 2 "'24..11'" -- "$agent" install 24..11
refused 2 "''" -- "$agent" install ""
refused 2 '\x1b[31m' -- "$agent" install $'\e[31m'
refused 2 '\x1b[31m' -- "$agent" $'\e[31m'
refused 4 "23.02.9" -- "$agent" use 23.02.9-1
refused 4 "23.02.9" -- "$agent" remove 23.02.9-1
refused 14 "$old-$id_suffix" "active" -- "$agent" remove "$old"
refused 4 "no release to roll back to" "sf-agent list" -- "$agent" rollback

refused 3 "/no/such.conf" "No such file" -- "$agent" install "$new" --config /no/such.conf
refused 3 "$work/none.conf" "No such file" -- "$agent" install "$new" --config "$work/none.conf"
refused 4 "/no/such/root" -- "$agent" install "$new" --root /no/such/root

# A line of the configuration | what the sentence says, with file and line
while IFS='|' read -r line text; do
    printf '%b\n' "$line" | cat "$work/good.conf" - >"$conf"
        refused 3 "$conf:$(wc -l <"$conf"): " "$text" -- "$agent" install "$new"
    refused 3 "$text" -- "$agent" status
done <<'EOF'
[agent]\nkepe = 3|'kepe'
[agnet]\nkeep = 3|agnet
[agent]\nkeep = many|keep
[agent]\nkeep = -1|keep
[agent]\nkeep = 99999999999999999999|keep
[agent]\nunits = yes|units
[agent]\nmodules = perhaps|modules
[agent]\nvariant = gpu cpu|variant
[repository]\nproxy = proxy:3128|proxy
[repository]\nurl = ftp://127.0.0.1/x|url
[repository]\nproxy = http://a\nproxy = http://b|given twice
no equals sign|
EOF
for root in relative /opt/../etc /opt//slurm; do
    { cat "$work/good.conf"; printf '[agent]\nroot = %s\n' "$root"; } >"$conf"
    run 3 "$agent" install "$new"
    expect_sentence "root"
done
printf '[agent]\nkeep = 2\0 3\n' >"$conf"
refused 3 "$conf" "NUL" -- "$agent" install "$new"
head -c 2000000 /dev/zero | tr '\0' '#' >"$conf"
refused 3 "$conf" -- "$agent" install "$new"
rm "$conf"
mkdir "$conf"
refused 3 "$conf" -- "$agent" install "$new"
rmdir "$conf"
cp "$work/good.conf" "$conf"
mkdir /etc/sf-agent/conf.d
echo 'keep = 2' >/etc/sf-agent/conf.d/a.conf
refused 3 "/etc/sf-agent/conf.d/a.conf:1: " -- "$agent" install "$new"
rm -r /etc/sf-agent/conf.d

# exit status | name of the error | command line, of which the failure is one object
while IFS='|' read -r status name line; do
    # shellcheck disable=SC2086  # words of a command line
    unchanged run "$status" "$agent" $line
    jq -es --argjson status "$status" --arg name "$name" \
        'length == 1 and (.[0] | .failed and .changed == false and .schema == 1 and
            .error == $name and .exit_status == $status and (.msg | length > 10))' \
        "$out" >"$work/verdict" || fail "not the object that was expected: $line"
done <<EOF
4|NOT_FOUND|install 99.11 --json
2|USAGE|install 24..11 --json
2|USAGE|install --json
2|USAGE|install $new --json --chek
2|USAGE|instal $new --json
3|CONFIG|install $new --json --config /no/such.conf
4|NOT_FOUND|install /no/such.tar.zst --json
21|NETWORK|install $new --json --repo http://127.0.0.1:9
14|IN_USE|remove $old --json
EOF
newer_installs
