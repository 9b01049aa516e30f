/* Which toolchain a node has, from what was read of it. */
#include "common/host/toolchain.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/glibc.h"

#define EL_FAMILY   "rhel"
#define EL_PLATFORM "platform:el"

static const struct sf_toolchain builtin[] = {
    {.name = "resolute", .os_id = "ubuntu", .version_id = "26.04", .glibc = "2.42"},
    {.name = "noble", .os_id = "ubuntu", .version_id = "24.04", .glibc = "2.39"},
    {.name = "jammy", .os_id = "ubuntu", .version_id = "22.04", .glibc = "2.35"},
    {.name = "rockylinux10", .os_id = EL_FAMILY, .version_id = "10", .glibc = "2.39"},
    {.name = "rockylinux9", .os_id = EL_FAMILY, .version_id = "9", .glibc = "2.34"},
    {.name = "rockylinux8", .os_id = EL_FAMILY, .version_id = "8", .glibc = "2.28"},
};
static const size_t builtin_count = sizeof builtin / sizeof builtin[0];

/* An identity under which a toolchain may know the node. */
struct identity {
    const char *os_id;
    const char *version_id;
};

#define IDENTITY_MAX 3

const struct sf_toolchain *sf_toolchain_builtin(size_t *ret_count)
{
    *ret_count = builtin_count;
    return builtin;
}

static const struct sf_toolchain *find(const char *name, const struct sf_toolchain *table,
                                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sf_str_is_equal(table[i].name, name)) {
            return &table[i];
        }
    }
    return NULL;
}

const struct sf_toolchain *sf_toolchain_find(const char *name, const struct sf_toolchain *site,
                                             size_t site_count)
{
    const struct sf_toolchain *found = find(name, site, site_count);

    return found != NULL ? found : find(name, builtin, builtin_count);
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; *at != '\0'; at += strspn(at, " ")) {
        size_t at_length = strcspn(at, " ");

        if (at_length == length && memcmp(at, word, length) == 0) {
            return true;
        }
        at += at_length;
    }
    return false;
}

/* "9" is also "9.4", but not "90". An empty version is any: rolling releases have none. */
static bool version_matches(const char *wanted, const char *seen)
{
    if (wanted == NULL || wanted[0] == '\0') {
        return true;
    }

    size_t length = strlen(wanted);

    return strncmp(wanted, seen, length) == 0 && (seen[length] == '\0' || seen[length] == '.');
}

/* RHEL, or built from its sources. Oracle says so only in PLATFORM_ID, older CentOS only in ID. */
static bool is_el(const struct sf_os_release *os)
{
    return sf_str_has_prefix(os->platform_id, EL_PLATFORM) || has_word(os->id_like, EL_FAMILY) ||
           sf_str_is_equal(os->id, EL_FAMILY) || sf_str_is_equal(os->id, "centos");
}

/* As what the node may be known: itself, then the family or the base it is made from. */
static size_t identities_of(const struct sf_os_release *os, struct identity ret[IDENTITY_MAX])
{
    size_t count = 0;

    ret[count++] = (struct identity){.os_id = os->id, .version_id = os->version_id};
    if (is_el(os)) {
        bool has_platform = sf_str_has_prefix(os->platform_id, EL_PLATFORM);

        ret[count++] = (struct identity){
            .os_id = EL_FAMILY,
            .version_id = has_platform ? os->platform_id + strlen(EL_PLATFORM) : os->version_id,
        };
    }
    if (os->ubuntu_codename[0] != '\0' && !sf_str_is_equal(os->id, "ubuntu")) {
        const struct sf_toolchain *base = find(os->ubuntu_codename, builtin, builtin_count);

        if (base != NULL) {
            ret[count++] = (struct identity){.os_id = base->os_id, .version_id = base->version_id};
        }
    }
    return count;
}

static const struct sf_toolchain *match(const struct sf_os_release *os,
                                        const struct sf_toolchain *table, size_t count)
{
    struct identity identities[IDENTITY_MAX];
    size_t identity_count = identities_of(os, identities);

    for (size_t i = 0; i < identity_count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (sf_str_is_equal(table[j].os_id, identities[i].os_id) &&
                version_matches(table[j].version_id, identities[i].version_id)) {
                return &table[j];
            }
        }
    }
    return NULL;
}

/* The one with the newest glibc not above the node's; `best` when none in the table is better. */
static const struct sf_toolchain *fit_by_glibc(const struct sf_toolchain *table, size_t count,
                                               const char *glibc, const struct sf_toolchain *best)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].glibc != NULL && sf_glibc_compare(table[i].glibc, glibc) <= 0 &&
            (best == NULL || sf_glibc_compare(table[i].glibc, best->glibc) > 0)) {
            best = &table[i];
        }
    }
    return best;
}

static int unknown_error(struct sf_error *err, const struct sf_os_release *os, const char *glibc,
                         const struct sf_toolchain *fit)
{
    char advice[160] = "every known one needs a newer glibc";

    if (fit != NULL) {
        (void)snprintf(advice, sizeof advice, "by glibc '%s' (%s) would fit", fit->name,
                       fit->glibc);
    }
    return sf_error_set(err, SF_E_INCOMPATIBLE,
                        "no toolchain is known for %s (ID '%s', VERSION_ID '%s', glibc %s): %s; "
                        "toolchain= or a [toolchain NAME] section in the configuration, or "
                        "--toolchain, decides",
                        os->pretty_name[0] == '\0' ? "this system" : os->pretty_name, os->id,
                        os->version_id, glibc, advice);
}

int sf_toolchain_detect(const struct sf_os_release *os, const char *glibc,
                        const struct sf_toolchain *site, size_t site_count, const char **ret_name,
                        struct sf_error *err)
{
    const struct sf_toolchain *found = match(os, site, site_count);

    if (found == NULL) {
        found = match(os, builtin, builtin_count);
    }
    if (found == NULL) {
        const struct sf_toolchain *fit = fit_by_glibc(site, site_count, glibc, NULL);

        fit = fit_by_glibc(builtin, builtin_count, glibc, fit);
        return unknown_error(err, os, glibc, fit);
    }
    if (found->glibc != NULL && sf_glibc_compare(found->glibc, glibc) > 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "os-release says '%s', which is toolchain '%s' with glibc %s, but the "
                            "glibc here is %s; toolchain= in the configuration, or --toolchain, "
                            "decides",
                            os->pretty_name, found->name, found->glibc, glibc);
    }
    *ret_name = found->name;
    return 0;
}
