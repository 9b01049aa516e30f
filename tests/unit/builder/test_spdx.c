/* Tests of licences as distributions write them. */
#include "tests/unit/sf_test.h"

#include "builder/pack/spdx.h"

static void names_of_distributions_become_ids(void **state)
{
    static const char *const cases[][2] = {
        {"Expat", "MIT"},
        {"mit", "MIT"},
        {"BSD-3-clause", "BSD-3-Clause"},
        {"Zlib", "Zlib"},
        {"Apache-2", "Apache-2.0"},
        {"GPL-2", "GPL-2.0-only"},
        {"GPL-2+", "GPL-2.0-or-later"},
        {"GPL-2.0-or-later", "GPL-2.0-or-later"},
        {"GPLv3+", "GPL-3.0-or-later"},
        {"LGPL-2.1", "LGPL-2.1-only"},
        {"LGPLv2+", "LGPL-2.0-or-later"},
        {"lgpl-v3", "LGPL-3.0-only"},
        {"GFDL-1.3+", "GFDL-1.3-or-later"},
        {"GPL-3+-with-GCC-Runtime-3.1-exception", "GPL-3.0-or-later WITH GCC-exception-3.1"},
        {"Perl", "(GPL-1.0-or-later OR Artistic-1.0-Perl)"},
    };
    static const char *const unknown[] = {
        "BSD-variant", "GPL", "LGPL-x", "public-domain", "GPL-2+-with-OpenSSL-exception",
        "GPL-2++",     ""};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *id = sf_spdx_id(cases[i][0]);

        assert_non_null(id);
        assert_string_equal(id, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_null(sf_spdx_id(unknown[i]));
    }
}

static void lists_of_names_become_expressions(void **state)
{
    static const char *const cases[][2] = {
        {"Zlib", "Zlib"},
        {"GPL-2+ or Artistic-2.0", "GPL-2.0-or-later OR Artistic-2.0"},
        {"GPL-2+ or Expat, and ISC", "(GPL-2.0-or-later OR MIT) AND ISC"},
        {"LGPLv2+ and (BSD-3-Clause or MIT)", "LGPL-2.0-or-later AND (BSD-3-Clause OR MIT)"},
        {"LGPL-2.1-or-later AND MIT", "LGPL-2.1-or-later AND MIT"},
        {"MIT, ISC", "MIT AND ISC"},
        {"GPLv3+ with GCC exception and MIT", "GPL-3.0-or-later WITH GCC-exception-3.1 AND MIT"},
        {"Expat and public domain", "MIT AND LicenseRef-libx1-public-domain"},
    };
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_auto(spdx_license) struct sf_spdx_license license = {0};

        assert_sf_ok(sf_spdx_license_read(cases[i][0], "libx1", &license, &err), &err);
        assert_string_equal(license.expression, cases[i][1]);
    }
}

static void name_without_an_id_is_kept_for_its_text(void **state)
{
    struct sf_error err;
    sf_auto(spdx_license) struct sf_spdx_license license = {0};

    (void)state;
    assert_sf_ok(sf_spdx_license_read("a_b or MIT or a_b", "libx++1", &license, &err), &err);
    assert_string_equal(license.expression,
                        "LicenseRef-libx--1-a-b OR MIT OR LicenseRef-libx--1-a-b");
    assert_int_equal(license.references.count, 1);
    assert_string_equal(license.references.items[0], "LicenseRef-libx--1-a-b");
    assert_string_equal(license.names.items[0], "a_b");
}

static void text_that_is_no_list_becomes_one_reference(void **state)
{
    static const char *const cases[] = {"", "and MIT", "MIT or", "(MIT", "MIT)", "MIT or and ISC"};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_auto(spdx_license) struct sf_spdx_license license = {0};

        assert_sf_ok(sf_spdx_license_read(cases[i], "libx1", &license, &err), &err);
        assert_string_equal(license.expression, "LicenseRef-libx1");
        assert_int_equal(license.references.count, 1);
        assert_int_equal(license.names.count, 1);
    }
}

static void text_without_end_becomes_one_reference(void **state)
{
    struct sf_error err;
    char text[9000];
    sf_auto(spdx_license) struct sf_spdx_license license = {0};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_sf_ok(sf_spdx_license_read(text, "libx1", &license, &err), &err);
    assert_string_equal(license.expression, "LicenseRef-libx1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_distributions_become_ids),
        cmocka_unit_test(lists_of_names_become_expressions),
        cmocka_unit_test(name_without_an_id_is_kept_for_its_text),
        cmocka_unit_test(text_that_is_no_list_becomes_one_reference),
        cmocka_unit_test(text_without_end_becomes_one_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
