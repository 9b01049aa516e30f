/* Publishes: files first, then the index, then what the index no longer names goes. */
#include "builder/repository/publisher.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "builder/repository/index_entries.h"
#include "builder/repository/index_make.h"
#include "builder/repository/index_report.h"
#include "builder/repository/index_scan.h"
#include "builder/repository/index_state.h"
#include "builder/repository/put_files.h"
#include "builder/repository/release_files.h"
#include "builder/repository/target.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/content/keyring.h"
#include "common/content/sign.h"
#include "common/format/repo_index.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define MAX_KEY_BYTES (1UL << 20)
#define INDEX_TRIES   8
#define SETTLE_FACTOR 3
#define SETTLE_MIN_MS 1000
#define SETTLE_MAX_MS 30000

struct run {
    const struct sf_publication *publication;
    struct sf_report *report;
    struct sf_keyring *keyring;
    int from_fd;                  /* -1: nothing is added */
    struct sf_strlist from_paths; /* the files there */
    struct sf_repo_index *added;  /* the artifacts there */
    struct sf_strlist paths;      /* the files of the target */
    struct sf_strlist put;
    struct sf_strlist removed;
    char *default_name;
    struct sf_index_wishes wishes;
    struct sf_index_aim aim;
    struct sf_index_state state;
    bool is_written; /* the index */
};

static void run_done(struct run *run)
{
    sf_index_state_done(&run->state);
    free(run->default_name);
    sf_strlist_done(&run->removed);
    sf_strlist_done(&run->put);
    sf_strlist_done(&run->paths);
    sf_repo_index_free(run->added);
    sf_strlist_done(&run->from_paths);
    sf_cleanup_close(&run->from_fd);
    sf_keyring_free(run->keyring);
}

SF_DEFINE_AUTO_STRUCT(run, struct run, run_done)

/* Without keys of its own the index is the signer's: nobody else's is gone on from. */
static int open_keyring(struct run *run, struct sf_error *err)
{
    const struct sf_publication *publication = run->publication;
    sf_auto(buffer) struct sf_buffer key = {.limit_bytes = MAX_KEY_BYTES};
    sf_autoclose int keys_fd = -1;
    int r = 0;

    if (publication->keys == NULL) {
        r = sf_sign_export_key(publication->signer, &key, err);
        return r < 0 ? r : sf_keyring_open_key(&key, publication->signer, &run->keyring, err);
    }

    r = sf_dir_open_follow(publication->keys, &keys_fd, err);
    return r < 0 ? r : sf_keyring_open(keys_fd, publication->keys, &run->keyring, err);
}

/* Everything that is about to be published is whole before anything is. */
static int read_from(struct run *run, struct sf_error *err)
{
    const char *from = run->publication->from;
    sf_auto(target) struct sf_target *source = NULL;

    run->added = calloc(1, sizeof *run->added);
    if (run->added == NULL) {
        return sf_error_no_memory(err);
    }
    if (from == NULL) {
        return 0;
    }

    int r = sf_dir_open_follow(from, &run->from_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_index_scan(run->from_fd, run->added, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", from);
    }

    r = sf_target_open(from, &source, err);
    return r < 0 ? r : sf_target_list(source, &run->from_paths, err);
}

/* "repository" for /srv/repository/ and host:/srv/repository: what a first index is called unless
 * somebody says otherwise. */
static char *default_name(const char *target)
{
    size_t end = strlen(target);

    while (end > 1 && target[end - 1] == '/') {
        end--;
    }

    size_t begin = end;

    while (begin > 0 && strchr("/:", target[begin - 1]) == NULL) {
        begin--;
    }
    return strndup(target + begin, end - begin);
}

static int start(struct run *run, struct sf_error *err)
{
    const struct sf_publication *publication = run->publication;
    int r = 0;

    run->default_name = default_name(publication->target->name);
    if (run->default_name == NULL) {
        return sf_error_no_memory(err);
    }
    run->wishes = (struct sf_index_wishes){
        .name = publication->name,
        .default_name = run->default_name,
        .percent = publication->percent,
        .is_halted = publication->is_halted,
        .expires_days = publication->expires_days,
        .keep = publication->keep,
        .withdrawn = &publication->withdrawn,
        .expired = &publication->expired,
    };

    r = sf_index_check_wishes(&run->wishes, err);
    if (r == 0) {
        r = open_keyring(run, err);
    }
    if (r == 0) {
        r = read_from(run, err);
    }
    if (r == 0) {
        r = sf_target_list(publication->target, &run->paths, err);
    }
    if (r < 0) {
        return r;
    }
    run->aim = (struct sf_index_aim){
        .target = publication->target,
        .keyring = run->keyring,
        .wishes = &run->wishes,
        .added = run->added,
        .signer = publication->signer,
    };
    r = sf_index_state_look(&run->aim, &run->state, err);
    /* A mistyped name, and not a repository that wants an empty index. */
    return r == 0 && publication->from == NULL && run->state.old == NULL
               ? sf_error_set(err, SF_E_NOT_FOUND,
                              "%s: there is no index yet; 'sf-builder publish --from=DIR' puts "
                              "releases there and makes one",
                              publication->target->name)
               : r;
}

/* What the target lacks of the releases that will be listed. */
static int plan(struct run *run, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < run->added->artifact_count; i++) {
        const char *artifact = run->added->artifacts[i].path;
        struct sf_put_plan wanted = {
            .artifact = artifact,
            .from_paths = &run->from_paths,
            .paths = &run->paths,
            .is_listed =
                run->state.old != NULL && sf_index_entries_find(run->state.old, artifact) != NULL,
        };

        if (sf_index_entries_find(run->state.next, artifact) != NULL) {
            r = sf_put_files_plan(&wanted, &run->put, err);
        }
    }
    return r;
}

