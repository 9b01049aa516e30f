/* Tests of relocation: slots found, overwritten across buffers, put back, and what is refused. */
#include "tests/unit/sf_test.h"

#include "common/content/relocate.h"
#include "common/format/prefix.h"
#include "common/host/digest.h"

#define CLEAN "/opt/slurm/releases/24.11.5-1-bookworm-amd64/view"
/* Fills most of the slot: the padding of two short prefixes is the same at its end. */
#define NODE                                                                                       \
    "/cluster/file-system/of-many-nodes/and-of-many-years/software/slurm/"                         \
    "releases/24.11.5-1-bookworm-amd64/view"

/* A file of two slots: at its very start, and in the middle with a path after it. */
#define FIRST  0
#define SECOND 200
#define SIZE   400

static char build_slot[SF_PREFIX_SLOT + 1];
static char node_slot[SF_PREFIX_SLOT + 1];
static char shipped[SIZE + 1];
static char relocated[SIZE + 1];
static char library_path[] = "view/lib/libslurm.so";
static char unit_path[] = "meta/units/slurmd.service";
static char clean_prefix[] = CLEAN;
static uint64_t offsets[] = {FIRST, SECOND};
static struct sf_manifest_file file = {.path = library_path,
                                       .type = SF_FILE_REGULAR,
                                       .size_bytes = SIZE,
                                       .offsets = offsets,
                                       .offset_count = 2};
static struct sf_manifest manifest = {.build_prefix = build_slot, .default_prefix = clean_prefix};

static int make_bytes(void **state)
{
    (void)state;
    sf_prefix_pad(CLEAN, build_slot);
    sf_prefix_pad(NODE, node_slot);
    memset(shipped, '.', SIZE);
    memcpy(shipped + FIRST, build_slot, SF_PREFIX_SLOT);
    memcpy(shipped + SECOND, build_slot, SF_PREFIX_SLOT);
    memcpy(shipped + SECOND + SF_PREFIX_SLOT, "/lib/slurm", sizeof "/lib/slurm");
    shipped[FIRST + SF_PREFIX_SLOT] = '\0';
    memcpy(relocated, shipped, SIZE);
    memcpy(relocated + FIRST, node_slot, SF_PREFIX_SLOT);
    memcpy(relocated + SECOND, node_slot, SF_PREFIX_SLOT);
    return 0;
}

/* An open file of these bytes, in the fixture's directory. */
static int open_bytes(void **state, const void *bytes, size_t size)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/file", (char *)*state);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    return fd;
}

static void buffers_of_any_size_relocate_every_slot(void **state)
{
    (void)state;
    for (size_t step = 1; step <= SIZE; step++) {
        char bytes[SIZE];

        memcpy(bytes, shipped, SIZE);
        for (size_t at = 0; at < SIZE; at += step) {
            sf_relocate_buffer(&file, node_slot, at, (unsigned char *)bytes + at,
                               at + step < SIZE ? step : SIZE - at);
        }
        assert_memory_equal(bytes, relocated, SIZE);
    }
}

static void build_prefix_written_over_itself_changes_nothing(void **state)
{
    char bytes[SIZE];

    (void)state;
    memcpy(bytes, shipped, SIZE);
    sf_relocate_buffer(&file, build_slot, 0, (unsigned char *)bytes, SIZE);
    assert_memory_equal(bytes, shipped, SIZE);
}

static void rendered_text_gets_the_clean_prefix(void **state)
{
    const char text[] = "ExecStart=" CLEAN "/sbin/slurmd\nAgain=" CLEAN "\n";
    sf_autofree char *rendered = NULL;
    size_t size = 0;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_relocate_render(text, sizeof text - 1, CLEAN, NODE, &rendered, &size, &err),
                 &err);
    assert_string_equal(rendered, "ExecStart=" NODE "/sbin/slurmd\nAgain=" NODE "\n");
    assert_int_equal(size, strlen(rendered));
}

