/* Finds out where each bundled library is from and under which licence, and ships the texts. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/pack/build.h"
#include "builder/pack/copy_file.h"
#include "builder/pack/package_license.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define COPYRIGHT_MAX_BYTES (1UL << 20)
#define TEXT_MAX_CHARS      65536
#define LICENSES            "view/share/licenses"
#define COMMON_LICENSES     "/usr/share/common-licenses/"

static int ask_packages(struct sf_build *build, struct sf_error *err)
{
    struct sf_pack_components *components = &build->components;
    sf_auto(strlist) struct sf_strlist origins = {0};
    sf_autofree struct sf_package *packages = calloc(components->count + 1, sizeof *packages);
    size_t next = 0;
    int r = packages == NULL ? sf_error_no_memory(err) : 0;

    for (size_t i = 0; r == 0 && i < components->count; i++) {
        const char *origin = components->items[i].origin;

        r = origin == NULL ? 0 : sf_strlist_add(&origins, origin, err);
    }
    if (r == 0) {
        r = sf_package_query(&build->place, &origins, packages, err);
    }
    for (size_t i = 0; r == 0 && i < components->count; i++) {
        if (components->items[i].origin != NULL) {
            components->items[i].package = packages[next++];
        }
    }
    return r;
}

static int check_owner(const struct sf_build *build, const struct sf_pack_component *library,
                       struct sf_error *err)
{
    if (library->package.name[0] != '\0') {
        return 0;
    }
    if (build->needs_packages) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "no package has '%s', as far as dpkg-query and rpm tell, so nothing is "
                            "known of its version and licence: take the library from a package",
                            library->origin);
    }
    sf_log(SF_LOG_WARNING, "no package has '%s', continuing without its version and licence",
           library->origin);
    return 0;
}

/* Reads the licence from the package's copyright file, and the text of what SPDX has no id for. */
static int read_license(struct sf_pack_component *library, const char *copyright,
                        struct sf_error *err)
{
    struct sf_package *package = &library->package;
    sf_autofree char *name = sf_package_license_name(copyright);
    int r = 0;

    sf_spdx_license_done(&package->license);
    /* Packages of one source share their licences. */
    r = sf_spdx_license_read(name == NULL ? "" : name, package->source, &package->license, err);
    for (size_t i = 0; r == 0 && i < package->license.references.count; i++) {
        sf_autofree char *text =
            sf_package_license_text(copyright, package->license.names.items[i]);

        r = sf_strlist_take(&library->texts,
                            text != NULL ? sf_steal(&text) : strndup(copyright, TEXT_MAX_CHARS),
                            err);
    }
    return r;
}

/* Writes a text to share/licenses/PACKAGE/NAME; the library before may have done so. */
static int ship(const struct sf_build *build, const char *package, const char *name,
                const struct sf_buffer *text, struct sf_error *err)
{
    sf_autofree char *directory = sf_path_join(LICENSES, package);
    sf_autoclose int fd = -1;
    int r =
        directory == NULL ? sf_error_no_memory(err) : sf_dir_make(build->tree_fd, directory, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(build->tree_fd, directory, &fd, err);
    if (r < 0 || sf_dir_has(fd, name)) {
        return r;
    }
    return sf_atomic_file_write(fd, name, text->data, text->size, 0644, err);
}

static int miss_license(const struct sf_build *build, const struct sf_pack_component *library,
                        const char *why, struct sf_error *err)
{
    if (build->needs_packages) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "nothing is known of the licence of '%s' (%s): install the package %s "
                            "with its copyright file",
                            library->origin, why, library->package.name);
    }
    sf_log(SF_LOG_WARNING, "%s, continuing without the licence of %s", why, library->name);
    return 0;
}

static int take_common_text(struct sf_build *build, const char *name, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = COPYRIGHT_MAX_BYTES};
    sf_autofree char *path = sf_str_format(COMMON_LICENSES "%s", name);
    sf_autoclose int fd = -1;
    struct sf_error why;

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_sysroot_open_file(&build->place, path, /* ret_real= */ NULL, &fd, &why) < 0 ||
        sf_dir_read_fd(fd, path, &text, &why) < 0) {
        sf_log(SF_LOG_DEBUG, "%s, continuing without that text", why.message);
        return 0;
    }
    return text.data == NULL ? 0 : ship(build, "common-licenses", name, &text, err);
}

