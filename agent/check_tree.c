/* Compares a present tree with its manifest, relocation undone. */
#include "agent/check_tree.h"

#include "agent/context.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/content/relocate.h"
#include "common/format/prefix.h"
#include "common/store/layout.h"
#include "common/store/tree.h"
#include "common/store/tree_check.h"

struct digest_context {
    const struct sf_manifest *manifest;
    const char *prefix;
};

static int shipped_digest(void *context, int fd, const struct sf_manifest_file *file,
                          char hex[static 65], struct sf_error *err)
{
    const struct digest_context *digest = context;

    return sf_relocate_shipped_digest(fd, digest->manifest, file, digest->prefix, hex, err);
}

int sf_check_tree_manifest(const struct sf_agent *agent, const char *id, struct sf_manifest **ret,
                           struct sf_error *err)
{
    int r = sf_tree_manifest(agent->layout, id, ret, err);

    if (r == -(int)SF_E_NOT_FOUND || r == -(int)SF_E_FORMAT) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "the manifest of release %s is missing or damaged: `sf-agent verify "
                            "--repair %s` restores it from the repository",
                            id, id);
    }
    return r;
}

int sf_check_tree_against(int tree_fd, const struct sf_manifest *manifest, const char *prefix,
                          struct sf_findings *ret, struct sf_error *err)
{
    struct digest_context context = {manifest, prefix};

    return sf_tree_check(tree_fd, manifest, shipped_digest, &context, ret, err);
}

int sf_check_tree(const struct sf_agent *agent, const struct sf_release *release,
                  struct sf_findings *ret, struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    sf_autofree char *prefix = NULL;
    sf_autoclose int tree_fd = -1;
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    int r = sf_check_tree_manifest(agent, id, &manifest, err);

    if (r == 0) {
        r = sf_prefix_of_release(agent->layout->root, release, &prefix, err);
    }
    if (r == 0) {
        r = sf_tree_open(agent->layout, id, &tree_fd, err);
    }
    return r < 0 ? r : sf_check_tree_against(tree_fd, manifest, prefix, ret, err);
}
