/* Writes the artifact with debug information, which lies beside the one that nodes get. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/pack/build.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/content/archive_write.h"
#include "common/host/dir.h"

/* Debug information is large and seldom fetched: time counts more than bytes. */
#define DEBUG_LEVEL 6

struct debug {
    int fd; /* of the directory */
    struct sf_archive_writer *writer;
};

static int add_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                     struct sf_error *err)
{
    const struct debug *debug = context;
    sf_autofree char *copy = strdup(path);
    struct sf_manifest_file file = {
        .path = copy,
        .type = S_ISDIR(status->st_mode) ? SF_FILE_DIRECTORY : SF_FILE_REGULAR,
        .mode = S_ISDIR(status->st_mode) ? 0755 : 0644,
        .size_bytes = S_ISDIR(status->st_mode) ? 0 : (uint64_t)status->st_size,
    };

    (void)dir_fd;
    return copy == NULL ? sf_error_no_memory(err)
                        : sf_archive_writer_add_file(debug->writer, debug->fd, &file, err);
}

static int write_archive(struct sf_build *build, int fd, struct sf_error *err)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_autoclose int debug_fd = -1;
    sf_autofree char(*blocks)[65] = NULL;
    size_t block_count = 0;
    int level = build->level < DEBUG_LEVEL ? build->level : DEBUG_LEVEL;
    int r = sf_archive_writer_open(fd, level, build->epoch_s, &writer, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(build->work_fd, SF_BUILD_DEBUG, &debug_fd, err);
    if (r < 0) {
        return r;
    }

    struct debug debug = {debug_fd, writer};

    r = sf_dir_walk(debug_fd, ".", add_entry, &debug, err);
    if (r < 0) {
        return r;
    }
    return sf_archive_writer_finish(writer, &build->debug_size_bytes, &blocks, &block_count,
                                    build->debug_sha256, err);
}

int sf_stage_debug(struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int fd = -1;

    if (!build->has_debug) {
        return 0;
    }

    int r = sf_dir_open_file(build->out_fd, build->debug_name, O_RDWR | O_CREAT | O_EXCL, 0644, &fd,
                             err);

    return r < 0 ? r : write_archive(build, fd, err);
}
