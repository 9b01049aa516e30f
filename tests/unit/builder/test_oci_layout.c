/* Tests of image layouts: new ones, ones of others, tags that move, what is no layout. */
#include "tests/unit/sf_test.h"

#include <jansson.h>

#include "builder/export/oci_layout.h"
#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/host/dir.h"

#define HELLO_SHA256 "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static json_t *descriptor(const char *tag, const char *digest)
{
    json_t *value = json_pack("{s:s, s:i, s:{s:s}}", "digest", digest, "size", 1, "annotations",
                              SF_OCI_TAG_ANNOTATION, tag);

    assert_non_null(value);
    return value;
}

static bool add(const struct sf_oci_layout *layout, const char *tag, const char *digest)
{
    sf_auto(json) json_t *value = descriptor(tag, digest);
    bool changed = false;
    struct sf_error err = {0};

    assert_sf_ok(sf_oci_layout_add(layout, value, &changed, &err), &err);
    return changed;
}

static void assert_file(const char *directory, const char *name, const char *expected)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 65536};
    sf_autoclose int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(directory, &fd, &err), &err);
    assert_sf_ok(sf_dir_read_file(fd, name, &text, &err), &err);
    if (strstr(text.data, expected) == NULL) {
        fail_msg("'%s' is not in %s:\n%s", expected, name, text.data);
    }
}

static size_t count_images(const char *directory)
{
    sf_autofree char *path = sf_str_format("%s/index.json", directory);
    sf_auto(json) json_t *index = json_load_file(path, 0, NULL);

    assert_non_null(index);
    return json_array_size(json_object_get(index, "manifests"));
}

static void blob_put_has_its_digest_for_a_name(void **state)
{
    sf_autofree char *path = sf_str_format("%s/new", (char *)*state);
    sf_auto(oci_layout) struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};
    char sha256[65];
    struct sf_error err = {0};

    assert_sf_ok(sf_oci_layout_open(path, &layout, &err), &err);
    assert_sf_ok(sf_oci_layout_put_text(&layout, "hello", sha256, &err), &err);
    assert_string_equal(sha256, HELLO_SHA256);
    assert_file(path, "blobs/sha256/" HELLO_SHA256, "hello");

    /* One that was damaged is whole again. */
    sf_test_write_file(path, "blobs/sha256/" HELLO_SHA256, "hexlo");
    assert_sf_ok(sf_oci_layout_put_text(&layout, "hello", sha256, &err), &err);
    assert_file(path, "blobs/sha256/" HELLO_SHA256, "hello");
}

static void tag_added_again_replaces_only_itself(void **state)
{
    sf_autofree char *path = sf_str_format("%s/new", (char *)*state);
    sf_auto(oci_layout) struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};
    struct sf_error err = {0};

    assert_sf_ok(sf_oci_layout_open(path, &layout, &err), &err);
    assert_true(add(&layout, "one", "sha256:1"));
    assert_file(path, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    assert_true(add(&layout, "two", "sha256:2"));
    assert_false(add(&layout, "one", "sha256:1"));
    assert_true(add(&layout, "one", "sha256:3"));
    assert_int_equal(count_images(path), 2);
    assert_file(path, "index.json", "sha256:2");
    assert_file(path, "index.json", "sha256:3");
}

static void layout_of_others_keeps_what_it_has(void **state)
{
    sf_auto(oci_layout) struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};
    struct sf_error err = {0};

    sf_test_write_file(*state, "oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
    sf_test_write_file(*state, "index.json",
                       "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:9\"}],"
                       "\"annotations\":{\"theirs\":\"kept\"}}");
    assert_sf_ok(sf_oci_layout_open(*state, &layout, &err), &err);
    assert_true(add(&layout, "one", "sha256:1"));
    assert_int_equal(count_images(*state), 2);
    assert_file(*state, "index.json", "sha256:9");
    assert_file(*state, "index.json", "\"theirs\": \"kept\"");
}

static void directory_of_something_else_is_refused(void **state)
{
    struct sf_oci_layout layout = {.fd = -1};
    struct sf_error err = {0};

    sf_test_write_file(*state, "letter.txt", "dear");
    assert_sf_fails(sf_oci_layout_open(*state, &layout, &err), &err, SF_E_USAGE,
                    "holds 'letter.txt' and no oci-layout");
    sf_test_write_file(*state, "oci-layout", "{\"imageLayoutVersion\": \"2.0.0\"}");
    assert_sf_fails(sf_oci_layout_open(*state, &layout, &err), &err, SF_E_FORMAT,
                    "of version 2.0.0");
    sf_test_write_file(*state, "oci-layout", "{}");
    assert_sf_fails(sf_oci_layout_open(*state, &layout, &err), &err, SF_E_FORMAT,
                    "imageLayoutVersion");
    assert_int_equal(layout.fd, -1);
}

static void index_that_is_not_valid_stays_as_it_is(void **state)
{
    sf_auto(oci_layout) struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};
    sf_auto(json) json_t *value = descriptor("one", "sha256:1");
    bool changed = false;
    struct sf_error err = {0};

    sf_test_write_file(*state, "oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
    sf_test_write_file(*state, "index.json", "{\"manifests\": 7}");
    assert_sf_ok(sf_oci_layout_open(*state, &layout, &err), &err);
    assert_sf_fails(sf_oci_layout_add(&layout, value, &changed, &err), &err, SF_E_FORMAT,
                    "index.json: ");
    assert_file(*state, "index.json", "{\"manifests\": 7}");
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(blob_put_has_its_digest_for_a_name),
        TREE_TEST(tag_added_again_replaces_only_itself),
        TREE_TEST(layout_of_others_keeps_what_it_has),
        TREE_TEST(directory_of_something_else_is_refused),
        TREE_TEST(index_that_is_not_valid_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
