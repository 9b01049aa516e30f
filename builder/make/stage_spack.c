/* Stages concretize, spack and install of a Slurm that Spack builds. */
#include "builder/make/stage.h"

#include <unistd.h>

#include "builder/make/make.h"
#include "builder/spack/spack_build.h"
#include "builder/spack/spack_config.h"
#include "builder/spack/spack_yaml.h"
#include "common/base/buffer.h"
#include "common/base/error.h"

static struct sf_spack_build build_of(const struct sf_make *make)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return (struct sf_spack_build){
        .place = &make->place,
        .release = &make->release,
        .config = make->spack,
        .program = make->spack_program,
        .jobs = make->jobs != 0 ? make->jobs : (uint32_t)(processors < 1 ? 1 : processors),
    };
}

static int describe_concretize(const struct sf_make *make, struct sf_buffer *inputs,
                               struct sf_error *err)
{
    int r = sf_spack_yaml_write(make->spack, &make->release, "/" SF_SPACK_DIRECTORY, inputs, err);

    return r < 0 ? r
                 : sf_buffer_format(inputs, err, "program %s\nplace %s\n",
                                    make->spack_program == NULL ? "" : make->spack_program,
                                    make->place_text);
}

static int run_concretize(struct sf_make *make, int log_fd, struct sf_error *err)
{
    const struct sf_spack_build build = build_of(make);

    return sf_spack_concretize(&build, log_fd, err);
}

/* All that it depends on is in the environment. */
static int describe_install(const struct sf_make *make, struct sf_buffer *inputs,
                            struct sf_error *err)
{
    (void)make;
    (void)inputs;
    (void)err;
    return 0;
}

static int run_install(struct sf_make *make, int log_fd, struct sf_error *err)
{
    const struct sf_spack_build build = build_of(make);

    return sf_spack_install(&build, log_fd, err);
}

static int describe_merge(const struct sf_make *make, struct sf_buffer *inputs,
                          struct sf_error *err)
{
    int r = sf_buffer_format(inputs, err, "sf-builder %s\nepoch %lld\n", make->own_digest,
                             (long long)make->epoch_s);

    if (r == 0) {
        r = sf_make_describe_list(inputs, "leave-out", &make->spack->left_out, err);
    }
    return r < 0 ? r : sf_make_describe_list(inputs, "keep", &make->spack->kept, err);
}

static int run_merge(struct sf_make *make, int log_fd, struct sf_error *err)
{
    const struct sf_spack_build build = build_of(make);

    return sf_spack_merge(&build, SF_MAKE_DESTDIR, log_fd, err);
}

const struct sf_make_stage sf_make_spack_concretize = {.describe = describe_concretize,
                                                       .run = run_concretize};
const struct sf_make_stage sf_make_spack_install = {.describe = describe_install,
                                                    .run = run_install};
const struct sf_make_stage sf_make_spack_merge = {.describe = describe_merge, .run = run_merge};
