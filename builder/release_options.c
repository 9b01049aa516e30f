/* The options that say which release is meant. */
#include "builder/release_options.h"

#include <stdio.h>

#include "common/base/error.h"
#include "common/format/release.h"
#include "common/host/cpu.h"

static const struct sf_option table[] = {
    {"version", 0, SF_OPTION_TEXT, "VERSION", offsetof(struct sf_release_options, version),
     "version of Slurm, such as 25.11.6"},
    {"build", 0, SF_OPTION_NUMBER, "N", offsetof(struct sf_release_options, build),
     "build of that version, default 1"},
    {"toolchain", 0, SF_OPTION_TEXT, "NAME", offsetof(struct sf_release_options, toolchain),
     "toolchain that it is built with, such as noble"},
    {"arch", 0, SF_OPTION_TEXT, "ARCH", offsetof(struct sf_release_options, arch),
     "architecture, amd64 or arm64, default this machine's"},
    {"variant", 0, SF_OPTION_TEXT, "NAME", offsetof(struct sf_release_options, variant),
     "kind of build: cpu (the default), gpu or minimal"},
    {0},
};

const struct sf_option *const sf_release_shared_options[] = {table, sf_builder_common_table, NULL};

static int copy_text(const char *option, const char *text, char *to, size_t size,
                     struct sf_error *err)
{
    if (text == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing", option);
    }
    if (snprintf(to, size, "%s", text) >= (int)size) {
        return sf_error_set(err, SF_E_USAGE, "--%s=%s is too long: at most %zu characters", option,
                            text, size - 1);
    }
    return 0;
}

int sf_release_options_read(const struct sf_release_options *options, struct sf_release *ret,
                            struct sf_error *err)
{
    struct sf_release release = {.build = options->build == 0 ? 1 : options->build};
    const char *arch = options->arch == NULL ? sf_cpu_arch() : options->arch;
    const char *variant = options->variant == NULL ? "cpu" : options->variant;

    if (copy_text("version", options->version, release.version, sizeof release.version, err) < 0 ||
        copy_text("toolchain", options->toolchain, release.toolchain, sizeof release.toolchain,
                  err) < 0 ||
        copy_text("arch", arch, release.arch, sizeof release.arch, err) < 0 ||
        copy_text("variant", variant, release.variant, sizeof release.variant, err) < 0) {
        return -SF_E_USAGE;
    }
    if (sf_release_check(&release, err) < 0) {
        return sf_error_recode(err, SF_E_USAGE);
    }
    *ret = release;
    return 0;
}
