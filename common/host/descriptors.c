/* Descriptors 0 to 2 exist from here on. */
#include "common/host/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

void sf_descriptors_fill(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        (void)close(fd);
    }
}
