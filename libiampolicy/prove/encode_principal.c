/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_principal.c - a Principal element as a formula (A.5; the twin of
 * eval/statement.c).
 *
 * A frame fixes what kind of caller asks, so how a value of the element would
 * name it is known; whether it does is a formula over the caller's ARN.
 */
#include "prove/encode.h"

static node constant(bool holds, bool wanted)
{
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

static bool has_arn(const frame *f)
{
    return f->caller != PRINCIPAL_NONE && f->caller != PRINCIPAL_SERVICE &&
           f->caller != PRINCIPAL_ANONYMOUS;
}

static bool is_session(const frame *f)
{
    return f->caller == PRINCIPAL_ROLE || f->caller == PRINCIPAL_SESSION;
}

/* How the value names a caller of the frame, if it does (A.5.4). */
static grant grant_of(const encoder *e, const principal_value *value)
{
    principal_type caller = e->frame->caller;

    switch ((principal_match_kind)value->kind) {
    case NAMES_NOBODY:
        return GRANT_NONE;
    case NAMES_EVERYBODY:
        return GRANT_ANY;
    case NAMES_ACCOUNT:
        if (!has_arn(e->frame))
            return GRANT_NONE;
        return caller == PRINCIPAL_ROOT ? GRANT_ROOT : GRANT_ACCOUNT;
    case NAMES_USER:
        if (caller == PRINCIPAL_FEDERATED)
            return GRANT_ROLE;
        return caller == PRINCIPAL_USER ? GRANT_DIRECT : GRANT_NONE;
    case NAMES_ROLE:
        return is_session(e->frame) ? GRANT_ROLE : GRANT_NONE;
    case NAMES_SESSION:
        return caller == PRINCIPAL_SESSION ? GRANT_DIRECT : GRANT_NONE;
    case NAMES_FEDERATED_USER:
        return caller == PRINCIPAL_FEDERATED ? GRANT_DIRECT : GRANT_NONE;
    case NAMES_USER_ID:
        return caller == PRINCIPAL_USER ? GRANT_DIRECT : GRANT_NONE;
    case NAMES_ROLE_ID:
        return is_session(e->frame) ? GRANT_ROLE : GRANT_NONE;
    case NAMES_SERVICE:
        return caller == PRINCIPAL_SERVICE ? GRANT_SERVICE : GRANT_NONE;
    case NAMES_PROVIDER:
        return GRANT_DIRECT;
    }
    return GRANT_NONE;
}

/* The key has one value (the opposite of lacks_key() of eval/statement.c). */
static node is_single(encoder *e, uint32_t key, bool wanted)
{
    node present = iamp_encode_present(e, key, wanted);
    node single = iamp_encode_list(e, key, !wanted);

    return wanted ? iamp_and(e->s, present, single)
                  : iamp_or(e->s, present, single);
}

/* aws:userid is the id, or starts with it and a colon.  `feared`: or the request
 * does not tell it. */
static node unique_id(
    encoder *e, const principal_value *value, bool feared, bool wanted)
{
    const key_ref ref = iamp_key_find(TEXT("aws:userid"));
    uint32_t key = iamp_encode_key(e, &ref);
    node told, untold, alone, started;
    uint32_t slot;
    pattern_id pattern = 0;

    if (e->s->failed)
        return NODE_FALSE;
    told = is_single(e, key, true);
    untold = is_single(e, key, false);
    if (told == NODE_FALSE)
        return constant(feared, wanted);
    slot = iamp_encode_value_slot(e, key);
    alone = iamp_encode_text(e, slot, VIEW_TEXT, value->written, false, wanted);
    iamp_word_builder_reset(&e->s->builder);
    iamp_word_add_text(&e->s->builder, value->written);
    iamp_word_add_text(&e->s->builder, TEXT(":"));
    iamp_word_add_run(&e->s->builder, CLASS_ANY);
    if (!e->s->failed && iamp_lexis_pattern(e->s->lexis, &e->s->builder, false,
                             &pattern) != IAM_OK)
        e->s->failed = true;
    started = iamp_word_node(e->s, slot, pattern, wanted);
    told = iamp_and(e->s, told,
        wanted ? iamp_or(e->s, alone, started)
               : iamp_and(e->s, alone, started));
    return feared == wanted ? iamp_or(e->s, told, untold) : told;
}

/* Whoever comes by the provider: no AWS principal yet (E.6).  `feared`: or may
 * have, if the request does not tell. */
static node provider(
    encoder *e, const principal_value *value, bool feared, bool wanted)
{
    const key_ref ref = iamp_key_find(TEXT("aws:FederatedProvider"));
    bool anonymous = e->frame->caller == PRINCIPAL_ANONYMOUS;
    uint32_t key = iamp_encode_key(e, &ref);
    node comes, told, untold, named, unsigned_action;

    if (e->s->failed)
        return NODE_FALSE;
    unsigned_action = iamp_encode_unsigned(e, wanted);
    comes = anonymous ? constant(true, wanted) : unsigned_action;
    told = is_single(e, key, wanted);
    untold = is_single(e, key, !wanted);
    named = iamp_encode_text(e, iamp_encode_value_slot(e, key), VIEW_TEXT,
        value->written, false, wanted);
    if (wanted) {
        named = iamp_and(e->s, comes, iamp_and(e->s, told, named));
        return feared ? iamp_or(e->s, named,
                            iamp_and(e->s, unsigned_action, untold))
                      : named;
    }
    named = iamp_or(e->s, comes, iamp_or(e->s, told, named));
    return feared
               ? iamp_and(e->s, named, iamp_or(e->s, unsigned_action, untold))
               : named;
}

/* Does the value name the caller?  Asked only where grant_of() says how. */
static node names(
    encoder *e, const principal_value *value, bool feared, bool wanted)
{
    switch ((principal_match_kind)value->kind) {
    case NAMES_EVERYBODY:
        return constant(true, wanted);
    case NAMES_ACCOUNT:
        return iamp_encode_text(
            e, e->principal, VIEW_ACCOUNT, value->account, false, wanted);
    case NAMES_USER:
        return iamp_encode_text(e,
            e->frame->caller == PRINCIPAL_FEDERATED ? e->user : e->principal,
            VIEW_TEXT, value->written, false, wanted);
    case NAMES_ROLE:
    case NAMES_FEDERATED_USER:
        return iamp_encode_text(
            e, e->principal, VIEW_TEXT, value->written, false, wanted);
    case NAMES_SESSION:
        return constant(text_eq(value->written, e->frame->principal), wanted);
    case NAMES_USER_ID:
    case NAMES_ROLE_ID:
        return unique_id(e, value, feared, wanted);
    case NAMES_SERVICE:
        return iamp_encode_text(
            e, e->service, VIEW_TEXT, value->written, false, wanted);
    case NAMES_PROVIDER:
        return provider(e, value, feared, wanted);
    case NAMES_NOBODY:
        break;
    }
    return constant(false, wanted);
}

/* Where a request of the frame never tells whether the value is its caller
 * (is_feared() of eval/statement.c): the rest it tells. */
static bool always_feared(const encoder *e, const principal_value *value)
{
    if (value->type == CLASS_CANONICAL_USER)
        return has_arn(e->frame);
    return value->kind == NAMES_USER_ID &&
           e->frame->caller == PRINCIPAL_FEDERATED;
}

/* Some value names the caller, by `kind` (GRANT_NONE: in whatever way). */
static node some_value(encoder *e, const program_statement *s, grant kind,
    bool feared, bool wanted)
{
    node_list list = wanted ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < s->principal_count && !list.decided; i++) {
        const principal_value *value = &s->principals[i];
        grant by = grant_of(e, value);

        if (feared && always_feared(e, value))
            iamp_list_add(e->s, &list, constant(true, wanted));
        if (by == GRANT_NONE || (kind != GRANT_NONE && by != kind))
            continue;
        iamp_list_add(e->s, &list, names(e, value, feared, wanted));
    }
    return iamp_list_node(e->s, &list);
}

