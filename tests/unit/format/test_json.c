/* The strict layer over jansson. */
#include "common/format/json.h"

#include "tests/unit/sf_test.h"

static struct json_t *parsed(const char *text)
{
    struct json_t *object = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_json_parse(text, strlen(text), &object, &err), &err);
    return object;
}

static void parse_anything_but_one_object_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *fragment;
    } cases[] = {
        {"", "line 1"},
        {"[]", "an array where an object belongs"},
        {"7", "line 1"},
        {"{", "line 1"},
        {"{}{}", "line 1"},
        {"{}\n\n x", "line 3"},
        {"{\"a\":1,\n\"a\":1}", "line 2: duplicate"},
        {"{\"a\":99999999999999999999}", "too big integer"},
        {"{\"a\":\"\\u0000\"}", "line 1"},
        {"{\"a\":\"\xff\"}", "line 1"},
        {"{\"a\":\"\xed\xa0\x80\"}", "line 1"},
        {"{a:1}", "line 1"},
        {"{\"a\":1,}", "line 1"},
        {"{\"a\":01}", "line 1"},
        {"{\"a\":1}//", "line 1"},
    };
    struct sf_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_t *object = NULL;

        assert_sf_fails(sf_json_parse(cases[i].text, strlen(cases[i].text), &object, &err), &err,
                        SF_E_FORMAT, cases[i].fragment);
        assert_null(object);
    }
    struct json_t *object = NULL;

    assert_sf_fails(sf_json_parse("{}\0", 3, &object, &err), &err, SF_E_FORMAT, "line 1");
}

static void parse_thousands_of_levels_is_refused(void **state)
{
    char text[10001];
    struct json_t *object = NULL;
    struct sf_error err = {0};

    (void)state;
    memset(text, '[', sizeof text);
    memcpy(text, "{\"a\":", 5);
    assert_sf_fails(sf_json_parse(text, sizeof text, &object, &err), &err, SF_E_FORMAT, "depth");
}

static void parse_more_than_the_ceiling_is_refused_unread(void **state)
{
    struct json_t *object = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_json_parse("{}", (64UL << 20) + 1, &object, &err), &err, SF_E_FORMAT,
                    "larger than");
}

static void getter_right_type_is_read(void **state)
{
    sf_auto(json) struct json_t *object =
        parsed("{\"s\":\"x\",\"n\":9007199254740993,\"t\":\"2026-11-21T01:02:03Z\",\"o\":{},"
               "\"a\":[1,2],\"f\":true}");
    const char *text = NULL;
    uint64_t number = 0;
    int64_t time_s = 0;
    const struct json_t *value = NULL;
    bool flag = false;
    char copy[2];
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_json_string(object, "s", &text, &err), &err);
    assert_string_equal(text, "x");
    assert_sf_ok(sf_json_u64(object, "n", UINT64_MAX, &number, &err), &err);
    assert_true(number == 9007199254740993);
    assert_sf_ok(sf_json_time(object, "t", &time_s, &err), &err);
    assert_int_equal(time_s, 1795222923);
    assert_sf_ok(sf_json_object(object, "o", &value, &err), &err);
    assert_sf_ok(sf_json_array(object, "a", 2, &value, &err), &err);
    assert_sf_ok(sf_json_flag(object, "f", &flag, &err), &err);
    assert_true(flag);
    assert_sf_ok(sf_json_flag(object, "absent", &flag, &err), &err);
    assert_false(flag);
    assert_sf_ok(sf_json_text(object, "s", copy, sizeof copy, &err), &err);
    assert_string_equal(copy, "x");
}

