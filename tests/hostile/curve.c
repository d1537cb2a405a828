/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curve.c - one measurement: hostile_curve SHAPE N prints the bytes of the
 * text, the milliseconds to compile, check, and explain, and the most KiB that
 * the library and jansson held at once.  scripts/hostile-curve makes tables of it.
 */
#define _POSIX_C_SOURCE 200809L

#include "shapes.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Memory that knows its size, so that what is held can be told. */
typedef union header {
    size_t size;
    max_align_t align;
} header;

static size_t held, most;

static void *counted_malloc(size_t size)
{
    header *block = malloc(sizeof(header) + size);

    if (!block)
        return NULL;
    block->size = size;
    held += size;
    if (held > most)
        most = held;
    return block + 1;
}

static void counted_free(void *ptr)
{
    header *block = ptr;

    if (!ptr)
        return;
    held -= block[-1].size;
    free(block - 1);
}

static void *acquire(void *user, size_t size)
{
    (void)user;
    return counted_malloc(size);
}

static void release(void *user, void *ptr)
{
    (void)user;
    counted_free(ptr);
}

static const iam_options *options(void)
{
    static const iam_allocator allocator = {acquire, release, NULL};
    static iam_options counted = IAM_OPTIONS_INIT;

    counted.allocator = &allocator;
    return &counted;
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

    if (iam_stack_new(&entry, 1, options(), &stack, NULL) != IAM_OK)
        return;
    start = now();
    iam_stack_check(stack, request);
    spent->check = now() - start;
    start = now();
    if (iam_stack_decide(stack, request, options(), &decision, NULL) != IAM_OK)
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
    double start;

    s->policy(&text, n);
    json_set_alloc_funcs(counted_malloc, counted_free);
    start = now();
    status = iam_policy_compile(
        s->kind, text.ptr, text.len, options(), &policy, NULL);
    spent.compile = now() - start;
    if (status == IAM_OK)
        ask(policy, request, &spent);
    printf("%zu %.2f %.3f %.2f %zu %s\n", text.len, spent.compile, spent.check,
        spent.explain, most / 1024, iam_status_name(status));
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
