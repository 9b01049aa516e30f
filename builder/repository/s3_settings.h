/* Whose name S3 is asked in, and where: what the AWS tools are configured with. */
#ifndef SF_BUILDER_REPOSITORY_S3_SETTINGS_H
#define SF_BUILDER_REPOSITORY_S3_SETTINGS_H

#include "common/base/cleanup.h"

struct sf_error;

struct sf_s3_settings {
    char *access_key;
    char *secret_key;
    char *session_token; /* NULL: none */
    char *source;        /* where the keys are from, for messages */
    char *region;
    char *endpoint;  /* URL; NULL: Amazon's */
    char *ca_bundle; /* file of certificates; NULL: the system's */
};

/*
 * From the environment, else from the profile AWS_PROFILE (default: "default") of the file
 * AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials), else of AWS_CONFIG_FILE (~/.aws/config):
 *
 *   keys       AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; aws_access_key_id, ...
 *   region     AWS_REGION, AWS_DEFAULT_REGION; region; us-east-1
 *   endpoint   AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; endpoint_url
 *   ca_bundle  AWS_CA_BUNDLE; ca_bundle
 *
 * `settings` is empty before. Errors: CONFIG (no keys, half of them, a region that is none), IO,
 * PERMISSION, NO_MEMORY.
 */
int sf_s3_settings_read(struct sf_s3_settings *settings, struct sf_error *err);

/* Clears the secrets and frees all. */
void sf_s3_settings_done(struct sf_s3_settings *settings);

SF_DEFINE_AUTO_STRUCT(s3_settings, struct sf_s3_settings, sf_s3_settings_done)

#endif
