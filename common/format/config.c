/* The agent's configuration as a whole: defaults, checks, values in force. */
#include "common/format/config.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/config_key.h"

#include <stdlib.h>
#include <string.h>

int sf_config_new(struct sf_config **ret, struct sf_error *err)
{
    sf_auto(config) struct sf_config *config = calloc(1, sizeof *config);
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    if (config == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (sf_str_is_equal(keys[i].section, "toolchain")) {
            continue;
        }
        int r = sf_config_key_set(config, i, keys[i].fallback, /* is_more= */ false, err);

        if (r < 0) {
            return r;
        }
    }
    *ret = sf_steal(&config);
    return 0;
}

int sf_config_check(const struct sf_config *config, struct sf_error *err)
{
    /* Again, because an option of the command line may have replaced it. */
    if (config->root == NULL || !sf_path_is_clean_absolute(config->root)) {
        return sf_error_set(err, SF_E_CONFIG, "root '%s' is not a clean absolute path",
                            config->root == NULL ? "" : config->root);
    }
    if (sf_str_is_equal(config->root, "/")) {
        return sf_error_set(err, SF_E_CONFIG,
                            "root '/' is not a directory of sf-agent's own: name one such as "
                            "/opt/slurm");
    }
    for (size_t i = 0; i < config->toolchain_count; i++) {
        const struct sf_config_toolchain *toolchain = &config->toolchains[i];

        if (toolchain->os_id == NULL || toolchain->version_id == NULL || toolchain->glibc == NULL) {
            return sf_error_set(err, SF_E_CONFIG,
                                "[toolchain %s] needs all of os_id, version_id and glibc",
                                toolchain->name);
        }
    }
    return 0;
}

/* What a section's keys are set in: the configuration, one of its toolchains, or nothing. */
static const void *object_of(const struct sf_config *config, const char *section)
{
    if (!sf_str_has_prefix(section, "toolchain")) {
        return config;
    }
    if (section[strlen("toolchain")] != ' ') {
        return NULL;
    }
    for (size_t i = 0; i < config->toolchain_count; i++) {
        if (sf_str_is_equal(config->toolchains[i].name, section + strlen("toolchain "))) {
            return &config->toolchains[i];
        }
    }
    return NULL;
}

char *sf_config_value(const struct sf_config *config, const char *section, const char *key)
{
    bool is_toolchain = sf_str_has_prefix(section, "toolchain ");
    const void *object = object_of(config, section);
    size_t index = 0;

    if (object == NULL || !sf_config_key_find(is_toolchain ? "toolchain" : section, key, &index)) {
        return strdup("");
    }
    return sf_config_key_show(object, index);
}

void sf_config_free(struct sf_config *config)
{
    if (config == NULL) {
        return;
    }
    for (size_t i = 0; i < config->toolchain_count; i++) {
        free(config->toolchains[i].os_id);
        free(config->toolchains[i].version_id);
        free(config->toolchains[i].glibc);
    }
    free(config->toolchains);
    free(config->root);
    free(config->variant);
    free(config->toolchain);
    free(config->proxy);
    sf_strlist_done(&config->restart);
    sf_strlist_done(&config->urls);
    free(config);
}
