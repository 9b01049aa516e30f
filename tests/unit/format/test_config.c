/* The configuration as a whole: defaults, checks, values in force. */
#include "common/format/config.h"

#include "tests/unit/failing_malloc.h"
#include "tests/unit/sf_test.h"

static struct sf_config *defaults(void)
{
    struct sf_config *config = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_config_new(&config, &err), &err);
    return config;
}

static void config_new_holds_the_table_s_defaults(void **state)
{
    sf_auto(config) struct sf_config *config = defaults();
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    (void)state;
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        sf_autofree char *value = sf_config_value(config, keys[i].section, keys[i].key);

        assert_string_equal(value, keys[i].fallback);
        assert_true(keys[i].help[0] != '\0');
    }
    assert_null(config->toolchain);
    assert_null(config->proxy);
    assert_true(config->has_modules);
    assert_int_equal(config->restart.count, 3);
}

static void config_value_hides_passwords(void **state)
{
    sf_auto(config) struct sf_config *config = defaults();
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_apply(config, "x",
                                 "[repository]\nproxy = http://u:se@cret@proxy:3128/\n"
                                 "url = https://me:secret@a/x\nurl = http://b:80/@c:d\n",
                                 &err),
                 &err);
    sf_autofree char *proxy = sf_config_value(config, "repository", "proxy");
    sf_autofree char *urls = sf_config_value(config, "repository", "url");

    assert_string_equal(proxy, "http://u:***@proxy:3128/");
    assert_string_equal(urls, "https://me:***@a/x http://b:80/@c:d");
    assert_string_equal(config->proxy, "http://u:se@cret@proxy:3128/");
}

static void config_value_of_a_toolchain_is_by_name(void **state)
{
    sf_auto(config) struct sf_config *config = defaults();
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_apply(config, "x", "[toolchain a]\nglibc = 2.36\n", &err), &err);
    sf_autofree char *known = sf_config_value(config, "toolchain a", "glibc");
    sf_autofree char *unset = sf_config_value(config, "toolchain a", "os_id");
    sf_autofree char *other = sf_config_value(config, "toolchain b", "glibc");

    assert_string_equal(known, "2.36");
    assert_string_equal(unset, "");
    assert_string_equal(other, "");
}

static void config_check_incomplete_toolchain_is_refused(void **state)
{
    sf_auto(config) struct sf_config *config = defaults();
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_check(config, &err), &err);
    assert_sf_ok(sf_config_apply(config, "x", "[toolchain a]\nglibc = 2.36\n", &err), &err);
    assert_sf_fails(sf_config_check(config, &err), &err, SF_E_CONFIG,
                    "[toolchain a] needs all of os_id, version_id and glibc");
}

static void config_check_root_from_elsewhere_is_checked(void **state)
{
    sf_auto(config) struct sf_config *config = defaults();
    struct sf_error err = {0};

    (void)state;
    config->root[0] = 'x';
    assert_sf_fails(sf_config_check(config, &err), &err, SF_E_CONFIG, "root 'xopt/slurm'");
    config->root[0] = '/';
    config->root[1] = '\0';
    assert_sf_fails(sf_config_check(config, &err), &err, SF_E_CONFIG,
                    "root '/' is not a directory");
}

static int trip_config(char **ret_text, struct sf_error *err)
{
    sf_auto(config) struct sf_config *config = NULL;
    int r = sf_config_new(&config, err);

    if (r == 0) {
        r = sf_config_apply(config, "x",
                            "[agent]\nroot = /x\n[repository]\nurl = http://a:b@c\nurl = http://d\n"
                            "[toolchain t]\nglibc = 2.36\n",
                            err);
    }
    if (r < 0) {
        return r;
    }
    *ret_text = sf_config_value(config, "repository", "url");
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static void config_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_new_holds_the_table_s_defaults),
        cmocka_unit_test(config_value_hides_passwords),
        cmocka_unit_test(config_value_of_a_toolchain_is_by_name),
        cmocka_unit_test(config_check_incomplete_toolchain_is_refused),
        cmocka_unit_test(config_check_root_from_elsewhere_is_checked),
        cmocka_unit_test(config_each_allocation_failing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
