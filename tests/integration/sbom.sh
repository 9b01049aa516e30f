# shellcheck shell=bash
# What scenarios check an artifact's descriptions by. Sourced after lib.sh.
#
#   validate STATUS CDX SPDX INTOTO   by public validators; $out has what they say
#   expect_described ARTIFACT         what lies beside it is valid and complete, and true of what is
#                                     in it; leaves the unpacked $tree
# shellcheck disable=SC2154  # by lib.sh
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
# shellcheck source=tests/lib/cache.sh
source "$repository/tests/lib/cache.sh"
# shellcheck source=tests/lib/apt.sh
source "$repository/tests/lib/apt.sh"
# shellcheck source=tests/lib/root.sh
source "$repository/tests/lib/root.sh"
# shellcheck source=tests/lib/npm.sh
source "$repository/tests/lib/npm.sh"
# shellcheck source=tests/lib/validators.sh
source "$repository/tests/lib/validators.sh"

tree=$work/tree

validate() {
    if [[ -z ${_validators_statement:-} ]]; then
        validators_make
    fi
    run "$1" validators_check "$2" "$3" "$4"
}

expect_described() {
    local artifact=$1
    validate 0 "$artifact".{cdx,spdx,intoto}.json
    rm -rf "$tree"
    mkdir "$tree"
    tar --zstd -xf "$artifact" -C "$tree"
    # What is beside the artifact is what a node has.
    cmp "$tree/meta/sbom.cdx.json" "$artifact.cdx.json" || fail "another CycloneDX document inside"
    cmp "$tree/meta/sbom.spdx.json" "$artifact.spdx.json" || fail "another SPDX document inside"
    _sbom_expect_libraries "$artifact"
    _sbom_expect_digests "$artifact"
    _sbom_expect_licenses "$artifact"
    _sbom_expect_subjects "$artifact"
}

# Every bundled library, and nothing else, is there with name, version, licence and the package that
# it is from.
_sbom_expect_libraries() {
    find "$tree/view/lib" -maxdepth 1 -type f -name 'lib*.so*' ! -name 'libslurm*' \
        ! -name 'libpmi.so*' ! -name 'libpmi2.so*' ! -name 'libnss_slurm*' -printf '%P\n' |
        sort >"$work/bundled"
    (($(wc -l <"$work/bundled") > 10)) || fail "too few libraries to mean anything"
    jq -r '.components[] | select(.hashes) | select(.name and .version and
        .licenses[0].expression and (.purl | test("^pkg:(deb|rpm)/[^/]+/[^/]+@.+")) and
        ([.properties[].name] | contains(["sf-builder:package", "sf-builder:source-package"]))) |
        .name' "$1.cdx.json" | sort | diff "$work/bundled" - >&2 ||
        fail "the libraries told are not those in the tree"
    jq -r '.packages[] | select(.primaryPackagePurpose == "LIBRARY" and .checksums) |
        select(.versionInfo and .licenseDeclared != "NOASSERTION" and .sourceInfo and
        (.externalRefs[0].referenceLocator | test("^pkg:(deb|rpm)/[^/]+/[^/]+@.+"))) | .name' \
        "$1.spdx.json" | sort | diff "$work/bundled" - >&2 || fail "SPDX tells other libraries"
    jq -r '.components[] | select(.name != "slurm" and .version != "" and .license != "" and
        .package != "") | .name' "$1.manifest.json" | sort | diff "$work/bundled" - >&2 ||
        fail "the manifest tells other libraries"
}

_sbom_expect_digests() {
    jq -r '.components[] | select(.hashes) | "\(.hashes[0].content)  view/lib/\(.name)"' \
        "$1.cdx.json" >"$work/digests"
    (cd "$tree" && sha256sum --quiet -c "$work/digests") || fail "a digest is not the file's"
    jq -r '.packages[] | select(.checksums and .primaryPackagePurpose == "LIBRARY") |
        "\(.checksums[0].checksumValue)  \(.packageFileName)"' "$1.spdx.json" |
        diff "$work/digests" - >&2 || fail "SPDX tells other digests than CycloneDX"
}

# Each package's licence came along, with what it refers to; what SPDX has no name for has its text
# in the document.
_sbom_expect_licenses() {
    local owner name
    jq -r '.components[].package | select(. != "")' "$1.manifest.json" | sort -u >"$work/owners"
    while read -r owner; do
        [[ -s $(find "$tree/view/share/licenses/$owner" -type f | head -n 1) ]] ||
            fail "no licence of $owner"
    done <"$work/owners"
    grep -rhoE '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' \
        "$tree/view/share/licenses" >"$work/common" || true
    while read -r name; do
        [[ ! -e $name || -s $tree/view/share/licenses/common-licenses/${name##*/} ]] ||
            fail "no text of $name"
    done <"$work/common"
    # One line would be no more than a name.
    jq -r '.hasExtractedLicensingInfos[] | select(.extractedText | contains("\n") | not) |
        .licenseId' "$1.spdx.json" >"$work/short"
    [[ ! -s $work/short ]] || fail "no text of licence $(xargs <"$work/short")"
}

# The statement is about these files.
_sbom_expect_subjects() {
    jq -r '.subject[] | "\(.digest.sha256)  \(.name)"' "$1.intoto.json" >"$work/subjects"
    (cd "$(dirname "$1")" && sha256sum --quiet -c "$work/subjects") || fail "another subject"
    [[ $(wc -l <"$work/subjects") == 2 ]] || fail "the statement is not about both artifacts"
}
