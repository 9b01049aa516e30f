#!/bin/bash
# The man pages render, and name every command with its options.
set -euo pipefail
export LC_ALL=C

if ! command -v mandoc >/dev/null; then
    echo "skipped: mandoc is not installed"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for page in "$SF_BIN/sf-agent.8" "$SF_BIN/sf-builder.1"; do
    name=$(basename "${page%.*}")
    mandoc -T ascii "$page" | sed 's/.\x08//g' >"$work/text"
    if grep -n '@[A-Z_]*@' "$work/text"; then
        echo "$page: a mark of the template is left" >&2
        exit 1
    fi
    while read -r command option; do
        for word in "$command" "$option"; do
            if ! grep -qw -- "${word#--}" "$work/text"; then
                echo "$page: '$word' of '$command' is not in the text" >&2
                exit 1
            fi
        done
    done < <("$SF_BIN/$name" __options)
    grep -q 'Interrupted by a signal' "$work/text"
done
