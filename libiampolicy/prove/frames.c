/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.c - which kinds of callers a question is about.
 *
 * Without a resource policy the request stays within the account; and where no
 * policy asks who the caller is, a user stands for everybody.
 */
#include "prove/hunt.h"

#include <stdlib.h>

#include "prove/grow.h"

typedef struct listing {
    inquiry *q;
    frame *frames;
    uint32_t count, room;
    bool resource; /* requests may leave the account: a policy can grant to
                      other ones, or the scope names a resource of one */
    bool failed;
} listing;

static void add(listing *l, frame f)
{
    if (l->failed || !GROW(&l->q->mem, l->frames, l->count, l->room))
        l->failed = true;
    else
        l->frames[l->count++] = f;
}

/* Of the caller's account, and of another one if there is a grant to it. */
static void add_both(listing *l, frame f)
{
    f.cross = false;
    add(l, f);
    if (l->resource) {
        f.cross = true;
        add(l, f);
    }
}

/* --- what the policies ask about ----------------------------------------- */

static bool asks_who(const key_ref *key)
{
    return key->id == KEY_AWS_PRINCIPALARN || key->id == KEY_AWS_USERNAME ||
           key->id == KEY_AWS_USERID || key->id == KEY_AWS_PRINCIPALTYPE;
}

static bool policy_asks_who(const iam_policy *policy)
{
    for (uint32_t i = 0; i < policy->variable_count; i++)
        if (asks_who(&policy->variables[i].key))
            return true;
    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        if (s->has_principal)
            return true;
        for (uint32_t k = 0; k < s->condition_count; k++)
            if (asks_who(&s->conditions[k].key))
                return true;
    }
    return false;
}

static bool stacks_ask_who(const inquiry *q)
{
    for (uint32_t k = 0; q->scope && k < q->scope->key_count; k++)
        if (asks_who(&q->scope->keys[k].key))
            return true;
    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        for (size_t k = 0; k < q->stacks[i]->count; k++)
            if (policy_asks_who(q->stacks[i]->entries[k].policy))
                return true;
    return false;
}

static bool stacks_have_resource(const inquiry *q)
{
    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        for (size_t k = 0; k < q->stacks[i]->count; k++)
            if (iamp_layer_of(q->stacks[i]->entries[k].policy->kind) ==
                LAYER_RESOURCE)
                return true;
    return false;
}

/* Is it a session of this role? */
static bool session_of(text session, text role)
{
    principal_arn a, b;

    return iamp_principal_arn_parse(session, &a) &&
           iamp_principal_arn_parse(role, &b) && text_eq(a.name, b.name) &&
           text_eq(a.arn.account, b.arn.account) &&
           text_eq(a.arn.partition, b.arn.partition);
}

/* Sessions that are named get frames of their own: they alone are granted
 * without their role.  Of one role, if it is given. */
static void add_named_sessions(listing *l, text role)
{
    for (size_t i = 0; i < 2 && l->q->stacks[i]; i++)
        for (size_t k = 0; k < l->q->stacks[i]->count; k++) {
            const iam_policy *policy = l->q->stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                for (uint32_t v = 0; v < policy->statements[n].principal_count;
                     v++) {
                    const principal_value *value =
                        &policy->statements[n].principals[v];

                    if (value->kind == NAMES_SESSION &&
                        (!role.ptr || session_of(value->written, role)))
                        add_both(l, (frame){.caller = PRINCIPAL_SESSION,
                                        .principal = value->written,
                                        .role = role});
                }
        }
}

/* --- lists --------------------------------------------------------------- */

static void add_owners(listing *l)
{
    add_both(l, (frame){.caller = PRINCIPAL_USER});
    if (!stacks_ask_who(l->q))
        return;
    add_both(l, (frame){.caller = PRINCIPAL_ROLE});
    add_named_sessions(l, (text){NULL, 0});
}

