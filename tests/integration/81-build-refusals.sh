#!/bin/bash
# What cannot be built is refused in a sentence that says what to do; what fails on the way names
# the stage and its log, shows the end of it, and is neither signed nor published.
# shellcheck source=tests/integration/build.sh
source "$(dirname "$0")/build.sh"

source_make
recipe=$recipes/24.11.ini
cp "$recipe" "$work/recipe"
key=$(key_make "$key_home")
export GNUPGHOME=$key_home

# The command line.
build 2 --gpu --minimal
expect_err "exclude each other"
build 2 --level 23
expect_err "zstd has levels 1 to 22"
build 2 --until instal
expect_err "there is no stage 'instal': they are fetch, configure, compile"
GNUPGHOME=$work build 4 --publish "$repo"
expect_err "no secret key to sign with"
build 2 --image debian:trixie
expect_err "'debian:trixie' is not pinned"
expect_err "give NAME@sha256:DIGEST"
build 2 --sign "$key" --publish ftp://example.org/repository
expect_err "'ftp://example.org/repository' is no place to publish to"
# shellcheck disable=SC2016  # is a name
for name in 'a b' 'a$b' "a'b" a=b $'a\nb'; do
    state=$work/$name build 2
    expect_err "give another one with --state"
    [[ ! -e $work/$name ]] || fail "a refusal leaves something behind"
done
build 4 --test-root "$mirror"
expect_err "--test-root: $mirror: "
[[ ! -e $state/releases ]] || fail "a refusal leaves something behind"
state="$work/a b" build 0 --until pack --build-root /.

# The place.
other_arch=$([[ $arch == amd64 ]] && echo arm64 || echo amd64)
build 5 --arch "$other_arch"
expect_err "programs for $other_arch do not run on this machine"
printf '[toolchain rockylinux9]\npackage = gcc\n' >>"$recipe"
toolchain=rockylinux9 build 5
expect_err ", not rockylinux9; give --build-root=DIR with a root directory of rockylinux9"
cp "$work/recipe" "$recipe"
sed -i 's/^package = .*/& no-such-package coreutils other-package/' "$recipe"
build 4
expect_err "missing packages, install them: apt-get install no-such-package other-package"
cp "$work/recipe" "$recipe"
mkdir "$work/empty"
build 4 --build-root "$work/empty"
expect_err "$work/empty: "
expect_err "os-release"

# A stage that fails.
TINY_CONFIGURE='echo "checking for tea... no"; exit 3' source_make
build 15 --sign "$key" --publish "$repo"
expect_err "| checking for tea... no"
expect_err "configure (log: $(cell)/logs/configure.log): './configure' ended with status 3"
expect_stages fetch
TINY_MAKEFILE='all: broken
broken:
	@echo "src/x.c:1: error: no such thing" >&2; exit 1' source_make
build 15 --sign "$key" --publish "$repo"
expect_err "| src/x.c:1: error: no such thing"
expect_err "compile (log: $(cell)/logs/compile.log): 'make' ended with status 2"
[[ ! -e $repo && ! -e $(cell)/repository ]] || fail "what failed left an artifact"

# The same after repair: no trace of the failures.
source_make
build 0
expect_stages "$all_stages"

# What the recipe promises has to be there.
sed -i 's/^plugin = .*/& mpi_pmix/' "$recipe"
build 5 --sign "$key" --publish "$repo"
expect_err "mpi_pmix"
expect_err "pack (log: "
[[ ! -e $repo ]] || fail "an incomplete release is published"
cp "$work/recipe" "$recipe"

# Each library that comes along has a package, with version and licence.
gcc -shared -o "$work/libown.so.1" -Wl,-soname,libown.so.1 -x c /dev/null
TINY_MAKEFILE="install: own
own:
	mkdir -p \$(top)/lib/slurm
	gcc -shared -o \$(top)/lib/slurm/own.so -x c /dev/null -x none -Wl,--no-as-needed \\
		$work/libown.so.1 -Wl,-rpath,$work" source_make
build 5 --sign "$key" --publish "$repo"
expect_err "pack (log: "
expect_err "no package has '$work/libown.so.1'"
[[ ! -e $repo ]] || fail "a release with a library of nobody is published"

# A release that does not run is not signed.
TINY_CONFIGURE="sed -i 's/TINY_CRASHES=0/TINY_CRASHES=1/' Makefile.in" source_make
build 15 --sign "$key" --publish "$repo"
expect_err "test (log: $(cell)/logs/test.log): testing $version-1-$id_suffix: daemons: "
[[ ! -e $repo ]] || fail "a release that failed its test is published"
[[ -z $(find "$(cell)/repository" -name '*.asc') ]] || fail "it is signed"

# One build of a release at a time.
TINY_CONFIGURE='sleep 1000' source_make
"$builder" build --slurm-version 24.11 --toolchain "$toolchain" --recipes "$recipes" \
    --mirror "$mirror" --state "$state" --agent "$agent" >/dev/null 2>&1 &
first=$!
for ((i = 0; i < 200; i++)); do
    ! pgrep -x sleep >/dev/null || break
    sleep 0.1
done
build 20
expect_err "$(cell)': "
expect_err "holds the lock"
kill "$first"
! wait "$first" || fail "a build that was stopped succeeds"
