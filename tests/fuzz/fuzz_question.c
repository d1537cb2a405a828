/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_question.c - any policies, any question about them.
 *
 * The first line names the question and what it is about, words between spaces:
 * "never", "sources" or another name; blocks of addresses; "action=PATTERN",
 * "resource=PATTERN", "principal=ARN", "present=KEY", "absent=KEY", "KEY:=VALUE".
 * The rest is a scenario, whose policies are asked.  Whatever comes out: two
 * provers say the same, and the evaluator agrees with every witness.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MOST_WORDS = 32,
    FEW_STEPS = 200000
};

typedef struct asking {
    iam_question question;
    iam_scope *scope;
    iam_text blocks[MOST_WORDS];
    size_t block_count;
    bool sources;
} asking;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool starts(const char *word, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(word, with, strlen(with)) == 0;
}

/* What the scope refuses is left out. */
static void take_word(asking *a, const char *word, size_t len)
{
    static const char *const names[] = {
        "action=", "resource=", "principal=", "present=", "absent="};
    iam_ip_range range;
    iam_status status = IAM_OK;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t skip = strlen(names[i]);

        if (!starts(word, len, names[i]))
            continue;
        if (i == 0)
            status =
                iam_scope_add_action(a->scope, word + skip, len - skip, NULL);
        else if (i == 1)
            status =
                iam_scope_add_resource(a->scope, word + skip, len - skip, NULL);
        else if (i == 2)
            status = iam_scope_set_principal(
                a->scope, word + skip, len - skip, NULL);
        else if (i == 3)
            status =
                iam_scope_set_present(a->scope, word + skip, len - skip, NULL);
        else
            status =
                iam_scope_set_absent(a->scope, word + skip, len - skip, NULL);
        require(status == IAM_OK || status == IAM_EINVAL);
        return;
    }
    for (size_t i = 0; i + 1 < len; i++)
        if (word[i] == ':' && word[i + 1] == '=') {
            status = iam_scope_set_value(
                a->scope, word, i, word + i + 2, len - i - 2, NULL);
            require(status == IAM_OK || status == IAM_EINVAL);
            return;
        }
    if (iam_ip_range_parse(word, len, &range)) {
        a->blocks[a->block_count++] = (iam_text){word, len};
    } else if (len == 7 && memcmp(word, "sources", 7) == 0) {
        a->sources = true;
    } else if (iam_question_from_name(word, len)) {
        a->question.kind = iam_question_from_name(word, len);
    }
}

static void take_line(asking *a, const char *line, size_t len)
{
    size_t words = 0;

    for (size_t at = 0; at < len && words < MOST_WORDS; words++) {
        const char *space = memchr(line + at, ' ', len - at);
        size_t end = space ? (size_t)(space - line) : len;

        if (end > at)
            take_word(a, line + at, end - at);
        at = end + 1;
    }
}

static void check_witnesses(const iam_stack *stack, const iam_proof *proof)
{
    for (size_t i = 0; i < iam_proof_witness_count(proof); i++) {
        iam_witness w = iam_proof_witness(proof, i);

        require(iam_stack_check(stack, w.request) == w.outcome);
    }
    require((iam_proof_verdict(proof) == IAM_REFUTED) ==
            (iam_proof_witness_count(proof) > 0));
    require(iam_proof_verdict(proof) == IAM_PROVED ||
            iam_proof_reason(proof)[0] != '\0');
}

static void ask(const iam_stack *stack, const asking *a)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_verdict verdicts[2] = {IAM_UNKNOWN, IAM_UNKNOWN};
    uint64_t steps[2] = {0, 0};

    options.max_steps = FEW_STEPS;
    for (size_t i = 0; i < 2; i++) {
        iam_prover *prover;
        iam_proof *proof;
        iam_sources *sources;

        require(iam_prover_new(stack, &options, &prover, NULL) == IAM_OK);
        if (a->sources) {
            require(iam_prover_sources(prover, &a->question, &sources, NULL) ==
                    IAM_OK);
            verdicts[i] = iam_sources_verdict(sources);
            iam_sources_free(sources);
        } else {
            iam_status status =
                iam_prover_ask(prover, &a->question, &proof, NULL);

            require(status == IAM_OK || status == IAM_EINVAL);
            if (status == IAM_OK) {
                verdicts[i] = iam_proof_verdict(proof);
                steps[i] = iam_proof_steps(proof);
                check_witnesses(stack, proof);
            }
            iam_proof_free(proof);
        }
        iam_prover_free(prover);
    }
    require(verdicts[0] == verdicts[1] && steps[0] == steps[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    const char *end = size ? memchr(line, '\n', size) : NULL;
    asking a = {.question = IAM_QUESTION_INIT};
    iam_scenario *scenario;
    iam_ipset *set = NULL;
    size_t len;

    if (!end)
        return 0;
    len = (size_t)(end - line);
    if (iam_scenario_parse(
            end + 1, size - len - 1, NULL, NULL, &scenario, NULL) != IAM_OK)
        return 0;
    require(iam_scope_new(NULL, &a.scope) == IAM_OK);
    a.question.kind = IAM_NEVER;
    take_line(&a, line, len);
    require(iam_ipset_new(a.blocks, a.block_count, NULL, &set, NULL) == IAM_OK);
    a.question.addresses = set;
    a.question.scope = a.scope;
    a.question.old = iam_scenario_stack(scenario);
    ask(iam_scenario_stack(scenario), &a);
    iam_ipset_free(set);
    iam_scope_free(a.scope);
    iam_scenario_free(scenario);
    return 0;
}
