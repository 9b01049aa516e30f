#!/bin/bash
# Through a proxy of the configuration, one that wants a name and a password: everything goes
# through it, and the password is told nowhere.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

# A forward proxy for plain HTTP: nginx asks whatever host the request names.
proxy_start() {
    local state=$work/proxy
    mkdir -p "$state" "$work/empty"
    printf 'operator:%s\n' "$(openssl passwd -apr1 "$password")" >"$state/users"
    cat >"$state/server.conf" <<CONF
location / {
    # A proxy's own header; nginx knows only the web server's.
    if (\$http_proxy_authorization != "Basic $(printf 'operator:%s' "$password" | base64)") {
        return 407;
    }
    proxy_pass http://\$http_host\$request_uri;
    proxy_set_header Range \$http_range;
    proxy_set_header If-None-Match \$http_if_none_match;
}
CONF
    servers+=("$state")
    nginx_start "$work/empty" "$state"
}

password=s3cret-of-the-proxy
repo_make 24.11.5-1
repo_serve
proxy=$(proxy_start)
node_configure "$url"

sed -i "/^url/a proxy = http://operator:$password@${proxy#http://}" /etc/sf-agent/sf-agent.conf
run 0 "$agent" install 24.11 --verbose
! grep -qF "$password" "$out" "$err" || fail "the password is told by install"
grep -qE 'software.tar.zst 200' "$work/proxy/access.log" || fail "the artifact came round the proxy"
[[ $(wc -l <"$work/proxy/access.log") == $(wc -l <"$work/nginx/access.log") ]] ||
    fail "something came round the proxy"
run 0 "$agent" refresh
expect_out "no change"
grep -qE 'index.json.asc 304' "$work/proxy/access.log" || fail "the proxy saw no conditional request"

for command in "config" "config --json" "status --json" "history --json"; do
    # shellcheck disable=SC2086  # words
    run 0 "$agent" $command
    ! grep -qF "$password" "$out" "$err" || fail "the password is told by $command"
done
grep -rqF "$password" /var/lib/sf-agent /opt/slurm && fail "the password is in a file of the agent's"

# A wrong password: a refusal that names the proxy, without the password.
sed -i "s/$password/wrong-$password/" /etc/sf-agent/sf-agent.conf
repo_make 24.11.6-1
unchanged run 21 "$agent" upgrade
expect_err "the proxy wants a user and password (407)"
! grep -qF "$password" "$err" || fail "the password is told by a failure"
