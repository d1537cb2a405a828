/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_scalar.c - lookups for any machine.
 */
#include "value/ipindex.h"

#include <string.h>

#define TARGET
#define ENGINE      iamp_ipengine_scalar
#define ENGINE_NAME "scalar"

static inline unsigned below4(const int32_t *flips, int32_t x)
{
    int32_t below = 0;

    for (size_t i = 0; i < WINDOW; i++)
        below += flips[i] < x;
    return (unsigned)below;
}

static inline bool odd4(const int32_t *flips, int32_t x)
{
    return below4(flips, x) & 1;
}

static inline unsigned below_high(const int64_t *flips, int64_t x)
{
    unsigned below = 0;

    for (size_t i = 0; i < WINDOW; i++)
        below += flips[i] < x;
    return below;
}

static inline bool odd_high2(const int64_t *flips, int64_t x)
{
    return below_high(flips, x) & 1;
}

static inline bool odd_high(const int64_t *flips, int64_t x)
{
    unsigned below = 0;

    for (size_t i = 0; i < LINE6; i++)
        below += flips[i] < x;
    return below & 1;
}

static inline unsigned below_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    unsigned below = 0;

    for (size_t i = 0; i < LINE6; i++)
        below += (hi[i] < x) | ((hi[i] == x) & (lo[i] < y));
    return below;
}

static inline bool odd_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    return below_deep(hi, lo, x, y) & 1;
}

static inline unsigned ones64(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) +
        (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

enum {
    SWEEP4 = 16,
    SWEEP6 = 4
};

static inline void sweep4_block(const int32_t *flips, size_t count, bool start,
    const uint32_t *addresses, bool *out)
{
    uint32_t odd[SWEEP4];
    int32_t x[SWEEP4];

    for (size_t i = 0; i < SWEEP4; i++) {
        x[i] = turn32(addresses[i]);
        odd[i] = start;
    }
    for (size_t flip = 0; flip < count; flip++)
        for (size_t i = 0; i < SWEEP4; i++)
            odd[i] ^= flips[flip] < x[i];
    for (size_t i = 0; i < SWEEP4; i++)
        out[i] = odd[i] & 1;
}

static inline void sweep6_block(const int64_t *hi, const int64_t *lo,
    size_t count, bool start, const uint8_t (*addresses)[16], bool *out)
{
    for (size_t i = 0; i < SWEEP6; i++) {
        int64_t x = turn64(wire(addresses[i]));
        int64_t y = turn64(wire(addresses[i] + 8));
        bool odd = start;

        if (lo)
            for (size_t flip = 0; flip < count; flip++)
                odd ^= (hi[flip] < x) | ((hi[flip] == x) & (lo[flip] < y));
        else
            for (size_t flip = 0; flip < count; flip++)
                odd ^= hi[flip] < x;
        out[i] = odd;
    }
}

#include "value/ipindex_lookup.h"
