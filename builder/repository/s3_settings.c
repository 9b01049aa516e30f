/* Whose name S3 is asked in, and where. */
#include "builder/repository/s3_settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/repository/s3_profile.h"
#include "builder/repository/secret_environment.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"

#define MAX_FILE_BYTES   (1UL << 20)
#define MAX_REGION_BYTES 32
#define DEFAULT_REGION   "us-east-1"

/* One of the two files; `text` is NULL where there is none. */
struct file {
    char *path;
    char *text;
    char *section;
    bool is_public; /* everybody on the machine can read it */
};

struct files {
    const char *profile;
    struct file credentials;
    struct file config;
};

static void clear(char *secret)
{
    if (secret != NULL) {
        explicit_bzero(secret, strlen(secret));
        free(secret);
    }
}

static void done_file(struct file *file)
{
    clear(file->text);
    free(file->path);
    free(file->section);
}

static void done_files(struct files *files)
{
    done_file(&files->credentials);
    done_file(&files->config);
}

/* An empty variable is as good as none. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static int read_text(int fd, const char *path, char *text, struct sf_error *err)
{
    size_t size = 0;
    ssize_t got = 1;

    while (got > 0) {
        if (size == MAX_FILE_BYTES) {
            return sf_error_set(err, SF_E_CONFIG, "'%s' is larger than %lu bytes", path,
                                MAX_FILE_BYTES);
        }
        got = read(fd, text + size, MAX_FILE_BYTES - size);
        if (got < 0 && errno != EINTR) {
            return sf_error_errno(err, errno, "read '%s'", path);
        }
        size += got > 0 ? (size_t)got : 0;
    }
    if (strlen(text) != size) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' holds a NUL byte", path);
    }
    return 0;
}

static int read_file(struct file *file, struct sf_error *err)
{
    sf_autoclose int fd = open(file->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : sf_error_errno(err, errno, "open '%s'", file->path);
    }
    struct stat status;

    file->is_public = fstat(fd, &status) == 0 && (status.st_mode & S_IROTH) != 0;
    /* Of its full size at once: a buffer that grows leaves copies of secrets behind. */
    file->text = calloc(1, MAX_FILE_BYTES + 1);
    if (file->text == NULL) {
        return sf_error_no_memory(err);
    }
    return read_text(fd, file->path, file->text, err);
}

static int find_file(struct file *file, const char *variable, const char *name,
                     struct sf_error *err)
{
    const char *path = environment(variable);
    const char *home = environment("HOME");

    file->path = path != NULL ? strdup(path) : sf_str_format("%s/.aws/%s", home ? home : "", name);
    if (file->path == NULL || file->section == NULL) {
        return sf_error_no_memory(err);
    }
    return path == NULL && home == NULL ? 0 : read_file(file, err);
}

static int find_files(struct files *files, struct sf_error *err)
{
    const char *profile = environment("AWS_PROFILE");

    files->profile = profile == NULL ? "default" : profile;
    files->credentials.section = strdup(files->profile);
    files->config.section = strcmp(files->profile, "default") == 0
                                ? strdup("default")
                                : sf_str_format("profile %s", files->profile);
    int r = find_file(&files->credentials, "AWS_SHARED_CREDENTIALS_FILE", "credentials", err);

    return r < 0 ? r : find_file(&files->config, "AWS_CONFIG_FILE", "config", err);
}

static int value_of(const struct file *file, const char *key, char **ret, struct sf_error *err)
{
    *ret = NULL;
    return file->text == NULL ? 0 : sf_s3_profile_value(file->text, file->section, key, ret, err);
}

static int set(char **target, const char *value, struct sf_error *err)
{
    if (value != NULL) {
        *target = strdup(value);
    }
    return value != NULL && *target == NULL ? sf_error_no_memory(err) : 0;
}

static int judge_keys(struct sf_s3_settings *settings, char *source, struct sf_error *err)
{
    settings->source = source;
    if (source == NULL) {
        return sf_error_no_memory(err);
    }
    if (settings->access_key == NULL || settings->secret_key == NULL) {
        return sf_error_set(err, SF_E_CONFIG, "%s has %s for S3 without %s: give both", source,
                            settings->access_key == NULL ? "a secret key" : "an access key",
                            settings->access_key == NULL ? "its access key" : "its secret");
    }
    return 0;
}

