/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, candidates for their values, and the states of a question. */
#include "universe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_OPERATORS                                           \
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", \
        "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"
#define TEXT_VALUES "a", "b", "ab", "A", "a*", "*b", "?", "*", "a?", "*a*", ""

const key_kind keys[KEY_COUNT] = {
    {"aws:SourceIp", ONE_VALUE, true, {"IpAddress", "NotIpAddress"}, {NULL}},
    {"aws:SourceVpc", ONE_VALUE, false, {TEXT_OPERATORS}, {"a", "b*"}},
    {"aws:PrincipalTag/team", ONE_VALUE, false, {TEXT_OPERATORS},
        {TEXT_VALUES}},
    {"aws:RequestedRegion", ONE_VALUE, false, {TEXT_OPERATORS}, {TEXT_VALUES}},
    {"aws:TagKeys", MANY_VALUES, false, {TEXT_OPERATORS}, {TEXT_VALUES}},
    {"aws:SecureTransport", ONE_VALUE, true, {"Bool"}, {"true", "false"}},
    {"ec2:RoleDelivery", ONE_VALUE, true,
        {"NumericEquals", "NumericNotEquals", "NumericLessThan",
            "NumericLessThanEquals", "NumericGreaterThan",
            "NumericGreaterThanEquals"},
        {"1", "2", "2.5"}},
    {"aws:CurrentTime", ONE_VALUE, true,
        {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
            "DateGreaterThan", "DateGreaterThanEquals"},
        {"2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"}},
    {"aws:SourceArn", ONE_VALUE, false,
        {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringLike",
            "StringEquals"},
        {"arn:aws:s3:::a", "arn:aws:s3:::*", "arn:*:sns:::b", "arn:aws:*:*:*:a",
            "arn:aws:s3:::a*"}},
    {"acme:Kind", EITHER, false, {TEXT_OPERATORS}, {TEXT_VALUES}},
    {"acme:Blob", EITHER, false, {"BinaryEquals"}, {"QQ==", "Qg=="}},
    {"aws:CalledVia", MANY_VALUES, false, {TEXT_OPERATORS}, {"a", "b", "a*"}}};

/* ---- Candidates ------------------------------------------------------------ */

typedef struct candidates {
    char *values[MOST_CANDIDATES];
    size_t count;
    size_t physical; /**< the first of these are of the key's form */
} candidates;

enum {
    MOST_REMEMBERED = 1 << 13
};

/** A condition that was asked about before: what it takes, a byte each. */
typedef struct remembered {
    char *condition; /**< "operator key value" */
    uint8_t takes[MOST_CANDIDATES];
} remembered;

struct universe {
    candidates of[KEY_COUNT];
    remembered *memo; /**< open hash, never full */
    size_t memo_count;
};

static void add(candidates *c, const char *value)
{
    if (c->count == MOST_CANDIDATES)
        abort();
    c->values[c->count++] = strdup(value);
}

/* All texts of at most four letters. */
static void add_texts(candidates *c)
{
    static const char letters[] = "abAx";
    char word[5] = "";
    add(c, "");
    add(c, "aB");
    add(c, "1"); /* of resources that end in a tag */
    add(c, "2");
    for (size_t len = 1; len <= 4; len++) {
        size_t many = (size_t)1 << (2 * len);
        word[len] = '\0';
        for (size_t n = 0; n < many; n++) {
            for (size_t i = 0; i < len; i++)
                word[i] = letters[(n >> (2 * i)) & 3];
            add(c, word);
        }
    }
}

static void add_arns(candidates *c)
{
    static const char *const partition[] = {"aws", "cn"};
    static const char *const service[] = {"s3", "sns", "x"};
    static const char *const middle[] = {":", "r:", ":1"};
    static const char *const rest[] = {"a", "b", "c", "ab", "a:a", "", "x:a"};
    char arn[64];
    for (size_t p = 0; p < COUNT_OF(partition); p++)
        for (size_t s = 0; s < COUNT_OF(service); s++)
            for (size_t m = 0; m < COUNT_OF(middle); m++)
                for (size_t r = 0; r < COUNT_OF(rest); r++) {
                    snprintf(arn, sizeof(arn), "arn:%s:%s:%s:%s", partition[p],
                        service[s], middle[m], rest[r]);
                    add(c, arn);
                }
    add(c, "arn:aws:x:sns:::b"); /* a text's wildcards cross colons */
    add(c, "arn:x:s3:::sns:::b");
    add(c, "arn:aws:s3:::sns:::b");
    add(c, "arn:aws:s3:::a:sns:::b");
    add(c, "");
    add(c, "a");
}

