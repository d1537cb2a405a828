/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip_address.c - the addresses at the beginning of lines, fast.
 *
 * Millions of lines are read here.  An address of IPv4 is 15 bytes at most, and
 * taken apart without a branch that depends on where its dots are; the groups of
 * IPv6 are read in one go.  Whatever else there is goes to the library, which
 * has the last word.
 */
#include "ip.h"

#include <string.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What ends a word; a line always ends in '\n'. */
static bool ends_word(char c)
{
    return c == '\n' || c == ',' || blank(c);
}

/* ---- IPv4 ---- */

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A bit for each of eight bytes that is not a decimal digit. */
static unsigned not_digits(const char *at)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof(bytes));
    bytes ^= EACH('0');
    /* 10 and more carries into the highest bit, but never beyond it. */
    bytes = (((bytes & EACH(0x7f)) + EACH(0x80 - 10)) | bytes) & EACH(0x80);
    return (unsigned)((bytes >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

/* The digits of an octet, `len` of them before `end`: units in the highest byte,
 * tens and hundreds below.  Reads four bytes. */
static uint64_t digits_before(const char *end, unsigned len)
{
    static const uint32_t masks[4] = {0, 0xff000000, 0xffff0000, 0xffffff00};
    uint32_t digits;

    memcpy(&digits, end - 4, sizeof(digits));
    return (digits ^ 0x30303030u) & masks[len & 3];
}

/* Two octets at once, each in 32 bits of its own. */
static uint64_t two_octets(uint64_t digits)
{
    const uint64_t low = UINT64_C(0x000000ff000000ff);

    return (digits >> 24 & low) + (digits >> 16 & low) * 10 +
           (digits >> 8 & low) * 100;
}

/* Zero if both are from their least number, so that no digit is too many, to
 * 255. */
static uint64_t out_of_range(uint64_t octets, unsigned len_a, unsigned len_b)
{
    static const unsigned char least[4] = {1, 0, 10, 100};
    const uint64_t sign = UINT64_C(0x8000000080000000);
    const uint64_t least_of_both = least[len_a & 3] | (uint64_t)least[len_b & 3]
                                                          << 32;
    const uint64_t above = octets + UINT64_C(0x7fffff007fffff00);

    return (above | ~((octets | sign) - least_of_both)) & sign;
}

/* Needs four readable bytes before *at, and sixteen from there on. */
static bool take_v4(const char **at, uint32_t *out)
{
    const char *p = *at;
    unsigned mask = not_digits(p) | not_digits(p + 8) << 8 | 1u << 16;
    unsigned end0, end1, end2, end3, len1, len2, len3;
    uint64_t front, back;

    end0 = (unsigned)__builtin_ctz(mask);
    mask = (mask & (mask - 1)) | 1u << 17;
    end1 = (unsigned)__builtin_ctz(mask);
    mask = (mask & (mask - 1)) | 1u << 18;
    end2 = (unsigned)__builtin_ctz(mask);
    mask = (mask & (mask - 1)) | 1u << 19;
    end3 = (unsigned)__builtin_ctz(mask);
    len1 = end1 - end0 - 1;
    len2 = end2 - end1 - 1;
    len3 = end3 - end2 - 1;
    front = two_octets(
        digits_before(p + end0, end0) | digits_before(p + end1, len1) << 32);
    back = two_octets(
        digits_before(p + end2, len2) | digits_before(p + end3, len3) << 32);
    if ((end0 | len1 | len2 | len3) > 3 ||
        (out_of_range(front, end0, len1) | out_of_range(back, len2, len3)) ||
        ((p[end0] ^ '.') | (p[end1] ^ '.') | (p[end2] ^ '.')) ||
        !ends_word(p[end3]))
        return false;
    *at = p + end3;
    *out = (uint32_t)(front << 24 | front >> 32 << 16 | back << 8 | back >> 32);
    return true;
}

#else

static bool take_v4(const char **at, uint32_t *out)
{
    (void)at;
    (void)out;
    return false;
}

#endif

/* ---- IPv6 ---- */

/* One more than a hexadecimal digit means, or 0: a table, as which digit comes
 * next is as good as random. */
static const unsigned char hex_digit[256] = {['0'] = 1,
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

/* One to four digits; gives how many. */
static unsigned take_group(const char **at, uint16_t *out)
{
    const char *p = *at;
    unsigned n = 0, digit, len = 0;

    for (; len < 4 && (digit = hex_digit[(unsigned char)*p]) > 0; len++, p++)
        n = n << 4 | (digit - 1);
    *at = p;
    *out = (uint16_t)n;
    return len;
}

static void put_groups(
    const uint16_t *groups, size_t count, size_t gap, uint8_t v6[16])
{
    memset(v6, 0, 16);
    for (size_t i = 0; i < count; i++) {
        size_t to = i < gap ? i : i + 8 - count;

        v6[2 * to] = (uint8_t)(groups[i] >> 8);
        v6[2 * to + 1] = (uint8_t)groups[i];
    }
}

/* Groups with at most one "::"; a dotted tail is left to the library. */
static bool take_v6(const char **at, uint8_t v6[16])
{
    uint16_t groups[8];
    size_t count = 0, gap = 0;
    bool has_gap = false;
    const char *p = *at;

    if (p[0] == ':') {
        if (p[1] != ':')
            return false;
        has_gap = true;
        p += 2;
    }
    while (!has_gap || gap != count || !ends_word(*p)) {
        if (count == 8 || !take_group(&p, &groups[count++]))
            return false;
        if (*p != ':')
            break;
        p++;
        if (*p == ':') {
            if (has_gap)
                return false;
            has_gap = true;
            gap = count;
            p++;
        }
    }
    if (!ends_word(*p) || (has_gap ? count == 8 : count < 8))
        return false;
    put_groups(groups, count, has_gap ? gap : 8, v6);
    *at = p;
    return true;
}

/* ---- The rest ---- */

static void put_word(uint8_t to[8], uint64_t word)
{
    for (size_t i = 0; i < 8; i++)
        to[i] = (uint8_t)(word >> (56 - 8 * i));
}

/* A block is not an address, be it one of a single one. */
static ip_word take_other(
    const char *word, size_t len, uint32_t *v4, uint8_t v6[16])
{
    iam_ip_range range;

    if (memchr(word, '/', len) || !iam_ip_range_parse(word, len, &range))
        return WORD_BAD;
    if (range.family == 4) {
        *v4 = (uint32_t)range.first_low;
        return WORD_V4;
    }
    put_word(v6, range.first_high);
    put_word(v6 + 8, range.first_low);
    return WORD_V6;
}

/* Moves *at behind the word.  What the line before was is tried first. */
static ip_word take_word(const char **at, const char **word, uint32_t *v4,
    uint8_t v6[16], ip_word before)
{
    const char *p = *at;

    while (blank(*p))
        p++;
    *word = *at = p;
    if (before == WORD_V6 && take_v6(at, v6))
        return WORD_V6;
    if (take_v4(at, v4))
        return WORD_V4;
    if (take_v6(at, v6))
        return WORD_V6;
    if (*p == '\n' || *p == '#' || *p == ';')
        return WORD_NONE;
    while (!ends_word(*p))
        p++;
    *at = p;
    return take_other(*word, (size_t)(p - *word), v4, v6);
}

const char *ip_batch_fill(ip_batch *b, const char *at, const char *end)
{
    size_t count = 0, count4 = 0, count6 = 0, bad = 0;
    ip_word kind = WORD_V4;

    while (count < IP_BATCH && at < end) {
        b->begin[count] = at;
        kind = take_word(
            &at, &b->word[count], &b->v4[count4], b->v6[count6], kind);
        b->kind[count++] = (uint8_t)kind;
        count4 += kind == WORD_V4;
        count6 += kind == WORD_V6;
        bad += kind == WORD_BAD;
        if (*at != '\n')
            at = memchr(at, '\n', (size_t)(end - at));
        at++;
    }
    b->begin[count] = at;
    b->count = count;
    b->count4 = count4;
    b->count6 = count6;
    b->bad = bad;
    return at;
}
