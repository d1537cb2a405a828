/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile.c - huge, deep, broken and lying input: always an answer or a clear
 * error, never an allow by accident.
 *
 * Nothing is timed here; a program that hangs is stopped by ctest.  The curves
 * of time and memory are in docs/limits.md.
 */
#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t checks, faults;

static void expect(bool holds, const char *about, const char *what)
{
    checks++;
    if (holds)
        return;
    faults++;
    fprintf(stderr, "%s: %s\n", about, what);
}

#define LITERAL(text)            \
    {                            \
        (text), sizeof(text) - 1 \
    }

/* ---- Large and deep ------------------------------------------------------ */

static bool swallow(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return true;
}

static void expect_reasons(
    const shape *s, const iam_stack *stack, const iam_request *request)
{
    iam_decision *decision;
    size_t printed = 0;

    if (iam_stack_decide(stack, request, NULL, &decision, NULL) != IAM_OK) {
        expect(false, s->name, "cannot be explained");
        return;
    }
    expect(iam_decision_outcome(decision) == s->outcome, s->name,
        "explained with another outcome");
    expect(iam_decision_print(decision, NULL, swallow, &printed) == IAM_OK &&
               printed > 0,
        s->name, "the decision cannot be printed");
    iam_decision_free(decision);
}

static void expect_answers(const shape *s, iam_policy *policy)
{
    const iam_stack_entry entry = {policy, NULL, 0, 0};
    iam_request *request = shape_request(s, s->size);
    iam_stack *stack = NULL;

    expect(request != NULL, s->name, "the request cannot be made");
    expect(iam_stack_new(&entry, 1, NULL, &stack, NULL) == IAM_OK, s->name,
        "the stack cannot be made");
    expect(iam_stack_check(stack, request) == s->outcome, s->name,
        "wrong outcome");
    expect_reasons(s, stack, request);
    iam_stack_free(stack);
    iam_request_free(request);
}

static void test_shape(const shape *s)
{
    iam_policy *policy = NULL;
    iam_error error = {IAM_OK, 0, 0, 0, 0, {0}, {0}};
    buffer text = {0};
    iam_status status;

    s->policy(&text, s->size);
    status =
        iam_policy_compile(s->kind, text.ptr, text.len, NULL, &policy, &error);
    expect(status == s->status, s->name, iam_status_name(status));
    expect(status != IAM_OK || policy != NULL, s->name, "no policy");
    expect(status == IAM_OK || (policy == NULL && error.message[0] != 0),
        s->name, "no message");
    if (status == IAM_OK)
        expect_answers(s, policy);
    iam_policy_free(policy);
    buffer_free(&text);
}

/* ---- Limits -------------------------------------------------------------- */

static iam_status compile_limited(const char *text, const iam_options *options)
{
    iam_policy *policy;
    iam_status status = iam_policy_compile(
        IAM_IDENTITY_POLICY, text, IAM_NTS, options, &policy, NULL);

    expect((policy == NULL) == (status != IAM_OK), text, "out is not NULL");
    iam_policy_free(policy);
    return status;
}

/* Each limit holds exactly: the document just fits, or is one too large. */
static void test_limits(void)
{
    static const char text[] =
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
        "\"Resource\":[\"*\"]}]}";
    iam_options options = IAM_OPTIONS_INIT;

    options.max_text = sizeof(text) - 1;
    expect(compile_limited(text, &options) == IAM_OK, "max_text", "refused");
    options.max_text--;
    expect(
        compile_limited(text, &options) == IAM_ELIMIT, "max_text", "ignored");
    options.max_text = 0;
    options.max_depth = 4;
    expect(compile_limited(text, &options) == IAM_OK, "max_depth", "refused");
    options.max_depth--;
    expect(
        compile_limited(text, &options) == IAM_ELIMIT, "max_depth", "ignored");
    options.max_depth = 0;
    options.max_values = 7;
    expect(compile_limited(text, &options) == IAM_OK, "max_values", "refused");
    options.max_values--;
    expect(
        compile_limited(text, &options) == IAM_ELIMIT, "max_values", "ignored");
}

