/* Prints what the library finds in the file that came with it, and its other string. */
#include <stdio.h>

extern const char *tiny_dependency_prefix(void);
extern const char *tiny_dependency_tail(void);

int main(void)
{
    char path[4096];
    char line[256] = "";

    (void)snprintf(path, sizeof path, "%s/share/dependency/data", tiny_dependency_prefix());
    FILE *stream = fopen(path, "re");

    if (stream == NULL || fgets(line, sizeof line, stream) == NULL) {
        fprintf(stderr, "no %s\n", path);
        return 1;
    }
    (void)fclose(stream);
    printf("%s%s\n", line, tiny_dependency_tail());
    return 0;
}