static void add_anybody(listing *l)
{
    l->q->anybody = true;
    add_both(l, (frame){.caller = PRINCIPAL_USER});
    add_both(l, (frame){.caller = PRINCIPAL_ROLE});
    add_named_sessions(l, (text){NULL, 0});
    add_both(l, (frame){.caller = PRINCIPAL_FEDERATED});
    /* The root user of the resource's own account may do everything: who wants
     * to hear of it names it. */
    if (l->resource)
        add(l, (frame){.caller = PRINCIPAL_ROOT, .cross = true});
    add(l, (frame){.caller = PRINCIPAL_SERVICE});
    add(l, (frame){.caller = PRINCIPAL_ANONYMOUS});
}

/* Does the scope name a resource of another account?  Who asks about it wants
 * to hear that nothing grants it, although no request need leave the account. */
static bool names_foreign_resource(const iam_scope *scope, text account)
{
    for (uint32_t i = 0; i < scope->resource_count; i++) {
        text part[6];

        if (iamp_arn_parts(scope->resources[i], part) &&
            iamp_account_valid(part[4]) && !text_eq(part[4], account))
            return true;
    }
    return false;
}

static void add_known(listing *l, const iam_scope *scope)
{
    frame f = {.principal = scope->principal};
    principal_arn parsed;

    if (scope->service.ptr) {
        f = (frame){.caller = PRINCIPAL_SERVICE, .principal = scope->service};
        add(l, f);
        return;
    }
    if (text_eq(scope->principal, TEXT("anonymous"))) {
        add(l, (frame){.caller = PRINCIPAL_ANONYMOUS});
        return;
    }
    iamp_principal_arn_parse(scope->principal, &parsed);
    f.caller = parsed.type;
    l->resource |= names_foreign_resource(scope, parsed.arn.account);
    add_both(l, f);
    if (f.caller == PRINCIPAL_ROLE)
        add_named_sessions(l, scope->principal);
}

/* Nobody known, and callers of an account that no policy names. */
static void add_public(listing *l)
{
    add(l, (frame){.caller = PRINCIPAL_ANONYMOUS});
    add(l, (frame){.caller = PRINCIPAL_USER, .cross = true, .foreign = true});
    add(l, (frame){.caller = PRINCIPAL_ROLE, .cross = true, .foreign = true});
}

/* --- keys under set operators -------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool gather_set_keys(inquiry *q)
{
    uint64_t *keys = NULL;
    uint32_t count = 0, room = 0;

    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        for (size_t k = 0; k < q->stacks[i]->count; k++) {
            const iam_policy *policy = q->stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                for (uint32_t c = 0; c < policy->statements[n].condition_count;
                     c++) {
                    const condition *asked =
                        &policy->statements[n].conditions[c];

                    if (asked->op.set == SET_NONE || asked->key.id != KEY_OTHER)
                        continue;
                    if (!GROW(&q->mem, keys, count, room))
                        return false;
                    keys[count++] = asked->key.hash;
                }
        }
    if (count > 1)
        qsort(keys, count, sizeof(*keys), by_hash);
    q->set_keys = keys;
    q->set_key_count = count;
    return true;
}

static bool is_unsaid(const inquiry *q)
{
    return !q->scope || q->scope->caller == SCOPE_OWNER;
}

iam_status iamp_question_frames(inquiry *q, default_callers callers)
{
    listing l = {.q = q, .resource = stacks_have_resource(q)};
    bool unsaid = is_unsaid(q);

    if (callers == CALLERS_PUBLIC)
        add_public(&l);
    else if (unsaid ? callers == CALLERS_COMPARED && l.resource
                    : q->scope->caller == SCOPE_ANYBODY)
        add_anybody(&l);
    else if (unsaid)
        add_owners(&l);
    else
        add_known(&l, q->scope);
    q->frames = l.frames;
    q->frame_count = l.count;
    return l.failed || !gather_set_keys(q) ? IAM_ENOMEM : IAM_OK;
}