/* A limit that the caller raised leads to an error, not to a crash. */
static void test_raised_depth(void)
{
    iam_options options = IAM_OPTIONS_INIT;
    buffer text = {0};
    iam_status status;

    options.max_depth = (size_t)1 << 30;
    buffer_repeat(&text, "[", 1000000);
    status = compile_limited(text.ptr, &options);
    expect(status == IAM_ELIMIT || status == IAM_EJSON, "a million brackets",
        iam_status_name(status));
    buffer_free(&text);
}

/* The levels between are missing, so nothing is allowed, whatever the top. */
static void test_levels(void)
{
    static const char all[] =
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
        "\"Resource\":\"*\"}}";
    iam_policy *policies[2] = {NULL, NULL};
    iam_stack_entry entries[2] = {{0}};
    iam_stack *stack = NULL;
    iam_request *request = shape_request(&shapes[1], 0);
    iam_status status;

    expect(iam_policy_compile(IAM_IDENTITY_POLICY, all, IAM_NTS, NULL,
               &policies[0], NULL) == IAM_OK,
        "levels", "does not compile");
    expect(iam_policy_compile(IAM_SERVICE_CONTROL_POLICY, all, IAM_NTS, NULL,
               &policies[1], NULL) == IAM_OK,
        "levels", "does not compile");
    entries[0].policy = policies[0];
    entries[1].policy = policies[1];
    status = iam_stack_new(entries, 2, NULL, &stack, NULL);
    expect(status == IAM_OK && iam_stack_check(stack, request) == IAM_ALLOW,
        "levels", "one level that allows does not allow");
    iam_stack_free(stack);
    entries[1].level = UINT32_MAX;
    stack = NULL;
    status = iam_stack_new(entries, 2, NULL, &stack, NULL);
    expect(status == IAM_OK || (status == IAM_EINVAL && !stack), "levels",
        iam_status_name(status));
    expect(iam_stack_check(stack, request) != IAM_ALLOW, "levels", "allowed");
    iam_stack_free(stack);
    iam_policy_free(policies[0]);
    iam_policy_free(policies[1]);
    iam_request_free(request);
}

/* ---- Broken text in every string of a request ---------------------------- */

typedef iam_status (*setter)(
    iam_request *r, const char *text, size_t len, iam_error *err);

static iam_status set_key(
    iam_request *r, const char *text, size_t len, iam_error *err)
{
    return iam_request_set_value(r, text, len, "v", 1, err);
}

static iam_status set_value(
    iam_request *r, const char *text, size_t len, iam_error *err)
{
    return iam_request_set_value(r, "x:name", IAM_NTS, text, len, err);
}

static iam_status set_values(
    iam_request *r, const char *text, size_t len, iam_error *err)
{
    const iam_text values[] = {{"needle", 6}, {text, len}};

    return iam_request_set_values(r, "x:name", IAM_NTS, values, 2, err);
}

/* What a changed text does to the answer. */
typedef enum effect {
    DENIES, /* the request is not allowed any more */
    NOTHING,
    EITHER,
    OTHER_CALLER /* is denied from the start */
} effect;

/* Roles and users belong to other callers than the usual one. */
static iam_status set_role(
    iam_request *r, const char *text, size_t len, iam_error *err)
{
    if (iam_request_set_principal(r,
            "arn:aws:sts::111122223333:assumed-role/dev/ann", IAM_NTS,
            NULL) != IAM_OK)
        return IAM_ENOMEM;
    return iam_request_set_role(r, text, len, err);
}

static iam_status set_user(
    iam_request *r, const char *text, size_t len, iam_error *err)
{
    if (iam_request_set_principal(r,
            "arn:aws:sts::111122223333:federated-user/bob", IAM_NTS,
            NULL) != IAM_OK)
        return IAM_ENOMEM;
    return iam_request_set_user(r, text, len, err);
}

