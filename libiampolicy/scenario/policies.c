/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policies.c - the "policies" of a scenario, compiled into a stack.
 *
 * A policy that stands in the scenario as an object keeps its places in the
 * scenario's text; one in a string has places in that string.
 */
#include "scenario/scenario.h"

static const char *const kind_names[] = {
    [IAM_IDENTITY_POLICY] = "identity",
    [IAM_RESOURCE_POLICY] = "resource",
    [IAM_PERMISSIONS_BOUNDARY] = "boundary",
    [IAM_SESSION_POLICY] = "session",
    [IAM_SERVICE_CONTROL_POLICY] = "scp",
    [IAM_RESOURCE_CONTROL_POLICY] = "rcp",
    [IAM_ENDPOINT_POLICY] = "endpoint",
    [IAM_TRUST_POLICY] = "trust",
};

const char *iamp_kind_name(iam_policy_kind kind)
{
    if ((size_t)kind >= COUNT_OF(kind_names) || !kind_names[kind])
        return "";
    return kind_names[kind];
}

iam_policy_kind iamp_kind_from_name(text name)
{
    for (size_t kind = 1; kind < COUNT_OF(kind_names); kind++)
        if (text_eq(name, iamp_text_of(kind_names[kind], IAM_NTS)))
            return (iam_policy_kind)kind;
    return (iam_policy_kind)0;
}

static iam_status read_kind(
    scenario_reader *r, json_ref entry, iam_policy_kind *out)
{
    json_ref at = iamp_json_member(r->tree, entry, TEXT("kind"));
    char quoted[JSON_QUOTED];

    if (at == JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, entry,
            "a policy needs a \"kind\": \"identity\", \"resource\", "
            "\"boundary\", \"session\", \"scp\", \"rcp\", \"endpoint\" or "
            "\"trust\"");
    *out = r->tree->nodes[at].kind == JSON_KIND_STRING
               ? iamp_kind_from_name(r->tree->nodes[at].value)
               : (iam_policy_kind)0;
    if (*out == 0)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "\"kind\" must be \"identity\", \"resource\", \"boundary\", "
            "\"session\", \"scp\", \"rcp\", \"endpoint\" or \"trust\", not "
            "\"%s\"",
            iamp_json_quote(r->tree->nodes[at].value, quoted));
    return IAM_OK;
}

/* A whole number of at most two digits: levels end long before. */
static iam_status read_level(scenario_reader *r, json_ref entry, uint32_t *out)
{
    json_ref at = iamp_json_member(r->tree, entry, TEXT("level"));
    text digits;

    *out = 0;
    if (at == JSON_END)
        return IAM_OK;
    digits = r->tree->nodes[at].value;
    if (r->tree->nodes[at].kind == JSON_KIND_NUMBER && digits.len <= 2) {
        bool whole = true;

        for (size_t i = 0; i < digits.len; i++) {
            whole &= ascii_digit(digits.ptr[i]);
            *out = *out * 10 + (uint32_t)(digits.ptr[i] - '0');
        }
        if (whole)
            return IAM_OK;
    }
    return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
        "\"level\" must be a whole number: 0 for the root, then each OU, then "
        "the account");
}

/* A policy that is a JSON text, or a percent-encoded one, inside a string. */
static iam_status compile_string(
    scenario_reader *r, json_ref at, iam_policy_kind kind, iam_policy **out)
{
    iam_error inner = {.status = IAM_OK};
    iam_status status = iamp_policy_compile_text(
        out, r->tree->nodes[at].value, kind, r->options, &inner);

    if (status == IAM_OK)
        return IAM_OK;
    if (status == IAM_ENOMEM)
        return iamp_error_nomem(r->err);
    return iamp_json_error(r->err, status, r->tree, at,
        "%s (line %u, column %u of the text in this string)", inner.message,
        (unsigned)inner.line, (unsigned)inner.column);
}

static iam_status compile_policy(
    scenario_reader *r, json_ref entry, iam_policy_kind kind, iam_policy **out)
{
    json_ref at = iamp_json_member(r->tree, entry, TEXT("policy"));

    if (at == JSON_END)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, entry,
            "this entry has no \"policy\"");
    if (r->tree->nodes[at].kind == JSON_KIND_STRING)
        return compile_string(r, at, kind, out);
    return iamp_policy_compile(out, r->tree, at, kind, r->options, r->err);
}

static iam_status read_entry(
    scenario_reader *r, json_ref at, iam_stack_entry *out, arena *scratch)
{
    static const text known[] = {
        {"kind", 4}, {"name", 4}, {"level", 5}, {"policy", 6}};
    iam_policy_kind kind = (iam_policy_kind)0;
    text name = {"", 0};
    iam_status status;

    if (r->tree->nodes[at].kind != JSON_KIND_OBJECT)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, at,
            "an entry of \"policies\" is an object with \"kind\" and "
            "\"policy\", not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[at].kind));
    status = iamp_scenario_members(r, at, known, COUNT_OF(known));
    if (status == IAM_OK)
        status = read_kind(r, at, &kind);
    if (status == IAM_OK)
        status = read_level(r, at, &out->level);
    if (status == IAM_OK)
        status = iamp_scenario_string(r, at, TEXT("name"), &name);
    if (status != IAM_OK)
        return status;
    if (name.len > LONGEST_ENTRY_NAME)
        return iamp_json_error(r->err, IAM_ELIMIT, r->tree,
            iamp_json_member(r->tree, at, TEXT("name")),
            "the name of a policy has %zu bytes, more than the limit of %u",
            name.len, (unsigned)LONGEST_ENTRY_NAME);
    if (iamp_json_member(r->tree, at, TEXT("name")) != JSON_END) {
        if (!text_keep(&name, name, scratch))
            return iamp_error_nomem(r->err);
        out->name = name.ptr;
    }
    return compile_policy(r, at, kind, &out->policy);
}

iam_status iamp_scenario_policies(scenario_reader *r, json_ref list)
{
    size_t count = r->tree->nodes[list].count, taken = 0;
    iam_stack_entry *entries;
    iam_status status = IAM_OK;
    arena scratch;

    if (r->tree->nodes[list].kind != JSON_KIND_ARRAY)
        return iamp_json_error(r->err, IAM_ESCENARIO, r->tree, list,
            "\"policies\" must be an array of objects with \"kind\" and "
            "\"policy\", not %s",
            iamp_json_kind_name((json_kind)r->tree->nodes[list].kind));
    iamp_arena_init(&scratch, r->from);
    entries = ARENA_ARRAY(&scratch, iam_stack_entry, count);
    if (!entries)
        status = iamp_error_nomem(r->err);
    for (json_ref at = r->tree->nodes[list].first;
         at != JSON_END && status == IAM_OK; at = r->tree->nodes[at].next) {
        status = read_entry(r, at, &entries[taken], &scratch);
        if (status == IAM_OK)
            taken++;
    }
    if (status == IAM_OK) {
        status = iamp_stack_new(
            &r->scenario->owned, entries, taken, r->from, r->err);
        r->scenario->stack = r->scenario->owned;
    }
    for (size_t i = 0; i < taken; i++)
        iamp_policy_release(entries[i].policy);
    iamp_arena_release(&scratch);
    return status;
}
