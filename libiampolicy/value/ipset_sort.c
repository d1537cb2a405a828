/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_sort.c - radix sort, from the lowest digit to the highest.
 *
 * A digit that is the same in all ranges costs nothing: most of an IPv6
 * address is.
 */
#include "value/ipset_sort.h"

#include <string.h>

enum {
    DIGIT = 11, /* bits */
    DIGITS = 1 << DIGIT,
    FEW = 48 /* ranges that are sorted by insertion */
};

/* From counts to the places where the rows of equal digits start. */
static void to_places(size_t *counts)
{
    size_t place = 0;

    for (size_t i = 0; i < DIGITS; i++) {
        size_t count = counts[i];

        counts[i] = place;
        place += count;
    }
}

/* --- IPv4 ---------------------------------------------------------------- */

static void insert4(range4 *ranges, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        range4 r = ranges[i];
        size_t at = i;

        for (; at > 0 && ranges[at - 1].first > r.first; at--)
            ranges[at] = ranges[at - 1];
        ranges[at] = r;
    }
}

static void pass4(range4 *to, const range4 *from, size_t count, unsigned shift,
    size_t *places)
{
    memset(places, 0, DIGITS * sizeof(*places));
    for (size_t i = 0; i < count; i++)
        places[from[i].first >> shift & (DIGITS - 1)]++;
    to_places(places);
    for (size_t i = 0; i < count; i++)
        to[places[from[i].first >> shift & (DIGITS - 1)]++] = from[i];
}

iam_status iamp_ipset_sort4(range4 *ranges, size_t count, arena *scratch)
{
    range4 *from = ranges, *to;
    size_t *places;
    uint32_t varies = 0;

    if (count <= FEW) {
        insert4(ranges, count);
        return IAM_OK;
    }
    to = ARENA_ARRAY(scratch, range4, count);
    places = ARENA_ARRAY(scratch, size_t, DIGITS);
    if (!to || !places)
        return IAM_ENOMEM;
    for (size_t i = 1; i < count; i++)
        varies |= ranges[i].first ^ ranges[0].first;
    for (unsigned shift = 0; shift < 32; shift += DIGIT) {
        range4 *other = from;

        if ((varies >> shift & (DIGITS - 1)) == 0)
            continue;
        pass4(to, from, count, shift, places);
        from = to;
        to = other;
    }
    if (from != ranges)
        memcpy(ranges, from, count * sizeof(*ranges));
    return IAM_OK;
}

/* --- IPv6 ---------------------------------------------------------------- */

static bool before6(const range6 *a, const range6 *b)
{
    return a->first_hi < b->first_hi ||
           (a->first_hi == b->first_hi && a->first_lo < b->first_lo);
}

static void insert6(range6 *ranges, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        range6 r = ranges[i];
        size_t at = i;

        for (; at > 0 && before6(&r, &ranges[at - 1]); at--)
            ranges[at] = ranges[at - 1];
        ranges[at] = r;
    }
}

static size_t digit6(const range6 *r, bool high, unsigned shift)
{
    return (high ? r->first_hi : r->first_lo) >> shift & (DIGITS - 1);
}

static void pass6(range6 *to, const range6 *from, size_t count, bool high,
    unsigned shift, size_t *places)
{
    memset(places, 0, DIGITS * sizeof(*places));
    for (size_t i = 0; i < count; i++)
        places[digit6(&from[i], high, shift)]++;
    to_places(places);
    for (size_t i = 0; i < count; i++)
        to[places[digit6(&from[i], high, shift)]++] = from[i];
}

/* To the next digit; no digit lies in two words. */
static unsigned step(unsigned at)
{
    return at + DIGIT < 64 ? DIGIT : 64 - at;
}

iam_status iamp_ipset_sort6(range6 *ranges, size_t count, arena *scratch)
{
    range6 *from = ranges, *to;
    size_t *places;
    uint64_t varies[2] = {0, 0}; /* low, high */

    if (count <= FEW) {
        insert6(ranges, count);
        return IAM_OK;
    }
    to = ARENA_ARRAY(scratch, range6, count);
    places = ARENA_ARRAY(scratch, size_t, DIGITS);
    if (!to || !places)
        return IAM_ENOMEM;
    for (size_t i = 1; i < count; i++) {
        varies[0] |= ranges[i].first_lo ^ ranges[0].first_lo;
        varies[1] |= ranges[i].first_hi ^ ranges[0].first_hi;
    }
    for (unsigned at = 0; at < 128; at += step(at % 64)) {
        range6 *other = from;

        if ((varies[at / 64] >> at % 64 & (DIGITS - 1)) == 0)
            continue;
        pass6(to, from, count, at >= 64, at % 64, places);
        from = to;
        to = other;
    }
    if (from != ranges)
        memcpy(ranges, from, count * sizeof(*ranges));
    return IAM_OK;
}
