/*
 * The stages of sf_make_run(), in the order in which they run. Each has two functions: `describe`
 * appends everything that its result depends on beyond the stage before it, `run` does it.
 */
#ifndef SF_BUILDER_MAKE_STAGE_H
#define SF_BUILDER_MAKE_STAGE_H

#include <stdbool.h>

struct sf_buffer;
struct sf_error;
struct sf_make;
struct sf_strlist;

struct sf_make_stage {
    int (*describe)(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err);
    int (*run)(struct sf_make *make, int log_fd, struct sf_error *err);
    /* NULL, or: what it took from elsewhere while it ran is still the same. */
    bool (*is_current)(const struct sf_make *make);
};

extern const struct sf_make_stage sf_make_fetch;     /* the source, into the cache */
extern const struct sf_make_stage sf_make_configure; /* source/, unpacked and configured */
extern const struct sf_make_stage sf_make_compile;   /* in source/ */
extern const struct sf_make_stage sf_make_install;   /* destdir/ */
extern const struct sf_make_stage sf_make_pack;      /* repository/ with the artifact */
extern const struct sf_make_stage sf_make_test;      /* of that artifact */
extern const struct sf_make_stage sf_make_sign;      /* a signature beside it */

/* In the place of the first four when Spack builds. */
extern const struct sf_make_stage sf_make_spack_concretize; /* what Spack will build */
extern const struct sf_make_stage sf_make_spack_install;    /* all of that */
extern const struct sf_make_stage sf_make_spack_merge;      /* destdir/ */

/*
 * Publishes the release's repository. No stage: somebody else may have changed the target since,
 * so it is looked at each time. Errors: those of sf_target_open() and sf_publisher_run().
 */
int sf_make_publish(struct sf_make *make, struct sf_error *err);

/* Names of the directories of a release in the making. */
#define SF_MAKE_SOURCE     "source"
#define SF_MAKE_DESTDIR    "destdir"
#define SF_MAKE_REPOSITORY "repository"

/* Opens the source that the recipe names, and says which it is. Errors: those of
 * sf_source_open(). */
int sf_make_open_source(const struct sf_make *make, int *ret_fd, const char **ret_file,
                        const char **ret_sha256, struct sf_error *err);

/* Runs a program in the source directory of the place; its words stand in the log first. Errors:
 * those of sf_place_run(). */
int sf_make_command(const struct sf_make *make, const struct sf_strlist *argv, int log_fd,
                    struct sf_error *err);

/*
 * Adds the variables that every make of Slurm is given: PAM modules go into the prefix, configure
 * takes no directory that is not there yet. Errors: NO_MEMORY.
 */
int sf_make_add_variables(const struct sf_make *make, struct sf_strlist *argv,
                          struct sf_error *err);

/* Appends the environment and the variables that all of these programs are given. Errors:
 * NO_MEMORY. */
int sf_make_describe_commands(const struct sf_make *make, struct sf_buffer *inputs,
                              struct sf_error *err);

/* Appends "name word word …" to `inputs`, each word with its length, so that no two lists look the
 * same. Errors: NO_MEMORY, FORMAT. */
int sf_make_describe_list(struct sf_buffer *inputs, const char *name,
                          const struct sf_strlist *words, struct sf_error *err);

#endif
