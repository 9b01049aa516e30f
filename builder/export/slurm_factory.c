/* A release as the tarball that slurm-factory would have made of it. */
#include "builder/export/slurm_factory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/export/artifact.h"
#include "builder/export/tarball.h"
#include "builder/repository/work_dir.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/keyring.h"
#include "common/content/modulefile.h"
#include "common/content/sign.h"
#include "common/content/signature.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define TREE                "tree"
#define TARBALL             "tarball"
#define SIGNATURE           "signature"
#define MODULES             "view/assets/modules/slurm"
#define SIGNATURE_MAX_BYTES 65536

/* An export that is under way. */
struct export
{
    const struct sf_artifact *artifact;
    const struct sf_slurm_factory_options *options;
    int output_fd;
    int work_fd;
    char *work_name;
};

static void export_done(struct export *export)
{
    struct sf_error err;

    if (export->work_name != NULL &&
        sf_dir_remove(export->output_fd, export->work_name, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing '%s'", err.message,
               export->work_name);
    }
    free(export->work_name);
    sf_cleanup_close(&export->work_fd);
    sf_cleanup_close(&export->output_fd);
}

SF_DEFINE_AUTO_STRUCT(export, struct export, export_done)

static int check_prefix(const char *prefix, struct sf_error *err)
{
    if (!sf_path_is_clean_absolute(prefix) || strlen(prefix) > SF_PREFIX_SLOT ||
        strcmp(prefix, "/") == 0) {
        return sf_error_set(err, SF_E_USAGE,
                            "--prefix=%s: an absolute path of at most %d bytes is needed, without "
                            "'..' and double slashes",
                            prefix, SF_PREFIX_SLOT);
    }
    return 0;
}

static int open_output(struct export *export, struct sf_error *err)
{
    const char *path = export->options->directory;

    if (mkdir(path, 0755) < 0 && errno != EEXIST) {
        return sf_error_errno(err, errno, "make '%s'", path);
    }

    int r = sf_dir_open_follow(path, &export->output_fd, err);

    return r < 0 ? r
                 : sf_work_dir_make(path, export->output_fd, &export->work_name, &export->work_fd,
                                    err);
}

static int move_file(int dir_fd, const char *from, const char *to, struct sf_error *err)
{
    return renameat(dir_fd, from, dir_fd, to) < 0 ? sf_error_errno(err, errno, "make '%s'", to) : 0;
}

/* Lmod's texts are where slurm-factory has them; the rest of meta/ it does not know. */
static int move_modules(const struct export *export, int tree_fd, struct sf_error *err)
{
    char version[SF_RELEASE_ID_SIZE];
    int r = sf_dir_make(tree_fd, MODULES, err);

    if (r < 0) {
        return r;
    }
    sf_release_short(&export->artifact->manifest->release, version);

    sf_autofree char *name = sf_str_format(MODULES "/%s.lua", version);

    r = name == NULL ? sf_error_no_memory(err)
                     : move_file(tree_fd, "meta/modules/" SF_MODULEFILE_LUA, name, err);
    if (r < 0) {
        return r;
    }

    r = move_file(tree_fd, "meta/modules/" SF_MODULEFILE_RC_LUA, MODULES "/.modulerc.lua", err);
    return r < 0 ? r : sf_dir_remove(tree_fd, "meta", err);
}

