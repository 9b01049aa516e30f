/* Parsing a manifest: the fields, and what a reader refuses. */
#include "common/format/manifest.h"

#include "common/base/clock.h"
#include "common/base/buffer.h"
#include "tests/unit/format/manifest_text.h"

static void manifest_valid_has_every_field(void **state)
{
    sf_auto(manifest) struct sf_manifest *m = manifest_parsed();

    (void)state;
    assert_string_equal(m->release.version, "25.11.6");
    assert_string_equal(m->glibc, "2.38");
    assert_string_equal(m->cpu_level, "x86-64-v2");
    assert_int_equal(strlen(m->build_prefix), SF_PREFIX_SLOT);
    assert_string_equal(m->default_prefix, MANIFEST_PREFIX);
    assert_int_equal(m->file_count, 10);
    assert_int_equal(m->tree_bytes, 460);
    assert_int_equal(m->component_count, 1);
    assert_string_equal(m->components[0].license, "GPL-2.0+");
    assert_string_equal(m->units.items[0], "slurmd.service");
    assert_string_equal(m->host_libraries.items[0], "libpam.so.*");
    assert_int_equal(m->block_count, 0);
    assert_int_equal(m->artifact_size_bytes, 0);
}

static void manifest_find_hits_each_file_and_no_other(void **state)
{
    sf_auto(manifest) struct sf_manifest *m = manifest_parsed();
    struct sf_manifest empty = {0};

    (void)state;
    for (size_t i = 0; i < m->file_count; i++) {
        assert_ptr_equal(sf_manifest_find(m, m->files[i].path), &m->files[i]);
    }
    assert_null(sf_manifest_find(m, "view/bin/sinf"));
    assert_null(sf_manifest_find(m, ""));
    assert_null(sf_manifest_find(m, "zzz"));
    assert_null(sf_manifest_find(&empty, "view"));
}

static void manifest_newer_format_is_incompatible(void **state)
{
    (void)state;
    assert_manifest_fails("\"format\":1", "\"format\":2", SF_E_INCOMPATIBLE, "format 2");
}

static void manifest_bad_header_is_refused(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *fragment;
    } cases[] = {
        {"\"format\":1", "\"format\":0", "not the manifest"},
        {"\"format\":1", "\"format\":\"1\"", "'format' is not an integer"},
        {"\"name\":\"slurm\"", "\"name\":\"other\"", "not the manifest"},
        {"\"build\":1", "\"build\":-1", "'build'"},
        {"\"build\":1", "\"build\":4294967297", "'build'"},
        {"\"build\":1", "\"build\":1,\"build\":1", "duplicate"},
        {"\"arch\":\"amd64\",", "", "'arch' is missing"},
        {"\"glibc\":\"2.38\"", "\"glibc\":\"2\"", "'glibc'"},
        {"\"glibc\":\"2.38\"", "\"glibc\":\"2.x\"", "'glibc'"},
        {"x86-64-v2", "", "'cpu_level'"},
        {"\"units\":[\"slurmd.service\"]", "\"units\":[7]", "'units'"},
        {"\"units\":[\"slurmd.service\"]", "\"units\":\"x\"", "'units' is not an array"},
        {"\"license\":\"GPL-2.0+\",", "", "'components': 'license' is missing"},
        {"\"components\":[", "\"components\":[7,", "'components': 'name' is missing"},
        {"1700000000}", "1700000000}x", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_manifest_fails(cases[i].from, cases[i].to, SF_E_FORMAT, cases[i].fragment);
    }
}

static void manifest_unknown_key_is_ignored(void **state)
{
    sf_autofree char *text = manifest_text("\"build\":1", "\"build\":1,\"later\":{\"x\":[1]}");
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &manifest, &err), &err);
}

