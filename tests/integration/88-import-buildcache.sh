#!/bin/bash
# Packages of a signed Spack build cache become a release that runs; whatever is wrong with the cache
# is said, and nothing is left behind.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/spack.sh
source "$repository/tests/lib/spack.sh"

version=25.11.6
id=$version-1-$id_suffix
cache=$work/cache
keys=$work/keys
output=$work/imported
slurm_hash=bcdefgsbcdefgsbcdefgsbcdefgsbcde
dependency_hash=abcdefrabcdefrabcdefrabcdefrabcd
spec=slurm@25-11-6-1/$slurm_hash

# The dependency was pushed from one tree, and installed in another one when Slurm was built.
cache_make() {
    local first second
    first=$(spack_pad "$work/first" 144)
    second=$(spack_pad "$work/second" 144)
    dependency=$first/dependency-1.0-abcdefr
    slurm=$second/slurm-25-11-6-1-bcdefgs
    spack_dependency "$dependency"
    spack_dependency "$second/dependency-1.0-abcdefr"
    spack_slurm "$slurm" "$version" "$second/dependency-1.0-abcdefr"
    spack_describe "$dependency" dependency 1.0 "$dependency_hash"
    spack_describe "$slurm" slurm 25-11-6-1 "$slurm_hash" dependency 1.0 "$dependency_hash"
    key=$(key_make "$key_home")
    spack_cache_make "$cache"
    spack_cache_push "$cache" "$dependency" dependency 1.0 "$dependency_hash"
    spack_cache_push "$cache" "$slurm" slurm 25-11-6-1 "$slurm_hash"
    mkdir "$keys"
    key_export "$key_home" "$key" "$keys/test.asc"
    cp -a "$cache" "$work/good"
}

import() {
    local status=$1 from=$2
    shift 2
    rm -rf "$output"
    run "$status" "$builder" import-buildcache "$from" "${specs[@]:-$spec}" --keys "$keys" \
        --toolchain "$toolchain" --recipes "$repository/conf/recipes" --output "$output" "$@"
}
specs=()

# STATUS TEXT...: the import of the cache as it is now fails so, and leaves nothing; then the cache is
# made good again.
refused() {
    local status=$1 text
    shift
    import "$status" "$cache"
    for text in "$@"; do
        expect_err "$text"
    done
    [[ ! -s $out ]] || fail "a failure printed something on standard output"
    [[ ! -e $output && -z $(find "$work" -maxdepth 1 -name '.imported*') ]] ||
        fail "a failure left something behind"
    rm -rf "$cache"
    cp -a "$work/good" "$cache"
}

manifest_of() {
    printf '%s\n' "$cache/v3/manifests/spec/$1/$1-"*.spec.manifest.json
}

# NAME FILTER: signs the manifest of the package anew after jq has changed it.
manifest_edit() {
    local file text
    file=$(manifest_of "$1")
    text=$(gpg --homedir "$key_home" --batch --quiet --decrypt "$file" 2>/dev/null | jq -c "$2")
    gpg --homedir "$key_home" --batch --quiet --no-tty --yes --digest-algo SHA512 \
        --local-user "$key" --output "$file" --clearsign <<<"$text"
}

# KIND (0: package, 1: spec): the path of the dependency's blob.
blob_of() {
    local digest
    digest=$(gpg --homedir "$key_home" --batch --quiet --decrypt "$(manifest_of dependency)" \
        2>/dev/null | jq -r ".data[$1].checksum")
    printf '%s\n' "$cache/blobs/sha256/${digest:0:2}/$digest"
}

# Gives the dependency the package in the tar FILE, properly signed.
replace_package() {
    local blob
    gzip -nf "$1"
    blob=$(_spack_cache_blob "$cache" "$1.gz" application/vnd.spack.install.v2.tar+gzip)
    manifest_edit dependency ".data[0] = $blob"
}

# What a Spack has made, not this scenario: read as it is, and not with a byte more or less.
made=$repository/tests/data/buildcache
made_spec=slurm@25-11-6-1/idlwkbfyguqynqf6a4aehurcgavdwag4
mkdir "$keys"
cp "$made/key.asc" "$keys"
specs=("$made_spec")
import 0 "$made/cache"
expect_out "imported $id: 2 packages"
view=$output/destdir/opt/slurm/releases/$id/view
(cd "$view" && find . -type f -o -type l | sort) >"$work/made"
printf './%s\n' lib/{data,dependency.bin,slurm.bin,systemd/system/slurmd.service} sbin/slurmd \
    share/dependency/{configuration,data} | diff - "$work/made" >&2 || fail "other files than pushed"
