/* `sf-builder import-buildcache`: from the packages of a Spack build cache to an installed Slurm.
 */
#include "builder/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "builder/operand_url.h"
#include "builder/recipe/recipe.h"
#include "builder/release_options.h"
#include "builder/spack/buildcache.h"
#include "builder/spack/import.h"
#include "builder/spack/spack_config.h"
#include "builder/spack/tree.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/content/fetch.h"
#include "common/content/keyring.h"
#include "common/format/release.h"
#include "common/host/dir.h"

struct import_options {
    struct sf_release_options release;
    const char *keys;
    const char *output;
    const char *recipes;
};

static const struct sf_option table[] = {
    {"keys", 0, SF_OPTION_TEXT, "DIR", offsetof(struct import_options, keys),
     "public keys that may have signed the packages"},
    {"output", 'o', SF_OPTION_TEXT, "DIR", offsetof(struct import_options, output),
     "a new directory, for 'pack --destdir'"},
    {"recipes", 0, SF_OPTION_TEXT, "DIR", offsetof(struct import_options, recipes),
     "where spack.ini is"},
    {0},
};

static const struct sf_fetch_options fetch_options = {
    .connect_timeout_s = 15, .stall_timeout_s = 30, .min_rate_bytes_per_s = 1024, .retries = 2};

/* The new directory: made beside its name, and given the name when all is in it. */
struct output {
    int parent_fd;
    int fd;
    char *name;
    char *hidden;
};

