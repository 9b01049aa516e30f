#!/bin/bash
# Publishing to S3: a server that checks signatures, trouble on the way, and two at once.
# shellcheck source=tests/integration/publish.sh
source "$(dirname "$0")/publish.sh"
# shellcheck source=tests/lib/s3.sh
source "$repository/tests/lib/s3.sh"

trap 'scenario_end; s3_stop' EXIT
s3_start "$work/s3"
to=s3://repo/site
site=$s3_url/repo/site

faults() {
    printf '%s\n' "$@" >"$work/s3/faults"
    : >"$work/s3/log"
}

requests() {
    grep -c -- "$1" "$work/s3/log" || true
}

# What is there of all buckets, without asking.
bucket_digest() {
    (cd "$work/s3/objects" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum)
}

unchanged_there() {
    bucket_digest >"$work/before"
    "$@"
    bucket_digest | diff "$work/before" - >&2 || fail "the bucket changed: $*"
}

index_there() {
    curl -fsS "$site/index.json.asc" | gpg --batch --quiet --decrypt 2>/dev/null | jq -c "$1"
}

head_of() {
    curl -fsSI "$site/$1" | tr -d '\r' | tr '[:upper:]' '[:lower:]'
}

# From nothing to what any reader sees without a key.
staged 24.11.5-1 24.11.6-1
unchanged_there publish 0 --name bucket --dry-run
publish 0 --name bucket
expect_out "published bucket: serial 1, 2 artifacts"
as_reader "$site"
last=$(grep '^PUT' "$work/s3/log" | tail -n 1)
[[ $last == "PUT /repo/site/index.json.asc 200" ]] || fail "put last: $last"
head_of "$(published_path 24.11.6-1)" | grep -qx 'cache-control: public, max-age=31536000, immutable'
head_of "$(published_path 24.11.6-1)" | grep -qx 'content-type: application/zstd'
head_of index.json.asc | grep -qx 'cache-control: no-cache'
node_configure "$site"
run 0 "$agent" install 24.11.6
run 0 "$agent" verify

# Again: nothing is sent.
faults
unchanged_there publish 0 --json
[[ $(jq -c '[.changed, .put, .index_replaced]' "$out") == '[false,[],false]' ]] ||
    fail "a second run changes something"
[[ $(requests PUT) == 0 ]] || fail "a second run sends something"

# Another name for other bytes.
artifact=$(published_path 24.11.7-1)
staged 24.11.7-1
echo "somebody's" >"$work/other"
curl -fsS --user S3RVER:S3RVER --aws-sigv4 aws:amz:us-east-1:s3 --upload-file "$work/other" \
    -H "x-amz-content-sha256: $(sha256sum "$work/other" | cut -d' ' -f1)" "$site/$artifact"
unchanged_there publish 2
expect_err "'$artifact' is published with other bytes, and a name never gets others: raise --build"
rm "$work"/s3/objects/repo/site/"$artifact"*
unchanged_there publish 0 --dry-run

# Trouble in between, and all of it passes.
faults "PUT zst half 2" "PUT zst SlowDown 1" "PUT .asc InternalError 1" "PUT .manifest lost 1" \
    "GET list-type reset 1" "GET .manifest short 1" "GET index page 1" "PUT index wait 1" \
    "PUT index lost 1" "HEAD zst ServiceUnavailable 2"
publish 0
expect_out "published bucket: serial 2, 3 artifacts"
expect_err "the server answers 503 SlowDown: says the server, trying again in "
for fault in 'PUT .*zst reset' 'PUT .*zst 503' 'PUT .*asc 500' 'GET .*short' 'GET .*index.* 502'; do
    [[ $(requests "$fault") -gt 0 ]] || fail "there was no $fault"
done
as_reader "$site"

# Trouble that does not pass is told at once, in words, and nothing changes.
staged 24.11.8-1
told() {
    local status=$1 words=$2
    : >"$work/s3/log"
    unchanged_there publish "$status"
    expect_err "$words"
    expect_err "$to: "
    [[ $(wc -l <"$work/s3/log") -le ${3:-1} ]] || fail "tried again: $words"
    cat "$out" "$err" >>"$work/said"
}
AWS_SECRET_ACCESS_KEY=not-the-secret told 3 "the secret key is not the one of the access key"
AWS_ACCESS_KEY_ID=NOBODY told 3 "S3 does not know the access key (InvalidAccessKeyId; the keys are"
AWS_SESSION_TOKEN=not-the-token told 3 "the session token is not the one of the access key"
to=s3://absent/site told 4 "there is no such bucket: create it, or mend its name (NoSuchBucket)"
faults "GET list-type RequestTimeTooSkewed 1"
told 3 "this machine's clock and the server's differ too much: set the clock"
faults "GET list-type elsewhere 1"
told 3 "the bucket is in region 'eu-north-1': set AWS_REGION=eu-north-1"
faults "PUT /repo AccessDenied 1"
told 12 "no permission: the keys need s3:ListBucket for the bucket, and s3:GetObject" 9
mkdir -p "$work/home"
AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' HOME=$work/home unchanged_there publish 3
expect_err "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
AWS_ENDPOINT_URL=http://127.0.0.1:9 unchanged_there publish 21
expect_err "tried 8 times: "

# Trouble that stays is borne for some tries.
faults "PUT /repo SlowDown 99"
unchanged_there publish 21
expect_err "tried 8 times: "
[[ $(requests 'PUT .* 503') == 8 ]] || fail "not tried 8 times"
cat "$err" >>"$work/said"
! grep -E 'not-the|S3RVER' "$work/said" || fail "a secret was told"

