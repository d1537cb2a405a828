/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate_parts.c - what the variables of a certificate mean
 * (docs/certificates.md).
 */
#include "prove/certificate.h"

static void put(textbuf *buf, const char *t)
{
    iamp_textbuf_add(buf, iamp_text_of(t, IAM_NTS));
}

/* --- meanings ------------------------------------------------------------ */

static void put_key(textbuf *buf, const search *s, uint32_t key)
{
    iamp_textbuf_add_json(buf, s->keys[key].key.name);
}

void iamp_certificate_texts(textbuf *buf, const text *texts, uint32_t count)
{
    put(buf, "[");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            put(buf, ",");
        iamp_textbuf_add_json(buf, texts[i]);
    }
    put(buf, "]");
}

static const char *operator_word(const condition *c)
{
    static const char *const names[] = {[OP_STRING_EQUALS] = "text",
        [OP_STRING_EQUALS_FOLD] = "fold",
        [OP_STRING_LIKE] = "like",
        [OP_NUMERIC_EQUALS] = "n=",
        [OP_NUMERIC_LESS] = "n<",
        [OP_NUMERIC_LESS_EQUALS] = "n<=",
        [OP_NUMERIC_GREATER] = "n>",
        [OP_NUMERIC_GREATER_EQUALS] = "n>=",
        [OP_DATE_EQUALS] = "d=",
        [OP_DATE_LESS] = "d<",
        [OP_DATE_LESS_EQUALS] = "d<=",
        [OP_DATE_GREATER] = "d>",
        [OP_DATE_GREATER_EQUALS] = "d>=",
        [OP_BOOL] = "bool",
        [OP_BINARY_EQUALS] = "binary",
        [OP_IP_ADDRESS] = "ip",
        [OP_ARN_LIKE] = "arn"};

    return names[c->op.base];
}

/* Key, operator, values, "may have variables", "passes". */
static void put_note(textbuf *buf, const search *s, const member_note *n)
{
    put(buf, "[");
    put_key(buf, s, n->key);
    put(buf, ",\"");
    put(buf, operator_word(n->c));
    put(buf, "\",");
    iamp_certificate_texts(buf, n->c->values, n->c->value_count);
    put(buf, n->variables ? ",true" : ",false");
    put(buf, n->passes != n->c->op.negated ? ",true]" : ",false]");
}

static void put_slot(
    textbuf *buf, const hunt *h, const uint32_t *notes, uint32_t number)
{
    const encoder *e = &h->encoder;
    const search *s = &h->search;

    if (number == e->action)
        put(buf, "\"action\"");
    else if (number == e->resource)
        put(buf, "\"resource\"");
    else if (number == e->principal)
        put(buf, "\"principal\"");
    else if (number == e->service)
        put(buf, "\"service\"");
    else if (number == e->user)
        put(buf, "\"user\"");
    else if (notes[number])
        put_note(buf, s, &s->notes[notes[number] - 1]);
    else {
        put(buf, "[");
        put_key(buf, s, s->slots[number].key);
        put(buf, "]");
    }
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

void iamp_certificate_set(textbuf *buf, const ipset *set)
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

static void put_order(textbuf *buf, const condition *c)
{
    put(buf, ",\"order\":\"");
    put(buf, operator_word(c));
    put(buf, "\",\"values\":");
    iamp_certificate_texts(buf, c->values, c->value_count);
}

static void put_atom(
    textbuf *buf, const hunt *h, const uint32_t *slots, const atom *a)
{
    put(buf, "{\"slot\":");
    put_slot(buf, h, slots, a->slot);
    if (a->word)
        put_pattern(buf, h->search.lexis->patterns[a->pattern]);
    else if (a->from)
        put_order(buf, a->from);
    else {
        put(buf, ",\"ranges\":");
        if (a->set) {
            iamp_certificate_set(buf, a->set);
        } else {
            put(buf, "[");
            put_range(buf, true, &a->address, &a->address);
            put(buf, "]");
        }
    }
    put(buf, a->wanted ? ",\"wanted\":true}" : ",\"wanted\":false}");
}

void iamp_certificate_literal(textbuf *buf, lit l)
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
        iamp_certificate_literal(buf,
            child->type == NODE_LITERAL ? child->literal : lit_of(child->name));
    }
    put(buf, "]}");
}

/* What each variable and slot is: number + 1, or 0. */
typedef struct naming {
    uint32_t *nodes, *presences, *lists, *flags; /* by variable */
    uint32_t *members;                           /* by slot */
} naming;

static bool name_all(naming *n, const search *s, arena *mem)
{
    uint32_t count = iamp_solver_variable_count(s->solver);

    n->nodes = ARENA_ARRAY(mem, uint32_t, (size_t)4 * count + s->slot_count);
    if (!n->nodes)
        return false;
    n->presences = n->nodes + count;
    n->lists = n->presences + count;
    n->flags = n->lists + count;
    n->members = n->flags + count;
    for (uint32_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].named && s->nodes[i].type != NODE_LITERAL)
            n->nodes[s->nodes[i].name] = i + 1;
    for (uint32_t i = 0; i < s->key_count; i++) {
        if (s->keys[i].present)
            n->presences[s->keys[i].present - 1] = i + 1;
        if (s->keys[i].is_list)
            n->lists[s->keys[i].is_list - 1] = i + 1;
    }
    for (uint32_t i = 0; i < s->note_count; i++)
        (s->notes[i].kind == NOTE_MEMBER ? n->members
                                         : n->flags)[s->notes[i].number] =
            i + 1;
    return true;
}

static void put_flag(textbuf *buf, const search *s, const member_note *n)
{
    put(buf, n->kind == NOTE_SOME ? "{\"some\":" : "{\"every\":");
    put_note(buf, s, n);
    put(buf, "}");
}

static void put_key_flag(
    textbuf *buf, const search *s, const char *what, uint32_t key)
{
    put(buf, what);
    put_key(buf, s, key);
    put(buf, "}");
}

static void put_variable(
    textbuf *buf, const hunt *h, const naming *n, uint32_t i)
{
    const search *s = &h->search;

    if (i < s->variable_room && s->atom_of[i])
        put_atom(buf, h, n->members, &s->atoms[s->atom_of[i] - 1]);
    else if (n->nodes[i])
        put_node(buf, s, &s->nodes[n->nodes[i] - 1]);
    else if (n->presences[i])
        put_key_flag(buf, s, "{\"present\":", n->presences[i] - 1);
    else if (n->lists[i])
        put_key_flag(buf, s, "{\"list\":", n->lists[i] - 1);
    else if (n->flags[i])
        put_flag(buf, s, &s->notes[n->flags[i] - 1]);
    else
        put(buf, "null");
}

bool iamp_certificate_variables(textbuf *buf, const hunt *h, arena *mem)
{
    uint32_t count = iamp_solver_variable_count(h->search.solver);
    naming n;

    if (!name_all(&n, &h->search, mem))
        return false;
    put(buf, ",\"variables\":[");
    for (uint32_t i = 0; i < count; i++) {
        put(buf, i ? ",\n" : "\n");
        put_variable(buf, h, &n, i);
    }
    put(buf, "]");
    return true;
}
