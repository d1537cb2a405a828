/* SPDX-License-Identifier: Apache-2.0 */
/** coverage.h - which rules a run of the comparison has put to use. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "oracle.h"

#include <stddef.h>
#include <stdio.h>

enum {
    COVERAGE_LINES = 160
};

/** How often each thing of a kind was met. */
typedef struct coverage_line {
    char kind[24];
    char name[56];
    unsigned long count;
} coverage_line;

typedef struct coverage {
    oracle_trace trace;
    coverage_line lines[COVERAGE_LINES];
    size_t count;
} coverage;

/** Count what stands in the scenario, and its answer. */
void coverage_add(coverage *seen, const json_t *scenario, oracle_answer answer);

void coverage_print(const coverage *seen, FILE *out);

#endif /* COVERAGE_H */
