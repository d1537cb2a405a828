/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hunt.c - a search for one request.
 */
#include "prove/hunt.h"

#include "reference/service.h"
#include "value/ipset_algebra.h"

/* --- opening ------------------------------------------------------------- */

static encoder encoder_of(hunt *h, const pin *pins, uint32_t pin_count)
{
    const inquiry *q = h->question;

    return (encoder){.s = &h->search,
        .scope = q->scope,
        .frame = &h->frame,
        .known = q->known,
        .actions = q->actions,
        .action_count = q->action_count,
        .pins = pins,
        .pin_count = pin_count,
        .set_keys = q->set_keys,
        .set_key_count = q->set_key_count,
        .any_context = q->scope && (q->scope->flags & IAM_ANY_CONTEXT)};
}

static node stack_node(encoder *e, const iam_stack *stack, bool allowed)
{
    e->stack = stack;
    return iamp_encode_allowed(e, allowed);
}

/* Actions that need no permission are left out, unless they are asked about by
 * name: every policy allows them. */
static void leave_free_calls_out(encoder *e, const inquiry *q)
{
    size_t count;
    const text *actions = iamp_permissionless_actions(&count);

    if (q->free_calls)
        return;
    iamp_assert_node(
        e->s, iamp_encode_action_text(e, TEXT("sts:GetCallerIdentity"), false));
    for (size_t i = 0; i < count; i++)
        iamp_assert_node(e->s, iamp_encode_action_text(e, actions[i], false));
}

static node address_node(hunt *h)
{
    const prey *p = h->prey;
    encoder *e = &h->encoder;
    const key_ref ref = iamp_key_find(TEXT("aws:SourceIp"));
    node present, absent, set;

    h->address_slot = NOTHING;
    if (p->address == ADDRESS_FREE)
        return NODE_TRUE;
    h->address_key = iamp_encode_key(e, &ref);
    absent = iamp_encode_present(e, h->address_key, false);
    present = iamp_encode_present(e, h->address_key, true);
    if (p->address == ADDRESS_ABSENT || e->s->failed)
        return absent;
    if (present == NODE_FALSE)
        return p->address == ADDRESS_OUTSIDE ? absent : NODE_FALSE;
    h->address_slot = iamp_encode_value_slot(e, h->address_key);
    set =
        iamp_set_node(e->s, h->address_slot, p->set, p->address == ADDRESS_IN);
    iamp_node_pivot(e->s, set);
    set = iamp_and(e->s, present, set);
    return p->address == ADDRESS_OUTSIDE ? iamp_or(e->s, absent, set) : set;
}

/* The formula of what is hunted. */
static node prey_node(hunt *h)
{
    const prey *p = h->prey;
    encoder *e = &h->encoder;
    node all;

    all = stack_node(e, p->stack, p->kind != PREY_REFUSED);
    if (p->kind == PREY_APPLIES)
        all = iamp_and(e->s, all,
            iamp_encode_statement(e, p->entry, p->statement, GRANT_NONE, true));
    if (p->kind == PREY_GAINED)
        all = iamp_and(e->s, all, stack_node(e, p->other, false));
    if (p->about)
        all = iamp_and(e->s, all,
            iamp_encode_target(
                e, p->about, &p->about->statements[p->about_statement]));
    return iamp_and(e->s, all, address_node(h));
}

/* Keys that the scope speaks of are there, whether or not a policy asks. */
static void scope_keys(encoder *e)
{
    for (uint32_t i = 0; e->scope && i < e->scope->key_count; i++) {
        uint32_t key = iamp_encode_key(e, &e->scope->keys[i].key);

        if (!e->s->failed && e->scope->keys[i].state != SCOPE_VALUES)
            iamp_assert_node(
                e->s, iamp_encode_present(
                          e, key, e->scope->keys[i].state == SCOPE_PRESENT));
    }
}

/* The resource's account is the caller's, or is not, where both are known: a
 * field of twelve digits is an account. */
