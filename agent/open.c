/* Opening the node: store, facts, and for writers the lock and what a crash left. */
#include "agent/open.h"

#include <unistd.h>

#include "agent/context.h"
#include "agent/options.h"
#include "agent/recover.h"
#include "common/base/error.h"
#include "common/format/config.h"
#include "common/host/file_lock.h"
#include "common/store/layout.h"

#define LOCK_NAME "lock"

static int read_facts(struct sf_agent *agent, struct sf_error *err)
{
    return sf_facts_read(agent->layout->sysroot_fd, agent->config, agent->options->toolchain,
                         &agent->facts, err);
}

int sf_agent_open_reading(struct sf_agent *agent, struct sf_error *err)
{
    int r = sf_layout_open(sf_agent_sysroot(agent), agent->config->root, &agent->layout, err);

    return r < 0 ? r : read_facts(agent, err);
}

int sf_agent_open_writing(struct sf_agent *agent, struct sf_error *err)
{
    if (agent->options->is_check) {
        return sf_agent_open_reading(agent, err);
    }
    if (geteuid() != 0) {
        return sf_error_set(err, SF_E_PERMISSION,
                            "%s changes the system: run it as root, or see with --check what it "
                            "would do",
                            agent->command);
    }
    /* A directory that is no system is refused before anything is made in it. */
    int r = sf_agent_open_reading(agent, err);

    if (r < 0) {
        return r;
    }
    sf_layout_free(agent->layout);
    agent->layout = NULL;
    r = sf_layout_open_writable(sf_agent_sysroot(agent), agent->config->root, &agent->layout, err);
    if (r < 0) {
        return r;
    }
    r = sf_file_lock_take(agent->layout->run_fd, LOCK_NAME, agent->command,
                          agent->options->lock_timeout_s, &agent->lock_fd, err);
    if (r < 0) {
        return sf_error_prefix(err, "/run/sf-agent: ");
    }
    return sf_recover_run(agent, err);
}
