/* Profiles in the files of the AWS tools, ~/.aws/credentials and ~/.aws/config. */
#ifndef SF_BUILDER_REPOSITORY_S3_PROFILE_H
#define SF_BUILDER_REPOSITORY_S3_PROFILE_H

struct sf_error;

/*
 * The value of `key` in [section] of `text`, NULL when there is none; as those tools read it: the
 * last one counts, an indented line belongs to the key above it and is none of its own. Owned by
 * the caller, who clears it when it is a secret. Errors: NO_MEMORY.
 */
int sf_s3_profile_value(const char *text, const char *section, const char *key, char **ret,
                        struct sf_error *err);

#endif
