# shellcheck shell=bash
# Packages as Spack installs them: small, but with real ELF files that have the package's own padded
# prefix in their strings and search paths. Sourced.
#
#   spack_pad ROOT LENGTH               prints the path, padded as Spack does
#   spack_dependency PREFIX             a library in lib64, its data, and what nodes have no use for
#   spack_slurm PREFIX VERSION DEPENDENCY
#                                       a tiny Slurm that is linked with the library at DEPENDENCY
#   spack_describe PREFIX NAME VERSION HASH [NAME VERSION HASH]
#                                       .spack/spec.json of a package, and of what it depends on
#   spack_cache_make CACHE              a build cache without packages
#   spack_cache_push CACHE PREFIX NAME VERSION HASH
#                                       adds the package at PREFIX, which spack_describe has described
#   spack_cache_sign CACHE NAME VERSION HASH MANIFEST
#                                       signs that text as the manifest of the package
#
# Manifests are signed by $key of the keyring $key_home, as SHA512, like Spack has gpg do it.
#
# bin/seff prints the content of share/dependency/data, and then the end of the dependency's prefix.

_spack_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

spack_pad() {
    local path=$1 padding=__spack_path_placeholder__
    while ((${#path} < $2 - 1)); do
        path+=/${padding:0:$2 - ${#path} - 1}
    done
    printf '%s\n' "$path"
}

_spack_compile() {
    (cd "$_spack_lib/tiny" && gcc -O2 -g -Wl,-O2,--disable-new-dtags "$@")
}

spack_dependency() {
    local prefix=$1
    mkdir -p "$prefix"/{lib64/pkgconfig,share/dependency,include,bin,.spack}
    _spack_compile -shared -fPIC -Wl,-soname,libdependency.so.1 -DTINY_PREFIX="\"$prefix\"" \
        -DTINY_TAIL="\"${prefix: -3}\"" -o "$prefix/lib64/libdependency.so.1" dependency.c
    ln -s libdependency.so.1 "$prefix/lib64/libdependency.so"
    ln -s "$prefix/lib64/libdependency.so.1" "$prefix/lib64/libdependency-absolute.so"
    echo "data of the dependency" >"$prefix/share/dependency/data"
    ln "$prefix/share/dependency/data" "$prefix/share/dependency/data-again"
    echo "home=$prefix/share/dependency" >"$prefix/share/dependency/configuration"
    printf '#!/bin/sh\nexec %s/bin/nothing\n' "$prefix" >"$prefix/bin/dependency-config"
    chmod 755 "$prefix/bin/dependency-config"
    echo "/* header */" >"$prefix/include/dependency.h"
    echo "prefix=$prefix" >"$prefix/lib64/pkgconfig/dependency.pc"
}

spack_slurm() {
    local prefix=$1 version=$2 dependency=$3
    local -a link=("-L$dependency/lib64" -ldependency "-Wl,-rpath,$dependency/lib64")
    TINY_PREFIX=$prefix TINY_LIBRARIES="-l:libz.so.1 ${link[*]}" \
        "$_spack_lib/tiny-slurm" "$version" spack / >/dev/null
    _spack_compile -o "$prefix/bin/seff" seff.c "${link[@]}"
    mkdir -p "$prefix/.spack"
}

spack_describe() {
    local prefix=$1 name=$2 version=$3 hash=$4
    if (($# > 4)); then
        jq -n --arg n "$name" --arg v "$version" --arg h "$hash" --arg dn "$5" --arg dv "$6" \
            --arg dh "$7" '{spec: {_meta: {version: 5}, nodes: [
                {name: $n, version: $v, hash: $h, namespace: "builtin", dependencies: [
                    {name: $dn, hash: $dh, parameters: {deptypes: ["build", "link"], virtuals: []}},
                    {name: "gmake", hash: ("gmake" * 7)[:32], parameters: {deptypes: ["build"], virtuals: []}},
                    {name: "perl", hash: ("perl" * 8), parameters: {deptypes: ["run"], virtuals: []}},
                    {name: "glibc", hash: ("glibc" * 7)[:32], parameters: {deptypes: ["link"], virtuals: []}}]},
                {name: $dn, version: $dv, hash: $dh, namespace: "builtin"},
                {name: "perl", version: "5.40.0", hash: ("perl" * 8)},
                {name: "gmake", version: "4.3", hash: ("gmake" * 7)[:32]},
                {name: "glibc", version: "2.36", hash: ("glibc" * 7)[:32],
                    external: {path: "/usr"}}]}}'
    else
        jq -n --arg n "$name" --arg v "$version" --arg h "$hash" '{spec: {_meta: {version: 5},
            nodes: [{name: $n, version: $v, hash: $h, namespace: "builtin"}]}}'
    fi >"$prefix/.spack/spec.json"
}

spack_cache_make() {
    mkdir -p "$1/v3/manifests/spec" "$1/blobs/sha256"
    echo '{"signing": "gpg"}' >"$1/v3/layout.json"
}

# Adds FILE, and prints what a manifest says of it.
_spack_cache_blob() {
    local cache=$1 file=$2 type=$3 digest
    digest=$(sha256sum "$file" | cut -d' ' -f1)
    mkdir -p "$cache/blobs/sha256/${digest:0:2}"
    cp "$file" "$cache/blobs/sha256/${digest:0:2}/$digest"
    jq -n --arg t "$type" --arg d "$digest" --argjson s "$(stat -c %s "$file")" \
        '{contentLength: $s, mediaType: $t, compression: "gzip", checksumAlgorithm: "sha256",
            checksum: $d}'
}

# From the first component of the path on, the directories above the prefix without their contents.
_spack_cache_tar() {
    local prefix=${1#/} parent=$1 parents=()
    while parent=$(dirname "$parent") && [[ $parent != / ]]; do
        parents=("${parent#/}" "${parents[@]}")
    done
    tar -C / --owner=0 --group=0 --no-recursion -cf "$2" "${parents[@]}"
    tar -C / --owner=0 --group=0 -rf "$2" "$prefix"
    gzip -nf "$2"
}

spack_cache_sign() {
    local cache=$1 file=$1/v3/manifests/spec/$2/$2-$3-$4.spec.manifest.json
    mkdir -p "${file%/*}"
    # shellcheck disable=SC2154  # of the script that sources this
    gpg --homedir "$key_home" --batch --quiet --no-tty --yes --digest-algo SHA512 \
        --local-user "$key" --output "$file" --clearsign <<<"$5"
}

spack_cache_push() {
    local cache=$1 prefix=$2 name=$3 version=$4 hash=$5 temporary manifest
    temporary=$(mktemp -d)
    echo "{buildpath: $(dirname "$prefix"), relative_prefix: $(basename "$prefix")}" \
        >"$prefix/.spack/binary_distribution"
    _spack_cache_tar "$prefix" "$temporary/package.tar"
    gzip -nc "$prefix/.spack/spec.json" >"$temporary/spec.gz"
    manifest=$({
        _spack_cache_blob "$cache" "$temporary/package.tar.gz" \
            application/vnd.spack.install.v2.tar+gzip
        _spack_cache_blob "$cache" "$temporary/spec.gz" application/vnd.spack.spec.v5+json
    } | jq -sc '{version: 3, data: .}')
    rm -rf "$temporary"
    spack_cache_sign "$cache" "$name" "$version" "$hash" "$manifest"
}
