/*
 * Every path of the store, and nowhere else: the directories of a node, opened once.
 *
 *   <root>/releases/<id>   .staging/<id>   current   previous   view   modules/slurm
 *   /var/lib/sf-agent   /var/cache/sf-agent   /run/sf-agent   /etc/systemd/system   /etc/sf-agent
 *
 * With --root DIR all of it is inside DIR, and the text of links and prefixes is as DIR's own
 * programs will see it.
 */
#ifndef SF_STORE_LAYOUT_H
#define SF_STORE_LAYOUT_H

#include "common/base/cleanup.h"

#include <stdbool.h>

struct sf_error;

#define SF_LAYOUT_RELEASES "releases"
#define SF_LAYOUT_STAGING  ".staging"
#define SF_LAYOUT_CURRENT  "current"
#define SF_LAYOUT_PREVIOUS "previous"
#define SF_LAYOUT_VIEW     "view"
#define SF_LAYOUT_MODULES  "modules/slurm"

struct sf_layout {
    char *sysroot; /* "/" or --root DIR, absolute */
    char *root;    /* "/opt/slurm", as programs inside see it */
    int sysroot_fd;
    int root_fd;   /* -1 when it does not exist (read-only use) */
    int state_fd;  /* /var/lib/sf-agent, -1 likewise */
    int cache_fd;  /* /var/cache/sf-agent */
    int run_fd;    /* /run/sf-agent */
    int units_fd;  /* /etc/systemd/system */
    bool is_image; /* --root was given and is not "/" */
};

/* Opens what exists; for commands that only read. Errors: NOT_FOUND (sysroot), PERMISSION. */
int sf_layout_open(const char *sysroot, const char *root, struct sf_layout **ret,
                   struct sf_error *err);

/*
 * Opens for writing: makes what is missing (root:root 0755; run 0700), the `view` link and a
 * CACHEDIR.TAG, and refuses a root of which a parent can be written by others than root (threat
 * 62). Errors: PERMISSION, NO_SPACE, IO.
 */
int sf_layout_open_writable(const char *sysroot, const char *root, struct sf_layout **ret,
                            struct sf_error *err);

void sf_layout_free(struct sf_layout *layout);

SF_DEFINE_AUTO(layout, struct sf_layout *, sf_layout_free)

#endif
