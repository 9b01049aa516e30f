/* The links (or copies) in /etc/systemd/system through which systemd finds a release's units. */
#include "common/store/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/host/atomic_file.h"
#include "common/host/atomic_link.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

#define UNIT_MAX_BYTES (1UL << 20)

/* A copy's first line: this, the digest of all that follows, the end. So an edited copy is known
 * for the administrator's. */
#define MARK     "# Copied by sf-agent, which replaces it until it is edited: sha256 "
#define MARK_END "\n"

enum unit_state {
    UNIT_ABSENT,
    UNIT_LINK,   /* ours */
    UNIT_COPY,   /* ours, as we wrote it */
    UNIT_FOREIGN /* anything else: a mask, a unit or a copy that somebody wrote */
};

struct units {
    const struct sf_layout *layout;
    enum sf_units_mode mode;
    char *directory; /* "<root>/current/meta/units/", where links of ours point */
    char active_id[SF_RELEASE_ID_SIZE];
    struct sf_strlist *skipped;
    bool is_changed;
};

static bool is_untouched_copy(const char *text, size_t size)
{
    size_t head = strlen(MARK) + SF_DIGEST_HEX - 1 + strlen(MARK_END);
    char hex[SF_DIGEST_HEX];
    struct sf_error ignored;

    return size >= head && memcmp(text, MARK, strlen(MARK)) == 0 &&
           sf_digest_bytes(text + head, size - head, hex, &ignored) == 0 &&
           memcmp(text + strlen(MARK), hex, strlen(hex)) == 0 && text[head - 1] == '\n';
}

static int read_state(const struct units *units, const char *name, enum unit_state *ret,
                      struct sf_error *err)
{
    int units_fd = units->layout->units_fd;
    struct stat status = {0};

    if (fstatat(units_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT) {
            return sf_error_errno(err, errno, "stat '%s'", name);
        }
        *ret = UNIT_ABSENT;
        return 0;
    }
    *ret = UNIT_FOREIGN;
    if (S_ISLNK(status.st_mode)) {
        sf_autofree char *target = NULL;
        int r = sf_dir_read_link(units_fd, name, &target, err);

        if (r < 0) {
            return r;
        }
        *ret = sf_str_has_prefix(target, units->directory) ? UNIT_LINK : UNIT_FOREIGN;
    } else if (S_ISREG(status.st_mode) && status.st_size < (off_t)UNIT_MAX_BYTES) {
        sf_auto(buffer) struct sf_buffer text = {.limit_bytes = UNIT_MAX_BYTES};
        int r = sf_dir_read_file(units_fd, name, &text, err);

        if (r < 0) {
            return r;
        }
        *ret = text.size > 0 && is_untouched_copy(text.data, text.size) ? UNIT_COPY : UNIT_FOREIGN;
    }
    return 0;
}

static int remove_unit(struct units *units, const char *name, struct sf_error *err)
{
    if (unlinkat(units->layout->units_fd, name, 0) < 0) {
        return sf_error_errno(err, errno, "remove '/etc/systemd/system/%s'", name);
    }
    units->is_changed = true;
    return 0;
}

static int set_link(struct units *units, const char *name, enum unit_state state,
                    struct sf_error *err)
{
    sf_autofree char *target = sf_str_format("%s%s", units->directory, name);
    sf_autofree char *old = NULL;
    int r = 0;

    if (target == NULL) {
        return sf_error_no_memory(err);
    }
    if (state == UNIT_LINK) {
        r = sf_dir_read_link(units->layout->units_fd, name, &old, err);
        if (r < 0 || strcmp(old, target) == 0) {
            return r;
        }
    }
    if (state == UNIT_COPY) {
        r = remove_unit(units, name, err);
        if (r < 0) {
            return r;
        }
    }
    units->is_changed = true;
    return sf_atomic_link_set(units->layout->units_fd, name, target, err);
}

