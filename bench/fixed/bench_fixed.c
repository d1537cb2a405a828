/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_fixed.c - ten fixed cases whose instructions bench/instructions counts.
 *
 * bench_fixed NAME prepares one of them and then does it once, inside
 * bench_measured(), where the counting is switched on.  Without a name it lists
 * them: the name, and what one count stands for.
 */
#include "data.h"

#include <iampolicy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES 1000
#define SEED      20261124

typedef struct state {
    bench_blocks blocks;
    bench_input input;
    iam_text *texts;
    iam_ipset *set;
    iam_policy *policy;
    iam_stack *stack;
    iam_request *request;
} state;

typedef struct fixed fixed;
struct fixed {
    const char *name;
    const char *what;
    int family;
    size_t size; /* blocks or statements */
    bool (*prepare)(const fixed *f, state *s);
    size_t (*once)(const fixed *f, state *s);
};

static const char mission[] =
    "{\"Sid\":\"InvokeFromOurAddresses\",\"Effect\":\"Allow\","
    "\"Action\":[\"bedrock:InvokeModel\","
    "\"bedrock:InvokeModelWithResponseStream\"],"
    "\"Resource\":\"arn:aws:bedrock:*::foundation-model/*\","
    "\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":"
    "[\"13.230.101.201/32\",\"13.230.101.202/32\"]}}}";

/* --- address sets -------------------------------------------------------- */

static bool prepare_blocks(const fixed *f, state *s)
{
    if (!bench_blocks_generate(
            &s->blocks, f->family, BENCH_TABLE, f->size, SEED))
        return false;
    bench_blocks_write(&s->blocks, f->family);
    s->texts = calloc(f->size, sizeof(*s->texts));
    for (size_t i = 0; s->texts && i < f->size; i++)
        s->texts[i] = (iam_text){s->blocks.block[i].text, IAM_NTS};
    return s->texts != NULL;
}

static size_t build_set(const fixed *f, state *s)
{
    return iam_ipset_new(s->texts, f->size, NULL, &s->set, NULL) == IAM_OK;
}

static bool prepare_set(const fixed *f, state *s)
{
    void *oracle;

    if (!prepare_blocks(f, s) || !build_set(f, s) ||
        !bench_input_new(&s->input, ADDRESSES))
        return false;
    oracle = bench_builtin.build(1, f->family, s->blocks.block, f->size);
    if (!oracle || !bench_addresses(&s->input, f->family, BENCH_HALF,
                       &s->blocks, oracle, SEED))
        return false;
    bench_builtin.free(1, oracle, f->family);
    return true;
}

static size_t look_up(const fixed *f, state *s)
{
    size_t found = 0;

    for (size_t i = 0; i < ADDRESSES; i++)
        found += f->family == 4
                     ? iam_ipset_contains_v4(s->set, s->input.v4[i])
                     : iam_ipset_contains_v6(s->set, s->input.v6_bytes[i]);
    return found;
}

/* --- decisions ----------------------------------------------------------- */

