/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_proofs.c - asks the questions of case files and compares.
 *
 *     run_proofs FILE...
 *
 * A file holds "policies" (of a scenario, each with its kind) and "questions":
 * what is asked, of which requests, and what is expected: the verdict, what a
 * witness has, whether something comes without an address, which addresses.
 *
 * For every question: two provers that were asked nothing before print the same
 * bytes but for the time it took, and one that was asked everything before prints
 * them but for the work it had; the evaluator agrees with
 * every witness; the witnesses as a scenario are read and get what it expects.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

typedef struct run {
    const char *path, *about; /* the question that is asked */
    iam_stack *stack;
    size_t passed, failed;
    bool good;
} run;

enum {
    MOST_ENTRIES = 16,
    MOST_TEXTS = 64
};

static void fail(run *r, const char *what, const char *wanted, const char *got)
{
    printf("%s: %s: %s: expected \"%s\", got \"%s\"\n", r->path, r->about, what,
        wanted, got);
    r->good = false;
}

static void must(iam_status status, const iam_error *error)
{
    if (status == IAM_OK)
        return;
    printf("%s: %s\n", iam_status_name(status), error ? error->message : "");
    exit(2);
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* --- text ---------------------------------------------------------------- */

typedef struct bytes {
    char *ptr;
    size_t len, room;
} bytes;

static bool bytes_add(void *user, const char *more, size_t len)
{
    bytes *to = user;

    if (to->len + len >= to->room) {
        size_t room = (to->len + len + 1) * 2;
        char *ptr = realloc(to->ptr, room);

        if (!ptr)
            return false;
        to->ptr = ptr;
        to->room = room;
    }
    memcpy(to->ptr + to->len, more, len);
    to->len += len;
    to->ptr[to->len] = '\0';
    return true;
}

/* What was printed, without the numbers of that name. */
static void forget(bytes *printed, const char *name)
{
    char *at = printed->ptr;

    while (at && (at = strstr(at, name)) != NULL) {
        char *end = at += strlen(name);

        while (*end >= '0' && *end <= '9')
            end++;
        memmove(at, end, strlen(end) + 1);
    }
}

/* "prefix*" or a whole text. */
static bool looks_like(const char *text, const char *pattern)
{
    size_t len = strlen(pattern);

    return len && pattern[len - 1] == '*' ? strncmp(text, pattern, len - 1) == 0
                                          : strcmp(text, pattern) == 0;
}

/* --- policies ------------------------------------------------------------ */

static iam_stack *read_stack(const json_t *policies)
{
    iam_stack_entry entries[MOST_ENTRIES];
    iam_stack *stack;
    iam_error error;
    size_t count = json_array_size(policies);

    if (count > MOST_ENTRIES)
        exit(2);
    for (size_t i = 0; i < count; i++) {
        const json_t *p = json_array_get(policies, i);
        char *text = json_dumps(json_object_get(p, "document"), JSON_COMPACT);

        if (!text)
            exit(2);
        entries[i] = (iam_stack_entry){.name = member(p, "name"),
            .level = (uint32_t)json_integer_value(json_object_get(p, "level"))};
        must(iam_policy_compile(
                 iam_policy_kind_from_name(member(p, "kind"), IAM_NTS), text,
                 IAM_NTS, NULL, &entries[i].policy, &error),
            &error);
        free(text);
    }
    must(iam_stack_new(entries, count, NULL, &stack, &error), &error);
    for (size_t i = 0; i < count; i++)
        iam_policy_free(entries[i].policy);
    return stack;
}

/* --- questions ----------------------------------------------------------- */

static iam_ipset *read_addresses(const json_t *list)
{
    iam_text blocks[MOST_TEXTS];
    iam_ipset *set;
    iam_error error;
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count && i < MOST_TEXTS; i++)
        blocks[i] =
            (iam_text){json_string_value(json_array_get(list, i)), IAM_NTS};
    must(iam_ipset_new(blocks, count, NULL, &set, &error), &error);
    return set;
}

static void give(iam_scope *scope, const json_t *given)
{
    const char *key;
    json_t *value;
    iam_error error;

    json_object_foreach((json_t *)(uintptr_t)given, key, value)
    {
        iam_text values[MOST_TEXTS];
        size_t count = json_array_size(value);

        if (json_is_string(value)) {
            must(iam_scope_set_value(scope, key, IAM_NTS,
                     json_string_value(value), IAM_NTS, &error),
                &error);
            continue;
        }
        for (size_t i = 0; i < count && i < MOST_TEXTS; i++)
            values[i] = (iam_text){
                json_string_value(json_array_get(value, i)), IAM_NTS};
        must(iam_scope_set_values(scope, key, IAM_NTS, values, count, &error),
            &error);
    }
}

