/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - one request: caller, action, resource, context in slots.
 *
 * Every text of a request has a slot that owns its bytes and keeps them for
 * the next text, so that aiming a request anew costs that slot alone.  What
 * can be worked out of a text (an action's prefix, an address) is worked out
 * when it is set.
 */
#ifndef IAMP_REQUEST_H
#define IAMP_REQUEST_H

#include "reference/key.h"
#include "value/arn.h"
#include "value/ipaddr.h"
#include "value/start_index.h"

/* Bytes that are kept and reused; text.ptr is NUL-terminated. */
typedef struct text_slot {
    text text;
    char *bytes;
    size_t room;
} text_slot;

/* One condition key of a request. */
typedef struct context_key {
    key_ref key; /* name points into `name` */
    text_slot name;
    text_slot bytes; /* all values, each NUL-terminated */
    text *values;
    uint32_t count, room;
    ipaddr address; /* of a single value; family 0 if it is none */
    bool present, list, ambiguous;
} context_key;

struct iam_request {
    const iam_allocator *from;
    uint32_t flags;

    principal_type caller; /* PRINCIPAL_NONE: none was set */
    text_slot principal;   /* as given */
    principal_arn arn;     /* of `principal`, where it is one */
    bool role_told;        /* the role's ARN was given as such */
    text_slot role;        /* the role's ARN: given, or made from a session's */
    text_slot user;        /* of a federated user */
    text_slot userid;      /* derived: ACCOUNT:NAME of a federated user */

    text_slot action; /* as given */
    text action_prefix, action_name;
    text_slot folded; /* the action in lower case */
    text folded_prefix, folded_name;
    start_hashes action_hashes; /* of `folded` */
    uint32_t action_service;    /* the hash of the start "prefix:" */
    uint32_t action_facts;      /* ACTION_..., see service.h */
    bool needs_grant;           /* iamp_resource_needs_grant() */
    text_slot resource;
    arn resource_arn; /* whole.len is 0 if the resource is no ARN */
    text_slot model;  /* instead of a resource: a modelId (G.3), which
                              only an operation can resolve */
    text_slot resource_account;
    text_slot resource_policy_name;

    context_key *keys; /* in the order they were first set */
    uint32_t key_count, key_room;
    uint32_t known[KEY_COUNT]; /* where in keys a global key is, + 1 */
    uint32_t *index;           /* hash table of the others; a power of two */
    uint32_t index_room;
};

/* What a condition sees of a key. */
typedef struct key_value {
    const text *values;
    uint32_t count;
    bool list;             /* multivalued */
    bool ambiguous;        /* B1.10 */
    const ipaddr *address; /* of a single value, if it is one; else NULL */
    text single;           /* storage of a derived value */
} key_value;

/* False if the key is absent; a list without members is absent (B.2).  *out
 * may point into itself. */
bool iamp_request_find(
    const iam_request *request, const key_ref *key, key_value *out);

/* The caller's account: twelve digits, or empty. */
text iamp_request_account(const iam_request *request);

/* The account that owns the resource, or empty; what is no account, if that is
 * what its ARN says. */
text iamp_request_resource_account(const iam_request *request);

/* Must the resource's own policy grant (E.6)? */
bool iamp_request_explicit_trust(const iam_request *request);

iam_status iamp_request_new(iam_request **out, const iam_allocator *from);
void iamp_request_free(iam_request *request);
iam_status iamp_request_copy(
    iam_request **out, const iam_request *request, const iam_allocator *from);
void iamp_request_reset(iam_request *request);

/* The setters of iampolicy.h, on texts that are UTF-8. */
iam_status iamp_request_set_principal(
    iam_request *request, text given, iam_error *err);
iam_status iamp_request_set_service(
    iam_request *request, text name, iam_error *err);
iam_status iamp_request_set_role(
    iam_request *request, text given, iam_error *err);
iam_status iamp_request_set_user(
    iam_request *request, text given, iam_error *err);
iam_status iamp_request_set_action(
    iam_request *request, text action, iam_error *err);
iam_status iamp_request_set_resource(
    iam_request *request, text resource, iam_error *err);
iam_status iamp_request_set_resource_account(
    iam_request *request, text account, iam_error *err);
iam_status iamp_request_set_resource_policy_name(
    iam_request *request, text name, iam_error *err);
iam_status iamp_request_set_values(iam_request *request, text key, bool list,
    const iam_text *values, size_t count, iam_error *err);
void iamp_request_unset(iam_request *request, text key);

/* A key that was set, or NULL; a list without members is set. */
const context_key *iamp_request_key(const iam_request *request, text key);

/* The request as the request object of a scenario file. */
void iamp_request_print(const iam_request *request, textbuf *buf);

/* The names of the IAM_... flags in scenario files: bit, name. */
typedef struct flag_name {
    uint32_t flag;
    text name;
} flag_name;
extern const flag_name iamp_flag_names[6];

#endif
