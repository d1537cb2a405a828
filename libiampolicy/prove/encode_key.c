/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_key.c - condition keys by scope and by frame, their values, and what
 * is known about the world.
 */
#include "prove/encode.h"
#include "prove/grow.h"
#include "reference/service.h"

static pattern_id plain(encoder *e, text t, bool fold)
{
    pattern_id id = 0;

    iamp_word_builder_reset(&e->s->builder);
    iamp_word_add_text(&e->s->builder, t);
    if (!e->s->failed &&
        iamp_lexis_pattern(e->s->lexis, &e->s->builder, fold, &id) != IAM_OK)
        e->s->failed = true;
    return id;
}

static void set_constant(search *s, uint32_t number, text value)
{
    if (s->failed)
        return;
    s->slots[number].constant = true;
    s->slots[number].value = value;
}

/* --- keys ---------------------------------------------------------------- */

static void constant_key(space_key *k, const text *values, uint32_t count)
{
    k->fate = FATE_CONSTANT;
    k->value_slot = 0; /* not what another slot holds */
    k->values = values;
    k->value_count = count;
    k->list = false;
}

static void constant_text(encoder *e, space_key *k, text value)
{
    text *kept = ARENA_ARRAY(&e->s->mem, text, 1);

    if (!kept) {
        e->s->failed = true;
        return;
    }
    *kept = value;
    constant_key(k, kept, 1);
}

/* A view of the principal's ARN, which may be known. */
static void view_key(encoder *e, space_key *k, key_fate fate)
{
    const slot_data *sl = &e->s->slots[e->principal];
    principal_arn parsed;

    k->fate = (uint8_t)fate;
    if (!sl->constant || !iamp_principal_arn_parse(sl->value, &parsed))
        return;
    if (fate == FATE_VIEW_ACCOUNT)
        constant_text(e, k, parsed.arn.account);
    else if (fate == FATE_VIEW_NAME)
        constant_text(e, k, parsed.name);
    else
        constant_text(e, k, sl->value);
}

/* Keys that only a principal has: nobody known is in no organization, and has no
 * tags and no session (D.1). */
static bool of_principal(const key_ref *key)
{
    const text tag = TEXT("aws:PrincipalTag/");

    return key->id == KEY_AWS_PRINCIPALORGID ||
           key->id == KEY_AWS_PRINCIPALORGPATHS ||
           key->id == KEY_AWS_TOKENISSUETIME ||
           key->id == KEY_AWS_MULTIFACTORAUTHAGE ||
           key->id == KEY_AWS_MULTIFACTORAUTHPRESENT ||
           key->id == KEY_AWS_SOURCEIDENTITY ||
           key->id == KEY_AWS_ASSUMEDROOT ||
           (key->name.len > tag.len &&
               iamp_text_eq_fold(text_slice(key->name, 0, tag.len), tag));
}

/* The key's value is the service's name, one slot for both. */
static void service_key(encoder *e, space_key *k, bool service)
{
    k->fate = service ? FATE_PRESENT : FATE_ABSENT;
    if (!service || e->s->failed)
        return;
    k->value_slot = e->service + 1;
    e->s->slots[e->service].key = (uint32_t)(k - e->s->keys);
}

/* Keys that follow from the caller (D.1; the twin of derive() of
 * eval/context.c). */
