/* Parsing the repository index. */
#include "common/format/repo_index.h"

#include "tests/unit/format/index_text.h"

static void index_valid_has_every_field(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index = index_parsed("", "");

    (void)state;
    assert_string_equal(index->repository, "test");
    assert_int_equal(index->serial, 7);
    assert_int_equal(index->created_s, 1795222923);
    assert_int_equal(index->expires_s - index->created_s, 30 * 86400);
    assert_int_equal(index->rollout.percent, 25);
    assert_int_equal(index->rollout.not_before_s, 1795305600);
    assert_true(index->rollout.is_halted);
    assert_int_equal(index->artifact_count, 2);
    assert_string_equal(index->artifacts[0].path, "noble/a.tar.zst");
    assert_true(index->artifacts[0].size_bytes == 5100000000ULL);
    assert_int_equal(index->artifacts[0].manifest_size_bytes, 2000);
    assert_true(index->artifacts[0].is_security);
    assert_false(index->artifacts[0].is_yanked);
    assert_string_equal(sf_repo_index_series(index, "25.11"), "25.11.6-1");
    assert_null(sf_repo_index_series(index, "25.05"));
}

static void index_optional_members_have_defaults(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index =
        index_parsed(",\"not_before\":\"2026-11-22T00:00:00Z\",\"halted\":true", "");
    sf_auto(repo_index) struct sf_repo_index *flags =
        index_parsed(",\"yanked\":false,\"security\":true", "");

    (void)state;
    assert_int_equal(index->rollout.not_before_s, 0);
    assert_false(index->rollout.is_halted);
    assert_false(flags->artifacts[0].is_security);
}

static void index_with_things_of_the_future_is_read(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *key =
        index_parsed("\"serial\":7", "\"serial\":7,\"new\":[{}]");
    sf_auto(repo_index) struct sf_repo_index *arch = index_parsed("\"amd64\"", "\"riscv64\"");
    sf_auto(repo_index) struct sf_repo_index *level = index_parsed("x86-64-v2", "x86-64-v9");

    (void)state;
    assert_int_equal(key->serial, 7);
    assert_string_equal(arch->artifacts[0].release.arch, "riscv64");
    assert_string_equal(level->artifacts[0].cpu_level, "x86-64-v9");
}

static void index_newer_format_is_incompatible(void **state)
{
    (void)state;
    assert_index_fails("\"format\":1", "\"format\":2", SF_E_INCOMPATIBLE, "format 2");
}

static void index_serial_limit_is_exact(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index =
        index_parsed("\"serial\":7", "\"serial\":9007199254740991");

    (void)state;
    assert_true(index->serial == 9007199254740991ULL);
    assert_index_fails("\"serial\":7", "\"serial\":9007199254740992", SF_E_FORMAT, "'serial'");
    assert_index_fails("\"serial\":7", "\"serial\":9223372036854775807", SF_E_FORMAT, "'serial'");
    assert_index_fails("\"serial\":7", "\"serial\":-1", SF_E_FORMAT, "'serial'");
    assert_index_fails("\"serial\":7", "\"serial\":7e0", SF_E_FORMAT, "'serial'");
}

static void index_hostile_path_is_refused(void **state)
{
    static const char *const paths[] = {
        "",     "/x",  "../x",     "a/../x", "a//x",       "?",       "#",   "a?x",
        "a%2f", "a b", "a\\u0001", "a\\\\b", "http://x/y", "\\u00e9", "./a", "a/"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_index_fails("noble/a.tar.zst", paths[i], SF_E_FORMAT, "artifact 0: path");
    }
    sf_autofree char *longest = malloc(5001);

    assert_non_null(longest);
    memset(longest, 'a', 5000);
    longest[5000] = '\0';
    assert_index_fails("noble/a.tar.zst", longest, SF_E_FORMAT, "artifact 0: path");
}