static void getter_missing_member_is_named(void **state)
{
    sf_auto(json) struct json_t *object = parsed("{}");
    const char *text = NULL;
    uint64_t number = 0;
    const struct json_t *value = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_json_string(object, "s", &text, &err), &err, SF_E_FORMAT, "'s' is missing");
    assert_sf_fails(sf_json_u64(object, "n", 1, &number, &err), &err, SF_E_FORMAT,
                    "'n' is missing");
    assert_sf_fails(sf_json_object(object, "o", &value, &err), &err, SF_E_FORMAT, "'o' is missing");
    assert_sf_fails(sf_json_array(object, "a", 1, &value, &err), &err, SF_E_FORMAT,
                    "'a' is missing");
}

static void getter_wrong_type_or_range_is_refused(void **state)
{
    sf_auto(json) struct json_t *object =
        parsed("{\"s\":\"xyz\",\"n\":5,\"neg\":-1,\"r\":1.0,\"o\":{},\"a\":[1,2],\"z\":null}");
    const char *text = NULL;
    uint64_t number = 77;
    int64_t time_s = 0;
    const struct json_t *value = NULL;
    bool flag = false;
    char copy[3] = "--";
    char digest[65];
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_json_string(object, "n", &text, &err), &err, SF_E_FORMAT, "not a string");
    assert_sf_fails(sf_json_string(object, "z", &text, &err), &err, SF_E_FORMAT, "not a string");
    assert_sf_fails(sf_json_u64(object, "s", 9, &number, &err), &err, SF_E_FORMAT, "an integer");
    assert_sf_fails(sf_json_u64(object, "r", 9, &number, &err), &err, SF_E_FORMAT, "an integer");
    assert_sf_fails(sf_json_u64(object, "n", 4, &number, &err), &err, SF_E_FORMAT,
                    "'n' is 5, not between 0 and 4");
    assert_sf_fails(sf_json_u64(object, "neg", UINT64_MAX, &number, &err), &err, SF_E_FORMAT,
                    "'neg' is -1");
    assert_int_equal(number, 77);
    assert_sf_fails(sf_json_time(object, "s", &time_s, &err), &err, SF_E_FORMAT, "not a time");
    assert_sf_fails(sf_json_object(object, "a", &value, &err), &err, SF_E_FORMAT, "an object");
    assert_sf_fails(sf_json_array(object, "o", 9, &value, &err), &err, SF_E_FORMAT, "an array");
    assert_sf_fails(sf_json_array(object, "a", 1, &value, &err), &err, SF_E_FORMAT,
                    "2 entries, more than 1");
    assert_sf_fails(sf_json_flag(object, "n", &flag, &err), &err, SF_E_FORMAT, "true or false");
    assert_sf_fails(sf_json_text(object, "s", copy, sizeof copy, &err), &err, SF_E_FORMAT,
                    "3 bytes, more than 2");
    assert_string_equal(copy, "--");
    assert_sf_fails(sf_json_sha256(object, "s", digest, &err), &err, SF_E_FORMAT, "SHA-256");
}

static void dump_same_value_has_same_bytes(void **state)
{
    sf_auto(json) struct json_t *a = parsed("{\"b\":1,\"a\":[true, null]}");
    sf_auto(json) struct json_t *b = parsed("{ \"a\":[true,null],\"b\" : 1}");
    sf_autofree char *text_a = sf_json_dump(a);
    sf_autofree char *text_b = sf_json_dump(b);
    sf_autofree char *pretty = sf_json_dump_pretty(a);

    (void)state;
    assert_string_equal(text_a, "{\"a\":[true,null],\"b\":1}");
    assert_string_equal(text_b, text_a);
    assert_string_equal(pretty + strlen(pretty) - 2, "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_anything_but_one_object_is_refused),
        cmocka_unit_test(parse_thousands_of_levels_is_refused),
        cmocka_unit_test(parse_more_than_the_ceiling_is_refused_unread),
        cmocka_unit_test(getter_right_type_is_read),
        cmocka_unit_test(getter_missing_member_is_named),
        cmocka_unit_test(getter_wrong_type_or_range_is_refused),
        cmocka_unit_test(dump_same_value_has_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
