/* SPDX-License-Identifier: Apache-2.0 */
/*
 * space.h - one search: what a request can be, as variables of a solver.
 *
 * A request gives each key a state.  A key is absent, or has a value, or has a
 * set of values; each value that a formula speaks of is a slot.  A formula is
 * made of
 *
 *     atoms   what one slot's value is or is not: among the words of a
 *             pattern, in a set of cells.  An atom is a marked variable of
 *             the solver: asserted, or of no account.
 *     flags   plain variables: a key is present; it is a set.
 *     nodes   AND and OR over these, negations pushed down to the atoms, so
 *             that every clause needs its atoms asserted and none needs one
 *             refused.
 *
 * Atoms of different slots have nothing to do with each other: a set of atoms
 * can hold together if and only if those of each slot can (theory.c).
 */
#ifndef IAMP_SPACE_H
#define IAMP_SPACE_H

#include "prove/axis.h"
#include "prove/solver.h"
#include "prove/word.h"

/* --- what outlives a search ---------------------------------------------- */

/* What the quick facts say of two patterns. */
typedef struct pattern_pair {
    uint32_t a, b;
    bool known;    /* else a free cell */
    bool within;   /* every word of `a` is one of `b` */
    bool disjoint; /* no word is both */
} pattern_pair;

/* Patterns by meaning, and what is known of words: shared by all searches of a
 * prover. */
typedef struct lexis {
    arena mem;
    const word_pattern **patterns;
    uint32_t count, room;
    uint32_t *index; /* open hash of patterns: number + 1 */
    uint32_t index_room;
    pattern_pair *pairs; /* open hash */
    uint32_t pair_count, pair_room;
    struct word_memo *memo; /* open hash of queries */
    uint32_t memo_count, memo_room;
} lexis;

typedef uint32_t pattern_id;

void iamp_lexis_init(lexis *l, const iam_allocator *from);
void iamp_lexis_release(lexis *l);

/* The pattern's number; equal ones have one.  IAM_ENOMEM. */
iam_status iamp_lexis_pattern(
    lexis *l, const word_builder *b, bool fold, pattern_id *out);

/* Of two patterns; asked once, and remembered. */
pattern_pair iamp_lexis_pair(lexis *l, pattern_id a, pattern_id b);

/* What is known of a query, by its sorted numbers (positives, then negatives).
 * `core` has bit i of item i; `word` lives in the lexis. */
typedef struct word_memo {
    uint64_t hash;
    const pattern_id *items; /* NULL: a free cell */
    uint32_t positive_count, count;
    uint8_t answer; /* word_answer */
    const bool *core;
    const uint32_t *word;
    uint32_t len;
} word_memo;

/* Ask, or remember.  `answer` of the result may be WORD_UNKNOWN (not kept),
 * WORD_NO_MEMORY. */
word_memo iamp_lexis_find(lexis *l, const pattern_id *items,
    uint32_t positive_count, uint32_t count, uint64_t *steps);

/* --- nodes --------------------------------------------------------------- */

typedef uint32_t node;
enum {
    NODE_FALSE = 0,
    NODE_TRUE = 1
};

typedef enum node_type {
    NODE_CONSTANT = 0,
    NODE_LITERAL, /* a literal of the solver */
    NODE_AND,
    NODE_OR
} node_type;

typedef struct node_data {
    uint8_t type;  /* node_type */
    bool named;    /* `name` implies the node, by clauses that were added */
    lit literal;   /* of NODE_LITERAL */
    uint32_t name; /* variable */
    uint32_t first, count; /* children */
} node_data;

/* --- slots and atoms ----------------------------------------------------- */

/* What a word atom of a slot has been told to be. */
typedef struct atom {
    uint32_t slot;
    uint32_t variable; /* of the solver */
    bool word;         /* a pattern; else cells */
    bool wanted;       /* the pattern matches; of cells it is in the set */
    uint8_t sort;      /* axis_sort, of cells */
    pattern_id pattern;
    uint64_t *cells;
    /* What `cells` is filled from, once the axis is closed. */
    const ipset *set;
    const condition *from;
    ipaddr address; /* family 0: none */
    uint32_t twin;  /* the atom of the opposite wish + 1, or 0 */
} atom;

