/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "unit.h"

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static bool all_are(const unsigned char *bytes, size_t len, size_t value)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* Nothing overlaps, everything is zero and aligned as its size demands. */
START_TEST(test_pieces)
{
    static const size_t sizes[] = {1, 2, 3, 4, 8, 16, 24, 48, 100, 1 << 12};
    unsigned char *pieces[300];
    size_t len[300];
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        size_t size = sizes[unit_random(&seed) % COUNT_OF(sizes)];
        size_t count = unit_random(&seed) % 5;

        pieces[i] = iamp_arena_alloc(&mem, count, size);
        len[i] = count * size;
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert(all_are(pieces[i], len[i], 0));
        if (size % alignof(max_align_t) == 0)
            ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        if (size == 8)
            ck_assert_uint_eq((uintptr_t)pieces[i] % 8, 0);
        memset(pieces[i], (int)(i % 255) + 1, len[i]);
    }
    for (size_t i = 0; i < COUNT_OF(pieces); i++)
        ck_assert(all_are(pieces[i], len[i], i % 255 + 1));
}
END_TEST

START_TEST(test_sizes_that_wrap)
{
    static const struct {
        size_t count, size;
    } facts[] = {
        {SIZE_MAX, 1},
        {SIZE_MAX, 2},
        {2, SIZE_MAX},
        {SIZE_MAX / 2 + 1, 2},
        {SIZE_MAX / 8, 16},
        {SIZE_MAX - 8, 1},
        {1, SIZE_MAX},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++)
        ck_assert_msg(
            !iamp_arena_alloc(&mem, facts[i].count, facts[i].size), "%zu", i);
    ck_assert_ptr_nonnull(ARENA_ARRAY(&mem, int, 1));
}
END_TEST

START_TEST(test_nothing)
{
    ck_assert_ptr_nonnull(iamp_arena_alloc(&mem, 0, 8));
    ck_assert_ptr_nonnull(iamp_arena_alloc(&mem, 8, 0));
    ck_assert_ptr_nonnull(iamp_arena_alloc(&mem, SIZE_MAX, 0));
}
END_TEST

START_TEST(test_larger_than_a_block)
{
    const size_t large = 5u << 20;
    unsigned char *p = iamp_arena_alloc(&mem, large, 1);

    ck_assert_ptr_nonnull(p);
    p[0] = p[large - 1] = 1;
    ck_assert_uint_ge(mem.held, large);
    ck_assert_ptr_nonnull(ARENA_ARRAY(&mem, int, 1));
}
END_TEST

START_TEST(test_used_again_after_release)
{
    int *first = ARENA_ARRAY(&mem, int, 100);

    ck_assert_ptr_nonnull(first);
    iamp_arena_release(&mem);
    ck_assert_uint_eq(mem.held, 0);
    ck_assert_ptr_nonnull(ARENA_ARRAY(&mem, int, 100));
    iamp_arena_release(&mem);
    iamp_arena_release(&mem);
}
END_TEST

/* What is kept wastes a little. */
START_TEST(test_thrifty)
{
    arena kept;
    size_t used = 0;

    iamp_arena_init_thrifty(&kept, NULL, 100);
    for (size_t i = 0; i < 20000; i++) {
        ck_assert_ptr_nonnull(ARENA_ARRAY(&kept, char, 1 + i % 50));
        used += 1 + i % 50;
        ck_assert_uint_ge(kept.held, used);
        ck_assert_uint_le(kept.held, used + used / 4 + 500);
    }
    ck_assert_uint_le(kept.held, used + used / 8);
    iamp_arena_release(&kept);
    ck_assert_uint_eq(kept.held, 0);
    ck_assert_ptr_nonnull(ARENA_ARRAY(&kept, char, 1));
    ck_assert_uint_le(kept.held, 200);
    iamp_arena_release(&kept);
}
END_TEST

