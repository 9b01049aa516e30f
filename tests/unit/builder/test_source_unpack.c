#include "tests/unit/sf_test.h"

#include "builder/place/source_unpack.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/process.h"

static struct sf_error err;

/* Runs a shell command in the fixture's directory. */
static void shell(const char *directory, const char *command)
{
    const char *const argv[] = {"sh", "-c", command, NULL};
    const struct sf_process_options options = {.argv = argv, .directory = directory};

    assert_sf_ok(sf_process_check(&options, &err), &err);
}

static int unpack(const char *directory, const char *archive)
{
    sf_autofree char *path = sf_path_join(directory, archive);
    sf_autofree char *out = sf_path_join(directory, "out");
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    (void)mkdir(out, 0755);

    sf_autoclose int out_fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0 && out_fd >= 0);
    return sf_source_unpack(fd, archive, out_fd, &err);
}

static void archive_is_unpacked_less_its_top(void **state)
{
    sf_autofree char *configure = sf_path_join(*state, "out/configure");
    struct stat status;

    shell(*state, "mkdir -p s-1/src; echo x >s-1/src/x.c; ln -s src/x.c s-1/link;"
                  "echo '#!' >s-1/configure; chmod 4775 s-1/configure;"
                  "touch -d @1000000000 s-1/configure; tar -cjf a.tar.bz2 s-1;"
                  "tar -czf a.tar.gz ./s-1; tar -cJf a.tar.xz s-1");
    assert_sf_ok(unpack(*state, "a.tar.bz2"), &err);
    assert_int_equal(stat(configure, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(status.st_mtime, 1000000000);
    shell(*state, "test -f out/src/x.c && test -L out/link && rm -r out");
    assert_sf_ok(unpack(*state, "a.tar.gz"), &err);
    shell(*state, "test -f out/src/x.c && rm -r out");
    assert_sf_ok(unpack(*state, "a.tar.xz"), &err);
    shell(*state, "test -f out/src/x.c");
}

static void entry_that_leads_out_is_refused(void **state)
{
    shell(*state, "mkdir -p s; echo x >s/x; tar -cf up.tar --transform 's,^s/x,s/../../evil,' s;"
                  "tar -cPf flat.tar --transform 's,^s/x,evil,' s/x;"
                  "ln -s ../../etc s/link; tar -cf link.tar s;"
                  "rm s/link; ln s/x s/y; tar -cf hard.tar s; rm s/y;"
                  "mkfifo s/pipe; tar -cf pipe.tar s");
    assert_sf_fails(unpack(*state, "up.tar"), &err, SF_E_FORMAT, "not safe");
    assert_sf_fails(unpack(*state, "flat.tar"), &err, SF_E_FORMAT, "not below one directory");
    shell(*state, "rm -r out");
    assert_sf_fails(unpack(*state, "link.tar"), &err, SF_E_FORMAT, "leaves the source");
    shell(*state, "rm -r out");
    assert_sf_fails(unpack(*state, "hard.tar"), &err, SF_E_FORMAT, "no file, directory");
    shell(*state, "rm -r out");
    assert_sf_fails(unpack(*state, "pipe.tar"), &err, SF_E_FORMAT, "'s/pipe' is no file");
    shell(*state, "test ! -e evil");
}

static void what_is_no_archive_is_refused(void **state)
{
    shell(*state, "echo hello >text; : >empty; mkdir s; head -c 300000 /dev/urandom >s/x;"
                  "tar -czf whole s; head -c 100000 whole >cut");
    assert_sf_fails(unpack(*state, "text"), &err, SF_E_FORMAT, "'text' is no archive");
    assert_sf_fails(unpack(*state, "empty"), &err, SF_E_FORMAT, "'empty' is no archive");
    assert_sf_fails(unpack(*state, "cut"), &err, SF_E_FORMAT, "'cut' is no archive");
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(archive_is_unpacked_less_its_top),
        TEST(entry_that_leads_out_is_refused),
        TEST(what_is_no_archive_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
