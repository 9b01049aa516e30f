/* Running the real gpg in a test's directory. */
#ifndef SF_TESTS_UNIT_CONTENT_GPG_RUN_H
#define SF_TESTS_UNIT_CONTENT_GPG_RUN_H

#include "tests/unit/sf_test.h"

#include <sys/wait.h>

/* The fixture's directory: home/ is gpg's, keys/ the pinned keys, made/ everything else. */
static const char *gpg_directory;

#define GPG_MAX_ARGUMENTS 32

/* Runs a program and waits; its exit status. Output goes nowhere. */
static inline int gpg_fixture_spawn(char *const arguments[])
{
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        (void)dup2(null, 0);
        (void)dup2(null, 1);
        if (getenv("SF_TEST_VERBOSE") == NULL) {
            (void)dup2(null, 2);
        }
        (void)execvp(arguments[0], arguments);
        _exit(127);
    }
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* gpg with the words of `text` as arguments, in which "@" at a word's start is the directory. */
static inline int gpg_try(const char *text)
{
    char home[512];
    char *arguments[GPG_MAX_ARGUMENTS] = {
        (char[]){"gpg"},      (char[]){"--homedir"},    home,
        (char[]){"--batch"},  (char[]){"--yes"},        (char[]){"--pinentry-mode"},
        (char[]){"loopback"}, (char[]){"--passphrase"}, (char[]){""}};
    const int first = 9;
    int count = first;

    (void)snprintf(home, sizeof home, "%s/home", gpg_directory);
    for (const char *word = text; *word != '\0'; word += *word == ' ') {
        int length = (int)strcspn(word, " ");
        int skip = word[0] == '@';

        assert_true(count + 1 < GPG_MAX_ARGUMENTS);
        assert_true(asprintf(&arguments[count++], "%s%.*s", skip ? gpg_directory : "",
                             length - skip, word + skip) >= 0);
        word += length;
    }
    int status = gpg_fixture_spawn(arguments);

    while (count > first) {
        free(arguments[--count]);
    }
    return status;
}

static inline void gpg(const char *text)
{
    if (gpg_try(text) != 0) {
        fail_msg("gpg %s", text);
    }
}

#endif
