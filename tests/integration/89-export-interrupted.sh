#!/bin/bash
# An export is killed, or meets a full disk, at each step that others see. The images that were there
# stay whole, a tarball never stands beside the signature of another, and one more run finishes.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"

packages_install strace "${packages_export[@]}"
calls=rename,renameat,renameat2,fsync
to=$work/to
first=24.11.5-1
second=24.11.6-1
tarball=$to/$toolchain/24.11/$arch/slurm-24.11-$toolchain-$arch-software.tar.gz
repo_make "$first" "$second"
export GNUPGHOME=$key_home

run_disturbed() {
    local what=$1 n=$2
    shift 2
    status=0
    # A shell of its own keeps the word on the kill.
    (
        export ASAN_OPTIONS=detect_leaks=0
        strace -qq -o "$work/trace" -e trace="$calls" -e inject="$calls:$what:when=$n" \
            "$builder" "$@" >"$out" 2>"$err"
        exit $?
    ) 2>/dev/null || status=$?
}

# disturb WHAT CHECK COMMAND..: CHECK holds afterwards, and again with "whole" after one more run.
disturb() {
    local what=$1 check=$2 n=0
    shift 2
    while :; do
        n=$((n + 1))
        at="$what at call $n"
        rm -rf "$to"
        cp -a "$work/saved" "$to"
        run_disturbed "$what" "$n" "$@"
        grep -qE 'INJECTED|SIGKILL' "$work/trace" || break
        ((status != 0)) || fail "$at: it does not notice"
        "$check"
        run 0 "$builder" "$@"
        "$check" whole
        [[ -z $(find "$to" -mindepth 1 -name '.*') ]] || fail "$at: something is left"
    done
    echo "$check met $what at each of $((n - 1)) calls"
    ((n > 4)) || fail "it made only $((n - 1)) calls"
}

# Every image that is listed can be copied, digests and all; the first one always is.
images() {
    local tag tags
    tags=$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$to/index.json")
    for tag in $tags; do
        rm -rf "$work/copy"
        skopeo copy --quiet "oci:$to:$tag" "dir:$work/copy" >/dev/null ||
            fail "$at: the image $tag is not whole"
    done
    [[ $tags == *"$first"* ]] || fail "$at: the image that was there is gone"
    [[ -z ${1:-} || $tags == *"$second"* ]] || fail "$at: the new image is not there"
}

# Old or new; what is signed is what is there.
tarballs() {
    local digest
    digest=$(sha256sum <"$tarball")
    [[ $digest == "$new" || -z ${1:-} && $digest == "$old" ]] || fail "$at: neither old nor new"
    if [[ -n ${1:-} || -e $tarball.asc ]]; then
        gpg --batch --quiet --verify "$tarball.asc" "$tarball" 2>/dev/null ||
            fail "$at: the signature is of another tarball"
    fi
}

image=(export --oci "$to" --level 1)
run 0 "$builder" "${image[@]}" "$(artifact_of "$first")"
mv "$to" "$work/saved"
disturb signal=SIGKILL images "${image[@]}" "$(artifact_of "$second")"
disturb error=ENOSPC images "${image[@]}" "$(artifact_of "$second")"

upstream=(export --format slurm-factory --output "$to" --level 1 --sign "$key")
rm -rf "$to" "$work/saved"
run 0 "$builder" "${upstream[@]}" "$(artifact_of "$second")"
new=$(sha256sum <"$tarball")
run 0 "$builder" "${upstream[@]}" "$(artifact_of "$first")"
old=$(sha256sum <"$tarball")
mv "$to" "$work/saved"
disturb signal=SIGKILL tarballs "${upstream[@]}" "$(artifact_of "$second")"
disturb error=ENOSPC tarballs "${upstream[@]}" "$(artifact_of "$second")"
