/* Lists of licence names, as distributions write them, read into SPDX expressions. */
#include "builder/pack/spdx.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define EXPRESSION_MAX_BYTES 8192
#define SEPARATORS           " \t\n(),"

struct reader {
    struct sf_spdx_license *license;
    const char *scope;
    struct sf_buffer output;
    struct sf_buffer name; /* words of the name that is being read, with '-' between */
    unsigned depth;        /* of parentheses */
    bool has_operand;      /* the last thing in the output */
    bool has_operator;     /* anywhere in the output at depth 0 */
    bool is_malformed;
};

/* An id may hold letters, digits, '.' and '-'. */
static char *make_reference(const char *scope, const char *name)
{
    char *reference = name[0] == '\0' ? sf_str_format("LicenseRef-%s", scope)
                                      : sf_str_format("LicenseRef-%s-%s", scope, name);

    for (char *c = reference; c != NULL && *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-') {
            *c = '-';
        }
    }
    return reference;
}

static int refer(struct sf_spdx_license *license, const char *scope, const char *name,
                 char **ret_reference, struct sf_error *err)
{
    sf_autofree char *reference = make_reference(scope, name);

    if (reference == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_strlist_has(&license->references, reference) &&
        (sf_strlist_add(&license->references, reference, err) < 0 ||
         sf_strlist_add(&license->names, name, err) < 0)) {
        return -(int)err->code;
    }
    *ret_reference = sf_steal(&reference);
    return 0;
}

/* Two operands without a word between them both hold. */
static int put_operator(struct reader *reader, const char *operator, struct sf_error * err)
{
    if (!reader->has_operand) {
        reader->is_malformed = true;
        return 0;
    }
    reader->has_operand = false;
    reader->has_operator |= reader->depth == 0;
    return sf_buffer_format(&reader->output, err, " %s ", operator);
}

static int end_name(struct reader *reader, struct sf_error *err)
{
    if (reader->name.size == 0) {
        return 0;
    }

    sf_autofree char *id = sf_spdx_id(reader->name.data);
    int r = reader->has_operand ? put_operator(reader, "AND", err) : 0;

    if (r == 0 && id == NULL) {
        r = refer(reader->license, reader->scope, reader->name.data, &id, err);
    }
    if (r == 0) {
        r = sf_buffer_format(&reader->output, err, "%s", id);
    }
    reader->has_operand = true;
    reader->name.size = 0;
    return r;
}

/* "A or B, and C": what stands before the comma belongs together. */
static int end_group(struct reader *reader, struct sf_error *err)
{
    if (reader->depth > 0 || !reader->has_operator) {
        return 0;
    }

    sf_autofree char *group = strdup(reader->output.data);

    reader->output.size = 0;
    reader->has_operator = false;
    return group == NULL ? sf_error_no_memory(err)
                         : sf_buffer_format(&reader->output, err, "(%s)", group);
}

static int read_mark(struct reader *reader, char mark, struct sf_error *err)
{
    int r = end_name(reader, err);

    if (r < 0) {
        return r;
    }
    if (mark == ',') {
        return end_group(reader, err);
    }
    if (mark == '(') {
        r = reader->has_operand ? put_operator(reader, "AND", err) : 0;
        reader->depth++;
        return r < 0 ? r : sf_buffer_append(&reader->output, "(", 1, err);
    }
    if (mark == ')') {
        reader->is_malformed |= reader->depth == 0 || !reader->has_operand;
        reader->depth -= reader->depth == 0 ? 0 : 1;
        return sf_buffer_append(&reader->output, ")", 1, err);
    }
    return 0;
}

static bool is_word(const char *word, size_t length, const char *expected)
{
    return length == strlen(expected) && strncasecmp(word, expected, length) == 0;
}

static int read_word(struct reader *reader, const char *word, size_t length, struct sf_error *err)
{
    bool is_and = is_word(word, length, "and") || is_word(word, length, "and/or");

    if (is_and || is_word(word, length, "or") || is_word(word, length, "|")) {
        int r = end_name(reader, err);

        return r < 0 ? r : put_operator(reader, is_and ? "AND" : "OR", err);
    }
    if (reader->name.size > 0 && sf_buffer_append(&reader->name, "-", 1, err) < 0) {
        return -(int)err->code;
    }
    return sf_buffer_append(&reader->name, word, length, err);
}

static int read_text(struct reader *reader, const char *text, struct sf_error *err)
{
    int r = 0;

    while (r == 0 && *text != '\0') {
        size_t length = strcspn(text, SEPARATORS);

        if (length > 0) {
            r = read_word(reader, text, length, err);
            text += length;
        } else if (isspace((unsigned char)*text)) {
            text++;
        } else {
            r = read_mark(reader, *text++, err);
        }
    }
    if (r == 0) {
        r = end_name(reader, err);
    }
    reader->is_malformed |= reader->depth > 0 || !reader->has_operand;
    return r;
}

int sf_spdx_license_read(const char *text, const char *scope, struct sf_spdx_license *ret,
                         struct sf_error *err)
{
    sf_auto(spdx_license) struct sf_spdx_license license = {0};
    struct reader reader = {.license = &license,
                            .scope = scope,
                            .output = {.limit_bytes = EXPRESSION_MAX_BYTES},
                            .name = {.limit_bytes = EXPRESSION_MAX_BYTES}};
    int r = read_text(&reader, text, err);

    license.expression = sf_steal(&reader.output.data);
    sf_buffer_done(&reader.name);
    if (r < 0 && err->code != SF_E_FORMAT) {
        return r;
    }
    if (r < 0 || reader.is_malformed) {
        sf_spdx_license_done(&license);
        r = refer(&license, scope, "", &license.expression, err);
    }
    if (r < 0) {
        return r;
    }
    *ret = license;
    license = (struct sf_spdx_license){0};
    return 0;
}

void sf_spdx_license_done(struct sf_spdx_license *license)
{
    free(license->expression);
    sf_strlist_done(&license->references);
    sf_strlist_done(&license->names);
    *license = (struct sf_spdx_license){0};
}
