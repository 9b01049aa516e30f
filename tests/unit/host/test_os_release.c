#include "tests/unit/sf_test.h"

#include "common/host/dir.h"
#include "common/host/os_release.h"

static struct sf_error err;

static struct sf_os_release parse(const char *text)
{
    struct sf_os_release os;

    sf_os_release_parse(text, strlen(text), &os);
    return os;
}

static void parse_quotes_as_the_shell_does(void **state)
{
    const struct sf_os_release os = parse("ID=plain\n"
                                          "ID_LIKE=\"two words\"\n"
                                          "VERSION_ID='24.04'\n"
                                          "VERSION_CODENAME=\"a\\\"b\\$c\\\\d\\`e\"\n"
                                          "UBUNTU_CODENAME='a\\b'\n"
                                          "PRETTY_NAME=\"\"\n");

    (void)state;
    assert_string_equal(os.id, "plain");
    assert_string_equal(os.id_like, "two words");
    assert_string_equal(os.version_id, "24.04");
    assert_string_equal(os.version_codename, "a\"b$c\\d`e");
    assert_string_equal(os.ubuntu_codename, "a\\b");
    assert_string_equal(os.pretty_name, "");
}

static void parse_skips_what_it_does_not_understand(void **state)
{
    const struct sf_os_release os = parse("# ID=comment\n\n=\nID\nID=two words\nID=\"open\nID='x\n"
                                          "VERSION_ID=end\\\nID_LIKELY=no\nPLATFORM_ID=p");

    (void)state;
    assert_string_equal(os.id, "linux");
    assert_string_equal(os.version_id, "");
    assert_string_equal(os.id_like, "");
    assert_string_equal(os.platform_id, "p");
}

static void parse_last_of_a_key_counts(void **state)
{
    (void)state;
    assert_string_equal(parse("ID=one\nID=two\n").id, "two");
}

static void parse_codename_falls_back_to_ubuntus(void **state)
{
    (void)state;
    assert_string_equal(parse("UBUNTU_CODENAME=noble\n").version_codename, "noble");
    assert_string_equal(parse("UBUNTU_CODENAME=noble\nVERSION_CODENAME=zena\n").version_codename,
                        "zena");
}

static void parse_long_value_is_cut(void **state)
{
    char text[300] = "ID=";
    char expected[64] = "";

    (void)state;
    memset(text + 3, 'x', 250);
    memset(expected, 'x', 63);
    assert_string_equal(parse(text).id, expected);
}

static void parse_control_characters_are_dropped(void **state)
{
    (void)state;
    assert_string_equal(parse("PRETTY_NAME=\"a\033[2J\tb\"\r\n").pretty_name, "a[2Jb");
}

static void read_takes_etc_before_usr_lib(void **state)
{
    struct sf_os_release os;
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_ok(sf_dir_make(fd, "usr/lib", &err), &err);
    assert_sf_ok(sf_dir_make(fd, "etc", &err), &err);
    sf_test_write_file(*state, "usr/lib/os-release", "ID=vendor\n");
    assert_sf_ok(sf_os_release_read(fd, &os, &err), &err);
    assert_string_equal(os.id, "vendor");
    sf_test_write_file(*state, "etc/os-release", "ID=administrator\n");
    assert_sf_ok(sf_os_release_read(fd, &os, &err), &err);
    assert_string_equal(os.id, "administrator");
}

static void read_link_of_image_does_not_reach_the_host(void **state)
{
    struct sf_os_release os = {.id = "untouched"};
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_ok(sf_dir_make(fd, "etc", &err), &err);
    assert_int_equal(symlinkat("/proc/self/environ", fd, "etc/os-release"), 0);
    assert_sf_fails(sf_os_release_read(fd, &os, &err), &err, SF_E_NOT_FOUND, "os-release");
    assert_string_equal(os.id, "untouched");
}

static void read_of_huge_file_is_refused(void **state)
{
    struct sf_os_release os;
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_ok(sf_dir_make(fd, "etc", &err), &err);
    sf_test_write_file(*state, "etc/os-release", "ID=x\n");

    sf_autofree char *path = NULL;

    assert_true(asprintf(&path, "%s/etc/os-release", (const char *)*state) > 0);
    assert_int_equal(truncate(path, 1 << 20), 0);
    assert_sf_fails(sf_os_release_read(fd, &os, &err), &err, SF_E_FORMAT, "os-release");
}

static void read_of_this_host_works(void **state)
{
    struct sf_os_release os;
    sf_autoclose int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_sf_ok(sf_os_release_read(fd, &os, &err), &err);
    assert_true(os.id[0] != '\0');
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parse_quotes_as_the_shell_does), TEST(parse_skips_what_it_does_not_understand),
        TEST(parse_last_of_a_key_counts),     TEST(parse_codename_falls_back_to_ubuntus),
        TEST(parse_long_value_is_cut),        TEST(parse_control_characters_are_dropped),
        TEST(read_takes_etc_before_usr_lib),  TEST(read_link_of_image_does_not_reach_the_host),
        TEST(read_of_huge_file_is_refused),   TEST(read_of_this_host_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
