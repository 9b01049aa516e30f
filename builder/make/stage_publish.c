/* Stage publish: the artifact goes into the repository that people read. */
#include "builder/make/stage.h"

#include "builder/make/make.h"
#include "builder/repository/publisher.h"
#include "builder/repository/target.h"
#include "common/base/error.h"
#include "common/base/path.h"

int sf_make_publish(struct sf_make *make, struct sf_error *err)
{
    sf_autofree char *from = sf_path_join(make->cell.path, SF_MAKE_REPOSITORY);
    sf_auto(target) struct sf_target *target = NULL;
    int r = from == NULL ? sf_error_no_memory(err) : sf_target_open(make->target, &target, err);

    if (r < 0) {
        return r;
    }

    const struct sf_publication publication = {
        .target = target,
        .from = from,
        .signer = make->signer,
        .name = make->repository_name,
        .keep = make->keep,
    };

    return sf_publisher_run(&publication, make->report, err);
}
