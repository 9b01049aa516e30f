/* Options into a struct: every kind, every way to write it, every way to get it wrong. */
#include "common/cli/option.h"

#include "common/base/strlist.h"
#include "tests/unit/sf_test.h"

struct target {
    bool is_quick;
    bool is_quiet;
    const char *root;
    uint32_t keep;
    struct sf_strlist skip;
};

static const struct sf_option own[] = {
    {"quick", 'q', SF_OPTION_FLAG, NULL, offsetof(struct target, is_quick), "do not hash"},
    {"quiet", 0, SF_OPTION_FLAG, NULL, offsetof(struct target, is_quiet), "say nothing"},
    {"keep", 'k', SF_OPTION_NUMBER, "N", offsetof(struct target, keep), "leave N releases"},
    {0},
};
static const struct sf_option common[] = {
    {"root", 0, SF_OPTION_TEXT, "DIR", offsetof(struct target, root), "work inside DIR"},
    {"skip", 's', SF_OPTION_LIST, "NAME", offsetof(struct target, skip), "leave NAME out"},
    {0},
};
static const struct sf_option *const tables[] = {own, common, NULL};

/* Parses words separated by '|' (so that an empty word can be written), copied into `words`. */
static int parse(const char *text, struct target *target, char **ret_first, int *ret_count,
                 struct sf_error *err)
{
    static char words[256];
    static char *argv[16];
    struct sf_operands operands = {0};
    int argc = 0;
    char *rest = words;

    (void)snprintf(words, sizeof words, "list|%s", text);
    while (rest != NULL && argc < 15) {
        argv[argc++] = strsep(&rest, "|");
    }
    argv[argc] = NULL;
    int r = sf_option_parse(tables, argc, argv, target, &operands, err);

    if (r == 0) {
        *ret_first = operands.items[0];
        *ret_count = operands.count;
    }
    return r;
}

static void option_of_every_kind_is_stored(void **state)
{
    struct target target = {0};
    struct sf_error err;
    char *first = NULL;
    int count = 0;

    (void)state;
    assert_sf_ok(
        parse("25.11|--keep|3|-q|--root=/mnt|-sa|--skip|b|x", &target, &first, &count, &err), &err);
    assert_true(target.is_quick);
    assert_false(target.is_quiet);
    assert_int_equal(target.keep, 3);
    assert_string_equal(target.root, "/mnt");
    assert_int_equal(target.skip.count, 2);
    assert_string_equal(target.skip.items[0], "a");
    assert_string_equal(target.skip.items[1], "b");
    assert_int_equal(count, 2);
    assert_string_equal(first, "25.11");
    sf_strlist_done(&target.skip);
}

static void option_after_two_dashes_is_an_operand(void **state)
{
    struct target target = {0};
    struct sf_error err;
    char *first = NULL;
    int count = 0;

    (void)state;
    assert_sf_ok(parse("--|--quick", &target, &first, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(first, "--quick");
    assert_false(target.is_quick);
}

static void option_parsed_twice_starts_afresh(void **state)
{
    struct target target = {0};
    struct sf_error err;
    char *first = NULL;
    int count = 0;

    (void)state;
    assert_sf_fails(parse("-qz|a", &target, &first, &count, &err), &err, SF_E_USAGE, "'-z'");
    assert_sf_ok(parse("-k2|a", &target, &first, &count, &err), &err);
    assert_int_equal(target.keep, 2);
    assert_int_equal(count, 1);
}

static void option_misused_is_refused(void **state)
{
    static const struct {
        const char *line;
        const char *fragment;
    } rows[] = {
        {"--kep|3", "unknown option '--kep', did you mean '--keep'?"},
        {"--frobnicate=3", "unknown option '--frobnicate'"},
        {"--qui", "option '--qui' is ambiguous"},
        {"-z", "unknown option '-z'"},
        {"--keep", "option '--keep' needs a value (N)"},
        {"-k", "option '--keep' needs a value (N)"},
        {"--keep|three", "option '--keep' needs a number, not 'three'"},
        {"--keep=-1", "needs a number, not '-1'"},
        {"--keep=4294967296", "needs a number"},
        {"--quick=yes", "option '--quick' takes no value"},
        {"--root=", "option '--root' needs a value (DIR), not an empty one"},
        {"--root|", "option '--root' needs a value (DIR), not an empty one"},
    };
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct target target = {0};
        char *first = NULL;
        int count = -7;

        assert_sf_fails(parse(rows[i].line, &target, &first, &count, &err), &err, SF_E_USAGE,
                        rows[i].fragment);
        assert_int_equal(count, -7);
    }
}

static void option_table_is_printed_in_columns(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    sf_option_print(own, out);
    (void)fclose(out);
    assert_string_equal(text, "  -q, --quick               do not hash\n"
                              "      --quiet               say nothing\n"
                              "  -k, --keep N              leave N releases\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_of_every_kind_is_stored),
        cmocka_unit_test(option_after_two_dashes_is_an_operand),
        cmocka_unit_test(option_parsed_twice_starts_afresh),
        cmocka_unit_test(option_misused_is_refused),
        cmocka_unit_test(option_table_is_printed_in_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