static iam_scope *read_scope(const json_t *q)
{
    static const char service[] = "service:";
    iam_scope *scope;
    iam_error error;
    const char *principal = member(q, "principal");
    size_t i;
    json_t *item;

    must(iam_scope_new(NULL, &scope), NULL);
    if (strncmp(principal, service, strlen(service)) == 0)
        must(iam_scope_set_service(
                 scope, principal + strlen(service), IAM_NTS, &error),
            &error);
    else if (*principal)
        must(
            iam_scope_set_principal(scope, principal, IAM_NTS, &error), &error);
    json_array_foreach(json_object_get(q, "actions"), i, item) must(
        iam_scope_add_action(scope, json_string_value(item), IAM_NTS, &error),
        &error);
    json_array_foreach(json_object_get(q, "resources"), i, item) must(
        iam_scope_add_resource(scope, json_string_value(item), IAM_NTS, &error),
        &error);
    give(scope, json_object_get(q, "given"));
    json_array_foreach(json_object_get(q, "absent"), i, item) must(
        iam_scope_set_absent(scope, json_string_value(item), IAM_NTS, &error),
        &error);
    json_array_foreach(json_object_get(q, "present"), i, item) must(
        iam_scope_set_present(scope, json_string_value(item), IAM_NTS, &error),
        &error);
    return scope;
}

/* --- what a witness has -------------------------------------------------- */

static bool has_sid(const run *r, const iam_proof *proof, size_t witness,
    size_t count, const char *sid)
{
    for (size_t i = 0; i < count; i++) {
        iam_match match = iam_proof_because(proof, witness, i);
        iam_stack_entry entry = iam_stack_entry_at(r->stack, match.entry);

        if (strcmp(iam_policy_statement(entry.policy, match.statement).sid,
                sid) == 0)
            return true;
    }
    return false;
}

static void check_context(
    run *r, const iam_request *request, const json_t *wanted)
{
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach(json_object_get(wanted, "context"), key, value)
    {
        const char *got = iam_request_value(request, key, IAM_NTS, 0);

        if (!looks_like(got, json_string_value(value)))
            fail(r, key, json_string_value(value), got);
    }
    json_array_foreach(json_object_get(wanted, "absent"), i,
        value) if (iam_request_value_count(request, json_string_value(value),
                       IAM_NTS))
        fail(r, json_string_value(value), "absent", "present");
}

/* The witness of that "id", or the first. */
static void check_witness(run *r, const iam_proof *proof, const json_t *wanted)
{
    const char *id = member(wanted, "id"), *sid = member(wanted, "statement");
    size_t count = iam_proof_witness_count(proof), at = 0;
    iam_witness w;

    while (at < count && *id && strcmp(iam_proof_witness(proof, at).id, id))
        at++;
    if (at == count) {
        fail(r, "witness", *id ? id : "one", "none");
        return;
    }
    w = iam_proof_witness(proof, at);
    if (*member(wanted, "action") &&
        !looks_like(iam_request_action(w.request), member(wanted, "action")))
        fail(r, "action", member(wanted, "action"),
            iam_request_action(w.request));
    if (*member(wanted, "resource") &&
        !looks_like(
            iam_request_resource(w.request), member(wanted, "resource")))
        fail(r, "resource", member(wanted, "resource"),
            iam_request_resource(w.request));
    if (*member(wanted, "principal") &&
        !looks_like(
            iam_request_principal(w.request), member(wanted, "principal")))
        fail(r, "principal", member(wanted, "principal"),
            iam_request_principal(w.request));
    if (*sid && !has_sid(r, proof, at, w.because_count, sid))
        fail(r, "statement", sid, "others");
    if (*member(wanted, "outcome") &&
        strcmp(member(wanted, "outcome"), iam_outcome_name(w.outcome)) != 0)
        fail(r, "outcome", member(wanted, "outcome"),
            iam_outcome_name(w.outcome));
    if (*member(wanted, "level") &&
        strcmp(member(wanted, "level"), iam_witness_level_name(w.level)) != 0)
        fail(r, "level", member(wanted, "level"),
            iam_witness_level_name(w.level));
    check_context(r, w.request, wanted);
}

