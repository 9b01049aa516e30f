/* What the dynamic linker prints about a file instead of running it. */
#include "builder/trial/loader_output.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"

#define ARROW          " => "
#define NOT_FOUND      "not found"
#define UNDEFINED      "undefined symbol: "
#define OTHER_VERSION  "symbol "
#define STATUS_SIGNAL  128
#define MAX_SIGNAL     64
#define STATUS_NO_LOAD 127 /* the linker's own, and the shells' */

/* "/a/b/../c" as "/a/c": $ORIGIN/../lib comes out of the linker as it went in. */
static char *without_dots(const char *path)
{
    char *clean = calloc(strlen(path) + 2, 1);
    size_t length = 0;

    while (clean != NULL && *path != '\0') {
        size_t name = strcspn(path, "/");

        if (name == 2 && strncmp(path, "..", 2) == 0) {
            while (length > 0 && clean[--length] != '/') {
            }
        } else if (name > 0 && !(name == 1 && *path == '.')) {
            clean[length++] = '/';
            memcpy(clean + length, path, name);
            length += name;
        }
        path += name + (path[name] == '/' ? 1 : 0);
    }
    if (clean != NULL) {
        clean[length] = '\0';
    }
    return clean;
}

static int add_library(char *line, struct sf_loader_output *ret, struct sf_error *err)
{
    char *arrow = strstr(line, ARROW);

    if (arrow == NULL) {
        return 0;
    }
    *arrow = '\0';

    char *path = arrow + strlen(ARROW);
    char *address = strstr(path, " (0x");

    if (address != NULL) {
        *address = '\0';
    }
    int r = sf_strlist_add(&ret->names, line, err);

    if (r < 0) {
        return r;
    }
    return sf_str_is_equal(path, NOT_FOUND) ? sf_strlist_add(&ret->paths, "", err)
                                            : sf_strlist_take(&ret->paths, without_dots(path), err);
}

static int add_line(char *line, struct sf_loader_output *ret, struct sf_error *err)
{
    if (line[0] == '\t') {
        return add_library(sf_str_trim(line), ret, err);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *start = i == 0 ? UNDEFINED : OTHER_VERSION;

        if (sf_str_has_prefix(line, start)) {
            const char *symbol = line + strlen(start);

            return sf_strlist_take(&ret->undefined, strndup(symbol, strcspn(symbol, ",\t ")), err);
        }
    }
    if (ret->problem == NULL && *sf_str_trim(line) != '\0') {
        ret->problem = sf_str_printable(line);
        return ret->problem == NULL ? sf_error_no_memory(err) : 0;
    }
    return 0;
}

int sf_loader_output_parse(const char *text, struct sf_loader_output *ret, struct sf_error *err)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};
    sf_autofree char *copy = strdup(text);
    char *rest = copy;
    char *line = NULL;
    int r = copy == NULL ? sf_error_no_memory(err) : 0;

    while (r == 0 && (line = strsep(&rest, "\n")) != NULL) {
        r = add_line(line, &output, err);
    }
    if (r == 0) {
        *ret = output;
        output = (struct sf_loader_output){0};
    }
    return r;
}

void sf_loader_output_done(struct sf_loader_output *output)
{
    sf_strlist_done(&output->names);
    sf_strlist_done(&output->paths);
    sf_strlist_done(&output->undefined);
    free(output->problem);
    *output = (struct sf_loader_output){0};
}

/* The line of `text` that holds `part`. */
static char *line_with(const char *text, const char *part)
{
    const char *at = strstr(text, part);

    if (at == NULL) {
        return NULL;
    }
    while (at > text && at[-1] != '\n') {
        at--;
    }

    sf_autofree char *line = strndup(at, strcspn(at, "\n"));

    return line == NULL ? NULL : sf_str_printable(line);
}

char *sf_loader_failure(const char *text, int status)
{
    static const char *const signs[] = {"symbol lookup error", "error while loading shared",
                                        "cannot be preloaded"};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char *line = line_with(text, signs[i]);

        if (line != NULL) {
            return line;
        }
    }
    /* 255 is a program's own -1. */
    if (status > STATUS_SIGNAL && status <= STATUS_SIGNAL + MAX_SIGNAL) {
        return sf_str_format("ended by signal %d", status - STATUS_SIGNAL);
    }
    if (status == STATUS_NO_LOAD) {
        return sf_str_printable(*text == '\0' ? "ended with status 127" : text);
    }
    return NULL;
}
