/* SPDX-License-Identifier: Apache-2.0 */
/* Callers, actions and resources, and what policies write for them. */
#include "generate_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fuzzer's bytes, then xorshift64*: the same numbers everywhere. */
size_t roll(struct dice *dice, size_t sides)
{
    if (dice->left > 0) {
        dice->left--;
        return *dice->bytes++ % sides;
    }
    uint64_t x = dice->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    dice->state = x;
    return (size_t)((x * UINT64_C(2685821657736338717)) >> 33) % sides;
}

bool chance(struct dice *dice, unsigned percent)
{
    return roll(dice, 100) < percent;
}

void words_copy(char *out, size_t room, const char *from)
{
    size_t len = strlen(from);
    len = len < room ? len : room - 1;
    memcpy(out, from, len);
    out[len] = '\0';
}

/* ---- Targets ------------------------------------------------------------- */

struct target {
    const char *actions[6];
    const char *resources[8];
};

#define ARN(service, rest)   "arn:aws:" service ":us-east-1:" ACCOUNT_A ":" rest
#define ARN_B(service, rest) "arn:aws:" service ":eu-west-1:" ACCOUNT_B ":" rest

static const struct target targets[] = {
    {{"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetObjectAcl"},
        {"arn:aws:s3:::b/home/alice/x", "arn:aws:s3:::b", "arn:aws:s3:::b/k",
            "arn:aws:s3:::logs/red/caf\xc3\xa9", "arn:aws:s3:::b/1/2/test/x",
            "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/a*"}},
    {{"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ListQueues"},
        {ARN("sqs", "queue1"), ARN("sqs", "queue1:z"), ARN_B("sqs", "red"),
            "*"}},
    {{"logs:PutLogEvents", "logs:GetLogEvents"},
        {ARN("logs", "log-group:/aws/red:log-stream:y"),
            ARN("logs", "log-group:dev"), ARN("logs", "log-group:dev:*")}},
    {{"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"},
        {"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v1:0",
            "arn:aws:bedrock:::foundation-model/amazon.nova-v1:0",
            ARN("bedrock", "inference-profile/us.anthropic.claude-v1:0")}},
    {{"kms:Decrypt", "kms:RetireGrant", "kms:Encrypt"},
        {ARN("kms", "key/k1"), ARN_B("kms", "key/k2"), ARN("kms", "alias/a"),
            ARN("kms", "key/red")}},
    {{"sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity",
         "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML"},
        {"arn:aws:iam::" ACCOUNT_A ":role/dev",
            "arn:aws:iam::" ACCOUNT_A ":role/team/target",
            "arn:aws:iam::" ACCOUNT_B ":role/target",
            "arn:aws:iam::" ACCOUNT_A ":user/alice"}},
    {{"sts:GetCallerIdentity", "sts:GetSessionToken",
         "dynamodb:DescribeEndpoints", "STS:getcalleridentity"},
        {"*", "arn:aws:iam::" ACCOUNT_A ":user/alice"}},
    {{"iam:GetUser", "iam:PassRole", "iam:ListUsers", "iam:CreateAccessKey"},
        {"arn:aws:iam::" ACCOUNT_A ":user/alice",
            "arn:aws:iam::" ACCOUNT_A ":role/dev",
            "arn:aws:iam::aws:policy/ReadOnly", "*"}},
    {{"dynamodb:GetItem", "dynamodb:Query", "DynamoDB:getitem"},
        {ARN("dynamodb", "table/t/index/i"), ARN_B("dynamodb", "table/red"),
            ARN("dynamodb", "table/alice")}},
    {{"ec2:RunInstances", "ec2:DescribeInstances", "ec2-instance-connect:Open"},
        {ARN("ec2", "instance/i-1"), "*", ARN_B("ec2", "instance/i-2")}},
};

static const char *pick_word(
    struct dice *dice, const char *const *words, size_t most)
{
    size_t count = 0;
    while (count < most && words[count])
        count++;
    return words[roll(dice, count)];
}

