/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob_compile.c - pieces of a template to tokens of a pattern.
 *
 * Equal patterns get equal tokens, as far as that is cheap: neighbours that are
 * literal become one token, and so do neighbours that are runs, for a run that
 * stops at colons adds nothing to one that does not.  "*?" becomes "?*", so
 * that text, if anything, stands behind a run, and can be searched for.
 */
#include "value/glob.h"

enum {
    FEW_TOKENS = 24 /* of nearly every pattern: they are made on the stack */
};

/* A compilation: reads `pieces` from `at` on. */
typedef struct compiler {
    const template_piece *pieces;
    size_t count, at;
    glob_syntax syntax;
    bool fold;
    arena *mem;
    size_t field; /* of a GLOB_RESOURCE pattern: colons passed, up to 5 */
    glob_token *tokens;
    uint32_t token_count;
} compiler;

static bool is_literal(const compiler *c, size_t at)
{
    switch (c->pieces[at].type) {
    case PIECE_LITERAL:
        return true;
    case PIECE_STAR:
    case PIECE_QUESTION:
        return c->syntax == GLOB_PLAIN;
    case PIECE_VARIABLE:
        break;
    }
    return false;
}

static text literal_of(const template_piece *piece)
{
    switch (piece->type) {
    case PIECE_STAR:
        return TEXT("*");
    case PIECE_QUESTION:
        return TEXT("?");
    case PIECE_LITERAL:
    case PIECE_VARIABLE:
        break;
    }
    return piece->literal;
}

/* --- literals ------------------------------------------------------------ */

/* One text of the pieces from `at` up to `end`: a copy if there is more than
 * one, or if it must be folded. */
static iam_status join(compiler *c, size_t end, size_t len, text *out)
{
    const template_piece *pieces = c->pieces + c->at;
    char *joined;
    size_t at = 0;

    if (c->at + 1 == end && !c->fold) {
        *out = literal_of(pieces);
        return IAM_OK;
    }
    joined = ARENA_ARRAY(c->mem, char, len);
    if (!joined)
        return IAM_ENOMEM;
    for (size_t i = 0; i < end - c->at; i++) {
        text t = literal_of(&pieces[i]);

        if (t.len)
            memcpy(joined + at, t.ptr, t.len);
        at += t.len;
    }
    for (size_t i = 0; c->fold && i < len; i++)
        joined[i] = (char)ascii_lower(joined[i]);
    *out = (text){joined, len};
    return IAM_OK;
}

/* The colons that stand in literal text cut a Resource into fields. */
static void count_fields(compiler *c, text literal)
{
    for (size_t i = 0; i < literal.len && c->field < 5; i++)
        c->field += literal.ptr[i] == ':';
}

static iam_status add_literal(compiler *c)
{
    size_t end = c->at, len = 0;
    text literal;

    while (end < c->count && is_literal(c, end))
        len += literal_of(&c->pieces[end++]).len;
    if (len > 0) {
        if (len > UINT32_MAX || join(c, end, len, &literal) != IAM_OK)
            return IAM_ENOMEM;
        c->tokens[c->token_count++] =
            (glob_token){literal.ptr, (uint32_t)literal.len, GLOB_LITERAL};
        count_fields(c, literal);
    }
    c->at = end;
    return IAM_OK;
}

/* --- wildcards ----------------------------------------------------------- */

/* Does the piece at c->at stand at the end of its field? */
static bool ends_field(const compiler *c)
{
    size_t next = c->at + 1;

    while (next < c->count && c->pieces[next].type == PIECE_LITERAL &&
           c->pieces[next].literal.len == 0)
        next++;
    return next == c->count || (c->pieces[next].type == PIECE_LITERAL &&
                                   c->pieces[next].literal.ptr[0] == ':');
}

/* A.7.3: in the first five fields of a Resource a wildcard stops at a colon,
 * but a star that ends its field does not. */