static void index_bad_member_is_refused(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *fragment;
    } cases[] = {
        {"\"format\":1", "\"format\":0", "no format 0"},
        {"\"repository\":\"test\"", "\"repository\":\"../x\"", "'repository'"},
        {"\"repository\":\"test\"", "\"repository\":\"\"", "'repository'"},
        {"2026-12-21", "2026-11-20", "expires before it was created"},
        {"2026-12-21T01:02:03Z", "2026-11-21T01:02:03Z", "expires before it was created"},
        {"2026-12-21T01:02:03Z", "2026-02-30T01:02:03Z", "'expires' is not a time"},
        {"\"25.11\":", "\"25.11.6\":", "not a series"},
        {"25.11.6-1\"}", "25.11.6\"}", "version and build"},
        {"25.11.6-1\"}", "latest\"}", "version and build"},
        {"\"25.11.6-1\"}", "7}", "version and build"},
        {"25.11.6-1\"}", "25.05.6-1\"}", "another series"},
        {"\"percent\":25", "\"percent\":101", "'rollout': 'percent'"},
        {"\"percent\":25,", "", "'rollout': 'percent' is missing"},
        {"\"not_before\":\"2026-11-22T00:00:00Z\"", "\"not_before\":0", "'not_before'"},
        {"\"size\":5100000000", "\"size\":1099511627777", "artifact 0: 'size'"},
        {"\"size\":2000", "\"size\":67108865", "artifact 0: 'size'"},
        {"\"sha256\":\"e3", "\"sha512\":\"e3", "artifact 0: 'sha256' is missing"},
        {"\"sha256\":\"e3", "\"sha256\":\"zz", "artifact 0: 'sha256'"},
        {"\"manifest\":{", "\"manifest\":[],\"m\":{", "'manifest' is not an object"},
        {"\"version\":\"25.11.6\"", "\"version\":\"25.11\"", "artifact 0: version '25.11'"},
        {"\"yanked\":false", "\"yanked\":0", "'yanked'"},
        {"\"artifacts\":[", "\"artifacts\":[7,", "artifact 0: 'version' is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_index_fails(cases[i].from, cases[i].to, SF_E_FORMAT, cases[i].fragment);
    }
}

static void index_tells_what_was_taken_out(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *without = index_parsed("", "");
    sf_auto(repo_index) struct sf_repo_index *index =
        index_parsed("\"serial\":7", "\"serial\":7,\"removed\":[\"noble/x\",\"noble/y\"]");

    (void)state;
    assert_int_equal(without->removed.count, 0);
    assert_int_equal(index->removed.count, 2);
    assert_string_equal(index->removed.items[1], "noble/y");
    assert_index_fails("\"serial\":7", "\"serial\":7,\"removed\":[\"../x\"]", SF_E_FORMAT,
                       "'removed': path '../x'");
    assert_index_fails("\"serial\":7", "\"serial\":7,\"removed\":[7]", SF_E_FORMAT,
                       "'removed': path ''");
    assert_index_fails("\"serial\":7", "\"serial\":7,\"removed\":7", SF_E_FORMAT, "'removed'");
}

static void index_same_release_or_path_twice_is_refused(void **state)
{
    (void)state;
    assert_index_fails("\"version\":\"25.11.10\"", "\"version\":\"25.11.6\"", SF_E_FORMAT,
                       "'25.11.6-1-noble-amd64' is listed twice");
    assert_index_fails("noble/b.tar.zst", "noble/a.tar.zst", SF_E_FORMAT,
                       "'path noble/a.tar.zst' is listed twice");
}

static void index_cut_anywhere_is_refused(void **state)
{
    struct sf_error err = {0};

    (void)state;
    for (size_t size = 0; size < strlen(INDEX_TEXT); size++) {
        struct sf_repo_index *index = NULL;

        assert_int_equal(sf_repo_index_parse(INDEX_TEXT, size, &index, &err), -(int)SF_E_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_valid_has_every_field),
        cmocka_unit_test(index_optional_members_have_defaults),
        cmocka_unit_test(index_with_things_of_the_future_is_read),
        cmocka_unit_test(index_newer_format_is_incompatible),
        cmocka_unit_test(index_serial_limit_is_exact),
        cmocka_unit_test(index_hostile_path_is_refused),
        cmocka_unit_test(index_bad_member_is_refused),
        cmocka_unit_test(index_tells_what_was_taken_out),
        cmocka_unit_test(index_same_release_or_path_twice_is_refused),
        cmocka_unit_test(index_cut_anywhere_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
