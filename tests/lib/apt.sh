# shellcheck shell=bash
# Where this machine gets Debian from, so that other roots and source packages come from the same
# place. Sourced. No host name is written anywhere in the tests.

# Prints one line "URI RELEASE KEYRING" per Debian archive of this machine; KEYRING may be "-".
apt_debian_archives() {
    _apt_debian_targets | sort -u | while IFS='|' read -r uri release entry; do
        printf '%s %s %s\n' "$uri" "$release" "$(_apt_signed_by "$entry")"
    done
}

# Prints sources.list lines for the distribution release SUITE: itself, updates, security.
apt_sources_for() {
    local suite=$1 uri release keyring
    apt_debian_archives | while read -r uri release keyring; do
        case $release in
            *-updates) release=$suite-updates ;;
            *-security) release=$suite-security ;;
            *-*) continue ;;
            *) release=$suite ;;
        esac
        if [[ $keyring == - ]]; then
            echo "deb $uri $release main"
        else
            echo "deb [signed-by=$keyring] $uri $release main"
        fi
    done | sort -u
}

# Prints the machine's own answers about proxies and the age of archives, as apt.conf lines.
apt_network_options() {
    apt-config dump |
        grep -E '^Acquire::(Check-(Valid-Until|Date)|https?::Proxy|Retries)\b' || true
}

# Without the archives' indexes apt does not know whose they are.
_apt_debian_targets() {
    local targets
    targets=$(_apt_targets)
    if [[ -z $targets ]]; then
        apt-get -qq update >&2 || true
        targets=$(_apt_targets)
    fi
    if [[ -z $targets ]]; then
        echo "apt on this machine knows no Debian archive" >&2
        return 1
    fi
    printf '%s\n' "$targets"
}

_apt_targets() {
    # shellcheck disable=SC2016  # the fields are apt's, not the shell's
    apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(SOURCESENTRY)' \
        'Created-By: Packages' 'Component: main' 'Origin: Debian'
}

# The Signed-By of a source entry "FILE:NUMBER"; "-" where it has none or an embedded key.
_apt_signed_by() {
    local file=${1%:*} keyring
    case $file in
        *.sources) keyring=$(sed -n 's|^Signed-By: *\(/[^ ]*\).*|\1|p' "$file" | head -n 1) ;;
        *) keyring=$(sed -n 's|.*[[ ]signed-by=\([^] ]*\).*|\1|p' "$file" | head -n 1) ;;
    esac
    printf '%s\n' "${keyring:--}"
}
