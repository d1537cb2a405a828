/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios: the request first, then policies of every kind around it. */
#include "generate.h"

#include "generate_parts.h"

#include <ctype.h>
#include <string.h>

/* What a kind of policy looks like. */
struct temper {
    const char *kind;
    unsigned opens;  /**< percent: begins with an Allow of everything */
    unsigned denies; /**< percent of the other statements */
    bool principal;
    bool resource;
};

static const struct temper identity = {"identity", 25, 22, false, true};
static const struct temper resource = {"resource", 5, 22, true, true};
static const struct temper trust = {"trust", 5, 20, true, false};
static const struct temper boundary = {"boundary", 70, 15, false, true};
static const struct temper session = {"session", 65, 15, false, true};
static const struct temper scp = {"scp", 85, 35, false, true};
static const struct temper rcp = {"rcp", 90, 100, true, true};
static const struct temper endpoint = {"endpoint", 80, 30, true, true};

/* ---- The request --------------------------------------------------------- */

static json_t *principal_object(const struct scene *scene)
{
    if (scene->caller == CALLER_SERVICE)
        return json_pack("{ss}", "service", scene->arn);
    if (scene->caller == CALLER_ANONYMOUS)
        return json_string("anonymous");
    if (!scene->behind[0])
        return json_string(scene->arn);
    return json_pack("{ss ss}", "arn", scene->arn,
        scene->caller == CALLER_SESSION ? "role" : "user", scene->behind);
}

static void set_flag(
    struct scene *scene, json_t *flags, const char *name, unsigned percent)
{
    if (chance(&scene->dice, percent))
        json_object_set_new(
            flags, name, json_boolean(chance(&scene->dice, 90)));
}

static json_t *request_flags(struct scene *scene)
{
    bool role = scene->caller == CALLER_ROLE || scene->caller == CALLER_SESSION;
    json_t *flags = json_object();
    set_flag(scene, flags, "managementAccount", 6);
    set_flag(scene, flags, "hasBoundary", 5);
    set_flag(scene, flags, "viaEndpoint", 6);
    set_flag(scene, flags, "explicitTrust", 6);
    set_flag(scene, flags, "resourceInManagementAccount", 6);
    set_flag(scene, flags, "serviceLinkedRole", role ? 8 : 1);
    return flags;
}

static json_t *make_request(struct scene *scene)
{
    words_caller(scene);
    words_target(scene);
    scene->context = json_object();
    condition_context(scene);
    json_t *request = json_pack("{so ss ss so}", "principal",
        principal_object(scene), "action", scene->action, "resource",
        scene->resource, "context", scene->context);
    if (chance(&scene->dice, 20))
        json_object_set_new(request, "resourceAccount",
            json_string(chance(&scene->dice, 60) ? ACCOUNT_A : ACCOUNT_B));
    json_t *flags = request_flags(scene);
    if (json_object_size(flags) > 0)
        json_object_set(request, "flags", flags);
    json_decref(flags);
    return request;
}

/* ---- Statements ---------------------------------------------------------- */

typedef json_t *word_maker(struct scene *scene, const char *kind);

/* One value by itself, or a list of up to three, seldom of none. */
static json_t *some(struct scene *scene, word_maker *make, const char *kind)
{
    if (chance(&scene->dice, 60))
        return make(scene, kind);
    json_t *list = json_array();
    size_t count = chance(&scene->dice, 4) ? 0 : 1 + roll(&scene->dice, 3);
    for (; count > 0; count--)
        json_array_append_new(list, make(scene, kind));
    return list;
}

/* List enough of the caller that a Deny may spare it. */
static json_t *sparing(struct scene *scene)
{
    json_t *list = json_pack("[s]", scene->arn);
    if (chance(&scene->dice, 50))
        json_array_append_new(list, json_string(scene->account));
    else if (chance(&scene->dice, 80))
        json_array_append_new(
            list, json_sprintf("arn:aws:iam::%s:root", scene->account));
    if (scene->behind[0] && chance(&scene->dice, 50))
        json_array_set_new(list, 0, json_string(scene->behind));
    return json_pack("{so}", "AWS", list);
}

