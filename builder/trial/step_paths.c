/* No file names a directory of the build or the prefix of another place. */
#include "builder/trial/trial_step.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "builder/place/place.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

/* What Spack puts where a longer path is going to be. */
#define SPACK_PLACEHOLDER "__spack_path_placeholder__"

/* In a build root these are the directories of the build; elsewhere they are the trial's. */
static const char *const always[] = {SPACK_PLACEHOLDER, SF_PLACE_WORK "/source",
                                     SF_PLACE_WORK "/destdir"};

struct search {
    struct sf_strlist texts;
    size_t file_count;
};

static int search_bytes(const struct search *search, const char *path, const void *bytes,
                        size_t size, struct sf_error *err)
{
    for (size_t i = 0; i < search->texts.count; i++) {
        const char *text = search->texts.items[i];
        const char *at = memmem(bytes, size, text, strlen(text));

        if (at != NULL) {
            return sf_error_set(err, SF_E_UNHEALTHY,
                                "%s names '%s', a path of the build that no node has, at offset "
                                "%td",
                                path, text, at - (const char *)bytes);
        }
    }
    return 0;
}

static int search_file(struct search *search, int dir_fd, const char *path, size_t size,
                       struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(dir_fd, path, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

    if (bytes == MAP_FAILED) {
        return sf_error_errno(err, errno, "read '%s'", path);
    }
    r = search_bytes(search, path, bytes, size, err);
    (void)munmap(bytes, size);
    search->file_count++;
    return r;
}

/* The manifest says what the build prefix was; nothing else may. */
static int visit(void *context, int dir_fd, const char *path, const struct stat *status,
                 struct sf_error *err)
{
    if (!S_ISREG(status->st_mode) || status->st_size == 0 ||
        sf_str_is_equal(path, SF_MANIFEST_PATH)) {
        return 0;
    }
    return search_file(context, dir_fd, path, (size_t)status->st_size, err);
}

static int list_texts(const struct sf_trial_run *run, struct sf_strlist *ret, struct sf_error *err)
{
    const struct sf_strlist *paths = run->trial->build_paths;
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof always / sizeof *always; i++) {
        r = sf_strlist_add(ret, always[i], err);
    }
    if (r == 0 && paths != NULL) {
        r = sf_strlist_add_all(ret, paths, err);
    }
    return r < 0 ? r : sf_strlist_add(ret, run->manifest->default_prefix, err);
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    struct search search = {0};
    sf_autoclose int tree_fd = -1;
    int r = sf_dir_open_follow(run->tree, &tree_fd, err);

    if (r == 0) {
        r = list_texts(run, &search.texts, err);
    }
    if (r == 0) {
        r = sf_dir_walk(tree_fd, ".", visit, &search, err);
    }
    if (r == 0) {
        sf_trial_note(run, "%zu files name none of %zu paths of the build", search.file_count,
                      search.texts.count - 1);
    }
    sf_strlist_done(&search.texts);
    return r;
}

int sf_step_paths(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}
