/* Entry of sf-builder: run the command, say once what went wrong, turn it into an exit status. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "builder/commands.h"
#include "builder/repository/secret_environment.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/cli/report.h"
#include "common/host/descriptors.h"

static int prepare(void *context, const struct sf_command *command, const void *options,
                   struct sf_error *err)
{
    struct sf_builder *builder = context;
    const struct sf_builder_options *shared = options;

    sf_log_init("sf-builder", shared->is_verbose ? SF_LOG_DEBUG : SF_LOG_NOTICE);

    int r =
        sf_report_new(command->name, shared->is_json, /* is_quiet= */ false, &builder->report, err);

    /* A matrix starts builds that publish, and nothing else. */
    return r < 0 || command == &sf_command_matrix ? r : sf_secret_environment_take(err);
}

int main(int argc, char **argv)
{
    static const struct sf_command *const commands[] = {
        &sf_command_build,
        &sf_command_recipe,
        &sf_command_prefix,
        &sf_command_test,
        &sf_command_pack,
        &sf_command_index,
        &sf_command_publish,
        &sf_command_prune,
        &sf_command_verify,
        &sf_command_export,
        &sf_command_matrix,
        &sf_command_spack_yaml,
        &sf_command_import_buildcache,
        NULL,
    };
    struct sf_builder builder = {0};
    const struct sf_program program = {
        .name = "sf-builder",
        .summary = "make, publish and check Slurm releases for sf-agent",
        .commands = commands,
        .context = &builder,
        .prepare = prepare,
    };
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sf_error err = {0};

    sf_descriptors_fill();
    /* A server or a gpg that closes its end is an error that is told. */
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)umask(022);
    /* Who watches a long build through a pipe sees each line as it is written. */
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    sf_log_init("sf-builder", SF_LOG_NOTICE);
    return sf_report_end(&builder.report, argv, sf_program_run(&program, argc, argv, &err), &err);
}
