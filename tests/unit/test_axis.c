/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_axis.c - the text that is made up for a cell is in that cell.
 */
#include "prove/axis.h"

#include <stdio.h>

#include "unit.h"

enum {
    BOUNDS = 8
};

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static void check_cells(axis *a)
{
    ck_assert_int_eq(iamp_axis_close(a), IAM_OK);
    for (uint32_t cell = 0; cell < a->cells; cell++) {
        text t = iamp_axis_text(a, cell, &mem);

        ck_assert_ptr_nonnull(t.ptr);
        ck_assert_msg(iamp_axis_cell(a, t) == cell,
            "%.*s is in cell %u of %u, "
            "not in %u",
            (int)t.len, t.ptr, iamp_axis_cell(a, t), a->cells, cell);
    }
}

/* Digits, of which many end in 0, 1 or 9. */
static size_t put_digits(char *to, size_t most, uint32_t *seed)
{
    size_t len = unit_random(seed) % (most + 1);

    for (size_t i = 0; i < len; i++)
        to[i] = "0190123456789"[unit_random(seed) % 13];
    return len;
}

START_TEST(test_numbers)
{
    uint32_t seed = (uint32_t)_i + 1;
    decimal numbers[BOUNDS];
    char texts[BOUNDS][32];
    axis a;

    iamp_axis_init(&a, SORT_NUMBER, &mem);
    for (size_t i = 0; i < BOUNDS; i++) {
        char *t = texts[i];
        size_t len = 0;

        if (unit_random(&seed) % 3 == 0)
            t[len++] = '-';
        t[len++] = (char)('0' + unit_random(&seed) % 10);
        len += put_digits(t + len, 3, &seed);
        if (unit_random(&seed) % 2) {
            t[len++] = '.';
            t[len++] = (char)('0' + unit_random(&seed) % 2);
            len += put_digits(t + len, 4, &seed);
        }
        if (iamp_decimal_parse((text){t, len}, &numbers[i]))
            iamp_axis_add_number(&a, &numbers[i]);
    }
    check_cells(&a);
}
END_TEST

static void add_date(axis *a, instant *kept, const char *written, char *copy)
{
    size_t len = (size_t)snprintf(copy, 64, "%s", written);

    if (iamp_instant_parse((text){copy, len}, kept))
        iamp_axis_add_date(a, kept);
}

START_TEST(test_dates)
{
    uint32_t seed = (uint32_t)_i + 1;
    instant dates[BOUNDS];
    char texts[BOUNDS][64];
    axis a;

    iamp_axis_init(&a, SORT_DATE, &mem);
    for (size_t i = 0; i < BOUNDS; i++) {
        char written[64], fraction[8] = "";

        fraction[put_digits(fraction, 4, &seed)] = '\0';
        snprintf(written, sizeof(written), "%04u-%02u-28T23:59:%02u%s%sZ",
            1969 + unit_random(&seed) % 3, 1 + unit_random(&seed) % 2,
            57 + unit_random(&seed) % 3, fraction[0] ? "." : "", fraction);
        add_date(&a, &dates[i], written, texts[i]);
    }
    ck_assert_uint_gt(a.count, 0);
    check_cells(&a);
}
END_TEST

/* Seconds that no year can be written for; the first and the last cell are
 * empty, and their text is somewhere else. */
START_TEST(test_ends_of_time)
{
    static const char *const ends[] = {"-9223372036854775808",
        "-9223372036854775807", "-62135596801", "253402300800",
        "9223372036854775806", "9223372036854775807"};
    instant dates[COUNT_OF(ends)];
    char texts[COUNT_OF(ends)][64];
    axis a;

    iamp_axis_init(&a, SORT_DATE, &mem);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        add_date(&a, &dates[i], ends[i], texts[i]);
    ck_assert_uint_eq(a.count, COUNT_OF(ends));
    ck_assert_int_eq(iamp_axis_close(&a), IAM_OK);
    for (uint32_t cell = 0; cell < a.cells; cell++)
        ck_assert_ptr_nonnull(iamp_axis_text(&a, cell, &mem).ptr);
    for (uint32_t i = 0; i < a.count; i++)
        ck_assert_uint_eq(
            iamp_axis_cell(&a, iamp_axis_text(&a, 2 * i + 1, &mem)), 2 * i + 1);
}
END_TEST

START_TEST(test_addresses)
{
    uint32_t seed = (uint32_t)_i + 1;
    axis a;

    iamp_axis_init(&a, SORT_ADDRESS, &mem);
    for (size_t i = 0; i < BOUNDS; i++) {
        bool four = unit_random(&seed) % 2;
        uint64_t hi = (uint64_t)unit_random(&seed) << 32, lo;

        lo = unit_random(&seed) % 4 == 0 ? 0 : unit_random(&seed);
        if (unit_random(&seed) % 4 == 0)
            lo = four ? UINT32_MAX : UINT64_MAX;
        iamp_axis_add_address(&a, &(ipaddr){four ? 0 : hi, lo, four ? 4 : 6});
    }
    check_cells(&a);
}
END_TEST

UNIT_SUITE(axis, setup, teardown, {
    tcase_add_loop_test(tc, test_numbers, 0, 300);
    tcase_add_loop_test(tc, test_dates, 0, 300);
    tcase_add_test(tc, test_ends_of_time);
    tcase_add_loop_test(tc, test_addresses, 0, 300);
})