/* What each string is in the request that is allowed. */
static const struct {
    const char *name;
    setter set;
    const char *good;
    effect changed;
} strings[] = {
    {"principal", iam_request_set_principal,
        "arn:aws:iam::111122223333:user/ann", DENIES},
    {"service", iam_request_set_service, "logs.amazonaws.com", DENIES},
    {"role", set_role, "arn:aws:iam::111122223333:role/dev", OTHER_CALLER},
    {"user", set_user, "arn:aws:iam::111122223333:user/bob", OTHER_CALLER},
    {"action", iam_request_set_action, "s3:GetObject", DENIES},
    {"resource", iam_request_set_resource, "arn:aws:s3:::bucket/key", DENIES},
    {"resource account", iam_request_set_resource_account, "111122223333",
        NOTHING},
    {"resource policy name", iam_request_set_resource_policy_name, "policy",
        NOTHING},
    {"key", set_key, "x:other", NOTHING},
    {"value", set_value, "needle", DENIES},
    {"values", set_values, "needle", EITHER},
};

static const struct {
    const char *name;
    iam_text bytes;
} broken[] = {
    {"a lone byte", LITERAL("\xff")},
    {"a lone continuation", LITERAL("\x80")},
    {"a cut character", LITERAL("\xe2\x82")},
    {"an overlong NUL", LITERAL("\xc0\x80")},
    {"an overlong slash", LITERAL("\xe0\x80\xaf")},
    {"a surrogate", LITERAL("\xed\xa0\x80")},
    {"beyond Unicode", LITERAL("\xf4\x90\x80\x80")},
};

/* Allows the request of shape_request() with x:name, and nothing near it. */
static iam_policy *gate_new(void)
{
    static const char text[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
        "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::bucket/key\","
        "\"Condition\":{\"StringEquals\":{\"x:name\":\"needle\","
        "\"aws:username\":\"ann\"}}}}";
    iam_policy *policy;

    if (iam_policy_compile(
            IAM_IDENTITY_POLICY, text, IAM_NTS, NULL, &policy, NULL) != IAM_OK)
        exit(EXIT_FAILURE);
    return policy;
}

static iam_request *good_request(void)
{
    iam_request *r = shape_request(&shapes[0], 0);

    if (!r || iam_request_set_value(
                  r, "x:name", IAM_NTS, "needle", IAM_NTS, NULL) != IAM_OK)
        exit(EXIT_FAILURE);
    return r;
}

/* The good text with `bytes` put into it at `at`. */
static buffer spoiled(const char *good, size_t at, iam_text bytes)
{
    buffer b = {0};

    buffer_add(&b, good, at);
    buffer_add(&b, bytes.ptr, bytes.len);
    buffer_text(&b, good + at);
    return b;
}

static void spoil_request(const iam_policy *gate, size_t string, size_t piece)
{
    const char *good = strings[string].good;
    const size_t places[] = {0, strlen(good) / 2, strlen(good)};

    for (size_t i = 0; i < 3; i++) {
        buffer b = spoiled(good, places[i], broken[piece].bytes);
        iam_request *r = good_request();
        iam_error error = {IAM_OK, 0, 0, 0, 0, {0}, {0}};

        expect(strings[string].set(r, b.ptr, b.len, &error) == IAM_EINVAL,
            strings[string].name, broken[piece].name);
        expect(error.status == IAM_EINVAL && error.message[0] != 0,
            strings[string].name, "no message");
        expect((iam_policy_check(gate, r) == IAM_ALLOW) !=
                   (strings[string].changed == OTHER_CALLER),
            strings[string].name, "a refused text changed the request");
        iam_request_free(r);
        buffer_free(&b);
    }
}

/* A NUL is a character like any other, so the text is not what it seems. */
static void nul_in_request(const iam_policy *gate, size_t string)
{
    static const iam_text nul = LITERAL("\0");
    const char *good = strings[string].good;
    buffer b = spoiled(good, strlen(good), nul);
    iam_request *r = good_request();
    iam_status status = strings[string].set(r, b.ptr, b.len, NULL);
    bool denies;

    expect(status == IAM_OK || status == IAM_EINVAL, strings[string].name,
        "a NUL gives another status");
    denies = status == IAM_OK && strings[string].changed == DENIES;
    expect(strings[string].changed >= EITHER ||
               denies != (iam_policy_check(gate, r) == IAM_ALLOW),
        strings[string].name, "a NUL ends the text, or changes another");
    iam_request_free(r);
    buffer_free(&b);
}

static void test_request_text(void)
{
    iam_policy *gate = gate_new();

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        iam_request *r = good_request();

        expect(strings[i].set(r, strings[i].good, IAM_NTS, NULL) == IAM_OK,
            strings[i].name, "refuses a good text");
        iam_request_free(r);
        for (size_t j = 0; j < sizeof(broken) / sizeof(broken[0]); j++)
            spoil_request(gate, i, j);
        nul_in_request(gate, i);
    }
    iam_policy_free(gate);
}

