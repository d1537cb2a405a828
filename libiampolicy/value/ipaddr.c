/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipaddr.c - addresses and blocks to numbers and back.
 *
 * The readers take a text apart from the front: each takes what it can use
 * from *rest and says whether that was what it wanted.
 */
#include "value/ipaddr.h"

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

static bool take_char(text *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = text_from(*rest, 1);
    return true;
}

static bool take_v4(text *rest, uint32_t *out)
{
    uint32_t address = 0;

    for (size_t i = 0; i < 4; i++) {
        uint32_t octet;

        if ((i > 0 && !take_char(rest, '.')) ||
            !take_decimal(rest, 255, &octet))
            return false;
        address = address << 8 | octet;
    }
    *out = address;
    return true;
}

/* The value of a hexadecimal digit, or 16. */
static uint16_t hex_value(char c)
{
    unsigned char lower = ascii_lower(c);

    if (ascii_digit(c))
        return (uint16_t)(c - '0');
    return lower >= 'a' && lower <= 'f' ? (uint16_t)(lower - 'a' + 10) : 16;
}

/* One to four hexadecimal digits. */
static bool take_group(text *rest, uint16_t *out)
{
    size_t at = 0;
    uint16_t n = 0;

    while (at < 4 && at < rest->len && hex_value(rest->ptr[at]) < 16)
        n = (uint16_t)(n << 4 | hex_value(rest->ptr[at++]));
    *rest = text_from(*rest, at);
    *out = n;
    return at > 0;
}

/* The groups of an IPv6 address as they stand in the text. */
typedef struct groups {
    uint16_t group[8];
    size_t count;
    size_t gap; /* where "::" stands, or 8 */
} groups;

/* A group, or a dotted tail, which is two and must come last. */
static bool take_groups(text *rest, groups *g)
{
    text start = *rest;
    uint32_t tail;

    if (g->count == 8 || !take_group(rest, &g->group[g->count]))
        return false;
    if (rest->len == 0 || rest->ptr[0] != '.') {
        g->count++;
        return true;
    }
    *rest = start;
    if (g->count > 6 || !take_v4(rest, &tail) || rest->len > 0)
        return false;
    g->group[g->count++] = (uint16_t)(tail >> 16);
    g->group[g->count++] = (uint16_t)tail;
    return true;
}

/* Everything behind the first colon or colons. */
static bool take_v6(text rest, groups *g)
{
    *g = (groups){.gap = 8};
    if (text_starts(rest, TEXT("::"))) {
        rest = text_from(rest, 2);
        g->gap = 0;
    } else if (!take_groups(&rest, g) || !take_char(&rest, ':')) {
        return false;
    } else if (take_char(&rest, ':')) {
        g->gap = g->count;
    }
    while (rest.len > 0) {
        if (!take_groups(&rest, g))
            return false;
        if (rest.len == 0)
            return true;
        if (!take_char(&rest, ':'))
            return false;
        if (g->gap == 8 && take_char(&rest, ':'))
            g->gap = g->count;
        else if (rest.len == 0)
            return false;
    }
    return g->gap < 8;
}

static bool parse_v6(text t, ipaddr *out)
{
    uint64_t half[2] = {0, 0};
    groups g;

    /* "::" stands for one group at least (RFC 4291, 2.2). */
    if (!take_v6(t, &g) || (g.gap == 8) != (g.count == 8))
        return false;
    for (size_t i = 0; i < g.count; i++) {
        size_t at = i < g.gap ? i : i + 8 - g.count;

        half[at / 4] |= (uint64_t)g.group[i] << (48 - 16 * (at % 4));
    }
    *out = (ipaddr){half[0], half[1], 6};
    return true;
}

static bool parse_v4(text t, ipaddr *out)
{
    uint32_t address;

    if (!take_v4(&t, &address) || t.len > 0)
        return false;
    *out = (ipaddr){0, address, 4};
    return true;
}

bool iamp_ipaddr_parse(text t, ipaddr *out)
{
    *out = (ipaddr){0, 0, 0};
    if (t.len == 0)
        return false;
    return iamp_text_find(t, ':') < t.len ? parse_v6(t, out) : parse_v4(t, out);
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
