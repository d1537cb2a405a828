/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.h - answers about one request: total, no allocation.
 *
 * The same functions serve check and decide.  Deciding passes a trace, which
 * gathers what an explanation needs; checking passes NULL.
 */
#ifndef IAMP_EVAL_H
#define IAMP_EVAL_H

#include "eval/request.h"
#include "program/program.h"

/* Rules that AWS leaves open, and other things worth telling of a decision:
 * one row each in open_rule.c. */
typedef enum open_rule {
    RULE_PREFIX_WILDCARD,   /* A.6 */
    RULE_FIELD_STAR,        /* A.7.3 */
    RULE_ARN_WILDCARD,      /* A.7.4 */
    RULE_LIST_BUCKETS,      /* A.7.5 */
    RULE_CANONICAL_USER,    /* A.5.1 */
    RULE_UNKNOWN_CALLER,    /* A.5.2 */
    RULE_NOT_PRINCIPAL,     /* A.5.6 */
    RULE_EMPTY_LIST,        /* A.4 */
    RULE_AMBIGUOUS_KEY,     /* B1.10 */
    RULE_EMPTY_STRING,      /* B.2 */
    RULE_INVALID_VALUE,     /* B.3 */
    RULE_BARE_INTEGER_DATE, /* B.3.3 */
    RULE_BOOL_VARIABLE,     /* B.3.4 */
    RULE_MAPPED_ADDRESS,    /* B.3.6 */
    RULE_NO_SET_OPERATOR,   /* B.4 */
    RULE_ARN_VARIABLE,      /* C.2 */
    RULE_VALUELESS_NEGATED, /* C.4 */
    RULE_WILDCARD_VALUE,    /* C.5 */
    RULE_RESOURCE_ACCOUNT,  /* D.3 */
    RULE_SESSION_GRANT,     /* E.5 */
    RULE_ACCOUNT_ARN,       /* E.5 */
    RULE_RCP_SERVICE,       /* E.2.3 */
    RULE_RCP_NOT_ASKED,
    RULE_SEVERAL_DENY, /* F.5 */
    RULE_UNDECIDABLE,  /* not a rule: a statement was taken as deny, or
                                 kept from allowing */
    RULE_NO_ACCOUNT,
    RULE_NO_BOUNDARY_DOCUMENT,
    RULE_NO_ENDPOINT_POLICY,
    RULE_LEVEL_MISSING,
    RULE_NO_ROLE,
    RULE_INCOMPLETE_REQUEST,
    RULE_COUNT
} open_rule;

/* The finding of a rule: no place in a text. */
iam_finding iamp_open_rule_finding(open_rule rule);

/* What a decision gathers.  A check has none. */
typedef struct trace {
    uint64_t rules; /* bit `open_rule` */
} trace;

static inline void trace_rule(trace *t, open_rule rule)
{
    if (t)
        t->rules |= UINT64_C(1) << rule;
}

/* How a statement's principal element matches the caller (A.5.4), weakest
 * first. */
typedef enum grant {
    GRANT_NONE = 0,
    GRANT_ACCOUNT,
    GRANT_ROOT, /* a root user by its account: direct, and limited as one that
                   the account delegates to (E.5) */
    GRANT_ROLE,
    GRANT_ANY,
    GRANT_SERVICE, /* a service principal by name: direct */
    GRANT_DIRECT
} grant;

/* One value of a Principal element against the caller. */
grant iamp_principal_match(
    const principal_value *value, const iam_request *request);

/* The whole element, Principal or NotPrincipal (A.5.6).  `has_boundary`: the
 * caller has a permissions boundary. */
grant iamp_principals_match(const program_statement *s,
    const iam_request *request, bool has_boundary, trace *t);

bool iamp_action_matches(
    const program_statement *s, const iam_request *request, trace *t);
bool iamp_resource_matches(const iam_policy *policy, const program_statement *s,
    const iam_request *request, trace *t);

/* What a condition says: an ambiguous key (B1.10) neither lets an Allow pass
 * nor keeps a Deny from applying. */
typedef enum truth {
    TRUTH_FALSE = 0,
    TRUTH_TRUE,
    TRUTH_AMBIGUOUS
} truth;

truth iamp_condition_holds(const iam_policy *policy, const condition *c,
    const iam_request *request, trace *t);

/* All conditions, for the statement's effect. */
bool iamp_conditions_hold(const iam_policy *policy, const program_statement *s,
    const iam_request *request, trace *t);

/* The value of a policy's variable for a request (C.4): for glob_values. */
typedef struct binding {
    const iam_policy *policy;
    const iam_request *request;
    trace *trace;
    bool *ambiguous; /* set when a variable's key is (B1.10); may be NULL */
} binding;
bool iamp_variable_value(const void *user, uint32_t number, text *out);

/* Does the statement apply?  *kind gets how its principal matches, GRANT_ANY
 * where the policy's kind has no principals. */
bool iamp_statement_applies(const iam_policy *policy,
    const program_statement *s, const iam_request *request, bool has_boundary,
    grant *kind, trace *t);

/* The statements of one effect that apply: bit `kind` (a grant) for each way in
 * which one does; 0 if none does.  Without `all_kinds` the first one is enough.
 * Statements that cannot match the action are not looked at. */
uint32_t iamp_effect_kinds(const iam_policy *policy, bool deny,
    const iam_request *request, bool has_boundary, bool all_kinds);

/* What one policy says by itself. */
iam_outcome iamp_policy_check(
    const iam_policy *policy, const iam_request *request);

#endif
