/* Asks dpkg, else rpm, about the packages that libraries were taken from. */
#include "builder/pack/package_query.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pack/sysroot.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/process.h"

#define OUTPUT_MAX_BYTES (16UL << 20)
#define FIELDS           5

#define DPKG_FORMAT                                                                                \
    "-f=${binary:Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${db:Status-"       \
    "Status}\\n"
#define RPM_FORMAT "%{NAME}\\t%{EVR}\\t%{ARCH}\\t%{SOURCERPM}\\tinstalled\\n"

/* Output of the command, NULL when it cannot be run; its status does not matter: dpkg-query has one
 * for a list in which a single file is nobody's. */
static char *ask(const char *const *argv)
{
    struct sf_error ignored;
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = OUTPUT_MAX_BYTES};
    struct sf_process_options process = {.argv = argv, .output = &output};
    int status = 0;

    return sf_process_run(&process, &status, &ignored) < 0 ? NULL : sf_steal(&output.data);
}

static char *dpkg_database(const struct sf_sysroot *sysroot)
{
    return sf_str_format("--admindir=%s/var/lib/dpkg",
                         sf_sysroot_is_machine(sysroot) ? "" : sysroot->path);
}

/* Runs `dpkg-query DATABASE WORD... NAME...`, or NULL. */
static char *ask_dpkg(const struct sf_sysroot *sysroot, const char *const words[2],
                      const struct sf_strlist *names)
{
    sf_autofree char *database = dpkg_database(sysroot);
    sf_autofree const char **argv = calloc(names->count + 5, sizeof *argv);
    size_t count = 0;

    if (database == NULL || argv == NULL) {
        return NULL;
    }
    argv[count++] = "dpkg-query";
    argv[count++] = database;
    for (size_t i = 0; i < 2 && words[i] != NULL; i++) {
        argv[count++] = words[i];
    }
    for (size_t i = 0; i < names->count; i++) {
        argv[count++] = names->items[i];
    }
    return ask(argv);
}

char *sf_package_parse_owner(const char *text, const char *path)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *end = strstr(line, ": /");

        if (end != NULL && end < line + length && !sf_str_has_prefix(line, "diversion ") &&
            strlen(path) == (size_t)(line + length - end - 2) &&
            strncmp(end + 2, path, strlen(path)) == 0) {
            /* "a:amd64, b:amd64: /path" when several packages have the file. */
            size_t first = strcspn(line, ", \n");

            return strndup(line, first < (size_t)(end - line) ? first : (size_t)(end - line));
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return NULL;
}

/* With a merged /usr the database may know a file by its old place. */
static const char *old_place(const char *path)
{
    return sf_str_has_prefix(path, "/usr/lib") ? path + strlen("/usr") : NULL;
}

/* The five fields of the line for `name`; false when there is none or it is no installed package.
 */
static bool find_fields(char *text, const char *name, char *fields[FIELDS])
{
    size_t length = strlen(name);

    for (char *line = text; line != NULL && *line != '\0';) {
        char *end = strchrnul(line, '\n');

        if (strncmp(line, name, length) == 0 && line[length] == '\t') {
            size_t count = 0;

            for (char *at = line; count < FIELDS && at != NULL && at < end; count++) {
                fields[count] = at;
                at = memchr(at, '\t', (size_t)(end - at));
                at = at == NULL ? NULL : at + 1;
            }
            return count == FIELDS;
        }
        line = *end == '\0' ? NULL : end + 1;
    }
    return false;
}

static char *field(const char *start)
{
    return strndup(start, strcspn(start, "\t\n"));
}

static void fill(struct sf_package *package, const char *type, char *const fields[FIELDS])
{
    package->type = strdup(type);
    package->name = strndup(fields[0], strcspn(fields[0], ":\t"));
    package->version = field(fields[1]);
    package->arch = field(fields[2]);
    package->source = field(fields[3]);
}

/* The owner of each path, "" for none. */
static int find_owners(const struct sf_sysroot *sysroot, const struct sf_strlist *paths,
                       struct sf_strlist *ret_owners, struct sf_error *err)
{
    static const char *const words[2] = {"-S"};
    sf_auto(strlist) struct sf_strlist asked = {0};
    int r = sf_strlist_add_all(&asked, paths, err);

    for (size_t i = 0; r == 0 && i < paths->count; i++) {
        const char *old = old_place(paths->items[i]);

        r = old == NULL ? 0 : sf_strlist_add(&asked, old, err);
    }
    sf_autofree char *text = r < 0 || asked.count == 0 ? NULL : ask_dpkg(sysroot, words, &asked);

    for (size_t i = 0; r == 0 && i < paths->count; i++) {
        const char *old = old_place(paths->items[i]);
        sf_autofree char *owner =
            text == NULL ? NULL : sf_package_parse_owner(text, paths->items[i]);

        if (owner == NULL && text != NULL && old != NULL) {
            owner = sf_package_parse_owner(text, old);
        }
        r = sf_strlist_add(ret_owners, owner == NULL ? "" : owner, err);
    }
    return r;
}

