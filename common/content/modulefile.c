/* The texts of a release's modulefiles. */
#include "common/content/modulefile.h"

#include <stddef.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/str.h"

/*
 * SLURM_INSTALL_PREFIX is the user's to set, and ours when the user did not. SLURM_MODULE_PREFIX
 * tells the two apart: it holds the value that a module set. So the value of the release that was
 * loaded before is not taken for the user's, and the user's own survives an unload. SLURM_ROOT is
 * the prefix in use; while unloading it says what was added.
 */
static const char lua_text[] =
    "-- Slurm @SHORT@ (@ID@), for Lmod.\n"
    "help([[Slurm @SHORT@, the workload manager: commands, libraries and manual pages.\n"
    "\n"
    "Set SLURM_INSTALL_PREFIX before loading to use another installation. The configuration is\n"
    "found as Slurm itself does: SLURM_CONF, /etc/slurm/slurm.conf or slurmctld.]])\n"
    "whatis(\"Name: slurm\")\n"
    "whatis(\"Version: @SHORT@\")\n"
    "whatis(\"Description: Slurm workload manager\")\n"
    "whatis(\"URL: https://slurm.schedmd.com\")\n"
    "\n"
    "conflict(\"slurm\")\n"
    "family(\"workload_manager\")\n"
    "\n"
    "local own = \"@PREFIX@\"\n"
    "local asked = os.getenv(\"SLURM_INSTALL_PREFIX\") or \"\"\n"
    "local ours = os.getenv(\"SLURM_MODULE_PREFIX\") or \"\"\n"
    "local is_asked = asked ~= \"\" and asked ~= ours\n"
    "local is_unload = mode() == \"unload\"\n"
    "local prefix = is_asked and asked or own\n"
    "if is_unload then\n"
    "    prefix = os.getenv(\"SLURM_ROOT\") or own\n"
    "end\n"
    "if mode() == \"load\" and not isFile(pathJoin(prefix, \"bin/scontrol\")) then\n"
    "    LmodError(\"there is no Slurm in \" .. prefix .. \": bin/scontrol is missing\" ..\n"
    "              (is_asked and \"; SLURM_INSTALL_PREFIX names it\" or \"\"))\n"
    "end\n"
    "\n"
    "local function prepend(name, directory)\n"
    "    local path = pathJoin(prefix, directory)\n"
    "    if is_unload or isDir(path) then\n"
    "        prepend_path(name, path)\n"
    "    end\n"
    "end\n"
    "\n"
    "prepend(\"PATH\", \"bin\")\n"
    "prepend(\"PATH\", \"sbin\")\n"
    "prepend(\"MANPATH\", \"share/man\")\n"
    "-- An empty element stands for the manual pages of the system.\n"
    "append_path(\"MANPATH\", \"\")\n"
    "prepend(\"CPATH\", \"include\")\n"
    "prepend(\"PKG_CONFIG_PATH\", \"lib/pkgconfig\")\n"
    "prepend_path(\"CMAKE_PREFIX_PATH\", prefix)\n"
    "setenv(\"SLURM_ROOT\", prefix)\n"
    "setenv(\"SLURM_PREFIX\", prefix)\n"
    "setenv(\"SLURM_VERSION\", \"@VERSION@\")\n"
    "setenv(\"SLURM_BUILD_TYPE\", \"@VARIANT@\")\n"
    "if not is_asked then\n"
    "    setenv(\"SLURM_INSTALL_PREFIX\", own)\n"
    "end\n"
    "if not is_asked or is_unload then\n"
    "    setenv(\"SLURM_MODULE_PREFIX\", own)\n"
    "end\n";

