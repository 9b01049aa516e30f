/* Paths as text: nothing here looks at a file system. */
#ifndef SF_BASE_PATH_H
#define SF_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True for a path that may name something below a directory fd: relative, no empty, "." or ".."
 * component, UTF-8 without control characters, each name at most 255 bytes, at most 64 deep and
 * 3000 bytes in all (threats 29, 48, 55).
 */
bool sf_path_is_safe_relative(const char *path);

/*
 * True for an absolute path written one way only: starts with '/', no empty, "." or ".."
 * component, no trailing slash (except "/" itself), no control characters.
 */
bool sf_path_is_clean_absolute(const char *path);

/*
 * True when a symbolic link at the safe relative path `link` with text `target` stays below the
 * tree's top: the target is relative, climbs only at its start, and never above the top, so that
 * it stays inside whatever the names it passes are (threats 49, 52).
 */
bool sf_path_link_is_inside(const char *link, const char *target);

/* The part after the last '/'; borrowed from `path`. */
const char *sf_path_base(const char *path);

/* "a/b", with exactly one slash between; NULL when out of memory. Owned by the caller. */
char *sf_path_join(const char *a, const char *b);

/* The part before the last '/', "." when there is none; NULL when out of memory. Owned by the
 * caller. */
char *sf_path_parent(const char *path);

#endif