static void add_principal(struct scene *scene, const struct temper *temper,
    json_t *statement, bool deny)
{
    bool inverted = chance(&scene->dice, deny ? 20 : 5);
    if (temper == &rcp)
        json_object_set_new(statement, "Principal", json_string("*"));
    else if (temper == &trust || !inverted)
        json_object_set_new(statement, "Principal", words_principal(scene));
    else if (scene->account[0] && chance(&scene->dice, 75))
        json_object_set_new(statement, "NotPrincipal", sparing(scene));
    else
        json_object_set_new(statement, "NotPrincipal", words_principal(scene));
}

static json_t *make_statement(struct scene *scene, const struct temper *temper)
{
    struct dice *dice = &scene->dice;
    bool deny = chance(dice, temper->denies);
    json_t *out = json_pack("{ss}", "Effect", deny ? "Deny" : "Allow");
    if (temper->principal)
        add_principal(scene, temper, out, deny);
    bool not_action = temper != &rcp && chance(dice, 12);
    json_object_set_new(out, not_action ? "NotAction" : "Action",
        some(scene, words_action, temper->kind));
    bool not_resource = chance(dice, 12);
    if (temper->resource)
        json_object_set_new(out, not_resource ? "NotResource" : "Resource",
            some(scene, words_resource, temper->kind));
    if (chance(dice, deny ? 65 : 40))
        json_object_set_new(
            out, "Condition", condition_block(scene, deny ? 3 : 2));
    return out;
}

/* The scene's action up to some byte, in any case, with something behind it:
 * what begins like the action, and often is not it. */
static json_t *nearly_action(struct scene *scene)
{
    static const char *const ends[] = {
        "*", "*", "?", "?*", "", "x", "*?", "**"};
    struct dice *dice = &scene->dice;
    size_t name = strcspn(scene->action, ":") + 1;
    size_t length = strlen(scene->action);
    size_t cut = chance(dice, 85) ? name + roll(dice, length - name + 1)
                                  : roll(dice, name);
    char text[256];
    memset(text, 0, sizeof(text));
    memcpy(text, scene->action, cut);
    for (size_t i = 0; i < cut; i++)
        if (chance(dice, 20))
            text[i] = (char)toupper((unsigned char)text[i]);
    if (cut < name) /* a wildcard in the prefix */
        strcat(text, chance(dice, 50) ? "*:" : "?:");
    else if (chance(dice, 5)) /* longer than what an index tells apart */
        memset(text + cut, 'x', 80);
    strcat(text, ends[roll(dice, sizeof(ends) / sizeof(ends[0]))]);
    if (text[strlen(text) - 1] == ':')
        strcat(text, "*");
    return json_string(text);
}

static json_t *crowd_action(struct scene *scene, const char *kind)
{
    if (strcmp(kind, "rcp") == 0 || chance(&scene->dice, 30))
        return words_action(scene, kind);
    return nearly_action(scene);
}

/* One of so many statements that they are found by their actions; most are for
 * a resource that nobody asks for. */
static json_t *crowd_statement(struct scene *scene, const struct temper *temper)
{
    struct dice *dice = &scene->dice;
    bool deny = temper == &rcp || chance(dice, 30);
    bool not_action = temper != &rcp && chance(dice, 8);
    bool nowhere = chance(dice, deny ? 97 : 85);
    json_t *out = json_pack("{ss}", "Effect", deny ? "Deny" : "Allow");
    if (temper->principal)
        add_principal(scene, temper, out, deny);
    json_object_set_new(out, not_action ? "NotAction" : "Action",
        some(scene, crowd_action, temper->kind));
    if (temper->resource)
        json_object_set_new(out, "Resource",
            nowhere ? json_string("arn:aws:s3:::nowhere")
                    : words_resource(scene, temper->kind));
    return out;
}

static void add_crowd(
    struct scene *scene, const struct temper *temper, json_t *statements)
{
    for (size_t count = 6 + roll(&scene->dice, 20); count > 0; count--)
        json_array_insert_new(statements,
            roll(&scene->dice, json_array_size(statements) + 1),
            crowd_statement(scene, temper));
}

static json_t *open_statement(const struct temper *temper)
{
    json_t *out = json_pack("{ss ss}", "Effect", "Allow", "Action", "*");
    if (temper->principal)
        json_object_set_new(out, "Principal", json_string("*"));
    if (temper->resource)
        json_object_set_new(out, "Resource", json_string("*"));
    return out;
}