static glob_type wildcard_type(const compiler *c)
{
    bool in_field = c->syntax == GLOB_RESOURCE && c->field < 5;

    if (c->pieces[c->at].type == PIECE_QUESTION)
        return in_field ? GLOB_ONE_IN_FIELD : GLOB_ONE;
    return in_field && !ends_field(c) ? GLOB_RUN_IN_FIELD : GLOB_RUN;
}

static bool is_run(uint8_t type)
{
    return type == GLOB_RUN || type == GLOB_RUN_IN_FIELD;
}

/* Does "*?" of these types mean the same as "?*"?  Only if both stop at a colon
 * or neither does. */
static bool may_swap(uint8_t run, uint8_t one)
{
    return (run == GLOB_RUN && one == GLOB_ONE) ||
           (run == GLOB_RUN_IN_FIELD && one == GLOB_ONE_IN_FIELD);
}

static void add_wildcard(compiler *c)
{
    uint8_t type = (uint8_t)wildcard_type(c);
    glob_token *last = c->token_count ? &c->tokens[c->token_count - 1] : NULL;

    c->at++;
    if (last && is_run(type) && is_run(last->type)) {
        if (type == GLOB_RUN)
            last->type = GLOB_RUN;
        return;
    }
    if (last && may_swap(last->type, type)) {
        uint8_t run = last->type;

        last->type = type;
        type = run;
    }
    c->tokens[c->token_count++] = (glob_token){.type = type};
}

/* --- patterns ------------------------------------------------------------ */

static bool is_pieces(const compiler *c)
{
    for (uint32_t i = 0; i < c->token_count; i++)
        if (c->tokens[i].type != GLOB_LITERAL && c->tokens[i].type != GLOB_RUN)
            return false;
    return true;
}

static glob_shape shape_of(const compiler *c)
{
    const glob_token *tokens = c->tokens;
    uint32_t count = c->token_count;
    bool first, last;

    if (count == 0)
        return GLOB_EMPTY;
    first = tokens[0].type == GLOB_LITERAL;
    last = tokens[count - 1].type == GLOB_LITERAL;
    if (count == 1 && first)
        return GLOB_EXACT;
    if (count == 1 && tokens[0].type == GLOB_RUN)
        return GLOB_ANY;
    if (count == 2 && first && tokens[1].type == GLOB_RUN)
        return GLOB_PREFIX;
    if (count == 2 && last && tokens[0].type == GLOB_RUN)
        return GLOB_SUFFIX;
    return is_pieces(c) ? GLOB_PIECES : GLOB_MIXED;
}

static const glob_token run_token = {.type = GLOB_RUN};

uint32_t iamp_glob_count(const glob *g)
{
    switch ((glob_shape)g->shape) {
    case GLOB_EMPTY:
        return 0;
    case GLOB_ANY:
    case GLOB_EXACT:
        return 1;
    case GLOB_PREFIX:
    case GLOB_SUFFIX:
        return 2;
    case GLOB_PIECES:
    case GLOB_MIXED:
        break;
    }
    return g->number;
}

glob_token iamp_glob_token(const glob *g, uint32_t index)
{
    const glob_token literal = {g->of.literal, g->number, GLOB_LITERAL};

    switch ((glob_shape)g->shape) {
    case GLOB_EMPTY:
    case GLOB_ANY:
        return run_token;
    case GLOB_EXACT:
        return literal;
    case GLOB_PREFIX:
        return index == 0 ? literal : run_token;
    case GLOB_SUFFIX:
        return index == 0 ? run_token : literal;
    case GLOB_PIECES:
    case GLOB_MIXED:
        break;
    }
    return g->of.tokens[index];
}

/* Keep what the shape does not tell. */
static iam_status keep_tokens(compiler *c, glob *out)
{
    const glob_token *first = c->tokens;
    glob_token *kept;

    out->shape = (uint8_t)shape_of(c);
    switch ((glob_shape)out->shape) {
    case GLOB_EMPTY:
    case GLOB_ANY:
        return IAM_OK;
    case GLOB_EXACT:
    case GLOB_PREFIX:
    case GLOB_SUFFIX:
        first += out->shape == GLOB_SUFFIX;
        out->of.literal = first->literal;
        out->number = first->number;
        return IAM_OK;
    case GLOB_PIECES:
    case GLOB_MIXED:
        break;
    }
    kept = ARENA_ARRAY(c->mem, glob_token, c->token_count);
    if (!kept)
        return IAM_ENOMEM;
    memcpy(kept, c->tokens, c->token_count * sizeof(*kept));
    out->of.tokens = kept;
    out->number = c->token_count;
    return IAM_OK;
}

