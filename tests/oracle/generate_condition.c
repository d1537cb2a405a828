/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts, and conditions on them. */
#include "generate_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum shape {
    TEXTS,
    NUMBERS,
    DATES,
    BOOLS,
    BYTES,
    ADDRESSES,
    ARNS
};

struct key {
    const char *name;
    enum shape shape;
    bool many;
};

static const struct key keys[] = {
    {"aws:PrincipalTag/team", TEXTS, false},
    {"aws:ResourceTag/env", TEXTS, false},
    {"aws:RequestedRegion", TEXTS, false},
    {"aws:PrincipalOrgID", TEXTS, false},
    {"aws:SourceVpce", TEXTS, false},
    {"s3:prefix", TEXTS, false},
    {"k:text", TEXTS, false},
    {"aws:username", TEXTS, false},
    {"aws:userid", TEXTS, false},
    {"aws:PrincipalAccount", TEXTS, false},
    {"aws:PrincipalType", TEXTS, false},
    {"aws:PrincipalServiceName", TEXTS, false},
    {"aws:ResourceAccount", TEXTS, false},
    {"aws:FederatedProvider", TEXTS, false},
    {"aws:TagKeys", TEXTS, true},
    {"aws:PrincipalOrgPaths", TEXTS, true},
    {"s3:max-keys", NUMBERS, false},
    {"aws:MultiFactorAuthAge", NUMBERS, false},
    {"k:sizes", NUMBERS, true},
    {"aws:CurrentTime", DATES, false},
    {"aws:TokenIssueTime", DATES, false},
    {"aws:EpochTime", DATES, false},
    {"k:times", DATES, true},
    {"aws:SecureTransport", BOOLS, false},
    {"aws:MultiFactorAuthPresent", BOOLS, false},
    {"aws:ViaAWSService", BOOLS, false},
    {"aws:PrincipalIsAWSService", BOOLS, false},
    {"k:switches", BOOLS, true},
    {"k:blob", BYTES, false},
    {"k:blobs", BYTES, true},
    {"aws:SourceIp", ADDRESSES, false},
    {"aws:VpcSourceIp", ADDRESSES, false},
    {"k:addresses", ADDRESSES, true},
    {"aws:SourceArn", ARNS, false},
    {"aws:PrincipalArn", ARNS, false},
    {"k:arns", ARNS, true},
};

static const char *const texts[] = {"red", "blue", "Red", "", "alice", "bob",
    "home/alice/", "home/", "us-east-1", "eu-west-1", "o-a", "vpce-1", "a", "b",
    "a*", "a?", "abc", "${aws:username}", ACCOUNT_A, "User", "AssumedRole",
    "caf\xc3\xa9", "CAF\xc3\x89", "with space", "accounts.google.com", "10.5",
    "true"};
static const char *const numbers[] = {"5", "10", "5", "10", "11", "3600", "7",
    "10.0", "10.5", "9", "-1", "+10", "010", "0", "-0", "0.50", "abc", "",
    "1e3", " 5", "10.", ".5", "-", "99999999999999999999999999",
    "99999999999999999999999998.9", "10.000000000000000000000001", "3600",
    "1600000000"};
static const char *const dates[] = {"2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2020-02-01", "2020-03",
    "2019-06-01", "1600000000", "1500000000", "2020-01-01T00:00:01Z",
    "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00.5Z",
    "2020-01-01T00:00:00.50Z", "2020-01-01T00:00Z", "2020-01-01", "2020-01",
    "2020", "1577836800", "1577836801", "2020-02-30", "2020-02-29",
    "2019-02-29", "2020-13-01", "2020-01-01T00:00:00", "2019-12-31T23:59:59Z",
    "2019-12-31T23:30:00-00:30", "2021-06-01T12:00:00Z", "", "yesterday",
    "2020-01-01T24:00:00Z", "2020-1-1", "1969-12-31T23:59:59Z",
    "2020-01-01T00:00:00+0100", "2020-01-01t00:00:00z", "0"};
static const char *const bools[] = {
    "true", "false", "true", "false", "True", "FALSE", "yes", "0", ""};
static const char *const bytes[] = {"QmluYXJ5", "QmluYXJx", "QQ==", "QUI=", "",
    "QQ", "Q*==", "====", "QmluYXJ5"};
static const char *const addresses[] = {"203.0.113.9", "203.0.113.200",
    "198.51.100.1", "2001:db8::1", "2001:DB8:0:0::1", "2001:db8:1::2",
    "::ffff:203.0.113.9", "::1", "10.0.0.4", "not-an-ip", "203.0.113", "",
    "010.0.0.1", "fe80::1%eth0", "::ffff:cb00:7109", "256.1.1.1", "2001:dbg::1",
    "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::", "::2:3:4:5:6:1.2.3.4", "0:2:3:4:5:6:102:304"};
