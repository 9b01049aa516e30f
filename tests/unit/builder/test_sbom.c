/* Tests of bills of materials: what is in them, and that they do not vary. */
#include "tests/unit/sf_test.h"

#include "builder/pack/sbom.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/release.h"

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct sf_release release = {
    .version = "24.11.5", .build = 1, .toolchain = "bookworm", .arch = "amd64", .variant = "cpu"};

struct fixture {
    struct sf_pack_components components;
    struct sf_strlist sources;
    struct sf_sbom sbom;
};

static void describe(struct sf_pack_component *library)
{
    struct sf_error err;
    struct sf_package *package = &library->package;

    package->type = strdup("deb");
    package->name = strdup("zlib1g");
    package->version = strdup("1:1.2.13");
    package->arch = strdup("amd64");
    package->source = strdup("zlib");
    memcpy(library->sha256, SHA256, sizeof SHA256);
    assert_sf_ok(sf_spdx_license_read("Zlib and Odd", "zlib", &package->license, &err), &err);
    /* In Latin-1, as old files are, and cut in the middle of a character. */
    assert_sf_ok(sf_strlist_add(&library->texts, "J\xf6rg \xc3\xa4 \xc3", &err), &err);
}

static int make_fixture(void **state)
{
    struct sf_error err;
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_sf_ok(sf_pack_components_add_slurm(&fixture->components, "24.11.5", &err), &err);
    assert_sf_ok(sf_pack_components_add_library(&fixture->components, "view/lib/libz.so.1.2.13",
                                                "/usr/lib/libz.so.1.2.13", &err),
                 &err);
    describe(&fixture->components.items[1]);
    assert_sf_ok(sf_strlist_add(&fixture->sources, "slurm.tar.bz2 " SHA256, &err), &err);
    fixture->sbom = (struct sf_sbom){.id = "24.11.5-1-bookworm-amd64",
                                     .release = &release,
                                     .epoch_s = 1700000000,
                                     .distro = "debian",
                                     .distro_version = "12",
                                     .components = &fixture->components,
                                     .sources = &fixture->sources};
    assert_sf_ok(sf_sbom_identify(&fixture->sbom, &err), &err);
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;

    sf_pack_components_done(&fixture->components);
    sf_strlist_done(&fixture->sources);
    free(fixture);
    return 0;
}

static void assert_has(const char *text, const char *fragment)
{
    if (strstr(text, fragment) == NULL) {
        fail_msg("'%s' is not in %s", fragment, text);
    }
}

static void assert_is_json(const char *text)
{
    struct sf_error err;
    sf_auto(json) struct json_t *document = NULL;

    assert_sf_ok(sf_json_parse(text, strlen(text), &document, &err), &err);
}

static void spdx_tells_each_part(void **state)
{
    const struct fixture *fixture = *state;
    sf_autofree char *text = sf_sbom_spdx(&fixture->sbom);

    assert_non_null(text);
    assert_is_json(text);
    assert_has(text, "\"created\": \"2023-11-14T22:13:20Z\"");
    assert_has(text, "\"SPDXRef-Library-libz.so.1.2.13\"");
    assert_has(text, "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12");
    assert_has(text, "\"Zlib AND LicenseRef-zlib-Odd\"");
    assert_has(text, "J\xc3\xb6rg \xc3\xa4 \xc3\x83");
    assert_has(text, "\"GENERATED_FROM\"");
    assert_has(text, "source package zlib has it for most files");
    assert_has(text, "\"checksumValue\": \"" SHA256 "\"");
    assert_has(text, fixture->sbom.uuid);
}

static void cyclonedx_tells_each_part(void **state)
{
    const struct fixture *fixture = *state;
    sf_autofree char *text = sf_sbom_cyclonedx(&fixture->sbom);

    assert_non_null(text);
    assert_is_json(text);
    assert_has(text, "\"specVersion\": \"1.5\"");
    assert_has(text, "\"bom-ref\": \"libz.so.1.2.13\"");
    assert_has(text, "pkg:generic/slurm@24.11.5");
    assert_has(text, "\"url\": \"slurm.tar.bz2\"");
    assert_has(text, "\"value\": \"view/lib/libz.so.1.2.13\"");
    assert_has(text, fixture->sbom.uuid);
}

static void identity_changes_with_the_content(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;
    char before[SF_UUID_SIZE];

    memcpy(before, fixture->sbom.uuid, sizeof before);
    assert_sf_ok(sf_sbom_identify(&fixture->sbom, &err), &err);
    assert_string_equal(fixture->sbom.uuid, before);

    fixture->components.items[1].sha256[0] = 'f';
    assert_sf_ok(sf_sbom_identify(&fixture->sbom, &err), &err);
    assert_string_not_equal(fixture->sbom.uuid, before);

    memcpy(before, fixture->sbom.uuid, sizeof before);
    fixture->components.items[1].texts.items[0][0] = 'j';
    assert_sf_ok(sf_sbom_identify(&fixture->sbom, &err), &err);
    assert_string_not_equal(fixture->sbom.uuid, before);
}

static void part_that_no_package_has_is_told_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct sf_package *package = &fixture->components.items[1].package;
    sf_autofree char *text = NULL;

    package->name[0] = '\0';
    package->version[0] = '\0';
    package->license.expression[0] = '\0';
    text = sf_sbom_spdx(&fixture->sbom);
    assert_non_null(text);
    assert_has(text, "pkg:generic/libz.so.1.2.13");
    assert_has(text, "\"licenseDeclared\": \"NOASSERTION\"");
}

static void parts_of_one_name_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;
    sf_autofree char *spdx = NULL;
    sf_autofree char *cyclonedx = NULL;

    assert_sf_ok(sf_pack_components_add_part(&fixture->components, "hwloc 2.12", &err), &err);
    assert_sf_ok(sf_pack_components_add_part(&fixture->components, "hwloc 2.13", &err), &err);
    spdx = sf_sbom_spdx(&fixture->sbom);
    cyclonedx = sf_sbom_cyclonedx(&fixture->sbom);
    assert_non_null(spdx);
    assert_non_null(cyclonedx);
    assert_has(spdx, "\"relatedSpdxElement\": \"SPDXRef-Library-hwloc-2.12\"");
    assert_has(spdx, "\"SPDXID\": \"SPDXRef-Library-hwloc-2.13\"");
    assert_has(cyclonedx, "\"bom-ref\": \"hwloc-2.12\"");
    assert_has(cyclonedx, "\"bom-ref\": \"hwloc-2.13\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(spdx_tells_each_part, make_fixture, free_fixture),
        cmocka_unit_test_setup_teardown(cyclonedx_tells_each_part, make_fixture, free_fixture),
        cmocka_unit_test_setup_teardown(identity_changes_with_the_content, make_fixture,
                                        free_fixture),
        cmocka_unit_test_setup_teardown(parts_of_one_name_are_told_apart, make_fixture,
                                        free_fixture),
        cmocka_unit_test_setup_teardown(part_that_no_package_has_is_told_all_the_same, make_fixture,
                                        free_fixture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
