/* SPDX-License-Identifier: Apache-2.0 */
/*
 * axis.h - addresses, numbers and moments cut into cells.
 *
 * The values of one sort that a question can tell apart are finitely many
 * cells: every bound that some condition names starts one.  A condition is a
 * set of cells, exactly; what holds for one value of a cell holds for all.
 *
 *     addresses   [0.0.0.0 .. b1) [b1 .. b2) ... [:: .. c1) ...       ?
 *     numbers     (.. n1) {n1} (n1 .. n2) {n2} ...                    ?
 *
 * The last cell, "?", holds every text that is no value of the sort.
 */
#ifndef IAMP_AXIS_H
#define IAMP_AXIS_H

#include "program/program.h"

typedef enum axis_sort {
    SORT_ADDRESS = 0,
    SORT_NUMBER,
    SORT_DATE,
    SORT_COUNT
} axis_sort;

typedef struct axis {
    axis_sort sort;
    arena *mem;
    bool ready;  /* bounds are sorted, cells counted */
    bool failed; /* out of memory */
    /* SORT_ADDRESS: where a cell starts; of each family the lowest is in. */
    uint32_t *starts4;
    struct address_start {
        uint64_t hi, lo;
    } * starts6;
    const decimal **numbers;
    const instant **dates;
    uint32_t count4, room4, count6, room6, count, room;
    uint32_t cells; /* the one of no value included */
    uint32_t words; /* of a set: 64 cells a word */
} axis;

void iamp_axis_init(axis *a, axis_sort sort, arena *mem);

/* Name the bounds, before iamp_axis_close(). */
void iamp_axis_add_set(axis *a, const ipset *set);
void iamp_axis_add_address(axis *a, const ipaddr *address);
void iamp_axis_add_number(axis *a, const decimal *number);
void iamp_axis_add_date(axis *a, const instant *date);

/* Sort the bounds and count the cells.  IAM_ENOMEM. */
iam_status iamp_axis_close(axis *a);

/* Sets of cells: a->words words, in the axis's memory; NULL without. */
uint64_t *iamp_axis_set(axis *a);
void iamp_axis_fill_addresses(const axis *a, const ipset *set, uint64_t *cells);
void iamp_axis_fill_address(
    const axis *a, const ipaddr *address, uint64_t *cells);
void iamp_axis_fill_numbers(
    const axis *a, operator_base base, const decimal *number, uint64_t *cells);
void iamp_axis_fill_dates(
    const axis *a, operator_base base, const instant *date, uint64_t *cells);

/* All cells but those of the set, also the one of no value. */
void iamp_axis_complement(const axis *a, uint64_t *cells);

static inline uint32_t axis_no_value(const axis *a)
{
    return a->cells - 1;
}

static inline bool cell_in(const uint64_t *cells, uint32_t cell)
{
    return cells[cell / 64] >> (cell % 64) & 1;
}

/* First and last address of a cell of SORT_ADDRESS that is not the last. */
void iamp_axis_range(const axis *a, uint32_t cell, ipaddr *first, ipaddr *last);

/* A believable value of the cell, as text; `text` of no value for the last
 * cell.  ptr is NULL without memory. */
text iamp_axis_text(const axis *a, uint32_t cell, arena *mem);

/* Which cell a text is in. */
uint32_t iamp_axis_cell(const axis *a, text value);

#endif
