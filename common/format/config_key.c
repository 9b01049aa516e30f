/* The table of the configuration's keys, and one key's value read and shown. */
#include "common/format/config_key.h"

#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/config.h"

#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

enum kind {
    KIND_PATH,
    KIND_WORD,
    KIND_UNITS,
    KIND_FLAG,
    KIND_NUMBER,
    KIND_SERVICES,
    KIND_URLS,
    KIND_PROXY,
    KIND_NAME,
};

/* X(section, key, fallback, kind, type, member, min, max, help) */
#define CONFIG_KEYS(X)                                                                             \
    X("agent", "root", "/opt/slurm", KIND_PATH, struct sf_config, root, 0, 0,                      \
      "directory that holds the releases")                                                         \
    X("agent", "variant", "cpu", KIND_WORD, struct sf_config, variant, 1, 15,                      \
      "variant to install: cpu, gpu or minimal")                                                   \
    X("agent", "toolchain", "", KIND_WORD, struct sf_config, toolchain, 0, 31,                     \
      "toolchain of this node; detected when empty")                                               \
    X("agent", "units", "link", KIND_UNITS, struct sf_config, units, 0, 0,                         \
      "how systemd units are put in place: link, copy or none")                                    \
    X("agent", "modules", "yes", KIND_FLAG, struct sf_config, has_modules, 0, 0,                   \
      "write Lua and Tcl modulefiles: yes or no")                                                  \
    X("agent", "keep", "2", KIND_NUMBER, struct sf_config, keep, 1, 1000,                          \
      "releases that gc leaves, the active one among them")                                        \
    X("agent", "restart", "slurmd sackd slurmrestd", KIND_SERVICES, struct sf_config, restart, 0,  \
      0, "services to restart after a switch when they are active")                                \
    X("agent", "health_s", "5", KIND_NUMBER, struct sf_config, health_s, 0, 600,                   \
      "seconds that a restarted service must stay active")                                         \
    X("repository", "url", "", KIND_URLS, struct sf_config, urls, 0, 0,                            \
      "where the repository is; may be given several times, in order of preference")               \
    X("repository", "proxy", "", KIND_PROXY, struct sf_config, proxy, 0, 0,                        \
      "proxy to reach the repository; the environment is not read")                                \
    X("repository", "connect_timeout_s", "15", KIND_NUMBER, struct sf_config, connect_timeout_s,   \
      1, 600, "seconds to wait for a connection")                                                  \
    X("repository", "stall_timeout_s", "30", KIND_NUMBER, struct sf_config, stall_timeout_s, 1,    \
      3600, "seconds without a byte before a transfer is given up")                                \
    X("repository", "min_rate_bytes_per_s", "1024", KIND_NUMBER, struct sf_config,                 \
      min_rate_bytes_per_s, 1, 1000000000, "average rate below which a transfer is given up")      \
    X("repository", "retries", "5", KIND_NUMBER, struct sf_config, retries, 0, 100,                \
      "further attempts per mirror and file")                                                      \
    X("toolchain", "os_id", "", KIND_NAME, struct sf_config_toolchain, os_id, 0, 0,                \
      "ID in os-release of the nodes it is for")                                                   \
    X("toolchain", "version_id", "", KIND_NAME, struct sf_config_toolchain, version_id, 0, 0,      \
      "VERSION_ID in os-release: equal, or a prefix up to a dot")                                  \
    X("toolchain", "glibc", "", KIND_NAME, struct sf_config_toolchain, glibc, 0, 0,                \
      "glibc that its artifacts are built against")

static const struct sf_config_key keys[] = {
#define PUBLIC_ROW(section, key, fallback, kind, type, member, min, max, help)                     \
    {section, key, fallback, help},
    CONFIG_KEYS(PUBLIC_ROW)
#undef PUBLIC_ROW
};

static const struct binding {
    enum kind kind;
    size_t offset;
    uint32_t min; /* of a number, or of a word's length */
    uint32_t max;
} bindings[] = {
#define BINDING_ROW(section, key, fallback, kind, type, member, min, max, help)                    \
    {kind, offsetof(type, member), min, max},
    CONFIG_KEYS(BINDING_ROW)
#undef BINDING_ROW
};

