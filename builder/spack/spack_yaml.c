/* The spack.yaml of a release. */
#include "builder/spack/spack_yaml.h"

#include <string.h>

#include "builder/spack/spack_config.h"
#include "builder/spack/yaml.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/release.h"

/* A part of the padding that is too short to be one: Spack would leave it out. */
#define MIN_PADDING 8

static void write_specs(struct sf_yaml *yaml, const struct sf_spack_config *config)
{
    sf_yaml_list(yaml, "specs", &config->specs);
}

/* NULL for a path that there was no memory for. */
static void write_path(struct sf_yaml *yaml, const char *key, const char *path)
{
    if (path == NULL && yaml->error.code == SF_OK) {
        (void)sf_error_no_memory(&yaml->error);
    }
    sf_yaml_text(yaml, key, path == NULL ? "" : path);
}

static void write_place(struct sf_yaml *yaml, const char *key, const char *base, const char *name)
{
    sf_autofree char *path = sf_str_format("%s/%s", base, name);

    write_path(yaml, key, path);
}

/* In order: the first repository that has a package is the one that is used. Each commit has a
 * clone of its own, as Spack leaves one that is there as it is, whatever commit is asked for. */
static void write_repositories(struct sf_yaml *yaml, const struct sf_spack_config *config,
                               const char *base)
{
    if (config->repository_count == 0) {
        return;
    }
    sf_yaml_open(yaml, "repos");
    for (size_t i = 0; i < config->repository_count; i++) {
        const struct sf_spack_remote *remote = &config->repositories[i];
        sf_autofree char *clone = sf_str_format("%s/repositories/%s", base, remote->commit);

        sf_yaml_open(yaml, remote->name);
        sf_yaml_text(yaml, "git", remote->url);
        sf_yaml_text(yaml, "commit", remote->commit);
        write_path(yaml, "destination", clone);
        sf_yaml_close(yaml);
    }
    sf_yaml_close(yaml);
}

/* One version of each package, as a view has room for one only; and nothing that happens to be
 * installed decides which. */
static void write_concretizer(struct sf_yaml *yaml)
{
    sf_yaml_open(yaml, "concretizer");
    sf_yaml_flag(yaml, "reuse", false);
    sf_yaml_flag(yaml, "unify", true);
    sf_yaml_close(yaml);
}

static void write_config(struct sf_yaml *yaml, const char *base)
{
    sf_yaml_open(yaml, "config");
    sf_yaml_open(yaml, "install_tree");
    write_place(yaml, "root", base, SF_SPACK_TREE);
    sf_yaml_number(yaml, "padded_length", SF_SPACK_PADDED_LENGTH);
    sf_yaml_open(yaml, "projections");
    sf_yaml_text(yaml, "all", "{name}-{version}-{hash:7}");
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
    write_place(yaml, "build_stage", base, "stage");
    write_place(yaml, "source_cache", base, "source-cache");
    write_place(yaml, "misc_cache", base, SF_SPACK_INDEXES);
    sf_yaml_flag(yaml, "checksum", true);
    sf_yaml_flag(yaml, "verify_ssl", true);
    sf_yaml_flag(yaml, "deprecated", false);
    sf_yaml_open(yaml, "shared_linking");
    sf_yaml_text(yaml, "type", "rpath");
    sf_yaml_flag(yaml, "bind", false);
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
}

/* The compiler of the distribution: Spack has to be told which programs it consists of. */
static void write_compiler(struct sf_yaml *yaml, const char *compiler)
{
    sf_yaml_flag(yaml, "buildable", false);
    sf_yaml_open(yaml, "externals");
    sf_yaml_open_item(yaml);
    sf_autofree char *spec = sf_str_format("%s languages='c,c++,fortran'", compiler);

    sf_yaml_text(yaml, "spec", spec == NULL ? compiler : spec);
    sf_yaml_text(yaml, "prefix", "/usr");
    sf_yaml_open(yaml, "extra_attributes");
    sf_yaml_open(yaml, "compilers");
    sf_yaml_text(yaml, "c", "/usr/bin/gcc");
    sf_yaml_text(yaml, "cxx", "/usr/bin/g++");
    sf_yaml_text(yaml, "fortran", "/usr/bin/gfortran");
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
}

/* "cmake@3.28.3" in /usr, "cuda@13.0.2=/usr/local/cuda" elsewhere. */
static int write_external(struct sf_yaml *yaml, const char *external, struct sf_error *err)
{
    const char *prefix = strchr(external, '=');
    size_t length = prefix == NULL ? strlen(external) : (size_t)(prefix - external);
    sf_autofree char *spec = strndup(external, length);

    if (spec == NULL) {
        return sf_error_no_memory(err);
    }
    sf_yaml_flag(yaml, "buildable", false);
    sf_yaml_open(yaml, "externals");
    sf_yaml_open_item(yaml);
    sf_yaml_text(yaml, "spec", spec);
    sf_yaml_text(yaml, "prefix", prefix == NULL ? "/usr" : prefix + 1);
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
    return 0;
}

/* Those of `specs` that are of `package`. */
static int select_specs(const struct sf_strlist *specs, const char *package, struct sf_strlist *ret,
                        struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < specs->count; i++) {
        sf_autofree char *name = sf_spack_spec_name(specs->items[i]);

        if (name == NULL) {
            return sf_error_no_memory(err);
        }
        if (sf_str_is_equal(name, package)) {
            r = sf_strlist_add(ret, specs->items[i], err);
        }
    }
    return r;
}