/* ---- Policies ------------------------------------------------------------ */

static json_t *make_policy(struct scene *scene, const struct temper *temper)
{
    struct dice *dice = &scene->dice;
    json_t *statements = json_array();
    if (chance(dice, temper->opens))
        json_array_append_new(statements, open_statement(temper));
    size_t more = roll(dice, 3);
    if (json_array_size(statements) == 0)
        more++;
    for (; more > 0; more--)
        json_array_append_new(statements, make_statement(scene, temper));
    if (chance(dice, 12))
        add_crowd(scene, temper, statements);
    json_t *policy = json_object();
    if (chance(dice, 78))
        json_object_set_new(policy, "Version", json_string("2012-10-17"));
    else if (chance(dice, 50))
        json_object_set_new(policy, "Version", json_string("2008-10-17"));
    if (json_array_size(statements) == 1 && chance(dice, 30))
        json_object_set(policy, "Statement", json_array_get(statements, 0));
    else
        json_object_set(policy, "Statement", statements);
    json_decref(statements);
    return policy;
}

static void add_policies(
    struct scene *scene, json_t *out, const struct temper *temper, size_t count)
{
    for (; count > 0; count--)
        json_array_append_new(out, json_pack("{ss so}", "kind", temper->kind,
                                       "policy", make_policy(scene, temper)));
}

/* Up to three levels; one of them may be left out, or hold two policies. */
static void add_levels(
    struct scene *scene, json_t *out, const struct temper *temper)
{
    struct dice *dice = &scene->dice;
    size_t levels = 1 + roll(dice, 3);
    for (size_t level = 0; level < levels; level++) {
        size_t count = chance(dice, 2) ? 0 : chance(dice, 20) ? 2 : 1;
        for (; count > 0; count--)
            json_array_append_new(out,
                json_pack("{ss sI so}", "kind", temper->kind, "level",
                    (json_int_t)level, "policy", make_policy(scene, temper)));
    }
}

static json_t *make_policies(struct scene *scene)
{
    struct dice *dice = &scene->dice;
    json_t *out = json_array();
    bool no_caller_side =
        scene->caller == CALLER_SERVICE || scene->caller == CALLER_ANONYMOUS;
    bool to_role = strncmp(scene->action, "sts:Assume", 10) == 0;
    add_policies(scene, out, &identity,
        no_caller_side ? roll(dice, 2) : 1 + roll(dice, 2));
    const struct temper *own = to_role && chance(dice, 70) ? &trust : &resource;
    if (chance(dice, no_caller_side ? 85 : 55))
        add_policies(scene, out, own, chance(dice, 10) ? 2 : 1);
    if (chance(dice, 22))
        add_policies(scene, out, &boundary, 1);
    if (chance(dice, scene->caller == CALLER_FEDERATED ? 75 : 18))
        add_policies(scene, out, &session, chance(dice, 20) ? 2 : 1);
    if (chance(dice, 18))
        add_levels(scene, out, &scp);
    if (chance(dice, 18))
        add_levels(scene, out, &rcp);
    if (chance(dice, 14))
        add_policies(scene, out, &endpoint, 1);
    return out;
}

static json_t *make_scenario(struct dice dice)
{
    struct scene scene;
    memset(&scene, 0, sizeof(scene));
    scene.dice = dice;
    json_t *request = make_request(&scene);
    json_t *scenario = json_pack(
        "{so s[o]}", "policies", make_policies(&scene), "requests", request);
    if (chance(&scene.dice, 8))
        json_object_set_new(
            scenario, "derive", json_boolean(chance(&scene.dice, 10)));
    return scenario;
}

json_t *generate_scenario(uint64_t seed)
{
    /* Splitmix: seeds that are close to each other give far-off numbers. */
    uint64_t mixed = seed + UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return make_scenario((struct dice){.state = (mixed ^ (mixed >> 31)) | 1});
}

json_t *generate_scenario_from(const unsigned char *bytes, size_t count)
{
    return make_scenario(
        (struct dice){.state = 1, .bytes = bytes, .left = count});
}
