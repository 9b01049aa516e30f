/* Release ids, artifact names, and what a person may type. */
#include "common/format/release.h"

#include "tests/unit/sf_test.h"

static struct sf_release parsed(const char *id)
{
    struct sf_error err = {0};
    struct sf_release release;

    assert_sf_ok(sf_release_parse(id, &release, &err), &err);
    return release;
}

static void release_id_with_and_without_variant_round_trips(void **state)
{
    static const char *const ids[] = {"25.11.6-1-noble-amd64", "24.11.5-12-bookworm-arm64-gpu",
                                      "26.05.0rc1-1-rockylinux8-amd64-minimal"};
    char id[SF_RELEASE_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct sf_release release = parsed(ids[i]);

        sf_release_format(&release, id);
        assert_string_equal(id, ids[i]);
    }
    struct sf_release release = parsed(ids[0]);

    assert_string_equal(release.version, "25.11.6");
    assert_int_equal(release.build, 1);
    assert_string_equal(release.toolchain, "noble");
    assert_string_equal(release.arch, "amd64");
    assert_string_equal(release.variant, "cpu");
}

static void release_id_malformed_is_refused_and_named(void **state)
{
    static const char *const ids[] = {"",
                                      "25.11.6",
                                      "25.11.6-1",
                                      "25.11.6-1-noble",
                                      "25.11.6-0-noble-amd64",
                                      "25.11.6-01-noble-amd64",
                                      "25.11.6--noble-amd64",
                                      "25.11-1-noble-amd64",
                                      "25.11.6-1-noble-amd64-cpu",
                                      "25.11.6-1-noble-amd64-",
                                      "25.11.6-1-noble-amd64-gpu-x",
                                      "25.11.6-1-No-amd64",
                                      "25.11.6-1-../x-amd64",
                                      "25.11.6-1-noble-amd64/..",
                                      "25.11.6-1-noble-amd64\n",
                                      "25.11.6-1000000-noble-amd64",
                                      "25.11.6-1-noble-x86_64",
                                      "25.11.6-1-aaaaaaaaaabbbbbbbbbbccccccccccddd-amd64",
                                      "a-b-c-d-e-f-g-h-i-j-k-l",
                                      "25.11.6-1-noble-amd64-seventeencharsxxx"};
    struct sf_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct sf_release release = {.build = 77};

        assert_sf_fails(sf_release_parse(ids[i], &release, &err), &err, SF_E_FORMAT, ids[i]);
        assert_int_equal(release.build, 77);
    }
}

static void release_check_bad_field_is_named(void **state)
{
    struct sf_release release = parsed("25.11.6-1-noble-amd64");
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_release_check(&release, &err), &err);
    release.build = 0;
    assert_sf_fails(sf_release_check(&release, &err), &err, SF_E_FORMAT, "build 0");
    release.build = 1000000;
    assert_sf_fails(sf_release_check(&release, &err), &err, SF_E_FORMAT, "build 1000000");
    release = parsed("25.11.6-1-noble-amd64");
    release.variant[0] = '\0';
    assert_sf_fails(sf_release_check(&release, &err), &err, SF_E_FORMAT, "variant ''");
    release = parsed("25.11.6-1-noble-amd64");
    release.arch[0] = '/';
    assert_sf_fails(sf_release_check(&release, &err), &err, SF_E_FORMAT, "arch '/md64'");
    release = parsed("25.11.6-1-noble-amd64");
    release.version[2] = '\0';
    assert_sf_fails(sf_release_check(&release, &err), &err, SF_E_FORMAT, "version '25'");
}

static void artifact_name_round_trips_and_path_is_complete(void **state)
{
    struct sf_release release = parsed("25.11.6-1-noble-amd64-gpu");
    struct sf_release again;
    struct sf_error err = {0};
    sf_autofree char *name = sf_release_artifact_name(&release);
    sf_autofree char *path = sf_release_artifact_path(&release);

    (void)state;
    assert_string_equal(name, "slurm-25.11.6-1-noble-amd64-gpu-software.tar.zst");
    assert_string_equal(path, "noble/25.11.6-1/amd64/slurm-25.11.6-1-noble-amd64-gpu-software"
                              ".tar.zst");
    assert_sf_ok(sf_release_parse_artifact_name(name, &again, &err), &err);
    assert_memory_equal(&again, &release, sizeof again);
}

