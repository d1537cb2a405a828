/* SPDX-License-Identifier: Apache-2.0 */
/**
 * universe.h - a small world in which every request can be listed.
 *
 * Policies speak of a few condition keys with a few values each.  What a key's
 * value can be is then a matter of finitely many classes: values that no
 * condition tells apart.  They are found by asking the evaluator about long
 * lists of candidates, condition by condition; a question needs one value of
 * each class, and of sets of values one set of each set of classes.
 */
#ifndef UNIVERSE_H
#define UNIVERSE_H

#include <iampolicy.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Keys ----------------------------------------------------------------- */

enum {
    KEY_SOURCE_IP = 0,
    KEY_SOURCE_VPC,
    KEY_TAG,
    KEY_COUNT = 12,
    MOST_CANDIDATES = 800,
    MOST_VALUES = 16,
    MOST_OPERATORS = 10,
    MOST_MEMBERS = 8 /**< of a set */
};

typedef enum key_arity {
    ONE_VALUE,
    MANY_VALUES,
    EITHER /**< as policies use it: a set under a set operator */
} key_arity;

/** What the generator may write about a key. */
typedef struct key_kind {
    const char *name;
    key_arity arity;
    bool typed; /**< a value of another form is none, physically */
    const char *operators[MOST_OPERATORS];
    const char *values[MOST_VALUES];
} key_kind;

extern const key_kind keys[KEY_COUNT];

/** Candidates for values, and which of them each condition takes. */
typedef struct universe universe;

universe *universe_new(void);
void universe_free(universe *all);

/* ---- States of a question -------------------------------------------------- */

/** Absent (count 0), one value, or a set. */
typedef struct key_state {
    const char *values[MOST_MEMBERS];
    uint32_t count;
    bool list;
} key_state;

typedef struct key_states {
    key_state *states;
    size_t count, room;
    bool used;   /**< the question speaks of the key */
    bool closed; /**< every state has one like it among these */
    /** Of single values: all candidates, and the state that stands for each. */
    const char *const *candidates;
    size_t candidate_count;
    uint16_t stand_in[MOST_CANDIDATES];
} key_states;

/** What is asked: policies (an array of documents), blocks of addresses. */
typedef struct subject {
    const json_t *policies;
    const char (*blocks)[24];
    size_t block_count;
    bool any_context;   /**< without the physical facts */
    bool every_address; /**< all 256, not only one of each class */
} subject;

/** The states that a question tells apart. */
void universe_states(
    universe *all, const subject *about, key_states out[KEY_COUNT]);
void universe_release(key_states states[KEY_COUNT]);

#endif /* UNIVERSE_H */
