/*
 * Directories and files beneath a directory fd. No path leaves the directory it starts from, no
 * symbolic link is followed unless the name says so. openat2(2) where the kernel has it, else
 * component by component with O_NOFOLLOW; the environment variable SF_NO_OPENAT2, for tests, takes
 * the second way.
 */
#ifndef SF_HOST_DIR_H
#define SF_HOST_DIR_H

#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct sf_buffer;
struct sf_error;

/*
 * All of these: a symbolic link where none is followed and a path that leads out are IO, with words
 * of their own. ".." is not taken, also where it would stay inside.
 */

/* Opens a directory by absolute path, following links: for the roots a person names. Errors:
 * NOT_FOUND, PERMISSION, IO. */
int sf_dir_open_follow(const char *path, int *ret_fd, struct sf_error *err);

/* Opens the directory `path` below `dir_fd` ("." is allowed). */
int sf_dir_open(int dir_fd, const char *path, int *ret_fd, struct sf_error *err);

/* Opens a file below `dir_fd` with `flags` (O_CLOEXEC is added) and `mode` for O_CREAT. */
int sf_dir_open_file(int dir_fd, const char *path, int flags, mode_t mode, int *ret_fd,
                     struct sf_error *err);

/*
 * Opens `path` (absolute as seen from inside) within the tree at `root_fd` as if that were /: links
 * are followed but never out of it. For images (--root). `flags` as for open(2), with
 * O_CREAT the mode is 0644.
 */
int sf_dir_open_in_root(int root_fd, const char *path, int flags, int *ret_fd,
                        struct sf_error *err);

/* Makes the directory and its missing parents below `dir_fd`, mode 0755 whatever the umask. Present
 * already is fine. */
int sf_dir_make(int dir_fd, const char *path, struct sf_error *err);

/* Makes it within an image's root, following links as sf_dir_open_in_root() does, and opens it.
 * Missing parents get 0755, the last directory `mode`; present ones keep theirs. */
int sf_dir_make_in_root(int root_fd, const char *path, mode_t mode, int *ret_fd,
                        struct sf_error *err);

/* Removes a file or a whole tree below `dir_fd`; absent is fine. Does not cross file systems.
 * Errors: IN_USE (something is mounted there), PERMISSION, IO. */
int sf_dir_remove(int dir_fd, const char *path, struct sf_error *err);

/* Names in the directory `path` below `dir_fd`, sorted, without "." and "..". NOT_FOUND if absent.
 */
int sf_dir_list(int dir_fd, const char *path, struct sf_strlist *ret_names, struct sf_error *err);

/* True when something has that name (a dangling link too). */
bool sf_dir_has(int dir_fd, const char *path);

/* The same where what could not be seen must not pass for absent. Errors: IO, PERMISSION. */
int sf_dir_look(int dir_fd, const char *path, bool *ret_is_there, struct sf_error *err);

/* Called for each entry below the top, parents first, names ascending; a negative return ends the
 * walk. `dir_fd` is the top and `path` relative to it. */
typedef int (*sf_dir_visit)(void *context, int dir_fd, const char *path, const struct stat *status,
                            struct sf_error *err);

/* Walks the tree at `path` below `dir_fd`. Errors: FORMAT (more than 64 deep), IO. */
int sf_dir_walk(int dir_fd, const char *path, sf_dir_visit visit, void *context,
                struct sf_error *err);

/* Appends what is left to read of `fd` to `buffer` (its ceiling applies); `name` is for messages.
 * Errors: FORMAT (too large), IO. */
int sf_dir_read_fd(int fd, const char *name, struct sf_buffer *buffer, struct sf_error *err);

/* Reads a whole regular file into `buffer` (its ceiling applies). Errors: NOT_FOUND, FORMAT (too
 * large, no regular file), IO. */
int sf_dir_read_file(int dir_fd, const char *path, struct sf_buffer *buffer, struct sf_error *err);

/* The target of a symbolic link. Owned by the caller. Errors: NOT_FOUND (absent or no link), IO. */
int sf_dir_read_link(int dir_fd, const char *path, char **ret_target, struct sf_error *err);

/* fsync of a directory fd. */
int sf_dir_sync(int dir_fd, struct sf_error *err);

/*
 * fsync of every file and directory of the tree at `path` below `dir_fd`, of the directories above
 * it, and of `dir_fd` itself. One error is failure: a second fsync would say all is well, while the
 * kernel has dropped what it could not write (threat 72).
 */
int sf_dir_sync_tree(int dir_fd, const char *path, struct sf_error *err);

#endif
