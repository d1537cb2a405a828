/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c - a proof for others to check (docs/certificates.md).
 *
 * The claim, and for each frame what its variables mean and how the empty
 * clause follows.  The search is asked again with nothing folded away, so that
 * a checker that reads the policies comes to the same formula.
 */
#include "prove/ask.h"

typedef struct writer {
    textbuf *buf;
    const search *search;
    bool first;
} writer;

static void put(textbuf *buf, const char *t)
{
    iamp_textbuf_add(buf, iamp_text_of(t, IAM_NTS));
}

/* --- what the format has words for --------------------------------------- */

static bool writable_stack(const iam_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        const iam_policy *policy = stack->entries[i].policy;

        if (kind_has_principal(policy->kind) || policy->variable_count > 0)
            return false;
        for (uint32_t k = 0; k < policy->statement_count; k++)
            if (policy->statements[k].undecidable ||
                policy->statements[k].has_principal)
                return false;
    }
    return true;
}

static bool writable(const inquiry *q, iam_question_kind kind)
{
    if (kind == IAM_NOT_PUBLIC || kind == IAM_EXACTLY_FROM)
        return false;
    if (q->scope && (q->scope->caller != SCOPE_OWNER ||
                        (q->scope->flags & IAM_ANY_CONTEXT)))
        return false;
    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        if (!writable_stack(q->stacks[i]))
            return false;
    return true;
}

static bool writable_search(const search *s)
{
    for (uint32_t i = 0; i < s->key_count; i++)
        if (s->keys[i].mode != KEY_SINGLE ||
            s->keys[i].fate >= FATE_VIEW_ACCOUNT || s->keys[i].list ||
            s->keys[i].member_count > 0)
            return false;
    return !s->relaxed && !s->private_facts;
}

/* --- meanings ------------------------------------------------------------ */

static void put_key(textbuf *buf, text name)
{
    iamp_textbuf_add_json(buf, name);
}

static void put_slot(textbuf *buf, const hunt *h, uint32_t number)
{
    const encoder *e = &h->encoder;
    const slot_data *sl = &h->search.slots[number];

    if (number == e->action)
        put(buf, "\"action\"");
    else if (number == e->resource)
        put(buf, "\"resource\"");
    else if (number == e->principal)
        put(buf, "\"principal\"");
    else if (sl->key < h->search.key_count) {
        put(buf, "[");
        put_key(buf, h->search.keys[sl->key].key.name);
        put(buf, "]");
    } else
        put(buf, "null");
}

/* A letter by its code; a token of a class by a text. */
static void put_pattern(textbuf *buf, const word_pattern *p)
{
    static const char *const ones[] = {"\"?\"", "\"?:\"", "\"?/\"", "\"?9\""};
    static const char *const runs[] = {"\"*\"", "\"*:\"", "\"*/\"", "\"*9\""};

    put(buf, ",\"tokens\":[");
    for (uint32_t i = 0; i < p->count; i++) {
        if (i)
            put(buf, ",");
        if (p->tokens[i].type == WORD_LETTER)
            iamp_textbuf_add_number(buf, p->tokens[i].letter);
        else
            put(buf, p->tokens[i].type == WORD_ONE ? ones[p->tokens[i].class]
                                                   : runs[p->tokens[i].class]);
    }
    put(buf, p->fold ? "],\"fold\":true" : "],\"fold\":false");
}

static void put_wide(textbuf *buf, uint8_t family, uint64_t hi, uint64_t lo)
{
    static const char hex[] = "0123456789abcdef";

    put(buf, family == 4 ? "\"4:" : "\"6:");
    for (unsigned i = 32; i-- > 0;)
        iamp_textbuf_add_c(
            buf, hex[(i >= 16 ? hi >> (4 * (i - 16)) : lo >> (4 * i)) & 15]);
    put(buf, "\"");
}

static void put_range(
    textbuf *buf, bool first, const ipaddr *from, const ipaddr *to)
{
    put(buf, first ? "[" : ",[");
    put_wide(buf, from->family, from->hi, from->lo);
    put(buf, ",");
    put_wide(buf, to->family, to->hi, to->lo);
    put(buf, "]");
}

static void put_set(textbuf *buf, const ipset *set)
{
    bool first = true;

    put(buf, "[");
    for (size_t i = 0; i < set->count4; i++, first = false)
        put_range(buf, first, &(ipaddr){0, set->v4[i].first, 4},
            &(ipaddr){0, set->v4[i].last, 4});
    for (size_t i = 0; i < set->count6; i++, first = false)
        put_range(buf, first,
            &(ipaddr){set->v6[i].first_hi, set->v6[i].first_lo, 6},
            &(ipaddr){set->v6[i].last_hi, set->v6[i].last_lo, 6});
    put(buf, "]");
}

static void put_texts(textbuf *buf, const text *texts, uint32_t count)
{
    put(buf, "[");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            put(buf, ",");
        iamp_textbuf_add_json(buf, texts[i]);
    }
    put(buf, "]");
}

