#!/bin/bash
# Modulefiles under Lmod: the Lua ones, the Tcl ones, and with a root of the site's own.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/modules.sh
source "$repository/tests/integration/modules.sh"

modules_prepare lmod
expect_everyday_use
expect_users_prefix
expect_switch_under_a_session

user <<'USER'
module -t avail 2>"$WORK/said"
grep -qx 'slurm/24.11.5-1' "$WORK/said" || fail "avail: $(<"$WORK/said")"
module -t -d avail 2>"$WORK/said"
grep -qx 'slurm/24.11.6-1' "$WORK/said" || fail "default: $(<"$WORK/said")"
module whatis slurm 2>&1 | grep -qF 'Version: 24.11.6-1' || fail whatis
module help slurm 2>&1 | grep -qF 'Set SLURM_INSTALL_PREFIX' || fail help
# Of one family only one is loaded: the other goes by itself.
quietly module load slurm/24.11.5-1
module load slurm/24.11.6-1 2>/dev/null
expect_release "$NEW"
expect SLURM_INSTALL_PREFIX "$SLURM_ROOT"
quietly module purge
expect_clean
USER

# Lmod 6 and sites without Lua files.
mkdir -p "$work/tcl"
cp -rL "$modulepath/slurm" "$work/tcl/"
find "$work/tcl" -name '*.lua' -delete
modulepath=$work/tcl
expect_everyday_use

# A root of the site's own: the same texts, with its path in them.
node_settings=('root = /opt/site/slurm')
modules_prepare lmod
expect_everyday_use