void words_target(struct scene *scene)
{
    const struct target *target = &PICK(&scene->dice, targets);
    words_copy(scene->action, sizeof(scene->action),
        pick_word(&scene->dice, target->actions, COUNT_OF(target->actions)));
    words_copy(scene->resource, sizeof(scene->resource),
        pick_word(
            &scene->dice, target->resources, COUNT_OF(target->resources)));
}

/* ---- Callers ------------------------------------------------------------- */

static const char *const services[] = {"cloudtrail.amazonaws.com",
    "delivery.logs.amazonaws.com", "s3.amazonaws.com",
    "s3.eu-west-1.amazonaws.com"};
static const char *const users[] = {"alice", "bob", "team/alice"};
static const char *const roles[] = {"dev", "ops", "team/dev"};

static const char *plain_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void role_session(struct scene *scene)
{
    const char *role = PICK(&scene->dice, roles);
    snprintf(scene->arn, sizeof(scene->arn),
        "arn:aws:sts::%s:assumed-role/%s/s%zu", scene->account,
        plain_name(role), roll(&scene->dice, 2));
    if (chance(&scene->dice, 70) || strchr(role, '/'))
        snprintf(scene->behind, sizeof(scene->behind),
            "arn:aws:iam::%s:role/%s", scene->account, role);
}

static void federated_user(struct scene *scene)
{
    const char *user = PICK(&scene->dice, users);
    snprintf(scene->arn, sizeof(scene->arn),
        "arn:aws:sts::%s:federated-user/%s", scene->account, plain_name(user));
    if (chance(&scene->dice, 60))
        snprintf(scene->behind, sizeof(scene->behind),
            "arn:aws:iam::%s:user/%s", scene->account, user);
}

void words_caller(struct scene *scene)
{
    static const caller_kind kinds[] = {CALLER_USER, CALLER_USER, CALLER_USER,
        CALLER_ROLE, CALLER_SESSION, CALLER_SESSION, CALLER_SESSION,
        CALLER_FEDERATED, CALLER_FEDERATED, CALLER_ROOT, CALLER_SERVICE,
        CALLER_ANONYMOUS};
    struct dice *dice = &scene->dice;
    scene->caller = PICK(dice, kinds);
    words_copy(scene->account, sizeof(scene->account),
        chance(dice, 75) ? ACCOUNT_A : ACCOUNT_B);
    switch (scene->caller) {
    case CALLER_USER:
        snprintf(scene->arn, sizeof(scene->arn), "arn:aws:iam::%s:user/%s",
            scene->account, PICK(dice, users));
        break;
    case CALLER_ROLE:
        snprintf(scene->arn, sizeof(scene->arn), "arn:aws:iam::%s:role/%s",
            scene->account, PICK(dice, roles));
        break;
    case CALLER_SESSION:
        role_session(scene);
        break;
    case CALLER_FEDERATED:
        federated_user(scene);
        break;
    case CALLER_ROOT:
        snprintf(scene->arn, sizeof(scene->arn), "arn:aws:iam::%s:root",
            scene->account);
        break;
    case CALLER_SERVICE:
        words_copy(scene->arn, sizeof(scene->arn), PICK(dice, services));
        scene->account[0] = '\0';
        break;
    case CALLER_ANONYMOUS:
        scene->account[0] = '\0';
        break;
    }
}

/* ---- Actions in policies ------------------------------------------------- */

static char turn_case(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return (char)(letter - 'a' + 'A');
    if (letter >= 'A' && letter <= 'Z')
        return (char)(letter - 'A' + 'a');
    return letter;
}

