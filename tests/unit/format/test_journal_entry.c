/* The journal and the history: written, read, and read when damaged. */
#include "common/format/journal_entry.h"

#include "tests/unit/failing_malloc.h"
#include "tests/unit/sf_test.h"

static const struct sf_journal_entry example = {.operation = "upgrade",
                                                .from = "25.11.6-1-noble-amd64",
                                                .to = "25.11.7-1-noble-amd64",
                                                .previous = "",
                                                .may_restart = true,
                                                .services = "slurmctld slurmd",
                                                .started_s = 1795222923};

static void journal_written_is_read_again(void **state)
{
    sf_autofree char *text = sf_journal_entry_dump(&example);
    struct sf_journal_entry again;
    struct sf_error err = {0};

    (void)state;
    assert_non_null(text);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_sf_ok(sf_journal_entry_parse(text, strlen(text), &again, &err), &err);
    assert_string_equal(again.operation, example.operation);
    assert_string_equal(again.from, example.from);
    assert_string_equal(again.to, example.to);
    assert_string_equal(again.previous, "");
    assert_true(again.may_restart);
    assert_string_equal(again.services, "slurmctld slurmd");
    assert_int_equal(again.started_s, example.started_s);
}

static void journal_truncated_anywhere_is_refused(void **state)
{
    sf_autofree char *text = sf_journal_entry_dump(&example);
    struct sf_journal_entry again = {.started_s = 77};
    struct sf_error err = {0};

    (void)state;
    /* Without the newline it is still whole. */
    for (size_t size = 0; size + 1 < strlen(text); size++) {
        assert_sf_fails(sf_journal_entry_parse(text, size, &again, &err), &err, SF_E_FORMAT,
                        "journal: ");
    }
    assert_int_equal(again.started_s, 77);
}

static void journal_naming_something_else_than_a_release_is_refused(void **state)
{
    static const char *const texts[] = {
        "{\"operation\":\"use\",\"from\":\"../../etc\",\"to\":\"25.11.7-1-noble-amd64\","
        "\"previous\":\"\",\"started\":\"2026-11-21T01:02:03Z\"}",
        "{\"operation\":\"use\",\"from\":\"\",\"to\":\"\","
        "\"previous\":\"\",\"started\":\"2026-11-21T01:02:03Z\"}",
        "{\"operation\":\"\",\"from\":\"\",\"to\":\"25.11.7-1-noble-amd64\","
        "\"previous\":\"\",\"started\":\"2026-11-21T01:02:03Z\"}",
        "{\"operation\":\"use\",\"from\":\"\",\"to\":\"25.11.7-1-noble-amd64\","
        "\"previous\":\"x\",\"started\":\"2026-11-21T01:02:03Z\"}",
        "{\"operation\":\"a-very-long-operation\",\"from\":\"\",\"to\":\"25.11.7-1-noble-amd64\","
        "\"previous\":\"\",\"started\":\"2026-11-21T01:02:03Z\"}",
    };
    struct sf_journal_entry entry;
    struct sf_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_fails(sf_journal_entry_parse(texts[i], strlen(texts[i]), &entry, &err), &err,
                        SF_E_FORMAT, "journal: ");
    }
}

static void history_line_written_is_read_again(void **state)
{
    struct sf_history_line line = {.time_s = 1795222923,
                                   .operation = "install",
                                   .to = "25.11.7-1-noble-amd64",
                                   .result = "NETWORK",
                                   .detail = "a \"quoted\" f\xc3\xbcr"};
    sf_autofree char *text = sf_history_line_dump(&line);
    struct sf_history_line again;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_history_line_parse(text, strlen(text), &again, &err), &err);
    assert_int_equal(again.time_s, line.time_s);
    assert_string_equal(again.operation, "install");
    assert_string_equal(again.from, "");
    assert_string_equal(again.to, line.to);
    assert_string_equal(again.result, "NETWORK");
    assert_string_equal(again.detail, line.detail);
}

static void history_detail_of_any_bytes_is_one_readable_line(void **state)
{
    struct sf_history_line line = {.operation = "refused", .result = "FORMAT"};
    struct sf_history_line again;
    struct sf_error err = {0};

    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        memset(line.detail, byte, sizeof line.detail - 1);
        sf_autofree char *text = sf_history_line_dump(&line);

        assert_non_null(text);
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        assert_sf_ok(sf_history_line_parse(text, strlen(text), &again, &err), &err);
    }
    /* Made printable it is longer than its field: cut between characters, not within one. */
    for (size_t i = 0; i + 2 < sizeof line.detail; i += 2) {
        memcpy(line.detail + i, "\xc3\xbc", 2);
    }
    line.detail[0] = '\x1b';
    line.detail[1] = '\x1b';
    sf_autofree char *longer = sf_history_line_dump(&line);

    assert_non_null(longer);
    assert_sf_ok(sf_history_line_parse(longer, strlen(longer), &again, &err), &err);
    /* A character cut in two at the end of the message. */
    memset(line.detail, 'a', sizeof line.detail - 1);
    line.detail[sizeof line.detail - 2] = (char)0xc3;
    sf_autofree char *text = sf_history_line_dump(&line);

    assert_sf_ok(sf_history_line_parse(text, strlen(text), &again, &err), &err);
}

static void history_line_malformed_is_refused(void **state)
{
    struct sf_history_line line;
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_history_line_parse("{}", 2, &line, &err), &err, SF_E_FORMAT,
                    "history: 'time' is missing");
    assert_sf_fails(sf_history_line_parse("", 0, &line, &err), &err, SF_E_FORMAT, "history: ");
}

static int trip_history(char **ret_text, struct sf_error *err)
{
    struct sf_history_line line = {.operation = "install", .detail = "a\x1b"};
    struct sf_history_line again;
    sf_autofree char *text = sf_history_line_dump(&line);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_history_line_parse(text, strlen(text), &again, err);

    if (r < 0) {
        return r;
    }
    *ret_text = sf_history_line_dump(&again);
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static void history_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_written_is_read_again),
        cmocka_unit_test(journal_truncated_anywhere_is_refused),
        cmocka_unit_test(journal_naming_something_else_than_a_release_is_refused),
        cmocka_unit_test(history_line_written_is_read_again),
        cmocka_unit_test(history_detail_of_any_bytes_is_one_readable_line),
        cmocka_unit_test(history_line_malformed_is_refused),
        cmocka_unit_test(history_each_allocation_failing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