/* Whatever the file says, the evaluator agrees; so does the scenario. */
static void replay(run *r, const iam_proof *proof)
{
    bytes text = {NULL, 0, 0};
    iam_scenario *scenario;
    iam_error error;

    for (size_t i = 0; i < iam_proof_witness_count(proof); i++) {
        iam_witness w = iam_proof_witness(proof, i);

        if (iam_stack_check(r->stack, w.request) != w.outcome)
            fail(r, "replay", iam_outcome_name(w.outcome), "another outcome");
    }
    if (iam_proof_witness_count(proof) == 0)
        return;
    must(iam_proof_print_scenario(proof, bytes_add, &text), NULL);
    must(iam_scenario_parse(text.ptr, text.len, NULL, NULL, &scenario, &error),
        &error);
    for (size_t i = 0; i < iam_scenario_request_count(scenario); i++) {
        iam_outcome got = iam_stack_check_operation(
            iam_scenario_stack(scenario), iam_scenario_operation(scenario, i));
        iam_expectation wanted = iam_scenario_expectation(scenario, i);

        if (!wanted.given || wanted.outcome != got)
            fail(r, "scenario", iam_outcome_name(wanted.outcome),
                iam_outcome_name(got));
    }
    iam_scenario_free(scenario);
    free(text.ptr);
}

/* --- asking -------------------------------------------------------------- */

static void check_set(
    run *r, const char *what, const iam_ipset *got, const json_t *wanted)
{
    iam_ipset *set;
    bytes text = {NULL, 0, 0};

    if (!wanted)
        return;
    set = read_addresses(wanted);
    if (!iam_ipset_equal(set, got)) {
        char *dumped = json_dumps(wanted, JSON_COMPACT);

        if (got)
            must(iam_ipset_print(got, bytes_add, &text), NULL);
        fail(r, what, dumped ? dumped : "", text.ptr ? text.ptr : "none");
        free(dumped);
        free(text.ptr);
    }
    iam_ipset_free(set);
}

static void check_proof(run *r, const iam_proof *proof, const json_t *q)
{
    const char *verdict = iam_verdict_name(iam_proof_verdict(proof));
    const json_t *wanted = json_object_get(q, "witness");
    const json_t *without = json_object_get(q, "withoutAddress");
    size_t i;
    json_t *part;

    if (strcmp(verdict, member(q, "expect")) != 0)
        fail(r, "verdict", member(q, "expect"),
            *iam_proof_reason(proof) ? iam_proof_reason(proof) : verdict);
    if (wanted && json_is_object(wanted))
        check_witness(r, proof, wanted);
    json_array_foreach(wanted, i, part) check_witness(r, proof, part);
    if (without && json_is_true(without) != iam_proof_without_address(proof))
        fail(r, "without an address", json_is_true(without) ? "yes" : "no",
            json_is_true(without) ? "no" : "yes");
    check_set(r, "addresses", iam_proof_addresses(proof),
        json_object_get(q, "addresses"));
    replay(r, proof);
    json_array_foreach(json_object_get(q, "parts"), i, part)
    {
        const iam_proof *half = iam_proof_part(proof, i);

        if (strcmp(iam_verdict_name(iam_proof_verdict(half)),
                json_string_value(part)) != 0)
            fail(r, "part", json_string_value(part), iam_proof_reason(half));
        replay(r, half);
    }
}

/* The bytes of an answer; also checks it if `q` is given. */
static bytes ask(run *r, iam_prover *prover, const iam_question *question,
    const json_t *q, bool check)
{
    bytes out = {NULL, 0, 0};
    iam_error error;
    iam_proof *proof;
    iam_sources *sources;

    if (strcmp(member(q, "question"), "sources") == 0) {
        must(iam_prover_sources(prover, question, &sources, &error), &error);
        must(iam_sources_print(sources, bytes_add, &out), NULL);
        if (check) {
            check_set(r, "addresses", iam_sources_addresses(sources),
                json_object_get(q, "addresses"));
            if (strcmp(iam_verdict_name(iam_sources_verdict(sources)),
                    member(q, "expect")) != 0)
                fail(r, "verdict", member(q, "expect"),
                    iam_sources_reason(sources));
            if (json_is_true(json_object_get(q, "withoutAddress")) !=
                iam_sources_without_address(sources))
                fail(r, "without an address", "as in the file", "not so");
        }
        iam_sources_free(sources);
    } else {
        must(iam_prover_ask(prover, question, &proof, &error), &error);
        must(iam_proof_print(proof, bytes_add, &out), NULL);
        if (check)
            check_proof(r, proof, q);
        iam_proof_free(proof);
    }
    forget(&out, "\"micros\":");
    return out;
}

