/* The place where a release is built, and what is asked of it. */
#include "builder/place/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "builder/place/sandbox.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/host/cpu.h"
#include "common/host/dir.h"
#include "common/host/glibc.h"
#include "common/host/os_release.h"
#include "common/host/process.h"
#include "common/host/toolchain.h"

#define QUESTION_TIMEOUT_S 120
#define ANSWER_MAX_BYTES   (4UL << 20)

bool sf_place_is_machine(const struct sf_place *place)
{
    return strcmp(place->root, "/") == 0;
}

char *sf_place_path(const struct sf_place *place, const char *relative)
{
    return sf_path_join(sf_place_is_machine(place) ? place->work : SF_PLACE_WORK, relative);
}

const char *sf_place_cache(const struct sf_place *place)
{
    return place->cache == NULL || sf_place_is_machine(place) ? place->cache : SF_PLACE_CACHE;
}

struct run {
    const struct sf_place_command *command;
    const char *directory; /* as the command sees it */
};

static int run_command(void *context, struct sf_error *err)
{
    const struct run *run = context;
    const struct sf_process_options options = {
        .argv = run->command->argv,
        .environment = run->command->environment,
        .directory = run->directory,
        .timeout_s = run->command->timeout_s,
        .dies_with_caller = true,
        .output_fd = run->command->output_fd,
    };
    int status = 0;
    int r = sf_process_run(&options, &status, err);

    if (r < 0 || status == 0) {
        return r;
    }
    return sf_error_set(err, SF_E_UNHEALTHY, "'%s' ended with status %d", run->command->argv[0],
                        status);
}

int sf_place_run(const struct sf_place *place, const struct sf_place_command *command,
                 struct sf_error *err)
{
    sf_autofree char *directory =
        sf_place_path(place, command->directory == NULL ? "" : command->directory);
    struct run run = {.command = command, .directory = directory};
    const struct sf_sandbox_mount mounts[] = {
        {.source = place->work, .target = SF_PLACE_WORK, .is_writable = true},
        {.source = place->cache, .target = SF_PLACE_CACHE, .is_writable = true},
    };
    const struct sf_sandbox sandbox = {
        .root = sf_place_is_machine(place) ? NULL : place->root,
        .mounts = mounts,
        .mount_count = place->cache == NULL ? 1 : 2,
    };

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_sandbox_run(&sandbox, run_command, &run, err);
}

/* What a program there prints, standard error too. */
static int ask(const struct sf_place *place, const char *const *argv, struct sf_buffer *answer,
               struct sf_error *err)
{
    sf_autoclose int fd = memfd_create("answer", MFD_CLOEXEC);
    const struct sf_place_command command = {
        .argv = argv,
        .output_fd = fd,
        .timeout_s = QUESTION_TIMEOUT_S,
    };

    if (fd < 0) {
        return sf_error_errno(err, errno, "make a file in memory");
    }

    int r = sf_place_run(place, &command, err);

    if (r < 0) {
        return r;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return sf_error_errno(err, errno, "read a file in memory");
    }
    return sf_dir_read_fd(fd, argv[0], answer, err);
}

static bool is_toolchain(const struct sf_os_release *os, const char *glibc, const char *wanted)
{
    struct sf_error ignored;
    const char *name = NULL;

    return strcmp(os->version_codename, wanted) == 0 || strcmp(os->ubuntu_codename, wanted) == 0 ||
           (sf_toolchain_detect(os, glibc, /* site= */ NULL, 0, &name, &ignored) == 0 &&
            strcmp(name, wanted) == 0);
}

static int check_arch(const struct sf_place *place, const char *arch, struct sf_error *err)
{
    static const char *const argv[] = {"true", NULL};
    sf_auto(buffer) struct sf_buffer answer = {.limit_bytes = ANSWER_MAX_BYTES};

    if (strcmp(arch, sf_cpu_arch()) == 0) {
        return 0;
    }
    if (sf_place_is_machine(place) || ask(place, argv, &answer, err) < 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "programs for %s do not run on this machine, which is %s; build on "
                            "one that is, or give --build-root=DIR with a root directory of that "
                            "architecture and install qemu-user-static here",
                            arch, sf_cpu_arch());
    }
    return 0;
}

