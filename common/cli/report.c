/* What a command tells: lines for people, or one JSON object. */
#include "common/cli/report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/table.h"

struct sf_report {
    json_t *object;
    bool is_json;
    bool is_quiet;
    bool is_short_of_memory;
};

int sf_report_new(const char *command, bool is_json, bool is_quiet, struct sf_report **ret,
                  struct sf_error *err)
{
    sf_auto(report) struct sf_report *report = calloc(1, sizeof *report);

    if (report == NULL) {
        return sf_error_no_memory(err);
    }
    report->is_json = is_json;
    report->is_quiet = is_quiet;
    report->object =
        json_pack("{s:i, s:s, s:b}", "schema", SF_REPORT_SCHEMA, "command", command, "changed", 0);
    if (report->object == NULL) {
        return sf_error_no_memory(err);
    }
    *ret = sf_steal(&report);
    return 0;
}

void sf_report_free(struct sf_report *report)
{
    if (report == NULL) {
        return;
    }
    json_decref(report->object);
    free(report);
}

void sf_report_line(struct sf_report *report, const char *format, ...)
{
    sf_autofree char *line = NULL;
    va_list args;

    if (report->is_json || report->is_quiet) {
        return;
    }
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0) {
        line = NULL;
    }
    va_end(args);
    sf_autofree char *safe = line == NULL ? NULL : sf_str_printable(line);

    if (safe == NULL) {
        report->is_short_of_memory = true;
        return;
    }
    (void)printf("%s\n", safe);
}

int sf_report_table(struct sf_report *report, struct sf_table *table, struct sf_error *err)
{
    if (report->is_json || report->is_quiet) {
        return 0;
    }
    return sf_table_print(table, stdout, err);
}

static void set(struct sf_report *report, const char *key, json_t *value)
{
    if (json_object_set_new(report->object, key, value) < 0) {
        report->is_short_of_memory = true;
    }
}

/* A name from outside that is no UTF-8 is still told, with its odd bytes as \xNN. */
static json_t *text_value(const char *value)
{
    json_t *text = json_string(value);

    if (text != NULL) {
        return text;
    }
    sf_autofree char *safe = sf_str_printable(value);

    return safe == NULL ? NULL : json_string(safe);
}

void sf_report_text(struct sf_report *report, const char *key, const char *value)
{
    set(report, key, text_value(value));
}

void sf_report_number(struct sf_report *report, const char *key, uint64_t value)
{
    set(report, key, json_integer((json_int_t)value));
}

void sf_report_flag(struct sf_report *report, const char *key, bool value)
{
    set(report, key, json_boolean(value));
}

void sf_report_list(struct sf_report *report, const char *key, const struct sf_strlist *values)
{
    json_t *list = json_array();

    for (size_t i = 0; i < values->count; i++) {
        if (json_array_append_new(list, text_value(values->items[i])) < 0) {
            report->is_short_of_memory = true;
        }
    }
    set(report, key, list);
}

void sf_report_changed(struct sf_report *report)
{
    sf_report_flag(report, "changed", true);
}

void sf_report_rows(struct sf_report *report, const char *key)
{
    set(report, key, json_array());
}

struct json_t *sf_report_row(struct sf_report *report, const char *key)
{
    json_t *list = json_object_get(report->object, key);

    if (list == NULL) {
        sf_report_rows(report, key);
        list = json_object_get(report->object, key);
    }
    json_t *row = json_object();

    if (row == NULL || json_array_append_new(list, row) < 0) {
        report->is_short_of_memory = true;
        return NULL;
    }
    return row;
}

void sf_report_row_text(struct json_t *row, const char *key, const char *value)
{
    if (row != NULL) {
        (void)json_object_set_new(row, key, text_value(value));
    }
}

void sf_report_row_number(struct json_t *row, const char *key, uint64_t value)
{
    if (row != NULL) {
        (void)json_object_set_new(row, key, json_integer((json_int_t)value));
    }
}

void sf_report_row_flag(struct json_t *row, const char *key, bool value)
{
    if (row != NULL) {
        (void)json_object_set_new(row, key, json_boolean(value));
    }
}

void sf_report_row_list(struct json_t *row, const char *key, const struct sf_strlist *values)
{
    json_t *list = row == NULL ? NULL : json_array();

    for (size_t i = 0; list != NULL && i < values->count; i++) {
        (void)json_array_append_new(list, text_value(values->items[i]));
    }
    if (list != NULL) {
        (void)json_object_set_new(row, key, list);
    }
}

/* The object goes to the stream as it is made: a text in memory could lack a part unnoticed. */
static int print_object(struct sf_report *report, const struct sf_error *failure,
                        struct sf_error *err)
{
    sf_report_flag(report, "failed", failure != NULL);
    if (failure != NULL) {
        sf_report_text(report, "msg", failure->message);
        sf_report_text(report, "error", sf_code_name(failure->code));
        sf_report_number(report, "exit_status", (uint64_t)sf_code_exit_status(failure->code));
    }
    if (report->is_short_of_memory) {
        return sf_error_no_memory(err);
    }
    if (json_dumpf(report->object, stdout, JSON_COMPACT | JSON_SORT_KEYS) < 0 ||
        putchar('\n') == EOF) {
        return sf_error_errno(err, errno, "write to standard output");
    }
    return 0;
}

static int finish(struct sf_report *report, const struct sf_error *failure, struct sf_error *err)
{
    int r = report->is_json              ? print_object(report, failure, err)
            : report->is_short_of_memory ? sf_error_no_memory(err)
                                         : 0;

    if (r == 0 && fflush(stdout) != 0) {
        return sf_error_errno(err, errno, "write to standard output");
    }
    return r;
}

/* A command line that is refused before its options count still answers the way it asked for. */
static struct sf_report *report_of_refusal(char **argv)
{
    struct sf_error ignored;
    struct sf_report *report = NULL;

    for (char **word = argv + 1; argv[0] != NULL && *word != NULL; word++) {
        if (strcmp(*word, "--") == 0) {
            break;
        }
        if (strcmp(*word, "--json") == 0) {
            (void)sf_report_new(argv[1], true, false, &report, &ignored);
            break;
        }
    }
    return report;
}

int sf_report_end(struct sf_report **report, char **argv, int r, struct sf_error *err)
{
    sf_auto(report) struct sf_report *ending = *report;
    struct sf_error print_error;
    struct sf_error *failure = r < 0 ? err : NULL;

    *report = NULL;
    if (ending == NULL && failure != NULL) {
        ending = report_of_refusal(argv);
    }
    if (ending != NULL && finish(ending, failure, &print_error) < 0 && failure == NULL) {
        failure = &print_error;
    }
    if (failure == NULL) {
        return 0;
    }
    sf_log(SF_LOG_ERROR, "%s", failure->message);
    return sf_code_exit_status(failure->code);
}
