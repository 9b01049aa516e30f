/* The transaction that makes a release active. */
#include "agent/switch.h"

#include <stdlib.h>
#include <string.h>

#include "agent/check_tree.h"
#include "agent/context.h"
#include "agent/options.h"
#include "agent/present.h"
#include "agent/record.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/format/manifest.h"
#include "common/host/service_manager.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/links.h"
#include "common/store/state.h"
#include "common/store/tree.h"

#define RESTART_TIMEOUT_S 90

/* The order in which Slurm wants its daemons: database, controller, node, the rest. */
static const char *const restart_order[] = {"slurmdbd", "slurmctld", "slurmd", "sackd",
                                            "slurmrestd"};

static void warn_skipped(const struct sf_strlist *skipped)
{
    for (size_t i = 0; i < skipped->count; i++) {
        sf_log(SF_LOG_WARNING, "%s is not sf-agent's own, left as it is", skipped->items[i]);
    }
}

static int sync_links(struct sf_agent *agent, const struct sf_manifest *manifest, const char *id,
                      bool *ret_must_reload, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist skipped = {0};
    int r = 0;

    if (agent->config->has_modules) {
        r = sf_links_sync_modules(agent->layout, id, &skipped, err);
    }
    if (r == 0 && agent->config->units != SF_UNITS_NONE) {
        r = sf_links_sync_units(agent->layout, agent->config->units, &manifest->units, &skipped,
                                ret_must_reload, err);
    }
    warn_skipped(&skipped);
    return r;
}

/* True when the service runs from the tree that is active now: it was not restarted since. */
static bool runs_from(const struct sf_strlist *users, const char *name)
{
    sf_autofree char *start = sf_str_format("%s (", name);

    for (size_t i = 0; start != NULL && i < users->count; i++) {
        if (sf_str_has_prefix(users->items[i], start)) {
            return true;
        }
    }
    return false;
}

/*
 * Restarts what ran before the switch, as far as the administrator lets us, and tells what goes on
 * with the old release. What ran is read from the journal, not from systemd: a service that the new
 * release could not start is no longer active, and is to be started again on the way back.
 */
static int restart_services(const struct sf_agent *agent, const struct sf_journal_entry *entry,
                            struct sf_strlist *ret_stale, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist services = {0};
    sf_auto(strlist) struct sf_strlist users = {0};
    int r = sf_strlist_add_words(&services, entry->services, err);

    if (r == 0) {
        r = sf_present_users(agent, entry->to, &users, err);
    }
    for (size_t i = 0; r == 0 && i < services.count; i++) {
        const char *name = services.items[i];
        sf_autofree char *unit = sf_str_format("%s.service", name);

        if (unit == NULL) {
            return sf_error_no_memory(err);
        }
        if (entry->may_restart && sf_strlist_has(&agent->config->restart, name)) {
            r = sf_service_manager_restart(unit, RESTART_TIMEOUT_S, agent->config->health_s, err);
        } else if (!runs_from(&users, name)) {
            r = sf_strlist_add(ret_stale, name, err);
        }
    }
    return r;
}

/* Notes which of Slurm's services run, in the order of their restart. */
static int note_services(const struct sf_agent *agent, struct sf_journal_entry *entry,
                         struct sf_error *err)
{
    if (agent->layout->is_image || !sf_service_manager_is_running()) {
        return 0;
    }
    for (size_t i = 0; i < sizeof restart_order / sizeof *restart_order; i++) {
        sf_autofree char *unit = sf_str_format("%s.service", restart_order[i]);
        bool is_active = false;

        if (unit == NULL) {
            return sf_error_no_memory(err);
        }
        int r = sf_service_manager_is_active(unit, &is_active, err);

        if (r < 0) {
            return r;
        }
        if (is_active) {
            size_t length = strlen(entry->services);

            (void)snprintf(entry->services + length, sizeof entry->services - length, "%s%s",
                           length == 0 ? "" : " ", restart_order[i]);
        }
    }
    return 0;
}

int sf_switch_follow(struct sf_agent *agent, const struct sf_journal_entry *entry,
                     struct sf_strlist *ret_stale, struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    bool must_reload = false;
    int r = sf_check_tree_manifest(agent, entry->to, &manifest, err);

    if (r == 0) {
        r = sync_links(agent, manifest, entry->to, &must_reload, err);
    }
    if (r < 0 || agent->layout->is_image || !sf_service_manager_is_running()) {
        return r;
    }
    /* The units' text changed with `current`, whether or not a link did. */
    bool is_moved = !sf_str_is_equal(entry->from, entry->to);

    if (agent->config->units == SF_UNITS_NONE || (!must_reload && !is_moved)) {
        return 0;
    }
    r = sf_service_manager_reload(err);
    return r < 0 || !is_moved ? r : restart_services(agent, entry, ret_stale, err);
}

