/* sf-agent: puts Slurm releases on a node. Dispatch, the one place where an error is printed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/options.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/cli/command.h"
#include "common/cli/progress.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/host/descriptors.h"

static volatile bool is_cancelled;

static void cancel(int signal_number)
{
    (void)signal_number;
    is_cancelled = true;
}

static void prepare_process(void)
{
    const struct sigaction on_cancel = {.sa_handler = cancel};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    const struct rlimit no_core = {0, 0};

    sf_descriptors_fill();
    (void)umask(022);
    (void)setrlimit(RLIMIT_CORE, &no_core); /* a core could hold a proxy's password */
    (void)sigaction(SIGINT, &on_cancel, NULL);
    (void)sigaction(SIGTERM, &on_cancel, NULL);
    (void)sigaction(SIGHUP, &on_cancel, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static int prepare(void *context, const struct sf_command *command, const void *options,
                   struct sf_error *err)
{
    struct sf_agent *agent = context;
    const struct sf_agent_options *chosen = options;

    agent->options = chosen;
    agent->command = command->name;
    sf_log_init("sf-agent", chosen->is_quiet     ? SF_LOG_ERROR
                            : chosen->is_verbose ? SF_LOG_DEBUG
                                                 : SF_LOG_NOTICE);
    int r = sf_report_new(command->name, chosen->is_json, chosen->is_quiet, &agent->report, err);

    if (r < 0) {
        return r;
    }
    sf_progress_start(!chosen->is_quiet && !chosen->is_json && !chosen->has_no_progress);
    return sf_agent_load(agent, err);
}

/* "section key default", one a line: what the documentation is checked against. */
static int print_keys(void)
{
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    for (size_t i = 0; i < count; i++) {
        (void)printf("%s %s %s\n", keys[i].section, keys[i].key, keys[i].fallback);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct sf_command *const commands[] = {
        &sf_cmd_install, &sf_cmd_upgrade, &sf_cmd_use,     &sf_cmd_rollback, &sf_cmd_status,
        &sf_cmd_list,    &sf_cmd_info,    &sf_cmd_verify,  &sf_cmd_remove,   &sf_cmd_gc,
        &sf_cmd_refresh, &sf_cmd_detect,  &sf_cmd_history, &sf_cmd_config,   NULL,
    };
    static const struct sf_shorthand shorthands[] = {
        {"fetch", "install", "--download-only"}, {"download", "install", "--download-only"},
        {"stage", "install", "--download-only"}, {"available", "list", "--available"},
        {"search", "list", "--available"},       {"ls-remote", "list", "--available"},
        {"check", "upgrade", "--check"},         {"check-update", "upgrade", "--check"},
        {"check-upgrade", "upgrade", "--check"}, {"outdated", "upgrade", "--check"},
        {"repair", "verify", "--repair"},        {0},
    };
    struct sf_agent agent = {
        .keys_fd = -1, .lock_fd = -1, .now_s = sf_clock_now_s(), .is_cancelled = &is_cancelled};
    const struct sf_program program = {
        .name = "sf-agent",
        .summary = "installs, upgrades and rolls back Slurm releases on this node",
        .commands = commands,
        .shorthands = shorthands,
        .context = &agent,
        .prepare = prepare,
    };
    struct sf_error err = {0};

    prepare_process();
    sf_log_init("sf-agent", SF_LOG_NOTICE);
    if (argc == 2 && strcmp(argv[1], "__keys") == 0) {
        return print_keys();
    }
    int r = sf_program_run(&program, argc, argv, &err);

    sf_progress_end();

    int status = sf_report_end(&agent.report, argv, r, &err);

    sf_agent_done(&agent);
    return status;
}
