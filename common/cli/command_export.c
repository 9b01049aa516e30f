/* The table of commands in the forms that shells, man pages and tests read. */
#include "common/cli/command_export.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "common/cli/command.h"
#include "common/cli/option.h"

/* The i-th table of a command, its own first; NULL after the last. */
static const struct sf_option *table_at(const struct sf_command *command, size_t i)
{
    if (command->options != NULL) {
        if (i == 0) {
            return command->options;
        }
        i--;
    }
    return command->shared == NULL ? NULL : command->shared[i];
}

static void print_words(const char *words, const char *separator, FILE *out)
{
    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        int length = (int)strcspn(words, " ");

        (void)fprintf(out, "%s%.*s", separator, length, words);
        words += length;
    }
}

static void print_identifier(const char *name, FILE *out)
{
    (void)fputc('_', out);
    for (; *name != '\0'; name++) {
        (void)fputc(isalnum((unsigned char)*name) ? *name : '_', out);
    }
}

static void print_bash_case(const struct sf_command *command, FILE *out)
{
    const struct sf_option *row = NULL;

    (void)fprintf(out, "    %s", command->name);
    print_words(command->aliases, " | ", out);
    (void)fputs(") words='--help", out);
    for (size_t i = 0; (row = table_at(command, i)) != NULL; i++) {
        for (; row->name != NULL; row++) {
            (void)fprintf(out, " --%s", row->name);
        }
    }
    (void)fputs("' ;;\n", out);
}

void sf_command_export_bash(const struct sf_program *program, FILE *out)
{
    (void)fprintf(out, "# bash completion for %s\n", program->name);
    print_identifier(program->name, out);
    (void)fputs("()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} words=\n\n"
                "    case $COMP_CWORD:${COMP_WORDS[1]} in\n    1:*) words='help --help --version",
                out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        (void)fprintf(out, " %s", program->commands[i]->name);
    }
    (void)fputs("' ;;\n    *:help) words='", out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        (void)fprintf(out, "%s%s", i == 0 ? "" : " ", program->commands[i]->name);
    }
    (void)fputs("' ;;\n    esac\n    if [[ $COMP_CWORD -gt 1 && $cur == -* ]]; then\n"
                "    case ${COMP_WORDS[1]} in\n",
                out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        print_bash_case(program->commands[i], out);
    }
    (void)fputs("    esac\n    fi\n"
                "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
                "complete -o default -F ",
                out);
    print_identifier(program->name, out);
    (void)fprintf(out, " %s\n", program->name);
}

/* Text of a page: a sentence a line, the first with a capital, nothing taken for a macro. */
static void print_mdoc_text(const char *text, FILE *out)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == ' ' && c > text && c[-1] == '.' && isupper((unsigned char)c[1])) {
            (void)fputc('\n', out);
            continue;
        }
        if (*c == '\\') {
            (void)fputs("\\e", out);
            continue;
        }
        if (c == text && (*c == '.' || *c == '\'')) {
            (void)fputs("\\&", out);
        }
        (void)fputc(c == text ? toupper((unsigned char)*c) : *c, out);
    }
}

static void print_mdoc_options(const struct sf_option *table, FILE *out)
{
    (void)fputs(".Bl -tag -width Ds\n", out);
    for (; table->name != NULL; table++) {
        (void)fputs(".It ", out);
        if (table->letter != 0) {
            (void)fprintf(out, "Fl %c , ", table->letter);
        }
        (void)fprintf(out, "Fl -%s", table->name);
        if (table->argument != NULL) {
            print_words(table->argument, " Ar ", out);
        }
        (void)fputc('\n', out);
        print_mdoc_text(table->help, out);
        (void)fputs(".\n", out);
    }
    (void)fputs(".El\n", out);
}

static void print_mdoc_command(const struct sf_command *command, FILE *out)
{
    (void)fprintf(out, ".It Cm %s", command->name);
    print_words(command->operands, " Ar ", out);
    (void)fputc('\n', out);
    print_mdoc_text(command->summary, out);
    (void)fputs(".\n", out);
    if (*command->help != '\0') {
        print_mdoc_text(command->help, out);
        (void)fputc('\n', out);
    }
    if (*command->aliases != '\0') {
        (void)fputs("Also typed", out);
        print_words(command->aliases, "\n.Cm ", out);
        (void)fputs(" .\n", out);
    }
    if (command->options != NULL && command->options->name != NULL) {
        print_mdoc_options(command->options, out);
    }
}

static bool has_shared(const struct sf_command *command, const struct sf_option *table)
{
    for (size_t i = 0; command->shared != NULL && command->shared[i] != NULL; i++) {
        if (command->shared[i] == table) {
            return true;
        }
    }
    return false;
}

/* True when no command before the `index`-th shares `table`. */
static bool is_first_use(const struct sf_program *program, size_t index,
                         const struct sf_option *table)
{
    for (size_t i = 0; i < index; i++) {
        if (has_shared(program->commands[i], table)) {
            return false;
        }
    }
    return true;
}

static void print_mdoc_shared(const struct sf_program *program, const struct sf_option *table,
                              FILE *out)
{
    bool is_universal = true;

    for (size_t i = 0; program->commands[i] != NULL; i++) {
        is_universal = is_universal && has_shared(program->commands[i], table);
    }
    (void)fputs(".Pp\n", out);
    if (is_universal) {
        (void)fputs("All commands take these options:\n", out);
    } else {
        (void)fputs("The commands\n", out);
        const char *separator = ".Cm ";

        for (size_t i = 0; program->commands[i] != NULL; i++) {
            if (has_shared(program->commands[i], table)) {
                (void)fprintf(out, "%s%s", separator, program->commands[i]->name);
                separator = " , ";
            }
        }
        (void)fputs("\nalso take these options:\n", out);
    }
    print_mdoc_options(table, out);
}

static void print_mdoc_shorthands(const struct sf_program *program, FILE *out)
{
    const struct sf_shorthand *shorthand = program->shorthands;

    if (shorthand == NULL || shorthand->word == NULL) {
        return;
    }
    (void)fputs(".Pp\nThese words stand for a command with an option:\n.Bl -tag -width Ds\n", out);
    for (; shorthand->word != NULL; shorthand++) {
        (void)fprintf(out, ".It Cm %s\n.Cm %s Fl -%s\n", shorthand->word, shorthand->command,
                      shorthand->option + strlen("--"));
    }
    (void)fputs(".El\n", out);
}

void sf_command_export_mdoc(const struct sf_program *program, FILE *out)
{
    (void)fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        print_mdoc_command(program->commands[i], out);
    }
    (void)fputs(".El\n", out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        const struct sf_option *const *shared = program->commands[i]->shared;

        for (; shared != NULL && *shared != NULL; shared++) {
            if (is_first_use(program, i, *shared)) {
                print_mdoc_shared(program, *shared, out);
            }
        }
    }
    print_mdoc_shorthands(program, out);
}

void sf_command_export_options(const struct sf_program *program, FILE *out)
{
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        const struct sf_command *command = program->commands[i];
        const struct sf_option *row = NULL;

        for (size_t j = 0; (row = table_at(command, j)) != NULL; j++) {
            for (; row->name != NULL; row++) {
                (void)fprintf(out, "%s --%s\n", command->name, row->name);
            }
        }
    }
}
