/* What an ELF file says of itself, also when it lies. */
#include "common/content/elf_info.h"

#include "tests/unit/content/tiny_elf.h"

#include <sys/mman.h>

static int open_fixture(void **state)
{
    int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

/* Reads the first `size` bytes of an image as a file of their own. */
static int read_image(const struct tiny_elf_image *image, size_t size, struct sf_elf_info *ret,
                      struct sf_error *err)
{
    sf_autoclose int fd = memfd_create("elf", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, image->bytes, size, 0), size);
    return sf_elf_info_read(fd, "view/x", ret, err);
}

static const struct tiny_elf complete = {
    .is_executable = true,
    .path = "$ORIGIN/../lib",
    .soname = "libx.so.1",
    .needed = {"libz.so.1", "libc.so.6"},
    .versions = {"GLIBC_2.4", "GLIBC_2.34", "GLIBC_2.17", "GLIBC_PRIVATE"},
};

static void elf_complete_is_read(void **state)
{
    sf_auto(elf_info) struct sf_elf_info info = {0};
    struct tiny_elf_image image;
    struct sf_error err;

    (void)state;
    tiny_elf_make(&complete, &image);
    assert_sf_ok(read_image(&image, TINY_ELF_SIZE, &info, &err), &err);
    assert_true(info.is_elf);
    assert_string_equal(info.arch, "amd64");
    assert_true(info.is_executable);
    assert_string_equal(info.soname, "libx.so.1");
    assert_string_equal(info.rpath, "$ORIGIN/../lib");
    assert_false(info.is_runpath);
    assert_string_equal(info.glibc, "2.34");
    assert_int_equal(info.needed.count, 2);
    assert_string_equal(info.needed.items[0], "libz.so.1");
    assert_string_equal(info.needed.items[1], "libc.so.6");
}

static void elf_library_without_names_has_none(void **state)
{
    const struct tiny_elf library = {.machine = EM_AARCH64, .is_runpath = true, .path = "/lib"};
    sf_auto(elf_info) struct sf_elf_info info = {0};
    struct tiny_elf_image image;
    struct sf_error err;

    (void)state;
    tiny_elf_make(&library, &image);
    assert_sf_ok(read_image(&image, TINY_ELF_SIZE, &info, &err), &err);
    assert_string_equal(info.arch, "arm64");
    assert_false(info.is_executable);
    assert_true(info.is_runpath);
    assert_string_equal(info.rpath, "/lib");
    assert_null(info.soname);
    assert_string_equal(info.glibc, "");
    assert_int_equal(info.needed.count, 0);
}

static void elf_with_packed_relocations_needs_glibc_2_36(void **state)
{
    const struct tiny_elf library = {.versions = {"GLIBC_2.34", "GLIBC_ABI_DT_RELR"}};
    sf_auto(elf_info) struct sf_elf_info info = {0};
    struct tiny_elf_image image;
    struct sf_error err;

    (void)state;
    tiny_elf_make(&library, &image);
    assert_sf_ok(read_image(&image, TINY_ELF_SIZE, &info, &err), &err);
    assert_string_equal(info.glibc, "2.36");
}

static void elf_of_another_machine_is_named_and_not_read(void **state)
{
    const struct tiny_elf foreign = {.machine = EM_S390, .needed = {"libc.so.6"}};
    sf_auto(elf_info) struct sf_elf_info info = {0};
    struct tiny_elf_image image;
    struct sf_error err;

    (void)state;
    tiny_elf_make(&foreign, &image);
    assert_sf_ok(read_image(&image, TINY_ELF_SIZE, &info, &err), &err);
    assert_true(info.is_elf);
    assert_string_equal(info.arch, "machine-22");
    assert_int_equal(info.needed.count, 0);
}

static void file_without_the_magic_is_no_elf(void **state)
{
    static const char *const texts[] = {"",
                                        "\x7f"
                                        "EL",
                                        "#!/bin/sh\n",
                                        "\x7f"
                                        "elf"};
    sf_autoclose int dir_fd = open_fixture(state);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        sf_auto(elf_info) struct sf_elf_info info = {0};
        struct sf_error err;

        sf_test_write_file(*state, "text", texts[i]);
        sf_autoclose int fd = openat(dir_fd, "text", O_RDONLY | O_CLOEXEC);

        assert_sf_ok(sf_elf_info_read(fd, "text", &info, &err), &err);
        assert_false(info.is_elf);
    }
}

static void elf_cut_short_is_refused_or_read_to_the_end(void **state)
{
    struct tiny_elf_image image;

    (void)state;
    tiny_elf_make(&complete, &image);
    for (size_t size = SELFMAG; size < TINY_ELF_VERSIONS; size++) {
        sf_auto(elf_info) struct sf_elf_info info = {0};
        struct sf_error err;

        assert_sf_fails(read_image(&image, size, &info, &err), &err, SF_E_FORMAT,
                        "'view/x' is a malformed ELF file");
        assert_false(info.is_elf);
    }
}

