/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks.c - what the out-of-memory test does: everything that may allocate.
 */
#include "oom.h"

#include <stdio.h>
#include <string.h>

/* Every `out` before a call, to see that it is set. */
#define UNSET(type) ((type *)oom_unset())

/* ---- Objects that are made with plenty of memory ------------------------- */

static iam_policy *policy_of(iam_policy_kind kind, const char *text)
{
    iam_policy *policy;
    iam_error error;

    if (iam_policy_compile(
            kind, text, IAM_NTS, oom_options(), &policy, &error) != IAM_OK) {
        oom_expect(false, error.message);
        return NULL;
    }
    return policy;
}

static iam_stack *stack_of(iam_policy *policy)
{
    const iam_stack_entry entry = {policy, "gate", 0, 0};
    iam_stack *stack;

    if (iam_stack_new(&entry, 1, oom_options(), &stack, NULL) != IAM_OK)
        return NULL;
    return stack;
}

static iam_stack *gate_new(void)
{
    iam_policy *policy = policy_of(IAM_IDENTITY_POLICY, oom_gate);
    iam_stack *stack = stack_of(policy);

    iam_policy_free(policy);
    return stack;
}

/* Everything a request can be told, first failure wins; the last key set is
 * the one without which oom_gate allows nothing. */
