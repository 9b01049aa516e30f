/* Tests of names for packages and documents. */
#include "tests/unit/sf_test.h"

#include "builder/pack/purl.h"

static void purl_of_each_kind_is_escaped(void **state)
{
    static const struct {
        struct sf_purl purl;
        const char *expected;
    } cases[] = {
        {{"deb", "debian", "12", "libstdc++6", "1:12.2~rc1+b1", "amd64"},
         "pkg:deb/debian/libstdc%2B%2B6@1:12.2~rc1%2Bb1?arch=amd64&distro=debian-12"},
        {{"rpm", "rocky", "9.4", "zlib", "1.2.11-40.el9", "x86_64"},
         "pkg:rpm/rocky/zlib@1.2.11-40.el9?arch=x86_64&distro=rocky-9.4"},
        {{"rpm", "rocky", "9.4", "openssl", "1:3.0.7-27.el9", "x86_64"},
         "pkg:rpm/rocky/openssl@3.0.7-27.el9?arch=x86_64&distro=rocky-9.4&epoch=1"},
        {{"deb", "debian", "", "x", "1", "all"}, "pkg:deb/debian/x@1?arch=all&distro=debian"},
        {{"deb", "debian", "12", "x", "", ""}, "pkg:deb/debian/x?distro=debian-12"},
        {{"generic", "", "", "slurm", "24.11.5", ""}, "pkg:generic/slurm@24.11.5"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *text = sf_purl_format(&cases[i].purl);

        assert_non_null(text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void uuid_follows_from_the_digest(void **state)
{
    char uuid[SF_UUID_SIZE];

    (void)state;
    sf_uuid_of_digest("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", uuid);
    assert_string_equal(uuid, "01234567-89ab-5def-8123-456789abcdef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purl_of_each_kind_is_escaped),
        cmocka_unit_test(uuid_follows_from_the_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