static const char tcl_text[] =
    "#%Module1.0\n"
    "# Slurm @SHORT@ (@ID@), for Environment Modules and Lmod.\n"
    "proc ModulesHelp {} {\n"
    "    puts stderr {Slurm @SHORT@, the workload manager: commands, libraries and manual pages.\n"
    "\n"
    "Set SLURM_INSTALL_PREFIX before loading to use another installation. The configuration is\n"
    "found as Slurm itself does: SLURM_CONF, /etc/slurm/slurm.conf or slurmctld.}\n"
    "}\n"
    "module-whatis {Name: slurm}\n"
    "module-whatis {Version: @SHORT@}\n"
    "module-whatis {Description: Slurm workload manager}\n"
    "module-whatis {URL: https://slurm.schedmd.com}\n"
    "\n"
    "conflict slurm\n"
    "\n"
    "proc value_of {name} {\n"
    "    return [expr {[info exists ::env($name)] ? $::env($name) : {}}]\n"
    "}\n"
    "set own {@PREFIX@}\n"
    "set asked [value_of SLURM_INSTALL_PREFIX]\n"
    "set is_asked [expr {$asked ne {} && $asked ne [value_of SLURM_MODULE_PREFIX]}]\n"
    "set is_unload [module-info mode remove]\n"
    "set prefix [expr {$is_asked ? $asked : $own}]\n"
    "if {$is_unload && [value_of SLURM_ROOT] ne {}} {\n"
    "    set prefix [value_of SLURM_ROOT]\n"
    "}\n"
    "if {[module-info mode load] && ![file isfile $prefix/bin/scontrol]} {\n"
    "    puts stderr \"there is no Slurm in $prefix: bin/scontrol is missing[expr {$is_asked ?\n"
    "        {; SLURM_INSTALL_PREFIX names it} : {}}]\"\n"
    "    exit 1\n"
    "}\n"
    "\n"
    "foreach {name directory} {\n"
    "    PATH bin\n"
    "    PATH sbin\n"
    "    MANPATH share/man\n"
    "    CPATH include\n"
    "    PKG_CONFIG_PATH lib/pkgconfig\n"
    "} {\n"
    "    if {$is_unload || [file isdirectory $prefix/$directory]} {\n"
    "        prepend-path $name $prefix/$directory\n"
    "    }\n"
    "}\n"
    "# An empty element stands for the manual pages of the system.\n"
    "append-path MANPATH {}\n"
    "prepend-path CMAKE_PREFIX_PATH $prefix\n"
    "setenv SLURM_ROOT $prefix\n"
    "setenv SLURM_PREFIX $prefix\n"
    "setenv SLURM_VERSION @VERSION@\n"
    "setenv SLURM_BUILD_TYPE @VARIANT@\n"
    "if {!$is_asked} {\n"
    "    setenv SLURM_INSTALL_PREFIX $own\n"
    "}\n"
    "if {!$is_asked || $is_unload} {\n"
    "    setenv SLURM_MODULE_PREFIX $own\n"
    "}\n";

static const char rc_lua_text[] = "-- The release that is active is the default.\n"
                                  "module_version(\"slurm/@SHORT@\", \"default\")\n";

static const char rc_tcl_text[] = "#%Module1.0\n"
                                  "# The release that is active is the default.\n"
                                  "module-version slurm/@SHORT@ default\n";

static const char *template_of(const char *name)
{
    static const struct {
        const char *name;
        const char *text;
    } templates[] = {
        {SF_MODULEFILE_LUA, lua_text},
        {SF_MODULEFILE_TCL, tcl_text},
        {SF_MODULEFILE_RC_LUA, rc_lua_text},
        {SF_MODULEFILE_RC_TCL, rc_tcl_text},
    };

    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        if (sf_str_is_equal(name, templates[i].name)) {
            return templates[i].text;
        }
    }
    return NULL;
}

char *sf_modulefile_text(const char *name, const struct sf_release *release, const char *prefix)
{
    char id[SF_RELEASE_ID_SIZE];
    char build[SF_RELEASE_ID_SIZE];
    const char *template = template_of(name);

    if (template == NULL) {
        return NULL;
    }
    sf_release_format(release, id);
    sf_release_short(release, build);

    /* The prefix last: nothing in it is taken for a placeholder. */
    const char *const words[][2] = {
        {"@ID@", id},
        {"@SHORT@", build},
        {"@VERSION@", release->version},
        {"@VARIANT@", release->variant},
        {"@PREFIX@", prefix},
    };
    sf_autofree char *text = strdup(template);

    for (size_t i = 0; text != NULL && i < sizeof words / sizeof *words; i++) {
        size_t size = 0;
        char *next = sf_str_replace(text, strlen(text), words[i][0], words[i][1], &size);

        free(text);
        text = next;
    }
    return sf_steal(&text);
}
