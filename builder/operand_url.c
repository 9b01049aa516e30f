/* Operands that are a URL or a directory of this machine. */
#include "builder/operand_url.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/error.h"

/* Longer than any path, with each byte as three. */
#define MAX_URL_BYTES (3UL * PATH_MAX + 16)

static int append_escaped(struct sf_buffer *url, const char *path, struct sf_error *err)
{
    int r = 0;

    for (; r == 0 && *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        bool is_plain = isalnum(c) || strchr("/-._~+", c) != NULL;

        r = is_plain ? sf_buffer_append(url, path, 1, err)
                     : sf_buffer_format(url, err, "%%%02X", c);
    }
    return r;
}

static void drop_final_slashes(char *url)
{
    for (size_t length = strlen(url); length > 1 && url[length - 1] == '/'; length--) {
        url[length - 1] = '\0';
    }
}

int sf_operand_url(const char *operand, char **ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer url = {.limit_bytes = MAX_URL_BYTES};

    if (strstr(operand, "://") != NULL) {
        char *copy = strdup(operand);

        if (copy == NULL) {
            return sf_error_no_memory(err);
        }
        drop_final_slashes(copy);
        *ret = copy;
        return 0;
    }

    sf_autofree char *path = realpath(operand, NULL);

    if (path == NULL) {
        return sf_error_errno(err, errno, "find '%s'", operand);
    }

    int r = sf_buffer_format(&url, err, "file://");

    if (r == 0) {
        r = append_escaped(&url, path, err);
    }
    if (r < 0) {
        return r;
    }
    drop_final_slashes(url.data);
    *ret = sf_steal(&url.data);
    return 0;
}
