/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness.c - from a model to a request, and back to the evaluator.
 *
 * A model leaves room: each slot takes any text that satisfies what was asked
 * of it.  Texts that a reader believes are tried first; what satisfies a slot
 * is as good as any other, since nothing else looks at it.  Whatever comes out
 * is a counterexample only if the evaluator says so.
 */
#include "prove/believable.h"
#include "prove/hunt.h"

static const text default_account = {"123456789012", 12};
static const text other_account = {"210987654321", 12};

typedef struct draft {
    hunt *h;
    iam_request *request;
    arena *mem;
    text action, resource, account;
    bool bad; /* some setter refused: no request that the evaluator takes */
} draft;

static void note(draft *d, iam_status status)
{
    if (status == IAM_ENOMEM)
        d->h->question->failed = true;
    d->bad |= status != IAM_OK;
}

static void out_of_memory(draft *d)
{
    d->h->question->failed = true;
    d->bad = true;
}

/* --- action and resource ------------------------------------------------- */

static void pick_target(draft *d, catch *out)
{
    hunt *h = d->h;
    believable b = {.s = &h->search,
        .action_slot = h->encoder.action,
        .resource_slot = h->encoder.resource,
        .account = default_account,
        .known = h->question->known};

    if (!iamp_believable_target(&b, d->mem)) {
        out_of_memory(d);
        return;
    }
    d->action = b.action;
    d->resource = b.resource;
    out->level = b.level;
}

/* --- the caller ---------------------------------------------------------- */

