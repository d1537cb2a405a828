/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_condition.c - one condition as a formula (semantics B; the twin of
 * eval/condition.c).
 *
 * A key is absent, or has one value, or a set of them.  "Some member ..." gets
 * a slot of its own; "every member ..." is a wish that each member's slot is
 * told, as soon as both are there.
 */
#include "prove/encode.h"
#include "prove/grow.h"

/* "Every member of the set passes", or "every member fails". */
enum {
    TELL_STEPS = 512 /* what it costs to tell one wish to one member */
};

typedef struct every_wish {
    const iam_policy *policy;
    const condition *c;
    bool passes;
    uint32_t flag; /* implies it */
} every_wish;

/* --- one value ----------------------------------------------------------- */

static word_view view_of(const space_key *k)
{
    switch ((key_fate)k->fate) {
    case FATE_VIEW_ACCOUNT:
        return VIEW_ACCOUNT;
    case FATE_VIEW_NAME:
        return VIEW_NAME;
    case FATE_FREE:
    case FATE_ABSENT:
    case FATE_PRESENT:
    case FATE_CONSTANT:
    case FATE_VIEW_WHOLE:
        break;
    }
    return VIEW_TEXT;
}

/* A text operator's plain value on a key of addresses: the address it spells,
 * which is the only text that is it (B.3.1). */
static node plain_address(
    encoder *e, uint32_t slot, text value, bool fold, bool wanted)
{
    char printed[IPADDR_TEXT];
    ipaddr address;
    text canonical;

    if (iamp_ipaddr_parse(value, &address)) {
        canonical = (text){printed, iamp_ipaddr_print(&address, printed)};
        if (text_eq(canonical, value) ||
            (fold && iamp_text_eq_fold(canonical, value)))
            return iamp_address_node(e->s, slot, &address, wanted);
    }
    return wanted ? NODE_FALSE : NODE_TRUE;
}

static bool of_addresses(const encoder *e, uint32_t slot)
{
    return !e->any_context && !e->s->slots[slot].constant &&
           e->s->keys[e->s->slots[slot].key].type == KEY_TYPE_IP;
}

static node some_text(encoder *e, const iam_policy *policy, const condition *c,
    uint32_t slot, bool wanted)
{
    word_view view = view_of(&e->s->keys[e->s->slots[slot].key]);
    node_list list = wanted ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < c->exact_count && !list.decided; i++)
        iamp_list_add(e->s, &list,
            of_addresses(e, slot)
                ? plain_address(e, slot, c->exact[i], c->fold, wanted)
                : iamp_encode_text(
                      e, slot, view, c->exact[i], c->fold, wanted));
    for (uint32_t i = 0; i < c->count && !list.decided; i++)
        iamp_list_add(e->s, &list,
            iamp_encode_glob(e, policy, slot, view, &c->of.globs[i], wanted));
    return iamp_list_node(e->s, &list);
}

/* B.3.4: the value is "true" or "false", in any letter case. */
static node some_bool(encoder *e, const iam_policy *policy, const condition *c,
    uint32_t slot, bool wanted)
{
    word_view view = view_of(&e->s->keys[e->s->slots[slot].key]);
    node_list list = wanted ? iamp_any() : iamp_all();
    node matches, is_bool;

    for (uint32_t i = 0; i < c->count; i++)
        iamp_list_add(e->s, &list,
            iamp_encode_glob(e, policy, slot, view, &c->of.globs[i], wanted));
    matches = iamp_list_node(e->s, &list);
    if (!c->variable)
        return matches;
    list = wanted ? iamp_any() : iamp_all();
    iamp_list_add(e->s, &list,
        iamp_encode_text(e, slot, view, TEXT("true"), true, wanted));
    iamp_list_add(e->s, &list,
        iamp_encode_text(e, slot, view, TEXT("false"), true, wanted));
    is_bool = iamp_list_node(e->s, &list);
    return wanted ? iamp_and(e->s, matches, is_bool)
                  : iamp_or(e->s, matches, is_bool);
}

static node some_arn(encoder *e, const iam_policy *policy, const condition *c,
    uint32_t slot, bool wanted)
{
    word_view view = view_of(&e->s->keys[e->s->slots[slot].key]);
    node_list list = wanted ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < c->count; i++)
        iamp_list_add(e->s, &list,
            iamp_encode_arn(e, policy, slot, view, &c->of.arns[i], wanted));
    return iamp_list_node(e->s, &list);
}

