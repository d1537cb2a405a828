/* SPDX-License-Identifier: Apache-2.0 */
/* Random scenarios, decided by the library and by the oracle.
 *
 *     differential [--count N] [--seed S] [--quiet] [--keep-going] [--oracle]
 *                  [--print]
 *
 * prints the first disagreement, made as small as it gets, and fails; or a
 * table of what was put to use.  --oracle asks the oracle alone, --keep-going
 * does not stop at the first disagreement, --print prints every scenario with
 * the oracle's answer as its expectation, one a line. */
#include "coverage.h"
#include "generate.h"
#include "oracle.h"
#include "shrink.h"

#include <iampolicy.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct answers {
    oracle_answer oracle;
    iam_outcome checked; /* iam_stack_check() */
    bool batched;        /* calls for many say the same */
    iam_outcome decided; /* iam_stack_decide() */
    char by[64];
    char error[512];
} answers;

static oracle_answer ask_oracle(const json_t *scenario, oracle_trace *trace)
{
    const json_t *requests = json_object_get(scenario, "requests");
    bool derive = !json_is_false(json_object_get(scenario, "derive"));
    return oracle_decide_traced(json_object_get(scenario, "policies"),
        json_array_get(requests, 0), derive, trace);
}

/* The request among ones that are missing, and the stack likewise. */
static bool same_in_batch(
    const iam_stack *stack, const iam_request *request, iam_outcome wanted)
{
    const iam_request *requests[] = {request, NULL, request};
    const iam_stack *stacks[] = {NULL, stack, stack};
    iam_outcome by_request[3], by_stack[3];
    size_t allowed = iam_stack_check_many(stack, requests, 3, by_request);
    size_t same = iam_request_check_many(request, stacks, 3, by_stack);
    return by_request[0] == wanted && by_request[1] == IAM_IMPLICIT_DENY &&
           by_request[2] == wanted && by_stack[0] == IAM_IMPLICIT_DENY &&
           by_stack[1] == wanted && by_stack[2] == wanted && allowed == same &&
           allowed == (wanted == IAM_ALLOW ? 2 : 0);
}

static void decide(const iam_scenario *scenario, answers *out)
{
    const iam_stack *stack = iam_scenario_stack(scenario);
    const iam_request *request =
        iam_operation_check(iam_scenario_operation(scenario, 0), 0);
    iam_decision *decision;
    iam_error error;
    out->checked = iam_stack_check(stack, request);
    out->batched = same_in_batch(stack, request, out->checked);
    if (iam_stack_decide(stack, request, NULL, &decision, &error) != IAM_OK) {
        snprintf(out->error, sizeof(out->error), "decide: %s", error.message);
        return;
    }
    out->decided = iam_decision_outcome(decision);
    snprintf(out->by, sizeof(out->by), "%s", iam_decision_by(decision));
    iam_decision_free(decision);
}

static void ask_library(const json_t *scenario, answers *out)
{
    iam_scenario *parsed;
    iam_error error;
    char *text = json_dumps(scenario, JSON_COMPACT);
    if (!text)
        abort();
    iam_status status =
        iam_scenario_parse(text, strlen(text), NULL, NULL, &parsed, &error);
    if (status == IAM_OK)
        decide(parsed, out);
    else
        snprintf(out->error, sizeof(out->error), "%s: %s: %s",
            iam_status_name(status), error.where, error.message);
    if (status == IAM_OK)
        iam_scenario_free(parsed);
    free(text);
}

static answers ask_both(const json_t *scenario, oracle_trace *trace)
{
    answers out;
    memset(&out, 0, sizeof(out));
    out.oracle = ask_oracle(scenario, trace);
    ask_library(scenario, &out);
    return out;
}

static bool agree(const answers *both)
{
    return both->error[0] == '\0' &&
           (int)both->oracle.outcome == (int)both->checked &&
           both->checked == both->decided && both->batched &&
           strcmp(both->oracle.by, both->by) == 0;
}

