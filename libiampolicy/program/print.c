/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.c - program to canonical JSON: one order of elements, no white space,
 * one value without brackets, several with.
 */
#include "program/program.h"

static void add_name(textbuf *buf, const char *name)
{
    iamp_textbuf_add_json(buf, iamp_text_of(name, IAM_NTS));
    iamp_textbuf_add_c(buf, ':');
}

/* A comma where something stands already. */
static void separate(textbuf *buf, bool *first)
{
    if (!*first)
        iamp_textbuf_add_c(buf, ',');
    *first = false;
}

static void open_list(textbuf *buf, size_t count)
{
    if (count != 1)
        iamp_textbuf_add_c(buf, '[');
}

static void close_list(textbuf *buf, size_t count)
{
    if (count != 1)
        iamp_textbuf_add_c(buf, ']');
}

static const char *class_name(principal_class type)
{
    switch (type) {
    case CLASS_EVERYBODY:
    case CLASS_AWS:
        return "AWS";
    case CLASS_SERVICE:
        return "Service";
    case CLASS_FEDERATED:
        return "Federated";
    case CLASS_CANONICAL_USER:
        return "CanonicalUser";
    }
    return "";
}

static void add_principals(textbuf *buf, const program_statement *s)
{
    uint32_t at = 0;

    add_name(buf, s->not_principal ? "NotPrincipal" : "Principal");
    if (s->principal_count == 1 && s->principals[0].type == CLASS_EVERYBODY) {
        textbuf_add_lit(buf, "\"*\"");
        return;
    }
    iamp_textbuf_add_c(buf, '{');
    while (at < s->principal_count) {
        principal_class type = (principal_class)s->principals[at].type;
        uint32_t end = at;

        while (end < s->principal_count && s->principals[end].type == type)
            end++;
        if (at > 0)
            iamp_textbuf_add_c(buf, ',');
        add_name(buf, class_name(type));
        open_list(buf, end - at);
        for (uint32_t i = at; i < end; i++) {
            if (i > at)
                iamp_textbuf_add_c(buf, ',');
            iamp_textbuf_add_json(buf, s->principals[i].written);
        }
        close_list(buf, end - at);
        at = end;
    }
    iamp_textbuf_add_c(buf, '}');
}

static void add_actions(textbuf *buf, const program_statement *s)
{
    add_name(buf, s->not_action ? "NotAction" : "Action");
    open_list(buf, s->action_count);
    for (uint32_t i = 0; i < s->action_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, action_written(&s->actions[i]));
    }
    close_list(buf, s->action_count);
}

static void add_resources(textbuf *buf, const program_statement *s)
{
    add_name(buf, s->not_resource ? "NotResource" : "Resource");
    open_list(buf, s->resource_count);
    for (uint32_t i = 0; i < s->resource_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, resource_written(&s->resources[i]));
    }
    close_list(buf, s->resource_count);
}

static void add_values(textbuf *buf, const condition *c)
{
    open_list(buf, c->value_count);
    for (uint32_t i = 0; i < c->value_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, c->values[i]);
    }
    close_list(buf, c->value_count);
}

/* Conditions under one operator stand together: they came from one object. */
static void add_conditions(
    textbuf *buf, const program_statement *s, uint32_t omitted)
{
    const condition *before = NULL;

    add_name(buf, "Condition");
    iamp_textbuf_add_c(buf, '{');
    for (uint32_t i = 0; i < s->condition_count; i++) {
        const condition *c = &s->conditions[i];
        bool goes_on = before && text_eq(c->written, before->written);

        if (i == omitted)
            continue;
        if (!goes_on && before)
            textbuf_add_lit(buf, "},");
        before = c;
        if (goes_on)
            iamp_textbuf_add_c(buf, ',');
        if (!goes_on) {
            iamp_textbuf_add_json(buf, c->written);
            textbuf_add_lit(buf, ":{");
        }
        iamp_textbuf_add_json(buf, c->key.name);
        iamp_textbuf_add_c(buf, ':');
        add_values(buf, c);
    }
    textbuf_add_lit(buf, "}}");
}

/* In place of a statement that is left out: one that applies to nothing, for a
 * pattern without a colon is no action (A6.6). */
static void add_nothing(textbuf *buf, const program_statement *s)
{
    textbuf_add_lit(buf, "{\"Effect\":\"Allow\",");
    if (s->has_principal)
        textbuf_add_lit(buf, "\"Principal\":\"*\",");
    textbuf_add_lit(buf, "\"Action\":\"nothing\"");
    if (s->has_resource)
        textbuf_add_lit(buf, ",\"Resource\":\"*\"");
    iamp_textbuf_add_c(buf, '}');
}

static void add_statement(
    textbuf *buf, const program_statement *s, uint32_t omitted)
{
    bool first = true;

    if (s->undecidable) {
        iamp_textbuf_add(buf, s->raw);
        return;
    }
    iamp_textbuf_add_c(buf, '{');
    if (s->has_sid) {
        separate(buf, &first);
        add_name(buf, "Sid");
        iamp_textbuf_add_json(buf, s->sid);
    }
    separate(buf, &first);
    add_name(buf, "Effect");
    iamp_textbuf_add_json(buf, s->deny ? TEXT("Deny") : TEXT("Allow"));
    if (s->has_principal) {
        separate(buf, &first);
        add_principals(buf, s);
    }
    separate(buf, &first);
    add_actions(buf, s);
    if (s->has_resource) {
        separate(buf, &first);
        add_resources(buf, s);
    }
    if (s->condition_count > (omitted < s->condition_count)) {
        separate(buf, &first);
        add_conditions(buf, s, omitted);
    }
    iamp_textbuf_add_c(buf, '}');
}

void iamp_policy_print(const iam_policy *policy, textbuf *buf)
{
    iamp_policy_print_without(policy, UINT32_MAX, UINT32_MAX, buf);
}

void iamp_policy_print_without(const iam_policy *policy, uint32_t statement,
    uint32_t omitted, textbuf *buf)
{
    bool first = true;

    iamp_textbuf_add_c(buf, '{');
    if (policy->has_version) {
        separate(buf, &first);
        add_name(buf, "Version");
        iamp_textbuf_add_json(buf,
            policy->version_2012 ? TEXT("2012-10-17") : TEXT("2008-10-17"));
    }
    if (policy->has_id) {
        separate(buf, &first);
        add_name(buf, "Id");
        iamp_textbuf_add_json(buf, policy->id);
    }
    separate(buf, &first);
    textbuf_add_lit(buf, "\"Statement\":[");
    for (uint32_t i = 0; i < policy->statement_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        if (i == statement && omitted == UINT32_MAX)
            add_nothing(buf, &policy->statements[i]);
        else
            add_statement(buf, &policy->statements[i],
                i == statement ? omitted : UINT32_MAX);
    }
    textbuf_add_lit(buf, "]}");
}
