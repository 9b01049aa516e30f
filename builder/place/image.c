/* Root directories made of container images. */
#include "builder/place/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/place/place.h"
#include "builder/state_dir.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"
#include "common/host/file_lock.h"
#include "common/host/process.h"

#define PIN              "@sha256:"
#define DIGEST_LENGTH    64
#define ENGINE_TIMEOUT_S 3600
#define LOCK_TIMEOUT_S   3600
#define ANSWER_MAX_BYTES (64UL << 10)

/* What the engines need of the user's environment, to find their storage and their registries. */
static const char *const passed_variables[] = {
    "HOME",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "DOCKER_HOST",
    "DOCKER_CONFIG",
    "CONTAINERS_CONF",
    "CONTAINERS_REGISTRIES_CONF",
    "CONTAINERS_STORAGE_CONF",
    "HTTPS_PROXY",
    "NO_PROXY",
};

struct image {
    const char *name;
    const char *digest; /* in `name` */
    const char *engine;
    int roots_fd;
    char *roots; /* its path */
    struct sf_strlist variables;
    const char *environment[sizeof passed_variables / sizeof *passed_variables + 1];
};

static int find_digest(const char *name, const char **ret, struct sf_error *err)
{
    const char *pin = strstr(name, PIN);
    const char *digest = pin == NULL ? "" : pin + strlen(PIN);

    if (name[0] == '-' || pin == name || strlen(digest) != DIGEST_LENGTH ||
        strspn(digest, "0123456789abcdef") != DIGEST_LENGTH) {
        return sf_error_set(err, SF_E_USAGE,
                            "the image '%s' is not pinned, and a tag may mean something else "
                            "tomorrow; give NAME@sha256:DIGEST as 'podman images --digests' prints "
                            "it",
                            name);
    }
    *ret = digest;
    return 0;
}

static int find_engine(struct image *image, struct sf_error *err)
{
    static const char *const engines[] = {"podman", "docker"};
    const struct sf_place machine = {.root = "/"};

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        if (sf_place_has_program(&machine, engines[i])) {
            image->engine = engines[i];
            return 0;
        }
    }
    return sf_error_set(err, SF_E_NOT_FOUND,
                        "neither podman nor docker is installed; install one of them, or give "
                        "--build-root=DIR");
}

static int fill_environment(struct image *image, struct sf_error *err)
{
    for (size_t i = 0; i < sizeof passed_variables / sizeof *passed_variables; i++) {
        const char *value = getenv(passed_variables[i]);

        if (value != NULL &&
            sf_strlist_take(&image->variables, sf_str_format("%s=%s", passed_variables[i], value),
                            err) < 0) {
            return -SF_E_NO_MEMORY;
        }
    }
    for (size_t i = 0; i < image->variables.count; i++) {
        image->environment[i] = image->variables.items[i];
    }
    return 0;
}

static int run(const struct image *image, const char *const *argv, struct sf_buffer *answer,
               struct sf_error *err)
{
    const struct sf_process_options options = {
        .argv = argv,
        .environment = image->environment,
        .timeout_s = ENGINE_TIMEOUT_S,
        .output = answer,
    };

    return sf_process_check(&options, err);
}

static int pull_if_absent(const struct image *image, struct sf_error *err)
{
    const char *const look[] = {image->engine, "image", "inspect", image->name, NULL};
    const char *const pull[] = {image->engine, "pull", image->name, NULL};
    struct sf_error ignored;

    return run(image, look, NULL, &ignored) == 0 ? 0 : run(image, pull, NULL, err);
}

