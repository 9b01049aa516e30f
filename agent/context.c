/* One run of the agent: configuration, store, lock, facts. */
#include "agent/context.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/options.h"
#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/host/dir.h"
#include "common/store/layout.h"

#define CONFIG_DIRECTORY SF_SYSCONFDIR "/sf-agent"
#define CONFIG_NAME      "sf-agent.conf"

const char *sf_agent_sysroot(const struct sf_agent *agent)
{
    return agent->options->sysroot == NULL ? "/" : agent->options->sysroot;
}

static int apply_file(struct sf_agent *agent, int dir_fd, const char *directory, const char *name,
                      struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_CONFIG_MAX_BYTES};
    sf_autofree char *path = sf_path_join(directory, name);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_read_file(dir_fd, name, &text, err);

    if (r < 0) {
        (void)sf_error_prefix(err, "configuration %s: ", path);
        return err->code == SF_E_NO_MEMORY ? r : sf_error_recode(err, SF_E_CONFIG);
    }
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL) {
        return sf_error_set(err, SF_E_CONFIG, "configuration %s: holds a NUL byte", path);
    }
    return sf_config_apply(agent->config, path, text.size == 0 ? "" : text.data, err);
}

static int apply_drop_ins(struct sf_agent *agent, int dir_fd, const char *directory,
                          struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int drop_in_fd = -1;
    sf_autofree char *path = sf_path_join(directory, "conf.d");

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_dir_has(dir_fd, "conf.d")) {
        return 0;
    }
    int r = sf_dir_open(dir_fd, "conf.d", &drop_in_fd, err);

    if (r == 0) {
        r = sf_dir_list(drop_in_fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        if (sf_str_has_suffix(names.items[i], ".conf") && names.items[i][0] != '.') {
            r = apply_file(agent, drop_in_fd, path, names.items[i], err);
        }
    }
    return r;
}

static int open_keys(struct sf_agent *agent, int dir_fd, const char *directory,
                     struct sf_error *err)
{
    agent->keys_name = sf_path_join(directory, "keys.d");
    if (agent->keys_name == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_dir_has(dir_fd, "keys.d") ? sf_dir_open(dir_fd, "keys.d", &agent->keys_fd, err) : 0;
}

/* The directory that holds the configuration, and the file's name in it when one was named. */
static int open_config_directory(const struct sf_agent *agent, int *ret_fd, char **ret_directory,
                                 const char **ret_name, struct sf_error *err)
{
    sf_autoclose int sysroot_fd = -1;
    const char *named = agent->options->config_path;
    sf_autofree char *directory = named == NULL ? strdup(CONFIG_DIRECTORY) : sf_path_parent(named);

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    int r;

    if (named == NULL) {
        r = sf_dir_open_follow(sf_agent_sysroot(agent), &sysroot_fd, err);
        if (r < 0) {
            return r;
        }
        r = sf_dir_open_in_root(sysroot_fd, CONFIG_DIRECTORY, O_RDONLY | O_DIRECTORY, ret_fd, err);
    } else {
        r = sf_dir_open_follow(directory, ret_fd, err);
        if (r < 0) {
            (void)sf_error_prefix(err, "configuration %s: ", named);
            r = err->code == SF_E_NO_MEMORY ? r : sf_error_recode(err, SF_E_CONFIG);
        }
    }
    if (r < 0) {
        return r;
    }
    *ret_directory = sf_steal(&directory);
    *ret_name = named == NULL ? CONFIG_NAME : sf_path_base(named);
    return 0;
}

int sf_agent_load(struct sf_agent *agent, struct sf_error *err)
{
    sf_autoclose int dir_fd = -1;
    sf_autofree char *directory = NULL;
    const char *name = NULL;
    bool is_named = agent->options->config_path != NULL;
    int r = sf_config_new(&agent->config, err);

    if (r < 0) {
        return r;
    }
    r = open_config_directory(agent, &dir_fd, &directory, &name, err);
    if (r == -(int)SF_E_NOT_FOUND && !is_named) {
        return sf_config_check(agent->config, err);
    }
    if (r == 0 && (is_named || sf_dir_has(dir_fd, name))) {
        r = apply_file(agent, dir_fd, directory, name, err);
    }
    if (r == 0) {
        r = apply_drop_ins(agent, dir_fd, directory, err);
    }
    if (r == 0) {
        r = open_keys(agent, dir_fd, directory, err);
    }
    return r < 0 ? r : sf_config_check(agent->config, err);
}

void sf_agent_done(struct sf_agent *agent)
{
    if (agent->lock_fd >= 0) {
        (void)close(agent->lock_fd);
    }
    if (agent->keys_fd >= 0) {
        (void)close(agent->keys_fd);
    }
    free(agent->keys_name);
    if (agent->layout != NULL) {
        sf_layout_free(agent->layout);
    }
    if (agent->config != NULL) {
        sf_config_free(agent->config);
    }
    sf_report_free(agent->report);
}
