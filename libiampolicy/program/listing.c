/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.c - program to text, one instruction a line, for tests and eyes.
 *
 *     0  allow  "ReadReports"
 *          action    s3:getobject | s3:listbucket
 *          resource  arn:aws:s3:::reports/...
 *          when      IpAddress  aws:SourceIp  {192.0.2.0/24, 198.51.100.0/24}
 *
 * Values stand as they were compiled: actions folded, addresses merged,
 * values that can never match left out and counted.
 */
#include "program/program.h"

static void add_heading(textbuf *buf, const char *name)
{
    textbuf_add_lit(buf, "\n     ");
    iamp_textbuf_add(buf, iamp_text_of(name, IAM_NTS));
    for (size_t len = strlen(name); len < 14; len++)
        iamp_textbuf_add_c(buf, ' ');
}

static void add_lower(textbuf *buf, text t)
{
    for (size_t i = 0; i < t.len; i++)
        iamp_textbuf_add_c(buf, (char)ascii_lower(t.ptr[i]));
}

static void list_actions(textbuf *buf, const program_statement *s)
{
    add_heading(buf, s->not_action ? "not action" : "action");
    for (uint32_t i = 0; i < s->action_count; i++) {
        if (i > 0)
            textbuf_add_lit(buf, " | ");
        add_lower(buf, action_written(&s->actions[i]));
        if (s->actions[i].never)
            textbuf_add_lit(buf, " (never)");
    }
    if (s->action_count == 0)
        textbuf_add_lit(buf, "none");
}

/* Characters that would be read as wildcards or variables stand as ${c}. */
static void add_literal(textbuf *buf, text t)
{
    for (size_t i = 0; i < t.len; i++) {
        bool special = t.ptr[i] == '*' || t.ptr[i] == '?' || t.ptr[i] == '$';

        if (special)
            textbuf_add_lit(buf, "${");
        iamp_textbuf_add_c(buf, t.ptr[i]);
        if (special)
            iamp_textbuf_add_c(buf, '}');
    }
}

/* The pattern as it is matched: completed, with * of two reaches. */
static void add_glob(textbuf *buf, const glob *g)
{
    for (uint32_t i = 0; i < iamp_glob_count(g); i++) {
        glob_token token = iamp_glob_token(g, i);

        switch ((glob_type)token.type) {
        case GLOB_LITERAL:
            add_literal(buf, glob_token_text(&token));
            break;
        case GLOB_ONE:
        case GLOB_ONE_IN_FIELD:
            iamp_textbuf_add_c(buf, '?');
            break;
        case GLOB_RUN:
            iamp_textbuf_add_c(buf, '*');
            break;
        case GLOB_RUN_IN_FIELD:
            textbuf_add_lit(buf, "[*]");
            break;
        case GLOB_VARIABLE:
            textbuf_add_lit(buf, "${");
            iamp_textbuf_add_number(buf, token.number);
            iamp_textbuf_add_c(buf, '}');
            break;
        }
    }
}

static void list_resources(textbuf *buf, const program_statement *s)
{
    if (!s->has_resource)
        return;
    add_heading(buf, s->not_resource ? "not resource" : "resource");
    for (uint32_t i = 0; i < s->resource_count; i++) {
        if (i > 0)
            textbuf_add_lit(buf, " | ");
        add_glob(buf, &s->resources[i].glob);
        if (s->resources[i].never)
            textbuf_add_lit(buf, " (never)");
    }
    if (s->resource_count == 0)
        textbuf_add_lit(buf, "none");
}

static const char *named(principal_match_kind kind)
{
    switch (kind) {
    case NAMES_NOBODY:
        return "nobody ";
    case NAMES_EVERYBODY:
        return "everybody ";
    case NAMES_ACCOUNT:
        return "account ";
    case NAMES_USER:
    case NAMES_USER_ID:
        return "user ";
    case NAMES_ROLE:
    case NAMES_ROLE_ID:
        return "role ";
    case NAMES_SESSION:
        return "session ";
    case NAMES_FEDERATED_USER:
        return "federated user ";
    case NAMES_SERVICE:
        return "service ";
    case NAMES_PROVIDER:
        return "provider ";
    }
    return "";
}

