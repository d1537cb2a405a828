/* SPDX-License-Identifier: Apache-2.0 */
/* Random policies and questions. */
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICK(dice, list) ((list)[roll((dice), COUNT_OF(list))])

typedef struct dice {
    uint64_t state;
} dice;

/* splitmix64 */
static size_t roll(dice *d, size_t sides)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ (z >> 31)) >> 11) % sides;
}

static bool chance(dice *d, unsigned percent)
{
    return roll(d, 100) < percent;
}

/* ---- Words ------------------------------------------------------------------- */

#define ACCOUNT "111122223333"
#define OTHER   "444455556666"

static const char *const actions[] = {"s3:GetObject", "s3:PutObject",
    "bedrock:InvokeModel", "kms:Decrypt", "sts:AssumeRole"};
static const char *const action_patterns[] = {"*", "*", "s3:*", "s3:Get*",
    "S3:getobject", "s3:PutObject", "s3:?etObject", "*:*", "bedrock:*",
    "bedrock:InvokeModel*", "kms:*", "kms:Decrypt", "sts:*", "sqs:*"};
static const char *const resources[] = {"arn:aws:s3:::b/1", "arn:aws:s3:::b/2",
    "arn:aws:s3:::c/1", "arn:aws:sqs:eu-west-1:" ACCOUNT ":q",
    "arn:aws:sqs:eu-west-1:" OTHER ":q",
    "arn:aws:kms:us-east-1:" ACCOUNT ":key/k",
    "arn:aws:iam::" ACCOUNT ":role/r"};
static const char *const resource_patterns[] = {"*", "*", "arn:aws:s3:::*",
    "arn:aws:s3:::b/*", "arn:aws:s3:::b/1", "arn:aws:s3:::?/1",
    "arn:aws:s3:::c/1", "arn:aws:sqs:*:*:q", "arn:*",
    "arn:aws:sqs:eu-west-1:" OTHER ":*", "arn:aws:kms:*:" ACCOUNT ":key/*",
    "arn:aws:iam::" ACCOUNT ":role/*", "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::*/${aws:PrincipalTag/team, '1'}"};
static const char *const principals[] = {"arn:aws:iam::" ACCOUNT ":user/1",
    "arn:aws:iam::" ACCOUNT ":role/r",
    "arn:aws:sts::" ACCOUNT ":assumed-role/r/s",
    "arn:aws:iam::" OTHER ":user/1", "arn:aws:iam::" ACCOUNT ":root",
    "arn:aws:sts::" ACCOUNT ":federated-user/f", "anonymous",
    "s3.amazonaws.com"};
static const char *const named[] = {"*", "*", ACCOUNT,
    "arn:aws:iam::" ACCOUNT ":root", "arn:aws:iam::" ACCOUNT ":user/1",
    "arn:aws:iam::" ACCOUNT ":role/r",
    "arn:aws:sts::" ACCOUNT ":assumed-role/r/s", OTHER,
    "arn:aws:iam::" OTHER ":user/1",
    "arn:aws:sts::" ACCOUNT ":federated-user/f"};

/* A block of the 256 addresses, or a large one. */
static void random_block(dice *d, char out[24])
{
    static const char *const large[] = {
        "0.0.0.0/0", "2001:db8::/32", "::/0", "203.0.112.0/23", "128.0.0.0/1"};
    if (chance(d, 12)) {
        snprintf(out, 24, "%s", PICK(d, large));
        return;
    }
    unsigned prefix = 24 + (unsigned)roll(d, 9);
    unsigned first = (unsigned)roll(d, 256) & ~((1U << (32 - prefix)) - 1);
    if (prefix == 32 && chance(d, 50))
        snprintf(out, 24, "203.0.113.%u", first);
    else
        snprintf(out, 24, "203.0.113.%u/%u", first, prefix);
}

/* ---- Conditions ---------------------------------------------------------------- */

