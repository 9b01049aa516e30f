/* Where in S3: a bucket, a prefix in it, and the URLs of what is there. */
#include "builder/repository/s3_place.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "builder/repository/s3_settings.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"

#define SCHEME "s3://"

static bool is_bucket(const char *name)
{
    size_t length = strlen(name);
    bool is_good = length >= 3 && length <= 63 && isalnum((unsigned char)name[0]) &&
                   isalnum((unsigned char)name[length - 1]) && strstr(name, "..") == NULL;

    for (size_t i = 0; i < length; i++) {
        is_good = is_good && (islower((unsigned char)name[i]) || isdigit((unsigned char)name[i]) ||
                              name[i] == '-' || name[i] == '.');
    }
    return is_good;
}

static int split(struct sf_s3_place *place, const char *where, struct sf_error *err)
{
    const char *bucket = where + sizeof SCHEME - 1;
    size_t length = strcspn(bucket, "/");
    const char *prefix = bucket + length + strspn(bucket + length, "/");
    size_t prefix_length = strlen(prefix);

    while (prefix_length > 0 && prefix[prefix_length - 1] == '/') {
        prefix_length--;
    }
    place->bucket = strndup(bucket, length);
    place->prefix = strndup(prefix, prefix_length);
    if (place->bucket == NULL || place->prefix == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_str_has_prefix(where, SCHEME) || !is_bucket(place->bucket)) {
        return sf_error_set(err, SF_E_USAGE,
                            "no bucket's name: write s3://BUCKET/PREFIX, the bucket's name being "
                            "3 to 63 small letters, digits, '-' and '.'");
    }
    if (prefix_length > 0 && !sf_path_is_safe_relative(place->prefix)) {
        return sf_error_set(err, SF_E_USAGE, "the prefix '%.200s' is no plain path", place->prefix);
    }
    return 0;
}

/* A user or a password in it would be told in messages, and S3 has no use for a query. */
static int check_endpoint(const char *endpoint, struct sf_error *err)
{
    const char *host = strstr(endpoint, "://");
    bool is_good =
        strncasecmp(endpoint, "https://", 8) == 0 || strncasecmp(endpoint, "http://", 7) == 0;

    is_good = is_good && host[3] != '\0' && host[3] != '/' &&
              strpbrk(endpoint, "@?# \t\"\\") == NULL && sf_str_is_utf8(endpoint, strlen(endpoint));
    return is_good ? 0
                   : sf_error_set(err, SF_E_CONFIG,
                                  "the endpoint of S3 is no URL of the form http://HOST:PORT: see "
                                  "AWS_ENDPOINT_URL");
}

static char *make_base(const struct sf_s3_place *place, const struct sf_s3_settings *settings)
{
    const char *domain =
        sf_str_has_prefix(settings->region, "cn-") ? "amazonaws.com.cn" : "amazonaws.com";

    if (settings->endpoint != NULL) {
        size_t length = strlen(settings->endpoint);

        while (settings->endpoint[length - 1] == '/') {
            length--;
        }
        return sf_str_format("%.*s/%s", (int)length, settings->endpoint, place->bucket);
    }
    if (strchr(place->bucket, '.') != NULL) {
        return sf_str_format("https://s3.%s.%s/%s", settings->region, domain, place->bucket);
    }
    return sf_str_format("https://%s.s3.%s.%s", place->bucket, settings->region, domain);
}

int sf_s3_place_read(struct sf_s3_place *place, const char *where,
                     const struct sf_s3_settings *settings, struct sf_error *err)
{
    int r = split(place, where, err);

    if (r == 0 && settings->endpoint != NULL) {
        r = check_endpoint(settings->endpoint, err);
    }
    if (r < 0) {
        return r;
    }
    place->base = make_base(place, settings);
    return place->base == NULL ? sf_error_no_memory(err) : 0;
}

char *sf_s3_place_encode(const char *text, const char *kept)
{
    static const char hex[] = "0123456789ABCDEF";
    char *encoded = malloc(strlen(text) * 3 + 1);
    char *to = encoded;

    if (encoded == NULL) {
        return NULL;
    }
    for (const char *from = text; *from != '\0'; from++) {
        unsigned char byte = (unsigned char)*from;

        if ((byte < 0x80 && isalnum(byte)) || strchr("-._~", byte) != NULL ||
            strchr(kept, byte) != NULL) {
            *to++ = *from;
        } else {
            *to++ = '%';
            *to++ = hex[byte >> 4];
            *to++ = hex[byte & 15];
        }
    }
    *to = '\0';
    return encoded;
}

char *sf_s3_place_url(const struct sf_s3_place *place, const char *path)
{
    sf_autofree char *prefix = sf_s3_place_encode(place->prefix, "/");
    sf_autofree char *name = sf_s3_place_encode(path, "/");

    if (prefix == NULL || name == NULL) {
        return NULL;
    }
    return sf_str_format("%s/%s%s%s", place->base, prefix, prefix[0] == '\0' ? "" : "/", name);
}

void sf_s3_place_done(struct sf_s3_place *place)
{
    free(place->bucket);
    free(place->prefix);
    free(place->base);
    *place = (struct sf_s3_place){.bucket = NULL};
}
