/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.h - policy variables: a text cut into pieces (semantics C).
 *
 *     "home/${aws:username}-*"  ->  "home/", variable aws:username, "-", "*"
 *
 * The characters * and ? that stand in the text by themselves are pieces of
 * their own; what they mean is the user's business.  ${*}, ${?} and ${$} are
 * literal characters.  Under 2008-10-17 there are no variables: the whole text
 * is literal but for * and ?.
 */
#ifndef IAMP_TEMPLATE_H
#define IAMP_TEMPLATE_H

#include "base/text.h"

typedef enum piece_type {
    PIECE_LITERAL,
    PIECE_STAR,     /* an unescaped * */
    PIECE_QUESTION, /* an unescaped ? */
    PIECE_VARIABLE
} piece_type;

typedef struct template_piece {
    text literal; /* of PIECE_LITERAL: a slice of the source */
    piece_type type;
    uint32_t variable; /* of PIECE_VARIABLE: its number in the table */
} template_piece;

/* A variable as a policy names it. */
typedef struct variable {
    text name;     /* as written */
    text fallback; /* the default between its quotes */
    bool has_fallback;
} variable;

/* Where two groups of variables first differ: in one bit. */
typedef struct variable_branch {
    size_t at; /* which character */
    unsigned bit;
    uint32_t next[2]; /* 2 * number of a variable, or 2 * branch + 1 */
} variable_branch;

/* All variables of a policy, each once (name without regard to case, and
 * default); grows in its arena.  The branches are a tree over them, one fewer
 * than there are variables: finding one takes its own length, whatever the
 * others are called. */
typedef struct variable_table {
    variable *items;
    variable_branch *branches;
    uint32_t count, room;
    uint32_t root; /* as variable_branch.next */
    arena *mem;    /* where it grows; NULL: where the pieces are */
} variable_table;

/* What is wrong with the variables of a text: each is a finding of A/C.1. */
typedef enum template_fault {
    TEMPLATE_OK = 0,
    TEMPLATE_EMPTY_VARIABLE, /* ${}: stays literal text (C1.5) */
    TEMPLATE_MISSING_BRACE,  /* ${ without }: stays literal text (C1.5) */
    TEMPLATE_SPACE,          /* white space in the name: stays literal */
    TEMPLATE_MISSING_QUOTE,  /* default not in quotes: stays literal */
    TEMPLATE_BAD_DEFAULT     /* quote, brace or ${ inside (C1.4): cannot be
                                  evaluated */
} template_fault;

typedef struct template_parts {
    const template_piece *pieces;
    size_t count;
    template_fault fault; /* TEMPLATE_BAD_DEFAULT, or the first one */
    bool has_variable;
    bool empty_default; /* ${x, ''}: an open rule (C1.4) */
} template_parts;

/*
 * Cut `source`, which must live as long as the pieces and `table` are used.  `variables` false: 2008
 * rules.  Variables are added to `table`, whose names are slices of
 * sources.
 * Linear in the source.  IAM_ENOMEM.
 */
iam_status iamp_template_parse(template_parts *out, text source, bool variables,
    variable_table *table, arena *mem);

#endif