static void add_addresses(candidates *c)
{
    char text[32];
    for (unsigned n = 0; n < 256; n++) {
        snprintf(text, sizeof(text), "203.0.113.%u", n);
        add(c, text);
    }
    add(c, "203.0.112.1");
    add(c, "198.51.100.7");
    add(c, "9.9.9.9");
    add(c, "2001:db8::1");
    add(c, "2001:4860::1");
    add(c, "2400:cb00::1");
}

static void add_list(candidates *c, const char *const *values)
{
    for (; *values; values++)
        add(c, *values);
}

/* What the conditions spell, as it stands and in the other letter case. */
static void add_spelled(candidates *c, size_t key)
{
    for (size_t v = 0; v < MOST_VALUES && keys[key].values[v]; v++) {
        char other[64];
        snprintf(other, sizeof(other), "%s", keys[key].values[v]);
        for (char *at = other; *at; at++)
            *at = (char)(*at == 'a'   ? 'A'
                         : *at == 'b' ? 'B'
                         : *at == 'A' ? 'a'
                                      : *at);
        if (keys[key].typed)
            return;
        add(c, keys[key].values[v]);
        add(c, other);
    }
}

static void fill(candidates *c, size_t key)
{
    static const char *const bools[] = {"true", "false", NULL};
    static const char *const numbers[] = {
        "0", "1", "1.5", "2", "2.2", "2.5", "3", "-1", NULL};
    static const char *const dates[] = {"2025-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z",
        "2027-01-01T00:00:00Z", NULL};
    static const char *const blobs[] = {"QQ==", "Qg==", "QUE=", "x", "", NULL};
    const char *first = keys[key].operators[0];
    if (strcmp(first, "IpAddress") == 0)
        add_addresses(c);
    else if (strcmp(first, "Bool") == 0)
        add_list(c, bools);
    else if (strcmp(first, "NumericEquals") == 0)
        add_list(c, numbers);
    else if (strcmp(first, "DateEquals") == 0)
        add_list(c, dates);
    else if (strcmp(first, "ArnEquals") == 0)
        add_arns(c);
    else if (strcmp(first, "BinaryEquals") == 0)
        add_list(c, blobs);
    else
        add_texts(c);
    add_spelled(c, key);
    c->physical = c->count;
    if (keys[key].typed) {
        add(c, "");
        add(c, "neither");
    }
}

/* ---- Asking the evaluator about one condition ------------------------------- */

static iam_policy *one_condition(
    const char *operator_name, const char *key, const json_t *value)
{
    json_t *doc = json_pack("{s:s, s:{s:s, s:s, s:s, s:{s:{s:O}}}}", "Version",
        "2012-10-17", "Statement", "Effect", "Allow", "Action", "*", "Resource",
        "*", "Condition", operator_name, key, value);
    char *text = json_dumps(doc, JSON_COMPACT);
    iam_policy *policy;
    iam_error error;
    if (!text || iam_policy_compile(IAM_IDENTITY_POLICY, text, IAM_NTS, NULL,
                     &policy, &error) != IAM_OK) {
        fprintf(stderr, "%s: %s\n", text ? text : "?", error.message);
        abort();
    }
    free(text);
    json_decref(doc);
    return policy;
}

static void must(iam_status status)
{
    if (status != IAM_OK)
        abort();
}

static iam_request *plain_request(void)
{
    iam_request *r;
    must(iam_request_new(NULL, &r));
    must(iam_request_set_principal(
        r, "arn:aws:iam::111122223333:user/a", IAM_NTS, NULL));
    must(iam_request_set_action(r, "s3:GetObject", IAM_NTS, NULL));
    must(iam_request_set_resource(r, "arn:aws:s3:::b/1", IAM_NTS, NULL));
    return r;
}

/* Which candidates the condition takes. */
static void ask(const candidates *c, const char *key, const char *operator_name,
    const json_t *value, uint8_t *takes)
{
    iam_policy *policy = one_condition(operator_name, key, value);
    iam_request *r = plain_request();
    for (size_t i = 0; i < c->count; i++) {
        must(iam_request_set_value(
            r, key, IAM_NTS, c->values[i], IAM_NTS, NULL));
        takes[i] = iam_policy_check(policy, r) == IAM_ALLOW;
    }
    iam_request_free(r);
    iam_policy_free(policy);
}

