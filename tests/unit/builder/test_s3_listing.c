/* Tests of pages of a bucket's listing. */
#include "builder/repository/s3_listing.h"

#include "common/base/strlist.h"
#include "tests/unit/sf_test.h"

#define PAGE(truncated, keys)                                                                      \
    "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><IsTruncated>" truncated                 \
    "</IsTruncated>" keys "</ListBucketResult>"
#define KEY(key) "<Contents><Size>1</Size><Key>" key "</Key></Contents>"

static void assert_page(const char *text, const char *prefix, const char *expected,
                        const char *expected_last)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_autofree char *last = NULL;
    struct sf_error err;

    assert_sf_ok(sf_s3_listing_read(text, prefix, &paths, &last, &err), &err);
    sf_autofree char *joined = sf_strlist_join(&paths, " ");

    assert_string_equal(joined, expected);
    if (expected_last == NULL) {
        assert_null(last);
    } else {
        assert_string_equal(last, expected_last);
    }
}

static void listing_keys_lose_the_prefix(void **state)
{
    (void)state;
    assert_page(PAGE("false", KEY("a/b") KEY("c")), "", "a/b c", NULL);
    assert_page(PAGE("false", KEY("r/a/b") KEY("r/c")), "r", "a/b c", NULL);
    assert_page(PAGE("false", ""), "r", "", NULL);
}

static void listing_what_is_no_file_of_a_repository_is_left_out(void **state)
{
    (void)state;
    assert_page(PAGE("false", KEY("r/") KEY("rest/a") KEY("r/../x") KEY("r//x") KEY("r/.hidden/x")
                                  KEY("r/a/.x") KEY("/r/a") KEY("r/good")),
                "r", "good", NULL);
}

static void listing_that_goes_on_names_its_last_key(void **state)
{
    (void)state;
    assert_page(PAGE("true", KEY("a") KEY("b&amp;&lt;&gt;&quot;&apos;&#13;&amp;amp;")), "",
                "a b&<>\"'&#13;&amp;", "b&<>\"'&#13;&amp;");
    assert_page(PAGE("true", KEY("r/a") KEY("s")), "r", "a", "s");
}

static void assert_refused(const char *text, const char *fragment)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_autofree char *last = NULL;
    struct sf_error err;

    assert_sf_fails(sf_s3_listing_read(text, "", &paths, &last, &err), &err, SF_E_REMOTE, fragment);
    assert_null(last);
}

static void listing_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_refused("", "no listing of a bucket");
    assert_refused("<html>Please log in</html>", "no listing of a bucket");
    assert_refused("<ListBucketResult><Key>a", "is cut");
    assert_refused(PAGE("true", ""), "goes on without an end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing_keys_lose_the_prefix),
        cmocka_unit_test(listing_what_is_no_file_of_a_repository_is_left_out),
        cmocka_unit_test(listing_that_goes_on_names_its_last_key),
        cmocka_unit_test(listing_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
