/* What a command tells: to people or to programs, after success, failure and refusal. */
#include "tests/unit/sf_test.h"

#include "common/base/strlist.h"
#include "common/cli/report.h"

/* What went to standard output since capture_start(). */
struct capture {
    FILE *file;
    int kept_fd;
    char text[4096];
};

static void capture_start(struct capture *capture)
{
    assert_int_equal(fflush(stdout), 0);
    capture->kept_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    capture->file = tmpfile();
    assert_non_null(capture->file);
    assert_true(dup2(fileno(capture->file), STDOUT_FILENO) >= 0);
}

static const char *capture_end(struct capture *capture)
{
    assert_int_equal(fflush(stdout), 0);
    assert_true(dup2(capture->kept_fd, STDOUT_FILENO) >= 0);
    assert_int_equal(close(capture->kept_fd), 0);
    rewind(capture->file);
    capture->text[fread(capture->text, 1, sizeof capture->text - 1, capture->file)] = '\0';
    assert_int_equal(fclose(capture->file), 0);
    return capture->text;
}

static struct sf_report *new_report(bool is_json, bool is_quiet)
{
    struct sf_report *report = NULL;
    struct sf_error err;

    assert_sf_ok(sf_report_new("verb", is_json, is_quiet, &report, &err), &err);
    return report;
}

static void tell(struct sf_report *report)
{
    char item[] = "a";
    char *items[] = {item};
    const struct sf_strlist list = {.items = items, .count = 1};

    sf_report_line(report, "a line\nof %d", 2);
    sf_report_text(report, "text", "odd \xff byte");
    sf_report_number(report, "number", 9007199254740991U);
    sf_report_flag(report, "flag", true);
    sf_report_list(report, "list", &list);
    sf_report_row_text(sf_report_row(report, "rows"), "key", "value");
    sf_report_row_list(sf_report_row(report, "rows"), "list", &list);
    sf_report_row_list(/* row= */ NULL, "list", &list);
    sf_report_rows(report, "none");
    sf_report_changed(report);
}

static void people_get_lines_and_no_json(void **state)
{
    struct sf_report *report = new_report(false, false);
    struct capture capture;
    struct sf_error err;

    (void)state;
    capture_start(&capture);
    tell(report);
    assert_int_equal(sf_report_end(&report, NULL, 0, &err), 0);
    assert_string_equal(capture_end(&capture), "a line\\x0aof 2\n");
    assert_null(report);
}

static void quiet_people_get_nothing(void **state)
{
    struct sf_report *report = new_report(false, true);
    struct capture capture;
    struct sf_error err;

    (void)state;
    capture_start(&capture);
    tell(report);
    assert_int_equal(sf_report_end(&report, NULL, 0, &err), 0);
    assert_string_equal(capture_end(&capture), "");
}

static void programs_get_one_object(void **state)
{
    struct sf_report *report = new_report(true, false);
    struct capture capture;
    struct sf_error err;

    (void)state;
    capture_start(&capture);
    tell(report);
    assert_int_equal(sf_report_end(&report, NULL, 0, &err), 0);
    assert_string_equal(capture_end(&capture),
                        "{\"changed\":true,\"command\":\"verb\",\"failed\":false,\"flag\":true,"
                        "\"list\":[\"a\"],\"none\":[],\"number\":9007199254740991,"
                        "\"rows\":[{\"key\":\"value\"},{\"list\":[\"a\"]}],\"schema\":1,"
                        "\"text\":\"odd \\\\xff byte\"}\n");
}

static void failure_is_told_with_its_exit_status(void **state)
{
    struct sf_report *report = new_report(true, false);
    struct capture capture;
    struct sf_error err;
    int r = sf_error_set(&err, SF_E_NOT_FOUND, "no such thing");

    (void)state;
    capture_start(&capture);
    assert_int_equal(sf_report_end(&report, NULL, r, &err), 4);
    assert_string_equal(capture_end(&capture),
                        "{\"changed\":false,\"command\":\"verb\",\"error\":\"NOT_FOUND\","
                        "\"exit_status\":4,\"failed\":true,\"msg\":\"no such thing\",\"schema\":1}"
                        "\n");
}

static void refused_command_line_answers_as_it_asked(void **state)
{
    char program[] = "sf";
    char verb[] = "verb";
    char json[] = "--json";
    char end[] = "--";
    char *asked[] = {program, verb, json, NULL};
    char *operand[] = {program, verb, end, json, NULL};
    struct sf_report *report = NULL;
    struct capture capture;
    struct sf_error err;
    int r = sf_error_set(&err, SF_E_USAGE, "no such option");

    (void)state;
    capture_start(&capture);
    assert_int_equal(sf_report_end(&report, asked, r, &err), 2);
    assert_non_null(strstr(capture_end(&capture), "\"exit_status\":2,\"failed\":true"));
    capture_start(&capture);
    assert_int_equal(sf_report_end(&report, operand, r, &err), 2);
    assert_string_equal(capture_end(&capture), "");
}

static void full_disk_is_a_failure(void **state)
{
    struct sf_error err;

    (void)state;
    for (int is_json = 0; is_json <= 1; is_json++) {
        struct sf_report *report = new_report(is_json == 1, false);
        int kept_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        int full_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

        assert_int_equal(fflush(stdout), 0);
        assert_true(dup2(full_fd, STDOUT_FILENO) >= 0);
        tell(report);
        int status = sf_report_end(&report, NULL, 0, &err);

        clearerr(stdout);
        assert_true(dup2(kept_fd, STDOUT_FILENO) >= 0);
        assert_int_equal(close(kept_fd), 0);
        assert_int_equal(close(full_fd), 0);
        assert_int_equal(status, sf_code_exit_status(SF_E_NO_SPACE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_get_lines_and_no_json),
        cmocka_unit_test(quiet_people_get_nothing),
        cmocka_unit_test(programs_get_one_object),
        cmocka_unit_test(failure_is_told_with_its_exit_status),
        cmocka_unit_test(refused_command_line_answers_as_it_asked),
        cmocka_unit_test(full_disk_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