typedef struct track {
    axis *axis;        /* shared by the slots of a key; NULL: no cell atoms */
    uint64_t *running; /* rows of cells: what is left after each assertion */
    uint32_t *atoms;   /* asserted, in order */
    uint32_t depth, room, running_room;
} track;

/* What a model asks of a slot's value: kept when the theory agreed. */
typedef struct slot_model {
    bool asked;        /* anything at all */
    pattern_id *items; /* patterns: wanted, then refused */
    uint32_t with_count, count, room;
    uint64_t *alive[SORT_COUNT]; /* cells, or NULL: not asked */
    const uint32_t *word;        /* a shortest word, of word atoms alone */
    uint32_t len;
    text fixed; /* the one text that was found to fit; ptr may be NULL */
    bool found; /* `word` is one */
} slot_model;

typedef struct slot_data {
    uint32_t key;  /* number in keys */
    bool constant; /* has one text: `value` */
    text value;
    /* One of these patterns matches, whatever is asked (domain): for folding
     * what they decide.  Not set: any text. */
    const pattern_id *domain;
    uint32_t domain_count;
    /* Word atoms that are asserted, in order: wanted, and refused. */
    uint32_t *with, *without;
    uint32_t with_count, with_room, without_count, without_room;
    track tracks[SORT_COUNT];
    slot_model model;
} slot_data;

/* --- keys ---------------------------------------------------------------- */

typedef enum key_mode {
    KEY_SINGLE = 1,
    KEY_LIST = 2,
    KEY_EITHER = 3
} key_mode;

typedef enum key_fate {
    FATE_FREE = 0,
    FATE_ABSENT,
    FATE_PRESENT,      /* with whatever value */
    FATE_CONSTANT,     /* `values` */
    FATE_VIEW_ACCOUNT, /* field 5 of the principal's ARN */
    FATE_VIEW_NAME,    /* behind its last slash */
    FATE_VIEW_WHOLE    /* the ARN itself */
} key_fate;

typedef struct space_key {
    key_ref key;
    uint8_t mode; /* key_mode */
    uint8_t fate; /* key_fate */
    uint8_t type; /* key_type, for what its values can be */
    bool list;    /* FATE_CONSTANT: a set */
    bool address; /* each value is an address */
    bool ordered; /* each value is a number, or a moment, by its type */
    bool loose;   /* a variable that was taken for any text */
    const text *values;
    uint32_t value_count;
    uint32_t present, is_list; /* flags: variable + 1; 0: not made */
    uint32_t value_slot;       /* + 1: the value, or a member of the set */
    uint32_t *members; /* slots of sets: one for each wish "some member ..." */
    uint32_t member_count, member_room;
    /* "Every member ..." wishes, to repeat for members that come later. */
    struct every_wish *wishes;
    uint32_t wish_count, wish_room;
    axis *axes[SORT_COUNT];
} space_key;

/* What the slot of a set's member, or a flag, is about: for certificates, and
 * kept only in a plain search. */
typedef enum note_kind {
    NOTE_MEMBER = 0, /* slot: a member that passes or fails */
    NOTE_SOME,       /* flag: there is such a member */
    NOTE_EVERY       /* flag: all are such */
} note_kind;

typedef struct member_note {
    uint8_t kind; /* note_kind */
    bool passes;
    bool variables; /* of the policy's version */
    uint32_t number, key;
    const condition *c;
} member_note;

/* --- a search ------------------------------------------------------------ */

/* A key's value that is fixed in this search, for variables. */
typedef struct pin {
    key_ref key;
    bool absent;
    text value;
} pin;