static void relate_accounts(hunt *h)
{
    encoder *e = &h->encoder;
    text account, any = {NULL, 0};
    node own;

    if (e->s->failed || e->frame->caller == PRINCIPAL_SERVICE ||
        e->frame->caller == PRINCIPAL_ANONYMOUS)
        return;
    account = iamp_encode_known_account(e);
    if (!account.ptr)
        return;
    own = iamp_encode_account_shown(e, account, !h->frame.cross);
    if (!h->frame.cross)
        own = iamp_or(e->s, own, iamp_encode_account_shown(e, any, false));
    iamp_assert_node(e->s, own);
}

/* The account is not this one. */
static void not_of(hunt *h, text account)
{
    encoder *e = &h->encoder;

    if (iamp_account_valid(account))
        iamp_assert_node(e->s, iamp_encode_text(e, e->principal, VIEW_ACCOUNT,
                                   account, false, false));
}

/* The organization is not this one. */
static void not_in(hunt *h, const key_ref *ref, text organization)
{
    encoder *e = &h->encoder;
    uint32_t key = iamp_encode_key(e, ref);
    node absent = iamp_encode_present(e, key, false);

    if (absent == NODE_TRUE || e->s->failed)
        return;
    iamp_assert_node(
        e->s, iamp_or(e->s, absent,
                  iamp_encode_text(e, iamp_encode_value_slot(e, key), VIEW_TEXT,
                      organization, false, false)));
}

/* Accounts and organizations that a condition names are known. */
static void not_conditioned(hunt *h, const condition *c)
{
    for (uint32_t i = 0; i < c->value_count && !h->search.failed; i++) {
        text part[6];

        if (c->key.id == KEY_AWS_PRINCIPALACCOUNT)
            not_of(h, c->values[i]);
        else if (c->key.id == KEY_AWS_PRINCIPALORGID)
            not_in(h, &c->key, c->values[i]);
        else if (c->key.id == KEY_AWS_PRINCIPALARN &&
                 iamp_arn_parts(c->values[i], part))
            not_of(h, part[4]);
    }
}

/* Whom no policy names: neither as a principal nor in a condition. */
static void stay_foreign(hunt *h)
{
    const iam_stack *stack = h->prey->stack;

    if (!h->frame.foreign)
        return;
    for (size_t i = 0; i < stack->count; i++) {
        const iam_policy *policy = stack->entries[i].policy;

        for (uint32_t k = 0; k < policy->statement_count; k++) {
            const program_statement *s = &policy->statements[k];

            for (uint32_t v = 0; v < s->principal_count; v++)
                not_of(h, s->principals[v].account);
            for (uint32_t c = 0; c < s->condition_count; c++)
                not_conditioned(h, &s->conditions[c]);
        }
    }
}

static iam_status start(hunt *h, inquiry *q, const prey *p, const frame *f)
{
    *h = (hunt){.question = q,
        .prey = p,
        .frame = *f,
        .address_slot = NOTHING,
        .address_key = NOTHING};
    if (iamp_search_init(&h->search, &q->prover->lexis, &q->steps,
            q->prover->from) != IAM_OK)
        return IAM_ENOMEM;
    h->search.plain = q->plain;
    return IAM_OK;
}

static iam_status build(hunt *h, const pin *pins, uint32_t pin_count)
{
    inquiry *q = h->question;

    h->search.progress = q->asked->progress;
    h->search.progress_user = q->asked->user;
    h->search.steps_given = q->prover->max_steps;
    h->encoder = encoder_of(h, pins, pin_count);
    iamp_encode_request(&h->encoder);
    leave_free_calls_out(&h->encoder, q);
    scope_keys(&h->encoder);
    relate_accounts(h);
    stay_foreign(h);
    for (uint32_t i = 0; i < pin_count; i++) /* pins hold, asked or not */
        iamp_encode_key(&h->encoder, &pins[i].key);
    iamp_assert_node(&h->search, prey_node(h));
    iamp_encode_facts(&h->encoder);
    return h->search.failed ? IAM_ENOMEM : IAM_OK;
}

