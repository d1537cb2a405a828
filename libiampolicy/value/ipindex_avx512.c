/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_avx512.c - lookups with vectors of 512 bits.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_X86)

#if !defined(IPENGINE_EMULATED) /* as a test does, for want of a machine */
#include <immintrin.h>

#define TARGET      __attribute__((target("avx512f,avx2,bmi,bmi2,popcnt")))
#define ENGINE      iamp_ipengine_avx512
#define ENGINE_NAME "avx512"
#endif

#include <string.h>

static inline TARGET __m512i load(const void *from)
{
    return _mm512_loadu_si512(from);
}

static inline TARGET unsigned below4(const int32_t *flips, int32_t x)
{
    return (unsigned)__builtin_popcount(
        _mm512_cmpgt_epi32_mask(_mm512_set1_epi32(x), load(flips)));
}

static inline TARGET bool odd4(const int32_t *flips, int32_t x)
{
    return below4(flips, x) & 1;
}

/* Eight of 64 bits. */
static inline TARGET unsigned eight(const int64_t *flips, __m512i x)
{
    return _mm512_cmpgt_epi64_mask(x, load(flips));
}

static inline TARGET bool odd_high(const int64_t *flips, int64_t x)
{
    return __builtin_parity(eight(flips, _mm512_set1_epi64(x)));
}

static inline TARGET bool odd_high2(const int64_t *flips, int64_t x)
{
    __m512i v = _mm512_set1_epi64(x);

    return __builtin_parity(eight(flips, v) ^ eight(flips + 8, v));
}

static inline TARGET unsigned below_high(const int64_t *flips, int64_t x)
{
    __m512i v = _mm512_set1_epi64(x);
    unsigned mask = eight(flips, v) | eight(flips + 8, v) << 8;

    return (unsigned)__builtin_popcount(mask);
}

static inline TARGET unsigned eight_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    __m512i v = _mm512_set1_epi64(x), high = load(hi);
    unsigned same = _mm512_cmpeq_epi64_mask(v, high);

    return _mm512_cmpgt_epi64_mask(v, high) |
           (same & eight(lo, _mm512_set1_epi64(y)));
}

static inline TARGET unsigned below_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    return (unsigned)__builtin_popcount(eight_deep(hi, lo, x, y));
}

static inline TARGET bool odd_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    return __builtin_parity(eight_deep(hi, lo, x, y));
}

static inline TARGET unsigned ones64(uint64_t x)
{
    return (unsigned)__builtin_popcountll(x);
}

enum {
    SWEEP4 = 64,
    SWEEP6 = 16
};

/* Sixteen bools of a mask. */
static inline TARGET void store16(unsigned mask, bool *out)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bools[2] = {_pdep_u64(mask, ones), _pdep_u64(mask >> 8, ones)};

    memcpy(out, bools, sizeof(bools));
}

static inline TARGET void sweep4_block(const int32_t *flips, size_t count,
    bool start, const uint32_t *addresses, bool *out)
{
    __m512i turn = _mm512_set1_epi32(INT32_MIN), x[4];
    unsigned odd[4];

    for (size_t i = 0; i < 4; i++) {
        x[i] = _mm512_xor_si512(load(addresses + 16 * i), turn);
        odd[i] = -(unsigned)start;
    }
    for (size_t flip = 0; flip < count; flip++) {
        __m512i v = _mm512_set1_epi32(flips[flip]);

        for (size_t i = 0; i < 4; i++)
            odd[i] ^= _mm512_cmpgt_epi32_mask(x[i], v);
    }
    for (size_t i = 0; i < 4; i++)
        store16(odd[i], out + 16 * i);
}

/* Eight addresses as two words. */
typedef struct eight_addresses {
    __m512i hi, lo;
} eight_addresses;

static inline TARGET eight_addresses read_eight(const uint8_t (*addresses)[16])
{
    uint64_t hi[8], lo[8];

    for (size_t i = 0; i < 8; i++) {
        hi[i] = (uint64_t)turn64(wire(addresses[i]));
        lo[i] = (uint64_t)turn64(wire(addresses[i] + 8));
    }
    return (eight_addresses){load(hi), load(lo)};
}

static inline TARGET unsigned above_flip(
    const eight_addresses *a, __m512i hi, __m512i lo)
{
    unsigned same = _mm512_cmpeq_epi64_mask(a->hi, hi);

    return _mm512_cmpgt_epi64_mask(a->hi, hi) |
           (same & _mm512_cmpgt_epi64_mask(a->lo, lo));
}

static inline TARGET void sweep6_block(const int64_t *hi, const int64_t *lo,
    size_t count, bool start, const uint8_t (*addresses)[16], bool *out)
{
    eight_addresses x = read_eight(addresses), y = read_eight(addresses + 8);
    unsigned odd = -(unsigned)start;

    for (size_t flip = 0; flip < count; flip++) {
        __m512i v = _mm512_set1_epi64(hi[flip]);

        if (lo) {
            __m512i w = _mm512_set1_epi64(lo[flip]);

            odd ^= above_flip(&x, v, w) | above_flip(&y, v, w) << 8;
        } else {
            odd ^= (unsigned)_mm512_cmpgt_epi64_mask(x.hi, v) |
                   (unsigned)_mm512_cmpgt_epi64_mask(y.hi, v) << 8;
        }
    }
    store16(odd, out);
}

#include "value/ipindex_lookup.h"

#endif
