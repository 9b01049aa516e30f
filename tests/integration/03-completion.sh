#!/bin/bash
# bash completes commands and options as the programs themselves list them.
set -euo pipefail
export LC_ALL=C

# complete_words PROGRAM WORD... prints what the last word can become, one a line.
complete_words() {
    local name=$1 function
    # shellcheck source=/dev/null
    source "$SF_BIN/completions/$name"
    function=$(complete -p "$name" | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    "$function" "$name" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}"
}

expect() {
    local expected=$1 found
    shift
    found=$(complete_words "$@" | paste -s -d ' ')
    if [[ $found != "$expected" ]]; then
        echo "completing '$*': expected '$expected', found '$found'" >&2
        exit 1
    fi
}

for name in sf-agent sf-builder; do
    bash -n "$SF_BIN/completions/$name"
    while read -r command option; do
        complete_words "$name" "$command" | grep -qx -- "$command"
        complete_words "$name" "$command" "$option" | grep -qx -- "$option"
        complete_words "$name" help "$command" | grep -qx -- "$command"
    done < <("$SF_BIN/$name" __options)
done

expect 'install' sf-agent inst
expect '--check' sf-agent install --che
expect '' sf-agent install zzz
expect '' sf-agent nothing --che
