/* Dispatch: aliases, help, hidden commands, operands, errors of a mistyped line. */
#include "common/cli/command.h"

#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/option.h"
#include "tests/unit/sf_test.h"

struct options {
    bool is_check;
    struct sf_strlist skip;
    const char *root;
};

struct seen {
    int runs;
    int prepares;
    int operands;
    size_t skips;
    bool is_check;
    char root[32];
};

static const struct sf_option own[] = {
    {"check", 'n', SF_OPTION_FLAG, NULL, offsetof(struct options, is_check), "only say it"},
    {"skip", 0, SF_OPTION_LIST, "NAME", offsetof(struct options, skip), "leave NAME out"},
    {0},
};
static const struct sf_option common[] = {
    {"root", 0, SF_OPTION_TEXT, "DIR", offsetof(struct options, root),
     "work inside the image in DIR, whose programs will see the paths as they are there"},
    {0},
};
static const struct sf_option *const shared[] = {common, NULL};

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    struct seen *seen = context;
    const struct options *filled = options;

    seen->runs++;
    seen->operands = operand_count;
    seen->skips = filled->skip.count;
    seen->is_check = filled->is_check;
    (void)snprintf(seen->root, sizeof seen->root, "%s", filled->root == NULL ? "" : filled->root);
    if (operand_count == 1 && sf_str_is_equal(operands[0], "bad")) {
        return sf_error_set(err, SF_E_NOT_FOUND, "no release 'bad'");
    }
    return 0;
}

static int prepare(void *context, const struct sf_command *command, const void *options,
                   struct sf_error *err)
{
    struct seen *seen = context;

    (void)err;
    assert_non_null(options);
    assert_non_null(command);
    seen->prepares++;
    return 0;
}

static const struct sf_command use = {
    .name = "use",
    .aliases = "switch activate",
    .operands = "RELEASE",
    .summary = "make an installed release the active one",
    .help = "Points the link at the release. Nothing is fetched; services are restarted as the "
            "configuration says.",
    .min_operands = 1,
    .max_operands = 1,
    .options = own,
    .shared = shared,
    .options_size = sizeof(struct options),
    .run = run,
};
static const struct sf_command status = {
    .name = "status",
    .aliases = "",
    .operands = "",
    .summary = "say what is active",
    .help = "",
    .shared = shared,
    .options_size = sizeof(struct options),
    .run = run,
};
static const struct sf_command *const commands[] = {&use, &status, NULL};

static const struct sf_shorthand shorthands[] = {{"try", "use", "--check"}, {0}};

/* Runs a line of words; what it printed on standard output ends up in `output`. */
static int run_line(struct seen *seen, const char *line, char *output, size_t size,
                    struct sf_error *err)
{
    const struct sf_program program = {
        .name = "sf-test",
        .summary = "tests the dispatch",
        .commands = commands,
        .shorthands = shorthands,
        .context = seen,
        .prepare = prepare,
    };
    sf_auto(strlist) struct sf_strlist words = {0};
    struct sf_error ignored;
    char *argv[16] = {NULL};
    FILE *stream = tmpfile();
    int saved = dup(STDOUT_FILENO);

    assert_sf_ok(sf_strlist_add_words(&words, line, &ignored), &ignored);
    memcpy(argv, words.items, words.count * sizeof *argv);
    (void)fflush(stdout);
    assert_true(dup2(fileno(stream), STDOUT_FILENO) >= 0);
    int r = sf_program_run(&program, (int)words.count, argv, err);
    (void)fflush(stdout);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    (void)close(saved);
    rewind(stream);
    output[fread(output, 1, size - 1, stream)] = '\0';
    (void)fclose(stream);
    return r;
}

static void assert_fits_80_columns(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        assert_true(length <= 80);
        text += length + (text[length] == '\n');
    }
}

