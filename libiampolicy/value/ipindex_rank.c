/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_rank.c - from the first bits of a position to the flips that follow.
 */
#include "value/ipindex.h"

enum {
    MOST_STEPS = 4
};

/* Sorted positions that share a cell, and how many bits the cell leaves. */
typedef struct span {
    size_t from, to;
    unsigned shift;
} span;

/* How many of sorted positions share a cell at most. */
static size_t fullest(const uint64_t *positions, size_t count, unsigned shift)
{
    size_t start = 0, most = 0;

    for (size_t i = 1; i <= count; i++) {
        if (i < count && positions[i] >> shift == positions[start] >> shift)
            continue;
        if (i - start > most)
            most = i - start;
        start = i;
    }
    return most;
}

/* The largest shift from `finest` to `coarsest` whose cells are not too full;
 * `finest` if there is none. */
static unsigned widest_cells(
    const uint64_t *positions, size_t count, unsigned finest, unsigned coarsest)
{
    if (count <= WINDOW)
        return coarsest;
    while (finest < coarsest) {
        unsigned middle = (finest + coarsest + 1) / 2;

        if (fullest(positions, count, middle) <= WINDOW)
            finest = middle;
        else
            coarsest = middle - 1;
    }
    return finest;
}

/* --- the first step ------------------------------------------------------ */

static unsigned first_shift(const ranking *r)
{
    unsigned finest = 0, coarsest;

    while (finest < 63 && r->limit >> finest >= r->most_cells)
        finest++;
    coarsest = finest;
    while (coarsest < 63 && r->limit >> coarsest > 0)
        coarsest++;
    return widest_cells(r->positions, r->count, finest, coarsest);
}

/* --- all steps ----------------------------------------------------------- */

/* The cells of one step, before it is known whether they will do. */
typedef struct stepping {
    const ranking *r;
    span *spans;
    ipcell *cells;
    size_t span_count, cell_count;
    arena *scratch;
} stepping;

/* Cuts a span into its cells at `to`; returns how many. */
static size_t cut(const stepping *p, const span *s, unsigned shift, span *to)
{
    size_t cells = (size_t)1 << (s->shift - shift), at = s->from;
    uint64_t mask = (UINT64_C(1) << s->shift) - 1;

    for (size_t i = 0; i < cells; i++) {
        to[i] = (span){at, at, shift};
        while (to[i].to < s->to &&
               (p->r->positions[to[i].to] & mask) >> shift == i)
            to[i].to++;
        at = to[i].to;
    }
    return cells;
}

static bool first_step(stepping *p, unsigned shift)
{
    size_t count = (size_t)(p->r->limit >> shift) + 1, at = 0;

    p->spans = ARENA_ARRAY(p->scratch, span, count);
    for (size_t i = 0; p->spans && i < count; i++) {
        p->spans[i] = (span){at, at, shift};
        while (at < p->r->count && p->r->positions[at] >> shift == i)
            at++;
        p->spans[i].to = at;
    }
    p->span_count = count;
    return p->spans != NULL;
}

/* The shift of a span's cells: as few cells as will do, and not too many. */
static unsigned next_shift(const stepping *p, const span *s)
{
    size_t count = s->to - s->from;
    unsigned finest = s->shift;

    while (
        finest > 0 && ((size_t)2 << (s->shift - finest)) <= count * p->r->each)
        finest--;
    return widest_cells(p->r->positions + s->from, count, finest, s->shift);
}

/* Spans become cells, and the cells' spans take their place. */
static bool next_step(stepping *p, size_t *total)
{
    ipcell *cells = ARENA_ARRAY(p->scratch, ipcell, p->span_count);
    size_t count = 0;
    span *spans;

    if (!cells)
        return false;
    for (size_t i = 0; i < p->span_count; i++) {
        cells[i].shift = next_shift(p, &p->spans[i]);
        cells[i].first = (uint32_t)count;
        count += (size_t)1 << (p->spans[i].shift - cells[i].shift);
    }
    spans = ARENA_ARRAY(p->scratch, span, count);
    if (!spans)
        return false;
    count = 0;
    for (size_t i = 0; i < p->span_count; i++)
        count += cut(p, &p->spans[i], cells[i].shift, spans + count);
    p->cells = cells;
    p->cell_count = p->span_count;
    p->spans = spans;
    p->span_count = count;
    *total += p->cell_count;
    return true;
}

