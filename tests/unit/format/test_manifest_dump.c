/* What is written can be read again and is the same. */
#include "common/format/manifest.h"

#include "tests/unit/failing_malloc.h"
#include "tests/unit/format/manifest_text.h"

static char *dumped(const struct sf_manifest *manifest)
{
    struct sf_strlist none = {0};
    const struct sf_manifest_origin origin = {.builder_version = "0.1.0",
                                              .options = &none,
                                              .sources = &none,
                                              .source_date_epoch_s = 1700000000};
    char *text = sf_manifest_dump(manifest, &origin);

    assert_non_null(text);
    return text;
}

static void dump_parsed_again_is_the_same(void **state)
{
    sf_auto(manifest) struct sf_manifest *manifest = manifest_parsed();
    sf_auto(manifest) struct sf_manifest *again = NULL;
    sf_autofree char *text = dumped(manifest);
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &again, &err), &err);
    assert_true(sf_manifest_is_same(manifest, again));
    sf_autofree char *text_again = dumped(again);

    assert_string_equal(text, text_again);
}

static void dump_names_what_lies_beside(void **state)
{
    static const struct sf_manifest_related related = {"debug", "x-debug.tar.zst", 5, MANIFEST_SHA};
    sf_auto(manifest) struct sf_manifest *manifest = manifest_parsed();
    sf_auto(manifest) struct sf_manifest *again = NULL;
    struct sf_strlist none = {0};
    const struct sf_manifest_origin origin = {.builder_version = "0.1.0",
                                              .options = &none,
                                              .sources = &none,
                                              .related = &related,
                                              .related_count = 1};
    sf_autofree char *text = sf_manifest_dump(manifest, &origin);
    struct sf_error err;

    (void)state;
    assert_non_null(text);
    assert_non_null(strstr(text, "\"related\":[{\"kind\":\"debug\",\"name\":\"x-debug.tar.zst\""));
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &again, &err), &err);
}

static void dump_of_unsorted_files_is_sorted(void **state)
{
    sf_auto(manifest) struct sf_manifest *manifest = manifest_parsed();
    sf_autofree char *text = dumped(manifest);

    (void)state;
    for (size_t i = 0; i < manifest->file_count / 2; i++) {
        struct sf_manifest_file swap = manifest->files[i];

        manifest->files[i] = manifest->files[manifest->file_count - 1 - i];
        manifest->files[manifest->file_count - 1 - i] = swap;
    }
    sf_autofree char *shuffled = dumped(manifest);

    assert_string_equal(text, shuffled);
}

static void dump_outer_adds_blocks_and_nothing_else(void **state)
{
    static const char blocks[2][65] = {MANIFEST_SHA, MANIFEST_SHA};
    sf_auto(manifest) struct sf_manifest *inner = manifest_parsed();
    sf_auto(manifest) struct sf_manifest *outer = NULL;
    sf_autofree char *inner_text = dumped(inner);
    sf_autofree char *outer_text = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_manifest_dump_outer(inner_text, SF_MANIFEST_BLOCK_SIZE + 1, blocks, 2,
                                        &outer_text, &err),
                 &err);
    assert_sf_ok(sf_manifest_parse(outer_text, strlen(outer_text), &outer, &err), &err);
    assert_true(sf_manifest_is_same(inner, outer));
    assert_int_equal(outer->block_count, 2);
    assert_int_equal(outer->block_size_bytes, SF_MANIFEST_BLOCK_SIZE);
    assert_int_equal(outer->artifact_size_bytes, SF_MANIFEST_BLOCK_SIZE + 1);
}

static void dump_outer_of_garbage_is_refused(void **state)
{
    static const char blocks[1][65] = {MANIFEST_SHA};
    struct sf_error err = {0};
    char *text = NULL;

    (void)state;
    assert_sf_fails(sf_manifest_dump_outer("{", 1, blocks, 1, &text, &err), &err, SF_E_FORMAT,
                    "manifest: ");
    assert_null(text);
}

static char *manifest_input;

static int trip_manifest(char **ret_text, struct sf_error *err)
{
    static const char blocks[1][65] = {MANIFEST_SHA};
    static const struct sf_strlist none;
    const struct sf_manifest_origin origin = {
        .builder_version = "1", .options = &none, .sources = &none};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    int r = sf_manifest_parse(manifest_input, strlen(manifest_input), &manifest, err);

    if (r < 0) {
        return r;
    }
    sf_autofree char *inner = sf_manifest_dump(manifest, &origin);

    if (inner == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_manifest_dump_outer(inner, 5, blocks, 1, ret_text, err);
}

static void manifest_each_allocation_failing_is_told(void **state)
{
    (void)state;
    manifest_input = manifest_text("", "");
    assert_each_failure_is_told(trip_manifest);
    free(manifest_input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_parsed_again_is_the_same),
        cmocka_unit_test(dump_names_what_lies_beside),
        cmocka_unit_test(dump_of_unsorted_files_is_sorted),
        cmocka_unit_test(dump_outer_adds_blocks_and_nothing_else),
        cmocka_unit_test(dump_outer_of_garbage_is_refused),
        cmocka_unit_test(manifest_each_allocation_failing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