static iam_status fill(iam_request *r)
{
    static const iam_text colours[] = {{"red", 3}, {"blue", 4}};
    iam_status status;

    status = iam_request_set_principal(
        r, "arn:aws:iam::111122223333:user/team/ann", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_action(r, "S3:getobject", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_resource(
            r, "arn:aws:s3:::reports/2026.csv", IAM_NTS, NULL);
    if (status == IAM_OK)
        status =
            iam_request_set_resource_account(r, "111122223333", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_resource_policy_name(
            r, "bucket policy", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_value(
            r, "aws:SourceIp", IAM_NTS, "192.0.2.7", IAM_NTS, NULL);
    if (status == IAM_OK)
        status =
            iam_request_set_values(r, "x:colours", IAM_NTS, colours, 2, NULL);
    for (int i = 0; status == IAM_OK && i < 40; i++) {
        char key[32];

        snprintf(key, sizeof(key), "x:filler%d", i);
        status = iam_request_set_value(r, key, IAM_NTS, "v", IAM_NTS, NULL);
    }
    if (status == IAM_OK)
        status =
            iam_request_set_value(r, "x:last", IAM_NTS, "set", IAM_NTS, NULL);
    return status;
}

static iam_request *request_new(void)
{
    iam_request *request;

    if (iam_request_new(oom_options(), &request) != IAM_OK)
        return NULL;
    oom_expect(fill(request) == IAM_OK, "a request cannot be filled");
    return request;
}

/* ---- Policies ------------------------------------------------------------ */

static iam_status compile(iam_policy_kind kind, const char *text)
{
    iam_policy *policy = UNSET(iam_policy);
    iam_error error;
    iam_status status;

    oom_arm();
    status =
        iam_policy_compile(kind, text, IAM_NTS, oom_options(), &policy, &error);
    oom_disarm();
    oom_expect((policy == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(status == IAM_OK || error.status == status,
        "the error has another status");
    oom_expect(status == IAM_OK || status == IAM_ENOMEM, error.message);
    if (status == IAM_OK)
        iam_policy_free(policy);
    return status;
}

static iam_status compile_identity(void)
{
    return compile(IAM_IDENTITY_POLICY, oom_identity);
}

static iam_status compile_resource(void)
{
    return compile(IAM_RESOURCE_POLICY, oom_resource);
}

static iam_status compile_boundary(void)
{
    return compile(IAM_PERMISSIONS_BOUNDARY, oom_identity);
}

static iam_status compile_session(void)
{
    return compile(IAM_SESSION_POLICY, oom_gate);
}

static iam_status compile_scp(void)
{
    return compile(IAM_SERVICE_CONTROL_POLICY, oom_guardrail);
}

static iam_status compile_rcp(void)
{
    return compile(IAM_RESOURCE_CONTROL_POLICY, oom_rcp);
}

static iam_status compile_endpoint(void)
{
    return compile(IAM_ENDPOINT_POLICY, oom_endpoint);
}

static iam_status compile_trust(void)
{
    return compile(IAM_TRUST_POLICY, oom_trust);
}

static iam_status compile_percent(void)
{
    return compile(IAM_SERVICE_CONTROL_POLICY,
        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C"
        "%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D");
}

/* Enough statements that every growing thing grows. */
static iam_status compile_many(void)
{
    static char text[32768];
    size_t len = 0;

    len += (size_t)snprintf(text, sizeof(text), "{\"Statement\": [");
    for (int i = 0; i < 60; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
            "%s{\"Sid\": \"S%d\", \"Effect\": \"%s\", \"Action\":"
            " [\"s3:A%d*\", \"ec2:B%d\"], \"Resource\": \"arn:aws:s3:::b%d/*\","
            " \"Condition\": {\"StringLike\": {\"k%d:x\": \"%d*\"}}}",
            i ? "," : "", i, i % 3 ? "Allow" : "Deny", i, i, i, i, i);
    snprintf(text + len, sizeof(text) - len, "]}");
    return compile(IAM_IDENTITY_POLICY, text);
}

static bool swallow(void *user, const char *bytes, size_t len)
{
    size_t *total = user;

    (void)bytes;
    *total += len;
    return true;
}

static iam_status print_policy(void)
{
    iam_policy *policy = policy_of(IAM_IDENTITY_POLICY, oom_identity);
    size_t total = 0;
    iam_status status;

    oom_arm();
    status = iam_policy_print(policy, swallow, &total);
    oom_disarm();
    oom_expect(status != IAM_OK || total > 100, "little was printed");
    iam_policy_free(policy);
    return status;
}

static iam_status list_policy(void)
{
    iam_policy *policy = policy_of(IAM_RESOURCE_POLICY, oom_resource);
    size_t total = 0;
    iam_status status;

    oom_arm();
    status = iam_policy_list(policy, swallow, &total);
    oom_disarm();
    oom_expect(status != IAM_OK || total > 50, "little was listed");
    iam_policy_free(policy);
    return status;
}

/* ---- Requests ------------------------------------------------------------ */

/* A request that could not be filled is not allowed, one that could is. */
static iam_status request_build(void)
{
    iam_stack *gate = gate_new();
    iam_request *request = UNSET(iam_request);
    iam_status status;

    oom_arm();
    status = iam_request_new(oom_options(), &request);
    oom_expect((request == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK)
        status = fill(request);
    oom_expect(
        (iam_stack_check(gate, request) == IAM_ALLOW) == (status == IAM_OK),
        "a part of a request is allowed, or a whole one is not");
    oom_disarm();
    iam_request_free(request);
    iam_stack_free(gate);
    return status;
}

/* A value that could not be replaced is still the old one. */
static iam_status request_replace(void)
{
    static const char longer[] =
        "a value that is much longer than the one before it, so that it needs "
        "memory of its own wherever values are kept";
    iam_stack *gate = gate_new();
    iam_request *request = request_new();
    iam_status status;

    oom_arm();
    status = iam_request_set_value(
        request, "x:last", IAM_NTS, longer, IAM_NTS, NULL);
    oom_expect(
        (iam_stack_check(gate, request) == IAM_ALLOW) == (status != IAM_OK),
        "a failed change changed something, or a change did not");
    oom_disarm();
    iam_request_free(request);
    iam_stack_free(gate);
    return status;
}

static iam_status request_others(void)
{
    iam_request *request = NULL;
    iam_status status;

    oom_arm();
    status = iam_request_new(oom_options(), &request);
    if (status == IAM_OK)
        status = iam_request_set_service(
            request, "delivery.logs.amazonaws.com", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_principal(request,
            "arn:aws:sts::111122223333:assumed-role/dev/ann", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_role(
            request, "arn:aws:iam::111122223333:role/p/dev", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_principal(request,
            "arn:aws:sts::111122223333:federated-user/bob", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_request_set_user(
            request, "arn:aws:iam::111122223333:user/bob", IAM_NTS, NULL);
    oom_disarm();
    iam_request_free(request);
    return status;
}

static iam_status request_copy(void)
{
    iam_stack *gate = gate_new();
    iam_request *request = request_new();
    iam_request *copy = UNSET(iam_request);
    iam_status status;

    oom_arm();
    status = iam_request_copy(request, oom_options(), &copy);
    oom_disarm();
    oom_expect((copy == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect((iam_stack_check(gate, copy) == IAM_ALLOW) == (status == IAM_OK),
        "the copy gets another answer");
    iam_request_free(copy);
    iam_request_free(request);
    iam_stack_free(gate);
    return status;
}

static iam_status print_request(void)
{
    iam_request *request = request_new();
    size_t total = 0;
    iam_status status;

    oom_arm();
    status = iam_request_print(request, swallow, &total);
    oom_disarm();
    oom_expect(status != IAM_OK || total > 100, "little was printed");
    iam_request_free(request);
    return status;
}

/* ---- Stacks and decisions ------------------------------------------------ */

static iam_status stack_build(void)
{
    iam_policy *gate = policy_of(IAM_IDENTITY_POLICY, oom_gate);
    iam_policy *full = policy_of(IAM_SERVICE_CONTROL_POLICY, oom_guardrail);
    const iam_stack_entry entries[] = {
        {gate, "gate", 0, 0},
        {full, "root", 0, 0},
        {full, NULL, 1, 0},
        {full, "account", 2, 0},
    };
    iam_stack *stack = UNSET(iam_stack);
    iam_request *request = request_new();
    iam_status status;

    oom_arm();
    status = iam_stack_new(entries, 4, oom_options(), &stack, NULL);
    oom_disarm();
    oom_expect((stack == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(
        (iam_stack_check(stack, request) == IAM_ALLOW) == (status == IAM_OK),
        "no stack allows, or a whole one does not");
    iam_stack_free(stack);
    iam_policy_free(full);
    iam_policy_free(gate);
    iam_request_free(request);
    return status;
}

/* `last` is what x:last is set to: "set" is allowed. */
static iam_status decide(const char *last, iam_outcome expected)
{
    iam_stack *gate = gate_new();
    iam_request *request = request_new();
    iam_decision *decision = UNSET(iam_decision);
    iam_status status;

    status =
        iam_request_set_value(request, "x:last", IAM_NTS, last, IAM_NTS, NULL);
    oom_expect(status == IAM_OK, "a value cannot be set");
    oom_arm();
    status = iam_stack_decide(gate, request, oom_options(), &decision, NULL);
    oom_disarm();
    oom_expect((decision == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK) {
        oom_expect(iam_decision_outcome(decision) == expected,
            "the decision has another outcome");
        iam_decision_free(decision);
    }
    iam_request_free(request);
    iam_stack_free(gate);
    return status;
}

static iam_status decide_allowed(void)
{
    return decide("set", IAM_ALLOW);
}

static iam_status decide_denied(void)
{
    return decide("not set", IAM_IMPLICIT_DENY);
}

static iam_status print_decision(void)
{
    iam_stack *gate = gate_new();
    iam_request *request = request_new();
    iam_decision *decision = NULL;
    size_t total = 0;
    iam_status status;

    iam_request_unset(request, "x:last", IAM_NTS);
    status = iam_stack_decide(gate, request, oom_options(), &decision, NULL);
    oom_expect(status == IAM_OK, "cannot decide");
    oom_arm();
    status = iam_decision_print(decision, "id", swallow, &total);
    oom_disarm();
    oom_expect(status != IAM_OK || total > 100, "little was printed");
    iam_decision_free(decision);
    iam_request_free(request);
    iam_stack_free(gate);
    return status;
}

/* Checking is total: it asks for no memory at all. */
static iam_status check_asks_nothing(void)
{
    iam_stack *gate = gate_new();
    iam_request *request = request_new();

    oom_arm();
    oom_expect(iam_stack_check(gate, request) == IAM_ALLOW, "denied");
    iam_request_unset(request, "x:last", IAM_NTS);
    oom_expect(iam_stack_check(gate, request) != IAM_ALLOW, "allowed");
    oom_expect(oom_asked() == 0, "a check asked for memory");
    oom_disarm();
    iam_request_free(request);
    iam_stack_free(gate);
    return IAM_OK;
}

/* ---- Operations and scenarios -------------------------------------------- */

static iam_request *caller_of_model(void)
{
    iam_request *r;

    if (iam_request_new(oom_options(), &r) != IAM_OK)
        return NULL;
    oom_expect(
        iam_request_set_principal(
            r, "arn:aws:iam::111122223333:user/ann", IAM_NTS, NULL) == IAM_OK &&
            iam_request_set_resource(
                r, "us.vendor.model-v1:0", IAM_NTS, NULL) == IAM_OK &&
            iam_request_set_value(r, "aws:RequestedRegion", IAM_NTS,
                "us-east-1", IAM_NTS, NULL) == IAM_OK,
        "a request cannot be filled");
    return r;
}

static iam_status resolve(const iam_request *caller, iam_operation **out)
{
    static const iam_text regions[] = {{"us-west-2", 9}, {"us-east-2", 9}};

    return iam_operation_resolve(caller, "bedrock-runtime:Converse", IAM_NTS,
        regions, 2, oom_options(), out, NULL);
}

static iam_status operation_resolve(void)
{
    iam_request *caller = caller_of_model();
    iam_operation *operation = UNSET(iam_operation);
    iam_status status;

    oom_arm();
    status = resolve(caller, &operation);
    oom_disarm();
    oom_expect((operation == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK) {
        oom_expect(
            iam_operation_check_count(operation) == 4, "not four checks");
        iam_operation_free(operation);
    }
    iam_request_free(caller);
    return status;
}

static iam_status operation_decide(void)
{
    iam_request *caller = caller_of_model();
    iam_stack *gate = gate_new();
    iam_operation *operation = NULL;
    iam_decision *decision = UNSET(iam_decision);
    iam_status status;

    oom_expect(resolve(caller, &operation) == IAM_OK, "cannot resolve");
    oom_arm();
    status = iam_stack_decide_operation(
        gate, operation, oom_options(), &decision, NULL);
    oom_disarm();
    oom_expect((decision == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK)
        iam_decision_free(decision);
    iam_operation_free(operation);
    iam_stack_free(gate);
    iam_request_free(caller);
    return status;
}

static iam_status scenario_parse(void)
{
    iam_scenario *scenario = UNSET(iam_scenario);
    iam_error error = {IAM_OK, 0, 0, 0, 0, {0}, {0}};
    iam_status status;

    oom_arm();
    status = iam_scenario_parse(
        oom_scenario, IAM_NTS, NULL, oom_options(), &scenario, &error);
    oom_disarm();
    oom_expect((scenario == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(status == IAM_OK || status == IAM_ENOMEM, error.message);
    if (status == IAM_OK) {
        oom_expect(
            iam_scenario_request_count(scenario) == 2, "not two requests");
        iam_scenario_free(scenario);
    }
    return status;
}

const oom_task oom_tasks[] = {
    {"compile: identity", compile_identity},
    {"compile: resource", compile_resource},
    {"compile: boundary", compile_boundary},
    {"compile: session", compile_session},
    {"compile: scp", compile_scp},
    {"compile: rcp", compile_rcp},
    {"compile: endpoint", compile_endpoint},
    {"compile: trust", compile_trust},
    {"compile: percent-encoded", compile_percent},
    {"compile: many statements", compile_many},
    {"print a policy", print_policy},
    {"list a policy", list_policy},
    {"build a request", request_build},
    {"replace a value", request_replace},
    {"request of others", request_others},
    {"copy a request", request_copy},
    {"print a request", print_request},
    {"build a stack", stack_build},
    {"decide: allowed", decide_allowed},
    {"decide: denied", decide_denied},
    {"print a decision", print_decision},
    {"check asks nothing", check_asks_nothing},
    {"resolve an operation", operation_resolve},
    {"decide an operation", operation_decide},
    {"parse a scenario", scenario_parse},
    {"build an address set", oom_ipset_build},
    {"read a list of addresses", oom_ipset_parse},
    {"read lines of addresses", oom_ipset_lines},
    {"combine address sets", oom_ipset_operations},
    {"an address set asks nothing", oom_ipset_asks_nothing},
};

const size_t oom_task_count = sizeof(oom_tasks) / sizeof(oom_tasks[0]);
