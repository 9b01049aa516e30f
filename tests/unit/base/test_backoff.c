/* How long to wait before trying again. */
#include "common/base/backoff.h"

#include "tests/unit/sf_test.h"

static uint32_t longest_of(uint32_t tries, uint32_t rounds)
{
    uint32_t longest = 0;

    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t wait_ms = sf_backoff_ms(tries);

        longest = wait_ms > longest ? wait_ms : longest;
    }
    return longest;
}

/* Of 200 random waits one is in the upper half, but for one time in 2^200. */
static void backoff_more_tries_wait_longer(void **state)
{
    static const struct {
        uint32_t tries;
        uint32_t ceiling_ms;
    } cases[] = {{0, 200}, {1, 400}, {4, 3200}, {7, 25600}, {8, 30000}, {1000, 30000}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t longest = longest_of(cases[i].tries, 200);

        assert_in_range(longest, cases[i].ceiling_ms / 2, cases[i].ceiling_ms);
    }
}

static void backoff_same_tries_wait_differently(void **state)
{
    uint32_t first = sf_backoff_ms(8);
    uint32_t same = 0;

    (void)state;
    for (uint32_t i = 0; i < 50; i++) {
        same += sf_backoff_ms(8) == first ? 1 : 0;
    }
    assert_in_range(same, 0, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_more_tries_wait_longer),
        cmocka_unit_test(backoff_same_tries_wait_differently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
