/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requests.c - the "requests" of a scenario.
 */
#include "scenario/scenario.h"

/* Give an error of a setter the place of the value that it refused. */
static iam_status placed(
    scenario_reader *r, json_ref at, iam_status status, const iam_error *inner)
{
    if (status == IAM_OK)
        return IAM_OK;
    if (status == IAM_ENOMEM)
        return iamp_error_nomem(r->err);
    return iamp_json_error(
        r->err, IAM_ESCENARIO, r->tree, at, "%s", inner->message);
}

typedef iam_status setter(iam_request *request, text value, iam_error *err);

/* A member that is a string, by its setter; missing is fine. */
static iam_status set_string(scenario_reader *r, json_ref object, text name,
    iam_request *request, setter *set)
{
    json_ref at = iamp_json_member(r->tree, object, name);
    iam_error inner = {.status = IAM_OK};
    text value;
    iam_status status = iamp_scenario_string(r, object, name, &value);

    if (status != IAM_OK || at == JSON_END)
        return status;
    return placed(r, at, set(request, value, &inner), &inner);
}

/* --- principal ---------------------------------------------------------------- */

static iam_status read_principal_object(
    scenario_reader *r, json_ref at, iam_request *request)
{
    static const text known[] = {
        {"arn", 3}, {"role", 4}, {"user", 4}, {"service", 7}};
    bool service = iamp_json_member(r->tree, at, TEXT("service")) != JSON_END;
    bool named = iamp_json_member(r->tree, at, TEXT("arn")) != JSON_END;
    iam_status status = iamp_scenario_members(r, at, known, COUNT_OF(known));

    if (status != IAM_OK)
        return status;
    if (service == named)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "a principal object has either \"service\", or \"arn\" with "
            "\"role\" or \"user\"; this one has %s",
            service ? "both" : "neither");
    if (service)
        return set_string(
            r, at, TEXT("service"), request, iamp_request_set_service);
    status =
        set_string(r, at, TEXT("arn"), request, iamp_request_set_principal);
    if (status == IAM_OK)
        status =
            set_string(r, at, TEXT("role"), request, iamp_request_set_role);
    if (status == IAM_OK)
        status =
            set_string(r, at, TEXT("user"), request, iamp_request_set_user);
    return status;
}

static iam_status read_principal(
    scenario_reader *r, json_ref object, iam_request *request)
{
    json_ref at = iamp_json_member(r->tree, object, TEXT("principal"));

    if (at == JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, object,
            "a request needs a \"principal\"");
    if (r->tree->nodes[at].kind == JSON_KIND_OBJECT)
        return read_principal_object(r, at, request);
    return set_string(
        r, object, TEXT("principal"), request, iamp_request_set_principal);
}

/* --- context -------------------------------------------------------------------- */

static bool scalar(json_kind kind)
{
    return kind == JSON_KIND_STRING || kind == JSON_KIND_NUMBER ||
           kind == JSON_KIND_TRUE || kind == JSON_KIND_FALSE;
}

static iam_status read_list(
    scenario_reader *r, json_ref at, iam_request *request, arena *scratch)
{
    const json_node *node = &r->tree->nodes[at];
    text *values = ARENA_ARRAY(scratch, text, node->count);
    iam_error inner = {.status = IAM_OK};
    size_t count = 0;

    if (!values)
        return iamp_error_nomem(r->err);
    for (json_ref v = node->first; v != JSON_END; v = r->tree->nodes[v].next) {
        if (!scalar((json_kind)r->tree->nodes[v].kind))
            return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, v,
                "a value of a condition key is a string, a number or a "
                "boolean, not %s",
                iamp_json_kind_name((json_kind)r->tree->nodes[v].kind));
        values[count++] = r->tree->nodes[v].value;
    }
    return placed(r, at,
        iamp_request_set_values(
            request, node->key, true, values, count, &inner),
        &inner);
}

static iam_status read_key(
    scenario_reader *r, json_ref at, iam_request *request, arena *scratch)
{
    const json_node *node = &r->tree->nodes[at];
    iam_error inner = {.status = IAM_OK};

    if (node->kind == JSON_KIND_ARRAY)
        return read_list(r, at, request, scratch);
    if (!scalar((json_kind)node->kind))
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "a condition key has a string, a number, a boolean or a list of "
            "them, not %s; leave the key out if it is absent",
            iamp_json_kind_name((json_kind)node->kind));
    return placed(r, at,
        iamp_request_set_values(
            request, node->key, false, &node->value, 1, &inner),
        &inner);
}

