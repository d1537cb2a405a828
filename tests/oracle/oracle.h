/* SPDX-License-Identifier: Apache-2.0 */
/**
 * oracle.h - a second evaluator, slow and plain, to hold the first one to.
 *
 * It is written from docs/semantics.md alone and shares no code with the
 * library: it walks the JSON of a scenario (docs/formats.md) as it stands,
 * compiles nothing and remembers nothing.  Where the two disagree, one of them
 * has misread a rule.
 *
 * It takes what a scenario generator or a vector gives it: documents that the
 * grammar accepts.  It aborts when memory runs out.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>

#include <jansson.h>

typedef enum oracle_outcome {
    ORACLE_IMPLICIT_DENY = 0,
    ORACLE_EXPLICIT_DENY = 1,
    ORACLE_ALLOW = 2
} oracle_outcome;

/** An outcome and the policy type that decided it, in the words of F.2; "" for
 *  an allow. */
typedef struct oracle_answer {
    oracle_outcome outcome;
    const char *by;
} oracle_answer;

/** Decide `request`, an element of a scenario's "requests", under `policies`,
 *  its "policies".  `derive` is the scenario's member of that name. */
oracle_answer oracle_decide(
    const json_t *policies, const json_t *request, bool derive);

enum {
    ORACLE_OPERATORS = 27
};

/** The base operators in the order of B.3, e.g. "StringEquals". */
extern const char *const oracle_operator_names[ORACLE_OPERATORS];

/** How the resource policy names the caller (E.8), as bits. */
enum {
    ORACLE_GRANT_ACCOUNT = 1,
    ORACLE_GRANT_ROLE = 2,
    ORACLE_GRANT_ANY = 4,
    ORACLE_GRANT_DIRECT = 8
};

/** What was met on the way to answers; counts add up over many of them. */
typedef struct oracle_trace {
    unsigned grants; /**< of the last answer: ORACLE_GRANT_* */
    /** How often a condition on one key was tested: by base operator; without
     *  set operator, ForAllValues, ForAnyValue; without and with IfExists;
     *  false and true. */
    unsigned long tested[ORACLE_OPERATORS][3][2][2];
} oracle_trace;

/** As oracle_decide(), and tell the trace. */
oracle_answer oracle_decide_traced(const json_t *policies,
    const json_t *request, bool derive, oracle_trace *trace);

#endif /* ORACLE_H */
