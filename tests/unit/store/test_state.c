/* What is remembered survives, what is damaged is refused, what is long is cut. */
#include "common/store/state.h"

#include "common/base/str.h"
#include "tests/unit/store/store_test.h"

#define INDEX   "var/lib/sf-agent/index.json"
#define JOURNAL "var/lib/sf-agent/journal.json"
#define HISTORY "var/lib/sf-agent/history.jsonl"

#define GOOD_ORIGIN                                                                                \
    "{\"accepted\":\"2026-11-21T01:02:03Z\",\"etag\":\"\",\"keys_digest\":\"\","                   \
    "\"last_modified\":\"\",\"sha256\":\"\",\"signer\":\"\",\"url\":\"\"}"

static const struct sf_index_origin origin = {
    .url = "https://mirror.example.org/slurm",
    .etag = "\"abc\"",
    .last_modified = "Sat, 21 Nov 2026 01:02:03 GMT",
    .keys_digest = "00",
    .signer = "0123456789ABCDEF0123456789ABCDEF01234567",
    .sha256 = "11",
    .accepted_s = 1795222923,
};

/* The text of a small index, as a builder would write it. Free it. */
static char *index_text(uint64_t serial)
{
    char name[] = "example";
    const struct sf_repo_index index = {.repository = name,
                                        .serial = serial,
                                        .created_s = 1795222923,
                                        .expires_s = 1795999999,
                                        .rollout = {.percent = 100}};

    return sf_repo_index_dump(&index);
}

static void save_index(const struct sf_layout *layout, uint64_t serial)
{
    sf_autofree char *text = index_text(serial);
    struct sf_error err;

    assert_non_null(text);
    assert_sf_ok(sf_state_save_index(layout, text, strlen(text), &origin, &err), &err);
}

static void index_saved_is_loaded_with_its_origin(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin loaded = {0};
    struct sf_error err;

    save_index(layout, 41);
    save_index(layout, 42);
    assert_sf_ok(sf_state_load_index(layout, &index, &loaded, &err), &err);
    assert_int_equal(index->serial, 42);
    assert_string_equal(index->repository, "example");
    assert_memory_equal(&loaded, &origin, sizeof origin);
}

static void index_touched_keeps_its_text(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin other = origin;
    struct sf_index_origin loaded = {0};
    struct sf_error err;

    save_index(layout, 42);
    (void)snprintf(other.url, sizeof other.url, "file:///mnt/usb");
    assert_sf_ok(sf_state_touch_index(layout, &other, &err), &err);
    assert_sf_ok(sf_state_load_index(layout, &index, &loaded, &err), &err);
    assert_string_equal(loaded.url, "file:///mnt/usb");
    assert_int_equal(index->serial, 42);
}

static void validator_that_is_not_utf8_is_forgotten(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    sf_autofree char *text = index_text(7);
    struct sf_index_origin odd = origin;
    struct sf_index_origin loaded = {0};
    struct sf_error err;

    (void)snprintf(odd.etag, sizeof odd.etag, "\"\xff\xfe\"");
    assert_sf_ok(sf_state_save_index(layout, text, strlen(text), &odd, &err), &err);
    assert_sf_ok(sf_state_load_index(layout, &index, &loaded, &err), &err);
    assert_string_equal(loaded.etag, "");
    assert_string_equal(loaded.url, origin.url);
}

static void index_never_accepted_is_not_found(void **state)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    sf_auto(layout) struct sf_layout *made = NULL;
    struct sf_repo_index *index = NULL;
    struct sf_index_origin loaded = {0};
    struct sf_error err;

    assert_sf_ok(sf_layout_open(*state, "/opt/slurm", &layout, &err), &err);
    assert_sf_fails(sf_state_load_index(layout, &index, &loaded, &err), &err, SF_E_NOT_FOUND,
                    "'sf-agent refresh'");
    made = store_open(state);
    assert_sf_fails(sf_state_load_index(made, &index, &loaded, &err), &err, SF_E_NOT_FOUND,
                    "'sf-agent refresh'");
    assert_sf_fails(sf_state_touch_index(made, &origin, &err), &err, SF_E_NOT_FOUND, "index");
    assert_false(store_has(state, INDEX));
}

static void index_damaged_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "\n", "garbage", "{}\n{}", "{\"url\":1}\n{}", GOOD_ORIGIN "\n{\"format\":1"};
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sf_repo_index *index = NULL;
        struct sf_index_origin loaded = {0};

        store_write(state, INDEX, texts[i]);
        assert_sf_fails(sf_state_load_index(layout, &index, &loaded, &err), &err, SF_E_FORMAT,
                        "/var/lib/sf-agent/index.json is damaged, 'sf-agent refresh'");
        assert_null(index);
    }
}