/* ---- Broken text in every string of a policy ----------------------------- */

/* @ stands where the bytes go. */
static const char *const templates[] = {
    "{\"Version\":\"2012-10-17@\",\"Statement\":[]}",
    "{\"Id\":\"@\",\"Statement\":[]}",
    "{\"@\":1,\"Statement\":[]}",
    "{\"Statement\":{\"Sid\":\"S@\",\"Effect\":\"Allow\",\"Action\":\"*\","
    "\"Resource\":\"*\"}}",
    "{\"Statement\":{\"Effect\":\"Allow@\",\"Action\":\"*\",\"Resource\":\"*\"}"
    "}",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject@\","
    "\"Resource\":\"*\"}}",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
    "\"arn:aws:s3:::bucket/key@\"}}",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals@\":{\"x:name\":\"needle\"}}}}",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals\":{\"x:name@\":\"needle\"}}}}",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals\":{\"x:name\":\"needle@\"}}}}",
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\""
    ":\"*\",\"Resource\":\"arn:aws:s3:::${x:na@me, 'bucket'}/key\"}}",
    "@",
    "{\"Statement\":[]}@",
};

/* From here on a NUL in place of @ leaves no policy that may allow. */
enum {
    FIRST_DECIDING = 4,
    LAST_DECIDING = 9
};

static iam_status compile_spoiled(
    const char *template, iam_text bytes, iam_policy **out)
{
    const char *mark = strchr(template, '@');
    buffer b = {0};
    iam_status status;

    buffer_add(&b, template, (size_t)(mark - template));
    buffer_add(&b, bytes.ptr, bytes.len);
    buffer_text(&b, mark + 1);
    *out = NULL;
    status =
        iam_policy_compile(IAM_IDENTITY_POLICY, b.ptr, b.len, NULL, out, NULL);
    buffer_free(&b);
    return status;
}

static void test_policy_text(void)
{
    static const iam_text nul = LITERAL("\0");
    static const iam_text escaped = LITERAL("\\u0000");
    iam_request *request = good_request();

    for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
        iam_policy *policy;
        iam_status status;

        for (size_t j = 0; j < sizeof(broken) / sizeof(broken[0]); j++) {
            status = compile_spoiled(templates[i], broken[j].bytes, &policy);
            expect(status == IAM_EJSON || status == IAM_EINVAL, templates[i],
                broken[j].name);
            expect(!policy, templates[i], "out is not NULL");
        }
        status = compile_spoiled(templates[i], nul, &policy);
        expect(status == IAM_EJSON && !policy, templates[i], "takes a NUL");
        status = compile_spoiled(templates[i], escaped, &policy);
        expect((policy == NULL) == (status != IAM_OK), templates[i],
            "out is not NULL");
        expect(i < FIRST_DECIDING || i > LAST_DECIDING ||
                   iam_policy_check(policy, request) != IAM_ALLOW,
            templates[i], "an escaped NUL ends the text");
        iam_policy_free(policy);
    }
    iam_request_free(request);
}

/* ---- Broken text everywhere else ----------------------------------------- */

