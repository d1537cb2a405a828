/* SPDX-License-Identifier: Apache-2.0 */
/* Random questions in a small world, answered by the prover and by listing
 * every request.
 *
 *     exhaustive [--count N] [--seed S] [--keep-going] [--verbose]
 *
 * prints the first disagreement and fails; or what was asked and answered.
 *
 * "proved" must mean that no listed request breaks the claim.  "refuted" must
 * come with a request which breaks it, is in scope, and is decided so by the
 * evaluator; and some listed one must break it as well.  "unknown" is counted by
 * its reason. */
#include "question.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MOST_CONTEXTS = 600
};

typedef struct reason {
    char text[128];
    uint64_t count;
} reason;

typedef struct run {
    universe *all;
    uint64_t seed, count;
    bool keep_going, verbose;
    uint64_t asked[128][3]; /**< by kind and verdict */
    uint64_t requests, open, witnesses, unknown, wrong;
    reason reasons[32];
    size_t reason_count;
} run;

typedef struct trial {
    run *run;
    question q;
    iam_stack *stack, *old;
    iam_ipset *blocks;
    iam_scope *scope;
    listing listed;
    char fault[512];
} trial;

static void must(iam_status status)
{
    if (status != IAM_OK)
        abort();
}

static void fault(trial *t, const char *what)
{
    if (!t->fault[0])
        snprintf(t->fault, sizeof(t->fault), "%s", what);
}

/* ---- Witnesses ------------------------------------------------------------------ */

static bool among(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, list[i]) == 0)
            return true;
    return false;
}

static void check_given(trial *t, const iam_request *r)
{
    for (size_t i = 0; i < t->q.given_count; i++) {
        const given *g = &t->q.given[i];
        const char *name = keys[g->key].name;
        size_t count = iam_request_value_count(r, name, IAM_NTS);
        bool good = g->state == GIVEN_ABSENT ? count == 0 : count > 0;
        if (g->state == GIVEN_VALUE || g->state == GIVEN_VALUES)
            good = count == 1 && strcmp(iam_request_value(r, name, IAM_NTS, 0),
                                     g->value) == 0;
        if (!good)
            fault(t, "a witness is not as given");
    }
}

static void check_scope(trial *t, const iam_request *r)
{
    static const char ip[] = "aws:SourceIp";
    if (!among(iam_request_action(r), t->q.actions, t->q.action_count) ||
        !among(iam_request_resource(r), t->q.resources, t->q.resource_count))
        fault(t, "a witness is out of scope");
    if (!t->q.service &&
        strcmp(t->q.principal, iam_request_principal(r)) != 0 &&
        strstr(t->q.principal, ":role/") == NULL &&
        strcmp(t->q.principal, "anonymous") != 0)
        fault(t, "a witness is by somebody else");
    if (!t->q.any_context && iam_request_value_count(r, ip, IAM_NTS) &&
        iam_request_value_count(r, "aws:SourceVpc", IAM_NTS))
        fault(t, "a witness has an address and a VPC");
    check_given(t, r);
}

static void check_witness(
    trial *t, iam_question_kind kind, const iam_witness *w)
{
    static const char ip[] = "aws:SourceIp";
    bool allowed = iam_stack_check(t->stack, w->request) == IAM_ALLOW;
    size_t count = iam_request_value_count(w->request, ip, IAM_NTS);
    const char *address = iam_request_value(w->request, ip, IAM_NTS, 0);
    bool listed = count == 1 && iam_ipset_contains(t->blocks, address, IAM_NTS);
    if (t->q.any_context) /* an address may be a set, or no address */
        listed = kind == IAM_ALWAYS_FROM;
    bool good = allowed;
    if (kind == IAM_ONLY_FROM)
        good = allowed && !listed;
    else if (kind == IAM_ALWAYS_FROM)
        good = !allowed && listed;
    else if (kind == IAM_ALWAYS)
        good = !allowed;
    else if (kind == IAM_WITHIN)
        good = allowed && iam_stack_check(t->old, w->request) != IAM_ALLOW;
    if (!good)
        fault(t, "a witness shows nothing");
    check_scope(t, w->request);
    t->run->witnesses++;
}

/* ---- Answers -------------------------------------------------------------------- */

