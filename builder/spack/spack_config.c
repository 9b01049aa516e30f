/* What goes into a spack.yaml beyond what is asked for, read from an INI file. */
#include "builder/spack/spack_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/ini.h"
#include "common/format/release.h"
#include "common/format/version.h"
#include "common/host/dir.h"

struct reading {
    const struct sf_spack_wanted *wanted; /* may be NULL */
    struct sf_spack_config *config;
    struct sf_strlist versions;       /* "25.11.6" */
    struct sf_strlist spack_versions; /* "25-11-6-1", at the same index */
    struct sf_strlist toolchains;     /* all that have a section */
};

static void reading_done(struct reading *reading)
{
    sf_strlist_done(&reading->versions);
    sf_strlist_done(&reading->spack_versions);
    sf_strlist_done(&reading->toolchains);
}

SF_DEFINE_AUTO_STRUCT(reading, struct reading, reading_done)

static int refuse_key(const char *section, const char *key, struct sf_error *err)
{
    return sf_error_set(err, SF_E_CONFIG, "[%s] has no key '%s'", section, key);
}

static int set_once(char **text, const char *key, const char *value, struct sf_error *err)
{
    if (*text != NULL) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' stands twice", key);
    }
    *text = strdup(value);
    return *text == NULL ? sf_error_no_memory(err) : 0;
}

static int add_version(struct reading *reading, const char *version, const char *spack_version,
                       struct sf_error *err)
{
    if (!sf_version_is_valid(version)) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' is no version of Slurm such as 25.11.6",
                            version);
    }

    int r = sf_strlist_add(&reading->versions, version, err);

    return r < 0 ? r : sf_strlist_add(&reading->spack_versions, spack_version, err);
}

/* The remote of that name, a new one at the end when there is none yet. NULL: out of memory. */
static struct sf_spack_remote *remote_of(struct sf_spack_remote **remotes, size_t *count,
                                         const char *name)
{
    if (*count > 0 && sf_str_is_equal((*remotes)[*count - 1].name, name)) {
        return &(*remotes)[*count - 1];
    }

    struct sf_spack_remote *grown = reallocarray(*remotes, *count + 1, sizeof *grown);
    char *copy = strdup(name);

    if (grown != NULL) {
        *remotes = grown;
    }
    if (grown == NULL || copy == NULL) {
        free(copy);
        return NULL;
    }
    grown[*count] = (struct sf_spack_remote){.name = copy};
    return &grown[(*count)++];
}

static int read_repository(struct reading *reading, const char *name, const char *key,
                           const char *value, struct sf_error *err)
{
    struct sf_spack_config *config = reading->config;
    struct sf_spack_remote *remote =
        remote_of(&config->repositories, &config->repository_count, name);

    if (remote == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_str_is_equal(key, "git")) {
        return set_once(&remote->url, key, value, err);
    }
    if (!sf_str_is_equal(key, "commit")) {
        return refuse_key("repository", key, err);
    }
    if (strlen(value) != 40 || strspn(value, "0123456789abcdef") != 40) {
        return sf_error_set(err, SF_E_CONFIG,
                            "commit '%s' is not 40 hex digits: a branch or tag moves, and then the "
                            "same input makes another release",
                            value);
    }
    return set_once(&remote->commit, key, value, err);
}

static int read_mirror(struct reading *reading, const char *name, const char *key,
                       const char *value, struct sf_error *err)
{
    struct sf_spack_config *config = reading->config;
    struct sf_spack_remote *remote = remote_of(&config->mirrors, &config->mirror_count, name);

    if (remote == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_str_is_equal(key, "url")) {
        return set_once(&remote->url, key, value, err);
    }
    if (!sf_str_is_equal(key, "kind")) {
        return refuse_key("mirror", key, err);
    }
    if (!sf_str_is_equal(value, "source") && !sf_str_is_equal(value, "binary")) {
        return sf_error_set(err, SF_E_CONFIG, "kind '%s' is neither source nor binary", value);
    }
    remote->is_binary = sf_str_is_equal(value, "binary");
    return 0;
}

/* The list of words that a key of [environment …] adds to; NULL for no such key. */
static struct sf_strlist *words_of(struct sf_spack_config *config, const char *key)
{
    const struct {
        const char *key;
        struct sf_strlist *list;
    } lists[] = {{"exclude", &config->excluded},
                 {"host-library", &config->host_libraries},
                 {"plugin", &config->plugins}};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (sf_str_is_equal(key, lists[i].key)) {
            return lists[i].list;
        }
    }
    return NULL;
}

