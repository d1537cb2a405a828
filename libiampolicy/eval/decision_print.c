/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decision_print.c - a decision, and a request, as JSON.
 */
#include "eval/decision.h"

static text from_c(const char *s)
{
    return iamp_text_of(s, IAM_NTS);
}

static text outcome_text(iam_outcome outcome)
{
    switch (outcome) {
    case IAM_ALLOW:
        return TEXT("allow");
    case IAM_EXPLICIT_DENY:
        return TEXT("explicit deny");
    case IAM_IMPLICIT_DENY:
        break;
    }
    return TEXT("implicit deny");
}

static void add_member(textbuf *buf, const char *name, text value)
{
    iamp_textbuf_add_c(buf, ',');
    iamp_textbuf_add_json(buf, from_c(name));
    iamp_textbuf_add_c(buf, ':');
    iamp_textbuf_add_json(buf, value);
}

static void add_number(textbuf *buf, const char *name, uint64_t value)
{
    iamp_textbuf_add_c(buf, ',');
    iamp_textbuf_add_json(buf, from_c(name));
    iamp_textbuf_add_c(buf, ':');
    iamp_textbuf_add_number(buf, value);
}

/* The members that a match and a near miss share; leaves the brace open. */
static void open_statement(textbuf *buf, const told_statement *s)
{
    textbuf_add_lit(buf, "{\"policy\":");
    iamp_textbuf_add_number(buf, s->entry);
    if (s->has_name)
        add_member(buf, "name", s->name);
    add_number(buf, "statement", s->statement);
    add_member(buf, "sid", s->sid);
    add_member(buf, "effect", s->deny ? TEXT("Deny") : TEXT("Allow"));
    add_number(buf, "line", s->line);
    add_number(buf, "column", s->column);
}

