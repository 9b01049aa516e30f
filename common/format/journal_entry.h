/*
 * Two records that the store keeps: the switch in progress (journal), written before the commit and
 * removed when all that follows is done; and one line of history for each thing that was done.
 */
#ifndef SF_FORMAT_JOURNAL_ENTRY_H
#define SF_FORMAT_JOURNAL_ENTRY_H

#include "common/format/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

struct sf_journal_entry {
    char operation[16];                /* install, upgrade, use, rollback */
    char from[SF_RELEASE_ID_SIZE];     /* what was active, "" for none */
    char to[SF_RELEASE_ID_SIZE];       /* what becomes active */
    char previous[SF_RELEASE_ID_SIZE]; /* the rollback target before the switch, "" for none */
    bool may_restart;                  /* services may be restarted afterwards */
    char services[96];                 /* those that ran before the switch: "slurmctld slurmd" */
    int64_t started_s;
};

/* One line of JSON with its newline. NULL when out of memory. Owned by the caller. */
char *sf_journal_entry_dump(const struct sf_journal_entry *entry);

/* Errors: FORMAT. */
int sf_journal_entry_parse(const char *text, size_t size, struct sf_journal_entry *ret,
                           struct sf_error *err);

struct sf_history_line {
    int64_t time_s;
    char operation[16]; /* install, upgrade, use, rollback, remove, gc, repair, refused */
    char from[SF_RELEASE_ID_SIZE];
    char to[SF_RELEASE_ID_SIZE];
    char result[16]; /* ok, or the name of an error code */
    char detail[256];
};

char *sf_history_line_dump(const struct sf_history_line *line);
int sf_history_line_parse(const char *text, size_t size, struct sf_history_line *ret,
                          struct sf_error *err);

#endif
