/* A place to publish to, whatever its kind. */
#include "builder/repository/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

struct form {
    const char *scheme;
    int (*open)(const char *where, void **ret_self, struct sf_error *err);
    const struct sf_target_kind *kind;
};

static const struct form forms[] = {
    {"file://", sf_target_directory_open, &sf_target_directory},
    {"s3://", sf_target_s3_open, &sf_target_s3},
    {"rsync://", sf_target_rsync_open, &sf_target_rsync},
};

static const struct form directory = {"", sf_target_directory_open, &sf_target_directory};

static const struct form host = {"", sf_target_rsync_open, &sf_target_rsync};

/* "host:/path"; a directory with a colon in its name is "./a:b". */
static bool is_on_host(const char *where)
{
    return where[strcspn(where, ":/")] == ':';
}

static int find_form(const char *where, const struct form **ret, struct sf_error *err)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (sf_str_has_prefix(where, forms[i].scheme)) {
            *ret = &forms[i];
            return 0;
        }
    }
    if (where[0] == '\0' || strstr(where, "://") != NULL) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%.200s' is no place to publish to: give " SF_TARGET_FORMS, where);
    }
    *ret = is_on_host(where) ? &host : &directory;
    return 0;
}

int sf_target_open(const char *where, struct sf_target **ret, struct sf_error *err)
{
    const struct form *form = NULL;
    sf_auto(target) struct sf_target *target = calloc(1, sizeof *target);
    int r = target == NULL ? sf_error_no_memory(err) : find_form(where, &form, err);

    if (r < 0) {
        return r;
    }
    target->name = strdup(where);
    if (target->name == NULL) {
        return sf_error_no_memory(err);
    }

    r = form->open(where, &target->self, err);
    if (r < 0) {
        return r;
    }
    target->kind = form->kind;
    *ret = sf_steal(&target);
    return 0;
}

static int name_target(const struct sf_target *target, int r, struct sf_error *err)
{
    return r < 0 ? sf_error_prefix(err, "%s: ", target->name) : 0;
}

int sf_target_get(struct sf_target *target, const char *path, int fd, bool *ret_is_there,
                  struct sf_error *err)
{
    return name_target(target, target->kind->get(target->self, path, fd, ret_is_there, err), err);
}

int sf_target_read(struct sf_target *target, const char *path, struct sf_buffer *buffer,
                   bool *ret_is_there, struct sf_error *err)
{
    bool is_there = false;
    sf_autoclose int fd = memfd_create("target", MFD_CLOEXEC);

    if (fd < 0) {
        return sf_error_errno(err, errno, "make a file in memory");
    }

    int r = sf_target_get(target, path, fd, &is_there, err);

    if (r == 0 && is_there) {
        r = lseek(fd, 0, SEEK_SET) < 0 ? sf_error_errno(err, errno, "read '%s'", path)
                                       : sf_dir_read_fd(fd, path, buffer, err);
    }
    if (r < 0) {
        return r;
    }
    *ret_is_there = is_there;
    return 0;
}

int sf_target_put(struct sf_target *target, const char *path, int fd, struct sf_error *err)
{
    return name_target(target, target->kind->put(target->self, path, fd, err), err);
}

int sf_target_replace(struct sf_target *target, const char *path, int fd, struct sf_error *err)
{
    return name_target(target, target->kind->replace(target->self, path, fd, err), err);
}

int sf_target_remove(struct sf_target *target, const char *path, struct sf_error *err)
{
    return name_target(target, target->kind->remove(target->self, path, err), err);
}

int sf_target_list(struct sf_target *target, struct sf_strlist *ret_paths, struct sf_error *err)
{
    return name_target(target, target->kind->list(target->self, ret_paths, err), err);
}

int sf_target_lock(struct sf_target *target, uint32_t wait_s, bool *ret_is_held,
                   struct sf_error *err)
{
    int r = 0;

    if (target->kind->lock != NULL) {
        r = target->kind->lock(target->self, wait_s, err);
    }
    if (r < 0) {
        return name_target(target, r, err);
    }
    *ret_is_held = target->kind->lock != NULL;
    return 0;
}

void sf_target_unlock(struct sf_target *target)
{
    if (target->kind->unlock != NULL) {
        target->kind->unlock(target->self);
    }
}

void sf_target_free(struct sf_target *target)
{
    if (target == NULL) {
        return;
    }
    if (target->kind != NULL) {
        target->kind->free(target->self);
    }
    free(target->name);
    free(target);
}
