/* Tests of unpacking: the tree as it stands on the disk, and every way archive and manifest can
 * disagree. */
#include "tests/unit/content/tiny_artifact.h"

#include <sys/stat.h>

#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/content/relocate.h"
#include "common/content/unpack.h"
#include "common/host/dir.h"

#define NODE "/cluster/slurm/releases/" TINY_ID "/view"

static uint64_t progress_bytes;

static void note_progress(uint64_t bytes)
{
    progress_bytes += bytes;
}

static int open_stage(void **state)
{
    int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(*state, &fd, &err), &err);
    return fd;
}

static int unpack(void **state, const struct tiny_artifact *artifact, const char *prefix,
                  struct sf_error *err)
{
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_autoclose int stage_fd = open_stage(state);
    struct sf_unpack options = {
        .stage_fd = stage_fd, .node_prefix = prefix, .progress = note_progress};

    tiny_artifact_open(artifact, SF_MANIFEST_PATH, &stream);
    options.source = stream.source;
    return sf_unpack_run(&options, err);
}

/* Makes an archive that differs from its manifest in what `change` does, and expects INTEGRITY. */
static void assert_refused(void **state, void (*change)(struct tiny_artifact *),
                           const char *fragment)
{
    struct tiny_artifact artifact;
    struct sf_error err = {0};

    tiny_artifact_init(&artifact);
    change(&artifact);
    assert_sf_fails(unpack(state, &artifact, TINY_PREFIX, &err), &err, SF_E_INTEGRITY, fragment);

    /* The manifest is written last: what stands there cannot be taken for a tree. */
    sf_autoclose int stage_fd = open_stage(state);
    assert_false(sf_dir_has(stage_fd, SF_MANIFEST_PATH));
    assert_sf_ok(sf_dir_remove(stage_fd, "meta", &err), &err);
    assert_sf_ok(sf_dir_remove(stage_fd, "view", &err), &err);
}

