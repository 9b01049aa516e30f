/* The index that a repository has: serial, rollout and withdrawn releases go on from there. */
#include "builder/repository/index_old.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/content/keyring.h"
#include "common/content/signature.h"
#include "common/format/repo_index.h"
#include "common/host/dir.h"

/* Lines that start with a dash have "- " before it in a clear-signed message. */
static void undo_dash_escapes(char *text)
{
    char *to = text;
    bool is_line_start = true;

    for (const char *from = text; *from != '\0';) {
        if (is_line_start && strncmp(from, "- ", 2) == 0) {
            from += 2;
            is_line_start = false;
            continue;
        }
        is_line_start = *from == '\n';
        *to++ = *from++;
    }
    *to = '\0';
}

char *sf_index_old_unverified_text(const char *message)
{
    static const char first[] = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    static const char last[] = "\n-----BEGIN PGP SIGNATURE-----\n";
    const char *start =
        strncmp(message, first, sizeof first - 1) == 0 ? strstr(message, "\n\n") : NULL;
    const char *end = start == NULL ? NULL : strstr(start, last);

    if (end == NULL || end < start + 2) {
        return NULL;
    }

    char *text = strndup(start + 2, (size_t)(end - start) - 2);

    if (text != NULL) {
        undo_dash_escapes(text);
    }
    return text;
}

int sf_index_old_verify(const struct sf_buffer *message, const struct sf_keyring *keyring,
                        struct sf_repo_index **ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INDEX_MAX_BYTES};
    struct sf_signer signer;
    int r = sf_signature_verify_clear(keyring, message->data == NULL ? "" : message->data,
                                      message->size, sf_clock_now_s(), &text, &signer, err);

    return r < 0 ? r : sf_repo_index_parse(text.data, text.size, ret, err);
}

static int verify(const struct sf_buffer *message, const char *keys_path,
                  struct sf_repo_index **ret, struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_autoclose int keys_fd = -1;
    int r = sf_dir_open_follow(keys_path, &keys_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_keyring_open(keys_fd, keys_path, &keyring, err);
    return r < 0 ? r : sf_index_old_verify(message, keyring, ret, err);
}

static int parse_unverified(const struct sf_buffer *message, struct sf_repo_index **ret,
                            struct sf_error *err)
{
    sf_autofree char *text = sf_index_old_unverified_text(message->data);

    if (text == NULL) {
        return sf_error_set(err, SF_E_FORMAT, "it is not a clear-signed text");
    }
    return sf_repo_index_parse(text, strlen(text), ret, err);
}

int sf_index_old_read(int repository_fd, const char *keys_path, struct sf_repo_index **ret,
                      struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = SF_INDEX_MAX_BYTES};
    int r = 0;

    if (!sf_dir_has(repository_fd, SF_INDEX_NAME)) {
        *ret = NULL;
        return 0;
    }

    r = sf_dir_read_file(repository_fd, SF_INDEX_NAME, &message, err);
    if (r == 0 && message.data == NULL) {
        r = sf_error_set(err, SF_E_FORMAT, "it is empty");
    }
    if (r == 0) {
        r = keys_path == NULL ? parse_unverified(&message, ret, err)
                              : verify(&message, keys_path, ret, err);
    }
    return r < 0 ? sf_error_prefix(err, "the old " SF_INDEX_NAME ": ") : 0;
}
