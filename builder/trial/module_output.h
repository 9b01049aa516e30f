/* What a module system wants a shell to do. */
#ifndef SF_BUILDER_TRIAL_MODULE_OUTPUT_H
#define SF_BUILDER_TRIAL_MODULE_OUTPUT_H

/*
 * The value that `NAME=VALUE;` lines of shell code, as Lmod and Environment Modules print them for
 * bash, give to a variable. NULL when they do not set it, or when out of memory. Owned by the
 * caller.
 */
char *sf_module_output_value(const char *text, const char *name);

#endif
