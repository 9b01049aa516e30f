/* `sf-agent info`: what is known of one release. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "agent/repository.h"
#include "agent/select.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/path.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/format/manifest.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

static void tell(struct sf_report *report, const char *key, const char *label, const char *value)
{
    sf_report_text(report, key, value);
    sf_report_line(report, "%-12s %s", label, value);
}

static void tell_bytes(struct sf_report *report, const char *key, const char *label, uint64_t bytes)
{
    char text[16];

    sf_number_format_bytes(bytes, text);
    sf_report_number(report, key, bytes);
    sf_report_line(report, "%-12s %s", label, text);
}

static void tell_release(struct sf_agent *agent, const struct sf_release *release,
                         const char *glibc, const char *cpu_level, const char *state)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    tell(agent->report, "release", "release", id);
    tell(agent->report, "state", "state", state);
    tell(agent->report, "version", "version", release->version);
    tell(agent->report, "toolchain", "toolchain", release->toolchain);
    tell(agent->report, "arch", "architecture", release->arch);
    tell(agent->report, "variant", "variant", release->variant);
    tell(agent->report, "glibc", "needs glibc", glibc);
    tell(agent->report, "cpu_level", "needs cpu", cpu_level);
}

static void tell_components(struct sf_agent *agent, const struct sf_manifest *manifest)
{
    for (size_t i = 0; i < manifest->component_count; i++) {
        const struct sf_component *component = &manifest->components[i];
        struct json_t *row = sf_report_row(agent->report, "components");

        sf_report_row_text(row, "name", component->name);
        sf_report_row_text(row, "version", component->version);
        sf_report_row_text(row, "license", component->license);
        sf_report_row_text(row, "package", component->package);
        sf_report_line(agent->report, "  %s %s", component->name, component->version);
    }
}

static int tell_present(struct sf_agent *agent, const struct sf_release *release,
                        struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    char active[SF_RELEASE_ID_SIZE] = "";
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    int r = sf_tree_manifest(agent->layout, id, &manifest, err);

    if (r == 0) {
        r = sf_tree_active(agent->layout, active, err);
    }
    if (r < 0) {
        return r;
    }
    tell_release(agent, release, manifest->glibc, manifest->cpu_level,
                 strcmp(active, id) == 0 ? "active" : "present");
    sf_autofree char *prefix = sf_path_join(agent->layout->root, SF_LAYOUT_RELEASES);
    sf_autofree char *tree = prefix == NULL ? NULL : sf_path_join(prefix, id);

    if (tree == NULL) {
        return sf_error_no_memory(err);
    }
    tell(agent->report, "path", "path", tree);
    tell_bytes(agent->report, "tree_bytes", "size", manifest->tree_bytes);
    sf_report_number(agent->report, "files", manifest->file_count);
    sf_report_line(agent->report, "components");
    tell_components(agent, manifest);
    return 0;
}

static int tell_available(struct sf_agent *agent, const char *text, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    const struct sf_index_artifact *entry = NULL;
    struct sf_index_origin origin;
    struct sf_wanted wanted;
    int r = sf_wanted_parse(text, &wanted, err);

    if (r == 0) {
        r = sf_facts_require_toolchain(&agent->facts, err);
    }
    if (r == 0) {
        r = sf_repository_stored(agent, &index, &origin, err);
    }
    if (r == 0) {
        r = sf_select_artifact(index, &wanted, &agent->facts, agent->config->variant, &entry, err);
    }
    if (r < 0) {
        return r;
    }
    tell_release(agent, &entry->release, entry->glibc, entry->cpu_level,
                 entry->is_yanked ? "yanked" : "available");
    tell(agent->report, "repository", "repository", index->repository);
    tell(agent->report, "sha256", "sha256", entry->sha256);
    tell_bytes(agent->report, "artifact_bytes", "download", entry->size_bytes);
    return 0;
}

static int info(void *context, const void *options, char **operands, int count,
                struct sf_error *err)
{
    struct sf_agent *agent = context;
    struct sf_release release;

    (void)options;
    int r = sf_agent_open_reading(agent, err);

    if (r == 0) {
        r = sf_present_operand(agent, operands, count, &release, err);
    }
    if (r == -(int)SF_E_NOT_FOUND && count > 0) {
        return tell_available(agent, operands[0], err);
    }
    return r < 0 ? r : tell_present(agent, &release, err);
}

static const struct sf_option options[] = {{0}};

const struct sf_command sf_cmd_info = {
    .name = "info",
    .aliases = "show",
    .operands = "[RELEASE]",
    .summary = "show what is known of a release",
    .help = "Of the active one when none is named; from the node when it is there, else from the "
            "index that was last accepted. Components are the libraries that it brings along.",
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_reading,
    .options_size = sizeof(struct sf_agent_options),
    .run = info,
};
