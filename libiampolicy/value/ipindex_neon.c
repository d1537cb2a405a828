/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_neon.c - lookups with vectors of 128 bits, for 64-bit Arm.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_NEON)

#include <arm_neon.h>
#include <string.h>

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

enum {
    SWEEP4 = 16,
    SWEEP6 = 4
};

static inline void sweep4_block(const int32_t *flips, size_t count, bool start,
    const uint32_t *addresses, bool *out)
{
    int32x4_t x[4];
    uint32x4_t odd[4];
    uint8x16_t bytes;

    for (size_t i = 0; i < 4; i++) {
        uint32x4_t a = vld1q_u32(addresses + 4 * i);

        x[i] = vreinterpretq_s32_u32(veorq_u32(a, vdupq_n_u32(0x80000000u)));
        odd[i] = vdupq_n_u32(-(uint32_t)start);
    }
    for (size_t flip = 0; flip < count; flip++) {
        int32x4_t v = vdupq_n_s32(flips[flip]);

        for (size_t i = 0; i < 4; i++)
            odd[i] = veorq_u32(odd[i], vcgtq_s32(x[i], v));
    }
    bytes = vcombine_u8(
        vmovn_u16(vcombine_u16(vmovn_u32(odd[0]), vmovn_u32(odd[1]))),
        vmovn_u16(vcombine_u16(vmovn_u32(odd[2]), vmovn_u32(odd[3]))));
    vst1q_u8((uint8_t *)out, vandq_u8(bytes, vdupq_n_u8(1)));
}

static inline int64x2_t turned(uint64x2_t wires)
{
    uint8x16_t swapped = vrev64q_u8(vreinterpretq_u8_u64(wires));
    uint64x2_t turn = vdupq_n_u64(UINT64_C(1) << 63);

    return vreinterpretq_s64_u64(
        veorq_u64(vreinterpretq_u64_u8(swapped), turn));
}

static inline void sweep6_block(const int64_t *hi, const int64_t *lo,
    size_t count, bool start, const uint8_t (*addresses)[16], bool *out)
{
    int64x2_t x[2], y[2];
    uint64x2_t odd[2];

    for (size_t i = 0; i < 2; i++) {
        uint64x2_t a =
            vreinterpretq_u64_u8(vld1q_u8((const uint8_t *)addresses[2 * i]));
        uint64x2_t b = vreinterpretq_u64_u8(
            vld1q_u8((const uint8_t *)addresses[2 * i + 1]));

        x[i] = turned(vzip1q_u64(a, b));
        y[i] = turned(vzip2q_u64(a, b));
        odd[i] = vdupq_n_u64(-(uint64_t)start);
    }
    for (size_t flip = 0; flip < count; flip++) {
        int64x2_t v = vdupq_n_s64(hi[flip]);

        for (size_t i = 0; i < 2; i++) {
            uint64x2_t above = vcgtq_s64(x[i], v);

            if (lo) {
                uint64x2_t low = vcgtq_s64(y[i], vdupq_n_s64(lo[flip]));

                above = vorrq_u64(above, vandq_u64(vceqq_s64(x[i], v), low));
            }
            odd[i] = veorq_u64(odd[i], above);
        }
    }
    for (size_t i = 0; i < 2; i++) {
        out[2 * i] = vgetq_lane_u64(odd[i], 0) & 1;
        out[2 * i + 1] = vgetq_lane_u64(odd[i], 1) & 1;
    }
}

#include "value/ipindex_lookup.h"

#endif
