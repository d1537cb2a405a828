/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index by starts finds every pattern that may match, in the order of its
 * items, and little else: held to a walk over all patterns.
 */
#include "value/start_index.h"

#include "unit.h"

enum {
    MOST_PATTERNS = 300,
    LONGEST = 80
};

/* A pattern: plain text, or a start that anything may follow. */
typedef struct sample {
    char bytes[LONGEST];
    size_t len;
    bool whole, grouped;
    uint32_t item;
} sample;

static uint32_t dice = 1;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 16) % sides;
}

/* Few letters, so that starts meet; long ones reach beyond what is told apart.
 */
static size_t any_text(char out[LONGEST], bool may_be_long)
{
    size_t len = roll(6) == 0 && may_be_long ? 60 + roll(20) : roll(7);

    for (size_t i = 0; i < len; i++)
        out[i] = "ab:"[roll(12) % 3];
    return len;
}

/* The start up to the first colon, which texts of one group share. */
static size_t group_length(const char *bytes, size_t len)
{
    const char *colon = memchr(bytes, ':', len);
    size_t length = colon ? (size_t)(colon - bytes) + 1 : 0;

    return length < START_LONGEST ? length : START_LONGEST;
}

static size_t make_samples(sample *samples, start_pattern *patterns)
{
    size_t count = roll(MOST_PATTERNS);
    uint32_t item = 0;

    for (size_t i = 0; i < count; i++) {
        sample *s = &samples[i];
        start_key key;
        size_t group;

        s->len = any_text(s->bytes, true);
        s->whole = roll(2) == 0;
        s->item = item += roll(2);
        group = group_length(s->bytes, s->len);
        s->grouped = group > 0;
        iamp_start_key_init(&key);
        iamp_start_key_add(&key, (text){s->bytes, group});
        patterns[i] = (start_pattern){
            .item = item, .part = (uint32_t)i, .group = key.start};
        if (!s->grouped)
            patterns[i].group = GROUP_ANY;
        iamp_start_key_add(&key, (text){s->bytes + group, s->len - group});
        iamp_start_pattern(&patterns[i], &key, s->whole);
    }
    return count;
}

static bool matches(const sample *s, text t)
{
    text start = {s->bytes, s->len};

    return s->whole ? text_eq(start, t) : text_starts(t, start);
}

/* Marks the parts that are found; checks the order of items. */
static void find_all(const start_index *index, text t, const sample *samples,
    bool found[MOST_PATTERNS])
{
    size_t group = group_length(t.ptr, t.len);
    start_hashes hashes;
    start_lists lists;
    uint32_t item, part, last = 0;
    bool first = true;

    memset(found, 0, MOST_PATTERNS);
    iamp_start_hash(&hashes, t);
    iamp_start_find(&lists, index, &hashes, hashes.start[group]);
    while (iamp_start_next(&lists, &item)) {
        size_t parts = 0;

        ck_assert(first || item > last);
        first = false;
        last = item;
        for (; iamp_start_part(&lists, item, &part); parts++) {
            ck_assert_uint_eq(samples[part].item, item);
            ck_assert(!found[part]);
            found[part] = true;
        }
        ck_assert_uint_gt(parts, 0);
    }
}

START_TEST(test_finds_what_matches)
{
    static sample samples[MOST_PATTERNS];
    static start_pattern patterns[MOST_PATTERNS];
    size_t hits = 0, extra = 0;

    dice = (uint32_t)_i + 1;
    for (size_t round = 0; round < 50; round++) {
        size_t count = make_samples(samples, patterns);
        start_index index;
        arena mem;

        iamp_arena_init(&mem, NULL);
        ck_assert_int_eq(
            iamp_start_build(&index, patterns, count, &mem), IAM_OK);
        for (size_t asked = 0; asked < 50; asked++) {
            bool found[MOST_PATTERNS];
            char bytes[LONGEST];
            text t = {bytes, any_text(bytes, true)};

            if (count && roll(2) == 0) { /* what follows some pattern */
                const sample *s = &samples[roll((uint32_t)count)];

                memcpy(bytes, s->bytes, s->len);
                t.len = s->len + (s->len < LONGEST ? roll(2) : 0);
                if (t.len > s->len)
                    bytes[s->len] = 'a';
            }
            find_all(&index, t, samples, found);
            for (size_t i = 0; i < count; i++) {
                bool wanted = matches(&samples[i], t);

                ck_assert(found[i] || !wanted);
                hits += wanted;
                extra += found[i] && !wanted;
            }
        }
        iamp_arena_release(&mem);
    }
    ck_assert_uint_gt(hits, 1000);
    /* Starts that are longer than what is told apart, and chance. */
    ck_assert_uint_lt(extra, hits / 4);
}
END_TEST

START_TEST(test_every_allocation_may_fail)
{
    start_key key;
    start_pattern patterns[2];
    iam_status status = IAM_ENOMEM;

    iamp_start_key_init(&key);
    patterns[0] = (start_pattern){.item = 0};
    iamp_start_pattern(&patterns[0], &key, false);
    iamp_start_key_add(&key, TEXT("a"));
    patterns[1] = (start_pattern){.item = 1};
    iamp_start_pattern(&patterns[1], &key, true);
    for (size_t n = 0; status == IAM_ENOMEM; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        start_index index;
        arena mem;

        iamp_arena_init(&mem, &poor);
        status = iamp_start_build(&index, patterns, 2, &mem);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        iamp_arena_release(&mem);
    }
}
END_TEST

START_TEST(test_nothing)
{
    start_index index;
    start_hashes hashes;
    start_lists lists;
    uint32_t item;
    arena mem;

    iamp_arena_init(&mem, NULL);
    ck_assert_int_eq(iamp_start_build(&index, NULL, 0, &mem), IAM_OK);
    iamp_start_hash(&hashes, TEXT("s3:GetObject"));
    iamp_start_find(&lists, &index, &hashes, hashes.start[3]);
    ck_assert(!iamp_start_next(&lists, &item));
    iamp_arena_release(&mem);
}
END_TEST

static void nothing(void)
{
}

UNIT_SUITE(start_index, nothing, nothing, {
    tcase_add_loop_test(tc, test_finds_what_matches, 0, 8);
    tcase_add_test(tc, test_every_allocation_may_fail);
    tcase_add_test(tc, test_nothing);
})