static bool suits(const stepping *p)
{
    for (size_t i = 0; i < p->span_count; i++)
        if (p->spans[i].to - p->spans[i].from > WINDOW)
            return false;
    return true;
}

/* The steps' cells, one after the other. */
static bool put_cells(
    ipindex *index, const stepping *steps, size_t total, arena *mem)
{
    ipcell *cells = iamp_ipindex_alloc(index, total, sizeof(*cells), mem);
    size_t at = 0;

    if (!cells)
        return false;
    for (size_t s = 1; s <= index->steps; s++) {
        const stepping *p = &steps[s];
        bool last = s == index->steps;

        for (size_t i = 0; i < p->cell_count; i++) {
            cells[at + i] = p->cells[i];
            if (!last)
                cells[at + i].first += (uint32_t)(at + p->cell_count);
        }
        at += p->cell_count;
    }
    index->cells = cells;
    return true;
}

static bool put_ranks(ipindex *index, const stepping *p, arena *mem)
{
    uint32_t *ranks =
        iamp_ipindex_alloc(index, p->span_count, sizeof(*ranks), mem);

    if (!ranks)
        return false;
    for (size_t i = 0; i < p->span_count; i++)
        ranks[i] = (uint32_t)p->spans[i].from;
    index->ranks = ranks;
    return true;
}

static iam_status rank(ipindex *index, const ranking *r, unsigned steps,
    arena *mem, arena *scratch)
{
    stepping plans[MOST_STEPS] = {{.r = r, .scratch = scratch}};
    size_t total = 0;

    index->shift = (uint8_t)first_shift(r);
    index->steps = (uint8_t)(steps - 1);
    if (!first_step(&plans[0], index->shift))
        return IAM_ENOMEM;
    for (unsigned s = 1; s < steps; s++) {
        plans[s] = plans[s - 1];
        if (!next_step(&plans[s], &total))
            return IAM_ENOMEM;
    }
    if (!suits(&plans[steps - 1]))
        return IAM_ELIMIT;
    if (steps > 1 && !put_cells(index, plans, total, mem))
        return IAM_ENOMEM;
    return put_ranks(index, &plans[steps - 1], mem) ? IAM_OK : IAM_ENOMEM;
}

iam_status iamp_ipindex_rank(
    ipindex *index, const ranking *r, unsigned steps, arena *mem)
{
    iam_status status;
    arena scratch;

    assert(steps > 0 && steps <= MOST_STEPS);
    iamp_arena_init(&scratch, mem->from);
    status = rank(index, r, steps, mem, &scratch);
    iamp_arena_release(&scratch);
    return status;
}

/* --- steps and levels ---------------------------------------------------- */

enum {
    FIRST_CELLS = 65536, /* of a single step, at most */
    STEP_CELLS = 4096,   /* of the first of two */
    LEAST_CELLS = 256
};

static size_t cells_for(size_t count, size_t most)
{
    if (count >= most / 2)
        return most;
    return 2 * count < LEAST_CELLS ? LEAST_CELLS : 2 * count;
}

static iam_status some_steps(
    ipindex *index, ranking *r, const ipplan *plan, size_t flips, arena *mem)
{
    iam_status status = IAM_ELIMIT;

    for (unsigned steps = 1; steps <= 2; steps++) {
        r->most_cells = cells_for(flips, steps > 1 ? STEP_CELLS : FIRST_CELLS);
        if (plan->most_cells)
            r->most_cells = plan->most_cells;
        status = iamp_ipindex_rank(index, r, steps, mem);
        /* A second table of many ranks costs more than a level of samples. */
        if (status != IAM_ELIMIT || plan->most_cells || r->count > FIRST_CELLS)
            break;
    }
    return status;
}

iam_status iamp_ipindex_tree(ipindex *index, uint64_t *positions, size_t count,
    uint64_t limit, const ipplan *plan, arena *mem)
{
    ranking r = {positions, count, limit, 0, 1};
    iam_status status;

    while ((status = some_steps(index, &r, plan, count, mem)) == IAM_ELIMIT) {
        r.count /= WINDOW;
        for (size_t i = 0; i < r.count; i++)
            positions[i] = positions[(i + 1) * WINDOW - 1];
        index->top++;
        r.each = 4;
    }
    return status;
}
