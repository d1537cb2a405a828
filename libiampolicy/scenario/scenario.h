/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.h - policies, requests and expected outcomes from one JSON text.
 */
#ifndef IAMP_SCENARIO_H
#define IAMP_SCENARIO_H

#include "eval/decision.h"

typedef struct scenario_request {
    text id;
    iam_operation *operation;
    iam_expectation expected;
} scenario_request;

struct iam_scenario {
    arena mem;
    text about;
    const iam_stack *stack; /* its own, or the caller's fallback */
    iam_stack *owned;
    scenario_request *requests;
    size_t count;
};

/* As iam_scenario_parse(). */
iam_status iamp_scenario_parse(iam_scenario **out, text source,
    const iam_stack *fallback, const iam_options *options, iam_error *err);
void iamp_scenario_free(iam_scenario *scenario);

/* --- between the files of this layer --------------------------------------- */

/* One scenario being read. */
typedef struct scenario_reader {
    const json_tree *tree;
    const iam_options *options;
    const iam_allocator *from;
    iam_scenario *scenario;
    iam_error *err;
    bool no_derived_keys;
} scenario_reader;

/* Fails on a member that is a known one misspelt: equal but for case, or but
 * for one letter.  Members of quite other names are notes to the reader. */
iam_status iamp_scenario_members(
    scenario_reader *r, json_ref object, const text *known, size_t count);

/* *out is "" where the member is missing; fails if it is no string. */
iam_status iamp_scenario_string(
    scenario_reader *r, json_ref object, text name, text *out);

/* The "policies" member into a stack. */
iam_status iamp_scenario_policies(scenario_reader *r, json_ref list);

/* One element of "requests". */
iam_status iamp_scenario_request(
    scenario_reader *r, json_ref node, scenario_request *out);

/* The kind of this name; 0 if there is none. */
iam_policy_kind iamp_kind_from_name(text name);
const char *iamp_kind_name(iam_policy_kind kind);

#endif
