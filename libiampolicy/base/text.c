/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - comparing, copying and gathering text without locale or NUL.
 */
#include "base/text.h"

/* clang-format off */
#define ROW(n) (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, \
    (n) + 7, (n) + 8, (n) + 9, (n) + 10, (n) + 11, (n) + 12, (n) + 13,    \
    (n) + 14, (n) + 15

const unsigned char iamp_ascii_lower[256] = {
    ROW(0), ROW(16), ROW(32), ROW(48),
    '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',
    'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    '[', '\\', ']', '^', '_',
    ROW(96), ROW(112), ROW(128), ROW(144), ROW(160), ROW(176), ROW(192),
    ROW(208), ROW(224), ROW(240)};
/* clang-format on */

bool iamp_text_eq_fold(text a, text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

text iamp_text_of(const char *ptr, size_t len)
{
    if (!ptr)
        return (text){"", 0};
    return (text){ptr, len == IAM_NTS ? strlen(ptr) : len};
}

size_t iamp_text_find(text whole, char c)
{
    const char *at = whole.len ? memchr(whole.ptr, c, whole.len) : NULL;

    return at ? (size_t)(at - whole.ptr) : whole.len;
}

int iamp_text_compare(text a, text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

uint64_t iamp_text_hash_fold(text t)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < t.len; i++)
        hash = (hash ^ ascii_lower(t.ptr[i])) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

/* Bytes that follow a leading byte, or -1; *low and *high bound the first of
 * them (RFC 3629, table in section 4). */
static int utf8_follow(
    unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead < 0x80)
        return 0;
    if (lead < 0xc2 || lead > 0xf4)
        return -1;
    if (lead < 0xe0)
        return 1;
    if (lead < 0xf0) {
        if (lead == 0xe0)
            *low = 0xa0;
        if (lead == 0xed)
            *high = 0x9f;
        return 2;
    }
    if (lead == 0xf0)
        *low = 0x90;
    if (lead == 0xf4)
        *high = 0x8f;
    return 3;
}

bool iamp_text_resembles(text a, text b)
{
    size_t start = 0, tail = 0;

    if (a.len > b.len) {
        text longer = a;

        a = b;
        b = longer;
    }
    if (b.len - a.len > 1)
        return false;
    while (
        start < a.len && ascii_lower(a.ptr[start]) == ascii_lower(b.ptr[start]))
        start++;
    while (tail < a.len - start && ascii_lower(a.ptr[a.len - tail - 1]) ==
                                       ascii_lower(b.ptr[b.len - tail - 1]))
        tail++;
    if (start + tail + 2 == b.len && a.len == b.len)
        return ascii_lower(a.ptr[start]) == ascii_lower(b.ptr[start + 1]) &&
               ascii_lower(a.ptr[start + 1]) == ascii_lower(b.ptr[start]);
    return start + tail + 1 >= b.len;
}

bool iamp_text_is_utf8(text t)
{
    size_t at = 0;

    while (at < t.len) {
        unsigned char low, high;
        int follow = utf8_follow((unsigned char)t.ptr[at++], &low, &high);

        if (follow < 0 || t.len - at < (size_t)follow)
            return false;
        for (; follow > 0; follow--) {
            unsigned char c = (unsigned char)t.ptr[at++];

            if (c < low || c > high)
                return false;
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}

text iamp_text_copy(text t, arena *mem)
{
    char *copy = t.len == SIZE_MAX ? NULL : ARENA_ARRAY(mem, char, t.len + 1);

    if (!copy)
        return (text){NULL, 0};
    if (t.len)
        memcpy(copy, t.ptr, t.len);
    return (text){copy, t.len};
}

text iamp_text_copy_lower(text t, arena *mem)
{
    char *copy = t.len == SIZE_MAX ? NULL : ARENA_ARRAY(mem, char, t.len + 1);

    if (!copy)
        return (text){NULL, 0};
    for (size_t i = 0; i < t.len; i++)
        copy[i] = (char)ascii_lower(t.ptr[i]);
    return (text){copy, t.len};
}

void iamp_textbuf_init(textbuf *buf, const iam_allocator *from)
{
    *buf = (textbuf){.from = from};
}

void iamp_textbuf_release(textbuf *buf)
{
    iamp_memory_release(buf->from, buf->ptr);
    iamp_textbuf_init(buf, buf->from);
}

static bool grow(textbuf *buf, size_t more)
{
    size_t room = buf->room ? buf->room : 256;
    char *larger;

    if (more >= SIZE_MAX / 4 - buf->len)
        return false;
    while (room < buf->len + more + 1)
        room *= 2;
    larger = iamp_memory_acquire(buf->from, room);
    if (!larger)
        return false;
    if (buf->len)
        memcpy(larger, buf->ptr, buf->len);
    iamp_memory_release(buf->from, buf->ptr);
    buf->ptr = larger;
    buf->room = room;
    return true;
}

void iamp_textbuf_add(textbuf *buf, text t)
{
    if (buf->failed)
        return;
    if (buf->room - buf->len <= t.len && !grow(buf, t.len)) {
        buf->failed = true;
        return;
    }
    if (t.len)
        memcpy(buf->ptr + buf->len, t.ptr, t.len);
    buf->len += t.len;
    buf->ptr[buf->len] = '\0';
}

void iamp_textbuf_add_c(textbuf *buf, char c)
{
    iamp_textbuf_add(buf, (text){&c, 1});
}

void iamp_textbuf_add_number(textbuf *buf, uint64_t n)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    iamp_textbuf_add(buf, (text){digits + at, sizeof(digits) - at});
}

static void add_escape(textbuf *buf, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

    switch (c) {
    case '"':
        textbuf_add_lit(buf, "\\\"");
        break;
    case '\\':
        textbuf_add_lit(buf, "\\\\");
        break;
    case '\n':
        textbuf_add_lit(buf, "\\n");
        break;
    case '\r':
        textbuf_add_lit(buf, "\\r");
        break;
    case '\t':
        textbuf_add_lit(buf, "\\t");
        break;
    default:
        iamp_textbuf_add(buf, (text){escape, sizeof(escape)});
    }
}

void iamp_textbuf_add_json(textbuf *buf, text t)
{
    size_t plain = 0;

    iamp_textbuf_add_c(buf, '"');
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];

        if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')
            continue;
        iamp_textbuf_add(buf, text_slice(t, plain, i));
        add_escape(buf, c);
        plain = i + 1;
    }
    iamp_textbuf_add(buf, text_from(t, plain));
    iamp_textbuf_add_c(buf, '"');
}

iam_status iamp_textbuf_flush(textbuf *buf, iam_sink sink, void *user)
{
    iam_status status = IAM_OK;

    if (buf->failed)
        status = IAM_ENOMEM;
    else if (buf->len && !sink(user, buf->ptr, buf->len))
        status = IAM_ESTOPPED;
    iamp_textbuf_release(buf);
    return status;
}