static json_t *some_value(dice *d, const question *q, size_t key)
{
    char block[24];
    size_t count = 0;
    if (key == KEY_SOURCE_IP) {
        if (q->block_count && chance(d, 60))
            return json_string(q->blocks[roll(d, q->block_count)]);
        random_block(d, block);
        return json_string(block);
    }
    while (count < MOST_VALUES && keys[key].values[count])
        count++;
    /* Three of the key's values, the same for all of a question. */
    return json_string(
        keys[key].values[(q->first_value + 4 * roll(d, 3)) % count]);
}

static json_t *some_values(dice *d, const question *q, size_t key)
{
    size_t count = chance(d, 60) ? 1 : roll(d, 4);
    if (count == 1 && chance(d, 60))
        return some_value(d, q, key);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, some_value(d, q, key));
    return list;
}

static const char *some_operator(dice *d, size_t key)
{
    size_t count = 0;
    while (count < MOST_OPERATORS && keys[key].operators[count])
        count++;
    return keys[key].operators[roll(d, count)];
}

/* The address, or one of the few keys that this question is about. */
static size_t some_key(dice *d, const question *q)
{
    return chance(d, 40) ? (size_t)KEY_SOURCE_IP
                         : q->about[roll(d, q->about_count)];
}

static void put_condition(
    json_t *block, const char *operator_name, const char *key, json_t *values)
{
    json_t *by_key = json_object_get(block, operator_name);
    if (!by_key) {
        by_key = json_object();
        json_object_set_new(block, operator_name, by_key);
    }
    json_object_set_new(by_key, key, values);
}

/* "203.0.113.1*" on addresses: another theory on the same key. */
static void mixed_condition(dice *d, question *q, json_t *block)
{
    static const char *const patterns[] = {
        "203.0.113.*", "203.0.113.1*", "2001:*", "*"};
    q->mixed = true;
    put_condition(block, chance(d, 50) ? "StringLike" : "StringNotLike",
        keys[KEY_SOURCE_IP].name, json_string(PICK(d, patterns)));
}

static void add_condition(dice *d, question *q, json_t *block)
{
    size_t key = some_key(d, q);
    char name[64];
    bool set = keys[key].arity == ONE_VALUE ? chance(d, 6) : chance(d, 75);
    if (chance(d, 8)) {
        put_condition(block, "Null", keys[key].name,
            json_string(chance(d, 50) ? "true" : "false"));
        return;
    }
    if (key == KEY_SOURCE_IP && chance(d, 2)) {
        mixed_condition(d, q, block);
        return;
    }
    snprintf(name, sizeof(name), "%s%s%s",
        !set            ? ""
        : chance(d, 50) ? "ForAllValues:"
                        : "ForAnyValue:",
        some_operator(d, key), chance(d, 15) ? "IfExists" : "");
    put_condition(block, name, keys[key].name, some_values(d, q, key));
}

/* ---- Statements ------------------------------------------------------------------ */

static json_t *some_patterns(dice *d, const char *const *patterns, size_t count)
{
    if (chance(d, 70))
        return json_string(patterns[roll(d, count)]);
    json_t *list = json_array();
    for (size_t n = 1 + roll(d, 3); n > 0; n--)
        json_array_append_new(list, json_string(patterns[roll(d, count)]));
    return list;
}

static json_t *some_principal(dice *d)
{
    if (chance(d, 30))
        return json_string("*");
    if (chance(d, 12))
        return json_pack("{s:s}", "Service", "s3.amazonaws.com");
    return json_pack("{s:o}", "AWS", some_patterns(d, named, COUNT_OF(named)));
}

static bool has_principal(const char *kind)
{
    return strcmp(kind, "resource") == 0 || strcmp(kind, "endpoint") == 0 ||
           strcmp(kind, "rcp") == 0;
}

