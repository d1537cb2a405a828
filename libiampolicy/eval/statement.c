/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.c - one statement against one request: action, resource,
 * principal, conditions, each with its Not form (A.5 to A.7).
 */
#include "eval/eval.h"
#include "reference/service.h"

static bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

/* --- action -------------------------------------------------------------- */

/* A wildcard does not cross the colon: prefix and name match each by itself
 * (A6.5). */
static bool action_pattern_matches(
    const action_pattern *a, const iam_request *request, trace *t)
{
    if (a->every)
        return true;
    if (a->whole)
        return a->whole == request->action_hashes.whole &&
               text_eq(glob_literal(&a->name), request->folded_name) &&
               text_eq(glob_literal(a->prefix), request->folded_prefix);
    if (a->never || !iamp_glob_match_lower(&a->name, request->folded_name) ||
        !iamp_glob_match_lower(a->prefix, request->folded_prefix))
        return false;
    if (t && a->prefix->shape != GLOB_EXACT)
        trace_rule(t, RULE_PREFIX_WILDCARD);
    return true;
}

bool iamp_action_matches(
    const program_statement *s, const iam_request *request, trace *t)
{
    bool listed = false;

    if (request->action.text.len == 0)
        return false;
    for (uint32_t i = 0; i < s->action_count && !listed; i++)
        listed = action_pattern_matches(&s->actions[i], request, t);
    return listed != s->not_action;
}

/* --- resource ------------------------------------------------------------ */

static bool resource_pattern_matches(
    const resource_pattern *pattern, const binding *b)
{
    glob_values values = {iamp_variable_value, b};

    return !pattern->never &&
           iamp_glob_match(&pattern->glob, b->request->resource.text, &values);
}

enum {
    STRICT_TOKENS = 64
};

/* Would the pattern match too if no star of the first five fields crossed a
 * colon (A.7.3)?  True for patterns too long to look into. */
static bool matches_by_field(const iam_policy *policy,
    const resource_pattern *pattern, const iam_request *request)
{
    binding b = {policy, request, NULL, NULL};
    glob_values values = {iamp_variable_value, &b};
    glob_token tokens[STRICT_TOKENS];
    glob strict = pattern->glob;
    uint32_t count = iamp_glob_count(&pattern->glob);
    size_t colons = 0;

    if (count > STRICT_TOKENS)
        return true;
    for (uint32_t i = 0; i < count; i++) {
        tokens[i] = iamp_glob_token(&pattern->glob, i);
        if (tokens[i].type == GLOB_RUN && colons < 5)
            tokens[i].type = GLOB_RUN_IN_FIELD;
        if (tokens[i].type != GLOB_LITERAL)
            continue;
        for (size_t at = 0; at < tokens[i].number; at++)
            colons += tokens[i].literal[at] == ':';
    }
    if (count == 0)
        return true;
    strict.of.tokens = tokens;
    strict.number = count;
    strict.shape = GLOB_MIXED;
    return iamp_glob_match(&strict, request->resource.text, &values);
}

/* Which open rules stand behind a pattern that matched. */
static void trace_resource(const iam_policy *policy,
    const resource_pattern *pattern, const iam_request *request, trace *t)
{
    text field[6];

    if (!iamp_arn_parts(resource_written(pattern), field))
        return;
    if (has_wildcard(field[1]) || has_wildcard(field[2]))
        trace_rule(t, RULE_ARN_WILDCARD);
    for (size_t i = 1; policy->version_2012 && i < 5; i++)
        if (iamp_text_find(field[i], '$') < field[i].len)
            trace_rule(t, RULE_ARN_VARIABLE);
    if (!matches_by_field(policy, pattern, request))
        trace_rule(t, RULE_FIELD_STAR);
}

bool iamp_resource_matches(const iam_policy *policy, const program_statement *s,
    const iam_request *request, trace *t)
{
    bool listed = false, ambiguous = false;
    const binding b = {policy, request, NULL, &ambiguous};

    if (request->resource.text.len == 0)
        return false;
    if (!s->has_resource) /* a trust policy: its role is the resource (A.3) */
        return true;
    for (uint32_t i = 0; i < s->resource_count && !listed; i++) {
        listed = resource_pattern_matches(&s->resources[i], &b);
        if (listed && t)
            trace_resource(policy, &s->resources[i], request, t);
    }
    if (!listed && ambiguous) { /* B1.10: no Allow passes, no Deny is lost */
        trace_rule(t, RULE_AMBIGUOUS_KEY);
        return s->deny;
    }
    return listed != s->not_resource;
}

