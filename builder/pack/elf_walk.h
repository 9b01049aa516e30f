/* The ELF files of a tree that is being built. */
#ifndef SF_BUILDER_PACK_ELF_WALK_H
#define SF_BUILDER_PACK_ELF_WALK_H

struct sf_elf_info;
struct sf_error;

/* `path` is below the tree ("view/bin/sinfo"); a negative return ends the walk. */
typedef int (*sf_elf_visit)(void *context, const char *path, const struct sf_elf_info *info,
                            struct sf_error *err);

/*
 * Calls `visit` for each ELF file below view/, ascending by path. The list is made first, so
 * `visit` may change and add files. Errors: FORMAT (a damaged ELF), IO, those of `visit`.
 */
int sf_elf_walk(int tree_fd, sf_elf_visit visit, void *context, struct sf_error *err);

#endif