static void output_done(struct output *output)
{
    struct sf_error err;

    if (output->fd >= 0 && sf_dir_remove(output->parent_fd, output->hidden, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing '%s'", err.message, output->hidden);
    }
    sf_cleanup_close(&output->fd);
    sf_cleanup_close(&output->parent_fd);
    free(output->name);
    free(output->hidden);
}

SF_DEFINE_AUTO_STRUCT(output, struct output, output_done)

static int open_output(const char *path, struct output *output, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    output->name = strdup(sf_path_base(path));
    output->hidden = sf_str_format(".%s.new", sf_path_base(path));
    if (parent == NULL || output->name == NULL || output->hidden == NULL) {
        return sf_error_no_memory(err);
    }
    if (*output->name == '\0') {
        return sf_error_set(err, SF_E_USAGE, "--output=%s names no new directory", path);
    }

    int r = sf_dir_open_follow(parent, &output->parent_fd, err);

    if (r == 0 && sf_dir_has(output->parent_fd, output->name)) {
        r = sf_error_set(err, SF_E_USAGE, "--output=%s is there already", path);
    }
    if (r == 0) {
        r = sf_dir_remove(output->parent_fd, output->hidden, err);
    }
    if (r == 0) {
        r = sf_dir_make(output->parent_fd, output->hidden, err);
    }
    return r < 0 ? r : sf_dir_open(output->parent_fd, output->hidden, &output->fd, err);
}

static int publish_output(struct output *output, struct sf_error *err)
{
    if (renameat(output->parent_fd, output->hidden, output->parent_fd, output->name) < 0) {
        return sf_error_errno(err, errno, "rename to '%s'", output->name);
    }
    sf_cleanup_close(&output->fd);
    output->fd = -1;
    return 0;
}

/* "25.11.6" of Spack's "25-11-6-1"; whatever else it is shows when the release is checked. */
static void read_version(const char *spack_version, char version[static 32])
{
    (void)snprintf(version, 32, "%s", spack_version);
    for (char *c = version; *c != '\0'; c++) {
        if (*c == '-') {
            *c = '.';
        }
    }

    char *last = strrchr(version, '.');

    if (last != NULL) {
        *last = '\0';
    }
}

static int read_release(const struct sf_release_options *options,
                        const struct sf_spack_import *import, struct sf_release *ret,
                        struct sf_error *err)
{
    const struct sf_spack_identity *slurm = sf_spack_import_find(import, "slurm");
    struct sf_release_options named = *options;
    char version[32];

    if (slurm == NULL) {
        return sf_error_set(err, SF_E_USAGE, "there is no slurm among the packages");
    }
    if (named.version == NULL) {
        read_version(slurm->version, version);
        named.version = version;
    }
    return sf_release_options_read(&named, ret, err);
}

/* destdir/ with the prefix of the release. */
static int make_tree(const struct sf_spack_config *config, const struct sf_spack_import *import,
                     const struct sf_release *release, struct sf_error *err)
{
    sf_auto(spack_tree) struct sf_spack_tree tree = {.config = config,
                                                     .prefixes = &import->prefixes};
    sf_autoclose int destdir_fd = -1;
    int r = sf_dir_make(import->dir_fd, "destdir", err);

    if (r == 0) {
        r = sf_dir_open(import->dir_fd, "destdir", &destdir_fd, err);
    }
    if (r == 0) {
        r = sf_spack_tree_open(&tree, release, destdir_fd, err);
    }
    return r < 0 ? r : sf_spack_import_merge(import, &tree, err);
}

static int add_packages(struct sf_spack_import *import, char **specs, int count,
                        struct sf_error *err)
{
    int r = 0;

    for (int i = 0; r == 0 && i < count; i++) {
        struct sf_spack_identity identity;

        r = sf_spack_identity_parse(specs[i], &identity, err);
        if (r == 0) {
            r = sf_spack_import_add(import, &identity, err);
        }
    }
    return r;
}

static int read_config(const char *directory, struct sf_spack_config **ret, struct sf_error *err)
{
    struct sf_recipe_wanted recipes = {0};

    sf_recipe_search(&recipes, directory);
    return sf_spack_config_read(recipes.directories, /* wanted= */ NULL, ret, err);
}

static void report_import(struct sf_report *report, const struct sf_release *release,
                          const struct sf_spack_import *import, const char *output)
{
    char id[SF_RELEASE_ID_SIZE];
    char size[16];

    sf_release_format(release, id);
    sf_number_format_bytes(import->fetched_bytes, size);
    sf_report_line(report, "imported %s: %zu packages, %s", id, import->count, size);
    sf_report_line(report, "%s/destdir", output);
    sf_report_text(report, "release", id);
    sf_report_number(report, "packages", import->count);
    sf_report_number(report, "fetched", import->fetched_bytes);
    sf_report_changed(report);
}

static int import_all(const struct import_options *options, const struct sf_buildcache *cache,
                      char **specs, int count, struct sf_report *report, struct sf_error *err)
{
    sf_auto(output) struct output output = {.parent_fd = -1, .fd = -1};
    sf_auto(spack_import) struct sf_spack_import import = {.cache = cache};
    sf_auto(spack_config) struct sf_spack_config *config = NULL;
    struct sf_release release;
    int r = read_config(options->recipes, &config, err);

    if (r == 0) {
        import.excluded = &config->excluded;
        r = add_packages(&import, specs, count, err);
    }
    if (r == 0) {
        r = read_release(&options->release, &import, &release, err);
    }
    if (r == 0) {
        r = open_output(options->output, &output, err);
    }
    if (r < 0) {
        return r;
    }
    import.dir_fd = output.fd;

    r = sf_spack_import_fetch(&import, err);
    if (r == 0) {
        r = make_tree(config, &import, &release, err);
    }
    if (r == 0) {
        r = publish_output(&output, err);
    }
    if (r < 0) {
        return r;
    }
    report_import(report, &release, &import, options->output);
    return 0;
}

static int open_keys(const char *keys, struct sf_keyring **ret, struct sf_error *err)
{
    sf_autoclose int keys_fd = -1;
    int r = sf_dir_open_follow(keys, &keys_fd, err);

    return r < 0 ? r : sf_keyring_open(keys_fd, keys, ret, err);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct import_options *wanted = options;
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_autofree char *url = NULL;

    if (wanted->keys == NULL || wanted->output == NULL || wanted->release.toolchain == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing",
                            wanted->keys == NULL     ? "keys"
                            : wanted->output == NULL ? "output"
                                                     : "toolchain");
    }

    int r = open_keys(wanted->keys, &keyring, err);

    if (r == 0) {
        r = sf_operand_url(operands[0], &url, err);
    }
    if (r == 0) {
        r = sf_fetcher_new(&fetch_options, &fetcher, err);
    }
    if (r < 0) {
        return r;
    }

    const struct sf_buildcache cache = {fetcher, url, keyring, sf_clock_now_s()};

    r = sf_buildcache_check(&cache, err);
    if (r == 0) {
        r = import_all(wanted, &cache, operands + 1, operand_count - 1, builder->report, err);
    }
    return r;
}

const struct sf_command sf_command_import_buildcache = {
    .name = "import-buildcache",
    .aliases = "",
    .operands = "URL|DIR SPEC...",
    .summary = "take Slurm from a Spack build cache",
    .help = "Gets packages from a build cache of Spack's layout 3, and what they need when they "
            "run, and merges them into a directory that 'pack --destdir' takes. A SPEC is "
            "NAME@VERSION/HASH with the hash in full; one of them, or what they need, is slurm. "
            "Each package's manifest must be signed by one of the keys; the cache's own keys and "
            "its index, which nobody signed, are not read. After a failure there is no directory.",
    .min_operands = 2,
    .max_operands = -1,
    .options = table,
    .shared = sf_release_shared_options,
    .options_size = sizeof(struct import_options),
    .run = run,
};