static int make_tree(const struct export *export, int *ret_fd, struct sf_error *err)
{
    sf_autoclose int tree_fd = -1;
    int r = sf_dir_make(export->work_fd, TREE, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(export->work_fd, TREE, &tree_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_artifact_unpack(export->artifact, tree_fd, export->options->prefix, err);
    if (r < 0) {
        return r;
    }

    r = move_modules(export, tree_fd, err);
    if (r < 0) {
        return r;
    }
    *ret_fd = sf_steal_fd(&tree_fd);
    return 0;
}

static int make_tarball(const struct export *export, int *ret_fd, struct sf_tarball *ret,
                        struct sf_error *err)
{
    const struct sf_tarball_options options = {.compression = SF_COMPRESSION_GZIP,
                                               .level = export->options->level,
                                               .mtime_s = export->artifact->epoch_s};
    sf_autoclose int tree_fd = -1;
    sf_autoclose int fd = -1;
    int r = make_tree(export, &tree_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open_file(export->work_fd, TARBALL, O_RDWR | O_CREAT | O_EXCL, 0644, &fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_tarball_write(tree_fd, &options, fd, ret, err);
    if (r < 0) {
        return r;
    }
    if (fchmod(fd, 0644) < 0 || fsync(fd) < 0) {
        return sf_error_errno(err, errno, "write the archive");
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

static char *path_of(const struct sf_release *release)
{
    char series[16];

    sf_release_series(release->version, series);
    return sf_str_format("%s/%s/%s/slurm-%s-%s-%s-software.tar.gz", release->toolchain, series,
                         release->arch, series, release->toolchain, release->arch);
}

/* Whether the signature that is there is of this file, and by the key that is wanted. */
static bool is_signed(const struct export *export, const char *path, int fd)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_auto(verified_file) struct sf_verified_file verified = {.fd = -1};
    sf_auto(buffer) struct sf_buffer key = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_autofree char *signature = sf_str_format("%s.asc", path);
    sf_autoclose int copy_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    struct sf_error err;

    if (signature == NULL || copy_fd < 0 ||
        sf_dir_read_file(export->output_fd, signature, &unverified, &err) < 0 ||
        sf_sign_export_key(export->options->signer, &key, &err) < 0 ||
        sf_keyring_open_key(&key, export->options->signer, &keyring, &err) < 0 ||
        sf_signature_verify_file(keyring, copy_fd, unverified.data, unverified.size,
                                 sf_clock_now_s(), &verified, &err) < 0) {
        return false;
    }
    (void)sf_steal_fd(&copy_fd);
    return true;
}

/* Whether the file that is there has these bytes, and its signature if that is wanted. */
static bool is_there(const struct export *export, const char *path, const char *sha256)
{
    sf_autoclose int fd = -1;
    char hex[SF_DIGEST_HEX];
    uint64_t size_bytes = 0;
    struct sf_error err;

    return sf_dir_open_file(export->output_fd, path, O_RDONLY, 0, &fd, &err) == 0 &&
           sf_digest_fd(fd, hex, &size_bytes, &err) == 0 && strcmp(hex, sha256) == 0 &&
           (export->options->signer == NULL || is_signed(export, path, fd));
}

static int make_signature(const struct export *export, int tarball_fd, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_autoclose int fd = -1;
    int r = sf_sign_detached(export->options->signer, tarball_fd, &text, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open_file(export->work_fd, SIGNATURE, O_WRONLY | O_CREAT | O_EXCL, 0644, &fd, err);
    if (r < 0) {
        return r;
    }
    if (write(fd, text.data, text.size) != (ssize_t)text.size || fchmod(fd, 0644) < 0 ||
        fsync(fd) < 0) {
        return sf_error_errno(err, errno, "write the signature");
    }
    return 0;
}

static int publish(const struct export *export, int directory_fd, const char *name,
                   struct sf_error *err)
{
    sf_autofree char *signature = sf_str_format("%s.asc", name);

    if (signature == NULL) {
        return sf_error_no_memory(err);
    }
    /* A signature of other bytes is worse than none. */
    if (unlinkat(directory_fd, signature, 0) < 0 && errno != ENOENT) {
        return sf_error_errno(err, errno, "remove '%s'", signature);
    }
    if (renameat(export->work_fd, TARBALL, directory_fd, name) < 0 ||
        (export->options->signer != NULL &&
         renameat(export->work_fd, SIGNATURE, directory_fd, signature) < 0)) {
        return sf_error_errno(err, errno, "write '%s'", name);
    }
    return sf_dir_sync(directory_fd, err);
}

static int replace(const struct export *export, const char *path, int tarball_fd,
                   struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(path);
    sf_autoclose int directory_fd = -1;
    int r = directory == NULL                 ? sf_error_no_memory(err)
            : export->options->signer == NULL ? 0
                                              : make_signature(export, tarball_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_make(export->output_fd, directory, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open(export->output_fd, directory, &directory_fd, err);
    return r < 0 ? r : publish(export, directory_fd, sf_path_base(path), err);
}

int sf_slurm_factory_write(const struct sf_artifact *artifact,
                           const struct sf_slurm_factory_options *options,
                           struct sf_slurm_factory_file *ret, struct sf_error *err)
{
    sf_auto(export) struct export export = {
        .artifact = artifact, .options = options, .output_fd = -1, .work_fd = -1};
    sf_autofree char *path = path_of(&artifact->manifest->release);
    sf_autoclose int fd = -1;
    struct sf_tarball tarball = {0};
    int r = path == NULL ? sf_error_no_memory(err) : check_prefix(options->prefix, err);

    if (r < 0) {
        return r;
    }

    r = open_output(&export, err);
    if (r < 0) {
        return r;
    }

    r = make_tarball(&export, &fd, &tarball, err);
    if (r < 0) {
        return r;
    }

    /* Of two exports of a name the tarball and the signature must be of the same one. */
    (void)flock(export.output_fd, LOCK_EX);

    bool is_changed = !is_there(&export, path, tarball.sha256);

    r = is_changed ? replace(&export, path, fd, err) : 0;
    if (r < 0) {
        return r;
    }
    ret->path = sf_steal(&path);
    ret->size_bytes = tarball.size_bytes;
    memcpy(ret->sha256, tarball.sha256, sizeof ret->sha256);
    ret->is_changed = is_changed;
    return 0;
}

void sf_slurm_factory_file_done(struct sf_slurm_factory_file *file)
{
    free(file->path);
    file->path = NULL;
}
