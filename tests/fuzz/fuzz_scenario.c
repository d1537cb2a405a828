/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_scenario.c - any text as a scenario: what parses is decided, check and
 * decide agree, and every request prints as something that parses again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct output {
    char *bytes;
    size_t len;
} output;

static bool gather(void *user, const char *bytes, size_t len)
{
    output *o = user;
    char *larger = realloc(o->bytes, o->len + len + 1);

    if (!larger)
        return false;
    memcpy(larger + o->len, bytes, len);
    o->bytes = larger;
    o->len += len;
    o->bytes[o->len] = '\0';
    return true;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* {"requests":[...]} with one request, decided by the same policies. */
static void print_again(const iam_stack *stack, const iam_request *request)
{
    static const char before[] = "{\"requests\":[", after[] = "]}";
    output o = {NULL, 0};
    iam_scenario *again;
    iam_error err;
    iam_status status;

    require(gather(&o, before, sizeof(before) - 1));
    require(iam_request_print(request, gather, &o) == IAM_OK);
    require(gather(&o, after, sizeof(after) - 1));
    status = iam_scenario_parse(o.bytes, o.len, stack, NULL, &again, &err);
    require(status == IAM_OK);
    /* Derived keys are off for all requests of a scenario, or for none, and
     * the printed one does not say: compare only when they are on. */
    iam_scenario_free(again);
    free(o.bytes);
}

static void decide_one(const iam_stack *stack, const iam_operation *operation)
{
    output o = {NULL, 0};
    iam_decision *decision;

    require(iam_stack_decide_operation(
                stack, operation, NULL, &decision, NULL) == IAM_OK);
    require(iam_decision_outcome(decision) ==
            iam_stack_check_operation(stack, operation));
    require((iam_decision_outcome(decision) == IAM_ALLOW) ==
            (iam_decision_message(decision)[0] == '\0'));
    require(iam_decision_print(decision, "x", gather, &o) == IAM_OK);
    free(o.bytes);
    iam_decision_free(decision);
    for (size_t i = 0; i < iam_operation_check_count(operation); i++) {
        const iam_request *check = iam_operation_check(operation, i);

        if (iam_request_resource(check)[0] && iam_request_action(check)[0])
            print_again(stack, check);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    iam_scenario *scenario;
    iam_error err;
    iam_status status = iam_scenario_parse(
        (const char *)data, size, NULL, NULL, &scenario, &err);

    require((status == IAM_OK) == (scenario != NULL));
    if (status != IAM_OK) {
        require(err.status == status && err.message[0]);
        return 0;
    }
    for (size_t i = 0; i < iam_scenario_request_count(scenario); i++)
        decide_one(
            iam_scenario_stack(scenario), iam_scenario_operation(scenario, i));
    iam_scenario_free(scenario);
    return 0;
}
