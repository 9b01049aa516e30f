/* Early refusals. */
#include "builder/make/check.h"

#include <stddef.h>
#include <string.h>

#include "builder/make/make.h"
#include "builder/pack/stage.h"
#include "builder/repository/target.h"
#include "builder/trial/trial.h"
#include "common/base/error.h"
#include "common/base/str.h"

/* Of what is in ASCII, only these mean nothing to configure, to make, and in -ffile-prefix-map. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,@~^"

static int check_state(const char *state, struct sf_error *err)
{
    sf_autofree char *printable = sf_str_printable(state);

    for (const char *c = state; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x80 && strchr(PLAIN, *c) == NULL) {
            return sf_error_set(
                err, SF_E_USAGE,
                "'%s': configure and make cannot work below a directory with blanks "
                "or special characters in its path; give another one with --state, "
                "or --build-root, inside which it has another path",
                printable == NULL ? "" : printable);
        }
    }
    return 0;
}

int sf_make_check_paths(const struct sf_make *make, struct sf_error *err)
{
    sf_auto(target) struct sf_target *target = NULL;
    int r = sf_place_is_machine(&make->place) ? check_state(make->state, err) : 0;

    return r < 0 || make->target == NULL ? r : sf_target_open(make->target, &target, err);
}

int sf_make_check_pack(const struct sf_make *make, struct sf_error *err)
{
    const char *const programs[] = {sf_strip_program(make->release.arch), "patchelf"};
    static const struct sf_place machine = {.root = "/"};

    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (!sf_place_has_program(&machine, programs[i])) {
            return sf_error_set(err, SF_E_NOT_FOUND,
                                "this machine has no %s, which the pack of a release for %s takes; "
                                "install patchelf, and binutils for that architecture",
                                programs[i], make->release.arch);
        }
    }
    return 0;
}

int sf_make_check_test(const struct sf_make *make, struct sf_error *err)
{
    const struct sf_place place = {.root = make->test_root};
    sf_autofree char *text = NULL;
    int r = sf_trial_check_user(err);

    if (r < 0) {
        return sf_error_prefix(err, "--until=pack leaves out the test: ");
    }
    if (make->test_root == NULL) {
        return 0;
    }
    r = sf_place_describe(&place, make->release.arch, &text, err);
    return r < 0 ? sf_error_prefix(err, "--test-root: ") : 0;
}
