/* Switching to a release that is on the node already. */
#include "agent/switch_to.h"

#include "agent/check_tree.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/options.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/store/layout.h"
#include "common/store/tree.h"
#include "common/store/tree_check.h"

/* Bit rot is found before the switch, not by a slurmd that does not start (threat 80). */
static int refuse_damaged(const struct sf_agent *agent, const struct sf_release *release,
                          struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_check_tree(agent, release, &findings, err);

    if (r < 0 || findings.count == 0) {
        return r;
    }
    sf_release_format(release, id);
    return sf_error_set(err, SF_E_INTEGRITY,
                        "release %s is damaged (%zu findings, the first: %s %s): `sf-agent verify "
                        "--repair %s` mends it",
                        id, findings.count, findings.items[0].path,
                        sf_finding_kind_name(findings.items[0].kind), id);
}

int sf_switch_to(struct sf_agent *agent, const struct sf_release *release, struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_tree_active(agent->layout, active, err);

    sf_release_format(release, id);
    if (r == 0 && !sf_str_is_equal(active, id)) {
        r = refuse_damaged(agent, release, err);
    }
    return r < 0 ? r : sf_install_run(agent, agent->command, release, NULL, err);
}