static void tell_stale(struct sf_agent *agent, const struct sf_journal_entry *entry,
                       const struct sf_strlist *stale)
{
    sf_report_list(agent->report, "services_on_old_release", stale);
    for (size_t i = 0; i < stale->count; i++) {
        sf_log(SF_LOG_NOTICE, "%s still runs %s: restart it when that is convenient",
               stale->items[i], entry->from[0] == '\0' ? "another Slurm" : entry->from);
    }
}

/* The way back after a failed health check; what it cannot finish the next run does. */
static int go_back(struct sf_agent *agent, const struct sf_journal_entry *entry)
{
    sf_auto(strlist) struct sf_strlist stale = {0};
    struct sf_journal_entry back = *entry;
    struct sf_error err;
    int r = sf_hold_set(agent->layout, entry->to, &err);

    memcpy(back.from, entry->to, sizeof back.from);
    memcpy(back.to, entry->from, sizeof back.to);
    if (r == 0) {
        r = sf_tree_activate(agent->layout, entry->from, entry->previous, &err);
    }
    if (r == 0) {
        r = sf_switch_follow(agent, &back, &stale, &err);
    }
    if (r == 0) {
        r = sf_state_end(agent->layout, &err);
    }
    if (r < 0) {
        sf_log(SF_LOG_ERROR, "going back to %s: %s, the next run tries again", entry->from,
               err.message);
    }
    return r;
}

static int begin(struct sf_agent *agent, const char *operation, const char *from, const char *to,
                 struct sf_journal_entry *ret, struct sf_error *err)
{
    struct sf_journal_entry entry = {.may_restart = !agent->options->has_no_start,
                                     .started_s = agent->now_s};
    int r = sf_tree_previous(agent->layout, entry.previous, err);

    if (r == 0) {
        r = note_services(agent, &entry, err);
    }
    if (r < 0) {
        return r;
    }
    (void)snprintf(entry.operation, sizeof entry.operation, "%s", operation);
    (void)snprintf(entry.from, sizeof entry.from, "%s", from);
    (void)snprintf(entry.to, sizeof entry.to, "%s", to);
    *ret = entry;
    return sf_state_begin(agent->layout, &entry, err);
}

/* Whoever rolls back has a reason: the timer must not bring the release back (threat 87). */
static int settle_holds(const struct sf_agent *agent, const struct sf_journal_entry *entry,
                        struct sf_error *err)
{
    int r = 0;

    if (sf_str_is_equal(entry->operation, "rollback") && entry->from[0] != '\0') {
        r = sf_hold_set(agent->layout, entry->from, err);
    }
    return r < 0 ? r : sf_hold_clear(agent->layout, entry->to, err);
}

int sf_switch_conclude(struct sf_agent *agent, const struct sf_journal_entry *entry,
                       struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist stale = {0};
    int r = sf_switch_follow(agent, entry, &stale, err);

    if (r == -(int)SF_E_UNHEALTHY && entry->from[0] != '\0') {
        bool is_back = go_back(agent, entry) == 0;

        return sf_error_prefix(err, "%s is %s, %s is on hold: ", entry->from,
                               is_back ? "active again" : "not fully back yet", entry->to);
    }
    if (r == 0) {
        r = settle_holds(agent, entry, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "%s is active, but: ", entry->to);
    }
    tell_stale(agent, entry, &stale);
    return sf_state_end(agent->layout, err);
}

int sf_switch_run(struct sf_agent *agent, const char *operation, const char *id,
                  bool *ret_is_switched, struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    struct sf_journal_entry entry = {0};
    int r = sf_tree_active(agent->layout, active, err);

    if (r < 0) {
        return r;
    }
    if (!sf_tree_is_present(agent->layout, id)) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "release %s is not on this node: `sf-agent list` shows what is", id);
    }
    if (sf_str_is_equal(active, id)) {
        sf_auto(strlist) struct sf_strlist stale = {0};

        (void)snprintf(entry.from, sizeof entry.from, "%s", id);
        (void)snprintf(entry.to, sizeof entry.to, "%s", id);
        *ret_is_switched = false;
        return sf_switch_follow(agent, &entry, &stale, err);
    }
    r = begin(agent, operation, active, id, &entry, err);
    if (r == 0) {
        r = sf_tree_activate(agent->layout, entry.to, entry.from, err);
    }
    if (r == 0) {
        r = sf_switch_conclude(agent, &entry, err);
    }
    sf_record_outcome(agent, &entry, r < 0 ? err : NULL);
    if (r < 0) {
        return r;
    }
    *ret_is_switched = true;
    return 0;
}
