/* The command line of a cell. */
#include "builder/matrix/cell_arguments.h"

#include "builder/matrix/matrix.h"
#include "common/base/strlist.h"

int sf_matrix_cell_arguments(const struct sf_matrix_cell *cell, struct sf_strlist *ret_words,
                             struct sf_error *err)
{
    const char *const words[] = {"build",       "--slurm-version", cell->version,
                                 "--toolchain", cell->toolchain,   "--arch",
                                 cell->arch,    "--variant",       cell->variant};
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof words / sizeof *words; i++) {
        r = sf_strlist_add(ret_words, words[i], err);
    }
    return r < 0 ? r : sf_strlist_add_all(ret_words, &cell->options, err);
}
