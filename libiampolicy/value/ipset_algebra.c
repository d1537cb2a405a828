/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_algebra.c - one sweep for every operation.
 *
 * A set is a row of flips: at the first address of a range one is in, at the
 * first behind it one is out again.  Two rows are walked together, and a truth
 * table says between any two flips whether one is in the result.
 */
#include "value/ipset_algebra.h"

/* --- ranges of either family --------------------------------------------- */

static size_t range_count(const ipset *set, uint8_t family)
{
    return family == 4 ? set->count4 : set->count6;
}

static range6 range_at(const ipset *set, uint8_t family, size_t index)
{
    if (family == 6)
        return set->v6[index];
    return (range6){0, set->v4[index].first, 0, set->v4[index].last};
}

static range6 everything(uint8_t family)
{
    if (family == 6)
        return (range6){0, 0, UINT64_MAX, UINT64_MAX};
    return (range6){0, 0, 0, UINT32_MAX};
}

/* --- the sweep ------------------------------------------------------------ */

typedef struct cursor {
    const ipset *set;
    size_t flips;    /* how many are behind us: odd inside of a range */
    uint64_t hi, lo; /* the next one */
    uint8_t family;
    bool done; /* there is none */
} cursor;

/* Behind the top of the space there is nothing to flip. */
static void find_flip(cursor *c)
{
    range6 all = everything(c->family), r;

    c->done = c->flips / 2 >= range_count(c->set, c->family);
    if (c->done)
        return;
    r = range_at(c->set, c->family, c->flips / 2);
    if (c->flips % 2 == 0) {
        c->hi = r.first_hi;
        c->lo = r.first_lo;
        return;
    }
    c->done = r.last_hi == all.last_hi && r.last_lo == all.last_lo;
    c->lo = r.last_lo + 1;
    c->hi = r.last_hi + (c->lo == 0);
}

static cursor cursor_of(const ipset *set, uint8_t family)
{
    cursor c = {.set = set, .family = family};

    find_flip(&c);
    return c;
}

static void pass_flip(cursor *c)
{
    c->flips++;
    find_flip(c);
}

