/* Entry of sf-builder: run the command, say once what went wrong, turn it into an exit status. */
#include "builder/commands.h"
#include "common/base/error.h"
#include "common/base/log.h"

#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct sf_error err;

    (void)umask(022);
    sf_log_init("sf-builder", SF_LOG_NOTICE);

    int r = sf_program_run(&sf_builder_program, argc, argv, &err);

    if (r < 0) {
        sf_log(SF_LOG_ERROR, "%s", err.message);
        return sf_code_exit_status(err.code);
    }
    return 0;
}
