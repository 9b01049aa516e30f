#!/bin/bash
# A root that cannot take the release: too long, read-only, full, out of inodes; not root at all.
# Room is asked for before anything is fetched.
# shellcheck source=tests/integration/refusal.sh
source "$(dirname "$0")/refusal.sh"

# The artifact of the newer release was not asked for.
nothing_fetched() {
    ! grep -q "GET .*$new.*software.tar.zst " "$work/nginx/access.log" ||
        fail "something was fetched all the same"
}

TINY_BALLAST_MB=6 node_with_old
ballast_bytes=6000000

# A root so long that the prefix would not fit where the build prefix stood.
long=/opt/$(printf 'd%.0s' {1..90})
cp /etc/sf-agent/sf-agent.conf "$work/good.conf"
sed -i "s|^\[agent\]|&\nroot = $long|" /etc/sf-agent/sf-agent.conf
mkdir "$long"
for check in "" --check; do
    # shellcheck disable=SC2086  # no option at all, or one
    run 5 "$agent" install "$new" $check
    expect_sentence "root '$long' is too long for release $new" "use a root of at most"
done
nothing_fetched
[[ ! -e $long/current && -z $(ls -A "$long/releases" 2>/dev/null) ]]
rm -r "$long"
cp "$work/good.conf" /etc/sf-agent/sf-agent.conf

mount -o remount,ro /opt
refused 12 "'/opt/slurm'" "read-only file system" -- "$agent" install "$new"
nothing_fetched
mount -o remount,rw /opt

# Room for some files of the tree, but not for all.
used=$(du -sk /opt | cut -f1)
mount -o remount,size=$((used + 4096))k /opt
refused 11 "'/opt/slurm' needs" "its file system has" -- "$agent" install "$new"
nothing_fetched
mount -o remount,size=512m /opt

inodes=$(find /opt | wc -l)
mount -o remount,nr_inodes=$((inodes + 20)) /opt
refused 11 "'/opt/slurm' needs" "inodes, its file system has" -- "$agent" install "$new"
nothing_fetched
mount -o remount,nr_inodes=100k /opt

mount -o remount,size=$((ballast_bytes / 2)) /var/cache/sf-agent
refused 11 "'/var/cache/sf-agent' needs" "its file system has" -- "$agent" install "$new"
nothing_fetched
mount -o remount,size=512m /var/cache/sf-agent

# Someone else than root may look, not touch.
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
chmod 0755 "$work"
for command in "install $new" "upgrade" "use $old" "rollback" "remove $old" "gc"; do
    # shellcheck disable=SC2086  # command and operand
    refused 12 "${command%% *} changes the system: run it as root" "--check" -- \
        "${nobody[@]}" "$agent" $command
done
run 0 "${nobody[@]}" "$agent" install "$new" --check
run 0 "${nobody[@]}" "$agent" status
newer_installs
