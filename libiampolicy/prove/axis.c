/* SPDX-License-Identifier: Apache-2.0 */
/*
 * axis.c - bounds gathered, sorted, and turned into cells and sets of cells.
 */
#include "prove/axis.h"

#include <stdlib.h>

#include "prove/grow.h"

/* --- bounds -------------------------------------------------------------- */

static void add4(axis *a, uint32_t start)
{
    if (!GROW(a->mem, a->starts4, a->count4, a->room4))
        a->failed = true;
    else
        a->starts4[a->count4++] = start;
}

static void add6(axis *a, uint64_t hi, uint64_t lo)
{
    if (!GROW(a->mem, a->starts6, a->count6, a->room6))
        a->failed = true;
    else
        a->starts6[a->count6++] = (struct address_start){hi, lo};
}

/* The first address behind a range starts a cell too, unless there is none. */
static void add_behind6(axis *a, uint64_t hi, uint64_t lo)
{
    if (lo == UINT64_MAX && hi == UINT64_MAX)
        return;
    add6(a, hi + (lo == UINT64_MAX), lo + 1);
}

void iamp_axis_init(axis *a, axis_sort sort, arena *mem)
{
    *a = (axis){.sort = sort, .mem = mem};
    if (sort != SORT_ADDRESS)
        return;
    add4(a, 0); /* no cell holds addresses of both families */
    add6(a, 0, 0);
}

void iamp_axis_add_set(axis *a, const ipset *set)
{
    assert(a->sort == SORT_ADDRESS && !a->ready);
    for (size_t i = 0; i < set->count4; i++) {
        add4(a, set->v4[i].first);
        if (set->v4[i].last != UINT32_MAX)
            add4(a, set->v4[i].last + 1);
    }
    for (size_t i = 0; i < set->count6; i++) {
        add6(a, set->v6[i].first_hi, set->v6[i].first_lo);
        add_behind6(a, set->v6[i].last_hi, set->v6[i].last_lo);
    }
}

void iamp_axis_add_address(axis *a, const ipaddr *address)
{
    if (address->family == 4) {
        add4(a, (uint32_t)address->lo);
        if ((uint32_t)address->lo != UINT32_MAX)
            add4(a, (uint32_t)address->lo + 1);
    } else {
        add6(a, address->hi, address->lo);
        add_behind6(a, address->hi, address->lo);
    }
}

void iamp_axis_add_number(axis *a, const decimal *number)
{
    if (!GROW(a->mem, a->numbers, a->count, a->room))
        a->failed = true;
    else
        a->numbers[a->count++] = number;
}

void iamp_axis_add_date(axis *a, const instant *date)
{
    if (!GROW(a->mem, a->dates, a->count, a->room))
        a->failed = true;
    else
        a->dates[a->count++] = date;
}

/* --- sorting ------------------------------------------------------------- */

static int by_start4(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

    return (a > b) - (a < b);
}

static int compare6(const struct address_start *a, uint64_t hi, uint64_t lo)
{
    if (a->hi != hi)
        return a->hi < hi ? -1 : 1;
    return (a->lo > lo) - (a->lo < lo);
}

static int by_start6(const void *x, const void *y)
{
    const struct address_start *b = y;

    return compare6(x, b->hi, b->lo);
}

static int by_number(const void *x, const void *y)
{
    return iamp_decimal_compare(
        *(const decimal *const *)x, *(const decimal *const *)y);
}

static int by_date(const void *x, const void *y)
{
    return iamp_instant_compare(
        *(const instant *const *)x, *(const instant *const *)y);
}

/* Sort and keep one of each. */
static uint32_t distinct(void *items, uint32_t count, size_t size,
    int (*compare)(const void *, const void *))
{
    unsigned char *at = items;
    uint32_t kept = 0;

    if (count < 2)
        return count;
    qsort(items, count, size, compare);
    for (uint32_t i = 1; i < count; i++)
        if (compare(at + kept * size, at + i * size) != 0) {
            kept++;
            if (kept != i)
                memcpy(at + kept * size, at + i * size, size);
        }
    return kept + 1;
}

iam_status iamp_axis_close(axis *a)
{
    if (a->failed)
        return IAM_ENOMEM;
    switch (a->sort) {
    case SORT_ADDRESS:
        a->count4 =
            distinct(a->starts4, a->count4, sizeof(*a->starts4), by_start4);
        a->count6 =
            distinct(a->starts6, a->count6, sizeof(*a->starts6), by_start6);
        a->cells = a->count4 + a->count6 + 1;
        break;
    case SORT_NUMBER:
        a->count =
            distinct(a->numbers, a->count, sizeof(*a->numbers), by_number);
        a->cells = 2 * a->count + 2;
        break;
    case SORT_DATE:
        a->count = distinct(a->dates, a->count, sizeof(*a->dates), by_date);
        a->cells = 2 * a->count + 2;
        break;
    case SORT_COUNT:
        break;
    }
    a->words = (a->cells + 63) / 64;
    a->ready = true;
    return IAM_OK;
}

/* --- sets ---------------------------------------------------------------- */

uint64_t *iamp_axis_set(axis *a)
{
    uint64_t *cells = ARENA_ARRAY(a->mem, uint64_t, a->words);

    a->failed |= cells == NULL;
    return cells;
}

/* Cells from `first` up to, not including, `end`. */
static void fill(uint64_t *cells, uint32_t first, uint32_t end)
{
    while (first < end) {
        uint32_t bit = first % 64, take = 64 - bit;
        uint64_t mask;

        if (take > end - first)
            take = end - first;
        mask = take == 64 ? ~UINT64_C(0) : (UINT64_C(1) << take) - 1;
        cells[first / 64] |= mask << bit;
        first += take;
    }
}

