/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_decide.c - decisions of this library, as one of the programs that
 * bench/suites/decide.py asks in turn.
 *
 * bench_decide CASES reads one case a line and then, from standard input, lines
 * of "INDEX WORK MILLISECONDS": it does that work on that case for about that
 * long and answers with one JSON object on a line.  The works:
 *
 *   check       the stack, asked about a request that stays as it is
 *   batch       the same, 64 requests in one call
 *   stacks      the same, 64 stacks in one call
 *   readdress   the same after setting aws:SourceIp
 *   reresource  the same after setting the resource
 *   fill        the same after filling an empty request
 *   decide      the same with reasons: iam_stack_decide()
 *   cold        one check after everything else went through the caches
 *   compile     the policies' texts into programs
 */
#include <iampolicy.h>
#include <jansson.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct item {
    json_t *json; /* keeps the texts below alive */
    iam_scenario *scenario;
    const iam_stack *stack;
    iam_request *request;
    json_t *policies, *asked;
    size_t text; /* bytes of all policies */
} item;

static item *items;
static size_t item_count;
static volatile unsigned sink; /* so that no work is left out */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* --- cases --------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static bool fill(const item *it, iam_request *request)
{
    json_t *context = json_object_get(it->asked, "context"), *value;
    const char *principal = text_of(it->asked, "principal");
    const char *action = text_of(it->asked, "action");
    const char *resource = text_of(it->asked, "resource");
    const char *key;

    if (iam_request_set_principal(request, principal, IAM_NTS, NULL) ||
        iam_request_set_action(request, action, IAM_NTS, NULL) ||
        iam_request_set_resource(request, resource, IAM_NTS, NULL))
        return false;
    json_object_foreach(context, key, value)
    {
        if (iam_request_set_value(request, key, IAM_NTS,
                json_string_value(value), json_string_length(value), NULL))
            return false;
    }
    return true;
}

static bool read_item(item *it, const char *line)
{
    iam_error error;
    json_t *scenario;
    char *text;

    it->json = json_loads(line, 0, NULL);
    scenario = json_object_get(it->json, "scenario");
    text = json_dumps(scenario, JSON_COMPACT);
    if (!text || iam_scenario_parse(text, strlen(text), NULL, NULL,
                     &it->scenario, &error) != IAM_OK) {
        fprintf(stderr, "bench_decide: %s: %s\n", text_of(it->json, "name"),
            text ? error.message : "no scenario");
        return false;
    }
    free(text);
    it->stack = iam_scenario_stack(it->scenario);
    it->policies = json_object_get(scenario, "policies");
    it->asked = json_array_get(json_object_get(scenario, "requests"), 0);
    for (size_t i = 0; i < json_array_size(it->policies); i++)
        it->text += json_string_length(
            json_object_get(json_array_get(it->policies, i), "policy"));
    return iam_request_new(NULL, &it->request) == IAM_OK &&
           fill(it, it->request);
}

static bool read_items(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool done = file != NULL;

    while (done && getline(&line, &room, file) > 0) {
        item *more = realloc(items, (item_count + 1) * sizeof(*items));

        if (!more)
            return false;
        items = more;
        items[item_count] = (item){.json = NULL};
        done = read_item(&items[item_count++], line);
    }
    free(line);
    if (file)
        fclose(file);
    return done;
}

/* --- works --------------------------------------------------------------- */

enum {
    TOGETHER = 64 /* decisions of one call for many */
};

/* Does the work once; false if it cannot be done. */
typedef bool (*work)(const item *it);

static bool check(const item *it)
{
    sink += iam_stack_check(it->stack, it->request);
    return true;
}

static bool batch(const item *it)
{
    const iam_request *requests[TOGETHER];
    iam_outcome outcomes[TOGETHER];

    for (size_t i = 0; i < TOGETHER; i++)
        requests[i] = it->request;
    sink +=
        (unsigned)iam_stack_check_many(it->stack, requests, TOGETHER, outcomes);
    return true;
}

static bool stacks(const item *it)
{
    const iam_stack *each[TOGETHER];
    iam_outcome outcomes[TOGETHER];

    for (size_t i = 0; i < TOGETHER; i++)
        each[i] = it->stack;
    sink +=
        (unsigned)iam_request_check_many(it->request, each, TOGETHER, outcomes);
    return true;
}

static bool readdress(const item *it)
{
    json_t *address =
        json_object_get(json_object_get(it->asked, "context"), "aws:SourceIp");

    return address &&
           iam_request_set_value(it->request, "aws:SourceIp", 12,
               json_string_value(address), json_string_length(address),
               NULL) == IAM_OK &&
           check(it);
}