# Killed in the middle of an upload: readers see what was there, the next run goes on.
faults "PUT zst hang 1"
unchanged_there timeout --signal KILL 3 "$builder" publish --from "$from" --to "$to" \
    --sign "$key" >/dev/null 2>&1 || true
as_reader "$site"
faults
publish 0
as_reader "$site"
[[ $(index_there '.artifacts | length') == 4 ]] || fail "the release that was interrupted is missing"

# Secrets: no program that is started has them, and nothing that is written, sent or told, but for
# the token, which S3 is shown. First gpg-agent is started, too, and would keep what it is given.
gpgconf --kill gpg-agent
secrets=(AWS_SECRET_ACCESS_KEY=secret/of+the=key AWS_SESSION_TOKEN=token/with+more=)
printf 'export %s\n' "${secrets[@]}" >"$work/secrets"
# shellcheck disable=SC2016  # the traced shell expands it
traced='(. "$0" && "$@"); status=$?; gpgconf --kill gpg-agent; exit $status'
env -u AWS_SECRET_ACCESS_KEY ASAN_OPTIONS=detect_leaks=0 timeout 60 strace -f -qq -v -s 65536 \
    -o "$work/trace" -e trace=execve,open,openat,write,writev,sendto,sendmsg \
    bash -c "$traced" "$work/secrets" "$builder" publish --from "$from" --to "$to" --sign "$key" \
    --percent 40 --verbose --json >"$out" 2>"$err"
grep -q 'execve(.*gpg-agent' "$work/trace" || fail "gpg-agent was not started"
grep -q 'execve(.*secret/of+the=key' "$work/trace" || fail "the secret would not be seen"
# Itself was started with them.
sed -i "\\|execve(\"$builder\"|d" "$work/trace"
! grep -F 'secret/of+the=key' "$work/trace" "$out" "$err" || fail "the secret is told"
! grep -F 'token/with+more=' "$work/trace" "$out" "$err" |
    grep -v 'sendto(.*x-amz-security-token: token' || fail "the token is told"
grep -q 'sendto(.*x-amz-security-token: token' "$work/trace" || fail "the token would not be seen"
faults "PUT index hang 1"
env "${secrets[@]}" "$builder" publish --from "$from" --to "$to" --sign "$key" --percent 45 \
    >"$out" 2>&1 &
until [[ $(requests 'GET .*index') -ge 3 ]]; do
    sleep 0.1
done
! grep -aE 'secret/of|token/with' /proc/$!/environ /proc/$!/cmdline || fail "/proc tells a secret"
# The upload hangs now; a signal ends it.
sleep 1
began=$SECONDS status=0
kill $!
wait $! || status=$?
((status == 23 && SECONDS - began < 10)) ||
    fail "exit status $status, $((SECONDS - began)) s after a signal"
faults

# The server tells that somebody else was faster: looked at again, and done.
faults "PUT index PreconditionFailed 1"
publish 0 --percent 50
[[ $(requests 'PUT .*index.*') == 2 ]] || fail "not put again"
[[ $(index_there .rollout.percent) == 50 ]] || fail "the index was not replaced"

# Keys of a profile, read as other tools do.
mkdir -p "$work/home/.aws"
cat >"$work/home/.aws/credentials" <<EOF
[site]
aws_access_key_id = S3RVER
aws_secret_access_key = S3RVER
EOF
cat >"$work/home/.aws/config" <<EOF
[profile site]
region = eu-north-1
endpoint_url = $s3_url
s3 =
  addressing_style = path
EOF
with_profile() {
    run 0 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL HOME="$work/home" \
        AWS_PROFILE=site "$builder" publish --from "$from" --to "$to" --sign "$key" --halt "$@"
}
with_profile
expect_err "everybody on this machine can read the secret key in '$work/home/.aws/credentials'"
chmod 600 "$work/home/.aws/credentials"
with_profile --dry-run
[[ ! -s $err ]] || fail "a file of nobody else's is warned of"
[[ $(index_there .rollout.halted) == true ]] || fail "a profile's keys did not publish"

# Two at once: no entry is lost, though nobody holds a lock.
cp -a "$from" "$work/from-2"
(
    from=$work/from-2
    staged 25.05.1-1
)
staged 25.11.1-1
"$builder" publish --from "$work/from-2" --to "$to" --sign "$key" >"$work/second" 2>&1 &
publish 0
wait $! || fail "the second publisher failed: $(cat "$work/second")"
[[ $(index_there .series) == '{"24.11":"24.11.8-1","25.05":"25.05.1-1","25.11":"25.11.1-1"}' ]] ||
    fail "an entry was lost: $(index_there .series)"
as_reader "$site"

# Without conditions: whoever read the index before ours came puts theirs over it, which is seen.
index=$(find "$work/s3/objects/repo/site" -name 'index.json.asc*_object')
cp "$index" "$work/old-index"
faults "PUT index NotImplemented 1" "GET index slow 3"
publish 0 --percent 35 &
until grep -q 'PUT .*index.* 200' "$work/s3/log"; do
    sleep 0.05
done
cp "$work/old-index" "$index"
wait $!
faults
[[ $(index_there .rollout.percent) == 35 ]] || fail "an index was lost"
as_reader "$site"

# What goes, goes; what is beside the prefix stays.
other=$(bucket_digest | grep -c ' ./other/' || true)
run 0 "$builder" prune --repository "$to" --sign "$key" --keep 1
[[ $(index_there '[.artifacts[].version]') == '["24.11.8","25.05.1","25.11.1"]' ]] ||
    fail "prune left $(index_there '[.artifacts[].version]')"
[[ -z $(find "$work/s3/objects" -name '*24.11.5*_object') ]] || fail "an old release is left"
[[ $(bucket_digest | grep -c ' ./other/' || true) == "$other" ]] || fail "another bucket changed"
as_reader "$site"