/* How many starts are at or below the address. */
static uint32_t below4(const axis *a, uint32_t address)
{
    uint32_t from = 0, to = a->count4;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (a->starts4[middle] <= address)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static uint32_t below6(const axis *a, uint64_t hi, uint64_t lo)
{
    uint32_t from = 0, to = a->count6;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (compare6(&a->starts6[middle], hi, lo) <= 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void iamp_axis_fill_addresses(const axis *a, const ipset *set, uint64_t *cells)
{
    for (size_t i = 0; i < set->count4; i++)
        fill(
            cells, below4(a, set->v4[i].first) - 1, below4(a, set->v4[i].last));
    for (size_t i = 0; i < set->count6; i++) {
        const range6 *r = &set->v6[i];

        fill(cells, a->count4 + below6(a, r->first_hi, r->first_lo) - 1,
            a->count4 + below6(a, r->last_hi, r->last_lo));
    }
}

static uint32_t address_cell(const axis *a, const ipaddr *address)
{
    if (address->family == 4)
        return below4(a, (uint32_t)address->lo) - 1;
    return a->count4 + below6(a, address->hi, address->lo) - 1;
}

void iamp_axis_fill_address(
    const axis *a, const ipaddr *address, uint64_t *cells)
{
    uint32_t cell = address_cell(a, address);

    fill(cells, cell, cell + 1);
}

/* The cell of a point by its place among the points. */
static void fill_order(
    const axis *a, operator_base base, uint32_t point, uint64_t *cells)
{
    uint32_t cell = 2 * point + 1;

    switch (base) {
    case OP_NUMERIC_EQUALS:
    case OP_DATE_EQUALS:
        fill(cells, cell, cell + 1);
        break;
    case OP_NUMERIC_LESS:
    case OP_DATE_LESS:
        fill(cells, 0, cell);
        break;
    case OP_NUMERIC_LESS_EQUALS:
    case OP_DATE_LESS_EQUALS:
        fill(cells, 0, cell + 1);
        break;
    case OP_NUMERIC_GREATER:
    case OP_DATE_GREATER:
        fill(cells, cell + 1, axis_no_value(a));
        break;
    case OP_NUMERIC_GREATER_EQUALS:
    case OP_DATE_GREATER_EQUALS:
        fill(cells, cell, axis_no_value(a));
        break;
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
    case OP_BOOL:
    case OP_BINARY_EQUALS:
    case OP_IP_ADDRESS:
    case OP_ARN_LIKE:
    case OP_NULL:
        break;
    }
}

/* Where the number stands: *exact if it is a point, else the point above. */
static uint32_t number_place(const axis *a, const decimal *number, bool *exact)
{
    uint32_t from = 0, to = a->count;

    *exact = false;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = iamp_decimal_compare(a->numbers[middle], number);

        if (order == 0) {
            *exact = true;
            return middle;
        }
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static uint32_t date_place(const axis *a, const instant *date, bool *exact)
{
    uint32_t from = 0, to = a->count;

    *exact = false;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = iamp_instant_compare(a->dates[middle], date);

        if (order == 0) {
            *exact = true;
            return middle;
        }
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void iamp_axis_fill_numbers(
    const axis *a, operator_base base, const decimal *number, uint64_t *cells)
{
    bool exact;
    uint32_t point = number_place(a, number, &exact);

    assert(exact);
    fill_order(a, base, point, cells);
}

void iamp_axis_fill_dates(
    const axis *a, operator_base base, const instant *date, uint64_t *cells)
{
    bool exact;
    uint32_t point = date_place(a, date, &exact);

    assert(exact);
    fill_order(a, base, point, cells);
}

void iamp_axis_complement(const axis *a, uint64_t *cells)
{
    for (uint32_t i = 0; i < a->words; i++)
        cells[i] = ~cells[i];
    if (a->cells % 64)
        cells[a->words - 1] &= (UINT64_C(1) << (a->cells % 64)) - 1;
}

void iamp_axis_range(const axis *a, uint32_t cell, ipaddr *first, ipaddr *last)
{
    uint32_t i = cell;

    assert(a->sort == SORT_ADDRESS && cell < axis_no_value(a));
    if (cell < a->count4) {
        *first = (ipaddr){0, a->starts4[i], 4};
        *last = (ipaddr){
            0, i + 1 < a->count4 ? a->starts4[i + 1] - 1 : UINT32_MAX, 4};
        return;
    }
    i -= a->count4;
    *first = (ipaddr){a->starts6[i].hi, a->starts6[i].lo, 6};
    *last = (ipaddr){UINT64_MAX, UINT64_MAX, 6};
    if (i + 1 < a->count6) {
        const struct address_start *next = &a->starts6[i + 1];

        *last = (ipaddr){next->hi - (next->lo == 0), next->lo - 1, 6};
    }
}

uint32_t iamp_axis_cell(const axis *a, text value)
{
    ipaddr address;
    decimal number;
    instant date;
    bool exact;
    uint32_t place;

    switch (a->sort) {
    case SORT_ADDRESS:
        return iamp_ipaddr_parse(value, &address) ? address_cell(a, &address)
                                                  : axis_no_value(a);
    case SORT_NUMBER:
        if (!iamp_decimal_parse(value, &number))
            return axis_no_value(a);
        place = number_place(a, &number, &exact);
        return 2 * place + exact;
    case SORT_DATE:
        if (!iamp_instant_parse(value, &date))
            return axis_no_value(a);
        place = date_place(a, &date, &exact);
        return 2 * place + exact;
    case SORT_COUNT:
        break;
    }
    return axis_no_value(a);
}