/* --- principal ----------------------------------------------------------- */

static bool provider_matches(
    const principal_value *value, const iam_request *request)
{
    const key_ref key = iamp_key_find(TEXT("aws:FederatedProvider"));
    key_value found;

    /* Only who is no AWS principal yet comes as its provider's (E.6). */
    if (request->caller != PRINCIPAL_ANONYMOUS &&
        !(request->action_facts & ACTION_UNSIGNED))
        return false;
    return iamp_request_find(request, &key, &found) && !found.ambiguous &&
           !found.list && text_eq(found.values[0], value->written);
}

/* The role whose session is calling: as told, else aws:PrincipalArn where that
 * is a role of this account and name (A.5.3), else the role without path. */
static text role_of(const iam_request *request)
{
    const key_ref key = iamp_key_find(TEXT("aws:PrincipalArn"));
    principal_arn parsed;
    key_value found;

    if (request->role_told || !iamp_request_find(request, &key, &found) ||
        found.ambiguous || found.list ||
        !iamp_principal_arn_parse(found.values[0], &parsed) ||
        parsed.type != PRINCIPAL_ROLE ||
        !text_eq(parsed.arn.account, request->arn.arn.account) ||
        !iamp_text_eq_fold(parsed.name, request->arn.name))
        return request->role.text;
    return found.values[0];
}

/* The unique id at the start of aws:userid: "AIDA..." or "AROA...:session". */
static bool unique_id_matches(
    const principal_value *value, const iam_request *request)
{
    const key_ref key = iamp_key_find(TEXT("aws:userid"));
    key_value found;
    text id;

    if (!iamp_request_find(request, &key, &found) || found.ambiguous ||
        found.list)
        return false;
    id = found.values[0];
    return text_eq(text_slice(id, 0, iamp_text_find(id, ':')), value->written);
}

static bool is_session(const iam_request *request)
{
    return request->caller == PRINCIPAL_SESSION ||
           request->caller == PRINCIPAL_ROLE;
}

grant iamp_principal_match(
    const principal_value *value, const iam_request *request)
{
    principal_type caller = request->caller;

    if (caller == PRINCIPAL_NONE)
        return GRANT_NONE;
    switch ((principal_match_kind)value->kind) {
    case NAMES_NOBODY:
        return GRANT_NONE;
    case NAMES_EVERYBODY:
        return GRANT_ANY;
    case NAMES_ACCOUNT:
        if (!text_eq(value->account, iamp_request_account(request)))
            return GRANT_NONE;
        return caller == PRINCIPAL_ROOT ? GRANT_ROOT : GRANT_ACCOUNT;
    case NAMES_USER:
        if (caller == PRINCIPAL_USER &&
            text_eq(value->written, request->principal.text))
            return GRANT_DIRECT;
        /* E.5: the user behind a federated user counts as a role does. */
        return caller == PRINCIPAL_FEDERATED &&
                       text_eq(value->written, request->user.text)
                   ? GRANT_ROLE
                   : GRANT_NONE;
    case NAMES_ROLE:
        return is_session(request) && text_eq(value->written, role_of(request))
                   ? GRANT_ROLE
                   : GRANT_NONE;
    case NAMES_SESSION:
        return caller == PRINCIPAL_SESSION &&
                       text_eq(value->written, request->principal.text)
                   ? GRANT_DIRECT
                   : GRANT_NONE;
    case NAMES_FEDERATED_USER:
        return caller == PRINCIPAL_FEDERATED &&
                       text_eq(value->written, request->principal.text)
                   ? GRANT_DIRECT
                   : GRANT_NONE;
    case NAMES_USER_ID:
        return caller == PRINCIPAL_USER && unique_id_matches(value, request)
                   ? GRANT_DIRECT
                   : GRANT_NONE;
    case NAMES_ROLE_ID:
        return is_session(request) && unique_id_matches(value, request)
                   ? GRANT_ROLE
                   : GRANT_NONE;
    case NAMES_SERVICE:
        return caller == PRINCIPAL_SERVICE &&
                       text_eq(value->written, request->principal.text)
                   ? GRANT_SERVICE
                   : GRANT_NONE;
    case NAMES_PROVIDER:
        return provider_matches(value, request) ? GRANT_DIRECT : GRANT_NONE;
    }
    return GRANT_NONE;
}

/* The caller's own ARN or its role's; not the user behind a federated user, nor
 * the provider that vouched for it. */
