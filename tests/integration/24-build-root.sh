#!/bin/bash
# Libraries are taken from a build root, and what is said of them from that root's own package
# database: here one of rpm's, whatever this machine has.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/integration/sbom.sh
source "$(dirname "$0")/sbom.sh"

packages_install "${packages_rpm[@]}"

root=$work/root
rpm_arch=$(uname -m)

cat >"$work/own.spec" <<'SPEC'
%define debug_package %{nil}
Name: libown
Epoch: 3
Version: 1.5
Release: 2.el9
Summary: A library
License: LGPLv2+ and Odd
%description
%install
mkdir -p %{buildroot}/opt/own %{buildroot}/usr/share/licenses/libown
echo 'int own(void) { return 1; }' | gcc -shared -fPIC -Wl,-soname,libown.so.1 -x c - \
    -o %{buildroot}/opt/own/libown.so.1.5
# Absolute: followed outside of the root it would lead nowhere.
ln -s /opt/own/libown.so.1.5 %{buildroot}/opt/own/libown.so.1
echo "You may." >%{buildroot}/usr/share/licenses/libown/COPYING
%files
/opt/own
%license /usr/share/licenses/libown/COPYING
SPEC

make_root() {
    rpmbuild -bb --quiet --define "_topdir $work/rpm" --define "_tmppath $work" "$work/own.spec" \
        >"$work/rpmbuild.log" 2>&1 || fail "rpmbuild: $(tail -n 3 "$work/rpmbuild.log")"
    mkdir -p "$root/etc"
    rpm --root "$root" --initdb
    rpm --root "$root" --install --nodeps "$work"/rpm/RPMS/*/libown-*.rpm 2>/dev/null
    printf 'ID="rocky"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n' >"$root/etc/os-release"
    echo /opt/own >"$root/etc/ld.so.conf"
    ldconfig -r "$root"
}

make_root
TINY_LIBRARIES=$root/opt/own/libown.so.1.5 slurm_make

# The root has no glibc to ask for its version. This machine has no such library, the root has.
pack 5
expect_err "needs libown.so.1, which is neither in the tree nor on this machine"
pack 0 --build-root "$root" --packaged --glibc 2.99

validate 0 "$artifact".{cdx,spdx,intoto}.json
mkdir "$tree"
tar --zstd -xf "$artifact" -C "$tree"
[[ -f $tree/view/lib/libown.so.1.5 && $(readlink "$tree/view/lib/libown.so.1") == libown.so.1.5 ]] ||
    fail "the library of the root did not come along"
cmp "$tree/view/share/licenses/libown/COPYING" <(echo "You may.") || fail "another licence"
run 0 jq -c '.components[] | select(.name == "libown.so.1.5")' "$artifact.manifest.json"
expect_out '"license":"LGPL-2.0-or-later AND LicenseRef-libown-Odd"'
expect_out '"package":"libown"'
expect_out '"version":"3:1.5-2.el9"'
run 0 cat "$artifact.cdx.json" "$artifact.spdx.json" "$artifact.intoto.json"
expect_out "pkg:rpm/rocky/libown@1.5-2.el9?arch=$rpm_arch&distro=rocky-9.4&epoch=3"
expect_out '"extractedText": "You may.\n"'
expect_out '"place": "Rocky Linux 9.4"'
refuse_out "pkg:deb/"

pack 4 --build-root "$work/absent" --glibc 2.99
expect_err "$work/absent"
expect_nothing_new