/* [environment …] and [toolchain …] share their keys, but the compiler is a toolchain's. */
static int read_packages(struct reading *reading, const char *section, const char *key,
                         const char *value, struct sf_error *err)
{
    struct sf_spack_config *config = reading->config;
    bool is_toolchain = sf_str_is_equal(section, "toolchain");
    struct sf_strlist *words = is_toolchain ? NULL : words_of(config, key);

    if (words != NULL) {
        return sf_strlist_add_words(words, value, err);
    }
    if (sf_str_is_equal(key, "require")) {
        return sf_strlist_add(&config->requires, value, err);
    }
    if (sf_str_is_equal(key, "external")) {
        return sf_strlist_add_words(&config->externals, value, err);
    }
    if (is_toolchain && sf_str_is_equal(key, "package")) {
        return sf_strlist_add_words(&config->packages, value, err);
    }
    if (is_toolchain && sf_str_is_equal(key, "compiler")) {
        return set_once(&config->compiler, key, value, err);
    }
    if (!is_toolchain && sf_str_is_equal(key, "spec")) {
        return sf_strlist_add(&config->specs, value, err);
    }
    return refuse_key(section, key, err);
}

static int read_view(struct reading *reading, const char *key, const char *value,
                     struct sf_error *err)
{
    if (sf_str_is_equal(key, "leave-out")) {
        return sf_strlist_add_words(&reading->config->left_out, value, err);
    }
    if (sf_str_is_equal(key, "keep")) {
        return sf_strlist_add_words(&reading->config->kept, value, err);
    }
    return refuse_key("view", key, err);
}

/* A section for some variant applies to that one only, one without a name to all. */
static bool is_for(const char *name, const char *wanted)
{
    return *name == '\0' || sf_str_is_equal(name, wanted);
}

static int read_toolchain(struct reading *reading, const char *name, const char *key,
                          const char *value, struct sf_error *err)
{
    struct sf_strlist *known = &reading->toolchains;

    if (!sf_strlist_has(known, name) && sf_strlist_add(known, name, err) < 0) {
        return -(int)err->code;
    }
    if (reading->wanted == NULL || !sf_str_is_equal(name, reading->wanted->toolchain)) {
        return 0;
    }
    return read_packages(reading, "toolchain", key, value, err);
}

static int read_key(void *context, const char *section, const char *key, const char *value,
                    struct sf_error *err)
{
    struct reading *reading = context;
    const char *blank = strchr(section, ' ');
    const char *name = blank == NULL ? "" : blank + 1;
    size_t length = blank == NULL ? strlen(section) : (size_t)(blank - section);
    sf_autofree char *kind = strndup(section, length);
    const char *variant = reading->wanted == NULL ? "" : reading->wanted->variant;

    if (kind == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_str_is_equal(kind, "versions")) {
        return is_for(name, variant) ? add_version(reading, key, value, err) : 0;
    }
    if (sf_str_is_equal(kind, "environment")) {
        return is_for(name, variant) ? read_packages(reading, kind, key, value, err) : 0;
    }
    if (sf_str_is_equal(section, "view")) {
        return read_view(reading, key, value, err);
    }
    if (*name == '\0') {
        return sf_error_set(err, SF_E_CONFIG, "[%s] is no section of this file", section);
    }
    if (sf_str_is_equal(kind, "repository")) {
        return read_repository(reading, name, key, value, err);
    }
    if (sf_str_is_equal(kind, "mirror")) {
        return read_mirror(reading, name, key, value, err);
    }
    if (sf_str_is_equal(kind, "toolchain")) {
        return read_toolchain(reading, name, key, value, err);
    }
    return sf_error_set(err, SF_E_CONFIG, "[%s] is no section of this file", section);
}

/* A version itself, or the highest of a series. */
static bool is_better(const char *version, const char *wanted, const char *best)
{
    char series[16];

    if (!sf_version_is_series(wanted)) {
        return sf_str_is_equal(version, wanted);
    }
    sf_release_series(version, series);
    return sf_str_is_equal(series, wanted) &&
           (*best == '\0' || sf_version_compare(version, best) > 0);
}

static int choose_version(struct reading *reading, const char *name, struct sf_error *err)
{
    struct sf_spack_config *config = reading->config;
    const char *wanted = reading->wanted->version;

    for (size_t i = 0; i < reading->versions.count; i++) {
        const char *version = reading->versions.items[i];
        const char *spack = reading->spack_versions.items[i];

        if (!is_better(version, wanted, config->version)) {
            continue;
        }
        if (strlen(spack) >= sizeof config->spack_version) {
            return sf_error_set(err, SF_E_CONFIG, "%s: version '%s' is too long", name, spack);
        }
        (void)snprintf(config->version, sizeof config->version, "%s", version);
        (void)snprintf(config->spack_version, sizeof config->spack_version, "%s", spack);
    }
    if (config->version[0] == '\0') {
        sf_autofree char *known = sf_strlist_join(&reading->versions, ", ");

        return sf_error_set(err, SF_E_NOT_FOUND, "%s knows no Slurm %s; it has %s", name, wanted,
                            known == NULL ? "" : known);
    }
    return 0;
}

static int check_toolchain(const struct reading *reading, const char *name, struct sf_error *err)
{
    const char *wanted = reading->wanted->toolchain;

    if (!sf_strlist_has(&reading->toolchains, wanted)) {
        sf_autofree char *known = sf_strlist_join(&reading->toolchains, ", ");

        return sf_error_set(err, SF_E_NOT_FOUND,
                            "%s knows no toolchain '%s'; it has %s. A section [toolchain %s] with "
                            "its compiler makes it known",
                            name, wanted, known == NULL ? "" : known, wanted);
    }
    if (reading->config->compiler == NULL) {
        return sf_error_set(err, SF_E_CONFIG, "%s: [toolchain %s] names no compiler", name, wanted);
    }
    return 0;
}

