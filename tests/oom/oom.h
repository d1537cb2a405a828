/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oom.h - what a task of the out-of-memory test needs: poor memory on demand.
 */
#ifndef OOM_H
#define OOM_H

#include <iampolicy.h>
#include <stdbool.h>
#include <stddef.h>

/* One piece of work.  It sets up with memory that never fails, calls oom_arm(),
 * does what is tested, calls oom_disarm(), checks what is left, cleans up, and
 * returns the status of what was tested. */
typedef struct oom_task {
    const char *name;
    iam_status (*run)(void);
} oom_task;

extern const oom_task oom_tasks[];
extern const size_t oom_task_count;
extern const oom_task oom_prove_tasks[];
extern const size_t oom_prove_task_count;

/* Of address sets: tasks_ipset.c. */
iam_status oom_ipset_build(void);
iam_status oom_ipset_parse(void);
iam_status oom_ipset_lines(void);
iam_status oom_ipset_operations(void);
iam_status oom_ipset_asks_nothing(void);

/* The texts: samples.c. */
extern const char oom_identity[];
extern const char oom_resource[];
extern const char oom_guardrail[];
extern const char oom_rcp[];
extern const char oom_endpoint[];
extern const char oom_trust[];
extern const char oom_gate[];
extern const char oom_scenario[];
extern const char oom_list[];

/* Options whose allocator is the one that fails while armed. */
const iam_options *oom_options(void);

/* A pointer that nothing may be read by. */
void *oom_unset(void);

void oom_arm(void);
void oom_disarm(void);

/* Allocations that were asked for since the run began and while armed. */
size_t oom_asked(void);

/* A promise of the header; broken, it is a failed test. */
void oom_expect(bool holds, const char *promise);

#endif
