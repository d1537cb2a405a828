/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - read a scenario file, decide its requests, compare each answer
 * with what the file expects.
 *
 * usage: scenario FILE
 */
#include <iampolicy.h>
#include <stdio.h>
#include <stdlib.h>

/* The file as text of `*len` bytes; NULL if it cannot be read. */
static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0 && (text = malloc((size_t)size)))
        *len = fread(text, 1, (size_t)size, file);
    fclose(file);
    return text;
}

/* How many requests were not decided as expected. */
static size_t run(const iam_scenario *scenario)
{
    size_t surprises = 0;

    printf("%s\n", iam_scenario_about(scenario));
    for (size_t i = 0; i < iam_scenario_request_count(scenario); i++) {
        iam_outcome outcome = iam_stack_check_operation(
            iam_scenario_stack(scenario), iam_scenario_operation(scenario, i));
        iam_expectation expected = iam_scenario_expectation(scenario, i);
        bool surprise = expected.given && expected.outcome != outcome;

        printf("%-13s  %s%s\n", iam_outcome_name(outcome),
            iam_scenario_id(scenario, i), surprise ? "  UNEXPECTED" : "");
        surprises += surprise;
    }
    return surprises;
}

int main(int count, char **arguments)
{
    iam_scenario *scenario = NULL;
    iam_error err;
    size_t len = 0;
    char *text = count == 2 ? read_file(arguments[1], &len) : NULL;
    size_t surprises;

    if (!text) {
        fprintf(stderr, "usage: scenario FILE\n");
        return 2;
    }
    if (iam_scenario_parse(text, len, NULL, NULL, &scenario, &err) != IAM_OK) {
        fprintf(stderr, "%s:%u:%u: %s: %s\n", arguments[1], (unsigned)err.line,
            (unsigned)err.column, err.where, err.message);
        free(text);
        return 2;
    }
    surprises = run(scenario);
    iam_scenario_free(scenario);
    free(text);
    return surprises ? 1 : 0;
}
