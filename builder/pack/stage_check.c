/* Checks that the tree holds all that its files need, before anybody has to find out on a node. */
#include "builder/pack/stage.h"

#include "builder/pack/build.h"
#include "common/content/closure.h"

int sf_stage_check(struct sf_build *build, struct sf_error *err)
{
    struct sf_closure closure = {.tree_fd = build->tree_fd,
                                 .arch = build->release.arch,
                                 .glibc = build->glibc_ceiling,
                                 .host_libraries = &build->host_libraries};

    return sf_closure_check(&closure, build->glibc, err);
}
