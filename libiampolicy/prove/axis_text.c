/* SPDX-License-Identifier: Apache-2.0 */
/*
 * axis_text.c - a believable value for a cell.
 *
 * Of addresses one that the Internet routes, where the cell has one; of numbers
 * and moments the bound itself, or something just beside it.
 */
#include "prove/axis.h"

/* --- addresses ----------------------------------------------------------- */

/* Blocks that no caller from the Internet comes from: IANA's special-purpose
 * registries (RFC 6890 and its updates), multicast, reserved. */
static const struct {
    uint32_t first;
    uint8_t prefix;
} special4[] = {
    {0x00000000, 8},
    {0x0a000000, 8},
    {0x64400000, 10},
    {0x7f000000, 8},
    {0xa9fe0000, 16},
    {0xac100000, 12},
    {0xc0000000, 24},
    {0xc0000200, 24},
    {0xc0586300, 24},
    {0xc0a80000, 16},
    {0xc6120000, 15},
    {0xc6336400, 24},
    {0xcb007100, 24},
    {0xe0000000, 3},
};

/* The last address of the special block that `address` is in, or itself minus
 * one if it is in none: sets *special. */
static uint32_t special_end(uint32_t address, bool *special)
{
    for (size_t i = 0; i < COUNT_OF(special4); i++) {
        uint32_t mask = ~UINT32_C(0) << (32 - special4[i].prefix);

        if ((address & mask) == special4[i].first) {
            *special = true;
            return special4[i].first | ~mask;
        }
    }
    *special = false;
    return address;
}

/* The first public address of first..last; `first` if there is none. */
static uint32_t public4(uint32_t first, uint32_t last)
{
    uint32_t at = first;
    bool special;

    for (;;) {
        uint32_t end = special_end(at, &special);

        if (!special)
            return at;
        if (end >= last)
            return first;
        at = end + 1;
    }
}

/* Addresses that look like somebody's, tried in order. */
static const uint32_t familiar4[] = {0x2d000001 /* 45.0.0.1 */,
    0x17000001 /* 23.0.0.1 */, 0x5d000001 /* 93.0.0.1 */,
    0x9b000001 /* 155.0.0.1 */, 0xcf000001 /* 207.0.0.1 */};

static ipaddr believable4(uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < COUNT_OF(familiar4); i++)
        if (familiar4[i] >= first && familiar4[i] <= last)
            return (ipaddr){0, familiar4[i], 4};
    first = public4(first, last);
    if ((first & 0xff) == 0 && first < last)
        first++; /* a network's own address is nobody's */
    return (ipaddr){0, first, 4};
}

/* 2000::/3 is what is routed; 2600::1 looks like somebody's. */
static ipaddr believable6(const ipaddr *first, const ipaddr *last)
{
    const uint64_t familiar = UINT64_C(0x2600000000000000);
    const uint64_t routed = UINT64_C(0x2000000000000000);
    ipaddr at = *first;

    if ((at.hi < familiar || (at.hi == familiar && at.lo <= 1)) &&
        (last->hi > familiar || (last->hi == familiar && last->lo >= 1)))
        return (ipaddr){familiar, 1, 6};
    if (at.hi < routed && last->hi >= routed)
        at = (ipaddr){routed, 0, 6};
    if (at.lo == 0 && (last->hi > at.hi || last->lo > 0))
        at.lo = 1;
    return at;
}

static text address_text(const axis *a, uint32_t cell, arena *mem)
{
    ipaddr first, last, chosen;
    char printed[IPADDR_TEXT];
    size_t len;

    iamp_axis_range(a, cell, &first, &last);
    chosen = first.family == 4
                 ? believable4((uint32_t)first.lo, (uint32_t)last.lo)
                 : believable6(&first, &last);
    len = iamp_ipaddr_print(&chosen, printed);
    return iamp_text_copy((text){printed, len}, mem);
}

/* --- numbers ------------------------------------------------------------- */

typedef struct pen {
    char *to;
    size_t len;
} pen;