static void put_order(textbuf *buf, const condition *c)
{
    static const char *const names[] = {[OP_NUMERIC_EQUALS] = "n=",
        [OP_NUMERIC_LESS] = "n<",
        [OP_NUMERIC_LESS_EQUALS] = "n<=",
        [OP_NUMERIC_GREATER] = "n>",
        [OP_NUMERIC_GREATER_EQUALS] = "n>=",
        [OP_DATE_EQUALS] = "d=",
        [OP_DATE_LESS] = "d<",
        [OP_DATE_LESS_EQUALS] = "d<=",
        [OP_DATE_GREATER] = "d>",
        [OP_DATE_GREATER_EQUALS] = "d>="};

    put(buf, ",\"order\":\"");
    put(buf, names[c->op.base]);
    put(buf, "\",\"values\":");
    put_texts(buf, c->values, c->value_count);
}

static void put_atom(textbuf *buf, const hunt *h, const atom *a)
{
    put(buf, "{\"slot\":");
    put_slot(buf, h, a->slot);
    if (a->word)
        put_pattern(buf, h->search.lexis->patterns[a->pattern]);
    else if (a->from)
        put_order(buf, a->from);
    else {
        put(buf, ",\"ranges\":");
        if (a->set) {
            put_set(buf, a->set);
        } else {
            put(buf, "[");
            put_range(buf, true, &a->address, &a->address);
            put(buf, "]");
        }
    }
    put(buf, a->wanted ? ",\"wanted\":true}" : ",\"wanted\":false}");
}

static void put_literal(textbuf *buf, lit l)
{
    if (l & 1)
        put(buf, "-");
    iamp_textbuf_add_number(buf, (uint64_t)lit_variable(l) + 1);
}

static void put_node(textbuf *buf, const search *s, const node_data *data)
{
    put(buf, data->type == NODE_AND ? "{\"and\":[" : "{\"or\":[");
    for (uint32_t i = 0; i < data->count; i++) {
        const node_data *child = &s->nodes[s->children[data->first + i]];

        if (i)
            put(buf, ",");
        put_literal(buf,
            child->type == NODE_LITERAL ? child->literal : lit_of(child->name));
    }
    put(buf, "]}");
}

/* What each variable is: node + 1, or key + 1 of presence. */
static bool put_variables(textbuf *buf, const hunt *h, arena *mem)
{
    const search *s = &h->search;
    uint32_t count = iamp_solver_variable_count(s->solver);
    uint32_t *nodes = ARENA_ARRAY(mem, uint32_t, (size_t)2 * count + 1);
    uint32_t *keys = nodes + count;

    if (!nodes)
        return false;
    for (uint32_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].named && s->nodes[i].type != NODE_LITERAL)
            nodes[s->nodes[i].name] = i + 1;
    for (uint32_t i = 0; i < s->key_count; i++)
        if (s->keys[i].present)
            keys[s->keys[i].present - 1] = i + 1;
    put(buf, ",\"variables\":[");
    for (uint32_t i = 0; i < count; i++) {
        put(buf, i ? ",\n" : "\n");
        if (i < s->variable_room && s->atom_of[i]) {
            put_atom(buf, h, &s->atoms[s->atom_of[i] - 1]);
        } else if (nodes[i]) {
            put_node(buf, s, &s->nodes[nodes[i] - 1]);
        } else if (keys[i]) {
            put(buf, "{\"present\":");
            put_key(buf, s->keys[keys[i] - 1].key.name);
            put(buf, "}");
        } else {
            put(buf, "null");
        }
    }
    put(buf, "]");
    return true;
}

/* --- steps --------------------------------------------------------------- */

static void on_step(
    void *user, proof_step step, const lit *clause, uint32_t count)
{
    writer *w = user;
    bool lemma =
        step == PROOF_LEMMA || (step == PROOF_INPUT && w->search->closed);

    put(w->buf, w->first ? "\n" : ",\n");
    w->first = false;
    put(w->buf, lemma ? "[\"l\"" : "[\"r\"");
    for (uint32_t i = 0; i < count; i++) {
        put(w->buf, ",");
        put_literal(w->buf, clause[i]);
    }
    put(w->buf, "]");
}

/* --- frames -------------------------------------------------------------- */

static const char *type_name(key_type type)
{
    switch (type) {
    case KEY_TYPE_IP:
        return "\"ip\"";
    case KEY_TYPE_NUMERIC:
        return "\"numeric\"";
    case KEY_TYPE_DATE:
        return "\"date\"";
    case KEY_TYPE_BOOL:
        return "\"bool\"";
    case KEY_TYPE_UNKNOWN:
    case KEY_TYPE_STRING:
    case KEY_TYPE_ARN:
        break;
    }
    return "\"text\"";
}

