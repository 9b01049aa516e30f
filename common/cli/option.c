/* Options of a command line, parsed by getopt_long(3) from tables. */
#include "common/cli/option.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/nearest.h"
#include "common/cli/wrap.h"

/* getopt's values of long options start above all letters. */
#define FIRST_LONG  256
#define HELP_COLUMN 28

/* The tables in the two forms that getopt_long() wants. */
struct parser {
    const struct sf_option **rows;
    struct option *longs;
    char *letters; /* ":" first, so that a missing argument is told from an unknown option */
    size_t count;
};

static void parser_done(struct parser *parser)
{
    free(parser->rows);
    free(parser->longs);
    free(parser->letters);
}

SF_DEFINE_AUTO_STRUCT(parser, struct parser, parser_done)

static size_t count_rows(const struct sf_option *const *tables)
{
    size_t count = 0;

    for (; *tables != NULL; tables++) {
        for (const struct sf_option *row = *tables; row->name != NULL; row++) {
            count++;
        }
    }
    return count;
}

static void add_row(struct parser *parser, const struct sf_option *row, char **letters_end)
{
    size_t i = parser->count++;

    parser->rows[i] = row;
    parser->longs[i] = (struct option){
        .name = row->name,
        .has_arg = row->kind == SF_OPTION_FLAG ? no_argument : required_argument,
        .val = FIRST_LONG + (int)i,
    };
    if (row->letter != 0) {
        *(*letters_end)++ = row->letter;
        if (row->kind != SF_OPTION_FLAG) {
            *(*letters_end)++ = ':';
        }
    }
}

static int parser_init(struct parser *parser, const struct sf_option *const *tables,
                       struct sf_error *err)
{
    size_t count = count_rows(tables);

    parser->rows = calloc(count + 1, sizeof(const struct sf_option *));
    parser->longs = calloc(count + 1, sizeof *parser->longs);
    parser->letters = calloc(2 * count + 2, 1);
    if (parser->rows == NULL || parser->longs == NULL || parser->letters == NULL) {
        return sf_error_no_memory(err);
    }
    char *end = parser->letters;

    *end++ = ':';
    for (; *tables != NULL; tables++) {
        for (const struct sf_option *row = *tables; row->name != NULL; row++) {
            add_row(parser, row, &end);
        }
    }
    return 0;
}

/* The row of what getopt_long() returned or left in optopt; NULL when it is none of ours. */
static const struct sf_option *find_row(const struct parser *parser, int value)
{
    for (size_t i = 0; i < parser->count; i++) {
        if (value == FIRST_LONG + (int)i || (value != 0 && value == parser->rows[i]->letter)) {
            return parser->rows[i];
        }
    }
    return NULL;
}

static int refuse_long(const struct parser *parser, const char *typed, struct sf_error *err)
{
    sf_autofree char *name = strndup(typed + 2, strcspn(typed + 2, "="));
    struct sf_nearest nearest = {.word = name};
    size_t meant = 0;

    if (name == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < parser->count; i++) {
        sf_nearest_offer(&nearest, parser->rows[i]->name);
        meant += sf_str_has_prefix(parser->rows[i]->name, name);
    }
    if (meant > 1) {
        return sf_error_set(err, SF_E_USAGE, "option '--%s' is ambiguous", name);
    }
    if (nearest.name != NULL) {
        return sf_error_set(err, SF_E_USAGE, "unknown option '--%s', did you mean '--%s'?", name,
                            nearest.name);
    }
    return sf_error_set(err, SF_E_USAGE, "unknown option '--%s'", name);
}

static int refuse(const struct parser *parser, char *const *argv, struct sf_error *err)
{
    const struct sf_option *row = find_row(parser, optopt);

    if (row != NULL) {
        return sf_error_set(err, SF_E_USAGE, "option '--%s' takes no value", row->name);
    }
    if (optopt == 0) {
        return refuse_long(parser, argv[optind - 1], err);
    }
    return sf_error_set(err, SF_E_USAGE, "unknown option '-%c'", optopt);
}

static int store_value(const struct sf_option *row, void *target, struct sf_error *err)
{
    char *place = (char *)target + row->offset;
    uint64_t number = 0;

    if (row->kind == SF_OPTION_FLAG) {
        *(bool *)place = true;
        return 0;
    }
    /* --root "$UNSET" must not come to mean the default. */
    if (*optarg == '\0') {
        return sf_error_set(err, SF_E_USAGE, "option '--%s' needs a value (%s), not an empty one",
                            row->name, row->argument);
    }
    if (row->kind == SF_OPTION_LIST) {
        return sf_strlist_add((void *)place, optarg, err);
    }
    if (row->kind == SF_OPTION_TEXT) {
        memcpy(place, &optarg, sizeof optarg);
        return 0;
    }
    if (!sf_number_parse(optarg, UINT32_MAX, &number)) {
        return sf_error_set(err, SF_E_USAGE, "option '--%s' needs a number, not '%s'", row->name,
                            optarg);
    }
    uint32_t small = (uint32_t)number;

    memcpy(place, &small, sizeof small);
    return 0;
}

static int take_option(const struct parser *parser, int value, char *const *argv, void *target,
                       struct sf_error *err)
{
    if (value == '?') {
        return refuse(parser, argv, err);
    }
    if (value == ':') {
        const struct sf_option *row = find_row(parser, optopt);

        return sf_error_set(err, SF_E_USAGE, "option '--%s' needs a value (%s)", row->name,
                            row->argument);
    }
    return store_value(find_row(parser, value), target, err);
}

int sf_option_parse(const struct sf_option *const *tables, int argc, char **argv, void *target,
                    struct sf_operands *ret_operands, struct sf_error *err)
{
    sf_auto(parser) struct parser parser = {0};
    int r = parser_init(&parser, tables, err);

    if (r < 0) {
        return r;
    }
    /* 0, not 1: glibc then forgets what it knows of an earlier argv. */
    optind = 0;
    opterr = 0;
    for (;;) {
        /* Options are parsed before any thread is made. NOLINTNEXTLINE(concurrency-mt-unsafe) */
        int value = getopt_long(argc, argv, parser.letters, parser.longs, NULL);

        if (value == -1) {
            break;
        }
        r = take_option(&parser, value, argv, target, err);
        if (r < 0) {
            return r;
        }
    }
    *ret_operands = (struct sf_operands){.items = argv + optind, .count = argc - optind};
    return 0;
}

void sf_option_print(const struct sf_option *table, FILE *out)
{
    for (; table->name != NULL; table++) {
        char letter[] = "    ";
        char label[64];

        if (table->letter != 0) {
            (void)snprintf(letter, sizeof letter, "-%c, ", table->letter);
        }
        (void)snprintf(label, sizeof label, "  %s--%s%s%s", letter, table->name,
                       table->argument == NULL ? "" : " ",
                       table->argument == NULL ? "" : table->argument);
        sf_wrap_print_item(out, label, table->help, HELP_COLUMN);
    }
}
