/* systemd over D-Bus (sd-bus): reload, the state of a unit, restart and wait. */
#ifndef SF_HOST_SERVICE_MANAGER_H
#define SF_HOST_SERVICE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

struct sf_error;

/* True when PID 1 is systemd (sd_booted(3)). False in chroots and containers without it. */
bool sf_service_manager_is_running(void);

/* daemon-reload. Errors: IO with D-Bus' own words. */
int sf_service_manager_reload(struct sf_error *err);

/* True in `*ret_is_active` when the unit's ActiveState is active, reloading or activating. */
int sf_service_manager_is_active(const char *unit, bool *ret_is_active, struct sf_error *err);

/*
 * Restarts the unit, waits for the job (at most `timeout_s`), then watches for `settle_s` that it
 * stays active. Errors: UNHEALTHY naming unit and result, IO.
 */
int sf_service_manager_restart(const char *unit, uint32_t timeout_s, uint32_t settle_s,
                               struct sf_error *err);

#endif