static bool is_itself(
    const principal_value *value, grant match, const iam_request *request)
{
    if (value->kind == NAMES_PROVIDER)
        return false;
    return match > GRANT_ACCOUNT && !(value->kind == NAMES_USER &&
                                        request->caller == PRINCIPAL_FEDERATED);
}

/* A.5.6: exempt from a Deny only if the list has the caller and its account;
 * "*" names both.  Callers with a boundary are never exempt. */
static bool exempt(const program_statement *s, const iam_request *request,
    bool has_boundary, trace *t)
{
    bool itself = false, account = false;

    for (uint32_t i = 0; i < s->principal_count; i++) {
        grant match = iamp_principal_match(&s->principals[i], request);

        account |= match == GRANT_ACCOUNT || match == GRANT_ROOT ||
                   match == GRANT_ANY || match == GRANT_SERVICE;
        itself |= is_itself(&s->principals[i], match, request);
    }
    if (has_boundary)
        return false;
    if (itself != account)
        trace_rule(t, RULE_NOT_PRINCIPAL);
    return itself && account;
}

static bool lacks_key(const iam_request *request, text name)
{
    const key_ref key = iamp_key_find(name);
    key_value found;

    return !iamp_request_find(request, &key, &found) || found.ambiguous ||
           found.list;
}

/* Nobody told the path of the session's role, and names are unique in an
 * account: a role of this name is the session's, wherever it stands (A.5.3). */
static bool may_be_role(
    const principal_value *value, const iam_request *request)
{
    principal_arn role;

    return request->caller == PRINCIPAL_SESSION && !request->role_told &&
           role_of(request).ptr == request->role.text.ptr &&
           iamp_principal_arn_parse(value->written, &role) &&
           text_eq(role.arn.account, request->arn.arn.account) &&
           iamp_text_eq_fold(role.name, request->arn.name);
}

/* A caller that is some session of a role may be the one that is named. */
static bool may_be_session(
    const principal_value *value, const iam_request *request)
{
    principal_arn session;

    return request->caller == PRINCIPAL_ROLE &&
           iamp_principal_arn_parse(value->written, &session) &&
           text_eq(session.arn.account, request->arn.arn.account) &&
           iamp_text_eq_fold(session.name, request->arn.name);
}

/* Does the request leave open whether the value names the caller?  It did not
 * match by what the request tells. */
static bool may_be_caller(
    const principal_value *value, const iam_request *request)
{
    bool federated = request->caller == PRINCIPAL_FEDERATED;

    switch ((principal_match_kind)value->kind) {
    case NAMES_USER: /* the one behind a federated user, who was not told */
        return federated && request->user.text.len == 0 &&
               text_eq(value->account, request->arn.arn.account);
    case NAMES_USER_ID:
        return federated || (request->caller == PRINCIPAL_USER &&
                                lacks_key(request, TEXT("aws:userid")));
    case NAMES_ROLE_ID:
        return is_session(request) && lacks_key(request, TEXT("aws:userid"));
    case NAMES_ROLE:
        return may_be_role(value, request);
    case NAMES_SESSION:
        return may_be_session(value, request);
    case NAMES_PROVIDER:
        return (request->action_facts & ACTION_UNSIGNED) &&
               lacks_key(request, TEXT("aws:FederatedProvider"));
    case NAMES_NOBODY:
    case NAMES_EVERYBODY:
    case NAMES_ACCOUNT:
    case NAMES_FEDERATED_USER:
    case NAMES_SERVICE:
        break;
    }
    return false;
}

/* Who may be the caller: no Allow takes it to be, and no Deny not to be.  A
 * canonical user is an account that the request does not tell. */
static bool is_feared(const program_statement *s, const principal_value *value,
    const iam_request *request, trace *t)
{
    bool canonical = value->type == CLASS_CANONICAL_USER &&
                     request->arn.type != PRINCIPAL_NONE;

    if (s->deny == s->not_principal ||
        (!canonical && !may_be_caller(value, request)))
        return false;
    trace_rule(t, canonical ? RULE_CANONICAL_USER : RULE_UNKNOWN_CALLER);
    return true;
}

/* Who is no AWS principal yet is allowed by provider, or with everybody: the
 * account, user or role that the request tells is not calling (E.6). */
static bool names_unsigned(
    const principal_value *value, const iam_request *request)
{
    return value->kind == NAMES_PROVIDER || value->kind == NAMES_EVERYBODY ||
           !(request->action_facts & ACTION_UNSIGNED);
}

