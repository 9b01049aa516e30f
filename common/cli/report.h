/*
 * What a command tells: lines for people, or one JSON object with `schema`, `command`, `changed`
 * (and `failed`, `msg` as Ansible reads them). A command fills both; which is printed is decided
 * here. Memory that runs out makes the final print fail, not every call.
 */
#ifndef SF_CLI_REPORT_H
#define SF_CLI_REPORT_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;
struct sf_error;
struct sf_report;
struct sf_strlist;
struct sf_table;

#define SF_REPORT_SCHEMA 1

/* Errors: NO_MEMORY. */
int sf_report_new(const char *command, bool is_json, bool is_quiet, struct sf_report **ret,
                  struct sf_error *err);
void sf_report_free(struct sf_report *report);
SF_DEFINE_AUTO(report, struct sf_report *, sf_report_free)

/* A line for people, to standard output at once; nothing in JSON or quiet mode. */
void sf_report_line(struct sf_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A table for people; nothing in JSON or quiet mode. */
int sf_report_table(struct sf_report *report, struct sf_table *table, struct sf_error *err);

/* Members of the JSON object. */
void sf_report_text(struct sf_report *report, const char *key, const char *value);
void sf_report_number(struct sf_report *report, const char *key, uint64_t value);
void sf_report_flag(struct sf_report *report, const char *key, bool value);
void sf_report_list(struct sf_report *report, const char *key, const struct sf_strlist *values);
void sf_report_changed(struct sf_report *report);

/* The array `key`, empty so far: a reader finds it even when there is nothing to tell. */
void sf_report_rows(struct sf_report *report, const char *key);

/* A new object at the end of the array `key`; borrowed until the report goes, NULL when memory is
 * out. */
struct json_t *sf_report_row(struct sf_report *report, const char *key);

/* Members of a row; a NULL row is skipped. */
void sf_report_row_text(struct json_t *row, const char *key, const char *value);
void sf_report_row_number(struct json_t *row, const char *key, uint64_t value);
void sf_report_row_flag(struct json_t *row, const char *key, bool value);
void sf_report_row_list(struct json_t *row, const char *key, const struct sf_strlist *values);

/*
 * The end of a program whose command returned `r`: prints the JSON object and logs the failure, if
 * any. `*report` may be NULL when the command line was refused; with --json in `argv` the answer
 * is an object then too. Releases the report and returns the exit status.
 */
int sf_report_end(struct sf_report **report, char **argv, int r, struct sf_error *err);

#endif
