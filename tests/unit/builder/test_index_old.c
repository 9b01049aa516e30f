/* Tests of reading the index that a repository has. */
#include "tests/unit/sf_test.h"

#include "builder/repository/index_old.h"
#include "common/format/repo_index.h"
#include "common/host/dir.h"

#define FIRST "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
#define LAST  "\n-----BEGIN PGP SIGNATURE-----\n\nxxxx\n-----END PGP SIGNATURE-----\n"

static void text_of_a_signed_message_is_what_was_signed(void **state)
{
    sf_autofree char *text =
        sf_index_old_unverified_text(FIRST "{\n- - a dash\n-- no escape\n- " LAST);

    (void)state;
    assert_non_null(text);
    assert_string_equal(text, "{\n- a dash\n-- no escape\n");
}

static void text_of_anything_else_is_null(void **state)
{
    static const char without_text[] = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512" LAST;
    static const char before[] = "\n" FIRST "{}" LAST;
    static const char *const cases[] = {
        "",         "{}",   "<html>",     "-----BEGIN PGP SIGNED MESSAGE-----\n",
        FIRST "{}", before, without_text,
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(sf_index_old_unverified_text(cases[i]));
    }
}

static int open_directory(const char *path)
{
    int fd = -1;
    struct sf_error err;

    assert_sf_ok(sf_dir_open_follow(path, &fd, &err), &err);
    return fd;
}

static void index_that_is_absent_is_null(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);
    struct sf_repo_index *index = (struct sf_repo_index *)*state;

    assert_sf_ok(sf_index_old_read(fd, NULL, &index, &err), &err);
    assert_null(index);
}

static void index_that_is_damaged_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "empty"}, {"{}", "not a clear-signed text"}, {FIRST "{}" LAST, "'format'"}};
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_repo_index *index = NULL;

        sf_test_write_file(*state, SF_INDEX_NAME, cases[i][0]);
        assert_sf_fails(sf_index_old_read(fd, NULL, &index, &err), &err, SF_E_FORMAT, cases[i][1]);
        assert_non_null(strstr(err.message, SF_INDEX_NAME));
        assert_null(index);
    }
}

static void index_under_an_unknown_key_is_refused(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);
    struct sf_repo_index *index = NULL;
    char keys[4096];

    (void)snprintf(keys, sizeof keys, "%s/keys", (const char *)*state);
    assert_int_equal(mkdir(keys, 0755), 0);
    sf_test_write_file(*state, SF_INDEX_NAME, FIRST "{}" LAST);
    assert_sf_fails(sf_index_old_read(fd, keys, &index, &err), &err, SF_E_SIGNATURE, "no key");
    assert_null(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_a_signed_message_is_what_was_signed),
        cmocka_unit_test(text_of_anything_else_is_null),
        cmocka_unit_test_setup_teardown(index_that_is_absent_is_null, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(index_that_is_damaged_is_refused, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(index_under_an_unknown_key_is_refused,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
