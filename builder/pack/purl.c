/* Names for packages and documents that others understand. */
#include "builder/pack/purl.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define PURL_MAX_BYTES 4096

/* Everything but letters, digits and ".-_~:" is written %XX. */
static int put(struct sf_buffer *buffer, const char *mark, const char *text, struct sf_error *err)
{
    int r = sf_buffer_format(buffer, err, "%s", mark);

    for (const char *c = text; r == 0 && *c != '\0'; c++) {
        bool is_plain = isalnum((unsigned char)*c) || strchr(".-_~:", *c) != NULL;

        r = sf_buffer_format(buffer, err, is_plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    return r;
}

static int put_all(struct sf_buffer *buffer, const struct sf_purl *purl, struct sf_error *err)
{
    /* The epoch of an RPM is a qualifier, that of a Debian package is in the version. */
    const char *colon = sf_str_is_equal(purl->type, "rpm") ? strchr(purl->version, ':') : NULL;
    sf_autofree char *epoch =
        strndup(purl->version, colon == NULL ? 0 : (size_t)(colon - purl->version));
    bool has_qualifiers = false;
    int r = epoch == NULL ? sf_error_no_memory(err) : 0;
    const struct {
        const char *mark;
        const char *text;
    } parts[] = {
        {"pkg:", purl->type},        {"/", purl->distro},
        {"/", purl->name},           {"@", colon == NULL ? purl->version : colon + 1},
        {"&arch=", purl->arch},      {"&distro=", purl->distro},
        {"-", purl->distro_version}, {"&epoch=", epoch},
    };

    for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++) {
        const char *mark = parts[i].mark;

        if (parts[i].text[0] == '\0') {
            continue;
        }
        if (mark[0] == '&') {
            r = sf_buffer_append(buffer, has_qualifiers ? "&" : "?", 1, err);
            has_qualifiers = true;
            mark++;
        }
        r = r < 0 ? r : put(buffer, mark, parts[i].text, err);
    }
    return r;
}

char *sf_purl_format(const struct sf_purl *purl)
{
    struct sf_error ignored;
    struct sf_buffer buffer = {.limit_bytes = PURL_MAX_BYTES};

    if (put_all(&buffer, purl, &ignored) < 0) {
        sf_buffer_done(&buffer);
    }
    return buffer.data;
}

void sf_uuid_of_digest(const char *sha256, char uuid[static SF_UUID_SIZE])
{
    static const char variants[] = "89ab";
    char variant = variants[(unsigned char)sha256[16] % 4];

    (void)snprintf(uuid, SF_UUID_SIZE, "%.8s-%.4s-5%.3s-%c%.3s-%.12s", sha256, sha256 + 8,
                   sha256 + 13, variant, sha256 + 17, sha256 + 20);
}