static const char *const blocks[] = {"203.0.113.0/24", "203.0.113.7/24",
    "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:DB8:0:0::1", "203.0.113.9",
    "198.51.100.0/25", "::ffff:0:0/96", "::ffff:203.0.113.0/120", "10.0.0.0/8",
    "203.0.113.0/33", "2001:db8::/129", "203.0.113.0/", "*", "203.0.113.*",
    "${aws:VpcSourceIp}", "203.0.113.0/255.255.255.0", "10.0.0.4/31",
    "2001:db8::1/127", "1:2:3:4:5:6:7:8", "1:2:3:4::/64", "::2:3:4:5:6:1.2.3.4",
    "1::2::3", ":::", "198.51.100.1/0"};
static const char *const arns[] = {"arn:aws:iam::" ACCOUNT_A ":user/alice",
    "arn:aws:iam::" ACCOUNT_A ":role/dev",
    "arn:aws:iam::" ACCOUNT_A ":role/team/dev",
    "arn:aws:sns:us-east-1:" ACCOUNT_A ":Topic",
    "arn:aws:sns:us-east-1:" ACCOUNT_B ":Topic", "notanarn", "",
    "arn:aws:logs:us-east-1:" ACCOUNT_A ":log-group:/a:*",
    "arn:aws:iam::" ACCOUNT_A ":user/x:root", "arn:aws:s3:::b"};
static const char *const arn_patterns[] = {"arn:aws:iam::*:user/*",
    "arn:aws:iam::*:role/dev", "arn:aws:iam::" ACCOUNT_A ":role/*",
    "arn:aws:iam::*:root", "arn:aws:sns:*:T*", "arn:aws:sns:*:*:T*",
    "arn:aws:sns:us-*:" ACCOUNT_A ":T?pic", "*", "arn:*:*:*:*:*", "arn:*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/dev",
    "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
    "arn:aws:iam::*:user/${aws:username, 'alice'}",
    "arn:aws:logs:us-east-1:*:log-group:*", "arn:aws:logs:*:log-group:*",
    "arn:aws:s3:::${k:text}*"};
static const char *const text_patterns[] = {"*", "r*", "a*", "?*", "*e*",
    "home/*", "home/${aws:username}/", "${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team, 'red'}", "${k:text}", "${*}", "a${*}", "a${?}",
    "${$}{aws:username}", "${aws:TagKeys}", "${aws:TagKeys, 'red'}", "${}",
    "${aws:user name}", "${aws:username", "caf?", "*${k:text}*", "??",
    "${AWS:username}", "", "${aws:SecureTransport}", "${s3:max-keys}",
    "o-*/r-a/*", "${aws:PrincipalAccount}", "a**",
    "${aws:ResourceTag/env, ''}"};

/* A value of the shape, as a request would have it. */
static const char *any_value(struct dice *dice, enum shape shape)
{
    switch (shape) {
    case TEXTS:
        return PICK(dice, texts);
    case NUMBERS:
        return PICK(dice, numbers);
    case DATES:
        return PICK(dice, dates);
    case BOOLS:
        return PICK(dice, bools);
    case BYTES:
        return PICK(dice, bytes);
    case ADDRESSES:
        return PICK(dice, addresses);
    case ARNS:
        return PICK(dice, arns);
    }
    return "";
}

/* ---- The context --------------------------------------------------------- */

/* Numbers and booleans need not be strings. */
static json_t *as_json(struct dice *dice, enum shape shape, const char *text)
{
    static const double halves[] = {0.5, 10.5, -2.25};
    if (shape == NUMBERS && chance(dice, 10))
        return json_real(PICK(dice, halves));
    if (shape == NUMBERS && chance(dice, 20))
        return json_integer((json_int_t)roll(dice, 12));
    if (shape == BOOLS && chance(dice, 30))
        return json_boolean(chance(dice, 50));
    return json_string(text);
}

static json_t *context_value(struct scene *scene, const struct key *key)
{
    struct dice *dice = &scene->dice;
    bool many = chance(dice, 8) ? !key->many : key->many;
    if (!many)
        return as_json(dice, key->shape, any_value(dice, key->shape));
    json_t *list = json_array();
    for (size_t count = roll(dice, 4); count > 0; count--) {
        const char *text = any_value(dice, key->shape);
        json_array_append_new(list, as_json(dice, key->shape, text));
    }
    return list;
}

