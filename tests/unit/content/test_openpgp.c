/* A GPGME context for OpenPGP. */
#include "tests/unit/sf_test.h"

#include <gpgme.h>

#include "common/content/openpgp.h"

static void context_has_the_home_it_was_given(void **state)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    struct sf_error error;

    assert_sf_ok(sf_openpgp_new(*state, &context, &error), &error);
    gpgme_engine_info_t info = gpgme_ctx_get_engine_info(context);

    while (info != NULL && info->protocol != GPGME_PROTOCOL_OpenPGP) {
        info = info->next;
    }
    assert_true(info != NULL && strcmp(info->home_dir, *state) == 0);
    assert_int_equal(gpgme_get_protocol(context), GPGME_PROTOCOL_OpenPGP);
}

static void context_without_home_is_the_callers(void **state)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_openpgp_new(/* home= */ NULL, &context, &error), &error);
    assert_non_null(context);
    sf_openpgp_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_has_the_home_it_was_given),
        cmocka_unit_test(context_without_home_is_the_callers),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