static int check_remotes(const struct sf_spack_config *config, const char *name,
                         struct sf_error *err)
{
    for (size_t i = 0; i < config->repository_count; i++) {
        const struct sf_spack_remote *remote = &config->repositories[i];

        if (remote->url == NULL || remote->commit == NULL) {
            return sf_error_set(err, SF_E_CONFIG, "%s: [repository %s] has no '%s'", name,
                                remote->name, remote->url == NULL ? "git" : "commit");
        }
    }
    for (size_t i = 0; i < config->mirror_count; i++) {
        if (config->mirrors[i].url == NULL) {
            return sf_error_set(err, SF_E_CONFIG, "%s: [mirror %s] has no 'url'", name,
                                config->mirrors[i].name);
        }
    }
    return 0;
}

static int replace(char **text, const char *from, const char *to, struct sf_error *err)
{
    size_t size = 0;
    char *replaced = sf_str_replace(*text, strlen(*text), from, to, &size);

    if (replaced == NULL) {
        return sf_error_no_memory(err);
    }
    free(*text);
    *text = replaced;
    return 0;
}

static int fill_in(struct reading *reading, struct sf_error *err)
{
    struct sf_spack_config *config = reading->config;
    int r = 0;

    for (size_t i = 0; r == 0 && i < config->specs.count; i++) {
        r = replace(&config->specs.items[i], "{version}", config->spack_version, err);
    }
    for (size_t i = 0; r == 0 && i < config->mirror_count; i++) {
        r = replace(&config->mirrors[i].url, "{toolchain}", reading->wanted->toolchain, err);
    }
    return r;
}

static int resolve(struct reading *reading, const char *name, struct sf_error *err)
{
    int r = choose_version(reading, name, err);

    if (r == 0) {
        r = check_toolchain(reading, name, err);
    }
    if (r == 0) {
        r = check_remotes(reading->config, name, err);
    }
    return r < 0 ? r : fill_in(reading, err);
}

int sf_spack_config_parse(const char *name, const char *text, const struct sf_spack_wanted *wanted,
                          struct sf_spack_config **ret, struct sf_error *err)
{
    sf_auto(spack_config) struct sf_spack_config *config = calloc(1, sizeof *config);
    sf_auto(reading) struct reading reading = {.wanted = wanted, .config = config};

    if (config == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_ini_read(name, text, read_key, &reading, err);

    if (r == 0 && wanted != NULL) {
        r = resolve(&reading, name, err);
    }
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&config);
    return 0;
}

static int read_text(const char *path, struct sf_buffer *text, struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(path);
    sf_autoclose int dir_fd = -1;

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open_follow(directory, &dir_fd, err);

    return r < 0 ? r : sf_dir_read_file(dir_fd, sf_path_base(path), text, err);
}

int sf_spack_config_read(const char *const *directories, const struct sf_spack_wanted *wanted,
                         struct sf_spack_config **ret, struct sf_error *err)
{
    int r = sf_error_set(err, SF_E_NOT_FOUND, "no directory for %s is given", SF_SPACK_CONFIG_NAME);

    for (size_t i = 0; r == -(int)SF_E_NOT_FOUND && directories[i] != NULL; i++) {
        sf_autofree char *path = sf_path_join(directories[i], SF_SPACK_CONFIG_NAME);
        sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INI_MAX_BYTES};

        if (path == NULL) {
            return sf_error_no_memory(err);
        }
        r = read_text(path, &text, err);
        if (r == 0) {
            return sf_spack_config_parse(path, text.data == NULL ? "" : text.data, wanted, ret,
                                         err);
        }
    }
    return r;
}

static void remotes_free(struct sf_spack_remote *remotes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(remotes[i].name);
        free(remotes[i].url);
        free(remotes[i].commit);
    }
    free(remotes);
}

void sf_spack_config_free(struct sf_spack_config *config)
{
    if (config == NULL) {
        return;
    }
    remotes_free(config->repositories, config->repository_count);
    remotes_free(config->mirrors, config->mirror_count);
    free(config->compiler);
    sf_strlist_done(&config->specs);
    sf_strlist_done(&config->requires);
    sf_strlist_done(&config->externals);
    sf_strlist_done(&config->packages);
    sf_strlist_done(&config->excluded);
    sf_strlist_done(&config->host_libraries);
    sf_strlist_done(&config->plugins);
    sf_strlist_done(&config->left_out);
    sf_strlist_done(&config->kept);
    free(config);
}

char *sf_spack_spec_name(const char *spec)
{
    const char *dot = NULL;
    size_t length = strcspn(spec, "@+~%^= ");

    /* Another namespace's package is the same package to the rest of the file. */
    dot = memrchr(spec, '.', length);
    return dot == NULL ? strndup(spec, length)
                       : strndup(dot + 1, length - (size_t)(dot + 1 - spec));
}
