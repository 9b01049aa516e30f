/* `sf-agent install`: a release from a repository or a file, made active. */
#include <stddef.h>

#include "agent/artifact.h"
#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/repository.h"
#include "agent/select.h"
#include "common/base/error.h"
#include "common/content/fetch.h"
#include "common/format/config.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

static int install_file(struct sf_agent *agent, const char *path, struct sf_error *err)
{
    sf_auto(artifact) struct sf_artifact artifact = {.file.fd = -1};
    int r = sf_artifact_open_local(agent, path, &artifact, err);

    if (r == 0) {
        r = sf_select_check_toolchain(&artifact.manifest->release, &agent->facts, err);
    }
    if (r == 0) {
        r = sf_select_check_node(&artifact.manifest->release, artifact.manifest->glibc,
                                 artifact.manifest->cpu_level, &agent->facts, err);
    }
    return r < 0
               ? r
               : sf_install_run(agent, agent->command, &artifact.manifest->release, &artifact, err);
}

/* A release named to the build that is on the node needs no repository: Ansible's second run. */
static bool find_present(const struct sf_agent *agent, const struct sf_wanted *wanted,
                         struct sf_release *ret)
{
    char id[SF_RELEASE_ID_SIZE];
    struct sf_release release = wanted->release;

    if (wanted->kind == SF_WANTED_BUILD) {
        (void)snprintf(release.toolchain, sizeof release.toolchain, "%s", agent->facts.toolchain);
        (void)snprintf(release.arch, sizeof release.arch, "%s", agent->facts.arch);
        (void)snprintf(release.variant, sizeof release.variant, "%.15s", agent->config->variant);
    } else if (wanted->kind != SF_WANTED_ID) {
        return false;
    }
    sf_release_format(&release, id);
    *ret = release;
    return sf_tree_is_present(agent->layout, id);
}

static int install_from_repository(struct sf_agent *agent, const struct sf_wanted *wanted,
                                   struct sf_error *err)
{
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    const struct sf_index_artifact *entry = NULL;
    struct sf_index_origin origin;
    bool is_new = false;
    int r = sf_repository_fetcher(agent, &fetcher, err);

    if (r == 0) {
        r = sf_repository_refresh(agent, fetcher, &index, &origin, &is_new, err);
    }
    if (r == 0) {
        r = sf_select_artifact(index, wanted, &agent->facts, agent->config->variant, &entry, err);
    }
    return r < 0 ? r : sf_install_entry(agent, agent->command, fetcher, entry, &origin, err);
}

static int install(void *context, const void *options, char **operands, int count,
                   struct sf_error *err)
{
    struct sf_agent *agent = context;
    struct sf_release release;
    struct sf_wanted wanted;

    (void)options;
    (void)count;
    if (sf_artifact_is_path(operands[0])) {
        int r = sf_agent_open_writing(agent, err);

        return r < 0 ? r : install_file(agent, operands[0], err);
    }
    int r = sf_wanted_parse(operands[0], &wanted, err);

    if (r == 0) {
        r = sf_agent_open_writing(agent, err);
    }
    if (r == 0) {
        r = sf_facts_require_toolchain(&agent->facts, err);
    }
    if (r < 0) {
        return r;
    }
    if (find_present(agent, &wanted, &release)) {
        return sf_install_run(agent, agent->command, &release, NULL, err);
    }
    return install_from_repository(agent, &wanted, err);
}

static const struct sf_option options[] = {
    {"download-only", 'd', SF_OPTION_FLAG, NULL,
     offsetof(struct sf_agent_options, is_download_only),
     "put the release on the node, but leave the active one active"},
    {"no-start", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, has_no_start),
     "restart no service"},
    {0},
};

const struct sf_command sf_cmd_install = {
    .name = "install",
    .aliases = "add in",
    .operands = "RELEASE|FILE",
    .summary = "install a release and make it active",
    .help = "RELEASE is a series (25.11), a version (25.11.6), a version and build (25.11.6-1) or "
            "\"latest\"; FILE is an artifact with its detached signature beside it. The node's "
            "toolchain decides which artifact is taken. The release is fetched, verified and "
            "checked before anything changes; then one rename makes it active. What was active "
            "stays on the node to roll back to.",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_changing_choosing,
    .options_size = sizeof(struct sf_agent_options),
    .run = install,
};
