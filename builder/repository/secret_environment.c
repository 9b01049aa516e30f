/* Secrets that are given in the environment, and kept from the programs that are started. */
#include "builder/repository/secret_environment.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

#define SECRETS 3

static const char *const names[SECRETS] = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                                           "RSYNC_PASSWORD"};
static char *taken[SECRETS];

int sf_secret_environment_take(struct sf_error *err)
{
    for (size_t i = 0; i < SECRETS; i++) {
        char *value = getenv(names[i]);

        if (value == NULL) {
            continue;
        }
        free(taken[i]);
        taken[i] = strdup(value);
        if (taken[i] == NULL) {
            return sf_error_no_memory(err);
        }
        explicit_bzero(value, strlen(value));
        (void)unsetenv(names[i]);
    }
    return 0;
}

const char *sf_secret_environment_get(const char *name)
{
    const char *value = getenv(name);

    for (size_t i = 0; i < SECRETS && value == NULL; i++) {
        value = strcmp(names[i], name) == 0 ? taken[i] : NULL;
    }
    return value == NULL || value[0] == '\0' ? NULL : value;
}
