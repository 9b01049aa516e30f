/* Which artifact of an index is meant, for this node. */
#include "agent/select.h"

#include "agent/facts.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/cpu.h"
#include "common/host/glibc.h"

bool sf_select_is_for_node(const struct sf_index_artifact *artifact, const struct sf_facts *facts,
                           const char *variant)
{
    const struct sf_release *release = &artifact->release;

    return sf_str_is_equal(release->toolchain, facts->toolchain) &&
           sf_str_is_equal(release->arch, facts->arch) &&
           sf_str_is_equal(release->variant, variant);
}

static const char *wanted_text(const struct sf_wanted *wanted, char text[static SF_RELEASE_ID_SIZE])
{
    switch (wanted->kind) {
    case SF_WANTED_LATEST:
        return "latest";
    case SF_WANTED_SERIES:
    case SF_WANTED_VERSION:
        return wanted->release.version;
    case SF_WANTED_BUILD:
        sf_release_short(&wanted->release, text);
        return text;
    case SF_WANTED_ID:
        break;
    }
    sf_release_format(&wanted->release, text);
    return text;
}

static int add_once(struct sf_strlist *list, const char *text, struct sf_error *err)
{
    return sf_strlist_has(list, text) ? 0 : sf_strlist_add(list, text, err);
}

/* What the index has for this node: "24.11.6-1, 24.11.5-1". */
static int say_what_exists(const struct sf_repo_index *index, const struct sf_facts *facts,
                           const char *variant, const char *wanted, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    char text[SF_RELEASE_ID_SIZE];

    for (size_t i = 0; i < index->artifact_count; i++) {
        const struct sf_index_artifact *artifact = &index->artifacts[i];

        if (sf_select_is_for_node(artifact, facts, variant) && !artifact->is_yanked) {
            sf_release_short(&artifact->release, text);
            if (add_once(&names, text, err) < 0) {
                return -(int)err->code;
            }
        }
    }
    sf_strlist_sort(&names);
    sf_autofree char *joined = sf_strlist_join(&names, ", ");

    if (joined == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_NOT_FOUND,
                        "repository '%s' has no release '%s' for %s on %s (%s); it has: %s",
                        index->repository, wanted, facts->toolchain, facts->arch, variant,
                        names.count == 0 ? "none" : joined);
}

/* There is one, but it was withdrawn: NULL when that is not the reason. */
static const struct sf_index_artifact *find_yanked(const struct sf_repo_index *index,
                                                   const struct sf_wanted *wanted,
                                                   const struct sf_facts *facts,
                                                   const char *variant)
{
    for (size_t i = 0; i < index->artifact_count; i++) {
        const struct sf_index_artifact *artifact = &index->artifacts[i];

        if (artifact->is_yanked && sf_wanted_matches(wanted, &artifact->release) &&
            sf_select_is_for_node(artifact, facts, variant)) {
            return artifact;
        }
    }
    return NULL;
}

static int say_yanked(const struct sf_index_artifact *yanked, struct sf_error *err)
{
    char text[SF_RELEASE_ID_SIZE];

    sf_release_short(&yanked->release, text);
    return sf_error_set(err, SF_E_NOT_FOUND,
                        "release %s was withdrawn by its publisher: choose another one, or name "
                        "its build (%s) to have it all the same",
                        yanked->release.version, text);
}

/* The release exists, but not for this node: for whom, then. */
static int say_for_whom(const struct sf_repo_index *index, const struct sf_wanted *wanted,
                        const struct sf_facts *facts, const char *variant, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist others = {0};
    char text[SF_RELEASE_ID_SIZE];
    bool has_toolchain = false;

    for (size_t i = 0; i < index->artifact_count; i++) {
        const struct sf_release *release = &index->artifacts[i].release;

        if (sf_wanted_matches(wanted, release)) {
            sf_autofree char *other =
                sf_str_format("%s/%s/%s", release->toolchain, release->arch, release->variant);

            has_toolchain |= sf_str_is_equal(release->toolchain, facts->toolchain);
            if (other == NULL || add_once(&others, other, err) < 0) {
                return sf_error_no_memory(err);
            }
        }
    }
    if (others.count == 0) {
        return say_what_exists(index, facts, variant, wanted_text(wanted, text), err);
    }
    sf_strlist_sort(&others);
    sf_autofree char *joined = sf_strlist_join(&others, ", ");

    if (joined == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_INCOMPATIBLE,
                        "release '%s' exists, but not for this node's %s (%s/%s/%s); it exists "
                        "for: %s; have it built for this one, or choose with --toolchain",
                        wanted_text(wanted, text),
                        has_toolchain ? "architecture or variant" : "toolchain", facts->toolchain,
                        facts->arch, variant, joined);
}

