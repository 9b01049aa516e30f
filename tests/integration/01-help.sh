#!/bin/bash
# Help goes to standard output and fits a terminal; mistakes go to standard error with a way out.
set -euo pipefail
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*" >&2
    cat "$work/out" "$work/err" >&2
    exit 1
}

# run EXPECTED-STATUS COMMAND...
run() {
    local expected=$1 status=0
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    ((status == expected)) || fail "'$*' exits with $status, not $expected"
}

expect_help() {
    run 0 "$@"
    [[ -s $work/out ]] || fail "'$*' prints no help"
    [[ ! -s $work/err ]] || fail "'$*' prints to standard error"
    ! grep -nE '.{81}' "$work/out" || fail "'$*' prints more than 80 columns"
}

expect_mistake() {
    local part=$1
    shift
    run 2 "$@"
    [[ ! -s $work/out ]] || fail "'$*' prints a mistake to standard output"
    grep -qF -- "$part" "$work/err" || fail "'$*' does not say \"$part\""
    [[ $(wc -l <"$work/err") == 1 ]] || fail "'$*' says more than one line"
}

for name in sf-agent sf-builder; do
    program=$SF_BIN/$name
    expect_help "$program" --help
    cp "$work/out" "$work/overview"
    expect_help "$program" help
    cmp "$work/overview" "$work/out" || fail "'$name help' and '$name --help' differ"
    expect_help "$program" --version
    grep -q "^$name [0-9]" "$work/out" || fail "'$name --version' names no version"

    "$program" __options >"$work/options"
    mapfile -t commands < <(cut -d ' ' -f 1 "$work/options" | grep -v '^_' | sort -u)
    ((${#commands[@]} > 3)) || fail "'$name __options' names too few commands"
    for command in "${commands[@]}"; do
        grep -qw -- "$command" "$work/overview" || fail "'$name --help' does not name '$command'"
        expect_help "$program" "$command" --help
        while read -r _ option; do
            grep -q -- "$option\b" "$work/out" ||
                fail "'$name $command --help' does not describe $option"
        done < <(grep "^$command " "$work/options")
        cp "$work/out" "$work/help"
        expect_help "$program" help "$command"
        cmp "$work/help" "$work/out" || fail "'$name help $command' differs from --help"
        expect_mistake "--no-such-option" "$program" "$command" --no-such-option
    done

    expect_mistake "no-such-command" "$program" no-such-command
    expect_mistake "$name --help" "$program" zzzzzzzzzz

    # A full disk behind a redirection is an error.
    status=0
    "$program" --help >/dev/full 2>"$work/err" || status=$?
    ((status > 2)) || fail "'$name --help' does not notice a full disk (exit status $status)"
done

expect_mistake "'install'" "$SF_BIN/sf-agent" isntall
