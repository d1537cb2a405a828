/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar.c - decimals, moments, booleans and bytes from text, compared
 * exactly: no binary fractions, no rounding, no overflow.
 */
#include "value/scalar.h"

/* Offset of the first byte that is no digit. */
static size_t digits_end(text t, size_t at)
{
    while (at < t.len && ascii_digit(t.ptr[at]))
        at++;
    return at;
}

static text without_leading_zeros(text t)
{
    size_t at = 0;

    while (at < t.len && t.ptr[at] == '0')
        at++;
    return text_from(t, at);
}

static text without_trailing_zeros(text t)
{
    while (t.len > 0 && t.ptr[t.len - 1] == '0')
        t.len--;
    return t;
}

/* --- decimals ------------------------------------------------------------ */

bool iamp_decimal_parse(text t, decimal *out)
{
    size_t start, point, end;

    if (t.len == 0)
        return false;
    start = t.ptr[0] == '-' || t.ptr[0] == '+';
    point = end = digits_end(t, start);
    if (point < t.len && t.ptr[point] == '.')
        end = digits_end(t, point + 1);
    if (point == start || end != t.len || end == point + 1)
        return false;
    out->whole = without_leading_zeros(text_slice(t, start, point));
    out->fraction = TEXT("");
    if (point < end)
        out->fraction = without_trailing_zeros(text_slice(t, point + 1, end));
    out->negative =
        t.ptr[0] == '-' && (out->whole.len > 0 || out->fraction.len > 0);
    return true;
}

/* By size, the sign left out. */
static int compare_magnitude(const decimal *a, const decimal *b)
{
    int order;

    if (a->whole.len != b->whole.len)
        return a->whole.len < b->whole.len ? -1 : 1;
    order = iamp_text_compare(a->whole, b->whole);
    return order ? order : iamp_text_compare(a->fraction, b->fraction);
}

int iamp_decimal_compare(const decimal *a, const decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    return a->negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

/* --- moments ------------------------------------------------------------- */

/* Takes exactly `count` digits; the number must lie within the bounds. */
static bool take_number(
    text *rest, size_t count, uint32_t least, uint32_t most, uint32_t *out)
{
    uint32_t n = 0;

    if (rest->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!ascii_digit(rest->ptr[i]))
            return false;
        n = n * 10 + (uint32_t)(rest->ptr[i] - '0');
    }
    *rest = text_from(*rest, count);
    *out = n;
    return n >= least && n <= most;
}