/* Between any two steps: what is there is whole then. */
static int stop_if_asked(struct sf_error *err)
{
    return sf_interrupt_is_pending()
               ? sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal: run it again to go on")
               : 0;
}

static int put(struct run *run, struct sf_error *err)
{
    for (size_t i = 0; i < run->put.count; i++) {
        int r = stop_if_asked(err);

        if (r == 0) {
            r = sf_put_file(run->publication->target, run->from_fd, run->put.items[i], err);
        }
        if (r < 0) {
            return r;
        }
        sf_report_line(run->report, "put %s", run->put.items[i]);
    }
    return 0;
}

static void settle(int64_t began_ms)
{
    int64_t wait_ms = (sf_clock_monotonic_ms() - began_ms) * SETTLE_FACTOR;

    wait_ms = wait_ms < SETTLE_MIN_MS ? SETTLE_MIN_MS : wait_ms;
    wait_ms = wait_ms > SETTLE_MAX_MS ? SETTLE_MAX_MS : wait_ms;

    const struct timespec pause = {wait_ms / 1000, wait_ms % 1000 * 1000000L};

    (void)nanosleep(&pause, NULL);
}

/*
 * Until the index there says what it should. Where no lock keeps others away, one of them may have
 * read the old index before ours came and replace ours after it: that has happened by the time of
 * another look, when we wait longer than a replacement takes.
 */
static int replace_index(struct run *run, bool is_locked, struct sf_error *err)
{
    for (int i = 0; i < INDEX_TRIES; i++) {
        int64_t began_ms = sf_clock_monotonic_ms();
        bool is_written = false;
        int r = stop_if_asked(err);

        if (r == 0) {
            r = sf_index_state_look(&run->aim, &run->state, err);
        }
        if (r < 0 || run->state.is_same) {
            return r;
        }

        r = sf_index_state_write(&run->aim, &run->state, &run->paths, &is_written, err);
        if (r < 0) {
            return r;
        }
        run->is_written |= is_written;
        if (!is_locked) {
            settle(began_ms);
        }
    }
    return sf_error_set(err, SF_E_BUSY, "%s: others replace the index again and again",
                        run->publication->target->name);
}

/* The manifest goes first: what has none is no release. */
static int remove_release(struct run *run, const char *artifact, bool is_locked,
                          struct sf_error *err)
{
    struct sf_target *target = run->publication->target;
    sf_auto(strlist) struct sf_strlist files = {0};
    int r = sf_release_files_pick(artifact, &run->paths, &files, err);

