/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_neon.c - lookups with vectors of 128 bits, for 64-bit Arm.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_NEON)

#include <arm_neon.h>

#define TARGET
#define ENGINE      iamp_ipengine_neon
#define ENGINE_NAME "neon"

/* Four of 32 bits, two of 64: all ones, which is -1, where a flip is below. */
static inline uint32x4_t four(const int32_t *flips, int32x4_t x)
{
    return vcltq_s32(vld1q_s32(flips), x);
}

static inline uint64x2_t two(const int64_t *flips, int64x2_t x)
{
    return vcltq_s64(vld1q_s64(flips), x);
}

static inline unsigned below4(const int32_t *flips, int32_t x)
{
    int32x4_t v = vdupq_n_s32(x);
    uint32x4_t a = vaddq_u32(four(flips, v), four(flips + 4, v));
    uint32x4_t b = vaddq_u32(four(flips + 8, v), four(flips + 12, v));

    return -vaddvq_u32(vaddq_u32(a, b));
}

static inline bool odd4(const int32_t *flips, int32_t x)
{
    return below4(flips, x) & 1;
}

/* Minus how many of LINE6. */
static inline uint64x2_t line(const int64_t *flips, int64x2_t x)
{
    return vaddq_u64(vaddq_u64(two(flips, x), two(flips + 2, x)),
        vaddq_u64(two(flips + 4, x), two(flips + 6, x)));
}

static inline unsigned below_high(const int64_t *flips, int64_t x)
{
    int64x2_t v = vdupq_n_s64(x);

    return (unsigned)-vaddvq_u64(vaddq_u64(line(flips, v), line(flips + 8, v)));
}

static inline bool odd_high2(const int64_t *flips, int64_t x)
{
    return below_high(flips, x) & 1;
}

static inline bool odd_high(const int64_t *flips, int64_t x)
{
    return vaddvq_u64(line(flips, vdupq_n_s64(x))) & 1;
}

static inline uint64x2_t two_deep(
    const int64_t *hi, const int64_t *lo, int64x2_t x, int64x2_t y)
{
    int64x2_t high = vld1q_s64(hi);

    return vorrq_u64(
        vcltq_s64(high, x), vandq_u64(vceqq_s64(high, x), two(lo, y)));
}

static inline unsigned below_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    int64x2_t v = vdupq_n_s64(x), w = vdupq_n_s64(y);
    uint64x2_t below = vdupq_n_u64(0);

    for (size_t i = 0; i < LINE6; i += 2)
        below = vaddq_u64(below, two_deep(hi + i, lo + i, v, w));
    return (unsigned)-vaddvq_u64(below);
}

static inline bool odd_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    return below_deep(hi, lo, x, y) & 1;
}

static inline unsigned ones64(uint64_t x)
{
    return vaddv_u8(vcnt_u8(vcreate_u8(x)));
}

#include "value/ipindex_lookup.h"

#endif
