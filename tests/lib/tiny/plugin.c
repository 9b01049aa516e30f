/* A plugin of the tiny Slurm. As in the real one, what it calls comes from the program. */
extern const char *tiny_version(void);
const char *plugin_check(void);

const char plugin_name[] = "tiny plugin";
const char plugin_type[] = TINY_PLUGIN;
const unsigned int plugin_version = TINY_NUMBER;

const char *plugin_check(void)
{
    return tiny_version();
}
