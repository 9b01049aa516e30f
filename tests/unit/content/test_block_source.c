/* Streams of verified blocks, from bad servers and from files that change. */
#include "tests/unit/content/server_fixture.h"

#include "common/base/clock.h"
#include "common/base/strlist.h"
#include "common/content/block_source.h"
#include "common/content/fetch.h"
#include "common/content/verified_file.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define BLOCK       (1UL << 20)
#define BLOCK_COUNT 3
#define PARTIAL     "x.partial"

static struct sf_fetcher *fetcher;
static struct sf_manifest manifest;
static char blocks[BLOCK_COUNT][65];
static int cache_fd = -1;
static uint64_t progress_bytes;

static void add_progress(uint64_t bytes)
{
    progress_bytes += bytes;
}

static int start(void **state)
{
    static const struct sf_fetch_options options = {
        .connect_timeout_s = 5, .stall_timeout_s = 5, .retries = 1};
    struct sf_error error;

    if (server_fixture_start(state) < 0 || sf_fetcher_new(&options, &fetcher, &error) < 0 ||
        sf_dir_open_follow(*state, &cache_fd, &error) < 0) {
        return -1;
    }
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        size_t left = SERVER_DATA_BYTES - i * BLOCK;

        if (sf_digest_bytes(server_data + i * BLOCK, left < BLOCK ? left : BLOCK, blocks[i],
                            &error) < 0) {
            return -1;
        }
    }
    manifest = (struct sf_manifest){.artifact_size_bytes = SERVER_DATA_BYTES,
                                    .block_size_bytes = BLOCK,
                                    .blocks = blocks,
                                    .block_count = BLOCK_COUNT};
    return 0;
}

static int stop(void **state)
{
    sf_fetcher_free(fetcher);
    (void)close(cache_fd);
    return server_fixture_stop(state);
}

static int remove_partial(void **state)
{
    (void)state;
    (void)unlinkat(cache_fd, PARTIAL, 0);
    progress_bytes = 0;
    return 0;
}

/* Reads to the end; what came must be the data's beginning. */
static int drain(struct sf_block_source *source, size_t *ret_size, struct sf_error *err)
{
    *ret_size = 0;
    for (;;) {
        const void *bytes = NULL;
        size_t size = 0;
        int r = sf_block_source_next(source, &bytes, &size, err);

        if (r < 0 || size == 0) {
            return r;
        }
        assert_true(*ret_size + size <= SERVER_DATA_BYTES);
        assert_memory_equal(bytes, server_data + *ret_size, size);
        *ret_size += size;
    }
}

/* The same from these paths of the server, as mirrors; NULL: only one. */
static int stream(const char *first, const char *second, size_t *ret_size, struct sf_error *err)
{
    sf_auto(block_source) struct sf_block_source *source = NULL;
    sf_auto(strlist) struct sf_strlist urls = {0};
    const struct sf_block_remote remote = {
        .fetcher = fetcher,
        .urls = &urls,
        .manifest = &manifest,
        .cache_fd = cache_fd,
        .partial_name = PARTIAL,
        .progress = add_progress,
    };

    *ret_size = 0;
    assert_sf_ok(sf_strlist_add(&urls, server_url(first), err), err);
    if (second != NULL) {
        assert_sf_ok(sf_strlist_add(&urls, server_url(second), err), err);
    }
    int r = sf_block_source_open_remote(&remote, &source, err);

    return r < 0 ? r : drain(source, ret_size, err);
}

static void assert_arrives(const char *first, const char *second)
{
    struct sf_error error;
    size_t size = 0;

    assert_sf_ok(stream(first, second, &size, &error), &error);
    assert_int_equal(size, SERVER_DATA_BYTES);
    assert_int_equal(progress_bytes, SERVER_DATA_BYTES);
}