static text join(draft *d, const text *parts, size_t count)
{
    size_t len = 0, at = 0;
    char *bytes;

    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    bytes = ARENA_ARRAY(d->mem, char, len + 1);
    if (!bytes) {
        out_of_memory(d);
        return TEXT("");
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len)
            memcpy(bytes + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (text){bytes, len};
}

/* A typical ARN of the frame's kind of caller in an account. */
static text typical(draft *d, text account)
{
    text parts[3] = {TEXT("arn:aws:iam::"), account, TEXT(":user/alice")};

    switch (d->h->frame.caller) {
    case PRINCIPAL_ROLE:
    case PRINCIPAL_SESSION:
        parts[2] = TEXT(":role/example");
        break;
    case PRINCIPAL_FEDERATED:
        parts[0] = TEXT("arn:aws:sts::");
        parts[2] = TEXT(":federated-user/alice");
        break;
    case PRINCIPAL_ROOT:
        parts[2] = TEXT(":root");
        break;
    case PRINCIPAL_USER:
    case PRINCIPAL_NONE:
    case PRINCIPAL_SERVICE:
    case PRINCIPAL_ANONYMOUS:
        break;
    }
    return join(d, parts, COUNT_OF(parts));
}

static text account_of_resource(const draft *d)
{
    text part[6];

    return iamp_arn_parts(d->resource, part) && iamp_account_valid(part[4])
               ? part[4]
               : (text){NULL, 0};
}

/* What the model asks of a key's value, or ptr NULL. */
static text asked_value(draft *d, key_id id)
{
    const text none = {NULL, 0};
    search *s = &d->h->search;
    text value;

    for (uint32_t i = 0; i < s->key_count; i++) {
        const space_key *k = &s->keys[i];

        if (k->key.id != id)
            continue;
        if (k->fate == FATE_CONSTANT && !k->list && k->value_count)
            return k->values[0];
        if (!k->value_slot || !s->slots[k->value_slot - 1].model.asked)
            return none;
        value = iamp_slot_text(s, k->value_slot - 1, NULL, 0, d->mem);
        if (!value.ptr)
            out_of_memory(d);
        return value;
    }
    return none;
}

/* The caller's ARN: of the resource's account where the frame says so, and
 * typical as far as it may be. */
static text pick_principal(draft *d)
{
    const frame *f = &d->h->frame;
    text of_resource = account_of_resource(d);
    text of_key = asked_value(d, KEY_AWS_RESOURCEACCOUNT);
    text wanted[4];
    size_t count = 0;
    text chosen;
    principal_arn parsed;

    if (!f->cross && of_resource.ptr)
        wanted[count++] = typical(d, of_resource);
    if (!f->cross && of_key.ptr && iamp_account_valid(of_key))
        wanted[count++] = typical(d, of_key);
    wanted[count++] = typical(
        d, f->cross && of_resource.ptr && text_eq(of_resource, default_account)
               ? other_account
               : default_account);
    chosen = iamp_slot_text(
        &d->h->search, d->h->encoder.principal, wanted, count, d->mem);
    if (!chosen.ptr) {
        out_of_memory(d);
        return TEXT("");
    }
    if (iamp_principal_arn_parse(chosen, &parsed))
        d->account = parsed.arn.account;
    return chosen;
}

/* "arn:P:sts::A:assumed-role/NAME/somebody": some session of the role, whose
 * name no policy says. */
static text some_session(draft *d, text role)
{
    principal_arn parsed;
    text parts[7];

    if (!iamp_principal_arn_parse(role, &parsed))
        return role;
    parts[0] = TEXT("arn:");
    parts[1] = parsed.arn.partition;
    parts[2] = TEXT(":sts::");
    parts[3] = parsed.arn.account;
    parts[4] = TEXT(":assumed-role/");
    parts[5] = parsed.name;
    parts[6] = TEXT("/some-session-0");
    return join(d, parts, COUNT_OF(parts));
}

static bool names_sessions(const iam_stack *stack)
{
    for (size_t i = 0; stack && i < stack->count; i++) {
        const iam_policy *policy = stack->entries[i].policy;

        for (uint32_t n = 0; n < policy->statement_count; n++)
            for (uint32_t v = 0; v < policy->statements[n].principal_count; v++)
                if (policy->statements[n].principals[v].kind == NAMES_SESSION)
                    return true;
    }
    return false;
}

static void set_caller(draft *d)
{
    hunt *h = d->h;
    const frame *f = &h->frame;
    iam_request *r = d->request;
    text own, service;

    switch (f->caller) {
    case PRINCIPAL_ANONYMOUS:
    case PRINCIPAL_NONE:
        note(d, iamp_request_set_principal(r, TEXT("anonymous"), NULL));
        return;
    case PRINCIPAL_SERVICE:
        service = iamp_slot_text(&h->search, h->encoder.service,
            &TEXT("cloudtrail.amazonaws.com"), 1, d->mem);
        if (!service.ptr)
            out_of_memory(d);
        else
            note(d, iamp_request_set_service(r, service, NULL));
        return;
    case PRINCIPAL_USER:
    case PRINCIPAL_ROLE:
    case PRINCIPAL_SESSION:
    case PRINCIPAL_FEDERATED:
    case PRINCIPAL_ROOT:
        break;
    }
    own = pick_principal(d);
    if (f->caller == PRINCIPAL_SESSION) {
        note(d, iamp_request_set_principal(r, f->principal, NULL));
        note(d, iamp_request_set_role(r, own, NULL));
    } else if (f->caller == PRINCIPAL_ROLE &&
               (names_sessions(h->prey->stack) ||
                   names_sessions(h->prey->other))) {
        note(d, iamp_request_set_principal(r, some_session(d, own), NULL));
        note(d, iamp_request_set_role(r, own, NULL));
    } else {
        note(d, iamp_request_set_principal(r, own, NULL));
    }
    if (f->caller == PRINCIPAL_FEDERATED) { /* unknown, it would be feared */
        const text parts[3] = {
            TEXT("arn:aws:iam::"), d->account, TEXT(":user/alice")};
        text wanted = join(d, parts, 3);
        text user =
            iamp_slot_text(&h->search, h->encoder.user, &wanted, 1, d->mem);

        if (!user.ptr)
            out_of_memory(d);
        else
            note(d, iamp_request_set_user(r, user, NULL));
    }
}

/* Whose the resource is, where its ARN does not say. */
static void set_owner(draft *d)
{
    text of_resource = account_of_resource(d);
    text of_key = asked_value(d, KEY_AWS_RESOURCEACCOUNT);
    text owner;

    if (of_resource.ptr || !d->h->frame.cross)
        return;
    owner = of_key.ptr && iamp_account_valid(of_key) ? of_key : other_account;
    if (text_eq(owner, d->account))
        owner = default_account;
    note(d, iamp_request_set_resource_account(d->request, owner, NULL));
}

/* --- context ------------------------------------------------------------- */

static bool is_present(const search *s, const space_key *k)
{
    switch ((key_fate)k->fate) {
    case FATE_ABSENT:
    case FATE_VIEW_ACCOUNT:
    case FATE_VIEW_NAME:
    case FATE_VIEW_WHOLE:
        return false; /* derived, or not there */
    case FATE_PRESENT:
    case FATE_CONSTANT:
        return true;
    case FATE_FREE:
        break;
    }
    return k->present && iamp_solver_value(s->solver, k->present - 1);
}

static bool is_set(const search *s, const space_key *k)
{
    if (k->fate == FATE_CONSTANT)
        return k->list;
    if (k->mode != KEY_EITHER)
        return k->mode == KEY_LIST;
    return k->is_list && iamp_solver_value(s->solver, k->is_list - 1);
}

/* The value that the request has anyway, as it follows from the rest. */
static bool is_derived(const draft *d, const space_key *k, text value)
{
    key_value found;

    return iamp_request_find(d->request, &k->key, &found) && !found.list &&
           !found.ambiguous && text_eq(found.values[0], value);
}

static void set_one(draft *d, const space_key *k, text value)
{
    const iam_text one = value;

    if (!is_derived(d, k, value))
        note(d, iamp_request_set_values(
                    d->request, k->key.name, false, &one, 1, NULL));
}

static text value_of(draft *d, uint32_t slot_number, const space_key *k)
{
    const text wanted = iamp_believable_value(&k->key, d->account);
    text value = iamp_slot_text(
        &d->h->search, slot_number, &wanted, wanted.ptr != NULL, d->mem);

    if (!value.ptr)
        out_of_memory(d);
    return value;
}

/* Members that are there, each once. */
static void set_members(draft *d, const space_key *k)
{
    search *s = &d->h->search;
    uint32_t pairs = k->member_count / 2, count = 0;
    iam_text *values = ARENA_ARRAY(d->mem, iam_text, pairs + 1);

    if (!values) {
        out_of_memory(d);
        return;
    }
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t there = k->members[(size_t)2 * i + 1];
        text value;
        bool known = false;

        if (there && !iamp_solver_value(s->solver, there - 1))
            continue;
        value = value_of(d, k->members[(size_t)2 * i], k);
        if (d->bad)
            return;
        for (uint32_t n = 0; n < count; n++)
            known |= text_eq(values[n], value);
        if (!known)
            values[count++] = value;
    }
    if (count == 0)
        values[count++] = iamp_believable_value(&k->key, d->account).ptr
                              ? iamp_believable_value(&k->key, d->account)
                              : TEXT("x");
    note(d, iamp_request_set_values(
                d->request, k->key.name, true, values, count, NULL));
}

