#include "tests/unit/sf_test.h"

#include "builder/place/image.h"
#include "common/base/path.h"
#include "common/base/str.h"

#define DIGEST "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"

static struct sf_error err;

static void image_not_pinned_is_refused_with_the_way_out(void **state)
{
    static const char *const names[] = {
        "debian:trixie",
        "debian",
        "@sha256:" DIGEST,
        "debian@sha256:770e",
        "debian@sha256:" DIGEST "0",
        "debian@sha256:Z70e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c",
        "--privileged@sha256:" DIGEST,
    };
    char *root = NULL;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_sf_fails(sf_image_open(*state, names[i], &root, &err), &err, SF_E_USAGE,
                        "give NAME@sha256:DIGEST");
        assert_null(root);
    }
}

static void image_unpacked_before_is_not_asked_for_again(void **state)
{
    sf_autofree char *roots = sf_path_join(*state, "roots");
    sf_autofree char *expected = sf_path_join(roots, DIGEST);
    sf_autofree char *root = NULL;

    assert_int_equal(mkdir(roots, 0755) | mkdir(expected, 0755), 0);
    assert_sf_ok(sf_image_open(*state, "debian@sha256:" DIGEST, &root, &err), &err);
    assert_string_equal(root, expected);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(image_not_pinned_is_refused_with_the_way_out),
        TEST(image_unpacked_before_is_not_asked_for_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
