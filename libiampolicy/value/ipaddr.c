/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipaddr.c - addresses and blocks to numbers and back.
 *
 * An address is read once for each request, in one pass without a copy: a
 * reader returns where it stopped, or NULL if it did not find what it wanted.
 */
#include "value/ipaddr.h"

#include <string.h>

/* --- reading ------------------------------------------------------------- */

/* A decimal number of at most `largest`, without leading zeros. */
static bool take_decimal(text *rest, uint32_t largest, uint32_t *out)
{
    size_t at = 0;
    uint32_t n = 0;

    for (; at < rest->len && ascii_digit(rest->ptr[at]); at++) {
        if (at > 0 && n == 0)
            return false;
        n = n * 10 + (uint32_t)(rest->ptr[at] - '0');
        if (n > largest)
            return false;
    }
    *rest = text_from(*rest, at);
    *out = n;
    return at > 0;
}

/* The value of a decimal digit, or more than 9. */
static unsigned decimal_value(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

/* 0 to 255.  A digit behind a leading zero, or a fourth one, is left over, and
 * nothing that may follow an octet is a digit. */
static const char *read_octet(const char *at, const char *end, uint32_t *out)
{
    unsigned n, digit;

    if (at == end || (n = decimal_value(*at)) > 9)
        return NULL;
    at++;
    if (n > 0 && at < end && (digit = decimal_value(*at)) <= 9) {
        n = n * 10 + digit;
        at++;
        if (at < end && (digit = decimal_value(*at)) <= 9) {
            n = n * 10 + digit;
            at++;
        }
    }
    *out = n;
    return n <= 255 ? at : NULL;
}

/* Four octets, and nothing behind them. */
static bool read_v4(const char *at, const char *end, uint32_t *out)
{
    uint32_t address = 0, octet;

    for (size_t i = 0; i < 4; i++) {
        if (i > 0 && (at == end || *at++ != '.'))
            return false;
        at = read_octet(at, end, &octet);
        if (!at)
            return false;
        address = address << 8 | octet;
    }
    *out = address;
    return at == end;
}

/* The value of a hexadecimal digit and one; 0 for other characters. */
static const uint8_t hex_digit[256] = {['0'] = 1,
    ['1'] = 2,
    ['2'] = 3,
    ['3'] = 4,
    ['4'] = 5,
    ['5'] = 6,
    ['6'] = 7,
    ['7'] = 8,
    ['8'] = 9,
    ['9'] = 10,
    ['a'] = 11,
    ['b'] = 12,
    ['c'] = 13,
    ['d'] = 14,
    ['e'] = 15,
    ['f'] = 16,
    ['A'] = 11,
    ['B'] = 12,
    ['C'] = 13,
    ['D'] = 14,
    ['E'] = 15,
    ['F'] = 16};

/* One to four hexadecimal digits. */
static const char *read_group(const char *at, const char *end, uint16_t *out)
{
    const char *start = at;
    unsigned n = 0, digit;

    if (end - at > 4)
        end = at + 4;
    for (; at < end && (digit = hex_digit[(unsigned char)*at]) > 0; at++)
        n = n << 4 | (digit - 1);
    *out = (uint16_t)n;
    return at > start ? at : NULL;
}

/* The groups of an IPv6 address as they stand in the text. */
typedef struct groups {
    uint16_t group[8];
    size_t count;
    size_t gap; /* where "::" stands, or 8 */
} groups;

/* A group, or a dotted tail, which is two and must come last. */
static const char *read_groups(const char *at, const char *end, groups *g)
{
    const char *next;
    uint32_t tail;

    if (g->count == 8)
        return NULL;
    next = read_group(at, end, &g->group[g->count]);
    if (!next || next == end || *next != '.') {
        g->count++;
        return next;
    }
    if (g->count > 6 || !read_v4(at, end, &tail))
        return NULL;
    g->group[g->count++] = (uint16_t)(tail >> 16);
    g->group[g->count++] = (uint16_t)tail;
    return end;
}

static bool read_v6(const char *at, const char *end, groups *g)
{
    g->count = 0;
    g->gap = 8;
    if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
        g->gap = 0;
        at += 2;
        if (at == end)
            return true;
    }
    for (;;) {
        at = read_groups(at, end, g);
        if (!at)
            return false;
        if (at == end)
            break;
        if (*at++ != ':' || at == end)
            return false;
        if (*at == ':') {
            if (g->gap < 8 || g->count == 8)
                return false;
            g->gap = g->count;
            if (++at == end)
                break;
        }
    }
    /* "::" stands for one group at least (RFC 4291, 2.2). */
    return (g->gap == 8) == (g->count == 8);
}

static uint64_t word_of(const uint16_t *group)
{
    return (uint64_t)group[0] << 48 | (uint64_t)group[1] << 32 |
           (uint64_t)group[2] << 16 | group[3];
}

