/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hunt_address.c - all addresses from which there is such a request.
 */
#include "prove/hunt.h"
#include "value/ipset_algebra.h"

typedef struct ranges {
    range4 *v4;
    range6 *v6;
    size_t count4, count6;
} ranges;

static void add_range(ranges *r, const axis *a, uint32_t from, uint32_t to)
{
    ipaddr first, last, ignored;

    iamp_axis_range(a, from, &first, &ignored);
    iamp_axis_range(a, to, &ignored, &last);
    if (first.family == 4) {
        r->v4[r->count4++] = (range4){(uint32_t)first.lo, (uint32_t)last.lo};
    } else {
        r->v6[r->count6++] = (range6){first.hi, first.lo, last.hi, last.lo};
    }
}

bool iamp_cells_to_set(
    const axis *a, const uint64_t *cells, arena *mem, ipset *out)
{
    ranges r = {.v4 = ARENA_ARRAY(mem, range4, a->count4),
        .v6 = ARENA_ARRAY(mem, range6, a->count6)};
    uint32_t end = axis_no_value(a);

    if (!r.v4 || !r.v6)
        return false;
    for (uint32_t cell = 0; cell < end; cell++) {
        uint32_t from = cell;

        if (!cell_in(cells, cell))
            continue;
        /* A run of cells of one family. */
        while (
            cell + 1 < end && cell + 1 != a->count4 && cell_in(cells, cell + 1))
            cell++;
        add_range(&r, a, from, cell);
    }
    *out =
        (ipset){.v4 = r.v4, .v6 = r.v6, .count4 = r.count4, .count6 = r.count6};
    return true;
}

bool iamp_set_join(ipset *into, const ipset *other, arena *mem)
{
    ipset joined;

    if (iamp_ipset_combine(&joined, IPSET_UNION, into, other, SIZE_MAX, mem) !=
        IAM_OK)
        return false;
    *into = joined;
    return true;
}

static void take_away(uint64_t *from, const uint64_t *what, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        from[i] &= ~what[i];
}

static bool any_cell(const uint64_t *cells, uint32_t words)
{
    uint64_t any = 0;

    for (uint32_t i = 0; i < words; i++)
        any |= cells[i];
    return any != 0;
}

/* What the model leaves of the address, all of which would do: everything that
 * is left if nothing was asked. */
static const uint64_t *model_cells(const hunt *h, const uint64_t *left)
{
    const slot_data *sl = &h->search.slots[h->address_slot];

    return sl->model.alive[SORT_ADDRESS] ? sl->model.alive[SORT_ADDRESS] : left;
}

typedef struct tally_of_addresses {
    ipset *found, *unsure;
    catch *kept;
    bool has_kept;
} tally_of_addresses;

static void keep(tally_of_addresses *t, catch *caught)
{
    if (t->has_kept) {
        iamp_request_free(caught->request);
        caught->request = NULL;
    } else {
        *t->kept = *caught;
        t->has_kept = true;
    }
}

/* Of the cells those that are in the set as a whole. */
static bool whole_cells(
    const axis *a, uint64_t *cells, const ipset *set, arena *mem)
{
    uint64_t *touched = ARENA_ARRAY(mem, uint64_t, a->words);
    ipset others;

    if (!touched || iamp_ipset_combine(&others, IPSET_COMPLEMENT, set, set,
                        SIZE_MAX, mem) != IAM_OK)
        return false;
    iamp_axis_fill_addresses(a, &others, touched);
    take_away(cells, touched, a->words);
    return true;
}

/* With the addresses of `caught` there is such a request, and with the rest of
 * `cells` there may be; both are taken away.  Where whole cells are found, the
 * rest is asked for again instead. */
static hunt_answer found_some(hunt *h, uint64_t *left, const uint64_t *cells,
    const catch *caught, tally_of_addresses *t)
{
    arena *mem = &h->question->mem;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    const ipset none = {.v4 = NULL};
    const ipset *found = caught->addresses ? caught->addresses : &none;
    uint64_t *whole = ARENA_ARRAY(mem, uint64_t, a->words);
    ipset all, rest;

    if (!whole)
        return HUNT_NO_MEMORY;
    memcpy(whole, left, a->words * sizeof(*whole));
    if (!whole_cells(a, whole, found, mem))
        return HUNT_NO_MEMORY;
    if (any_cell(whole, a->words)) {
        take_away(left, whole, a->words);
        return iamp_cells_to_set(a, whole, mem, &all) &&
                       iamp_set_join(t->found, &all, mem)
                   ? HUNT_FOUND
                   : HUNT_NO_MEMORY;
    }
    iamp_hunt_say(h->question,
        "aws:SourceIp is compared as a text: what holds of one "
        "address need not hold of its neighbours");
    take_away(left, cells, a->words);
    return iamp_cells_to_set(a, cells, mem, &all) &&
                   iamp_ipset_combine(&rest, IPSET_DIFFERENCE, &all, found,
                       SIZE_MAX, mem) == IAM_OK &&
                   iamp_set_join(t->found, found, mem) &&
                   iamp_set_join(t->unsure, &rest, mem)
               ? HUNT_FOUND
               : HUNT_NO_MEMORY;
}

