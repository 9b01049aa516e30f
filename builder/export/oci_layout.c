/* The directory of an OCI image layout. */
#include "builder/export/oci_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/repository/work_dir.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/host/atomic_file.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define LAYOUT_NAME     "oci-layout"
#define LAYOUT_VERSION  "1.0.0"
#define INDEX_NAME      "index.json"
#define INDEX_TYPE      "application/vnd.oci.image.index.v1+json"
#define INDEX_MAX_BYTES (4UL << 20)
#define MAX_IMAGES      10000
#define BLOBS           "blobs/sha256"

static int read_object(int fd, const char *name, json_t **ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = INDEX_MAX_BYTES};
    int r = sf_dir_read_file(fd, name, &text, err);

    if (r < 0) {
        return r;
    }
    return sf_json_parse(text.data == NULL ? "" : text.data, text.size, ret, err) < 0
               ? sf_error_prefix(err, "%s: ", name)
               : 0;
}

/* What is there is a layout that we know, or nothing. */
static int check_layout(int fd, const char *path, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_auto(json) json_t *layout = NULL;
    const char *version = NULL;

    if (!sf_dir_has(fd, LAYOUT_NAME)) {
        int r = sf_dir_list(fd, ".", &names, err);

        for (size_t i = 0; r == 0 && i < names.count; i++) {
            if (names.items[i][0] != '.' && strcmp(names.items[i], "blobs") != 0) {
                r = sf_error_set(err, SF_E_USAGE,
                                 "'%s' holds '%s' and no " LAYOUT_NAME
                                 ": name a new directory or an OCI image layout",
                                 path, names.items[i]);
            }
        }
        return r;
    }

    int r = read_object(fd, LAYOUT_NAME, &layout, err);

    if (r == 0) {
        r = sf_json_string(layout, "imageLayoutVersion", &version, err);
    }
    if (r == 0 && strcmp(version, LAYOUT_VERSION) != 0) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'%s' is an OCI image layout of version %s, " LAYOUT_VERSION
                            " is the known one",
                            path, version);
    }
    return r;
}

int sf_oci_layout_open(const char *path, struct sf_oci_layout *ret, struct sf_error *err)
{
    struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};

    if (mkdir(path, 0755) < 0 && errno != EEXIST) {
        return sf_error_errno(err, errno, "make '%s'", path);
    }

    int r = sf_dir_open_follow(path, &layout.fd, err);

    if (r == 0) {
        r = check_layout(layout.fd, path, err);
    }
    if (r == 0) {
        r = sf_work_dir_make(path, layout.fd, &layout.work_name, &layout.work_fd, err);
    }
    if (r == 0) {
        r = sf_dir_make(layout.fd, BLOBS, err);
    }
    if (r < 0) {
        sf_oci_layout_done(&layout);
        return r;
    }
    *ret = layout;
    return 0;
}

/* A blob that is there already has the same bytes, unless it is damaged. */
int sf_oci_layout_put_file(const struct sf_oci_layout *layout, const char *name, const char *sha256,
                           struct sf_error *err)
{
    sf_autoclose int blobs_fd = -1;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(layout->work_fd, name, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(layout->fd, BLOBS, &blobs_fd, err);
    if (r < 0) {
        return r;
    }
    if (fchmod(fd, 0644) < 0 || fsync(fd) < 0 ||
        renameat(layout->work_fd, name, blobs_fd, sha256) < 0) {
        return sf_error_errno(err, errno, "write the blob %s", sha256);
    }
    return sf_dir_sync(blobs_fd, err);
}

int sf_oci_layout_put_text(const struct sf_oci_layout *layout, const char *text,
                           char sha256[static 65], struct sf_error *err)
{
    sf_autoclose int blobs_fd = -1;
    char hex[SF_DIGEST_HEX];
    int r = sf_digest_bytes(text, strlen(text), hex, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(layout->fd, BLOBS, &blobs_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_atomic_file_write(layout->work_fd, hex, text, strlen(text), 0644, err);
    if (r < 0) {
        return r;
    }

    r = sf_oci_layout_put_file(layout, hex, hex, err);
    if (r < 0) {
        return r;
    }
    memcpy(sha256, hex, sizeof hex);
    return 0;
}

static int read_index(int fd, json_t **ret, struct sf_error *err)
{
    const struct json_t *manifests = NULL;
    sf_auto(json) json_t *index = NULL;

    if (!sf_dir_has(fd, INDEX_NAME)) {
        *ret =
            json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType", INDEX_TYPE, "manifests");
        return *ret == NULL ? sf_error_no_memory(err) : 0;
    }

    int r = read_object(fd, INDEX_NAME, &index, err);

    if (r < 0) {
        return r;
    }

    r = sf_json_array(index, "manifests", MAX_IMAGES, &manifests, err);
    if (r < 0) {
        return sf_error_prefix(err, INDEX_NAME ": ");
    }
    *ret = sf_steal(&index);
    return 0;
}

static const char *tag_of(json_t *descriptor)
{
    return json_string_value(
        json_object_get(json_object_get(descriptor, "annotations"), SF_OCI_TAG_ANNOTATION));
}

/* False when the list says so already. */
static bool replace(json_t *manifests, json_t *descriptor)
{
    const char *tag = tag_of(descriptor);

    for (size_t i = 0; i < json_array_size(manifests); i++) {
        json_t *old = json_array_get(manifests, i);
        const char *name = tag_of(old);

        if (name == NULL || strcmp(name, tag) != 0) {
            continue;
        }
        if (json_equal(old, descriptor)) {
            return false;
        }
        (void)json_array_remove(manifests, i--);
    }
    (void)json_array_append(manifests, descriptor);
    return true;
}

static int write_index(int fd, const json_t *index, struct sf_error *err)
{
    sf_autofree char *text = sf_json_dump_pretty(index);

    return text == NULL ? sf_error_no_memory(err)
                        : sf_atomic_file_write(fd, INDEX_NAME, text, strlen(text), 0644, err);
}

static int update(const struct sf_oci_layout *layout, json_t *descriptor, bool *ret_changed,
                  struct sf_error *err)
{
    static const char mark[] = "{\"imageLayoutVersion\":\"" LAYOUT_VERSION "\"}\n";
    sf_auto(json) json_t *index = NULL;
    int r = read_index(layout->fd, &index, err);

    if (r < 0) {
        return r;
    }

    bool changed = replace(json_object_get(index, "manifests"), descriptor);

    r = changed ? write_index(layout->fd, index, err) : 0;
    if (r == 0 && !sf_dir_has(layout->fd, LAYOUT_NAME)) {
        r = sf_atomic_file_write(layout->fd, LAYOUT_NAME, mark, strlen(mark), 0644, err);
    }
    if (r == 0) {
        *ret_changed = changed;
    }
    return r;
}

int sf_oci_layout_add(const struct sf_oci_layout *layout, struct json_t *descriptor,
                      bool *ret_changed, struct sf_error *err)
{
    /* Where the file system has no locks, writers are the owner's care. */
    (void)flock(layout->fd, LOCK_EX);

    int r = update(layout, descriptor, ret_changed, err);

    (void)flock(layout->fd, LOCK_UN);
    return r;
}

void sf_oci_layout_done(struct sf_oci_layout *layout)
{
    struct sf_error err;

    if (layout->work_name != NULL && sf_dir_remove(layout->fd, layout->work_name, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing '%s'", err.message,
               layout->work_name);
    }
    free(layout->work_name);
    sf_cleanup_close(&layout->work_fd);
    sf_cleanup_close(&layout->fd);
    *layout = (struct sf_oci_layout){.fd = -1, .work_fd = -1};
}
