/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question.c - a question to the prover, made of options; how far it is; how
 * it ended.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- Addresses ---- */

static bool fail_at(const char *name, const iam_error *err)
{
    complain_at(name, err);
    return false;
}

/* @FILE: a list of blocks, in any of the forms that the library reads. */
static bool read_list(const char *path, iam_ipset **out)
{
    iam_error err;
    iam_status status;
    buffer text;

    if (!file_read(path, &text))
        return false;
    status = iam_ipset_parse(text.bytes, text.len, NULL, NULL, out, &err);
    buffer_free(&text);
    return status == IAM_OK || fail_at(file_name(path), &err);
}

/* All of CIDR[,CIDR...] together. */
typedef struct block_list {
    iam_text *items; /* with room for all */
    size_t count;
} block_list;

static void split_blocks(block_list *blocks, const char *value)
{
    for (;;) {
        size_t len = strcspn(value, ",");

        blocks->items[blocks->count++] = (iam_text){value, len};
        if (!value[len])
            return;
        value += len + 1;
    }
}

static bool gather_blocks(block_list *out, const cli_arguments *arguments)
{
    size_t room = 1;

    for (size_t i = 0; i < arguments->given_count; i++)
        if (option_is(&arguments->given[i], "cidr"))
            room += strlen(arguments->given[i].value) + 1;
    *out = (block_list){calloc(room, sizeof(*out->items)), 0};
    if (!out->items) {
        complain_memory();
        return false;
    }
    for (size_t i = 0; i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];

        if (option_is(given, "cidr") && given->value[0] != '@')
            split_blocks(out, given->value);
    }
    return true;
}

static bool read_blocks(const cli_arguments *arguments, iam_ipset **out)
{
    block_list blocks;
    iam_status status = IAM_OK;
    iam_error err;

    if (!gather_blocks(&blocks, arguments))
        return false;
    if (blocks.count > 0)
        status = iam_ipset_new(blocks.items, blocks.count, NULL, out, &err);
    free(blocks.items);
    if (status != IAM_OK)
        complain("--cidr: %s", err.message);
    return status == IAM_OK;
}

/* Takes `more` over. */
static bool unite(iam_ipset **all, iam_ipset *more)
{
    iam_ipset *both = NULL;
    iam_error err;

    if (!*all) {
        *all = more;
        return true;
    }
    if (iam_ipset_union(*all, more, NULL, &both, &err) != IAM_OK)
        complain("--cidr: %s", err.message);
    iam_ipset_free(more);
    if (!both)
        return false;
    iam_ipset_free(*all);
    *all = both;
    return true;
}

static bool read_addresses(cli_question *question)
{
    const cli_arguments *arguments = question->arguments;

    if (!read_blocks(arguments, &question->addresses))
        return false;
    for (size_t i = 0; i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];
        iam_ipset *set = NULL;

        if (option_is(given, "cidr") && given->value[0] == '@' &&
            (!read_list(given->value + 1, &set) ||
                !unite(&question->addresses, set)))
            return false;
    }
    question->asked.addresses = question->addresses;
    return true;
}

/* ---- Steps ---- */

static bool read_steps(const cli_arguments *arguments, size_t *out)
{
    const char *value = option_value(arguments, "max-steps");
    size_t steps = 0;

    *out = 0;
    if (!value)
        return true;
    for (const char *at = value; *at; at++) {
        if (*at < '0' || *at > '9' || steps > (SIZE_MAX - 9) / 10) {
            steps = 0;
            break;
        }
        steps = steps * 10 + (size_t)(*at - '0');
    }
    if (steps == 0)
        usage_error(arguments->command,
            "--max-steps wants a whole number above 0, not \"%s\"", value);
    *out = steps;
    return steps != 0;
}

/* ---- Progress ---- */

static double now(void)
{
    struct timespec time;

    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0)
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A line on standard error, from the first second on, five times a second. */
static bool tell_progress(void *user, uint64_t steps)
{
    cli_question *question = user;
    double time = now();

    if (time - question->begun < 1 || time - question->told < 0.2)
        return true;
    question->told = time;
    question->shown = true;
    fprintf(stderr, "\r%llu steps, %.0f s ", (unsigned long long)steps,
        time - question->begun);
    return true;
}

/* ---- The whole ---- */

/* Two stacks which only limit are compared as limits of everything; a single
 * one allows nothing, which deserves a word.  False: told. */
static bool grants(cli_question *question)
{
    if (policies_grant(&question->policies))
        return true;
    if (!question->old.stack) {
        complain("no identity policy and no resource policy is given: nothing "
                 "is allowed at all");
        return true;
    }
    if (policies_grant(&question->old))
        return true;
    complain("neither side has a policy that grants: compared is what they "
             "let through if an identity policy allows everything");
    return policies_grant_everything(&question->policies) &&
           policies_grant_everything(&question->old);
}

bool question_open(cli_question *question)
{
    const cli_arguments *arguments = question->arguments;
    iam_options options = IAM_OPTIONS_INIT;
    iam_error err;

    question->asked = (iam_question)IAM_QUESTION_INIT;
    if (!read_steps(arguments, &options.max_steps) || !read_addresses(question))
        return false;
    if (!grants(question))
        return false;
    question->asked.old = question->old.stack;
    question->scope = scope_read(arguments);
    if (!question->scope)
        return false;
    question->asked.scope = question->scope;
    if (iam_prover_new(question->policies.stack, &options, &question->prover,
            &err) != IAM_OK)
        return fail_at("policies", &err);
    question->begun = now();
    question->asked.user = question;
    if (isatty(STDERR_FILENO))
        question->asked.progress = tell_progress;
    return true;
}

void question_close(cli_question *question)
{
    iam_scope_free(question->scope);
    iam_ipset_free(question->addresses);
    iam_prover_free(question->prover);
    policies_free(&question->policies);
    policies_free(&question->old);
}

cli_answer question_end(
    cli_question *question, iam_status status, const iam_error *err)
{
    if (question->shown)
        fputs("\r\033[K", stderr);
    question->shown = false;
    if (status == IAM_OK)
        return ANSWER_YES;
    complain("%s", err->message);
    return ANSWER_BAD;
}

cli_answer put_answer_json(iam_status status)
{
    putchar('\n');
    if (status != IAM_ENOMEM)
        return ANSWER_YES;
    complain_memory();
    return ANSWER_BAD;
}
