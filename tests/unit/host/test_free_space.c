#include "tests/unit/sf_test.h"

#include "common/host/free_space.h"

static struct sf_error err;

static int open_here(void **state)
{
    return open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void free_space_for_little_is_there(void **state)
{
    sf_autoclose int fd = open_here(state);

    assert_sf_ok(sf_free_space_check(fd, "/opt/slurm", 0, 0, &err), &err);
    assert_sf_ok(sf_free_space_check(fd, "/opt/slurm", 4097, 1, &err), &err);
}

static void free_space_for_too_many_bytes_is_missing(void **state)
{
    sf_autoclose int fd = open_here(state);

    assert_sf_fails(sf_free_space_check(fd, "/opt/slurm", UINT64_MAX, 0, &err), &err, SF_E_NO_SPACE,
                    "'/opt/slurm' needs");
}

static void free_space_for_too_many_inodes_is_missing(void **state)
{
    sf_autoclose int fd = open("/dev/shm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_sf_fails(sf_free_space_check(fd, "/dev/shm", 0, UINT64_MAX, &err), &err, SF_E_NO_SPACE,
                    "inodes");
}

static void free_space_of_no_file_system_is_an_error(void **state)
{
    (void)state;
    assert_sf_fails(sf_free_space_check(-1, "/opt/slurm", 0, 0, &err), &err, SF_E_IO, "/opt/slurm");
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(free_space_for_little_is_there),
        TEST(free_space_for_too_many_bytes_is_missing),
        TEST(free_space_for_too_many_inodes_is_missing),
        TEST(free_space_of_no_file_system_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
