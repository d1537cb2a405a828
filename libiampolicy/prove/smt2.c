/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smt2.c - a question as SMT-LIB 2, for any other solver.
 *
 * The clauses are the prover's own, one frame guarded by one flag; an atom that
 * is asserted implies what it means: a word of a regular expression, a range of
 * bit-vectors, an order of reals.  Unsatisfiable: no request breaks the claim.
 * Texts and addresses of one value are not tied to each other, so that
 * "sat" can say less than a witness where a key is asked for both.
 */
#include "prove/ask.h"

#include "base/error.h"

/* One frame's part of the file. */
typedef struct smt {
    textbuf *buf;
    hunt *h;
    uint32_t frame;
    bool unsupported; /* some letter has no form */
} smt;

enum {
    LAST_LETTER = 0x2ffff /* of a string of SMT-LIB */
};

static void put(smt *m, const char *t)
{
    iamp_textbuf_add(m->buf, iamp_text_of(t, IAM_NTS));
}

static void put_number(smt *m, uint64_t n)
{
    iamp_textbuf_add_number(m->buf, n);
}

static void put_name(smt *m, char kind, uint32_t number)
{
    put(m, "f");
    put_number(m, m->frame);
    iamp_textbuf_add_c(m->buf, '_');
    iamp_textbuf_add_c(m->buf, kind);
    put_number(m, number);
}

static void put_hex(smt *m, uint64_t n, size_t digits)
{
    static const char hex[] = "0123456789abcdef";

    while (digits-- > 0)
        iamp_textbuf_add_c(m->buf, hex[n >> (4 * digits) & 15]);
}

/* --- words --------------------------------------------------------------- */

static void put_letter(smt *m, uint32_t letter)
{
    if (letter >= 0x20 && letter < 0x7f && letter != '"' && letter != '\\') {
        iamp_textbuf_add_c(m->buf, (char)letter);
        return;
    }
    m->unsupported |= letter > LAST_LETTER;
    put(m, "\\u{");
    put_hex(m, letter, 5);
    put(m, "}");
}

static void put_class(smt *m, word_class class)
{
    switch (class) {
    case CLASS_ANY:
        put(m, "re.allchar");
        break;
    case CLASS_NO_COLON:
        put(m, "(re.diff re.allchar (str.to_re \":\"))");
        break;
    case CLASS_NO_SLASH:
        put(m, "(re.diff re.allchar (str.to_re \"/\"))");
        break;
    case CLASS_DIGIT:
        put(m, "(re.range \"0\" \"9\")");
        break;
    }
}

static bool has_case(uint32_t letter)
{
    return letter >= 'a' && letter <= 'z';
}

/* A row of letters as one literal; with `fold` a letter by itself. */
static uint32_t put_letters(smt *m, const word_pattern *p, uint32_t at)
{
    uint32_t letter = p->tokens[at].letter;

    if (p->fold && has_case(letter)) {
        put(m, " (re.union (str.to_re \"");
        put_letter(m, letter);
        put(m, "\") (str.to_re \"");
        put_letter(m, letter - 'a' + 'A');
        put(m, "\"))");
        return at + 1;
    }
    put(m, " (str.to_re \"");
    while (at < p->count && p->tokens[at].type == WORD_LETTER &&
           !(p->fold && has_case(p->tokens[at].letter)))
        put_letter(m, p->tokens[at++].letter);
    put(m, "\")");
    return at;
}

static void put_literal(smt *m, const word_pattern *p, uint32_t count)
{
    iamp_textbuf_add_c(m->buf, '"');
    for (uint32_t i = 0; i < count; i++)
        put_letter(m, p->tokens[i].letter);
    iamp_textbuf_add_c(m->buf, '"');
}

static bool is_prefix(const word_pattern *p)
{
    return !p->fold && p->count > 0 && p->letters == p->count - 1 &&
           p->tokens[p->count - 1].type == WORD_RUN &&
           p->tokens[p->count - 1].class == CLASS_ANY;
}

