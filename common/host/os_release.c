/* os-release(5) read into the fields that matter. */
#include "common/host/os_release.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define FILE_LIMIT_BYTES ((size_t)64 * 1024)

/* Where a key's value goes. */
struct field {
    const char *key;
    size_t offset;
    size_t size;
};

#define FIELD(key_name, member)                                                                    \
    {                                                                                              \
        key_name, offsetof(struct sf_os_release, member),                                          \
            sizeof((struct sf_os_release *)0)->member                                              \
    }

static const struct field fields[] = {
    FIELD("ID", id),
    FIELD("ID_LIKE", id_like),
    FIELD("VERSION_ID", version_id),
    FIELD("VERSION_CODENAME", version_codename),
    FIELD("UBUNTU_CODENAME", ubuntu_codename),
    FIELD("PLATFORM_ID", platform_id),
    FIELD("PRETTY_NAME", pretty_name),
};

/* Text with a write position; what does not fit is dropped, and so are control characters, which
 * would end up in messages. */
struct value {
    char *text;
    size_t size;
    size_t length;
};

static void put(struct value *value, char c)
{
    if (value->length + 1 < value->size && (unsigned char)c >= 0x20 && c != 0x7f) {
        value->text[value->length++] = c;
    }
}

/*
 * Takes the shell's quotes off. False for what the man page does not allow: a quote left open, text
 * after the closing one, a bare space.
 */
static bool unquote(const char *raw, size_t length, struct value *value)
{
    char quote = '\0';

    for (size_t i = 0; i < length; i++) {
        char c = raw[i];

        if (c == '\\' && quote != '\'') {
            if (++i == length) {
                return false;
            }
            put(value, raw[i]);
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == ' ' || c == '\t')) {
            return false;
        } else {
            put(value, c);
        }
    }
    return quote == '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void parse_line(const char *line, size_t length, struct sf_os_release *release)
{
    while (length > 0 && is_blank(line[0])) {
        line++;
        length--;
    }
    while (length > 0 && is_blank(line[length - 1])) {
        length--;
    }

    const char *equals = memchr(line, '=', length);

    if (equals == NULL) {
        return;
    }

    size_t key_length = (size_t)(equals - line);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char text[sizeof *release];
        struct value value = {.text = text, .size = fields[i].size};

        if (strlen(fields[i].key) == key_length && memcmp(fields[i].key, line, key_length) == 0 &&
            unquote(equals + 1, length - key_length - 1, &value)) {
            text[value.length] = '\0';
            memcpy((char *)release + fields[i].offset, text, value.length + 1);
        }
    }
}

void sf_os_release_parse(const char *text, size_t size, struct sf_os_release *ret)
{
    struct sf_os_release release = {.id = "linux"};

    while (size > 0) {
        const char *newline = memchr(text, '\n', size);
        size_t length = newline == NULL ? size : (size_t)(newline - text);
        size_t taken = newline == NULL ? size : length + 1;

        parse_line(text, length, &release);
        text += taken;
        size -= taken;
    }
    if (release.version_codename[0] == '\0') {
        memcpy(release.version_codename, release.ubuntu_codename, sizeof release.version_codename);
    }
    *ret = release;
}

int sf_os_release_read(int root_fd, struct sf_os_release *ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = FILE_LIMIT_BYTES};
    sf_autoclose int fd = -1;
    const char *path = "/etc/os-release";
    int r = sf_dir_open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK, &fd, err);

    if (r == -SF_E_NOT_FOUND) {
        path = "/usr/lib/os-release";
        r = sf_dir_open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK, &fd, err);
    }
    if (r == 0) {
        r = sf_dir_read_fd(fd, path, &buffer, err);
    }
    if (r < 0) {
        return r;
    }
    sf_os_release_parse(buffer.data == NULL ? "" : buffer.data, buffer.size, ret);
    return 0;
}
