/* Units for the daemons of a Slurm that came without. */
#include "builder/spack/units.h"

#include <stddef.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define UNITS  "lib/systemd/system"
#define PREFIX "@PREFIX@"

#define START(description, after)                                                                  \
    "[Unit]\n"                                                                                     \
    "Description=" description "\n"                                                                \
    "After=network-online.target remote-fs.target sssd.service " after "\n"                        \
    "Wants=network-online.target\n"

/* The options of a daemon, as both families of distributions have them. */
#define SERVICE(name, type)                                                                        \
    "\n[Service]\n"                                                                                \
    "Type=" type "\n"                                                                              \
    "EnvironmentFile=-/etc/sysconfig/" name "\n"                                                   \
    "EnvironmentFile=-/etc/default/" name "\n"

#define AS_SLURM                                                                                   \
    "User=slurm\n"                                                                                 \
    "Group=slurm\n"

#define END                                                                                        \
    "ExecReload=/bin/kill -HUP $MAINPID\n"                                                         \
    "TasksMax=infinity\n"                                                                          \
    "\n[Install]\n"                                                                                \
    "WantedBy=multi-user.target\n"

/* Steps and what holds credentials outlive a restart of the daemon; jobs get its limits. */
#define KEEPS_CHILDREN                                                                             \
    "KillMode=process\n"                                                                           \
    "LimitNOFILE=131072\n"                                                                         \
    "LimitMEMLOCK=infinity\n"                                                                      \
    "LimitSTACK=infinity\n"

static const struct {
    const char *daemon;
    const char *text;
} units[] = {
    {"slurmctld",
     START("Slurm controller daemon",
           "munge.service") "ConditionPathExists=/etc/slurm/slurm.conf\n" SERVICE("slurmctld",
                                                                                  "notify") AS_SLURM
     "RuntimeDirectory=slurmctld\n"
     "RuntimeDirectoryMode=0755\n"
     "ExecStart=" PREFIX "/sbin/slurmctld --systemd $SLURMCTLD_OPTIONS\n"
     "LimitNOFILE=65536\n" END},
    {"slurmd",
     START("Slurm node daemon", "munge.service")
         SERVICE("slurmd", "notify") "RuntimeDirectory=slurm\n"
                                     "RuntimeDirectoryMode=0755\n"
                                     "ExecStart=" PREFIX "/sbin/slurmd --systemd $SLURMD_OPTIONS\n"
                                     "Delegate=yes\n" KEEPS_CHILDREN END},
    {"slurmdbd",
     START("Slurm DBD accounting daemon",
           "munge.service mysqld.service mariadb.service") "ConditionPathExists=/etc/slurm/"
                                                           "slurmdbd.conf\n" SERVICE(
                                                               "slurmdbd", "simple") AS_SLURM
     "RuntimeDirectory=slurmdbd\n"
     "RuntimeDirectoryMode=0755\n"
     "ExecStart=" PREFIX "/sbin/slurmdbd -D -s $SLURMDBD_OPTIONS\n"
     "LimitNOFILE=65536\n" END},
    /* Who it runs as is said in its options: neither root nor slurm may. */
    {"slurmrestd",
     START("Slurm REST daemon",
           "slurmctld.service") "ConditionPathExists=/etc/slurm/"
                                "slurm.conf\n" SERVICE(
                                    "slurmrestd", "simple") "Environment=SLURM_JWT=daemon "
                                                            "SLURMRESTD_LISTEN=:6820\n"
                                                            "ExecStart=" PREFIX "/sbin/slurmrestd "
                                                            "$SLURMRESTD_OPTIONS\n" END},
    {"sackd",
     START("Slurm auth and cred kiosk daemon", "munge.service") SERVICE("sackd", "notify") AS_SLURM
     "RuntimeDirectory=slurm\n"
     "RuntimeDirectoryMode=0755\n"
     "ExecStart=" PREFIX "/sbin/sackd --systemd $SACKD_OPTIONS\n" KEEPS_CHILDREN END},
};

static int write_unit(int tree_fd, int units_fd, size_t i, const char *prefix, struct sf_error *err)
{
    sf_autofree char *program = sf_str_format("sbin/%s", units[i].daemon);
    sf_autofree char *name = sf_str_format("%s.service", units[i].daemon);
    size_t size = 0;
    sf_autofree char *text =
        sf_str_replace(units[i].text, strlen(units[i].text), PREFIX, prefix, &size);

    if (program == NULL || name == NULL || text == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_dir_has(tree_fd, program) || sf_dir_has(units_fd, name)) {
        return 0;
    }
    return sf_atomic_file_write(units_fd, name, text, size, 0644, err);
}

int sf_spack_units_write(int tree_fd, const char *prefix, struct sf_error *err)
{
    sf_autoclose int units_fd = -1;
    int r = sf_dir_make(tree_fd, UNITS, err);

    if (r == 0) {
        r = sf_dir_open(tree_fd, UNITS, &units_fd, err);
    }
    for (size_t i = 0; r == 0 && i < sizeof units / sizeof *units; i++) {
        r = write_unit(tree_fd, units_fd, i, prefix, err);
    }
    return r;
}