static void scan_of_a_file_finds_its_slots(void **state)
{
    sf_autoclose int fd = open_bytes(state, shipped, SIZE);
    sf_autofree uint64_t *found = NULL;
    size_t count = 0;
    struct sf_error err = {0};

    assert_sf_ok(sf_relocate_scan(fd, build_slot, CLEAN, &found, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_int_equal(found[0], FIRST);
    assert_int_equal(found[1], SECOND);
}

static void scan_of_other_files_finds_nothing(void **state)
{
    sf_autoclose int empty = open_bytes(state, "", 0);
    sf_autofree uint64_t *found = NULL;
    size_t count = 1;
    struct sf_error err = {0};

    assert_sf_ok(sf_relocate_scan(empty, build_slot, CLEAN, &found, &count, &err), &err);
    assert_int_equal(count, 0);
    assert_null(found);

    sf_autoclose int fd = open_bytes(state, "/opt/slurm/releases/", 20);
    assert_sf_ok(sf_relocate_scan(fd, build_slot, CLEAN, &found, &count, &err), &err);
    assert_int_equal(count, 0);
}

static void scan_of_a_prefix_without_padding_is_refused(void **state)
{
    const char text[] = "x=" CLEAN "/lib\nmore";
    sf_autoclose int fd = open_bytes(state, text, sizeof text);
    uint64_t *found = NULL;
    size_t count = 0;
    struct sf_error err = {0};

    assert_sf_fails(sf_relocate_scan(fd, build_slot, CLEAN, &found, &count, &err), &err,
                    SF_E_FORMAT, "offset 2: '" CLEAN "/lib' is the build prefix");
    assert_null(found);
}

static void scan_of_longer_padding_is_refused(void **state)
{
    char text[SF_PREFIX_SLOT + 3];
    uint64_t *found = NULL;
    size_t count = 0;
    struct sf_error err = {0};

    memcpy(text, build_slot, SF_PREFIX_SLOT);
    memcpy(text + SF_PREFIX_SLOT, "/.", 3);
    sf_autoclose int fd = open_bytes(state, text, sizeof text);
    assert_sf_fails(sf_relocate_scan(fd, build_slot, CLEAN, &found, &count, &err), &err,
                    SF_E_FORMAT, "offset 0");
}

static void scan_of_a_slot_cut_by_the_end_is_refused(void **state)
{
    sf_autoclose int fd = open_bytes(state, build_slot, SF_PREFIX_SLOT - 1);
    uint64_t *found = NULL;
    size_t count = 0;
    struct sf_error err = {0};

    assert_sf_fails(sf_relocate_scan(fd, build_slot, CLEAN, &found, &count, &err), &err,
                    SF_E_FORMAT, "offset 0");
}

static void digest_of_a_relocated_file_is_that_of_the_shipped_one(void **state)
{
    char expected[SF_DIGEST_HEX];
    char hex[SF_DIGEST_HEX];
    struct sf_error err = {0};
    sf_autoclose int fd = open_bytes(state, relocated, SIZE);

    assert_sf_ok(sf_digest_bytes(shipped, SIZE, expected, &err), &err);
    assert_sf_ok(sf_relocate_shipped_digest(fd, &manifest, &file, NODE, hex, &err), &err);
    assert_string_equal(hex, expected);
}

static void digest_of_a_file_with_another_prefix_in_a_slot_is_refused(void **state)
{
    char hex[SF_DIGEST_HEX];
    struct sf_error err = {0};
    sf_autoclose int fd = open_bytes(state, relocated, SIZE);

    assert_int_equal(pwrite(fd, "X", 1, SECOND + SF_PREFIX_SLOT - 1), 1);
    assert_sf_fails(sf_relocate_shipped_digest(fd, &manifest, &file, NODE, hex, &err), &err,
                    SF_E_INTEGRITY, "offset 200 does not hold this node's prefix");
}

static void digest_of_a_slot_across_chunks_is_right(void **state)
{
    enum { LARGE = 200000, AT = 65536 - 60 };
    sf_autofree char *bytes = calloc(1, LARGE);
    uint64_t offset[] = {AT};
    struct sf_manifest_file large = file;
    char expected[SF_DIGEST_HEX];
    char hex[SF_DIGEST_HEX];
    struct sf_error err = {0};

    assert_non_null(bytes);
    large.offsets = offset;
    large.offset_count = 1;
    memcpy(bytes + AT, build_slot, SF_PREFIX_SLOT);
    assert_sf_ok(sf_digest_bytes(bytes, LARGE, expected, &err), &err);
    memcpy(bytes + AT, node_slot, SF_PREFIX_SLOT);

    sf_autoclose int fd = open_bytes(state, bytes, LARGE);
    assert_sf_ok(sf_relocate_shipped_digest(fd, &manifest, &large, NODE, hex, &err), &err);
    assert_string_equal(hex, expected);
}

static void digest_of_a_rendered_file_undoes_the_rendering(void **state)
{
    const char as_shipped[] = "ExecStart=" CLEAN "/sbin/slurmd\n";
    const char on_node[] = "ExecStart=" NODE "/sbin/slurmd\n";
    struct sf_manifest_file unit = {.path = unit_path, .is_rendered = true};
    char expected[SF_DIGEST_HEX];
    char hex[SF_DIGEST_HEX];
    struct sf_error err = {0};
    sf_autoclose int fd = open_bytes(state, on_node, sizeof on_node - 1);

    assert_sf_ok(sf_digest_bytes(as_shipped, sizeof as_shipped - 1, expected, &err), &err);
    assert_sf_ok(sf_relocate_shipped_digest(fd, &manifest, &unit, NODE, hex, &err), &err);
    assert_string_equal(hex, expected);
}

static void digest_of_a_huge_rendered_file_is_refused(void **state)
{
    struct sf_manifest_file unit = {.path = unit_path, .is_rendered = true};
    char hex[SF_DIGEST_HEX];
    struct sf_error err = {0};
    sf_autoclose int fd = open_bytes(state, "", 0);

    assert_int_equal(ftruncate(fd, SF_RELOCATE_MAX_RENDERED_ON_NODE + 1), 0);
    assert_sf_fails(sf_relocate_shipped_digest(fd, &manifest, &unit, NODE, hex, &err), &err,
                    SF_E_FORMAT, "slurmd.service");
}

#define FILE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffers_of_any_size_relocate_every_slot),
        cmocka_unit_test(build_prefix_written_over_itself_changes_nothing),
        cmocka_unit_test(rendered_text_gets_the_clean_prefix),
        FILE_TEST(scan_of_a_file_finds_its_slots),
        FILE_TEST(scan_of_other_files_finds_nothing),
        FILE_TEST(scan_of_a_prefix_without_padding_is_refused),
        FILE_TEST(scan_of_longer_padding_is_refused),
        FILE_TEST(scan_of_a_slot_cut_by_the_end_is_refused),
        FILE_TEST(digest_of_a_relocated_file_is_that_of_the_shipped_one),
        FILE_TEST(digest_of_a_file_with_another_prefix_in_a_slot_is_refused),
        FILE_TEST(digest_of_a_slot_across_chunks_is_right),
        FILE_TEST(digest_of_a_rendered_file_undoes_the_rendering),
        FILE_TEST(digest_of_a_huge_rendered_file_is_refused),
    };

    return cmocka_run_group_tests(tests, make_bytes, NULL);
}
