/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hunt.c - a search for one request, and for all addresses.
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

        if (!e->s->failed && e->scope->keys[i].state == SCOPE_ABSENT)
            iamp_assert_node(e->s, iamp_encode_present(e, key, false));
    }
}

/* The resource's account is the caller's, or is not, where both are known: a
 * field of twelve digits is an account. */
static text known_account(const hunt *h)
{
    const encoder *e = &h->encoder;
    const slot_data *sl = &e->s->slots[e->principal];
    const text none = {NULL, 0};
    principal_arn parsed;

    for (uint32_t i = 0; i < e->pin_count; i++)
        if (e->pins[i].key.id == KEY_AWS_PRINCIPALACCOUNT && !e->pins[i].absent)
            return e->pins[i].value;
    return sl->constant && iamp_principal_arn_parse(sl->value, &parsed)
               ? parsed.arn.account
               : none;
}

static void relate_accounts(hunt *h)
{
    encoder *e = &h->encoder;
    word_builder *b = &e->s->builder;
    pattern_id own = 0, any = 0;
    text account;
    node same;

    if (e->s->failed || e->frame->caller == PRINCIPAL_SERVICE ||
        e->frame->caller == PRINCIPAL_ANONYMOUS)
        return;
    account = known_account(h);
    if (!account.ptr)
        return;
    for (size_t which = 0; which < 2; which++) {
        iamp_word_builder_reset(b);
        iamp_word_add_text(b, TEXT("arn"));
        for (size_t i = 1; i < 4; i++) {
            iamp_word_add_text(b, TEXT(":"));
            iamp_word_add_run(b, CLASS_NO_COLON);
        }
        iamp_word_add_text(b, TEXT(":"));
        if (which == 0)
            iamp_word_add_text(b, account);
        for (size_t i = 0; which == 1 && i < 12; i++)
            iamp_word_add_one(b, CLASS_DIGIT);
        iamp_word_add_text(b, TEXT(":"));
        iamp_word_add_run(b, CLASS_ANY);
        if (iamp_lexis_pattern(e->s->lexis, b, false, which ? &any : &own) !=
            IAM_OK)
            e->s->failed = true;
    }
    if (e->s->failed)
        return;
    if (h->frame.cross) {
        iamp_assert_node(e->s, iamp_word_node(e->s, e->resource, own, false));
        return;
    }
    same = iamp_or(e->s, iamp_word_node(e->s, e->resource, own, true),
        iamp_word_node(e->s, e->resource, any, false));
    iamp_assert_node(e->s, same);
}

