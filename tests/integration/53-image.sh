#!/bin/bash
# `--root DIR`: a release goes into an unpacked Debian, whose own configuration, keys and links
# count, and nothing outside of it and no systemd is touched. Later that root is read-only.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
for library in packages cache apt root node; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done

old=24.11.5-1-$id_suffix
new=24.11.6-1-$id_suffix
# The one that the nodes of other scenarios are made from.
# shellcheck disable=SC2154  # of node.sh
lower=$(root_make node "${SF_NODE_SUITE:-bookworm}" "${packages_node_system[@]}" \
    "${packages_node_agent[@]}" "${packages_node_sanitizers[@]}")
image=$work/image
root_mount "$lower" "$image"
image=$image/root
# The loader finds what lies beside a program ($ORIGIN) by /proc.
mount -t proc proc "$image/proc"

repo_make 24.11.5-1 24.11.6-1
repo_serve
node_configure "$url"
cp -a /etc/sf-agent "$image/etc/"
rm -r /etc/sf-agent/*

# Absolute links mean a place inside, where the same path outside means another one.
mkdir -p "$image/data/opt" "$work/outside"
rmdir "$image/opt"
ln -s /data/opt "$image/opt"
mv "$image/var" "$image/data/var"
ln -s /data/var "$image/var"

expect_active() {
    local id=$1
    [[ $(chroot "$image" /opt/slurm/view/sbin/slurmd -V) == "slurm ${id%%-*}" ]] ||
        fail "in the image slurmd is not of $id"
    chroot "$image" grep -qF "ExecStart=/opt/slurm/releases/$id/view/sbin/slurmd" \
        /etc/systemd/system/slurmd.service || fail "in the image the unit is not of $id"
    [[ $(readlink "$image/data/opt/slurm/current") == "releases/$id" ]] || fail "not $id"
}

in_image() {
    unchanged run "$@" --root "$image"
}

# What is no root directory stays as it is.
mkdir "$work/typo"
in_image 0 "$agent" install 24.11.5 --check
expect_out "would make $old active"
[[ ! -e $image/data/opt/slurm ]] || fail "--check made something"
unchanged run 4 "$agent" install 24.11.5 --root "$work/typo"
[[ -z $(ls -A "$work/typo") ]] || fail "something was made in a directory that is no root"

# One of another architecture is taken for that, by its C library.
foreign=$([[ $arch == amd64 ]] && echo arm64 || echo amd64)
machine='\076'
[[ $foreign != arm64 ]] || machine='\267'
mkdir -p "$work/foreign/etc" "$work/foreign/usr/lib64"
cp /etc/os-release "$work/foreign/etc/"
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0%b\0GLIBC_2.36\0' "$machine" \
    >"$work/foreign/usr/lib64/libc.so.6"
run 0 "$agent" detect --root "$work/foreign" --toolchain "$toolchain" --json
expect_out "\"arch\":\"$foreign\""

unchanged env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=connect,execve -o "$work/trace" \
    "$agent" install 24.11.5 --root "$image" >"$out"
expect_out "slurm $old active (first install)"
! grep -E 'systemd|dbus' "$work/trace" || fail "systemd was asked"
! grep -F "slurmd" "$work/trace" || fail "a program of the image was run"
expect_active "$old"
[[ -s $image/data/var/lib/sf-agent/index.json ]] || fail "the state is not in the image"
in_image 0 "$agent" verify
in_image 0 "$agent" upgrade --json
expect_out "\"release\":\"$new\""
expect_active "$new"
in_image 0 "$agent" rollback
expect_active "$old"

# Who runs in the image counts, however the image is named.
chroot "$image" "/opt/slurm/releases/$new/view/sbin/slurmd" -D >/dev/null 2>&1 &
daemon=$!
ln -s "$image" "$work/link"
cd "$work"
for name in "$image" "$work/link" link; do
    for _ in {1..20}; do
        [[ $(readlink "/proc/$daemon/exe") != */slurmd ]] || break
        sleep 0.1
    done
    run 14 "$agent" remove 24.11.6 --and-rollback --root "$name"
    expect_err "slurmd (pid $daemon)"
done
kill "$daemon"
wait "$daemon" || true

# A read-only root is looked at, and says what keeps it from being written.
mount --rbind "$image" "$image"
mount -o remount,bind,ro "$image"
in_image 0 "$agent" status
expect_out "active       $old"
in_image 0 "$agent" verify
in_image 0 "$agent" list --available
in_image 0 "$agent" use 24.11.6 --check
expect_out "would make $new active"
in_image 12 "$agent" use 24.11.6
expect_err "/run/sf-agent"
expect_err "ead-only file system"
expect_active "$old"
cd /
umount -R "$image"
umount -R "$image"
