/*
 * Every program of the tiny Slurm. -V prints the version; --plugins loads each plugin from the
 * directory that was compiled in; -D and --systemd stay until SIGTERM, as a daemon does.
 */
#include <dlfcn.h>
#include <glob.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern const char *tiny_version(void);
extern const char *tiny_plugin_dir(void);
extern const char *tiny_stepd(void);

static int load_plugins(void)
{
    char pattern[4096];
    glob_t found;

    (void)snprintf(pattern, sizeof pattern, "%s/*_*.so", tiny_plugin_dir());
    if (glob(pattern, 0, NULL, &found) != 0 || access(tiny_stepd(), X_OK) != 0) {
        fprintf(stderr, "nothing at %s or no %s\n", pattern, tiny_stepd());
        return 1;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        void *plugin = dlopen(found.gl_pathv[i], RTLD_NOW);
        const char *type = plugin == NULL ? NULL : dlsym(plugin, "plugin_type");

        if (type == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        puts(type);
    }
    globfree(&found);
    return 0;
}

static void notify_ready(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (path != NULL && fd >= 0 && strlen(path) < sizeof address.sun_path) {
        socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));

        memcpy(address.sun_path, path, strlen(path));
        if (path[0] == '@') {
            address.sun_path[0] = '\0';
        }
        (void)sendto(fd, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    }
    (void)close(fd);
}

static int stay(void)
{
    sigset_t set;
    int got = 0;

    if (TINY_CRASHES) {
        fputs("fatal: this release was made to crash\n", stderr);
        return 1;
    }
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    notify_ready();
    while (sigwait(&set, &got) != 0) {
    }
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--plugins") == 0) {
            return load_plugins();
        }
        if (strcmp(argv[i], "-D") == 0 || strcmp(argv[i], "--systemd") == 0) {
            return stay();
        }
    }
    puts(tiny_version());
    return 0;
}
