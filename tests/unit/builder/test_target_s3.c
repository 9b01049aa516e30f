/* Tests of a bucket of S3 as a place to publish to. */
#include "builder/repository/target.h"

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/host/interrupt.h"
#include "tests/unit/builder/s3_fixture.h"

#include <signal.h>
#include <sys/mman.h>

static struct sf_target *open_target(const char *where)
{
    struct sf_target *target = NULL;
    struct sf_error err;

    assert_sf_ok(sf_target_open(where, &target, &err), &err);
    return target;
}

static int file_of(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

/* A file of `size` bytes, no block like another. */
static int large_file(size_t size)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    uint32_t words[1024];
    uint32_t random = 1;

    assert_true(fd >= 0);
    for (size_t done = 0; done < size; done += sizeof words) {
        for (size_t i = 0; i < 1024; i++) {
            words[i] = random = random * 1664525 + 1013904223;
        }
        assert_int_equal(write(fd, words, sizeof words), sizeof words);
    }
    return fd;
}

static void assert_content(struct sf_target *target, const char *path, const char *expected)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};
    bool is_there = false;
    struct sf_error err;

    assert_sf_ok(sf_target_read(target, path, &text, &is_there, &err), &err);
    if (expected == NULL) {
        assert_false(is_there);
    } else {
        assert_true(is_there);
        assert_string_equal(text.data == NULL ? "" : text.data, expected);
    }
}

static void assert_put(struct sf_target *target, const char *path, const char *text)
{
    sf_autoclose int fd = file_of(text);
    struct sf_error err;

    assert_sf_ok(sf_target_put(target, path, fd, &err), &err);
}

static void assert_list(struct sf_target *target, const char *expected)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    struct sf_error err;

    assert_sf_ok(sf_target_list(target, &paths, &err), &err);
    sf_autofree char *joined = sf_strlist_join(&paths, " ");

    assert_string_equal(joined, expected);
}

static void s3_what_is_put_is_there(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/put");
    struct sf_error err;

    (void)state;
    assert_content(target, "a/b+c~d e.zst", NULL);
    assert_put(target, "a/b+c~d e.zst", "one");
    assert_content(target, "a/b+c~d e.zst", "one");
    assert_put(target, "empty", "");
    assert_content(target, "empty", "");
    /* The same again is fine, and sends nothing. */
    assert_put(target, "a/b+c~d e.zst", "one");
    assert_int_equal(s3_fixture_count("PUT /repo/put/a/b%2Bc~d%20e.zst"), 1);
    sf_autoclose int other = file_of("two");

    assert_sf_fails(sf_target_put(target, "a/b+c~d e.zst", other, &err), &err, SF_E_USAGE,
                    "s3://repo/put: 'a/b+c~d e.zst' is published with other bytes");
    assert_content(target, "a/b+c~d e.zst", "one");
}

static void s3_large_file_is_sent_and_read(void **state)
{
    static char ours[3 << 20];
    static char theirs[3 << 20];
    sf_auto(target) struct sf_target *target = open_target("s3://repo/large");
    sf_autoclose int fd = large_file(sizeof ours);
    sf_autoclose int copy = memfd_create("copy", MFD_CLOEXEC);
    bool is_there = false;
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults",
                       "PUT /large/x half 1\nGET /large/x short 2\nPUT /large/x lost 1\n");
    assert_sf_ok(sf_target_put(target, "x", fd, &err), &err);
    assert_int_equal(write(copy, "in front", 8), 8);
    assert_sf_ok(sf_target_get(target, "x", copy, &is_there, &err), &err);
    assert_true(is_there);
    assert_int_equal(lseek(copy, 0, SEEK_END), 8 + sizeof ours);
    assert_int_equal(pread(fd, ours, sizeof ours, 0), sizeof ours);
    assert_int_equal(pread(copy, theirs, sizeof theirs, 8), sizeof theirs);
    assert_memory_equal(ours, theirs, sizeof ours);
}

static void s3_object_of_another_tool_is_compared(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/other");
    sf_autoclose int same = file_of("one");
    sf_autoclose int other = file_of("two");
    struct sf_error err;

    (void)state;
    assert_put(target, "x", "one");
    sf_test_write_file(s3_directory, "faults", "HEAD /other/x foreign 9\nGET /other/x short 1\n");
    assert_sf_ok(sf_target_put(target, "x", same, &err), &err);
    assert_sf_fails(sf_target_put(target, "x", other, &err), &err, SF_E_USAGE, "other bytes");
    assert_int_equal(s3_fixture_count("PUT"), 1);
    assert_int_equal(s3_fixture_count("GET"), 3);
}