static void assert_file(int stage_fd, const char *path, mode_t mode, const char *text)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 65536};
    struct stat status;
    struct sf_error err = {0};

    assert_int_equal(fstatat(stage_fd, path, &status, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(status.st_mode & 07777, mode);
    assert_int_equal(status.st_nlink, 1);
    assert_sf_ok(sf_dir_read_file(stage_fd, path, &buffer, &err), &err);
    assert_string_equal(buffer.data, text);
}

static void tree_with_the_default_prefix_is_as_shipped(void **state)
{
    struct tiny_artifact artifact;
    sf_autofree char *text = NULL;
    sf_autofree char *target = NULL;
    sf_autoclose int stage_fd = open_stage(state);
    struct stat status;
    struct sf_error err = {0};
    mode_t mask = umask(0077);

    tiny_artifact_init(&artifact);
    progress_bytes = 0;
    assert_sf_ok(unpack(state, &artifact, TINY_PREFIX, &err), &err);
    (void)umask(mask);
    text = tiny_artifact_manifest(&artifact);
    assert_file(stage_fd, SF_MANIFEST_PATH, 0644, text);
    assert_file(stage_fd, "meta/units/slurmd.service", 0644, TINY_UNIT_TEXT);
    assert_file(stage_fd, "view/bin/sinfo", 0755, artifact.sinfo);
    assert_int_equal(fstatat(stage_fd, "view/bin", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_sf_ok(sf_dir_read_link(stage_fd, "view/bin/squeue", &target, &err), &err);
    assert_string_equal(target, "sinfo");
    assert_int_equal(progress_bytes, TINY_BIN_SIZE + strlen(TINY_UNIT_TEXT));
}

static void tree_with_another_prefix_is_relocated_and_rendered(void **state)
{
    struct tiny_artifact artifact;
    char slot[SF_PREFIX_SLOT + 1];
    char expected[TINY_BIN_SIZE + 1];
    char hex[SF_DIGEST_HEX];
    sf_autoclose int stage_fd = open_stage(state);
    sf_autoclose int fd = -1;
    struct sf_error err = {0};

    tiny_artifact_init(&artifact);
    assert_sf_ok(unpack(state, &artifact, NODE, &err), &err);
    sf_prefix_pad(NODE, slot);
    memcpy(expected, artifact.sinfo, sizeof expected);
    memcpy(expected + TINY_SLOT, slot, SF_PREFIX_SLOT);
    assert_file(stage_fd, "view/bin/sinfo", 0755, expected);
    assert_file(stage_fd, "meta/units/slurmd.service", 0644,
                "[Service]\nExecStart=" NODE "/sbin/slurmd\n");

    const struct sf_manifest_file *file = &artifact.listed[TINY_SINFO];
    assert_sf_ok(sf_dir_open_file(stage_fd, file->path, O_RDONLY, 0, &fd, &err), &err);
    assert_sf_ok(sf_relocate_shipped_digest(fd, &artifact.manifest, file, NODE, hex, &err), &err);
    assert_string_equal(hex, file->sha256);
}

static void prefix_longer_than_the_slot_is_refused(void **state)
{
    struct tiny_artifact artifact;
    char prefix[SF_PREFIX_SLOT + 2];
    sf_autoclose int stage_fd = open_stage(state);
    struct sf_error err = {0};

    memset(prefix, 'a', sizeof prefix - 1);
    prefix[0] = '/';
    prefix[sizeof prefix - 1] = '\0';
    tiny_artifact_init(&artifact);
    assert_sf_fails(unpack(state, &artifact, prefix, &err), &err, SF_E_INCOMPATIBLE, "longer than");
    assert_false(sf_dir_has(stage_fd, "view"));
}

static void manifest_beside_that_differs_is_refused(void **state)
{
    struct tiny_artifact artifact;
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(manifest) struct sf_manifest *outer = NULL;
    sf_autoclose int stage_fd = open_stage(state);
    struct sf_error err = {0};

    tiny_artifact_init(&artifact);
    sf_autofree char *text = tiny_artifact_manifest(&artifact);
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &outer, &err), &err);
    artifact.listed[TINY_SINFO].mode = 0700;
    artifact.stored[TINY_SINFO].mode = 0700;
    tiny_artifact_open(&artifact, SF_MANIFEST_PATH, &stream);

    struct sf_unpack options = {.source = stream.source,
                                .manifest = outer,
                                .stage_fd = stage_fd,
                                .node_prefix = TINY_PREFIX};
    assert_sf_fails(sf_unpack_run(&options, &err), &err, SF_E_INTEGRITY, "not the one beside it");
    assert_false(sf_dir_has(stage_fd, "view"));
}

static void manifest_beside_that_is_the_same_is_accepted(void **state)
{
    struct tiny_artifact artifact;
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(manifest) struct sf_manifest *outer = NULL;
    sf_autoclose int stage_fd = open_stage(state);
    struct sf_error err = {0};

    tiny_artifact_init(&artifact);
    sf_autofree char *text = tiny_artifact_manifest(&artifact);
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &outer, &err), &err);
    tiny_artifact_open(&artifact, SF_MANIFEST_PATH, &stream);

    struct sf_unpack options = {.source = stream.source,
                                .manifest = outer,
                                .stage_fd = stage_fd,
                                .node_prefix = TINY_PREFIX};
    assert_sf_ok(sf_unpack_run(&options, &err), &err);
}

static void change_byte(struct tiny_artifact *artifact)
{
    artifact->data[TINY_UNIT] = "[Service]\nExecStart=" TINY_PREFIX "/sbin/slurmD\n";
}

static void change_size(struct tiny_artifact *artifact)
{
    artifact->data[TINY_SINFO] = "short";
}

static void change_mode(struct tiny_artifact *artifact)
{
    artifact->stored[TINY_SINFO].mode = 0711;
}

static void change_target(struct tiny_artifact *artifact)
{
    static char other[] = "scontrol";

    artifact->stored[TINY_LINK].target = other;
}