/* Nothing is known of these. */
static hunt_answer found_none(
    hunt *h, uint64_t *left, const uint64_t *cells, tally_of_addresses *t)
{
    arena *mem = &h->question->mem;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    ipset all;

    take_away(left, cells, a->words);
    return iamp_cells_to_set(a, cells, mem, &all) &&
                   iamp_set_join(t->unsure, &all, mem)
               ? HUNT_FOUND
               : HUNT_NO_MEMORY;
}

/* One round: some addresses of those left are found, or not known, and taken
 * away.  HUNT_NONE: none is left. */
static hunt_answer next_addresses(
    hunt *h, uint64_t *left, tally_of_addresses *t)
{
    inquiry *q = h->question;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    uint64_t *cells = ARENA_ARRAY(&q->mem, uint64_t, a->words);
    lit assumed;
    catch caught;
    bool given_up;
    hunt_answer answer;

    if (!any_cell(left, a->words))
        return HUNT_NONE;
    if (!cells)
        return HUNT_NO_MEMORY;
    assumed = iamp_cells_literal(&h->search, h->address_slot, left);
    answer = iamp_hunt_solve(h, &assumed, 1, &caught);
    if (answer == HUNT_NONE || answer >= HUNT_STOPPED)
        return answer;
    given_up = answer == HUNT_UNKNOWN && (q->steps == 0 || h->search.unsure);
    memcpy(cells, given_up ? left : model_cells(h, left),
        a->words * sizeof(*cells));
    if (answer == HUNT_UNKNOWN && !given_up) {
        prey in = *h->prey;
        ipset some;

        if (!iamp_cells_to_set(a, cells, &q->mem, &some))
            return HUNT_NO_MEMORY;
        in.address = ADDRESS_IN;
        in.set = &some;
        answer = iamp_hunt_pinned(q, &in, h, &caught);
        if (answer >= HUNT_STOPPED)
            return answer;
    }
    if (answer != HUNT_FOUND)
        return found_none(h, left, cells, t);
    keep(t, &caught);
    return found_some(h, left, cells, &caught, t);
}

/* --- with variables ------------------------------------------------------ */

enum {
    MOST_ROUNDS = 64 /* each with a search of its own */
};

static bool subtract(ipset *from, const ipset *what, arena *mem)
{
    ipset rest;

    if (iamp_ipset_combine(
            &rest, IPSET_DIFFERENCE, from, what, SIZE_MAX, mem) != IAM_OK)
        return false;
    *from = rest;
    return true;
}

/* With values for the variables the answer is exact, and tells of more addresses
 * than the one that the evaluator saw, whose request is `caught`. */
static hunt_answer pin_addresses(
    hunt *h, const prey *in, hunt_answer loosely, catch *caught)
{
    catch pinned = {.request = NULL};
    hunt_answer answer = iamp_hunt_pinned(h->question, in, h, &pinned);

    if (loosely != HUNT_FOUND) {
        *caught = pinned;
        return answer;
    }
    if (answer != HUNT_FOUND && answer < HUNT_STOPPED)
        return loosely;
    iamp_request_free(caught->request);
    *caught = pinned;
    return answer;
}

/* One round: of `left`, which the search asks for. */
static hunt_answer loose_round(hunt *h, ipset *left, tally_of_addresses *t)
{
    inquiry *q = h->question;
    const axis *a;
    catch caught;
    ipset some = *left;
    prey in = *h->prey;
    hunt_answer answer = iamp_hunt_solve(h, NULL, 0, &caught);
    bool given_up =
        answer == HUNT_UNKNOWN && (q->steps == 0 || h->search.unsure);

    if (answer == HUNT_NONE || answer >= HUNT_STOPPED)
        return answer;
    a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    if (!given_up) {
        const slot_data *sl = &h->search.slots[h->address_slot];

        if (a && sl->model.alive[SORT_ADDRESS] &&
            !iamp_cells_to_set(
                a, sl->model.alive[SORT_ADDRESS], &q->mem, &some))
            return HUNT_NO_MEMORY;
        in.set = &some;
        answer = pin_addresses(h, &in, answer, &caught);
        if (answer >= HUNT_STOPPED)
            return answer;
    }
    if (answer == HUNT_FOUND) {
        const ipset *found = caught.addresses;

        keep(t, &caught);
        if (found && (found->count4 || found->count6))
            return iamp_set_join(t->found, found, &q->mem) &&
                           subtract(left, found, &q->mem)
                       ? HUNT_FOUND
                       : HUNT_NO_MEMORY;
    }
    return iamp_set_join(t->unsure, &some, &q->mem) &&
                   subtract(left, &some, &q->mem)
               ? HUNT_FOUND
               : HUNT_NO_MEMORY;
}

