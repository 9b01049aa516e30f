/* Tests of what S3 is asked with: environment and files. */
#include "builder/repository/s3_settings.h"

#include "tests/unit/sf_test.h"

static const char *const variables[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
};

/* Nothing set, and a home of its own. */
static int make_home(void **state)
{
    char path[4096];

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        (void)unsetenv(variables[i]);
    }
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/.aws", (const char *)*state);
    (void)setenv("HOME", *state, 1);
    return mkdir(path, 0700);
}

static void assert_read(struct sf_s3_settings *settings)
{
    struct sf_error err;

    assert_sf_ok(sf_s3_settings_read(settings, &err), &err);
}

static void assert_refused(enum sf_code code, const char *fragment)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};
    struct sf_error err;

    assert_sf_fails(sf_s3_settings_read(&settings, &err), &err, code, fragment);
    assert_null(strstr(err.message, "geheim"));
}

static void write_files(const char *home)
{
    sf_test_write_file(home, ".aws/credentials",
                       "[default]\n"
                       "aws_access_key_id = DEFAULT\n"
                       "aws_secret_access_key = geheim\n"
                       "[two]\n"
                       "aws_access_key_id = TWO\n"
                       "aws_secret_access_key = geheim2\n"
                       "aws_session_token = token2\n"
                       "[half]\n"
                       "aws_secret_access_key = geheim\n");
    sf_test_write_file(home, ".aws/config",
                       "[default]\n"
                       "region = eu-west-3\n"
                       "endpoint_url = https://s3.example.org\n"
                       "ca_bundle = /etc/ca.pem\n"
                       "[profile two]\n"
                       "region = eu-north-1\n"
                       "[profile three]\n"
                       "aws_access_key_id = THREE\n"
                       "aws_secret_access_key = geheim3\n");
}

static void settings_files_give_the_default_profile(void **state)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};

    write_files(*state);
    assert_read(&settings);
    assert_string_equal(settings.access_key, "DEFAULT");
    assert_string_equal(settings.secret_key, "geheim");
    assert_null(settings.session_token);
    assert_non_null(strstr(settings.source, ".aws/credentials"));
    assert_string_equal(settings.region, "eu-west-3");
    assert_string_equal(settings.endpoint, "https://s3.example.org");
    assert_string_equal(settings.ca_bundle, "/etc/ca.pem");
}

static void settings_profile_of_the_environment_is_taken(void **state)
{
    sf_auto(s3_settings) struct sf_s3_settings two = {.region = NULL};
    sf_auto(s3_settings) struct sf_s3_settings three = {.region = NULL};

    write_files(*state);
    (void)setenv("AWS_PROFILE", "two", 1);
    assert_read(&two);
    assert_string_equal(two.access_key, "TWO");
    assert_string_equal(two.session_token, "token2");
    assert_string_equal(two.region, "eu-north-1");
    assert_null(two.endpoint);
    (void)setenv("AWS_PROFILE", "three", 1);
    assert_read(&three);
    assert_string_equal(three.access_key, "THREE");
    assert_string_equal(three.region, "us-east-1");
    assert_non_null(strstr(three.source, "[profile three]"));
}

static void settings_environment_is_first(void **state)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};

    write_files(*state);
    (void)setenv("AWS_PROFILE", "two", 1);
    (void)setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
    (void)setenv("AWS_SECRET_ACCESS_KEY", "geheim4", 1);
    (void)setenv("AWS_DEFAULT_REGION", "sa-east-1", 1);
    (void)setenv("AWS_REGION", "", 1);
    (void)setenv("AWS_ENDPOINT_URL", "http://one", 1);
    (void)setenv("AWS_ENDPOINT_URL_S3", "http://two", 1);
    assert_read(&settings);
    assert_string_equal(settings.access_key, "ENV");
    assert_string_equal(settings.secret_key, "geheim4");
    /* A token belongs to its keys. */
    assert_null(settings.session_token);
    assert_string_equal(settings.source, "the environment");
    assert_string_equal(settings.region, "sa-east-1");
    assert_string_equal(settings.endpoint, "http://two");
}

static void settings_files_elsewhere_are_read(void **state)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};
    char path[4096];

    write_files(*state);
    (void)snprintf(path, sizeof path, "%s/.aws/credentials", (const char *)*state);
    (void)setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    (void)unsetenv("HOME");
    assert_read(&settings);
    assert_string_equal(settings.access_key, "DEFAULT");
    assert_string_equal(settings.region, "us-east-1");
}

static void settings_without_keys_are_refused(void **state)
{
    assert_refused(SF_E_CONFIG, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    write_files(*state);
    (void)setenv("AWS_PROFILE", "absent", 1);
    assert_refused(SF_E_CONFIG, "profile 'absent' in '");
    (void)setenv("AWS_PROFILE", "half", 1);
    assert_refused(SF_E_CONFIG, "a secret key for S3 without its access key: give both");
    (void)setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
    assert_refused(SF_E_CONFIG, "the environment has an access key for S3 without its secret");
}

static void settings_odd_region_is_refused(void **state)
{
    write_files(*state);
    (void)setenv("AWS_REGION", "eu:north", 1);
    assert_refused(SF_E_CONFIG, "'eu:north' is no region of S3");
    (void)setenv("AWS_REGION", "evil.example.org/", 1);
    assert_refused(SF_E_CONFIG, "is no region of S3");
}

static void settings_odd_file_is_refused(void **state)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/.aws/credentials", (const char *)*state);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(SF_E_IO, "read '");
    assert_int_equal(rmdir(path), 0);
    sf_autofile FILE *stream = fopen(path, "we");

    assert_non_null(stream);
    assert_int_equal(fwrite("[a]\0b", 1, 5, stream), 5);
    assert_int_equal(fflush(stream), 0);
    assert_refused(SF_E_CONFIG, "holds a NUL byte");
    assert_int_equal(ftruncate(fileno(stream), 2 << 20), 0);
    assert_refused(SF_E_CONFIG, "is larger than 1048576 bytes");
}

#define HOME_TEST(name) cmocka_unit_test_setup_teardown(name, make_home, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOME_TEST(settings_files_give_the_default_profile),
        HOME_TEST(settings_profile_of_the_environment_is_taken),
        HOME_TEST(settings_environment_is_first),
        HOME_TEST(settings_files_elsewhere_are_read),
        HOME_TEST(settings_without_keys_are_refused),
        HOME_TEST(settings_odd_region_is_refused),
        HOME_TEST(settings_odd_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
