/* What a module system wants a shell to do. */
#include "builder/trial/module_output.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Just behind "NAME=" where a statement begins with it; NULL for nowhere. */
static const char *find_value(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = text; (at = strstr(at, name)) != NULL; at += length) {
        bool is_start = at == text || strchr("\n; ", at[-1]) != NULL;

        if (is_start && at[length] == '=') {
            return at + length + 1;
        }
    }
    return NULL;
}

char *sf_module_output_value(const char *text, const char *name)
{
    const char *at = find_value(text, name);
    char *value = at == NULL ? NULL : calloc(strlen(at) + 1, 1);
    size_t length = 0;
    char quote = '\0';

    for (; value != NULL && *at != '\0'; at++) {
        if (quote == '\0' && strchr("; \n", *at) != NULL) {
            break;
        }
        if (quote == '\0' && (*at == '"' || *at == '\'')) {
            quote = *at;
        } else if (quote != '\0' && *at == quote) {
            quote = '\0';
        } else if (*at == '\\' && quote != '\'' && at[1] != '\0') {
            value[length++] = *++at;
        } else {
            value[length++] = *at;
        }
    }
    return value;
}