static void note_reason(run *r, const char *text)
{
    for (size_t i = 0; i < r->reason_count; i++)
        if (strcmp(r->reasons[i].text, text) == 0) {
            r->reasons[i].count++;
            return;
        }
    if (r->reason_count == COUNT_OF(r->reasons))
        return;
    reason *new = &r->reasons[r->reason_count++];
    snprintf(new->text, sizeof(new->text), "%s", text);
    new->count = 1;
}

/* The addresses that an answer speaks of are those that were listed. */
static void check_addresses(
    trial *t, const iam_ipset *set, const char *const *found, size_t count)
{
    size_t in_set = 0;
    for (size_t i = 0; i < t->listed.asked_count; i++)
        in_set += iam_ipset_contains(set, t->listed.asked[i], IAM_NTS);
    if (in_set != count)
        fault(t, "the answer has other addresses");
    for (size_t i = 0; i < count; i++)
        if (!iam_ipset_contains(set, found[i], IAM_NTS))
            fault(t, "the answer lacks an address");
}

/* Two kinds of conditions on one key, and variables, are where the procedure
 * may give up. */
static bool must_know(const trial *t)
{
    return !t->q.mixed && !question_has_variable(&t->q);
}

static void compare(
    trial *t, iam_question_kind kind, const iam_proof *proof, listing *listed)
{
    iam_verdict verdict = iam_proof_verdict(proof);
    t->run->asked[kind][verdict]++;
    for (size_t i = 0; i < iam_proof_witness_count(proof); i++) {
        iam_witness w = iam_proof_witness(proof, i);
        check_witness(t, kind, &w);
    }
    if (verdict == IAM_UNKNOWN) {
        t->run->unknown++;
        note_reason(t->run, iam_proof_reason(proof));
        if (listed->closed && must_know(t))
            fault(t, "not known");
        return;
    }
    if (verdict == IAM_PROVED && listed->broken)
        fault(t, "UNSOUND: proved, but a request breaks it");
    if (verdict == IAM_REFUTED && iam_proof_witness_count(proof) == 0)
        fault(t, "refuted without a witness");
    if (verdict == IAM_REFUTED && listed->closed && !listed->broken)
        fault(t, "refuted, but no request of this world breaks it");
    /* What a refuted claim tells beside is exact where all can be known. */
    if (verdict != IAM_REFUTED || !listed->closed || !must_know(t))
        return;
    if (kind == IAM_ONLY_FROM &&
        iam_proof_without_address(proof) != listed->without_address)
        fault(t, "without an address or not");
    if (iam_proof_addresses(proof) && !t->q.any_context)
        check_addresses(t, iam_proof_addresses(proof), listed->addresses,
            listed->address_count);
}

static iam_question asked(trial *t)
{
    iam_question q = IAM_QUESTION_INIT;
    q.kind = (iam_question_kind)t->q.kind;
    q.addresses = t->blocks;
    q.old = t->old;
    q.scope = t->scope;
    return q;
}

static void ask_proof(trial *t)
{
    iam_question q = asked(t);
    iam_proof *proof;
    iam_error error;
    if (iam_prove(t->stack, &q, NULL, &proof, &error) != IAM_OK) {
        fault(t, error.message);
        return;
    }
    iam_question_kind kind = iam_proof_question(proof);
    /* The first request that breaks a claim is enough, unless the answer tells
     * of all addresses. */
    bool all = kind == IAM_ONLY_FROM || kind == IAM_ALWAYS_FROM ||
               kind == IAM_EXACTLY_FROM;
    if (iam_proof_part_count(proof) == 0) {
        question_list(&t->q, t->run->all, !all, &t->listed);
        compare(t, kind, proof, &t->listed);
    }
    for (size_t i = 0; i < iam_proof_part_count(proof); i++) {
        const iam_proof *part = iam_proof_part(proof, i);
        int whole = t->q.kind;
        t->q.kind = (int)iam_proof_question(part);
        question_list(&t->q, t->run->all, false, &t->listed);
        compare(t, iam_proof_question(part), part, &t->listed);
        t->q.kind = whole;
    }
    t->run->requests += t->listed.requests;
    t->run->open += !t->listed.closed;
    iam_proof_free(proof);
}

