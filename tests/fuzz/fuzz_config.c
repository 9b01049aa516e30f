/* Configuration files: whatever is accepted has a clean root and shows every key. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/format/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_autofree char *text = strndup((const char *)bytes, size);
    sf_auto(config) struct sf_config *config = NULL;
    struct sf_error err = {0};
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    fuzz_require(text != NULL && sf_config_new(&config, &err) == 0);
    if (sf_config_apply(config, "fuzz.conf", text, &err) < 0) {
        fuzz_require(err.code == SF_E_CONFIG && strstr(err.message, "fuzz.conf:") != NULL);
    }
    fuzz_require(sf_path_is_clean_absolute(config->root));
    fuzz_require(config->keep >= 1);
    for (size_t i = 0; i < count; i++) {
        sf_autofree char *value = sf_config_value(config, keys[i].section, keys[i].key);

        fuzz_require(value != NULL);
    }
    return 0;
}