const struct sf_config_key *sf_config_keys(size_t *ret_count)
{
    *ret_count = sizeof keys / sizeof *keys;
    return keys;
}

bool sf_config_key_find(const char *section, const char *key, size_t *ret_index)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (sf_str_is_equal(keys[i].section, section) && sf_str_is_equal(keys[i].key, key)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

bool sf_config_key_is_repeatable(size_t index)
{
    return bindings[index].kind == KIND_URLS;
}

static int refuse(const char *value, const char *expected, struct sf_error *err)
{
    return sf_error_set(err, SF_E_CONFIG, "'%.200s' is not %s", value, expected);
}

/* Replaces a string field; an empty value leaves NULL. */
static int set_text(char **field, const char *value, struct sf_error *err)
{
    char *copy = NULL;

    if (value[0] != '\0') {
        copy = strdup(value);
        if (copy == NULL) {
            return sf_error_no_memory(err);
        }
    }
    free(*field);
    *field = copy;
    return 0;
}

static bool is_made_of(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

static int set_path(char **field, const char *value, struct sf_error *err)
{
    if (!sf_path_is_clean_absolute(value)) {
        return refuse(value, "an absolute path without '..', '//' and a trailing '/'", err);
    }
    return set_text(field, value, err);
}

static int set_word(char **field, const struct binding *binding, const char *value,
                    struct sf_error *err)
{
    size_t length = strlen(value);

    if (length < binding->min || length > binding->max || !is_made_of(value, LOWER DIGITS)) {
        return refuse(value, "a word of lower-case letters and digits", err);
    }
    return set_text(field, value, err);
}

static int set_name(char **field, const char *value, struct sf_error *err)
{
    if (!is_made_of(value, LOWER DIGITS "._-")) {
        return refuse(value, "made of lower-case letters, digits and ._-", err);
    }
    return set_text(field, value, err);
}

static const char *const units_names[] = {
    [SF_UNITS_LINK] = "link", [SF_UNITS_COPY] = "copy", [SF_UNITS_NONE] = "none"};

static int set_units(enum sf_units_mode *field, const char *value, struct sf_error *err)
{
    for (int i = SF_UNITS_LINK; i <= SF_UNITS_NONE; i++) {
        if (sf_str_is_equal(value, units_names[i])) {
            *field = (enum sf_units_mode)i;
            return 0;
        }
    }
    return refuse(value, "'link', 'copy' or 'none'", err);
}

static int set_flag(bool *field, const char *value, struct sf_error *err)
{
    bool is_yes = sf_str_is_equal(value, "yes");

    if (!is_yes && !sf_str_is_equal(value, "no")) {
        return refuse(value, "'yes' or 'no'", err);
    }
    *field = is_yes;
    return 0;
}

static int set_number(uint32_t *field, const struct binding *binding, const char *value,
                      struct sf_error *err)
{
    uint64_t number = 0;

    if (!sf_number_parse(value, binding->max, &number) || number < binding->min) {
        return sf_error_set(err, SF_E_CONFIG, "'%.40s' is not a number between %u and %u", value,
                            binding->min, binding->max);
    }
    *field = (uint32_t)number;
    return 0;
}

static int set_services(struct sf_strlist *field, const char *value, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, value, err);

    for (size_t i = 0; r == 0 && i < words.count; i++) {
        if (words.items[i][0] == '-' ||
            !is_made_of(words.items[i], LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS ":_.@-")) {
            return refuse(words.items[i], "the name of a systemd unit", err);
        }
    }
    if (r < 0) {
        return r;
    }
    sf_strlist_done(field);
    *field = words;
    words = (struct sf_strlist){0};
    return 0;
}

/* One of the schemes, then at least one more character, all of them printable ASCII; no query and
 * no fragment, since paths are put behind it. */
static bool is_url(const char *url, const char *const *schemes)
{
    for (; *schemes != NULL; schemes++) {
        size_t length = strlen(*schemes);

        if (strncmp(url, *schemes, length) != 0 || url[length] == '\0') {
            continue;
        }
        for (url += length; *url > 0x20 && *url < 0x7f && *url != '?' && *url != '#'; url++) {
        }
        return *url == '\0';
    }
    return false;
}

static int add_url(struct sf_strlist *field, const char *value, bool is_more, struct sf_error *err)
{
    static const char *const schemes[] = {"https://", "http://", "file:///", NULL};
    size_t length = strlen(value);

    if (length > 0 && !is_url(value, schemes)) {
        return refuse(value, "a URL that starts with https://, http:// or file:///", err);
    }
    if (!is_more) {
        sf_strlist_done(field);
    }
    while (length > 0 && value[length - 1] == '/') {
        length--;
    }
    return length == 0 ? 0 : sf_strlist_take(field, strndup(value, length), err);
}

static int set_proxy(char **field, const char *value, struct sf_error *err)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://", NULL};

    if (value[0] != '\0' && !is_url(value, schemes)) {
        /* The value is not shown: it may hold a password. */
        return sf_error_set(err, SF_E_CONFIG,
                            "not a URL that starts with http://, https:// or socks5h://");
    }
    return set_text(field, value, err);
}