/* A row of bytes has one base64 text only. */
static node some_bytes(
    encoder *e, const condition *c, uint32_t slot, bool wanted)
{
    word_view view = view_of(&e->s->keys[e->s->slots[slot].key]);
    node_list list = wanted ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < c->value_count; i++) {
        bool valid = false;
        text ignored;

        if (iamp_bytes_decode(c->values[i], &ignored, &valid, &e->s->mem) !=
            IAM_OK)
            e->s->failed = true;
        if (valid)
            iamp_list_add(e->s, &list,
                iamp_encode_text(e, slot, view, c->values[i], false, wanted));
    }
    return iamp_list_node(e->s, &list);
}

/* A number or an address is asked of a part of the principal's ARN: taken for
 * anything, until that is pinned. */
static node some_of_view(encoder *e, uint32_t slot)
{
    iamp_encode_loose(e, e->s->slots[slot].key);
    return NODE_TRUE;
}

/* "Some value of the policy's list matches the slot's" (some_match()). */
static node some_match(encoder *e, const iam_policy *policy, const condition *c,
    uint32_t slot, bool wanted)
{
    bool whole = view_of(&e->s->keys[e->s->slots[slot].key]) == VIEW_TEXT;

    switch ((operator_base)c->op.base) {
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
        return some_text(e, policy, c, slot, wanted);
    case OP_BOOL:
        return some_bool(e, policy, c, slot, wanted);
    case OP_NUMERIC_EQUALS:
    case OP_NUMERIC_LESS:
    case OP_NUMERIC_LESS_EQUALS:
    case OP_NUMERIC_GREATER:
    case OP_NUMERIC_GREATER_EQUALS:
    case OP_DATE_EQUALS:
    case OP_DATE_LESS:
    case OP_DATE_LESS_EQUALS:
    case OP_DATE_GREATER:
    case OP_DATE_GREATER_EQUALS:
        return whole ? iamp_order_node(e->s, slot, c, wanted)
                     : some_of_view(e, slot);
    case OP_BINARY_EQUALS:
        return some_bytes(e, c, slot, wanted);
    case OP_IP_ADDRESS:
        return whole ? iamp_set_node(e->s, slot, c->of.addresses, wanted)
                     : some_of_view(e, slot);
    case OP_ARN_LIKE:
        return some_arn(e, policy, c, slot, wanted);
    case OP_NULL:
        break;
    }
    return wanted ? NODE_FALSE : NODE_TRUE;
}

static node test_one(encoder *e, const iam_policy *policy, const condition *c,
    uint32_t slot, bool wanted)
{
    if (e->s->failed)
        return NODE_FALSE; /* then the slot may be none */
    return some_match(e, policy, c, slot, wanted != c->op.negated);
}

static node is_empty(encoder *e, uint32_t slot, bool wanted)
{
    const space_key *k = &e->s->keys[e->s->slots[slot].key];
    word_view view = view_of(k);

    if (of_addresses(e, slot) || (k->ordered && !e->s->slots[slot].constant))
        return wanted ? NODE_FALSE : NODE_TRUE;
    return iamp_encode_text(e, slot, view, TEXT(""), false, wanted);
}

/* --- a single value ------------------------------------------------------ */

