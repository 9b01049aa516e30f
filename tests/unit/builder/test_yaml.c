/* Tests of the YAML that is written for Spack. */
#include "tests/unit/sf_test.h"

#include "builder/spack/yaml.h"
#include "common/base/buffer.h"
#include "common/base/strlist.h"

static void yaml_of_each_kind_is_indented_and_quoted(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4096};
    sf_auto(strlist) struct sf_strlist list = {0};
    sf_auto(strlist) struct sf_strlist empty = {0};
    struct sf_yaml yaml = {.text = &text};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_strlist_add(&list, "a@1.10", &err), &err);
    assert_sf_ok(sf_strlist_add(&list, "say \"hi\\\"", &err), &err);
    sf_yaml_open(&yaml, "spack");
    sf_yaml_list(&yaml, "specs", &list);
    sf_yaml_list(&yaml, "none", &empty);
    sf_yaml_open(&yaml, "externals");
    sf_yaml_open_item(&yaml);
    sf_yaml_text(&yaml, "spec", "24.10");
    sf_yaml_open(&yaml, "more");
    sf_yaml_number(&yaml, "padded_length", 144);
    sf_yaml_close(&yaml);
    sf_yaml_close(&yaml);
    sf_yaml_open_item(&yaml);
    sf_yaml_flag(&yaml, "on", true);
    sf_yaml_flag(&yaml, "json-c", false);
    sf_yaml_close(&yaml);
    sf_yaml_close(&yaml);
    sf_yaml_close(&yaml);
    assert_sf_ok(sf_yaml_end(&yaml, &err), &err);
    assert_string_equal(text.data, "spack:\n"
                                   "  specs:\n"
                                   "    - \"a@1.10\"\n"
                                   "    - \"say \\\"hi\\\\\\\"\"\n"
                                   "  none: []\n"
                                   "  externals:\n"
                                   "    - spec: \"24.10\"\n"
                                   "      more:\n"
                                   "        padded_length: 144\n"
                                   "    - \"on\": true\n"
                                   "      \"json-c\": false\n");
}

static void yaml_beyond_the_ceiling_is_one_error_at_the_end(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 16};
    struct sf_yaml yaml = {.text = &text};
    struct sf_error err;

    (void)state;
    sf_yaml_text(&yaml, "key", "more than sixteen bytes");
    sf_yaml_text(&yaml, "other", "x");
    assert_sf_fails(sf_yaml_end(&yaml, &err), &err, SF_E_FORMAT, "larger than 16 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_of_each_kind_is_indented_and_quoted),
        cmocka_unit_test(yaml_beyond_the_ceiling_is_one_error_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
