/* SPDX-License-Identifier: Apache-2.0 */
#include "plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(EMULATE_AVX512)
extern const ipengine emulated_avx512;
#endif

static const char *only;
static size_t used4[LAYOUTS4], used6[LAYOUTS6];

void plans_only(const char *engine)
{
    only = engine;
}

static const ipengine *engine_at(size_t i)
{
    const ipengine *engine = iamp_ipengine(i);

#if defined(EMULATE_AVX512)
    if (!engine && i > 0 && iamp_ipengine(i - 1))
        return &emulated_avx512;
#endif
    return engine;
}

static void wrong(
    const ipset *set, const ipplan *plan, const ipaddr *a, const char *what)
{
    char printed[IPADDR_TEXT];

    iamp_ipaddr_print(a, printed);
    fprintf(stderr, "%s: wrong answer for %s (unit %s, layout %d, %zu cells)\n",
        what, printed, plan && plan->engine ? plan->engine->name : "none",
        plan ? plan->layout : -2, plan ? plan->most_cells : 0);
    for (size_t i = 0; i < set->count4 && i < 8; i++)
        fprintf(stderr, "  %08x-%08x\n", set->v4[i].first, set->v4[i].last);
    exit(1);
}

void plans_prepare(questions *q)
{
    q->v4 = malloc((q->count + 1) * sizeof(*q->v4));
    q->v6 = malloc((q->count + 1) * sizeof(*q->v6));
    q->out = malloc(q->count + 1);
    if (!q->v4 || !q->v6 || !q->out)
        abort();
    for (size_t i = 0; i < q->count; i++) {
        const ipaddr *a = &q->addresses[i];

        q->v4[i] = (uint32_t)a->lo;
        for (size_t b = 0; b < 16; b++)
            q->v6[i][b] =
                (uint8_t)((b < 8 ? a->hi : a->lo) >> (56 - 8 * (b % 8)));
    }
}

void plans_release(questions *q)
{
    free(q->v4);
    free(q->v6);
    free(q->out);
}

static void compare(
    const ipset *set, const ipplan *plan, const questions *q, const char *what)
{
    if (memcmp(q->out, q->want, q->count) == 0)
        return;
    for (size_t i = 0; i < q->count; i++)
        if (q->out[i] != q->want[i])
            wrong(set, plan, &q->addresses[i], what);
}

static size_t ask(
    const ipset *set, const ipplan *plan, const questions *q, const char *what)
{
    bool v4 = q->addresses[0].family == 4;
    unsigned char *behind = (unsigned char *)q->out + q->count;

    for (size_t i = 0; i < q->count; i++)
        q->out[i] =
            v4 ? ipset_contains4(set, q->v4[i])
               : ipset_contains6(set, q->addresses[i].hi, q->addresses[i].lo);
    compare(set, plan, q, what);
    memset(q->out, 2, q->count + 1);
    if (v4)
        iamp_ipset_match4(set, q->v4, q->count, q->out);
    else
        iamp_ipset_match6(set, (const uint8_t(*)[16])q->v6, q->count, q->out);
    compare(set, plan, q, what);
    if (*behind != 2)
        wrong(set, plan, &q->addresses[0], "written beyond the end");
    return 2 * q->count;
}

static size_t ask_as(
    const ipset *set, const ipplan *plan, const questions *q, const char *what)
{
    ipset copy = *set;
    size_t checked = 0;
    arena mem;

    iamp_arena_init(&mem, NULL);
    if (iamp_ipset_index_as(&copy, plan, &mem) != IAM_OK)
        abort();
    if (copy.index4)
        used4[index_of(copy.index4)->layout]++;
    if (copy.index6)
        used6[index_of(copy.index6)->layout]++;
    if (copy.index4 || copy.index6)
        checked = ask(&copy, plan, q, what);
    iamp_arena_release(&mem);
    return checked;
}

size_t plans_check(
    const ipset *set, bool big, const questions *q, const char *what)
{
    static const size_t cells[] = {0, 1, 20};
    const int last =
        q->addresses[0].family == 4 ? LAYOUT_PAGE : LAYOUT_CUT_TREE;
    const ipengine *engine;
    ipset bare = *set;
    size_t checked;

    bare.index4 = bare.index6 = NULL;
    checked = ask(set, NULL, q, what) + ask(&bare, NULL, q, what);
    for (size_t e = 0; (engine = engine_at(e)) != NULL; e++) {
        if (only && strcmp(engine->name, only) != 0)
            continue;
        for (int layout = big ? LAYOUT_RANK : -1; layout <= last; layout++)
            for (size_t c = 0; c < COUNT_OF(cells); c++) {
                bool ranks = layout == LAYOUT_RANK || layout == LAYOUT_TREE ||
                             layout == LAYOUT_CUT_TREE;
                ipplan plan = {engine, layout, cells[c]};

                if (c == 0 || ranks)
                    checked += ask_as(set, &plan, q, what);
            }
    }
    return checked;
}

size_t plans_check_lines(const ipset *set, const questions *q, const char *what)
{
    static const int layouts[] = {LAYOUT_LINE, LAYOUT_RANK};
    size_t checked = 0;

    for (size_t e = 0; iamp_ipengine(e); e++) {
        if (only && strcmp(iamp_ipengine(e)->name, only) != 0)
            continue;
        for (size_t i = 0; i < COUNT_OF(layouts); i++) {
            ipplan plan = {iamp_ipengine(e), layouts[i], 16};

            checked += ask_as(set, &plan, q, what);
        }
    }
    return checked;
}

bool plans_all_used(void)
{
    bool all = true;

    for (size_t i = 0; i < LAYOUTS4; i++)
        all &= used4[i] > 0;
    for (size_t i = 0; i < LAYOUTS6; i++)
        all &= used6[i] > 0;
    for (size_t i = 0; !all && i < LAYOUTS6; i++)
        fprintf(stderr, "layout %zu: IPv4 %zu, IPv6 %zu\n", i,
            i < LAYOUTS4 ? used4[i] : 0, used6[i]);
    return all;
}
