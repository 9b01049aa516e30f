/* The last lines of a file. */
#include "builder/make/log_tail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/str.h"

#define TAIL_BYTES 4096
#define TAIL_LINES 20

void sf_log_tail(int fd)
{
    char text[TAIL_BYTES + 1];
    struct stat status;

    if (fstat(fd, &status) < 0) {
        return;
    }

    off_t start = status.st_size > TAIL_BYTES ? status.st_size - TAIL_BYTES : 0;
    ssize_t size = pread(fd, text, TAIL_BYTES, start);

    if (size <= 0) {
        return;
    }
    size -= text[size - 1] == '\n' ? 1 : 0;
    text[size] = '\0';

    char *line = text + size;

    for (int i = 0; i < TAIL_LINES && line != NULL; i++) {
        line = memrchr(text, '\n', (size_t)(line - text));
    }
    line = line == NULL ? text : line + 1;
    while (line != NULL) {
        char *end = strchr(line, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        sf_autofree char *safe = sf_str_printable(line);

        sf_log(SF_LOG_NOTICE, "| %s", safe == NULL ? "" : safe);
        line = end;
    }
}
