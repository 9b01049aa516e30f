/*
 * A root directory entered by namespaces: own mounts, processes, network (loopback only), host
 * name; without root's rights also an own user namespace in which the caller is root. What is
 * mounted in it is gone with it.
 */
#ifndef SF_BUILDER_PLACE_SANDBOX_H
#define SF_BUILDER_PLACE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

struct sf_sandbox_mount {
    const char
        *source; /* a path of this machine; NULL: an empty directory, or for a file nothing */
    const char *target; /* absolute, as seen from inside; has to exist there */
    bool is_writable;
};

struct sf_sandbox {
    const char *root; /* read-only inside unless `is_writable`; "/" is allowed */
    bool is_writable;
    bool has_network;                      /* this machine's; else an own one with loopback up */
    const char *hostname;                  /* NULL: "sf-build" */
    const struct sf_sandbox_mount *mounts; /* in this order, after /proc, /dev, /tmp and /run */
    size_t mount_count;
};

/* Runs in a child process, inside; what it returns, and its message, is what sf_sandbox_run()
 * returns. What it changes in memory is lost. */
typedef int (*sf_sandbox_body)(void *context, struct sf_error *err);

/*
 * Runs `body` inside and waits for it; processes that it leaves behind are killed. Errors:
 * PERMISSION (namespaces or mounts are not allowed here, with the way out), NOT_FOUND (the root),
 * UNHEALTHY (the child died by a signal), INTERRUPTED, IO, those of `body`.
 */
int sf_sandbox_run(const struct sf_sandbox *sandbox, sf_sandbox_body body, void *context,
                   struct sf_error *err);

#endif
