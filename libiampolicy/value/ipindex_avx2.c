/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_avx2.c - lookups with vectors of 256 bits.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_X86)

#include <immintrin.h>

#define TARGET      __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define ENGINE      iamp_ipengine_avx2
#define ENGINE_NAME "avx2"

static inline TARGET __m256i load(const void *from)
{
    return _mm256_loadu_si256(from);
}

static inline TARGET unsigned ones(int mask)
{
    return (unsigned)__builtin_popcount((unsigned)mask);
}

/* Eight of 32 bits, four of 64: all ones where a flip is below. */
static inline TARGET __m256i eight(const int32_t *flips, __m256i x)
{
    return _mm256_cmpgt_epi32(x, load(flips));
}

static inline TARGET __m256i four(const int64_t *flips, __m256i x)
{
    return _mm256_cmpgt_epi64(x, load(flips));
}

static inline TARGET int lanes32(__m256i below)
{
    return _mm256_movemask_ps(_mm256_castsi256_ps(below));
}

static inline TARGET int lanes64(__m256i below)
{
    return _mm256_movemask_pd(_mm256_castsi256_pd(below));
}

static inline TARGET bool odd4(const int32_t *flips, int32_t x)
{
    __m256i v = _mm256_set1_epi32(x);
    __m256i a = eight(flips, v), b = eight(flips + 8, v);

    return ones(lanes32(_mm256_xor_si256(a, b))) & 1;
}

static inline TARGET unsigned below4(const int32_t *flips, int32_t x)
{
    __m256i v = _mm256_set1_epi32(x);
    __m256i a = eight(flips, v), b = eight(flips + 8, v);

    return ones(_mm256_movemask_epi8(_mm256_packs_epi32(a, b))) / 2;
}

static inline TARGET bool odd_high(const int64_t *flips, int64_t x)
{
    __m256i v = _mm256_set1_epi64x(x);
    __m256i a = four(flips, v), b = four(flips + 4, v);

    return ones(lanes64(_mm256_xor_si256(a, b))) & 1;
}

static inline TARGET bool odd_high2(const int64_t *flips, int64_t x)
{
    __m256i v = _mm256_set1_epi64x(x);
    __m256i a = _mm256_xor_si256(four(flips, v), four(flips + 4, v));
    __m256i b = _mm256_xor_si256(four(flips + 8, v), four(flips + 12, v));

    return ones(lanes64(_mm256_xor_si256(a, b))) & 1;
}

static inline TARGET unsigned below_high(const int64_t *flips, int64_t x)
{
    __m256i v = _mm256_set1_epi64x(x);
    __m256i a = _mm256_packs_epi32(four(flips, v), four(flips + 4, v));
    __m256i b = _mm256_packs_epi32(four(flips + 8, v), four(flips + 12, v));

    return ones(_mm256_movemask_epi8(_mm256_packs_epi16(a, b))) / 2;
}

static inline TARGET __m256i four_deep(
    const int64_t *hi, const int64_t *lo, __m256i x, __m256i y)
{
    __m256i high = load(hi);
    __m256i same = _mm256_and_si256(_mm256_cmpeq_epi64(x, high), four(lo, y));

    return _mm256_or_si256(_mm256_cmpgt_epi64(x, high), same);
}

static inline TARGET bool odd_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    __m256i v = _mm256_set1_epi64x(x), w = _mm256_set1_epi64x(y);
    __m256i a = four_deep(hi, lo, v, w), b = four_deep(hi + 4, lo + 4, v, w);

    return ones(lanes64(_mm256_xor_si256(a, b))) & 1;
}

static inline TARGET unsigned below_deep(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    __m256i v = _mm256_set1_epi64x(x), w = _mm256_set1_epi64x(y);
    __m256i a = four_deep(hi, lo, v, w), b = four_deep(hi + 4, lo + 4, v, w);

    return ones(lanes32(_mm256_packs_epi32(a, b)));
}

static inline TARGET unsigned ones64(uint64_t x)
{
    return (unsigned)__builtin_popcountll(x);
}

#include "value/ipindex_lookup.h"

#endif