/* Whatever a byte says, the reader ends with a result or a refusal. */
static void elf_with_a_wrong_byte_does_no_harm(void **state)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    struct tiny_elf_image image;
    struct tiny_elf_image changed;

    (void)state;
    tiny_elf_make(&complete, &image);
    for (size_t i = 0; i < TINY_ELF_SIZE * sizeof values; i++) {
        sf_auto(elf_info) struct sf_elf_info info = {0};
        struct sf_error err;

        changed = image;
        changed.bytes[i / sizeof values] = values[i % sizeof values];
        int r = read_image(&changed, TINY_ELF_SIZE, &info, &err);

        assert_true(r == 0 || r == -(int)SF_E_FORMAT);
    }
}

/* Sets the value of the first dynamic entry with `tag`. */
static void set_entry(struct tiny_elf_image *image, int64_t tag, uint64_t value)
{
    for (size_t i = 0; i < image->entries; i++) {
        unsigned char *at = image->bytes + TINY_ELF_DYNAMIC + i * sizeof(Elf64_Dyn);
        Elf64_Dyn entry;

        memcpy(&entry, at, sizeof entry);
        if (entry.d_tag == tag) {
            entry.d_un.d_val = value;
            memcpy(at, &entry, sizeof entry);
            return;
        }
    }
    fail_msg("there is no entry with the tag %d", (int)tag);
}

static void elf_that_points_outside_of_itself_is_refused(void **state)
{
    static const struct {
        int64_t tag;
        uint64_t value;
        const char *fragment;
    } rows[] = {
        {DT_NEEDED, 100000, "a name lies outside of its string table"},
        {DT_SONAME, UINT64_MAX, "a name lies outside of its string table"},
        {DT_RPATH, 767, "a name lies outside of its string table"},
        {DT_STRTAB, 100000, "a name lies outside of its string table"},
        {DT_STRSZ, 1, "a name lies outside of its string table"},
        {DT_STRSZ, UINT64_MAX, "its string table is too large"},
        {DT_VERNEED, 100000, "its version table lies outside of the file"},
        {DT_VERNEEDNUM, 2, NULL}, /* the chain ends before: no harm */
        {DT_VERNEED, TINY_ELF_SIZE - 8, "its version table is cut short"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sf_auto(elf_info) struct sf_elf_info info = {0};
        struct tiny_elf_image image;
        struct sf_error err;

        tiny_elf_make(&complete, &image);
        set_entry(&image, rows[i].tag, rows[i].value);
        int r = read_image(&image, TINY_ELF_SIZE, &info, &err);

        if (rows[i].fragment == NULL) {
            assert_sf_ok(r, &err);
        } else {
            assert_sf_fails(r, &err, SF_E_FORMAT, rows[i].fragment);
        }
    }
}

static void own_program_is_read(void **state)
{
    sf_auto(elf_info) struct sf_elf_info info = {0};
    sf_autoclose int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool has_cmocka = false;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_elf_info_read(fd, "own", &info, &err), &err);
    assert_true(info.is_executable);
    for (size_t i = 0; i < info.needed.count; i++) {
        has_cmocka = has_cmocka || strncmp(info.needed.items[i], "libcmocka.so", 12) == 0;
    }
    assert_true(has_cmocka);
    assert_true(strlen(info.glibc) > 0);
}

static void glibc_s_own_libraries_are_known(void **state)
{
    (void)state;
    assert_true(sf_elf_is_glibc("libc.so.6"));
    assert_true(sf_elf_is_glibc("libpthread.so.0"));
    assert_true(sf_elf_is_glibc("ld-linux-x86-64.so.2"));
    assert_false(sf_elf_is_glibc("libc.so"));
    assert_false(sf_elf_is_glibc("libz.so.1"));
    assert_false(sf_elf_is_glibc(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_complete_is_read),
        cmocka_unit_test(elf_library_without_names_has_none),
        cmocka_unit_test(elf_with_packed_relocations_needs_glibc_2_36),
        cmocka_unit_test(elf_of_another_machine_is_named_and_not_read),
        cmocka_unit_test(file_without_the_magic_is_no_elf),
        cmocka_unit_test(elf_cut_short_is_refused_or_read_to_the_end),
        cmocka_unit_test(elf_with_a_wrong_byte_does_no_harm),
        cmocka_unit_test(elf_that_points_outside_of_itself_is_refused),
        cmocka_unit_test(own_program_is_read),
        cmocka_unit_test(glibc_s_own_libraries_are_known),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