[[ $(cat "$view/lib/data") == "data of the dependency" ]] || fail "a link leads elsewhere"
grep -qaF "$(slurm_prefix "$id")" "$view/lib/slurm.bin" || fail "no slot in the file"
[[ $(stat -c %s "$view/lib/slurm.bin") == 346 ]] || fail "a binary has grown or shrunk"
! grep -rqaE '__spack_path_placeholder__|/srv/cache-maker' "$view" || fail "an old prefix is left"
cp -a "$made/cache" "$work/made-cache"
sed -i 's/"contentLength":[0-9]/&1/' "$work/made-cache/v3/manifests/spec/slurm/"*
import 6 "$work/made-cache"
expect_err "${made_spec}: "
rm -r "$keys"
specs=()

cache_make

# From a directory and from a web server: the same, and it runs, also below another root.
# Perl, which Spack says that Slurm needs, is excluded and not even in the cache.
import 0 "$cache"
expect_out "imported $id: 2 packages"
(cd "$output/destdir" && find . -printf '%p %m %l\n' | sort) >"$work/from-directory"
repo=$cache
repo_serve
import 0 "$url/"
(cd "$output/destdir" && find . -printf '%p %m %l\n' | sort) | diff "$work/from-directory" - ||
    fail "the server gives something else than the directory"
[[ -d $output/packages/slurm-25-11-6-1-$slurm_hash/bin ]] || fail "no package beside the tree"
! grep -q "v3/manifests/index\|v3/manifests/key" "$work/nginx/access.log" ||
    fail "what is not signed was asked for"

rm -rf "$work"/first "$work"/second
repo=$work/repo
run 0 "$builder" pack --version "$version" --toolchain "$toolchain" --destdir "$output/destdir" \
    --output "$repo" --level 1
repo_index
repo_serve
node_settings=('root = /opt/elsewhere')
node_configure "$url"
run 0 "$agent" install latest
view=/opt/elsewhere/releases/$id/view
run 0 "$view/sbin/slurmd" -V
expect_out "slurm $version"
run 0 "$view/bin/scontrol" --plugins
expect_out "auth/slurm"
run 0 "$view/bin/seff"
expect_out "data of the dependency"
expect_out "efr"
[[ $(cat "$view/share/dependency/configuration") == "home=$view/"*/share/dependency ]] ||
    fail "the text names another place"
! grep -rqaF __spack_path_placeholder__ "$view" || fail "Spack's padding is left in a file"
[[ ! -e $view/.spack && ! -e $view/bin/dependency-config && ! -e $view/include/dependency.h ]] ||
    fail "something is in the tree that no node has a use for"
run 0 "$agent" verify

# Signatures.
cp "$(manifest_of dependency)" "$work/signed"
gpg --homedir "$key_home" --batch --quiet --decrypt "$work/signed" 2>/dev/null \
    >"$(manifest_of dependency)"
refused 8 "dependency@1.0/$dependency_hash: " "not a clear-signed text"
sed -i 's/"contentLength":[0-9]/&1/' "$(manifest_of slurm)"
refused 6 "slurm@25-11-6-1/$slurm_hash: "
good_key=$key
key=$(key_make "$key_home" "somebody else")
manifest_edit dependency .
key=$good_key
refused 6 "dependency@1.0/$dependency_hash: "
cp "$(manifest_of slurm)" "$(manifest_of dependency)"
refused 7 "its signed manifest is that of another package, slurm@25-11-6-1/$slurm_hash"
echo '{"signing": "none"}' >"$cache/v3/layout.json"
refused 6 "the packages of this build cache are not signed"
rm "$cache/v3/layout.json"
refused 10 "no build cache of layout 3"

# Blobs.
blob=$(blob_of 0)
printf '\377' | dd of="$blob" bs=1 seek=100 conv=notrunc status=none
refused 7 "dependency@1.0/$dependency_hash: blob ${blob##*/} holds other bytes"
echo more >>"$(blob_of 0)"
refused 10 "more than the expected"
blob=$(blob_of 1)
printf '\377' | dd of="$blob" bs=1 seek=10 conv=notrunc status=none
refused 7 "blob ${blob##*/} holds other bytes"
manifest_edit dependency '.data[1].contentLength += 1'
refused 7 "its manifest says"
rm "$(blob_of 0)"
refused 10 "dependency@1.0/$dependency_hash: "

