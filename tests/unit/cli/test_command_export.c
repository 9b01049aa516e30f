/* The table of commands as bash, mdoc and plain lines. */
#include "common/cli/command_export.h"

#include <sys/wait.h>

#include "common/cli/command.h"
#include "common/cli/option.h"
#include "tests/unit/sf_test.h"

static const struct sf_option keep[] = {
    {"keep", 'k', SF_OPTION_NUMBER, "N", 0, "leave N releases"},
    {0},
};
static const struct sf_option common[] = {
    {"json", 0, SF_OPTION_FLAG, NULL, 0, "print JSON"},
    {0},
};
static const struct sf_option lock[] = {
    {"wait", 0, SF_OPTION_NUMBER, "SECONDS", 0, ".dots and \\ are escaped"},
    {0},
};
static const struct sf_option *const all[] = {common, NULL};
static const struct sf_option *const all_and_lock[] = {common, lock, NULL};
static const struct sf_command gc = {
    .name = "gc",
    .aliases = "prune clean",
    .operands = "[RELEASE]",
    .summary = "remove old releases",
    .help = "Never the active one. Nor the one before.",
    .max_operands = 1,
    .options = keep,
    .shared = all_and_lock,
};
static const struct sf_command status = {
    .name = "status",
    .aliases = "",
    .operands = "",
    .summary = "say what is active",
    .help = "",
    .shared = all,
};
static const struct sf_command *const commands[] = {&gc, &status, NULL};
static const struct sf_program program = {.name = "sf-test", .summary = "x", .commands = commands};

static char *exported(void (*export)(const struct sf_program *program, FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    export(&program, out);
    (void)fclose(out);
    return text;
}

static void options_are_listed_with_shared_ones(void **state)
{
    sf_autofree char *text = exported(sf_command_export_options);

    (void)state;
    assert_string_equal(text, "gc --keep\ngc --json\ngc --wait\nstatus --json\n");
}

static void mdoc_lists_commands_then_shared_options(void **state)
{
    sf_autofree char *text = exported(sf_command_export_mdoc);

    (void)state;
    assert_string_equal(text, ".Bl -tag -width Ds\n"
                              ".It Cm gc Ar [RELEASE]\n"
                              "Remove old releases.\n"
                              "Never the active one.\nNor the one before.\n"
                              "Also typed\n.Cm prune\n.Cm clean .\n"
                              ".Bl -tag -width Ds\n"
                              ".It Fl k , Fl -keep Ar N\n"
                              "Leave N releases.\n"
                              ".El\n"
                              ".It Cm status\n"
                              "Say what is active.\n"
                              ".El\n"
                              ".Pp\n"
                              "All commands take these options:\n"
                              ".Bl -tag -width Ds\n"
                              ".It Fl -json\n"
                              "Print JSON.\n"
                              ".El\n"
                              ".Pp\n"
                              "The commands\n.Cm gc\nalso take these options:\n"
                              ".Bl -tag -width Ds\n"
                              ".It Fl -wait Ar SECONDS\n"
                              "\\&.dots and \\e are escaped.\n"
                              ".El\n");
}

/* What bash itself completes for the words, one name a line. */
static char *completed(const char *words, int word_index)
{
    sf_autofree char *script = exported(sf_command_export_bash);
    char path[] = "/tmp/sf-test-completion-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    FILE *file = fdopen(fd, "w");
    FILE *output = tmpfile();
    char *text = calloc(1, 4096);

    assert_non_null(text);
    (void)fprintf(file,
                  "%sCOMP_WORDS=(%s '')\nCOMP_CWORD=%d\n_sf_test\n"
                  "[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%%s\\n' \"${COMPREPLY[@]}\"\n",
                  script, words, word_index);
    (void)fclose(file);
    pid_t child = fork();

    if (child == 0) {
        (void)dup2(fileno(output), STDOUT_FILENO);
        (void)execlp("bash", "bash", "-u", path, (char *)NULL);
        _exit(127);
    }
    int status_word = 0;

    assert_int_equal(waitpid(child, &status_word, 0), child);
    assert_int_equal(status_word, 0);
    rewind(output);
    text[fread(text, 1, 4095, output)] = '\0';
    (void)fclose(output);
    (void)unlink(path);
    return text;
}

static void bash_completes_commands_and_their_options(void **state)
{
    sf_autofree char *first = completed("sf-test", 1);
    sf_autofree char *prefix = completed("sf-test st", 1);
    sf_autofree char *option = completed("sf-test prune --", 2);
    sf_autofree char *operand = completed("sf-test gc", 2);
    sf_autofree char *help = completed("sf-test help g", 2);

    (void)state;
    assert_string_equal(first, "help\n--help\n--version\ngc\nstatus\n");
    assert_string_equal(prefix, "status\n");
    assert_string_equal(option, "--help\n--keep\n--json\n--wait\n");
    assert_string_equal(operand, "");
    assert_string_equal(help, "gc\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_listed_with_shared_ones),
        cmocka_unit_test(mdoc_lists_commands_then_shared_options),
        cmocka_unit_test(bash_completes_commands_and_their_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