static void s3_index_is_replaced_when_it_is_the_one_that_was_read(void **state)
{
    sf_auto(target) struct sf_target *one = open_target("s3://repo/index");
    sf_auto(target) struct sf_target *two = open_target("s3://repo/index");
    sf_autoclose int first = file_of("first");
    sf_autoclose int second = file_of("second");
    struct sf_error err;

    (void)state;
    assert_content(one, "index.json.asc", NULL);
    assert_content(two, "index.json.asc", NULL);
    assert_sf_ok(sf_target_replace(one, "index.json.asc", first, &err), &err);
    assert_sf_fails(sf_target_replace(two, "index.json.asc", second, &err), &err, SF_E_BUSY,
                    "'index.json.asc' was replaced by another run: try again");
    assert_content(two, "index.json.asc", "first");
    assert_sf_ok(sf_target_replace(two, "index.json.asc", second, &err), &err);
    assert_content(one, "index.json.asc", "second");
    assert_content(two, "index.json.asc", "second");
    assert_sf_ok(sf_target_replace(one, "index.json.asc", first, &err), &err);
    assert_sf_fails(sf_target_replace(two, "index.json.asc", second, &err), &err, SF_E_BUSY,
                    "try again");
    /* Not read, no condition. */
    assert_sf_ok(sf_target_replace(two, "index.json.asc", second, &err), &err);
    assert_content(one, "index.json.asc", "second");
}

static void s3_lost_answers_make_no_difference(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/lost");
    sf_autoclose int fd = file_of("first");
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults",
                       "PUT /lost/x lost 1\nPUT /lost/index lost 1\nDELETE /lost/x lost 1\n");
    assert_put(target, "x", "one");
    assert_content(target, "x", "one");
    assert_content(target, "index.json.asc", NULL);
    assert_sf_ok(sf_target_replace(target, "index.json.asc", fd, &err), &err);
    assert_content(target, "index.json.asc", "first");
    assert_sf_ok(sf_target_remove(target, "x", &err), &err);
    assert_content(target, "x", NULL);
    assert_int_equal(s3_fixture_count("reset"), 3);
}

static void s3_server_without_conditions_is_written_to(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/plain");
    sf_autoclose int fd = file_of("first");
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults", "PUT /plain/ NotImplemented 1\n");
    assert_put(target, "x", "one");
    assert_content(target, "x", "one");
    sf_test_write_file(s3_directory, "faults", "PUT /plain/ NotImplemented 2\n");
    assert_content(target, "index.json.asc", NULL);
    assert_sf_fails(sf_target_replace(target, "index.json.asc", fd, &err), &err, SF_E_REMOTE,
                    "the server answers 501 NotImplemented: says the server");
}

static void s3_list_is_of_all_pages(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/list");
    sf_auto(target) struct sf_target *other = open_target("s3://repo/list2");
    struct sf_error err;

    (void)state;
    assert_list(target, "");
    assert_put(other, "not-here", "x");
    assert_put(target, "c/1+2", "x");
    assert_put(target, "index", "x");
    assert_put(target, ".hidden/x", "x");
    assert_put(target, "b&1", "x");
    assert_put(target, "b&2", "x");
    assert_put(target, "b/z", "x");
    assert_put(target, "b/y", "x");
    assert_list(target, "b&1 b&2 b/y b/z c/1+2 index");
    assert_int_equal(s3_fixture_count("list-type=2"), 1 + 3);
    assert_sf_ok(sf_target_remove(target, "b/z", &err), &err);
    assert_sf_ok(sf_target_remove(target, "b/z", &err), &err);
    assert_list(target, "b&1 b&2 b/y c/1+2 index");
}

static void s3_trouble_that_passes_is_waited_for(void **state)
{
    static const char *const troubles[] = {"SlowDown",       "InternalError", "page",
                                           "RequestTimeout", "reset",         "half"};
    char rules[512];
    char path[64];

    (void)state;
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        sf_auto(target) struct sf_target *target = open_target("s3://repo/trouble");

        (void)snprintf(path, sizeof path, "of-%s", troubles[i]);
        (void)snprintf(rules, sizeof rules,
                       "HEAD /%s page 1\nPUT /%s %s 2\nGET /%s %s 1\nGET ?list %s 1\n", path, path,
                       troubles[i], path, troubles[i], troubles[i]);
        sf_test_write_file(s3_directory, "faults", rules);
        assert_list(target, "");
        assert_put(target, path, troubles[i]);
        assert_content(target, path, troubles[i]);
        struct sf_error err;

        assert_sf_ok(sf_target_remove(target, path, &err), &err);
    }
}

/* What a broken try has received is more than there is. */
static void s3_half_an_answer_leaves_nothing(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/half");

    (void)state;
    sf_test_write_file(s3_directory, "faults", "GET /half/x short 1\n");
    assert_put(target, "x", "one");
    assert_content(target, "x", "one");
    assert_int_equal(s3_fixture_count("short"), 1);
}