/* The entry that the index's series table names, when it is for this node. */
static const struct sf_index_artifact *find_by_series(const struct sf_repo_index *index,
                                                      const struct sf_wanted *wanted,
                                                      const struct sf_facts *facts,
                                                      const char *variant)
{
    char text[SF_RELEASE_ID_SIZE];
    const char *today = wanted->kind == SF_WANTED_SERIES
                            ? sf_repo_index_series(index, wanted->release.version)
                            : NULL;

    for (size_t i = 0; today != NULL && i < index->artifact_count; i++) {
        const struct sf_index_artifact *artifact = &index->artifacts[i];

        sf_release_short(&artifact->release, text);
        if (sf_str_is_equal(text, today) && !artifact->is_yanked &&
            sf_select_is_for_node(artifact, facts, variant)) {
            return artifact;
        }
    }
    return NULL;
}

static const struct sf_index_artifact *find_newest(const struct sf_repo_index *index,
                                                   const struct sf_wanted *wanted,
                                                   const struct sf_facts *facts,
                                                   const char *variant)
{
    const struct sf_index_artifact *newest = NULL;
    bool is_exact = wanted->kind == SF_WANTED_BUILD || wanted->kind == SF_WANTED_ID;

    for (size_t i = 0; i < index->artifact_count; i++) {
        const struct sf_index_artifact *artifact = &index->artifacts[i];
        bool is_fit = sf_wanted_matches(wanted, &artifact->release) &&
                      (is_exact || !artifact->is_yanked) &&
                      sf_select_is_for_node(artifact, facts, variant);

        if (is_fit &&
            (newest == NULL || sf_release_compare(&artifact->release, &newest->release) > 0)) {
            newest = artifact;
        }
    }
    return newest;
}

int sf_select_check_node(const struct sf_release *release, const char *glibc, const char *cpu_level,
                         const struct sf_facts *facts, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    if (!sf_cpu_level_is_enough(facts->cpu_level, cpu_level)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "release %s needs a CPU of level %s, this one is %s: have a release "
                            "built for the older level",
                            id, cpu_level, facts->cpu_level);
    }
    if (sf_glibc_compare(glibc, facts->glibc) > 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "release %s needs glibc %s, this node has %s: choose a release built "
                            "on an older toolchain",
                            id, glibc, facts->glibc);
    }
    return 0;
}

int sf_select_check_toolchain(const struct sf_release *release, const struct sf_facts *facts,
                              struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    if (!sf_str_is_equal(release->arch, facts->arch)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "release %s is for architecture %s, this node is %s: take the "
                            "artifact for %s",
                            id, release->arch, facts->arch, facts->arch);
    }
    if (!sf_str_is_equal(release->toolchain, facts->toolchain)) {
        return sf_error_set(
            err, SF_E_INCOMPATIBLE,
            "release %s is for toolchain %s, this node's is %s: take the artifact "
            "for %s, or insist with --toolchain %s",
            id, release->toolchain, facts->toolchain[0] == '\0' ? "not known" : facts->toolchain,
            facts->toolchain[0] == '\0' ? "its own" : facts->toolchain, release->toolchain);
    }
    return 0;
}

int sf_select_artifact(const struct sf_repo_index *index, const struct sf_wanted *wanted,
                       const struct sf_facts *facts, const char *variant,
                       const struct sf_index_artifact **ret, struct sf_error *err)
{
    const struct sf_index_artifact *found = find_by_series(index, wanted, facts, variant);

    if (found == NULL) {
        found = find_newest(index, wanted, facts, variant);
    }
    if (found == NULL) {
        const struct sf_index_artifact *yanked = find_yanked(index, wanted, facts, variant);

        return yanked != NULL ? say_yanked(yanked, err)
                              : say_for_whom(index, wanted, facts, variant, err);
    }
    int r = sf_select_check_node(&found->release, found->glibc, found->cpu_level, facts, err);

    if (r < 0) {
        return r;
    }
    *ret = found;
    return 0;
}
