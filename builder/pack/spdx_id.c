/* One licence name of a distribution as an SPDX id. */
#include "builder/pack/spdx.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/base/str.h"

/* Ids that distributions write as SPDX does, but for the case of letters. */
static const char *const ids[] = {
    "0BSD",         "AFL-2.0",
    "AFL-2.1",      "Apache-1.0",
    "Apache-1.1",   "Apache-2.0",
    "Artistic-1.0", "Artistic-1.0-Perl",
    "Artistic-2.0", "Beerware",
    "blessing",     "BSD-1-Clause",
    "BSD-2-Clause", "BSD-3-Clause",
    "BSD-4-Clause", "BSD-4-Clause-UC",
    "BSL-1.0",      "bzip2-1.0.6",
    "CC-BY-4.0",    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0", "CC0-1.0",
    "CDDL-1.0",     "curl",
    "EPL-1.0",      "EPL-2.0",
    "FSFAP",        "FSFUL",
    "FSFULLR",      "FSFULLRWD",
    "FTL",          "HPND",
    "ICU",          "IJG",
    "ISC",          "JSON",
    "Libpng",       "libtiff",
    "MIT",          "MIT-0",
    "MPL-1.1",      "MPL-2.0",
    "NCSA",         "NTP",
    "OLDAP-2.8",    "OpenSSL",
    "PostgreSQL",   "PSF-2.0",
    "Python-2.0",   "RSA-MD",
    "Ruby",         "SISSL",
    "Sleepycat",    "TCL",
    "TCP-wrappers", "Unicode-DFS-2016",
    "Unlicense",    "Vim",
    "W3C",          "X11",
    "Zlib",         "zlib-acknowledgement",
};

static const char *const aliases[][2] = {
    {"Apache-2", "Apache-2.0"},
    {"Apache-License-2.0", "Apache-2.0"},
    {"ASL-2.0", "Apache-2.0"},
    {"Artistic", "Artistic-1.0-Perl"},
    {"Boost", "BSL-1.0"},
    {"Boost-1.0", "BSL-1.0"},
    {"BSD-2", "BSD-2-Clause"},
    {"BSD-2-clauses", "BSD-2-Clause"},
    {"BSD-3", "BSD-3-Clause"},
    {"BSD-3-clauses", "BSD-3-Clause"},
    {"BSD-4", "BSD-4-Clause"},
    {"BSD-4-clause-UCB", "BSD-4-Clause-UC"},
    {"Expat", "MIT"},
    {"MIT-X11", "X11"},
    {"MIT/X11", "X11"},
    {"OpenLDAP", "OLDAP-2.8"},
    {"OpenLDAP-2.8", "OLDAP-2.8"},
    {"Perl", "(GPL-1.0-or-later OR Artistic-1.0-Perl)"},
    {"PSF", "PSF-2.0"},
    {"PSF-2", "PSF-2.0"},
    {"Python", "Python-2.0"},
    {"zlib/libpng", "Zlib"},
};

/* By how the words behind "with" begin. */
static const char *const exceptions[][2] = {
    {"Autoconf-exception-generic", "Autoconf-exception-generic"},
    {"autoconf", "Autoconf-exception-generic"},
    {"Bison", "Bison-exception-2.2"},
    {"Classpath", "Classpath-exception-2.0"},
    {"GCC", "GCC-exception-3.1"},
    {"Libtool", "Libtool-exception"},
    {"LLVM", "LLVM-exception"},
};

static const char *find_listed(const char *name)
{
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcasecmp(ids[i], name) == 0) {
            return ids[i];
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcasecmp(aliases[i][0], name) == 0) {
            return aliases[i][1];
        }
    }
    return NULL;
}

/* "+", "-or-later", ".0+" and the like, after the digits of a version. */
static const char *ending_of(const char *rest)
{
    if (*rest == '\0' || strcasecmp(rest, "-only") == 0) {
        return "-only";
    }
    if (strcmp(rest, "+") == 0 || strcasecmp(rest, "-or-later") == 0) {
        return "-or-later";
    }
    return NULL;
}

/* The licences of the GNU project: a family, a version of one or two numbers, later ones or not. */
static char *gnu_id(const char *name)
{
    static const char *const families[] = {"GPL", "LGPL", "AGPL", "GFDL"};

    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        size_t length = strlen(families[i]);
        const char *version = name + length;

        if (strncasecmp(name, families[i], length) != 0) {
            continue;
        }
        version += strncasecmp(version, "-v", 2) == 0       ? 2
                   : version[0] == '-' || version[0] == 'v' ? 1
                                                            : 0;
        if (!isdigit((unsigned char)version[0])) {
            continue;
        }

        bool has_minor = version[1] == '.' && isdigit((unsigned char)version[2]);
        const char *ending = ending_of(version + (has_minor ? 3 : 1));

        return ending == NULL ? NULL
                              : sf_str_format("%s-%c.%c%s", families[i], version[0],
                                              has_minor ? version[2] : '0', ending);
    }
    return NULL;
}

static char *with_exception(const char *name, const char *with)
{
    sf_autofree char *left = strndup(name, (size_t)(with - name));
    sf_autofree char *id = left == NULL ? NULL : sf_spdx_id(left);
    const char *right = with + strlen("-with-");

    for (size_t i = 0; id != NULL && i < sizeof exceptions / sizeof *exceptions; i++) {
        if (strncasecmp(right, exceptions[i][0], strlen(exceptions[i][0])) == 0) {
            return sf_str_format("%s WITH %s", id, exceptions[i][1]);
        }
    }
    return NULL;
}

char *sf_spdx_id(const char *name)
{
    const char *with = strcasestr(name, "-with-");
    const char *listed = find_listed(name);

    if (listed != NULL) {
        return strdup(listed);
    }
    return with == NULL ? gnu_id(name) : with_exception(name, with);
}
