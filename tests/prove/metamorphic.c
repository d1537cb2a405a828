/* SPDX-License-Identifier: Apache-2.0 */
/* The same question asked in other words: the answers are the same.
 *
 *     metamorphic [--count N] [--seed S]
 *
 * Random policies and questions (random.c), and after each change once more:
 * blocks of addresses split in halves, statements in another order, a wildcard
 * cut into "nothing" and "something", a statement added that another one covers,
 * accounts renamed.  An answer may be "unknown" on one side only where a
 * variable's value is free or an address is compared as a text. */
#include "question.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct answer {
    iam_verdict verdict;
    bool without_address;
    char addresses[8192]; /**< of sources */
} answer;

static bool add_text(void *user, const char *bytes, size_t len)
{
    answer *a = user;
    size_t at = strlen(a->addresses);
    if (at + len >= sizeof(a->addresses))
        return false;
    memcpy(a->addresses + at, bytes, len);
    a->addresses[at + len] = '\0';
    return true;
}

/* ---- Changes -------------------------------------------------------------------- */

typedef json_t *change(const char *text); /**< NULL: stays as it is */

static void put(json_t *list, const char *start, size_t len, const char *end)
{
    char text[192];
    snprintf(text, sizeof(text), "%.*s%s", (int)len, start, end);
    json_array_append_new(list, json_string(text));
}

/* "203.0.113.0/24" to its halves. */
static json_t *split_block(const char *text)
{
    unsigned a, b, c, d, prefix;
    json_t *list;
    if (sscanf(text, "%u.%u.%u.%u/%u", &a, &b, &c, &d, &prefix) != 5 ||
        prefix > 31)
        return NULL;
    uint32_t size = UINT32_C(1) << (31 - prefix);
    uint32_t first = a << 24 | b << 16 | c << 8 | d;
    list = json_array();
    for (uint32_t half = 0; half < 2; half++) {
        uint32_t at = first + half * size;
        char block[32];
        snprintf(block, sizeof(block), "%u.%u.%u.%u/%u", (unsigned)(at >> 24),
            (unsigned)(at >> 16 & 255), (unsigned)(at >> 8 & 255),
            (unsigned)(at & 255), prefix + 1);
        put(list, block, strlen(block), "");
    }
    return list;
}

/* "arn:aws:s3:::b*" to "arn:aws:s3:::b" and "arn:aws:s3:::b?*". */
static json_t *split_star(const char *text)
{
    size_t len = strlen(text);
    json_t *list;
    if (len < 6 || text[len - 1] != '*' || strcspn(text, "*?$") != len - 1 ||
        text[len - 2] == ':')
        return NULL;
    list = json_array();
    put(list, text, len - 1, "");
    put(list, text, len - 1, "?*");
    return list;
}

static void change_values(json_t *object, const char *name, change *how)
{
    json_t *value = json_object_get(object, name), *item;
    json_t *changed = json_array();
    size_t i;
    bool any = false;
    if (json_is_string(value)) {
        json_t *list = how(json_string_value(value));
        if (list)
            json_object_set_new(object, name, list);
        json_decref(changed);
        return;
    }
    json_array_foreach(value, i, item)
    {
        json_t *list = how(json_string_value(item));
        any |= list != NULL;
        if (list)
            json_array_extend(changed, list);
        else
            json_array_append(changed, item);
        json_decref(list);
    }
    if (any)
        json_object_set(object, name, changed);
    json_decref(changed);
}

static void split_blocks(json_t *statement)
{
    json_t *block = json_object_get(statement, "Condition"), *by_key;
    const char *operator_name;
    json_object_foreach(
        block, operator_name, by_key) if (strstr(operator_name, "IpAddress"))
        change_values(by_key, "aws:SourceIp", split_block);
}

