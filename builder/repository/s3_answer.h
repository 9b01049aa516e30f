/* What S3 answered, and what that means for the operator. */
#ifndef SF_BUILDER_REPOSITORY_S3_ANSWER_H
#define SF_BUILDER_REPOSITORY_S3_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

#define SF_S3_ERROR_BYTES 4096

struct sf_s3_answer {
    unsigned status;
    char etag[256];  /* with its quotes; "" for none */
    char sha256[65]; /* as the object's publisher noted it; "" for none */
    char region[33]; /* where the bucket is; "" when not said */
    uint32_t retry_after_s;
    char unverified_text[SF_S3_ERROR_BYTES + 1]; /* the start of an error's XML */
};

/*
 * The text of the first <name>...</name> in an error's XML, "" when there is none or it does not
 * fit. Enough for what is shown and compared; S3's errors have no element twice.
 */
void sf_s3_answer_element(const char *unverified_text, const char *name, char *ret, size_t room);

/*
 * 0 for any 2xx, and for status `expected` unless it is the bucket that is not there. Else what is
 * wrong and what to do, naming `source`, where the keys are from; `*ret_is_transient` when it may
 * go away. Errors: CONFIG (keys, region, clock), PERMISSION, NOT_FOUND (the bucket), NO_SPACE, IO
 * (the bytes differ from their digest), REMOTE, NETWORK.
 */
int sf_s3_answer_judge(const struct sf_s3_answer *answer, unsigned expected, const char *source,
                       bool *ret_is_transient, struct sf_error *err);

#endif
