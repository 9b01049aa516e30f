/* What an operator says on the command line of a pack, looked at before hours of work. */
#ifndef SF_BUILDER_PACK_PACK_CHECK_H
#define SF_BUILDER_PACK_PACK_CHECK_H

struct sf_error;

/* `text` is a version of glibc such as "2.34". Errors: USAGE. */
int sf_pack_check_glibc(const char *text, struct sf_error *err);

/* `text` is a CPU level that nodes know. Errors: USAGE, naming the levels. */
int sf_pack_check_cpu_level(const char *text, struct sf_error *err);

/* `text` is a name, a space and 64 hexadecimal digits. Errors: USAGE. */
int sf_pack_check_source(const char *text, struct sf_error *err);

#endif