static int read_system(const struct sf_place *place, const char *arch, struct sf_os_release *ret_os,
                       char glibc[static 16], struct sf_error *err)
{
    sf_autoclose int root_fd = -1;
    int r = sf_dir_open_follow(place->root, &root_fd, err);

    if (r == 0) {
        r = sf_os_release_read(root_fd, ret_os, err);
    }
    if (r == 0) {
        r = sf_glibc_version(root_fd, arch, glibc, err);
    }
    return r < 0 && !sf_place_is_machine(place) ? sf_error_prefix(err, "%s: ", place->root) : r;
}

int sf_place_describe(const struct sf_place *place, const char *arch, char **ret_text,
                      struct sf_error *err)
{
    struct sf_os_release os = {0};
    char glibc[16];
    int r = read_system(place, arch, &os, glibc, err);

    if (r < 0) {
        return r;
    }

    char *text =
        sf_str_format("%s, glibc %s", os.pretty_name[0] == '\0' ? os.id : os.pretty_name, glibc);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_text = text;
    return 0;
}

int sf_place_check(const struct sf_place *place, const struct sf_release *release,
                   struct sf_error *err)
{
    struct sf_os_release os = {0};
    char glibc[16];
    int r = check_arch(place, release->arch, err);

    if (r == 0) {
        r = read_system(place, release->arch, &os, glibc, err);
    }
    if (r < 0) {
        return r;
    }
    if (!is_toolchain(&os, glibc, release->toolchain)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "%s is %s, not %s; give --build-root=DIR with a root directory of %s, "
                            "or --image=NAME@sha256:DIGEST",
                            sf_place_is_machine(place) ? "this machine" : place->root,
                            os.pretty_name[0] == '\0' ? os.id : os.pretty_name, release->toolchain,
                            release->toolchain);
    }
    return 0;
}

/* Looked for from outside: a place without a shell can be asked, too. */
bool sf_place_has_program(const struct sf_place *place, const char *name)
{
    static const char *const directories[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
    struct sf_error ignored;
    sf_autoclose int root_fd = -1;

    if (sf_dir_open_follow(place->root, &root_fd, &ignored) < 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        sf_autofree char *path = sf_path_join(directories[i], name);
        sf_autoclose int fd = -1;

        if (path != NULL &&
            sf_dir_open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK, &fd, &ignored) == 0) {
            return true;
        }
    }
    return false;
}

/* "name version" of everything that is installed. */
static int list_installed(const struct sf_place *place, struct sf_strlist *ret,
                          struct sf_error *err)
{
    static const char *const dpkg[] = {"dpkg-query", "-W", "-f",
                                       "${db:Status-Status} ${Package} ${Version}\\n", NULL};
    static const char *const rpm[] = {"rpm", "-qa", "--qf",
                                      "installed %{NAME} %{VERSION}-%{RELEASE}\\n", NULL};
    static const char installed[] = "installed ";
    sf_auto(buffer) struct sf_buffer answer = {.limit_bytes = ANSWER_MAX_BYTES};
    bool has_dpkg = sf_place_has_program(place, "dpkg-query");

    if (!has_dpkg && !sf_place_has_program(place, "rpm")) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "'%s' has neither dpkg nor rpm, so that nobody can say whether the "
                            "packages that the recipe asks for are there",
                            place->root);
    }

    int r = ask(place, has_dpkg ? dpkg : rpm, &answer, err);

    for (char *line = answer.data; r == 0 && line != NULL && *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        char *next = *end == '\0' ? end : end + 1;

        *end = '\0';
        if (sf_str_has_prefix(line, installed)) {
            r = sf_strlist_add(ret, line + strlen(installed), err);
        }
        line = next;
    }
    return r;
}

/* The item that starts with `name` and a blank, or NULL. */
static const char *find_package(const struct sf_strlist *installed, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < installed->count; i++) {
        const char *item = installed->items[i];

        if (strncmp(item, name, length) == 0 && item[length] == ' ') {
            return item;
        }
    }
    return NULL;
}

int sf_place_packages(const struct sf_place *place, const struct sf_strlist *packages,
                      struct sf_strlist *ret_installed, struct sf_strlist *ret_missing,
                      struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist all = {0};
    int r = packages->count == 0 ? 0 : list_installed(place, &all, err);

    for (size_t i = 0; r == 0 && i < packages->count; i++) {
        const char *found = find_package(&all, packages->items[i]);

        r = found == NULL ? sf_strlist_add(ret_missing, packages->items[i], err)
                          : sf_strlist_add(ret_installed, found, err);
    }
    return r;
}

const char *sf_place_installer(const struct sf_place *place)
{
    return sf_place_has_program(place, "apt-get") ? "apt-get install" : "dnf install";
}