static void journal_begun_is_open_until_its_end(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    const struct sf_journal_entry entry = {.operation = "upgrade",
                                           .from = OLD_ID,
                                           .to = NEW_ID,
                                           .may_restart = true,
                                           .services = "slurmctld slurmd",
                                           .started_s = 1795222923};
    struct sf_journal_entry read = {0};
    struct sf_error err;
    bool is_open = true;

    assert_sf_ok(sf_state_open_entry(layout, &read, &is_open, &err), &err);
    assert_false(is_open);
    assert_sf_ok(sf_state_begin(layout, &entry, &err), &err);
    assert_sf_ok(sf_state_open_entry(layout, &read, &is_open, &err), &err);
    assert_true(is_open);
    assert_string_equal(read.from, OLD_ID);
    assert_string_equal(read.to, NEW_ID);
    assert_string_equal(read.previous, "");
    assert_true(read.may_restart);
    assert_string_equal(read.services, "slurmctld slurmd");
    assert_sf_ok(sf_state_end(layout, &err), &err);
    assert_sf_ok(sf_state_end(layout, &err), &err);
    assert_sf_ok(sf_state_open_entry(layout, &read, &is_open, &err), &err);
    assert_false(is_open);
    assert_false(store_has(state, JOURNAL));
}

static void journal_damaged_is_refused(void **state)
{
    static const char *const texts[] = {"", "{", "{\"operation\":\"upgrade\"}", "\n\n"};
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sf_journal_entry read = {0};
        bool is_open = false;

        store_write(state, JOURNAL, texts[i]);
        assert_sf_fails(sf_state_open_entry(layout, &read, &is_open, &err), &err, SF_E_FORMAT,
                        "/var/lib/sf-agent/journal.json");
        assert_false(is_open);
        assert_true(store_has(state, JOURNAL));
    }
}

static void record(const struct sf_layout *layout, int64_t time_s, const char *detail)
{
    struct sf_history_line line = {
        .time_s = time_s, .operation = "install", .to = NEW_ID, .result = "ok"};
    struct sf_error err;

    (void)snprintf(line.detail, sizeof line.detail, "%s", detail);
    assert_sf_ok(sf_state_record(layout, &line, &err), &err);
}

static void history_recorded_is_listed_oldest_first(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autofree struct sf_history_line *none = NULL;
    sf_autofree struct sf_history_line *all = NULL;
    sf_autofree struct sf_history_line *newest = NULL;
    struct sf_error err;
    size_t count = 1;

    assert_sf_ok(sf_state_history(layout, 10, &none, &count, &err), &err);
    assert_int_equal(count, 0);
    for (int64_t i = 1; i <= 3; i++) {
        record(layout, 1795222920 + i, "");
    }
    assert_sf_ok(sf_state_history(layout, 10, &all, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_int_equal(all[0].time_s, 1795222921);
    assert_string_equal(all[2].to, NEW_ID);
    assert_sf_ok(sf_state_history(layout, 2, &newest, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_int_equal(newest[0].time_s, 1795222922);
    assert_int_equal(newest[1].time_s, 1795222923);
}

static void history_torn_by_a_crash_loses_only_that_line(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autofree struct sf_history_line *lines = NULL;
    struct sf_error err;
    size_t count = 0;

    record(layout, 1795222921, "first");
    sf_autofree char *torn = sf_str_format("%s{\"operation\":\"inst", store_text(state, HISTORY));

    store_write(state, HISTORY, torn);
    record(layout, 1795222922, "second");
    assert_sf_ok(sf_state_history(layout, 10, &lines, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_string_equal(lines[0].detail, "first");
    assert_string_equal(lines[1].detail, "second");
}

static void history_grown_large_keeps_its_newest_half(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autofree struct sf_history_line *lines = NULL;
    struct sf_error err;
    char path[512];
    size_t count = 0;

    record(layout, 1795222921, "old");
    sf_autofree char *line = strdup(store_text(state, HISTORY));

    store_path(path, *state, HISTORY);
    FILE *stream = fopen(path, "we");

    assert_non_null(line);
    assert_non_null(stream);
    for (size_t written = 0; written <= 1 << 20; written += strlen(line)) {
        (void)fputs(line, stream);
    }
    (void)fclose(stream);
    record(layout, 1795222999, "new");
    struct stat status = {0};

    assert_int_equal(stat(path, &status), 0);
    assert_in_range(status.st_size, 500000, 540000);
    assert_sf_ok(sf_state_history(layout, 100000, &lines, &count, &err), &err);
    assert_string_equal(lines[0].detail, "old");
    assert_string_equal(lines[count - 1].detail, "new");
    /* Nothing was cut in the middle: every byte belongs to a line that was read. */
    assert_in_range(status.st_size, (count - 1) * strlen(line), count * strlen(line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_unit_test(index_saved_is_loaded_with_its_origin),
        store_unit_test(index_touched_keeps_its_text),
        store_unit_test(validator_that_is_not_utf8_is_forgotten),
        store_unit_test(index_never_accepted_is_not_found),
        store_unit_test(index_damaged_is_refused),
        store_unit_test(journal_begun_is_open_until_its_end),
        store_unit_test(journal_damaged_is_refused),
        store_unit_test(history_recorded_is_listed_oldest_first),
        store_unit_test(history_torn_by_a_crash_loses_only_that_line),
        store_unit_test(history_grown_large_keeps_its_newest_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
