/* Where a system's libraries are: RPATH directories, then ldconfig's cache. */
#include "builder/pack/library_cache.h"

#include <stdlib.h>
#include <string.h>

#include "builder/pack/sysroot.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/process.h"

#define CACHE_MAX_BYTES (16UL << 20)

/* "\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1" */
static int parse_line(char *line, struct sf_library_cache *cache, struct sf_error *err)
{
    char *arrow = strstr(line, " => /");
    char *name = sf_str_trim(line);
    char *kind = strstr(name, " (");

    if (arrow == NULL || kind == NULL || kind > arrow || strstr(kind, "hwcap") != NULL) {
        return 0;
    }
    *kind = '\0';

    int r = sf_strlist_add(&cache->names, name, err);

    if (r < 0) {
        return r;
    }
    return sf_strlist_add(&cache->paths, sf_str_trim(arrow + strlen(" => ")), err);
}

int sf_library_cache_parse(const char *text, struct sf_library_cache *cache, struct sf_error *err)
{
    sf_autofree char *copy = strdup(text);
    int r = 0;

    if (copy == NULL) {
        return sf_error_no_memory(err);
    }
    for (char *line = copy, *next = NULL; r == 0 && line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        r = parse_line(line, cache, err);
    }
    return r;
}

int sf_library_cache_read(const struct sf_sysroot *sysroot, struct sf_library_cache *cache,
                          struct sf_error *err)
{
    sf_autofree char *file = sf_sysroot_outside(sysroot, "/etc/ld.so.cache");
    /* Reading a root's cache from outside needs no rights, unlike ldconfig -r. */
    const char *argv[] = {"ldconfig", "-p", "-C", file, NULL};
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = CACHE_MAX_BYTES};
    struct sf_process_options process = {.argv = argv, .output = &output};
    int r = file == NULL ? sf_error_no_memory(err) : sf_process_check(&process, err);

    if (r < 0) {
        return sf_error_prefix(err, "list the libraries of '%s': ", sysroot->path);
    }
    return sf_library_cache_parse(output.data == NULL ? "" : output.data, cache, err);
}

/* A file of another architecture, and one that cannot be read, are passed over as ld.so does. */
static char *real_path_of(const struct sf_library_wanted *wanted, const char *path)
{
    struct sf_error ignored;
    sf_auto(elf_info) struct sf_elf_info info = {0};
    sf_autofree char *real = NULL;
    sf_autoclose int fd = -1;

    if (sf_sysroot_open_file(wanted->sysroot, path, &real, &fd, &ignored) < 0 ||
        sf_elf_info_read(fd, path, &info, &ignored) < 0 || !info.is_elf ||
        strcmp(info.arch, wanted->arch) != 0) {
        return NULL;
    }
    return sf_steal(&real);
}

/* The path of `name` in the RPATH entry of `length` bytes at `entry`; NULL when there is none. */
static char *in_entry(const struct sf_library_wanted *wanted, const char *entry, size_t length)
{
    static const char origin[] = "$ORIGIN";

    if (length >= sizeof origin - 1 && strncmp(entry, origin, sizeof origin - 1) == 0) {
        return wanted->origin == NULL
                   ? NULL
                   : sf_str_format("%s%.*s/%s", wanted->origin, (int)(length - sizeof origin + 1),
                                   entry + sizeof origin - 1, wanted->name);
    }
    return entry[0] != '/' ? NULL : sf_str_format("%.*s/%s", (int)length, entry, wanted->name);
}

static char *find_in_search(const struct sf_library_wanted *wanted)
{
    const char *entry = wanted->search;

    while (entry != NULL && *entry != '\0') {
        size_t length = strcspn(entry, ":");
        sf_autofree char *path = in_entry(wanted, entry, length);

        char *real = path == NULL ? NULL : real_path_of(wanted, path);

        if (real != NULL) {
            return real;
        }
        entry += length + (entry[length] == ':' ? 1 : 0);
    }
    return NULL;
}

char *sf_library_cache_find(const struct sf_library_cache *cache,
                            const struct sf_library_wanted *wanted)
{
    char *found = find_in_search(wanted);

    for (size_t i = 0; found == NULL && i < cache->names.count; i++) {
        if (strcmp(cache->names.items[i], wanted->name) == 0) {
            found = real_path_of(wanted, cache->paths.items[i]);
        }
    }
    return found;
}

void sf_library_cache_done(struct sf_library_cache *cache)
{
    sf_strlist_done(&cache->names);
    sf_strlist_done(&cache->paths);
}