/* The resource's account is the one that its ARN shows, and the caller's or not
 * as the frame says: another value is no fact. */
static bool owner_fits(const draft *d, text owner)
{
    text of_resource = account_of_resource(d);
    bool caller = d->h->frame.caller != PRINCIPAL_SERVICE &&
                  d->h->frame.caller != PRINCIPAL_ANONYMOUS;

    if (d->h->encoder.any_context)
        return true;
    if (of_resource.ptr && !text_eq(of_resource, owner))
        return false;
    return !caller || text_eq(owner, d->account) != d->h->frame.cross;
}

static void set_key(draft *d, const space_key *k)
{
    text value;

    if (!is_present(&d->h->search, k) ||
        k->value_slot ==
            d->h->encoder.service + 1) /* follows from the caller */
        return;
    if (k->fate == FATE_CONSTANT && !k->list) {
        set_one(d, k, k->values[0]);
    } else if (k->fate == FATE_CONSTANT) {
        note(d, iamp_request_set_values(d->request, k->key.name, true,
                    k->values, k->value_count, NULL));
    } else if (is_set(&d->h->search, k)) {
        set_members(d, k);
    } else if (k->value_slot) {
        value = value_of(d, k->value_slot - 1, k);
        if (k->key.id == KEY_AWS_RESOURCEACCOUNT && !owner_fits(d, value))
            d->bad = true;
        if (!d->bad)
            set_one(d, k, value);
    } else {
        value = iamp_believable_value(&k->key, d->account);
        set_one(d, k, value.ptr ? value : TEXT("x"));
    }
}

/* The address first: it is what people look for. */
static void set_context(draft *d)
{
    search *s = &d->h->search;

    for (size_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < s->key_count && !d->bad; i++)
            if ((s->keys[i].key.id == KEY_AWS_SOURCEIP) == (round == 0))
                set_key(d, &s->keys[i]);
}

