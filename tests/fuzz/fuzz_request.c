/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_request.c - policies and a request, grown from the input's bytes one
 * choice at a time, decided by the library and by the second evaluator of
 * tests/oracle/.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "iampolicy.h"
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static oracle_answer ask_oracle(const json_t *scenario)
{
    return oracle_decide(json_object_get(scenario, "policies"),
        json_array_get(json_object_get(scenario, "requests"), 0),
        !json_is_false(json_object_get(scenario, "derive")));
}

static void compare(const iam_scenario *scenario, oracle_answer wanted)
{
    const iam_stack *stack = iam_scenario_stack(scenario);
    const iam_operation *operation = iam_scenario_operation(scenario, 0);
    const iam_request *request = iam_operation_check(operation, 0);
    iam_decision *decision;

    require((int)iam_stack_check(stack, request) == (int)wanted.outcome);
    require(iam_stack_decide(stack, request, NULL, &decision, NULL) == IAM_OK);
    require((int)iam_decision_outcome(decision) == (int)wanted.outcome);
    require(strcmp(iam_decision_by(decision), wanted.by) == 0);
    iam_decision_free(decision);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *scenario = generate_scenario_from(data, size);
    char *source = json_dumps(scenario, JSON_COMPACT);
    iam_scenario *parsed;

    require(source != NULL);
    require(iam_scenario_parse(source, IAM_NTS, NULL, NULL, &parsed, NULL) ==
            IAM_OK);
    compare(parsed, ask_oracle(scenario));
    iam_scenario_free(parsed);
    free(source);
    json_decref(scenario);
    return 0;
}