/* Between our look and our upload. */
static void s3_object_of_a_faster_run_is_compared(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/faster");
    sf_autoclose int other = file_of("other");
    struct sf_error err;

    (void)state;
    assert_put(target, "x", "one");
    sf_test_write_file(s3_directory, "faults", "HEAD /faster/x NoSuchKey 1\n");
    assert_sf_fails(sf_target_put(target, "x", other, &err), &err, SF_E_USAGE,
                    "published with other bytes");
    sf_test_write_file(s3_directory, "faults", "HEAD aster/x NoSuchKey 1\n");
    assert_put(target, "x", "one");
    assert_content(target, "x", "one");
    assert_int_equal(s3_fixture_count("/x 412"), 2);
}

static void s3_server_says_when_to_come_back(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/later");
    int64_t before_ms = sf_clock_monotonic_ms();

    (void)state;
    sf_test_write_file(s3_directory, "faults", "PUT /later/x wait 2\n");
    assert_put(target, "x", "one");
    assert_in_range(sf_clock_monotonic_ms() - before_ms, 2000, 20000);
}

static void s3_absence_is_no_error_when_a_server_tells(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/absent");
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults", "DELETE /absent/x NoSuchKey 1\n");
    assert_sf_ok(sf_target_remove(target, "x", &err), &err);
    assert_int_equal(s3_fixture_count("DELETE /repo/absent/x 404"), 1);
}

static void s3_refusal_that_is_cut_is_a_refusal(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/cut");
    sf_auto(strlist) struct sf_strlist paths = {0};
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults", "GET ?list cut 1\n");
    assert_sf_fails(sf_target_list(target, &paths, &err), &err, SF_E_PERMISSION, "no permission");
    assert_int_equal(s3_fixture_count("list-type"), 1);
}

/* While it waits to try again. */
static void s3_signal_ends_the_waiting(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/signal");
    sf_auto(strlist) struct sf_strlist paths = {0};
    int64_t before_ms = sf_clock_monotonic_ms();
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults", "GET ?list later 9\n");
    sf_interrupt_catch();

    pid_t pid = fork();

    if (pid == 0) {
        (void)usleep(500000);
        (void)kill(getppid(), SIGTERM);
        _exit(0);
    }
    assert_sf_fails(sf_target_list(target, &paths, &err), &err, SF_E_INTERRUPTED, "interrupted");
    sf_interrupt_reset();
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_in_range(sf_clock_monotonic_ms() - before_ms, 0, 30000);
}

static void s3_final_trouble_is_told_at_once(void **state)
{
    static const struct {
        const char *fault;
        enum sf_code code;
        const char *fragment;
    } cases[] = {
        {"AccessDenied", SF_E_PERMISSION, "no permission: the keys need s3:ListBucket"},
        {"RequestTimeTooSkewed", SF_E_CONFIG, "set the clock"},
        {"ExpiredToken", SF_E_CONFIG, "get new keys (ExpiredToken; the keys are from the env"},
        {"QuotaExceeded", SF_E_NO_SPACE, "the quota is used up"},
        {"elsewhere", SF_E_CONFIG, "the bucket is in region 'eu-north-1': set AWS_REGION="},
        {"XAmzContentSHA256Mismatch", SF_E_IO, "the file changed while it was sent"},
        {"header", SF_E_REMOTE, "sends more than 65536 bytes of header"},
    };
    char rules[512];
    char path[64];
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_auto(target) struct sf_target *target = open_target("s3://repo/final");
        sf_autoclose int fd = large_file(2 << 20);

        (void)snprintf(path, sizeof path, "of-%s", cases[i].fault);
        (void)snprintf(rules, sizeof rules, "PUT /%s %s 9\n", path, cases[i].fault);
        sf_test_write_file(s3_directory, "faults", rules);
        assert_sf_fails(sf_target_put(target, path, fd, &err), &err, cases[i].code,
                        cases[i].fragment);
        assert_non_null(strstr(err.message, "s3://repo/final: 'http://127.0.0.1:"));
        sf_test_write_file(s3_directory, "faults", "");
        assert_content(target, path, NULL);
    }
}

static void assert_refused(const char *where, enum sf_code code, const char *fragment)
{
    sf_auto(target) struct sf_target *target = NULL;
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_autoclose int fd = file_of("x");
    bool is_there = false;
    struct sf_error err;

    assert_sf_ok(sf_target_open(where, &target, &err), &err);
    assert_sf_fails(sf_target_list(target, &paths, &err), &err, code, fragment);
    assert_null(strstr(err.message, "geheim"));
    assert_sf_fails(sf_target_get(target, "x", fd, &is_there, &err), &err, code, fragment);
    assert_sf_fails(sf_target_replace(target, "x", fd, &err), &err, code, fragment);
    assert_sf_fails(sf_target_remove(target, "x", &err), &err, code, fragment);
    assert_null(strstr(err.message, "geheim"));
}

