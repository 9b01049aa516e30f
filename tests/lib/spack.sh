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
                    {name: "gmake", hash: "g", parameters: {deptypes: ["build"], virtuals: []}},
                    {name: "glibc", hash: "l", parameters: {deptypes: ["link"], virtuals: []}}]},
                {name: $dn, version: $dv, hash: $dh, namespace: "builtin"},
                {name: "gmake", version: "4.3", hash: "g"},
                {name: "glibc", version: "2.36", hash: "l", external: {path: "/usr"}}]}}'
    else
        jq -n --arg n "$name" --arg v "$version" --arg h "$hash" '{spec: {_meta: {version: 5},
            nodes: [{name: $n, version: $v, hash: $h, namespace: "builtin"}]}}'
    fi >"$prefix/.spack/spec.json"
}
