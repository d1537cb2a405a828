/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curve.c - one measurement: hostile_curve SHAPE N prints the bytes of the
 * text, the milliseconds to compile, check, and explain, and the peak memory in
 * KiB beyond the text's own.  scripts/hostile-curve makes tables of it.
 */
#define _POSIX_C_SOURCE 200809L

#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static long peak(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static const shape *find(const char *name)
{
    for (size_t i = 0; i < shape_count; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

typedef struct times {
    double compile, check, explain;
} times;

static void ask(iam_policy *policy, const iam_request *request, times *spent)
{
    const iam_stack_entry entry = {policy, NULL, 0, 0};
    iam_stack *stack;
    iam_decision *decision = NULL;
    double start;

    if (iam_stack_new(&entry, 1, NULL, &stack, NULL) != IAM_OK)
        return;
    start = now();
    iam_stack_check(stack, request);
    spent->check = now() - start;
    start = now();
    if (iam_stack_decide(stack, request, NULL, &decision, NULL) != IAM_OK)
        fprintf(stderr, "cannot explain\n");
    spent->explain = now() - start;
    iam_decision_free(decision);
    iam_stack_free(stack);
}

static void measure(const shape *s, size_t n)
{
    iam_request *request = shape_request(s, n);
    iam_policy *policy = NULL;
    buffer text = {0};
    times spent = {0, 0, 0};
    iam_status status;
    long before;
    double start;

    s->policy(&text, n);
    before = peak();
    start = now();
    status =
        iam_policy_compile(s->kind, text.ptr, text.len, NULL, &policy, NULL);
    spent.compile = now() - start;
    if (status == IAM_OK)
        ask(policy, request, &spent);
    printf("%zu %.2f %.3f %.2f %ld %s\n", text.len, spent.compile, spent.check,
        spent.explain, peak() - before, iam_status_name(status));
    iam_policy_free(policy);
    iam_request_free(request);
    buffer_free(&text);
}

int main(int argc, char **argv)
{
    const shape *s = argc == 3 ? find(argv[1]) : NULL;

    if (!s) {
        fprintf(stderr, "usage: hostile_curve SHAPE N\nshapes:\n");
        for (size_t i = 0; i < shape_count; i++)
            fprintf(stderr, "%s\t%zu\t%s\n", shapes[i].name, shapes[i].size,
                shapes[i].what);
        return 2;
    }
    measure(s, (size_t)strtoull(argv[2], NULL, 10));
    return EXIT_SUCCESS;
}
