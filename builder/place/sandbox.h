/*
 * A root directory entered by namespaces: own mounts, processes, network (loopback only), host
 * name; without root's rights also an own user namespace in which the caller is root. What is
 * mounted in it is gone with it. Its root cannot mount, make devices or change the kernel's
 * settings: a source that means harm has the directory of the build and no more.
 *
 * Its / is an empty directory in memory with what the root has at its top bound into it, so that
 * mount points can be made there though nothing is written to the root. /proc, /dev, /tmp and /run
 * are the sandbox's own.
 */
#ifndef SF_BUILDER_PLACE_SANDBOX_H
#define SF_BUILDER_PLACE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

struct sf_sandbox_mount {
    const char
        *source; /* a path of this machine; NULL: an empty directory, or for a file nothing */
    /* Absolute, as seen from inside; made when the root has nothing of the name of its first
     * component, or when that is tmp or run; else it has to exist there. */
    const char *target;
    bool is_writable;
};

struct sf_sandbox {
    const char *root; /* read-only inside; "/" is allowed. NULL: `body` runs on this machine as it
                       * is, and ends with its process group when we do */
    const char *hostname;                  /* NULL: "sf-build" */
    const struct sf_sandbox_mount *mounts; /* in this order, after /proc, /dev, /tmp and /run */
    size_t mount_count;
};

/* Runs in a child process, inside; what it returns, and its message, is what sf_sandbox_run()
 * returns. What it changes in memory is lost. */
typedef int (*sf_sandbox_body)(void *context, struct sf_error *err);

/*
 * Runs `body` inside and waits for it; processes that it leaves behind are killed. Errors:
 * PERMISSION (namespaces or mounts are not allowed here, with the way out), NOT_FOUND (the root, a
 * mount's source or target), UNHEALTHY (the child died by a signal), INTERRUPTED
 * (sf_interrupt_is_pending()), IO, those of `body`.
 */
int sf_sandbox_run(const struct sf_sandbox *sandbox, sf_sandbox_body body, void *context,
                   struct sf_error *err);

#endif
