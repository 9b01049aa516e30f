/* The table: data/toolchain.cases with the os-release texts in data/toolchain/. */
#include "tests/unit/sf_test.h"

#include <stdbool.h>

#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"
#include "common/host/toolchain.h"

static struct sf_error err;

static void read_case_file(const char *name, struct sf_os_release *ret)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 65536};
    sf_autoclose int fd = -1;

    assert_sf_ok(sf_dir_open_follow(SF_TEST_DATA "/toolchain", &fd, &err), &err);
    assert_sf_ok(sf_dir_read_file(fd, name, &text, &err), &err);
    sf_os_release_parse(text.data == NULL ? "" : text.data, text.size, ret);
}

/* words: file, glibc, toolchain or "-", fragment of the refusal. */
static void run_case(char **words, size_t count)
{
    struct sf_os_release os;
    const char *name = "untouched";

    read_case_file(words[0], &os);

    int r = sf_toolchain_detect(&os, words[1], NULL, 0, &name, &err);

    if (!sf_str_is_equal(words[2], "-")) {
        if (r < 0) {
            fail_msg("%s: %s", words[0], err.message);
        }
        assert_string_equal(name, words[2]);
        return;
    }

    const char *offer = sf_str_is_equal(words[3], "none") ? "needs a newer glibc" : words[3];

    assert_int_equal(count, 4);
    assert_int_equal(r, -SF_E_INCOMPATIBLE);
    assert_string_equal(name, "untouched");
    assert_non_null(strstr(err.message, "--toolchain"));
    if (strstr(err.message, offer) == NULL) {
        fail_msg("%s: message is '%s', expected '%s' in it", words[0], err.message, offer);
    }
    for (const char *at = err.message; *at != '\0'; at++) {
        assert_true((unsigned char)*at >= 0x20);
    }
}

static void toolchain_of_every_case_is_as_in_the_table(void **state)
{
    sf_autofile FILE *cases = fopen(SF_TEST_DATA "/toolchain.cases", "re");
    char line[256];
    unsigned run = 0;

    (void)state;
    assert_non_null(cases);
    while (fgets(line, sizeof line, cases) != NULL) {
        sf_auto(strlist) struct sf_strlist words = {0};

        assert_sf_ok(sf_strlist_add_words(&words, line, &err), &err);
        if (words.count >= 3 && words.items[0][0] != '#') {
            run_case(words.items, words.count);
            run++;
        }
    }
    assert_true(run > 30);
}

static void toolchain_of_the_site_comes_first(void **state)
{
    const struct sf_toolchain site[] = {
        {.name = "bookworm", .os_id = "debian", .version_id = "12", .glibc = "2.36"},
        {.name = "ours9", .os_id = "rhel", .version_id = "9", .glibc = "2.34"},
        {.name = "mint", .os_id = "linuxmint", .version_id = "22", .glibc = "2.39"},
        {.name = "rolling", .os_id = "arch", .version_id = NULL, .glibc = NULL},
    };
    struct sf_os_release os;
    const char *name = NULL;

    (void)state;
    read_case_file("debian-12", &os);
    assert_sf_ok(sf_toolchain_detect(&os, "2.36", site, 4, &name, &err), &err);
    assert_string_equal(name, "bookworm");
    read_case_file("rocky-9", &os);
    assert_sf_ok(sf_toolchain_detect(&os, "2.34", site, 4, &name, &err), &err);
    assert_string_equal(name, "ours9");
    read_case_file("mint-22", &os);
    assert_sf_ok(sf_toolchain_detect(&os, "2.39", site, 4, &name, &err), &err);
    assert_string_equal(name, "mint");
    read_case_file("arch", &os);
    assert_sf_ok(sf_toolchain_detect(&os, "2.42", site, 4, &name, &err), &err);
    assert_string_equal(name, "rolling");
    read_case_file("rocky-8", &os);
    assert_sf_ok(sf_toolchain_detect(&os, "2.28", site, 4, &name, &err), &err);
    assert_string_equal(name, "rockylinux8");
}

static void toolchain_of_the_site_is_offered_when_it_fits_better(void **state)
{
    const struct sf_toolchain site[] = {
        {.name = "bookworm", .os_id = "debian", .version_id = "12", .glibc = "2.36"},
    };
    struct sf_os_release os;
    const char *name = NULL;

    (void)state;
    read_case_file("opensuse-leap-15.6", &os);
    assert_sf_fails(sf_toolchain_detect(&os, "2.38", site, 1, &name, &err), &err, SF_E_INCOMPATIBLE,
                    "'bookworm' (2.36) would fit");
}

static void toolchain_is_found_by_name(void **state)
{
    const struct sf_toolchain site[] = {
        {.name = "noble", .os_id = "ubuntu", .version_id = "24.04", .glibc = "2.38"},
    };
    size_t count = 0;

    (void)state;
    assert_non_null(sf_toolchain_builtin(&count));
    assert_int_equal(count, 6);
    assert_string_equal(sf_toolchain_find("jammy", NULL, 0)->glibc, "2.35");
    assert_string_equal(sf_toolchain_find("noble", site, 1)->glibc, "2.38");
    assert_null(sf_toolchain_find("bionic", site, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(toolchain_of_every_case_is_as_in_the_table),
        cmocka_unit_test(toolchain_of_the_site_comes_first),
        cmocka_unit_test(toolchain_of_the_site_is_offered_when_it_fits_better),
        cmocka_unit_test(toolchain_is_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
