/* A small valid index, and ways to spoil it, for the tests of repo_index*.c. */
#ifndef SF_TESTS_UNIT_FORMAT_INDEX_TEXT_H
#define SF_TESTS_UNIT_FORMAT_INDEX_TEXT_H

#include "common/base/str.h"
#include "common/format/repo_index.h"
#include "tests/unit/sf_test.h"

#define INDEX_SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define INDEX_ARTIFACT(version, build, path)                                                       \
    "{\"version\":\"" version "\",\"build\":" build ",\"toolchain\":\"noble\",\"arch\":\"amd64\"," \
    "\"variant\":\"cpu\",\"path\":\"" path "\",\"size\":5100000000,\"sha256\":\"" INDEX_SHA "\","  \
    "\"manifest\":{\"size\":2000,\"sha256\":\"" INDEX_SHA "\"},\"glibc\":\"2.39\","                \
    "\"cpu_level\":\"x86-64-v2\",\"yanked\":false,\"security\":true}"
#define INDEX_TEXT                                                                                 \
    "{\"format\":1,\"repository\":\"test\",\"serial\":7,\"created\":\"2026-11-21T01:02:03Z\","     \
    "\"expires\":\"2026-12-21T01:02:03Z\",\"series\":{\"25.11\":\"25.11.6-1\"},"                   \
    "\"rollout\":{\"percent\":25,\"not_before\":\"2026-11-22T00:00:00Z\",\"halted\":true},"        \
    "\"artifacts\":[" INDEX_ARTIFACT("25.11.6", "1", "noble/a.tar.zst") "," INDEX_ARTIFACT(        \
        "25.11.10", "1", "noble/b.tar.zst") "]}"

/* The text with the first `from` replaced by `to`, which must be there. Free it. */
static inline char *index_text(const char *from, const char *to)
{
    const char *hit = strstr(INDEX_TEXT, from);

    assert_non_null(hit);
    return sf_str_format("%.*s%s%s", (int)(strlen(INDEX_TEXT) - strlen(hit)), INDEX_TEXT, to,
                         hit + strlen(from));
}

static inline struct sf_repo_index *index_parsed(const char *from, const char *to)
{
    sf_autofree char *text = index_text(from, to);
    struct sf_repo_index *index = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_repo_index_parse(text, strlen(text), &index, &err), &err);
    return index;
}

static inline void assert_index_fails(const char *from, const char *to, enum sf_code code,
                                      const char *fragment)
{
    sf_autofree char *text = index_text(from, to);
    struct sf_repo_index *index = NULL;
    struct sf_error err = {0};

    assert_sf_fails(sf_repo_index_parse(text, strlen(text), &index, &err), &err, code, fragment);
    assert_null(index);
}

#endif
