/* Tests of profiles in the files of the AWS tools. */
#include "builder/repository/s3_profile.h"

#include "tests/unit/sf_test.h"

static const char text[] = "# a comment\n"
                           "aws_access_key_id = OUTSIDE\n"
                           "[default]\r\n"
                           "aws_access_key_id=FIRST\r\n"
                           "aws_access_key_id = AKIA/+=1 \t\r\n"
                           "empty =\n"
                           "#commented = 1\n"
                           "s3 =\n"
                           "  region = nested\n"
                           "\tnested = 1\n"
                           "[ profile two ]  ; of another\n"
                           "region = eu-north-1\n"
                           "[default]\n"
                           "region = us-west-2";

static void assert_value(const char *section, const char *key, const char *expected)
{
    sf_autofree char *value = NULL;
    struct sf_error err;

    assert_sf_ok(sf_s3_profile_value(text, section, key, &value, &err), &err);
    if (expected == NULL) {
        assert_null(value);
    } else {
        assert_non_null(value);
        assert_string_equal(value, expected);
    }
}

static void profile_value_is_the_last_of_its_section(void **state)
{
    (void)state;
    assert_value("default", "aws_access_key_id", "AKIA/+=1");
    assert_value("default", "region", "us-west-2");
    assert_value("profile two", "region", "eu-north-1");
}

static void profile_what_is_not_there_is_null(void **state)
{
    (void)state;
    assert_value("default", "empty", NULL);
    assert_value("default", "nested", NULL);
    assert_value("default", "commented", NULL);
    assert_value("default", "aws_access_key", NULL);
    assert_value("two", "region", NULL);
    assert_value("", "aws_access_key_id", NULL);
}

static void profile_long_value_is_whole(void **state)
{
    sf_autofree char *value = NULL;
    char token[3000] = "[a]\nkey = ";
    size_t length = strlen(token);
    struct sf_error err;

    (void)state;
    memset(token + length, 'x', sizeof token - 1 - length);
    token[sizeof token - 1] = '\0';
    assert_sf_ok(sf_s3_profile_value(token, "a", "key", &value, &err), &err);
    assert_int_equal(strlen(value), sizeof token - 1 - length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_value_is_the_last_of_its_section),
        cmocka_unit_test(profile_what_is_not_there_is_null),
        cmocka_unit_test(profile_long_value_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