/* Copyright files refer to texts that every Debian has; an image may be none. */
static int take_common_texts(struct sf_build *build, const char *copyright, struct sf_error *err)
{
    int r = 0;

    for (const char *at = strstr(copyright, COMMON_LICENSES); r == 0 && at != NULL;
         at = strstr(at, COMMON_LICENSES)) {
        at += strlen(COMMON_LICENSES);

        size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789.-");

        /* At the end of a sentence. */
        while (length > 0 && at[length - 1] == '.') {
            length--;
        }

        sf_autofree char *name = strndup(at, length);

        if (name == NULL) {
            return sf_error_no_memory(err);
        }
        r = length == 0 ? 0 : take_common_text(build, name, err);
    }
    return r;
}

/* Debian: one file that says all. */
static int take_copyright(struct sf_build *build, struct sf_pack_component *library,
                          struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = COPYRIGHT_MAX_BYTES};
    sf_autofree char *path = sf_str_format("/usr/share/doc/%s/copyright", library->package.name);
    sf_autoclose int fd = -1;
    struct sf_error why;
    int r = 0;

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_sysroot_open_file(&build->place, path, /* ret_real= */ NULL, &fd, &why) < 0 ||
        sf_dir_read_fd(fd, path, &text, &why) < 0) {
        return miss_license(build, library, why.message, err);
    }
    if (text.data == NULL) {
        return miss_license(build, library, "its copyright file is empty", err);
    }

    r = ship(build, library->package.name, "copyright", &text, err);
    if (r == 0) {
        r = take_common_texts(build, text.data, err);
    }
    return r < 0 ? r : read_license(library, text.data, err);
}

struct ship_rpm {
    const struct sf_build *build;
    struct sf_pack_component *library;
};

static int ship_rpm_file(void *context, int dir_fd, const char *path, const struct stat *status,
                         struct sf_error *err)
{
    const struct ship_rpm *rpm = context;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = COPYRIGHT_MAX_BYTES};
    int r = 0;

    if (!S_ISREG(status->st_mode) || strchr(path, '/') != NULL) {
        return 0;
    }

    r = sf_dir_read_file(dir_fd, path, &text, err);
    if (r < 0 || text.data == NULL) {
        return r;
    }
    if (rpm->library->texts.count == 0 && rpm->library->package.license.references.count > 0) {
        for (size_t i = 0; r == 0 && i < rpm->library->package.license.references.count; i++) {
            r = sf_strlist_take(&rpm->library->texts, strndup(text.data, TEXT_MAX_CHARS), err);
        }
    }
    return r < 0 ? r : ship(rpm->build, rpm->library->package.name, path, &text, err);
}

/* RPM: files of licences in a directory of the package's name. */
static int take_rpm_texts(struct sf_build *build, struct sf_pack_component *library,
                          struct sf_error *err)
{
    struct ship_rpm rpm = {build, library};
    sf_autofree char *path = sf_str_format("/usr/share/licenses/%s", library->package.name);
    sf_autoclose int fd = -1;
    struct sf_error why;

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_dir_open_in_root(build->place.fd, path, O_RDONLY | O_DIRECTORY, &fd, &why) < 0) {
        sf_log(SF_LOG_DEBUG, "%s, continuing without its licence texts", why.message);
        return 0;
    }
    return sf_dir_walk(fd, ".", ship_rpm_file, &rpm, err);
}

/* What is only known by name has its name for a text. */
static int complete_texts(struct sf_pack_component *library, struct sf_error *err)
{
    const struct sf_spdx_license *license = &library->package.license;
    int r = 0;

    while (r == 0 && library->texts.count < license->references.count) {
        r = sf_strlist_add(&library->texts, license->names.items[library->texts.count], err);
    }
    return r;
}

int sf_stage_components(struct sf_build *build, struct sf_error *err)
{
    int r = ask_packages(build, err);

    for (size_t i = 0; r == 0 && i < build->components.count; i++) {
        struct sf_pack_component *library = &build->components.items[i];

        if (library->origin == NULL) {
            continue;
        }
        r = check_owner(build, library, err);
        if (r == 0 && sf_str_is_equal(library->package.type, "deb")) {
            r = take_copyright(build, library, err);
        } else if (r == 0 && sf_str_is_equal(library->package.type, "rpm")) {
            r = take_rpm_texts(build, library, err);
        }
        if (r == 0) {
            r = complete_texts(library, err);
        }
    }
    sf_pack_components_sort(&build->components);
    return r;
}
