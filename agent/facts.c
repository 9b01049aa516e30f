/* What the node is: os-release, glibc, CPU, and the toolchain that follows. */
#include "agent/facts.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/config.h"
#include "common/host/cpu.h"
#include "common/host/glibc.h"
#include "common/host/toolchain.h"

/* The site's toolchains in the form that host/toolchain reads. NULL when out of memory. */
static struct sf_toolchain *site_toolchains(const struct sf_config *config)
{
    struct sf_toolchain *site = calloc(config->toolchain_count + 1, sizeof *site);

    for (size_t i = 0; site != NULL && i < config->toolchain_count; i++) {
        const struct sf_config_toolchain *from = &config->toolchains[i];

        site[i] = (struct sf_toolchain){from->name, from->os_id, from->version_id, from->glibc};
    }
    return site;
}

static int find_toolchain(const struct sf_config *config, const char *wanted,
                          struct sf_facts *facts, struct sf_error *err)
{
    sf_autofree struct sf_toolchain *site = site_toolchains(config);
    struct sf_error reason;
    const char *name = wanted;

    if (site == NULL) {
        return sf_error_no_memory(err);
    }
    if (name == NULL && sf_toolchain_detect(&facts->os, facts->glibc, site, config->toolchain_count,
                                            &name, &reason) < 0) {
        if (reason.code != SF_E_INCOMPATIBLE) {
            *err = reason;
            return -(int)reason.code;
        }
        (void)snprintf(facts->reason, sizeof facts->reason, "%.*s", (int)sizeof facts->reason - 1,
                       reason.message);
        return 0;
    }
    (void)snprintf(facts->toolchain, sizeof facts->toolchain, "%s", name);
    return 0;
}

/* An image may be made on a machine of another architecture; of its CPUs nothing is known then. */
static int find_arch(int sysroot_fd, struct sf_facts *facts, struct sf_error *err)
{
    const char *other = strcmp(sf_cpu_arch(), "amd64") == 0 ? "arm64" : "amd64";
    struct sf_error ignored;

    (void)snprintf(facts->arch, sizeof facts->arch, "%s", sf_cpu_arch());
    (void)snprintf(facts->cpu_level, sizeof facts->cpu_level, "%s", sf_cpu_level());

    int r = sf_glibc_version(sysroot_fd, facts->arch, facts->glibc, err);

    if (r != -(int)SF_E_NOT_FOUND ||
        sf_glibc_version(sysroot_fd, other, facts->glibc, &ignored) < 0) {
        return r;
    }
    (void)snprintf(facts->arch, sizeof facts->arch, "%s", other);
    (void)snprintf(facts->cpu_level, sizeof facts->cpu_level, "%s",
                   strcmp(other, "arm64") == 0 ? "aarch64" : "x86-64-v1");
    return 0;
}

int sf_facts_read(int sysroot_fd, const struct sf_config *config, const char *toolchain,
                  struct sf_facts *ret, struct sf_error *err)
{
    struct sf_facts facts = {0};
    int r = sf_os_release_read(sysroot_fd, &facts.os, err);

    if (r < 0) {
        return r;
    }
    r = find_arch(sysroot_fd, &facts, err);
    if (r < 0) {
        return r;
    }
    r = find_toolchain(config, toolchain != NULL ? toolchain : config->toolchain, &facts, err);
    if (r < 0) {
        return r;
    }
    *ret = facts;
    return 0;
}

int sf_facts_require_toolchain(const struct sf_facts *facts, struct sf_error *err)
{
    if (facts->toolchain[0] != '\0') {
        return 0;
    }
    return sf_error_set(err, SF_E_INCOMPATIBLE, "%s", facts->reason);
}
