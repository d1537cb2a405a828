/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hunt_pin.c - policy variables, given values one by one.
 *
 * A search that took variables for any text proves what it cannot find, but
 * what it finds may be nothing.  Then each variable gets a value that looks
 * promising, and the search that follows is exact for that value.
 */
#include "prove/hunt.h"

#include "prove/grow.h"

enum {
    MOST_VALUES = 8,   /* of a variable */
    MOST_ATTEMPTS = 24 /* of one hunt */
};

typedef struct candidates {
    key_ref key;
    text values[MOST_VALUES];
    bool absent[MOST_VALUES];
    uint32_t count;
} candidates;

static void add_value(candidates *c, text value)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (!c->absent[i] && text_eq(c->values[i], value))
            return;
    if (c->count < MOST_VALUES)
        c->values[c->count++] = value;
}

static void add_absent(candidates *c)
{
    if (c->count < MOST_VALUES)
        c->absent[c->count++] = true;
}

/* Where the last copy of a literal starts, from `at` on; else `at`. */
static size_t last_place(text shown, size_t at, text literal)
{
    for (size_t start = shown.len; start > at; start--)
        if (text_starts(text_from(shown, start - 1), literal))
            return start - 1;
    return at;
}

/* What a text shows in place of the first variable of that key of a pattern,
 * which has one: the literals around it must stand there. */
static void capture(
    candidates *c, const iam_policy *policy, const glob *g, text shown)
{
    size_t at = 0;

    for (uint32_t i = 0; i < g->number; i++) {
        const glob_token *token = &g->of.tokens[i];
        text rest = text_from(shown, at);

        if (token->type == GLOB_LITERAL) {
            if (!text_starts(rest, glob_token_text(token)))
                return;
            at += token->number;
            continue;
        }
        if ((token->type == GLOB_RUN || token->type == GLOB_RUN_IN_FIELD) &&
            i + 1 < g->number && token[1].type == GLOB_LITERAL) {
            at = last_place(shown, at, glob_token_text(&token[1]));
            continue;
        }
        if (token->type != GLOB_VARIABLE ||
            !key_eq(&policy->variables[token->number].key, &c->key))
            return;
        if (i + 1 == g->number) {
            add_value(c, rest);
        } else if (token[1].type == GLOB_LITERAL) {
            text next = glob_token_text(&token[1]);

            for (size_t end = 0; end + next.len <= rest.len; end++)
                if (text_starts(text_from(rest, end), next)) {
                    add_value(c, text_slice(rest, 0, end));
                    return;
                }
        } else {
            add_value(c, text_slice(rest, 0,
                             iamp_text_find(rest, '/') < rest.len
                                 ? iamp_text_find(rest, '/')
                                 : rest.len));
        }
        return;
    }
}

static void capture_all(candidates *c, const hunt *h, text resource)
{
    const iam_stack *stacks[2] = {h->prey->stack, h->prey->other};

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; stacks[i] && k < stacks[i]->count; k++) {
            const iam_policy *policy = stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                for (uint32_t r = 0; r < policy->statements[n].resource_count;
                     r++)
                    if (policy->statements[n].resources[r].glob.variable)
                        capture(c, policy,
                            &policy->statements[n].resources[r].glob, resource);
        }
}

/* Other condition values of the same key, spelled in the policies. */
static void spelled(candidates *c, const hunt *h)
{
    const iam_stack *stacks[2] = {h->prey->stack, h->prey->other};

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; stacks[i] && k < stacks[i]->count; k++) {
            const iam_policy *policy = stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                for (uint32_t j = 0; j < policy->statements[n].condition_count;
                     j++) {
                    const condition *cond =
                        &policy->statements[n].conditions[j];

                    if (key_eq(&cond->key, &c->key) &&
                        cond->op.base <= OP_STRING_LIKE &&
                        cond->exact_count > 0)
                        add_value(c, cond->exact[0]);
                }
        }
}

