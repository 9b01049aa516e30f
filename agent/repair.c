/* Restores the files of a tree from its artifact, each by one rename. */
#include "agent/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/artifact.h"
#include "agent/check_tree.h"
#include "agent/context.h"
#include "agent/repository.h"
#include "agent/select.h"
#include "agent/stage.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/fetch.h"
#include "common/format/prefix.h"
#include "common/host/dir.h"
#include "common/store/layout.h"
#include "common/store/tree.h"
#include "common/store/tree_check.h"

struct repair {
    const struct sf_agent *agent;
    const struct sf_manifest *manifest; /* the signed one */
    char id[SF_RELEASE_ID_SIZE];
    const char *prefix;
    int stage_fd;
    int tree_fd;
};

/* Opens the directory that holds `path` below `top_fd`; the name in it is sf_path_base(). */
static int open_parent(int top_fd, const char *path, int *ret_fd, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    return parent == NULL ? sf_error_no_memory(err) : sf_dir_open(top_fd, parent, ret_fd, err);
}

static int move(int from_fd, int to_fd, const char *name, struct sf_error *err)
{
    if (renameat(from_fd, name, to_fd, name) < 0) {
        return sf_error_errno(err, errno, "put '%s' in its place", name);
    }
    return sf_dir_sync(to_fd, err);
}

/* Moves what is not the release's own aside: it may be somebody's work. */
static int set_aside(const struct repair *repair, const char *path, struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    sf_autofree char *kept = sf_str_format(".extra/%s/%s", repair->id, path);
    sf_autofree char *parent = kept == NULL ? NULL : sf_path_parent(kept);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_make(repair->agent->layout->root_fd, parent, err);

    if (r == 0) {
        r = sf_dir_open(repair->agent->layout->root_fd, parent, &to_fd, err);
    }
    if (r == 0) {
        r = open_parent(repair->tree_fd, path, &from_fd, err);
    }
    if (r == 0) {
        r = sf_dir_remove(repair->agent->layout->root_fd, kept, err);
    }
    return r < 0 ? r : move(from_fd, to_fd, sf_path_base(path), err);
}

static int restore_directory(const struct repair *repair, const struct sf_manifest_file *file,
                             struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_make(repair->tree_fd, file->path, err);

    if (r == 0) {
        r = sf_dir_open(repair->tree_fd, file->path, &fd, err);
    }
    if (r == 0 && (fchown(fd, 0, 0) < 0 || fchmod(fd, file->mode) < 0)) {
        return sf_error_errno(err, errno, "restore the mode of '%s'", file->path);
    }
    return r;
}

static int restore_file(const struct repair *repair, const char *path, struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    int r = open_parent(repair->stage_fd, path, &from_fd, err);

    if (r == 0) {
        r = open_parent(repair->tree_fd, path, &to_fd, err);
    }
    return r < 0 ? r : move(from_fd, to_fd, sf_path_base(path), err);
}

/* Findings come parents first, so a missing directory is there before what belongs into it. */
static int mend(const struct repair *repair, const struct sf_finding *finding, struct sf_error *err)
{
    const struct sf_manifest_file *file = sf_manifest_find(repair->manifest, finding->path);
    int r = 0;

    if (finding->kind == SF_FINDING_EXTRA) {
        sf_log(SF_LOG_NOTICE, "%s is not part of %s, kept as .extra/%s/%s", finding->path,
               repair->id, repair->id, finding->path);
        return set_aside(repair, finding->path, err);
    }
    if (finding->kind == SF_FINDING_TYPE) {
        r = set_aside(repair, finding->path, err);
    }
    if (r < 0) {
        return r;
    }
    return file != NULL && file->type == SF_FILE_DIRECTORY
               ? restore_directory(repair, file, err)
               : restore_file(repair, finding->path, err);
}

static int mend_all(struct repair *repair, struct sf_findings *ret, struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    sf_autofree char *path = sf_path_join(SF_LAYOUT_RELEASES, repair->id);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_open(repair->agent->layout->root_fd, path, &repair->tree_fd, err);

    if (r == 0) {
        r = sf_dir_make(repair->tree_fd, "meta", err);
    }
    if (r == 0) {
        /* The manifest of the tree may itself be what is damaged or gone. */
        r = restore_file(repair, SF_MANIFEST_PATH, err);
    }
    if (r == 0) {
        r = sf_check_tree_against(repair->tree_fd, repair->manifest, repair->prefix, &findings,
                                  err);
    }
    for (size_t i = 0; r == 0 && i < findings.count; i++) {
        r = mend(repair, &findings.items[i], err);
    }
    if (r < 0) {
        return r;
    }
    *ret = findings;
    findings = (struct sf_findings){0};
    return 0;
}

static int open_artifact(struct sf_agent *agent, struct sf_fetcher *fetcher,
                         const struct sf_release *release, struct sf_artifact *ret,
                         struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    const struct sf_wanted wanted = {.kind = SF_WANTED_ID, .release = *release};
    const struct sf_index_artifact *entry = NULL;
    struct sf_facts facts = agent->facts;
    struct sf_index_origin origin;
    bool is_new = false;

    /* The tree is on this node already: it is for this release's toolchain, whatever is detected.
     */
    (void)snprintf(facts.toolchain, sizeof facts.toolchain, "%s", release->toolchain);
    int r = sf_repository_refresh(agent, fetcher, &index, &origin, &is_new, err);

    if (r == 0) {
        r = sf_select_artifact(index, &wanted, &facts, release->variant, &entry, err);
    }
    return r < 0 ? r : sf_artifact_open_remote(agent, fetcher, entry, &origin, ret, err);
}

int sf_repair_run(struct sf_agent *agent, const struct sf_release *release, struct sf_findings *ret,
                  struct sf_error *err)
{
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_auto(artifact) struct sf_artifact artifact = {.file.fd = -1};
    sf_autofree char *prefix = NULL;
    sf_autoclose int stage_fd = -1;
    struct repair repair = {.agent = agent, .tree_fd = -1};
    int r = sf_prefix_of_release(agent->layout->root, release, &prefix, err);

    if (r == 0) {
        r = sf_repository_fetcher(agent, &fetcher, err);
    }
    if (r == 0) {
        r = open_artifact(agent, fetcher, release, &artifact, err);
    }
    if (r == 0) {
        r = sf_stage_unpack(agent, &artifact, &stage_fd, err);
    }
    if (r < 0) {
        return r;
    }
    sf_release_format(release, repair.id);
    repair.manifest = artifact.manifest;
    repair.prefix = prefix;
    repair.stage_fd = stage_fd;
    r = sf_dir_sync_tree(stage_fd, ".", err);
    if (r == 0) {
        r = mend_all(&repair, ret, err);
    }
    if (repair.tree_fd >= 0) {
        (void)close(repair.tree_fd);
    }
    sf_stage_discard(agent, release);
    if (r == 0) {
        sf_artifact_forget_partial(agent, &artifact);
    }
    return r;
}