static bool parse_v6(const char *at, const char *end, ipaddr *out)
{
    groups g;
    size_t tail;

    if (!read_v6(at, end, &g))
        return false;
    if (g.gap < 8) {
        tail = g.count - g.gap;
        memmove(&g.group[8 - tail], &g.group[g.gap], tail * sizeof(*g.group));
        memset(&g.group[g.gap], 0, (8 - g.count) * sizeof(*g.group));
    }
    *out = (ipaddr){word_of(g.group), word_of(g.group + 4), 6};
    return true;
}

bool iamp_ipaddr_parse(text t, ipaddr *out)
{
    const char *end;
    uint32_t address;

    *out = (ipaddr){0, 0, 0};
    if (t.len == 0)
        return false;
    end = t.ptr + t.len;
    /* Neither family's text is one of the other's. */
    if (read_v4(t.ptr, end, &address)) {
        *out = (ipaddr){0, address, 4};
        return true;
    }
    return parse_v6(t.ptr, end, out);
}

/* --- blocks -------------------------------------------------------------- */

/* `n` one-bits from the right, n at most 64. */
static uint64_t low_bits(unsigned n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* The bits behind a block's prefix. */
static ipaddr host_mask(uint8_t family, uint8_t prefix)
{
    unsigned bits = (family == 4 ? 32u : 128u) - prefix;

    return (ipaddr){low_bits(bits > 64 ? bits - 64 : 0),
        low_bits(bits > 64 ? 64 : bits), family};
}

bool iamp_ipblock_parse(text t, ipblock *out)
{
    size_t slash = iamp_text_find(t, '/');
    ipaddr address, mask;
    uint32_t prefix, longest;

    *out = (ipblock){.prefix = 0};
    if (!iamp_ipaddr_parse((text){t.ptr, slash}, &address))
        return false;
    longest = address.family == 4 ? 32 : 128;
    prefix = longest;
    if (slash < t.len) {
        text rest = text_from(t, slash + 1);

        if (!take_decimal(&rest, longest, &prefix) || rest.len > 0)
            return false;
    }
    out->prefix = (uint8_t)prefix;
    mask = host_mask(address.family, out->prefix);
    out->host_bits = (address.hi & mask.hi) || (address.lo & mask.lo);
    out->first =
        (ipaddr){address.hi & ~mask.hi, address.lo & ~mask.lo, address.family};
    return true;
}

bool iamp_ipaddr_is_mapped(const ipaddr *a)
{
    return a->family == 6 && a->hi == 0 && a->lo >> 32 == 0xffff;
}

ipaddr iamp_ipblock_last(const ipblock *block)
{
    ipaddr mask = host_mask(block->first.family, block->prefix);

    return (ipaddr){block->first.hi | mask.hi, block->first.lo | mask.lo,
        block->first.family};
}

/* --- writing ------------------------------------------------------------- */

static char *put_decimal(char *to, uint32_t n)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

static char *put_v4(char *to, uint32_t address)
{
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        if (shift < 32)
            *to++ = '.';
        to = put_decimal(to, address >> (shift - 8) & 255);
    }
    return to;
}

static char *put_hex(char *to, unsigned group)
{
    static const char hex[] = "0123456789abcdef";
    unsigned shift = 12;

    while (shift > 0 && group >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        *to++ = hex[group >> shift & 15];
        if (shift == 0)
            return to;
    }
}

/* The first of the longest rows of zeros of at least two groups among the
 * first `count`; *len is 0 if there is none. */
static size_t longest_zeros(const uint16_t *group, size_t count, size_t *len)
{
    size_t best = 0, run = 0;

    *len = 0;
    for (size_t i = 0; i < count; i++) {
        run = group[i] == 0 ? run + 1 : 0;
        if (run > 1 && run > *len) {
            *len = run;
            best = i + 1 - run;
        }
    }
    return best;
}

static char *put_v6(char *to, const ipaddr *a)
{
    bool mapped = iamp_ipaddr_is_mapped(a);
    size_t count = mapped ? 6 : 8, gap, len;
    uint16_t group[8];

    for (size_t i = 0; i < 8; i++)
        group[i] = (uint16_t)((i < 4 ? a->hi : a->lo) >> (48 - 16 * (i % 4)));
    gap = longest_zeros(group, count, &len);
    for (size_t i = 0; i < count; i++) {
        if (len > 0 && i == gap) {
            *to++ = ':';
            i += len - 1;
            if (i + 1 == count)
                *to++ = ':';
            continue;
        }
        if (i > 0)
            *to++ = ':';
        to = put_hex(to, group[i]);
    }
    if (mapped) { /* RFC 5952, section 5 */
        *to++ = ':';
        to = put_v4(to, (uint32_t)a->lo);
    }
    return to;
}

size_t iamp_ipaddr_print(const ipaddr *a, char out[IPADDR_TEXT])
{
    char *end = out;

    if (a->family == 4)
        end = put_v4(out, (uint32_t)a->lo);
    else if (a->family == 6)
        end = put_v6(out, a);
    *end = '\0';
    return (size_t)(end - out);
}

size_t iamp_ipblock_print(const ipblock *block, char out[IPBLOCK_TEXT])
{
    char *end = out + iamp_ipaddr_print(&block->first, out);

    *end++ = '/';
    end = put_decimal(end, block->prefix);
    *end = '\0';
    return (size_t)(end - out);
}
