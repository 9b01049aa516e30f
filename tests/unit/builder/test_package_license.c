/* Tests of reading Debian's copyright files. */
#include "tests/unit/sf_test.h"

#include "builder/pack/package_license.h"

static const char copyright[] = "Format: x\n\n"
                                "Files: debian/*\nCopyright: you\nLicense: GPL-2\n\n"
                                "Files: *\nCopyright: me\nLicense: Zlib\n\n"
                                "License: GPL-2\n line one\n .\n\tline two\n\n"
                                "License: Zlib\n other\n";

static void license_of_all_files_is_the_package_s(void **state)
{
    sf_autofree char *name = sf_package_license_name(copyright);

    (void)state;
    assert_non_null(name);
    assert_string_equal(name, "Zlib");
}

static void license_of_all_files_may_be_spelt_loosely(void **state)
{
    sf_autofree char *name = sf_package_license_name(
        "\nformat: x\n\nFiles: a\nLicense: MIT\n\nfiles:  * \nlicense: ISC\n");

    (void)state;
    assert_non_null(name);
    assert_string_equal(name, "ISC");
}

static void license_before_all_paragraphs_is_the_package_s(void **state)
{
    sf_autofree char *name =
        sf_package_license_name("Format: x\nLicense: MIT\n\nFiles: x\nLicense: GPL-2\n");

    (void)state;
    assert_non_null(name);
    assert_string_equal(name, "MIT");
}

static void license_of_some_files_is_not_the_package_s(void **state)
{
    (void)state;
    assert_null(sf_package_license_name("Format: x\n\nFiles: debian/*\nLicense: GPL-2\n"));
}

static void license_of_free_text_is_null(void **state)
{
    (void)state;
    assert_null(sf_package_license_name("This package was debianized by me.\n"));
    assert_null(sf_package_license_name("Debianized by me.\n\nFiles: *\nLicense: GPL-2\n"));
    assert_null(sf_package_license_name("Format: x\nFiles: *\nLicense:\n"));
    assert_null(sf_package_license_name("Format: x\nFiles: *\n"));
    assert_null(sf_package_license_name(""));
}

static void text_of_a_license_is_what_is_indented(void **state)
{
    sf_autofree char *text = sf_package_license_text(copyright, "GPL-2");
    sf_autofree char *last = sf_package_license_text(copyright, "Zlib");

    (void)state;
    assert_non_null(text);
    assert_string_equal(text, "line one\n\nline two");
    assert_non_null(last);
    assert_string_equal(last, "other");
}

static void text_of_an_unknown_license_is_null(void **state)
{
    (void)state;
    assert_null(sf_package_license_text(copyright, "MIT"));
    assert_null(sf_package_license_text("License: MIT", "MIT"));
    assert_null(sf_package_license_text("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(license_of_all_files_is_the_package_s),
        cmocka_unit_test(license_of_all_files_may_be_spelt_loosely),
        cmocka_unit_test(license_before_all_paragraphs_is_the_package_s),
        cmocka_unit_test(license_of_some_files_is_not_the_package_s),
        cmocka_unit_test(license_of_free_text_is_null),
        cmocka_unit_test(text_of_a_license_is_what_is_indented),
        cmocka_unit_test(text_of_an_unknown_license_is_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
