/* Tests of buckets, prefixes and URLs. */
#include "builder/repository/s3_place.h"

#include "builder/repository/s3_settings.h"
#include "tests/unit/sf_test.h"

static void assert_url(const char *where, char *endpoint, char *region, const char *expected)
{
    const struct sf_s3_settings settings = {.endpoint = endpoint, .region = region};
    sf_auto(s3_place) struct sf_s3_place place = {.bucket = NULL};
    struct sf_error err;

    assert_sf_ok(sf_s3_place_read(&place, where, &settings, &err), &err);
    sf_autofree char *url = sf_s3_place_url(&place, "a/b");

    assert_string_equal(url, expected);
}

static void place_url_is_the_providers(void **state)
{
    char region[] = "eu-north-1";
    char china[] = "cn-north-1";
    char own[] = "http://127.0.0.1:9000//";
    char path[] = "https://s3.example.org/s3";

    (void)state;
    assert_url("s3://bucket", NULL, region, "https://bucket.s3.eu-north-1.amazonaws.com/a/b");
    assert_url("s3://bucket//deep/er//", NULL, region,
               "https://bucket.s3.eu-north-1.amazonaws.com/deep/er/a/b");
    assert_url("s3://my.bucket/x", NULL, region,
               "https://s3.eu-north-1.amazonaws.com/my.bucket/x/a/b");
    assert_url("s3://bucket", NULL, china, "https://bucket.s3.cn-north-1.amazonaws.com.cn/a/b");
    assert_url("s3://bucket/x", own, region, "http://127.0.0.1:9000/bucket/x/a/b");
    assert_url("s3://bucket", path, region, "https://s3.example.org/s3/bucket/a/b");
}

static void place_key_is_percent_encoded(void **state)
{
    sf_autofree char *kept = sf_s3_place_encode("a/B-1._~ +%&=?#:@,;'()*!\xc3\xa9", "/");
    sf_autofree char *slash = sf_s3_place_encode("a/b", "");

    (void)state;
    assert_string_equal(kept, "a/B-1._~%20%2B%25%26%3D%3F%23%3A%40%2C%3B%27%28%29%2A%21%C3%A9");
    assert_string_equal(slash, "a%2Fb");
}

static void assert_refused(const char *where, char *endpoint, enum sf_code code,
                           const char *fragment)
{
    char region[] = "us-east-1";
    const struct sf_s3_settings settings = {.endpoint = endpoint, .region = region};
    sf_auto(s3_place) struct sf_s3_place place = {.bucket = NULL};
    struct sf_error err;

    assert_sf_fails(sf_s3_place_read(&place, where, &settings, &err), &err, code, fragment);
    assert_null(strstr(err.message, "geheim"));
}

static void place_odd_bucket_is_refused(void **state)
{
    static const char *const odd[] = {
        "s3://",         "s3:///x",      "s3://ab",        "s3://Bucket",      "s3://buck_et",
        "s3://-bucket",  "s3://bucket-", "s3://bu..cket",  "s3://bucket:80/x", "s3://b@cket",
        "s3://buc%6bet", "s3://buck et", "s3://b\xc3\xa9t"};

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_refused(odd[i], NULL, SF_E_USAGE, "write s3://BUCKET/PREFIX");
    }
    assert_refused("s3://bucket/a/../b", NULL, SF_E_USAGE, "the prefix 'a/../b' is no plain path");
    assert_refused("s3://bucket/a//b", NULL, SF_E_USAGE, "is no plain path");
}

static void place_odd_endpoint_is_refused(void **state)
{
    static char odd[][32] = {"127.0.0.1:9000", "ftp://host",           "http://",
                             "https:///x",     "http://a:geheim@host", "http://host/?geheim=1",
                             "http://host/#x", "http://ho st",         "file:///etc"};

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_refused("s3://bucket", odd[i], SF_E_CONFIG, "see AWS_ENDPOINT_URL");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_url_is_the_providers),
        cmocka_unit_test(place_key_is_percent_encoded),
        cmocka_unit_test(place_odd_bucket_is_refused),
        cmocka_unit_test(place_odd_endpoint_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
