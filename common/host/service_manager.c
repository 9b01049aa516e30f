/* systemd's manager, asked over D-Bus. */
#include "common/host/service_manager.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define SERVICE_NAME   "org.freedesktop.systemd1"
#define MANAGER_PATH   "/org/freedesktop/systemd1"
#define MANAGER        "org.freedesktop.systemd1.Manager"
#define UNIT           "org.freedesktop.systemd1.Unit"
#define SERVICE        "org.freedesktop.systemd1.Service"
#define PRIVATE_SOCKET "unix:path=/run/systemd/private"
#define CALL_USEC      (90 * UINT64_C(1000000)) /* a reload runs every generator */
#define POLL_MS        200

SF_DEFINE_AUTO(bus, sd_bus *, sd_bus_flush_close_unref)
SF_DEFINE_AUTO(message, sd_bus_message *, sd_bus_message_unref)
SF_DEFINE_AUTO_STRUCT(bus_error, sd_bus_error, sd_bus_error_free)

/* The job that a restart waits for. */
struct job {
    char *path;
    char *result; /* NULL until the manager has removed it */
};

static void job_done(struct job *job)
{
    free(job->path);
    free(job->result);
}

SF_DEFINE_AUTO_STRUCT(job, struct job, job_done)

bool sf_service_manager_is_running(void)
{
    return sd_booted() > 0;
}

/* D-Bus' own words, or those of the errno when there are none. */
static int call_error(struct sf_error *err, int r, const sd_bus_error *error, const char *action)
{
    if (error == NULL || error->message == NULL) {
        (void)sf_error_errno(err, -r, "%s", action);
    } else {
        sf_autofree char *text = sf_str_printable(error->message);

        (void)sf_error_set(err, SF_E_IO, "%s: %s", action, text == NULL ? "failed" : text);
    }
    return sf_error_recode(err, SF_E_IO);
}

/* Without the bus daemon (a rescue shell, a small image) root reaches the manager directly. */
static int connect_directly(sd_bus **ret)
{
    sf_auto(bus) sd_bus *bus = NULL;
    int r = sd_bus_new(&bus);

    if (r >= 0) {
        r = sd_bus_set_address(bus, PRIVATE_SOCKET);
    }
    if (r >= 0) {
        r = sd_bus_start(bus);
    }
    if (r >= 0) {
        *ret = sf_steal(&bus);
    }
    return r;
}

static int connect_to_manager(sd_bus **ret, struct sf_error *err)
{
    if (!sf_service_manager_is_running()) {
        return sf_error_set(err, SF_E_IO, "systemd does not run here");
    }

    int r = sd_bus_open_system(ret);

    if (r < 0 && connect_directly(ret) < 0) {
        return call_error(err, r, NULL, "connect to systemd");
    }
    return 0;
}

/* Calls a method of the manager; `unit` with `mode` are its arguments unless NULL. */
static int call_manager(sd_bus *bus, const char *method, const char *unit, const char *mode,
                        sd_bus_message **ret_reply, sd_bus_error *error)
{
    sf_auto(message) sd_bus_message *call = NULL;
    int r = sd_bus_message_new_method_call(bus, &call, SERVICE_NAME, MANAGER_PATH, MANAGER, method);

    if (r >= 0 && unit != NULL) {
        r = sd_bus_message_append_basic(call, 's', unit);
    }
    if (r >= 0 && mode != NULL) {
        r = sd_bus_message_append_basic(call, 's', mode);
    }
    return r < 0 ? r : sd_bus_call(bus, call, CALL_USEC, error, ret_reply);
}

