#!/bin/bash
# What is handed to Spack is YAML, says what was asked for, and the same each time.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/packages.sh
source "$repository/tests/lib/packages.sh"
packages_install "${packages_spack[@]}"

recipes=$repository/conf/recipes

print() {
    run 0 "$builder" spack-yaml --recipes "$recipes" --version "$1" --toolchain "$2" "${@:3}"
}

# Reads the last output by a real parser: `ask EXPRESSION` prints what it is of the environment s.
ask() {
    python3 -c 'import sys, yaml
s = yaml.safe_load(open(sys.argv[1]))["spack"]
value = eval(sys.argv[2])
print("\n".join(map(str, value)) if isinstance(value, list) else value)' "$out" "$1"
}

expect_value() {
    local value
    value=$(ask "$1")
    [[ $value == "$2" ]] || fail "$1 is '$value', expected '$2'"
}

# Every toolchain and variant: only sections that Spack knows, with the members that they have.
for toolchain in bookworm trixie jammy noble resolute rockylinux{8,9,10}; do
    for variant in cpu gpu minimal; do
        print 25.11 "$toolchain" --variant "$variant" --arch amd64
        expect_value 'sorted(s)' $'concretizer\nconfig\nmirrors\npackages\nrepos\nspecs\nview'
        expect_value 'sorted(s["config"]["install_tree"])' $'padded_length\nprojections\nroot'
        expect_value '[n for n, p in s["packages"].items()
            if set(p) - {"buildable", "externals", "require"}]' ''
        expect_value '[n for n, p in s["packages"].items() for e in p.get("externals", [])
            if set(e) - {"spec", "prefix", "extra_attributes"} or not e["spec"].startswith(n + "@")]' ''
        expect_value '[r for r in s["repos"].values()
            if sorted(r) != ["commit", "destination", "git"] or len(r["commit"]) != 40
            or not r["destination"].endswith("/" + r["commit"])]' ''
        expect_value '[m for m in s["mirrors"].values()
            if m["binary"] == m["source"] or m["binary"] and not m["signed"]]' ''
        expect_value '[v for v in [s["specs"], s["view"]["default"]["exclude"]]
            if not v or not all(isinstance(x, str) for x in v)]' ''
    done
done

print 25.11 noble --arch amd64
expect_value 's["specs"]' 'slurm_factory.slurm@25-11-6-1 ~nvml~rsmi sysconfdir=/etc/slurm'
expect_value 's["packages"]["all"]["require"]' target=x86_64
expect_value 's["packages"]["gcc"]["externals"][0]["extra_attributes"]["compilers"]["cxx"]' /usr/bin/g++
expect_value 's["packages"]["gcc"]["buildable"]' False
expect_value 's["packages"]["cmake"]["externals"][0]["prefix"]' /usr
expect_value '"cuda" in s["packages"]' False
expect_value 's["view"]["default"]["root"]' /build/spack/view
expect_value 's["view"]["default"]["link_type"]' hardlink
expect_value 's["config"]["install_tree"]["padded_length"]' 144
expect_value 's["concretizer"]["unify"]' True
expect_value '[m["url"] for m in s["mirrors"].values() if m["binary"]][0].endswith("/noble/spack")' True
cp "$out" "$work/first"

# Same question, same answer.
print 25.11.6 noble --arch amd64
cmp -s "$out" "$work/first" || fail "the series and its version give different files"

print 24.11 rockylinux9 --gpu --arch arm64 --directory /srv/build
expect_value 's["specs"]' 'slurm_factory.slurm@24-11-6-1 +nvml+rsmi sysconfdir=/etc/slurm'
expect_value 's["packages"]["all"]["require"]' target=aarch64
expect_value 's["packages"]["cuda"]["externals"][0]["prefix"]' /usr/local/cuda
expect_value 's["packages"]["cuda"]["buildable"]' False
expect_value '"cuda" in s["view"]["default"]["exclude"]' True
expect_value 's["config"]["install_tree"]["root"]' /srv/build/tree

print 25.11 noble --minimal
expect_value 's["specs"][0].split()[0]' builtin.slurm@25-11-6-1

# Spack refuses a section that is there and empty.
mkdir "$work/own"
sed '/^\[mirror /,/^$/d' "$recipes/spack.ini" >"$work/own/spack.ini"
run 0 "$builder" spack-yaml --recipes "$work/own" --version 25.11 --toolchain noble --variant minimal
expect_value 'sorted(s)' $'concretizer\nconfig\npackages\nrepos\nspecs\nview'

run 0 "$builder" spack-yaml --recipes "$recipes" --version 25.11 --toolchain noble --json
[[ $(jq -r .spack_yaml "$out") == *padded_length* ]] || fail "no text in the JSON answer"

run 2 "$builder" spack-yaml --recipes "$recipes" --version 25.11 --toolchain noble --gpu --minimal
expect_err "only one of --gpu, --minimal and --variant"
run 2 "$builder" spack-yaml --recipes "$recipes" --version 25.11
expect_err "--toolchain is missing"
run 4 "$builder" spack-yaml --recipes "$recipes" --version 20.11 --toolchain noble
expect_err "knows no Slurm 20.11; it has 26.05.0, 25.11.6"
run 4 "$builder" spack-yaml --recipes "$recipes" --version 25.11 --toolchain lenny
expect_err "knows no toolchain 'lenny'"