/* What is required of a package itself takes the place of what is required of all of them, so
 * `target` is said again. */
static int write_package(struct sf_yaml *yaml, const struct sf_spack_config *config,
                         const char *package, const char *target, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist externals = {0};
    sf_auto(strlist) struct sf_strlist requires = {0};
    sf_autofree char *compiler = sf_spack_spec_name(config->compiler);
    int r = select_specs(&config->externals, package, &externals, err);

    if (r == 0) {
        r = select_specs(&config->requires, package, &requires, err);
    }
    if (r == 0 && compiler == NULL) {
        r = sf_error_no_memory(err);
    }
    if (r < 0) {
        return r;
    }
    sf_yaml_open(yaml, package);
    if (sf_str_is_equal(package, compiler)) {
        write_compiler(yaml, config->compiler);
    } else if (externals.count > 0) {
        /* The last one counts: a toolchain's is read after the environment's. */
        r = write_external(yaml, externals.items[externals.count - 1], err);
    }
    if (requires.count > 0) {
        r = r < 0 ? r : sf_strlist_add(&requires, target, err);
        sf_yaml_list(yaml, "require", &requires);
    }
    sf_yaml_close(yaml);
    return r;
}

static int add_names(const struct sf_strlist *specs, struct sf_strlist *names, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < specs->count; i++) {
        sf_autofree char *name = sf_spack_spec_name(specs->items[i]);

        if (name == NULL) {
            return sf_error_no_memory(err);
        }
        if (!sf_strlist_has(names, name)) {
            r = sf_strlist_add(names, name, err);
        }
    }
    return r;
}

static int write_packages(struct sf_yaml *yaml, const struct sf_spack_config *config,
                          const char *arch, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_auto(strlist) struct sf_strlist requires = {0};
    const char *target = sf_str_is_equal(arch, "arm64") ? "target=aarch64" : "target=x86_64";
    int r = sf_strlist_take(&names, sf_spack_spec_name(config->compiler), err);

    if (r == 0) {
        r = add_names(&config->externals, &names, err);
    }
    if (r == 0) {
        r = add_names(&config->requires, &names, err);
    }
    if (r == 0) {
        r = sf_strlist_add(&requires, target, err);
    }
    sf_strlist_sort(&names);
    sf_yaml_open(yaml, "packages");
    sf_yaml_open(yaml, "all");
    sf_yaml_list(yaml, "require", &requires);
    sf_yaml_close(yaml);
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = write_package(yaml, config, names.items[i], target, err);
    }
    sf_yaml_close(yaml);
    return r;
}

static void write_view(struct sf_yaml *yaml, const struct sf_spack_config *config, const char *base)
{
    sf_yaml_open(yaml, "view");
    sf_yaml_open(yaml, "default");
    write_place(yaml, "root", base, SF_SPACK_VIEW);
    sf_yaml_text(yaml, "link", "all");
    sf_yaml_text(yaml, "link_type", "hardlink");
    sf_yaml_list(yaml, "exclude", &config->excluded);
    sf_yaml_close(yaml);
    sf_yaml_close(yaml);
}

/* Sources are checked by the digests in their packages, binaries by signature. Spack takes no
 * section that is empty. */
static void write_mirrors(struct sf_yaml *yaml, const struct sf_spack_config *config)
{
    if (config->mirror_count == 0) {
        return;
    }
    sf_yaml_open(yaml, "mirrors");
    for (size_t i = 0; i < config->mirror_count; i++) {
        const struct sf_spack_remote *remote = &config->mirrors[i];

        sf_yaml_open(yaml, remote->name);
        sf_yaml_text(yaml, "url", remote->url);
        sf_yaml_flag(yaml, "binary", remote->is_binary);
        sf_yaml_flag(yaml, "source", !remote->is_binary);
        sf_yaml_flag(yaml, "signed", remote->is_binary);
        sf_yaml_close(yaml);
    }
    sf_yaml_close(yaml);
}

static int check_base(const char *base, struct sf_error *err)
{
    size_t room = SF_SPACK_PADDED_LENGTH - MIN_PADDING - strlen("/" SF_SPACK_TREE);

    if (strlen(base) > room) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is too long for Spack's padding of %d bytes: use a directory of "
                            "at most %zu bytes",
                            base, SF_SPACK_PADDED_LENGTH, room);
    }
    return 0;
}

int sf_spack_yaml_write(const struct sf_spack_config *config, const struct sf_release *release,
                        const char *base, struct sf_buffer *text, struct sf_error *err)
{
    struct sf_yaml yaml = {.text = text};
    char id[SF_RELEASE_ID_SIZE];
    int r = check_base(base, err);

    if (r < 0) {
        return r;
    }
    sf_release_format(release, id);

    r = sf_buffer_format(text, err, "# Slurm %s, written by sf-builder " SF_VERSION "\n", id);
    if (r < 0) {
        return r;
    }
    sf_yaml_open(&yaml, "spack");
    write_specs(&yaml, config);
    write_repositories(&yaml, config, base);
    write_concretizer(&yaml);
    write_config(&yaml, base);

    r = write_packages(&yaml, config, release->arch, err);
    if (r < 0) {
        return r;
    }
    write_view(&yaml, config, base);
    write_mirrors(&yaml, config);
    return sf_yaml_end(&yaml, err);
}
