/* Configuration files as people write them, and the mistakes they make. */
#include "common/format/config.h"

#include "tests/unit/sf_test.h"

static struct sf_config *applied(const char *text)
{
    struct sf_config *config = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_config_new(&config, &err), &err);
    assert_sf_ok(sf_config_apply(config, "a.conf", text, &err), &err);
    assert_sf_ok(sf_config_check(config, &err), &err);
    return config;
}

static void assert_apply_fails(const char *text, const char *fragment)
{
    sf_auto(config) struct sf_config *config = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_config_new(&config, &err), &err);
    assert_sf_fails(sf_config_apply(config, "a.conf", text, &err), &err, SF_E_CONFIG, fragment);
}

static void config_complete_file_sets_every_field(void **state)
{
    sf_auto(config) struct sf_config *c = applied("\xef\xbb\xbf# comment\n"
                                                  "; another\n"
                                                  "[agent]\r\n"
                                                  "  root = /srv/slurm ; where\n"
                                                  "variant: gpu\n"
                                                  "toolchain=noble\n"
                                                  "units = copy\n"
                                                  "modules = no\n"
                                                  "keep = 3\n"
                                                  "restart = slurmd my@x.service\n"
                                                  "health_s = 0\n\n"
                                                  "[repository]\n"
                                                  "url = https://a/slurm/\n"
                                                  "url = file:///mnt/usb\n"
                                                  "proxy = http://u:p@proxy:3128\n"
                                                  "retries = 0\n"
                                                  "[toolchain bookworm]\n"
                                                  "os_id = debian\n"
                                                  "version_id = 12\n"
                                                  "glibc = 2.36");

    (void)state;
    assert_string_equal(c->root, "/srv/slurm");
    assert_string_equal(c->variant, "gpu");
    assert_string_equal(c->toolchain, "noble");
    assert_int_equal(c->units, SF_UNITS_COPY);
    assert_false(c->has_modules);
    assert_int_equal(c->keep, 3);
    assert_int_equal(c->restart.count, 2);
    assert_string_equal(c->restart.items[1], "my@x.service");
    assert_int_equal(c->health_s, 0);
    assert_int_equal(c->urls.count, 2);
    assert_string_equal(c->urls.items[0], "https://a/slurm");
    assert_string_equal(c->urls.items[1], "file:///mnt/usb");
    assert_int_equal(c->retries, 0);
    assert_int_equal(c->connect_timeout_s, 15);
    assert_int_equal(c->toolchain_count, 1);
    assert_string_equal(c->toolchains[0].name, "bookworm");
    assert_string_equal(c->toolchains[0].glibc, "2.36");
}

static void config_later_file_overrides_and_replaces_lists(void **state)
{
    sf_auto(config) struct sf_config *config = applied(
        "[agent]\nkeep = 3\ntoolchain = noble\n[repository]\nurl = http://a\nurl = http://b\n"
        "[toolchain x]\nos_id = x\nversion_id = 1\nglibc = 2.1\n");
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_config_apply(config, "b.conf",
                                 "[agent]\nkeep = 4\nrestart =\ntoolchain =\n"
                                 "[repository]\nurl = http://c\n"
                                 "[toolchain x]\nglibc = 2.2\n",
                                 &err),
                 &err);
    assert_int_equal(config->keep, 4);
    assert_null(config->toolchain);
    assert_int_equal(config->restart.count, 0);
    assert_int_equal(config->urls.count, 1);
    assert_string_equal(config->urls.items[0], "http://c");
    assert_int_equal(config->toolchain_count, 1);
    assert_string_equal(config->toolchains[0].glibc, "2.2");
    assert_string_equal(config->toolchains[0].os_id, "x");
}

