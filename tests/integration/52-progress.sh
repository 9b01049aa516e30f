#!/bin/bash
# A bar on a terminal, with phase, bytes and rate; elsewhere nothing, and nothing when it is not
# wanted. The line on success is the same with a bar and without.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

line="slurm 24.11.5-1-$id_suffix active (first install)"

# Installs on a terminal of 80 columns, with further options; $work/screen is what it shows.
install_on_terminal() {
    TERM=xterm COLUMNS=80 script -qec "stty cols 80; $agent install 24.11 $*" "$work/typescript" >/dev/null
    tr '\r' '\n' <"$work/typescript" | sed 's/\x1b\[K//g' >"$work/screen"
}

forget_release() {
    rm -rf /opt/slurm /var/lib/sf-agent/*
}

export TINY_BALLAST_MB=4
repo_make 24.11.5-1
# Slow enough for the bar to be seen at all.
mkdir -p "$work/nginx"
echo 'limit_rate 4m;' >"$work/nginx/server.conf"
repo_serve
node_configure "$url"

install_on_terminal
grep -qxF "$line" "$work/screen" || fail "no line on success"
grep -qE '^fetching 24\.11\.5-1 .*\[#+ *\] +[0-9]+% .* MB of 4\.[0-9] MB .*B/s' "$work/screen" ||
    fail "no bar on a terminal"
! grep -qE '.{81}' <(grep fetching "$work/screen") || fail "the bar is wider than the terminal"

for option in --no-progress --quiet; do
    forget_release
    install_on_terminal "$option"
    ! grep -q fetching "$work/screen" || fail "a bar in spite of $option"
    [[ $option == --quiet ]] || grep -qxF "$line" "$work/screen" || fail "no line on success"
done
! grep -q active "$work/screen" || fail "a line in spite of --quiet"

forget_release
run 0 "$agent" install 24.11
[[ ! -s $err ]] || fail "something on standard error without a terminal"
