#include "tests/unit/sf_test.h"

#include "builder/make/watch.h"

static uint64_t count_in_pieces(const char *text, size_t piece)
{
    uint64_t count = 0;
    struct sf_watch_line line = {.length = 0};

    for (size_t i = 0; i < strlen(text); i += piece) {
        size_t left = strlen(text) - i;

        count += sf_watch_count(text + i, left < piece ? left : piece, &line);
    }
    return count;
}

static void compiler_calls_are_counted_however_they_arrive(void **state)
{
    static const char text[] =
        "Making all in src\n  CC       a.lo\n  CCLD     x\n  CC  b.o\n"
        " CC c\n   CC d\nx  CC e\n  CC f\nlibtool: compile:  gcc\nlibtool: link: gcc";

    (void)state;
    for (size_t piece = 1; piece < sizeof text; piece++) {
        assert_int_equal(count_in_pieces(text, piece), 4);
    }
}

static void watch_without_a_terminal_is_nothing(void **state)
{
    (void)state;
    assert_null(sf_watch_new(0, "compile", 10));
    sf_watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiler_calls_are_counted_however_they_arrive),
        cmocka_unit_test(watch_without_a_terminal_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
