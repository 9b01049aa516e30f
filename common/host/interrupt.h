/*
 * SIGINT, SIGTERM and SIGHUP as a wish that long work looks at between its steps. Without
 * sf_interrupt_catch() they end the program as ever.
 */
#ifndef SF_HOST_INTERRUPT_H
#define SF_HOST_INTERRUPT_H

#include <stdbool.h>

/* From now on the signals only set the flag; blocking calls return with EINTR. */
void sf_interrupt_catch(void);

/* A signal came since sf_interrupt_catch(). */
bool sf_interrupt_is_pending(void);

/* The same, to be looked at by those who know nothing of signals; static. */
const volatile bool *sf_interrupt_flag(void);

/* The signals do again what they do by default; for a child process of its own. */
void sf_interrupt_reset(void);

#endif
