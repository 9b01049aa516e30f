/* A bounded queue of blocks between two threads. */
#include "tests/unit/sf_test.h"

#include <pthread.h>

#include "common/content/block_queue.h"

#define DEPTH 3
#define BLOCK 64

static void push(struct sf_block_queue *queue, unsigned number)
{
    struct sf_error error;
    char *bytes = NULL;

    assert_sf_ok(sf_block_queue_room(queue, &bytes, &error), &error);
    memset(bytes, (int)number, BLOCK);
    sf_block_queue_push(queue, number % BLOCK + 1);
}

/* Fills a thousand blocks, or until the queue is closed. */
static void *fill(void *context)
{
    struct sf_block_queue *queue = context;
    struct sf_error error = {.code = SF_OK};
    char *bytes = NULL;
    unsigned number = 0;

    while (number < 1000 && sf_block_queue_room(queue, &bytes, &error) == 0) {
        memset(bytes, (int)(number & 0xff), BLOCK);
        sf_block_queue_push(queue, number % BLOCK + 1);
        number++;
    }
    sf_block_queue_end(queue, -(int)error.code, &error);
    return NULL;
}

static void queue_keeps_the_order(void **state)
{
    sf_auto(block_queue) struct sf_block_queue *queue = NULL;
    pthread_t thread;
    unsigned number = 0;
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_block_queue_new(DEPTH, BLOCK, &queue, &error), &error);
    assert_int_equal(pthread_create(&thread, NULL, fill, queue), 0);
    for (;;) {
        const void *bytes = NULL;
        size_t size = 0;

        assert_sf_ok(sf_block_queue_take(queue, &bytes, &size, &error), &error);
        if (size == 0) {
            break;
        }
        assert_int_equal(size, number % BLOCK + 1);
        assert_int_equal(((const unsigned char *)bytes)[size - 1], number & 0xff);
        number++;
    }
    assert_int_equal(number, 1000);
    (void)pthread_join(thread, NULL);
}

static void queue_hands_out_blocks_before_the_error(void **state)
{
    sf_auto(block_queue) struct sf_block_queue *queue = NULL;
    const void *bytes = NULL;
    size_t size = 0;
    struct sf_error error;
    struct sf_error reason;

    (void)state;
    assert_sf_ok(sf_block_queue_new(DEPTH, BLOCK, &queue, &error), &error);
    push(queue, 7);
    sf_block_queue_end(queue, sf_error_set(&reason, SF_E_REMOTE, "gone"), &reason);
    assert_sf_ok(sf_block_queue_take(queue, &bytes, &size, &error), &error);
    assert_int_equal(size, 8);
    for (int i = 0; i < 2; i++) {
        assert_sf_fails(sf_block_queue_take(queue, &bytes, &size, &error), &error, SF_E_REMOTE,
                        "gone");
    }
}

static void queue_closed_wakes_the_filler(void **state)
{
    sf_auto(block_queue) struct sf_block_queue *queue = NULL;
    const void *bytes = NULL;
    size_t size = 0;
    pthread_t thread;
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_block_queue_new(DEPTH, BLOCK, &queue, &error), &error);
    assert_int_equal(pthread_create(&thread, NULL, fill, queue), 0);
    assert_sf_ok(sf_block_queue_take(queue, &bytes, &size, &error), &error);
    assert_false(sf_block_queue_is_closed(queue));
    sf_block_queue_close(queue);
    assert_true(sf_block_queue_is_closed(queue));
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_keeps_the_order),
        cmocka_unit_test(queue_hands_out_blocks_before_the_error),
        cmocka_unit_test(queue_closed_wakes_the_filler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
