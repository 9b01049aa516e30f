/* The little YAML that a spack.yaml needs, written line by line. */
#include "builder/spack/yaml.h"

#include <string.h>

#include "common/base/buffer.h"
#include "common/base/strlist.h"

static void add(struct sf_yaml *yaml, const char *text, size_t size)
{
    if (yaml->error.code == SF_OK) {
        (void)sf_buffer_append(yaml->text, text, size, &yaml->error);
    }
}

static void add_text(struct sf_yaml *yaml, const char *text)
{
    add(yaml, text, strlen(text));
}

/* Two blanks for each level; the first key of an item has its dash in the last two. */
static void begin_line(struct sf_yaml *yaml)
{
    for (int i = 0; i < yaml->depth; i++) {
        add_text(yaml, yaml->is_item && i == yaml->depth - 1 ? "- " : "  ");
    }
    yaml->is_item = false;
}

static void add_quoted(struct sf_yaml *yaml, const char *value)
{
    add_text(yaml, "\"");
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\') {
            add_text(yaml, "\\");
        }
        add(yaml, value, 1);
    }
    add_text(yaml, "\"");
}

/* Words of letters only are written as they are, unless YAML 1.1 takes them for truth values. */
static bool is_plain(const char *key)
{
    static const char *const words[] = {"y",   "n",    "yes",   "no",  "on",
                                        "off", "true", "false", "null"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(key, words[i]) == 0) {
            return false;
        }
    }
    return strspn(key, "abcdefghijklmnopqrstuvwxyz_") == strlen(key);
}

static void add_key(struct sf_yaml *yaml, const char *key)
{
    begin_line(yaml);
    if (is_plain(key)) {
        add_text(yaml, key);
    } else {
        add_quoted(yaml, key);
    }
    add_text(yaml, ":");
}

void sf_yaml_open(struct sf_yaml *yaml, const char *key)
{
    add_key(yaml, key);
    add_text(yaml, "\n");
    yaml->depth++;
}

void sf_yaml_open_item(struct sf_yaml *yaml)
{
    yaml->depth++;
    yaml->is_item = true;
}

void sf_yaml_close(struct sf_yaml *yaml)
{
    yaml->depth--;
}

void sf_yaml_text(struct sf_yaml *yaml, const char *key, const char *value)
{
    add_key(yaml, key);
    add_text(yaml, " ");
    add_quoted(yaml, value);
    add_text(yaml, "\n");
}

void sf_yaml_flag(struct sf_yaml *yaml, const char *key, bool value)
{
    add_key(yaml, key);
    add_text(yaml, value ? " true\n" : " false\n");
}

void sf_yaml_number(struct sf_yaml *yaml, const char *key, unsigned value)
{
    add_key(yaml, key);
    if (yaml->error.code == SF_OK) {
        (void)sf_buffer_format(yaml->text, &yaml->error, " %u\n", value);
    }
}

void sf_yaml_list(struct sf_yaml *yaml, const char *key, const struct sf_strlist *values)
{
    add_key(yaml, key);
    add_text(yaml, values->count == 0 ? " []\n" : "\n");
    yaml->depth++;
    for (size_t i = 0; i < values->count; i++) {
        sf_yaml_open_item(yaml);
        begin_line(yaml);
        add_quoted(yaml, values->items[i]);
        add_text(yaml, "\n");
        sf_yaml_close(yaml);
    }
    yaml->depth--;
}

int sf_yaml_end(const struct sf_yaml *yaml, struct sf_error *err)
{
    if (yaml->error.code != SF_OK) {
        *err = yaml->error;
    }
    return -(int)yaml->error.code;
}