static void ask_sources(trial *t)
{
    iam_question q = asked(t);
    iam_sources *sources;
    iam_prover *prover;
    iam_error error;
    must(iam_prover_new(t->stack, NULL, &prover, &error));
    if (iam_prover_sources(prover, &q, &sources, &error) != IAM_OK) {
        fault(t, error.message);
        iam_prover_free(prover);
        return;
    }
    question_list(&t->q, t->run->all, false, &t->listed);
    iam_verdict verdict = iam_sources_verdict(sources);
    t->run->asked[ASK_SOURCES][verdict]++;
    t->run->requests += t->listed.requests;
    t->run->open += !t->listed.closed;
    if (verdict == IAM_UNKNOWN) {
        t->run->unknown++;
        note_reason(t->run, iam_sources_reason(sources));
        if (t->listed.closed && must_know(t))
            fault(t, "not known");
    } else if (!t->q.any_context) {
        if (t->listed.closed || t->listed.broken)
            for (size_t i = 0; i < t->listed.address_count; i++)
                if (!iam_ipset_contains(iam_sources_addresses(sources),
                        t->listed.addresses[i], IAM_NTS))
                    fault(t, "UNSOUND: an address is missing");
        if (t->listed.closed) {
            if (!t->q.mixed)
                check_addresses(t, iam_sources_addresses(sources),
                    t->listed.addresses, t->listed.address_count);
            if (iam_sources_without_address(sources) !=
                t->listed.without_address)
                fault(t, "without an address or not");
        }
    }
    iam_sources_free(sources);
    iam_prover_free(prover);
}

/* ---- Runs ----------------------------------------------------------------------- */

static bool try_one(run *r, uint64_t seed)
{
    static trial t;
    memset(&t, 0, sizeof(t));
    t.run = r;
    question_make(&t.q, seed);
    for (uint64_t n = 1; question_size(&t.q, r->all) > MOST_CONTEXTS; n++) {
        question_release(&t.q); /* too much to list: another one */
        question_make(&t.q, seed + (n << 40));
    }
    t.stack = question_stack(t.q.policies);
    t.old = question_stack(t.q.old);
    t.blocks = question_blocks(&t.q);
    t.scope = question_scope(&t.q);
    if (t.q.kind == ASK_SOURCES)
        ask_sources(&t);
    else
        ask_proof(&t);
    if (t.fault[0]) {
        if (r->verbose || r->wrong == 0)
            question_print(&t.q);
        printf("--seed %" PRIu64 " --count 1: %s%s%s\n", seed, t.fault,
            t.listed.first[0] ? "; the first such request: " : "",
            t.listed.first);
    }
    iam_scope_free(t.scope);
    iam_ipset_free(t.blocks);
    iam_stack_free(t.stack);
    iam_stack_free(t.old);
    question_release(&t.q);
    return t.fault[0] == '\0';
}

static void print_table(const run *r)
{
    printf(
        "%-14s %10s %10s %10s\n", "question", "proved", "refuted", "unknown");
    for (size_t k = 1; k < COUNT_OF(r->asked); k++) {
        const uint64_t *n = r->asked[k];
        if (n[0] + n[1] + n[2])
            printf("%-14s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
                k == ASK_SOURCES ? "sources"
                                 : iam_question_name((iam_question_kind)k),
                n[IAM_PROVED], n[IAM_REFUTED], n[IAM_UNKNOWN]);
    }
    for (size_t i = 0; i < r->reason_count; i++)
        printf("unknown, %" PRIu64 " times: %s\n", r->reasons[i].count,
            r->reasons[i].text);
    printf("%" PRIu64 " questions, %" PRIu64 " requests, %" PRIu64
           " witnesses, %" PRIu64 " not closed, %" PRIu64 " unknown, %" PRIu64
           " wrong\n",
        r->count, r->requests, r->witnesses, r->open, r->unknown, r->wrong);
}

int main(int argc, char **argv)
{
    static run r = {.seed = 1, .count = 2000};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--keep-going") == 0)
            r.keep_going = true;
        else if (strcmp(argv[i], "--verbose") == 0)
            r.verbose = true;
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            r.count = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            r.seed = strtoull(argv[++i], NULL, 10);
        else
            return 2;
    }
    r.all = universe_new();
    for (uint64_t i = 0; i < r.count; i++) {
        r.wrong += !try_one(&r, r.seed + i);
        if (r.wrong && !r.keep_going)
            break;
    }
    print_table(&r);
    universe_free(r.all);
    return r.wrong ? 1 : 0;
}
