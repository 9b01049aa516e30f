/* Order of Slurm versions. */
#include "common/format/version.h"

#include <string.h>

#define VERSION_MAX_BYTES 31
#define MICRO_MAX_DIGITS  4

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Length of a leading "YY.MM", 0 when there is none. */
static size_t series_length(const char *text)
{
    return digits(text) == 2 && text[2] == '.' && digits(text + 3) == 2 ? 5 : 0;
}

/* Digits without a leading zero, so that every version has one spelling. */
static size_t number_length(const char *text)
{
    size_t length = digits(text);

    return length > MICRO_MAX_DIGITS || (length > 1 && text[0] == '0') ? 0 : length;
}

bool sf_version_is_series(const char *text)
{
    return series_length(text) == 5 && text[5] == '\0';
}

bool sf_version_is_valid(const char *version)
{
    if (strnlen(version, VERSION_MAX_BYTES + 1) > VERSION_MAX_BYTES ||
        series_length(version) == 0 || version[5] != '.') {
        return false;
    }
    const char *rest = version + 6;
    size_t micro = number_length(rest);

    if (micro == 0) {
        return false;
    }
    rest += micro;
    if (*rest == '\0') {
        return true;
    }
    if (!is_letter(*rest)) {
        return false;
    }
    while (is_letter(*rest)) {
        rest++;
    }
    size_t number = number_length(rest);

    return number > 0 && rest[number] == '\0';
}

/* Compares the numbers that both texts start with and steps over them; leading zeros weigh nothing.
 */
static int compare_numbers(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t a_length = digits(*a);
    size_t b_length = digits(*b);
    int order = a_length != b_length ? (a_length < b_length ? -1 : 1) : strncmp(*a, *b, a_length);

    *a += a_length;
    *b += b_length;
    return order;
}

/* What may follow a number, in ascending order: a suffix, the end, a dot, anything else. */
static int rank(char c)
{
    if (is_letter(c)) {
        return 0;
    }
    return c == '\0' ? 1 : c == '.' ? 2 : is_digit(c) ? 3 : 4;
}

int sf_version_compare(const char *a, const char *b)
{
    const char *a_rest = a;
    const char *b_rest = b;

    while (*a_rest != '\0' || *b_rest != '\0') {
        int order = rank(*a_rest) - rank(*b_rest);

        if (order == 0 && is_digit(*a_rest)) {
            order = compare_numbers(&a_rest, &b_rest);
        } else if (order == 0) {
            order = (unsigned char)*a_rest++ - (unsigned char)*b_rest++;
        }
        if (order != 0) {
            return order;
        }
    }
    /* Equal but for leading zeros: still a total order. */
    return strcmp(a, b);
}
