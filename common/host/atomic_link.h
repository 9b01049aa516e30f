/* A symbolic link pointed elsewhere with one rename: there is no moment without it. */
#ifndef SF_HOST_ATOMIC_LINK_H
#define SF_HOST_ATOMIC_LINK_H

struct sf_error;

/*
 * Makes `name` in `dir_fd` a link to `target`, replacing a link of that name; the directory is
 * fsynced. Equal already: nothing happens. Errors: IN_USE when `name` is something other than a
 * link (it is the administrator's), PERMISSION, NO_SPACE, IO.
 */
int sf_atomic_link_set(int dir_fd, const char *name, const char *target, struct sf_error *err);

#endif
