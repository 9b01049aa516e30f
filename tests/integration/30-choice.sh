#!/bin/bash
# What does not exist, or exists for other nodes, is refused by a sentence that says what does.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

node_with_old
run 0 "$agent" refresh

# FILTER on the index | exit status | operand | what the sentence says
serial=1
while IFS='|' read -r filter status operand text more; do
    if [[ $filter != . ]]; then
        index_edit "$filter | .serial = $((serial += 1))"
        run 0 "$agent" refresh
    fi
    for check in "" --check; do
        # shellcheck disable=SC2086  # no option at all, or one
        refused "$status" "$text" "$more" -- "$agent" install "$operand" $check
    done
done <<EOF
.|4|25.11|no release '25.11' for $toolchain on $arch (cpu)|it has: $old, $new
.|4|23.02.9|no release '23.02.9'|it has: $old, $new
.|4|23.02.5-7|no release '23.02.5-7'|it has: $old, $new
.artifacts[].toolchain="el7"|5|23.02.6|for this node's toolchain ($toolchain/$arch/cpu)|it exists for: el7/$arch/cpu
.artifacts[].arch="arm64"|5|23.02.6|for this node's architecture|it exists for: $toolchain/arm64/cpu
.artifacts[].variant="gpu"|5|23.02.6|for this node's architecture or variant|it exists for: $toolchain/$arch/gpu
.artifacts[].cpu_level="x86-64-v9"|5|23.02.6|needs a CPU of level x86-64-v9, this one is x86-64-v|older level
.artifacts[].glibc="2.99"|5|23.02.6|needs glibc 2.99, this node has 2.|older toolchain
.artifacts[].yanked=true|4|23.02.6|was withdrawn by its publisher|name its build ($new)
. + {artifacts: [], series: {}}|4|latest|no release 'latest'|it has: none
EOF