/* Used again and again, the newest block is enough, and zero as a new one. */
START_TEST(test_rewind)
{
    iam_allocator poor = unit_failing_allocator(3);
    arena again;

    iamp_arena_init(&again, &poor);
    iamp_arena_rewind(&again);
    for (size_t i = 0; i < 100; i++) {
        char *p = ARENA_ARRAY(&again, char, 900), *q;

        q = ARENA_ARRAY(&again, char, 900);
        ck_assert(p && q);
        ck_assert(p[0] == 0 && p[899] == 0 && q[0] == 0 && q[899] == 0);
        memset(p, 'x', 900);
        memset(q, 'x', 900);
        iamp_arena_rewind(&again);
    }
    iamp_arena_release(&again);
    ck_assert_uint_eq(again.held, 0);
}
END_TEST

START_TEST(test_expect)
{
    iam_allocator poor = unit_failing_allocator(1);
    arena kept;

    iamp_arena_init_thrifty(&kept, &poor, 100);
    ck_assert_int_eq(iamp_arena_expect(&kept, 0), IAM_OK);
    ck_assert_uint_eq(kept.held, 0);
    ck_assert_int_eq(iamp_arena_expect(&kept, 5000), IAM_OK);
    for (size_t i = 0; i < 5000; i++)
        ck_assert_ptr_nonnull(ARENA_ARRAY(&kept, char, 1));
    ck_assert_uint_le(kept.held, 5100);
    ck_assert_int_eq(iamp_arena_expect(&kept, 1), IAM_ENOMEM);
    iamp_arena_release(&kept);
}
END_TEST

START_TEST(test_adopt)
{
    for (int round = 0; round < 2; round++) {
        arena other;
        char *before = round ? ARENA_ARRAY(&mem, char, 10) : NULL, *theirs;

        iamp_arena_init(&other, NULL);
        iamp_arena_adopt(&mem, &other); /* nothing */
        theirs = ARENA_ARRAY(&other, char, 3000);
        ck_assert_ptr_nonnull(ARENA_ARRAY(&other, char, 5000));
        memset(theirs, 'y', 3000);
        iamp_arena_adopt(&mem, &other);
        ck_assert_uint_eq(other.held, 0);
        ck_assert_uint_ge(mem.held, 8000);
        ck_assert_ptr_null(other.last);
        if (before) /* the rest of the newest block is not lost */
            ck_assert_ptr_eq(before + 10, ARENA_ARRAY(&mem, char, 1));
        ck_assert_ptr_nonnull(ARENA_ARRAY(&mem, char, 4000));
        ck_assert(theirs[0] == 'y' && theirs[2999] == 'y');
        iamp_arena_release(&mem);
        ck_assert_uint_eq(mem.held, 0);
    }
}
END_TEST

/* Grown one by one, the blocks stay few. */
START_TEST(test_blocks_grow)
{
    iam_allocator poor = unit_failing_allocator(14);
    arena grown;

    iamp_arena_init(&grown, &poor);
    for (size_t i = 0; i < 100000; i++)
        if (!ARENA_ARRAY(&grown, uint64_t, 1))
            ck_abort_msg("at %zu", i);
    iamp_arena_release(&grown);
}
END_TEST

START_TEST(test_out_of_memory)
{
    for (size_t n = 0; n < 4; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        size_t made = 0;
        arena small;

        iamp_arena_init(&small, &poor);
        while (made < 100 && iamp_arena_alloc(&small, 1, 1024))
            made++;
        ck_assert_uint_eq(made, (1u << n) - 1);
        ck_assert_ptr_null(iamp_arena_alloc(&small, 1, 1024));
        iamp_arena_release(&small);
    }
}
END_TEST

UNIT_SUITE(arena, setup, teardown, {
    tcase_add_loop_test(tc, test_pieces, 0, 20);
    tcase_add_test(tc, test_sizes_that_wrap);
    tcase_add_test(tc, test_nothing);
    tcase_add_test(tc, test_larger_than_a_block);
    tcase_add_test(tc, test_used_again_after_release);
    tcase_add_test(tc, test_thrifty);
    tcase_add_test(tc, test_rewind);
    tcase_add_test(tc, test_expect);
    tcase_add_test(tc, test_adopt);
    tcase_add_test(tc, test_blocks_grow);
    tcase_add_test(tc, test_out_of_memory);
})
