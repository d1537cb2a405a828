/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex.c - an index for a set, on this machine.
 */
#include "value/ipindex.h"

enum {
    LINE_BYTES = 64
};

const ipengine *iamp_ipengine(size_t i)
{
    const ipengine *engines[3] = {NULL};
    size_t count = 0;

#if defined(IPENGINE_X86)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")) {
        if (__builtin_cpu_supports("avx512f"))
            engines[count++] = &iamp_ipengine_avx512;
        engines[count++] = &iamp_ipengine_avx2;
    }
#elif defined(IPENGINE_NEON)
    engines[count++] = &iamp_ipengine_neon;
#endif
    engines[count++] = &iamp_ipengine_scalar;
    return i < count ? engines[i] : NULL;
}

void *iamp_ipindex_alloc(ipindex *index, size_t count, size_t size, arena *mem)
{
    unsigned char *ptr;

    if (count > (SIZE_MAX - LINE_BYTES) / size)
        return NULL;
    ptr = iamp_arena_alloc(mem, count * size + LINE_BYTES - 1, 1);
    if (!ptr)
        return NULL;
    index->bytes += count * size + LINE_BYTES - 1;
    return ptr + (-(uintptr_t)ptr & (LINE_BYTES - 1));
}

static iam_status index4(ipset *set, const ipplan *plan, arena *mem)
{
    const ipengine *engine = plan->engine ? plan->engine : iamp_ipengine(0);
    ipindex *index = ARENA_ARRAY(mem, ipindex, 1);
    iam_status status =
        index ? iamp_ipindex_lay4(index, set, plan, mem) : IAM_ENOMEM;

    if (status != IAM_OK)
        return status == IAM_ELIMIT ? IAM_OK : status;
    index->how.one.v4 = engine->one4[index->layout];
    index->how.many.v4 = engine->many4[index->layout];
    index->bytes += sizeof(*index);
    set->index4 = &index->how;
    return IAM_OK;
}

static iam_status index6(ipset *set, const ipplan *plan, arena *mem)
{
    const ipengine *engine = plan->engine ? plan->engine : iamp_ipengine(0);
    ipindex *index = ARENA_ARRAY(mem, ipindex, 1);
    iam_status status =
        index ? iamp_ipindex_lay6(index, set, plan, mem) : IAM_ENOMEM;

    if (status != IAM_OK)
        return status == IAM_ELIMIT ? IAM_OK : status;
    index->how.one.v6 = engine->one6[index->layout];
    index->how.many.v6 = engine->many6[index->layout];
    index->bytes += sizeof(*index);
    set->index6 = &index->how;
    return IAM_OK;
}

/* Few ranges need no index: see ipset_contains4(). */
static bool wanted(size_t count, size_t few, const ipplan *plan)
{
    return count > (plan->layout < 0 ? few : 0);
}

iam_status iamp_ipset_index_as(ipset *set, const ipplan *plan, arena *mem)
{
    iam_status status = IAM_OK;

    set->index4 = set->index6 = NULL;
    if (wanted(set->count4, IPSET_FEW4, plan))
        status = index4(set, plan, mem);
    if (status == IAM_OK && wanted(set->count6, IPSET_FEW6, plan))
        status = index6(set, plan, mem);
    return status;
}

iam_status iamp_ipset_index(ipset *set, arena *mem)
{
    static const ipplan best = {.layout = -1};

    return iamp_ipset_index_as(set, &best, mem);
}