static void context_identity(struct scene *scene)
{
    json_t *context = scene->context;
    struct dice *dice = &scene->dice;
    if (scene->caller == CALLER_USER && chance(dice, 30))
        json_object_set_new(
            context, "aws:userid", json_string("AIDAEXAMPLEALICE00001"));
    if (scene->caller == CALLER_SESSION && chance(dice, 30))
        json_object_set_new(
            context, "aws:userid", json_string("AROAEXAMPLEDEV0000001:s1"));
    if (chance(dice, 8))
        json_object_set_new(context, "aws:FederatedProvider",
            json_string("accounts.google.com"));
}

static bool is_derived(const char *name)
{
    static const char *const names[] = {"aws:PrincipalArn",
        "aws:PrincipalAccount", "aws:PrincipalType", "aws:username",
        "aws:userid", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName",
        "aws:ViaAWSService", "aws:ResourceAccount"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Another spelling of the same name now and then. */
static void spell(struct dice *dice, const char *name, char *out, size_t room)
{
    words_copy(out, room, name);
    if (!chance(dice, 10))
        return;
    for (char *at = out; *at; at++)
        if (*at >= 'a' && *at <= 'z' && chance(dice, 50))
            *at = (char)(*at - 'a' + 'A');
}

void condition_context(struct scene *scene)
{
    struct dice *dice = &scene->dice;
    context_identity(scene);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        unsigned likely = is_derived(keys[i].name) ? 4 : 35;
        char name[64];
        spell(dice, keys[i].name, name, sizeof(name));
        if (!json_object_get(scene->context, keys[i].name) &&
            chance(dice, likely))
            json_object_set_new(
                scene->context, name, context_value(scene, &keys[i]));
    }
}

static bool same_name(const char *one, const char *other)
{
    for (; *one && *other; one++, other++) {
        int a = *one >= 'A' && *one <= 'Z' ? *one + 32 : *one;
        int b = *other >= 'A' && *other <= 'Z' ? *other + 32 : *other;
        if (a != b)
            return false;
    }
    return *one == *other;
}

/* The member whose name is the same but for letter case. */
static json_t *member(json_t *object, const char *name)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (same_name(key, name))
            return value;
    }
    return NULL;
}

const json_t *scene_value(const struct scene *scene, const char *key)
{
    return member(scene->context, key);
}

/* ---- Operators ----------------------------------------------------------- */

static const char *const text_operators[] = {"StringEquals", "StringNotEquals",
    "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike", "StringLike", "StringNotLike"};
static const char *const number_operators[] = {"NumericEquals",
    "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
    "NumericGreaterThan", "NumericGreaterThanEquals"};
static const char *const date_operators[] = {"DateEquals", "DateNotEquals",
    "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
    "DateGreaterThanEquals"};
static const char *const address_operators[] = {"IpAddress", "NotIpAddress"};
static const char *const arn_operators[] = {
    "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"};

static const char *pick_operator(struct dice *dice, enum shape shape)
{
    switch (shape) {
    case TEXTS:
        return PICK(dice, text_operators);
    case NUMBERS:
        return PICK(dice, number_operators);
    case DATES:
        return PICK(dice, date_operators);
    case BOOLS:
        return "Bool";
    case BYTES:
        return "BinaryEquals";
    case ADDRESSES:
        return PICK(dice, address_operators);
    case ARNS:
        return PICK(dice, arn_operators);
    }
    return "";
}

static const char *pattern_value(struct dice *dice, enum shape shape)
{
    if (shape == TEXTS)
        return PICK(dice, text_patterns);
    if (shape == ADDRESSES)
        return PICK(dice, blocks);
    if (shape == ARNS)
        return PICK(dice, arn_patterns);
    if (shape == BOOLS)
        return chance(dice, 20) ? "${aws:SecureTransport}" : "true";
    return any_value(dice, shape);
}

/* What follows from the caller for a key that the request does not set. */
static const char *derived_text(const struct scene *scene, const char *name)
{
    static const char *const types[] = {"User", "AssumedRole", "AssumedRole",
        "FederatedUser", "Account", NULL, "Anonymous"};
    const char *slash = strrchr(scene->arn, '/');
    bool anonymous = scene->caller == CALLER_ANONYMOUS;
    if (strcmp(name, "aws:PrincipalArn") == 0)
        return scene->behind[0] ? scene->behind : scene->arn;
    if (strcmp(name, "aws:PrincipalAccount") == 0)
        return anonymous ? "anonymous" : scene->account;
    if (strcmp(name, "aws:PrincipalType") == 0)
        return types[scene->caller];
    if (strcmp(name, "aws:username") == 0)
        return slash ? slash + 1 : NULL;
    if (strcmp(name, "aws:userid") == 0)
        return anonymous ? "anonymous" : scene->account;
    if (strcmp(name, "aws:PrincipalServiceName") == 0)
        return scene->arn;
    if (strcmp(name, "aws:ResourceAccount") == 0)
        return ACCOUNT_A;
    return NULL;
}

