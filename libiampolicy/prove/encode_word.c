/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_word.c - patterns of policies as patterns of words.
 *
 * A policy variable whose key has one value in the frame is that value; one
 * whose value is free is taken for any text where the pattern is wanted, and
 * the pattern is dropped where it is refused: more requests, never fewer.  The
 * search is then marked as relaxed.
 */
#include "prove/encode.h"

static word_builder *start(encoder *e)
{
    iamp_word_builder_reset(&e->s->builder);
    return &e->s->builder;
}

static pattern_id finish(encoder *e, bool fold)
{
    pattern_id made = 0;

    if (!e->s->failed &&
        iamp_lexis_pattern(e->s->lexis, &e->s->builder, fold, &made) != IAM_OK)
        e->s->failed = true;
    return made;
}

/* --- variables ----------------------------------------------------------- */

/* What a glob became while its tokens were added. */
typedef struct spelling {
    bool never;   /* a variable has no value: matches nothing */
    bool relaxed; /* a variable was taken for any text */
    node guard;   /* what must hold of the variables' keys */
} spelling;

static word_class class_of(word_view view, bool in_field)
{
    if (view == VIEW_ACCOUNT)
        return CLASS_NO_COLON;
    if (view == VIEW_NAME)
        return CLASS_NO_SLASH;
    return in_field ? CLASS_NO_COLON : CLASS_ANY;
}

/* A text inside a view that cannot hold its separator matches nothing. */
static void add_text(
    encoder *e, spelling *sp, word_view view, bool in_field, text t)
{
    char separator = view == VIEW_NAME ? '/' : ':';

    if ((view != VIEW_TEXT || in_field) && iamp_text_find(t, separator) < t.len)
        sp->never = true;
    iamp_word_add_text(&e->s->builder, t);
}

static void add_variable(encoder *e, const iam_policy *policy, spelling *sp,
    word_view view, bool in_field, uint32_t number)
{
    const program_variable *v;
    const space_key *k;
    uint32_t key;

    assert(policy); /* only actions have none, and no variables */
    v = &policy->variables[number];
    key = iamp_encode_key(e, &v->key);
    if (e->s->failed)
        return;
    k = &e->s->keys[key];
    if (k->fate == FATE_CONSTANT) {
        if (k->list) /* C.3: a multivalued key has no value */
            sp->never = true;
        else
            add_text(e, sp, view, in_field, k->values[0]);
    } else if (k->fate == FATE_ABSENT) {
        if (v->has_fallback)
            add_text(e, sp, view, in_field, v->fallback);
        else
            sp->never = true;
    } else {
        sp->relaxed = true;
        iamp_encode_loose(e, key);
        iamp_word_add_run(&e->s->builder, class_of(view, in_field));
        if (!v->has_fallback)
            sp->guard =
                iamp_and(e->s, sp->guard, iamp_encode_present(e, key, true));
    }
}

/* Add a glob's tokens; `field`: it is a part of an ARN and stops at colons. */
static void add_glob(encoder *e, const iam_policy *policy, spelling *sp,
    word_view view, bool field, const glob *g)
{
    for (uint32_t i = 0; i < iamp_glob_count(g) && !e->s->failed; i++) {
        glob_token token = iamp_glob_token(g, i);

        switch ((glob_type)token.type) {
        case GLOB_LITERAL:
            add_text(e, sp, view, field, glob_token_text(&token));
            break;
        case GLOB_ONE:
            iamp_word_add_one(&e->s->builder, class_of(view, field));
            break;
        case GLOB_ONE_IN_FIELD:
            iamp_word_add_one(&e->s->builder, class_of(view, true));
            break;
        case GLOB_RUN:
            iamp_word_add_run(&e->s->builder, class_of(view, field));
            break;
        case GLOB_RUN_IN_FIELD:
            iamp_word_add_run(&e->s->builder, class_of(view, true));
            break;
        case GLOB_VARIABLE:
            add_variable(e, policy, sp, view, field, token.number);
            break;
        }
    }
}

/* --- views --------------------------------------------------------------- */

/* What stands before the part that a view looks at: the principal's ARN up to
 * its account, or up to the last slash. */
