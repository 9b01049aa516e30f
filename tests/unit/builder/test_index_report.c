/* Tests of what is told of an index. */
#include "tests/unit/sf_test.h"

#include "builder/repository/index_report.h"
#include "common/cli/report.h"
#include "common/format/repo_index.h"

/* What the report prints for programs. */
static char *json_of(const struct sf_repo_index *index)
{
    struct sf_report *report = NULL;
    char *argv[] = {(char[]){"sf-builder"}, NULL};
    char text[4096] = "";
    int out[2];
    int saved = dup(STDOUT_FILENO);
    struct sf_error err = {0};

    assert_sf_ok(sf_report_new("verify", /* is_json= */ true, /* is_quiet= */ false, &report, &err),
                 &err);
    sf_index_report(report, "good", index);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    (void)fflush(stdout);
    assert_true(dup2(out[1], STDOUT_FILENO) >= 0);
    int status = sf_report_end(&report, argv, 0, &err);

    (void)fflush(stdout);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    (void)close(saved);
    (void)close(out[1]);
    assert_true(read(out[0], text, sizeof text - 1) > 0);
    (void)close(out[0]);
    assert_int_equal(status, 0);
    return strdup(text);
}

static void index_is_told_with_its_series(void **state)
{
    struct sf_series series[] = {{"24.11", "24.11.5-1"}, {"25.11", "25.11.6-1"}};
    const struct sf_repo_index index = {.repository = (char[]){"site"},
                                        .serial = 7,
                                        .expires_s = 1795222923,
                                        .series = series,
                                        .series_count = 2,
                                        .artifact_count = 3};
    sf_autofree char *text = json_of(&index);

    (void)state;
    assert_non_null(strstr(text, "\"repository\":\"site\""));
    assert_non_null(strstr(text, "\"serial\":7"));
    assert_non_null(strstr(text, "\"artifacts\":3"));
    assert_non_null(strstr(text, "\"expires\":\"2026-11-21T01:02:03Z\""));
    assert_non_null(strstr(text, "\"series\":\"25.11\",\"version\":\"25.11.6-1\""));
}

static void index_without_releases_has_no_series(void **state)
{
    const struct sf_repo_index index = {.repository = (char[]){"site"}};
    sf_autofree char *text = json_of(&index);

    (void)state;
    assert_non_null(strstr(text, "\"series\":[]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_is_told_with_its_series),
        cmocka_unit_test(index_without_releases_has_no_series),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
