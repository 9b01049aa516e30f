/* Name, version and licence of the package that a library was taken from. */
#include "builder/pack/package_query.h"

#include <stdlib.h>
#include <string.h>

#include "builder/pack/sysroot.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/process.h"

#define OUTPUT_MAX_BYTES    65536
#define COPYRIGHT_MAX_BYTES (1UL << 20)

/* Output of the command, NULL when it cannot be run or fails. */
static char *ask(const char *const *argv)
{
    struct sf_error ignored;
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = OUTPUT_MAX_BYTES};
    struct sf_process_options process = {.argv = argv, .output = &output};
    int status = 0;

    if (sf_process_run(&process, &status, &ignored) < 0 || status != 0) {
        return NULL;
    }
    return sf_steal(&output.data);
}

char *sf_package_parse_owner(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *end = strstr(line, ": /");

        if (end != NULL && end < line + length && strncmp(line, "diversion ", 10) != 0) {
            /* "a:amd64, b:amd64: /path" when several packages have the file. */
            return strndup(line, strcspn(line, ", \n") < (size_t)(end - line)
                                     ? strcspn(line, ", \n")
                                     : (size_t)(end - line));
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return NULL;
}

char *sf_package_parse_license(const char *text)
{
    static const char key[] = "\nLicense:";
    const char *found = strstr(text, key);

    if (found == NULL) {
        return NULL;
    }

    sf_autofree char *value =
        strndup(found + sizeof key - 1, strcspn(found + sizeof key - 1, "\n"));
    char *start = value == NULL ? NULL : sf_str_trim(value);

    return start == NULL || *start == '\0' ? NULL : strdup(start);
}

static char *license_of(const struct sf_sysroot *sysroot, const char *package)
{
    struct sf_error ignored;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = COPYRIGHT_MAX_BYTES};
    sf_autofree char *path = sf_str_format("/usr/share/doc/%s/copyright", package);
    sf_autoclose int fd = -1;

    if (path == NULL || sf_sysroot_open_file(sysroot, path, NULL, &fd, &ignored) < 0 ||
        sf_dir_read_fd(fd, path, &text, &ignored) < 0 || text.data == NULL) {
        return NULL;
    }
    return sf_package_parse_license(text.data);
}

static bool ask_dpkg(const struct sf_sysroot *sysroot, const char *path, struct sf_package *package)
{
    sf_autofree char *database = sf_str_format("--admindir=%s/var/lib/dpkg",
                                               sf_sysroot_is_machine(sysroot) ? "" : sysroot->path);
    const char *owner_argv[] = {"dpkg-query", database, "-S", path, NULL};

    if (database == NULL) {
        return false;
    }
    sf_autofree char *owner_text = ask(owner_argv);

    /* With a merged /usr the database may know the file by its old place. */
    if (owner_text == NULL && sf_str_has_prefix(path, "/usr/lib")) {
        owner_argv[3] = path + strlen("/usr");
        owner_text = ask(owner_argv);
    }
    if (owner_text == NULL) {
        return false;
    }

    sf_autofree char *owner = sf_package_parse_owner(owner_text);
    const char *version_argv[] = {"dpkg-query", database, "-W", "-f", "${Version}", owner, NULL};

    if (owner == NULL || (package->version = ask(version_argv)) == NULL) {
        return false;
    }
    package->name = strndup(owner, strcspn(owner, ":"));
    package->license = package->name == NULL ? NULL : license_of(sysroot, package->name);
    return true;
}

static void ask_rpm(const struct sf_sysroot *sysroot, const char *path, struct sf_package *package)
{
    const char *argv[] = {"rpm", "--root", sysroot->path,
                          "-qf", "--qf",   "%{NAME}\\n%{VERSION}-%{RELEASE}\\n%{LICENSE}\\n",
                          path,  NULL};
    sf_autofree char *text = ask(argv);
    char *version = text == NULL ? NULL : strchr(text, '\n');
    char *license = version == NULL ? NULL : strchr(version + 1, '\n');

    if (license == NULL) {
        return;
    }
    *version++ = '\0';
    *license++ = '\0';
    package->name = strdup(text);
    package->version = strdup(version);
    package->license = strndup(license, strcspn(license, "\n"));
}

static int fill(char **text, struct sf_error *err)
{
    if (*text == NULL) {
        *text = strdup("");
    }
    return *text == NULL ? sf_error_no_memory(err) : 0;
}

int sf_package_query(const struct sf_sysroot *sysroot, const char *path, struct sf_package *ret,
                     struct sf_error *err)
{
    sf_auto(package) struct sf_package package = {0};

    if (!ask_dpkg(sysroot, path, &package)) {
        sf_package_done(&package);
        ask_rpm(sysroot, path, &package);
    }
    if (fill(&package.name, err) < 0 || fill(&package.version, err) < 0 ||
        fill(&package.license, err) < 0) {
        return -SF_E_NO_MEMORY;
    }
    *ret = package;
    package = (struct sf_package){0};
    return 0;
}

void sf_package_done(struct sf_package *package)
{
    free(package->name);
    free(package->version);
    free(package->license);
    *package = (struct sf_package){0};
}