static void put(pen *p, text t)
{
    if (t.len)
        memcpy(p->to + p->len, t.ptr, t.len);
    p->len += t.len;
    p->to[p->len] = '\0';
}

static void put_decimal(pen *p, const decimal *d)
{
    if (d->negative)
        put(p, TEXT("-"));
    put(p, d->whole.len ? d->whole : TEXT("0"));
    if (d->fraction.len) {
        put(p, TEXT("."));
        put(p, d->fraction);
    }
}

/* `d` moved away from zero by one in a place behind its last digit and `zeros`
 * more. */
static void put_beyond(pen *p, const decimal *d, size_t zeros)
{
    put_decimal(p, d);
    if (!d->fraction.len)
        put(p, TEXT("."));
    while (zeros--)
        put(p, TEXT("0"));
    put(p, TEXT("1"));
}

/* A larger whole number than the size of `d`: a digit more. */
static void put_larger(pen *p, const decimal *d, bool negative)
{
    if (negative)
        put(p, TEXT("-"));
    put(p, TEXT("1"));
    for (size_t i = 0; i < d->whole.len; i++)
        put(p, TEXT("0"));
}

static bool lies_between(text t, const decimal *above, const decimal *below)
{
    decimal d;

    return iamp_decimal_parse(t, &d) &&
           (!above || iamp_decimal_compare(&d, above) > 0) &&
           (!below || iamp_decimal_compare(&d, below) < 0);
}

/* Between two numbers of which either may be missing. */
static text number_between(
    const decimal *above, const decimal *below, arena *mem)
{
    size_t room = 8;
    pen p = {.len = 0};

    room += above ? above->whole.len + above->fraction.len + 4 : 0;
    room += below ? below->whole.len + below->fraction.len + 4 : 0;
    p.to = ARENA_ARRAY(mem, char, room);
    if (!p.to)
        return (text){NULL, 0};
    put(&p, TEXT("0"));
    if (lies_between((text){p.to, p.len}, above, below))
        return (text){p.to, p.len};
    assert(above || below); /* else 0 lies between */
    p.len = 0;
    if (!below) /* above is 0 or more */
        put_larger(&p, above, false);
    else if (!above) /* below is 0 or less */
        put_larger(&p, below, true);
    else
        for (size_t zeros = 0;
             zeros <= above->fraction.len + below->fraction.len; zeros++) {
            p.len = 0;
            put_beyond(&p, above->negative ? below : above, zeros);
            if (above->negative && !below->negative && p.to[0] != '-') {
                p.len = 0; /* below is 0: go down from it */
                put(&p, TEXT("-"));
                put_beyond(&p, below, zeros);
            }
            if (lies_between((text){p.to, p.len}, above, below))
                break;
        }
    return (text){p.to, p.len};
}

static text number_text(const axis *a, uint32_t cell, arena *mem)
{
    uint32_t point = cell / 2;
    const decimal *d;
    pen p = {.len = 0};

    if (cell % 2 == 0)
        return number_between(point ? a->numbers[point - 1] : NULL,
            point < a->count ? a->numbers[point] : NULL, mem);
    d = a->numbers[point];
    p.to = ARENA_ARRAY(mem, char, d->whole.len + d->fraction.len + 4);
    if (!p.to)
        return (text){NULL, 0};
    put_decimal(&p, d);
    return (text){p.to, p.len};
}

/* --- moments ------------------------------------------------------------- */

static void put_padded(pen *p, uint64_t number, size_t digits)
{
    char printed[24];
    size_t at = sizeof(printed);

    while (digits > 0 || number > 0) {
        printed[--at] = (char)('0' + number % 10);
        number /= 10;
        digits -= digits > 0;
    }
    put(p, (text){printed + at, sizeof(printed) - at});
}

