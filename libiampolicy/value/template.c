/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.c - cuts a text at its wildcards and variables (semantics C.1).
 *
 * The source is walked twice, first to count the pieces, then to write them.
 * What looks like a variable and is none stays text: its "${" is passed over
 * and the walk goes on behind it, so every byte is looked at a bounded number
 * of times.
 */
#include "value/template.h"

/* --- the table of variables ---------------------------------------------- */

static bool same_variable(const variable *a, const variable *b)
{
    return a->has_fallback == b->has_fallback &&
           iamp_text_eq_fold(a->name, b->name) &&
           text_eq(a->fallback, b->fallback);
}

/* Where the variable stands among the slots, or would. */
static uint32_t slot_of(const variable_table *table, const variable *v)
{
    uint32_t mask = 2 * table->room - 1;
    uint64_t hash =
        iamp_text_hash_fold(v->name) + 3 * iamp_text_hash_fold(v->fallback);
    uint32_t at = (uint32_t)(hash ^ (hash >> 29)) & mask;

    while (table->slots[at] &&
           !same_variable(&table->items[table->slots[at] - 1], v))
        at = (at + 1) & mask;
    return at;
}

static iam_status grow_table(variable_table *table, arena *mem)
{
    variable_table larger = {.count = table->count};

    if (table->room > UINT32_MAX / 8)
        return IAM_ENOMEM;
    larger.room = table->room ? 2 * table->room : 8;
    larger.items = ARENA_ARRAY(mem, variable, larger.room);
    larger.slots = ARENA_ARRAY(mem, uint32_t, 2 * (size_t)larger.room);
    if (!larger.items || !larger.slots)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < table->count; i++) {
        larger.items[i] = table->items[i];
        larger.slots[slot_of(&larger, &larger.items[i])] = i + 1;
    }
    *table = larger;
    return IAM_OK;
}

/* The number of a variable, which is added if it is new. */
static iam_status number_variable(
    uint32_t *number, variable_table *table, const variable *v, arena *mem)
{
    uint32_t slot;

    if (table->count == table->room && grow_table(table, mem) != IAM_OK)
        return IAM_ENOMEM;
    slot = slot_of(table, v);
    if (!table->slots[slot]) {
        table->items[table->count] = *v;
        table->slots[slot] = ++table->count;
    }
    *number = table->slots[slot] - 1;
    return IAM_OK;
}

/* --- one variable -------------------------------------------------------- */

/* What follows a "${". */
typedef struct reading {
    variable variable;
    size_t end; /* behind the closing brace */
    template_fault fault;
} reading;

static bool opens_variable(text t, size_t at)
{
    return at + 1 < t.len && t.ptr[at] == '$' && t.ptr[at + 1] == '{';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind the name that starts at `at`. */
static size_t name_end(text t, size_t at)
{
    while (at < t.len && t.ptr[at] != '}' && t.ptr[at] != ',' &&
           !is_space(t.ptr[at]) && !opens_variable(t, at))
        at++;
    return at;
}

static bool has_brace(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == '}' || opens_variable(t, i))
            return true;
    return false;
}

/* The default, whose opening quote stands before `at` (C1.3, C1.4). */
static template_fault read_default(text t, size_t at, reading *out)
{
    size_t quote = at + iamp_text_find(text_from(t, at), '\'');
    text found = text_slice(t, at, quote);
    bool closed = quote + 1 < t.len && t.ptr[quote + 1] == '}';

    if (quote == t.len || (!closed && has_brace(found)))
        return TEMPLATE_MISSING_QUOTE;
    if (!closed || has_brace(found))
        return TEMPLATE_BAD_DEFAULT;
    out->variable.fallback = found;
    out->variable.has_fallback = true;
    out->end = quote + 2;
    return TEMPLATE_OK;
}

static template_fault read_variable(text t, size_t at, reading *out)
{
    size_t end = name_end(t, at);
    text rest = text_from(t, end);

    *out = (reading){
        .variable.name = text_slice(t, at, end), .variable.fallback = TEXT("")};
    if (rest.len == 0)
        return TEMPLATE_MISSING_BRACE;
    if (opens_variable(t, end)) /* C1.4: nested */
        return TEMPLATE_BAD_DEFAULT;
    if (is_space(t.ptr[end]))
        return TEMPLATE_SPACE;
    if (end == at)
        return TEMPLATE_EMPTY_VARIABLE;
    if (t.ptr[end] == '}') {
        out->end = end + 1;
        return TEMPLATE_OK;
    }
    if (!text_starts(rest, TEXT(", '")))
        return TEMPLATE_MISSING_QUOTE;
    return read_default(t, end + 3, out);
}

