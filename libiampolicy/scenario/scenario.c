/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - the top of a scenario file, and what its readers share.
 */
#include "scenario/scenario.h"

/* --- members ---------------------------------------------------------------- */

static bool is_known(text key, const text *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(key, known[i]))
            return true;
    return false;
}

iam_status iamp_scenario_members(
    scenario_reader *r, json_ref object, const text *known, size_t count)
{
    json_ref at = r->tree->nodes[object].first;
    char quoted[JSON_QUOTED];

    for (; at != JSON_END; at = r->tree->nodes[at].next) {
        text key = r->tree->nodes[at].key;
        size_t near = count;

        if (is_known(key, known, count))
            continue;
        for (size_t i = 0; i < count; i++)
            if (iamp_text_resembles(key, known[i]))
                near = i;
        if (near < count)
            return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
                "\"%s\" is no member of this object; \"%.*s\" is",
                iamp_json_quote(key, quoted), (int)known[near].len,
                known[near].ptr);
    }
    return IAM_OK;
}

iam_status iamp_scenario_string(
    scenario_reader *r, json_ref object, text name, text *out)
{
    json_ref at = iamp_json_member(r->tree, object, name);

    *out = (text){"", 0};
    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_STRING)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"%.*s\" must be a string, not %s", (int)name.len, name.ptr,
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    *out = r->tree->nodes[at].value;
    return IAM_OK;
}

/* --- the top ------------------------------------------------------------------ */

static iam_status read_derive(scenario_reader *r)
{
    json_ref at = iamp_json_member(r->tree, 0, TEXT("derive"));

    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_TRUE &&
        r->tree->nodes[at].kind != JSON_KIND_FALSE)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"derive\" must be true or false, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    r->no_derived_keys = r->tree->nodes[at].kind == JSON_KIND_FALSE;
    return IAM_OK;
}

static iam_status read_about(scenario_reader *r)
{
    text about;
    iam_status status = iamp_scenario_string(r, 0, TEXT("about"), &about);

    if (status != IAM_OK)
        return status;
    if (!text_keep(&r->scenario->about, about, &r->scenario->mem))
        return iamp_error_nomem(r->err);
    return IAM_OK;
}

static iam_status read_policies(scenario_reader *r, const iam_stack *fallback)
{
    json_ref at = iamp_json_member(r->tree, 0, TEXT("policies"));
    iam_status status;

    if (at != JSON_END)
        return iamp_scenario_policies(r, at);
    if (fallback) {
        r->scenario->stack = fallback;
        return IAM_OK;
    }
    status = iamp_stack_new(&r->scenario->owned, NULL, 0, r->from, r->err);
    r->scenario->stack = r->scenario->owned;
    return status;
}

static iam_status read_requests(scenario_reader *r)
{
    json_ref at = iamp_json_member(r->tree, 0, TEXT("requests"));
    iam_status status = IAM_OK;

    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_ARRAY)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"requests\" must be an array of request objects, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    r->scenario->requests = ARENA_ARRAY(
        &r->scenario->mem, scenario_request, r->tree->nodes[at].count);
    if (!r->scenario->requests)
        return iamp_error_nomem(r->err);
    for (at = r->tree->nodes[at].first; at != JSON_END && status == IAM_OK;
         at = r->tree->nodes[at].next) {
        status = iamp_scenario_request(
            r, at, &r->scenario->requests[r->scenario->count]);
        if (status == IAM_OK)
            r->scenario->count++;
    }
    return status;
}

static iam_status read_scenario(scenario_reader *r, const iam_stack *fallback)
{
    static const text known[] = {{"about", 5}, {"policies", 8}, {"requests", 8},
        {"derive", 6}, {"rule", 4}};
    iam_status status;

    if (r->tree->nodes[0].kind != JSON_KIND_OBJECT)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, 0,
            "a scenario is an object, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[0].kind));
    status = iamp_scenario_members(r, 0, known, COUNT_OF(known));
    if (status == IAM_OK)
        status = read_derive(r);
    if (status == IAM_OK)
        status = read_about(r);
    if (status == IAM_OK)
        status = read_policies(r, fallback);
    if (status == IAM_OK)
        status = read_requests(r);
    return status;
}

static iam_scenario *scenario_alloc(const iam_allocator *from)
{
    iam_scenario *s = iamp_memory_acquire(from, sizeof(*s));

    if (!s)
        return NULL;
    memset(s, 0, sizeof(*s));
    iamp_arena_init(&s->mem, from);
    return s;
}

iam_status iamp_scenario_parse(iam_scenario **out, text source,
    const iam_stack *fallback, const iam_options *options, iam_error *err)
{
    const iam_allocator *from = options ? options->allocator : NULL;
    json_limits limits = iamp_json_limits(options);
    iam_scenario *scenario = scenario_alloc(from);
    json_tree tree;
    arena scratch;
    iam_status status;
    scenario_reader r = {.tree = &tree,
        .options = options,
        .from = from,
        .scenario = scenario,
        .err = err};

    *out = NULL;
    if (!scenario)
        return iamp_error_nomem(err);
    iamp_arena_init(&scratch, from);
    status = iamp_json_parse(&tree, source, &limits, &scratch, err);
    if (status == IAM_OK)
        status = read_scenario(&r, fallback);
    iamp_arena_release(&scratch);
    if (status != IAM_OK) {
        iamp_scenario_free(scenario);
        return status;
    }
    *out = scenario;
    return IAM_OK;
}

void iamp_scenario_free(iam_scenario *scenario)
{
    const iam_allocator *from;

    if (!scenario)
        return;
    from = scenario->mem.from;
    for (size_t i = 0; i < scenario->count; i++)
        iamp_operation_free(scenario->requests[i].operation);
    iamp_stack_free(scenario->owned);
    iamp_arena_release(&scenario->mem);
    iamp_memory_release(from, scenario);
}
