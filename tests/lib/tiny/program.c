/*
 * Every program of the tiny Slurm. -V prints the version; --plugins loads each plugin from the
 * directory that was compiled in; -D and --systemd stay until SIGTERM, as a daemon does, the former
 * with the port of slurmd or slurmctld; "sinfo -o" finds an idle node, and srun runs what follows
 * its option: enough for the test of an artifact.
 */
#include <dlfcn.h>
#include <glob.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* As careless as real programs are: without SOURCE_DATE_EPOCH each build has other bytes. */
const char built_at[] __attribute__((used)) = __DATE__ " " __TIME__;

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

/* Listens where slurmd or slurmctld does, so that whoever waits for it sees it. */
static void listen_as(const char *name)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port =
                                            htons(strcmp(name, "slurmctld") == 0 ? 6817 : 6818),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        (void)listen(fd, 8);
    }
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash == NULL ? argv[0] : slash + 1;

    if (strcmp(name, "srun") == 0 && argc > 2) {
        (void)execvp(argv[2], argv + 2);
        return 127;
    }
    if (strcmp(name, "sinfo") == 0 && argc > 2 && strcmp(argv[2], "-o") == 0) {
        puts("idle");
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--plugins") == 0) {
            return load_plugins();
        }
        if (strcmp(argv[i], "-D") == 0) {
            listen_as(name);
        }
        if (strcmp(argv[i], "-D") == 0 || strcmp(argv[i], "--systemd") == 0) {
            return stay();
        }
    }
    puts(tiny_version());
    return 0;
}