/* A search that took variables for any text need not have cells for all that
 * conditions ask of addresses: each round searches anew in those that are left. */
static hunt_answer loose_addresses(
    inquiry *q, const prey *p, const frame *f, tally_of_addresses *t)
{
    prey in = *p;
    ipset left = *p->set;
    hunt_answer answer = HUNT_FOUND;

    in.set = &left;
    for (uint32_t n = 0; n < MOST_ROUNDS && answer == HUNT_FOUND; n++) {
        hunt h;

        answer = HUNT_NO_MEMORY;
        if (iamp_hunt_open(&h, q, &in, f, NULL, 0) == IAM_OK)
            answer = loose_round(&h, &left, t);
        iamp_hunt_close(&h);
    }
    if (answer == HUNT_FOUND) /* rounds are used up */
        return iamp_set_join(t->unsure, &left, &q->mem) ? HUNT_NONE
                                                        : HUNT_NO_MEMORY;
    return answer;
}

/* --- in one frame -------------------------------------------------------- */

/* In one frame.  An address slot needs an axis: all addresses are asked for as
 * a set. */
static hunt_answer frame_addresses(
    inquiry *q, const prey *p, const frame *f, tally_of_addresses *t)
{
    hunt h;
    hunt_answer answer = HUNT_NO_MEMORY;
    uint64_t *left = NULL;

    if (iamp_hunt_open(&h, q, p, f, NULL, 0) == IAM_OK) {
        iamp_search_close(&h.search);
        answer = h.address_slot == NOTHING ? HUNT_NONE : HUNT_FOUND;
    }
    if (answer == HUNT_FOUND && h.search.relaxed && p->address == ADDRESS_IN &&
        !h.search.slots[h.address_slot].constant) {
        iamp_hunt_close(&h);
        return loose_addresses(q, p, f, t);
    }
    if (answer == HUNT_FOUND &&
        h.search.slots[h.address_slot].constant) { /* given */
        catch caught;

        answer = iamp_hunt_frame(q, p, f, &caught);
        if (answer == HUNT_FOUND) {
            ipblock block;
            ipset one;

            if (!iamp_ipblock_parse(
                    h.search.slots[h.address_slot].value, &block) ||
                iamp_ipset_build(&one, &block, 1, &q->mem) != IAM_OK ||
                !iamp_set_join(t->found, &one, &q->mem))
                answer = HUNT_NO_MEMORY;
            keep(t, &caught);
        }
        iamp_hunt_close(&h);
        return answer == HUNT_FOUND ? HUNT_NONE : answer;
    }
    if (answer == HUNT_FOUND) {
        axis *a = h.search.slots[h.address_slot].tracks[SORT_ADDRESS].axis;

        left = a ? iamp_axis_set(a) : NULL;
        if (left) {
            iamp_axis_complement(a, left);
            left[axis_no_value(a) / 64] &=
                ~(UINT64_C(1) << (axis_no_value(a) % 64));
        } else {
            answer = a ? HUNT_NO_MEMORY : HUNT_NONE;
        }
    }
    while (answer == HUNT_FOUND)
        answer = next_addresses(&h, left, t);
    iamp_hunt_close(&h);
    return answer;
}

hunt_answer iamp_hunt_addresses(
    inquiry *q, const prey *p, ipset *found, ipset *unsure, catch *out)
{
    tally_of_addresses t = {found, unsure, out, false};

    *found = *unsure = (ipset){.v4 = NULL};
    *out = (catch){.request = NULL};
    for (uint32_t i = 0; i < q->frame_count; i++) {
        hunt_answer answer = frame_addresses(q, p, &q->frames[i], &t);

        if (answer >= HUNT_STOPPED) {
            iamp_request_free(out->request);
            out->request = NULL;
            return answer;
        }
        if (answer == HUNT_UNKNOWN) /* of a given address */
            return answer;
    }
    if (unsure->count4 || unsure->count6)
        return HUNT_UNKNOWN;
    return t.has_kept ? HUNT_FOUND : HUNT_NONE;
}