static iam_status read_context(
    scenario_reader *r, json_ref object, iam_request *request)
{
    json_ref at = iamp_json_member(r->tree, object, TEXT("context"));
    iam_status status = IAM_OK;
    arena scratch;

    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_OBJECT)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"context\" must be an object of condition keys, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    iamp_arena_init(&scratch, r->from);
    for (at = r->tree->nodes[at].first; at != JSON_END && status == IAM_OK;
         at = r->tree->nodes[at].next)
        status = read_key(r, at, request, &scratch);
    iamp_arena_release(&scratch);
    return status;
}

/* --- flags, regions, expectation ------------------------------------------------ */

static iam_status read_flags(
    scenario_reader *r, json_ref object, iam_request *request)
{
    json_ref at = iamp_json_member(r->tree, object, TEXT("flags"));
    char quoted[JSON_QUOTED];

    request->flags = r->no_derived_keys ? IAM_NO_DERIVED_KEYS : 0;
    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_OBJECT)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"flags\" must be an object of booleans, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    for (at = r->tree->nodes[at].first; at != JSON_END;
         at = r->tree->nodes[at].next) {
        const json_node *node = &r->tree->nodes[at];
        uint32_t flag = 0;

        for (size_t i = 0; i < COUNT_OF(iamp_flag_names); i++)
            if (text_eq(node->key, iamp_flag_names[i].name))
                flag = iamp_flag_names[i].flag;
        if (!flag)
            return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
                "there is no flag \"%s\"; the flags are managementAccount, "
                "serviceLinkedRole, hasBoundary, viaEndpoint, explicitTrust "
                "and resourceInManagementAccount",
                iamp_json_quote(node->key, quoted));
        if (node->kind != JSON_KIND_TRUE && node->kind != JSON_KIND_FALSE)
            return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
                "a flag is true or false, not %s",
                iamp_json_kind_name((json_kind)node->kind));
        if (node->kind == JSON_KIND_TRUE)
            request->flags |= flag;
    }
    return IAM_OK;
}

static iam_status read_regions(scenario_reader *r, json_ref object,
    const text **out, size_t *count, arena *scratch)
{
    json_ref at = iamp_json_member(r->tree, object, TEXT("regions"));
    text *regions;

    *out = NULL;
    *count = 0;
    if (at == JSON_END)
        return IAM_OK;
    if (r->tree->nodes[at].kind != JSON_KIND_ARRAY)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"regions\" must be an array of region names, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    regions = ARENA_ARRAY(scratch, text, r->tree->nodes[at].count);
    if (!regions)
        return iamp_error_nomem(r->err);
    for (at = r->tree->nodes[at].first; at != JSON_END;
         at = r->tree->nodes[at].next) {
        if (r->tree->nodes[at].kind != JSON_KIND_STRING)
            return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
                "a region is a string, not %s",
                iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
        regions[(*count)++] = r->tree->nodes[at].value;
    }
    *out = regions;
    return IAM_OK;
}

static iam_status read_outcome(
    scenario_reader *r, json_ref object, iam_expectation *out)
{
    json_ref at = iamp_json_member(r->tree, object, TEXT("expect"));
    char quoted[JSON_QUOTED];
    text expect;

    if (at == JSON_END)
        return IAM_OK;
    expect = r->tree->nodes[at].value;
    out->given = true;
    if (r->tree->nodes[at].kind == JSON_KIND_STRING) {
        if (text_eq(expect, TEXT("allow"))) {
            out->outcome = IAM_ALLOW;
            return IAM_OK;
        }
        if (text_eq(expect, TEXT("explicit deny"))) {
            out->outcome = IAM_EXPLICIT_DENY;
            return IAM_OK;
        }
        if (text_eq(expect, TEXT("implicit deny")))
            return IAM_OK;
    }
    return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
        "\"expect\" must be \"allow\", \"implicit deny\" or \"explicit "
        "deny\", not \"%s\"",
        iamp_json_quote(expect, quoted));
}

static iam_status read_expectation(
    scenario_reader *r, json_ref object, iam_expectation *out)
{
    arena *mem = &r->scenario->mem;
    text by, message;
    iam_status status = read_outcome(r, object, out);

    if (status == IAM_OK)
        status = iamp_scenario_string(r, object, TEXT("by"), &by);
    if (status == IAM_OK)
        status = iamp_scenario_string(r, object, TEXT("message"), &message);
    if (status != IAM_OK)
        return status;
    if (!text_keep(&by, by, mem) || !text_keep(&message, message, mem))
        return iamp_error_nomem(r->err);
    out->by = by.ptr;
    out->message = message.ptr;
    return IAM_OK;
}

