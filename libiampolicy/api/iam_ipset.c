/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_ipset.c - making address sets: from texts, from lists, from each other.
 */
#include "api/ipset_object.h"
#include "value/ipset_algebra.h"

/* --- an object ------------------------------------------------------------ */

static iam_status new_set(
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    const iam_allocator *from = api_allocator(options);
    iam_ipset *set = NULL;

    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    set = iamp_memory_acquire(from, sizeof(*set));
    if (!set)
        return iamp_error_nomem(err);
    memset(set, 0, sizeof(*set));
    iamp_arena_init(&set->mem, from);
    *out = set;
    return IAM_OK;
}

void iam_ipset_free(iam_ipset *set)
{
    const iam_allocator *from;

    if (!set)
        return;
    from = set->mem.from;
    iamp_arena_release(&set->mem);
    iamp_memory_release(from, set);
}

size_t iam_ipset_memory(const iam_ipset *set)
{
    return set ? sizeof(*set) + set->mem.held : 0;
}

/* Hand over what was made, or undo it. */
static iam_status finish(
    iam_ipset *set, iam_status status, iam_ipset **out, iam_error *err)
{
    if (status == IAM_OK)
        *out = set;
    else
        iam_ipset_free(set);
    return status == IAM_ENOMEM ? iamp_error_nomem(err) : status;
}

/* --- from blocks ---------------------------------------------------------- */

static void *copy_array(const void *array, size_t count, size_t size, arena *to)
{
    void *copy = iamp_arena_alloc(to, count, size);

    if (copy && count > 0)
        memcpy(copy, array, count * size);
    return copy;
}

static iam_status keep_source(
    iam_ipset *set, const address_list *list, arena *scratch)
{
    ipset_source *source = ARENA_ARRAY(&set->mem, ipset_source, 1);

    if (!source)
        return IAM_ENOMEM;
    source->blocks =
        copy_array(list->blocks, list->count, sizeof(ipblock), &set->mem);
    if (list->places)
        source->places = copy_array(
            list->places, list->count, sizeof(address_place), &set->mem);
    if (!source->blocks || (list->places && !source->places))
        return IAM_ENOMEM;
    set->source = source;
    return iamp_ipset_entries_build(
        &source->entries, list->blocks, list->count, &set->mem, scratch);
}

static iam_status build(iam_ipset *set, const address_list *list,
    const iam_options *options, arena *scratch)
{
    iam_status status =
        iamp_ipset_build(&set->set, list->blocks, list->count, &set->mem);

    if (status == IAM_OK && options && (options->flags & IAM_KEEP_ENTRIES))
        status = keep_source(set, list, scratch);
    return status;
}

static iam_status parse_blocks(address_list *out, const iam_text *texts,
    size_t count, size_t most, arena *mem, iam_error *err)
{
    char quoted[JSON_QUOTED];

    if (count > most)
        return iamp_error_set(err, IAM_ELIMIT,
            "%zu blocks are too many: the limit is %zu", count, most);
    *out = (address_list){ARENA_ARRAY(mem, ipblock, count), NULL, count};
    if (!out->blocks)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        text t = iamp_text_of(texts[i].ptr, texts[i].len);

        if (!iamp_ipblock_parse(t, &out->blocks[i]))
            return iamp_error_set(err, IAM_EINVAL,
                "block %zu, \"%s\", is neither an address nor a CIDR block", i,
                iamp_json_quote(t, quoted));
    }
    return IAM_OK;
}

iam_status iam_ipset_new(const iam_text *blocks, size_t count,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    json_limits limits;
    address_list list = {0};
    iam_ipset *set = NULL;
    arena scratch;
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!blocks && count > 0)
        return api_null(err);
    status = new_set(options, &set, err);
    if (status != IAM_OK)
        return status;
    assert(set);
    limits = iamp_json_limits(options);
    iamp_arena_init(&scratch, set->mem.from);
    status =
        parse_blocks(&list, blocks, count, limits.max_values, &scratch, err);
    if (status == IAM_OK)
        status = build(set, &list, options, &scratch);
    iamp_arena_release(&scratch);
    return finish(set, status, out, err);
}

/* --- from a list ---------------------------------------------------------- */

static bool filter_valid(const iam_ip_filter *filter)
{
    return !filter || ((filter->services || filter->service_count == 0) &&
                          (filter->regions || filter->region_count == 0));
}

iam_status iam_ipset_parse(const char *ptr, size_t len,
    const iam_ip_filter *filter, const iam_options *options, iam_ipset **out,
    iam_error *err)
{
    json_limits limits;
    address_list list = {0};
    iam_ipset *set = NULL;
    arena scratch;
    iam_status status;
    text source;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!ptr || !filter_valid(filter))
        return api_null(err);
    status = new_set(options, &set, err);
    if (status != IAM_OK)
        return status;
    assert(set);
    source = iamp_text_of(ptr, len);
    limits = iamp_json_limits(options);
    iamp_arena_init(&scratch, set->mem.from);
    status =
        iamp_address_list_parse(&list, source, filter, &limits, &scratch, err);
    if (status == IAM_OK)
        status = build(set, &list, options, &scratch);
    iamp_arena_release(&scratch);
    return finish(set, status, out, err);
}

/* --- from each other ------------------------------------------------------ */

static iam_status combine(ipset_operation operation, const iam_ipset *a,
    const iam_ipset *b, const iam_options *options, iam_ipset **out,
    iam_error *err)
{
    size_t most = iamp_json_limits(options).max_values;
    iam_ipset *set = NULL;
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!a || !b)
        return api_null(err);
    status = new_set(options, &set, err);
    if (status != IAM_OK)
        return status;
    status = iamp_ipset_combine(
        &set->set, operation, &a->set, &b->set, most, &set->mem);
    if (status == IAM_OK)
        status = iamp_ipset_index(&set->set, &set->mem);
    if (status == IAM_ELIMIT)
        iamp_error_set(err, status,
            "the set would have too many ranges: the limit is %zu", most);
    return finish(set, status, out, err);
}

iam_status iam_ipset_union(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    return combine(IPSET_UNION, a, b, options, out, err);
}

iam_status iam_ipset_intersection(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    return combine(IPSET_INTERSECTION, a, b, options, out, err);
}

iam_status iam_ipset_difference(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    return combine(IPSET_DIFFERENCE, a, b, options, out, err);
}

iam_status iam_ipset_symmetric_difference(const iam_ipset *a,
    const iam_ipset *b, const iam_options *options, iam_ipset **out,
    iam_error *err)
{
    return combine(IPSET_SYMMETRIC_DIFFERENCE, a, b, options, out, err);
}

iam_status iam_ipset_complement(const iam_ipset *set,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    /* Of itself both are always in or out: the table reads one of the two. */
    return combine(IPSET_COMPLEMENT, set, set, options, out, err);
}

/* --- how they stand to each other ----------------------------------------- */

bool iam_ipset_equal(const iam_ipset *a, const iam_ipset *b)
{
    return a && b && iamp_ipset_equal(&a->set, &b->set);
}

bool iam_ipset_subset(const iam_ipset *a, const iam_ipset *b)
{
    return a && b && iamp_ipset_subset(&a->set, &b->set);
}

bool iam_ipset_disjoint(const iam_ipset *a, const iam_ipset *b)
{
    return a && b && iamp_ipset_disjoint(&a->set, &b->set);
}
