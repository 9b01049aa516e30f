/* `sf-builder pack`: from an installed Slurm to an artifact in a repository. */
#include "builder/commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "builder/pack/build.h"
#include "builder/pack/pack.h"
#include "builder/pack/pack_check.h"
#include "builder/release_options.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/cli/report.h"

struct pack_options {
    struct sf_release_options release;
    const char *destdir;
    const char *place_root;
    const char *output;
    const char *glibc;
    const char *cpu_level;
    const char *signer;
    uint32_t level;
    bool has_no_debug;
    bool needs_packages;
    struct sf_strlist host_libraries;
    struct sf_strlist libraries;
    struct sf_strlist sources;
    struct sf_strlist parts;
    struct sf_strlist options;
};

static const struct sf_option table[] = {
    {"destdir", 0, SF_OPTION_TEXT, "DIR", offsetof(struct pack_options, destdir),
     "where 'make install DESTDIR=DIR' has put Slurm"},
    {"build-root", 0, SF_OPTION_TEXT, "DIR", offsetof(struct pack_options, place_root),
     "the root directory it was built in, default this machine's"},
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
    {"part", 0, SF_OPTION_LIST, "'NAME VERSION'", offsetof(struct pack_options, parts),
     "a library that DIR holds already, for what is told of it"},
    {"option", 0, SF_OPTION_LIST, "WORD", offsetof(struct pack_options, options),
     "an option that it is configured with, for the manifest"},
    {"packaged", 0, SF_OPTION_FLAG, NULL, offsetof(struct pack_options, needs_packages),
     "refuse a library whose package or licence is not known"},
    {"no-debug", 0, SF_OPTION_FLAG, NULL, offsetof(struct pack_options, has_no_debug),
     "write no artifact with debug information"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", offsetof(struct pack_options, signer),
     "write a signature beside the artifact"},
    {0},
};

static int read_lists(const struct pack_options *options, struct sf_build *build,
                      struct sf_error *err)
{
    if (sf_strlist_add_all(&build->host_libraries, &options->host_libraries, err) < 0 ||
        sf_strlist_add_all(&build->libraries, &options->libraries, err) < 0 ||
        sf_strlist_add_all(&build->sources, &options->sources, err) < 0 ||
        sf_strlist_add_all(&build->parts, &options->parts, err) < 0 ||
        sf_strlist_add_all(&build->options, &options->options, err) < 0) {
        return -SF_E_NO_MEMORY;
    }
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
    build->level = (int)options->level;
    build->destdir = options->destdir;
    build->place_root = options->place_root;
    build->repository = options->output;
    build->signer = options->signer;
    build->needs_packages = options->needs_packages;
    build->drops_debug = options->has_no_debug;
    (void)snprintf(build->glibc_ceiling, sizeof build->glibc_ceiling, "%s",
                   options->glibc == NULL ? "" : options->glibc);
    (void)snprintf(build->cpu_level, sizeof build->cpu_level, "%s",
                   options->cpu_level == NULL ? "" : options->cpu_level);

    r = sf_build_epoch(getenv("SOURCE_DATE_EPOCH"), build->release.version, &build->epoch_s, err);
    if (r < 0) {
        return r;
    }

    r = sf_pack_defaults(build, err);
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

static void log_stage(void *context, const char *stage)
{
    (void)context;
    sf_log(SF_LOG_DEBUG, "%s", stage);
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

    r = sf_pack_run(&build, log_stage, /* context= */ NULL, err);
    if (r < 0) {
        return r;
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
