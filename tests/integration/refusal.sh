# shellcheck shell=bash
# What every refusal has in common: its exit status, its sentence, and a node that is as before.
# Sourced in place of lib.sh.
#
#   node_with_old        two releases in a served repository, the older one installed
#   refused STATUS TEXT.. -- COMMAND..
#                        the command fails so, says each TEXT in one line that names the program,
#                        prints nothing on standard output, and leaves the node as it was
#   newer_installs       the next proper run succeeds; then the node is back with the older release
#   index_edit FILTER    rewrites the signed index through jq and signs it anew, by $index_signer
#   serve DIR NAME [TEXT]  one more web server, with TEXT in its server block; $served is its URL
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

old=23.02.5-1
new=23.02.6-1
index=$repo/index.json.asc
index_signer=

node_with_old() {
    repo_make "$old" "$new"
    repo_serve
    node_configure "$url"
    run 0 "$agent" install "$old"
    expect_out "slurm $old-$id_suffix active (first install)"
    cp "$index" "$work/good-index"
}

# The text may be cut into lines by nothing: each failure is one line.
expect_sentence() {
    local text
    for text in "$@"; do
        expect_err "$text"
    done
    [[ ! -s $out ]] || fail "a failure printed something on standard output"
    [[ $(grep -c '^sf-agent: ' "$err") == "${error_lines:-1}" ]] || fail "not one line of error"
    ! grep -q '[^[:print:]]' "$err" || fail "the message has unprintable characters"
}

refused() {
    local status=$1 texts=()
    shift
    while [[ $1 != -- ]]; do
        texts+=("$1")
        shift
    done
    shift
    unchanged run "$status" "$@"
    expect_sentence "${texts[@]}"
    old_is_whole
}

old_is_whole() {
    [[ ! -e /opt/slurm/current ||
        $(readlink /opt/slurm/current) == "releases/$old-$id_suffix" ]] ||
        fail "the older release is no longer active"
    [[ -z $(ls -A /opt/slurm/.staging 2>/dev/null) ]] || fail "something is left in .staging"
}

newer_installs() {
    run 0 "$agent" install "$new"
    expect_out "slurm $new-$id_suffix active (was $old-$id_suffix)"
    [[ -z $(find /var/cache/sf-agent -name '*.partial') ]] || fail "a partial download is left"
    run 0 "$agent" verify
    run 0 "$agent" use "$old"
    run 0 "$agent" remove --and-rollback "$new"
}

index_edit() {
    gpg --homedir "$key_home" --batch --quiet --decrypt "$work/good-index" 2>/dev/null |
        jq "$1" >"$work/index.json"
    index_sign "$key_home" "${index_signer:-$key}"
}

index_sign() {
    local home=$1 signer=$2
    shift 2
    gpg --homedir "$home" --batch --quiet --no-tty --yes --local-user "$signer" "$@" \
        --output "$index" --clearsign "$work/index.json"
    index_touch
}

index_restore() {
    cp "$work/good-index" "$index"
    index_touch
}

# nginx makes the ETag of the time in seconds and the size: two indexes within a second need not
# differ in either.
index_touch() {
    touch -d "@$((index_time += 1))" "$index"
}
index_time=1700000000

# shellcheck disable=SC2034  # served is read by scenarios
serve() {
    mkdir -p "$work/$2"
    printf '%s\n' "${3:-}" >"$work/$2/server.conf"
    served=$(nginx_start "$1" "$work/$2")
    servers+=("$work/$2")
}

# Inverts the byte at OFFSET of FILE.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf '%b' "$(printf '\\x%02x' $((byte ^ 255)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
