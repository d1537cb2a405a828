/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_request.c - what a request can be: its slots, and what is known of
 * each.
 */
#include "prove/encode.h"
#include "prove/grow.h"

/* --- patterns by hand ---------------------------------------------------- */

static pattern_id made(encoder *e, bool fold)
{
    pattern_id id = 0;

    if (!e->s->failed &&
        iamp_lexis_pattern(e->s->lexis, &e->s->builder, fold, &id) != IAM_OK)
        e->s->failed = true;
    return id;
}

static pattern_id plain(encoder *e, text t, bool fold)
{
    iamp_word_builder_reset(&e->s->builder);
    iamp_word_add_text(&e->s->builder, t);
    return made(e, fold);
}

static void add_some(word_builder *b, word_class class)
{
    iamp_word_add_one(b, class);
    iamp_word_add_run(b, class);
}

/* service:Name, both with something in them. */
static pattern_id any_action(encoder *e)
{
    word_builder *b = &e->s->builder;

    iamp_word_builder_reset(b);
    add_some(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT(":"));
    add_some(b, CLASS_ANY);
    return made(e, true);
}

/* arn:partition:service:region:account:resource */
static pattern_id any_arn(encoder *e)
{
    word_builder *b = &e->s->builder;

    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn"));
    for (size_t i = 1; i < 6; i++) {
        iamp_word_add_text(b, TEXT(":"));
        iamp_word_add_run(b, i < 5 ? CLASS_NO_COLON : CLASS_ANY);
    }
    return made(e, false);
}

static void add_digits(word_builder *b)
{
    for (size_t i = 0; i < 12; i++)
        iamp_word_add_one(b, CLASS_DIGIT);
}

/* arn:PARTITION:SERVICE::ACCOUNT:KIND, and behind it a path and a name if
 * `named`, or one name, or nothing. */
typedef enum tail {
    TAIL_NONE,
    TAIL_PATH,
    TAIL_NAME
} tail;

