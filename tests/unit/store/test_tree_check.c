/* A tree as shipped has no findings; each way to change it has one. */
#include "common/store/tree_check.h"

#include "common/base/path.h"
#include "common/host/digest.h"
#include "tests/unit/store/store_test.h"

#define TREE "opt/slurm/releases/" NEW_ID "/"

static struct sf_manifest_file files[] = {
    {.path = (char[]){"meta"}, .type = SF_FILE_DIRECTORY, .mode = 0755},
    {.path = (char[]){"meta/unit"}, .size_bytes = 1000, .mode = 0644, .is_rendered = true},
    {.path = (char[]){"view"}, .type = SF_FILE_DIRECTORY, .mode = 0755},
    {.path = (char[]){"view/bin"}, .type = SF_FILE_DIRECTORY, .mode = 0755},
    {.path = (char[]){"view/bin/sinfo"}, .size_bytes = 5, .mode = 0755},
    {.path = (char[]){"view/lib64"}, .type = SF_FILE_LINK, .target = (char[]){"lib"}},
};
static struct sf_manifest manifest = {.files = files, .file_count = sizeof files / sizeof *files};

static void set_mode(void **state, const char *name, mode_t mode)
{
    char path[512];

    store_path(path, *state, name);
    assert_int_equal(chmod(path, mode), 0);
}

static void drop(void **state, const char *name)
{
    char path[512];

    store_path(path, *state, name);
    assert_int_equal(remove(path), 0);
}

/* The tree that `files` describe. */
static int make_tree(void **state)
{
    struct sf_error err;

    assert_int_equal(sf_test_make_directory(state), 0);
    store_write(state, TREE "meta/manifest.json", "{}");
    store_write(state, TREE "meta/unit", "unit\n");
    store_write(state, TREE "view/bin/sinfo", "sinfo");
    store_symlink(state, "lib", TREE "view/lib64");
    set_mode(state, TREE "view/bin/sinfo", 0755);
    assert_sf_ok(sf_digest_bytes("unit\n", 5, files[1].sha256, &err), &err);
    assert_sf_ok(sf_digest_bytes("sinfo", 5, files[4].sha256, &err), &err);
    return 0;
}

static int digest_file(void *context, int fd, const struct sf_manifest_file *file,
                       char hex[static 65], struct sf_error *err)
{
    enum sf_code *code = context;
    uint64_t size = 0;

    if (*code != SF_OK) {
        return sf_error_set(err, *code, "slot at 10 of %s", sf_path_base(file->path));
    }
    return sf_digest_fd(fd, hex, &size, err);
}

/* Checks the tree; the findings as "kind path: detail" lines. */
static int check(void **state, sf_tree_digest digest, enum sf_code code, char text[static 2048],
                 struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    char path[512];
    size_t used = 0;

    store_path(path, *state, TREE);
    sf_autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = sf_tree_check(fd, &manifest, digest, &code, &findings, err);

    text[0] = '\0';
    for (size_t i = 0; i < findings.count; i++) {
        used += (size_t)snprintf(text + used, 2048 - used, "%s %s: %s\n",
                                 sf_finding_kind_name(findings.items[i].kind),
                                 findings.items[i].path, findings.items[i].detail);
        assert_true(used < 2048);
    }
    return r;
}

static void assert_findings(void **state, const char *expected)
{
    struct sf_error err;
    char text[2048];

    assert_sf_ok(check(state, digest_file, SF_OK, text, &err), &err);
    assert_string_equal(text, expected);
}

static void tree_as_shipped_has_no_findings(void **state)
{
    assert_findings(state, "");
}

static void file_of_other_content_is_changed(void **state)
{
    store_write(state, TREE "view/bin/sinfo", "evil!");
    assert_findings(state, "changed view/bin/sinfo: content differs\n");
    store_write(state, TREE "view/bin/sinfo", "longer");
    assert_findings(state, "changed view/bin/sinfo: 6 bytes, expected 5\n");
}

static void file_rendered_may_have_any_size_but_not_any_content(void **state)
{
    store_write(state, TREE "meta/unit", "another unit\n");
    assert_findings(state, "changed meta/unit: content differs\n");
}

