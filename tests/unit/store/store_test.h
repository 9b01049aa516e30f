/* A store in a temporary directory: *state is its sysroot, as made by sf_test_make_directory(). */
#ifndef SF_TESTS_UNIT_STORE_STORE_TEST_H
#define SF_TESTS_UNIT_STORE_STORE_TEST_H

#include "common/store/layout.h"
#include "tests/unit/sf_test.h"

#define OLD_ID "24.11.5-1-noble-amd64"
#define NEW_ID "25.11.6-1-noble-amd64"
#define GPU_ID "25.11.6-1-noble-amd64-gpu"

static inline struct sf_layout *store_open(void **state)
{
    struct sf_layout *layout = NULL;
    struct sf_error err;

    assert_sf_ok(sf_layout_open_writable(*state, "/opt/slurm", &layout, &err), &err);
    return layout;
}

static inline void store_path(char path[static 512], const char *directory, const char *name)
{
    (void)snprintf(path, 512, "%s/%s", directory, name);
}

/* A file with this text below the sysroot, and the directories above it. */
static inline void store_write(void **state, const char *name, const char *text)
{
    char path[512];

    store_path(path, *state, name);
    for (char *slash = path + strlen(*state) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    sf_test_write_file(*state, name, text);
}

/* A tree with modulefiles and units, and a manifest that need not be one. */
static inline void store_add_tree(void **state, const char *id)
{
    static const char *const names[] = {"meta/manifest.json",        "meta/modules/slurm.lua",
                                        "meta/modules/slurm.tcl",    "meta/modules/modulerc.lua",
                                        "meta/modules/modulerc.tcl", "meta/units/slurmd.service",
                                        "meta/units/sackd.service",  "view/bin/sinfo"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[256];
        char text[512];

        (void)snprintf(name, sizeof name, "opt/slurm/releases/%s/%s", id, names[i]);
        (void)snprintf(text, sizeof text, "# %s of %s\n", names[i], id);
        store_write(state, name, text);
    }
}

/* What the link at `name` below the sysroot says, "" for none; valid until the next call. */
static inline const char *store_link(void **state, const char *name)
{
    static char target[512];
    char path[512];

    store_path(path, *state, name);
    ssize_t length = readlink(path, target, sizeof target - 1);

    target[length < 0 ? 0 : length] = '\0';
    return target;
}

static inline bool store_has(void **state, const char *name)
{
    char path[512];
    struct stat status;

    store_path(path, *state, name);
    return lstat(path, &status) == 0;
}

/* The text of the file at `name` below the sysroot; valid until the next call. */
static inline const char *store_text(void **state, const char *name)
{
    static char text[8192];
    char path[512];

    store_path(path, *state, name);
    FILE *stream = fopen(path, "re");

    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    (void)fclose(stream);
    return text;
}

static inline void store_symlink(void **state, const char *target, const char *name)
{
    char path[512];

    store_path(path, *state, name);
    assert_int_equal(symlink(target, path), 0);
}

#define store_unit_test(test)                                                                      \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

#endif