static void assert_fails_after(size_t expected, const char *first, enum sf_code code,
                               const char *fragment)
{
    struct sf_error error;
    struct stat status;
    size_t size = 0;

    assert_sf_fails(stream(first, NULL, &size, &error), &error, code, fragment);
    assert_int_equal(size, expected);
    /* Nothing unverified is kept. */
    assert_int_equal(fstatat(cache_fd, PARTIAL, &status, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(status.st_size, expected);
}

static void write_partial(const unsigned char *bytes, size_t size)
{
    sf_autoclose int fd = openat(cache_fd, PARTIAL, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
}

static void remote_stream_arrives_and_is_kept(void **state)
{
    struct stat status;
    char hex[65];
    char expected[65];
    uint64_t size = 0;
    struct sf_error error;

    (void)state;
    assert_arrives("/ok/stream", NULL);
    sf_autoclose int fd = openat(cache_fd, PARTIAL, O_RDONLY | O_CLOEXEC);

    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &error), &error);
    assert_sf_ok(sf_digest_bytes(server_data, SERVER_DATA_BYTES, expected, &error), &error);
    assert_string_equal(hex, expected);
}

static void remote_whole_partial_needs_no_server(void **state)
{
    (void)state;
    write_partial(server_data, SERVER_DATA_BYTES);
    assert_arrives("/missing/whole", NULL);
    assert_int_equal(server_count("/missing/whole", ""), 0);
}

static void remote_partial_is_resumed_at_a_block(void **state)
{
    (void)state;
    write_partial(server_data, BLOCK + 77);
    assert_arrives("/ok/resumed", NULL);
    assert_int_equal(server_count("/ok/resumed", "range=bytes=1048576-"), 1);
}

static void remote_damaged_partial_is_not_used(void **state)
{
    (void)state;
    write_partial(server_data + 1, 2 * BLOCK);
    assert_arrives("/ok/damaged", NULL);
    assert_int_equal(server_count("/ok/damaged", "range= "), 1);
}

static void remote_longer_partial_is_cut(void **state)
{
    struct stat status;

    (void)state;
    write_partial(server_data, SERVER_DATA_BYTES);
    sf_autoclose int fd = openat(cache_fd, PARTIAL, O_WRONLY | O_APPEND | O_CLOEXEC);

    assert_int_equal(write(fd, "more", 4), 4);
    assert_arrives("/missing/longer", NULL);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_size, SERVER_DATA_BYTES);
}

static void remote_partial_that_is_a_link_is_refused(void **state)
{
    struct sf_error error;
    size_t size = 0;
    int r = symlinkat("data", cache_fd, PARTIAL);

    (void)state;
    assert_int_equal(r, 0);
    r = stream("/ok/link", NULL, &size, &error);
    assert_true(r < 0);
    assert_int_equal(server_count("/ok/link", ""), 0);
}

static void remote_bad_block_is_fetched_once_more(void **state)
{
    (void)state;
    assert_arrives("/flip", NULL);
    assert_int_equal(server_count("/flip", "range=bytes=1048576-"), 1);
    (void)remove_partial(NULL);
    assert_arrives("/flip-always/mirrored", "/ok/mirrored");
    assert_int_equal(server_count("/ok/mirrored", "range=bytes=1048576-"), 1);
    (void)remove_partial(NULL);
    assert_fails_after(BLOCK, "/flip-always/alone", SF_E_INTEGRITY,
                       "block 2 of 3 is not what was signed");
    assert_int_equal(server_count("/flip-always/alone", ""), 2);
}

static void remote_next_mirror_continues(void **state)
{
    (void)state;
    assert_arrives("/missing/first", "/ok/second");
    (void)remove_partial(NULL);
    assert_arrives("/cut-always/first", "/ok/after-cut");
    (void)remove_partial(NULL);
    assert_arrives("/html", "/ok/after-html");
}

static void remote_object_changed_midway_is_noticed(void **state)
{
    (void)state;
    assert_fails_after(BLOCK, "/changed", SF_E_INTEGRITY, "block 2 of 3");
    (void)remove_partial(NULL);
    assert_fails_after(BLOCK, "/changed-partial", SF_E_REMOTE, "changed while");
}

static void remote_web_page_does_not_poison_the_partial(void **state)
{
    (void)state;
    assert_fails_after(0, "/html", SF_E_REMOTE, "captive portal");
    (void)remove_partial(NULL);
    assert_fails_after(0, "/html-same-length", SF_E_REMOTE, "captive portal");
    assert_arrives("/ok/after-portal", NULL);
}

static void remote_endless_body_is_refused(void **state)
{
    (void)state;
    assert_fails_after(0, "/endless", SF_E_INTEGRITY, "block 1 of 3");
    (void)remove_partial(NULL);
    assert_fails_after(0, "/longer", SF_E_REMOTE, "expected");
}

