/* Finds the reason among what rsync and ssh have printed. */
#include "builder/repository/rsync_verdict.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define EXIT_PARTIAL 23

struct reason {
    const char *words; /* of a line of the output */
    enum sf_code code;
    const char *sentence;
};

/* The first that fits counts: what ssh says of a host goes before what rsync makes of it. */
static const struct reason reasons[] = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", SF_E_SIGNATURE,
     "the host's key is another than the one that ssh knows: find out why before you remove the "
     "old "
     "one from known_hosts"},
    {"Host key verification failed", SF_E_PERMISSION,
     "ssh does not know this host's key, or knows another: log in there once, or add the key to "
     "known_hosts"},
    {"Permission denied (13)", SF_E_PERMISSION, "no permission"},
    {"Permission denied (", SF_E_PERMISSION,
     "ssh is not let in without a password: load a key into ssh-agent, or name one in "
     "~/.ssh/config"},
    {"Read-only file system", SF_E_PERMISSION, "no permission"},
    {"read only", SF_E_PERMISSION, "no permission"},
    {"No space left on device", SF_E_NO_SPACE, "a disk is full"},
    {"Disk quota exceeded", SF_E_NO_SPACE, "a disk is full"},
    {"rsync: command not found", SF_E_NOT_FOUND, "rsync is not installed there"},
    {"rsync: not found", SF_E_NOT_FOUND, "rsync is not installed there"},
    {"remote command not found", SF_E_NOT_FOUND, "rsync is not installed there"},
    {"Failed to exec", SF_E_NOT_FOUND, "ssh is not installed here"},
    {"Could not resolve hostname", SF_E_NETWORK, "the host cannot be reached"},
    {"Connection refused", SF_E_NETWORK, "the host cannot be reached"},
    {"No route to host", SF_E_NETWORK, "the host cannot be reached"},
    {"Network is unreachable", SF_E_NETWORK, "the host cannot be reached"},
    {"timed out", SF_E_NETWORK, "the host does not answer"},
    {"timeout in data send/receive", SF_E_NETWORK, "the host does not answer"},
    {"timeout waiting", SF_E_NETWORK, "the host does not answer"},
    {"mkdir \"", SF_E_NOT_FOUND, "the directory above is not there: make it, or mend the path"},
    {"@ERROR: auth failed", SF_E_PERMISSION,
     "the rsync daemon wants another user or password: write user@host, set RSYNC_PASSWORD"},
    {"@ERROR", SF_E_REMOTE, "the rsync daemon refuses"},
    {"protocol version mismatch", SF_E_REMOTE,
     "the login shell there prints something, which no login without a terminal should"},
    {"Connection reset", SF_E_NETWORK, "the connection was lost, try again"},
    {"Connection closed", SF_E_NETWORK, "the connection was lost, try again"},
    {"closed by remote host", SF_E_NETWORK, "the connection was lost, try again"},
    {"connection unexpectedly closed", SF_E_NETWORK, "the connection was lost, try again"},
    {"Broken pipe", SF_E_NETWORK, "the connection was lost, try again"},
    {"received SIG", SF_E_INTERRUPTED, "interrupted"},
};

bool sf_rsync_is_absent(int status, const char *output)
{
    static const char *const others[] = {"failed: Permission denied", "No space left",
                                         "read errors"};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strstr(output, others[i]) != NULL) {
            return false;
        }
    }
    return status == EXIT_PARTIAL &&
           (strstr(output, "link_stat") != NULL || strstr(output, "change_dir") != NULL) &&
           strstr(output, "No such file or directory (2)") != NULL;
}

/* The line of `output` with the byte at `at` in it. */
static char *line_at(const char *output, const char *at)
{
    const char *start = at;
    size_t length = strcspn(at, "\r\n");

    while (start > output && start[-1] != '\n') {
        start--;
    }

    sf_autofree char *line = strndup(start, (size_t)(at - start) + length);

    return line == NULL ? NULL : sf_str_printable(sf_str_trim(line));
}

static const char *last_line(const char *output)
{
    size_t length = strlen(output);

    while (length > 0 && (output[length - 1] == '\n' || output[length - 1] == '\r')) {
        length--;
    }
    while (length > 0 && output[length - 1] != '\n') {
        length--;
    }
    return output + length;
}

int sf_rsync_judge(int status, const char *output, struct sf_error *err)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const char *hit = strstr(output, reasons[i].words);

        if (hit != NULL) {
            sf_autofree char *line = line_at(output, hit);

            return line == NULL
                       ? sf_error_no_memory(err)
                       : sf_error_set(err, reasons[i].code, "%s (%s)", reasons[i].sentence, line);
        }
    }

    sf_autofree char *line = line_at(output, last_line(output));

    return line == NULL ? sf_error_no_memory(err)
                        : sf_error_set(err, SF_E_REMOTE, "rsync ended with status %d (%s)", status,
                                       line[0] == '\0' ? "it said nothing" : line);
}
