/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, addresses and base64, read by hand. */
#include "oracle_parts.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static size_t digits_at(const char *text)
{
    size_t count = 0;
    while (is_digit(text[count]))
        count++;
    return count;
}

/* ---- Numbers ------------------------------------------------------------- */

/* Digits before and after the point, without zeros that mean nothing. */
typedef struct number {
    bool negative;
    const char *whole;
    size_t whole_len;
    const char *fraction;
    size_t fraction_len;
} number;

static bool parse_number(const char *text, number *out)
{
    out->negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    out->whole = text;
    out->whole_len = digits_at(text);
    if (out->whole_len == 0)
        return false;
    text += out->whole_len;
    out->fraction = text;
    out->fraction_len = 0;
    if (*text == '.') {
        out->fraction = text + 1;
        out->fraction_len = digits_at(text + 1);
        if (out->fraction_len == 0)
            return false;
        text += 1 + out->fraction_len;
    }
    while (out->whole_len > 0 && *out->whole == '0') {
        out->whole++;
        out->whole_len--;
    }
    while (out->fraction_len > 0 && out->fraction[out->fraction_len - 1] == '0')
        out->fraction_len--;
    if (out->whole_len == 0 && out->fraction_len == 0)
        out->negative = false;
    return *text == '\0';
}

static int compare_magnitudes(const number *one, const number *other)
{
    if (one->whole_len != other->whole_len)
        return one->whole_len < other->whole_len ? -1 : 1;
    int order = memcmp(one->whole, other->whole, one->whole_len);
    if (order != 0)
        return order < 0 ? -1 : 1;
    size_t common = one->fraction_len < other->fraction_len
                        ? one->fraction_len
                        : other->fraction_len;
    order = memcmp(one->fraction, other->fraction, common);
    if (order != 0)
        return order < 0 ? -1 : 1;
    if (one->fraction_len == other->fraction_len)
        return 0;
    return one->fraction_len < other->fraction_len ? -1 : 1;
}

bool oracle_compare_numbers(const char *one, const char *other, int *order)
{
    number a;
    number b;
    if (!parse_number(one, &a) || !parse_number(other, &b))
        return false;
    if (a.negative != b.negative)
        *order = a.negative ? -1 : 1;
    else
        *order = a.negative ? compare_magnitudes(&b, &a)
                            : compare_magnitudes(&a, &b);
    return true;
}

/* ---- Addresses ----------------------------------------------------------- */

typedef struct address {
    size_t bytes; /* 4 or 16 */
    unsigned char byte[16];
} address;

/* Four decimal numbers without leading zeros. */
static bool parse_v4(const char *text, size_t len, unsigned char *out)
{
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (at >= len || text[at++] != '.'))
            return false;
        size_t start = at;
        int value = 0;
        while (at < len && is_digit(text[at]) && at - start < 3)
            value = 10 * value + (text[at++] - '0');
        if (at == start || value > 255)
            return false;
        if (text[start] == '0' && at - start > 1)
            return false;
        out[i] = (unsigned char)value;
    }
    return at == len;
}

static int hex_digit(char letter)
{
    if (is_digit(letter))
        return letter - '0';
    int low = oracle_lower(letter);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Groups of hexadecimal digits between colons, perhaps ending in an IPv4
 * address; returns the bytes, or a number above 16 if it is not that. */
static size_t parse_groups(const char *text, size_t len, unsigned char *out)
{
    size_t count = 0;
    size_t at = 0;
    if (len == 0)
        return 0;
    for (;;) {
        size_t end = at;
        while (end < len && text[end] != ':')
            end++;
        if (end == len && memchr(text + at, '.', end - at)) {
            bool good =
                count <= 12 && parse_v4(text + at, end - at, out + count);
            return good ? count + 4 : 17;
        }
        if (end == at || end - at > 4 || count > 14)
            return 17;
        unsigned value = 0;
        for (; at < end; at++) {
            if (hex_digit(text[at]) < 0)
                return 17;
            value = 16 * value + (unsigned)hex_digit(text[at]);
        }
        out[count++] = (unsigned char)(value >> 8);
        out[count++] = (unsigned char)(value & 255);
        if (end == len)
            return count;
        at = end + 1;
    }
}

static bool parse_v6(const char *text, size_t len, unsigned char *out)
{
    size_t gap = 0;
    while (gap + 1 < len && memcmp(text + gap, "::", 2) != 0)
        gap++;
    memset(out, 0, 16);
    if (gap + 1 >= len)
        return parse_groups(text, len, out) == 16;
    unsigned char tail[16] = {0};
    size_t head_bytes = parse_groups(text, gap, out);
    size_t tail_bytes = parse_groups(text + gap + 2, len - gap - 2, tail);
    /* The gap stands for one group at least; an IPv4 address ends the text. */
    if (head_bytes > 14 || tail_bytes > 14 || head_bytes + tail_bytes > 14)
        return false;
    if (memchr(text, '.', gap))
        return false;
    memcpy(out + 16 - tail_bytes, tail, tail_bytes);
    return true;
}

static bool parse_address(const char *text, size_t len, address *out)
{
    out->bytes = 4;
    if (parse_v4(text, len, out->byte))
        return true;
    out->bytes = 16;
    return len >= 2 && parse_v6(text, len, out->byte);
}

bool oracle_ip_within(const char *block, const char *text)
{
    address base;
    address have;
    size_t len = strcspn(block, "/");
    if (!parse_address(block, len, &base) ||
        !parse_address(text, strlen(text), &have) || base.bytes != have.bytes)
        return false;
    unsigned bits = (unsigned)base.bytes * 8;
    if (block[len] == '/') {
        const char *prefix = block + len + 1;
        size_t digits = digits_at(prefix);
        if (digits == 0 || digits > 3 || prefix[digits] != '\0' ||
            (prefix[0] == '0' && digits > 1))
            return false;
        unsigned asked = (unsigned)atoi(prefix);
        if (asked > bits)
            return false;
        bits = asked;
    }
    for (unsigned i = 0; i < bits; i++) {
        unsigned mask = 128u >> (i % 8);
        if ((base.byte[i / 8] & mask) != (have.byte[i / 8] & mask))
            return false;
    }
    return true;
}

/* ---- Base64 -------------------------------------------------------------- */

static int sextet(char letter)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = letter ? strchr(alphabet, letter) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Base64 with its padding. */
static bool is_base64(const char *text)
{
    size_t len = strlen(text);
    if (len % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < len - padding; i++)
        if (sextet(text[i]) < 0)
            return false;
    return true;
}

/* Padded base64 whose unused bits are zero is one text for the same bytes. */
bool oracle_same_bytes(const char *one, const char *other)
{
    return is_base64(one) && is_base64(other) && strcmp(one, other) == 0;
}
