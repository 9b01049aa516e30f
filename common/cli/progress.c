/* One line of progress on a terminal's standard error, redrawn in place. */
#include "common/cli/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/base/str.h"

#define INTERVAL_MS 200
#define BAR_WIDTH   20
#define LINE_SIZE   256

/* The terminal is one, so is its line; `lock` because fetching and unpacking are two threads. */
static struct {
    pthread_mutex_t lock;
    bool is_on;
    bool is_drawn;
    bool is_count;
    char phase[96];
    uint64_t done_bytes;
    uint64_t total_bytes;
    int64_t phase_since_ms;
    int64_t drawn_at_ms;
} line = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_able_terminal(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) != 0 && getenv("NO_COLOR") == NULL && terminal != NULL &&
           !sf_str_is_equal(terminal, "dumb");
}

static int terminal_width(void)
{
    struct winsize size = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0) {
        return 80;
    }
    return size.ws_col;
}

static void clear(void)
{
    if (line.is_drawn) {
        (void)fputs("\r\033[K", stderr);
        line.is_drawn = false;
    }
}

static double format_bar(char bar[static BAR_WIDTH + 1])
{
    uint64_t part = line.done_bytes < line.total_bytes ? line.done_bytes : line.total_bytes;
    double share = (double)part / (double)line.total_bytes;

    memset(bar, ' ', BAR_WIDTH);
    memset(bar, '#', (size_t)(share * BAR_WIDTH));
    bar[BAR_WIDTH] = '\0';
    return share;
}

/* "[#####···]  42%  1:23", or only the time when the total is not known. */
static void format_count(int64_t now_ms, char text[static LINE_SIZE])
{
    char bar[BAR_WIDTH + 1];
    int elapsed_s = (int)((now_ms - line.phase_since_ms) / 1000);

    if (line.total_bytes == 0) {
        (void)snprintf(text, LINE_SIZE, "%d:%02d", elapsed_s / 60, elapsed_s % 60);
        return;
    }

    double share = format_bar(bar);

    (void)snprintf(text, LINE_SIZE, "[%s] %3d%%  %d:%02d", bar, (int)(share * 100), elapsed_s / 60,
                   elapsed_s % 60);
}

/* "[#####···]  42%  2.1 MB of 5.1 MB  1.2 MB/s", or only the bytes when the total is not known. */
static void format_amount(int64_t now_ms, char text[static LINE_SIZE])
{
    char done[16];
    char total[16];
    char rate[16];
    char bar[BAR_WIDTH + 1];
    int64_t elapsed_ms = now_ms - line.phase_since_ms + 1;

    sf_number_format_bytes(line.done_bytes, done);
    sf_number_format_bytes(line.done_bytes * 1000 / (uint64_t)elapsed_ms, rate);
    if (line.total_bytes == 0) {
        (void)snprintf(text, LINE_SIZE, "%s  %s/s", done, rate);
        return;
    }

    double share = format_bar(bar);

    sf_number_format_bytes(line.total_bytes, total);
    (void)snprintf(text, LINE_SIZE, "[%s] %3d%%  %s of %s  %s/s", bar, (int)(share * 100), done,
                   total, rate);
}

static void draw(int64_t now_ms)
{
    char amount[LINE_SIZE] = "";
    char text[2 * LINE_SIZE];

    if (line.is_count) {
        format_count(now_ms, amount);
    } else if (line.done_bytes > 0 || line.total_bytes > 0) {
        format_amount(now_ms, amount);
    }
    (void)snprintf(text, sizeof text, "%s  %s", line.phase, amount);
    /* One column stays free: a line that fills the last one wraps and cannot be cleared. */
    (void)fprintf(stderr, "\r%.*s\033[K", terminal_width() - 1, text);
    (void)fflush(stderr);
    line.is_drawn = true;
    line.drawn_at_ms = now_ms;
}

static void clear_for_log(void)
{
    (void)pthread_mutex_lock(&line.lock);
    clear();
    (void)pthread_mutex_unlock(&line.lock);
}

void sf_progress_start(bool is_wanted)
{
    line.is_on = is_wanted && is_able_terminal();
    line.is_drawn = false;
    if (line.is_on) {
        sf_log_set_before(clear_for_log);
    }
}

static void start_phase(const char *phase, uint64_t total, bool is_count)
{
    if (!line.is_on) {
        return;
    }
    sf_autofree char *safe = sf_str_printable(phase);

    (void)pthread_mutex_lock(&line.lock);
    (void)snprintf(line.phase, sizeof line.phase, "%s", safe == NULL ? "" : safe);
    line.done_bytes = 0;
    line.total_bytes = total;
    line.is_count = is_count;
    line.phase_since_ms = sf_clock_monotonic_ms();
    draw(line.phase_since_ms);
    (void)pthread_mutex_unlock(&line.lock);
}

void sf_progress_phase(const char *phase, uint64_t total_bytes)
{
    start_phase(phase, total_bytes, /* is_count= */ false);
}

void sf_progress_count(const char *phase, uint64_t total)
{
    start_phase(phase, total, /* is_count= */ true);
}

bool sf_progress_is_on(void)
{
    return line.is_on;
}

void sf_progress_add(uint64_t bytes)
{
    if (!line.is_on) {
        return;
    }
    (void)pthread_mutex_lock(&line.lock);
    line.done_bytes += bytes;
    int64_t now_ms = sf_clock_monotonic_ms();

    if (now_ms - line.drawn_at_ms >= INTERVAL_MS) {
        draw(now_ms);
    }
    (void)pthread_mutex_unlock(&line.lock);
}

void sf_progress_end(void)
{
    if (!line.is_on) {
        return;
    }
    (void)pthread_mutex_lock(&line.lock);
    clear();
    (void)fflush(stderr);
    line.is_on = false;
    (void)pthread_mutex_unlock(&line.lock);
    sf_log_set_before(NULL);
}