/* --- the walk ------------------------------------------------------------ */

typedef struct walk {
    text source;
    size_t plain;           /* where the literal text begun last starts */
    size_t last_brace;      /* of the source, or 0 */
    template_piece *pieces; /* NULL: only count */
    size_t count;
    variable_table *table;
    arena *mem;
    template_parts *out;
} walk;

static void add_piece(walk *w, template_piece piece)
{
    if (w->pieces)
        w->pieces[w->count] = piece;
    w->count++;
}

/* Close the literal text at `end`; the next begins at `next`. */
static void end_literal(walk *w, size_t end, size_t next)
{
    if (end > w->plain)
        add_piece(w, (template_piece){.type = PIECE_LITERAL,
                         .literal = text_slice(w->source, w->plain, end)});
    w->plain = next;
}

static iam_status add_variable(walk *w, const reading *found)
{
    template_piece piece = {.type = PIECE_VARIABLE};

    if (w->pieces && number_variable(&piece.variable, w->table,
                         &found->variable, w->mem) != IAM_OK)
        return IAM_ENOMEM;
    add_piece(w, piece);
    w->out->has_variable = true;
    if (found->variable.has_fallback && found->variable.fallback.len == 0)
        w->out->empty_default = true;
    return IAM_OK;
}

/* C1.7: ${*} is the character between the braces. */
static bool is_escape(text t, size_t at)
{
    return at + 3 < t.len && t.ptr[at + 3] == '}' &&
           (t.ptr[at + 2] == '*' || t.ptr[at + 2] == '?' ||
               t.ptr[at + 2] == '$');
}

/* At a "${"; moves *at behind what it read. */
static iam_status walk_variable(walk *w, size_t *at)
{
    reading found;
    template_fault fault;
    size_t start = *at;

    if (is_escape(w->source, start)) {
        end_literal(w, start, start + 2);
        end_literal(w, start + 3, start + 4);
        *at = start + 4;
        return IAM_OK;
    }
    fault = read_variable(w->source, start + 2, &found);
    if (fault == TEMPLATE_OK) {
        end_literal(w, start, found.end);
        *at = found.end;
        return add_variable(w, &found);
    }
    if (w->last_brace < start + 2)
        fault = TEMPLATE_MISSING_BRACE;
    if (w->out->fault == TEMPLATE_OK || fault == TEMPLATE_BAD_DEFAULT)
        w->out->fault = fault;
    *at = start + 2;
    return IAM_OK;
}

static void walk_wildcard(walk *w, size_t at)
{
    bool star = w->source.ptr[at] == '*';

    end_literal(w, at, at + 1);
    add_piece(w, (template_piece){.type = star ? PIECE_STAR : PIECE_QUESTION,
                     .literal = text_slice(w->source, at, at + 1)});
}

static iam_status walk_source(walk *w, bool variables)
{
    size_t at = 0;

    w->plain = w->count = 0;
    while (at < w->source.len) {
        char c = w->source.ptr[at];

        if (c == '*' || c == '?') {
            walk_wildcard(w, at++);
        } else if (variables && opens_variable(w->source, at)) {
            if (walk_variable(w, &at) != IAM_OK)
                return IAM_ENOMEM;
        } else {
            at++;
        }
    }
    end_literal(w, at, at);
    return IAM_OK;
}

static size_t last_brace(text t)
{
    size_t at = t.len;

    while (at > 0 && t.ptr[at - 1] != '}')
        at--;
    return at > 0 ? at - 1 : 0;
}

iam_status iamp_template_parse(template_parts *out, text source, bool variables,
    variable_table *table, arena *mem)
{
    walk w = {.source = source,
        .last_brace = last_brace(source),
        .table = table,
        .mem = mem,
        .out = out};

    *out = (template_parts){.fault = TEMPLATE_OK};
    if (walk_source(&w, variables) != IAM_OK)
        return IAM_ENOMEM;
    w.pieces = ARENA_ARRAY(mem, template_piece, w.count);
    if (!w.pieces || walk_source(&w, variables) != IAM_OK)
        return IAM_ENOMEM;
    out->pieces = w.pieces;
    out->count = w.count;
    return IAM_OK;
}