static void list_principals(textbuf *buf, const program_statement *s)
{
    if (!s->has_principal)
        return;
    add_heading(buf, s->not_principal ? "not principal" : "principal");
    for (uint32_t i = 0; i < s->principal_count; i++) {
        const principal_value *p = &s->principals[i];

        if (i > 0)
            textbuf_add_lit(buf, " | ");
        iamp_textbuf_add(
            buf, iamp_text_of(named((principal_match_kind)p->kind), IAM_NTS));
        iamp_textbuf_add(buf, p->written);
    }
    if (s->principal_count == 0)
        textbuf_add_lit(buf, "none");
}

typedef struct block_list {
    textbuf *buf;
    bool first;
} block_list;

static bool add_block(void *user, const ipblock *block)
{
    block_list *list = user;
    char name[IPBLOCK_TEXT];
    size_t len = iamp_ipblock_print(block, name);

    if (!list->first)
        textbuf_add_lit(list->buf, ", ");
    list->first = false;
    iamp_textbuf_add(list->buf, (text){name, len});
    return true;
}

static void list_values(textbuf *buf, const condition *c)
{
    block_list blocks = {buf, true};

    iamp_textbuf_add_c(buf, '{');
    if (c->op.base == OP_IP_ADDRESS)
        (void)iamp_ipset_blocks(c->of.addresses, add_block, &blocks);
    else
        for (uint32_t i = 0; i < c->value_count; i++) {
            if (i > 0)
                textbuf_add_lit(buf, ", ");
            iamp_textbuf_add_json(buf, c->values[i]);
        }
    iamp_textbuf_add_c(buf, '}');
    if (c->invalid)
        textbuf_add_lit(buf, " (some values never match)");
}

static void list_conditions(textbuf *buf, const program_statement *s)
{
    for (uint32_t i = 0; i < s->condition_count; i++) {
        const condition *c = &s->conditions[i];
        char name[OPERATOR_TEXT];
        size_t len = iamp_operator_print(&c->op, name);

        add_heading(buf, "when");
        iamp_textbuf_add(buf, (text){name, len});
        textbuf_add_lit(buf, "  ");
        iamp_textbuf_add(buf, c->key.name);
        textbuf_add_lit(buf, "  ");
        list_values(buf, c);
    }
}

static void list_variables(textbuf *buf, const iam_policy *policy)
{
    for (uint32_t i = 0; i < policy->variable_count; i++) {
        const program_variable *v = &policy->variables[i];

        textbuf_add_lit(buf, "${");
        iamp_textbuf_add_number(buf, i);
        textbuf_add_lit(buf, "}  ");
        iamp_textbuf_add(buf, v->key.name);
        if (v->has_fallback) {
            textbuf_add_lit(buf, "  else ");
            iamp_textbuf_add_json(buf, v->fallback);
        }
        iamp_textbuf_add_c(buf, '\n');
    }
}

void iamp_policy_list(const iam_policy *policy, textbuf *buf)
{
    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        iamp_textbuf_add_number(buf, i);
        iamp_textbuf_add(buf, s->deny ? TEXT("  deny") : TEXT("  allow"));
        if (s->has_sid) {
            textbuf_add_lit(buf, "  ");
            iamp_textbuf_add_json(buf, s->sid);
        }
        if (s->undecidable)
            textbuf_add_lit(buf, "  undecidable");
        list_principals(buf, s);
        list_actions(buf, s);
        list_resources(buf, s);
        list_conditions(buf, s);
        iamp_textbuf_add_c(buf, '\n');
    }
    list_variables(buf, policy);
}
