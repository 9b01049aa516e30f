# shellcheck shell=bash
# Another date, for a test whose subject is time. Sourced; needs packages.sh and root.

# A sanitizer wants to be loaded before everything else, so a PROGRAM with one can have no other date.
date_can_shift_for() {
    [[ $(ldd "$1") != *libasan* ]]
}

# From now on every program of the caller's mount namespace, whatever its environment, sees a clock
# that is OFFSET ("+200d") away from the machine's, in build roots made of this machine, too. Files
# keep the times of the kernel's clock.
# shellcheck disable=SC2154  # $work is the scenario's, the list of packages.sh
date_shift() {
    local offset=$1 overlay before after
    packages_install "${packages_date[@]}"
    before=$(env -i /usr/bin/date +%s)
    overlay=$(mktemp -d "$work/date-XXXXXX")
    # The work directory of a scenario may be on an overlay, where no upper directory can be.
    mount -t tmpfs tmpfs "$overlay"
    mkdir "$overlay/upper" "$overlay/work"
    # Where it shares its setting with other programs, and leaves that behind.
    mount -t tmpfs tmpfs /dev/shm
    # A file that is given the time by a program would be newer than all that is written later: make
    # would go by that. It takes a variable to have that time shifted back, and a build has an
    # environment of its own. What is shared by a parent ends with a sibling; nobody needs it.
    echo '#include <stdlib.h>
        __attribute__((constructor)) static void start(void)
        {
            setenv("FAKE_UTIME", "1", 1);
            unsetenv("FAKETIME_SHARED");
        }' | gcc -shared -fPIC -x c -o "$overlay/upper/fake-utime.so" -
    {
        dpkg-query -L libfaketime | grep '/libfaketimeMT\.so'
        echo /etc/fake-utime.so
    } >"$overlay/upper/ld.so.preload"
    echo "$offset" >"$overlay/upper/faketimerc"
    mount -t overlay -o "lowerdir=/etc,upperdir=$overlay/upper,workdir=$overlay/work" overlay /etc
    after=$(env -i /usr/bin/date +%s)
    if ((after - before < 86400)); then
        echo "the date has not moved" >&2
        return 1
    fi
}
