/* Tests of the statement of how an artifact was made. */
#include "tests/unit/sf_test.h"

#include "builder/pack/provenance.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/release.h"
#include "common/host/os_release.h"

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void statement_names_what_was_made_of_what(void **state)
{
    static const struct sf_release release = {.version = "24.11.5",
                                              .build = 1,
                                              .toolchain = "bookworm",
                                              .arch = "amd64",
                                              .variant = "cpu"};
    static const struct sf_os_release os = {
        .id = "debian", .version_id = "12", .pretty_name = "Debian"};
    static const struct sf_provenance_subject subjects[] = {{"slurm.tar.zst", SHA256}};
    static const char *const expected[] = {
        "\"_type\": \"https://in-toto.io/Statement/v1\"",
        "\"predicateType\": \"https://slsa.dev/provenance/v1\"",
        "\"name\": \"slurm.tar.zst\"",
        "\"name\": \"slurm.tar.bz2\"",
        "\"uri\": \"pkg:deb/debian/gcc@12.2?arch=amd64&distro=debian-12\"",
        "\"--with-jwt\"",
        "\"toolchain\": \"bookworm\"",
    };
    sf_auto(strlist) struct sf_strlist options = {0};
    sf_auto(strlist) struct sf_strlist sources = {0};
    sf_auto(strlist) struct sf_strlist packages = {0};
    sf_auto(json) struct json_t *document = NULL;
    struct sf_error err;
    struct sf_provenance provenance = {.subjects = subjects,
                                       .subject_count = 1,
                                       .release = &release,
                                       .options = &options,
                                       .sources = &sources,
                                       .os = &os,
                                       .packages = &packages,
                                       .glibc = "2.36",
                                       .cpu_level = "x86-64-v1",
                                       .prefix = "/opt"};

    (void)state;
    assert_sf_ok(sf_strlist_add(&options, "--with-jwt", &err), &err);
    assert_sf_ok(sf_strlist_add(&sources, "slurm.tar.bz2 " SHA256, &err), &err);
    assert_sf_ok(sf_strlist_add(&packages, "deb\tgcc\t12.2\tamd64", &err), &err);

    sf_autofree char *text = sf_provenance_text(&provenance);

    assert_non_null(text);
    assert_sf_ok(sf_json_parse(text, strlen(text), &document, &err), &err);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        if (strstr(text, expected[i]) == NULL) {
            fail_msg("'%s' is not in %s", expected[i], text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statement_names_what_was_made_of_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