/* The image as a tar file at `path`, by way of a container that is never started. */
static int export_to(const struct image *image, const char *path, struct sf_error *err)
{
    sf_autofree char *container = sf_str_format("sf-builder-%.12s", image->digest);
    const char *const create[] = {image->engine, "create", "--name", container,
                                  image->name,   "true",   NULL};
    const char *const export[] = {image->engine, "export", "-o", path, container, NULL};
    const char *const drop[] = {image->engine, "rm", "-f", container, NULL};
    struct sf_error ignored;

    if (container == NULL) {
        return sf_error_no_memory(err);
    }
    /* One that a run left behind which was killed. */
    (void)run(image, drop, NULL, &ignored);

    int r = run(image, create, NULL, err);

    if (r == 0) {
        r = run(image, export, NULL, err);
    }
    (void)run(image, drop, NULL, &ignored);
    return r;
}

/* Devices are the sandbox's own, and only root could make them. */
static int unpack(const struct image *image, const char *tar, const char *partial,
                  struct sf_error *err)
{
    sf_autofree char *directory = sf_path_join(image->roots, partial);
    const char *const argv[] = {"tar",
                                "--numeric-owner",
                                "--exclude=dev/*",
                                "--exclude=./dev/*",
                                "-C",
                                directory,
                                "-xf",
                                tar,
                                NULL};

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_make(image->roots_fd, partial, err);

    if (r == 0) {
        r = run(image, argv, NULL, err);
    }
    /* It is trusted for good once it has its name. */
    return r == 0 && syncfs(image->roots_fd) < 0
               ? sf_error_errno(err, errno, "write '%s' to disk", directory)
               : r;
}

static int make_root(struct image *image, struct sf_error *err)
{
    sf_autofree char *partial = sf_str_format(".partial-%s", image->digest);
    sf_autofree char *tar_name = sf_str_format(".tar-%s", image->digest);
    sf_autofree char *tar = tar_name == NULL ? NULL : sf_path_join(image->roots, tar_name);
    struct sf_error ignored;

    if (partial == NULL || tar == NULL) {
        return sf_error_no_memory(err);
    }

    int r = find_engine(image, err);

    if (r == 0) {
        r = fill_environment(image, err);
    }
    if (r == 0) {
        r = sf_dir_remove(image->roots_fd, partial, err);
    }
    if (r == 0) {
        r = pull_if_absent(image, err);
    }
    if (r == 0) {
        r = export_to(image, tar, err);
    }
    if (r == 0) {
        r = unpack(image, tar, partial, err);
    }
    (void)sf_dir_remove(image->roots_fd, tar_name, &ignored);
    if (r == 0 && renameat(image->roots_fd, partial, image->roots_fd, image->digest) < 0) {
        r = sf_error_errno(err, errno, "rename '%s'", partial);
    }
    if (r < 0) {
        (void)sf_dir_remove(image->roots_fd, partial, &ignored);
        return sf_error_prefix(err, "image '%s': ", image->name);
    }
    return sf_dir_sync(image->roots_fd, err);
}

int sf_image_open(const char *state, const char *name, char **ret_root, struct sf_error *err)
{
    struct image image = {.name = name, .roots_fd = -1, .roots = sf_path_join(state, "roots")};
    sf_autofree char *root = NULL;
    sf_autoclose int lock_fd = -1;
    int r = image.roots == NULL ? sf_error_no_memory(err) : find_digest(name, &image.digest, err);

    if (r == 0) {
        r = sf_state_dir_open(state, "roots", &image.roots_fd, err);
    }
    if (r == 0) {
        r = sf_file_lock_take(image.roots_fd, ".lock", "build", LOCK_TIMEOUT_S, &lock_fd, err);
    }
    if (r == 0 && !sf_dir_has(image.roots_fd, image.digest)) {
        r = make_root(&image, err);
    }
    if (r == 0) {
        root = sf_path_join(image.roots, image.digest);
        r = root == NULL ? sf_error_no_memory(err) : 0;
    }
    if (r == 0) {
        *ret_root = sf_steal(&root);
    }
    sf_cleanup_close(&image.roots_fd);
    sf_strlist_done(&image.variables);
    free(image.roots);
    return r;
}
