/* The wish to stop, as signals bring it. */
#include "common/host/interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static volatile bool is_pending;

static void note(int number)
{
    (void)number;
    is_pending = true;
}

static void set_all(void (*handler)(int))
{
    const struct sigaction action = {.sa_handler = handler};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        (void)sigaction(signals[i], &action, NULL);
    }
}

void sf_interrupt_catch(void)
{
    is_pending = false;
    set_all(note);
}

bool sf_interrupt_is_pending(void)
{
    return is_pending;
}

const volatile bool *sf_interrupt_flag(void)
{
    return &is_pending;
}

void sf_interrupt_reset(void)
{
    set_all(SIG_DFL);
    is_pending = false;
}
