/* A configuration file's text, applied key by key. */
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/config.h"
#include "common/format/config_key.h"
#include "common/format/ini.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TOOLCHAINS    64
#define TOOLCHAIN_SECTION "toolchain "

struct reading {
    struct sf_config *config;
    struct sf_strlist seen; /* "section key" of this file */
};

/* The toolchain of that name, added when it is new. */
static int get_toolchain(struct sf_config *config, const char *name,
                         struct sf_config_toolchain **ret, struct sf_error *err)
{
    size_t length = strlen(name);

    if (length == 0 || length >= sizeof config->toolchains->name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != length) {
        return sf_error_set(err, SF_E_CONFIG,
                            "'%s' is not a toolchain's name (at most 31 lower-case letters and "
                            "digits)",
                            name);
    }
    for (size_t i = 0; i < config->toolchain_count; i++) {
        if (sf_str_is_equal(config->toolchains[i].name, name)) {
            *ret = &config->toolchains[i];
            return 0;
        }
    }
    if (config->toolchain_count == MAX_TOOLCHAINS) {
        return sf_error_set(err, SF_E_CONFIG, "more than %d toolchains", MAX_TOOLCHAINS);
    }
    struct sf_config_toolchain *grown =
        reallocarray(config->toolchains, config->toolchain_count + 1, sizeof *grown);

    if (grown == NULL) {
        return sf_error_no_memory(err);
    }
    config->toolchains = grown;
    grown += config->toolchain_count++;
    *grown = (struct sf_config_toolchain){0};
    memcpy(grown->name, name, length + 1);
    *ret = grown;
    return 0;
}

/* Names a key or section that is not in the table. */
static int unknown(const char *section, const char *table_section, const char *key,
                   struct sf_error *err)
{
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    if (section[0] == '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'%s' stands before any [section]", key);
    }
    for (size_t i = 0; i < count; i++) {
        if (sf_str_is_equal(keys[i].section, table_section) &&
            !sf_str_is_equal(section, "toolchain")) {
            return sf_error_set(err, SF_E_CONFIG, "unknown key '%s' in [%s]", key, section);
        }
    }
    return sf_error_set(err, SF_E_CONFIG,
                        "unknown section [%s]; there are [agent], [repository] and "
                        "[toolchain NAME]",
                        section);
}

/* Remembers that the key was given; `*ret_is_more` when it was before and may be again. */
static int note_seen(struct reading *reading, const char *section, const char *key, size_t index,
                     bool *ret_is_more, struct sf_error *err)
{
    sf_autofree char *place = sf_str_format("%s %s", section, key);

    if (place == NULL) {
        return sf_error_no_memory(err);
    }
    bool is_seen = sf_strlist_has(&reading->seen, place);

    if (is_seen && !sf_config_key_is_repeatable(index)) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' is given twice in [%s]", key, section);
    }
    *ret_is_more = is_seen;
    return is_seen ? 0 : sf_strlist_take(&reading->seen, sf_steal(&place), err);
}

static int apply_key(void *context, const char *section, const char *key, const char *value,
                     struct sf_error *err)
{
    struct reading *reading = context;
    bool is_toolchain = sf_str_has_prefix(section, TOOLCHAIN_SECTION);
    const char *table_section = is_toolchain ? "toolchain" : section;
    void *object = reading->config;
    struct sf_config_toolchain *toolchain = NULL;
    size_t index = 0;
    bool is_more = false;

    if (sf_str_is_equal(section, "toolchain") || !sf_config_key_find(table_section, key, &index)) {
        return unknown(section, table_section, key, err);
    }
    if (is_toolchain) {
        int r =
            get_toolchain(reading->config, section + strlen(TOOLCHAIN_SECTION), &toolchain, err);

        if (r < 0) {
            return r;
        }
        object = toolchain;
    }
    int r = note_seen(reading, section, key, index, &is_more, err);

    if (r < 0) {
        return r;
    }
    r = sf_config_key_set(object, index, value, is_more, err);
    return r < 0 ? sf_error_prefix(err, "'%s': ", key) : 0;
}

int sf_config_apply(struct sf_config *config, const char *name, const char *text,
                    struct sf_error *err)
{
    struct reading reading = {.config = config};
    int r = sf_ini_read(name, text, apply_key, &reading, err);

    sf_strlist_done(&reading.seen);
    return r;
}
