/* What the dynamic linker prints about a file instead of running it: with LD_TRACE_LOADED_OBJECTS,
 * and with LD_WARN about symbols, too. */
#ifndef SF_BUILDER_TRIAL_LOADER_OUTPUT_H
#define SF_BUILDER_TRIAL_LOADER_OUTPUT_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

struct sf_error;

struct sf_loader_output {
    struct sf_strlist names;     /* sonames, in the order of the linker */
    struct sf_strlist paths;     /* where each was found, without ".."; "" for nowhere */
    struct sf_strlist undefined; /* symbols that nothing defines */
    char *problem;               /* the first line that is anything else; NULL for none */
};

/* Reads its output. What is loaded by path (the linker itself, a preloaded file) is left out.
 * Errors: NO_MEMORY. */
int sf_loader_output_parse(const char *text, struct sf_loader_output *ret, struct sf_error *err);

void sf_loader_output_done(struct sf_loader_output *output);

SF_DEFINE_AUTO_STRUCT(loader_output, struct sf_loader_output, sf_loader_output_done)

/*
 * Why a program that ran with this output and exit status never came as far as its own code: the
 * linker's line, or the signal that ended it. NULL when it did. Owned by the caller.
 */
char *sf_loader_failure(const char *text, int status);

#endif
