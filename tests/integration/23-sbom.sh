#!/bin/bash
# What is said of an artifact is valid for public validators, complete, and true of what is in it.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/cache.sh
source "$repository/tests/lib/cache.sh"
# shellcheck source=tests/lib/npm.sh
source "$repository/tests/lib/npm.sh"

NODE_PATH=$(npm_modules sbom @cyclonedx/cyclonedx-library@6 ajv@8 ajv-formats@3 \
    ajv-formats-draft2019@1 packageurl-js@2 spdx-expression-parse@4)
export NODE_PATH

validate() {
    run "$1" "$repository/tests/lib/validate-descriptions" "$2" "$3" "$4"
}

slurm_make
digest=$(printf '0%.0s' {1..64})
# Both are on every machine that sf-builder runs on, and need many others.
pack 0 --library libcurl.so.4 --library libjansson.so.4 --source "slurm-$version.tar.bz2 $digest" \
    --option=--with-jwt --packaged --part "hwloc 2.12.0"
cdx=$artifact.cdx.json spdx=$artifact.spdx.json intoto=$artifact.intoto.json
validate 0 "$cdx" "$spdx" "$intoto"

# What is beside the artifact is what a node has.
tree=$work/tree
mkdir "$tree"
tar --zstd -xf "$artifact" -C "$tree"
cmp "$tree/meta/sbom.cdx.json" "$cdx" || fail "another CycloneDX document inside"
cmp "$tree/meta/sbom.spdx.json" "$spdx" || fail "another SPDX document inside"

# Every bundled library, and nothing else, is there with name, version, licence and origin, and its
# digest is the shipped file's.
bundled() {
    find "$tree/view/lib" -maxdepth 1 -type f -name 'lib*.so*' ! -name 'libslurm*' -printf '%P\n' |
        sort
}
jq -e 'any(.components[]; .name == "hwloc" and .version == "2.12.0")' "$cdx" >/dev/null ||
    fail "a part that was there already is not told"
jq -r '.components[] | select(.name and .version and .licenses[0].expression and .purl and
    any(.properties[]; .name == "sf-builder:package")) | .name' "$cdx" | sort >"$work/told"
bundled | diff - "$work/told" >&2 || fail "the libraries told are not those in the tree"
(($(wc -l <"$work/told") > 10)) || fail "too few libraries to mean anything"
jq -r '.components[] | select(.name != "slurm" and .version != "" and .license != "" and
    .package != "") | .name' "$artifact.manifest.json" | sort | diff "$work/told" - >&2 ||
    fail "the manifest does not tell the same"
jq -r '.components[] | select(.hashes) | "\(.hashes[0].content)  view/lib/\(.name)"' "$cdx" >"$work/digests"
(cd "$tree" && sha256sum --quiet -c "$work/digests") || fail "a digest is not the file's"
jq -r '.packages[] | select(.checksums and .primaryPackagePurpose == "LIBRARY") |
    "\(.checksums[0].checksumValue)  \(.packageFileName)"' "$spdx" | diff "$work/digests" - >&2 ||
    fail "SPDX tells other digests than CycloneDX"

# Each package's licence came along.
jq -r '.components[].package | select(. != "")' "$artifact.manifest.json" | sort -u >"$work/owners"
while read -r owner; do
    [[ -s $(find "$tree/view/share/licenses/$owner" -type f | head -n 1) ]] ||
        fail "no licence of $owner"
done <"$work/owners"

# The statement is about these files and those sources; nothing tells where or when it was made.
jq -r '.subject[] | "\(.digest.sha256)  \(.name)"' "$intoto" >"$work/subjects"
(cd "$(dirname "$artifact")" && sha256sum --quiet -c "$work/subjects") || fail "another subject"
[[ $(wc -l <"$work/subjects") == 2 ]] || fail "the statement is not about both artifacts"
jq -e --arg digest "$digest" --arg name "slurm-$version.tar.bz2" \
    'any(.predicate.buildDefinition.resolvedDependencies[];
        .name == $name and .digest.sha256 == $digest) and
    any(.predicate.buildDefinition.externalParameters.options[]; . == "--with-jwt")' \
    "$intoto" >/dev/null || fail "source or option is not in the statement"
! grep -lF -e "$work" -e "$(date -u +%Y-%m-%d)" "$cdx" "$spdx" "$intoto" ||
    fail "the place or the day of the build is told"

# Made again when the place has other packages, the artifact is the same and the statement stays.
jq 'del(.predicate.buildDefinition.resolvedDependencies[-1])' "$intoto" >"$work/earlier"
cat "$work/earlier" >"$intoto"
pack 0 --library libcurl.so.4 --library libjansson.so.4 --option=--with-jwt \
    --source "slurm-$version.tar.bz2 $digest" --part "hwloc 2.12.0"
expect_nothing_new

# The validators do find what is wrong.
jq 'del(.components[0].name)' "$cdx" >"$work/bad"
validate 1 "$work/bad" "$spdx" "$intoto"
jq '.components[0].licenses[0].expression = "No such licence"' "$cdx" >"$work/bad"
validate 1 "$work/bad" "$spdx" "$intoto"
for change in 'del(.packages[1].SPDXID)' '.packages[1].licenseDeclared = "GPL-2+"' \
    '.relationships[0].relatedSpdxElement = "SPDXRef-Absent"' \
    '.packages[1].licenseDeclared = "LicenseRef-absent"' '.creationInfo.created = "yesterday"'; do
    jq "$change" "$spdx" >"$work/bad"
    validate 1 "$cdx" "$work/bad" "$intoto"
done
for change in 'del(.subject[0].digest)' 'del(.predicate.runDetails.builder.id)' \
    '.predicateType = "x"'; do
    jq "$change" "$intoto" >"$work/bad"
    validate 1 "$cdx" "$spdx" "$work/bad"
done

# A library that no package has is told of, or refused where that is asked for.
gcc -shared -o "$work/libown.so.1" -Wl,-soname,libown.so.1 -x c /dev/null
gcc -shared -o "$view/lib/slurm/needs_own.so" -x c /dev/null -x none -Wl,--no-as-needed \
    "$work/libown.so.1" -Wl,-rpath,"$work"
repo=$work/repo2
pack 5 --packaged
expect_err "no package has '$work/libown.so.1'"
[[ ! -e $repo ]] || fail "a refused pack leaves a repository"
pack 0
expect_err "no package has '$work/libown.so.1', continuing without its version and licence"
artifact=$repo${artifact#"$work/repo"}
validate 0 "$artifact.cdx.json" "$artifact.spdx.json" "$artifact.intoto.json"
