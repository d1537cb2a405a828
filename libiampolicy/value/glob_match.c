/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob_match.c - a compiled pattern against a text.
 *
 * The general form keeps two places to go back to: behind the last GLOB_RUN,
 * and behind the last GLOB_RUN_IN_FIELD since.  No more are needed:
 *
 *  - What stands between two GLOB_RUNs is put as far to the left as it goes.
 *    Whatever matches behind a later place matches behind the earlier one
 *    too, since the second run can take up the difference.
 *  - The same holds for runs in a field, as long as the difference has no
 *    colon.  If the tokens up to the next run match no colon, they stay in
 *    the field and it has none.  If they match one, it is the first behind
 *    the run: there is only one place to put them, so none to go back to.
 *
 * The second point needs that a token which may match a colon or not
 * (GLOB_ONE) is never the first colon after a run in a field; such a run stands
 * in the first five fields and GLOB_ONE in the sixth.
 *
 * A run is tried at each character of the text once, and each try costs at
 * most the tokens up to the next run times the fields they span; the sum is
 * bounded by the product of the lengths.
 */
#include "value/glob.h"

#include "value/arn.h"

#define NOWHERE UINT32_MAX

typedef struct matcher {
    const glob *pattern;
    text subject;
    const glob_values *values;
    uint32_t known; /* the variable whose value is `value`, or NOWHERE */
    text value;
} matcher;

/* Before token number `token` and byte `at`. */
typedef struct place {
    uint32_t token;
    size_t at;
} place;

/* Is `literal` what stands at byte `at`? */
static bool stands(const matcher *m, size_t at, text literal)
{
    const char *here = m->subject.ptr + at;

    if (m->subject.len - at < literal.len)
        return false;
    if (literal.len == 0)
        return true;
    if (!m->pattern->fold)
        return memcmp(here, literal.ptr, literal.len) == 0;
    return iamp_text_eq_fold((text){here, literal.len}, literal);
}

/* Every variable has its value, or the pattern matches nothing (C.4). */
static bool has_values(const glob *g, const glob_values *values)
{
    text ignored;

    if (!g->variable)
        return true;
    if (!values)
        return false;
    for (uint32_t i = 0; i < g->number; i++)
        if (g->of.tokens[i].type == GLOB_VARIABLE &&
            !values->value(values->user, g->of.tokens[i].number, &ignored))
            return false;
    return true;
}

static bool is_literal(const glob_token *token)
{
    return token->type == GLOB_LITERAL || token->type == GLOB_VARIABLE;
}

/* The text of a token that is a literal or a variable. */
static text literal_of(matcher *m, const glob_token *token)
{
    if (token->type == GLOB_LITERAL)
        return glob_token_text(token);
    if (m->known != token->number) {
        m->value = TEXT("");
        m->values->value(m->values->user, token->number, &m->value);
        m->known = token->number;
    }
    return m->value;
}

/* The first byte from `at` on, up to `end`, that may start the literal. */
static size_t find_start(const matcher *m, size_t at, size_t end, char first)
{
    unsigned char lower = ascii_lower(first);

    if (!m->pattern->fold)
        return at + iamp_text_find(text_slice(m->subject, at, end), first);
    while (at < end && ascii_lower(m->subject.ptr[at]) != lower)
        at++;
    return at;
}

/* Move a run's end to where the literal behind it stands next; false if that
 * is nowhere, and then nothing the run could take up helps. */
static bool seek(matcher *m, place *run)
{
    const glob_token *token = &m->pattern->of.tokens[run->token];
    size_t last;
    text t;

    if (!is_literal(token))
        return true;
    t = literal_of(m, token);
    if (m->subject.len - run->at < t.len)
        return false;
    last = m->subject.len - t.len;
    if (run->token + 1 == m->pattern->number) {
        run->at = last;
        return stands(m, last, t);
    }
    if (t.len == 0)
        return true;
    for (; run->at <= last; run->at++) {
        run->at = find_start(m, run->at, last + 1, t.ptr[0]);
        if (run->at <= last && stands(m, run->at, t))
            return true;
    }
    return false;
}

/* Match the token at `p`, which is no run, and move `p` behind it. */
static bool step(matcher *m, place *p)
{
    const glob_token *token = &m->pattern->of.tokens[p->token];
    text t;

    if (is_literal(token)) {
        t = literal_of(m, token);
        if (!stands(m, p->at, t))
            return false;
        p->at += t.len;
    } else {
        if (p->at == m->subject.len)
            return false;
        if (token->type == GLOB_ONE_IN_FIELD && m->subject.ptr[p->at] == ':')
            return false;
        p->at += text_char_len(m->subject, p->at);
    }
    p->token++;
    return true;
}

/* Give the run in a field one character more. */
static bool extend_in_field(const matcher *m, place *field)
{
    if (field->token == NOWHERE || field->at == m->subject.len ||
        m->subject.ptr[field->at] == ':')
        return false;
    field->at += text_char_len(m->subject, field->at);
    return true;
}

/* Give the run one character more, or as many as it takes. */
static bool extend(matcher *m, place *run)
{
    if (run->token == NOWHERE || run->at == m->subject.len)
        return false;
    run->at += text_char_len(m->subject, run->at);
    return seek(m, run);
}