static void split_stars(json_t *statement)
{
    static const char *const names[] = {
        "Action", "NotAction", "Resource", "NotResource"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        change_values(statement, names[i], split_star);
}

static void each_statement(json_t *policies, void (*how)(json_t *))
{
    size_t i, n;
    json_t *policy, *statement;
    json_array_foreach(policies, i, policy) json_array_foreach(
        json_object_get(json_object_get(policy, "document"), "Statement"), n,
        statement) how(statement);
}

static void reverse(json_t *policies)
{
    size_t i;
    json_t *policy;
    json_array_foreach(policies, i, policy)
    {
        json_t *document = json_object_get(policy, "document");
        json_t *list = json_object_get(document, "Statement");
        json_t *other = json_array();
        for (size_t n = json_array_size(list); n > 0; n--)
            json_array_append(other, json_array_get(list, n - 1));
        json_object_set_new(document, "Statement", other);
    }
}

/* A copy of the first statement that asks for more. */
static void shadow(json_t *policies)
{
    size_t i;
    json_t *policy;
    json_array_foreach(policies, i, policy)
    {
        json_t *list =
            json_object_get(json_object_get(policy, "document"), "Statement");
        json_t *copy = json_deep_copy(json_array_get(list, 0));
        json_t *block = json_object_get(copy, "Condition");
        if (!block) {
            block = json_object();
            json_object_set_new(copy, "Condition", block);
        }
        json_object_set_new(block, "StringEqualsIfExists",
            json_pack("{s:s}", "aws:UserAgent", "curl"));
        json_array_append_new(list, copy);
    }
}

/* The accounts trade names; as long as before, so in place. */
static void rename_text(char *text)
{
    static const char from[] = "111122223333", to[] = "999988887777";
    for (char *at = text; (at = strstr(at, from)) != NULL;)
        memcpy(at, to, strlen(to));
}

static json_t *renamed(const json_t *policies)
{
    char *text = policies ? json_dumps(policies, JSON_COMPACT) : NULL;
    json_t *out;
    if (!text)
        return NULL;
    rename_text(text);
    out = json_loads(text, 0, NULL);
    free(text);
    return out;
}

static const char *const changes[] = {
    "blocks split", "order", "wildcards cut", "shadowed", "renamed"};

static void apply(json_t *policies, size_t which)
{
    switch (which) {
    case 0:
        each_statement(policies, split_blocks);
        break;
    case 1:
        reverse(policies);
        break;
    case 2:
        each_statement(policies, split_stars);
        break;
    case 3:
        shadow(policies);
        break;
    default:
        break;
    }
}

static void change_question(
    const question *q, size_t which, question *out, char names[8][96])
{
    *out = *q;
    if (which < 4) {
        out->policies = json_deep_copy(q->policies);
        out->old = q->old ? json_deep_copy(q->old) : NULL;
        apply(out->policies, which);
        if (out->old)
            apply(out->old, which);
        return;
    }
    out->policies = renamed(q->policies);
    out->old = renamed(q->old);
    size_t n = 0;
    snprintf(names[n], sizeof(names[n]), "%s", q->principal);
    rename_text(names[n]);
    out->principal = names[n++];
    for (size_t i = 0; i < q->resource_count; i++) {
        snprintf(names[n], sizeof(names[n]), "%s", q->resources[i]);
        rename_text(names[n]);
        out->resources[i] = names[n++];
    }
}

/* ---- Asking ---------------------------------------------------------------------- */

static void must(iam_status status)
{
    if (status != IAM_OK)
        abort();
}

static void ask(const question *q, answer *out)
{
    iam_question asked = IAM_QUESTION_INIT;
    iam_stack *stack = question_stack(q->policies);
    iam_stack *old = question_stack(q->old);
    iam_scope *scope = question_scope(q);
    iam_ipset *blocks = question_blocks(q);
    iam_prover *prover;
    memset(out, 0, sizeof(*out));
    asked.kind = (iam_question_kind)q->kind;
    asked.scope = scope;
    asked.old = old;
    asked.addresses = blocks;
    must(iam_prover_new(stack, NULL, &prover, NULL));
    if (q->kind == ASK_SOURCES) {
        iam_sources *sources;
        must(iam_prover_sources(prover, &asked, &sources, NULL));
        out->verdict = iam_sources_verdict(sources);
        out->without_address = iam_sources_without_address(sources);
        must(iam_ipset_print(iam_sources_addresses(sources), add_text, out));
        iam_sources_free(sources);
    } else {
        iam_proof *proof;
        must(iam_prover_ask(prover, &asked, &proof, NULL));
        out->verdict = iam_proof_verdict(proof);
        out->without_address = iam_proof_without_address(proof);
        if (iam_proof_addresses(proof))
            must(iam_ipset_print(iam_proof_addresses(proof), add_text, out));
        iam_proof_free(proof);
    }
    iam_prover_free(prover);
    iam_ipset_free(blocks);
    iam_scope_free(scope);
    iam_stack_free(old);
    iam_stack_free(stack);
}

static bool same(const question *q, const answer *a, const answer *b)
{
    bool loose = q->mixed || question_has_variable(q);
    if (loose && (a->verdict == IAM_UNKNOWN || b->verdict == IAM_UNKNOWN))
        return true;
    if (a->verdict != b->verdict)
        return false;
    return loose || (a->without_address == b->without_address &&
                        strcmp(a->addresses, b->addresses) == 0);
}

static bool try_one(uint64_t seed, uint64_t counts[3])
{
    question q, other;
    static answer first, second;
    char names[8][96];
    bool good = true;
    question_make(&q, seed);
    if (seed % 3 == 0) /* of every action and resource */
        q.action_count = q.resource_count = 0;
    ask(&q, &first);
    counts[first.verdict]++;
    for (size_t which = 0; which < COUNT_OF(changes); which++) {
        change_question(&q, which, &other, names);
        ask(&other, &second);
        if (!same(&q, &first, &second)) {
            question_print(&q);
            question_print(&other);
            printf("--seed %" PRIu64 " --count 1: %s: %s, then %s\n%s---\n%s",
                seed, changes[which], iam_verdict_name(first.verdict),
                iam_verdict_name(second.verdict), first.addresses,
                second.addresses);
            good = false;
        }
        question_release(&other);
    }
    question_release(&q);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, count = 1000, wrong = 0, counts[3] = {0, 0, 0};
    for (int i = 1; i + 1 < argc; i += 2)
        *(strcmp(argv[i], "--seed") == 0 ? &seed : &count) =
            strtoull(argv[i + 1], NULL, 10);
    for (uint64_t i = 0; i < count && !wrong; i++)
        wrong += !try_one(seed + i, counts);
    printf("%" PRIu64 " questions, each in %zu other forms: %" PRIu64
           " proved, %" PRIu64 " refuted, %" PRIu64 " unknown; %" PRIu64
           " wrong\n",
        count, COUNT_OF(changes), counts[IAM_PROVED], counts[IAM_REFUTED],
        counts[IAM_UNKNOWN], wrong);
    return wrong ? 1 : 0;
}
