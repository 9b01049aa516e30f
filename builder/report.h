/* What the commands print on success: lines for people, or one JSON object. */
#ifndef SF_BUILDER_REPORT_H
#define SF_BUILDER_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct sf_build;
struct sf_error;
struct sf_repo_index;
struct sf_strlist;

/* The padded build prefix of a release. Errors: NO_MEMORY. */
int sf_report_prefix(bool is_json, const char *id, const char *slot, struct sf_error *err);

/* A packed release. Errors: NO_MEMORY. */
int sf_report_pack(bool is_json, const struct sf_build *build, struct sf_error *err);

/* An index that was written. Errors: NO_MEMORY. */
int sf_report_index(bool is_json, const struct sf_repo_index *index, struct sf_error *err);

/* What a verification found. */
struct sf_report_verify {
    const struct sf_repo_index *index;
    const char *signer;                /* fingerprint */
    const struct sf_strlist *problems; /* a sentence each */
    bool is_full;                      /* the artifacts' bytes were read */
};

/* Errors: NO_MEMORY. */
int sf_report_verify(bool is_json, const struct sf_report_verify *verify, struct sf_error *err);

#endif