/* An Allow of whom is named: who is no AWS principal yet is allowed by
 * provider, or with everybody (names_unsigned()). */
static node allowed_values(
    encoder *e, const program_statement *s, grant kind, bool wanted)
{
    node_list list = wanted ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < s->principal_count && !list.decided; i++) {
        const principal_value *value = &s->principals[i];
        grant by = grant_of(e, value);
        node own;

        if (by == GRANT_NONE || (kind != GRANT_NONE && by != kind))
            continue;
        own = names(e, value, false, wanted);
        if (value->kind != NAMES_PROVIDER && value->kind != NAMES_EVERYBODY)
            own = wanted ? iamp_and(e->s, own, iamp_encode_unsigned(e, false))
                         : iamp_or(e->s, own, iamp_encode_unsigned(e, true));
        iamp_list_add(e->s, &list, own);
    }
    return iamp_list_node(e->s, &list);
}

/* A.5.6: exempt from a Deny only if the list has the caller and its account,
 * and it has no boundary. */
static node not_exempt(encoder *e, const program_statement *s, bool wanted)
{
    node_list itself = wanted ? iamp_all() : iamp_any();
    node_list account = wanted ? iamp_all() : iamp_any();
    node listed;

    for (uint32_t i = 0; i < s->principal_count; i++) {
        const principal_value *value = &s->principals[i];
        grant by = grant_of(e, value);
        node own;

        if (by == GRANT_NONE)
            continue;
        own = names(e, value, false, !wanted);
        if (by == GRANT_ACCOUNT || by == GRANT_ROOT || by == GRANT_ANY ||
            by == GRANT_SERVICE)
            iamp_list_add(e->s, &account, own);
        if (by > GRANT_ACCOUNT && value->kind != NAMES_PROVIDER &&
            !(value->kind == NAMES_USER &&
                e->frame->caller == PRINCIPAL_FEDERATED))
            iamp_list_add(e->s, &itself, own);
    }
    listed = wanted ? iamp_or(e->s, iamp_list_node(e->s, &itself),
                          iamp_list_node(e->s, &account))
                    : iamp_and(e->s, iamp_list_node(e->s, &itself),
                          iamp_list_node(e->s, &account));
    if (!e->has_boundary)
        return listed;
    /* The boundary bears on whoever is an AWS principal already (E.6, E.7). */
    return wanted ? iamp_or(e->s, listed, iamp_encode_unsigned(e, false))
                  : iamp_and(e->s, listed, iamp_encode_unsigned(e, true));
}

node iamp_encode_principals(
    encoder *e, const program_statement *s, grant kind, bool wanted)
{
    if (s->deny && s->not_principal)
        return not_exempt(e, s, wanted);
    if (s->deny)
        return some_value(e, s, GRANT_NONE, true, wanted);
    if (!s->not_principal)
        return allowed_values(e, s, kind, wanted);
    if (kind != GRANT_NONE && kind != GRANT_ANY)
        return constant(false, wanted);
    return some_value(e, s, GRANT_NONE, true, !wanted);
}