/* "The slot's text matches the pattern." */
static void put_word(smt *m, uint32_t slot_number, const word_pattern *p)
{
    uint32_t at = 0;

    if (p->plain && !p->fold) {
        put(m, "(= ");
        put_name(m, 's', slot_number);
        iamp_textbuf_add_c(m->buf, ' ');
        put_literal(m, p, p->count);
        put(m, ")");
        return;
    }
    if (is_prefix(p)) {
        put(m, "(str.prefixof ");
        put_literal(m, p, p->count - 1);
        iamp_textbuf_add_c(m->buf, ' ');
        put_name(m, 's', slot_number);
        put(m, ")");
        return;
    }
    put(m, "(str.in_re ");
    put_name(m, 's', slot_number);
    put(m, " (re.++ (str.to_re \"\") (str.to_re \"\")");
    while (at < p->count) {
        if (p->tokens[at].type == WORD_LETTER) {
            at = put_letters(m, p, at);
            continue;
        }
        put(m, p->tokens[at].type == WORD_RUN ? " (re.* " : " (re.++ ");
        if (p->tokens[at].type == WORD_ONE)
            put(m, "(str.to_re \"\") ");
        put_class(m, (word_class)p->tokens[at].class);
        put(m, ")");
        at++;
    }
    put(m, "))");
}

/* --- cells --------------------------------------------------------------- */

static void put_range(
    smt *m, uint32_t slot_number, const ipaddr *first, const ipaddr *last)
{
    char kind = first->family == 4 ? 'p' : 'q';

    put(m, first->family == 4 ? " (and " : " (and (not ");
    put_name(m, 'v', slot_number);
    put(m, first->family == 4 ? " (bvule #x" : ") (bvule #x");
    if (first->family == 6)
        put_hex(m, first->hi, 16);
    put_hex(m, first->lo, first->family == 4 ? 8 : 16);
    iamp_textbuf_add_c(m->buf, ' ');
    put_name(m, kind, slot_number);
    put(m, ") (bvule ");
    put_name(m, kind, slot_number);
    put(m, " #x");
    if (first->family == 6)
        put_hex(m, last->hi, 16);
    put_hex(m, last->lo, first->family == 4 ? 8 : 16);
    put(m, "))");
}

/* "Is a value of its sort": not in the last cell. */
static void put_valid(smt *m, uint32_t slot_number, axis_sort sort)
{
    static const char kinds[SORT_COUNT] = {'a', 'n', 'd'};

    put_name(m, kinds[sort], slot_number);
}

static void put_addresses(smt *m, const atom *a, const axis *ax)
{
    uint32_t end = axis_no_value(ax);

    put(m, "(and ");
    put_valid(m, a->slot, SORT_ADDRESS);
    put(m, " (or false");
    for (uint32_t cell = 0; cell < end; cell++) {
        ipaddr first, last, ignored;

        if (!cell_in(a->cells, cell))
            continue;
        iamp_axis_range(ax, cell, &first, &last);
        while (cell + 1 < end && cell + 1 != ax->count4 &&
               cell_in(a->cells, cell + 1))
            iamp_axis_range(ax, ++cell, &ignored, &last);
        put_range(m, a->slot, &first, &last);
    }
    put(m, "))");
}

static void put_decimal(smt *m, const decimal *d)
{
    if (d->negative)
        put(m, "(- ");
    iamp_textbuf_add(m->buf, d->whole.len ? d->whole : TEXT("0"));
    iamp_textbuf_add_c(m->buf, '.');
    iamp_textbuf_add(m->buf, d->fraction.len ? d->fraction : TEXT("0"));
    if (d->negative)
        put(m, ")");
}

static void put_instant(smt *m, const instant *d)
{
    bool negative = d->seconds < 0;

    put(m, negative ? "(+ (- " : "(+ ");
    put_number(m,
        negative ? (uint64_t)0 - (uint64_t)d->seconds : (uint64_t)d->seconds);
    put(m, negative ? ".0) 0." : ".0 0.");
    iamp_textbuf_add(m->buf, d->fraction.len ? d->fraction : TEXT("0"));
    put(m, ")");
}

static void put_point(smt *m, const axis *ax, uint32_t point)
{
    if (ax->sort == SORT_NUMBER)
        put_decimal(m, ax->numbers[point]);
    else
        put_instant(m, ax->dates[point]);
}

