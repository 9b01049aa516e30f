/* The stages of a pack, in the order in which they run. */
#include "builder/pack/pack.h"

#include <stdio.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/pack/stage.h"
#include "builder/pack/sysroot.h"
#include "common/base/error.h"
#include "common/content/sign.h"
#include "common/host/glibc.h"
#include "common/host/interrupt.h"
#include "common/host/toolchain.h"

/* What every node has by itself and what has to match the node's own: PAM and the name service. */
static const char *const host_libraries[] = {"libpam*.so.*", "libnss_*.so.*"};

static const struct {
    const char *name;
    int (*run)(struct sf_build *build, struct sf_error *err);
} stages[] = {
    {"collect", sf_stage_collect},
    {"libraries", sf_stage_libraries},
    {"components", sf_stage_components},
    {"strip", sf_stage_strip},
    {"normalize", sf_stage_normalize},
    {"rpath", sf_stage_rpath},
    {"meta", sf_stage_meta},
    {"check", sf_stage_check},
    {"sbom", sf_stage_sbom},
    {"debug", sf_stage_debug},
    {"manifest", sf_stage_manifest},
    {"write", sf_stage_write},
    {"provenance", sf_stage_provenance},
    {"sign", sf_stage_sign},
    {"publish", sf_stage_publish},
};

static int default_glibc(struct sf_build *build, struct sf_error *err)
{
    const struct sf_toolchain *known =
        sf_toolchain_find(build->release.toolchain, /* site= */ NULL, 0);
    sf_auto(sysroot) struct sf_sysroot place = {0};

    if (known != NULL) {
        (void)snprintf(build->glibc_ceiling, sizeof build->glibc_ceiling, "%s", known->glibc);
        return 0;
    }

    int r = sf_sysroot_open(build->place_root, &place, err);

    return r < 0 ? r : sf_glibc_version(place.fd, build->release.arch, build->glibc_ceiling, err);
}

int sf_pack_defaults(struct sf_build *build, struct sf_error *err)
{
    int r = build->glibc_ceiling[0] == '\0' ? default_glibc(build, err) : 0;

    for (size_t i = 0; r == 0 && i < sizeof host_libraries / sizeof *host_libraries; i++) {
        r = sf_strlist_add(&build->host_libraries, host_libraries[i], err);
    }
    if (build->level == 0) {
        build->level = SF_PACK_LEVEL;
    }
    if (build->cpu_level[0] == '\0') {
        (void)snprintf(build->cpu_level, sizeof build->cpu_level, "%s",
                       strcmp(build->release.arch, "arm64") == 0 ? "aarch64" : "x86-64-v1");
    }
    return r;
}

int sf_pack_run(struct sf_build *build, sf_pack_progress progress, void *context,
                struct sf_error *err)
{
    int r = sf_build_open(build, err);

    /* Before all the work, not after it. */
    if (r == 0 && build->signer != NULL) {
        r = sf_sign_check(build->signer, err);
    }
    for (size_t i = 0; r == 0 && i < sizeof stages / sizeof *stages; i++) {
        if (progress != NULL) {
            progress(context, stages[i].name);
        }
        /* Not every stage listens while it runs. */
        r = sf_interrupt_is_pending() ? sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal")
                                      : stages[i].run(build, err);
    }
    if (r < 0 && build->id[0] != '\0') {
        return sf_error_prefix(err, "packing %s: ", build->id);
    }
    return r;
}