/* A.4: no values in the policy. */
static node empty_single(
    encoder *e, const condition *c, uint32_t slot, bool wanted)
{
    bool holds;

    if (c->op.set == SET_FOR_ALL_VALUES)
        return is_empty(e, slot, wanted);
    holds = c->op.negated && c->op.set == SET_NONE && !c->op.if_exists;
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

static node single_holds(encoder *e, const iam_policy *policy,
    const condition *c, uint32_t slot, bool wanted)
{
    bool all = c->op.set == SET_FOR_ALL_VALUES;
    node passes;

    if (c->value_count == 0)
        return empty_single(e, c, slot, wanted);
    passes = test_one(e, policy, c, slot, wanted);
    if (c->op.set == SET_NONE)
        return passes;
    /* B.2: to a set operator "" is the empty set. */
    if (all == wanted)
        return iamp_or(e->s, is_empty(e, slot, true), passes);
    return iamp_and(e->s, is_empty(e, slot, false), passes);
}

/* --- sets ---------------------------------------------------------------- */

static node plain_literal(search *s, uint32_t number, bool wanted)
{
    lit l = lit_of(number);

    return iamp_node_literal(s, wanted ? l : lit_not(l));
}

static uint32_t new_flag(encoder *e)
{
    uint32_t number = 0;

    if (e->s->failed ||
        iamp_solver_variable(e->s->solver, false, false, 0, &number) != IAM_OK)
        e->s->failed = true;
    return number;
}

/* Note what a flag or a member's slot is about. */
static void note(encoder *e, note_kind kind, uint32_t number, uint32_t key,
    const every_wish *w)
{
    search *s = e->s;

    if (!s->plain || s->failed)
        return;
    if (!GROW(&s->mem, s->notes, s->note_count, s->note_room)) {
        s->failed = true;
        return;
    }
    s->notes[s->note_count++] = (member_note){.kind = (uint8_t)kind,
        .passes = w->passes,
        .variables = w->policy->version_2012,
        .number = number,
        .key = key,
        .c = w->c};
}

/* "The wish holds of this member", whenever both are there. */
static void tell(encoder *e, uint32_t key, uint32_t wish, uint32_t member)
{
    const every_wish *w = &e->s->keys[key].wishes[wish];
    uint32_t slot = e->s->keys[key].members[(size_t)2 * member];
    uint32_t there = e->s->keys[key].members[(size_t)2 * member + 1];
    node_list any = iamp_any();
    uint32_t flag = w->flag;

    if (!iamp_search_pay(e->s, TELL_STEPS))
        return;
    iamp_list_add(e->s, &any, test_one(e, w->policy, w->c, slot, w->passes));
    if (e->s->failed)
        return;
    iamp_list_add(e->s, &any, plain_literal(e->s, flag, false));
    if (there)
        iamp_list_add(e->s, &any, plain_literal(e->s, there - 1, false));
    iamp_assert_node(e->s, iamp_list_node(e->s, &any));
}

/* A member's slot and the flag that it is there (+ 1; 0: always). */
static uint32_t add_member(
    encoder *e, uint32_t key, uint32_t slot, uint32_t there)
{
    space_key *k = &e->s->keys[key];
    uint32_t number = k->member_count / 2;

    for (size_t i = 0; i < 2; i++) {
        if (e->s->failed ||
            !GROW(&e->s->mem, k->members, k->member_count, k->member_room)) {
            e->s->failed = true;
            return 0;
        }
        k->members[k->member_count++] = i ? there : slot;
    }
    for (uint32_t i = 0; i < e->s->keys[key].wish_count; i++)
        tell(e, key, i, number);
    return number;
}

/* A set that is present has a member that nobody asked for; one that is given
 * has the members that are. */
static void base_member(encoder *e, uint32_t key)
{
    const space_key k = e->s->keys[key];

    if (k.member_count > 0)
        return;
    if (k.fate != FATE_CONSTANT) {
        add_member(e, key, iamp_encode_value_slot(e, key), 0);
        return;
    }
    for (uint32_t i = 0; i < k.value_count && !e->s->failed; i++) {
        uint32_t slot = iamp_slot_new(e->s, key);

        if (e->s->failed)
            return;
        e->s->slots[slot].constant = true;
        e->s->slots[slot].value = k.values[i];
        add_member(e, key, slot, 0);
    }
}

static node every_member(encoder *e, uint32_t key, const iam_policy *policy,
    const condition *c, bool passes)
{
    space_key *k;
    uint32_t number;
    every_wish wish = {policy, c, passes, new_flag(e)};

    note(e, NOTE_EVERY, wish.flag, key, &wish);
    base_member(e, key);
    k = &e->s->keys[key];
    if (e->s->failed ||
        !GROW(&e->s->mem, k->wishes, k->wish_count, k->wish_room)) {
        e->s->failed = true;
        return NODE_FALSE;
    }
    number = k->wish_count++;
    k->wishes[number] = wish;
    for (uint32_t i = 0; i < e->s->keys[key].member_count / 2; i++)
        tell(e, key, number, i);
    return plain_literal(e->s, wish.flag, true);
}

static node some_member(encoder *e, uint32_t key, const iam_policy *policy,
    const condition *c, bool passes)
{
    const every_wish wish = {policy, c, passes, new_flag(e)};
    uint32_t there = wish.flag;
    uint32_t slot;
    node both;

    base_member(e, key);
    slot = iamp_slot_new(e->s, key);
    if (e->s->failed)
        return NODE_FALSE;
    note(e, NOTE_SOME, there, key, &wish);
    note(e, NOTE_MEMBER, slot, key, &wish);
    add_member(e, key, slot, there + 1);
    both = test_one(e, policy, c, slot, passes);
    return iamp_and(e->s, plain_literal(e->s, there, true), both);
}

/* A set whose members are given. */
static node constant_set(encoder *e, uint32_t key, const iam_policy *policy,
    const condition *c, bool wanted)
{
    bool all = c->op.set == SET_FOR_ALL_VALUES;
    node_list list = all == wanted ? iamp_all() : iamp_any();

    base_member(e, key);
    for (uint32_t i = 0; i < e->s->keys[key].member_count / 2; i++)
        iamp_list_add(e->s, &list,
            test_one(
                e, policy, c, e->s->keys[key].members[(size_t)2 * i], wanted));
    return iamp_list_node(e->s, &list);
}

static node list_holds(encoder *e, uint32_t key, const iam_policy *policy,
    const condition *c, bool wanted)
{
    bool all = c->op.set == SET_FOR_ALL_VALUES;

    if (c->op.set == SET_NONE || c->value_count == 0)
        return wanted ? NODE_FALSE : NODE_TRUE;
    if (e->s->keys[key].fate == FATE_CONSTANT)
        return constant_set(e, key, policy, c, wanted);
    return all == wanted ? every_member(e, key, policy, c, wanted)
                         : some_member(e, key, policy, c, wanted);
}

/* --- the key as a whole -------------------------------------------------- */

static node constant(bool holds, bool wanted)
{
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

static node null_holds(
    encoder *e, uint32_t key, const condition *c, bool wanted)
{
    bool present = c->of.null.present, absent = c->of.null.absent;

    if (c->op.set == SET_FOR_ALL_VALUES)
        present = absent = true;
    else if (c->op.set == SET_FOR_ANY_VALUE)
        present = absent = false;
    if (present == absent)
        return constant(present, wanted);
    return iamp_encode_present(e, key, present == wanted);
}

static bool absent_holds(const condition *c)
{
    if (c->op.if_exists || c->op.set == SET_FOR_ALL_VALUES)
        return true;
    return c->op.set == SET_NONE && c->op.negated;
}

node iamp_encode_list(encoder *e, uint32_t key, bool wanted)
{
    space_key *k = &e->s->keys[key];

    if (e->s->failed)
        return NODE_FALSE;
    if (k->fate == FATE_CONSTANT)
        return constant(k->list, wanted);
    if (k->mode != KEY_EITHER)
        return constant(k->mode == KEY_LIST, wanted);
    if (!k->is_list) {
        uint32_t number = new_flag(e);

        k->is_list = number + 1;
    }
    return e->s->failed ? NODE_FALSE
                        : plain_literal(e->s, k->is_list - 1, wanted);
}

static node present_holds(encoder *e, uint32_t key, const iam_policy *policy,
    const condition *c, bool wanted)
{
    node single = iamp_encode_list(e, key, false);
    node list = iamp_encode_list(e, key, true);

    if (single != NODE_FALSE)
        single = iamp_and(e->s, single,
            single_holds(e, policy, c, iamp_encode_value_slot(e, key), wanted));
    if (list != NODE_FALSE)
        list = iamp_and(e->s, list, list_holds(e, key, policy, c, wanted));
    return iamp_or(e->s, single, list);
}

node iamp_encode_condition(
    encoder *e, const iam_policy *policy, const condition *c, bool wanted)
{
    uint32_t key = iamp_encode_key(e, &c->key);
    node present, absent;

    if (e->s->failed)
        return NODE_FALSE;
    if (c->op.base == OP_NULL)
        return null_holds(e, key, c, wanted);
    absent = iamp_encode_present(e, key, false);
    present = iamp_encode_present(e, key, true);
    if (absent_holds(c) != wanted)
        absent = NODE_FALSE;
    if (present != NODE_FALSE)
        present =
            iamp_and(e->s, present, present_holds(e, key, policy, c, wanted));
    return iamp_or(e->s, absent, present);
}
