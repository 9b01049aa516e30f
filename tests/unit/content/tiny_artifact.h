/* A small artifact whose archive and manifest can be made to disagree. */
#ifndef SF_TESTS_UNIT_CONTENT_TINY_ARTIFACT_H
#define SF_TESTS_UNIT_CONTENT_TINY_ARTIFACT_H

#include "tests/unit/content/stream.h"

#include "common/content/archive_write.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"

#define TINY_ID       "24.11.5-1-bookworm-amd64"
#define TINY_PREFIX   "/opt/slurm/releases/" TINY_ID "/view"
#define TINY_FILES    7
#define TINY_SLOT     40
#define TINY_BIN_SIZE 400

enum { TINY_META, TINY_UNITS, TINY_UNIT, TINY_VIEW, TINY_BIN, TINY_SINFO, TINY_LINK };

struct tiny_artifact {
    struct sf_manifest manifest;
    struct sf_manifest_file listed[TINY_FILES];
    /* What the archive holds: the same unless a test changes it. */
    struct sf_manifest_file stored[TINY_FILES + 1];
    const char *data[TINY_FILES + 1];
    size_t stored_count;
    char default_prefix[sizeof TINY_PREFIX];
    char slot[SF_PREFIX_SLOT + 1];
    char names[TINY_FILES][32];
    char target[16];
    char sinfo[TINY_BIN_SIZE + 1];
    uint64_t offsets[1];
};

#define TINY_UNIT_TEXT "[Service]\nExecStart=" TINY_PREFIX "/sbin/slurmd\n"

static inline void tiny_artifact_file(struct tiny_artifact *artifact, size_t index,
                                      const char *path, enum sf_file_type type, const char *data)
{
    struct sf_manifest_file *file = &artifact->listed[index];
    struct sf_error err = {0};

    (void)snprintf(artifact->names[index], sizeof artifact->names[index], "%s", path);
    *file = (struct sf_manifest_file){.path = artifact->names[index], .type = type, .mode = 0755};
    if (data != NULL) {
        file->size_bytes = strlen(data);
        assert_sf_ok(sf_digest_bytes(data, strlen(data), file->sha256, &err), &err);
    }
    artifact->data[index] = data;
}

static inline void tiny_artifact_init(struct tiny_artifact *artifact)
{
    struct sf_error err = {0};

    *artifact = (struct tiny_artifact){.stored_count = TINY_FILES, .offsets = {TINY_SLOT}};
    memcpy(artifact->default_prefix, TINY_PREFIX, sizeof TINY_PREFIX);
    sf_prefix_pad(TINY_PREFIX, artifact->slot);
    memset(artifact->sinfo, '-', TINY_BIN_SIZE);
    memcpy(artifact->sinfo + TINY_SLOT, artifact->slot, SF_PREFIX_SLOT);

    tiny_artifact_file(artifact, TINY_META, "meta", SF_FILE_DIRECTORY, NULL);
    tiny_artifact_file(artifact, TINY_UNITS, "meta/units", SF_FILE_DIRECTORY, NULL);
    tiny_artifact_file(artifact, TINY_UNIT, "meta/units/slurmd.service", SF_FILE_REGULAR,
                       TINY_UNIT_TEXT);
    tiny_artifact_file(artifact, TINY_VIEW, "view", SF_FILE_DIRECTORY, NULL);
    tiny_artifact_file(artifact, TINY_BIN, "view/bin", SF_FILE_DIRECTORY, NULL);
    tiny_artifact_file(artifact, TINY_SINFO, "view/bin/sinfo", SF_FILE_REGULAR, artifact->sinfo);
    tiny_artifact_file(artifact, TINY_LINK, "view/bin/squeue", SF_FILE_LINK, NULL);

    artifact->listed[TINY_UNIT].is_rendered = true;
    artifact->listed[TINY_UNIT].mode = 0644;
    artifact->listed[TINY_SINFO].offsets = artifact->offsets;
    artifact->listed[TINY_SINFO].offset_count = 1;
    memcpy(artifact->target, "sinfo", sizeof "sinfo");
    artifact->listed[TINY_LINK].target = artifact->target;
    artifact->listed[TINY_LINK].mode = 0;
    memcpy(artifact->stored, artifact->listed, sizeof artifact->listed);

    artifact->manifest = (struct sf_manifest){
        .glibc = "2.36",
        .cpu_level = "x86-64-v1",
        .build_prefix = artifact->slot,
        .default_prefix = artifact->default_prefix,
        .files = artifact->listed,
        .file_count = TINY_FILES,
    };
    assert_sf_ok(sf_release_parse(TINY_ID, &artifact->manifest.release, &err), &err);
}

/* The manifest's text. Free it. */
static inline char *tiny_artifact_manifest(const struct tiny_artifact *artifact)
{
    static const struct sf_strlist none = {0};
    struct sf_manifest_origin origin = {
        .builder_version = "0", .options = &none, .sources = &none, .source_date_epoch_s = 0};
    char *text = sf_manifest_dump(&artifact->manifest, &origin);

    assert_non_null(text);
    return text;
}

/* Packs what is stored, the manifest in front under the name `first`, and opens the result. */
static inline void tiny_artifact_open(const struct tiny_artifact *artifact, const char *first,
                                      struct stream *stream)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_autofree char *text = tiny_artifact_manifest(artifact);
    sf_autofree char(*blocks)[65] = NULL;
    int fd = stream_new_file();
    uint64_t size = 0;
    size_t count = 0;
    char sha256[65];
    struct sf_error err = {0};

    assert_sf_ok(sf_archive_writer_open(fd, 1, 0, &writer, &err), &err);
    assert_sf_ok(sf_archive_writer_add_bytes(writer, first, 0644, text, strlen(text), &err), &err);
    for (size_t i = 0; i < artifact->stored_count; i++) {
        const struct sf_manifest_file *file = &artifact->stored[i];
        const char *data = artifact->data[i];

        if (file->type == SF_FILE_REGULAR) {
            assert_sf_ok(sf_archive_writer_add_bytes(writer, file->path, file->mode, data,
                                                     strlen(data), &err),
                         &err);
        } else {
            assert_sf_ok(sf_archive_writer_add_file(writer, -1, file, &err), &err);
        }
    }
    assert_sf_ok(sf_archive_writer_finish(writer, &size, &blocks, &count, sha256, &err), &err);
    stream_open(stream, fd);
}

#endif