int sf_config_key_set(void *object, size_t index, const char *value, bool is_more,
                      struct sf_error *err)
{
    const struct binding *binding = &bindings[index];
    void *field = (char *)object + binding->offset;

    switch (binding->kind) {
    case KIND_PATH:
        return set_path(field, value, err);
    case KIND_WORD:
        return set_word(field, binding, value, err);
    case KIND_UNITS:
        return set_units(field, value, err);
    case KIND_FLAG:
        return set_flag(field, value, err);
    case KIND_NUMBER:
        return set_number(field, binding, value, err);
    case KIND_SERVICES:
        return set_services(field, value, err);
    case KIND_URLS:
        return add_url(field, value, is_more, err);
    case KIND_PROXY:
        return set_proxy(field, value, err);
    case KIND_NAME:
        return set_name(field, value, err);
    }
    return sf_error_set(err, SF_E_INTERNAL, "key '%s' has no kind", keys[index].key);
}

/* "http://user:secret@host" as "http://user:***@host". */
static char *without_password(const char *url)
{
    const char *authority = strstr(url, "://");

    if (authority == NULL) {
        return strdup(url);
    }
    authority += 3;
    size_t length = strcspn(authority, "/");
    const char *at = memrchr(authority, '@', length);
    const char *colon = at == NULL ? NULL : memchr(authority, ':', (size_t)(at - authority));

    if (colon == NULL) {
        return strdup(url);
    }
    return sf_str_format("%.*s:***%s", (int)(colon - url), url, at);
}

static char *show_urls(const struct sf_strlist *urls)
{
    sf_auto(strlist) struct sf_strlist shown = {0};
    struct sf_error ignored;

    for (size_t i = 0; i < urls->count; i++) {
        if (sf_strlist_take(&shown, without_password(urls->items[i]), &ignored) < 0) {
            return NULL;
        }
    }
    return sf_strlist_join(&shown, " ");
}

char *sf_config_key_show(const void *object, size_t index)
{
    const void *field = (const char *)object + bindings[index].offset;
    const char *text = NULL;

    switch (bindings[index].kind) {
    case KIND_PATH:
    case KIND_WORD:
    case KIND_NAME:
        text = *(char *const *)field;
        break;
    case KIND_PROXY:
        text = *(char *const *)field;
        return without_password(text == NULL ? "" : text);
    case KIND_UNITS:
        text = units_names[*(const enum sf_units_mode *)field];
        break;
    case KIND_FLAG:
        text = *(const bool *)field ? "yes" : "no";
        break;
    case KIND_NUMBER:
        return sf_str_format("%u", *(const uint32_t *)field);
    case KIND_SERVICES:
        return sf_strlist_join(field, " ");
    case KIND_URLS:
        return show_urls(field);
    }
    return strdup(text == NULL ? "" : text);
}