/* Where the character that holds byte `at` ends. */
static size_t character_end(const char *text, size_t at)
{
    do
        at++;
    while (((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

/* Put a wildcard over some of the text behind `from`. */
static void blur(struct dice *dice, char *text, size_t from)
{
    size_t len = strlen(text);
    if (from >= len)
        return;
    size_t at = from + roll(dice, len - from);
    while (((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    size_t end = character_end(text, at);
    /* Not inside a variable, where a wildcard is none. */
    const char *variable = strstr(text, "${");
    if (variable && at > (size_t)(variable - text))
        at = (size_t)(variable - text);
    switch (variable ? 0 : roll(dice, 4)) {
    case 0: /* the rest */
        end = len;
        break;
    case 1: /* one character */
        text[at] = '?';
        memmove(text + at + 1, text + end, len - end + 1);
        return;
    case 2: /* a piece */
        end = character_end(text, at + roll(dice, len - at));
        break;
    default: /* the beginning */
        end = at;
        at = from;
        break;
    }
    memmove(text + at + 1, text + end, len - end + 1);
    text[at] = '*';
}

static json_t *any_action(struct scene *scene)
{
    static const char *const broad[] = {"*", "*", "**", "*:*", "s*:*", "*:Get*",
        "s3:*", "iam:*", "sts:*", "kms:*", "sq?:*", "bedrock:Invoke*",
        "*s*:*e*", "nosuch:Action", "s3:Get Object", "ec2:*", "logs:*"};
    char text[128];
    struct dice *dice = &scene->dice;
    if (chance(dice, 40))
        return json_string(PICK(dice, broad));
    words_copy(text, sizeof(text), scene->action);
    if (chance(dice, 10))
        words_copy(text, sizeof(text),
            pick_word(dice, PICK(dice, targets).actions, 6));
    if (chance(dice, 15))
        for (char *at = text; *at; at++)
            *at = turn_case(*at);
    size_t name = (size_t)(strchr(text, ':') - text) + 1;
    if (chance(dice, 25))
        words_copy(text + name, sizeof(text) - name, "*");
    else if (chance(dice, 35))
        blur(dice, text, name);
    else if (chance(dice, 6))
        text[roll(dice, name - 1)] = '?';
    return json_string(text);
}

json_t *words_action(struct scene *scene, const char *kind)
{
    for (int tries = 0; tries < 20; tries++) {
        json_t *out = any_action(scene);
        const char *text = json_string_value(out);
        /* Those of RCPs begin with the prefix of a service (A.9). */
        if (strcmp(kind, "rcp") != 0 ||
            strcspn(text, "*?") > strcspn(text, ":"))
            return out;
        json_decref(out);
    }
    return json_string("s3:*");
}

/* ---- Resources in policies ----------------------------------------------- */

/* Replace one occurrence of the value of a key by the key's variable. */
static void weave_variable(struct scene *scene, char *text, size_t room)
{
    static const char *const keys[] = {"aws:username", "AWS:UserName",
        "aws:PrincipalTag/team", "aws:PrincipalAccount", "aws:RequestedRegion",
        "k:text"};
    const char *key = PICK(&scene->dice, keys);
    const char *value = json_string_value(scene_value(scene, key));
    const char *from = text + strlen("arn:aws:");
    const char *at = value && value[0] ? strstr(from, value) : NULL;
    if (!at || strstr(text, "${"))
        return;
    char out[512];
    snprintf(out, sizeof(out), "%.*s${%s%s}%s", (int)(at - text), text, key,
        chance(&scene->dice, 20) ? ", 'fall back'" : "", at + strlen(value));
    words_copy(text, room, out);
}

/* Make a variable that need not have a value, or is none, the end. */
static void append_variable(struct scene *scene, char *text, size_t room)
{
    static const char *const tails[] = {"${aws:username}", "${*}", "${?}",
        "${$}", "*${*}", "${aws:PrincipalTag/team, 'red'}",
        "${aws:PrincipalTag/team, ''}", "${aws:TagKeys}", "${aws:TagKeys, 'x'}",
        "${}", "${aws:user name}", "${aws:username", "${aws:username,'x'}",
        "${aws:username, x}", "${aws:username, 'x}", "$", "$x", "${k:text}*",
        "*${k:text}", "${aws:userid}", "${s3:max-keys}",
        "${aws:SecureTransport}"};
    char out[512];
    if (strstr(text, "${"))
        return;
    size_t keep = strlen(text);
    char *slash = strrchr(text, '/');
    if (slash && chance(&scene->dice, 60))
        keep = (size_t)(slash - text) + 1;
    snprintf(
        out, sizeof(out), "%.*s%s", (int)keep, text, PICK(&scene->dice, tails));
    words_copy(text, room, out);
}

/* Where field `index` of an ARN begins. */
static char *field(char *arn, size_t index)
{
    for (; index > 0; index--)
        arn = strchr(arn, ':') + 1;
    return arn;
}

/* One of the first fields becomes a wildcard, whole or in part. */
static void blur_field(struct dice *dice, char *arn)
{
    char *start = field(arn, 1 + roll(dice, 4));
    size_t len = strcspn(start, ":");
    size_t keep = len > 0 && chance(dice, 50) ? roll(dice, len) : 0;
    char rest[256];
    words_copy(rest, sizeof(rest), start + len);
    if (len > keep + 1 && chance(dice, 25)) {
        start[keep] = chance(dice, 50) ? '*' : '?';
        if (start[keep] == '*')
            memmove(start + keep + 1, start + len - 1, strlen(start + len) + 2);
        return;
    }
    start[keep] = '*';
    words_copy(start + keep + 1, 256, rest);
}

/* Fewer than six fields. */
static void shorten(struct dice *dice, char *arn)
{
    size_t fields = 3 + roll(dice, 3);
    char *end = field(arn, fields) - 1;
    *end = '\0';
    if (chance(dice, 30))
        words_copy(end, 8, chance(dice, 50) ? ":*" : "*");
}

static void mutate_arn(struct scene *scene, char *text, size_t room)
{
    struct dice *dice = &scene->dice;
    if (chance(dice, 30))
        blur(dice, text, (size_t)(field(text, 5) - text));
    if (chance(dice, 25))
        blur_field(dice, text);
    if (chance(dice, 12))
        weave_variable(scene, text, room);
    if (chance(dice, 8))
        append_variable(scene, text, room);
    else if (chance(dice, 8))
        shorten(dice, text);
}

/* A resource for a kind of policy that completes ARNs, or matches nothing by
 * those which lack fields. */
static json_t *any_resource(struct scene *scene)
{
    static const char *const broad[] = {"*", "*", "*", "**", "arn:*",
        "arn:aws:s3:::*", "arn:*:*:*:*:*", "arn:aws:sqs:*:queue1:z",
        "arn:aws:sqs:*:z", "arn:aws:iam::*:role/*", "arn:aws:*:*",
        "arn:aws:bedrock:*::foundation-model/*",
        "arn:aws:bedrock:us-*::foundation-model/*",
        "arn:aws:sqs:u*1:" ACCOUNT_A ":*", "arn:aws:s3:::b/*/test/*",
        "arn:aws:logs:*:*:log-group:*", "arn:aws:s3:*:b",
        "arn:aws:kms:*:${aws:PrincipalAccount}:key/*",
        "arn:aws:s3:::b/home/${aws:username}/*",
        "arn:aws:s3:::b/${aws:TagKeys, 'k'}", "arn:aws:s3:::logs/*/caf?",
        "arn:aws:s3", "arn:aws:sqs", "arn:aws:dynamodb:us-east-?:*"};
    char text[512];
    struct dice *dice = &scene->dice;
    if (chance(dice, 35))
        return json_string(PICK(dice, broad));
    words_copy(text, sizeof(text), scene->resource);
    if (chance(dice, 10))
        words_copy(text, sizeof(text),
            pick_word(dice, PICK(dice, targets).resources, 8));
    if (strcmp(text, "*") != 0 && chance(dice, 75))
        mutate_arn(scene, text, sizeof(text));
    return json_string(text);
}

static size_t field_count(const char *text)
{
    size_t count = 1;
    bool inside = false;
    for (; *text; text++) {
        inside = (inside && *text != '}') ||
                 (text[0] == '$' && text[1] == '{' && strchr(text, '}'));
        if (*text == ':' && !inside)
            count++;
    }
    return count;
}

/* A.7.2: session policies and RCPs with ARNs that lack fields are malformed,
 * SCPs if no wildcard ends the ARN. */
static bool is_stored(const char *kind, const char *text)
{
    size_t len = strlen(text);
    bool rest = strcmp(kind, "scp") == 0 && len > 0 && text[len - 1] == '*';
    bool strict = strcmp(kind, "session") == 0 || strcmp(kind, "rcp") == 0 ||
                  strcmp(kind, "scp") == 0;
    return !strict || text[0] == '*' || rest || field_count(text) >= 6;
}

json_t *words_resource(struct scene *scene, const char *kind)
{
    for (int tries = 0; tries < 20; tries++) {
        json_t *out = any_resource(scene);
        if (is_stored(kind, json_string_value(out)))
            return out;
        json_decref(out);
    }
    return json_string("*");
}

/* ---- Principals in policies ---------------------------------------------- */

static json_t *root_of(const char *account)
{
    return json_sprintf("arn:aws:iam::%s:root", account);
}

/* A value that names the caller in one of its forms. */
static json_t *own_principal(struct scene *scene)
{
    const char *id = json_string_value(scene_value(scene, "aws:userid"));
    switch (roll(&scene->dice, 8)) {
    case 0:
        return json_string(scene->account);
    case 1:
        return root_of(scene->account);
    case 2:
    case 3:
        if (scene->behind[0])
            return json_string(scene->behind);
        break;
    case 4:
        if (id && (strncmp(id, "AIDA", 4) == 0 || strncmp(id, "AROA", 4) == 0))
            return json_sprintf("%.*s", (int)strcspn(id, ":"), id);
        break;
    default:
        break;
    }
    return json_string(scene->arn);
}

json_t *words_aws(struct scene *scene)
{
    static const char *const others[] = {ACCOUNT_A, ACCOUNT_B,
        "arn:aws:iam::" ACCOUNT_A ":root", "arn:aws:iam::" ACCOUNT_B ":root",
        "arn:aws:iam::" ACCOUNT_A ":user/alice",
        "arn:aws:iam::" ACCOUNT_A ":user/team/alice",
        "arn:aws:iam::" ACCOUNT_A ":user/*",
        "arn:aws:iam::" ACCOUNT_A ":role/*",
        "arn:aws:iam::" ACCOUNT_A ":role/dev",
        "arn:aws:iam::" ACCOUNT_A ":role/team/dev",
        "arn:aws:sts::" ACCOUNT_A ":assumed-role/dev/s1",
        "arn:aws:sts::" ACCOUNT_A ":assumed-role/dev/*",
        "arn:aws:sts::" ACCOUNT_A ":federated-user/alice",
        "AIDAEXAMPLEALICE00001", "AROAEXAMPLEDEV0000001", "*"};
    if (scene->account[0] && chance(&scene->dice, 65))
        return own_principal(scene);
    return json_string(PICK(&scene->dice, others));
}

static json_t *aws_values(struct scene *scene)
{
    if (chance(&scene->dice, 55))
        return words_aws(scene);
    json_t *list = json_array();
    for (size_t count = roll(&scene->dice, 4); count > 0; count--)
        json_array_append_new(list, words_aws(scene));
    return list;
}

static void add_service(struct scene *scene, json_t *out)
{
    if (scene->caller == CALLER_SERVICE && chance(&scene->dice, 70))
        json_object_set_new(out, "Service", json_string(scene->arn));
    else
        json_object_set_new(
            out, "Service", json_string(PICK(&scene->dice, services)));
}

json_t *words_principal(struct scene *scene)
{
    struct dice *dice = &scene->dice;
    if (chance(dice, 22))
        return json_string("*");
    json_t *out = json_object();
    bool service = scene->caller == CALLER_SERVICE;
    if (chance(dice, service ? 40 : 90))
        json_object_set_new(out, "AWS", aws_values(scene));
    if (chance(dice, service ? 80 : 12))
        add_service(scene, out);
    if (chance(dice, 5))
        json_object_set_new(out, "Federated",
            json_string(chance(dice, 70) ? "accounts.google.com"
                                         : "graph.facebook.com"));
    if (chance(dice, 2))
        json_object_set_new(out, "CanonicalUser",
            json_string("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d52"
                        "18e7cd47ef2be"));
    return out;
}