static void s3_wrong_keys_are_refused(void **state)
{
    (void)state;
    (void)setenv("AWS_SECRET_ACCESS_KEY", "geheim", 1);
    assert_refused("s3://repo/x", SF_E_CONFIG,
                   "the secret key is not the one of the access key (SignatureDoesNotMatch; the "
                   "keys are from the environment)");
    assert_int_equal(s3_fixture_count(" 403"), 4);
    (void)setenv("AWS_ACCESS_KEY_ID", "NOBODY", 1);
    assert_refused("s3://repo/x", SF_E_CONFIG, "S3 does not know the access key");
    (void)setenv("AWS_ACCESS_KEY_ID", "S3RVER", 1);
    (void)setenv("AWS_SECRET_ACCESS_KEY", "S3RVER", 1);
    (void)setenv("AWS_SESSION_TOKEN", "geheim", 1);
    assert_refused("s3://repo/x", SF_E_CONFIG, "the session token is not the one");
    (void)setenv("AWS_SESSION_TOKEN", "token/with+more=", 1);
    sf_auto(target) struct sf_target *target = open_target("s3://repo/token");

    assert_put(target, "x", "one");
}

static void s3_wrong_bucket_is_refused(void **state)
{
    (void)state;
    assert_refused("s3://absent/x", SF_E_NOT_FOUND, "there is no such bucket: create it");
    assert_refused("s3://private/x", SF_E_PERMISSION, "no permission");
}

static void s3_unusable_place_is_refused_before_anything_is_asked(void **state)
{
    struct sf_target *target = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(sf_target_open("s3://No/x", &target, &err), &err, SF_E_USAGE,
                    "write s3://BUCKET/PREFIX");
    (void)setenv("AWS_ENDPOINT_URL", "http://a:geheim@127.0.0.1", 1);
    assert_sf_fails(sf_target_open("s3://repo/x", &target, &err), &err, SF_E_CONFIG,
                    "see AWS_ENDPOINT_URL");
    assert_null(strstr(err.message, "geheim"));
    (void)unsetenv("AWS_ACCESS_KEY_ID");
    (void)unsetenv("AWS_SECRET_ACCESS_KEY");
    assert_sf_fails(sf_target_open("s3://repo/x", &target, &err), &err, SF_E_CONFIG,
                    "no keys for S3");
    assert_int_equal(s3_fixture_count(""), 0);
}

static void s3_file_that_is_too_large_is_refused(void **state)
{
    sf_auto(target) struct sf_target *target = open_target("s3://repo/huge");
    char path[512];
    struct sf_error err;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/huge", s3_directory);
    sf_autoclose int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);

    assert_int_equal(ftruncate(fd, (off_t)(5ULL << 30) + 1), 0);
    assert_sf_fails(sf_target_put(target, "x", fd, &err), &err, SF_E_USAGE,
                    "larger than the 5 GiB");
    assert_int_equal(s3_fixture_count(""), 0);
}

#define S3_TEST(name) cmocka_unit_test_setup(name, s3_fixture_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        S3_TEST(s3_what_is_put_is_there),
        S3_TEST(s3_large_file_is_sent_and_read),
        S3_TEST(s3_object_of_another_tool_is_compared),
        S3_TEST(s3_index_is_replaced_when_it_is_the_one_that_was_read),
        S3_TEST(s3_lost_answers_make_no_difference),
        S3_TEST(s3_server_without_conditions_is_written_to),
        S3_TEST(s3_list_is_of_all_pages),
        S3_TEST(s3_trouble_that_passes_is_waited_for),
        S3_TEST(s3_half_an_answer_leaves_nothing),
        S3_TEST(s3_object_of_a_faster_run_is_compared),
        S3_TEST(s3_server_says_when_to_come_back),
        S3_TEST(s3_absence_is_no_error_when_a_server_tells),
        S3_TEST(s3_refusal_that_is_cut_is_a_refusal),
        S3_TEST(s3_signal_ends_the_waiting),
        S3_TEST(s3_final_trouble_is_told_at_once),
        S3_TEST(s3_wrong_keys_are_refused),
        S3_TEST(s3_wrong_bucket_is_refused),
        S3_TEST(s3_unusable_place_is_refused_before_anything_is_asked),
        S3_TEST(s3_file_that_is_too_large_is_refused),
    };

    return cmocka_run_group_tests(tests, s3_fixture_start, s3_fixture_stop);
}
