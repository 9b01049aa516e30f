/* Tables: aligned, headed, with harmless cells. */
#include "common/cli/table.h"

#include "tests/unit/sf_test.h"

static const char *const headings[] = {"RELEASE", "STATE", NULL};

static char *printed(struct sf_table *table)
{
    struct sf_error err;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_sf_ok(sf_table_print(table, out, &err), &err);
    (void)fclose(out);
    return text;
}

static void table_with_rows_is_aligned(void **state)
{
    static const char *const first[] = {"25.11.6-1-noble-amd64", "active"};
    static const char *const second[] = {"24.11.5-1", ""};
    sf_auto(table) struct sf_table *table = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_table_new(headings, &table, &err), &err);
    assert_sf_ok(sf_table_add(table, first, &err), &err);
    assert_sf_ok(sf_table_add(table, second, &err), &err);
    sf_autofree char *text = printed(table);

    assert_string_equal(text, "RELEASE               STATE\n"
                              "25.11.6-1-noble-amd64 active\n"
                              "24.11.5-1             \n");
}

static void table_without_rows_prints_nothing(void **state)
{
    sf_auto(table) struct sf_table *table = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_table_new(headings, &table, &err), &err);
    sf_autofree char *text = printed(table);

    assert_string_equal(text, "");
}

static void table_wider_than_a_terminal_is_not_cut(void **state)
{
    sf_auto(table) struct sf_table *table = NULL;
    struct sf_error err;
    char wide[300];

    (void)state;
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    const char *const cells[] = {wide, "end"};

    assert_sf_ok(sf_table_new(headings, &table, &err), &err);
    assert_sf_ok(sf_table_add(table, cells, &err), &err);
    sf_autofree char *text = printed(table);

    assert_non_null(strstr(text, wide));
    assert_non_null(strstr(text, " end\n"));
}

static void table_cell_with_escapes_is_made_printable(void **state)
{
    static const char *const cells[] = {"evil\033[2J\nname", "x"};
    sf_auto(table) struct sf_table *table = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_table_new(headings, &table, &err), &err);
    assert_sf_ok(sf_table_add(table, cells, &err), &err);
    sf_autofree char *text = printed(table);

    assert_null(strchr(text, '\033'));
    assert_null(strstr(text, "\nname"));
    assert_non_null(strstr(text, "evil"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_with_rows_is_aligned),
        cmocka_unit_test(table_without_rows_prints_nothing),
        cmocka_unit_test(table_wider_than_a_terminal_is_not_cut),
        cmocka_unit_test(table_cell_with_escapes_is_made_printable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
