/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oom.c - every allocation fails once, in turn.
 *
 * The library's memory and jansson's come from here.  A task is run with its
 * first allocation failing, then with its second, and so on until a run meets
 * no failure: first with that one allocation failing alone, then with all after
 * it failing too.  Whatever happens, the result is IAM_OK or IAM_ENOMEM, every
 * byte comes back, and nothing is allowed by accident (tasks.c).
 */
#include "oom.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    const char *task;
    size_t fail_at;     /* the number of the allocation that fails */
    bool alone;         /* those after it succeed */
    bool armed, failed; /* failed: it came to that */
    size_t asked;       /* allocations while armed */
    size_t live;        /* blocks not yet given back */
    size_t faults;
} run;

void oom_expect(bool holds, const char *promise)
{
    if (holds)
        return;
    if (run.faults++ < 20)
        fprintf(stderr, "%s, allocation %zu%s: %s\n", run.task, run.fail_at,
            run.alone ? " alone" : " and all after", promise);
}

void *oom_unset(void)
{
    static char unset;

    return &unset;
}

void oom_arm(void)
{
    run.armed = true;
}

void oom_disarm(void)
{
    run.armed = false;
}

size_t oom_asked(void)
{
    return run.asked;
}

static bool refused(void)
{
    size_t number;

    if (!run.armed)
        return false;
    number = run.asked++;
    if (number < run.fail_at || (run.alone && number > run.fail_at))
        return false;
    run.failed = true;
    return true;
}

static void *acquire_counted(size_t size)
{
    void *ptr = malloc(size ? size : 1);

    if (ptr)
        run.live++;
    return ptr;
}

/* jansson up to 2.14 at least does not look whether the buffer of its lexer
 * could grow, and reads behind it (its issue 362).  That buffer doubles from 16
 * bytes; so no doubling of it fails here, nor what has the same size. */
static bool lexer_grows(size_t size)
{
    return size >= 32 && (size & (size - 1)) == 0;
}

static void *acquire_json(size_t size)
{
    return !lexer_grows(size) && refused() ? NULL : acquire_counted(size);
}

static void release_counted(void *ptr)
{
    if (ptr)
        run.live--;
    free(ptr);
}

static void *acquire(void *user, size_t size)
{
    (void)user;
    return refused() ? NULL : acquire_counted(size);
}

static void release(void *user, void *ptr)
{
    (void)user;
    release_counted(ptr);
}

const iam_options *oom_options(void)
{
    static const iam_allocator allocator = {acquire, release, NULL};
    static iam_options options = IAM_OPTIONS_INIT;

    options.allocator = &allocator;
    return &options;
}

/* False once the run met no failure: then there is nothing left to fail. */
static bool run_once(const oom_task *task, size_t fail_at, bool alone)
{
    iam_status status;

    run.task = task->name;
    run.fail_at = fail_at;
    run.alone = alone;
    run.armed = run.failed = false;
    run.asked = run.live = 0;
    status = task->run();
    run.armed = false;
    oom_expect(
        status == IAM_OK || status == IAM_ENOMEM, iam_status_name(status));
    oom_expect(run.failed || status == IAM_OK, "fails without a reason");
    oom_expect(run.live == 0, "memory was not given back");
    return run.failed;
}

static void run_all(const oom_task *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;

        while (run_once(&tasks[i], n, true))
            n++;
        for (size_t at = 0; at < n; at++)
            run_once(&tasks[i], at, false);
        printf("%-34s %5zu allocations\n", tasks[i].name, n);
        fflush(stdout);
    }
}

int main(void)
{
    json_set_alloc_funcs(acquire_json, release_counted);
    run_all(oom_tasks, oom_task_count);
    run_all(oom_prove_tasks, oom_prove_task_count);
    printf("%zu faults\n", run.faults);
    return run.faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