static pattern_id any_principal(encoder *e, text service, text kind, tail rest)
{
    word_builder *b = &e->s->builder;

    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn:"));
    add_some(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_text(b, service);
    iamp_word_add_text(b, TEXT("::"));
    add_digits(b);
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_text(b, kind);
    if (rest == TAIL_PATH) {
        iamp_word_add_run(b, CLASS_ANY);
        iamp_word_add_one(b, CLASS_NO_SLASH);
    } else if (rest == TAIL_NAME) {
        add_some(b, CLASS_NO_SLASH);
    }
    return made(e, false);
}

/* The user who made a federated session: of the session's account. */
static pattern_id user_of_session(encoder *e, text session)
{
    word_builder *b = &e->s->builder;
    principal_arn parsed;

    if (!iamp_principal_arn_parse(session, &parsed))
        return any_principal(e, TEXT("iam"), TEXT("user/"), TAIL_PATH);
    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn:"));
    iamp_word_add_text(b, parsed.arn.partition);
    iamp_word_add_text(b, TEXT(":iam::"));
    iamp_word_add_text(b, parsed.arn.account);
    iamp_word_add_text(b, TEXT(":user/"));
    iamp_word_add_run(b, CLASS_ANY);
    iamp_word_add_one(b, CLASS_NO_SLASH);
    return made(e, false);
}

/* The role of a session that is given: its account and name, without a path or
 * on any. */
static pattern_id role_of_session(
    encoder *e, const principal_arn *session, bool path)
{
    word_builder *b = &e->s->builder;

    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn:"));
    iamp_word_add_text(b, session->arn.partition);
    iamp_word_add_text(b, TEXT(":iam::"));
    iamp_word_add_text(b, session->arn.account);
    iamp_word_add_text(b, TEXT(":role/"));
    if (path) {
        add_some(b, CLASS_ANY);
        iamp_word_add_text(b, TEXT("/"));
    }
    iamp_word_add_text(b, session->name);
    return made(e, false);
}

/* --- scope patterns ------------------------------------------------------ */

static bool only_runs(const glob *g)
{
    for (uint32_t i = 0; i < iamp_glob_count(g); i++) {
        glob_token token = iamp_glob_token(g, i);

        if (token.type != GLOB_RUN && token.type != GLOB_RUN_IN_FIELD)
            return false;
    }
    return true;
}

static void add_tokens(encoder *e, const glob *g, bool field)
{
    word_builder *b = &e->s->builder;

    for (uint32_t i = 0; i < iamp_glob_count(g); i++) {
        glob_token token = iamp_glob_token(g, i);

        switch ((glob_type)token.type) {
        case GLOB_LITERAL:
            iamp_word_add_text(b, glob_token_text(&token));
            break;
        case GLOB_ONE:
            iamp_word_add_one(b, field ? CLASS_NO_COLON : CLASS_ANY);
            break;
        case GLOB_ONE_IN_FIELD:
            iamp_word_add_one(b, CLASS_NO_COLON);
            break;
        case GLOB_RUN:
            iamp_word_add_run(b, field ? CLASS_NO_COLON : CLASS_ANY);
            break;
        case GLOB_RUN_IN_FIELD:
            iamp_word_add_run(b, CLASS_NO_COLON);
            break;
        case GLOB_VARIABLE:
            break;
        }
    }
}

static bool compile_scope(
    encoder *e, text pattern, glob_syntax syntax, bool fold, glob *out)
{
    template_parts parts;
    variable_table none = {.count = 0};

    if (iamp_template_parse(&parts, pattern, false, &none, &e->s->mem) !=
            IAM_OK ||
        iamp_glob_compile(out, parts.pieces, parts.count, syntax, fold,
            &e->s->mem) != IAM_OK) {
        e->s->failed = true;
        return false;
    }
    return true;
}

/* A part that may be empty gets one character: no action has an empty one. */
static void add_part(encoder *e, const glob *g, bool field)
{
    if (only_runs(g))
        iamp_word_add_one(&e->s->builder, field ? CLASS_NO_COLON : CLASS_ANY);
    add_tokens(e, g, field);
}

static pattern_id scope_action(encoder *e, text pattern)
{
    size_t colon = iamp_text_find(pattern, ':');
    glob prefix, name;

    if (colon == pattern.len) /* "*" */
        return any_action(e);
    if (!compile_scope(
            e, text_slice(pattern, 0, colon), GLOB_LIKE, true, &prefix) ||
        !compile_scope(
            e, text_from(pattern, colon + 1), GLOB_LIKE, true, &name))
        return 0;
    iamp_word_builder_reset(&e->s->builder);
    add_part(e, &prefix, true);
    iamp_word_add_text(&e->s->builder, TEXT(":"));
    add_part(e, &name, false);
    return made(e, true);
}

static pattern_id scope_resource(encoder *e, text pattern)
{
    glob g;

    if (!compile_scope(e, pattern, GLOB_RESOURCE, false, &g))
        return 0;
    iamp_word_builder_reset(&e->s->builder);
    add_tokens(e, &g, false);
    return made(e, false);
}

static void set_constant(search *s, uint32_t number, text value)
{
    if (s->failed)
        return;
    s->slots[number].constant = true;
    s->slots[number].value = value;
}

static pattern_id *ids(encoder *e, uint32_t count)
{
    pattern_id *list = ARENA_ARRAY(&e->s->mem, pattern_id, count);

    e->s->failed |= list == NULL;
    return list;
}

/* The slot's value is a word of one of these; of a single plain one it is
 * known. */
static void set_domain(
    encoder *e, uint32_t number, const pattern_id *list, uint32_t count)
{
    const word_pattern *only;

    if (e->s->failed)
        return;
    only = e->s->lexis->patterns[list[0]];
    if (count == 1 && only->plain) {
        uint32_t *word = ARENA_ARRAY(&e->s->mem, uint32_t, only->count);
        text value;

        if (!word) {
            e->s->failed = true;
            return;
        }
        for (uint32_t i = 0; i < only->count; i++)
            word[i] = only->tokens[i].letter;
        value = iamp_word_text(word, only->count, 'x', &e->s->mem);
        e->s->failed |= !value.ptr;
        set_constant(e->s, number, value);
        return;
    }
    iamp_slot_domain(e->s, number, list, count);
}

static uint32_t special_slot(encoder *e)
{
    return iamp_slot_new(e->s, NOTHING);
}

static void make_action(encoder *e)
{
    const text *given = e->actions;
    uint32_t count = e->action_count;
    pattern_id *list = ids(e, count + 1);

    e->action = special_slot(e);
    for (uint32_t i = 0; i < count && !e->s->failed; i++)
        list[i] = scope_action(e, given[i]);
    if (count == 0 && !e->s->failed)
        list[count++] = any_action(e);
    set_domain(e, e->action, list, count);
}

static void make_resource(encoder *e)
{
    uint32_t count = e->scope ? e->scope->resource_count : 0;
    pattern_id *list = ids(e, count + 2);
    pattern_id shape[2];
    bool within = true;

    e->resource = special_slot(e);
    shape[0] = plain(e, TEXT("*"), false);
    shape[1] = any_arn(e);
    if (e->s->failed)
        return;
    for (uint32_t i = 0; i < count && !e->s->failed; i++) {
        const word_pattern *p;

        list[i] = scope_resource(e, e->scope->resources[i]);
        p = e->s->lexis->patterns[list[i]];
        within =
            within && (iamp_word_within(p, e->s->lexis->patterns[shape[0]]) ||
                          iamp_word_within(p, e->s->lexis->patterns[shape[1]]));
    }
    if (e->s->failed)
        return;
    if (count == 0) {
        set_domain(e, e->resource, shape, 2);
        return;
    }
    set_domain(e, e->resource, list, count);
    if (!within)
        iamp_assert_node(e->s,
            iamp_or(e->s, iamp_word_node(e->s, e->resource, shape[0], true),
                iamp_word_node(e->s, e->resource, shape[1], true)));
}

/* --- the caller ---------------------------------------------------------- */

static void make_principal(encoder *e)
{
    const frame *f = e->frame;
    pattern_id shape[2] = {0, 0};
    uint32_t count = 1;
    principal_arn parsed;

    e->principal = special_slot(e);
    e->service = special_slot(e);
    e->user = special_slot(e);
    switch (f->caller) {
    case PRINCIPAL_USER:
        shape[0] = any_principal(e, TEXT("iam"), TEXT("user/"), TAIL_PATH);
        break;
    case PRINCIPAL_ROLE:
        shape[0] = any_principal(e, TEXT("iam"), TEXT("role/"), TAIL_PATH);
        break;
    case PRINCIPAL_SESSION:
        iamp_principal_arn_parse(f->principal, &parsed);
        shape[0] = role_of_session(e, &parsed, false);
        shape[1] = role_of_session(e, &parsed, true);
        count = 2;
        break;
    case PRINCIPAL_FEDERATED:
        shape[0] =
            any_principal(e, TEXT("sts"), TEXT("federated-user/"), TAIL_NAME);
        break;
    case PRINCIPAL_ROOT:
        shape[0] = any_principal(e, TEXT("iam"), TEXT("root"), TAIL_NONE);
        break;
    case PRINCIPAL_SERVICE:
        if (f->principal.ptr)
            set_constant(e->s, e->service, f->principal);
        return;
    case PRINCIPAL_NONE:
    case PRINCIPAL_ANONYMOUS:
        return;
    }
    if (f->role.ptr)
        set_constant(e->s, e->principal, f->role);
    else if (f->principal.ptr && f->caller != PRINCIPAL_SESSION)
        set_constant(e->s, e->principal, f->principal);
    else if (!e->s->failed)
        set_domain(e, e->principal, shape, count);
    if (f->caller == PRINCIPAL_FEDERATED) {
        shape[0] = user_of_session(e, f->principal);
        if (!e->s->failed)
            set_domain(e, e->user, shape, 1);
    }
}

void iamp_encode_request(encoder *e)
{
    make_action(e);
    make_resource(e);
    make_principal(e);
}
