/* A GnuPG home with throw-away keys, made by the real gpg, for tests of keys and signatures. */
#ifndef SF_TESTS_UNIT_CONTENT_GPG_FIXTURE_H
#define SF_TESTS_UNIT_CONTENT_GPG_FIXTURE_H

#include "tests/unit/content/gpg_run.h"

#include <stdbool.h>

#include "common/base/buffer.h"

/* Reads a file of the fixture. */
static inline void gpg_fixture_read(const char *name, struct sf_buffer *ret)
{
    char path[1024];
    char chunk[4096];

    (void)snprintf(path, sizeof path, "%s/%s", gpg_directory, name);
    FILE *stream = fopen(path, "re");

    assert_non_null(stream);
    ret->limit_bytes = 64UL << 20;
    for (;;) {
        struct sf_error error;
        size_t size = fread(chunk, 1, sizeof chunk, stream);

        if (size == 0) {
            break;
        }
        assert_sf_ok(sf_buffer_append(ret, chunk, size, &error), &error);
    }
    (void)fclose(stream);
}

static inline int gpg_fixture_open(const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", gpg_directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

/* The primary fingerprint of the key whose user id is `user`. */
static inline void gpg_fixture_fingerprint(const char *user, char ret[41])
{
    char home[512];

    (void)snprintf(home, sizeof home, "%s/home", gpg_directory);
    int out[2];

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();

    if (pid == 0) {
        (void)dup2(out[1], 1);
        (void)execlp("gpg", "gpg", "--homedir", home, "--batch", "--with-colons", "--fingerprint",
                     "--list-keys", user, (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    FILE *stream = fdopen(out[0], "re");
    char line[512];
    bool is_found = false;

    while (fgets(line, sizeof line, stream) != NULL) {
        if (!is_found && strncmp(line, "fpr:::::::::", 12) == 0) {
            memcpy(ret, line + 12, 40);
            ret[40] = '\0';
            is_found = true;
        }
    }
    (void)fclose(stream);
    (void)waitpid(pid, NULL, 0);
    assert_true(is_found);
}

static inline int gpg_fixture_start(void **state)
{
    char path[512];

    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    gpg_directory = *state;
    static const char *const names[] = {"home", "keys", "made"};

    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", gpg_directory, names[i]);
        if (mkdir(path, 0700) < 0) {
            return -1;
        }
    }
    sf_test_write_file(gpg_directory, "home/gpg.conf", "allow-weak-digest-algos\n");
    (void)snprintf(path, sizeof path, "%s/home", gpg_directory);
    return setenv("GNUPGHOME", path, 1);
}

static inline int gpg_fixture_stop(void **state)
{
    char *const arguments[] = {(char[]){"gpgconf"}, (char[]){"--kill"}, (char[]){"all"}, NULL};

    (void)gpg_fixture_spawn(arguments);
    return sf_test_remove_directory(state);
}

#endif
