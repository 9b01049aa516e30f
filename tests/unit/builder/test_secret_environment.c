/* Tests of secrets that programs which are started must not have. */
#include "builder/repository/secret_environment.h"

#include "tests/unit/sf_test.h"

extern char **environ;

static int unset(void **state)
{
    (void)state;
    return unsetenv("AWS_SECRET_ACCESS_KEY") + unsetenv("AWS_SESSION_TOKEN") +
           unsetenv("RSYNC_PASSWORD");
}

static void secret_that_is_taken_is_known_but_not_in_the_environment(void **state)
{
    char text[] = "AWS_SESSION_TOKEN=geheim";
    struct sf_error err;

    (void)state;
    assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", "key", 1), 0);
    assert_int_equal(putenv(text), 0);
    assert_int_equal(setenv("RSYNC_PASSWORD", "word", 1), 0);
    assert_sf_ok(sf_secret_environment_take(&err), &err);
    for (char **variable = environ; *variable != NULL; variable++) {
        assert_null(strstr(*variable, "AWS_SE"));
        assert_null(strstr(*variable, "RSYNC_PASSWORD"));
    }
    /* Of what /proc shows of a process. */
    assert_memory_equal(text, "AWS_SESSION_TOKEN=\0\0\0\0\0\0", sizeof text);
    assert_string_equal(sf_secret_environment_get("AWS_SECRET_ACCESS_KEY"), "key");
    assert_string_equal(sf_secret_environment_get("AWS_SESSION_TOKEN"), "geheim");
    assert_string_equal(sf_secret_environment_get("RSYNC_PASSWORD"), "word");
}

static void secret_that_is_not_taken_is_the_environments(void **state)
{
    (void)state;
    assert_int_equal(setenv("RSYNC_PASSWORD", "other", 1), 0);
    assert_string_equal(sf_secret_environment_get("RSYNC_PASSWORD"), "other");
    assert_int_equal(setenv("RSYNC_PASSWORD", "", 1), 0);
    assert_null(sf_secret_environment_get("RSYNC_PASSWORD"));
    assert_null(sf_secret_environment_get("RSYNC_NOTHING"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(secret_that_is_taken_is_known_but_not_in_the_environment, unset),
        cmocka_unit_test_setup(secret_that_is_not_taken_is_the_environments, unset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