static bool match_mixed(matcher *m)
{
    const glob *g = m->pattern;
    place p = {0, 0}, run = {NOWHERE, 0}, field = {NOWHERE, 0};

    for (;;) {
        if (p.token == g->number) {
            if (p.at == m->subject.len)
                return true;
        } else if (g->of.tokens[p.token].type == GLOB_RUN) {
            if (p.token + 1 == g->number)
                return true;
            run = (place){p.token + 1, p.at};
            field.token = NOWHERE;
            if (!seek(m, &run))
                return false;
            p = run;
            continue;
        } else if (g->of.tokens[p.token].type == GLOB_RUN_IN_FIELD) {
            field = (place){p.token + 1, p.at};
            p = field;
            continue;
        } else if (step(m, &p)) {
            continue;
        }
        if (extend_in_field(m, &field)) {
            p = field;
        } else {
            if (!extend(m, &run))
                return false;
            field.token = NOWHERE;
            p = run;
        }
    }
}

/* --- literals and runs ---------------------------------------------------- */

/* Cut the literal off the subject's start. */
static bool cut_start(text *subject, text literal)
{
    if (!text_starts(*subject, literal))
        return false;
    *subject = text_from(*subject, literal.len);
    return true;
}

static bool cut_end(text *subject, text literal)
{
    if (subject->len < literal.len ||
        memcmp(subject->ptr + (subject->len - literal.len), literal.ptr,
            literal.len) != 0)
        return false;
    subject->len -= literal.len;
    return true;
}

/* Cut the subject behind the first place where the literal stands. */
static bool cut_behind(text *subject, text literal)
{
    const char *at = subject->ptr;
    size_t left = subject->len;

    while (left >= literal.len) {
        const char *found = memchr(at, literal.ptr[0], left - literal.len + 1);

        if (!found)
            return false;
        left -= (size_t)(found - at);
        if (memcmp(found, literal.ptr, literal.len) == 0) {
            *subject = (text){found + literal.len, left - literal.len};
            return true;
        }
        at = found + 1;
        left--;
    }
    return false;
}

/* GLOB_PIECES, letter case not folded: what stands at the ends is there or not,
 * what stands between runs is put as far to the left as it goes. */
static bool match_pieces(const glob *g, text subject)
{
    uint32_t at = 0, end = g->number;

    if (g->of.tokens[0].type == GLOB_LITERAL &&
        !cut_start(&subject, glob_token_text(&g->of.tokens[at++])))
        return false;
    if (g->of.tokens[end - 1].type == GLOB_LITERAL &&
        !cut_end(&subject, glob_token_text(&g->of.tokens[--end])))
        return false;
    for (; at < end; at++)
        if (g->of.tokens[at].type == GLOB_LITERAL &&
            !cut_behind(&subject, glob_token_text(&g->of.tokens[at])))
            return false;
    return true;
}

/* --- by shape ------------------------------------------------------------- */

static bool match_general(
    const glob *g, text subject, const glob_values *values)
{
    matcher m = {
        .pattern = g, .subject = subject, .values = values, .known = NOWHERE};

    /* Most patterns of a list fail here: ask for values afterwards. */
    if (g->of.tokens[0].type == GLOB_LITERAL &&
        !stands(&m, 0, glob_token_text(&g->of.tokens[0])))
        return false;
    return has_values(g, values) && match_mixed(&m);
}

static bool match_plain(const glob *g, text subject, const glob_values *values)
{
    switch ((glob_shape)g->shape) {
    case GLOB_EMPTY:
        return subject.len == 0;
    case GLOB_ANY:
        return true;
    case GLOB_EXACT:
        return text_eq(subject, glob_literal(g));
    case GLOB_PREFIX:
        return text_starts(subject, glob_literal(g));
    case GLOB_SUFFIX:
        return cut_end(&subject, glob_literal(g));
    case GLOB_PIECES:
        return match_pieces(g, subject);
    case GLOB_MIXED:
        break;
    }
    return match_general(g, subject, values);
}

static bool match_folded(const glob *g, text subject, const glob_values *values)
{
    text literal;

    switch ((glob_shape)g->shape) {
    case GLOB_EMPTY:
        return subject.len == 0;
    case GLOB_ANY:
        return true;
    case GLOB_EXACT:
        return iamp_text_eq_fold(subject, glob_literal(g));
    case GLOB_PREFIX:
        literal = glob_literal(g);
        return subject.len >= literal.len &&
               iamp_text_eq_fold((text){subject.ptr, literal.len}, literal);
    case GLOB_SUFFIX:
        literal = glob_literal(g);
        return subject.len >= literal.len &&
               iamp_text_eq_fold(
                   text_from(subject, subject.len - literal.len), literal);
    case GLOB_PIECES:
    case GLOB_MIXED:
        break;
    }
    return match_general(g, subject, values);
}

bool iamp_glob_match(
    const glob *pattern, text subject, const glob_values *values)
{
    if (pattern->invalid)
        return false;
    if (subject.len == 0)
        subject = TEXT("");
    return pattern->fold ? match_folded(pattern, subject, values)
                         : match_plain(pattern, subject, values);
}

bool iamp_glob_match_lower(const glob *pattern, text subject)
{
    glob plain = *pattern;

    assert(!pattern->variable);
    plain.fold = false;
    return iamp_glob_match(&plain, subject, NULL);
}

bool iamp_arn_glob_match(
    const arn_glob *pattern, text subject, const glob_values *values)
{
    text part[6];

    if (!pattern->valid || !iamp_arn_parts(subject, part))
        return false;
    for (size_t i = 0; i < COUNT_OF(part); i++)
        if (!iamp_glob_match(&pattern->part[i], part[i], values))
            return false;
    return true;
}
