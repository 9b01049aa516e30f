/* The journal and the history, as a power cut or a bad disk leaves them. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/format/journal_entry.h"

#include <string.h>

static void require_journal(const char *text, size_t size)
{
    struct sf_journal_entry entry;
    struct sf_journal_entry again;
    struct sf_release release;
    struct sf_error err = {0};

    if (sf_journal_entry_parse(text, size, &entry, &err) < 0) {
        fuzz_require(err.code == SF_E_FORMAT);
        return;
    }
    fuzz_require(sf_release_parse(entry.to, &release, &err) == 0);
    sf_autofree char *dumped = sf_journal_entry_dump(&entry);

    fuzz_require(dumped != NULL);
    fuzz_require(sf_journal_entry_parse(dumped, strlen(dumped), &again, &err) == 0);
    fuzz_require(strcmp(entry.to, again.to) == 0 && entry.started_s == again.started_s);
}

/* Any bytes in a message, too. */
static void require_history(const char *text, size_t size)
{
    struct sf_history_line line = {0};
    struct sf_history_line again;
    struct sf_error err = {0};

    if (sf_history_line_parse(text, size, &line, &err) < 0) {
        size_t length = size < sizeof line.detail ? size : sizeof line.detail - 1;

        memcpy(line.detail, text, length);
    }
    sf_autofree char *dumped = sf_history_line_dump(&line);

    fuzz_require(dumped != NULL && strchr(dumped, '\n') == dumped + strlen(dumped) - 1);
    fuzz_require(sf_history_line_parse(dumped, strlen(dumped), &again, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    require_journal((const char *)bytes, size);
    require_history((const char *)bytes, size);
    return 0;
}
