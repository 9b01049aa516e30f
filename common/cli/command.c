/* Dispatch of a program's command line to the command that it names. */
#include "common/cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/command_export.h"
#include "common/cli/command_help.h"
#include "common/cli/nearest.h"
#include "common/cli/option.h"

/* What a command line asks for; `tables` is the help row's, the command's own and the shared ones.
 */
struct request {
    const struct sf_command *command;
    const struct sf_option **tables;
    struct sf_option help_table[2];
    char *options; /* the command's struct, and behind it the bool of --help */
    struct sf_operands operands;
};

static void request_done(struct request *request)
{
    for (size_t i = 0; request->tables != NULL && request->tables[i] != NULL; i++) {
        for (const struct sf_option *row = request->tables[i]; row->name != NULL; row++) {
            if (row->kind == SF_OPTION_LIST) {
                sf_strlist_done((void *)(request->options + row->offset));
            }
        }
    }
    free(request->tables);
    free(request->options);
}

SF_DEFINE_AUTO_STRUCT(request, struct request, request_done)

static bool has_word(const char *words, const char *wanted)
{
    size_t length = strlen(wanted);

    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        size_t size = strcspn(words, " ");

        if (size == length && memcmp(words, wanted, length) == 0) {
            return true;
        }
        words += size;
    }
    return false;
}

static int find_command(const struct sf_program *program, const char *name,
                        const struct sf_command **ret, struct sf_error *err)
{
    struct sf_nearest nearest = {.word = name};

    for (size_t i = 0; program->commands[i] != NULL; i++) {
        const struct sf_command *command = program->commands[i];

        if (sf_str_is_equal(command->name, name) || has_word(command->aliases, name)) {
            *ret = command;
            return 0;
        }
        sf_nearest_offer(&nearest, command->name);
    }
    if (nearest.name != NULL) {
        return sf_error_set(err, SF_E_USAGE, "unknown command '%s', did you mean '%s'?", name,
                            nearest.name);
    }
    return sf_error_set(err, SF_E_USAGE, "unknown command '%s', '%s --help' lists them", name,
                        program->name);
}

/* A full disk behind a redirected standard output is an error like any other. */
static int flush_output(struct sf_error *err)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        return sf_error_errno(err, errno == 0 ? EIO : errno, "write standard output");
    }
    return 0;
}

static int check_operands(const struct request *request, struct sf_error *err)
{
    const struct sf_command *command = request->command;
    int count = request->operands.count;

    if (command->max_operands >= 0 && count > command->max_operands) {
        return sf_error_set(err, SF_E_USAGE, "'%s' expects %s, '%s' is too much", command->name,
                            command->max_operands == 0 ? "no operand" : command->operands,
                            request->operands.items[command->max_operands]);
    }
    if (count < command->min_operands) {
        return sf_error_set(err, SF_E_USAGE, "'%s' expects %s", command->name, command->operands);
    }
    return 0;
}

static int request_init(struct request *request, const struct sf_command *command,
                        struct sf_error *err)
{
    size_t shared = 0;

    request->command = command;
    while (command->shared != NULL && command->shared[shared] != NULL) {
        shared++;
    }
    request->options = calloc(1, command->options_size + sizeof(bool));
    if (request->options == NULL) {
        return sf_error_no_memory(err);
    }
    request->tables = calloc(shared + 3, sizeof(const struct sf_option *));
    if (request->tables == NULL) {
        return sf_error_no_memory(err);
    }
    request->help_table[0] = (struct sf_option){
        .name = "help", .letter = 'h', .kind = SF_OPTION_FLAG, .offset = command->options_size};
    size_t count = 0;

    request->tables[count++] = request->help_table;
    if (command->options != NULL) {
        request->tables[count++] = command->options;
    }
    for (size_t i = 0; i < shared; i++) {
        request->tables[count++] = command->shared[i];
    }
    return 0;
}

static int run_request(const struct sf_program *program, const struct request *request,
                       struct sf_error *err)
{
    const struct sf_command *command = request->command;
    int r = check_operands(request, err);

