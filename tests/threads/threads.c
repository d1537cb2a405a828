/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads.c - one stack, one request, one address set and one proof, asked by
 * eight threads, while each takes and gives back references to the policies.
 * Provers are each thread's own; their policies and their scope are not.
 *
 * The answers are checked in any build; ThreadSanitizer checks the rest.  The
 * main thread gives up its references first; one policy stands in no stack, so
 * that its last owner is whichever thread comes last.
 */
#define _POSIX_C_SOURCE 200809L

#include <iampolicy.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    THREADS = 8,
    ROUNDS = 400,
    POLICIES = 3 /* the last one is in no stack */
};

static const char IDENTITY[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Office\","
    " \"Effect\": \"Allow\", \"Action\": \"s3:Get*\","
    " \"Resource\": \"arn:aws:s3:::home-${aws:username}/*\", \"Condition\":"
    " {\"IpAddress\": {\"aws:SourceIp\": [\"192.0.2.0/24\","
    " \"2001:db8::/32\"]}}},"
    "{\"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\":"
    " \"arn:aws:s3:::home-*/secret/*\"}]}";

static const char GUARDRAIL[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"*\", \"Resource\": \"*\"}}";

/* What the threads share, and nobody changes. */
static struct {
    iam_policy *policies[POLICIES];
    iam_stack *stack;
    iam_request *request;
    iam_ipset *set;
    iam_scope *scope;
    iam_proof *proof;
} shared;

typedef struct worker {
    pthread_t thread;
    iam_policy *policies[POLICIES]; /* its own references */
    size_t faults;
} worker;

static bool swallow(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return true;
}

static iam_request *request_new(const char *resource, const char *address)
{
    iam_request *r;

    if (iam_request_new(NULL, &r) != IAM_OK)
        return NULL;
    if (iam_request_set_principal(
            r, "arn:aws:iam::111122223333:user/ann", IAM_NTS, NULL) != IAM_OK ||
        iam_request_set_action(r, "s3:GetObject", IAM_NTS, NULL) != IAM_OK ||
        iam_request_set_resource(r, resource, IAM_NTS, NULL) != IAM_OK ||
        iam_request_set_value(
            r, "aws:SourceIp", IAM_NTS, address, IAM_NTS, NULL) != IAM_OK) {
        iam_request_free(r);
        return NULL;
    }
    return r;
}

static size_t ask_own_request(unsigned round)
{
    static const struct {
        const char *resource, *address;
        iam_outcome outcome;
    } facts[] = {
        {"arn:aws:s3:::home-ann/a", "192.0.2.9", IAM_ALLOW},
        {"arn:aws:s3:::home-ann/a", "198.51.100.9", IAM_IMPLICIT_DENY},
        {"arn:aws:s3:::home-bob/a", "2001:db8::1", IAM_IMPLICIT_DENY},
        {"arn:aws:s3:::home-ann/secret/a", "192.0.2.9", IAM_EXPLICIT_DENY},
    };
    unsigned i = round % (sizeof(facts) / sizeof(facts[0]));
    iam_request *r = request_new(facts[i].resource, facts[i].address);
    iam_outcome outcome = iam_stack_check(shared.stack, r);

    iam_request_free(r);
    return outcome != facts[i].outcome;
}

static size_t ask_for_reasons(void)
{
    iam_decision *decision;
    size_t printed = 0;
    size_t faults = 0;

    if (iam_stack_decide(shared.stack, shared.request, NULL, &decision, NULL) !=
        IAM_OK)
        return 1;
    faults += iam_decision_outcome(decision) != IAM_ALLOW;
    faults += iam_decision_print(decision, "t", swallow, &printed) != IAM_OK;
    iam_decision_free(decision);
    return faults;
}

static size_t ask_policy(iam_policy *policy)
{
    iam_policy *mine = iam_policy_ref(policy);
    size_t printed = 0;
    size_t faults = 0;

    faults += iam_policy_print(mine, swallow, &printed) != IAM_OK;
    faults += iam_policy_statement_count(mine) == 0 || printed == 0;
    iam_policy_free(mine);
    return faults;
}

/* A set made of the shared one by each thread, and many addresses asked. */
static size_t ask_set(unsigned round)
{
    const uint32_t addresses[2] = {0xc000024d, round};
    iam_ipset *rest = NULL;
    iam_ip_entry entry;
    uint8_t in[2];
    size_t faults = 0;

    faults += iam_ipset_contains_many_v4(shared.set, addresses, 2, in) != 1;
    faults += !iam_ipset_entry_v4(shared.set, 0xc000024d, &entry);
    faults += entry.block.prefix != 24;
    faults += iam_ipset_complement(shared.set, NULL, &rest, NULL) != IAM_OK;
    faults += !iam_ipset_disjoint(rest, shared.set);
    iam_ipset_free(rest);
    return faults;
}

/* Is everything allowed from the office alone?  Yes. */
static iam_status prove(iam_proof **out)
{
    iam_question question = IAM_QUESTION_INIT;

    question.kind = IAM_ONLY_FROM;
    question.addresses = shared.set;
    question.scope = shared.scope;
    return iam_prove(shared.stack, &question, NULL, out, NULL);
}

static size_t ask_prover(void)
{
    size_t printed = 0, faults = 0;
    iam_proof *proof;

    if (prove(&proof) != IAM_OK)
        return 1;
    faults += iam_proof_verdict(proof) != IAM_PROVED;
    faults += iam_proof_fact_count(proof) == 0;
    faults += iam_proof_print(shared.proof, swallow, &printed) != IAM_OK;
    faults += iam_proof_verdict(shared.proof) != IAM_PROVED || printed == 0;
    iam_proof_free(proof);
    return faults;
}

static void *work(void *argument)
{
    worker *me = argument;

    for (unsigned round = 0; round < ROUNDS; round++) {
        me->faults +=
            iam_stack_check(shared.stack, shared.request) != IAM_ALLOW;
        me->faults += !iam_ipset_contains(shared.set, "192.0.2.77", IAM_NTS);
        me->faults += iam_ipset_contains_v4(shared.set, round);
        me->faults += ask_own_request(round);
        if (round % 8 == 0)
            me->faults += ask_for_reasons();
        if (round % 8 == 2)
            me->faults += ask_set(round);
        if (round % 64 == 6)
            me->faults += ask_prover();
        if (round % 8 == 4)
            me->faults += ask_policy(me->policies[round / 8 % POLICIES]);
    }
    for (size_t i = 0; i < POLICIES; i++)
        iam_policy_free(me->policies[i]);
    return NULL;
}

static bool make_shared(void)
{
    const iam_text block = {"192.0.2.0/24", 12};
    iam_stack_entry entries[2] = {{0}};
    iam_options options = IAM_OPTIONS_INIT;

    options.flags = IAM_KEEP_ENTRIES;
    if (iam_policy_compile(IAM_IDENTITY_POLICY, IDENTITY, IAM_NTS, NULL,
            &shared.policies[0], NULL) != IAM_OK ||
        iam_policy_compile(IAM_SERVICE_CONTROL_POLICY, GUARDRAIL, IAM_NTS, NULL,
            &shared.policies[1], NULL) != IAM_OK ||
        iam_policy_compile(IAM_IDENTITY_POLICY, IDENTITY, IAM_NTS, NULL,
            &shared.policies[2], NULL) != IAM_OK)
        return false;
    entries[0].policy = shared.policies[0];
    entries[1].policy = shared.policies[1];
    shared.request = request_new("arn:aws:s3:::home-ann/x", "192.0.2.1");
    return shared.request &&
           iam_stack_new(entries, 2, NULL, &shared.stack, NULL) == IAM_OK &&
           iam_ipset_new(&block, 1, &options, &shared.set, NULL) == IAM_OK &&
           iam_scope_new(NULL, &shared.scope) == IAM_OK &&
           iam_scope_add_action(shared.scope, "s3:*", IAM_NTS, NULL) ==
               IAM_OK &&
           iam_scope_set_value(shared.scope, "aws:SourceIp", IAM_NTS,
               "192.0.3.1", IAM_NTS, NULL) == IAM_OK &&
           prove(&shared.proof) == IAM_OK;
}

int main(void)
{
    static worker workers[THREADS];
    size_t faults = 0;

    if (!make_shared()) {
        fprintf(stderr, "cannot make what the threads share\n");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < THREADS; i++)
        for (size_t p = 0; p < POLICIES; p++)
            workers[i].policies[p] = iam_policy_ref(shared.policies[p]);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return EXIT_FAILURE;
    for (size_t p = 0; p < POLICIES; p++)
        iam_policy_free(shared.policies[p]);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        faults += workers[i].faults;
    }
    iam_stack_free(shared.stack);
    iam_request_free(shared.request);
    iam_proof_free(shared.proof);
    iam_scope_free(shared.scope);
    iam_ipset_free(shared.set);
    printf("%d threads, %d rounds, %zu faults\n", THREADS, ROUNDS, faults);
    return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
