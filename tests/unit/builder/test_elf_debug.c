/* Tests of debug information in ELF files. */
#include "tests/unit/sf_test.h"

#include "builder/pack/elf_debug.h"

static void debug_of_this_program_is_seen(void **state)
{
    struct sf_error err;
    struct sf_elf_debug debug;
    sf_autoclose int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_sf_ok(sf_elf_debug_read(fd, "self", &debug, &err), &err);
    /* Which of the two there are is up to how the tests are built. */
    assert_true(strlen(debug.build_id) % 2 == 0);
    assert_int_equal(strspn(debug.build_id, "0123456789abcdef"), strlen(debug.build_id));
}

static void file_that_is_no_elf_is_refused(void **state)
{
    struct sf_error err;
    struct sf_elf_debug debug;
    sf_autoclose int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_sf_fails(sf_elf_debug_read(fd, "passwd", &debug, &err), &err, SF_E_FORMAT,
                    "'passwd' is no ELF file");
}

static void path_is_where_debuggers_look(void **state)
{
    const struct sf_elf_debug debug = {.build_id = "abcdef0123"};
    const struct sf_elf_debug without = {0};
    sf_autofree char *path = sf_elf_debug_path(&debug);

    (void)state;
    assert_non_null(path);
    assert_string_equal(path, "view/lib/debug/.build-id/ab/cdef0123.debug");
    assert_null(sf_elf_debug_path(&without));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debug_of_this_program_is_seen),
        cmocka_unit_test(file_that_is_no_elf_is_refused),
        cmocka_unit_test(path_is_where_debuggers_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
