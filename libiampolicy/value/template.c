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

/* A variable as one text: its name in lower case, then its default behind a
 * comma, which no name holds.  Characters are above 0xff, what is behind the
 * end is 0. */
static unsigned symbol_at(const variable *v, size_t at)
{
    if (at < v->name.len)
        return 0x100u | ascii_lower(v->name.ptr[at]);
    at -= v->name.len;
    if (!v->has_fallback || at > v->fallback.len)
        return 0;
    return 0x100u | (at == 0 ? ',' : (unsigned char)v->fallback.ptr[at - 1]);
}

static bool is_branch(uint32_t link)
{
    return link & 1;
}

static uint32_t *next_link(variable_branch *branch, const variable *v)
{
    return &branch->next[(symbol_at(v, branch->at) & branch->bit) != 0];
}

/* The one variable that `v` may be equal to. */
static uint32_t nearest(const variable_table *table, const variable *v)
{
    uint32_t link = table->root;

    while (is_branch(link))
        link = *next_link(&table->branches[link / 2], v);
    return link / 2;
}

/* Where they first differ; false if they do not. */
static bool first_difference(
    const variable *a, const variable *b, variable_branch *out)
{
    size_t at = 0;
    unsigned differ;

    while (symbol_at(a, at) == symbol_at(b, at)) {
        if (symbol_at(a, at) == 0)
            return false;
        at++;
    }
    differ = symbol_at(a, at) ^ symbol_at(b, at);
    while (differ & (differ - 1)) /* leave the highest bit */
        differ &= differ - 1;
    out->at = at;
    out->bit = differ;
    return true;
}

static bool comes_before(const variable_branch *a, const variable_branch *b)
{
    return a->at != b->at ? a->at < b->at : a->bit > b->bit;
}

/* Hang the variable `number` into the tree at a branch of its own. */
static void add_branch(
    variable_table *table, const variable_branch *branch, uint32_t number)
{
    const variable *v = &table->items[number];
    uint32_t *link = &table->root;
    variable_branch *added = &table->branches[number - 1];

    while (
        is_branch(*link) && comes_before(&table->branches[*link / 2], branch))
        link = next_link(&table->branches[*link / 2], v);
    *added = *branch;
    added->next[0] = added->next[1] = *link;
    *next_link(added, v) = 2 * number;
    *link = 2 * (number - 1) + 1;
}

static iam_status grow_table(variable_table *table, arena *mem)
{
    variable_table larger = *table;

    if (table->room > UINT32_MAX / 8)
        return IAM_ENOMEM;
    larger.room = table->room ? 2 * table->room : 8;
    larger.items = ARENA_ARRAY(mem, variable, larger.room);
    larger.branches = ARENA_ARRAY(mem, variable_branch, larger.room);
    if (!larger.items || !larger.branches)
        return IAM_ENOMEM;
    if (table->count) {
        memcpy(
            larger.items, table->items, table->count * sizeof(*larger.items));
        memcpy(larger.branches, table->branches,
            table->count * sizeof(*larger.branches));
    }
    *table = larger;
    return IAM_OK;
}

/* The number of a variable, which is added if it is new. */
static iam_status number_variable(
    uint32_t *number, variable_table *table, const variable *v, arena *mem)
{
    variable_branch branch = {.at = 0};

    if (table->count) {
        *number = nearest(table, v);
        if (!first_difference(&table->items[*number], v, &branch))
            return IAM_OK;
    }
    if (table->count == table->room &&
        grow_table(table, table->mem ? table->mem : mem) != IAM_OK)
        return IAM_ENOMEM;
    *number = table->count++;
    table->items[*number] = *v;
    if (*number == 0)
        table->root = 0;
    else
        add_branch(table, &branch, *number);
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
