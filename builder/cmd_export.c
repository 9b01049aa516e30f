/* `sf-builder export`: a release for those who distribute it by other means than a repository. */
#include "builder/commands.h"

#include <stdlib.h>
#include <string.h>

#include "builder/export/artifact.h"
#include "builder/export/oci_image.h"
#include "builder/export/slurm_factory.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/cli/report.h"

#define MAX_TAG_BYTES 128

struct export_options {
    struct sf_builder_options common;
    const char *format;
    const char *output;
    const char *oci;
    const char *tag;
    const char *compression;
    const char *prefix;
    const char *signer;
    uint32_t level;
};

static const struct sf_option table[] = {
    {"format", 0, SF_OPTION_TEXT, "NAME", offsetof(struct export_options, format),
     "oci (the default) or slurm-factory"},
    {"output", 'o', SF_OPTION_TEXT, "DIR", offsetof(struct export_options, output),
     "where to write it; made when it is absent"},
    {"oci", 0, SF_OPTION_TEXT, "DIR", offsetof(struct export_options, oci),
     "short for --format oci --output DIR"},
    {"tag", 0, SF_OPTION_TEXT, "NAME", offsetof(struct export_options, tag),
     "oci: name of the image in DIR, default the release's id"},
    {"compression", 0, SF_OPTION_TEXT, "NAME", offsetof(struct export_options, compression),
     "oci: zstd (the default) or gzip, for older tools"},
    {"prefix", 0, SF_OPTION_TEXT, "PATH", offsetof(struct export_options, prefix),
     "slurm-factory: place of the view, default /opt/slurm/view"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", offsetof(struct export_options, signer),
     "slurm-factory: write a signature beside the tarball"},
    {"level", 0, SF_OPTION_NUMBER, "N", offsetof(struct export_options, level),
     "how hard to compress: zstd 1 to 22, default 19; gzip 1 to 9"},
    {0},
};

static int check_output(const struct export_options *options, struct sf_error *err)
{
    if (options->oci != NULL && options->output != NULL) {
        return sf_error_set(err, SF_E_USAGE,
                            "--oci=%s says where to write already: leave out --output",
                            options->oci);
    }
    if (options->oci == NULL && options->output == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--output is missing");
    }
    return 0;
}

/* Options of one format with the other one are mistakes. */
static int check_format(const struct export_options *options, bool is_oci, struct sf_error *err)
{
    const struct {
        const char *name;
        const char *value;
        bool is_for_oci;
    } own[] = {
        {"oci", options->oci, true},
        {"tag", options->tag, true},
        {"compression", options->compression, true},
        {"prefix", options->prefix, false},
        {"sign", options->signer, false},
    };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i].value != NULL && own[i].is_for_oci != is_oci) {
            return sf_error_set(err, SF_E_USAGE, "--%s is not for --format %s", own[i].name,
                                is_oci ? "oci" : "slurm-factory");
        }
    }
    return 0;
}

static int read_level(const struct export_options *options, enum sf_compression compression,
                      int *ret, struct sf_error *err)
{
    bool is_gzip = compression == SF_COMPRESSION_GZIP;
    uint32_t most = is_gzip ? 9 : 22;

    if (options->level > most) {
        return sf_error_set(err, SF_E_USAGE, "--level=%u: %s has levels 1 to %u", options->level,
                            is_gzip ? "gzip" : "zstd", most);
    }
    *ret = options->level != 0 ? (int)options->level : is_gzip ? 9 : 19;
    return 0;
}

static int read_compression(const char *text, enum sf_compression *ret, struct sf_error *err)
{
    bool is_gzip = text != NULL && strcmp(text, "gzip") == 0;

    if (text != NULL && !is_gzip && strcmp(text, "zstd") != 0) {
        return sf_error_set(err, SF_E_USAGE, "--compression=%s: zstd and gzip are known", text);
    }
    *ret = is_gzip ? SF_COMPRESSION_GZIP : SF_COMPRESSION_ZSTD;
    return 0;
}

/* The form that registries and tools take: letters, digits and "_.-", not first one of ".-". */
static int check_tag(const char *tag, struct sf_error *err)
{
    size_t length = strlen(tag);
    size_t good = strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    if (length == 0 || length > MAX_TAG_BYTES || good != length || strchr(".-", tag[0]) != NULL) {
        return sf_error_set(err, SF_E_USAGE,
                            "--tag=%s: letters, digits, '_', '.' and '-' are allowed, at most %d",
                            tag, MAX_TAG_BYTES);
    }
    return 0;
}

