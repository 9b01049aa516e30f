/* Strings: built by format, compared, made safe to print. */
#include "common/base/str.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *sf_str_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return length < 0 ? NULL : text;
}

bool sf_str_is_equal(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool sf_str_has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool sf_str_has_suffix(const char *text, const char *suffix)
{
    size_t text_length = strlen(text);
    size_t suffix_length = strlen(suffix);

    return text_length >= suffix_length &&
           memcmp(text + text_length - suffix_length, suffix, suffix_length) == 0;
}

/* The length of the UTF-8 sequence at `text`, 0 when there is none within `length` bytes. */
static size_t utf8_sequence_length(const unsigned char *text, size_t length)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = text[0] < 0x80   ? 1
                  : text[0] < 0xc0 ? 0
                  : text[0] < 0xe0 ? 2
                  : text[0] < 0xf0 ? 3
                                   : 4;

    if (need <= 1 || text[0] > 0xf4 || need > length) {
        return need == 1 ? 1 : 0;
    }
    uint32_t point = text[0] & (0xffU >> (need + 1));

    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        point = point << 6 | (text[i] & 0x3fU);
    }
    bool is_surrogate = point >= 0xd800 && point <= 0xdfff;

    return point < least[need] || point > 0x10ffff || is_surrogate ? 0 : need;
}

bool sf_str_is_utf8(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < length;) {
        size_t step = utf8_sequence_length(bytes + i, length - i);

        if (step == 0) {
            return false;
        }
        i += step;
    }
    return true;
}

char *sf_str_printable(const char *text)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = strlen(text);
    char *copy = malloc(length * 4 + 1);
    size_t used = 0;

    if (copy == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length;) {
        size_t step = utf8_sequence_length(bytes + i, length - i);
        /* C1 controls (U+0080..U+009F) move cursors as C0 ones do. */
        bool is_c1 = step == 2 && bytes[i] == 0xc2 && bytes[i + 1] < 0xa0;

        if (step == 0 || is_c1 || (step == 1 && iscntrl(bytes[i]))) {
            copy[used++] = '\\';
            copy[used++] = 'x';
            copy[used++] = hex[bytes[i] >> 4];
            copy[used++] = hex[bytes[i] & 15];
            i++;
            continue;
        }
        memcpy(copy + used, bytes + i, step);
        used += step;
        i += step;
    }
    copy[used] = '\0';
    return copy;
}

static size_t count_occurrences(const char *text, size_t length, const char *what, size_t size)
{
    size_t count = 0;
    const char *end = text + length;

    for (const char *hit = text; (hit = memmem(hit, (size_t)(end - hit), what, size)) != NULL;) {
        count++;
        hit += size;
    }
    return count;
}

char *sf_str_replace(const char *text, size_t length, const char *from, const char *to,
                     size_t *ret_length)
{
    size_t from_length = strlen(from);
    size_t to_length = strlen(to);
    size_t count = count_occurrences(text, length, from, from_length);
    size_t new_length = length - count * from_length + count * to_length;
    char *result = malloc(new_length + 1);
    char *out = result;
    const char *rest = text;
    const char *end = text + length;

    if (result == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const char *hit = memmem(rest, (size_t)(end - rest), from, from_length);

        if (hit == NULL) {
            break;
        }
        memcpy(out, rest, (size_t)(hit - rest));
        out += hit - rest;
        memcpy(out, to, to_length);
        out += to_length;
        rest = hit + from_length;
    }
    memcpy(out, rest, (size_t)(end - rest));
    result[new_length] = '\0';
    *ret_length = new_length;
    return result;
}

char *sf_str_trim(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t length = strlen(text);

    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}
