/* The library of the tiny Slurm: its version and the paths that were compiled into it. */
const char *tiny_version(void);
const char *tiny_plugin_dir(void);
const char *tiny_stepd(void);

const char *tiny_version(void)
{
    return "slurm " TINY_VERSION;
}

const char *tiny_plugin_dir(void)
{
    return TINY_PREFIX "/lib/slurm";
}

const char *tiny_stepd(void)
{
    return TINY_PREFIX "/sbin/slurmstepd";
}
