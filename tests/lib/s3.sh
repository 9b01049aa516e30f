# shellcheck shell=bash
# An S3 server for publishing: s3rver from npm, behind tests/lib/s3-server, which checks signatures
# (s3rver does not check those of version 4) and makes trouble when told. Sourced.
#
#   s3_start STATE    starts both on the loopback, with the empty buckets "repo" and "other"; sets
#                     AWS_* and $s3_url, and leaves in STATE: objects/ as s3rver keeps them, log with
#                     a line for each request, faults to be written as s3-server says
#   s3_stop           ends both
#
# Both end by themselves after ten minutes.

# shellcheck source=tests/lib/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"
# shellcheck source=tests/lib/packages.sh
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
# shellcheck source=tests/lib/npm.sh
source "$(dirname "${BASH_SOURCE[0]}")/npm.sh"

s3rver_version=3.7.1
s3_pids=()

s3_start() {
    local state=$1 modules behind port
    modules=$(npm_modules s3rver "s3rver@$s3rver_version") || return 1
    mkdir -p "$state/objects"
    : >"$state/log"
    : >"$state/faults"
    timeout 600 node "$modules/s3rver/bin/s3rver.js" --directory "$state/objects" \
        --address 127.0.0.1 --port 0 --configure-bucket repo --configure-bucket other \
        </dev/null >"$state/s3rver.log" 2>&1 &
    s3_pids+=($!)
    behind=$(_s3_wait_for "$state/s3rver.log" 's/.*listening on \(127[0-9.:]*\).*/\1/p') || return 1
    mkfifo "$state/stdin"
    # Nobody ends its standard input, so it is ended by us.
    "$(dirname "${BASH_SOURCE[0]}")/s3-server" "$state" "$behind" <>"$state/stdin" \
        >"$state/port" &
    s3_pids+=($!)
    port=$(_s3_wait_for "$state/port" 's/^\([0-9]\{1,\}\)$/\1/p') || return 1
    # shellcheck disable=SC2034  # read by scenarios
    s3_url=http://127.0.0.1:$port
    export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=S3RVER
    export AWS_SECRET_ACCESS_KEY=S3RVER
    unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL_S3
}

s3_stop() {
    local pid
    for pid in "${s3_pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
}

# The first line of a file that sed finds, when it is there.
_s3_wait_for() {
    local attempt text
    for attempt in {1..200}; do
        text=$(sed -n "$2" "$1" 2>/dev/null | head -n 1)
        if [[ -n $text ]]; then
            printf '%s\n' "$text"
            return 0
        fi
        sleep 0.1
    done
    echo "$1 did not say what was waited for ($attempt times):" >&2
    cat "$1" >&2
    return 1
}
