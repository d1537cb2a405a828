/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.c - the statements of a policy by their actions, and a statement's
 * conditions by their cost.
 *
 * Allow and Deny have an index each, so that a check can ask what denies first.
 * An action is found by the literal text that its pattern starts with, the
 * service's prefix and the colon included: "s3:get".
 */
#include "program/program.h"

enum {
    FEW_PATTERNS = 8 /* looking them up costs as much as going through */
};

/* --- starts of actions --------------------------------------------------- */

static bool is_text(const glob *g)
{
    return g->shape == GLOB_EXACT || g->shape == GLOB_EMPTY;
}

static void add_literal_start(start_key *key, const glob *g)
{
    glob_token first = iamp_glob_token(g, 0);

    if (first.type == GLOB_LITERAL)
        iamp_start_key_add(key, glob_token_text(&first));
}

/* False: the pattern matches nothing. */
static bool action_start(start_pattern *out, const action_pattern *action)
{
    start_key key;
    bool whole = false;

    if (action->never)
        return false;
    iamp_start_key_init(&key);
    if (!action->every) {
        add_literal_start(&key, action->prefix);
        if (is_text(action->prefix)) {
            iamp_start_key_add(&key, TEXT(":"));
            out->group = key.start;
            add_literal_start(&key, &action->name);
            whole = is_text(&action->name);
        }
    }
    iamp_start_pattern(out, &key, whole);
    return true;
}

/* --- statements ---------------------------------------------------------- */

static size_t count_patterns(const iam_policy *policy, bool deny)
{
    size_t count = 0;

    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        if (s->deny == deny)
            count += s->not_action ? 1 : s->action_count;
    }
    return count;
}

static size_t add_statement(
    start_pattern *to, const program_statement *s, uint32_t number)
{
    size_t count = 0;

    if (s->not_action) { /* matches all but a few */
        *to = (start_pattern){.item = number, .part = NOT_ACTION_PART};
        return 1;
    }
    for (uint32_t i = 0; i < s->action_count; i++) {
        to[count] = (start_pattern){.item = number, .part = i};
        count += action_start(&to[count], &s->actions[i]);
    }
    return count;
}

static iam_status build_effect(
    iam_policy *policy, bool deny, size_t most, arena *scratch)
{
    start_pattern *patterns = ARENA_ARRAY(scratch, start_pattern, most);
    size_t count = 0;

    if (!patterns)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].deny == deny)
            count += add_statement(patterns + count, &policy->statements[i], i);
    return iamp_start_build(
        &policy->effects[deny].index, patterns, count, &policy->mem);
}

iam_status iamp_policy_index(iam_policy *policy)
{
    size_t allows = count_patterns(policy, false);
    size_t denies = count_patterns(policy, true);
    iam_status status;
    arena scratch;

    for (uint32_t i = 0; i < policy->statement_count; i++)
        policy->effects[policy->statements[i].deny].count++;
    policy->indexed = allows + denies > FEW_PATTERNS ||
                      policy->statement_count > FEW_PATTERNS;
    if (!policy->indexed)
        return IAM_OK;
    iamp_arena_init(&scratch, policy->mem.from);
    status = build_effect(policy, false, allows, &scratch);
    if (status == IAM_OK)
        status = build_effect(policy, true, denies, &scratch);
    iamp_arena_release(&scratch);
    return status;
}
