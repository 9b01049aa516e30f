/*
 * The outer form of OpenPGP text, checked before gpg sees it. gpg accepts several messages in a
 * row, text around them, other headers and control characters; each of these has made a program
 * show something that was not signed. We accept one form only.
 */
#ifndef SF_CONTENT_ARMOR_H
#define SF_CONTENT_ARMOR_H

#include <stddef.h>

struct sf_error;

/* The longest line of a clear-signed text: gpg cuts lines near 20000 bytes. */
#define SF_ARMOR_MAX_LINE 16000

/* The largest detached signature: one of an RSA key of 4096 bits has less than 1 KiB. */
#define SF_ARMOR_MAX_SIGNATURE (64UL << 10)

/*
 * One clear-signed text and nothing else: its first line first, only "Hash:" headers, exactly one
 * signature block, whose last line is the last of the input; no control characters other than tab
 * and line ends. Errors: FORMAT (not clear-signed; says when it looks like HTML), SIGNATURE (parts
 * of it are outside the signature, or it has more than one).
 */
int sf_armor_check_clear(const char *unverified, size_t size, struct sf_error *err);

/*
 * One armored detached signature and nothing else. Errors: SIGNATURE, naming what it is instead:
 * empty, an HTML page, a clear-signed text or a whole message (for those GPGME reports success
 * without any signature).
 */
int sf_armor_check_detached(const char *unverified, size_t size, struct sf_error *err);

#endif