/* --- replay -------------------------------------------------------------- */

/* Where variables were taken for any text, the model may think that a statement
 * applies which does not. */
static bool is_about(const prey *p, const iam_request *request)
{
    const program_statement *s;

    if (p->about) {
        s = &p->about->statements[p->about_statement];
        if (!iamp_action_matches(s, request, NULL) ||
            !iamp_resource_matches(p->about, s, request, NULL))
            return false;
    }
    if (p->kind == PREY_APPLIES) {
        const iam_policy *policy = p->stack->entries[p->entry].policy;
        grant ignored;

        return iamp_statement_applies(policy, &policy->statements[p->statement],
            request, iamp_has_boundary(p->stack, request), &ignored, NULL);
    }
    return true;
}

static bool agrees(draft *d, catch *out)
{
    const prey *p = d->h->prey;

    out->outcome = iamp_stack_check(p->stack, d->request);
    if (p->other)
        out->other_outcome = iamp_stack_check(p->other, d->request);
    if (!is_about(p, d->request))
        return false;
    switch (p->kind) {
    case PREY_ALLOWED:
    case PREY_APPLIES:
        return out->outcome == IAM_ALLOW;
    case PREY_REFUSED:
        return out->outcome != IAM_ALLOW;
    case PREY_GAINED:
        return out->outcome == IAM_ALLOW && out->other_outcome != IAM_ALLOW;
    }
    return false;
}

/* Does anything look at the address as a text, or as a value of another kind?
 * Then what holds of one address of a cell need not hold of the others. */
static bool text_matters(const hunt *h, const slot_data *sl)
{
    const encoder *e = &h->encoder;

    if (sl->constant || sl->model.count > 0 || sl->model.alive[SORT_NUMBER] ||
        sl->model.alive[SORT_DATE])
        return true;
    for (uint32_t i = 0; i < e->loose_count; i++)
        if (e->loose[i].id == KEY_AWS_SOURCEIP)
            return true;
    return false;
}

/* The address of the request, if it has one. */
static iam_status own_address(const draft *d, ipset *set)
{
    const key_ref key = iamp_key_find(TEXT("aws:SourceIp"));
    key_value found;
    ipblock block;

    *set = (ipset){.v4 = NULL};
    if (!iamp_request_find(d->request, &key, &found) || found.ambiguous ||
        found.list || !iamp_ipblock_parse(found.values[0], &block))
        return IAM_OK;
    return iamp_ipset_build(set, &block, 1, &d->h->question->mem);
}

/* With which addresses the request would do as well.  Where variables were taken
 * for any text, the evaluator spoke of the request's own address, and not even
 * the cells tell all that conditions ask. */
static bool keep_addresses(draft *d, catch *out)
{
    hunt *h = d->h;
    const slot_data *sl;
    ipset *set;
    bool kept;

    if (h->address_slot == NOTHING)
        return true;
    sl = &h->search.slots[h->address_slot];
    if (!sl->constant && !sl->model.alive[SORT_ADDRESS])
        return true;
    set = ARENA_ARRAY(&h->question->mem, ipset, 1);
    if (set && (h->search.relaxed || text_matters(h, sl)))
        kept = own_address(d, set) == IAM_OK;
    else
        kept =
            set && iamp_cells_to_set(sl->tracks[SORT_ADDRESS].axis,
                       sl->model.alive[SORT_ADDRESS], &h->question->mem, set);
    if (!kept)
        out_of_memory(d);
    out->addresses = set;
    return kept;
}

bool iamp_hunt_request(hunt *h, catch *out)
{
    draft d = {.h = h, .mem = &h->question->mem, .account = default_account};

    *out = (catch){.request = NULL};
    if (iamp_request_new(&d.request, h->question->prover->from) != IAM_OK) {
        h->question->failed = true;
        return false;
    }
    pick_target(&d, out);
    if (!d.bad) {
        note(&d, iamp_request_set_action(d.request, d.action, NULL));
        note(&d, iamp_request_set_resource(d.request, d.resource, NULL));
    }
    if (!d.bad)
        set_caller(&d);
    if (!d.bad)
        set_owner(&d);
    if (!d.bad)
        set_context(&d);
    if (!d.bad && agrees(&d, out) && keep_addresses(&d, out)) {
        out->request = d.request;
        return true;
    }
    iamp_request_free(d.request);
    return false;
}