static void command_by_name_or_alias_is_run(void **state)
{
    char output[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    assert_sf_ok(run_line(&seen, "sf-test use -n --root=/mnt 25.11 --skip a --skip b", output,
                          sizeof output, &err),
                 &err);
    assert_int_equal(seen.operands, 1);
    assert_int_equal(seen.skips, 2);
    assert_true(seen.is_check);
    assert_string_equal(seen.root, "/mnt");
    assert_sf_ok(run_line(&seen, "sf-test activate 25.11", output, sizeof output, &err), &err);
    assert_int_equal(seen.runs, 2);
    assert_int_equal(seen.prepares, 2);
    assert_int_equal(seen.skips, 0);
    assert_string_equal(output, "");
}

static void command_failing_gives_its_own_error(void **state)
{
    char output[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    assert_sf_fails(run_line(&seen, "sf-test use bad", output, sizeof output, &err), &err,
                    SF_E_NOT_FOUND, "no release 'bad'");
}

static void line_mistyped_is_refused(void **state)
{
    static const struct {
        const char *line;
        const char *fragment;
    } rows[] = {
        {"sf-test", "no command given, 'sf-test --help'"},
        {"sf-test stauts", "unknown command 'stauts', did you mean 'status'?"},
        {"sf-test frobnicate", "unknown command 'frobnicate', 'sf-test --help' lists them"},
        {"sf-test help usee", "did you mean 'use'?"},
        {"sf-test --root=/mnt use", "must follow a command"},
        {"sf-test use", "'use' expects RELEASE"},
        {"sf-test use a b", "'use' expects RELEASE, 'b' is too much"},
        {"sf-test status x", "'status' expects no operand, 'x' is too much"},
        {"sf-test use --chekc a", "use: unknown option '--chekc', did you mean '--check'?"},
        {"sf-test __complete zsh", "'bash'"},
    };
    char output[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_sf_fails(run_line(&seen, rows[i].line, output, sizeof output, &err), &err,
                        SF_E_USAGE, rows[i].fragment);
        assert_string_equal(output, "");
    }
    assert_int_equal(seen.runs, 0);
    assert_int_equal(seen.prepares, 0);
}

static void help_of_program_lists_commands(void **state)
{
    char output[4096];
    char again[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    assert_sf_ok(run_line(&seen, "sf-test --help", output, sizeof output, &err), &err);
    assert_non_null(strstr(output, "Usage: sf-test COMMAND"));
    assert_non_null(
        strstr(output, "  use      make an installed release the active one (switch, activate)\n"));
    assert_non_null(strstr(output, "  status   say what is active\n"));
    assert_fits_80_columns(output);
    assert_sf_ok(run_line(&seen, "sf-test help", again, sizeof again, &err), &err);
    assert_string_equal(output, again);
}

static void help_of_command_shows_synopsis_and_options(void **state)
{
    char output[4096];
    char again[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    assert_sf_ok(run_line(&seen, "sf-test use --help", output, sizeof output, &err), &err);
    assert_non_null(strstr(output, "Usage: sf-test use [OPTION]... RELEASE\n"));
    assert_non_null(strstr(output, "\n  -n, --check               only say it\n"));
    assert_non_null(strstr(output, "\n      --root DIR            work inside the image"));
    assert_non_null(strstr(output, "\n  -h, --help "));
    assert_fits_80_columns(output);
    assert_sf_ok(run_line(&seen, "sf-test help switch", again, sizeof again, &err), &err);
    assert_string_equal(output, again);
    assert_int_equal(seen.runs, 0);
}

static void version_is_printed(void **state)
{
    char output[4096];
    struct sf_error err;
    struct seen seen = {0};

    (void)state;
    assert_sf_ok(run_line(&seen, "sf-test --version", output, sizeof output, &err), &err);
    assert_string_equal(output, "sf-test " SF_VERSION "\n");
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    const struct sf_program program = {.name = "sf-test", .summary = "x", .commands = commands};
    char name[] = "sf-test";
    char word[] = "--version";
    char *argv[] = {name, word, NULL};
    struct sf_error err;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int saved = dup(STDOUT_FILENO);

    (void)state;
    (void)fflush(stdout);
    assert_true(dup2(full, STDOUT_FILENO) >= 0);
    int r = sf_program_run(&program, 2, argv, &err);
    clearerr(stdout);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    (void)close(saved);
    (void)close(full);
    assert_sf_fails(r, &err, SF_E_NO_SPACE, "standard output");
}

static void shorthand_runs_its_command_with_its_option(void **state)
{
    struct seen seen = {0};
    struct sf_error err;
    char output[4096];

    (void)state;
    assert_sf_ok(run_line(&seen, "sf-test try 25.11 --root /image", output, sizeof output, &err),
                 &err);
    assert_int_equal(seen.runs, 1);
    assert_true(seen.is_check);
    assert_int_equal(seen.operands, 1);
    assert_string_equal(seen.root, "/image");
    assert_sf_fails(run_line(&seen, "sf-test try", output, sizeof output, &err), &err, SF_E_USAGE,
                    "'use' expects RELEASE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shorthand_runs_its_command_with_its_option),
        cmocka_unit_test(command_by_name_or_alias_is_run),
        cmocka_unit_test(command_failing_gives_its_own_error),
        cmocka_unit_test(line_mistyped_is_refused),
        cmocka_unit_test(help_of_program_lists_commands),
        cmocka_unit_test(help_of_command_shows_synopsis_and_options),
        cmocka_unit_test(version_is_printed),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
