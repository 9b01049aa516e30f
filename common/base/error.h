/*
 * The one way a failure travels: a code that says what the operator does next, and a sentence.
 *
 * Every function that can fail returns int: 0, or the negative of an enum sf_code, and takes a
 * `struct sf_error *err` last, never NULL. `err` is set exactly when the return is negative, and
 * outputs (`ret_*`) are written only on success. The error lives on the caller's stack: reporting
 * works when memory is out, and nothing has to be freed.
 */
#ifndef SF_BASE_ERROR_H
#define SF_BASE_ERROR_H

/*
 * One table: name, exit status of the programs, what the code means. The numbers are a documented
 * interface (sf-agent(8), EXIT STATUS): 20 and above may succeed when simply tried again.
 */
#define SF_ERROR_CODES(X)                                                                          \
    X(INTERNAL, 1, "a defect in the program")                                                      \
    X(USAGE, 2, "the command line is not valid")                                                   \
    X(CONFIG, 3, "the configuration is not valid")                                                 \
    X(NOT_FOUND, 4, "what was asked for does not exist")                                           \
    X(INCOMPATIBLE, 5, "the release does not fit this node")                                       \
    X(SIGNATURE, 6, "a signature is missing or not trusted")                                       \
    X(INTEGRITY, 7, "data differs from what was signed")                                           \
    X(FORMAT, 8, "data is malformed")                                                              \
    X(STALE, 9, "the repository index is expired or older than one already seen")                  \
    X(REMOTE, 10, "the repository answered, but not with what was asked for")                      \
    X(NO_SPACE, 11, "not enough space")                                                            \
    X(PERMISSION, 12, "no permission, or a read-only file system")                                 \
    X(IO, 13, "reading or writing failed")                                                         \
    X(IN_USE, 14, "the release is active, kept for rollback, or used by a process")                \
    X(UNHEALTHY, 15, "the release did not pass its checks, the previous one stays active")         \
    X(BUSY, 20, "another run holds the lock")                                                      \
    X(NETWORK, 21, "the repository could not be reached")                                          \
    X(NO_MEMORY, 22, "out of memory")                                                              \
    X(INTERRUPTED, 23, "interrupted by a signal")

enum sf_code {
    SF_OK = 0,
#define SF_ERROR_ENUM(name, status, text) SF_E_##name,
    SF_ERROR_CODES(SF_ERROR_ENUM)
#undef SF_ERROR_ENUM
        SF_CODE_COUNT
};

struct sf_error {
    enum sf_code code;
    int sys_errno; /* 0 when no system call was to blame */
    char message[512];
};

/* Sets `err` and returns -code, so that a failure is one line: return sf_error_set(err, ...). */
int sf_error_set(struct sf_error *err, enum sf_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Like sf_error_set() for a failed system call: the code follows from `errnum` (ENOENT is
 * NOT_FOUND, ENOSPC NO_SPACE, EACCES PERMISSION, ...), ": <strerror>" is appended.
 */
int sf_error_errno(struct sf_error *err, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory. */
int sf_error_no_memory(struct sf_error *err);

/*
 * Puts context in front of the message, "relocating slurm-25.11.6-1: ", and returns the code again.
 * When the buffer is full the context is shortened, never the cause.
 */
int sf_error_prefix(struct sf_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Gives an existing error another code (the sentence stays) and returns -code. */
int sf_error_recode(struct sf_error *err, enum sf_code code);

/* The exit status of a program that ends with `code`; 0 for SF_OK. */
int sf_code_exit_status(enum sf_code code);

/* "NOT_FOUND"; a static string. */
const char *sf_code_name(enum sf_code code);

/* What the code means, in words; a static string. */
const char *sf_code_text(enum sf_code code);

#endif
