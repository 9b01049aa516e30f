/* How an authenticated index is judged against time and what was accepted before. */
#include "tests/unit/sf_test.h"

#include "agent/repository.h"

#define NOW 1000000

static char name[] = "site";
static char other_name[] = "elsewhere";

static struct sf_repo_index index_of(uint64_t serial)
{
    return (struct sf_repo_index){
        .repository = name, .serial = serial, .created_s = NOW - 100, .expires_s = NOW + 100};
}

static int judge(const struct sf_repo_index *index, const char *digest,
                 const struct sf_repo_index *stored, int64_t now_s, struct sf_error *err)
{
    const struct sf_index_origin origin = {.sha256 = "aaaa"};

    return sf_repository_judge(index, digest, stored, &origin, now_s, err);
}

static void index_first_and_fresh_is_accepted(void **state)
{
    struct sf_repo_index index = index_of(1);
    struct sf_error err;

    (void)state;
    assert_sf_ok(judge(&index, "aaaa", NULL, NOW, &err), &err);
}

static void index_past_its_expiry_is_stale(void **state)
{
    struct sf_repo_index index = index_of(1);
    struct sf_error err;

    (void)state;
    assert_sf_fails(judge(&index, "aaaa", NULL, NOW + 100, &err), &err, SF_E_STALE, "expired on");
}

static void index_expired_is_not_revived_by_a_clock_set_back(void **state)
{
    struct sf_repo_index index = index_of(1);
    struct sf_repo_index stored = index_of(1);
    struct sf_error err;

    (void)state;
    stored.created_s = NOW + 200;
    assert_sf_fails(judge(&index, "aaaa", &stored, NOW, &err), &err, SF_E_STALE, "expired on");
}

static void index_from_the_future_is_stale(void **state)
{
    struct sf_repo_index index = index_of(1);
    struct sf_error err;

    (void)state;
    index.created_s = NOW + 601;
    index.expires_s = NOW + 9999;
    assert_sf_fails(judge(&index, "aaaa", NULL, NOW, &err), &err, SF_E_STALE, "set the clock");
}

static void index_with_older_serial_is_stale(void **state)
{
    struct sf_repo_index index = index_of(4);
    struct sf_repo_index stored = index_of(5);
    struct sf_error err;

    (void)state;
    assert_sf_fails(judge(&index, "bbbb", &stored, NOW, &err), &err, SF_E_STALE,
                    "went back from 5 to 4");
}

static void index_of_same_serial_with_other_content_is_stale(void **state)
{
    struct sf_repo_index index = index_of(5);
    struct sf_repo_index stored = index_of(5);
    struct sf_error err;

    (void)state;
    assert_sf_ok(judge(&index, "aaaa", &stored, NOW, &err), &err);
    assert_sf_fails(judge(&index, "bbbb", &stored, NOW, &err), &err, SF_E_STALE, "other content");
}

static void index_of_another_repository_is_stale(void **state)
{
    struct sf_repo_index index = index_of(6);
    struct sf_repo_index stored = index_of(5);
    struct sf_error err;

    (void)state;
    index.repository = other_name;
    assert_sf_fails(judge(&index, "bbbb", &stored, NOW, &err), &err, SF_E_STALE, "calls itself");
}

static void index_with_newer_serial_is_accepted(void **state)
{
    struct sf_repo_index index = index_of(6);
    struct sf_repo_index stored = index_of(5);
    struct sf_error err;

    (void)state;
    assert_sf_ok(judge(&index, "bbbb", &stored, NOW, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_first_and_fresh_is_accepted),
        cmocka_unit_test(index_past_its_expiry_is_stale),
        cmocka_unit_test(index_expired_is_not_revived_by_a_clock_set_back),
        cmocka_unit_test(index_from_the_future_is_stale),
        cmocka_unit_test(index_with_older_serial_is_stale),
        cmocka_unit_test(index_of_same_serial_with_other_content_is_stale),
        cmocka_unit_test(index_of_another_repository_is_stale),
        cmocka_unit_test(index_with_newer_serial_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
