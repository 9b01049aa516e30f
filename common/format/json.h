/*
 * A thin strict layer over jansson: whole text, a ceiling on size and depth, no duplicate keys,
 * typed access with errors that name the key. Keys that the reader does not ask for are ignored:
 * signed documents say with `format` what a reader must understand.
 */
#ifndef SF_FORMAT_JSON_H
#define SF_FORMAT_JSON_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;
struct json_t;

/* Parses `size` bytes holding one JSON object. Errors: FORMAT with line and reason, NO_MEMORY. */
int sf_json_parse(const char *text, size_t size, struct json_t **ret, struct sf_error *err);

/* Releases a value that sf_json_parse() or a writer handed out; accepts NULL. */
void sf_json_free(struct json_t *value);

SF_DEFINE_AUTO(json, struct json_t *, sf_json_free)

/* Getters of an object's member. Errors: FORMAT "'key' is missing" or "is not a string". */
int sf_json_string(const struct json_t *object, const char *key, const char **ret,
                   struct sf_error *err); /* borrowed until the object goes */
int sf_json_u64(const struct json_t *object, const char *key, uint64_t max, uint64_t *ret,
                struct sf_error *err);
int sf_json_time(const struct json_t *object, const char *key, int64_t *ret_time_s,
                 struct sf_error *err);
int sf_json_object(const struct json_t *object, const char *key, const struct json_t **ret,
                   struct sf_error *err);
int sf_json_array(const struct json_t *object, const char *key, size_t max_entries,
                  const struct json_t **ret, struct sf_error *err);
/* An absent member is false. */
int sf_json_flag(const struct json_t *object, const char *key, bool *ret, struct sf_error *err);
/* Copies a string member into a bounded array. Errors: FORMAT when it does not fit. */
int sf_json_text(const struct json_t *object, const char *key, char *ret, size_t size,
                 struct sf_error *err);
/* A string of 64 lower-case hex digits. */
int sf_json_sha256(const struct json_t *object, const char *key, char ret[static 65],
                   struct sf_error *err);

/* Compact text with sorted keys: same value, same bytes. NULL when out of memory. Owned by the
 * caller. */
char *sf_json_dump(const struct json_t *value);

/* Indented text with sorted keys and a final newline, for files that people read. */
char *sf_json_dump_pretty(const struct json_t *value);

#endif
