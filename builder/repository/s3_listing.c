/* A page of what is in a bucket. */
#include "builder/repository/s3_listing.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"

#define KEY_START "<Key>"
#define KEY_END   "</Key>"

/* In place; what is no entity of XML itself stays. */
static void decode(char *text)
{
    static const struct {
        const char *name;
        char letter;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *to = text;

    for (const char *from = text; *from != '\0'; to++) {
        size_t length = 1;

        *to = *from;
        for (size_t i = 0; *from == '&' && i < sizeof entities / sizeof *entities; i++) {
            if (sf_str_has_prefix(from, entities[i].name)) {
                *to = entities[i].letter;
                length = strlen(entities[i].name);
                break;
            }
        }
        from += length;
    }
    *to = '\0';
}

/* The part of a key below the prefix; NULL when it is no file of a repository there. */
static const char *path_of(const char *key, const char *prefix)
{
    size_t length = strlen(prefix);
    const char *path = key;

    if (length > 0) {
        path = sf_str_has_prefix(key, prefix) && key[length] == '/' ? key + length + 1 : "";
    }
    return sf_path_is_safe_relative(path) && path[0] != '.' && strstr(path, "/.") == NULL ? path
                                                                                          : NULL;
}

int sf_s3_listing_read(const char *unverified_text, const char *prefix, struct sf_strlist *paths,
                       char **ret_last, struct sf_error *err)
{
    bool is_truncated = strstr(unverified_text, "<IsTruncated>true</IsTruncated>") != NULL;
    sf_autofree char *last = NULL;

    if (strstr(unverified_text, "<ListBucketResult") == NULL) {
        return sf_error_set(err, SF_E_REMOTE, "the answer is no listing of a bucket");
    }
    for (const char *at = strstr(unverified_text, KEY_START); at != NULL;
         at = strstr(at, KEY_START)) {
        const char *end = strstr(at, KEY_END);

        at += sizeof KEY_START - 1;
        if (end == NULL) {
            return sf_error_set(err, SF_E_REMOTE, "the listing of the bucket is cut");
        }
        free(last);
        last = strndup(at, (size_t)(end - at));
        if (last == NULL) {
            return sf_error_no_memory(err);
        }
        decode(last);
        const char *path = path_of(last, prefix);
        int r = path == NULL ? 0 : sf_strlist_add(paths, path, err);

        if (r < 0) {
            return r;
        }
        at = end;
    }
    if (is_truncated && last == NULL) {
        return sf_error_set(err, SF_E_REMOTE, "the listing of the bucket goes on without an end");
    }
    *ret_last = is_truncated ? sf_steal(&last) : NULL;
    return 0;
}
