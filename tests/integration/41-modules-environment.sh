#!/bin/bash
# Modulefiles under Environment Modules.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/modules.sh
source "$repository/tests/integration/modules.sh"

modules_prepare environment-modules
expect_everyday_use
expect_users_prefix
expect_switch_under_a_session

user <<'USER'
module -t avail >"$WORK/said" 2>&1
grep -qx 'slurm/24.11.5-1' "$WORK/said" || fail "avail: $(<"$WORK/said")"
grep -qx 'slurm/24.11.6-1(default)' "$WORK/said" || fail "default: $(<"$WORK/said")"
module whatis slurm 2>&1 | grep -qF 'Version: 24.11.6-1' || fail whatis
module help slurm 2>&1 | grep -qF 'Set SLURM_INSTALL_PREFIX' || fail help
# Two at once are refused, and the first stays whole.
quietly module load slurm/24.11.5-1
module load slurm/24.11.6-1 >"$WORK/said" 2>&1 && fail "two releases at once"
grep -q conflict "$WORK/said" || fail "no conflict: $(<"$WORK/said")"
expect_release "$OLD"
USER
