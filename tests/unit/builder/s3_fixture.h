/* An S3 server on the loopback, tests/lib/s3-server, and an environment that names it. */
#ifndef SF_TESTS_UNIT_BUILDER_S3_FIXTURE_H
#define SF_TESTS_UNIT_BUILDER_S3_FIXTURE_H

#include "tests/unit/sf_test.h"

#include <sys/wait.h>

static const char *s3_directory;
static char s3_endpoint[64];
static pid_t s3_pid;
static int s3_stdin = -1;

/* As the server knows us; also after a test that was somebody else. */
static inline int s3_fixture_environment(void **state)
{
    (void)state;
    (void)setenv("HOME", s3_directory, 1);
    (void)setenv("AWS_ACCESS_KEY_ID", "S3RVER", 1);
    (void)setenv("AWS_SECRET_ACCESS_KEY", "S3RVER", 1);
    (void)setenv("AWS_ENDPOINT_URL", s3_endpoint, 1);
    (void)unsetenv("AWS_ENDPOINT_URL_S3");
    (void)unsetenv("AWS_SESSION_TOKEN");
    (void)unsetenv("AWS_PROFILE");
    (void)unsetenv("AWS_REGION");
    (void)unsetenv("AWS_DEFAULT_REGION");
    (void)unsetenv("AWS_CA_BUNDLE");
    (void)unsetenv("http_proxy");
    sf_test_write_file(s3_directory, "faults", "");
    sf_test_write_file(s3_directory, "log", "");
    return 0;
}

static inline int s3_fixture_start(void **state)
{
    int in[2];
    int out[2];
    unsigned port = 0;

    if (sf_test_make_directory(state) < 0 || pipe2(in, O_CLOEXEC) < 0 ||
        pipe2(out, O_CLOEXEC) < 0) {
        return -1;
    }
    s3_directory = *state;
    s3_pid = fork();
    if (s3_pid == 0) {
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)execl(SF_TEST_DATA "/../lib/s3-server", "s3-server", s3_directory, (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    s3_stdin = in[1];
    sf_autofile FILE *stream = fdopen(out[0], "re");

    if (fscanf(stream, "%u", &port) != 1) {
        return -1;
    }
    (void)snprintf(s3_endpoint, sizeof s3_endpoint, "http://127.0.0.1:%u", port);
    return s3_fixture_environment(state);
}

static inline int s3_fixture_stop(void **state)
{
    (void)close(s3_stdin);
    (void)waitpid(s3_pid, NULL, 0);
    return sf_test_remove_directory(state);
}

/* How many requests the server noted since the test began, whose line holds `part`. */
static inline size_t s3_fixture_count(const char *part)
{
    char line[4096];
    size_t count = 0;

    (void)snprintf(line, sizeof line, "%s/log", s3_directory);
    sf_autofile FILE *stream = fopen(line, "re");

    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        count += strstr(line, part) != NULL ? 1 : 0;
    }
    return count;
}

#endif