static void derived_key(encoder *e, space_key *k)
{
    static const char *const types[] = {[PRINCIPAL_USER] = "User",
        [PRINCIPAL_ROLE] = "AssumedRole",
        [PRINCIPAL_SESSION] = "AssumedRole",
        [PRINCIPAL_FEDERATED] = "FederatedUser",
        [PRINCIPAL_ROOT] = "Account",
        [PRINCIPAL_ANONYMOUS] = "Anonymous"};
    principal_type caller = e->frame->caller;
    bool service = caller == PRINCIPAL_SERVICE;
    bool anonymous = caller == PRINCIPAL_ANONYMOUS;

    switch (k->key.id) {
    case KEY_AWS_PRINCIPALARN:
        if (service || anonymous)
            k->fate = FATE_ABSENT;
        else
            view_key(e, k, FATE_VIEW_WHOLE);
        break;
    case KEY_AWS_PRINCIPALACCOUNT:
        if (service)
            k->fate = FATE_ABSENT;
        else if (anonymous)
            constant_text(e, k, TEXT("anonymous"));
        else
            view_key(e, k, FATE_VIEW_ACCOUNT);
        break;
    case KEY_AWS_PRINCIPALTYPE:
        if (service)
            k->fate = FATE_ABSENT;
        else
            constant_text(e, k, iamp_text_of(types[caller], IAM_NTS));
        break;
    case KEY_AWS_USERNAME:
        if (caller == PRINCIPAL_USER)
            view_key(e, k, FATE_VIEW_NAME);
        else
            k->fate = FATE_ABSENT;
        break;
    case KEY_AWS_USERID:
        if (anonymous)
            constant_text(e, k, TEXT("anonymous"));
        else if (service)
            k->fate = FATE_ABSENT;
        else if (caller == PRINCIPAL_ROOT)
            view_key(e, k, FATE_VIEW_ACCOUNT);
        else
            k->fate = FATE_PRESENT;
        break;
    case KEY_AWS_PRINCIPALISAWSSERVICE:
        if (anonymous)
            k->fate = FATE_ABSENT;
        else
            constant_text(e, k, service ? TEXT("true") : TEXT("false"));
        break;
    case KEY_AWS_PRINCIPALSERVICENAME:
        if (service && e->s->slots[e->service].constant)
            constant_text(e, k, e->s->slots[e->service].value);
        else
            service_key(e, k, service);
        break;
    case KEY_AWS_VIAAWSSERVICE:
        k->fate = FATE_PRESENT; /* the evaluator fills it in */
        break;
    default:
        if (anonymous && of_principal(&k->key))
            k->fate = FATE_ABSENT;
        break;
    }
}

static bool given_key(encoder *e, space_key *k)
{
    for (uint32_t i = 0; e->scope && i < e->scope->key_count; i++) {
        const scope_key *g = &e->scope->keys[i];

        if (!key_eq(&g->key, &k->key))
            continue;
        switch ((scope_state)g->state) {
        case SCOPE_VALUES:
            constant_key(k, g->values, g->count);
            k->list = g->list;
            break;
        case SCOPE_ABSENT:
            k->fate = FATE_ABSENT;
            break;
        case SCOPE_PRESENT:
            /* What the scope says goes before what is only typical. */
            if (k->fate == FATE_FREE ||
                (k->fate == FATE_ABSENT && of_principal(&k->key)))
                k->fate = FATE_PRESENT;
            break;
        }
        return true;
    }
    return false;
}

static const pin *pin_of(const encoder *e, const key_ref *key)
{
    iamp_search_pay(e->s, e->pin_count / 8);
    for (uint32_t i = 0; i < e->pin_count; i++)
        if (key_eq(&e->pins[i].key, key))
            return &e->pins[i];
    return NULL;
}

