/* One release's directory, its lock, and the record of its stages. */
#include "builder/make/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"
#include "common/host/file_lock.h"

#define RECORD_MAX_BYTES 4096

int sf_cell_open(const char *state, const struct sf_release *release,
                 const struct sf_cell_stage *stages, size_t stage_count, struct sf_cell *ret,
                 struct sf_error *err)
{
    sf_auto(cell) struct sf_cell cell = {
        .fd = -1, .lock_fd = -1, .stages = stages, .stage_count = stage_count};
    sf_autoclose int top_fd = -1;
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    cell.path = sf_str_format("%s/releases/%s", state, id);
    if (cell.path == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open_follow("/", &top_fd, err);

    if (r == 0) {
        r = sf_dir_make_in_root(top_fd, cell.path, 0755, &cell.fd, err);
    }
    if (r == 0) {
        r = sf_file_lock_take(cell.fd, "lock", "build", /* timeout_s= */ 0, &cell.lock_fd, err);
    }
    if (r == 0) {
        r = sf_dir_make(cell.fd, "logs", err);
    }
    if (r == 0) {
        r = sf_dir_make(cell.fd, "done", err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", cell.path);
    }
    *ret = cell;
    cell = (struct sf_cell){.fd = -1, .lock_fd = -1};
    return 0;
}

int sf_cell_chain(struct sf_cell *cell, const char *inputs, struct sf_error *err)
{
    size_t stage = cell->digests.count;
    const char *before = stage == 0 ? "" : cell->digests.items[stage - 1];
    sf_autofree char *text = sf_str_format("%s\n%s\n%s", before, cell->stages[stage].name, inputs);
    char digest[SF_DIGEST_HEX];

    if (text == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_digest_bytes(text, strlen(text), digest, err);

    return r < 0 ? r : sf_strlist_add(&cell->digests, digest, err);
}

static char *record_path(const struct sf_cell *cell, size_t stage)
{
    return sf_path_join("done", cell->stages[stage].name);
}

/* What cannot be read is not done. */
static bool is_done(const struct sf_cell *cell, size_t stage)
{
    sf_auto(buffer) struct sf_buffer record = {.limit_bytes = RECORD_MAX_BYTES};
    sf_autofree char *path = record_path(cell, stage);
    const char *output = cell->stages[stage].output;
    struct sf_error ignored;

    return path != NULL && sf_dir_read_file(cell->fd, path, &record, &ignored) == 0 &&
           record.data != NULL && strcmp(record.data, cell->digests.items[stage]) == 0 &&
           (output == NULL || sf_dir_has(cell->fd, output));
}

size_t sf_cell_first(const struct sf_cell *cell)
{
    for (size_t i = cell->digests.count; i > 0; i--) {
        if (is_done(cell, i - 1)) {
            return i;
        }
    }
    return 0;
}

int sf_cell_forget(const struct sf_cell *cell, size_t stage, struct sf_error *err)
{
    sf_autoclose int done_fd = -1;

    for (size_t i = stage; i < cell->stage_count; i++) {
        sf_autofree char *path = record_path(cell, i);
        int r = path == NULL ? sf_error_no_memory(err) : sf_dir_remove(cell->fd, path, err);

        if (r < 0) {
            return r;
        }
    }

    int r = sf_dir_open(cell->fd, "done", &done_fd, err);

    /* After a power cut no record may be back whose stage had begun to change its output. */
    return r < 0 ? r : sf_dir_sync(done_fd, err);
}

int sf_cell_begin(struct sf_cell *cell, size_t stage, int *ret_log_fd, struct sf_error *err)
{
    sf_autofree char *log = sf_str_format("logs/%s.log", cell->stages[stage].name);
    size_t first = stage > 0 && cell->stages[stage].is_in_place ? stage - 1 : stage;
    int r = log == NULL ? sf_error_no_memory(err) : sf_cell_forget(cell, first, err);

    return r < 0 ? r
                 : sf_dir_open_file(cell->fd, log, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644,
                                    ret_log_fd, err);
}

int sf_cell_finish(struct sf_cell *cell, size_t stage, struct sf_error *err)
{
    const char *digest = cell->digests.items[stage];
    sf_autoclose int done_fd = -1;
    int r = sf_dir_open(cell->fd, "done", &done_fd, err);

    if (r < 0) {
        return r;
    }
    /* The record outlives a power cut only if what it stands for does. */
    if (syncfs(cell->fd) < 0) {
        return sf_error_errno(err, errno, "write '%s' to disk", cell->path);
    }
    return sf_atomic_file_write(done_fd, cell->stages[stage].name, digest, strlen(digest), 0644,
                                err);
}

char *sf_cell_log_path(const struct sf_cell *cell, size_t stage)
{
    return sf_str_format("%s/logs/%s.log", cell->path, cell->stages[stage].name);
}

void sf_cell_done(struct sf_cell *cell)
{
    sf_cleanup_close(&cell->lock_fd);
    sf_cleanup_close(&cell->fd);
    sf_strlist_done(&cell->digests);
    free(cell->path);
    *cell = (struct sf_cell){.fd = -1, .lock_fd = -1};
}