static json_t *some_statement(dice *d, question *q, const char *kind)
{
    json_t *s = json_object(), *block = json_object();
    bool broad = chance(d, 15);
    bool deny = !broad && chance(d, 35);
    size_t conditions = broad ? 0 : roll(d, 4);
    json_object_set_new(s, "Effect", json_string(deny ? "Deny" : "Allow"));
    json_object_set_new(s, !broad && chance(d, 15) ? "NotAction" : "Action",
        some_patterns(
            d, action_patterns, broad ? 1 : COUNT_OF(action_patterns)));
    json_object_set_new(s, !broad && chance(d, 15) ? "NotResource" : "Resource",
        some_patterns(
            d, resource_patterns, broad ? 1 : COUNT_OF(resource_patterns)));
    if (strcmp(kind, "rcp") == 0)
        json_object_set_new(s, "Principal", json_string("*"));
    else if (has_principal(kind))
        json_object_set_new(
            s, chance(d, 12) ? "NotPrincipal" : "Principal", some_principal(d));
    for (size_t i = 0; i < conditions; i++)
        add_condition(d, q, block);
    if (json_object_size(block))
        json_object_set(s, "Condition", block);
    json_decref(block);
    return s;
}

static json_t *some_document(
    dice *d, question *q, const char *kind, size_t most)
{
    json_t *list = json_array();
    for (size_t n = 1 + roll(d, most); n > 0; n--)
        json_array_append_new(list, some_statement(d, q, kind));
    return json_pack("{s:s, s:o}", "Version",
        chance(d, 95) ? "2012-10-17" : "2008-10-17", "Statement", list);
}

static void add_policy(
    dice *d, question *q, json_t *list, const char *kind, size_t most)
{
    size_t level = 0;
    bool organization = strcmp(kind, "scp") == 0 || strcmp(kind, "rcp") == 0;
    if (organization && chance(d, 20))
        level = roll(d, 2);
    json_array_append_new(
        list, json_pack("{s:s, s:i, s:o}", "kind", kind, "level", (int)level,
                  "document", some_document(d, q, kind, most)));
}

/* One to three layers of at most four statements. */
static json_t *some_policies(dice *d, question *q)
{
    static const char *const kinds[] = {"identity", "resource", "boundary",
        "session", "scp", "rcp", "endpoint"};
    json_t *list = json_array();
    size_t layers = 1 + roll(d, 3);
    size_t most = layers == 1 ? 4 : layers == 2 ? 3 : 2;
    if (chance(d, 85)) {
        add_policy(d, q, list, "identity", most);
        layers--;
    }
    for (; layers > 0; layers--)
        add_policy(d, q, list, PICK(d, kinds), most);
    return list;
}

/* ---- Questions -------------------------------------------------------------------- */

static size_t some_of(dice *d, const char *const *from, size_t count,
    const char **out, size_t wanted)
{
    size_t at = roll(d, count);
    for (size_t i = 0; i < wanted; i++)
        out[i] = from[(at + i * (1 + at % 2)) % count];
    return wanted;
}

/* Actions and resources that go together more often than not. */
static void some_targets(dice *d, question *q)
{
    if (chance(d, 60)) {
        q->action_count = some_of(d, actions, 2, q->actions, 2);
        q->resource_count = some_of(d, resources, 3, q->resources, 3);
        return;
    }
    q->action_count =
        some_of(d, actions, COUNT_OF(actions), q->actions, 1 + roll(d, 2));
    q->resource_count = some_of(
        d, resources, COUNT_OF(resources), q->resources, 1 + roll(d, 3));
}

static void some_given(dice *d, question *q)
{
    for (size_t n = chance(d, 25) ? 1 + roll(d, 2) : 0; n > 0; n--) {
        given *g = &q->given[q->given_count];
        g->key = roll(d, KEY_COUNT);
        g->state = (given_state)roll(d, 4);
        g->value = keys[g->key].values[0];
        if (g->key == KEY_SOURCE_IP)
            g->value = "203.0.113.9";
        if (q->given_count && q->given[0].key == g->key)
            continue;
        if (keys[g->key].arity == MANY_VALUES && g->state == GIVEN_VALUE)
            g->state = GIVEN_VALUES;
        if (keys[g->key].arity == ONE_VALUE && g->state == GIVEN_VALUES)
            g->state = GIVEN_VALUE;
        q->given_count++;
    }
}

