# shellcheck shell=bash
# shellcheck disable=SC2154  # lib.sh sets them
# What the scenarios of module systems share: two releases on a node, and a user who loads modules.
# Sourced after lib.sh.
#
#   $old $new             ids of the releases; $new is active
#   modules_prepare NAME  the node, and the module system (lmod or environment-modules)
#   user <<'EOF'          runs bash with `module` in it, as a user who has logged in; it has:
#     expect NAME VALUE     the variable has that value; without VALUE: it is not set
#     expect_release ID     everything points at that release
#     expect_clean          the environment is as it was after the login
#     quietly COMMAND..     the command succeeds and prints nothing
# shellcheck source=tests/lib/module-systems.sh
source "$repository/tests/lib/module-systems.sh"

old=24.11.5-1-$id_suffix
new=24.11.6-1-$id_suffix

modules_prepare() {
    module_init=$(module_system_init "$1")
    module_system_mount "$1"
    modulepath=$(modules_root)/modules
    repo_make 24.11.5-1 24.11.6-1
    node_configure "file://$repo"
    run 0 "$agent" install 24.11.5
    run 0 "$agent" install 24.11.6
    cat >"$work/prelude" <<'PRELUDE'
set -u
fail() {
    echo "line $(caller 1 | cut -d' ' -f1): $*" >&2
    env | grep -E '^(PATH|MANPATH|CPATH|PKG_CONFIG_PATH|CMAKE_PREFIX_PATH|SLURM_)' | sort >&2
    exit 1
}
expect() {
    if (($# == 1)); then
        [[ -z ${!1+set} ]] || fail "$1 is set"
    else
        [[ ${!1-} == "$2" ]] || fail "$1 is not '$2'"
    fi
}
expect_release() {
    local view=$ROOT/releases/$1/view
    expect SLURM_ROOT "$view"
    expect SLURM_PREFIX "$view"
    expect CPATH "$view/include"
    expect PKG_CONFIG_PATH "$view/lib/pkgconfig"
    expect CMAKE_PREFIX_PATH "$view"
    expect LD_LIBRARY_PATH
    expect SLURM_CONF
    [[ $PATH == "$view/sbin:$view/bin:"* ]] || fail "PATH does not start with $view"
    # An empty element stands for the manual pages of the system; Environment Modules names them,
    # too, where there is no manpath(1).
    [[ $MANPATH == "$view/share/man:"* && $MANPATH == *: ]] || fail "MANPATH"
    [[ $(slurmd -V) == "slurm ${1%%-*}" ]] || fail "slurmd is of another release"
}
# Without what module systems keep for themselves, and an empty list for none.
environment() {
    env | grep -vE '^(_|__[A-Za-z_]*|LMOD_[A-Z_]*|_LM[A-Za-z0-9_]*|_ModuleTable[0-9A-Za-z_]*)=' |
        grep -vE '^(LOADEDMODULES|_LMFILES_|MODULEPATH[A-Z_]*|BASH_FUNC_.*|SHLVL)=?' | sort
}
expect_clean() {
    diff <(environment) <(echo "$login") >&2 || fail "the environment is not as it was"
}
quietly() {
    "$@" >"$WORK/said" 2>&1 || fail "status $?: $*: $(<"$WORK/said")"
    [[ ! -s $WORK/said ]] || fail "$* prints: $(<"$WORK/said")"
}
# Module systems use unset variables.
set +u
source "$MODULE_INIT"
unset MODULEPATH
module use "$MODULES"
login=$(environment)
PRELUDE
}

# The root that the node's configuration names.
modules_root() {
    local setting
    for setting in "${node_settings[@]}"; do
        if [[ $setting == 'root = '* ]]; then
            echo "${setting#root = }"
            return
        fi
    done
    echo /opt/slurm
}

# Login shells of module systems read /etc/profile; the prelude does its part.
user() {
    cat "$work/prelude" - >"$work/user"
    env -i HOME="$work" PATH=/usr/bin:/bin USER=root AGENT="$agent" OLD="$old" NEW="$new" \
        SHORT="${id_suffix%-*}" WORK="$work" ROOT="$(modules_root)" MODULES="$modulepath" \
        MODULE_INIT="$module_init" bash "$work/user" >"$out" 2>"$err" </dev/null ||
        fail "a module does not do what it should"
}

# Names, swaps and unloading, alike in every module system.
expect_everyday_use() {
    user <<'USER'
quietly module load slurm
expect_release "$NEW"
expect SLURM_VERSION 24.11.6
expect SLURM_BUILD_TYPE cpu
expect SLURM_INSTALL_PREFIX "$SLURM_ROOT"
quietly module unload slurm
expect_clean
for name in slurm/24.11 slurm/24.11.6-1 "slurm/24.11-$SHORT"; do
    quietly module load "$name"
    expect_release "$NEW"
    quietly module unload "$name"
    expect_clean
done
quietly module load slurm/24.11.5-1
expect_release "$OLD"
module swap slurm/24.11.5-1 slurm/24.11.6-1 2>/dev/null
expect_release "$NEW"
expect SLURM_INSTALL_PREFIX "$SLURM_ROOT"
module swap slurm/24.11.6-1 slurm/24.11.5-1 2>/dev/null
expect_release "$OLD"
expect SLURM_INSTALL_PREFIX "$SLURM_ROOT"
module purge
expect_clean
USER
}

# SLURM_INSTALL_PREFIX of a user decides, and is the user's again afterwards.
expect_users_prefix() {
    user <<'USER'
export SLURM_INSTALL_PREFIX=$ROOT/releases/$OLD/view
quietly module load slurm/24.11.6-1
expect_release "$OLD"
module swap slurm/24.11.6-1 slurm/24.11 2>/dev/null
expect_release "$OLD"
quietly module unload slurm
expect SLURM_INSTALL_PREFIX "$ROOT/releases/$OLD/view"
unset SLURM_INSTALL_PREFIX
expect_clean

export SLURM_INSTALL_PREFIX=/nowhere
module load slurm >"$WORK/said" 2>&1
tr '\n' ' ' <"$WORK/said" | grep -q 'there is no Slurm in /nowhere: bin/scontrol is missing' ||
    fail "the reason is not said: $(<"$WORK/said")"
unset SLURM_INSTALL_PREFIX
expect_clean

# Changed after loading: what was added is what goes.
quietly module load slurm
export SLURM_INSTALL_PREFIX=/elsewhere
quietly module unload slurm
expect SLURM_INSTALL_PREFIX /elsewhere
unset SLURM_INSTALL_PREFIX
expect_clean
USER
}

# Another release becomes active in the middle of somebody's session.
expect_switch_under_a_session() {
    user <<'USER'
quietly module load slurm/24.11
expect_release "$NEW"
quietly_agent() { "$AGENT" "$@" >/dev/null; }
quietly quietly_agent rollback
expect_release "$NEW"
quietly module unload slurm/24.11
expect_clean
quietly module load slurm
expect_release "$OLD"
quietly module unload slurm
quietly module load slurm/24.11
expect_release "$OLD"
quietly module purge
quietly quietly_agent use 24.11.6
quietly module load slurm
expect_release "$NEW"
USER
}