/* A smaller scenario shows the same fault if both give the same answers. */
static bool same_fault(void *user, const json_t *scenario)
{
    const answers *first = user;
    answers now = ask_both(scenario, NULL);
    return !agree(&now) && now.oracle.outcome == first->oracle.outcome &&
           now.checked == first->checked && now.decided == first->decided &&
           (now.error[0] != '\0') == (first->error[0] != '\0');
}

static void report(uint64_t seed, json_t *scenario)
{
    answers both = ask_both(scenario, NULL);
    shrink(scenario, same_fault, &both);
    both = ask_both(scenario, NULL);
    char *text = json_dumps(scenario, JSON_INDENT(2));
    printf("%s\n", text);
    free(text);
    printf("disagreement, --seed %" PRIu64 " --count 1\n", seed);
    if (both.error[0])
        printf("library: %s\n", both.error);
    else
        printf("library: check %s%s, decide %s %s\n",
            iam_outcome_name(both.checked),
            both.batched ? "" : " (in a batch another)",
            iam_outcome_name(both.decided), both.by);
    printf("oracle:  %s %s\n",
        iam_outcome_name((iam_outcome)both.oracle.outcome), both.oracle.by);
}

typedef struct comparison {
    uint64_t seed;
    uint64_t count;
    bool oracle_only;
    bool keep_going;
    bool quiet;
    bool print;
    coverage coverage;
} comparison;

/* As a scenario file that expects what the oracle says. */
static void print_scenario(json_t *scenario, oracle_answer answer)
{
    json_t *requests = json_object_get(scenario, "requests");
    json_t *request = json_array_get(requests, 0);
    const char *outcome = iam_outcome_name((iam_outcome)answer.outcome);
    json_object_set_new(request, "expect", json_string(outcome));
    if (answer.by[0])
        json_object_set_new(request, "by", json_string(answer.by));
    char *text = json_dumps(scenario, JSON_COMPACT);
    printf("%s\n", text);
    free(text);
}

/* False on a disagreement. */
static bool compare_one(comparison *run, uint64_t seed)
{
    json_t *scenario = generate_scenario(seed);
    bool good = true;
    oracle_answer answer;
    if (run->oracle_only) {
        answer = ask_oracle(scenario, &run->coverage.trace);
    } else {
        answers both = ask_both(scenario, &run->coverage.trace);
        answer = both.oracle;
        good = agree(&both);
    }
    if (!run->quiet)
        coverage_add(&run->coverage, scenario, answer);
    if (!good)
        report(seed, scenario);
    if (run->print)
        print_scenario(scenario, answer);
    json_decref(scenario);
    return good;
}

static uint64_t number(const char *text)
{
    return text ? strtoull(text, NULL, 10) : 0;
}

static bool parse_arguments(comparison *run, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--count") == 0)
            run->count = number(argv[++i]);
        else if (strcmp(argv[i], "--seed") == 0)
            run->seed = number(argv[++i]);
        else if (strcmp(argv[i], "--oracle") == 0)
            run->oracle_only = true;
        else if (strcmp(argv[i], "--keep-going") == 0)
            run->keep_going = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            run->quiet = true;
        else if (strcmp(argv[i], "--print") == 0)
            run->print = true;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static comparison run = {.seed = 1, .count = 10000};
    uint64_t wrong = 0;
    if (!parse_arguments(&run, argc, argv)) {
        fprintf(stderr, "usage: differential [--count N] [--seed S] [--quiet] "
                        "[--keep-going] [--oracle] [--print]\n");
        return 2;
    }
    for (uint64_t i = 0; i < run.count; i++) {
        wrong += !compare_one(&run, run.seed + i);
        if (wrong > 0 && !run.keep_going)
            return 1;
    }
    if (!run.quiet)
        coverage_print(&run.coverage, stdout);
    printf("%" PRIu64 " pairs, %" PRIu64 " disagreements\n", run.count, wrong);
    return wrong > 0 ? 1 : 0;
}