/* The request's own value, so that the condition holds. */
static json_t *hitting_value(struct scene *scene, const char *name)
{
    const json_t *value = scene_value(scene, name);
    size_t count = json_array_size(value);
    if (count > 0)
        value = json_array_get(value, roll(&scene->dice, count));
    else if (json_is_array(value))
        return NULL;
    const char *text = value ? NULL : derived_text(scene, name);
    if (text && scene->caller == CALLER_FEDERATED &&
        strcmp(name, "aws:userid") == 0)
        return json_sprintf("%s:%s", text, strrchr(scene->arn, '/') + 1);
    if (text)
        return json_string(text);
    return value ? json_deep_copy(value) : NULL;
}

static json_t *policy_value(
    struct scene *scene, enum shape shape, const char *name)
{
    struct dice *dice = &scene->dice;
    if (chance(dice, 45)) {
        json_t *value = hitting_value(scene, name);
        if (value)
            return value;
    }
    const char *text =
        chance(dice, 50) ? pattern_value(dice, shape) : any_value(dice, shape);
    return as_json(dice, shape, text);
}

static json_t *policy_values(
    struct scene *scene, enum shape shape, const char *name)
{
    struct dice *dice = &scene->dice;
    if (chance(dice, 55))
        return policy_value(scene, shape, name);
    json_t *list = json_array();
    size_t count = chance(dice, 6) ? 0 : 1 + roll(dice, 3);
    for (; count > 0; count--)
        json_array_append_new(list, policy_value(scene, shape, name));
    return list;
}

static json_t *null_values(struct dice *dice)
{
    if (chance(dice, 30))
        return json_boolean(chance(dice, 50));
    if (chance(dice, 5))
        return json_pack("[ss]", "true", "false");
    return json_string(chance(dice, 50) ? "true" : "false");
}

/* ---- Blocks -------------------------------------------------------------- */

/* [set operator] base [IfExists]. */
static void write_operator(
    struct dice *dice, const char *base, bool many, char *out, size_t room)
{
    const char *set = "";
    if (chance(dice, many ? 85 : 8))
        set = chance(dice, 50) ? "ForAllValues:" : "ForAnyValue:";
    bool null = strcmp(base, "Null") == 0;
    if (null && !chance(dice, 15))
        set = "";
    snprintf(out, room, "%s%s%s", set, base,
        !null && chance(dice, 22) ? "IfExists" : "");
    if (chance(dice, 2))
        for (char *at = out; *at; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at = (char)(*at - 'A' + 'a');
}

/* What the operator compares; mostly what the key holds. */
static enum shape operator_shape(struct dice *dice, const struct key *key)
{
    static const enum shape others[] = {TEXTS, ARNS, ADDRESSES, BOOLS, BYTES};
    if (strcmp(key->name, "aws:EpochTime") == 0 && chance(dice, 40))
        return NUMBERS;
    if (!chance(dice, 8))
        return key->shape;
    enum shape other = PICK(dice, others);
    /* Some IPv6 addresses have six parts, and are no ARNs for all that. */
    return other == ARNS && key->shape == ADDRESSES ? TEXTS : other;
}

static void add_condition(struct scene *scene, json_t *block)
{
    struct dice *dice = &scene->dice;
    const struct key *key = &PICK(dice, keys);
    if (!scene_value(scene, key->name) && chance(dice, 65))
        key = &PICK(dice, keys);
    enum shape shape = operator_shape(dice, key);
    bool null = chance(dice, 7);
    char operator[64];
    char name[64];
    write_operator(dice, null ? "Null" : pick_operator(dice, shape),
        key->many, operator, sizeof(operator));
    spell(dice, key->name, name, sizeof(name));
    json_t *values =
        null ? null_values(dice) : policy_values(scene, shape, key->name);
    json_t *members = member(block, operator);
    if (!members) {
        members = json_object();
        json_object_set_new(block, operator, members);
    }
    if (member(members, name) || chance(dice, 2))
        json_decref(values);
    else
        json_object_set_new(members, name, values);
}

json_t *condition_block(struct scene *scene, size_t most)
{
    json_t *block = json_object();
    for (size_t count = roll(&scene->dice, most + 1); count > 0; count--)
        add_condition(scene, block);
    return block;
}