void question_make(question *q, uint64_t seed)
{
    static const int kinds[] = {IAM_ONLY_FROM, IAM_ONLY_FROM, IAM_ONLY_FROM,
        IAM_ALWAYS_FROM, IAM_EXACTLY_FROM, IAM_NEVER, IAM_ALWAYS, IAM_WITHIN,
        IAM_WITHIN, ASK_SOURCES, ASK_SOURCES};
    dice d = {seed * UINT64_C(0x2545f4914f6cdd1d) + 1};
    memset(q, 0, sizeof(*q));
    q->kind = PICK(&d, kinds);
    q->block_count = 1 + roll(&d, MOST_BLOCKS);
    for (size_t i = 0; i < q->block_count; i++)
        random_block(&d, q->blocks[i]);
    q->principal = chance(&d, 60) ? principals[0] : PICK(&d, principals);
    q->service = strchr(q->principal, ':') == NULL &&
                 strcmp(q->principal, "anonymous") != 0;
    q->about_count = chance(&d, 6) ? 3 : 1 + roll(&d, 2);
    for (size_t i = 0; i < q->about_count; i++)
        q->about[i] = roll(&d, KEY_COUNT);
    q->first_value = roll(&d, MOST_VALUES);
    q->any_context = chance(&d, 4);
    q->every_address = chance(&d, 4);
    some_targets(&d, q);
    some_given(&d, q);
    q->policies = some_policies(&d, q);
    if (q->kind == IAM_WITHIN && chance(&d, 50)) {
        q->old = some_policies(&d, q);
    } else if (q->kind == IAM_WITHIN) { /* nearly the same */
        q->old = json_deep_copy(q->policies);
        add_policy(&d, q, chance(&d, 50) ? q->old : q->policies,
            json_string_value(
                json_object_get(json_array_get(q->policies, 0), "kind")),
            1);
    }
}

bool question_has_variable(const question *q)
{
    bool found = false;
    for (size_t i = 0; i < 2; i++) {
        const json_t *policies = i ? q->old : q->policies;
        char *text = policies ? json_dumps(policies, JSON_COMPACT) : NULL;
        found |= text && strstr(text, "${aws:PrincipalTag");
        found |= text && q->any_context && strstr(text, "${aws:username}");
        free(text);
    }
    return found;
}

void question_release(question *q)
{
    json_decref(q->policies);
    json_decref(q->old);
}

/* ---- As text ------------------------------------------------------------------------ */

static void print_json(const char *what, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_INDENT(2)) : NULL;
    if (text)
        printf("%s: %s\n", what, text);
    free(text);
}

void question_print(const question *q)
{
    static const char *const states[] = {
        "value", "values", "absent", "present"};
    print_json("policies", q->policies);
    print_json("old", q->old);
    printf("question: %s by %s",
        q->kind == ASK_SOURCES ? "sources"
                               : iam_question_name((iam_question_kind)q->kind),
        q->principal);
    for (size_t i = 0; i < q->block_count; i++)
        printf(" %s", q->blocks[i]);
    for (size_t i = 0; i < q->action_count; i++)
        printf(" %s", q->actions[i]);
    for (size_t i = 0; i < q->resource_count; i++)
        printf(" %s", q->resources[i]);
    for (size_t i = 0; i < q->given_count; i++)
        printf(" %s %s %s", keys[q->given[i].key].name,
            states[q->given[i].state],
            q->given[i].value ? q->given[i].value : "");
    printf("%s%s\n", q->any_context ? " any-context" : "",
        q->mixed ? " mixed" : "");
}
