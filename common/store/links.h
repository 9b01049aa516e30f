/*
 * The links outside the trees through which people and systemd reach a release: units and
 * modulefiles. Each is brought to what it should be; something of another's making is never
 * touched, only reported.
 */
#ifndef SF_STORE_LINKS_H
#define SF_STORE_LINKS_H

#include "common/base/strlist.h"
#include "common/format/config.h"

#include <stdbool.h>

struct sf_error;
struct sf_layout;

/*
 * modules/slurm: for each tree `<version>-<build>` (Tcl) and `.lua`, `<series>` and
 * `<series>-<toolchain>` (the active release of that series, else its newest), and the rc files
 * through `current`. Links of removed trees go. `ret_skipped` gets names that are the
 * administrator's own. Without an active release no rc file.
 */
int sf_links_sync_modules(const struct sf_layout *layout, const char *active_id,
                          struct sf_strlist *ret_skipped, struct sf_error *err);

/*
 * /etc/systemd/system/<unit> for each of `wanted` -> <root>/current/meta/units/<unit> (or a copy in
 * SF_UNITS_COPY; a copy carries a first comment line that marks it as ours), and removes ours of
 * units that are not wanted. SF_UNITS_NONE: nothing is wanted. `*ret_changed`: systemd must reload.
 */
int sf_links_sync_units(const struct sf_layout *layout, enum sf_units_mode mode,
                        const struct sf_strlist *wanted, struct sf_strlist *ret_skipped,
                        bool *ret_changed, struct sf_error *err);

#endif
