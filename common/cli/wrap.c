/* Words broken over lines of at most 80 columns. */
#include "common/cli/wrap.h"

#include <string.h>

void sf_wrap_print(FILE *out, const char *text, int column, int indent)
{
    const char *separator = "";

    for (text += strspn(text, " \n"); *text != '\0'; text += strspn(text, " \n")) {
        int length = (int)strcspn(text, " \n");

        if (column + (int)strlen(separator) + length > SF_WRAP_WIDTH && *separator != '\0') {
            (void)fprintf(out, "\n%*s", indent, "");
            column = indent;
            separator = "";
        }
        (void)fprintf(out, "%s%.*s", separator, length, text);
        column += (int)strlen(separator) + length;
        separator = " ";
        text += length;
    }
    (void)fputc('\n', out);
}

void sf_wrap_print_item(FILE *out, const char *label, const char *text, int indent)
{
    (void)fputs(label, out);
    if ((int)strlen(label) + 2 > indent) {
        (void)fprintf(out, "\n%*s", indent, "");
    } else {
        (void)fprintf(out, "%*s", indent - (int)strlen(label), "");
    }
    sf_wrap_print(out, text, indent, indent);
}