static void manifest_bad_blocks_are_refused(void **state)
{
    static const struct {
        const char *members;
        const char *fragment;
    } cases[] = {
        {"\"artifact_size\":5", "'blocks' is missing"},
        {"\"blocks\":{\"size\":4096,\"sha256\":[]}", "'artifact_size' is missing"},
        {"\"artifact_size\":5,\"blocks\":{\"size\":4096,\"sha256\":[]}", "no digests"},
        {"\"artifact_size\":5,\"blocks\":{\"size\":4096,\"sha256\":[\"x\"]}", "block 0"},
        {"\"artifact_size\":5,\"blocks\":{\"size\":0,\"sha256\":[\"" MANIFEST_SHA "\"]}",
         "blocks of 0 bytes"},
        {"\"artifact_size\":4097,\"blocks\":{\"size\":4096,\"sha256\":[\"" MANIFEST_SHA "\"]}",
         "has 2 blocks"},
        {"\"artifact_size\":0,\"blocks\":{\"size\":4096,\"sha256\":[\"" MANIFEST_SHA "\"]}",
         "has 0 blocks"},
        {"\"artifact_size\":9223372036854775807,\"blocks\":{\"size\":4096,\"sha256\":[]}",
         "'artifact_size' is"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *to = sf_str_format("\"build\":1,%s", cases[i].members);

        assert_manifest_fails("\"build\":1", to, SF_E_FORMAT, cases[i].fragment);
    }
}

static void manifest_block_count_past_four_gigabytes_is_right(void **state)
{
    struct sf_buffer members = {.limit_bytes = 1UL << 20};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_buffer_format(&members, &err,
                                  "\"build\":1,\"artifact_size\":%llu,"
                                  "\"blocks\":{\"size\":16777216,\"sha256\":[\"" MANIFEST_SHA "\"",
                                  (1ULL << 32) + 1),
                 &err);
    for (int i = 0; i < 256; i++) {
        assert_sf_ok(sf_buffer_format(&members, &err, ",\"" MANIFEST_SHA "\""), &err);
    }
    assert_sf_ok(sf_buffer_format(&members, &err, "]}"), &err);
    sf_autofree char *text = manifest_text("\"build\":1", members.data);

    sf_buffer_done(&members);
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &manifest, &err), &err);
    assert_int_equal(manifest->block_count, 257);
    assert_true(manifest->artifact_size_bytes == (1ULL << 32) + 1);
    assert_string_equal(manifest->blocks[256], MANIFEST_SHA);
}

static void manifest_same_apart_from_blocks_is_same(void **state)
{
    sf_auto(manifest) struct sf_manifest *inner = manifest_parsed();
    sf_auto(manifest) struct sf_manifest *outer = NULL;
    sf_auto(manifest) struct sf_manifest *other = NULL;
    struct sf_error err = {0};
    sf_autofree char *text =
        manifest_text("\"build\":1", "\"build\":1,\"artifact_size\":5,\"blocks\":{\"size\":4096,"
                                     "\"sha256\":[\"" MANIFEST_SHA "\"]}");
    sf_autofree char *spoilt = manifest_text("\"size\":400", "\"size\":401");

    (void)state;
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &outer, &err), &err);
    assert_sf_ok(sf_manifest_parse(spoilt, strlen(spoilt), &other, &err), &err);
    assert_true(sf_manifest_is_same(inner, outer));
    assert_true(sf_manifest_is_same(inner, inner));
    assert_false(sf_manifest_is_same(inner, other));
    assert_int_equal(outer->block_count, 1);
}

static void manifest_cut_anywhere_is_refused(void **state)
{
    sf_autofree char *text = manifest_text("", "");
    struct sf_error err = {0};

    (void)state;
    for (size_t size = 0; size < strlen(text); size++) {
        struct sf_manifest *manifest = NULL;

        assert_int_equal(sf_manifest_parse(text, size, &manifest, &err), -(int)SF_E_FORMAT);
    }
}

static void manifest_of_five_thousand_files_parses_quickly(void **state)
{
    struct sf_buffer files = {.limit_bytes = 4UL << 20};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    for (int i = 0; i < 5000; i++) {
        assert_sf_ok(sf_buffer_format(&files, &err,
                                      "{\"path\":\"view/bin/t%05d\",\"type\":\"file\",\"mode\":"
                                      "\"0644\",\"size\":1,\"sha256\":\"" MANIFEST_SHA "\"},",
                                      i),
                     &err);
    }
    assert_sf_ok(sf_buffer_format(&files, &err, "{\"path\":\"view/lib\","), &err);
    sf_autofree char *text = manifest_text("{\"path\":\"view/lib\",", files.data);
    int64_t start_ms = sf_clock_monotonic_ms();

    sf_buffer_done(&files);
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &manifest, &err), &err);
    assert_int_equal(manifest->file_count, 5010);
    int64_t took_ms = sf_clock_monotonic_ms() - start_ms;

    print_message("%lld ms\n", (long long)took_ms);
    /* Far above what it takes even with sanitizers, far below what a quadratic search would. */
    assert_true(took_ms < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_valid_has_every_field),
        cmocka_unit_test(manifest_find_hits_each_file_and_no_other),
        cmocka_unit_test(manifest_newer_format_is_incompatible),
        cmocka_unit_test(manifest_bad_header_is_refused),
        cmocka_unit_test(manifest_unknown_key_is_ignored),
        cmocka_unit_test(manifest_bad_blocks_are_refused),
        cmocka_unit_test(manifest_block_count_past_four_gigabytes_is_right),
        cmocka_unit_test(manifest_same_apart_from_blocks_is_same),
        cmocka_unit_test(manifest_cut_anywhere_is_refused),
        cmocka_unit_test(manifest_of_five_thousand_files_parses_quickly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