static iam_status compile_piece(compiler *c, glob *out)
{
    if (is_literal(c, c->at))
        return add_literal(c);
    if (c->pieces[c->at].type == PIECE_VARIABLE) {
        c->tokens[c->token_count++] = (glob_token){
            .number = c->pieces[c->at++].variable, .type = GLOB_VARIABLE};
        out->variable = true;
        return IAM_OK;
    }
    add_wildcard(c);
    return IAM_OK;
}

iam_status iamp_glob_compile(glob *out, const template_piece *pieces,
    size_t count, glob_syntax syntax, bool fold, arena *mem)
{
    glob_token few[FEW_TOKENS];
    compiler c = {.pieces = pieces,
        .count = count,
        .syntax = syntax,
        .fold = fold,
        .mem = mem,
        .tokens = few};
    arena many;
    iam_status status = IAM_OK;

    *out = (glob){.fold = fold, .invalid = true};
    if (count >= UINT32_MAX)
        return IAM_ENOMEM;
    iamp_arena_init(&many, mem->from);
    if (count > FEW_TOKENS)
        c.tokens = ARENA_ARRAY(&many, glob_token, count);
    if (!c.tokens)
        return IAM_ENOMEM;
    while (c.at < count && status == IAM_OK)
        status = compile_piece(&c, out);
    if (status == IAM_OK)
        status = keep_tokens(&c, out);
    iamp_arena_release(&many);
    out->invalid = status != IAM_OK;
    return status;
}

/* --- ArnLike ------------------------------------------------------------- */

/* Copies the pieces, cut at the first five colons; start[i] is the first piece
 * of part i, start[6] the end.  Returns how many parts there are. */
static size_t cut_parts(template_piece *to, const template_piece *from,
    size_t count, size_t start[7])
{
    size_t parts = 1, made = 0;

    start[0] = 0;
    for (size_t i = 0; i < count; i++) {
        template_piece rest = from[i];

        while (rest.type == PIECE_LITERAL && parts < 6) {
            size_t colon = iamp_text_find(rest.literal, ':');

            if (colon == rest.literal.len)
                break;
            to[made] = rest;
            to[made++].literal = text_slice(rest.literal, 0, colon);
            rest.literal = text_from(rest.literal, colon + 1);
            start[parts++] = made;
        }
        to[made++] = rest;
    }
    start[6] = made;
    return parts;
}

iam_status iamp_arn_glob_compile(
    arn_glob *out, const template_piece *pieces, size_t count, arena *mem)
{
    template_piece few[FEW_TOKENS], *cut = few;
    size_t start[7];
    arena many;
    iam_status status = IAM_OK;

    *out = (arn_glob){.valid = false};
    for (size_t i = 0; i < COUNT_OF(out->part); i++)
        out->part[i].invalid = true;
    if (count > SIZE_MAX - 5)
        return IAM_ENOMEM;
    iamp_arena_init(&many, mem->from);
    if (count + 5 > FEW_TOKENS)
        cut = ARENA_ARRAY(&many, template_piece, count + 5);
    if (!cut)
        return IAM_ENOMEM;
    out->valid = cut_parts(cut, pieces, count, start) == 6;
    for (size_t i = 0;
         out->valid && status == IAM_OK && i < COUNT_OF(out->part); i++)
        status = iamp_glob_compile(&out->part[i], cut + start[i],
            start[i + 1] - start[i], GLOB_LIKE, false, mem);
    iamp_arena_release(&many);
    out->valid = out->valid && status == IAM_OK;
    return status;
}