static bool reresource(const item *it)
{
    json_t *resource = json_object_get(it->asked, "resource");

    return iam_request_set_resource(it->request, json_string_value(resource),
               json_string_length(resource), NULL) == IAM_OK &&
           check(it);
}

static bool refill(const item *it)
{
    iam_request_reset(it->request);
    return fill(it, it->request) && check(it);
}

static bool decide(const item *it)
{
    iam_decision *decision;

    if (iam_stack_decide(it->stack, it->request, NULL, &decision, NULL))
        return false;
    sink += iam_decision_outcome(decision);
    iam_decision_free(decision);
    return true;
}

static bool compile_each(const item *it, size_t *bytes)
{
    for (size_t i = 0; i < json_array_size(it->policies); i++) {
        json_t *entry = json_array_get(it->policies, i);
        json_t *text = json_object_get(entry, "policy");
        const char *kind = text_of(entry, "kind");
        iam_policy *policy;

        if (iam_policy_compile(iam_policy_kind_from_name(kind, strlen(kind)),
                json_string_value(text), json_string_length(text), NULL,
                &policy, NULL) != IAM_OK)
            return false;
        *bytes += iam_policy_memory(policy);
        iam_policy_free(policy);
    }
    return true;
}

static bool compile(const item *it)
{
    size_t bytes = 0;

    return compile_each(it, &bytes);
}

static const struct {
    const char *name;
    work work;
    unsigned times; /* what one call does */
} works[] = {{"check", check, 1}, {"batch", batch, TOGETHER},
    {"stacks", stacks, TOGETHER}, {"readdress", readdress, 1},
    {"reresource", reresource, 1}, {"fill", refill, 1}, {"decide", decide, 1},
    {"compile", compile, 1}};

/* --- measuring ----------------------------------------------------------- */

/* Nanoseconds of one, over at least `wanted` of them; negative: cannot. */
static double per_work(const item *it, work w, double wanted)
{
    for (size_t n = 1;; n *= 2) {
        double start = now(), took;

        for (size_t i = 0; i < n; i++)
            if (!w(it))
                return -1;
        took = now() - start;
        if (took >= wanted)
            return took / (double)n;
    }
}

#define EVICTED ((size_t)48 << 20)
#define TIMES   15

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double wall(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The median of single checks, each after as much memory as the caches hold was
 * written; the time of asking for the time is taken off. */
static double cold(const item *it)
{
    static unsigned char *other;
    double took[TIMES];

    if (!other)
        other = malloc(EVICTED);
    if (!other)
        return -1;
    for (int i = 0; i < TIMES; i++) {
        double before, start, end;

        for (size_t k = 0; k < EVICTED; k += 64)
            other[k]++;
        before = wall();
        start = wall();
        check(it);
        end = wall();
        took[i] = (end - start) - (start - before);
    }
    qsort(took, TIMES, sizeof(*took), by_value);
    return took[TIMES / 2];
}

static void answer(const item *it, const char *name, double wanted)
{
    iam_outcome outcome = iam_stack_check(it->stack, it->request);
    double ns = -1;
    size_t bytes = 0;

    for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
        if (!strcmp(works[i].name, name))
            ns = per_work(it, works[i].work, wanted) / works[i].times;
    if (!strcmp(name, "cold"))
        ns = cold(it);
    if (ns < 0) {
        printf("{\"cannot\": \"no %s here\"}\n", name);
        return;
    }
    printf("{\"ns\": %.3f, \"answer\": \"%s\"", ns, iam_outcome_name(outcome));
    if (!strcmp(name, "compile") && compile_each(it, &bytes))
        printf(", \"bytes\": %zu, \"text\": %zu", bytes, it->text);
    printf("}\n");
}

int main(int argc, char **argv)
{
    size_t index;
    char name[32];
    double milliseconds;

    if (argc != 2 || !read_items(argv[1])) {
        fprintf(stderr, "bench_decide: cannot read the cases\n");
        return 2;
    }
    printf("{\"ready\": %zu}\n", item_count);
    fflush(stdout);
    while (scanf("%zu %31s %lf", &index, name, &milliseconds) == 3) {
        if (index < item_count)
            answer(&items[index], name, milliseconds * 1e6);
        else
            printf("{\"cannot\": \"no such case\"}\n");
        fflush(stdout);
    }
    for (size_t i = 0; i < item_count; i++) {
        iam_request_free(items[i].request);
        iam_scenario_free(items[i].scenario);
        json_decref(items[i].json);
    }
    free(items);
    return 0;
}