static size_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash % MOST_REMEMBERED;
}

/* The same, remembered. */
static const uint8_t *takes(
    universe *all, size_t key, const char *operator_name, const json_t *value)
{
    char name[128];
    snprintf(name, sizeof(name), "%s %s %s", operator_name, keys[key].name,
        json_string_value(value));
    size_t at = hash_of(name);
    while (
        all->memo[at].condition && strcmp(all->memo[at].condition, name) != 0)
        at = (at + 1) % MOST_REMEMBERED;
    if (!all->memo[at].condition) {
        if (++all->memo_count == MOST_REMEMBERED)
            abort();
        all->memo[at].condition = strdup(name);
        ask(&all->of[key], keys[key].name, operator_name, value,
            all->memo[at].takes);
    }
    return all->memo[at].takes;
}

universe *universe_new(void)
{
    universe *all = calloc(1, sizeof(*all));
    if (!all)
        abort();
    all->memo = calloc(MOST_REMEMBERED, sizeof(*all->memo));
    if (!all->memo)
        abort();
    for (size_t k = 0; k < KEY_COUNT; k++)
        fill(&all->of[k], k);
    return all;
}

void universe_free(universe *all)
{
    for (size_t k = 0; k < KEY_COUNT; k++)
        for (size_t i = 0; i < all->of[k].count; i++)
            free(all->of[k].values[i]);
    for (size_t i = 0; i < MOST_REMEMBERED; i++)
        free(all->memo[i].condition);
    free(all->memo);
    free(all);
}

/* ---- What a question tells apart --------------------------------------------- */

enum {
    MOST_TRAITS = 64
};

/** What the conditions on one key ask about each candidate. */
typedef struct traits {
    uint64_t of[MOST_CANDIDATES];
    size_t count;
    bool used, set;
} traits;

typedef struct gathering {
    universe *all;
    traits keys[KEY_COUNT];
    /** One value of each class of a key, and what is asked about it. */
    const char *values[MOST_CANDIDATES];
    uint64_t seen[MOST_CANDIDATES];
} gathering;

static size_t key_number(const char *name)
{
    for (size_t k = 0; k < KEY_COUNT; k++)
        if (strcasecmp(keys[k].name, name) == 0)
            return k;
    return KEY_COUNT;
}

/* A condition's operator without what stands around it. */
static void bare_operator(const char *name, char out[64], bool *set)
{
    const char *colon = strchr(name, ':');
    *set = colon != NULL;
    snprintf(out, 64, "%s", colon ? colon + 1 : name);
    size_t len = strlen(out);
    if (len > 8 && strcmp(out + len - 8, "IfExists") == 0)
        out[len - 8] = '\0';
}

static void note_value(
    gathering *g, size_t k, const char *operator_name, const json_t *value)
{
    traits *t = &g->keys[k];
    const uint8_t *taken = takes(g->all, k, operator_name, value);
    for (size_t i = 0; i < g->all->of[k].count; i++)
        t->of[i] |= (uint64_t)taken[i] << t->count;
    if (++t->count == MOST_TRAITS)
        abort();
}

static void note_condition(gathering *g, const char *operator_name,
    const char *key, const json_t *values)
{
    size_t k = key_number(key), i;
    char bare[64];
    bool set;
    const json_t *value;
    if (k == KEY_COUNT)
        return;
    bare_operator(operator_name, bare, &set);
    g->keys[k].used = true;
    g->keys[k].set |= set;
    if (strcmp(bare, "Null") == 0)
        return;
    if (json_is_string(values))
        note_value(g, k, bare, values);
    json_array_foreach(values, i, value) note_value(g, k, bare, value);
}

/* A resource that ends in a tag's value. */
static void note_resource(gathering *g, const json_t *resource)
{
    const char *text = json_string_value(resource);
    const char *variable =
        text ? strstr(text, "${aws:PrincipalTag/team") : NULL;
    size_t k = key_number("aws:PrincipalTag/team");
    if (!variable)
        return;
    g->keys[k].used = true;
    for (size_t i = 0; i < 2; i++) {
        json_t *value = json_string(i ? "1" : "2");
        note_value(g, k, "StringEquals", value);
        json_decref(value);
    }
}

static void note_resources(gathering *g, const json_t *resources)
{
    size_t i;
    const json_t *resource;
    note_resource(g, resources);
    json_array_foreach(resources, i, resource) note_resource(g, resource);
}