static int keys_of_environment(struct sf_s3_settings *settings, struct sf_error *err)
{
    int r = set(&settings->access_key, environment("AWS_ACCESS_KEY_ID"), err);

    if (r == 0) {
        r = set(&settings->secret_key, sf_secret_environment_get("AWS_SECRET_ACCESS_KEY"), err);
    }
    if (r < 0 || (settings->access_key == NULL && settings->secret_key == NULL)) {
        return r;
    }

    r = judge_keys(settings, strdup("the environment"), err);
    return r < 0
               ? r
               : set(&settings->session_token, sf_secret_environment_get("AWS_SESSION_TOKEN"), err);
}

static int keys_of_file(struct sf_s3_settings *settings, const struct file *file,
                        struct sf_error *err)
{
    int r = value_of(file, "aws_access_key_id", &settings->access_key, err);

    if (r == 0) {
        r = value_of(file, "aws_secret_access_key", &settings->secret_key, err);
    }
    if (r < 0 || (settings->access_key == NULL && settings->secret_key == NULL)) {
        return r;
    }

    if (file->is_public) {
        sf_log(SF_LOG_WARNING,
               "everybody on this machine can read the secret key in '%s': "
               "chmod 600",
               file->path);
    }
    r = judge_keys(settings, sf_str_format("[%s] of '%s'", file->section, file->path), err);
    return r < 0 ? r : value_of(file, "aws_session_token", &settings->session_token, err);
}

static int find_keys(struct sf_s3_settings *settings, const struct files *files,
                     struct sf_error *err)
{
    int r = keys_of_environment(settings, err);

    if (r == 0 && settings->source == NULL) {
        r = keys_of_file(settings, &files->credentials, err);
    }
    if (r == 0 && settings->source == NULL) {
        r = keys_of_file(settings, &files->config, err);
    }
    if (r < 0 || settings->source != NULL) {
        return r;
    }
    return sf_error_set(err, SF_E_CONFIG,
                        "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or keep "
                        "them as profile '%s' in '%s' (of roles and single sign-on: run 'aws "
                        "configure export-credentials --format env')",
                        files->profile, files->credentials.path);
}

/* The first of two variables that is set, else the profile's key. */
static int find_value(const char *const variables[2], const struct files *files, const char *key,
                      char **ret, struct sf_error *err)
{
    const char *value = environment(variables[0]);

    if (value == NULL && variables[1] != NULL) {
        value = environment(variables[1]);
    }
    return value != NULL ? set(ret, value, err) : value_of(&files->config, key, ret, err);
}

/* It becomes part of a host's name and of what is signed. */
static int check_region(const char *region, struct sf_error *err)
{
    size_t length = strlen(region);
    bool is_good = length <= MAX_REGION_BYTES && isalnum((unsigned char)region[0]);

    for (size_t i = 0; i < length; i++) {
        is_good = is_good && (isalnum((unsigned char)region[i]) || region[i] == '-');
    }
    return is_good ? 0
                   : sf_error_set(err, SF_E_CONFIG,
                                  "'%.64s' is no region of S3: set AWS_REGION, such as to "
                                  "'" DEFAULT_REGION "'",
                                  region);
}

static int find_place(struct sf_s3_settings *settings, const struct files *files,
                      struct sf_error *err)
{
    static const char *const regions[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    static const char *const endpoints[] = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"};
    static const char *const bundles[] = {"AWS_CA_BUNDLE", NULL};
    int r = find_value(regions, files, "region", &settings->region, err);

    if (r == 0 && settings->region == NULL) {
        r = set(&settings->region, DEFAULT_REGION, err);
    }
    if (r == 0) {
        r = check_region(settings->region, err);
    }
    if (r == 0) {
        r = find_value(endpoints, files, "endpoint_url", &settings->endpoint, err);
    }
    return r < 0 ? r : find_value(bundles, files, "ca_bundle", &settings->ca_bundle, err);
}

int sf_s3_settings_read(struct sf_s3_settings *settings, struct sf_error *err)
{
    struct files files = {.profile = NULL};
    int r = find_files(&files, err);

    if (r == 0) {
        r = find_keys(settings, &files, err);
    }
    if (r == 0) {
        r = find_place(settings, &files, err);
    }
    done_files(&files);
    return r;
}

void sf_s3_settings_done(struct sf_s3_settings *settings)
{
    clear(settings->secret_key);
    clear(settings->session_token);
    free(settings->access_key);
    free(settings->source);
    free(settings->region);
    free(settings->endpoint);
    free(settings->ca_bundle);
    *settings = (struct sf_s3_settings){.access_key = NULL};
}
