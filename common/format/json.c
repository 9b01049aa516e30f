/* A thin strict layer over jansson. */
#include "common/format/json.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Above every format's own ceiling. Depth is bounded by jansson (JSON_PARSER_MAX_DEPTH, 2048). */
#define JSON_MAX_BYTES (64UL << 20)

/*
 * jansson drops some failed allocations: a string then lacks a byte, in what it reads as in what it
 * writes, or a syntax error is reported, which would count as permanent. So allocations are
 * watched.
 */
static _Thread_local bool has_allocation_failed;

static void *allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        has_allocation_failed = true;
    }
    return memory;
}

static void watch_allocations(void)
{
    json_set_alloc_funcs(allocate, free);
    has_allocation_failed = false;
}

int sf_json_parse(const char *text, size_t size, struct json_t **ret, struct sf_error *err)
{
    json_error_t problem;

    if (size > JSON_MAX_BYTES) {
        return sf_error_set(err, SF_E_FORMAT, "JSON of %zu bytes is larger than %lu bytes", size,
                            JSON_MAX_BYTES);
    }
    watch_allocations();
    sf_auto(json) json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);

    if (has_allocation_failed) {
        return sf_error_no_memory(err);
    }
    if (value == NULL) {
        return sf_error_set(err, SF_E_FORMAT, "not valid JSON: line %d: %s", problem.line,
                            problem.text);
    }
    if (!json_is_object(value)) {
        return sf_error_set(err, SF_E_FORMAT, "not valid JSON: an array where an object belongs");
    }
    *ret = sf_steal(&value);
    return 0;
}

void sf_json_free(struct json_t *value)
{
    json_decref(value);
}

static int get(const json_t *object, const char *key, const json_t **ret, struct sf_error *err)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL) {
        return sf_error_set(err, SF_E_FORMAT, "'%s' is missing", key);
    }
    *ret = value;
    return 0;
}

static int wrong_type(const char *key, const char *expected, struct sf_error *err)
{
    return sf_error_set(err, SF_E_FORMAT, "'%s' is not %s", key, expected);
}

int sf_json_string(const struct json_t *object, const char *key, const char **ret,
                   struct sf_error *err)
{
    const json_t *value = NULL;
    int r = get(object, key, &value, err);

    if (r < 0) {
        return r;
    }
    if (!json_is_string(value)) {
        return wrong_type(key, "a string", err);
    }
    *ret = json_string_value(value);
    return 0;
}

int sf_json_u64(const struct json_t *object, const char *key, uint64_t max, uint64_t *ret,
                struct sf_error *err)
{
    const json_t *value = NULL;
    int r = get(object, key, &value, err);

    if (r < 0) {
        return r;
    }
    if (!json_is_integer(value)) {
        return wrong_type(key, "an integer", err);
    }
    json_int_t number = json_integer_value(value);

    if (number < 0 || (uint64_t)number > max) {
        return sf_error_set(err, SF_E_FORMAT, "'%s' is %lld, not between 0 and %llu", key,
                            (long long)number, (unsigned long long)max);
    }
    *ret = (uint64_t)number;
    return 0;
}

int sf_json_time(const struct json_t *object, const char *key, int64_t *ret_time_s,
                 struct sf_error *err)
{
    const char *text = NULL;
    int r = sf_json_string(object, key, &text, err);

    if (r < 0) {
        return r;
    }
    if (!sf_clock_parse(text, ret_time_s)) {
        return wrong_type(key, "a time such as \"2026-11-21T01:02:03Z\"", err);
    }
    return 0;
}

int sf_json_object(const struct json_t *object, const char *key, const struct json_t **ret,
                   struct sf_error *err)
{
    const json_t *value = NULL;
    int r = get(object, key, &value, err);

    if (r < 0) {
        return r;
    }
    if (!json_is_object(value)) {
        return wrong_type(key, "an object", err);
    }
    *ret = value;
    return 0;
}

int sf_json_array(const struct json_t *object, const char *key, size_t max_entries,
                  const struct json_t **ret, struct sf_error *err)
{
    const json_t *value = NULL;
    int r = get(object, key, &value, err);

    if (r < 0) {
        return r;
    }
    if (!json_is_array(value)) {
        return wrong_type(key, "an array", err);
    }
    if (json_array_size(value) > max_entries) {
        return sf_error_set(err, SF_E_FORMAT, "'%s' has %zu entries, more than %zu", key,
                            json_array_size(value), max_entries);
    }
    *ret = value;
    return 0;
}

int sf_json_flag(const struct json_t *object, const char *key, bool *ret, struct sf_error *err)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_boolean(value)) {
        return wrong_type(key, "true or false", err);
    }
    *ret = value != NULL && json_is_true(value);
    return 0;
}

int sf_json_text(const struct json_t *object, const char *key, char *ret, size_t size,
                 struct sf_error *err)
{
    const char *text = NULL;
    int r = sf_json_string(object, key, &text, err);

    if (r < 0) {
        return r;
    }
    size_t length = strlen(text);

    if (length >= size) {
        return sf_error_set(err, SF_E_FORMAT, "'%s' has %zu bytes, more than %zu", key, length,
                            size - 1);
    }
    memcpy(ret, text, length + 1);
    return 0;
}

int sf_json_sha256(const struct json_t *object, const char *key, char ret[static 65],
                   struct sf_error *err)
{
    const char *text = NULL;
    int r = sf_json_string(object, key, &text, err);

    if (r < 0) {
        return r;
    }
    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64) {
        return wrong_type(key, "a SHA-256 digest (64 lower-case hex digits)", err);
    }
    memcpy(ret, text, 65);
    return 0;
}

static char *dump(const json_t *value, size_t flags)
{
    watch_allocations();
    sf_autofree char *text = json_dumps(value, flags | JSON_SORT_KEYS);

    return has_allocation_failed ? NULL : sf_steal(&text);
}

char *sf_json_dump(const struct json_t *value)
{
    return dump(value, JSON_COMPACT);
}

char *sf_json_dump_pretty(const struct json_t *value)
{
    sf_autofree char *text = dump(value, JSON_INDENT(2));

    return text == NULL ? NULL : sf_str_format("%s\n", text);
}
