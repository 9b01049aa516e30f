# shellcheck shell=bash
# Where the tests keep what is slow to make: sources, built Slurms, roots of test machines. Sourced.

cache_dir() {
    printf '%s\n' "${SF_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/sf-agent}"
}