/* A run of cells, as bounds: even cells are gaps, odd ones points. */
static void put_order_run(
    smt *m, const atom *a, const axis *ax, uint32_t from, uint32_t to)
{
    char kind = ax->sort == SORT_NUMBER ? 'r' : 't';

    put(m, " (and true");
    if (from > 0) {
        put(m, from % 2 ? " (<= " : " (< ");
        put_point(m, ax, from % 2 ? from / 2 : from / 2 - 1);
        iamp_textbuf_add_c(m->buf, ' ');
        put_name(m, kind, a->slot);
        put(m, ")");
    }
    if (to + 2 < ax->cells) {
        put(m, to % 2 ? " (<= " : " (< ");
        put_name(m, kind, a->slot);
        iamp_textbuf_add_c(m->buf, ' ');
        put_point(m, ax, to / 2);
        put(m, ")");
    }
    put(m, ")");
}

static void put_order(smt *m, const atom *a, const axis *ax)
{
    uint32_t end = axis_no_value(ax);

    put(m, "(and ");
    put_valid(m, a->slot, ax->sort);
    put(m, " (or false");
    for (uint32_t cell = 0; cell < end; cell++) {
        uint32_t from = cell;

        if (!cell_in(a->cells, cell))
            continue;
        while (cell + 1 < end && cell_in(a->cells, cell + 1))
            cell++;
        put_order_run(m, a, ax, from, cell);
    }
    put(m, "))");
}

/* What the atom says when it is asserted. */
static void put_meaning(smt *m, const atom *a)
{
    const search *s = &m->h->search;
    const axis *ax;

    if (a->word) {
        if (!a->wanted)
            put(m, "(not ");
        put_word(m, a->slot, s->lexis->patterns[a->pattern]);
        if (!a->wanted)
            put(m, ")");
        return;
    }
    ax = s->slots[a->slot].tracks[a->sort].axis;
    put(m, "(or ");
    if (a->sort == SORT_ADDRESS)
        put_addresses(m, a, ax);
    else
        put_order(m, a, ax);
    if (cell_in(a->cells, axis_no_value(ax))) {
        put(m, " (not ");
        put_valid(m, a->slot, (axis_sort)a->sort);
        put(m, ")");
    }
    put(m, ")");
}

/* --- the file ------------------------------------------------------------ */

static void declare(smt *m, char kind, uint32_t number, const char *sort)
{
    put(m, "(declare-const ");
    put_name(m, kind, number);
    iamp_textbuf_add_c(m->buf, ' ');
    put(m, sort);
    put(m, ")\n");
}

static void put_slot_note(smt *m, uint32_t number)
{
    const search *s = &m->h->search;
    const encoder *e = &m->h->encoder;
    uint32_t key = s->slots[number].key;

    put(m, "; ");
    put_name(m, 's', number);
    put(m, ": ");
    if (number == e->action)
        put(m, "the action");
    else if (number == e->resource)
        put(m, "the resource");
    else if (number == e->principal)
        put(m, "the principal's ARN");
    else if (number == e->service || number == e->user)
        put(m, "another name of the caller");
    else if (key < s->key_count) {
        text name = s->keys[key].key.name;

        for (size_t i = 0; i < name.len; i++) /* a name may hold a line's end */
            iamp_textbuf_add_c(m->buf,
                name.ptr[i] > ' ' && name.ptr[i] < 0x7f ? name.ptr[i] : '_');
    }
    put(m, "\n");
}

static void declare_slots(smt *m)
{
    const search *s = &m->h->search;

    for (uint32_t i = 0; i < s->slot_count; i++) {
        const slot_data *sl = &s->slots[i];

        if (sl->constant)
            continue;
        put_slot_note(m, i);
        declare(m, 's', i, "String");
        if (sl->tracks[SORT_ADDRESS].axis) {
            declare(m, 'a', i, "Bool");
            declare(m, 'v', i, "Bool");
            declare(m, 'p', i, "(_ BitVec 32)");
            declare(m, 'q', i, "(_ BitVec 128)");
        }
        if (sl->tracks[SORT_NUMBER].axis) {
            declare(m, 'n', i, "Bool");
            declare(m, 'r', i, "Real");
        }
        if (sl->tracks[SORT_DATE].axis) {
            declare(m, 'd', i, "Bool");
            declare(m, 't', i, "Real");
        }
    }
}