static void put_keys(textbuf *buf, const search *s)
{
    put(buf, ",\"keys\":{");
    for (uint32_t i = 0; i < s->key_count; i++) {
        if (i)
            put(buf, ",");
        put_key(buf, s->keys[i].key.name);
        put(buf, ":");
        put(buf, type_name((key_type)s->keys[i].type));
    }
    put(buf, "}");
}

/* *good: it was refuted again, and there are words for it. */
static iam_status put_frame(
    inquiry *q, const prey *p, const frame *f, textbuf *buf, bool *good)
{
    textbuf steps;
    hunt h;
    writer w = {&steps, &h.search, true};
    iam_status status;

    *good = false;
    iamp_textbuf_init(&steps, q->prover->from);
    status = iamp_hunt_open_logged(&h, q, p, f, on_step, &w);
    if (status == IAM_OK && writable_search(&h.search)) {
        solver_answer answer = iamp_search_solve(&h.search, NULL, 0);

        *good = answer == SOLVER_UNSATISFIABLE && !h.search.unsure;
        if (answer == SOLVER_NO_MEMORY)
            status = IAM_ENOMEM;
        if (h.search.stopped)
            status = IAM_ESTOPPED;
    }
    if (status == IAM_OK && *good) {
        put(buf, f->caller == PRINCIPAL_USER ? "{\"caller\":\"user\""
                                             : "{\"caller\":\"role\"");
        put_keys(buf, &h.search);
        if (!put_variables(buf, &h, &h.search.mem) || steps.failed)
            status = IAM_ENOMEM;
        put(buf, ",\"steps\":[");
        iamp_textbuf_add(buf, textbuf_text(&steps));
        put(buf, "]}");
    }
    iamp_hunt_close(&h);
    iamp_textbuf_release(&steps);
    return status;
}

/* --- the claim ----------------------------------------------------------- */

static void put_stack(textbuf *buf, const iam_stack *stack)
{
    static const char *const kinds[] = {[IAM_IDENTITY_POLICY] = "identity",
        [IAM_PERMISSIONS_BOUNDARY] = "boundary",
        [IAM_SESSION_POLICY] = "session",
        [IAM_SERVICE_CONTROL_POLICY] = "scp"};

    put(buf, "[");
    for (size_t i = 0; stack && i < stack->count; i++) {
        put(buf, i ? ",[\"" : "[\"");
        put(buf, kinds[stack->entries[i].policy->kind]);
        put(buf, "\",");
        iamp_textbuf_add_number(buf, stack->entries[i].level);
        put(buf, "]");
    }
    put(buf, "]");
}

static void put_scope_keys(textbuf *buf, const iam_scope *scope)
{
    static const char *const states[] = {[SCOPE_VALUES] = "values",
        [SCOPE_ABSENT] = "absent",
        [SCOPE_PRESENT] = "present"};

    put(buf, ",\"given\":[");
    for (uint32_t i = 0; scope && i < scope->key_count; i++) {
        const scope_key *k = &scope->keys[i];

        put(buf, i ? ",[" : "[");
        put_key(buf, k->key.name);
        put(buf, ",\"");
        put(buf, states[k->state]);
        put(buf, "\",");
        put_texts(buf, k->values, k->count);
        put(buf, "]");
    }
    put(buf, "]");
}

static void put_claim(textbuf *buf, const inquiry *q, iam_question_kind kind)
{
    const iam_scope *scope = q->scope;

    put(buf, "{\"format\":\"iampolicy certificate 1\",\n\"claim\":{"
             "\"question\":\"");
    put(buf, iamp_question_name(kind));
    put(buf, "\",\"addresses\":");
    if (q->asked->addresses)
        put_set(buf, &q->asked->addresses->set);
    else
        put(buf, "null");
    put(buf, ",\"stack\":");
    put_stack(buf, q->stacks[0]);
    put(buf, ",\"old\":");
    put_stack(buf, q->stacks[1]);
    put(buf, ",\"actions\":");
    put_texts(buf, q->actions, q->action_count);
    put(buf, ",\"resources\":");
    put_texts(buf, scope ? scope->resources : NULL,
        scope ? scope->resource_count : 0);
    put_scope_keys(buf, scope);
    put(buf, "},\n\"frames\":[");
}

iam_status iamp_answer_certificate(inquiry *q, iam_proof *proof)
{
    iam_question_kind kind = proof->question;
    textbuf *buf = &proof->certificate;
    iam_status status = IAM_OK;
    bool good = true;
    prey p;

    if (!writable(q, kind))
        return IAM_OK;
    p = iamp_breaking(q, kind);
    q->plain = true;
    put_claim(buf, q, kind);
    for (uint32_t i = 0; i < q->frame_count && status == IAM_OK && good; i++) {
        put(buf, i ? ",\n" : "\n");
        status = put_frame(q, &p, &q->frames[i], buf, &good);
    }
    put(buf, "]}\n");
    if (status == IAM_OK && buf->failed)
        status = IAM_ENOMEM;
    if (status == IAM_OK && !good)
        buf->len = 0;
    return status;
}
