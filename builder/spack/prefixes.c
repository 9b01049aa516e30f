/* The prefixes that Spack has built packages with, found and written over. */
#include "builder/spack/prefixes.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/prefix.h"
#include "common/host/dir.h"

/* What Spack pads paths with, as often as it fits, the last time cut off. */
#define PADDING   "__spack_path_placeholder__"
#define MAX_ROOTS 32
#define MAX_DEPTH 32

static int add_once(struct sf_strlist *list, const char *text, struct sf_error *err)
{
    return sf_strlist_has(list, text) ? 0 : sf_strlist_add(list, text, err);
}

/* True for a component that is padding, whole or cut off. One that would be followed by nothing but
 * a slash has one more underscore instead. */
static bool is_padding(const char *component, size_t length)
{
    return length > 0 && length <= sizeof PADDING && strncmp(component, PADDING "_", length) == 0;
}

/* How much of a path is padded root: up to the last component of padding. 0: not padded. */
static size_t padded_length(const char *path)
{
    size_t end = 0;
    bool is_padded = false;

    for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = strcspn(slash + 1, "/");

        if (length >= sizeof PADDING - 1 && is_padding(slash + 1, length)) {
            is_padded = true;
        }
        if (is_padded && !is_padding(slash + 1, length)) {
            break;
        }
        end = is_padded ? (size_t)(slash + 1 + length - path) : 0;
    }
    return end;
}

int sf_spack_prefixes_add(struct sf_spack_prefixes *prefixes, const char *path,
                          struct sf_error *err)
{
    if (!sf_path_is_clean_absolute(path) || strchr(path + 1, '/') == NULL) {
        sf_autofree char *shown = sf_str_printable(path);

        return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s' is no prefix that a package can have",
                            shown == NULL ? "" : shown);
    }

    sf_autofree char *root = sf_path_parent(path);
    sf_autofree char *padded = strndup(path, padded_length(path));

    if (root == NULL || padded == NULL) {
        return sf_error_no_memory(err);
    }

    int r = add_once(&prefixes->names, sf_path_base(path), err);

    if (r == 0) {
        r = add_once(&prefixes->roots, root, err);
    }
    if (r == 0 && *padded != '\0') {
        r = add_once(&prefixes->roots, padded, err);
    }
    if (r == 0 && prefixes->roots.count > MAX_ROOTS) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "the packages are in more than %d directories: that is no one tree",
                            MAX_ROOTS);
    }
    return r;
}

/* NULL when there is none. Beside the padding is a directory for a program of Spack's own. */
static const char *padding_among(const struct sf_strlist *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (is_padding(names->items[i], strlen(names->items[i]))) {
            return names->items[i];
        }
    }
    return NULL;
}

/* Follows the padding down to the directory that the packages are in. */
static int find_padded(int tree_fd, const char *root, int *ret_fd, char **ret_path,
                       struct sf_error *err)
{
    sf_autofree char *path = strdup(root);
    sf_autoclose int fd = -1;
    int r = sf_dir_open(tree_fd, ".", &fd, err);

    for (int depth = 0; r == 0 && depth < MAX_DEPTH && !sf_dir_has(fd, ".spack-db"); depth++) {
        sf_auto(strlist) struct sf_strlist names = {0};
        const char *padding = NULL;
        int below = -1;

        r = sf_dir_list(fd, ".", &names, err);
        padding = padding_among(&names);
        if (r == 0 && padding == NULL) {
            break;
        }
        if (r == 0) {
            r = sf_dir_open(fd, padding, &below, err);
        }
        if (r == 0) {
            char *longer = sf_path_join(path == NULL ? "" : path, padding);

            (void)close(fd);
            fd = below;
            free(path);
            path = longer;
        }
    }
    if (r < 0 || path == NULL) {
        return r < 0 ? r : sf_error_no_memory(err);
    }
    if (!sf_dir_has(fd, ".spack-db")) {
        return sf_error_set(err, SF_E_NOT_FOUND, "'%s' is no tree of packages that Spack made",
                            root);
    }
    *ret_fd = sf_steal_fd(&fd);
    *ret_path = sf_steal(&path);
    return 0;
}

