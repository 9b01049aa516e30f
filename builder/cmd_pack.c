/* `sf-builder pack`: from an installed Slurm to an artifact in a repository. */
#include "builder/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/pack/pack_check.h"
#include "builder/release_options.h"
#include "builder/pack/stage.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/cli/report.h"
#include "common/host/dir.h"
#include "common/host/glibc.h"
#include "common/host/toolchain.h"

#define DEFAULT_LEVEL 19

struct pack_options {
    struct sf_release_options release;
    const char *destdir;
    const char *output;
    const char *glibc;
    const char *cpu_level;
    const char *signer;
    uint32_t level;
    struct sf_strlist host_libraries;
    struct sf_strlist libraries;
    struct sf_strlist sources;
    struct sf_strlist options;
};

static const struct sf_option table[] = {
    {"destdir", 0, SF_OPTION_TEXT, "DIR", offsetof(struct pack_options, destdir),
     "where 'make install DESTDIR=DIR' has put Slurm"},
    {"output", 'o', SF_OPTION_TEXT, "REPO", offsetof(struct pack_options, output),
     "the repository, a directory; made when it is absent"},
    {"host-library", 0, SF_OPTION_LIST, "PATTERN", offsetof(struct pack_options, host_libraries),
     "do not bundle libraries of this name, nodes have them"},
    {"library", 0, SF_OPTION_LIST, "NAME", offsetof(struct pack_options, libraries),
     "bundle this one too: it is opened by name at run time"},
    {"glibc", 0, SF_OPTION_TEXT, "VERSION", offsetof(struct pack_options, glibc),
     "highest glibc to need, default the toolchain's"},
    {"cpu-level", 0, SF_OPTION_TEXT, "LEVEL", offsetof(struct pack_options, cpu_level),
     "level of CPU to need, default x86-64-v1 or aarch64"},
    {"level", 0, SF_OPTION_NUMBER, "N", offsetof(struct pack_options, level),
     "how hard zstd tries, 1 to 22, default 19"},
    {"source", 0, SF_OPTION_LIST, "'NAME SHA256'", offsetof(struct pack_options, sources),
     "a source that it is made of, for the manifest"},
    {"option", 0, SF_OPTION_LIST, "WORD", offsetof(struct pack_options, options),
     "an option that it is configured with, for the manifest"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", offsetof(struct pack_options, signer),
     "write a signature beside the artifact"},
    {0},
};

/* What every node has by itself and what has to match the node's own: PAM and the name service. */
static const char *const default_host_libraries[] = {"libpam*.so.*", "libnss_*.so.*"};

static const struct {
    const char *name;
    int (*run)(struct sf_build *build, struct sf_error *err);
} stages[] = {
    {"collect", sf_stage_collect},   {"strip", sf_stage_strip}, {"libraries", sf_stage_libraries},
    {"rpath", sf_stage_rpath},       {"meta", sf_stage_meta},   {"check", sf_stage_check},
    {"manifest", sf_stage_manifest}, {"write", sf_stage_write},
};

static int read_lists(const struct pack_options *options, struct sf_build *build,
                      struct sf_error *err)
{
    for (size_t i = 0; i < sizeof default_host_libraries / sizeof *default_host_libraries; i++) {
        if (sf_strlist_add(&build->host_libraries, default_host_libraries[i], err) < 0) {
            return -SF_E_NO_MEMORY;
        }
    }
    if (sf_strlist_add_all(&build->host_libraries, &options->host_libraries, err) < 0 ||
        sf_strlist_add_all(&build->libraries, &options->libraries, err) < 0 ||
        sf_strlist_add_all(&build->sources, &options->sources, err) < 0 ||
        sf_strlist_add_all(&build->options, &options->options, err) < 0) {
        return -SF_E_NO_MEMORY;
    }
    return 0;
}

static int this_glibc(const char *arch, char ret[static 16], struct sf_error *err)
{
    sf_autoclose int root_fd = -1;
    int r = sf_dir_open_follow("/", &root_fd, err);

    return r < 0 ? r : sf_glibc_version(root_fd, arch, ret, err);
}

