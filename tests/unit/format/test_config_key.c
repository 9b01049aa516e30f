/* One key's value: each kind's accepted and refused texts. */
#include "common/format/config_key.h"

#include "common/format/config.h"
#include "tests/unit/sf_test.h"

static int set(struct sf_config *config, const char *section, const char *key, const char *value,
               struct sf_error *err)
{
    size_t index = 0;

    assert_true(sf_config_key_find(section, key, &index));
    return sf_config_key_set(config, index, value, /* is_more= */ false, err);
}

static void key_unknown_is_not_found(void **state)
{
    size_t index = 0;

    (void)state;
    assert_false(sf_config_key_find("agent", "url", &index));
    assert_false(sf_config_key_find("", "root", &index));
    assert_true(sf_config_key_find("repository", "url", &index));
    assert_true(sf_config_key_is_repeatable(index));
    assert_true(sf_config_key_find("agent", "restart", &index));
    assert_false(sf_config_key_is_repeatable(index));
}

static void value_that_is_not_valid_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        const char *section;
        const char *key;
        const char *value;
    } cases[] = {
        {"agent", "root", "/opt/../etc"},
        {"agent", "root", "/opt/slurm/"},
        {"agent", "variant", ""},
        {"agent", "variant", "GPU"},
        {"agent", "variant", "sixteenletters00"},
        {"agent", "toolchain", "no ble"},
        {"agent", "toolchain", "../x"},
        {"agent", "units", "Link"},
        {"agent", "units", ""},
        {"agent", "modules", "true"},
        {"agent", "modules", "1"},
        {"agent", "keep", "-1"},
        {"agent", "keep", "02"},
        {"agent", "keep", "4294967298"},
        {"agent", "health_s", "601"},
        {"agent", "restart", "slurmd -x"},
        {"agent", "restart", "a/b"},
        {"agent", "restart", "slurmd;reboot"},
        {"repository", "url", "ftp://a"},
        {"repository", "url", "http://"},
        {"repository", "url", "file://x/y"},
        {"repository", "url", "https://a b"},
        {"repository", "url", "https://a?x"},
        {"repository", "url", "https://a#x"},
        {"repository", "url", "/srv/repo"},
        {"repository", "proxy", "proxy:3128"},
        {"repository", "retries", "101"},
        {"repository", "stall_timeout_s", "0"},
    };
    sf_auto(config) struct sf_config *config = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_new(&config, &err), &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *before = sf_config_value(config, cases[i].section, cases[i].key);

        assert_sf_fails(set(config, cases[i].section, cases[i].key, cases[i].value, &err), &err,
                        SF_E_CONFIG, "not ");
        sf_autofree char *after = sf_config_value(config, cases[i].section, cases[i].key);

        assert_string_equal(before, after);
    }
}

static void value_of_proxy_refused_is_not_repeated(void **state)
{
    sf_auto(config) struct sf_config *config = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_new(&config, &err), &err);
    assert_true(set(config, "repository", "proxy", "user:secret@proxy", &err) < 0);
    assert_null(strstr(err.message, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_unknown_is_not_found),
        cmocka_unit_test(value_that_is_not_valid_is_refused_and_changes_nothing),
        cmocka_unit_test(value_of_proxy_refused_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
