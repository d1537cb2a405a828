/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode.h - what a stack says of a request, as formulas of a search.
 *
 * One function of eval/ has one function here: what that decides of a request,
 * this says of all of them.  Each takes `wanted`: the formula that it holds,
 * or that it does not.
 *
 * A frame fixes what a formula does not range over: what kind of caller asks,
 * and whether the resource is of the caller's account.
 */
#ifndef IAMP_ENCODE_H
#define IAMP_ENCODE_H

#include "prove/prove.h"
#include "prove/space.h"
#include "reference/catalog.h"

typedef struct frame {
    principal_type caller;
    bool cross;   /* the resource belongs to another account */
    bool foreign; /* the caller's account is one that no policy names */
    /* Texts that are fixed; ptr NULL: free. */
    text principal; /* the ARN of the caller, or the service's name */
    text role;      /* of a session: its role's ARN */
} frame;

#define NOTHING UINT32_MAX

typedef struct encoder {
    search *s;
    const iam_scope *scope; /* may be NULL */
    const frame *frame;
    const iam_stack *stack; /* the one that is being encoded */
    const text *actions;    /* patterns, as the question ranges over them */
    uint32_t action_count;
    const pin *pins;
    uint32_t pin_count;
    const uint64_t *set_keys; /* sorted hashes: keys under set operators */
    uint32_t set_key_count;
    bool any_context;
    const catalog *known;
    uint32_t action, resource, principal, service, user; /* slots */
    /* The variable keys that were taken for any text, for pinning. */
    key_ref *loose;
    uint32_t loose_count, loose_room;
    /* Facts of actions, made when they are asked for: node + 1. */
    node unsigned_action, permissionless, identity_call, federation, rcp, trust;
    bool has_boundary; /* the stack has one that bears on this caller */
} encoder;

/* encode_request.c: slots, domains, keys by scope and frame. */
void iamp_encode_request(encoder *e);
uint32_t iamp_encode_key(encoder *e, const key_ref *ref);
uint32_t iamp_encode_value_slot(encoder *e, uint32_t key);
node iamp_encode_present(encoder *e, uint32_t key, bool wanted);
/* The key's value is taken for any: a model is no proof until it is pinned. */
void iamp_encode_loose(encoder *e, uint32_t key);
/* The caller's account, if it is fixed; else ptr NULL. */
text iamp_encode_known_account(const encoder *e);
/* What is known about the world, of the keys that came up. */
void iamp_encode_facts(encoder *e);

/* encode_word.c: patterns. */
typedef enum word_view {
    VIEW_TEXT = 0, /* the slot's own text */
    VIEW_ACCOUNT,
    VIEW_NAME
} word_view;
node iamp_encode_glob(encoder *e, const iam_policy *policy, uint32_t slot,
    word_view view, const glob *g, bool wanted);
node iamp_encode_arn(encoder *e, const iam_policy *policy, uint32_t slot,
    word_view view, const arn_glob *g, bool wanted);
node iamp_encode_text(
    encoder *e, uint32_t slot, word_view view, text t, bool fold, bool wanted);
/* An action pattern of the kind "prefix:name", no wildcard crossing. */
node iamp_encode_action_text(encoder *e, text action, bool wanted);
node iamp_encode_action_prefix(encoder *e, text prefix, bool wanted);

/* "The resource's ARN shows this account" (any, if ptr is NULL: a field of twelve
 * digits is one), or it does not. */
node iamp_encode_account_shown(encoder *e, text account, bool wanted);
node iamp_encode_action(encoder *e, const action_pattern *a, bool wanted);

/* encode_condition.c.  iamp_encode_list(): the key, if it is present, is a set
 * of values. */
node iamp_encode_list(encoder *e, uint32_t key, bool wanted);
node iamp_encode_condition(
    encoder *e, const iam_policy *policy, const condition *c, bool wanted);

/* encode_statement.c: does the statement apply?  `kind`: of Allows with
 * principals, only by this way of naming the caller (eval.h). */
node iamp_encode_statement(
    encoder *e, uint32_t entry, uint32_t number, grant kind, bool wanted);

/* "The request is about what the statement is": its Action and Resource. */
node iamp_encode_target(
    encoder *e, const iam_policy *policy, const program_statement *s);

/* encode_principal.c */
node iamp_encode_principals(
    encoder *e, const program_statement *s, grant kind, bool wanted);

/* encode_stack.c: is the request allowed by e->stack? */
node iamp_encode_allowed(encoder *e, bool wanted);
node iamp_encode_unsigned(encoder *e, bool wanted);

#endif
