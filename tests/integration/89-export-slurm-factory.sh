#!/bin/bash
# A release as slurm-factory's tarball, installed by the steps of its own documents: tar, a variable,
# MODULEPATH, module load.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
# shellcheck source=tests/lib/module-systems.sh
source "$repository/tests/lib/module-systems.sh"

series=${version%.*}
published=$work/published
name=slurm-$series-$toolchain-$arch-software.tar.gz
tarball=$published/$toolchain/$series/$arch/$name

export_tarball() {
    local status=$1
    shift
    GNUPGHOME=$key_home run "$status" "$builder" export --format slurm-factory \
        --output "$published" "$@" "$artifact"
}

# install PREFIX: their documents, with a directory of the site's own.
install_tarball() {
    rm -rf "$1"
    mkdir -p "$1"
    tar -xzf "$tarball" -C "$1"
}

# user PREFIX COMMANDS: a login shell as in their documents; prints what the commands print.
user() {
    env -i HOME="$work" PATH=/usr/bin:/bin USER=root SLURM_INSTALL_PREFIX="$1/view" \
        MODULEPATH="$1/view/assets/modules" bash -c "source $module_init; $2" \
        >"$out" 2>"$err" </dev/null || fail "$2"
}

module_init=$(module_system_init lmod)
module_system_mount lmod
repo_make "$version-1"

export_tarball 0 --sign "$key"
expect_out "exported $id: slurm-factory, "
expect_out "$toolchain/$series/$arch/$name"
[[ -z $(find "$published" -name '.*') ]] || fail "something is left behind"

# The signature, by gpg and nothing else.
mkdir -m 700 "$work/user-keys"
key_export "$key_home" "$key" "$work/key.asc"
run 0 gpg --homedir "$work/user-keys" --batch --quiet --import "$work/key.asc"
run 0 gpg --homedir "$work/user-keys" --batch --verify "$tarball.asc" "$tarball"
key_forget "$work/user-keys"

# What is in it: view/ alone, root's, nobody else's to write, no absolute links.
run 0 tar -tzf "$tarball"
[[ $(cut -d / -f 1 "$out" | sort -u) == view ]] || fail "more than view/"
expect_out "view/assets/modules/slurm/$version-1.lua"
expect_out view/assets/modules/slurm/.modulerc.lua
run 0 tar --numeric-owner -tvzf "$tarball"
! grep -vE '^[-dl]([r-][w-][x-]){3} 0/0 ' "$out" || fail "owner or mode"
! grep -E '^[-d].....w|^[-d]........w| -> /' "$out" || fail "others can write, or a link leaves"

install_tarball /opt/slurm-factory
user /opt/slurm-factory 'module load slurm && sinfo -V && which sinfo'
expect_out "slurm $version"
expect_out /opt/slurm-factory/view/bin/sinfo
user /opt/slurm-factory 'module load slurm && env'
refuse_out LD_LIBRARY_PATH
user /opt/slurm-factory "module load slurm/$version-1 && slurmd -V && module unload slurm &&
    [[ \$SLURM_INSTALL_PREFIX == /opt/slurm-factory/view ]] && ! type sinfo"

# Without the variable it is where their modulefile looks by default, and there every path that was
# compiled in is right: no PluginDir, no slurmd -d.
install_tarball /opt/slurm
run 0 env -i /opt/slurm/view/bin/scontrol --plugins
expect_out auth/slurm
env -i HOME="$work" PATH=/usr/bin:/bin MODULEPATH=/opt/slurm/view/assets/modules \
    bash -c "source $module_init; module load slurm && which sinfo" >"$out" 2>"$err" || fail default
expect_out /opt/slurm/view/bin/sinfo
rm -rf /opt/slurm

# Made for the other place, the same is true there.
digest=$(sha256sum <"$tarball")
export_tarball 0 --json --prefix /opt/slurm-factory/view
expect_out '"changed":true'
[[ $(sha256sum <"$tarball") != "$digest" ]] || fail "the prefix is not in it"
[[ ! -e $tarball.asc ]] || fail "the signature of other bytes is still there"
install_tarball /opt/slurm-factory
run 0 env -i /opt/slurm-factory/view/bin/scontrol --plugins

# The same bytes each time; the signature of the same bytes stays.
export_tarball 0 --sign "$key"
[[ $(sha256sum <"$tarball") == "$digest" ]] || fail "the same artifact gave other bytes"
sha256sum "$tarball.asc" >"$work/signature"
export_tarball 0 --json --sign "$key"
expect_out '"changed":false'
sha256sum --quiet -c "$work/signature" || fail "signed again"
other_key=$(key_make "$key_home" "another key")
export_tarball 0 --json --sign "$other_key"
[[ $(jq .changed "$out") == true ]] || fail "the signature of another key is taken for this one's"
gpg --homedir "$key_home" --batch --verify "$tarball.asc" "$tarball" 2>"$err"
expect_err "$other_key"

export_tarball 2 --prefix opt/slurm
expect_err "--prefix=opt/slurm: an absolute path of at most 127 bytes"
export_tarball 2 --tag x
expect_err "--tag is not for --format slurm-factory"
export_tarball 2 --level 10
expect_err "gzip has levels 1 to 9"
export_tarball 4 --prefix /opt/x --sign 0000000000000000000000000000000000000000
[[ $(sha256sum <"$tarball") == "$digest" && -e $tarball.asc ]] || fail "a refusal changed something"
[[ -z $(find "$published" -name '.*') ]] || fail "something is left behind"
