# shellcheck shell=bash
# What the scenarios of `sf-builder publish` share. Sourced instead of lib.sh.
#
#   $key                  the key to sign with, its public half in $keys
#   staged RELEASE..      packs them into the local repository $from
#   publish STATUS [OPTION..]  publishes $from to $to, which is also $target if that is set; $out and
#                         $err as after `run`
#   prune STATUS [OPTION..]
#   published_path RELEASE     the path of its artifact below the repository
#   as_reader             what is at $to is a whole, valid repository, every block of it
#   to_digest             names and digests of all that is at $to, hidden files, too
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

from=$work/from
to=$work/to
keys=$work/keys
at=
target=
mkdir "$keys" "$from"
key=$(key_make "$key_home")
key_export "$key_home" "$key" "$keys/key.asc"
export GNUPGHOME=$key_home

staged() {
    local release repo=$from
    for release in "$@"; do
        repo_add "$release"
    done
}

publish() {
    local status=$1
    shift
    run "$status" "$builder" publish --from "$from" --to "${target:-$to}" --sign "$key" "$@"
}

prune() {
    local status=$1
    shift
    run "$status" "$builder" prune --repository "${target:-$to}" --sign "$key" "$@"
}

published_path() {
    local repo=''
    artifact_of "$1" | cut -c2-
}

# shellcheck disable=SC2120  # another place may be given
as_reader() {
    "$builder" verify --keys "$keys" --full "${1:-$to}" >"$work/reader" 2>&1 ||
        fail "$at: a reader finds: $(cat "$work/reader")"
}

to_digest() {
    (
        cd "$to"
        find . -printf '%p %y %m %T@\n' | sort
        find . -type f -print0 | sort -z | xargs -0 -r sha256sum
    )
}

index_text() {
    gpg --batch --quiet --decrypt "$to/index.json.asc" 2>/dev/null
}

index_has() {
    [[ $(index_text | jq -c "$1") == "$2" ]] || fail "$1 is not $2: $(index_text | jq -c "$1")"
}

# Nothing is there that no index lists: no release that went, no work directory, nothing half done.
expect_only() {
    local release path wanted=$work/wanted
    echo index.json.asc >"$wanted"
    for release in "$@"; do
        path=$(published_path "$release")
        printf '%s\n' "$path"{,.asc,.manifest.json,.cdx.json,.spdx.json,.intoto.json,.intoto.json.asc} \
            "${path/-software/-debug}" >>"$wanted"
    done
    (cd "$to" && find . ! -type d | cut -c3- | sort) | diff <(sort "$wanted") - >&2 ||
        fail "$at: other files than those of $*"
    [[ -z $(find "$to" -type d -empty) ]] || fail "$at: an empty directory"
}