static bool under_set_operator(const encoder *e, const key_ref *key)
{
    uint32_t from = 0, to = e->set_key_count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (e->set_keys[middle] == key->hash)
            return true;
        if (e->set_keys[middle] < key->hash)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

/* B.4: single-valued or multivalued, as the key's type says; of a key that no
 * table knows, what the policies use it as. */
static key_mode mode_of(const encoder *e, const space_key *k)
{
    key_id id = (key_id)k->key.id;

    if (e->any_context)
        return KEY_EITHER;
    if (id != KEY_OTHER)
        return iamp_key_fact(id)->multivalued ? KEY_LIST : KEY_SINGLE;
    switch (iamp_catalog_key_kind(e->known, k->key.name).arity) {
    case ARITY_SINGLE:
        return KEY_SINGLE;
    case ARITY_MULTIVALUED:
        return KEY_LIST;
    case ARITY_UNKNOWN:
        break;
    }
    return under_set_operator(e, &k->key) ? KEY_EITHER : KEY_SINGLE;
}

/* Pin a key whose value is seen in the principal's ARN: the ARN must show it. */
static void pin_view(encoder *e, key_fate fate, const pin *p)
{
    word_view view = fate == FATE_VIEW_ACCOUNT ? VIEW_ACCOUNT
                     : fate == FATE_VIEW_NAME  ? VIEW_NAME
                                               : VIEW_TEXT;

    iamp_assert_node(e->s, p->absent ? NODE_FALSE
                                     : iamp_encode_text(e, e->principal, view,
                                           p->value, false, true));
}

static void apply_pin(encoder *e, uint32_t key)
{
    space_key *k = &e->s->keys[key];
    const pin *p = pin_of(e, &k->key);
    key_fate fate = (key_fate)k->fate;

    if (!p || fate == FATE_CONSTANT || fate == FATE_ABSENT)
        return;
    if (fate >= FATE_VIEW_ACCOUNT)
        pin_view(e, fate, p);
    else if (p->absent && fate == FATE_PRESENT)
        iamp_assert_node(e->s, NODE_FALSE);
    else if (k->value_slot)
        iamp_assert_node(e->s, iamp_encode_text(e, k->value_slot - 1, VIEW_TEXT,
                                   p->value, false, true));
    k = &e->s->keys[key];
    if (p->absent)
        k->fate = FATE_ABSENT;
    else
        constant_text(e, k, p->value);
}

uint32_t iamp_encode_key(encoder *e, const key_ref *ref)
{
    uint32_t before = e->s->key_count;
    uint32_t key = iamp_space_key(e->s, ref);
    space_key *k;

    if (e->s->failed || key < before)
        return key;
    k = &e->s->keys[key];
    k->mode = (uint8_t)mode_of(e, k);
    if (!e->any_context) {
        k->address = k->type == KEY_TYPE_IP;
        k->ordered = k->type == KEY_TYPE_NUMERIC || k->type == KEY_TYPE_DATE;
        derived_key(e, k);
    }
    given_key(e, k);
    if (k->fate == FATE_CONSTANT && k->value_count == 0)
        k->fate = FATE_ABSENT;
    if (!e->s->failed)
        apply_pin(e, key);
    return key;
}

text iamp_encode_known_account(const encoder *e)
{
    const slot_data *sl = &e->s->slots[e->principal];
    const text none = {NULL, 0};
    principal_arn parsed;

    for (uint32_t i = 0; i < e->pin_count; i++)
        if (e->pins[i].key.id == KEY_AWS_PRINCIPALACCOUNT && !e->pins[i].absent)
            return e->pins[i].value;
    if (e->frame->caller == PRINCIPAL_SESSION && /* its role is of the same */
        iamp_principal_arn_parse(e->frame->principal, &parsed))
        return parsed.arn.account;
    return sl->constant && iamp_principal_arn_parse(sl->value, &parsed)
               ? parsed.arn.account
               : none;
}

/* --- values -------------------------------------------------------------- */

/* What the values of a key can be, by its type. */
static void typed_domain(encoder *e, uint32_t number, key_type type)
{
    pattern_id words[2];

    if (type != KEY_TYPE_BOOL)
        return;
    words[0] = plain(e, TEXT("true"), false);
    words[1] = plain(e, TEXT("false"), false);
    if (!e->s->failed)
        iamp_slot_domain(e->s, number, words, 2);
}

/* Whose the resource is, where that is known; else ptr NULL. */
static text known_owner(const encoder *e)
{
    const slot_data *resource = &e->s->slots[e->resource];
    text part[6], none = {NULL, 0};

    if (e->any_context)
        return none;
    if (!e->frame->cross && iamp_encode_known_account(e).ptr)
        return iamp_encode_known_account(e);
    if (!resource->constant || !iamp_arn_parts(resource->value, part) ||
        !iamp_account_valid(part[4]))
        return none;
    return part[4];
}

uint32_t iamp_encode_value_slot(encoder *e, uint32_t key)
{
    space_key *k = &e->s->keys[key];
    uint32_t number;

    if (e->s->failed)
        return 0;
    if (k->value_slot)
        return k->value_slot - 1;
    if (k->fate >= FATE_VIEW_ACCOUNT) {
        /* The principal's slot, seen as this key: a slot of its own would be
         * another text. */
        e->s->slots[e->principal].key = key;
        return e->principal;
    }
    number = iamp_slot_new(e->s, key);
    if (e->s->failed)
        return 0;
    k = &e->s->keys[key];
    k->value_slot = number + 1;
    if (k->address) /* text atoms alone must look at the cells, too */
        iamp_slot_axis(e->s, number, SORT_ADDRESS);
    if (k->key.id == KEY_AWS_RESOURCEACCOUNT && known_owner(e).ptr)
        set_constant(e->s, number, known_owner(e));
    else if (k->fate == FATE_CONSTANT)
        set_constant(e->s, number, k->values[0]);
    else if (!e->any_context)
        typed_domain(e, number, (key_type)k->type);
    return number;
}

void iamp_encode_loose(encoder *e, uint32_t key)
{
    search *s = e->s;

    s->relaxed = true;
    if (s->failed || s->keys[key].loose)
        return;
    if (!GROW(&s->mem, e->loose, e->loose_count, e->loose_room)) {
        s->failed = true;
        return;
    }
    e->loose[e->loose_count++] = s->keys[key].key;
    s->keys[key].loose = true;
}

static node flag_node(search *s, uint32_t number, bool wanted)
{
    lit l = lit_of(number);

    return iamp_node_literal(s, wanted ? l : lit_not(l));
}

node iamp_encode_present(encoder *e, uint32_t key, bool wanted)
{
    space_key *k = &e->s->keys[key];
    uint32_t number;

    if (e->s->failed)
        return NODE_FALSE;
    if (k->fate == FATE_ABSENT)
        return wanted ? NODE_FALSE : NODE_TRUE;
    if (k->fate != FATE_FREE)
        return wanted ? NODE_TRUE : NODE_FALSE;
    if (!k->present) {
        if (iamp_solver_variable(e->s->solver, false, false, 0, &number) !=
            IAM_OK) {
            e->s->failed = true;
            return NODE_FALSE;
        }
        k->present = number + 1;
    }
    return flag_node(e->s, k->present - 1, wanted);
}

/* --- facts --------------------------------------------------------------- */

/* Keys that a request through a VPC endpoint has and no other (D.2). */
static bool of_endpoint(key_id id)
{
    return id == KEY_AWS_VPCSOURCEIP || id == KEY_AWS_SOURCEVPC ||
           id == KEY_AWS_SOURCEVPCARN || id == KEY_AWS_SOURCEVPCE ||
           id == KEY_AWS_VPCEACCOUNT || id == KEY_AWS_VPCEORGID ||
           id == KEY_AWS_VPCEORGPATHS;
}

/* The twelve digits that an atom compares with; false if it is none such. */
static bool account_of_atom(const search *s, const atom *a, char out[12])
{
    const word_pattern *p = a->word ? s->lexis->patterns[a->pattern] : NULL;

    if (!p || !p->plain || p->count != 12)
        return false;
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t letter = p->tokens[i].letter;

        if (letter < '0' || letter > '9')
            return false;
        out[i] = (char)letter;
    }
    return true;
}