static void note_document(gathering *g, const json_t *document)
{
    json_t *statements = json_object_get(document, "Statement"), *statement;
    size_t i;
    json_array_foreach(statements, i, statement)
    {
        json_t *block = json_object_get(statement, "Condition"), *by_key;
        const char *operator_name;
        note_resources(g, json_object_get(statement, "Resource"));
        note_resources(g, json_object_get(statement, "NotResource"));
        json_object_foreach(block, operator_name, by_key)
        {
            const char *key;
            json_t *values;
            json_object_foreach(by_key, key, values)
                note_condition(g, operator_name, key, values);
        }
    }
}

/* ---- States -------------------------------------------------------------------- */

static key_state *add_state(key_states *s)
{
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 16;
        s->states = realloc(s->states, s->room * sizeof(*s->states));
        if (!s->states)
            abort();
    }
    s->states[s->count] = (key_state){.count = 0};
    return &s->states[s->count++];
}

/* One candidate of each class, and of the addresses all if that is wanted.  The
 * empty text is a class of its own: to a set operator it is no value. */
static size_t classes(
    gathering *g, size_t k, size_t limit, bool every, uint16_t *stand_in)
{
    const candidates *c = &g->all->of[k];
    const traits *t = &g->keys[k];
    size_t count = 0;
    for (size_t i = 0; i < limit; i++) {
        size_t n = every ? count : 0;
        while (
            n < count && (g->seen[n] != t->of[i] || c->values[i][0] == '\0' ||
                             g->values[n][0] == '\0'))
            n++;
        stand_in[i] = (uint16_t)n;
        if (n < count)
            continue;
        g->seen[count] = t->of[i];
        g->values[count++] = c->values[i];
    }
    return count;
}

/* All sets of up to `most` of the values, except the empty one. */
static void add_sets(
    key_states *s, const char *const *values, size_t count, size_t most)
{
    for (uint32_t mask = 1; mask < UINT32_C(1) << count; mask++) {
        size_t members = 0;
        for (size_t i = 0; i < count; i++)
            members += (mask >> i) & 1;
        if (members > most)
            continue;
        key_state *state = add_state(s);
        state->list = true;
        for (size_t i = 0; i < count; i++)
            if ((mask >> i) & 1)
                state->values[state->count++] = values[i];
    }
}

static void fill_states(
    gathering *g, size_t k, const subject *about, key_states *s)
{
    enum {
        FULL = 5, /* so many values have 31 sets, all of which are tried */
        SOME = 12
    };
    const candidates *c = &g->all->of[k];
    key_arity arity = about->any_context ? EITHER : keys[k].arity;
    bool set_operator = g->keys[k].set || about->any_context;
    size_t limit = about->any_context ? c->count : c->physical;
    s->used = g->keys[k].used;
    s->closed = true;
    add_state(s);
    if (!s->used)
        return;
    size_t count = classes(
        g, k, limit, about->every_address && k == KEY_SOURCE_IP, s->stand_in);
    s->candidates = (const char *const *)c->values;
    s->candidate_count = limit;
    if (arity != MANY_VALUES)
        for (size_t i = 0; i < count; i++) {
            key_state *state = add_state(s);
            state->values[0] = g->values[i];
            state->count = 1;
        }
    for (size_t i = 0; i < limit; i++)
        s->stand_in[i]++; /* the first state is absence */
    if (arity == MANY_VALUES || (arity == EITHER && set_operator)) {
        s->closed = count <= FULL;
        size_t most = count <= FULL ? FULL : 2;
        add_sets(s, g->values, count < SOME ? count : SOME, most);
    }
}

void universe_states(
    universe *all, const subject *about, key_states out[KEY_COUNT])
{
    static gathering g; /* large, and this program has one thread */
    size_t i;
    json_t *policy;
    memset(&g, 0, sizeof(g));
    g.all = all;
    g.keys[KEY_SOURCE_IP].used = true;
    json_array_foreach(about->policies, i, policy)
        note_document(&g, json_object_get(policy, "document"));
    for (size_t n = 0; n < about->block_count; n++) {
        json_t *block = json_string(about->blocks[n]);
        note_value(&g, KEY_SOURCE_IP, "IpAddress", block);
        json_decref(block);
    }
    memset(out, 0, KEY_COUNT * sizeof(*out));
    for (size_t k = 0; k < KEY_COUNT; k++)
        fill_states(&g, k, about, &out[k]);
}

void universe_release(key_states states[KEY_COUNT])
{
    for (size_t k = 0; k < KEY_COUNT; k++)
        free(states[k].states);
}
