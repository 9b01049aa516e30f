# shellcheck shell=bash
# A throw-away signing key and a real web server for a repository. Sourced.
#
#   fpr=$(key_make HOME)            a new OpenPGP key without a passphrase in the keyring HOME
#   key_export HOME FPR FILE        its public half, armoured, as keys.d takes it
#   key_forget HOME                 ends the gpg-agent of HOME; the caller removes the directory
#   url=$(nginx_start DIR STATE)    serves DIR on a loopback port; STATE gets its files:
#                                   access.log, error.log, nginx.pid and port
#   nginx_stop STATE                ends it; a second time does nothing
#
# A file STATE/server.conf, if there is one before the start, is read inside the server block.

key_make() {
    local home=$1 name=${2:-sf-agent test key}
    mkdir -p "$home"
    chmod 700 "$home"
    gpg --homedir "$home" --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' \
        --quick-generate-key "$name <test@example.org>" ed25519 sign 1y 2>"$home/key.log" ||
        { cat "$home/key.log" >&2; return 1; }
    gpg --homedir "$home" --batch --no-tty --with-colons --list-secret-keys "$name" 2>/dev/null |
        awk -F: '$1 == "fpr" { print $10; exit }'
}

key_export() {
    local home=$1 fingerprint=$2 file=$3
    gpg --homedir "$home" --batch --quiet --no-tty --yes --armor --output "$file" \
        --export "$fingerprint"
}

key_forget() {
    gpgconf --homedir "$1" --kill all 2>/dev/null || true
}

# Another process may take a free port before nginx does, so it is nginx that finds out.
nginx_start() {
    local dir state port attempt
    dir=$(realpath "$1") state=$(realpath -m "$2")
    mkdir -p "$state/tmp"
    for attempt in {1..20}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 20000))
        _nginx_config "$dir" "$state" "$port" >"$state/nginx.conf"
        if nginx -p "$state" -e "$state/error.log" -c "$state/nginx.conf" \
            </dev/null >/dev/null 2>"$state/start.log"; then
            echo "$port" >"$state/port"
            printf 'http://127.0.0.1:%s\n' "$port"
            return 0
        fi
        grep -q 'Address already in use' "$state/error.log" || break
    done
    cat "$state/start.log" >&2
    echo "nginx did not start after $attempt attempts" >&2
    return 1
}

nginx_stop() {
    local state=$1 pid attempt
    pid=$(cat "$state/nginx.pid" 2>/dev/null) || return 0
    kill -QUIT "$pid" 2>/dev/null || return 0
    for attempt in {1..50}; do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}

_nginx_config() {
    local dir=$1 state=$2 port=$3 user=''
    # Workers of a root nginx would run as nobody, who cannot look into a temporary directory.
    if ((EUID == 0)); then
        user='user root;'
    fi
    cat <<EOF
$user
worker_processes 1;
pid $state/nginx.pid;
events { worker_connections 256; }
http {
    log_format sf '\$request_method \$uri \$status \$body_bytes_sent "\$http_range"';
    access_log $state/access.log sf;
    client_body_temp_path $state/tmp/body;
    proxy_temp_path $state/tmp/proxy;
    fastcgi_temp_path $state/tmp/fastcgi;
    uwsgi_temp_path $state/tmp/uwsgi;
    scgi_temp_path $state/tmp/scgi;
    default_type application/octet-stream;
    sendfile on;
    server {
        listen 127.0.0.1:$port;
        root $dir;
        include $state/server.con[f];
    }
}
EOF
}