static void remote_free_does_not_wait_for_the_server(void **state)
{
    sf_auto(strlist) struct sf_strlist urls = {0};
    const struct sf_block_remote remote = {
        .fetcher = fetcher,
        .urls = &urls,
        .manifest = &manifest,
        .cache_fd = cache_fd,
        .partial_name = PARTIAL,
    };
    struct sf_block_source *source = NULL;
    const void *bytes = NULL;
    size_t size = 0;
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_strlist_add(&urls, server_url("/stop-midway"), &error), &error);
    assert_sf_ok(sf_block_source_open_remote(&remote, &source, &error), &error);
    assert_sf_ok(sf_block_source_next(source, &bytes, &size, &error), &error);
    assert_int_equal(size, BLOCK);
    int64_t start_ms = sf_clock_monotonic_ms();

    sf_block_source_free(source);
    assert_true(sf_clock_monotonic_ms() - start_ms < 3000);
}

static void remote_with_digests_that_do_not_fit_is_refused(void **state)
{
    struct sf_error error;
    size_t size = 0;

    (void)state;
    manifest.block_count = 2;
    assert_sf_fails(stream("/ok/unfit", NULL, &size, &error), &error, SF_E_FORMAT, "do not fit");
    manifest.block_count = BLOCK_COUNT;
    manifest.block_size_bytes = 0;
    assert_sf_fails(stream("/ok/unfit", NULL, &size, &error), &error, SF_E_FORMAT, "do not fit");
    manifest.block_size_bytes = BLOCK;
}

static void open_file(struct sf_verified_file *ret)
{
    char hex[65];
    uint64_t size = 0;
    struct sf_error error;
    int fd = openat(cache_fd, "local", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &error), &error);
    assert_sf_ok(sf_verified_file_by_digest(fd, hex, ret, &error), &error);
}

static void write_local(void)
{
    sf_autoclose int fd = openat(cache_fd, "local", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, server_data, SERVER_DATA_BYTES), SERVER_DATA_BYTES);
}

static void file_stream_is_whole(void **state)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    sf_auto(block_source) struct sf_block_source *source = NULL;
    size_t size = 0;
    struct sf_error error;

    (void)state;
    write_local();
    open_file(&file);
    assert_sf_ok(sf_block_source_open_file(&file, &source, &error), &error);
    assert_sf_ok(drain(source, &size, &error), &error);
    assert_int_equal(size, SERVER_DATA_BYTES);
}

static void file_changed_after_it_was_verified_is_noticed(void **state)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    sf_auto(block_source) struct sf_block_source *source = NULL;
    sf_auto(block_source) struct sf_block_source *shorter = NULL;
    size_t size = 0;
    struct sf_error error;

    (void)state;
    write_local();
    open_file(&file);
    sf_autoclose int fd = openat(cache_fd, "local", O_WRONLY | O_CLOEXEC);

    assert_int_equal(pwrite(fd, "EVIL", 4, BLOCK + 9), 4);
    assert_sf_ok(sf_block_source_open_file(&file, &source, &error), &error);
    assert_sf_fails(drain(source, &size, &error), &error, SF_E_INTEGRITY, "block 2 of 3");
    assert_int_equal(size, BLOCK);
    assert_int_equal(ftruncate(fd, 5), 0);
    assert_sf_ok(sf_block_source_open_file(&file, &shorter, &error), &error);
    assert_sf_fails(drain(shorter, &size, &error), &error, SF_E_INTEGRITY, "shorter than");
    assert_int_equal(size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(remote_stream_arrives_and_is_kept, remove_partial),
        cmocka_unit_test_setup(remote_whole_partial_needs_no_server, remove_partial),
        cmocka_unit_test_setup(remote_partial_is_resumed_at_a_block, remove_partial),
        cmocka_unit_test_setup(remote_damaged_partial_is_not_used, remove_partial),
        cmocka_unit_test_setup(remote_longer_partial_is_cut, remove_partial),
        cmocka_unit_test_setup(remote_partial_that_is_a_link_is_refused, remove_partial),
        cmocka_unit_test_setup(remote_bad_block_is_fetched_once_more, remove_partial),
        cmocka_unit_test_setup(remote_next_mirror_continues, remove_partial),
        cmocka_unit_test_setup(remote_object_changed_midway_is_noticed, remove_partial),
        cmocka_unit_test_setup(remote_web_page_does_not_poison_the_partial, remove_partial),
        cmocka_unit_test_setup(remote_endless_body_is_refused, remove_partial),
        cmocka_unit_test_setup(remote_free_does_not_wait_for_the_server, remove_partial),
        cmocka_unit_test_setup(remote_with_digests_that_do_not_fit_is_refused, remove_partial),
        cmocka_unit_test(file_stream_is_whole),
        cmocka_unit_test(file_changed_after_it_was_verified_is_noticed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
