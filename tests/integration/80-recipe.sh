#!/bin/bash
# What a recipe says of a release is printed for people, for programs and for package managers.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "$0")/lib.sh"

recipes=$repository/conf/recipes

# Every series, toolchain and variant that a shipped recipe names, as a program reads it.
for file in "$recipes"/[0-9]*.ini; do
    series=$(basename "$file" .ini)
    toolchains=$(sed -n 's/^\[toolchain \([a-z0-9]*\)\]$/\1/p' "$file")
    variants=$(sed -n 's/^\[variant \([a-z]*\)\]$/\1/p' "$file")
    [[ -n $toolchains ]] || fail "$file names no toolchain"
    for toolchain in $toolchains; do
        for variant in cpu $variants; do
            run 0 "$builder" recipe --recipes "$recipes" --version "$series" \
                --toolchain "$toolchain" --variant "$variant" --json
            jq -e --arg series "$series" --arg variant "$variant" '.series == $series
                and (.version | startswith($series + "."))
                and (.sources | length > 0)
                and all(.sources[]; .sha256 | test("^[0-9a-f]{64}$"))
                and (.configure | index("--sysconfdir=/etc/slurm") != null)
                and (.plugin | length > if $variant == "minimal" then 10 else 60 end)
                and (.file | length > if $variant == "minimal" then 8 else 20 end)
                and (.package | index("gcc") != null)' "$out" >/dev/null ||
                fail "$series for $toolchain, $variant lacks something: $(cat "$out")"
        done
    done
done

# The packages, as apt-get and mmdebstrap take them: those of Debian 12 are known to its apt.
run 0 "$builder" recipe --recipes "$recipes" --version 24.11.5 --toolchain bookworm --packages
expect_out libmunge-dev
refuse_out '='
if [[ $(slurm_toolchain) == bookworm ]]; then
    mapfile -t packages <"$out"
    [[ -z $(apt-cache pkgnames) ]] || run 0 apt-cache show --no-all-versions "${packages[@]}"
fi
run 0 "$builder" recipe --recipes "$recipes" --version 24.11 --toolchain trixie --packages
[[ $(paste -sd, "$out") =~ ^[a-z0-9.+-]+(,[a-z0-9.+-]+)+$ ]] || fail "odd: $(cat "$out")"

# What is printed for people is a recipe again.
run 0 "$builder" recipe --recipes "$recipes" --version 24.11 --toolchain bookworm
mkdir "$work/again"
sed '$a [toolchain bookworm]\npackage = gcc' "$out" >"$work/again/24.11.ini"
cp "$out" "$work/first"
run 0 "$builder" recipe --recipes "$work/again" --version 24.11 --toolchain bookworm
diff <(tail -n +2 "$work/first") <(tail -n +2 "$out") || fail "the recipe changed on the way"

# The site's own directory is asked when no other has the series.
mkdir -p /etc/sf-builder
mount -t tmpfs tmpfs /etc/sf-builder
mkdir /etc/sf-builder/recipes
sed 's/24\.11/22.05/g' "$work/again/24.11.ini" >/etc/sf-builder/recipes/22.05.ini
run 0 "$builder" recipe --recipes "$recipes" --version 22.05 --toolchain bookworm
expect_out "# /etc/sf-builder/recipes/22.05.ini"

# What cannot be answered is refused with the way out.
run 2 "$builder" recipe --recipes "$recipes" --version 24.11
expect_err "--toolchain is missing"
run 2 "$builder" recipe --recipes "$recipes" --version 24.11 --toolchain bookworm --gpu --minimal
expect_err "exclude each other"
run 2 "$builder" recipe --recipes "$recipes" --version 24 --toolchain bookworm
expect_err "neither a series of Slurm"
run 4 "$builder" recipe --recipes "$recipes" --version 20.11 --toolchain bookworm
expect_err "there is "
run 4 "$builder" recipe --recipes "$recipes" --version 24.11.1 --toolchain bookworm
expect_err "has no source of 24.11.1; it has 24.11.5"
run 4 "$builder" recipe --recipes "$recipes" --version 24.11 --toolchain lenny
expect_err "has no toolchain 'lenny'; it has bookworm, trixie"
printf '[recipe]\nkonfigure = --with-x\n' >"$work/again/24.11.ini"
run 3 "$builder" recipe --recipes "$work/again" --version 24.11 --toolchain bookworm
expect_err "again/24.11.ini:2: unknown key 'konfigure'"
