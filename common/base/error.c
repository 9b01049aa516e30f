/* The error object: set, prefixed, mapped to an exit status. */
#include "common/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct code_row {
    const char *name;
    int exit_status;
    const char *text;
};

static const struct code_row code_rows[SF_CODE_COUNT] = {[SF_OK] = {"OK", 0, "done"},
#define SF_ERROR_ROW(name, status, text) [SF_E_##name] = {#name, status, text},
                                                         SF_ERROR_CODES(SF_ERROR_ROW)
#undef SF_ERROR_ROW
};

static enum sf_code code_from_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return SF_E_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
        return SF_E_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS:
        return SF_E_PERMISSION;
    case ENOMEM:
        return SF_E_NO_MEMORY;
    case EINTR:
        return SF_E_INTERRUPTED;
    default:
        return SF_E_IO;
    }
}

int sf_error_set(struct sf_error *err, enum sf_code code, const char *format, ...)
{
    va_list args;

    err->code = code;
    err->sys_errno = 0;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return -(int)code;
}

int sf_error_errno(struct sf_error *err, int errnum, const char *format, ...)
{
    char reason[128];
    char object[384];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(object, sizeof object, format, args);
    va_end(args);
    /* The GNU strerror_r: returns the text, which need not be in the buffer. */
    const char *text = strerror_r(errnum, reason, sizeof reason);

    (void)sf_error_set(err, code_from_errno(errnum), "%s: %s", object, text);
    err->sys_errno = errnum;
    return -(int)err->code;
}

int sf_error_no_memory(struct sf_error *err)
{
    (void)sf_error_set(err, SF_E_NO_MEMORY, "out of memory");
    err->sys_errno = ENOMEM;
    return -(int)SF_E_NO_MEMORY;
}

int sf_error_prefix(struct sf_error *err, const char *format, ...)
{
    char prefix[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);

    size_t cause = strlen(err->message);
    size_t room = sizeof err->message - 1 - cause;
    size_t length = strlen(prefix);

    if (length > room) {
        length = room;
    }
    memmove(err->message + length, err->message, cause + 1);
    memcpy(err->message, prefix, length);
    return -(int)err->code;
}

int sf_error_recode(struct sf_error *err, enum sf_code code)
{
    err->code = code;
    return -(int)code;
}

int sf_code_exit_status(enum sf_code code)
{
    return code < SF_CODE_COUNT ? code_rows[code].exit_status : 1;
}

const char *sf_code_name(enum sf_code code)
{
    return code < SF_CODE_COUNT ? code_rows[code].name : "INTERNAL";
}

const char *sf_code_text(enum sf_code code)
{
    return code < SF_CODE_COUNT ? code_rows[code].text : "a defect in the program";
}