static void config_mistake_names_file_line_and_key(void **state)
{
    static const struct {
        const char *text;
        const char *fragment;
    } cases[] = {
        {"[agent]\n\nkepe = 3\n", "a.conf:3: unknown key 'kepe' in [agent]"},
        {"[agnet]\nkeep = 3\n", "a.conf:2: unknown section [agnet]"},
        {"keep = 3\n", "a.conf:1: 'keep' stands before any [section]"},
        {"[agent]\nkeep = 3\nkeep = 4\n", "a.conf:3: 'keep' is given twice in [agent]"},
        {"[agent]\nkeep = 3\n[repository]\n[agent]\nkeep = 4\n", "a.conf:5: 'keep' is given twice"},
        {"[agent]\nkeep = 0\n", "a.conf:2: 'keep': '0' is not a number between 1 and 1000"},
        {"[agent]\nkeep = 2 # two\n", "a.conf:2: 'keep': '2 # two'"},
        {"[agent]\nroot = slurm\n", "'root': 'slurm' is not an absolute path"},
        {"[agent]\nroot =\n", "'root': '' is not an absolute path"},
        {"[agent]\nroot\n", "a.conf:2: neither 'key = value'"},
        {"[agent\nroot = /x\n", "a.conf:1: neither 'key = value'"},
        {"[agent] keep = 3\n", "a.conf:1: there is text behind the section's name"},
        {"[agent]\nroot = /a\n  /b\n", "a.conf:3: neither"},
        {"[repository]\nurl = http://a\n  http://b\n", "a.conf:3: unknown key 'http'"},
        {"[agent]\nroot = /a\x1b[2J\n", "a.conf:2: the line holds a control character"},
        {"[agent]\nroot = /\xff\n", "a.conf:2: the line is not UTF-8"},
        {"[toolchain]\nos_id = x\n", "unknown section [toolchain]"},
        {"[toolchain ../x]\nos_id = x\n", "a.conf:2: '../x' is not a toolchain's name"},
        {"[toolchain x]\nid = x\n", "unknown key 'id' in [toolchain x]"},
        {"[agent]\n= 3\n", "unknown key ''"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_apply_fails(cases[i].text, cases[i].fragment);
    }
}

static void config_line_at_the_limit_is_whole_and_longer_is_refused(void **state)
{
    char text[400] = "[agent]\nroot = /";
    size_t start = strlen("[agent]\n");

    (void)state;
    memset(text + strlen(text), 'r', 198 - strlen("root = /"));
    text[start + 198] = '\0';
    sf_auto(config) struct sf_config *config = applied(text);

    assert_int_equal(strlen(config->root), 198 - strlen("root = "));
    text[start + 198] = 'r';
    text[start + 199] = '\0';
    assert_apply_fails(text, "a.conf:2: the line is longer than 198 bytes");
}

static void config_too_large_or_with_too_many_toolchains_is_refused(void **state)
{
    sf_autofree char *large = malloc(SF_CONFIG_MAX_BYTES + 2);
    sf_autofree char *many = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&many, &size);

    (void)state;
    assert_non_null(large);
    assert_non_null(stream);
    memset(large, '\n', SF_CONFIG_MAX_BYTES + 1);
    large[SF_CONFIG_MAX_BYTES + 1] = '\0';
    assert_apply_fails(large, "larger than");
    for (int i = 0; i < 65; i++) {
        (void)fprintf(stream, "[toolchain t%d]\nos_id = x\n", i);
    }
    assert_int_equal(fclose(stream), 0);
    assert_apply_fails(many, "a.conf:130: more than 64 toolchains");
}

static void config_empty_file_changes_nothing(void **state)
{
    sf_auto(config) struct sf_config *config = applied("");

    (void)state;
    assert_string_equal(config->root, "/opt/slurm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_complete_file_sets_every_field),
        cmocka_unit_test(config_later_file_overrides_and_replaces_lists),
        cmocka_unit_test(config_mistake_names_file_line_and_key),
        cmocka_unit_test(config_line_at_the_limit_is_whole_and_longer_is_refused),
        cmocka_unit_test(config_too_large_or_with_too_many_toolchains_is_refused),
        cmocka_unit_test(config_empty_file_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