/* --- the request ------------------------------------------------------------------ */

static iam_status fill_request(
    scenario_reader *r, json_ref node, iam_request *request)
{
    iam_status status = read_principal(r, node, request);

    if (status == IAM_OK)
        status = set_string(
            r, node, TEXT("action"), request, iamp_request_set_action);
    if (status == IAM_OK)
        status = set_string(
            r, node, TEXT("resource"), request, iamp_request_set_resource);
    if (status == IAM_OK)
        status = set_string(r, node, TEXT("resourceAccount"), request,
            iamp_request_set_resource_account);
    if (status == IAM_OK)
        status = set_string(r, node, TEXT("resourcePolicyName"), request,
            iamp_request_set_resource_policy_name);
    if (status == IAM_OK)
        status = read_context(r, node, request);
    return status == IAM_OK ? read_flags(r, node, request) : status;
}

/* What stands for the call: an action on a resource, or an operation. */
static iam_status check_call(
    scenario_reader *r, json_ref node, const iam_request *request)
{
    json_ref action = iamp_json_member(r->tree, node, TEXT("action"));
    json_ref operation = iamp_json_member(r->tree, node, TEXT("operation"));
    json_ref resource = iamp_json_member(r->tree, node, TEXT("resource"));

    if (action == JSON_END && operation == JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, node,
            "a request needs an \"action\" or an \"operation\"");
    if (action != JSON_END && operation != JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree,
            action > operation ? action : operation,
            "a request has an \"action\" or an \"operation\", not both");
    if (action != JSON_END && resource == JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, node,
            "a request needs a \"resource\": an ARN, or \"*\"");
    if (action != JSON_END && request->model.text.len)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, resource,
            "the resource must be an ARN of six fields or \"*\"");
    return IAM_OK;
}

static iam_status make_operation(scenario_reader *r, json_ref node,
    const iam_request *request, scenario_request *out)
{
    json_ref at = iamp_json_member(r->tree, node, TEXT("operation"));
    iam_error inner = {.status = IAM_OK};
    const text *regions;
    size_t count;
    text operation;
    arena scratch;
    iam_status status =
        iamp_scenario_string(r, node, TEXT("operation"), &operation);

    if (status != IAM_OK)
        return status;
    if (at != JSON_END && operation.len == 0)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "an operation is service:Operation, such as "
            "\"bedrock-runtime:Converse\"");
    iamp_arena_init(&scratch, r->from);
    status = read_regions(r, node, &regions, &count, &scratch);
    if (status == IAM_OK)
        status = placed(r, at == JSON_END ? node : at,
            iamp_operation_new(&out->operation, request, operation, regions,
                count, r->from, &inner),
            &inner);
    iamp_arena_release(&scratch);
    return status;
}

iam_status iamp_scenario_request(
    scenario_reader *r, json_ref node, scenario_request *out)
{
    static const text known[] = {{"id", 2}, {"about", 5}, {"principal", 9},
        {"action", 6}, {"operation", 9}, {"resource", 8},
        {"resourceAccount", 15}, {"context", 7}, {"flags", 5},
        {"resourcePolicyName", 18}, {"regions", 7}, {"expect", 6}, {"by", 2},
        {"message", 7}};
    iam_request *request;
    text id = {"", 0};
    iam_status status;

    if (r->tree->nodes[node].kind != JSON_KIND_OBJECT)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, node,
            "a request is an object, not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[node].kind));
    status = iamp_scenario_members(r, node, known, COUNT_OF(known));
    if (status == IAM_OK)
        status = iamp_scenario_string(r, node, TEXT("id"), &id);
    if (status == IAM_OK && !text_keep(&out->id, id, &r->scenario->mem))
        status = iamp_error_nomem(r->err);
    if (status == IAM_OK)
        status = read_expectation(r, node, &out->expected);
    if (status != IAM_OK)
        return status;
    if (iamp_request_new(&request, r->from) != IAM_OK)
        return iamp_error_nomem(r->err);
    status = fill_request(r, node, request);
    if (status == IAM_OK)
        status = check_call(r, node, request);
    if (status == IAM_OK)
        status = make_operation(r, node, request, out);
    iamp_request_free(request);
    return status;
}
