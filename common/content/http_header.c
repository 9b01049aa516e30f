/* What the header lines of an HTTP response say. */
#include "common/content/http_header.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/number.h"
#include "common/base/str.h"

#define MAX_VALUE 512

static void copy_value(char *target, size_t room, const char *value)
{
    size_t length = strlen(value);

    /* A value that cannot be sent back as it is, is no validator. */
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)value[i] < 0x20 || (unsigned char)value[i] >= 0x7f) {
            return;
        }
    }
    if (length < room) {
        memcpy(target, value, length + 1);
    }
}

/* "bytes 0-99/100" and nothing else. */
static void read_content_range(struct sf_http_header *header, char *value)
{
    uint64_t numbers[3];
    char *part = value + 6;

    if (strncasecmp(value, "bytes ", 6) != 0) {
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        size_t length = strcspn(part, i == 0 ? "-" : "/");
        bool is_last = part[length] == '\0';

        part[length] = '\0';
        if (is_last != (i == 2) || !sf_number_parse(part, INT64_MAX, &numbers[i])) {
            return;
        }
        part += length + 1;
    }
    if (numbers[0] > numbers[1] || numbers[1] >= numbers[2]) {
        return;
    }
    header->has_range = true;
    header->range_first = numbers[0];
    header->range_last = numbers[1];
    header->range_total = numbers[2];
}

/* Seconds or a date. */
static void read_retry_after(struct sf_http_header *header, const char *value, int64_t now_s)
{
    uint64_t seconds = 0;

    if (!sf_number_parse(value, UINT32_MAX, &seconds)) {
        int64_t date = curl_getdate(value, NULL);

        seconds = date > now_s ? (uint64_t)(date - now_s) : 0;
    }
    header->retry_after_s =
        seconds < SF_HTTP_MAX_RETRY_AFTER_S ? (uint32_t)seconds : SF_HTTP_MAX_RETRY_AFTER_S;
}

static void read_status(struct sf_http_header *header, const char *text)
{
    char code[4] = "";
    uint64_t status = 0;
    const char *space = strchr(text, ' ');

    *header = (struct sf_http_header){.status = 0};
    if (space != NULL) {
        (void)snprintf(code, sizeof code, "%.3s", space + 1);
    }
    if (sf_number_parse(code, 999, &status)) {
        header->status = (unsigned)status;
    }
}

void sf_http_header_line(struct sf_http_header *header, const char *line, size_t size,
                         int64_t now_s)
{
    char text[MAX_VALUE] = "";

    if (size >= sizeof text || memchr(line, '\0', size) != NULL) {
        return;
    }
    memcpy(text, line, size);
    if (strncmp(text, "HTTP/", 5) == 0) {
        read_status(header, text);
        return;
    }
    char *colon = strchr(text, ':');

    if (colon == NULL) {
        return;
    }
    *colon = '\0';
    char *value = sf_str_trim(colon + 1);

    if (strcasecmp(text, "ETag") == 0) {
        copy_value(header->etag, sizeof header->etag, value);
    } else if (strcasecmp(text, "Last-Modified") == 0) {
        copy_value(header->last_modified, sizeof header->last_modified, value);
    } else if (strcasecmp(text, "Content-Length") == 0) {
        header->has_length = sf_number_parse(value, INT64_MAX, &header->length);
    } else if (strcasecmp(text, "Content-Type") == 0) {
        header->is_html = strncasecmp(value, "text/html", 9) == 0;
    } else if (strcasecmp(text, "Content-Range") == 0) {
        read_content_range(header, value);
    } else if (strcasecmp(text, "Retry-After") == 0) {
        read_retry_after(header, value, now_s);
    }
}

bool sf_http_header_has_strong_etag(const struct sf_http_header *header)
{
    return header->etag[0] == '"';
}
