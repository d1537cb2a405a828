/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - borrowed pieces of text, ASCII by table, and growing output.
 *
 * A text may hold NUL and is UTF-8 unless its owner says otherwise.  Letter
 * case is ASCII's: every name that IAM folds is ASCII (B3.1).
 */
#ifndef IAMP_TEXT_H
#define IAMP_TEXT_H

#include <string.h>

#include "base/arena.h"

typedef iam_text text;

/* Takes string literals only: of a pointer the size would be wrong. */
#define TEXT(literal) ((text){"" literal, sizeof("" literal) - 1})

extern const unsigned char iamp_ascii_lower[256];

static inline unsigned char ascii_lower(char c)
{
    return iamp_ascii_lower[(unsigned char)c];
}

static inline bool ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool text_eq(text a, text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Equal but for the case of ASCII letters. */
bool iamp_text_eq_fold(text a, text b);

static inline bool text_starts(text whole, text start)
{
    return whole.len >= start.len &&
           text_eq((text){whole.ptr, start.len}, start);
}

/* The part from byte `from` up to, not including, byte `to`. */
static inline text text_slice(text whole, size_t from, size_t to)
{
    return (text){whole.ptr + from, to - from};
}

static inline text text_from(text whole, size_t from)
{
    return (text){whole.ptr + from, whole.len - from};
}

/* What a caller of the API passed: resolves IAM_NTS; NULL is "". */
text iamp_text_of(const char *ptr, size_t len);

/* Offset of the first `c`, or whole.len. */
size_t iamp_text_find(text whole, char c);

/* Less, equal, greater: by bytes, then by length. */
int iamp_text_compare(text a, text b);

/* The same for all texts that iamp_text_eq_fold() calls equal; never 0. */
uint64_t iamp_text_hash_fold(text t);

/* Equal but for ASCII case and one letter that is changed, missing or too many,
 * or two neighbours that changed places. */
bool iamp_text_resembles(text a, text b);

bool iamp_text_is_utf8(text t);

/* Bytes of the UTF-8 character that starts at t.ptr[at]; t must be UTF-8. */
static inline size_t text_char_len(text t, size_t at)
{
    size_t len = 1;

    while (at + len < t.len && ((unsigned char)t.ptr[at + len] & 0xc0) == 0x80)
        len++;
    return len;
}

/* A NUL-terminated copy that lives in `mem`; ptr is NULL without memory. */
text iamp_text_copy(text t, arena *mem);

/* The same with ASCII letters in lower case. */
text iamp_text_copy_lower(text t, arena *mem);

/* --- output that grows ------------------------------------------------- */

/* Bytes gathered in memory of an arena's allocator.  Once an addition fails,
 * `failed` stays set and further ones do nothing: check once, at the end. */
typedef struct textbuf {
    const iam_allocator *from; /* NULL: malloc and free */
    char *ptr;                 /* NUL-terminated once anything was added */
    size_t len, room;
    bool failed;
} textbuf;

void iamp_textbuf_init(textbuf *buf, const iam_allocator *from);
void iamp_textbuf_release(textbuf *buf);
void iamp_textbuf_add(textbuf *buf, text t);
void iamp_textbuf_add_c(textbuf *buf, char c);
void iamp_textbuf_add_number(textbuf *buf, uint64_t n);

/* `t` as a JSON string with its quotes; ASCII control characters escaped. */
void iamp_textbuf_add_json(textbuf *buf, text t);

#define textbuf_add_lit(buf, literal) iamp_textbuf_add((buf), TEXT(literal))

/* What was gathered; valid until the next addition or release. */
static inline text textbuf_text(const textbuf *buf)
{
    return (text){buf->ptr ? buf->ptr : "", buf->len};
}

/* Hand everything to a sink, then release: IAM_OK, IAM_ENOMEM, IAM_ESTOPPED. */
iam_status iamp_textbuf_flush(textbuf *buf, iam_sink sink, void *user);

#endif
