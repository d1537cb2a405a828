/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_cases.c - decides the requests of case files and compares.
 *
 *     run_cases FILE...
 *
 * For every request: iam_stack_check_operation() and
 * iam_stack_decide_operation() agree with each other and with "expect", "by"
 * and "message" of the file, also as iam_decision_print() writes it; the
 * request, printed and read again, gets the same answer.  For every policy:
 * what iam_policy_print() writes compiles to a policy that prints the same
 * bytes, and a stack of such policies decides as the first one does.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

/* --- text ---------------------------------------------------------------- */

typedef struct bytes {
    char *ptr; /* NUL-terminated */
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

static bool read_file(const char *path, bytes *out)
{
    FILE *file = fopen(path, "rb");
    char part[4096];
    size_t got;
    bool whole;

    if (!file)
        return false;
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        if (!bytes_add(out, part, got))
            break;
    whole = !ferror(file) && feof(file);
    (void)fclose(file);
    return whole && out->len > 0;
}

/* --- one file ------------------------------------------------------------ */

typedef struct run {
    const char *path;
    iam_scenario *scenario;
    iam_stack *again; /* of the policies printed and compiled again */
    bool derive;      /* keys follow from principal and resource */
    size_t passed, failed;
} run;

static void fail(run *r, const char *where, const char *what,
    const char *wanted, const char *got)
{
    printf("%s: %s: %s: expected \"%s\", got \"%s\"\n", r->path, where, what,
        wanted, got);
}

/* True if they are equal; tells if not. */
static bool same(run *r, const char *where, const char *what,
    const char *wanted, const char *got)
{
    if (got && strcmp(wanted, got) == 0)
        return true;
    fail(r, where, what, wanted, got ? got : "nothing");
    return false;
}

static bool same_outcome(run *r, const char *where, const char *what,
    iam_outcome wanted, iam_outcome got)
{
    return same(
        r, where, what, iam_outcome_name(wanted), iam_outcome_name(got));
}

static bool decided_as_expected(run *r, const char *id,
    const iam_expectation *expected, const iam_decision *decision)
{
    bool good = same_outcome(r, id, "iam_stack_decide_operation",
        expected->outcome, iam_decision_outcome(decision));

    if (expected->by[0])
        good &= same(r, id, "by", expected->by, iam_decision_by(decision));
    if (expected->message[0])
        good &= same(r, id, "message", expected->message,
            iam_decision_message(decision));
    if (expected->outcome == IAM_ALLOW)
        good &= same(r, id, "by", "", iam_decision_by(decision)) &&
                same(r, id, "message", "", iam_decision_message(decision));
    return good;
}

static bool same_member(
    run *r, const char *id, json_t *root, const char *name, const char *wanted)
{
    return same(
        r, id, name, wanted, json_string_value(json_object_get(root, name)));
}

/* The decision as JSON says the same. */
static bool printed_decision_agrees(
    run *r, const char *id, const iam_decision *decision)
{
    bytes source = {NULL, 0, 0};
    json_t *root = NULL;
    json_error_t problem = {.text = "nothing was printed"};
    bool good = false;

    if (iam_decision_print(decision, id, bytes_add, &source) == IAM_OK)
        root = json_loadb(source.ptr, source.len, 0, &problem);
    if (!root)
        fail(r, id, "iam_decision_print", "JSON", problem.text);
    else
        good =
            same_member(r, id, root, "id", id) &&
            same_member(r, id, root, "outcome",
                iam_outcome_name(iam_decision_outcome(decision))) &&
            same_member(r, id, root, "by", iam_decision_by(decision)) &&
            same_member(r, id, root, "message", iam_decision_message(decision));
    json_decref(root);
    free(source.ptr);
    return good;
}

/* A request of its own, decided by the same policies. */
static bool printed_request_agrees(
    run *r, const char *id, const iam_request *request)
{
    const iam_stack *stack = iam_scenario_stack(r->scenario);
    const char *head =
        r->derive ? "{\"requests\":[" : "{\"derive\":false,\"requests\":[";
    bytes text = {NULL, 0, 0};
    iam_scenario *one = NULL;
    iam_error err = {.status = IAM_OK};
    iam_status status;
    bool good = false;

    if (bytes_add(&text, head, strlen(head)) &&
        iam_request_print(request, bytes_add, &text) == IAM_OK &&
        bytes_add(&text, "]}", 2)) {
        status =
            iam_scenario_parse(text.ptr, text.len, stack, NULL, &one, &err);
        if (status == IAM_OK)
            good = same_outcome(r, id, "printed and read again",
                iam_stack_check(stack, request),
                iam_stack_check_operation(
                    stack, iam_scenario_operation(one, 0)));
        else
            fail(r, id, "printed and read again", text.ptr, err.message);
    }
    iam_scenario_free(one);
    free(text.ptr);
    return good;
}

static bool checks_agree(run *r, const char *id, const iam_operation *operation)
{
    const iam_stack *stack = iam_scenario_stack(r->scenario);
    bool good = same_outcome(r, id, "the printed policies",
        iam_stack_check_operation(stack, operation),
        iam_stack_check_operation(r->again, operation));

    for (size_t i = 0; i < iam_operation_check_count(operation); i++)
        good &=
            printed_request_agrees(r, id, iam_operation_check(operation, i));
    return good;
}

static void run_request(run *r, size_t index)
{
    const char *id = iam_scenario_id(r->scenario, index);
    const iam_operation *operation = iam_scenario_operation(r->scenario, index);
    const iam_stack *stack = iam_scenario_stack(r->scenario);
    iam_expectation expected = iam_scenario_expectation(r->scenario, index);
    iam_decision *decision = NULL;
    iam_error err = {.status = IAM_OK};
    bool good = expected.given;

    if (!expected.given)
        fail(r, id, "a case needs \"expect\"", "an outcome", "none");
    good &= same_outcome(r, id, "iam_stack_check_operation", expected.outcome,
        iam_stack_check_operation(stack, operation));
    if (iam_stack_decide_operation(stack, operation, NULL, &decision, &err) ==
        IAM_OK)
        good &= decided_as_expected(r, id, &expected, decision) &&
                printed_decision_agrees(r, id, decision);
    else
        good = same(r, id, "iam_stack_decide_operation", "", err.message);
    good &= checks_agree(r, id, operation);
    iam_decision_free(decision);
    r->passed += good;
    r->failed += !good;
}

/* --- printing and compiling again ---------------------------------------- */

/* Print `entry`'s policy, compile that, print again: equal bytes.  The second
 * policy, or NULL. */
static iam_policy *compile_again(run *r, const iam_stack_entry *entry)
{
    bytes first = {NULL, 0, 0}, second = {NULL, 0, 0};
    iam_policy *policy = NULL;
    iam_error err = {.status = IAM_OK};

    if (iam_policy_print(entry->policy, bytes_add, &first) != IAM_OK)
        fail(r, entry->name, "iam_policy_print", "a policy", "none");
    else if (iam_policy_compile(iam_policy_kind_of(entry->policy), first.ptr,
                 first.len, NULL, &policy, &err) != IAM_OK)
        fail(r, entry->name, "compiled again", first.ptr, err.message);
    else if (iam_policy_print(policy, bytes_add, &second) != IAM_OK ||
             !same(r, entry->name, "printed again", first.ptr, second.ptr)) {
        iam_policy_free(policy);
        policy = NULL;
    }
    free(first.ptr);
    free(second.ptr);
    return policy;
}

/* The stack of all policies compiled again, or NULL. */
static iam_stack *stack_again(run *r)
{
    const iam_stack *from = iam_scenario_stack(r->scenario);
    size_t count = iam_stack_entry_count(from), made = 0;
    iam_stack_entry *entries = calloc(count + 1, sizeof(*entries));
    iam_stack *stack = NULL;
    iam_error err;

    for (; entries && made < count; made++) {
        entries[made] = iam_stack_entry_at(from, made);
        entries[made].policy = compile_again(r, &entries[made]);
        if (!entries[made].policy)
            break;
    }
    if (entries && made == count &&
        iam_stack_new(entries, count, NULL, &stack, &err) != IAM_OK)
        fail(r, "stack", "iam_stack_new", "a stack", err.message);
    for (size_t i = 0; i < made; i++)
        iam_policy_free(entries[i].policy);
    free(entries);
    return stack;
}

static void run_file(run *r)
{
    bytes text = {NULL, 0, 0};
    iam_error err = {.status = IAM_OK};
    size_t count = 0;

    r->again = NULL;
    r->scenario = NULL;
    if (!read_file(r->path, &text)) {
        printf("%s: cannot be read\n", r->path);
    } else if (iam_scenario_parse(text.ptr, text.len, NULL, NULL, &r->scenario,
                   &err) != IAM_OK) {
        printf("%s:%u:%u: %s: %s\n", r->path, (unsigned)err.line,
            (unsigned)err.column, err.where, err.message);
    } else {
        r->derive = !strstr(text.ptr, "\"derive\": false");
        r->again = stack_again(r);
        count = iam_scenario_request_count(r->scenario);
        if (count == 0)
            printf("%s: no requests\n", r->path);
    }
    if (count == 0 || !r->again)
        r->failed++;
    for (size_t i = 0; i < count; i++)
        run_request(r, i);
    iam_stack_free(r->again);
    iam_scenario_free(r->scenario);
    free(text.ptr);
}

int main(int argc, char **argv)
{
    run r = {.path = NULL};

    for (int i = 1; i < argc; i++) {
        r.path = argv[i];
        run_file(&r);
    }
    printf("%zu passed, %zu failed\n", r.passed, r.failed);
    return r.failed == 0 && r.passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
