/*
 * A bounded queue of equally large blocks between the thread that fills them and one that reads
 * them. Each block is filled in place and read in place: nothing is copied.
 *
 * Lifecycle: new; filler: room, push …, end; reader: take … until size 0 or close; free when the
 * filler is no more.
 */
#ifndef SF_CONTENT_BLOCK_QUEUE_H
#define SF_CONTENT_BLOCK_QUEUE_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_block_queue;
struct sf_error;

/* At most `depth` blocks are held, the one in the reader's hands included; their memory is taken
 * when first used. Errors: NO_MEMORY. */
int sf_block_queue_new(size_t depth, size_t block_size_bytes, struct sf_block_queue **ret,
                       struct sf_error *err);

/* Filler: memory for the next block, borrowed until pushed; waits for the reader. Errors:
 * INTERRUPTED once the queue is closed, NO_MEMORY. */
int sf_block_queue_room(struct sf_block_queue *queue, char **ret_bytes, struct sf_error *err);

/* Filler: hands over the block last asked for, of which `size` bytes are filled. */
void sf_block_queue_push(struct sf_block_queue *queue, size_t size);

/* Filler: no more will come; negative `result` with the reason in `error`, which is copied. */
void sf_block_queue_end(struct sf_block_queue *queue, int result, const struct sf_error *error);

/* Reader: gives back what it had and takes the oldest block, borrowed until the next call; size 0
 * at the end. Errors: the filler's, after the blocks pushed before. */
int sf_block_queue_take(struct sf_block_queue *queue, const void **ret_bytes, size_t *ret_size,
                        struct sf_error *err);

/* Reader: wants no more; a filler that waits is woken. */
void sf_block_queue_close(struct sf_block_queue *queue);

bool sf_block_queue_is_closed(struct sf_block_queue *queue);

void sf_block_queue_free(struct sf_block_queue *queue);

SF_DEFINE_AUTO(block_queue, struct sf_block_queue *, sf_block_queue_free)

#endif