static void content_not_asked_for_is_not_read(void **state)
{
    struct sf_error err;
    char text[2048];

    store_write(state, TREE "view/bin/sinfo", "evil!");
    assert_sf_ok(check(state, NULL, SF_OK, text, &err), &err);
    assert_string_equal(text, "");
}

static void slot_that_holds_something_else_is_changed(void **state)
{
    struct sf_error err;
    char text[2048];

    assert_sf_ok(check(state, digest_file, SF_E_INTEGRITY, text, &err), &err);
    assert_string_equal(text, "changed meta/unit: slot at 10 of unit\n"
                              "changed view/bin/sinfo: slot at 10 of sinfo\n");
}

static void file_that_cannot_be_read_is_an_error(void **state)
{
    struct sf_error err;
    char text[2048];

    assert_sf_fails(check(state, digest_file, SF_E_IO, text, &err), &err, SF_E_IO,
                    "'meta/unit': slot at 10");
    assert_string_equal(text, "");
}

static void file_gone_is_missing(void **state)
{
    drop(state, TREE "view/bin/sinfo");
    drop(state, TREE "view/bin");
    assert_findings(state, "missing view/bin: a directory is not there\n"
                           "missing view/bin/sinfo: a file is not there\n");
}

static void file_not_listed_is_extra(void **state)
{
    store_write(state, TREE "view/extra/file", "");
    store_write(state, TREE "meta/manifest.json.bak", "");
    assert_findings(state, "extra meta/manifest.json.bak: a file that is not in the manifest\n"
                           "extra view/extra: a directory that is not in the manifest\n"
                           "extra view/extra/file: a file that is not in the manifest\n");
}

static void manifest_that_is_no_file_is_extra(void **state)
{
    drop(state, TREE "meta/manifest.json");
    store_symlink(state, "/etc/passwd", TREE "meta/manifest.json");
    assert_findings(state, "extra meta/manifest.json: a link that is not in the manifest\n");
}

static void mode_changed_is_found(void **state)
{
    set_mode(state, TREE "view/bin/sinfo", 04755);
    set_mode(state, TREE "view", 0777);
    assert_findings(state, "mode view: mode 0777, expected 0755\n"
                           "mode view/bin/sinfo: mode 4755, expected 0755\n");
}

static void owner_changed_is_found_by_root(void **state)
{
    char path[512];

    if (geteuid() != 0) {
        skip();
    }
    store_path(path, *state, TREE "view/lib64");
    assert_int_equal(lchown(path, 4711, 4712), 0);
    assert_findings(state, "mode view/lib64: owner 4711:4712, expected 0:0\n");
}

static void type_changed_is_found(void **state)
{
    drop(state, TREE "view/bin/sinfo");
    store_symlink(state, "/bin/true", TREE "view/bin/sinfo");
    drop(state, TREE "view/lib64");
    store_write(state, TREE "view/lib64", "");
    assert_findings(state, "type view/bin/sinfo: a link, expected a file\n"
                           "type view/lib64: a file, expected a link\n");
}

static void link_pointing_elsewhere_is_changed(void **state)
{
    drop(state, TREE "view/lib64");
    store_symlink(state, "/tmp", TREE "view/lib64");
    assert_findings(state, "changed view/lib64: points at '/tmp', expected 'lib'\n");
}

#define check_unit_test(test)                                                                      \
    cmocka_unit_test_setup_teardown(test, make_tree, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        check_unit_test(tree_as_shipped_has_no_findings),
        check_unit_test(file_of_other_content_is_changed),
        check_unit_test(file_rendered_may_have_any_size_but_not_any_content),
        check_unit_test(content_not_asked_for_is_not_read),
        check_unit_test(slot_that_holds_something_else_is_changed),
        check_unit_test(file_that_cannot_be_read_is_an_error),
        check_unit_test(file_gone_is_missing),
        check_unit_test(file_not_listed_is_extra),
        check_unit_test(manifest_that_is_no_file_is_extra),
        check_unit_test(mode_changed_is_found),
        check_unit_test(owner_changed_is_found_by_root),
        check_unit_test(type_changed_is_found),
        check_unit_test(link_pointing_elsewhere_is_changed),
    };

    (void)umask(022);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