int sf_service_manager_reload(struct sf_error *err)
{
    sf_auto(bus) sd_bus *bus = NULL;
    sf_auto(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = connect_to_manager(&bus, err);

    if (r < 0) {
        return sf_error_prefix(err, "reload systemd: ");
    }
    r = call_manager(bus, "Reload", NULL, NULL, NULL, &error);
    return r < 0 ? call_error(err, r, &error, "reload systemd") : 0;
}

/* What is known of a unit; the strings are owned. */
struct unit_state {
    char *active; /* ActiveState */
    char *sub;    /* SubState */
    uint32_t restart_count;
};

static void unit_state_done(struct unit_state *state)
{
    free(state->active);
    free(state->sub);
}

SF_DEFINE_AUTO_STRUCT(unit_state, struct unit_state, unit_state_done)

static int read_state(sd_bus *bus, const char *unit, struct unit_state *ret, struct sf_error *err)
{
    sf_auto(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
    sf_auto(bus_error) sd_bus_error no_service = SD_BUS_ERROR_NULL;
    sf_auto(message) sd_bus_message *reply = NULL;
    const char *path = NULL;
    int r = call_manager(bus, "LoadUnit", unit, NULL, &reply, &error);

    if (r >= 0) {
        r = sd_bus_message_read_basic(reply, 'o', &path);
    }
    if (r >= 0) {
        r = sd_bus_get_property_string(bus, SERVICE_NAME, path, UNIT, "ActiveState", &error,
                                       &ret->active);
    }
    if (r >= 0) {
        r = sd_bus_get_property_string(bus, SERVICE_NAME, path, UNIT, "SubState", &error,
                                       &ret->sub);
    }
    if (r < 0) {
        return call_error(err, r, &error, unit);
    }
    /* Only services have it. */
    if (sd_bus_get_property_trivial(bus, SERVICE_NAME, path, SERVICE, "NRestarts", &no_service, 'u',
                                    &ret->restart_count) < 0) {
        ret->restart_count = 0;
    }
    return 0;
}

int sf_service_manager_is_active(const char *unit, bool *ret_is_active, struct sf_error *err)
{
    sf_auto(bus) sd_bus *bus = NULL;
    sf_auto(unit_state) struct unit_state state = {0};
    int r = connect_to_manager(&bus, err);

    if (r < 0) {
        return sf_error_prefix(err, "%s: ", unit);
    }
    r = read_state(bus, unit, &state, err);
    if (r == 0) {
        *ret_is_active = sf_str_is_equal(state.active, "active") ||
                         sf_str_is_equal(state.active, "reloading") ||
                         sf_str_is_equal(state.active, "activating");
    }
    return r;
}

static int on_job_removed(sd_bus_message *message, void *context, sd_bus_error *ret_error)
{
    struct job *job = context;
    uint32_t id = 0;
    const char *path = NULL;
    const char *unit = NULL;
    const char *result = NULL;

    (void)ret_error;
    if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0 &&
        job->path != NULL && strcmp(path, job->path) == 0 && job->result == NULL) {
        job->result = strdup(result);
    }
    return 0;
}

/* Queues the restart. Listening starts before it: a quick job would be gone before we look. */
static int queue_restart(sd_bus *bus, const char *unit, struct job *job, struct sf_error *err)
{
    sf_auto(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
    sf_auto(message) sd_bus_message *subscribed = NULL;
    sf_auto(message) sd_bus_message *reply = NULL;
    const char *path = NULL;
    int r = sd_bus_add_match(bus, NULL,
                             "type='signal',interface='" MANAGER "',member='JobRemoved',"
                             "path='" MANAGER_PATH "'",
                             on_job_removed, job);

    if (r >= 0) {
        r = call_manager(bus, "Subscribe", NULL, NULL, &subscribed, &error);
    }
    if (r >= 0) {
        r = call_manager(bus, "RestartUnit", unit, "replace", &reply, &error);
    }
    if (r >= 0) {
        r = sd_bus_message_read_basic(reply, 'o', &path);
    }
    if (r < 0) {
        return call_error(err, r, &error, unit);
    }
    job->path = strdup(path);
    return job->path == NULL ? sf_error_no_memory(err) : 0;
}

static int wait_for_job(sd_bus *bus, const char *unit, struct job *job, uint32_t timeout_s,
                        struct sf_error *err)
{
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)timeout_s * 1000;

    while (job->result == NULL) {
        int r = sd_bus_process(bus, NULL);

        if (r == 0) {
            int64_t left_ms = deadline_ms - sf_clock_monotonic_ms();

            if (left_ms <= 0) {
                return sf_error_set(err, SF_E_UNHEALTHY, "%s has not restarted within %u s", unit,
                                    timeout_s);
            }
            r = sd_bus_wait(bus, (uint64_t)left_ms * 1000);
        }
        if (r < 0 && r != -EINTR) {
            return call_error(err, r, NULL, unit);
        }
    }
    if (!sf_str_is_equal(job->result, "done")) {
        return sf_error_set(err, SF_E_UNHEALTHY,
                            "%s did not restart (%s), its log says why: journalctl -u %s", unit,
                            job->result, unit);
    }
    return 0;
}

static int check_settled(const char *unit, const struct unit_state *state, uint32_t restarts_before,
                         struct sf_error *err)
{
    bool is_up =
        sf_str_is_equal(state->active, "active") || sf_str_is_equal(state->active, "reloading");

    if (is_up && state->restart_count == restarts_before) {
        return 0;
    }
    return sf_error_set(
        err, SF_E_UNHEALTHY,
        "%s did not stay up after its restart (%s, %s%s), its log says why: journalctl -u %s", unit,
        state->active, state->sub,
        state->restart_count == restarts_before ? "" : ", died and was started again", unit);
}

/* A service that systemd brings up again and again looks active between its deaths: the counter of
 * automatic restarts tells. */
static int watch_settle(sd_bus *bus, const char *unit, uint32_t settle_s, struct sf_error *err)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)settle_s * 1000;
    uint32_t restarts_before = 0;

    for (bool is_first = true;; is_first = false) {
        sf_auto(unit_state) struct unit_state state = {0};
        int r = read_state(bus, unit, &state, err);

        if (r == 0 && is_first) {
            restarts_before = state.restart_count;
        }
        if (r == 0) {
            r = check_settled(unit, &state, restarts_before, err);
        }
        if (r < 0 || sf_clock_monotonic_ms() >= deadline_ms) {
            return r;
        }
        (void)nanosleep(&pause, NULL);
    }
}

int sf_service_manager_restart(const char *unit, uint32_t timeout_s, uint32_t settle_s,
                               struct sf_error *err)
{
    /* Before the bus, which on its release no longer calls back into it. */
    sf_auto(job) struct job job = {0};
    sf_auto(bus) sd_bus *bus = NULL;
    int r = connect_to_manager(&bus, err);

    if (r < 0) {
        return sf_error_prefix(err, "%s: ", unit);
    }
    r = queue_restart(bus, unit, &job, err);
    if (r == 0) {
        r = wait_for_job(bus, unit, &job, timeout_s, err);
    }
    return r < 0 ? r : watch_settle(bus, unit, settle_s, err);
}
