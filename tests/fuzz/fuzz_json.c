/* JSON: what parses is written the same way twice. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/error.h"
#include "common/format/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_auto(json) struct json_t *value = NULL;
    sf_auto(json) struct json_t *again = NULL;
    struct sf_error err = {0};

    if (sf_json_parse((const char *)bytes, size, &value, &err) < 0) {
        fuzz_require(err.code == SF_E_FORMAT);
        return 0;
    }
    sf_autofree char *text = sf_json_dump(value);

    fuzz_require(text != NULL);
    fuzz_require(sf_json_parse(text, strlen(text), &again, &err) == 0);
    sf_autofree char *text_again = sf_json_dump(again);

    fuzz_require(text_again != NULL && strcmp(text, text_again) == 0);
    return 0;
}