static bool take_char(text *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = text_from(*rest, 1);
    return true;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[12] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* Days from 1970-01-01 to a day of the Gregorian calendar.  The year is taken
 * to begin in March, so that the day of leap years is its last. */
static int64_t days_since_epoch(uint32_t year, uint32_t month, uint32_t day)
{
    const int64_t days_0000_03_01 = -719468;
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era_days = y * 365 + y / 4 - y / 100 + y / 400;
    int64_t march = (int64_t)((month + 9) % 12);

    if (y < 0) /* the months before March of year 0: it follows year -1 */
        era_days = -366;
    return days_0000_03_01 + era_days + (march * 153 + 2) / 5 + (int64_t)day -
           1;
}

/* "Z", "+hh:mm" or "-hh:mm", in seconds east of UTC, and nothing behind. */
static bool parse_zone(text rest, int64_t *east)
{
    uint32_t hours, minutes;
    bool west;

    *east = 0;
    if (text_eq(rest, TEXT("Z")))
        return true;
    west = take_char(&rest, '-');
    if ((!west && !take_char(&rest, '+')) ||
        !take_number(&rest, 2, 0, 23, &hours) || !take_char(&rest, ':') ||
        !take_number(&rest, 2, 0, 59, &minutes) || rest.len > 0)
        return false;
    *east = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    if (west)
        *east = -*east;
    return true;
}

/* "hh:mm", "hh:mm:ss" or "hh:mm:ss.f", then a zone.  A second 60 is no
 * moment: B.3.3 ignores leap seconds. */
static bool parse_time(text rest, instant *out)
{
    uint32_t hour, minute, second = 0;
    int64_t east;

    if (!take_number(&rest, 2, 0, 23, &hour) || !take_char(&rest, ':') ||
        !take_number(&rest, 2, 0, 59, &minute))
        return false;
    if (take_char(&rest, ':')) {
        if (!take_number(&rest, 2, 0, 59, &second))
            return false;
        if (take_char(&rest, '.')) {
            size_t end = digits_end(rest, 0);

            if (end == 0)
                return false;
            out->fraction = without_trailing_zeros(text_slice(rest, 0, end));
            rest = text_from(rest, end);
        }
    }
    if (!parse_zone(rest, &east))
        return false;
    out->seconds +=
        (int64_t)hour * 3600 + (int64_t)minute * 60 + (int64_t)second - east;
    return true;
}

/* "YYYY-MM", "YYYY-MM-DD", or a day and "T" and a time. */
static bool parse_date(text rest, instant *out)
{
    uint32_t year, month, day = 1;

    if (!take_number(&rest, 4, 0, 9999, &year) || !take_char(&rest, '-') ||
        !take_number(&rest, 2, 1, 12, &month))
        return false;
    if (rest.len > 0 &&
        (!take_char(&rest, '-') ||
            !take_number(&rest, 2, 1, days_in_month(year, month), &day)))
        return false;
    out->seconds = days_since_epoch(year, month, day) * 86400;
    if (rest.len == 0)
        return true;
    return take_char(&rest, 'T') && parse_time(rest, out);
}

/* A whole number that fits. */
static bool parse_epoch(text t, int64_t *out)
{
    bool negative = t.ptr[0] == '-';
    int64_t n = 0;

    if (t.len == negative || digits_end(t, negative) != t.len)
        return false;
    for (size_t i = negative; i < t.len; i++) {
        int digit = t.ptr[i] - '0';

        /* Counted below zero, where there is room for INT64_MIN. */
        if (n < (INT64_MIN + digit) / 10)
            return false;
        n = n * 10 - digit;
    }
    if (!negative && n == INT64_MIN)
        return false;
    *out = negative ? n : -n;
    return true;
}

bool iamp_instant_parse(text t, instant *out)
{
    *out = (instant){0, TEXT("")};
    if (t.len == 0)
        return false;
    return parse_epoch(t, &out->seconds) || parse_date(t, out);
}

int iamp_instant_compare(const instant *a, const instant *b)
{
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return iamp_text_compare(a->fraction, b->fraction);
}

/* --- booleans ------------------------------------------------------------ */

bool iamp_bool_parse(text t, bool *out)
{
    *out = iamp_text_eq_fold(t, TEXT("true"));
    return *out || iamp_text_eq_fold(t, TEXT("false"));
}

/* --- bytes --------------------------------------------------------------- */

/* The value of a base64 digit, or 64. */
static uint32_t base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (ascii_digit(c))
        return (uint32_t)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* Decode four characters to up to three bytes; returns how many, 0 for what is
 * no base64.  Bits that belong to no byte must be zero, so that each row of
 * bytes has one text only (RFC 4648, 3.5). */
static size_t decode_four(const char *four, bool last, unsigned char out[3])
{
    size_t len = 3;
    uint32_t bits = 0;

    if (last && four[3] == '=')
        len = four[2] == '=' ? 1 : 2;
    for (size_t i = 0; i < 4; i++) {
        uint32_t value = i <= len ? base64_value(four[i]) : 0;

        if (value == 64)
            return 0;
        bits = bits << 6 | value;
    }
    if (bits & (UINT32_C(0xffffff) >> (8 * len)))
        return 0;
    for (size_t i = 0; i < 3; i++)
        out[i] = (unsigned char)(bits >> (16 - 8 * i));
    return len;
}

/* Decode at `at`, a multiple of four; see decode_four(). */
static size_t decode_at(text t, size_t at, unsigned char out[3])
{
    return decode_four(t.ptr + at, at + 4 == t.len, out);
}

iam_status iamp_bytes_decode(text t, text *out, bool *valid, arena *mem)
{
    size_t made = 0;
    char *bytes;

    *valid = false;
    *out = TEXT("");
    if (t.len % 4 != 0)
        return IAM_OK;
    bytes = ARENA_ARRAY(mem, char, t.len / 4 * 3);
    if (!bytes)
        return IAM_ENOMEM;
    for (size_t at = 0; at < t.len; at += 4) {
        unsigned char three[3];
        size_t len = decode_at(t, at, three);

        if (len == 0)
            return IAM_OK;
        memcpy(bytes + made, three, len);
        made += len;
    }
    *out = (text){bytes, made};
    *valid = true;
    return IAM_OK;
}

bool iamp_bytes_equal(text bytes, text base64)
{
    size_t seen = 0;

    if (base64.len % 4 != 0)
        return false;
    for (size_t at = 0; at < base64.len; at += 4) {
        unsigned char three[3];
        size_t len = decode_at(base64, at, three);

        if (len == 0 || bytes.len - seen < len ||
            memcmp(bytes.ptr + seen, three, len) != 0)
            return false;
        seen += len;
    }
    return seen == bytes.len;
}