/* The atom implies it. */
static void imply(encoder *e, uint32_t number, node what)
{
    node not_asserted = iamp_node_literal(e->s, lit_not(lit_of(number)));

    iamp_assert_node(e->s, iamp_or(e->s, not_asserted, what));
}

/* aws:ResourceAccount is the account that the resource's ARN shows, if it shows
 * one, and the caller's own or not as the frame says. */
static void relate_owner(encoder *e, uint32_t slot)
{
    bool caller = e->frame->caller != PRINCIPAL_SERVICE &&
                  e->frame->caller != PRINCIPAL_ANONYMOUS;
    uint32_t count = e->s->atom_count;

    for (uint32_t i = 0; i < count && !e->s->failed; i++) {
        const atom a = e->s->atoms[i];
        char digits[12];
        text account = {digits, sizeof(digits)};

        if (a.slot != slot || !account_of_atom(e->s, &a, digits))
            continue;
        imply(e, a.variable,
            a.wanted
                ? iamp_or(e->s, iamp_encode_account_shown(e, account, true),
                      iamp_encode_account_shown(e, (text){NULL, 0}, false))
                : iamp_encode_account_shown(e, account, false));
        if (caller && (!e->frame->cross || a.wanted))
            imply(e, a.variable,
                iamp_encode_text(e, e->principal, VIEW_ACCOUNT, account, false,
                    !e->frame->cross && a.wanted));
    }
}