/* Whom no policy names: its account is none of theirs. */
static void stay_foreign(hunt *h)
{
    encoder *e = &h->encoder;
    const iam_stack *stack = h->prey->stack;

    if (!h->frame.foreign)
        return;
    for (size_t i = 0; i < stack->count; i++) {
        const iam_policy *policy = stack->entries[i].policy;

        for (uint32_t k = 0; k < policy->statement_count; k++)
            for (uint32_t v = 0; v < policy->statements[k].principal_count;
                 v++) {
                text account = policy->statements[k].principals[v].account;

                if (account.len)
                    iamp_assert_node(
                        e->s, iamp_encode_text(e, e->principal, VIEW_ACCOUNT,
                                  account, false, false));
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

static void say(inquiry *q, const char *why)
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
        say(q, "the budget of steps was used up");
        return HUNT_UNKNOWN;
    case SOLVER_NO_MEMORY:
        return HUNT_NO_MEMORY;
    case SOLVER_UNKNOWN:
        break;
    }
    say(q, "the budget of steps was used up");
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

/* --- addresses ----------------------------------------------------------- */

typedef struct ranges {
    range4 *v4;
    range6 *v6;
    size_t count4, count6;
} ranges;

static void add_range(ranges *r, const axis *a, uint32_t from, uint32_t to)
{
    ipaddr first, last, ignored;

    iamp_axis_range(a, from, &first, &ignored);
    iamp_axis_range(a, to, &ignored, &last);
    if (first.family == 4) {
        r->v4[r->count4++] = (range4){(uint32_t)first.lo, (uint32_t)last.lo};
    } else {
        r->v6[r->count6++] = (range6){first.hi, first.lo, last.hi, last.lo};
    }
}

bool iamp_cells_to_set(
    const axis *a, const uint64_t *cells, arena *mem, ipset *out)
{
    ranges r = {.v4 = ARENA_ARRAY(mem, range4, a->count4),
        .v6 = ARENA_ARRAY(mem, range6, a->count6)};
    uint32_t end = axis_no_value(a);

    if (!r.v4 || !r.v6)
        return false;
    for (uint32_t cell = 0; cell < end; cell++) {
        uint32_t from = cell;

        if (!cell_in(cells, cell))
            continue;
        /* A run of cells of one family. */
        while (
            cell + 1 < end && cell + 1 != a->count4 && cell_in(cells, cell + 1))
            cell++;
        add_range(&r, a, from, cell);
    }
    *out =
        (ipset){.v4 = r.v4, .v6 = r.v6, .count4 = r.count4, .count6 = r.count6};
    return true;
}

bool iamp_set_join(ipset *into, const ipset *other, arena *mem)
{
    ipset joined;

    if (iamp_ipset_combine(&joined, IPSET_UNION, into, other, SIZE_MAX, mem) !=
        IAM_OK)
        return false;
    *into = joined;
    return true;
}

static void take_away(uint64_t *from, const uint64_t *what, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        from[i] &= ~what[i];
}

static bool any_cell(const uint64_t *cells, uint32_t words)
{
    uint64_t any = 0;

    for (uint32_t i = 0; i < words; i++)
        any |= cells[i];
    return any != 0;
}

/* What the model leaves of the address, all of which would do: everything that
 * is left if nothing was asked. */
static const uint64_t *model_cells(const hunt *h, const uint64_t *left)
{
    const slot_data *sl = &h->search.slots[h->address_slot];

    return sl->model.alive[SORT_ADDRESS] ? sl->model.alive[SORT_ADDRESS] : left;
}

typedef struct tally_of_addresses {
    ipset *found, *unsure;
    catch *kept;
    bool has_kept;
} tally_of_addresses;

static void keep(tally_of_addresses *t, catch *caught)
{
    if (t->has_kept) {
        iamp_request_free(caught->request);
        caught->request = NULL;
    } else {
        *t->kept = *caught;
        t->has_kept = true;
    }
}

/* Of the cells those that are in the set as a whole. */
static bool whole_cells(
    const axis *a, uint64_t *cells, const ipset *set, arena *mem)
{
    uint64_t *touched = ARENA_ARRAY(mem, uint64_t, a->words);
    ipset others;

    if (!touched || iamp_ipset_combine(&others, IPSET_COMPLEMENT, set, set,
                        SIZE_MAX, mem) != IAM_OK)
        return false;
    iamp_axis_fill_addresses(a, &others, touched);
    take_away(cells, touched, a->words);
    return true;
}

/* With the addresses of `caught` there is such a request, and with the rest of
 * `cells` there may be; both are taken away.  Where whole cells are found, the
 * rest is asked for again instead. */
static hunt_answer found_some(hunt *h, uint64_t *left, const uint64_t *cells,
    const catch *caught, tally_of_addresses *t)
{
    arena *mem = &h->question->mem;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    const ipset none = {.v4 = NULL};
    const ipset *found = caught->addresses ? caught->addresses : &none;
    uint64_t *whole = ARENA_ARRAY(mem, uint64_t, a->words);
    ipset all, rest;

    if (!whole)
        return HUNT_NO_MEMORY;
    memcpy(whole, left, a->words * sizeof(*whole));
    if (!whole_cells(a, whole, found, mem))
        return HUNT_NO_MEMORY;
    if (any_cell(whole, a->words)) {
        take_away(left, whole, a->words);
        return iamp_cells_to_set(a, whole, mem, &all) &&
                       iamp_set_join(t->found, &all, mem)
                   ? HUNT_FOUND
                   : HUNT_NO_MEMORY;
    }
    say(h->question, "aws:SourceIp is compared as a text: what holds of one "
                     "address need not hold of its neighbours");
    take_away(left, cells, a->words);
    return iamp_cells_to_set(a, cells, mem, &all) &&
                   iamp_ipset_combine(&rest, IPSET_DIFFERENCE, &all, found,
                       SIZE_MAX, mem) == IAM_OK &&
                   iamp_set_join(t->found, found, mem) &&
                   iamp_set_join(t->unsure, &rest, mem)
               ? HUNT_FOUND
               : HUNT_NO_MEMORY;
}

/* Nothing is known of these. */
static hunt_answer found_none(
    hunt *h, uint64_t *left, const uint64_t *cells, tally_of_addresses *t)
{
    arena *mem = &h->question->mem;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    ipset all;

    take_away(left, cells, a->words);
    return iamp_cells_to_set(a, cells, mem, &all) &&
                   iamp_set_join(t->unsure, &all, mem)
               ? HUNT_FOUND
               : HUNT_NO_MEMORY;
}

/* One round: some addresses of those left are found, or not known, and taken
 * away.  HUNT_NONE: none is left. */
static hunt_answer next_addresses(
    hunt *h, uint64_t *left, tally_of_addresses *t)
{
    inquiry *q = h->question;
    const axis *a = h->search.slots[h->address_slot].tracks[SORT_ADDRESS].axis;
    uint64_t *cells = ARENA_ARRAY(&q->mem, uint64_t, a->words);
    lit assumed;
    catch caught;
    bool given_up;
    hunt_answer answer;

    if (!any_cell(left, a->words))
        return HUNT_NONE;
    if (!cells)
        return HUNT_NO_MEMORY;
    assumed = iamp_cells_literal(&h->search, h->address_slot, left);
    answer = iamp_hunt_solve(h, &assumed, 1, &caught);
    if (answer == HUNT_NONE || answer >= HUNT_STOPPED)
        return answer;
    given_up = answer == HUNT_UNKNOWN && (q->steps == 0 || h->search.unsure);
    memcpy(cells, given_up ? left : model_cells(h, left),
        a->words * sizeof(*cells));
    if (answer == HUNT_UNKNOWN && !given_up) {
        prey in = *h->prey;
        ipset some;

        if (!iamp_cells_to_set(a, cells, &q->mem, &some))
            return HUNT_NO_MEMORY;
        in.address = ADDRESS_IN;
        in.set = &some;
        answer = iamp_hunt_pinned(q, &in, h, &caught);
        if (answer >= HUNT_STOPPED)
            return answer;
    }
    if (answer != HUNT_FOUND)
        return found_none(h, left, cells, t);
    keep(t, &caught);
    return found_some(h, left, cells, &caught, t);
}

/* In one frame.  An address slot needs an axis: all addresses are asked for as
 * a set. */
static hunt_answer frame_addresses(
    inquiry *q, const prey *p, const frame *f, tally_of_addresses *t)
{
    hunt h;
    hunt_answer answer = HUNT_NO_MEMORY;
    uint64_t *left = NULL;

    if (iamp_hunt_open(&h, q, p, f, NULL, 0) == IAM_OK) {
        iamp_search_close(&h.search);
        answer = h.address_slot == NOTHING ? HUNT_NONE : HUNT_FOUND;
    }
    if (answer == HUNT_FOUND &&
        h.search.slots[h.address_slot].constant) { /* given */
        catch caught;

        answer = iamp_hunt_frame(q, p, f, &caught);
        if (answer == HUNT_FOUND) {
            ipblock block;
            ipset one;

            if (!iamp_ipblock_parse(
                    h.search.slots[h.address_slot].value, &block) ||
                iamp_ipset_build(&one, &block, 1, &q->mem) != IAM_OK ||
                !iamp_set_join(t->found, &one, &q->mem))
                answer = HUNT_NO_MEMORY;
            keep(t, &caught);
        }
        iamp_hunt_close(&h);
        return answer == HUNT_FOUND ? HUNT_NONE : answer;
    }
    if (answer == HUNT_FOUND) {
        axis *a = h.search.slots[h.address_slot].tracks[SORT_ADDRESS].axis;

        left = a ? iamp_axis_set(a) : NULL;
        if (left) {
            iamp_axis_complement(a, left);
            left[axis_no_value(a) / 64] &=
                ~(UINT64_C(1) << (axis_no_value(a) % 64));
        } else {
            answer = a ? HUNT_NO_MEMORY : HUNT_NONE;
        }
    }
    while (answer == HUNT_FOUND)
        answer = next_addresses(&h, left, t);
    iamp_hunt_close(&h);
    return answer;
}

hunt_answer iamp_hunt_addresses(
    inquiry *q, const prey *p, ipset *found, ipset *unsure, catch *out)
{
    tally_of_addresses t = {found, unsure, out, false};

    *found = *unsure = (ipset){.v4 = NULL};
    *out = (catch){.request = NULL};
    for (uint32_t i = 0; i < q->frame_count; i++) {
        hunt_answer answer = frame_addresses(q, p, &q->frames[i], &t);

        if (answer >= HUNT_STOPPED) {
            iamp_request_free(out->request);
            out->request = NULL;
            return answer;
        }
        if (answer == HUNT_UNKNOWN) /* of a given address */
            return answer;
    }
    if (unsure->count4 || unsure->count6)
        return HUNT_UNKNOWN;
    return t.has_kept ? HUNT_FOUND : HUNT_NONE;
}
