#!/bin/bash
# A release for another architecture, built and tested in a root of that one: the kernel runs its
# programs by qemu. Where the kernel cannot, the refusal says what is missing.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"
for library in packages cache apt root; do
    # shellcheck source=/dev/null
    source "$repository/tests/lib/$library.sh"
done

binfmt=/proc/sys/fs/binfmt_misc
if [[ ! -e $binfmt/register ]] && ! mount -t binfmt_misc binfmt "$binfmt"; then
    echo "no binfmt_misc"
    exit 77
fi
foreign=$([[ $arch == amd64 ]] && echo arm64 || echo amd64)
machine=$([[ $foreign == arm64 ]] && echo aarch64 || echo x86_64)
packages="packages_foreign_${arch}[@]"
packages_install "${!packages}"

# The registration is the kernel's: what was not there before is gone afterwards.
if [[ ! -e $binfmt/qemu-$machine ]]; then
    trap 'echo -1 >"$binfmt/qemu-$machine"; scenario_end' EXIT
    grep -h "^:qemu-$machine:" /usr/lib/binfmt.d/*.conf >"$binfmt/register"
fi
suite=$([[ $toolchain == trixie ]] && echo trixie || echo bookworm)
root=$(SF_ROOT_ARCH=$foreign root_make foreign "$suite" gcc libc6-dev make zlib1g)
source_make
cat >>"$recipes/${version%.*}.ini" <<RECIPE

[toolchain $suite]
package = gcc make
RECIPE
toolchain=$suite

build 0 --arch "$foreign" --build-root "$root"
expect_stages "$all_stages"
id_suffix=$toolchain-$foreign
file "$(cell)/destdir/opt/slurm/releases/$version-1-$id_suffix/view/sbin/slurmd" >"$out"
expect_out "${machine/x86_64/x86-64}"
built >"$work/here"

# This machine's own is not meant, nor taken for it.
build 5 --arch "$foreign"
expect_err "or give --build-root=DIR with a root directory of that architecture"
build 4 --build-root "$root"
expect_err "no libc.so.6 for $arch"
