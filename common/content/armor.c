/* The outer form of OpenPGP text, checked before gpg sees it. */
#include "common/content/armor.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/error.h"
#include "common/content/html.h"

#define CLEAR_BEGIN     "-----BEGIN PGP SIGNED MESSAGE-----"
#define MESSAGE_BEGIN   "-----BEGIN PGP MESSAGE-----"
#define SIGNATURE_BEGIN "-----BEGIN PGP SIGNATURE-----"
#define SIGNATURE_END   "-----END PGP SIGNATURE-----"

/* A line without its end. */
struct line {
    const char *text;
    size_t length;
};

/* Takes the next line off the input; false at the end. */
static bool next_line(const char **rest, size_t *size, struct line *ret)
{
    if (*size == 0) {
        return false;
    }
    const char *end = memchr(*rest, '\n', *size);
    size_t taken = end == NULL ? *size : (size_t)(end - *rest) + 1;

    *ret = (struct line){*rest, end == NULL ? taken : taken - 1};
    if (ret->length > 0 && ret->text[ret->length - 1] == '\r') {
        ret->length--;
    }
    *rest += taken;
    *size -= taken;
    return true;
}

static bool is_line(const struct line *line, const char *text)
{
    return line->length == strlen(text) && memcmp(line->text, text, line->length) == 0;
}

static bool has_start(const struct line *line, const char *start)
{
    return line->length >= strlen(start) && memcmp(line->text, start, strlen(start)) == 0;
}

/* gpg ends its idea of a line at control characters that ours does not. */
static bool has_control(const struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)line->text[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

/* From behind the line that begins a signature block to the end of the input. */
static int check_signature_block(const char *rest, size_t size, struct sf_error *err)
{
    struct line line = {0};

    do {
        if (!next_line(&rest, &size, &line)) {
            return sf_error_set(err, SF_E_SIGNATURE, "the signature is cut off");
        }
        if (has_control(&line)) {
            return sf_error_set(err, SF_E_SIGNATURE, "the signature has control characters in it");
        }
        if (has_start(&line, "-----") && !is_line(&line, SIGNATURE_END)) {
            return sf_error_set(err, SF_E_SIGNATURE, "the signature has another one in it");
        }
    } while (!is_line(&line, SIGNATURE_END));
    while (next_line(&rest, &size, &line)) {
        if (line.length > 0) {
            return sf_error_set(err, SF_E_SIGNATURE, "there is data after the signature");
        }
    }
    return 0;
}

static int check_clear_start(const char **rest, size_t *size, struct sf_error *err)
{
    struct line line = {0};

    if (sf_html_is_likely(*rest, *size)) {
        return sf_error_set(err, SF_E_FORMAT, SF_HTML_SENTENCE);
    }
    if (!next_line(rest, size, &line) || !is_line(&line, CLEAR_BEGIN)) {
        return sf_error_set(err, SF_E_FORMAT, "not a clear-signed text: it does not start with %s",
                            CLEAR_BEGIN);
    }
    while (next_line(rest, size, &line) && line.length > 0) {
        if (!has_start(&line, "Hash: ") || has_control(&line)) {
            return sf_error_set(err, SF_E_SIGNATURE,
                                "the signed text has a header other than Hash");
        }
    }
    return 0;
}

int sf_armor_check_clear(const char *unverified, size_t size, struct sf_error *err)
{
    struct line line = {0};
    int r = check_clear_start(&unverified, &size, err);

    if (r < 0) {
        return r;
    }
    while (next_line(&unverified, &size, &line)) {
        if (is_line(&line, SIGNATURE_BEGIN)) {
            return check_signature_block(unverified, size, err);
        }
        if (line.length > SF_ARMOR_MAX_LINE) {
            return sf_error_set(err, SF_E_FORMAT,
                                "the signed text has a line of more than %d bytes",
                                SF_ARMOR_MAX_LINE);
        }
        if (has_control(&line)) {
            return sf_error_set(err, SF_E_SIGNATURE,
                                "the signed text has control characters in it");
        }
        if (has_start(&line, "-") && !has_start(&line, "- ")) {
            return sf_error_set(err, SF_E_SIGNATURE,
                                "the signed text has an armor line in it that is not escaped");
        }
    }
    return sf_error_set(err, SF_E_SIGNATURE, "the text has no signature");
}

int sf_armor_check_detached(const char *unverified, size_t size, struct sf_error *err)
{
    const char *rest = unverified;
    size_t left = size;
    struct line line = {0};

    if (size > SF_ARMOR_MAX_SIGNATURE) {
        return sf_error_set(err, SF_E_SIGNATURE, "the signature is larger than %lu bytes",
                            SF_ARMOR_MAX_SIGNATURE);
    }
    if (!next_line(&rest, &left, &line)) {
        return sf_error_set(err, SF_E_SIGNATURE, "the signature is empty");
    }
    if (is_line(&line, SIGNATURE_BEGIN)) {
        return check_signature_block(rest, left, err);
    }
    if (sf_html_is_likely(unverified, size)) {
        return sf_error_set(err, SF_E_SIGNATURE, SF_HTML_SENTENCE);
    }
    if (is_line(&line, CLEAR_BEGIN)) {
        return sf_error_set(err, SF_E_SIGNATURE, "a clear-signed text, not a detached signature");
    }
    if (is_line(&line, MESSAGE_BEGIN)) {
        return sf_error_set(err, SF_E_SIGNATURE, "a whole message, not a detached signature");
    }
    return sf_error_set(err, SF_E_SIGNATURE, "not an armored signature: it does not start with %s",
                        SIGNATURE_BEGIN);
}
