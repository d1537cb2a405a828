/* SPDX-License-Identifier: Apache-2.0 */
/**
 * question.h - random policies and questions about them, in the small world of
 * universe.h; and the answer by listing every request.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include "universe.h"

enum {
    ASK_SOURCES = 100, /**< beside iam_question_kind */
    MOST_ACTIONS = 2,
    MOST_RESOURCES = 3,
    MOST_BLOCKS = 4,
    MOST_GIVEN = 2
};

typedef enum given_state {
    GIVEN_VALUE,
    GIVEN_VALUES,
    GIVEN_ABSENT,
    GIVEN_PRESENT
} given_state;

typedef struct given {
    size_t key;
    given_state state;
    const char *value;
} given;

typedef struct question {
    json_t *policies; /**< [{"kind", "level", "document"}] */
    json_t *old;      /**< of IAM_WITHIN, else NULL */
    int kind;         /**< iam_question_kind, or ASK_SOURCES */
    const char *principal;
    bool service; /**< `principal` is the name of one */
    const char *actions[MOST_ACTIONS];
    const char *resources[MOST_RESOURCES];
    char blocks[MOST_BLOCKS][24];
    size_t action_count, resource_count, block_count;
    size_t about[3]; /**< keys that the conditions are about */
    size_t about_count;
    size_t first_value; /**< which of their values */
    given given[MOST_GIVEN];
    size_t given_count;
    bool any_context, every_address;
    bool mixed; /**< several types of conditions on one key */
} question;

/** Equal seeds give equal questions on every machine. */
void question_make(question *q, uint64_t seed);
void question_release(question *q);

/** A policy variable whose value is free. */
bool question_has_variable(const question *q);

/** As text, for a report. */
void question_print(const question *q);

/** The policies as a stack; NULL if `policies` is. */
iam_stack *question_stack(const json_t *policies);

/** Which requests it is about, and its blocks of addresses. */
iam_scope *question_scope(const question *q);
iam_ipset *question_blocks(const question *q);

/** Listed: what the evaluator says of every request. */
typedef struct listing {
    uint64_t requests;
    bool closed; /**< these stand for every request in scope */
    bool broken; /**< some request breaks the claim */
    bool with_address, without_address; /**< such requests, by that */
    char first[512];                    /**< the first one that breaks it */
    /** Addresses with which a request breaks it. */
    const char *addresses[300];
    size_t address_count;
    const char *asked[300]; /**< all that were tried */
    size_t asked_count;
} listing;

/** How many contexts there are to be listed. */
size_t question_size(const question *q, universe *all);

void question_list(
    const question *q, universe *all, bool first_only, listing *out);

#endif /* QUESTION_H */
