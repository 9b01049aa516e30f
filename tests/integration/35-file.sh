#!/bin/bash
# An artifact as a file is believed by its detached signature or the accepted index, under its own
# name only.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

node_with_old
file=$work/$(basename "$(artifact_of "$new")")

fresh() {
    rm -rf "$file" "$file.asc"
    cp "$(artifact_of "$new")" "$file"
    cp "$(artifact_of "$new").asc" "$file.asc"
}

file_refused() {
    refused "$@" -- "$agent" install "$file"
    refused "$@" -- "$agent" install "$file" --check
    fresh
}

fresh
size=$(stat -c %s "$file")

rm "$file"
file_refused 4 "$file" "No such file"
rm "$file"
mkdir "$file"
file_refused 8 "$file" "not a regular file"
: >"$file"
file_refused 6 "$file" "bad signature"
head -c $((size / 2)) "$(artifact_of "$new")" >"$file"
file_refused 6 "$file" "bad signature: the data was changed after it was signed"
for at in 0 $((size / 2)) $((size - 1)); do
    flip "$file" "$at"
    file_refused 6 "$file" "bad signature: the data was changed after it was signed"
done
head -c 5000 /dev/urandom >"$file"
file_refused 6 "$file" "bad signature"

# The signature of something else, no signature at all, and another's.
cp "$(artifact_of "$old").asc" "$file.asc"
file_refused 6 "$file" "bad signature"
echo '<html>404</html>' >"$file.asc"
file_refused 6 "$file" "an HTML page instead of data"
other_home=$work/other
mkdir -m 700 "$other_home"
other=$(key_make "$other_home" "another key")
gpg --homedir "$other_home" --batch --quiet --yes --armor --output "$file.asc" --detach-sign "$file"
key_forget "$other_home"
file_refused 6 "$file" "signed by $other: not among the pinned keys"

# The older release, properly signed, under the newer one's name.
cp "$(artifact_of "$old")" "$file"
cp "$(artifact_of "$old").asc" "$file.asc"
file_refused 7 "$file" "holds release $old-$id_suffix, not the one its name says" "its own name"

# Without a signature it is the accepted index that speaks for it; without that, nothing does.
rm "$file.asc"
flip "$file" $((size / 2))
file_refused 7 "$file" "its sha256 is"
rm "$file.asc"
cp -a /var/lib/sf-agent/index.json "$work/accepted"
rm /var/lib/sf-agent/index.json
file_refused 6 "$file': not signed: put its detached signature beside it as" "sf-agent refresh"
: >"$file.asc"
file_refused 6 "$file': not signed: put its detached signature beside it as" "sf-agent refresh"
cp -a "$work/accepted" /var/lib/sf-agent/index.json

# Properly signed, for other nodes.
other_release() {
    local toolchain=$1
    shift
    rm -rf "$work/elsewhere"
    "$repository/tests/lib/tiny-slurm" "${new%-*}" "$new-$toolchain-$arch" "$work/destdir-other"
    GNUPGHOME=$key_home "$builder" pack --version "${new%-*}" --build "${new#*-}" --level 1 \
        --toolchain "$toolchain" --destdir "$work/destdir-other" --output "$work/elsewhere" \
        --sign "$key" "$@" >/dev/null
    rm -rf "$work/destdir-other"
    other_file=$(find "$work/elsewhere" -name '*-software.tar.zst')
}
level=aarch64
if [[ $arch == arm64 ]]; then
    level=x86-64-v1
fi
other_release "$toolchain" --cpu-level "$level"
refused 5 "needs a CPU of level $level, this one is" -- "$agent" install "$other_file"
other_release other
refused 5 "is for toolchain other, this node's is $toolchain" "insist with --toolchain other" -- \
    "$agent" install "$other_file"

# Names are told in printable characters.
unchanged run 4 "$agent" install $'/no/\e[31mred.tar.zst'
expect_sentence '/no/\x1b[31mred.tar.zst'

run 0 "$agent" install "$file"
expect_out "slurm $new-$id_suffix active (was $old-$id_suffix)"