    for (size_t i = files.count; r == 0 && i > 0; i--) {
        r = stop_if_asked(err);
        if (r == 0) {
            r = sf_target_remove(target, files.items[i - 1], err);
        }
        if (r == 0) {
            sf_report_line(run->report, "removed %s", files.items[i - 1]);
            r = sf_strlist_add(&run->removed, files.items[i - 1], err);
        }
    }
    /* A run that was killed here has left directories that are empty. */
    if (r == 0 && files.count == 0 && is_locked) {
        r = sf_target_remove(target, artifact, err);
    }
    return r;
}

static int remove_old(struct run *run, bool is_locked, struct sf_error *err)
{
    const struct sf_repo_index *index = run->state.old;
    int r = 0;

    for (size_t i = 0; r == 0 && i < index->removed.count; i++) {
        if (sf_index_entries_find(index, index->removed.items[i]) == NULL) {
            r = remove_release(run, index->removed.items[i], is_locked, err);
        }
    }
    return r;
}

static int change(struct run *run, struct sf_error *err)
{
    struct sf_target *target = run->publication->target;
    uint32_t wait_s = run->publication->wait_s;
    bool is_locked = false;
    int r = run->state.is_same ? 0 : sf_index_state_try(&run->aim, &run->state, err);

    if (r == 0) {
        r = put(run, err);
    }
    if (r == 0) {
        r = sf_target_lock(target, wait_s == 0 ? SF_PUBLISHER_WAIT_S : wait_s, &is_locked, err);
    }
    if (r < 0) {
        return r;
    }

    r = replace_index(run, is_locked, err);
    if (r == 0) {
        r = remove_old(run, is_locked, err);
    }
    sf_target_unlock(target);
    return r;
}

/* Whoever takes out a release twice gets what was asked for, and should know of a mistyped name. */
static void tell_unknown(const struct run *run)
{
    const struct sf_strlist *names = &run->publication->expired;
    const struct sf_repo_index *old = run->state.old;

    for (size_t i = 0; i < names->count; i++) {
        bool is_known = false;

        for (size_t j = 0; old != NULL && !is_known && j < old->artifact_count; j++) {
            char text[SF_RELEASE_ID_SIZE];

            sf_release_short(&old->artifacts[j].release, text);
            is_known = strcmp(text, names->items[i]) == 0;
        }
        if (!is_known) {
            sf_report_line(run->report, "the repository has no release %s", names->items[i]);
        }
    }
}

/* What a run would do. */
static int foresee(struct run *run, struct sf_error *err)
{
    const struct sf_strlist *artifacts = &run->state.next->removed;
    int r = 0;

    for (size_t i = 0; r == 0 && i < artifacts->count; i++) {
        r = sf_release_files_pick(artifacts->items[i], &run->paths, &run->removed, err);
    }
    for (size_t i = 0; r == 0 && i < run->put.count; i++) {
        sf_report_line(run->report, "would put %s", run->put.items[i]);
    }
    for (size_t i = 0; r == 0 && i < run->removed.count; i++) {
        sf_report_line(run->report, "would remove %s", run->removed.items[i]);
    }
    run->is_written = !run->state.is_same;
    return r;
}

static void tell(const struct run *run)
{
    const struct sf_index_state *state = &run->state;
    bool is_dry_run = run->publication->is_dry_run;
    const char *verdict = !run->is_written ? "unchanged"
                          : is_dry_run     ? "would publish"
                                           : "published";

    sf_report_list(run->report, "put", &run->put);
    sf_report_list(run->report, "removed", &run->removed);
    sf_report_flag(run->report, "index_replaced", run->is_written);
    sf_report_flag(run->report, "dry_run", is_dry_run);
    sf_index_report(run->report, verdict, state->is_same ? state->old : state->next);
    if (run->is_written || run->put.count > 0 || run->removed.count > 0) {
        sf_report_changed(run->report);
    }
}

int sf_publisher_run(const struct sf_publication *publication, struct sf_report *report,
                     struct sf_error *err)
{
    sf_auto(run) struct run run = {.publication = publication, .report = report, .from_fd = -1};
    int r = start(&run, err);

    if (r == 0) {
        tell_unknown(&run);
        r = plan(&run, err);
    }
    if (r == 0) {
        r = publication->is_dry_run ? foresee(&run, err) : change(&run, err);
    }
    if (r == 0) {
        tell(&run);
    }
    return r;
}
