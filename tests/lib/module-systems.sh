# shellcheck shell=bash
# The module systems Lmod and Environment Modules, which cannot be installed side by side, put into
# /usr as the caller sees it. Sourced.
# shellcheck source=tests/lib/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

# Downloads PACKAGE and what it needs and this machine lacks, and unpacks it. Prints the directory.
_module_system_unpack() {
    local package=$1 directory archive
    directory=$(cache_dir)/module-systems/$package
    mkdir -p "$directory/archives/partial" "$directory/root/usr"
    if [[ ! -e $directory/complete ]]; then
        [[ -n $(apt-cache policy "$package") ]] || apt-get -qq update
        # Nothing is installed, so dpkg's lock is not needed.
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --download-only \
            -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
            -o Dir::Cache::archives="$directory/archives" install "$package" >&2
        for archive in "$directory"/archives/*.deb; do
            dpkg-deb -x "$archive" "$directory/root"
        done
        # Some packages still name /lib, which is /usr/lib.
        if [[ -d $directory/root/lib ]]; then
            cp -a "$directory/root/lib" "$directory/root/usr/"
        fi
        touch "$directory/complete"
    fi
    printf '%s\n' "$directory/root"
}

# Makes PACKAGE (lmod or environment-modules) usable. To be called in a mount namespace of the
# caller's own: the machine itself stays as it is.
module_system_mount() {
    local package=$1 root
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ||
        -e $(module_system_init "$package") ]]; then
        return 0
    fi
    mkdir -p "$(cache_dir)"
    root=$( (flock 9 && _module_system_unpack "$package") 9>"$(cache_dir)/module-systems.lock")
    mount -t overlay -o lowerdir="$root/usr:/usr" sf-module-system /usr
}

# Prints the file that makes `module` a command of bash.
module_system_init() {
    case $1 in
        lmod) echo /usr/share/lmod/lmod/init/bash ;;
        environment-modules) echo /usr/share/modules/init/bash ;;
    esac
}
