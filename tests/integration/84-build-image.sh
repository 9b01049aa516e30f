#!/bin/bash
# A container image as a build root: pinned by digest, taken from the engine once, never run.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"

packages_install "${packages_image[@]}"
# A storage of its own, which works on any file system.
cat >"$work/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$work/storage"
runroot = "$work/storage-run"
CONF
export CONTAINERS_STORAGE_CONF=$work/storage.conf
if ! podman info >"$work/info" 2>&1; then
    cat "$work/info"
    echo "podman does not work here"
    exit 77
fi

name=localhost/sf-scenario-$$
mkdir -p "$work/image"/{bin,dev,etc,usr/lib}
cp -L /etc/os-release "$work/image/etc/os-release"
sed -i 's/^VERSION_CODENAME=.*/VERSION_CODENAME=other/; s/^PRETTY_NAME=.*/PRETTY_NAME="Other Linux"/
    s/^ID=.*/ID=other/; s/^VERSION_ID=.*/VERSION_ID=1/' "$work/image/etc/os-release"
cp "$(ldconfig -p | sed -n 's/.*libc\.so\.6 .*=> //p' | head -n 1)" "$work/image/usr/lib/"
printf '#!/bin/sh\ntouch /ran\n' >"$work/image/bin/true"
chmod 755 "$work/image/bin/true"
tar -C "$work/image" -cf "$work/image.tar" .
podman import -q "$work/image.tar" "$name" >/dev/null 2>&1
digest=$(podman image inspect --format '{{.Digest}}' "$name")
source_make

# A tag may mean something else tomorrow.
build 2 --image "$name:latest"
expect_err "'$name:latest' is not pinned"
[[ ! -e $state/roots ]] || fail "a refusal leaves something behind"

# It becomes a root directory, and is judged like any other.
build 5 --image "$name@$digest"
expect_err "is Other Linux, not $toolchain"
root=$state/roots/${digest#sha256:}
cmp "$work/image/etc/os-release" "$root/etc/os-release"
[[ ! -e $root/ran ]] || fail "the image was run"
[[ $(find "$state/roots" -mindepth 1 -maxdepth 1 ! -name .lock) == "$root" ]] ||
    fail "more than the root is left"
[[ -z $(podman ps -aq --filter "name=sf-builder-") ]] || fail "a container is left"

# Once there it needs no engine.
podman rmi -f "$name" >/dev/null 2>&1
build 5 --image "$name@$digest"
expect_err "is Other Linux, not $toolchain"

# What the engine cannot get is said in its words, and leaves nothing.
none=localhost:1/none@sha256:$(printf none | sha256sum | cut -d ' ' -f 1)
build 15 --image "$none"
expect_err "image '$none': 'podman' ended with status"
[[ $(find "$state/roots" -mindepth 1 -maxdepth 1 ! -name .lock) == "$root" ]] ||
    fail "a failure leaves something behind"
