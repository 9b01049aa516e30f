/* Tests of what a spack.yaml says; that it is YAML at all is seen by the scenarios. */
#include "tests/unit/sf_test.h"

#include "builder/spack/spack_config.h"
#include "builder/spack/spack_yaml.h"
#include "common/base/buffer.h"
#include "common/format/release.h"

static const char ini[] = "[versions]\n"
                          "25.11.6 = 25-11-6-1\n"
                          "[repository site]\n"
                          "git = https://git.example/site.git\n"
                          "commit = 0123456789abcdef0123456789abcdef01234567\n"
                          "[mirror sources]\n"
                          "url = https://mirror.example/x\n"
                          "kind = source\n"
                          "[mirror cache]\n"
                          "url = https://mirror.example/{toolchain}\n"
                          "kind = binary\n"
                          "[environment]\n"
                          "spec = slurm@{version}\n"
                          "require = pmix@5\n"
                          "require = pmix~munge\n"
                          "external = tar@1\n"
                          "[toolchain noble]\n"
                          "compiler = gcc@13.3.0\n"
                          "external = tar@1.35 cuda@13=/opt/cuda\n";

static const struct sf_release release = {"25.11.6", 1, "noble", "arm64", "gpu"};

static int write_yaml_of(const char *recipe, const char *base, struct sf_buffer *text,
                         struct sf_error *err)
{
    const struct sf_spack_wanted wanted = {"25.11", "noble", "gpu"};
    sf_auto(spack_config) struct sf_spack_config *config = NULL;

    assert_sf_ok(sf_spack_config_parse("spack.ini", recipe, &wanted, &config, err), err);
    return sf_spack_yaml_write(config, &release, base, text, err);
}

static int write_yaml(const char *base, struct sf_buffer *text, struct sf_error *err)
{
    return write_yaml_of(ini, base, text, err);
}

static void spack_yaml_says_where_things_go_and_come_from(void **state)
{
    static const char *const fragments[] = {
        "# Slurm 25.11.6-1-noble-arm64-gpu, written by sf-builder ",
        "    - \"slurm@25-11-6-1\"\n",
        "      root: \"/build/spack/tree\"\n      padded_length: 144\n",
        "        all: \"{name}-{version}-{hash:7}\"\n",
        "      commit: \"0123456789abcdef0123456789abcdef01234567\"\n",
        "      destination: "
        "\"/build/spack/repositories/0123456789abcdef0123456789abcdef01234567\"\n",
        "        - \"target=aarch64\"\n",
        "        - spec: \"gcc@13.3.0 languages='c,c++,fortran'\"\n",
        "        - spec: \"tar@1.35\"\n          prefix: \"/usr\"\n",
        "        - spec: \"cuda@13\"\n          prefix: \"/opt/cuda\"\n",
        "        - \"pmix@5\"\n        - \"pmix~munge\"\n"
        "        - \"target=aarch64\"\n",
        "      root: \"/build/spack/view\"\n",
        "      link_type: \"hardlink\"\n",
        "      url: \"https://mirror.example/noble\"\n      binary: true\n      source: false\n",
        "      source: false\n      signed: true\n",
        "      binary: false\n      source: true\n      signed: false\n",
    };
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 1 << 16};
    struct sf_error err;

    (void)state;
    assert_sf_ok(write_yaml("/build/spack", &text, &err), &err);
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
        if (strstr(text.data, fragments[i]) == NULL) {
            fail_msg("no '%s' in %s", fragments[i], text.data);
        }
    }
    assert_null(strstr(text.data, "tar@1\""));
}

static void spack_yaml_without_mirrors_has_no_such_section(void **state)
{
    static const char recipe[] = "[versions]\n25.11.6 = 25-11-6-1\n"
                                 "[environment]\nspec = slurm@{version}\n"
                                 "[toolchain noble]\ncompiler = gcc@13.3.0\n";
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 1 << 16};
    struct sf_error err;

    (void)state;
    assert_sf_ok(write_yaml_of(recipe, "/build/spack", &text, &err), &err);
    assert_null(strstr(text.data, "mirrors:"));
    assert_null(strstr(text.data, "repos:"));
}

static void spack_yaml_in_too_long_a_directory_is_refused(void **state)
{
    char base[140] = "/";
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 1 << 16};
    struct sf_error err;

    (void)state;
    memset(base + 1, 'x', sizeof base - 2);
    base[sizeof base - 1] = '\0';
    assert_sf_fails(write_yaml(base, &text, &err), &err, SF_E_USAGE,
                    "is too long for Spack's padding of 144 bytes: use a directory of at most 131");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spack_yaml_says_where_things_go_and_come_from),
        cmocka_unit_test(spack_yaml_without_mirrors_has_no_such_section),
        cmocka_unit_test(spack_yaml_in_too_long_a_directory_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
