/* From artifact to a complete tree in releases/. */
#include "agent/stage.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/artifact.h"
#include "agent/context.h"
#include "agent/options.h"
#include "agent/preflight.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/cli/progress.h"
#include "common/content/block_source.h"
#include "common/content/unpack.h"
#include "common/format/prefix.h"
#include "common/host/free_space.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

/* Directory blocks and the file system's own bookkeeping, for each entry. */
#define OVERHEAD_PER_FILE_BYTES 4096

static int check_space(const struct sf_agent *agent, const struct sf_artifact *artifact,
                       struct sf_error *err)
{
    const struct sf_manifest *manifest = artifact->manifest;
    uint64_t tree_bytes =
        manifest->tree_bytes + (uint64_t)manifest->file_count * OVERHEAD_PER_FILE_BYTES;
    int r = sf_free_space_check(agent->layout->root_fd, agent->layout->root, tree_bytes,
                                manifest->file_count + 8, err);

    if (r < 0 || artifact->is_local) {
        return r;
    }
    return sf_free_space_check(agent->layout->cache_fd, "/var/cache/sf-agent", artifact->size_bytes,
                               1, err);
}

static int preflight(const struct sf_agent *agent, const struct sf_manifest *manifest,
                     const char *prefix, int stage_fd, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(&manifest->release, id);
    sf_autofree char *path = sf_str_format("%s%s/" SF_LAYOUT_STAGING "/%s.partial",
                                           agent->layout->is_image ? agent->layout->sysroot : "",
                                           agent->layout->root, id);
    const struct sf_preflight checks = {
        .tree_fd = stage_fd,
        .tree_path = path,
        .node_prefix = prefix,
        .manifest = manifest,
        .facts = &agent->facts,
        .may_run = !agent->layout->is_image,
    };

    return path == NULL ? sf_error_no_memory(err) : sf_preflight_run(&checks, err);
}

/* "fetching 25.11.6-1": short, so that the bar and the rate fit beside it. */
static void show_phase(const char *verb, const struct sf_manifest *manifest, uint64_t total_bytes)
{
    char name[SF_RELEASE_ID_SIZE];
    char phase[SF_RELEASE_ID_SIZE + 16];

    sf_release_short(&manifest->release, name);
    (void)snprintf(phase, sizeof phase, "%s %s", verb, name);
    sf_progress_phase(phase, total_bytes);
}

static int unpack(struct sf_agent *agent, const struct sf_artifact *artifact, const char *prefix,
                  int stage_fd, struct sf_error *err)
{
    sf_auto(block_source) struct sf_block_source *source = NULL;
    int r = sf_artifact_stream(agent, artifact, sf_progress_add, &source, err);

    if (r < 0) {
        return r;
    }
    const struct sf_unpack unpacking = {
        .source = source,
        .manifest = artifact->is_local ? NULL : artifact->manifest,
        .stage_fd = stage_fd,
        .node_prefix = prefix,
    };

    return sf_unpack_run(&unpacking, err);
}

void sf_stage_discard(const struct sf_agent *agent, const struct sf_release *release)
{
    struct sf_error err;
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    if (sf_tree_unstage(agent->layout, id, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing it", err.message);
    }
}

int sf_stage_unpack(struct sf_agent *agent, const struct sf_artifact *artifact, int *ret_fd,
                    struct sf_error *err)
{
    sf_autofree char *prefix = NULL;
    sf_autoclose int stage_fd = -1;
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(&artifact->manifest->release, id);
    int r = sf_prefix_of_release(agent->layout->root, &artifact->manifest->release, &prefix, err);

    if (r == 0) {
        r = check_space(agent, artifact, err);
    }
    if (r == 0) {
        r = sf_tree_stage(agent->layout, id, &stage_fd, err);
    }
    if (r < 0) {
        return r;
    }
    show_phase("fetching", artifact->manifest, artifact->size_bytes);
    r = unpack(agent, artifact, prefix, stage_fd, err);
    if (r == 0) {
        show_phase("checking", artifact->manifest, 0);
        r = preflight(agent, artifact->manifest, prefix, stage_fd, err);
    }
    sf_progress_end();
    if (r < 0) {
        sf_stage_discard(agent, &artifact->manifest->release);
        return r;
    }
    *ret_fd = sf_steal_fd(&stage_fd);
    return 0;
}

int sf_stage_run(struct sf_agent *agent, const struct sf_artifact *artifact, struct sf_error *err)
{
    sf_autoclose int stage_fd = -1;
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(&artifact->manifest->release, id);
    int r = sf_stage_unpack(agent, artifact, &stage_fd, err);

    if (r == 0) {
        show_phase("writing", artifact->manifest, 0);
        r = sf_tree_publish(agent->layout, id, err);
        sf_progress_end();
        if (r < 0) {
            sf_stage_discard(agent, &artifact->manifest->release);
        }
    }
    if (r == 0) {
        sf_artifact_forget_partial(agent, artifact);
    }
    return r;
}
