/* The texts of the modulefiles of a release, Lua for Lmod and Tcl for both module systems. */
#ifndef SF_CONTENT_MODULEFILE_H
#define SF_CONTENT_MODULEFILE_H

#include "common/format/release.h"

/* Files below meta/modules of an artifact. */
#define SF_MODULEFILE_LUA    "slurm.lua"
#define SF_MODULEFILE_TCL    "slurm.tcl"
#define SF_MODULEFILE_RC_LUA "modulerc.lua"
#define SF_MODULEFILE_RC_TCL "modulerc.tcl"

/*
 * The text of the named file for `release`, with `prefix` (the clean one) in it. They set PATH,
 * MANPATH, CPATH, PKG_CONFIG_PATH, CMAKE_PREFIX_PATH (those directories that exist), SLURM_ROOT,
 * SLURM_PREFIX, SLURM_VERSION, SLURM_BUILD_TYPE, and SLURM_INSTALL_PREFIX unless the user set it,
 * which then is the prefix; never LD_LIBRARY_PATH nor SLURM_CONF; they print nothing. The rc files
 * make this release the default. NULL when out of memory or unknown. Owned by the caller.
 */
char *sf_modulefile_text(const char *name, const struct sf_release *release, const char *prefix);

#endif