int sf_spack_prefixes_find(struct sf_spack_prefixes *prefixes, int tree_fd, const char *root,
                           struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autofree char *padded = NULL;
    sf_autoclose int fd = -1;
    int r = find_padded(tree_fd, root, &fd, &padded, err);

    if (r == 0) {
        r = sf_dir_list(fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        sf_autofree char *metadata = sf_path_join(names.items[i], ".spack");
        sf_autofree char *path = sf_path_join(padded, names.items[i]);

        if (metadata == NULL || path == NULL) {
            return sf_error_no_memory(err);
        }
        if (sf_dir_has(fd, metadata)) {
            r = sf_spack_prefixes_add(prefixes, path, err);
        }
    }
    return r;
}

/* A file that is being rewritten. */
struct rewriting {
    const struct sf_spack_prefixes *prefixes;
    const char *slot;
    const char *bytes;
    size_t size;
    size_t written; /* of `bytes` */
    int fd;
    bool is_binary;
    struct sf_strlist *links;
    size_t next[MAX_ROOTS]; /* where each root stands next; `size` when nowhere */
};

/* What stands at some place: a root, or a package in it. */
struct match {
    size_t offset;
    size_t root_length;
    size_t length;
    const char *name; /* of the package, NULL for the root alone */
};

static int write_all(int fd, const char *bytes, size_t size, struct sf_error *err)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "write a file of the tree");
        }
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* True when a name goes on there: then what ends there is another, shorter one. */
static bool is_within_name(const struct rewriting *rewriting, size_t offset)
{
    return offset < rewriting->size && is_name_character(rewriting->bytes[offset]);
}

static void find_next(struct rewriting *rewriting, size_t root, size_t from)
{
    const char *text = rewriting->prefixes->roots.items[root];
    const char *hit = from >= rewriting->size ? NULL
                                              : memmem(rewriting->bytes + from,
                                                       rewriting->size - from, text, strlen(text));

    rewriting->next[root] = hit == NULL ? rewriting->size : (size_t)(hit - rewriting->bytes);
}

/* The first place at or after `from` where a root stands; the longest of those there. */
static bool find_root(struct rewriting *rewriting, size_t from, struct match *ret)
{
    const struct sf_strlist *roots = &rewriting->prefixes->roots;
    struct match best = {.offset = rewriting->size};

    for (size_t i = 0; i < roots->count; i++) {
        size_t length = strlen(roots->items[i]);

        while (
            rewriting->next[i] < rewriting->size &&
            (rewriting->next[i] < from || is_within_name(rewriting, rewriting->next[i] + length))) {
            find_next(rewriting, i, rewriting->next[i] < from ? from : rewriting->next[i] + 1);
        }
        if (rewriting->next[i] < best.offset ||
            (rewriting->next[i] == best.offset && length > best.root_length)) {
            best = (struct match){rewriting->next[i], length, length, NULL};
        }
    }
    *ret = best;
    return best.offset < rewriting->size;
}

/* The name that stands at `text`, below a root; NULL when it is none, or goes on. */
static const char *find_name(const struct sf_spack_prefixes *prefixes, const char *text,
                             size_t size)
{
    for (size_t i = 0; i < prefixes->names.count; i++) {
        const char *name = prefixes->names.items[i];
        size_t length = strlen(name);

        if (length <= size && memcmp(text, name, length) == 0 &&
            (length == size || !is_name_character(text[length]))) {
            return name;
        }
    }
    return NULL;
}

static void find_package(const struct rewriting *rewriting, struct match *match)
{
    size_t start = match->offset + match->root_length + 1;

    if (start < rewriting->size && rewriting->bytes[start - 1] == '/') {
        match->name =
            find_name(rewriting->prefixes, rewriting->bytes + start, rewriting->size - start);
    }
    if (match->name != NULL) {
        match->length = match->root_length + 1 + strlen(match->name);
    }
}

/* True when the string ends with the prefix, or with the slash after it. */
static bool is_end_of_string(const struct rewriting *rewriting, const struct match *match)
{
    size_t end = match->offset + match->length;

    if (end < rewriting->size && rewriting->bytes[end] == '/') {
        end++;
    }
    return end < rewriting->size && rewriting->bytes[end] == '\0';
}