static void test_other_text(void)
{
    iam_request *request = good_request();
    iam_policy *gate = gate_new();

    for (size_t j = 0; j < sizeof(broken) / sizeof(broken[0]); j++) {
        buffer b = spoiled("x", 1, broken[j].bytes);
        const iam_text text = {b.ptr, b.len};
        const iam_stack_entry entry = {gate, b.ptr, 0, 0};
        iam_operation *operation = NULL;
        iam_scenario *scenario = NULL;
        iam_ipset *set = NULL;
        iam_stack *stack = NULL;

        expect(iam_policy_kind_from_name(b.ptr, b.len) == 0, "kind",
            broken[j].name);
        expect(iam_ipset_new(&text, 1, NULL, &set, NULL) == IAM_EINVAL && !set,
            "ipset", broken[j].name);
        expect(iam_ipset_parse(b.ptr, b.len, NULL, NULL, &set, NULL) ==
                       IAM_EINVAL &&
                   !set,
            "list", broken[j].name);
        expect(iam_stack_new(&entry, 1, NULL, &stack, NULL) == IAM_EINVAL &&
                   !stack,
            "name of an entry", broken[j].name);
        expect(iam_operation_resolve(request, b.ptr, b.len, NULL, 0, NULL,
                   &operation, NULL) == IAM_EINVAL &&
                   !operation,
            "operation", broken[j].name);
        expect(iam_operation_resolve(request, "s3:GetObject", IAM_NTS, &text, 1,
                   NULL, &operation, NULL) == IAM_EINVAL &&
                   !operation,
            "region", broken[j].name);
        expect(iam_scenario_parse(b.ptr, b.len, NULL, NULL, &scenario, NULL) ==
                       IAM_EJSON &&
                   !scenario,
            "scenario", broken[j].name);
        buffer_free(&b);
    }
    iam_policy_free(gate);
    iam_request_free(request);
}

static void test_address_text(void)
{
    static const iam_text block = LITERAL("0.0.0.0/0");
    static const iam_text wrong[] = {
        LITERAL("192.0.2.7\0"),
        LITERAL("192.0.2.7 "),
        LITERAL("192.0.2.07"),
        LITERAL("192.0.2.256"),
        LITERAL("192.0.2"),
        LITERAL("::"),
        LITERAL("192.0.2.7/32"),
        LITERAL(""),
        LITERAL("0x7f.0.0.1"),
    };
    iam_ipset *set = NULL;

    expect(iam_ipset_new(&block, 1, NULL, &set, NULL) == IAM_OK, "ipset",
        "cannot be made");
    expect(iam_ipset_contains(set, "192.0.2.7", IAM_NTS), "ipset", "is empty");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        expect(!iam_ipset_contains(set, wrong[i].ptr, wrong[i].len), "ipset",
            wrong[i].ptr);
    expect(!iam_ipset_contains(NULL, "192.0.2.7", IAM_NTS), "ipset", "NULL");
    iam_ipset_free(set);
}

/* ---- A large scenario ---------------------------------------------------- */

static void test_scenario(void)
{
    static const char request[] =
        "{\"principal\":\"arn:aws:iam::111122223333:user/ann\",\"action\":"
        "\"s3:GetObject\",\"resource\":\"arn:aws:s3:::bucket/key\"}";
    iam_scenario *scenario = NULL;
    buffer b = {0};
    size_t allowed = 0;

    buffer_text(&b, "{\"policies\":[{\"kind\":\"identity\",\"policy\":");
    buffer_text(&b, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
                    "\"Resource\":\"*\"}}}],\"requests\":[");
    for (int i = 0; i < 20000; i++) {
        buffer_text(&b, i ? "," : "");
        buffer_text(&b, request);
    }
    buffer_text(&b, "]}");
    expect(
        iam_scenario_parse(b.ptr, b.len, NULL, NULL, &scenario, NULL) == IAM_OK,
        "scenario", "cannot be read");
    for (size_t i = 0; scenario && i < 20000; i++)
        allowed += iam_stack_check_operation(iam_scenario_stack(scenario),
                       iam_scenario_operation(scenario, i)) == IAM_ALLOW;
    expect(allowed == 20000, "scenario", "wrong outcomes");
    iam_scenario_free(scenario);
    buffer_free(&b);
}

int main(void)
{
    for (size_t i = 0; i < shape_count; i++)
        test_shape(&shapes[i]);
    test_limits();
    test_raised_depth();
    test_levels();
    test_request_text();
    test_policy_text();
    test_other_text();
    test_address_text();
    test_scenario();
    printf("%zu checks, %zu faults\n", checks, faults);
    return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
