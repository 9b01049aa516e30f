#!/bin/bash
# The sample configuration changes nothing, is valid when all of it is uncommented, and a typing
# mistake is named with file, line and key.
set -euo pipefail
export LC_ALL=C

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sample=$repository/conf/sf-agent.conf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$SF_BIN/sf-agent" config --defaults >"$work/defaults"
"$SF_BIN/sf-agent" config --config "$sample" >"$work/sample"
diff "$work/defaults" "$work/sample"

sed 's/^#\([a-z_]* = \|\[\)/\1/' "$sample" >"$work/all.conf"
"$SF_BIN/sf-agent" config --config "$work/all.conf" >"$work/all"
grep -qx 'repository.url = .*slurm.example.*' "$work/all"
grep -q 'bookworm' "$work/all"

# A file in conf.d wins.
cp "$sample" "$work/sf-agent.conf"
mkdir "$work/conf.d"
printf '[agent]\nkeep = 7\n' >"$work/conf.d/site.conf"
"$SF_BIN/sf-agent" config --config "$work/sf-agent.conf" | grep -qx 'agent.keep = 7'

printf '[agent]\nroot = /opt/slurm\nkepe = 3\n' >"$work/wrong.conf"
status=0
"$SF_BIN/sf-agent" config --config "$work/wrong.conf" >"$work/out" 2>"$work/err" || status=$?
if ((status != 3)) || [[ -s $work/out ]] || ! grep -q 'wrong.conf:3: .*kepe' "$work/err"; then
    echo "exit status $status" >&2
    cat "$work/out" "$work/err" >&2
    exit 1
fi
