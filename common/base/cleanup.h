/*
 * Cleanup by scope. A variable declared `sf_autofree char *p = NULL;` is released when it goes out
 * of scope; handing it over is always written sf_steal(&p). Releases keep errno and accept NULL.
 * Declare initialised, one a line. goto is for undoing effects only.
 */
#ifndef SF_BASE_CLEANUP_H
#define SF_BASE_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void sf_cleanup_free(void *pointer_to_pointer)
{
    int saved = errno;

    free(*(void **)pointer_to_pointer);
    errno = saved;
}

static inline void sf_cleanup_close(const int *fd)
{
    int saved = errno;

    if (*fd >= 0) {
        (void)close(*fd);
    }
    errno = saved;
}

static inline void sf_cleanup_file(FILE **stream)
{
    int saved = errno;

    if (*stream != NULL) {
        (void)fclose(*stream);
    }
    errno = saved;
}

#define sf_autofree  __attribute__((cleanup(sf_cleanup_free)))
#define sf_autoclose __attribute__((cleanup(sf_cleanup_close)))
#define sf_autofile  __attribute__((cleanup(sf_cleanup_file)))

/*
 * SF_DEFINE_AUTO(manifest, struct sf_manifest *, sf_manifest_free) beside a type lets its users
 * write: sf_auto(manifest) struct sf_manifest *m = NULL;
 * SF_DEFINE_AUTO_STRUCT is for a type held by value, whose release takes its address.
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type in parentheses declares nothing */
#define SF_DEFINE_AUTO(name, type, release)                                                        \
    static inline void sf_auto_release_##name(type *value)                                         \
    {                                                                                              \
        int saved = errno;                                                                         \
        if (*value) {                                                                              \
            release(*value);                                                                       \
        }                                                                                          \
        errno = saved;                                                                             \
    }
#define SF_DEFINE_AUTO_STRUCT(name, type, release)                                                 \
    static inline void sf_auto_release_##name(type *value)                                         \
    {                                                                                              \
        int saved = errno;                                                                         \
        release(value);                                                                            \
        errno = saved;                                                                             \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
#define sf_auto(name) __attribute__((cleanup(sf_auto_release_##name)))

/* Takes the pointer out of the variable, which becomes NULL: ownership moves on. */
#define sf_steal(pointer)                                                                          \
    __extension__({                                                                                \
        __typeof__(*(pointer)) stolen_ = *(pointer);                                               \
        *(pointer) = NULL;                                                                         \
        stolen_;                                                                                   \
    })

/* The same for a descriptor, which becomes -1. */
static inline int sf_steal_fd(int *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

#endif
