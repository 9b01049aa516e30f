/* Web servers on the loopback for tests of transfers: tests/lib/hostile-server. */
#ifndef SF_TESTS_UNIT_CONTENT_SERVER_FIXTURE_H
#define SF_TESTS_UNIT_CONTENT_SERVER_FIXTURE_H

#include "tests/unit/sf_test.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#define SERVER_DATA_BYTES ((5UL << 20) / 2)

/* The file that is served: no two blocks are equal. */
static unsigned char server_data[SERVER_DATA_BYTES];
static const char *server_directory;
static unsigned server_port;
static pid_t server_pid;
static int server_stdin = -1;

static inline void server_fixture_path(const char *name, char path[512])
{
    (void)snprintf(path, 512, "%s/%s", server_directory, name);
}

static inline void server_fixture_write_data(void)
{
    char path[512];
    uint32_t random = 1;

    for (size_t i = 0; i < sizeof server_data; i++) {
        random = random * 1664525 + 1013904223;
        server_data[i] = (unsigned char)(random >> 24);
    }
    server_fixture_path("data", path);
    FILE *stream = fopen(path, "we");

    assert_non_null(stream);
    assert_int_equal(fwrite(server_data, 1, sizeof server_data, stream), sizeof server_data);
    assert_int_equal(fclose(stream), 0);
}

static inline int server_fixture_start(void **state)
{
    char data[512];
    char log[512];
    int in[2];
    int out[2];

    if (sf_test_make_directory(state) < 0 || pipe2(in, O_CLOEXEC) < 0 ||
        pipe2(out, O_CLOEXEC) < 0) {
        return -1;
    }
    server_directory = *state;
    server_fixture_path("data", data);
    server_fixture_path("log", log);
    server_fixture_write_data();
    server_pid = fork();
    if (server_pid == 0) {
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)execl(SF_TEST_DATA "/../lib/hostile-server", "hostile-server", data, log,
                    (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    server_stdin = in[1];
    sf_autofile FILE *stream = fdopen(out[0], "re");

    return fscanf(stream, "%u", &server_port) == 1 ? 0 : -1;
}

static inline int server_fixture_stop(void **state)
{
    (void)close(server_stdin);
    (void)waitpid(server_pid, NULL, 0);
    return sf_test_remove_directory(state);
}

/* "http://127.0.0.1:PORT" and the path; the text stays until the fourth call after. */
static inline const char *server_url(const char *path)
{
    static char urls[4][256];
    static unsigned next;
    char *url = urls[next++ % 4];

    (void)snprintf(url, sizeof urls[0], "http://127.0.0.1:%u%s", server_port, path);
    return url;
}

/* How many requests the server logged whose line holds both texts. */
static inline unsigned server_count(const char *path, const char *fragment)
{
    char name[512];
    char line[2048];
    unsigned count = 0;

    server_fixture_path("log", name);
    sf_autofile FILE *stream = fopen(name, "re");

    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        size_t length = strlen(path);

        count += strncmp(line, path, length) == 0 && line[length] == ' ' &&
                 strstr(line, fragment) != NULL;
    }
    return count;
}

#endif
