/*
 * Which releases a site builds: an INI file, read and multiplied out into cells, one for each
 * version, toolchain, architecture and variant.
 *
 *   [matrix]         versions, toolchains, arches, variants: lists of words; jobs; and build keys
 *   [toolchain NAME] build keys for the cells of that toolchain
 *   [cell VERSION TOOLCHAIN [ARCH [VARIANT]]]  the same for these cells, "*" stands for any;
 *                    skip = yes takes them out
 *
 * Build keys are the options of `sf-builder build`. What is said for fewer cells stands; of equals
 * the later one. A mirror is said once for each.
 *
 * Lifecycle: sf_matrix_read(), read the fields, sf_matrix_free().
 */
#ifndef SF_BUILDER_MATRIX_MATRIX_H
#define SF_BUILDER_MATRIX_MATRIX_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

#define SF_MATRIX_MAX_CELLS 1000

struct sf_matrix_cell {
    char *name;    /* "24.11-noble-amd64", with "-gpu" for another variant than cpu */
    char *version; /* as it stands in the file: a series or a version */
    char *toolchain;
    char *arch;
    char *variant;
    struct sf_strlist options; /* for `sf-builder build`: "--level", "3" … */
    bool is_skipped;
};

struct sf_matrix {
    struct sf_matrix_cell *cells; /* versions in the order of the file, each with all toolchains */
    size_t cell_count;
    uint32_t jobs; /* 0: not said */
};

/* Of the command line: stands above what the file says. */
struct sf_matrix_override {
    const char *key;
    const char *value; /* NULL: not said */
};

/*
 * `path` is for messages, `overrides` ends with a NULL key. Errors: CONFIG, naming file and line
 * where there is one: an unknown section or key, a word that cannot be part of a release's name, a
 * toolchain or cell that is not in the matrix, too many cells.
 */
int sf_matrix_read(const char *path, const char *text, const struct sf_matrix_override *overrides,
                   struct sf_matrix **ret, struct sf_error *err);

void sf_matrix_free(struct sf_matrix *matrix);

SF_DEFINE_AUTO(matrix, struct sf_matrix *, sf_matrix_free)

#endif