static int query_dpkg(const struct sf_sysroot *sysroot, const struct sf_strlist *paths,
                      struct sf_package *packages, struct sf_error *err)
{
    static const char *const words[2] = {"-W", DPKG_FORMAT};
    sf_auto(strlist) struct sf_strlist owners = {0};
    sf_auto(strlist) struct sf_strlist asked = {0};
    int r = find_owners(sysroot, paths, &owners, err);

    for (size_t i = 0; r == 0 && i < owners.count; i++) {
        r = owners.items[i][0] == '\0' ? 0 : sf_strlist_add(&asked, owners.items[i], err);
    }
    sf_autofree char *text = r < 0 || asked.count == 0 ? NULL : ask_dpkg(sysroot, words, &asked);

    for (size_t i = 0; text != NULL && i < owners.count; i++) {
        char *fields[FIELDS];

        if (owners.items[i][0] != '\0' && find_fields(text, owners.items[i], fields)) {
            fill(&packages[i], "deb", fields);
        }
    }
    return r;
}

static void query_rpm(const struct sf_sysroot *sysroot, const char *path,
                      struct sf_package *package)
{
    /* The licence on a line of its own. */
    static const char format[] = RPM_FORMAT "%{LICENSE}\\n";
    const char *argv[] = {"rpm", "--root", sysroot->path, "-qf", "--qf", format, path, NULL};
    sf_autofree char *text = ask(argv);
    const char *license = text == NULL ? NULL : strchr(text, '\n');
    char *fields[FIELDS];

    if (license == NULL) {
        return;
    }

    sf_autofree char *name = strndup(text, strcspn(text, "\t"));

    if (name != NULL && find_fields(text, name, fields)) {
        struct sf_error ignored;
        sf_autofree char *words = strndup(license + 1, strcspn(license + 1, "\n"));

        fill(package, "rpm", fields);
        if (words != NULL) {
            (void)sf_spdx_license_read(words, name, &package->license, &ignored);
        }
    }
}

static int make_whole(struct sf_package *package, struct sf_error *err)
{
    char **const strings[] = {&package->type, &package->name,   &package->version,
                              &package->arch, &package->source, &package->license.expression};

    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (*strings[i] == NULL) {
            *strings[i] = strdup("");
        }
        if (*strings[i] == NULL) {
            return sf_error_no_memory(err);
        }
    }
    return 0;
}

int sf_package_query(const struct sf_sysroot *sysroot, const struct sf_strlist *paths,
                     struct sf_package *ret, struct sf_error *err)
{
    sf_autofree struct sf_package *packages = calloc(paths->count + 1, sizeof *packages);
    int r = packages == NULL ? sf_error_no_memory(err) : query_dpkg(sysroot, paths, packages, err);

    for (size_t i = 0; r == 0 && i < paths->count; i++) {
        if (packages[i].name == NULL) {
            query_rpm(sysroot, paths->items[i], &packages[i]);
        }
        r = make_whole(&packages[i], err);
    }
    for (size_t i = 0; r < 0 && packages != NULL && i < paths->count; i++) {
        sf_package_done(&packages[i]);
    }
    if (r == 0) {
        memcpy(ret, packages, paths->count * sizeof *packages);
    }
    return r;
}

/* Adds "type\tname\tversion\tarch" for each line of a query. */
static int list_lines(char *text, const char *type, struct sf_strlist *list, struct sf_error *err)
{
    int r = 0;

    for (char *line = text, *next = NULL; r == 0 && line != NULL && *line != '\0'; line = next) {
        char *fields[FIELDS];
        sf_autofree char *name = strndup(line, strcspn(line, "\t\n"));

        next = strchr(line, '\n');
        next = next == NULL ? NULL : next + 1;
        if (name == NULL) {
            return sf_error_no_memory(err);
        }
        if (find_fields(line, name, fields) && sf_str_has_prefix(fields[4], "installed")) {
            r = sf_strlist_take(list,
                                sf_str_format("%s\t%.*s\t%.*s\t%.*s", type, (int)strcspn(name, ":"),
                                              name, (int)strcspn(fields[1], "\t"), fields[1],
                                              (int)strcspn(fields[2], "\t"), fields[2]),
                                err);
        }
    }
    return r;
}

int sf_package_list(const struct sf_sysroot *sysroot, struct sf_strlist *ret, struct sf_error *err)
{
    static const char *const words[2] = {"-W", DPKG_FORMAT};
    const struct sf_strlist all = {0};
    const char *argv[] = {"rpm", "--root", sysroot->path, "-qa", "--qf", RPM_FORMAT, NULL};
    sf_autofree char *dpkg = ask_dpkg(sysroot, words, &all);
    sf_autofree char *rpm = ask(argv);
    int r = dpkg == NULL ? 0 : list_lines(dpkg, "deb", ret, err);

    if (r == 0 && rpm != NULL) {
        r = list_lines(rpm, "rpm", ret, err);
    }
    sf_strlist_sort(ret);
    return r;
}

void sf_package_done(struct sf_package *package)
{
    free(package->type);
    free(package->name);
    free(package->version);
    free(package->arch);
    free(package->source);
    sf_spdx_license_done(&package->license);
    *package = (struct sf_package){0};
}