    if (r < 0) {
        return r;
    }
    if (program->prepare != NULL) {
        r = program->prepare(program->context, command, request->options, err);
        if (r < 0) {
            return r;
        }
    }
    r = command->run(program->context, request->options, request->operands.items,
                     request->operands.count, err);
    if (r < 0) {
        return r;
    }
    return flush_output(err);
}

static int run_command(const struct sf_program *program, int argc, char **argv,
                       struct sf_error *err)
{
    sf_auto(request) struct request request = {0};
    const struct sf_command *command = NULL;
    int r = find_command(program, argv[0], &command, err);

    if (r < 0) {
        return r;
    }
    r = request_init(&request, command, err);
    if (r < 0) {
        return r;
    }
    r = sf_option_parse(request.tables, argc, argv, request.options, &request.operands, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", command->name);
    }
    if (request.options[command->options_size] != 0) {
        sf_command_print_help(program, command, stdout);
        return flush_output(err);
    }
    return run_request(program, &request, err);
}

static int print_help(const struct sf_program *program, const char *name, struct sf_error *err)
{
    const struct sf_command *command = NULL;

    if (name == NULL) {
        sf_command_print_overview(program, stdout);
        return flush_output(err);
    }
    int r = find_command(program, name, &command, err);

    if (r < 0) {
        return r;
    }
    sf_command_print_help(program, command, stdout);
    return flush_output(err);
}

static int print_completion(const struct sf_program *program, const char *shell,
                            struct sf_error *err)
{
    if (shell == NULL || !sf_str_is_equal(shell, "bash")) {
        return sf_error_set(err, SF_E_USAGE, "__complete knows the shell 'bash'");
    }
    sf_command_export_bash(program, stdout);
    return flush_output(err);
}

static const struct sf_shorthand *find_shorthand(const struct sf_program *program, const char *word)
{
    const struct sf_shorthand *shorthand = program->shorthands;

    for (; shorthand != NULL && shorthand->word != NULL; shorthand++) {
        if (sf_str_is_equal(shorthand->word, word)) {
            return shorthand;
        }
    }
    return NULL;
}

/* getopt_long(3) and operands want char *; neither writes to the words. */
static int run_shorthand(const struct sf_program *program, const struct sf_shorthand *shorthand,
                         int argc, char **argv, struct sf_error *err)
{
    sf_autofree char *command = strdup(shorthand->command);
    sf_autofree char *option = strdup(shorthand->option);
    sf_autofree char **words = calloc((size_t)argc + 2, sizeof *words);

    if (command == NULL || option == NULL || words == NULL) {
        return sf_error_no_memory(err);
    }
    words[0] = command;
    words[1] = option;
    for (int i = 1; i < argc; i++) {
        words[i + 1] = argv[i];
    }
    return run_command(program, argc + 1, words, err);
}

int sf_program_run(const struct sf_program *program, int argc, char **argv, struct sf_error *err)
{
    if (argc < 2) {
        return sf_error_set(err, SF_E_USAGE, "no command given, '%s --help' lists them",
                            program->name);
    }
    const char *word = argv[1];

    if (sf_str_is_equal(word, "--version") || sf_str_is_equal(word, "-V")) {
        (void)printf("%s %s\n", program->name, SF_VERSION);
        return flush_output(err);
    }
    if (sf_str_is_equal(word, "--help") || sf_str_is_equal(word, "-h")) {
        return print_help(program, NULL, err);
    }
    if (sf_str_is_equal(word, "help")) {
        return print_help(program, argv[2], err);
    }
    if (sf_str_is_equal(word, "__complete")) {
        return print_completion(program, argv[2], err);
    }
    if (sf_str_is_equal(word, "__mdoc")) {
        sf_command_export_mdoc(program, stdout);
        return flush_output(err);
    }
    if (sf_str_is_equal(word, "__options")) {
        sf_command_export_options(program, stdout);
        return flush_output(err);
    }
    if (*word == '-') {
        return sf_error_set(err, SF_E_USAGE,
                            "option '%s' must follow a command, as in '%s list %s'", word,
                            program->name, word);
    }
    const struct sf_shorthand *shorthand = find_shorthand(program, word);

    return shorthand != NULL ? run_shorthand(program, shorthand, argc - 1, argv + 1, err)
                             : run_command(program, argc - 1, argv + 1, err);
}
