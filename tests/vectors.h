/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors.h - scenarios made of JSON values, and what the library answers.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

/* --- building JSON ------------------------------------------------------- */

static const char USER[] = "arn:aws:iam::111122223333:user/alice";
static const char RESOURCE[] = "arn:aws:s3:::b/k";

static inline json_t *get(json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static inline const char *string(
    json_t *object, const char *name, const char *missing)
{
    const char *found = json_string_value(get(object, name));

    return found ? found : missing;
}

/* A policy of one statement. */
static inline json_t *policy(json_t *statement, const char *version)
{
    return json_pack("{s:s, s:o}", "Version", version ? version : "2012-10-17",
        "Statement", statement);
}

/* {"kind", "policy"}; the level only of organization policies. */
static inline json_t *entry(const char *kind, size_t level, json_t *body)
{
    json_t *out = json_pack("{s:s, s:o}", "kind", kind, "policy", body);

    if (strcmp(kind, "scp") == 0 || strcmp(kind, "rcp") == 0)
        json_object_set_new(out, "level", json_integer((json_int_t)level));
    return out;
}

static inline json_t *allow_statement(void)
{
    return json_pack(
        "{s:s, s:s, s:s}", "Effect", "Allow", "Action", "*", "Resource", "*");
}

/* A scenario of one request; takes both. */
static inline json_t *scenario(json_t *policies, json_t *request, bool derive)
{
    return json_pack("{s:b, s:o, s:[o]}", "derive", derive ? 1 : 0, "policies",
        policies, "requests", request);
}

static inline json_t *request(
    const char *action, const char *resource, json_t *context)
{
    json_t *out = json_pack("{s:s, s:s, s:s}", "principal", USER, "action",
        action, "resource", resource);

    if (json_object_size(context))
        json_object_set(out, "context", context);
    return out;
}

/* --- deciding ------------------------------------------------------------ */

typedef struct answer {
    bool read; /* the scenario could be read */
    iam_outcome outcome;
    char by[64];
    char problem[512];
} answer;

static inline void decide(const iam_scenario *s, answer *out)
{
    const iam_operation *operation = iam_scenario_operation(s, 0);
    iam_decision *decision = NULL;

    out->outcome = iam_stack_check_operation(iam_scenario_stack(s), operation);
    if (iam_stack_decide_operation(
            iam_scenario_stack(s), operation, NULL, &decision, NULL) != IAM_OK)
        return;
    (void)snprintf(out->by, sizeof(out->by), "%s", iam_decision_by(decision));
    out->read = iam_decision_outcome(decision) == out->outcome;
    iam_decision_free(decision);
}

/* Takes `what`, a scenario of one request. */
static inline answer ask(json_t *what)
{
    answer out = {.outcome = IAM_IMPLICIT_DENY};
    char *source = json_dumps(what, 0);
    iam_scenario *s = NULL;
    iam_error err = {.status = IAM_OK};

    if (source &&
        iam_scenario_parse(source, IAM_NTS, NULL, NULL, &s, &err) == IAM_OK)
        decide(s, &out);
    else
        (void)snprintf(
            out.problem, sizeof(out.problem), "%s: %s", err.where, err.message);
    iam_scenario_free(s);
    free(source);
    json_decref(what);
    return out;
}

#endif