/* aws:ResourceAccount is there but for some actions and for Bedrock's own models
 * (D.1, G.4; resource_account_of() of eval/context.c). */
static void resource_account(encoder *e, uint32_t key)
{
    word_builder *b = &e->s->builder;
    node_list any = iamp_any();
    pattern_id model = 0;
    size_t count;
    const text *actions = iamp_no_resource_account_actions(&count);

    if (e->frame->caller == PRINCIPAL_SERVICE ||
        e->frame->caller == PRINCIPAL_ANONYMOUS)
        return;
    iamp_list_add(e->s, &any, iamp_encode_present(e, key, true));
    for (size_t i = 0; i < count; i++)
        iamp_list_add(e->s, &any, iamp_encode_action_text(e, actions[i], true));
    iamp_list_add(e->s, &any, iamp_encode_action_prefix(e, TEXT("ebs"), true));
    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn:"));
    iamp_word_add_run(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT(":bedrock:"));
    iamp_word_add_run(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT("::"));
    iamp_word_add_run(b, CLASS_ANY);
    if (!e->s->failed &&
        iamp_lexis_pattern(e->s->lexis, b, false, &model) != IAM_OK)
        e->s->failed = true;
    iamp_list_add(e->s, &any, iamp_word_node(e->s, e->resource, model, true));
    iamp_assert_node(e->s, iamp_list_node(e->s, &any));
}

/* No request has both aws:SourceIp and a key of an endpoint. */
void iamp_encode_facts(encoder *e)
{
    uint32_t address = NOTHING;

    if (e->any_context)
        return;
    for (uint32_t i = 0; i < e->s->key_count; i++) {
        if (e->s->keys[i].key.id == KEY_AWS_SOURCEIP)
            address = i;
        if (e->s->keys[i].key.id != KEY_AWS_RESOURCEACCOUNT ||
            (e->s->keys[i].fate != FATE_FREE &&
                e->s->keys[i].fate != FATE_PRESENT))
            continue;
        if (e->s->keys[i].fate == FATE_FREE)
            resource_account(e, i);
        if (e->s->keys[i].value_slot)
            relate_owner(e, e->s->keys[i].value_slot - 1);
    }
    if (address == NOTHING)
        return;
    for (uint32_t i = 0; i < e->s->key_count; i++) {
        if (!of_endpoint((key_id)e->s->keys[i].key.id))
            continue;
        iamp_assert_node(
            e->s, iamp_or(e->s, iamp_encode_present(e, address, false),
                      iamp_encode_present(e, i, false)));
    }
}
