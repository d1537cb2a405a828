/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_avx2.c - lookups with vectors of 256 bits.
 */
#include "value/ipindex.h"

#if defined(IPENGINE_X86)

#include <immintrin.h>
#include <string.h>

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

enum {
    SWEEP4 = 32,
    SWEEP6 = 16
};

/* Eight addresses each; all ones where the answer is yes. */
typedef struct quad {
    __m256i a, b, c, d;
} quad;

static inline TARGET __m256i turned(const uint32_t *addresses)
{
    return _mm256_xor_si256(load(addresses), _mm256_set1_epi32(INT32_MIN));
}

/* 32 masks of 32 bits to bools, in the order in which they came. */
static inline TARGET void store32(const quad *odd, bool *out)
{
    __m256i ab = _mm256_packs_epi32(odd->a, odd->b);
    __m256i cd = _mm256_packs_epi32(odd->c, odd->d);
    __m256i bytes = _mm256_permutevar8x32_epi32(
        _mm256_packs_epi16(ab, cd), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));

    _mm256_storeu_si256(
        (__m256i *)(void *)out, _mm256_and_si256(bytes, _mm256_set1_epi8(1)));
}

static inline TARGET void sweep4_block(const int32_t *flips, size_t count,
    bool start, const uint32_t *addresses, bool *out)
{
    __m256i all = _mm256_set1_epi32(-(int)start);
    quad odd = {all, all, all, all};
    quad x = {turned(addresses), turned(addresses + 8), turned(addresses + 16),
        turned(addresses + 24)};

    for (size_t i = 0; i < count; i++) {
        __m256i flip = _mm256_set1_epi32(flips[i]);

        odd.a = _mm256_xor_si256(odd.a, _mm256_cmpgt_epi32(x.a, flip));
        odd.b = _mm256_xor_si256(odd.b, _mm256_cmpgt_epi32(x.b, flip));
        odd.c = _mm256_xor_si256(odd.c, _mm256_cmpgt_epi32(x.c, flip));
        odd.d = _mm256_xor_si256(odd.d, _mm256_cmpgt_epi32(x.d, flip));
    }
    store32(&odd, out);
}

/* Four addresses as two words, in the order 0, 2, 1, 3. */
typedef struct four_addresses {
    __m256i hi, lo;
} four_addresses;

static inline TARGET four_addresses read_four(const uint8_t (*addresses)[16])
{
    __m256i swap = _mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11,
        10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    __m256i turn = _mm256_set1_epi64x(INT64_MIN);
    __m256i a = _mm256_shuffle_epi8(load(addresses), swap);
    __m256i b = _mm256_shuffle_epi8(load(addresses + 2), swap);

    return (four_addresses){_mm256_xor_si256(_mm256_unpacklo_epi64(a, b), turn),
        _mm256_xor_si256(_mm256_unpackhi_epi64(a, b), turn)};
}

static inline TARGET __m256i above_flip(
    const four_addresses *a, __m256i hi, __m256i lo)
{
    return _mm256_or_si256(_mm256_cmpgt_epi64(a->hi, hi),
        _mm256_and_si256(
            _mm256_cmpeq_epi64(a->hi, hi), _mm256_cmpgt_epi64(a->lo, lo)));
}

static inline TARGET void store4(__m256i odd, bool *out)
{
    /* Four bools, where lane 1 is that of the third address. */
    static const uint32_t spread[16] = {0, 0x1, 0x10000, 0x10001, 0x100, 0x101,
        0x10100, 0x10101, 0x1000000, 0x1000001, 0x1010000, 0x1010001, 0x1000100,
        0x1000101, 0x1010100, 0x1010101};

    memcpy(out, &spread[lanes64(odd)], 4);
}

static inline TARGET void store_quad(const quad *odd, bool *out)
{
    store4(odd->a, out);
    store4(odd->b, out + 4);
    store4(odd->c, out + 8);
    store4(odd->d, out + 12);
}

static inline TARGET void sweep_high(const int64_t *hi, size_t count,
    __m256i all, const uint8_t (*addresses)[16], bool *out)
{
    __m256i a = read_four(addresses).hi, b = read_four(addresses + 4).hi;
    __m256i c = read_four(addresses + 8).hi, d = read_four(addresses + 12).hi;
    quad odd = {all, all, all, all};

    for (size_t flip = 0; flip < count; flip++) {
        __m256i v = _mm256_set1_epi64x(hi[flip]);

        odd.a = _mm256_xor_si256(odd.a, _mm256_cmpgt_epi64(a, v));
        odd.b = _mm256_xor_si256(odd.b, _mm256_cmpgt_epi64(b, v));
        odd.c = _mm256_xor_si256(odd.c, _mm256_cmpgt_epi64(c, v));
        odd.d = _mm256_xor_si256(odd.d, _mm256_cmpgt_epi64(d, v));
    }
    store_quad(&odd, out);
}

static inline TARGET void sweep_deep(const int64_t *hi, const int64_t *lo,
    size_t count, __m256i all, const uint8_t (*addresses)[16], bool *out)
{
    four_addresses a = read_four(addresses), b = read_four(addresses + 4);
    four_addresses c = read_four(addresses + 8), d = read_four(addresses + 12);
    quad odd = {all, all, all, all};

    for (size_t flip = 0; flip < count; flip++) {
        __m256i v = _mm256_set1_epi64x(hi[flip]);
        __m256i w = _mm256_set1_epi64x(lo[flip]);

        odd.a = _mm256_xor_si256(odd.a, above_flip(&a, v, w));
        odd.b = _mm256_xor_si256(odd.b, above_flip(&b, v, w));
        odd.c = _mm256_xor_si256(odd.c, above_flip(&c, v, w));
        odd.d = _mm256_xor_si256(odd.d, above_flip(&d, v, w));
    }
    store_quad(&odd, out);
}

static inline TARGET void sweep6_block(const int64_t *hi, const int64_t *lo,
    size_t count, bool start, const uint8_t (*addresses)[16], bool *out)
{
    __m256i all = _mm256_set1_epi64x(-(int64_t)start);

    if (lo)
        sweep_deep(hi, lo, count, all, addresses, out);
    else
        sweep_high(hi, count, all, addresses, out);
}

#include "value/ipindex_lookup.h"

#endif
