#!/bin/bash
# Whatever it is started in, the outcome is the same: locale, descriptors, umask, directory, path,
# libraries, no terminal.
# The inner shells expand what stands in single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

node_with_old
# What an install in quiet surroundings makes.
run 0 "$agent" install "$new"
cp "$out" "$work/quiet-out"
opt_digest() {
    (cd /opt && find . -printf '%p %y %m %U:%G %l\n' | sort &&
        find . -type f -print0 | sort -z | xargs -0 sha256sum)
}
opt_digest >"$work/quiet-opt"
run 0 "$agent" use "$old"
run 0 "$agent" remove --and-rollback "$new"

same_outcome() {
    run 0 "$@"
    cp "$out" "$work/words"
    opt_digest | diff "$work/quiet-opt" - || fail "another tree: $*"
    run 0 "$agent" use "$old"
    run 0 "$agent" remove --and-rollback "$new"
}
same_words() {
    same_outcome "$@"
    diff "$work/quiet-out" "$work/words" || fail "other words: $*"
}

same_words env LC_ALL=tr_TR.UTF-8 LANGUAGE=tr "$agent" install "$new"
same_words env LC_ALL=C.UTF-8 "$agent" install "$new"
same_words env LC_ALL=no-such-locale "$agent" install "$new"
same_words env -i "$agent" install "$new"
same_words env HOME=/nonexistent GNUPGHOME=/nonexistent "$agent" install "$new"
same_words env COLUMNS=1 TERM=nonsense "$agent" install "$new"

for close in 0 1 2; do
    same_outcome bash -c 'eval "exec $1>&-"; exec "$2" install "$3"' - "$close" "$agent" "$new"
done
same_outcome bash -c 'exec 0>&- 1>&- 2>&-; exec "$1" install "$2"' - "$agent" "$new"
same_words setsid "$agent" install "$new"

for mask in 077 0 0777; do
    same_words bash -c 'umask "$1"; exec "$2" install "$3"' - "$mask" "$agent" "$new"
done

same_words bash -c 'mkdir "$1"; cd "$1"; rmdir "$1"; exec "$2" install "$3"' - \
    "$work/gone" "$agent" "$new"

# A directory of programs and libraries that are not what they are called.
mkdir "$work/evil"
for program in gpg gpg2 gpgconf gpg-agent slurmd systemctl sh ldd; do
    printf '#!/bin/sh\necho "$0" >>%s/ran\n' "$work" >"$work/evil/$program"
done
chmod +x "$work/evil"/*
printf 'not a library\n' >"$work/evil/libslurmfull.so"
same_words env LD_LIBRARY_PATH="$work/evil" "$agent" install "$new"
same_words env PATH=/nonexistent "$agent" install "$new"
same_words env PATH="$work/evil:$PATH" "$agent" install "$new"
[[ ! -e $work/ran ]] || fail "a program of the caller's PATH was run: $(cat "$work/ran")"

# A full disk behind standard output is told; the release is active all the same.
: >"$out"
"$agent" install "$new" >/dev/full 2>"$err" && fail "words lost, and no word of it"
expect_sentence "standard output" "No space left"
[[ $(readlink /opt/slurm/current) == "releases/$new-$id_suffix" ]]