static void report_file(struct sf_report *report, const struct sf_artifact *artifact,
                        const char *format, const char *path, uint64_t size_bytes)
{
    char size[16];

    sf_number_format_bytes(size_bytes, size);
    sf_report_line(report, "exported %s: %s, %s", artifact->id, format, size);
    sf_report_line(report, "%s", path);
    sf_report_text(report, "release", artifact->id);
    sf_report_text(report, "format", format);
    sf_report_text(report, "path", path);
    sf_report_number(report, "size", size_bytes);
}

static int export_oci(const struct export_options *options, const struct sf_artifact *artifact,
                      struct sf_report *report, struct sf_error *err)
{
    struct sf_oci_options wanted = {
        .directory = options->oci != NULL ? options->oci : options->output,
        .tag = options->tag != NULL ? options->tag : artifact->id,
    };
    struct sf_oci_image image = {0};
    int r = check_tag(wanted.tag, err);

    if (r < 0) {
        return r;
    }

    r = read_compression(options->compression, &wanted.compression, err);
    if (r < 0) {
        return r;
    }

    r = read_level(options, wanted.compression, &wanted.level, err);
    if (r < 0) {
        return r;
    }

    r = sf_oci_image_write(artifact, &wanted, &image, err);
    if (r < 0) {
        return r;
    }
    report_file(report, artifact, "oci", wanted.directory, image.layer.size_bytes);
    sf_report_line(report, "tag %s, sha256:%s", wanted.tag, image.manifest_sha256);
    sf_report_text(report, "tag", wanted.tag);
    sf_report_text(report, "digest", image.manifest_sha256);
    if (image.is_changed) {
        sf_report_changed(report);
    }
    return 0;
}

static int export_slurm_factory(const struct export_options *options,
                                const struct sf_artifact *artifact, struct sf_report *report,
                                struct sf_error *err)
{
    sf_auto(slurm_factory_file) struct sf_slurm_factory_file file = {0};
    struct sf_slurm_factory_options wanted = {
        .directory = options->output,
        .prefix = options->prefix != NULL ? options->prefix : SF_SLURM_FACTORY_PREFIX,
        .signer = options->signer,
    };
    int r = read_level(options, SF_COMPRESSION_GZIP, &wanted.level, err);

    if (r < 0) {
        return r;
    }

    r = sf_slurm_factory_write(artifact, &wanted, &file, err);
    if (r < 0) {
        return r;
    }
    report_file(report, artifact, "slurm-factory", file.path, file.size_bytes);
    sf_report_text(report, "sha256", file.sha256);
    if (file.is_changed) {
        sf_report_changed(report);
    }
    return 0;
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct export_options *wanted = options;
    const char *format = wanted->format == NULL ? "oci" : wanted->format;
    bool is_oci = strcmp(format, "oci") == 0;
    sf_auto(artifact) struct sf_artifact *artifact = NULL;

    (void)operand_count;
    if (!is_oci && strcmp(format, "slurm-factory") != 0) {
        return sf_error_set(err, SF_E_USAGE, "--format=%s: oci and slurm-factory are known",
                            format);
    }

    int r = check_format(wanted, is_oci, err);

    if (r == 0) {
        r = check_output(wanted, err);
    }
    if (r == 0) {
        r = sf_artifact_open(operands[0], &artifact, err);
    }
    if (r < 0) {
        return r;
    }
    return is_oci ? export_oci(wanted, artifact, builder->report, err)
                  : export_slurm_factory(wanted, artifact, builder->report, err);
}

const struct sf_command sf_command_export = {
    .name = "export",
    .aliases = "",
    .operands = "ARTIFACT",
    .summary = "write a release as a container image or as slurm-factory's tarball",
    .help = "Reads an artifact of a local repository, checks it against the manifest beside it, "
            "and writes it in another form. The format oci is an image layout: one layer with "
            "/opt/slurm as sf-agent leaves it, for registries and for COPY --from. The format "
            "slurm-factory is the tarball with view/ that slurm-factory's own documents install. "
            "The same artifact gives the same bytes.",
    .min_operands = 1,
    .max_operands = 1,
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct export_options),
    .run = run,
};
