#!/bin/bash
# What is said of an artifact is valid for public validators, complete, and true of what is in it.
# shellcheck source=tests/integration/pack.sh
source "$(dirname "$0")/pack.sh"
# shellcheck source=tests/integration/sbom.sh
source "$(dirname "$0")/sbom.sh"

slurm_make
digest=$(printf '0%.0s' {1..64})
# Both are on every machine that sf-builder runs on, and need many others.
pack 0 --library libcurl.so.4 --library libjansson.so.4 --source "slurm-$version.tar.bz2 $digest" \
    --option=--with-jwt --packaged --part "hwloc 2.12.0" --part "hwloc 1.11"
cdx=$artifact.cdx.json spdx=$artifact.spdx.json intoto=$artifact.intoto.json
expect_described "$artifact"
jq -e 'any(.components[]; .name == "hwloc" and .version == "2.12.0")' "$cdx" >/dev/null ||
    fail "a part that was there already is not told"

# The statement names the sources; nothing tells where or when it was made.
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
    --source "slurm-$version.tar.bz2 $digest" --part "hwloc 2.12.0" --part "hwloc 1.11"
expect_nothing_new

# The validators do find what is wrong, each what is its own.
refuse() {
    local who=$1 document=$2 filter=$3
    local -A documents=([cdx]=$cdx [spdx]=$spdx [intoto]=$intoto)
    jq "$filter" "${documents[$document]}" >"$work/bad"
    documents[$document]=$work/bad
    validate 1 "${documents[cdx]}" "${documents[spdx]}" "${documents[intoto]}"
    expect_out "$who: "
}
refuse cyclonedx cdx 'del(.components[0].name)'
refuse cyclonedx cdx '.components[0].licenses[0].expression = 5'
refuse spdx-expression cdx '.components[0].licenses[0].expression = "No such licence"'
refuse packageurl cdx '.components[0].purl |= sub("@.*"; "@0")'
refuse packageurl spdx '.packages[1].externalRefs[0].referenceLocator |= sub("@.*"; "@0")'
refuse packageurl intoto '.predicate.buildDefinition.resolvedDependencies[-1].uri = "deb/zlib"'
refuse dependency intoto 'del(.predicate.buildDefinition.resolvedDependencies[0].digest)'
while read -r filter; do
    refuse spdx-tools spdx "$filter"
done <<'FILTERS'
del(.SPDXID)
del(.packages[1].SPDXID)
del(.packages[1].downloadLocation)
del(.relationships)
del(.hasExtractedLicensingInfos)
.packages[1].SPDXID = .packages[2].SPDXID
.packages[1].licenseDeclared = "GPL-2+"
.packages[1].licenseDeclared = "LicenseRef-absent"
.packages[1].checksums[0].checksumValue |= .[:40]
.packages[1].primaryPackagePurpose = "LIBRARIES"
.relationships[0].relatedSpdxElement = "SPDXRef-Absent"
.relationships[1].relationshipType = "NEEDS"
.documentNamespace = "slurm#1"
.creationInfo.created = "yesterday"
.creationInfo.creators = ["sf-builder"]
FILTERS
refuse "spdx-tools does not know" spdx '.packages[1].licence = "MIT"'
while read -r filter; do
    refuse in-toto intoto "$filter"
done <<'FILTERS'
del(.subject[0].digest)
.subject = []
.subject[0].digest.sha256 |= .[:40]
._type = "https://in-toto.io/Statement/v2"
.predicateType = "https://slsa.dev/provenance/v0.2"
.predicate.by = "me"
.predicate.runDetails.metadata.startedOn = "yesterday"
del(.predicate.runDetails.builder.id)
del(.predicate.buildDefinition.buildType)
.predicate.buildDefinition.externalParameters = {}
.predicate.buildDefinition.resolvedDependencies[0] = {}
FILTERS

# A library that came without its licence is told of, or refused where that is asked for; so is one
# that no package has.
owner=$(jq -r '.components[] | select(.name | startswith("libz.so")) | .package' \
    "$artifact.manifest.json")
: >"$work/empty"
mount --bind "$work/empty" "/usr/share/doc/$owner/copyright"
repo=$work/repo1
pack 5 --packaged
expect_err "nothing is known of the licence of"
expect_err "install the package $owner with its copyright file"
[[ ! -e $repo ]] || fail "a refused pack leaves a repository"
pack 0
expect_err "its copyright file is empty, continuing without the licence of libz.so"
umount "/usr/share/doc/$owner/copyright"

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