/* The marked text of the active release's unit. */
static int make_copy(const struct units *units, const char *name, struct sf_buffer *ret_text,
                     struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer body = {.limit_bytes = UNIT_MAX_BYTES / 2};
    sf_autofree char *path =
        sf_str_format(SF_LAYOUT_RELEASES "/%s/meta/units/%s", units->active_id, name);
    char hex[SF_DIGEST_HEX];

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_read_file(units->layout->root_fd, path, &body, err);

    if (r < 0) {
        return r;
    }
    r = sf_digest_bytes(body.data == NULL ? "" : body.data, body.size, hex, err);
    if (r < 0) {
        return r;
    }
    r = sf_buffer_format(ret_text, err, MARK "%s" MARK_END, hex);
    if (r < 0 || body.size == 0) {
        return r;
    }
    return sf_buffer_append(ret_text, body.data, body.size, err);
}

static int set_copy(struct units *units, const char *name, enum unit_state state,
                    struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = UNIT_MAX_BYTES};
    int units_fd = units->layout->units_fd;
    int r = make_copy(units, name, &text, err);

    if (r < 0) {
        return r;
    }
    if (state == UNIT_COPY) {
        sf_auto(buffer) struct sf_buffer old = {.limit_bytes = UNIT_MAX_BYTES};

        r = sf_dir_read_file(units_fd, name, &old, err);
        if (r < 0) {
            return r;
        }
        if (old.size == text.size && memcmp(old.data, text.data, text.size) == 0) {
            return 0;
        }
    }
    units->is_changed = true;
    return sf_atomic_file_write(units_fd, name, text.data, text.size, 0644, err);
}

static int set_unit(struct units *units, const char *name, struct sf_error *err)
{
    enum unit_state state = UNIT_ABSENT;

    if (strchr(name, '/') != NULL || *name == '.' || *name == '\0') {
        return sf_error_set(err, SF_E_FORMAT, "'%s' is not the name of a unit", name);
    }
    int r = read_state(units, name, &state, err);

    if (r < 0) {
        return r;
    }
    if (state == UNIT_FOREIGN) {
        return sf_strlist_add(units->skipped, name, err);
    }
    return units->mode == SF_UNITS_COPY ? set_copy(units, name, state, err)
                                        : set_link(units, name, state, err);
}

/* Removes what is ours and not in `wanted` (NULL: nothing is). */
static int remove_stale(struct units *units, const struct sf_strlist *wanted, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(units->layout->units_fd, ".", &names, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < names.count; i++) {
        enum unit_state state = UNIT_ABSENT;

        if (wanted != NULL && sf_strlist_has(wanted, names.items[i])) {
            continue;
        }
        r = read_state(units, names.items[i], &state, err);
        if (r < 0) {
            return r;
        }
        if (state == UNIT_LINK || state == UNIT_COPY) {
            r = remove_unit(units, names.items[i], err);
            if (r < 0) {
                return r;
            }
        }
    }
    return units->is_changed ? sf_dir_sync(units->layout->units_fd, err) : 0;
}

int sf_links_sync_units(const struct sf_layout *layout, enum sf_units_mode mode,
                        const struct sf_strlist *wanted, struct sf_strlist *ret_skipped,
                        bool *ret_changed, struct sf_error *err)
{
    sf_autofree char *directory =
        sf_str_format("%s/" SF_LAYOUT_CURRENT "/meta/units/", layout->root);
    struct units units = {
        .layout = layout, .mode = mode, .directory = directory, .skipped = ret_skipped};

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_tree_active(layout, units.active_id, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; mode != SF_UNITS_NONE && i < wanted->count; i++) {
        r = set_unit(&units, wanted->items[i], err);
        if (r < 0) {
            return sf_error_prefix(err, "unit '%s': ", wanted->items[i]);
        }
    }
    r = remove_stale(&units, mode == SF_UNITS_NONE ? NULL : wanted, err);
    if (r < 0) {
        return r;
    }
    *ret_changed = units.is_changed;
    return 0;
}
