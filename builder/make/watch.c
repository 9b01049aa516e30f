/* A thread that reads a log while a stage writes it, and counts. */
#include "builder/make/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cli/progress.h"

#define INTERVAL_MS 500
#define CHUNK_BYTES 8192

/* How make announces a compilation: automake's quiet rules, libtool, and without both. */
static const char *const marks[] = {"  CC ", "libtool: compile: ", "gcc -", "ccache gcc -"};

struct sf_watch {
    pthread_t thread;
    int log_fd;
    off_t offset;
    struct sf_watch_line line;
    int wait_fd; /* ends when the watch does */
    int end_fd;
};

static bool is_mark(const struct sf_watch_line *line)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (line->length == strlen(marks[i]) && memcmp(line->start, marks[i], line->length) == 0) {
            return true;
        }
    }
    return false;
}

uint64_t sf_watch_count(const char *text, size_t size, struct sf_watch_line *line)
{
    uint64_t count = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            line->length = 0;
        } else if (line->length < sizeof line->start) {
            line->start[line->length++] = text[i];
            count += is_mark(line) ? 1 : 0;
        }
    }
    return count;
}

static void look(struct sf_watch *watch)
{
    char chunk[CHUNK_BYTES];
    uint64_t count = 0;
    ssize_t size = 0;

    while ((size = pread(watch->log_fd, chunk, sizeof chunk, watch->offset)) > 0) {
        watch->offset += size;
        count += sf_watch_count(chunk, (size_t)size, &watch->line);
    }
    sf_progress_add(count);
}

static void *run(void *context)
{
    struct sf_watch *watch = context;
    struct pollfd end = {.fd = watch->wait_fd, .events = POLLIN};

    do {
        look(watch);
    } while (poll(&end, 1, INTERVAL_MS) == 0);
    return NULL;
}

struct sf_watch *sf_watch_new(int log_fd, const char *phase, uint64_t total)
{
    struct sf_watch *watch = sf_progress_is_on() ? calloc(1, sizeof *watch) : NULL;
    int ends[2];

    if (watch == NULL || pipe2(ends, O_CLOEXEC) < 0) {
        free(watch);
        return NULL;
    }
    watch->log_fd = log_fd;
    watch->wait_fd = ends[0];
    watch->end_fd = ends[1];
    sf_progress_count(phase, total);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        free(watch);
        return NULL;
    }
    return watch;
}

void sf_watch_free(struct sf_watch *watch)
{
    if (watch != NULL) {
        (void)close(watch->end_fd);
        (void)pthread_join(watch->thread, NULL);
        (void)close(watch->wait_fd);
        free(watch);
    }
}