static void artifact_name_malformed_is_refused(void **state)
{
    static const char *const names[] = {"",
                                        "slurm-software.tar.zst",
                                        "slurm--software.tar.zst",
                                        "slurm-25.11-noble-amd64-software.tar.gz",
                                        "25.11.6-1-noble-amd64-software.tar.zst",
                                        "x/slurm-25.11.6-1-noble-amd64-software.tar.zst",
                                        "slurm-25.11.6-1-noble-amd64-software.tar.zst.asc"};
    struct sf_error err = {0};
    struct sf_release release;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_sf_fails(sf_release_parse_artifact_name(names[i], &release, &err), &err, SF_E_FORMAT,
                        "not an artifact's name");
    }
}

static void release_order_is_version_then_build(void **state)
{
    struct sf_release a = parsed("25.11.9-3-noble-amd64");
    struct sf_release b = parsed("25.11.10-1-noble-amd64");
    struct sf_release c = parsed("25.11.10-2-jammy-arm64-gpu");
    struct sf_release d = parsed("25.11.10-2-noble-amd64");
    char text[SF_RELEASE_ID_SIZE];

    (void)state;
    assert_true(sf_release_compare(&a, &b) < 0);
    assert_true(sf_release_compare(&c, &b) > 0);
    assert_int_equal(sf_release_compare(&c, &d), 0);
    sf_release_short(&c, text);
    assert_string_equal(text, "25.11.10-2");
}

static void series_of_any_text_is_bounded(void **state)
{
    char series[16];

    (void)state;
    sf_release_series("25.11.6", series);
    assert_string_equal(series, "25.11");
    sf_release_series("25", series);
    assert_string_equal(series, "25");
    sf_release_series("1234567890.1234567890.1", series);
    assert_string_equal(series, "1234567890.1234");
}

static void wanted_each_form_has_its_kind_and_matches(void **state)
{
    static const struct {
        const char *text;
        enum sf_wanted_kind kind;
        const char *match;    /* "" for none to try */
        const char *mismatch; /* "" for none to try */
    } cases[] = {
        {"latest", SF_WANTED_LATEST, "25.11.6-1-noble-amd64", ""},
        {"25.11", SF_WANTED_SERIES, "25.11.6-1-noble-amd64", "25.05.6-1-noble-amd64"},
        {"25.11.6", SF_WANTED_VERSION, "25.11.6-9-jammy-amd64", "25.11.60-1-noble-amd64"},
        {"25.11.6-1", SF_WANTED_BUILD, "25.11.6-1-jammy-arm64", "25.11.6-10-noble-amd64"},
        {"25.11.6-1-noble-amd64", SF_WANTED_ID, "25.11.6-1-noble-amd64",
         "25.11.6-1-noble-amd64-gpu"},
        {"25.11.6-1-noble-amd64", SF_WANTED_ID, "25.11.6-1-noble-amd64", "25.11.6-1-jammy-amd64"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_error err = {0};
        struct sf_wanted wanted;

        assert_sf_ok(sf_wanted_parse(cases[i].text, &wanted, &err), &err);
        assert_int_equal(wanted.kind, cases[i].kind);
        struct sf_release release = parsed(cases[i].match);

        assert_true(sf_wanted_matches(&wanted, &release));
        if (cases[i].mismatch[0] != '\0') {
            release = parsed(cases[i].mismatch);
            assert_false(sf_wanted_matches(&wanted, &release));
        }
    }
}

static void wanted_anything_else_is_a_usage_error(void **state)
{
    static const char *const texts[] = {"",        "25",    "Latest", "25.11.6-",       "25.11.6-x",
                                        "25.11-1", "../..", "-h",     "25.11.6-1-noble"};
    struct sf_error err = {0};
    struct sf_wanted wanted;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_fails(sf_wanted_parse(texts[i], &wanted, &err), &err, SF_E_USAGE,
                        "a series (25.11)");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(release_id_with_and_without_variant_round_trips),
        cmocka_unit_test(release_id_malformed_is_refused_and_named),
        cmocka_unit_test(release_check_bad_field_is_named),
        cmocka_unit_test(artifact_name_round_trips_and_path_is_complete),
        cmocka_unit_test(artifact_name_malformed_is_refused),
        cmocka_unit_test(release_order_is_version_then_build),
        cmocka_unit_test(series_of_any_text_is_bounded),
        cmocka_unit_test(wanted_each_form_has_its_kind_and_matches),
        cmocka_unit_test(wanted_anything_else_is_a_usage_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