iam_status iamp_hunt_open(hunt *h, inquiry *q, const prey *p, const frame *f,
    const pin *pins, uint32_t pin_count)
{
    iam_status status = start(h, q, p, f);

    return status == IAM_OK ? build(h, pins, pin_count) : status;
}

iam_status iamp_hunt_open_logged(hunt *h, inquiry *q, const prey *p,
    const frame *f, proof_log log, void *user)
{
    iam_status status = start(h, q, p, f);

    if (status != IAM_OK)
        return status;
    iamp_solver_set_log(h->search.solver, log, user);
    return build(h, NULL, 0);
}

void iamp_hunt_close(hunt *h)
{
    iamp_search_release(&h->search);
}

/* --- solving ------------------------------------------------------------- */

void iamp_hunt_say(inquiry *q, const char *why)
{
    if (!q->reason.ptr)
        q->reason = iamp_text_of(why, IAM_NTS);
}

static void say_unsure(inquiry *q, const hunt *h)
{
    uint32_t key = h->search.unsure_key;
    textbuf buf;

    if (q->reason.ptr)
        return;
    iamp_textbuf_init(&buf, q->prover->from);
    textbuf_add_lit(&buf, "conditions of several types on ");
    if (key < h->search.key_count)
        iamp_textbuf_add(&buf, h->search.keys[key].key.name);
    textbuf_add_lit(&buf, " could not be decided together");
    if (buf.failed)
        q->failed = true;
    else
        q->reason = iamp_text_copy(textbuf_text(&buf), &q->mem);
    iamp_textbuf_release(&buf);
}

hunt_answer iamp_hunt_solve(
    hunt *h, const lit *assumed, uint32_t count, catch *out)
{
    inquiry *q = h->question;

    *out = (catch){.request = NULL};
    switch (iamp_search_solve(&h->search, assumed, count)) {
    case SOLVER_UNSATISFIABLE:
        if (!h->search.unsure)
            return HUNT_NONE;
        say_unsure(q, h);
        return HUNT_UNKNOWN;
    case SOLVER_SATISFIABLE:
        if (iamp_hunt_request(h, out))
            return HUNT_FOUND;
        if (q->failed || h->search.failed)
            return HUNT_NO_MEMORY;
        return HUNT_UNKNOWN;
    case SOLVER_STOPPED:
        if (h->search.stopped)
            return HUNT_STOPPED;
        iamp_hunt_say(q, "the budget of steps was used up");
        return HUNT_UNKNOWN;
    case SOLVER_NO_MEMORY:
        return HUNT_NO_MEMORY;
    case SOLVER_UNKNOWN:
        break;
    }
    iamp_hunt_say(q, "the budget of steps was used up");
    return HUNT_UNKNOWN;
}

hunt_answer iamp_hunt_frame(
    inquiry *q, const prey *p, const frame *f, catch *out)
{
    hunt h;
    hunt_answer answer = HUNT_NO_MEMORY;
    iam_status status = iamp_hunt_open(&h, q, p, f, NULL, 0);

    *out = (catch){.request = NULL};
    if (status == IAM_OK)
        answer = iamp_hunt_solve(&h, NULL, 0, out);
    if (answer == HUNT_UNKNOWN && q->steps > 0 && !h.search.unsure)
        answer = iamp_hunt_pinned(q, p, &h, out);
    iamp_hunt_close(&h);
    return answer;
}

hunt_answer iamp_hunt(inquiry *q, const prey *p, catch *out)
{
    hunt_answer worst = HUNT_NONE;

    *out = (catch){.request = NULL};
    for (uint32_t i = 0; i < q->frame_count; i++) {
        hunt_answer answer = iamp_hunt_frame(q, p, &q->frames[i], out);

        if (answer == HUNT_FOUND || answer >= HUNT_STOPPED)
            return answer;
        if (answer == HUNT_UNKNOWN)
            worst = HUNT_UNKNOWN;
    }
    return worst;
}
