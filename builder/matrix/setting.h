/* One line of a matrix: a build key with its value, and the cells that it is for. */
#ifndef SF_BUILDER_MATRIX_SETTING_H
#define SF_BUILDER_MATRIX_SETTING_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;
struct sf_matrix_cell;

/* The words of a cell, in the order in which a section names them. */
enum { SF_AXIS_VERSION, SF_AXIS_TOOLCHAIN, SF_AXIS_ARCH, SF_AXIS_VARIANT, SF_AXIS_COUNT };

struct sf_setting {
    char *section;              /* as it stands in the file; "" for the command line */
    char *words[SF_AXIS_COUNT]; /* NULL: any */
    int rank;                   /* higher where fewer cells are meant */
    char *key;
    char *value;
};

struct sf_setting_list {
    struct sf_setting *items;
    size_t count;
};

/*
 * Adds what stands in [`section`]. Errors: CONFIG (a section of no known form, an unknown key, a
 * key that stands twice in its section and is no list).
 */
int sf_setting_add(struct sf_setting_list *list, const char *section, const char *key,
                   const char *value, struct sf_error *err);

/* The same for the command line, which stands above all sections. */
int sf_setting_add_override(struct sf_setting_list *list, const char *key, const char *value,
                            struct sf_error *err);

bool sf_setting_is_for(const struct sf_setting *setting, const struct sf_matrix_cell *cell);

/* Gives `cell` its options and whether it is skipped. Errors: NO_MEMORY. */
int sf_setting_apply(const struct sf_setting_list *list, struct sf_matrix_cell *cell,
                     struct sf_error *err);

void sf_setting_list_done(struct sf_setting_list *list);

SF_DEFINE_AUTO_STRUCT(setting_list, struct sf_setting_list, sf_setting_list_done)

#endif
