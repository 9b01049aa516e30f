/* A small valid manifest, and ways to spoil it, for the tests of manifest_*.c. */
#ifndef SF_TESTS_UNIT_FORMAT_MANIFEST_TEXT_H
#define SF_TESTS_UNIT_FORMAT_MANIFEST_TEXT_H

#include "common/base/str.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"
#include "tests/unit/sf_test.h"

#define MANIFEST_SHA    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define MANIFEST_PREFIX "/opt/slurm/releases/25.11.6-1-noble-amd64/view"

/* BUILD_PREFIX stands for the padded prefix; manifest_text() puts it in. */
#define MANIFEST_TEMPLATE                                                                          \
    "{\"format\":1,\"name\":\"slurm\",\"version\":\"25.11.6\",\"build\":1,"                        \
    "\"toolchain\":\"noble\",\"arch\":\"amd64\",\"variant\":\"cpu\",\"glibc\":\"2.38\","           \
    "\"cpu_level\":\"x86-64-v2\",\"build_prefix\":\"BUILD_PREFIX\","                               \
    "\"default_prefix\":\"" MANIFEST_PREFIX "\","                                                  \
    "\"relocations\":[{\"path\":\"view/bin/sinfo\",\"offsets\":[10,200]}],"                        \
    "\"files\":["                                                                                  \
    "{\"path\":\"meta\",\"type\":\"dir\",\"mode\":\"0755\"},"                                      \
    "{\"path\":\"meta/units\",\"type\":\"dir\",\"mode\":\"0755\"},"                                \
    "{\"path\":\"meta/units/slurmd.service\",\"type\":\"file\",\"mode\":\"0644\",\"size\":60,"     \
    "\"sha256\":\"" MANIFEST_SHA "\",\"render\":true},"                                            \
    "{\"path\":\"view\",\"type\":\"dir\",\"mode\":\"0755\"},"                                      \
    "{\"path\":\"view/bin\",\"type\":\"dir\",\"mode\":\"0755\"},"                                  \
    "{\"path\":\"view/bin/sinfo\",\"type\":\"file\",\"mode\":\"0755\",\"size\":400,"               \
    "\"sha256\":\"" MANIFEST_SHA "\"},"                                                            \
    "{\"path\":\"view/lib\",\"type\":\"dir\",\"mode\":\"0755\"},"                                  \
    "{\"path\":\"view/lib/slurm\",\"type\":\"dir\",\"mode\":\"0755\"},"                            \
    "{\"path\":\"view/lib/slurm/auth_munge.so\",\"type\":\"file\",\"mode\":\"0755\",\"size\":0,"   \
    "\"sha256\":\"" MANIFEST_SHA "\"},"                                                            \
    "{\"path\":\"view/lib64\",\"type\":\"link\",\"target\":\"lib\"}],"                             \
    "\"components\":[{\"name\":\"slurm\",\"version\":\"25.11.6\",\"license\":\"GPL-2.0+\","        \
    "\"package\":\"\"}],"                                                                          \
    "\"units\":[\"slurmd.service\"],\"plugins\":[\"auth_munge.so\"],"                              \
    "\"host_libraries\":[\"libpam.so.*\"],\"sources\":[],\"builder\":{\"version\":\"0.1.0\","      \
    "\"options\":[]},\"source_date_epoch\":1700000000}"

/* The template with the first `from` replaced by `to`, which must be there. Free it. */
static inline char *manifest_text(const char *from, const char *to)
{
    char slot[SF_PREFIX_SLOT + 1];
    size_t length = 0;
    const char *hit = strstr(MANIFEST_TEMPLATE, from);

    assert_non_null(hit);
    sf_autofree char *spoilt =
        sf_str_format("%.*s%s%s", (int)(strlen(MANIFEST_TEMPLATE) - strlen(hit)), MANIFEST_TEMPLATE,
                      to, hit + strlen(from));

    sf_prefix_pad(MANIFEST_PREFIX, slot);
    return sf_str_replace(spoilt, strlen(spoilt), "BUILD_PREFIX", slot, &length);
}

/* Parses the manifest with that replacement and expects this failure. */
static inline void assert_manifest_fails(const char *from, const char *to, enum sf_code code,
                                         const char *fragment)
{
    sf_autofree char *text = manifest_text(from, to);
    struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    assert_sf_fails(sf_manifest_parse(text, strlen(text), &manifest, &err), &err, code, fragment);
    assert_null(manifest);
}

/* The template as it is, parsed. */
static inline struct sf_manifest *manifest_parsed(void)
{
    sf_autofree char *text = manifest_text("", "");
    struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_manifest_parse(text, strlen(text), &manifest, &err), &err);
    return manifest;
}

#endif
