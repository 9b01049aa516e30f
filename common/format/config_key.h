/* One key of the configuration: found in the table, set from text, shown as text. */
#ifndef SF_FORMAT_CONFIG_KEY_H
#define SF_FORMAT_CONFIG_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

/* The row of sf_config_keys(); false when there is no such key. */
bool sf_config_key_find(const char *section, const char *key, size_t *ret_index);

/* True for a key that may be given several times in a file. */
bool sf_config_key_is_repeatable(size_t index);

/*
 * Sets the key's field in `object`: a struct sf_config_toolchain for keys of "toolchain", a struct
 * sf_config for all others. A list is emptied first unless `is_more`. Errors: CONFIG, saying what
 * the value should be (the caller prefixes file, line and key); NO_MEMORY.
 */
int sf_config_key_set(void *object, size_t index, const char *value, bool is_more,
                      struct sf_error *err);

/* The value as text, passwords in URLs shown as ***. NULL when out of memory. Owned by the caller.
 */
char *sf_config_key_show(const void *object, size_t index);

#endif