/* As SMT-LIB: whole, and every name that stands in it is declared once, before. */
static void check_smt2(run *r, iam_prover *prover, const iam_question *question)
{
    bytes out = {NULL, 0, 0};
    bool quoted = false;
    long depth = 0;
    iam_status status =
        iam_prover_print_smt2(prover, question, bytes_add, &out, NULL);

    if (question->kind == IAM_EXACTLY_FROM) {
        if (status != IAM_EUNSUPPORTED)
            fail(r, "smt2", "unsupported", iam_status_name(status));
        return;
    }
    must(status, NULL);
    for (const char *at = out.ptr; *at; at++) {
        if (!quoted && *at == ';')
            at += strcspn(at, "\n");
        quoted ^= *at == '"';
        if (quoted)
            continue;
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (depth < 0)
            break;
        if (*at == 'f' && at[1] >= '0' && at[1] <= '9' &&
            strchr(" (", at[-1])) {
            char declared[64];
            int len = (int)strcspn(at, " )\n");
            const char *first;

            snprintf(
                declared, sizeof(declared), "(declare-const %.*s ", len, at);
            first = strstr(out.ptr, declared);
            if (!first || first > at)
                fail(r, "smt2", declared, "none before its use");
            at += len - 1;
        }
    }
    if (depth != 0 || quoted || !strstr(out.ptr, "(check-sat)\n"))
        fail(r, "smt2", "whole", "open at its end");
    free(out.ptr);
}

static void ask_one(run *r, iam_prover *shared, const json_t *q)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_scope *scope = read_scope(q);
    iam_ipset *set = read_addresses(json_object_get(q, "cidr"));
    iam_stack *old = json_object_get(q, "old")
                         ? read_stack(json_object_get(q, "old"))
                         : NULL;
    bytes answers[3];

    r->about = *member(q, "about") ? member(q, "about") : member(q, "question");
    r->good = true;
    question.kind = iam_question_from_name(member(q, "question"), IAM_NTS);
    question.scope = scope;
    question.addresses = set;
    question.old = old;
    for (size_t i = 0; i < 2; i++) {
        iam_prover *fresh;

        must(iam_prover_new(r->stack, NULL, &fresh, NULL), NULL);
        answers[i] = ask(r, fresh, &question, q, i == 0);
        iam_prover_free(fresh);
    }
    answers[2] = ask(r, shared, &question, q, false);
    if (strcmp(answers[0].ptr, answers[1].ptr) != 0)
        fail(r, "asked twice", answers[0].ptr, answers[1].ptr);
    for (size_t i = 0; i < 3; i++)
        forget(&answers[i], "\"steps\":");
    if (strcmp(answers[0].ptr, answers[2].ptr) != 0)
        fail(r, "asked after others", answers[0].ptr, answers[2].ptr);
    for (size_t i = 0; i < 3; i++)
        free(answers[i].ptr);
    if (strcmp(member(q, "question"), "sources") != 0)
        check_smt2(r, shared, &question);
    *(r->good ? &r->passed : &r->failed) += 1;
    iam_stack_free(old);
    iam_ipset_free(set);
    iam_scope_free(scope);
}

int main(int argc, char **argv)
{
    run r = {.path = ""};

    for (int i = 1; i < argc; i++) {
        json_error_t where;
        json_t *file = json_load_file(argv[i], JSON_REJECT_DUPLICATES, &where);
        iam_prover *shared;
        size_t n;
        json_t *q;

        if (!file) {
            printf("%s:%d: %s\n", argv[i], where.line, where.text);
            return 2;
        }
        r.path = argv[i];
        r.stack = read_stack(json_object_get(file, "policies"));
        must(iam_prover_new(r.stack, NULL, &shared, NULL), NULL);
        json_array_foreach(json_object_get(file, "questions"), n, q)
            ask_one(&r, shared, q);
        iam_prover_free(shared);
        iam_stack_free(r.stack);
        json_decref(file);
    }
    printf("%zu passed, %zu failed\n", r.passed, r.failed);
    return r.failed || !r.passed ? 1 : 0;
}