static void add_matches(textbuf *buf, const iam_decision *d)
{
    textbuf_add_lit(buf, ",\"matched\":[");
    for (size_t i = 0; i < d->match_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        open_statement(buf, &d->matches[i]);
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

static void add_missing(textbuf *buf, const iam_decision *d)
{
    textbuf_add_lit(buf, ",\"missing\":[");
    for (size_t i = 0; i < d->missing_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, d->missing[i]);
    }
    iamp_textbuf_add_c(buf, ']');
}

static void add_misses(textbuf *buf, const iam_decision *d)
{
    textbuf_add_lit(buf, ",\"nearMisses\":[");
    for (size_t i = 0; i < d->miss_count; i++) {
        const told_miss *miss = &d->misses[i];

        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        open_statement(buf, &miss->statement);
        add_member(buf, "element", from_c(miss->element));
        if (miss->key.len) {
            add_member(buf, "operator", miss->operator_name);
            add_member(buf, "key", miss->key);
        }
        add_member(buf, "message", miss->message);
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

static text severity_text(iam_severity severity)
{
    switch (severity) {
    case IAM_ERROR:
        return TEXT("error");
    case IAM_WARNING:
        return TEXT("warning");
    case IAM_SUGGESTION:
        return TEXT("suggestion");
    case IAM_OPEN_RULE:
        break;
    }
    return TEXT("open rule");
}

static void add_findings(
    textbuf *buf, const iam_finding *findings, size_t count)
{
    textbuf_add_lit(buf, ",\"findings\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        textbuf_add_lit(buf, "{\"code\":");
        iamp_textbuf_add_json(buf, from_c(findings[i].code));
        add_member(buf, "severity", severity_text(findings[i].severity));
        add_member(buf, "message", from_c(findings[i].message));
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

static void add_checks(textbuf *buf, const iam_decision *d)
{
    textbuf_add_lit(buf, ",\"checks\":[");
    for (size_t i = 0; i < d->check_count; i++) {
        const iam_decision *check = d->checks[i];

        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        textbuf_add_lit(buf, "{\"action\":");
        iamp_textbuf_add_json(buf, check->request->action.text);
        add_member(buf, "resource", check->request->resource.text);
        add_member(buf, "outcome", outcome_text(check->outcome));
        add_member(buf, "by", check->by_words);
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

void iamp_decision_print(
    const iam_decision *decision, const char *id, textbuf *buf)
{
    const iam_decision *d = decision->speaker;
    const iam_decision *noted = decision->findings ? decision : d;

    textbuf_add_lit(buf, "{\"id\":");
    if (id)
        iamp_textbuf_add_json(buf, from_c(id));
    else
        textbuf_add_lit(buf, "null");
    add_member(buf, "outcome", outcome_text(decision->outcome));
    add_member(buf, "by", d->by_words);
    add_member(buf, "message", d->message);
    add_matches(buf, d);
    add_missing(buf, d);
    add_misses(buf, d);
    add_findings(buf, noted->findings, noted->finding_count);
    if (decision->operation)
        add_checks(buf, decision);
    iamp_textbuf_add_c(buf, '}');
}

/* --- a request as a scenario's request object ------------------------------ */

/* Was a role told that the principal's own ARN does not tell? */
static bool tells_role(const iam_request *r)
{
    return r->role_told && !text_eq(r->role.text, r->principal.text);
}

static void add_principal(textbuf *buf, const iam_request *r)
{
    textbuf_add_lit(buf, "{\"principal\":");
    if (r->caller == PRINCIPAL_SERVICE) {
        textbuf_add_lit(buf, "{\"service\":");
        iamp_textbuf_add_json(buf, r->principal.text);
        iamp_textbuf_add_c(buf, '}');
    } else if (r->user.text.len || tells_role(r)) {
        textbuf_add_lit(buf, "{\"arn\":");
        iamp_textbuf_add_json(buf, r->principal.text);
        if (r->caller != PRINCIPAL_FEDERATED)
            add_member(buf, "role", r->role.text);
        else
            add_member(buf, "user", r->user.text);
        iamp_textbuf_add_c(buf, '}');
    } else {
        iamp_textbuf_add_json(buf, r->principal.text);
    }
}

/* The same name with the case of its first letter changed. */
static void add_other_spelling(textbuf *buf, text name)
{
    size_t at = 0;
    unsigned char c = 0;
    textbuf other;

    for (; at < name.len; at++) {
        c = ascii_lower(name.ptr[at]);
        if (c >= 'a' && c <= 'z')
            break;
    }
    if (at == name.len)
        return;
    if (c == (unsigned char)name.ptr[at])
        c = (unsigned char)(c - 'a' + 'A');
    iamp_textbuf_init(&other, buf->from);
    iamp_textbuf_add(&other, name);
    if (!other.failed) {
        other.ptr[at] = (char)c;
        iamp_textbuf_add_json(buf, textbuf_text(&other));
        textbuf_add_lit(buf, ":\"\",");
    }
    buf->failed |= other.failed;
    iamp_textbuf_release(&other);
}

static void add_key(textbuf *buf, const context_key *k, bool *first)
{
    if (!k->present)
        return;
    iamp_textbuf_add(buf, *first ? TEXT(",\"context\":{") : TEXT(","));
    *first = false;
    if (k->ambiguous)
        add_other_spelling(buf, k->name.text);
    iamp_textbuf_add_json(buf, k->name.text);
    iamp_textbuf_add_c(buf, ':');
    if (k->list)
        iamp_textbuf_add_c(buf, '[');
    for (uint32_t i = 0; i < k->count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, k->values[i]);
    }
    if (k->list)
        iamp_textbuf_add_c(buf, ']');
}

static void add_context(textbuf *buf, const iam_request *r)
{
    bool first = true;

    for (uint32_t i = 0; i < r->key_count; i++)
        add_key(buf, &r->keys[i], &first);
    if (!first)
        iamp_textbuf_add_c(buf, '}');
}

static void add_flags(textbuf *buf, const iam_request *r)
{
    bool first = true;

    for (size_t i = 0; i < COUNT_OF(iamp_flag_names); i++) {
        if (!(r->flags & iamp_flag_names[i].flag))
            continue;
        iamp_textbuf_add(buf, first ? TEXT(",\"flags\":{") : TEXT(","));
        first = false;
        iamp_textbuf_add_json(buf, iamp_flag_names[i].name);
        textbuf_add_lit(buf, ":true");
    }
    if (!first)
        iamp_textbuf_add_c(buf, '}');
}

void iamp_request_print(const iam_request *request, textbuf *buf)
{
    add_principal(buf, request);
    if (request->action.text.len)
        add_member(buf, "action", request->action.text);
    if (request->resource.text.len || request->model.text.len)
        add_member(buf, "resource",
            request->resource.text.len ? request->resource.text
                                       : request->model.text);
    if (request->resource_account.text.len)
        add_member(buf, "resourceAccount", request->resource_account.text);
    if (request->resource_policy_name.text.len)
        add_member(
            buf, "resourcePolicyName", request->resource_policy_name.text);
    add_context(buf, request);
    add_flags(buf, request);
    iamp_textbuf_add_c(buf, '}');
}
