/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_avx512.c - lookups with vectors of 512 bits.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_X86)

#include <immintrin.h>

#define TARGET      __attribute__((target("avx512f,avx2,bmi,bmi2,popcnt")))
#define ENGINE      iamp_ipengine_avx512
#define ENGINE_NAME "avx512"

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

#include "value/ipindex_lookup.h"

#endif