grant iamp_principals_match(const program_statement *s,
    const iam_request *request, bool has_boundary, trace *t)
{
    grant strongest = GRANT_NONE;

    if (s->not_principal && s->deny)
        return exempt(s, request, has_boundary, t) ? GRANT_NONE : GRANT_ANY;
    for (uint32_t i = 0; i < s->principal_count; i++) {
        grant match = iamp_principal_match(&s->principals[i], request);

        if (match == GRANT_NONE && is_feared(s, &s->principals[i], request, t))
            match = GRANT_ACCOUNT;
        if (!s->deny && !s->not_principal &&
            !names_unsigned(&s->principals[i], request))
            match = GRANT_NONE;
        if (match > strongest)
            strongest = match;
    }
    if (!s->not_principal)
        return strongest;
    return strongest == GRANT_NONE && request->caller != PRINCIPAL_NONE
               ? GRANT_ANY
               : GRANT_NONE;
}

/* --- the statement ------------------------------------------------------- */

/* All but the action. */
static bool rest_applies(const iam_policy *policy, const program_statement *s,
    const iam_request *request, bool has_boundary, grant *kind, trace *t)
{
    *kind = GRANT_ANY;
    if (!iamp_resource_matches(policy, s, request, t))
        return false;
    if (s->has_principal) {
        *kind = iamp_principals_match(s, request, has_boundary, t);
        if (*kind == GRANT_NONE)
            return false;
    } else if (kind_has_principal(policy->kind) && !s->deny) {
        return false; /* names nobody: undecidable, or it would not compile */
    }
    if (!iamp_conditions_hold(policy, s, request, t))
        return false;
    if (s->undecidable) {
        trace_rule(t, RULE_UNDECIDABLE);
        return s->deny;
    }
    return true;
}

bool iamp_statement_applies(const iam_policy *policy,
    const program_statement *s, const iam_request *request, bool has_boundary,
    grant *kind, trace *t)
{
    *kind = GRANT_ANY;
    return iamp_action_matches(s, request, t) &&
           rest_applies(policy, s, request, has_boundary, kind, t);
}

/* --- the statements of one effect ---------------------------------------- */

/* Does some of the statement's parts that the index found match? */
static bool parts_match(start_lists *found, uint32_t number,
    const program_statement *s, const iam_request *request)
{
    bool matches = false;
    uint32_t part;

    while (iamp_start_part(found, number, &part)) {
        if (matches)
            continue;
        matches =
            part == NOT_ACTION_PART
                ? iamp_action_matches(s, request, NULL)
                : action_pattern_matches(&s->actions[part], request, NULL);
    }
    return matches;
}

/* What one pass over statements asks for, and finds. */
typedef struct pass {
    const iam_policy *policy;
    const iam_request *request;
    bool deny, has_boundary, all_kinds;
    uint32_t kinds;
} pass;

/* True: it applies, and nobody wants to know more. */
static bool take(pass *p, const program_statement *s)
{
    grant kind;

    if (!rest_applies(p->policy, s, p->request, p->has_boundary, &kind, NULL))
        return false;
    p->kinds |= UINT32_C(1) << kind;
    return !p->all_kinds;
}

static void ask_each(pass *p)
{
    const iam_policy *policy = p->policy;

    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        if (s->deny == p->deny && iamp_action_matches(s, p->request, NULL) &&
            take(p, s))
            return;
    }
}

static void ask_indexed(pass *p)
{
    const iam_request *request = p->request;
    start_lists found;
    uint32_t number;

    if (request->action.text.len == 0)
        return;
    iamp_start_find(&found, &p->policy->effects[p->deny].index,
        &request->action_hashes, request->action_service);
    while (iamp_start_next(&found, &number)) {
        const program_statement *s = &p->policy->statements[number];

        if (parts_match(&found, number, s, request) && take(p, s))
            return;
    }
}

uint32_t iamp_effect_kinds(const iam_policy *policy, bool deny,
    const iam_request *request, bool has_boundary, bool all_kinds)
{
    pass p = {policy, request, deny, has_boundary, all_kinds, 0};

    if (policy->effects[deny].count == 0)
        return 0;
    if (policy->indexed)
        ask_indexed(&p);
    else
        ask_each(&p);
    return p.kinds;
}

iam_outcome iamp_policy_check(
    const iam_policy *policy, const iam_request *request)
{
    bool boundary = policy->kind == IAM_PERMISSIONS_BOUNDARY ||
                    (request->flags & IAM_HAS_BOUNDARY);

    if (iamp_effect_kinds(policy, true, request, boundary, false))
        return IAM_EXPLICIT_DENY;
    return iamp_effect_kinds(policy, false, request, boundary, false)
               ? IAM_ALLOW
               : IAM_IMPLICIT_DENY;
}