typedef struct search {
    arena mem;
    lexis *lexis;
    solver *solver;
    solver_theory theory;
    uint64_t *steps;
    word_builder builder;

    node_data *nodes;
    node *children;
    uint32_t node_count, node_room, child_count, child_room;

    atom *atoms;
    uint32_t atom_count, atom_room;
    uint32_t *atom_index; /* open hash: number + 1 */
    uint32_t atom_index_room;
    uint32_t *atom_of; /* by variable: atom + 1 */
    uint32_t variable_room;

    uint32_t *roots; /* atoms that every model has, or many do */
    uint32_t root_count, root_room;
    slot_data *slots;
    uint32_t slot_count, slot_room;
    space_key *keys;
    uint32_t key_count, key_room;
    uint32_t *key_index; /* open hash: number + 1 */
    uint32_t key_index_room;
    member_note *notes;
    uint32_t note_count, note_room;

    bool plain;   /* nothing is folded by what a slot can be */
    bool closed;  /* the axes are */
    bool failed;  /* out of memory: every function is then a no-op */
    bool relaxed; /* a variable was taken for any text: a model is no proof */
    bool unsure;  /* some conflict was not certain: no model is no proof */
    bool stopped;
    uint32_t unsure_key; /* where that was */
    lit *conflict;
    uint32_t conflict_count, conflict_room;
    pattern_id *items; /* scratch of the theory */
    uint32_t item_room;
    uint32_t asserted; /* since the progress was told */
    bool (*progress)(void *user, uint64_t steps);
    void *progress_user;
    uint64_t steps_given, next_progress;
} search;

iam_status iamp_search_init(
    search *s, lexis *l, uint64_t *steps, const iam_allocator *from);
void iamp_search_release(search *s);

/* --- nodes ------- */

node iamp_node_literal(search *s, lit l);

/* Children are gathered in a list, then made a node. */
typedef struct node_list {
    node *items;
    uint32_t count, room;
    bool decided; /* one child decides: FALSE in an AND, TRUE in an OR */
    bool is_and;
} node_list;

node_list iamp_all(void);
node_list iamp_any(void);
void iamp_list_add(search *s, node_list *list, node child);
node iamp_list_node(search *s, const node_list *list);
node iamp_and(search *s, node a, node b);
node iamp_or(search *s, node a, node b);

/* The node holds in every model from now on. */
void iamp_assert_node(search *s, node n);

/* What the atom excludes is told before the search, and the atom is decided
 * first: it is asked for often. */
void iamp_node_pivot(search *s, node n);

/* A literal that implies the node: for assumptions. */
lit iamp_node_name(search *s, node n);

/* --- keys and slots ------- */

/* Pay for work of an encoder that grows faster than what it reads.  False if
 * the steps ran out: what is left out then is no proof either, since no search
 * will follow. */
bool iamp_search_pay(search *s, uint64_t steps);

/* The number of a key; made if it is not there. */
uint32_t iamp_space_key(search *s, const key_ref *key);
uint32_t iamp_slot_new(search *s, uint32_t key);

/* The value is one of these patterns' words, in every model. */
void iamp_slot_domain(
    search *s, uint32_t slot, const pattern_id *patterns, uint32_t count);

/* "The slot's value matches", or does not. */
node iamp_word_node(search *s, uint32_t slot, pattern_id pattern, bool wanted);

/* "The slot's value is in the set", or is not; `from` says of what sort. */
node iamp_set_node(search *s, uint32_t slot, const ipset *set, bool wanted);
node iamp_address_node(
    search *s, uint32_t slot, const ipaddr *address, bool wanted);
node iamp_order_node(
    search *s, uint32_t slot, const condition *from, bool wanted);

/* The slot has cells of that sort, whether or not an atom asks for one. */
void iamp_slot_axis(search *s, uint32_t slot_number, axis_sort sort);

/* An atom of given cells of the slot's address axis; after closing. */
lit iamp_cells_literal(search *s, uint32_t slot, const uint64_t *cells);

/* The cells of a condition of numbers or moments. */
void iamp_order_cells(const axis *a, const condition *from, uint64_t *cells);

/* All atoms are there: cut the axes into cells, fill the sets. */
void iamp_search_close(search *s);

/* --- searching ------- */

/* After SOLVER_SATISFIABLE each slot has its text. */
solver_answer iamp_search_solve(search *s, const lit *assumed, uint32_t count);

/* theory.c */
void iamp_theory_init(search *s);

/* slot_text.c: of a slot that several theories speak of; ptr may be NULL. */
text iamp_mixed_text(search *s, uint32_t number);

/* Does a text satisfy all that the model asks of the slot? */
bool iamp_slot_accepts(const search *s, uint32_t number, text value);

/* A text that does: the first of `wanted` (may be NULL), else a shortest word
 * or a believable value of a cell.  ptr is NULL without memory. */
text iamp_slot_text(
    search *s, uint32_t number, const text *wanted, size_t count, arena *mem);

#endif