/* Days since 1970-01-01 to a date of the Gregorian calendar. */
static void civil(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year =
        of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;

    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

/* 2020-01-01T00:00:01Z; beyond the years that a date can be written with,
 * seconds since 1970. */
static void put_instant(pen *p, int64_t seconds, text fraction)
{
    int64_t days = seconds / 86400, rest = seconds % 86400;
    int64_t year, month, day;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    if (seconds < INT64_C(-62135596800) || seconds >= INT64_C(253402300800)) {
        if (seconds < 0)
            put(p, TEXT("-"));
        put_padded(
            p, seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds, 1);
        return;
    }
    civil(days, &year, &month, &day);
    put_padded(p, (uint64_t)year, 4);
    put(p, TEXT("-"));
    put_padded(p, (uint64_t)month, 2);
    put(p, TEXT("-"));
    put_padded(p, (uint64_t)day, 2);
    put(p, TEXT("T"));
    put_padded(p, (uint64_t)rest / 3600, 2);
    put(p, TEXT(":"));
    put_padded(p, (uint64_t)rest / 60 % 60, 2);
    put(p, TEXT(":"));
    put_padded(p, (uint64_t)rest % 60, 2);
    if (fraction.len) {
        put(p, TEXT("."));
        put(p, fraction);
    }
    put(p, TEXT("Z"));
}

enum {
    DAY = 86400
};

/* As far as seconds go: beyond the last one there is no moment, and what is
 * written for such a cell is in none. */
static int64_t later(int64_t seconds, int64_t by)
{
    return seconds > INT64_MAX - by ? INT64_MAX : seconds + by;
}

static int64_t a_day_earlier(int64_t seconds)
{
    return seconds < INT64_MIN + DAY ? INT64_MIN : seconds - DAY;
}

/* After a moment, and before another if there is one: the next second, or a
 * digit more of the fraction. */
static void put_after(
    pen *p, char *digits, const instant *above, const instant *below)
{
    size_t len = 0;

    if (!below || below->seconds > later(above->seconds, 1)) {
        put_instant(p, later(above->seconds, below ? 1 : DAY), TEXT(""));
        return;
    }
    if (below->seconds > above->seconds && below->fraction.len) {
        put_instant(p, below->seconds, TEXT(""));
        return;
    }
    /* The fraction of `above`, and behind it as many zeros as keep it below. */
    if (above->fraction.len)
        memcpy(digits, above->fraction.ptr, above->fraction.len);
    len = above->fraction.len;
    while (below->seconds == above->seconds && len < below->fraction.len &&
           below->fraction.ptr[len] == '0')
        digits[len++] = '0';
    if (below->seconds == above->seconds && len < below->fraction.len)
        digits[len++] = '0';
    digits[len++] = '1';
    put_instant(p, above->seconds, (text){digits, len});
}

static text date_text(const axis *a, uint32_t cell, arena *mem)
{
    uint32_t point = cell / 2;
    const instant *above = NULL, *below = NULL;
    size_t room = 64;
    char *digits;
    pen p = {.len = 0};

    if (cell % 2)
        above = a->dates[point];
    else if (point)
        above = a->dates[point - 1];
    if (cell % 2 == 0 && point < a->count)
        below = a->dates[point];
    room += above ? above->fraction.len * 2 + 64 : 0;
    room += below ? below->fraction.len * 2 + 64 : 0;
    p.to = ARENA_ARRAY(mem, char, room);
    digits = ARENA_ARRAY(mem, char, room);
    if (!p.to || !digits)
        return (text){NULL, 0};
    if (cell % 2 && above)
        put_instant(&p, above->seconds, above->fraction);
    else if (above)
        put_after(&p, digits, above, below);
    else if (below)
        put_instant(&p, a_day_earlier(below->seconds), TEXT(""));
    else
        put_instant(&p, INT64_C(1767225600), TEXT("")); /* 2026-01-01 */
    return (text){p.to, p.len};
}

text iamp_axis_text(const axis *a, uint32_t cell, arena *mem)
{
    if (cell == axis_no_value(a))
        return iamp_text_copy(TEXT("?"), mem);
    switch (a->sort) {
    case SORT_ADDRESS:
        return address_text(a, cell, mem);
    case SORT_NUMBER:
        return number_text(a, cell, mem);
    case SORT_DATE:
        return date_text(a, cell, mem);
    case SORT_COUNT:
        break;
    }
    return (text){NULL, 0};
}
