/* Tests of what is made of what rsync and ssh print. */
#include "tests/unit/sf_test.h"

#include "builder/repository/rsync_verdict.h"

#define LOST "rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"

static void reason_is_found_in_what_was_printed(void **state)
{
    static const struct {
        int status;
        const char *output;
        enum sf_code code;
        const char *fragment;
    } cases[] = {
        {255, "ssh: connect to host h port 22: Connection refused\n" LOST, SF_E_NETWORK,
         "the host cannot be reached (ssh: connect to host h port 22: Connection refused)"},
        {255, "ssh: Could not resolve hostname h: Name or service not known\n" LOST, SF_E_NETWORK,
         "cannot be reached"},
        {255, "No ED25519 host key is known for h.\nHost key verification failed.\n" LOST,
         SF_E_PERMISSION, "known_hosts (Host key verification failed.)"},
        {255,
         "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n",
         SF_E_SIGNATURE, "another than the one that ssh knows"},
        {255, "root@h: Permission denied (publickey).\n" LOST, SF_E_PERMISSION,
         "not let in without a password"},
        {11, "rsync: [receiver] mkstemp \"/x\" failed: Permission denied (13)\n", SF_E_PERMISSION,
         "no permission (rsync: [receiver] mkstemp"},
        {11, "rsync: [Receiver] mkdir \"/x/y\" failed: No such file or directory (2)\n",
         SF_E_NOT_FOUND, "the directory above is not there: make it"},
        {11, "rsync: [Receiver] mkdir \"/x/y\" failed: Permission denied (13)\n", SF_E_PERMISSION,
         "no permission"},
        {5, "@ERROR: auth failed on module x\n", SF_E_PERMISSION, "set RSYNC_PASSWORD"},
        {11, "rsync: write failed on \"/x\": No space left on device (28)\n" LOST, SF_E_NO_SPACE,
         "a disk is full"},
        {127, "bash: line 1: rsync: command not found\n" LOST, SF_E_NOT_FOUND,
         "rsync is not installed there"},
        {14, "rsync: [sender] Failed to exec ssh: No such file or directory (2)\n", SF_E_NOT_FOUND,
         "ssh is not installed here"},
        {12, LOST "rsync error: error in rsync protocol data stream (code 12)\n", SF_E_NETWORK,
         "the connection was lost, try again"},
        {30, "rsync error: timeout in data send/receive (code 30)\n", SF_E_NETWORK,
         "does not answer"},
        {5, "@ERROR: Unknown module 'x'\n", SF_E_REMOTE, "the rsync daemon refuses"},
        {1, "first\nlast \x1b[31mline\n", SF_E_REMOTE,
         "rsync ended with status 1 (last \\x1b[31mline)"},
        {9, "", SF_E_REMOTE, "rsync ended with status 9 (it said nothing)"},
    };
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(sf_rsync_judge(cases[i].status, cases[i].output, &err), &err, cases[i].code,
                        cases[i].fragment);
    }
}

static void only_a_missing_source_is_absence(void **state)
{
    (void)state;
    assert_true(sf_rsync_is_absent(
        23, "rsync: [sender] link_stat \"/x\" failed: No such file or directory (2)\n"));
    assert_true(sf_rsync_is_absent(
        23, "rsync: [sender] change_dir \"/x\" failed: No such file or directory (2)\n"));
    assert_false(sf_rsync_is_absent(
        12, "rsync: [sender] link_stat \"/x\" failed: No such file or directory (2)\n"));
    assert_false(sf_rsync_is_absent(0, ""));
    assert_false(sf_rsync_is_absent(
        23, "rsync: [sender] change_dir \"/x\" failed: Permission denied (13)\n"
            "rsync: [sender] link_stat \"/x\" failed: No such file or directory (2)\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reason_is_found_in_what_was_printed),
        cmocka_unit_test(only_a_missing_source_is_absence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
