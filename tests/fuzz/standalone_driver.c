/* Runs a fuzz target over every file of the directories it is given: the corpus, without libFuzzer.
 * Each file is also tried cut short at a few places, which is how downloads end. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CUTS 16

/* Runs the target on a copy of exactly `size` bytes, so that a sanitizer sees a read past them. */
static int run(const uint8_t *bytes, size_t size)
{
    sf_autofree uint8_t *copy = malloc(size + (size == 0 ? 1 : 0));

    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, bytes, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    return 0;
}

static int run_file(int directory, const char *name)
{
    sf_autoclose int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        return -1;
    }
    size_t size = (size_t)status.st_size;
    sf_autofree uint8_t *bytes = malloc(size + 1);

    if (bytes == NULL || read(fd, bytes, size) != (ssize_t)size) {
        return -1;
    }
    for (size_t i = 1; i <= CUTS; i++) {
        if (run(bytes, size * i / CUTS) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The number of files that were run, negative when one could not be. */
static int run_directory(const char *path)
{
    int count = 0;
    DIR *directory = opendir(path);

    if (directory == NULL) {
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (run_file(dirfd(directory), entry->d_name) < 0) {
            (void)fprintf(stderr, "%s/%s: %m\n", path, entry->d_name);
            count = -1;
            break;
        }
        count++;
    }
    (void)closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = run_directory(argv[i]);

        if (count <= 0) {
            (void)fprintf(stderr, "%s: no corpus\n", argv[i]);
            return 1;
        }
        (void)printf("%s: %d files\n", argv[i], count);
    }
    return argc > 1 ? 0 : 1;
}
