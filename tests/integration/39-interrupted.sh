#!/bin/bash
# Another run holds the lock; a run is killed or told to end in the middle of a download. The next
# one takes up what is there, and never a web page that came in between.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

wait_for() {
    local deadline=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS < deadline)) || fail "in vain waited for: $*"
        sleep 0.02
    done
}

repository_is() {
    sed -i "s|^url = .*|url = $1|" /etc/sf-agent/sf-agent.conf
}

TINY_BALLAST_MB=6 node_with_old
size=$(stat -c %s "$(artifact_of "$new")")
good=$url

# The lock. Reading needs none.
exec 8<>/run/sf-agent/lock
flock 8
refused 20 "holds the lock 'lock': try again when it has ended" -- "$agent" install "$new"
refused 20 "holds the lock" -- "$agent" install "$new" --lock-timeout 1
for command in upgrade rollback "use $old" "remove $old" gc refresh; do
    # shellcheck disable=SC2086  # command and operand
    refused 20 "holds the lock" -- "$agent" $command
done
run 0 "$agent" status
run 0 "$agent" install "$new" --check
"$agent" install "$new" --lock-timeout 20 >"$out" 2>"$err" 8>&- &
waiting=$!
flock -u 8
wait "$waiting" || fail "did not get the lock that was given back"
exec 8>&-
run 0 "$agent" use "$old"
run 0 "$agent" remove --and-rollback "$new"

# A server that sends two blocks and a bit, and then next to nothing.
serve "$repo" slow 'location ~ zst$ { limit_rate_after 2500k; limit_rate 1; }'
slow=$served
partial_has() {
    local file
    file=$(find /var/cache/sf-agent -name '*.partial')
    [[ -n $file ]] && (($(stat -c %s "$file") >= $1))
}
start_slow() {
    repository_is "$slow"
    "$agent" install "$new" >"$out" 2>"$err" &
    running=$!
    wait_for partial_has $((2 << 20))
}
# How much of the artifact the good server has sent since.
mark() {
    lines=$(wc -l <"$work/nginx/access.log")
}
sent() {
    tail -n "+$((lines + 1))" "$work/nginx/access.log" |
        awk '$2 ~ /zst$/ { sum += $4 } END { print sum + 0 }'
}

for signal in KILL TERM INT HUP; do
    start_slow
    kill -"$signal" "$running"
    status=0
    wait "$running" 2>/dev/null || status=$?
    repository_is "$good"
    if [[ $signal == KILL ]]; then
        ((status == 137)) || fail "exit status $status of a killed run"
    else
        ((status == 23)) || fail "exit status $status after SIG$signal"
        expect_sentence "interrupted"
        old_is_whole
    fi
    [[ $(readlink /opt/slurm/current) == "releases/$old-$id_suffix" ]]
    run 0 "$agent" verify
    mark
    newer_installs
    (($(sent) < size - (2 << 20) + 1)) || fail "$(sent) of $size bytes were fetched again"
    (($(sent) > 0))
done

# A captive portal between two tries does not get into what is there.
start_slow
kill -KILL "$running"
wait "$running" 2>/dev/null || true
page='<!DOCTYPE html><html><body>Please log in</body></html>'
serve "$repo" portal "location ~ zst\$ { default_type text/html; return 200 '$page'; }"
repository_is "$served"
run 10 "$agent" install "$new"
expect_sentence "an HTML page instead of data"
partial_has $((2 << 20)) || fail "the portal's page took the place of what was there"
repository_is "$good"
mark
newer_installs
(($(sent) < size - (2 << 20) + 1)) || fail "$(sent) of $size bytes were fetched again"

# What is there is not what was signed: found out, and fetched again.
start_slow
kill -KILL "$running"
wait "$running" 2>/dev/null || true
flip "$(find /var/cache/sf-agent -name '*.partial')" 4711
repository_is "$good"
newer_installs
