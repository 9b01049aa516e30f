/* The clean prefix and its padding. */
#include "common/format/prefix.h"

#include "common/format/release.h"
#include "tests/unit/sf_test.h"

static const struct sf_release example = {
    .version = "25.11.6", .build = 1, .toolchain = "noble", .arch = "amd64", .variant = "cpu"};

static void prefix_of_release_is_below_the_root(void **state)
{
    struct sf_error err = {0};
    sf_autofree char *prefix = NULL;
    sf_autofree char *at_top = NULL;

    (void)state;
    assert_sf_ok(sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, &example, &prefix, &err), &err);
    assert_string_equal(prefix, "/opt/slurm/releases/25.11.6-1-noble-amd64/view");
    assert_sf_ok(sf_prefix_of_release("/", &example, &at_top, &err), &err);
    assert_string_equal(at_top, "/releases/25.11.6-1-noble-amd64/view");
}

static void prefix_of_release_longest_root_fits_and_one_more_is_refused(void **state)
{
    struct sf_error err = {0};
    sf_autofree char *prefix = NULL;
    char root[128];

    (void)state;
    memset(root, 'r', sizeof root);
    root[0] = '/';
    root[91] = '\0';
    assert_sf_ok(sf_prefix_of_release(root, &example, &prefix, &err), &err);
    assert_int_equal(strlen(prefix), SF_PREFIX_SLOT);
    root[91] = 'r';
    root[92] = '\0';
    char *untouched = NULL;

    assert_sf_fails(sf_prefix_of_release(root, &example, &untouched, &err), &err, SF_E_INCOMPATIBLE,
                    "use a root of at most 91 bytes");
    assert_null(untouched);
}

static void prefix_padding_has_one_form_for_every_length(void **state)
{
    char prefix[SF_PREFIX_SLOT + 1];
    char slot[SF_PREFIX_SLOT + 1];

    (void)state;
    for (size_t length = 1; length <= SF_PREFIX_SLOT; length++) {
        memset(prefix, 'p', length);
        prefix[0] = '/';
        prefix[length] = '\0';
        sf_prefix_pad(prefix, slot);
        assert_int_equal(strlen(slot), SF_PREFIX_SLOT);
        assert_memory_equal(slot, prefix, length);
        size_t rest = length;

        if ((SF_PREFIX_SLOT - length) % 2 == 1) {
            assert_int_equal(slot[rest++], '/');
        }
        for (; rest < SF_PREFIX_SLOT; rest += 2) {
            assert_memory_equal(slot + rest, "/.", 2);
        }
    }
}

static void prefix_padded_names_the_same_directory(void **state)
{
    const char *directory = *state;
    char slot[SF_PREFIX_SLOT + 1];
    char file[SF_PREFIX_SLOT + 16];

    sf_test_write_file(directory, "file", "x");
    sf_prefix_pad(directory, slot);
    (void)snprintf(file, sizeof file, "%s/file", slot);
    assert_int_equal(access(file, R_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix_of_release_is_below_the_root),
        cmocka_unit_test(prefix_of_release_longest_root_fits_and_one_more_is_refused),
        cmocka_unit_test(prefix_padding_has_one_form_for_every_length),
        cmocka_unit_test_setup_teardown(prefix_padded_names_the_same_directory,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
