/* Operands that are a URL or a directory of this machine. */
#ifndef SF_BUILDER_OPERAND_URL_H
#define SF_BUILDER_OPERAND_URL_H

struct sf_error;

/*
 * The URL without a final slash: of a directory "file:///srv/repo", anything with "://" in it as it
 * is. Owned by the caller. Errors: NOT_FOUND, PERMISSION, IO (no such directory), NO_MEMORY.
 */
int sf_operand_url(const char *operand, char **ret, struct sf_error *err);

#endif
