/* The command line of a cell, and the digest that says whether it would build the same again. */
#include "builder/matrix/cell_inputs.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "builder/matrix/matrix.h"
#include "builder/recipe/recipe.h"
#include "builder/spack/spack_config.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/strlist.h"
#include "common/host/digest.h"

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

static bool digest_file(const char *path, char sha256[static 65])
{
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t size_bytes = 0;
    struct sf_error err;

    return fd >= 0 && sf_digest_fd(fd, sha256, &size_bytes, &err) == 0;
}

/* Spack's part is one file for all versions. */
static bool digest_spack_config(const char *const *directories, char sha256[static 65])
{
    for (; *directories != NULL; directories++) {
        sf_autofree char *path = sf_path_join(*directories, SF_SPACK_CONFIG_NAME);

        if (path != NULL && digest_file(path, sha256)) {
            return true;
        }
    }
    return false;
}

/* "" when there is none that can be read. */
static void digest_recipe(const struct sf_matrix_cell *cell, char sha256[static 65])
{
    struct sf_recipe_wanted wanted = {
        .version = cell->version,
        .toolchain = cell->toolchain,
        .variant = cell->variant,
    };
    const char *backend = sf_matrix_cell_option(cell, "backend");
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    struct sf_error err;

    sf_recipe_search(&wanted, sf_matrix_cell_option(cell, "recipes"));

    bool is_there =
        backend != NULL && strcmp(backend, "spack") == 0
            ? digest_spack_config(wanted.directories, sha256)
            : sf_recipe_read(&wanted, &recipe, &err) == 0 && digest_file(recipe->path, sha256);

    if (!is_there) {
        sha256[0] = '\0';
    }
}

int sf_matrix_cell_digest(const struct sf_matrix_cell *cell, char sha256[static 65],
                          struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    char recipe[SF_DIGEST_HEX];
    int r = sf_matrix_cell_arguments(cell, &words, err);

    digest_recipe(cell, recipe);
    if (r == 0) {
        r = sf_strlist_add(&words, recipe, err);
    }
    if (r == 0) {
        r = sf_strlist_add(&words, SF_VERSION, err);
    }
    if (r < 0) {
        return r;
    }

    /* No option holds a line's end: each word stands alone. */
    sf_autofree char *text = sf_strlist_join(&words, "\n");

    return text == NULL ? sf_error_no_memory(err)
                        : sf_digest_bytes(text, strlen(text), sha256, err);
}
