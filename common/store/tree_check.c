/* A tree compared with its manifest. */
#include "common/store/tree_check.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define MAX_FINDINGS 10000

struct check {
    int tree_fd;
    const struct sf_manifest *manifest;
    sf_tree_digest digest;
    void *context;
    bool *is_seen; /* one for each file of the manifest */
    bool is_root;  /* others cannot make files of root's */
    struct sf_findings *findings;
};

__attribute__((format(printf, 5, 6))) static int
add_finding(const struct check *check, const char *path, enum sf_finding_kind kind,
            struct sf_error *err, const char *format, ...)
{
    struct sf_findings *findings = check->findings;
    va_list args;

    if (findings->count == MAX_FINDINGS) {
        return 0;
    }
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity == 0 ? 16 : findings->capacity * 2;
        struct sf_finding *items = reallocarray(findings->items, capacity, sizeof *items);

        if (items == NULL) {
            return sf_error_no_memory(err);
        }
        findings->items = items;
        findings->capacity = capacity;
    }
    struct sf_finding *finding = &findings->items[findings->count];

    finding->kind = kind;
    finding->path = strdup(path);
    if (finding->path == NULL) {
        return sf_error_no_memory(err);
    }
    findings->count++;
    va_start(args, format);
    (void)vsnprintf(finding->detail, sizeof finding->detail, format, args);
    va_end(args);
    return 0;
}

static const char *type_name(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "a file";
    case S_IFDIR:
        return "a directory";
    case S_IFLNK:
        return "a link";
    default:
        return "a special file";
    }
}

static mode_t expected_type(const struct sf_manifest_file *file)
{
    switch (file->type) {
    case SF_FILE_DIRECTORY:
        return S_IFDIR;
    case SF_FILE_LINK:
        return S_IFLNK;
    case SF_FILE_REGULAR:
    default:
        return S_IFREG;
    }
}

static int check_link(const struct check *check, const struct sf_manifest_file *file,
                      struct sf_error *err)
{
    sf_autofree char *target = NULL;
    int r = sf_dir_read_link(check->tree_fd, file->path, &target, err);

    if (r < 0) {
        return r;
    }
    if (strcmp(target, file->target) != 0) {
        return add_finding(check, file->path, SF_FINDING_CHANGED, err,
                           "points at '%s', expected '%s'", target, file->target);
    }
    return 0;
}

static int check_content(const struct check *check, const struct sf_manifest_file *file,
                         const struct stat *status, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    char hex[65];

    /* A rendered file is as long as the node's own prefix makes it. */
    if (!file->is_rendered && (uint64_t)status->st_size != file->size_bytes) {
        return add_finding(check, file->path, SF_FINDING_CHANGED, err, "%llu bytes, expected %llu",
                           (unsigned long long)status->st_size,
                           (unsigned long long)file->size_bytes);
    }
    if (check->digest == NULL) {
        return 0;
    }
    int r = sf_dir_open_file(check->tree_fd, file->path, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }
    r = check->digest(check->context, fd, file, hex, err);
    if (r == -SF_E_INTEGRITY) {
        return add_finding(check, file->path, SF_FINDING_CHANGED, err, "%s", err->message);
    }
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", file->path);
    }
    if (strcmp(hex, file->sha256) != 0) {
        return add_finding(check, file->path, SF_FINDING_CHANGED, err, "content differs");
    }
    return 0;
}

static int check_permissions(const struct check *check, const struct sf_manifest_file *file,
                             const struct stat *status, struct sf_error *err)
{
    if (check->is_root && (status->st_uid != 0 || status->st_gid != 0)) {
        int r = add_finding(check, file->path, SF_FINDING_MODE, err, "owner %u:%u, expected 0:0",
                            (unsigned)status->st_uid, (unsigned)status->st_gid);

        if (r < 0) {
            return r;
        }
    }
    unsigned mode = status->st_mode & 07777;

    if (file->type != SF_FILE_LINK && mode != file->mode) {
        return add_finding(check, file->path, SF_FINDING_MODE, err, "mode %04o, expected %04o",
                           mode, (unsigned)file->mode);
    }
    return 0;
}

static int check_file(const struct check *check, const struct sf_manifest_file *file,
                      const struct stat *status, struct sf_error *err)
{
    mode_t expected = expected_type(file);

    if ((status->st_mode & S_IFMT) != expected) {
        return add_finding(check, file->path, SF_FINDING_TYPE, err, "%s, expected %s",
                           type_name(status->st_mode), type_name(expected));
    }
    int r = check_permissions(check, file, status, err);

    if (r < 0) {
        return r;
    }
    if (file->type == SF_FILE_LINK) {
        return check_link(check, file, err);
    }
    if (file->type == SF_FILE_REGULAR) {
        return check_content(check, file, status, err);
    }
    return 0;
}

static int visit(void *context, int dir_fd, const char *path, const struct stat *status,
                 struct sf_error *err)
{
    const struct check *check = context;
    const struct sf_manifest_file *file = sf_manifest_find(check->manifest, path);

    (void)dir_fd;
    if (file != NULL) {
        check->is_seen[file - check->manifest->files] = true;
        return check_file(check, file, status, err);
    }
    /* The manifest cannot list its own digest. */
    if (strcmp(path, SF_MANIFEST_PATH) == 0 && S_ISREG(status->st_mode)) {
        return 0;
    }
    return add_finding(check, path, SF_FINDING_EXTRA, err, "%s that is not in the manifest",
                       type_name(status->st_mode));
}

static int report_missing(const struct check *check, struct sf_error *err)
{
    for (size_t i = 0; i < check->manifest->file_count; i++) {
        const struct sf_manifest_file *file = &check->manifest->files[i];

        if (check->is_seen[i]) {
            continue;
        }
        int r = add_finding(check, file->path, SF_FINDING_MISSING, err, "%s is not there",
                            type_name(expected_type(file)));

        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int sf_tree_check(int tree_fd, const struct sf_manifest *manifest, sf_tree_digest digest,
                  void *context, struct sf_findings *ret, struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    sf_autofree bool *is_seen = calloc(manifest->file_count + 1, sizeof *is_seen);
    struct check check = {
        .tree_fd = tree_fd,
        .manifest = manifest,
        .digest = digest,
        .context = context,
        .is_seen = is_seen,
        .is_root = geteuid() == 0,
        .findings = &findings,
    };

    if (is_seen == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_walk(tree_fd, ".", visit, &check, err);

    if (r < 0) {
        return r;
    }
    r = report_missing(&check, err);
    if (r < 0) {
        return r;
    }
    *ret = findings;
    findings = (struct sf_findings){0};
    return 0;
}

const char *sf_finding_kind_name(enum sf_finding_kind kind)
{
    switch (kind) {
    case SF_FINDING_CHANGED:
        return "changed";
    case SF_FINDING_MISSING:
        return "missing";
    case SF_FINDING_EXTRA:
        return "extra";
    case SF_FINDING_MODE:
        return "mode";
    case SF_FINDING_TYPE:
        return "type";
    default:
        return "unknown";
    }
}

void sf_findings_done(struct sf_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].path);
    }
    free(findings->items);
    *findings = (struct sf_findings){0};
}