static int read_ceilings(const struct pack_options *options, struct sf_build *build,
                         struct sf_error *err)
{
    const struct sf_toolchain *known =
        sf_toolchain_find(build->release.toolchain, /* site= */ NULL, 0);
    const char *glibc = options->glibc != NULL ? options->glibc
                        : known != NULL        ? known->glibc
                                               : NULL;
    const char *cpu_level = options->cpu_level != NULL                  ? options->cpu_level
                            : strcmp(build->release.arch, "arm64") == 0 ? "aarch64"
                                                                        : "x86-64-v1";

    (void)snprintf(build->cpu_level, sizeof build->cpu_level, "%s", cpu_level);
    if (glibc == NULL) {
        return this_glibc(build->release.arch, build->glibc_ceiling, err);
    }
    (void)snprintf(build->glibc_ceiling, sizeof build->glibc_ceiling, "%s", glibc);
    return 0;
}

static int check_values(const struct pack_options *options, struct sf_error *err)
{
    int r = options->glibc == NULL ? 0 : sf_pack_check_glibc(options->glibc, err);

    if (r == 0 && options->cpu_level != NULL) {
        r = sf_pack_check_cpu_level(options->cpu_level, err);
    }
    for (size_t i = 0; r == 0 && i < options->sources.count; i++) {
        r = sf_pack_check_source(options->sources.items[i], err);
    }
    return r;
}

static int read_options(const struct pack_options *options, struct sf_build *build,
                        struct sf_error *err)
{
    int r = sf_release_options_read(&options->release, &build->release, err);

    if (r < 0) {
        return r;
    }
    if (options->destdir == NULL || options->output == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing",
                            options->destdir == NULL ? "destdir" : "output");
    }
    if (options->level > 22) {
        return sf_error_set(err, SF_E_USAGE, "--level=%u: zstd has levels 1 to 22", options->level);
    }

    r = check_values(options, err);
    if (r < 0) {
        return r;
    }
    build->level = options->level == 0 ? DEFAULT_LEVEL : (int)options->level;
    build->destdir = options->destdir;
    build->repository = options->output;
    build->signer = options->signer;

    r = sf_build_epoch(getenv("SOURCE_DATE_EPOCH"), build->release.version, &build->epoch_s, err);
    if (r < 0) {
        return r;
    }

    r = read_ceilings(options, build, err);
    return r < 0 ? r : read_lists(options, build, err);
}

static void report_build(struct sf_report *report, const struct sf_build *build)
{
    char size[16];

    sf_number_format_bytes(build->artifact_size_bytes, size);
    sf_report_line(report, "packed %s: %zu files, %zu components, glibc %s, %s", build->id,
                   build->manifest->file_count, build->manifest->component_count,
                   build->glibc[0] == '\0' ? "any" : build->glibc, size);
    sf_report_line(report, "%s/%s", build->repository, build->artifact_path);
    sf_report_text(report, "release", build->id);
    sf_report_text(report, "path", build->artifact_path);
    sf_report_number(report, "size", build->artifact_size_bytes);
    sf_report_text(report, "sha256", build->artifact_sha256);
    sf_report_text(report, "glibc", build->glibc);
    sf_report_number(report, "files", build->manifest->file_count);
    sf_report_number(report, "components", build->manifest->component_count);
    if (!build->was_published) {
        sf_report_changed(report);
    }
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct pack_options *pack = options;
    sf_auto(build) struct sf_build build = {0};
    int r = read_options(pack, &build, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }

    r = sf_build_open(&build, err);
    for (size_t i = 0; r == 0 && i < sizeof stages / sizeof *stages; i++) {
        sf_log(SF_LOG_DEBUG, "%s", stages[i].name);
        r = stages[i].run(&build, err);
    }
    if (r < 0) {
        return build.id[0] == '\0' ? r : sf_error_prefix(err, "packing %s: ", build.id);
    }
    report_build(builder->report, &build);
    return 0;
}

const struct sf_command sf_command_pack = {
    .name = "pack",
    .aliases = "",
    .operands = "",
    .summary = "make an artifact of an installed Slurm",
    .help = "Takes the Slurm that was configured with the prefix that 'sf-builder prefix' prints "
            "and installed below DESTDIR, brings the libraries that it needs beyond glibc, checks "
            "that it is complete and can be moved to any root, and puts artifact and manifest "
            "into the repository. The same input gives the same bytes; SOURCE_DATE_EPOCH sets the "
            "time of every file in it. A name in the repository never gets other bytes.",
    .options = table,
    .shared = sf_release_shared_options,
    .options_size = sizeof(struct pack_options),
    .run = run,
};