/* The mission's statement in the middle of others. */
static char *policy_text(size_t statements)
{
    size_t room = 512 + statements * 256, used;
    char *text = malloc(room);

    if (!text)
        return NULL;
    used = (size_t)snprintf(
        text, room, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (size_t i = 0; i < statements; i++)
        used += i == statements / 2
                    ? (size_t)snprintf(text + used, room - used, "%s%s",
                          i ? "," : "", mission)
                    : (size_t)snprintf(text + used, room - used,
                          "%s{\"Effect\":\"Allow\",\"Action\":"
                          "\"service%zu:Operation%zu\",\"Resource\":"
                          "\"arn:aws:service%zu:*:*:thing/%zu/*\"}",
                          i ? "," : "", i % 50, i, i % 50, i);
    snprintf(text + used, room - used, "]}");
    return text;
}

static size_t compile(const fixed *f, state *s)
{
    char *text = policy_text(f->size);
    iam_status status = IAM_ENOMEM;

    if (text)
        status = iam_policy_compile(
            IAM_IDENTITY_POLICY, text, IAM_NTS, NULL, &s->policy, NULL);
    free(text);
    return status == IAM_OK;
}

static bool ask(state *s, const char *address)
{
    static const char principal[] =
        "arn:aws:iam::123456789012:user/bedrock-api";
    static const char model[] = "arn:aws:bedrock:us-west-2::foundation-model/"
                                "anthropic.claude-3-5-sonnet-20241022-v2:0";

    return iam_request_new(NULL, &s->request) == IAM_OK &&
           !iam_request_set_principal(s->request, principal, IAM_NTS, NULL) &&
           !iam_request_set_action(
               s->request, "bedrock:InvokeModel", IAM_NTS, NULL) &&
           !iam_request_set_resource(s->request, model, IAM_NTS, NULL) &&
           !iam_request_set_value(
               s->request, "aws:SourceIp", IAM_NTS, address, IAM_NTS, NULL);
}

static bool prepare_stack(const fixed *f, state *s, const char *address)
{
    iam_stack_entry entry;

    if (!compile(f, s) || !ask(s, address))
        return false;
    entry = (iam_stack_entry){s->policy, NULL, 0, 0};
    return iam_stack_new(&entry, 1, NULL, &s->stack, NULL) == IAM_OK;
}

static bool prepare_allowed(const fixed *f, state *s)
{
    return prepare_stack(f, s, "13.230.101.201");
}

static bool prepare_denied(const fixed *f, state *s)
{
    return prepare_stack(f, s, "198.51.100.7");
}

static size_t decide(const fixed *f, state *s)
{
    (void)f;
    return iam_stack_check(s->stack, s->request) == IAM_ALLOW;
}

static size_t decide_anew(const fixed *f, state *s)
{
    return !iam_request_set_value(s->request, "aws:SourceIp", IAM_NTS,
               "13.230.101.202", IAM_NTS, NULL) &&
           decide(f, s);
}

/* --- the program --------------------------------------------------------- */

static bool nothing(const fixed *f, state *s)
{
    (void)f;
    (void)s;
    return true;
}

static const fixed all[] = {
    {"v4-2", "1,000 lookups, 2 IPv4 blocks", 4, 2, prepare_set, look_up},
    {"v4-256", "1,000 lookups, 256 IPv4 blocks", 4, 256, prepare_set, look_up},
    {"v4-16384", "1,000 lookups, 16,384 IPv4 blocks", 4, 16384, prepare_set,
        look_up},
    {"v6-256", "1,000 lookups, 256 IPv6 blocks", 6, 256, prepare_set, look_up},
    {"v6-16384", "1,000 lookups, 16,384 IPv6 blocks", 6, 16384, prepare_set,
        look_up},
    {"build-4096", "a set of 4,096 IPv4 blocks from their texts", 4, 4096,
        prepare_blocks, build_set},
    {"allowed", "the mission's policy, allowed", 4, 1, prepare_allowed, decide},
    {"denied-1000", "the same among 1,000 statements, denied", 4, 1000,
        prepare_denied, decide},
    {"another", "another address into the request, and decided", 4, 1,
        prepare_allowed, decide_anew},
    {"compile", "the mission's policy compiled", 4, 1, nothing, compile}};

#define COUNT (sizeof(all) / sizeof(*all))

size_t bench_measured(const fixed *f, state *s);

/* Counted from the call to the return. */
__attribute__((noinline)) size_t bench_measured(const fixed *f, state *s)
{
    return f->once(f, s);
}

static void give_back(state *s)
{
    free(s->blocks.block);
    free(s->texts);
    bench_input_free(&s->input);
    iam_ipset_free(s->set);
    iam_stack_free(s->stack);
    iam_policy_free(s->policy);
    iam_request_free(s->request);
}

int main(int argc, char **argv)
{
    const fixed *f = NULL;
    state s = {.blocks = {NULL, 0}};
    size_t result;

    for (size_t i = 0; i < COUNT; i++) {
        if (argc < 2)
            printf("%s\t%s\n", all[i].name, all[i].what);
        else if (!strcmp(argv[1], all[i].name))
            f = &all[i];
    }
    if (argc < 2)
        return 0;
    if (!f || !f->prepare(f, &s)) {
        fprintf(stderr, "bench_fixed: cannot prepare %s\n", argv[1]);
        return 2;
    }
    result = bench_measured(f, &s);
    printf("%zu\n", result);
    give_back(&s);
    return 0;
}
