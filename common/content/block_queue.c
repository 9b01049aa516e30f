/* A bounded queue of blocks between two threads. */
#include "common/content/block_queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/base/error.h"

struct block {
    char *bytes;
    size_t size;
};

struct sf_block_queue {
    size_t depth;
    size_t block_size_bytes;
    struct block *blocks; /* a ring; `first` is the oldest that is filled */

    /* Everything below under `lock`. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t first;
    size_t filled;
    bool is_lent; /* the oldest is in the reader's hands */
    bool is_closed;
    bool is_ended;
    int result;
    struct sf_error error;
};

int sf_block_queue_new(size_t depth, size_t block_size_bytes, struct sf_block_queue **ret,
                       struct sf_error *err)
{
    struct sf_block_queue *queue = calloc(1, sizeof *queue);

    if (queue == NULL) {
        return sf_error_no_memory(err);
    }
    queue->blocks = calloc(depth, sizeof *queue->blocks);
    if (queue->blocks == NULL) {
        free(queue);
        return sf_error_no_memory(err);
    }
    queue->depth = depth;
    queue->block_size_bytes = block_size_bytes;
    (void)pthread_mutex_init(&queue->lock, NULL);
    (void)pthread_cond_init(&queue->changed, NULL);
    *ret = queue;
    return 0;
}

/* The block behind the newest; the filler's alone once there is room for it. */
static struct block *next_block(const struct sf_block_queue *queue)
{
    return &queue->blocks[(queue->first + queue->filled) % queue->depth];
}

int sf_block_queue_room(struct sf_block_queue *queue, char **ret_bytes, struct sf_error *err)
{
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->filled == queue->depth && !queue->is_closed) {
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    }
    struct block *block = queue->is_closed ? NULL : next_block(queue);

    (void)pthread_mutex_unlock(&queue->lock);
    if (block == NULL) {
        return sf_error_set(err, SF_E_INTERRUPTED, "interrupted");
    }
    if (block->bytes == NULL) {
        block->bytes = malloc(queue->block_size_bytes);
    }
    if (block->bytes == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_bytes = block->bytes;
    return 0;
}

void sf_block_queue_push(struct sf_block_queue *queue, size_t size)
{
    (void)pthread_mutex_lock(&queue->lock);
    next_block(queue)->size = size;
    queue->filled++;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

void sf_block_queue_end(struct sf_block_queue *queue, int result, const struct sf_error *error)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->is_ended = true;
    queue->result = result;
    if (result < 0) {
        queue->error = *error;
    }
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

int sf_block_queue_take(struct sf_block_queue *queue, const void **ret_bytes, size_t *ret_size,
                        struct sf_error *err)
{
    int r = 0;

    (void)pthread_mutex_lock(&queue->lock);
    if (queue->is_lent) {
        queue->is_lent = false;
        queue->first = (queue->first + 1) % queue->depth;
        queue->filled--;
        (void)pthread_cond_broadcast(&queue->changed);
    }
    while (queue->filled == 0 && !queue->is_ended) {
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    }
    if (queue->filled > 0) {
        queue->is_lent = true;
        *ret_bytes = queue->blocks[queue->first].bytes;
        *ret_size = queue->blocks[queue->first].size;
    } else if (queue->result < 0) {
        *err = queue->error;
        r = queue->result;
    } else {
        *ret_bytes = "";
        *ret_size = 0;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return r;
}

void sf_block_queue_close(struct sf_block_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

bool sf_block_queue_is_closed(struct sf_block_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    bool is_closed = queue->is_closed;

    (void)pthread_mutex_unlock(&queue->lock);
    return is_closed;
}

void sf_block_queue_free(struct sf_block_queue *queue)
{
    if (queue == NULL) {
        return;
    }
    for (size_t i = 0; i < queue->depth; i++) {
        free(queue->blocks[i].bytes);
    }
    free(queue->blocks);
    (void)pthread_cond_destroy(&queue->changed);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue);
}