static void open_view(encoder *e, word_view view)
{
    word_builder *b = &e->s->builder;

    if (view == VIEW_TEXT)
        return;
    iamp_word_add_text(b, TEXT("arn:"));
    iamp_word_add_run(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_run(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT("::"));
    if (view == VIEW_ACCOUNT)
        return;
    iamp_word_add_run(b, CLASS_ANY);
    iamp_word_add_text(b, TEXT("/"));
}

static void close_view(encoder *e, word_view view)
{
    if (view != VIEW_ACCOUNT)
        return;
    iamp_word_add_text(&e->s->builder, TEXT(":"));
    iamp_word_add_run(&e->s->builder, CLASS_ANY);
}

static node word_node(
    encoder *e, uint32_t slot, const spelling *sp, bool fold, bool wanted)
{
    node own;

    if (sp->never)
        return wanted ? NODE_FALSE : NODE_TRUE;
    if (sp->relaxed && !wanted)
        return NODE_TRUE;
    own = iamp_word_node(e->s, slot, finish(e, fold), wanted);
    return sp->relaxed ? iamp_and(e->s, sp->guard, own) : own;
}

/* --- nodes --------------------------------------------------------------- */

node iamp_encode_glob(encoder *e, const iam_policy *policy, uint32_t slot,
    word_view view, const glob *g, bool wanted)
{
    spelling sp = {.guard = NODE_TRUE};

    if (g->invalid)
        return wanted ? NODE_FALSE : NODE_TRUE;
    start(e);
    open_view(e, view);
    add_glob(e, policy, &sp, view, false, g);
    close_view(e, view);
    return word_node(e, slot, &sp, g->fold, wanted);
}

/* Part by part (B.3.7); the first must match "arn", as the value's does. */
node iamp_encode_arn(encoder *e, const iam_policy *policy, uint32_t slot,
    word_view view, const arn_glob *g, bool wanted)
{
    spelling sp = {.guard = NODE_TRUE};
    bool valid = g->valid && view != VIEW_ACCOUNT;

    if (valid && !g->part[0].variable)
        valid = iamp_glob_match(&g->part[0], TEXT("arn"), NULL);
    if (!valid) /* an account is no ARN */
        return wanted ? NODE_FALSE : NODE_TRUE;
    if (view == VIEW_NAME) { /* hardly a name is: taken for any, then asked */
        iamp_encode_loose(e, e->s->slots[slot].key);
        return NODE_TRUE;
    }
    start(e);
    if (g->part[0].variable) {
        sp.relaxed = true;
        for (uint32_t i = 0; i < iamp_glob_count(&g->part[0]); i++) {
            glob_token token = iamp_glob_token(&g->part[0], i);

            if (token.type == GLOB_VARIABLE)
                iamp_encode_loose(e,
                    iamp_encode_key(e, &policy->variables[token.number].key));
        }
    }
    iamp_word_add_text(&e->s->builder, TEXT("arn"));
    for (size_t i = 1; i < 6; i++) {
        iamp_word_add_text(&e->s->builder, TEXT(":"));
        add_glob(e, policy, &sp, VIEW_TEXT, i < 5, &g->part[i]);
    }
    return word_node(e, slot, &sp, false, wanted);
}

node iamp_encode_text(
    encoder *e, uint32_t slot, word_view view, text t, bool fold, bool wanted)
{
    spelling sp = {.guard = NODE_TRUE};

    start(e);
    open_view(e, view);
    add_text(e, &sp, view, false, t);
    close_view(e, view);
    return word_node(e, slot, &sp, fold, wanted);
}

/* --- resources ----------------------------------------------------------- */

node iamp_encode_account_shown(encoder *e, text account, bool wanted)
{
    word_builder *b = start(e);

    iamp_word_add_text(b, TEXT("arn"));
    for (size_t i = 1; i < 4; i++) {
        iamp_word_add_text(b, TEXT(":"));
        iamp_word_add_run(b, CLASS_NO_COLON);
    }
    iamp_word_add_text(b, TEXT(":"));
    if (account.ptr)
        iamp_word_add_text(b, account);
    for (size_t i = 0; !account.ptr && i < 12; i++)
        iamp_word_add_one(b, CLASS_DIGIT);
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_run(b, CLASS_ANY);
    return iamp_word_node(e->s, e->resource, finish(e, false), wanted);
}

/* --- actions ------------------------------------------------------------- */

node iamp_encode_action_text(encoder *e, text action, bool wanted)
{
    return iamp_encode_text(e, e->action, VIEW_TEXT, action, true, wanted);
}

node iamp_encode_action_prefix(encoder *e, text prefix, bool wanted)
{
    start(e);
    iamp_word_add_text(&e->s->builder, prefix);
    iamp_word_add_text(&e->s->builder, TEXT(":"));
    iamp_word_add_run(&e->s->builder, CLASS_ANY);
    return iamp_word_node(e->s, e->action, finish(e, true), wanted);
}

/* No action of a request has white space or control characters. */
static bool can_be_action(const glob *g)
{
    for (uint32_t i = 0; i < iamp_glob_count(g); i++) {
        glob_token token = iamp_glob_token(g, i);

        if (token.type != GLOB_LITERAL)
            continue;
        for (size_t k = 0; k < token.number; k++)
            if ((unsigned char)token.literal[k] <= ' ' ||
                token.literal[k] == 0x7f)
                return false;
    }
    return true;
}

/* A wildcard of the prefix does not cross the colon (A6.5). */
node iamp_encode_action(encoder *e, const action_pattern *a, bool wanted)
{
    spelling sp = {.guard = NODE_TRUE};

    if (a->every || a->never)
        return a->every == wanted ? NODE_TRUE : NODE_FALSE;
    if (!can_be_action(a->prefix) || !can_be_action(&a->name))
        return wanted ? NODE_FALSE : NODE_TRUE;
    start(e);
    add_glob(e, NULL, &sp, VIEW_TEXT, true, a->prefix);
    iamp_word_add_text(&e->s->builder, TEXT(":"));
    add_glob(e, NULL, &sp, VIEW_TEXT, false, &a->name);
    return word_node(e, e->action, &sp, true, wanted);
}
