/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hunt.h - looking for one request that breaks a claim.
 *
 * A prey says which: allowed or refused, by one stack or by two, from which
 * addresses.  A hunt is one search for it in one frame.  "None" is certain;
 * a request that was found is certain only when the evaluator agrees.
 */
#ifndef IAMP_HUNT_H
#define IAMP_HUNT_H

#include "prove/encode.h"
#include "reference/catalog.h"

struct iam_prover {
    const iam_allocator *from;
    iam_stack *stack;
    lexis lexis;
    size_t max_steps;
};

typedef enum prey_kind {
    PREY_ALLOWED = 0, /* by the stack */
    PREY_REFUSED,
    PREY_GAINED, /* allowed by the stack, refused by `other` */
    PREY_APPLIES /* allowed, and a statement of it applies */
} prey_kind;

typedef enum prey_address {
    ADDRESS_FREE = 0,
    ADDRESS_ABSENT,
    ADDRESS_IN,     /* present, and in `set` */
    ADDRESS_OUTSIDE /* absent, or not in `set` */
} prey_address;

typedef struct prey {
    prey_kind kind;
    prey_address address;
    const ipset *set;
    const iam_stack *stack, *other;
    /* PREY_APPLIES: the statement; and for all, if it is set: only requests
     * that match Action and Resource of this statement of a stack. */
    uint32_t entry, statement;
    const iam_policy *about;
    uint32_t about_statement;
} prey;

/* What is asked, and what all hunts of one question share. */
typedef struct inquiry {
    iam_prover *prover;
    const iam_question *asked;
    const iam_scope *scope; /* may be NULL */
    arena mem;
    uint64_t steps;
    iam_stack
        *strangers; /* NOT_PUBLIC: what bears on a caller from elsewhere */
    const iam_stack *stacks[2]; /* the second may be NULL */
    const frame *frames;
    uint32_t frame_count;
    const catalog *known;
    const text *actions; /* what is ranged over; none: every action */
    uint32_t action_count;
    bool free_calls; /* the scope names actions that need no permission */
    const uint64_t *set_keys;
    uint32_t set_key_count;
    bool promise; /* ranges over known actions */
    bool plain;   /* formulas depend on policies, scope and frame alone */
    bool failed;
    bool anybody;        /* any caller may ask, but the owner's root user */
    bool relaxed;        /* some formula takes a variable for any text */
    bool no_such_action; /* a promise about no known action */
    uint64_t rules;      /* open rules that were met: bits of open_rule */
    text reason;         /* of an unknown */
} inquiry;

/* frames.c: who asks, where the scope does not say.  IAM_ENOMEM. */
typedef enum default_callers {
    CALLERS_OWNERS = 0, /* a user or a role */
    CALLERS_PUBLIC,
    CALLERS_COMPARED /* anybody to whom some policy may grant */
} default_callers;
iam_status iamp_question_frames(inquiry *q, default_callers callers);

typedef struct hunt {
    inquiry *question;
    const prey *prey;
    frame frame;
    search search;
    encoder encoder;
    uint32_t address_key;  /* of aws:SourceIp */
    uint32_t address_slot; /* NOTHING if it can have no value */
} hunt;

typedef enum hunt_answer {
    HUNT_UNKNOWN = 0,
    HUNT_NONE,
    HUNT_FOUND, /* the evaluator agrees */
    HUNT_STOPPED,
    HUNT_NO_MEMORY
} hunt_answer;

/* What was caught.  The request is yours. */
typedef struct catch
{
    iam_request *request;
    uint8_t level; /* iam_witness_level */
    iam_outcome outcome, other_outcome;
    /* The addresses that would do as well, in the question's memory: that of
     * the request alone where its text matters too.  NULL if the address does
     * not matter or is absent. */
    const ipset *addresses;
}
catch;

/* In one frame, or in all of the question's (the first that has one). */
hunt_answer iamp_hunt_frame(
    inquiry *q, const prey *p, const frame *f, catch *out);
hunt_answer iamp_hunt(inquiry *q, const prey *p, catch *out);

/* All addresses with which there is such a request, of those of p->set if
 * p->address is ADDRESS_IN.  `unsure`: those of which it is not known.  One
 * catch is kept, if there is any. */
hunt_answer iamp_hunt_addresses(
    inquiry *q, const prey *p, ipset *found, ipset *unsure, catch *out);

/* Steps, for hunt_pin.c. */
iam_status iamp_hunt_open(hunt *h, inquiry *q, const prey *p, const frame *f,
    const pin *pins, uint32_t pin_count);
/* The same, with a log of every clause from the first one on. */
iam_status iamp_hunt_open_logged(hunt *h, inquiry *q, const prey *p,
    const frame *f, proof_log log, void *user);
void iamp_hunt_close(hunt *h);
hunt_answer iamp_hunt_solve(
    hunt *h, const lit *assumed, uint32_t count, catch *out);

/* Why it is not known; the first one told stays. */
void iamp_hunt_say(inquiry *q, const char *why);

/* hunt_pin.c: the model was no proof; fix what was loose, and try again. */
hunt_answer iamp_hunt_pinned(
    inquiry *q, const prey *p, const hunt *loose, catch *out);

/* Sets. */
bool iamp_cells_to_set(
    const axis *a, const uint64_t *cells, arena *mem, ipset *out);
bool iamp_set_join(ipset *into, const ipset *other, arena *mem);

/* witness.c: a request of the model.  False: the evaluator does not agree
 * (or no memory: question->failed). */
bool iamp_hunt_request(hunt *h, catch *out);

#endif
