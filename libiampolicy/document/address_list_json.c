/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address_list_json.c - lists as JSON: arrays of blocks, and what clouds publish.
 */
#include "document/address_list_parts.h"

typedef struct json_reader {
    address_reader *r;
    const json_tree *tree;
    bool *services, *regions; /* those of the filter that were seen */
    uint32_t line;            /* of `at`, a place in the text; */
    size_t at, line_start;    /* it only moves on */
} json_reader;

/* --- blocks --------------------------------------------------------------- */

/* Nodes come in the order of the text: what lies behind is not read again. */
static address_place place_of(json_reader *j, const json_node *node)
{
    text between = text_slice(j->r->source, j->at, node->offset);

    for (;;) {
        size_t newline = iamp_text_find(between, '\n');

        if (newline == between.len)
            break;
        j->line++;
        j->line_start = (size_t)(between.ptr - j->r->source.ptr) + newline + 1;
        between = text_from(between, newline + 1);
    }
    j->at = node->offset;
    return (address_place){
        j->line, (uint32_t)(node->offset - j->line_start + 1)};
}

static iam_status add_block(json_reader *j, json_ref ref)
{
    const json_node *node = &j->tree->nodes[ref];
    address_list *out = j->r->out;
    char quoted[JSON_QUOTED];

    if (node->kind != JSON_KIND_STRING)
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, ref,
            "a block must be a string, not %s",
            iamp_json_kind_name((json_kind)node->kind));
    if (!iamp_ipblock_parse(node->value, &out->blocks[out->count]))
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, ref,
            "\"%s\" is neither an address nor a CIDR block",
            iamp_json_quote(node->value, quoted));
    out->places[out->count++] = place_of(j, node);
    return IAM_OK;
}

/* --- elements of "prefixes" ----------------------------------------------- */

static text string_member(const json_reader *j, json_ref object, text name)
{
    json_ref at = iamp_json_member(j->tree, object, name);

    if (at == JSON_END || j->tree->nodes[at].kind != JSON_KIND_STRING)
        return TEXT("");
    return j->tree->nodes[at].value;
}

/* Is `value` one of `wanted`?  Of no wanted ones every value is. */
static bool wanted(const iam_text *names, size_t count, bool *seen, text value)
{
    bool found = count == 0;

    for (size_t i = 0; i < count; i++) {
        if (!iamp_text_eq_fold(iamp_text_of(names[i].ptr, names[i].len), value))
            continue;
        seen[i] = true;
        found = true;
    }
    return found;
}

static bool chosen(json_reader *j, json_ref object)
{
    const iam_ip_filter *f = &j->r->filter;
    text region = string_member(j, object, TEXT("region"));
    bool service = wanted(f->services, f->service_count, j->services,
        string_member(j, object, TEXT("service")));

    if (region.len == 0) /* Google's word */
        region = string_member(j, object, TEXT("scope"));
    return wanted(f->regions, f->region_count, j->regions, region) && service;
}

static iam_status read_prefix(json_reader *j, json_ref object)
{
    static const text names[] = {{"ip_prefix", 9}, {"ipv6_prefix", 11},
        {"ipv4Prefix", 10}, {"ipv6Prefix", 10}};
    json_ref at = j->tree->nodes[object].first;
    bool take = chosen(j, object), any = false;
    iam_status status = IAM_OK;

    for (; at != JSON_END && status == IAM_OK; at = j->tree->nodes[at].next) {
        for (size_t i = 0; i < COUNT_OF(names) && status == IAM_OK; i++) {
            if (!text_eq(j->tree->nodes[at].key, names[i]))
                continue;
            any = true;
            status = take ? add_block(j, at) : IAM_OK;
        }
    }
    if (!any)
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, object,
            "there is no \"ip_prefix\", \"ipv6_prefix\", \"ipv4Prefix\" or "
            "\"ipv6Prefix\" here");
    return status;
}

static iam_status read_element(json_reader *j, json_ref ref)
{
    if (j->tree->nodes[ref].kind == JSON_KIND_OBJECT)
        return read_prefix(j, ref);
    if (j->r->filter.service_count + j->r->filter.region_count > 0)
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, ref,
            "this block has no service or region to choose by");
    return add_block(j, ref);
}

static iam_status read_array(json_reader *j, json_ref array)
{
    json_ref at = j->tree->nodes[array].first;
    iam_status status = IAM_OK;

    if (j->tree->nodes[array].kind != JSON_KIND_ARRAY)
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, array,
            "blocks stand in an array, not in %s",
            iamp_json_kind_name((json_kind)j->tree->nodes[array].kind));
    for (; at != JSON_END && status == IAM_OK; at = j->tree->nodes[at].next)
        status = read_element(j, at);
    return status;
}

/* --- the whole ------------------------------------------------------------ */

static iam_status read_object(json_reader *j)
{
    static const text names[] = {
        {"prefixes", 8}, {"ipv6_prefixes", 13}, {"ipv4", 4}, {"ipv6", 4}};
    json_ref at = j->tree->nodes[0].first;
    iam_status status = IAM_OK;
    bool any = false;

    for (; at != JSON_END && status == IAM_OK; at = j->tree->nodes[at].next) {
        for (size_t i = 0; i < COUNT_OF(names) && status == IAM_OK; i++) {
            if (!text_eq(j->tree->nodes[at].key, names[i]))
                continue;
            any = true;
            status = read_array(j, at);
        }
    }
    if (!any)
        return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, 0,
            "the object has no \"prefixes\", \"ipv6_prefixes\", \"ipv4\" or "
            "\"ipv6\"");
    return status;
}

/* A service that no prefix is of was misspelt: the set would be too small. */
static iam_status all_seen(const json_reader *j, const char *what,
    const iam_text *names, size_t count, const bool *seen)
{
    char quoted[JSON_QUOTED];

    for (size_t i = 0; i < count; i++)
        if (!seen[i])
            return iamp_json_error(j->r->err, IAM_EINVAL, j->tree, 0,
                "no prefix has the %s \"%s\"", what,
                iamp_json_quote(
                    iamp_text_of(names[i].ptr, names[i].len), quoted));
    return IAM_OK;
}

static iam_status read_tree(json_reader *j)
{
    const iam_ip_filter *f = &j->r->filter;
    size_t strings = 0;
    iam_status status;

    for (uint32_t i = 0; i < j->tree->count; i++)
        strings += j->tree->nodes[i].kind == JSON_KIND_STRING;
    j->services = ARENA_ARRAY(j->r->mem, bool, f->service_count);
    j->regions = ARENA_ARRAY(j->r->mem, bool, f->region_count);
    if (!j->services || !j->regions || !iamp_address_list_room(j->r, strings))
        return iamp_error_nomem(j->r->err);
    status = j->tree->nodes[0].kind == JSON_KIND_OBJECT ? read_object(j)
                                                        : read_array(j, 0);
    if (status == IAM_OK)
        status =
            all_seen(j, "service", f->services, f->service_count, j->services);
    if (status == IAM_OK)
        status = all_seen(j, "region", f->regions, f->region_count, j->regions);
    return status;
}

iam_status iamp_address_list_json(address_reader *r, const json_limits *limits)
{
    json_tree tree;
    json_reader j = {.r = r, .tree = &tree, .line = 1};
    iam_status status =
        iamp_json_parse(&tree, r->source, limits, r->mem, r->err);

    return status == IAM_OK ? read_tree(&j) : status;
}