/* The model's own value, where some condition asked for one. */
static void modelled(candidates *c, hunt *h)
{
    search *s = &h->search;

    for (uint32_t i = 0; i < s->key_count; i++) {
        const space_key *k = &s->keys[i];
        text value;

        if (!key_eq(&k->key, &c->key) || !k->value_slot)
            continue;
        value =
            iamp_slot_text(s, k->value_slot - 1, NULL, 0, &h->question->mem);
        if (value.ptr)
            add_value(c, value);
    }
}

static void views(candidates *c, hunt *h)
{
    text principal = iamp_slot_text(
        &h->search, h->encoder.principal, NULL, 0, &h->question->mem);
    principal_arn parsed;

    if (!principal.ptr || !iamp_principal_arn_parse(principal, &parsed))
        return;
    if (c->key.id == KEY_AWS_USERNAME)
        add_value(c, parsed.name);
    else if (c->key.id == KEY_AWS_PRINCIPALACCOUNT)
        add_value(c, parsed.arn.account);
    else if (c->key.id == KEY_AWS_PRINCIPALARN)
        add_value(c, principal);
}

static void typical(candidates *c)
{
    switch (c->key.id) {
    case KEY_AWS_PRINCIPALACCOUNT:
    case KEY_AWS_RESOURCEACCOUNT:
    case KEY_AWS_SOURCEACCOUNT:
        add_value(c, TEXT("123456789012"));
        break;
    case KEY_AWS_PRINCIPALARN:
        add_value(c, TEXT("arn:aws:iam::123456789012:user/alice"));
        break;
    case KEY_AWS_USERID:
        add_value(c, TEXT("AIDAEXAMPLE0ALICE0AAA"));
        break;
    case KEY_AWS_REQUESTEDREGION:
        add_value(c, TEXT("us-east-1"));
        break;
    default:
        add_value(c, TEXT("alice"));
        break;
    }
}

static void gather(candidates *c, hunt *h, const key_ref *key, text resource)
{
    const key_fact *fact = iamp_key_fact((key_id)key->id);

    *c = (candidates){.key = *key};
    capture_all(c, h, resource);
    modelled(c, h);
    views(c, h);
    typical(c);
    spelled(c, h);
    if (fact->type != KEY_TYPE_UNKNOWN || key->id == KEY_OTHER)
        add_absent(c);
    add_value(c, TEXT(""));
}

static hunt_answer attempt(inquiry *q, const prey *p, const frame *f,
    const pin *pins, uint32_t count, catch *out)
{
    hunt h;
    hunt_answer answer = HUNT_NO_MEMORY;

    if (iamp_hunt_open(&h, q, p, f, pins, count) == IAM_OK)
        answer = iamp_hunt_solve(&h, NULL, 0, out);
    iamp_hunt_close(&h);
    return answer;
}

static void name_loose(inquiry *q, const candidates *all, uint32_t count)
{
    textbuf buf;

    if (q->reason.ptr)
        return;
    iamp_textbuf_init(&buf, q->prover->from);
    textbuf_add_lit(&buf, "no value was found, and none excluded, of ");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            textbuf_add_lit(&buf, ", ");
        textbuf_add_lit(&buf, "${");
        iamp_textbuf_add(&buf, all[i].key.name);
        textbuf_add_lit(&buf, "}");
    }
    if (buf.failed)
        q->failed = true;
    else
        q->reason = iamp_text_copy(textbuf_text(&buf), &q->mem);
    iamp_textbuf_release(&buf);
}

/* The n-th choice of a value for each variable: all their n-th ones first, so
 * that values that were captured together are tried together; then one varied
 * against the first values of the others. */
static uint32_t choice(
    const candidates *all, uint32_t count, uint32_t n, uint32_t which)
{
    uint32_t vary, of;

    if (n < MOST_VALUES)
        return n < all[which].count ? n : all[which].count - 1;
    vary = (n - MOST_VALUES) / MOST_VALUES % count;
    of = (n - MOST_VALUES) % MOST_VALUES;
    if (which != vary)
        return 0;
    return of < all[which].count ? of : 0;
}