static void put_clause(
    void *user, proof_step step, const lit *lits, uint32_t count)
{
    smt *m = user;

    if (step != PROOF_INPUT)
        return;
    put(m, "(assert (or (not f");
    put_number(m, m->frame);
    put(m, ")");
    for (uint32_t i = 0; i < count; i++) {
        put(m, lits[i] & 1 ? " (not " : " ");
        put_name(m, 'x', lit_variable(lits[i]));
        if (lits[i] & 1)
            put(m, ")");
    }
    put(m, "))\n");
}

/* Clauses are gathered while the formula is made; what they speak of is
 * declared before them. */
static iam_status put_frame(
    inquiry *q, const prey *p, const frame *f, uint32_t number, textbuf *buf)
{
    textbuf clauses;
    hunt h;
    smt into = {&clauses, &h, number, false}, m = {buf, &h, number, false};
    iam_status status;

    iamp_textbuf_init(&clauses, q->prover->from);
    status = iamp_hunt_open_logged(&h, q, p, f, put_clause, &into);
    if (status == IAM_OK) {
        iamp_search_close(&h.search);
        put(&m, "(declare-const f");
        put_number(&m, number);
        put(&m, " Bool)\n");
        declare_slots(&m);
        for (uint32_t i = 0; i < iamp_solver_variable_count(h.search.solver);
             i++)
            declare(&m, 'x', i, "Bool");
        for (uint32_t i = 0; i < h.search.atom_count; i++) {
            put(&m, "(assert (=> ");
            put_name(&m, 'x', h.search.atoms[i].variable);
            iamp_textbuf_add_c(buf, ' ');
            put_meaning(&m, &h.search.atoms[i]);
            put(&m, "))\n");
        }
        iamp_textbuf_add(buf, textbuf_text(&clauses));
        q->relaxed |= h.search.relaxed;
        if (m.unsupported)
            status = IAM_EUNSUPPORTED;
        if (h.search.failed || clauses.failed || buf->failed)
            status = IAM_ENOMEM;
    }
    iamp_hunt_close(&h);
    iamp_textbuf_release(&clauses);
    return status;
}

static iam_status put_question(inquiry *q, const prey *p, textbuf *buf)
{
    textbuf body;
    smt m = {buf, NULL, 0, false};
    iam_status status = IAM_OK;

    iamp_textbuf_init(&body, q->prover->from);
    for (uint32_t i = 0; i < q->frame_count && status == IAM_OK; i++)
        status = put_frame(q, p, &q->frames[i], i, &body);
    put(&m, "; Unsatisfiable: no request in scope breaks the claim.\n");
    if (q->relaxed)
        put(&m, "; Policy variables are taken for any text: sat proves "
                "nothing.\n");
    put(&m, "(set-logic ALL)\n");
    iamp_textbuf_add(buf, textbuf_text(&body));
    put(&m, "(assert (or false");
    for (uint32_t i = 0; i < q->frame_count; i++) {
        put(&m, " f");
        put_number(&m, i);
    }
    put(&m, "))\n(check-sat)\n");
    if (body.failed || buf->failed)
        status = IAM_ENOMEM;
    iamp_textbuf_release(&body);
    return status;
}

iam_status iamp_prover_smt2(
    iam_prover *prover, const iam_question *asked, textbuf *buf, iam_error *err)
{
    inquiry q;
    prey p;
    iam_status status;

    if (asked->kind == IAM_EXACTLY_FROM)
        return iamp_error_set(err, IAM_EUNSUPPORTED,
            "exactly-from is two questions: only-from and always-from");
    status = iamp_question_open(&q, prover, asked, asked->kind);
    if (status == IAM_OK) {
        p = iamp_breaking(&q, asked->kind);
        status = put_question(&q, &p, buf);
    }
    iamp_question_close(&q);
    if (status == IAM_EUNSUPPORTED)
        return iamp_error_set(
            err, status, "a letter above U+2FFFF: SMT-LIB has none of these");
    return iamp_answer_error(status, err);
}
