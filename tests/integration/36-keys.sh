#!/bin/bash
# Keys that do not speak for the repository: absent, expired, revoked, in others' hands, not keys.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

keys=/etc/sf-agent/keys.d

keys_refused() {
    refused "$@" -- "$agent" install "$new"
    refused "$@" -- "$agent" install "$file"
    refused "$@" -- "$agent" install "$new" --check
    rm -rf "$keys"
    cp -a "$work/good-keys" "$keys"
}

node_with_old
file=$(artifact_of "$new")
cp -a "$keys" "$work/good-keys"

rm -r "$keys"
keys_refused 6 "there is no key directory $keys" "public key there"
rm "$keys"/*
keys_refused 6 "'$keys'" "no key in it: put the repository's public key there, as NAME.asc"
mv "$keys/test.asc" "$keys/test.txt"
keys_refused 6 "'$keys'" "no key in it"
chmod o+w "$keys"
keys_refused 12 "'$keys'" "writable by its group or others: chmod go-w it"
chmod g+w "$keys/test.asc"
keys_refused 12 "'$keys'" "key file 'test.asc'" "chmod go-w it"
chown 65534 "$keys/test.asc"
keys_refused 12 "'$keys'" "key file 'test.asc'" "must be owned by root"
head -c 300 /dev/urandom >"$keys/test.asc"
keys_refused 8 "key file 'test.asc'" "has no usable OpenPGP public key in it"
echo '<html>404</html>' >"$keys/more.asc"
keys_refused 8 "key file 'more.asc'" "has no usable OpenPGP public key in it"
gpg --homedir "$key_home" --batch --quiet --pinentry-mode loopback --passphrase '' --yes --armor \
    --output "$keys/test.asc" --export-secret-keys "$key"
keys_refused 8 "key file 'test.asc'" "has a secret key in it"
gpg --homedir "$key_home" --batch --quiet --pinentry-mode loopback --passphrase '' --yes \
    --output "$keys/binary.gpg" --export-secret-keys "$key"
keys_refused 8 "key file 'binary.gpg'" "has a secret key in it"
rm "$keys/test.asc"
ln -s "$work/good-keys/test.asc" "$keys/test.asc"
keys_refused 8 "key file 'test.asc'" "is a symbolic link: put the key itself there"
rm "$keys/test.asc"
mkdir "$keys/test.asc"
keys_refused 8 "key file 'test.asc'" "not a regular file"

# Another repository's key is no key for this one.
other_home=$work/other
mkdir -m 700 "$other_home"
other=$(key_make "$other_home" "another key")
key_export "$other_home" "$other" "$keys/test.asc"
keys_refused 6 "signed by $key: not among the pinned keys"

# The key was revoked after it had signed.
sed 's/^:---/---/' "$key_home/openpgp-revocs.d/$key.rev" >"$work/revocation"
cp -a "$key_home" "$work/revoked"
gpg --homedir "$work/revoked" --batch --quiet --import "$work/revocation" 2>/dev/null
key_export "$work/revoked" "$key" "$keys/test.asc"
key_forget "$work/revoked"
keys_refused 6 "signed by $key: its key is revoked"

# A key of long ago that was good for a day, and what it signed then.
then=20200101T000000
gpg --homedir "$other_home" --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' \
    --faked-system-time "$then" --quick-generate-key 'of long ago' ed25519 sign 1d 2>/dev/null
expired=$(gpg --homedir "$other_home" --batch --with-colons --list-keys 'of long ago' 2>/dev/null |
    awk -F: '$1 == "fpr" { print $10; exit }')
index_edit '.serial = 2'
index_sign "$other_home" "$expired" --faked-system-time "$then" 2>/dev/null
key_export "$other_home" "$expired" "$keys/test.asc"
key_forget "$other_home"
refused 6 "signed by $expired: its key expired" -- "$agent" install "$new"
refused 6 "signed by $expired: its key expired" -- "$agent" refresh
rm -rf "$keys"
cp -a "$work/good-keys" "$keys"
index_restore
newer_installs
run 0 "$agent" install "$file"
