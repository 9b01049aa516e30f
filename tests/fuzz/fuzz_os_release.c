/* os-release: any bytes, and every field a terminated string. */
#include "tests/fuzz/fuzz_target.h"

#include "common/host/os_release.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct sf_os_release os;

    memset(&os, 0x55, sizeof os);
    sf_os_release_parse((const char *)bytes, size, &os);
    fuzz_require(strnlen(os.id, sizeof os.id) < sizeof os.id);
    fuzz_require(strnlen(os.id_like, sizeof os.id_like) < sizeof os.id_like);
    fuzz_require(strnlen(os.version_id, sizeof os.version_id) < sizeof os.version_id);
    fuzz_require(strnlen(os.version_codename, sizeof os.version_codename) <
                 sizeof os.version_codename);
    fuzz_require(strnlen(os.ubuntu_codename, sizeof os.ubuntu_codename) <
                 sizeof os.ubuntu_codename);
    fuzz_require(strnlen(os.platform_id, sizeof os.platform_id) < sizeof os.platform_id);
    fuzz_require(strnlen(os.pretty_name, sizeof os.pretty_name) < sizeof os.pretty_name);
    return 0;
}