static int refuse_short(const struct match *match, const char *at, struct sf_error *err)
{
    sf_autofree char *found = strndup(at, match->length);
    sf_autofree char *shown = found == NULL ? NULL : sf_str_printable(found);

    return sf_error_set(err, SF_E_INCOMPATIBLE,
                        "it is built for '%s', and the %zu bytes of that have no room for the %d "
                        "of a release's prefix: build it with Spack's install_tree:padded_length",
                        shown == NULL ? "" : shown, match->length, SF_PREFIX_SLOT);
}

static int write_binary(struct rewriting *rewriting, const struct match *match,
                        struct sf_error *err)
{
    static const char slashes[] =
        "////////////////////////////////////////////////////////////////";
    size_t length = match->length;

    /* One byte more, so that what follows cannot be taken for padding of the slot. */
    if (match->name != NULL && match->root_length > SF_PREFIX_SLOT &&
        is_end_of_string(rewriting, match)) {
        length = match->root_length;
        if (add_once(rewriting->links, match->name, err) < 0) {
            return -(int)err->code;
        }
    }
    if (length <= SF_PREFIX_SLOT) {
        return refuse_short(match, rewriting->bytes + match->offset, err);
    }

    int r = write_all(rewriting->fd, rewriting->slot, SF_PREFIX_SLOT, err);

    for (size_t left = length - SF_PREFIX_SLOT, part = 0; r == 0 && left > 0; left -= part) {
        part = left < sizeof slashes - 1 ? left : sizeof slashes - 1;
        r = write_all(rewriting->fd, slashes, part, err);
    }
    rewriting->written = match->offset + length;
    return r;
}

static int write_text(struct rewriting *rewriting, const struct match *match, struct sf_error *err)
{
    const char *after = rewriting->bytes + match->offset + match->length;
    size_t left = rewriting->size - match->offset - match->length;
    int r = write_all(rewriting->fd, rewriting->slot, SF_PREFIX_SLOT, err);

    /* A hidden file's name would look like more padding of the slot. */
    if (r == 0 && left >= 2 && memcmp(after, "/.", 2) == 0) {
        r = write_all(rewriting->fd, "/", 1, err);
    }
    rewriting->written = match->offset + match->length;
    return r;
}

int sf_spack_prefixes_rewrite(const struct sf_spack_prefixes *prefixes, const char *slot,
                              const char *bytes, size_t size, int fd, struct sf_strlist *links,
                              struct sf_error *err)
{
    struct rewriting rewriting = {.prefixes = prefixes,
                                  .slot = slot,
                                  .bytes = bytes,
                                  .size = size,
                                  .fd = fd,
                                  .is_binary = size > 0 && memchr(bytes, 0, size) != NULL,
                                  .links = links};
    struct match match;
    int r = 0;

    for (size_t i = 0; i < prefixes->roots.count; i++) {
        find_next(&rewriting, i, 0);
    }
    while (r == 0 && find_root(&rewriting, rewriting.written, &match)) {
        find_package(&rewriting, &match);
        r = write_all(fd, bytes + rewriting.written, match.offset - rewriting.written, err);
        if (r == 0) {
            r = rewriting.is_binary ? write_binary(&rewriting, &match, err)
                                    : write_text(&rewriting, &match, err);
        }
    }
    return r < 0 ? r : write_all(fd, bytes + rewriting.written, size - rewriting.written, err);
}

const char *sf_spack_prefixes_within(const struct sf_spack_prefixes *prefixes, const char *path)
{
    for (size_t i = 0; i < prefixes->roots.count; i++) {
        size_t length = strlen(prefixes->roots.items[i]);
        const char *name = NULL;

        if (sf_str_has_prefix(path, prefixes->roots.items[i]) && path[length] == '/') {
            name = find_name(prefixes, path + length + 1, strlen(path + length + 1));
        }
        if (name != NULL) {
            const char *rest = path + length + 1 + strlen(name);

            return *rest == '/' ? rest + 1 : rest;
        }
    }
    return NULL;
}

void sf_spack_prefixes_done(struct sf_spack_prefixes *prefixes)
{
    sf_strlist_done(&prefixes->names);
    sf_strlist_done(&prefixes->roots);
}