static void change_type(struct tiny_artifact *artifact)
{
    artifact->stored[TINY_SINFO].type = SF_FILE_DIRECTORY;
}

static void change_name(struct tiny_artifact *artifact)
{
    static char other[] = "view/bin/sdiag";

    artifact->stored[TINY_SINFO].path = other;
}

static void drop_last(struct tiny_artifact *artifact)
{
    artifact->stored_count--;
}

static void add_extra(struct tiny_artifact *artifact)
{
    static char extra[] = "view/extra";

    artifact->stored[TINY_FILES] = artifact->stored[TINY_BIN];
    artifact->stored[TINY_FILES].path = extra;
    artifact->stored_count++;
}

static void add_twice(struct tiny_artifact *artifact)
{
    artifact->stored[TINY_FILES] = artifact->stored[TINY_SINFO];
    artifact->data[TINY_FILES] = artifact->data[TINY_SINFO];
    artifact->stored_count++;
}

static void archive_unlike_its_manifest_is_refused(void **state)
{
    assert_refused(state, change_byte, "'meta/units/slurmd.service' has the sha256");
    assert_refused(state, change_size, "'view/bin/sinfo' has another size");
    assert_refused(state, change_mode, "'view/bin/sinfo' has another mode");
    assert_refused(state, change_target, "'view/bin/squeue' has another link target");
    assert_refused(state, change_type, "'view/bin/sinfo' has another type");
    assert_refused(state, change_name, "'view/bin/sdiag' is not what the manifest lists");
    assert_refused(state, drop_last, "lacks 'view/bin/squeue'");
    assert_refused(state, add_extra, "'view/extra' is not what the manifest lists");
    assert_refused(state, add_twice, "'view/bin/sinfo' is not what the manifest lists");
}

static void archive_that_starts_otherwise_is_refused(void **state)
{
    struct tiny_artifact artifact;
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    tiny_artifact_init(&artifact);
    tiny_artifact_open(&artifact, "meta/other.json", &stream);
    assert_sf_fails(sf_unpack_read_manifest(stream.source, &manifest, &err), &err, SF_E_FORMAT,
                    "does not start with 'meta/manifest.json'");
}

static void manifest_alone_is_read(void **state)
{
    struct tiny_artifact artifact;
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    tiny_artifact_init(&artifact);
    tiny_artifact_open(&artifact, SF_MANIFEST_PATH, &stream);
    assert_sf_ok(sf_unpack_read_manifest(stream.source, &manifest, &err), &err);
    assert_int_equal(manifest->file_count, TINY_FILES);
    assert_string_equal(manifest->release.version, "24.11.5");
}

static void link_put_in_the_way_is_not_followed(void **state)
{
    struct tiny_artifact artifact;
    sf_autofree char *outside = sf_str_format("%s-outside", (char *)*state);
    sf_autoclose int stage_fd = open_stage(state);
    struct sf_error err = {0};

    tiny_artifact_init(&artifact);
    assert_int_equal(mkdir(outside, 0700), 0);
    assert_int_equal(symlinkat(outside, stage_fd, "view"), 0);
    assert_true(unpack(state, &artifact, TINY_PREFIX, &err) < 0);
    assert_non_null(strstr(err.message, "'view'"));
    assert_int_equal(rmdir(outside), 0);
}

#define STAGE_TEST(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(tree_with_the_default_prefix_is_as_shipped),
        STAGE_TEST(tree_with_another_prefix_is_relocated_and_rendered),
        STAGE_TEST(prefix_longer_than_the_slot_is_refused),
        STAGE_TEST(manifest_beside_that_differs_is_refused),
        STAGE_TEST(manifest_beside_that_is_the_same_is_accepted),
        STAGE_TEST(archive_unlike_its_manifest_is_refused),
        cmocka_unit_test(archive_that_starts_otherwise_is_refused),
        cmocka_unit_test(manifest_alone_is_read),
        STAGE_TEST(link_put_in_the_way_is_not_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