/* What gather() looks through for each variable. */
static uint64_t gather_steps(const hunt *h)
{
    const iam_stack *stacks[2] = {h->prey->stack, h->prey->other};
    uint64_t steps = 4;

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; stacks[i] && k < stacks[i]->count; k++) {
            const iam_policy *policy = stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                steps += 1 + policy->statements[n].resource_count +
                         policy->statements[n].condition_count;
        }
    return steps / 4;
}

static hunt_answer pin_variables(
    inquiry *q, const prey *p, const hunt *loose, catch *out)
{
    uint32_t count = loose->encoder.loose_count;
    candidates *all = ARENA_ARRAY(&q->mem, candidates, count);
    pin *pins = ARENA_ARRAY(&q->mem, pin, count);
    uint64_t each = gather_steps(loose);
    hunt copy = *loose;
    text resource;

    if (!all || !pins)
        return HUNT_NO_MEMORY;
    resource =
        iamp_slot_text(&copy.search, copy.encoder.resource, NULL, 0, &q->mem);
    if (!resource.ptr)
        return HUNT_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        if (!iamp_search_pay(&copy.search, each)) {
            if (!q->reason.ptr)
                q->reason = TEXT("the budget of steps was used up");
            return HUNT_UNKNOWN;
        }
        gather(&all[i], &copy, &loose->encoder.loose[i], resource);
    }
    for (uint32_t n = 0; n < MOST_ATTEMPTS && q->steps > 0; n++) {
        hunt_answer answer;

        for (uint32_t i = 0; i < count; i++) {
            uint32_t c = choice(all, count, n, i);

            pins[i] = (pin){.key = all[i].key,
                .absent = all[i].absent[c],
                .value = all[i].values[c]};
        }
        answer = attempt(q, p, &loose->frame, pins, count, out);
        if (answer == HUNT_FOUND || answer >= HUNT_STOPPED)
            return answer;
        if (count < 2 && n + 1 >= all[0].count)
            break;
    }
    name_loose(q, all, count);
    return HUNT_UNKNOWN;
}

/* An account that the model shows: the resource's, or the caller's.  False without
 * memory. */
static bool shown_account(
    inquiry *q, search *s, const encoder *e, size_t which, text *out)
{
    uint32_t slot = which == 0 ? e->resource : e->principal;
    principal_arn parsed;
    text shown, part[6];

    *out = (text){NULL, 0};
    shown = iamp_slot_text(s, slot, NULL, 0, &q->mem);
    if (which == 0 && shown.ptr && iamp_arn_parts(shown, part))
        *out = part[4];
    else if (which == 1 && shown.ptr &&
             iamp_principal_arn_parse(shown, &parsed))
        *out = parsed.arn.account;
    if (out->ptr && !iamp_account_valid(*out))
        *out = (text){NULL, 0};
    return shown.ptr != NULL;
}

/* The caller's account is what the resource's ARN says, or the other way
 * round: fix it. */
static hunt_answer pin_account(
    inquiry *q, const prey *p, const hunt *loose, catch *out)
{
    const key_ref key = iamp_key_find(TEXT("aws:PrincipalAccount"));
    hunt copy = *loose;

    for (size_t which = 0; which < 2; which++) {
        pin one = {.key = key};
        hunt_answer answer;

        if (!shown_account(q, &copy.search, &copy.encoder, which, &one.value))
            return HUNT_NO_MEMORY;
        if (!one.value.ptr)
            continue;
        answer = attempt(q, p, &loose->frame, &one, 1, out);
        if (answer == HUNT_FOUND || answer >= HUNT_STOPPED)
            return answer;
    }
    return HUNT_UNKNOWN;
}

hunt_answer iamp_hunt_pinned(
    inquiry *q, const prey *p, const hunt *loose, catch *out)
{
    hunt_answer answer = HUNT_UNKNOWN;

    if (loose->encoder.loose_count > 0)
        return pin_variables(q, p, loose, out);
    if (!loose->search.slots[loose->encoder.principal].constant)
        answer = pin_account(q, p, loose, out);
    if (answer == HUNT_UNKNOWN && !q->reason.ptr)
        q->reason =
            TEXT("a request was found that the evaluator does not agree with");
    return answer;
}
