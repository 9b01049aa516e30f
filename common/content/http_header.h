/* What the header lines of an HTTP response say, of the few fields we read. */
#ifndef SF_CONTENT_HTTP_HEADER_H
#define SF_CONTENT_HTTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_http_header {
    unsigned status; /* 0: no HTTP (file:) */
    char etag[256];  /* "" when absent or not storable */
    char last_modified[64];
    bool is_html;
    bool has_length;
    uint64_t length; /* Content-Length */
    bool has_range;  /* a Content-Range that parsed exactly */
    uint64_t range_first;
    uint64_t range_last;
    uint64_t range_total;
    uint32_t retry_after_s; /* at most SF_HTTP_MAX_RETRY_AFTER_S */
};

#define SF_HTTP_MAX_RETRY_AFTER_S 120

/*
 * Takes one header line as it came (line end included). A status line starts over, so that after
 * redirects the last response counts. Unknown and malformed fields are left out. `now_s` is for
 * dates.
 */
void sf_http_header_line(struct sf_http_header *header, const char *line, size_t size,
                         int64_t now_s);

/* True when the ETag is one that If-Range may be used with: present and not weak. */
bool sf_http_header_has_strong_etag(const struct sf_http_header *header);

#endif
