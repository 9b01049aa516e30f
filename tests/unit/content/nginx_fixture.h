/* A real nginx on the loopback that serves the fixture's directory, also with TLS. */
#ifndef SF_TESTS_UNIT_CONTENT_NGINX_FIXTURE_H
#define SF_TESTS_UNIT_CONTENT_NGINX_FIXTURE_H

#include "tests/unit/content/server_fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static pid_t nginx_pid = -1;
static unsigned nginx_port;
static unsigned nginx_tls_port;

/* A port that is free now. */
static inline unsigned nginx_fixture_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    sf_autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static inline pid_t nginx_fixture_spawn(const char *const arguments[])
{
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        (void)dup2(null, 1);
        (void)dup2(null, 2);
        (void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
        (void)execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid;
}

/* True once something listens. */
static inline bool nginx_fixture_answers(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)nginx_tls_port)};
    sf_autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

/* False when this machine has no nginx or openssl. */
static inline bool nginx_fixture_start(void)
{
    char key[600];
    char certificate[600];
    char configuration[600];
    char text[4096];
    const char *const make[] = {"openssl", "req",     "-x509", "-newkey",       "rsa:2048",
                                "-nodes",  "-keyout", key,     "-out",          certificate,
                                "-days",   "1",       "-subj", "/CN=127.0.0.1", NULL};
    const char *const serve[] = {"nginx", "-p", server_directory, "-c", configuration, NULL};
    int status = 0;

    (void)snprintf(key, sizeof key, "%s/key.pem", server_directory);
    (void)snprintf(certificate, sizeof certificate, "%s/cert.pem", server_directory);
    (void)snprintf(configuration, sizeof configuration, "%s/nginx.conf", server_directory);
    (void)waitpid(nginx_fixture_spawn(make), &status, 0);
    nginx_port = nginx_fixture_port();
    nginx_tls_port = nginx_fixture_port();
    (void)snprintf(text, sizeof text,
                   "daemon off; master_process off; pid nginx.pid; error_log nginx.log;\n"
                   "events {}\n"
                   "http { access_log off; client_body_temp_path tmp; proxy_temp_path tmp;\n"
                   "fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;\n"
                   "gzip on; gzip_types *; gzip_min_length 0;\n"
                   "server { listen 127.0.0.1:%u; listen 127.0.0.1:%u ssl; root .;\n"
                   "ssl_certificate cert.pem; ssl_certificate_key key.pem; } }\n",
                   nginx_port, nginx_tls_port);
    sf_test_write_file(server_directory, "nginx.conf", text);
    if (status != 0) {
        return false;
    }
    nginx_pid = nginx_fixture_spawn(serve);
    for (int i = 0; i < 100; i++) {
        if (waitpid(nginx_pid, NULL, WNOHANG) != 0) {
            nginx_pid = -1;
            return false;
        }
        if (nginx_fixture_answers()) {
            return true;
        }
        (void)usleep(20000);
    }
    return false;
}

static inline void nginx_fixture_stop(void)
{
    if (nginx_pid > 0) {
        (void)kill(nginx_pid, SIGTERM);
        (void)waitpid(nginx_pid, NULL, 0);
        nginx_pid = -1;
    }
}

#endif
