/* Compares a tree with its manifest. The digest as shipped is the caller's to compute (content
 * layer). */
#ifndef SF_STORE_TREE_CHECK_H
#define SF_STORE_TREE_CHECK_H

#include "common/base/cleanup.h"
#include "common/format/manifest.h"

#include <stddef.h>

struct sf_error;

enum sf_finding_kind {
    SF_FINDING_CHANGED,
    SF_FINDING_MISSING,
    SF_FINDING_EXTRA,
    SF_FINDING_MODE,
    SF_FINDING_TYPE
};

struct sf_finding {
    enum sf_finding_kind kind;
    char *path;
    char detail[160]; /* "mode 0755, expected 0644" */
};

struct sf_findings {
    struct sf_finding *items;
    size_t count;
    size_t capacity;
};

/* Computes the digest of a file as shipped; returns INTEGRITY for a slot that holds something else.
 */
typedef int (*sf_tree_digest)(void *context, int fd, const struct sf_manifest_file *file,
                              char hex[static 65], struct sf_error *err);

/*
 * Walks the tree at `tree_fd`; differences are findings (at most 10000), not errors. Extra files,
 * missing files, types, modes, owners (as root), link targets, sizes and digests (`digest` NULL:
 * contents are not read). Errors: IO, NO_MEMORY.
 */
int sf_tree_check(int tree_fd, const struct sf_manifest *manifest, sf_tree_digest digest,
                  void *context, struct sf_findings *ret, struct sf_error *err);

const char *sf_finding_kind_name(enum sf_finding_kind kind); /* "changed" */

void sf_findings_done(struct sf_findings *findings);

SF_DEFINE_AUTO_STRUCT(findings, struct sf_findings, sf_findings_done)

#endif