/* Which of two cursors flips first: less than 0, 0 for both, more than 0. */
static int order(const cursor *a, const cursor *b)
{
    if (a->done || b->done)
        return a->done - b->done;
    if (a->hi != b->hi)
        return a->hi < b->hi ? -1 : 1;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

static bool in_result(
    ipset_operation operation, const cursor *a, const cursor *b)
{
    return (unsigned)operation >> (a->flips % 2 + 2 * (b->flips % 2)) & 1;
}

typedef bool (*range_sink)(void *user, uint8_t family, range6 range);

/* Gives the ranges of the result; false as soon as `each` is. */
static bool sweep_family(ipset_operation operation, const ipset *a,
    const ipset *b, uint8_t family, range_sink each, void *user)
{
    cursor x = cursor_of(a, family), y = cursor_of(b, family);
    range6 range = everything(family);
    bool inside = in_result(operation, &x, &y);

    while (!x.done || !y.done) {
        int first = order(&x, &y);
        uint64_t hi = first <= 0 ? x.hi : y.hi, lo = first <= 0 ? x.lo : y.lo;

        if (first <= 0)
            pass_flip(&x);
        if (first >= 0)
            pass_flip(&y);
        if (in_result(operation, &x, &y) == inside)
            continue;
        range.last_lo = lo - 1;
        range.last_hi = hi - (lo == 0);
        /* At address 0 nothing has begun yet. */
        if (inside && (hi | lo) != 0 && !each(user, family, range))
            return false;
        inside = !inside;
        range.first_hi = hi;
        range.first_lo = lo;
    }
    range.last_hi = everything(family).last_hi;
    range.last_lo = everything(family).last_lo;
    return !inside || each(user, family, range);
}

static bool sweep(ipset_operation operation, const ipset *a, const ipset *b,
    range_sink each, void *user)
{
    return sweep_family(operation, a, b, 4, each, user) &&
           sweep_family(operation, a, b, 6, each, user);
}

/* --- a set from it -------------------------------------------------------- */

typedef struct sizes {
    size_t count4, count6, most;
} sizes;

static bool count_range(void *user, uint8_t family, range6 range)
{
    sizes *n = user;

    (void)range;
    n->count4 += family == 4;
    n->count6 += family == 6;
    return n->count4 + n->count6 <= n->most;
}

typedef struct lists {
    range4 *v4;
    range6 *v6;
} lists;

static bool store_range(void *user, uint8_t family, range6 range)
{
    lists *to = user;

    if (family == 4)
        *to->v4++ = (range4){(uint32_t)range.first_lo, (uint32_t)range.last_lo};
    else
        *to->v6++ = range;
    return true;
}

iam_status iamp_ipset_combine(ipset *out, ipset_operation operation,
    const ipset *a, const ipset *b, size_t most, arena *mem)
{
    sizes n = {0, 0, most};
    lists to;

    *out = (ipset){.v4 = NULL};
    if (!sweep(operation, a, b, count_range, &n))
        return IAM_ELIMIT;
    to.v4 = ARENA_ARRAY(mem, range4, n.count4);
    to.v6 = ARENA_ARRAY(mem, range6, n.count6);
    if (!to.v4 || !to.v6)
        return IAM_ENOMEM;
    *out = (ipset){
        .v4 = to.v4, .v6 = to.v6, .count4 = n.count4, .count6 = n.count6};
    (void)sweep(operation, a, b, store_range, &to);
    return IAM_OK;
}

/* --- relations ------------------------------------------------------------ */

static bool no_range(void *user, uint8_t family, range6 range)
{
    (void)user;
    (void)family;
    (void)range;
    return false;
}

bool iamp_ipset_equal(const ipset *a, const ipset *b)
{
    return a->count4 == b->count4 && a->count6 == b->count6 &&
           (a->count4 == 0 ||
               memcmp(a->v4, b->v4, a->count4 * sizeof(*a->v4)) == 0) &&
           (a->count6 == 0 ||
               memcmp(a->v6, b->v6, a->count6 * sizeof(*a->v6)) == 0);
}

bool iamp_ipset_subset(const ipset *a, const ipset *b)
{
    return sweep(IPSET_DIFFERENCE, a, b, no_range, NULL);
}

bool iamp_ipset_disjoint(const ipset *a, const ipset *b)
{
    return sweep(IPSET_INTERSECTION, a, b, no_range, NULL);
}

/* --- how many ------------------------------------------------------------- */

/* *count += high * 2^64 + low */
static void add_to(iam_ip_count *count, uint64_t high, uint64_t low)
{
    count->low += low;
    if (count->low < low && ++count->high == 0)
        count->top++;
    count->high += high;
    count->top += count->high < high;
}

iam_ip_count iamp_ipset_count(const ipset *set, uint8_t family)
{
    iam_ip_count count = {0, 0, 0};

    for (size_t i = 0; i < range_count(set, family); i++) {
        range6 r = range_at(set, family, i);

        /* One more than the distance, which would not always fit. */
        add_to(&count, r.last_hi - r.first_hi - (r.last_lo < r.first_lo),
            r.last_lo - r.first_lo);
        add_to(&count, 0, 1);
    }
    return count;
}

iam_ip_count iamp_ip_count_sum(iam_ip_count a, iam_ip_count b)
{
    add_to(&a, b.high, b.low);
    a.top += b.top;
    return a;
}

/* Divide by ten what these digits to base 2^32 say; returns what is left. */
static uint32_t next_digit(uint32_t limb[5])
{
    uint64_t rest = 0;

    for (size_t i = 0; i < 5; i++) {
        uint64_t n = rest << 32 | limb[i];

        limb[i] = (uint32_t)(n / 10);
        rest = n % 10;
    }
    return (uint32_t)rest;
}

size_t iamp_ip_count_print(iam_ip_count count, char out[IP_COUNT_TEXT])
{
    uint32_t limb[5] = {(uint32_t)count.top, (uint32_t)(count.high >> 32),
        (uint32_t)count.high, (uint32_t)(count.low >> 32), (uint32_t)count.low};
    char digits[IP_COUNT_TEXT];
    size_t len = 0;

    do {
        digits[len++] = (char)('0' + next_digit(limb));
    } while (limb[0] | limb[1] | limb[2] | limb[3] | limb[4]);
    for (size_t i = 0; i < len; i++)
        out[i] = digits[len - 1 - i];
    out[len] = '\0';
    return len;
}

/* --- telling -------------------------------------------------------------- */

static unsigned bit_length(uint64_t n)
{
    unsigned bits = 0;

    for (; n > 0; n >>= 1)
        bits++;
    return bits;
}

uint8_t iamp_ip_range_prefix(const ipaddr *first, const ipaddr *last)
{
    uint64_t hi = first->hi ^ last->hi, lo = first->lo ^ last->lo;
    bool ones =
        hi ? lo == UINT64_MAX && (hi & (hi + 1)) == 0 : (lo & (lo + 1)) == 0;

    /* They differ in a tail, which is all zeros here and all ones there. */
    if (!ones || (first->hi & hi) || (first->lo & lo))
        return IAM_NO_PREFIX;
    return (uint8_t)((first->family == 4 ? 32u : 128u) - bit_length(hi) -
                     bit_length(lo));
}

bool iamp_ipset_ranges(const ipset *set, uint8_t family,
    bool (*each)(void *user, const ipaddr *first, const ipaddr *last),
    void *user)
{
    for (size_t i = 0; i < range_count(set, family); i++) {
        range6 r = range_at(set, family, i);
        ipaddr first = {r.first_hi, r.first_lo, family};
        ipaddr last = {r.last_hi, r.last_lo, family};

        if (!each(user, &first, &last))
            return false;
    }
    return true;
}