# What is not known is not guessed.
manifest_edit slurm '.version = 4'
refused 8 "version 4 of build caches is not known, only 3 is"
manifest_edit slurm '.data[0].mediaType = "application/vnd.spack.install.v3.tar+zstd"'
refused 8 "blobs of type 'application/vnd.spack.install.v3.tar+zstd' are not known"
manifest_edit slurm '.data[0].compression = "zstd"'
refused 8 "compression 'zstd' is not known, only 'gzip' is"
manifest_edit slurm '.data[0].checksumAlgorithm = "md5"'
refused 8 "checksumAlgorithm 'md5' is not known"
manifest_edit slurm 'del(.data[0])'
refused 8 "no blob of type 'application/vnd.spack.install.v2.tar+gzip'"
manifest_edit slurm '.data[0].contentLength = 99999999999999'
refused 8 "contentLength"
rm "$(manifest_of dependency)"
refused 10 "dependency@1.0/$dependency_hash: "

# Packages that would reach out of their directory, or be more than files.
tar_make() {
    rm -rf "$work/tar" "$work/bad.tar" "$work/bad.tar.gz"
    mkdir -p "$work/tar/tree/x/.spack"
    echo x >"$work/tar/tree/x/file"
}
tar_make
tar -C "$work/tar" -Pcf "$work/bad.tar" --transform 's|tree/x/file|tree/x/../../../file|' tree
replace_package "$work/bad.tar"
refused 8 "entry 'tree/x/../../../file' has a name that is not safe"
tar_make
tar -C "$work/tar" -Pcf "$work/bad.tar" --transform 's|^tree|/tree|' tree
replace_package "$work/bad.tar"
refused 8 "has a name that is not safe"
tar_make
chmod 4755 "$work/tar/tree/x/file"
tar -C "$work/tar" -cf "$work/bad.tar" tree
replace_package "$work/bad.tar"
refused 8 "entry 'tree/x/file' is setuid or setgid"
tar_make
mkfifo "$work/tar/tree/x/pipe"
tar -C "$work/tar" -cf "$work/bad.tar" tree
replace_package "$work/bad.tar"
refused 8 "entry 'tree/x/pipe' is no file, directory or link"
tar_make
ln -s "$work" "$work/tar/tree/x/out"
tar -C "$work/tar" -cf "$work/bad.tar" tree
rm "$work/tar/tree/x/out"
mkdir "$work/tar/tree/x/out"
echo escaped >"$work/tar/tree/x/out/escaped"
tar -C "$work/tar" -rf "$work/bad.tar" tree/x/out/escaped
replace_package "$work/bad.tar"
refused 13 "dependency@1.0/$dependency_hash: "
[[ ! -e $work/escaped ]] || fail "a package was unpacked through a link of its own"
tar_make
ln -s /etc/passwd "$work/tar/tree/x/lib"
tar -C "$work/tar" -cf "$work/bad.tar" tree
replace_package "$work/bad.tar"
refused 5 "dependency: lib: it is a link to '/etc/passwd', which is in no package of the tree"
tar_make
rm -r "$work/tar/tree/x/.spack"
tar -C "$work/tar" -cf "$work/bad.tar" tree
replace_package "$work/bad.tar"
refused 8 "the package has no .spack directory in its prefix"
echo "no tar at all" >"$work/bad.tar"
replace_package "$work/bad.tar"
refused 8 "not a package that can be read"

# Built without padding: nothing fits over its prefix.
mkdir -p "$work/short"
spack_dependency "$work/short/dependency-1.0-abcdefr"
spack_describe "$work/short/dependency-1.0-abcdefr" dependency 1.0 "$dependency_hash"
spack_cache_push "$cache" "$work/short/dependency-1.0-abcdefr" dependency 1.0 "$dependency_hash"
refused 5 "have no room for the 127 of a release's prefix: build it with Spack's install_tree"

# What is asked for.
specs=("slurm@25-11-6-1/bcdefgs")
refused 2 "is not NAME@VERSION/HASH with the hash in full"
specs=("dependency@1.0/$dependency_hash")
refused 2 "there is no slurm among the packages"
specs=("$spec")
mkdir "$output"
run 2 "$builder" import-buildcache "$cache" "$spec" --keys "$keys" --toolchain "$toolchain" \
    --output "$output" --recipes "$repository/conf/recipes"
expect_err "is there already"
