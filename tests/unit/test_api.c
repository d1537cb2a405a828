/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/api.h"

#include <jansson.h>
#include <stdio.h>

#include "reference/service.h"

#include "unit.h"

static void setup(void)
{
}

static void teardown(void)
{
}

static text of(const char *literal)
{
    return (text){literal, strlen(literal)};
}

/* "prefix:Name prefix:Name", a bar before the first dependent action. */
static const char *printed(const api_actions *actions)
{
    static char out[4096];
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < actions->count; i++) {
        api_action a = iamp_api_action(actions, i);

        len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s%.*s:%.*s",
            i == actions->own_count ? "|" : "", i ? " " : "", (int)a.prefix.len,
            a.prefix.ptr, (int)a.name.len, a.name.ptr);
        ck_assert_uint_lt(len, sizeof(out));
    }
    return out;
}

/* "-": no such thing. */
static const struct {
    const char *why, *service, *operation, *actions;
} facts[] = {
    {"no action of its own", "bedrock-runtime", "Converse",
        "bedrock:InvokeModel"},
    {"no action of its own", "bedrock-runtime", "ConverseStream",
        "bedrock:InvokeModelWithResponseStream"},
    {"no action of its own", "bedrock-runtime",
        "InvokeModelWithBidirectionalStream", "bedrock:InvokeModel"},
    {"no action of its own", "bedrock-runtime", "StartAsyncInvoke",
        "bedrock:InvokeModel"},
    {"several", "bedrock-agent-runtime", "RetrieveAndGenerateStream",
        "bedrock:RetrieveAndGenerate bedrock:Retrieve"},
    {"same name, other prefix", "bedrock-agent-runtime", "InvokeAgent",
        "bedrock:InvokeAgent"},
    {"event source of all endpoints", "bedrock", "Converse",
        "bedrock:InvokeModel"},
    {"a prefix of its own", "bedrock-mantle", "CreateInference",
        "bedrock-mantle:CreateInference"},
    {"letter case", "BEDROCK-RUNTIME", "converse", "bedrock:InvokeModel"},
    {"SDK class", "BedrockRuntime", "Converse", "bedrock:InvokeModel"},
    {"serviceId", "Bedrock Runtime", "Converse", "bedrock:InvokeModel"},
    {"underscores", "bedrock_runtime", "Converse", "bedrock:InvokeModel"},
    {"signs only", "-", "Converse", "-:Converse"},
    {"no permission needed", "sts", "GetCallerIdentity", ""},
    {"no permission needed", "sts", "getsessiontoken", ""},
    {"no permission needed", "dynamodb", "DescribeEndpoints", ""},
    {"override over map", "s3", "HeadObject", "s3:GetObject"},
    {"override over map", "s3", "CopyObject", "s3:GetObject s3:PutObject"},
    {"renamed", "s3", "ListObjectsV2", "s3:ListBucket"},
    {"renamed", "s3", "ListBuckets", "s3:ListAllMyBuckets"},
    {"renamed, and depends", "s3", "PutBucketReplication",
        "s3:PutReplicationConfiguration| iam:PassRole"},
    {"renamed in 2023 to what there is not", "s3",
        "DeleteBucketIntelligentTieringConfiguration",
        "s3:PutIntelligentTieringConfiguration"},
    {"account-wide", "s3control", "PutPublicAccessBlock",
        "s3:PutAccountPublicAccessBlock"},
    {"bucket-wide", "s3", "PutPublicAccessBlock",
        "s3:PutBucketPublicAccessBlock"},
    {"other prefix in one row", "s3", "WriteGetObjectResponse",
        "s3-object-lambda:WriteGetObjectResponse"},
    {"renamed", "lambda", "Invoke", "lambda:InvokeFunction"},
    {"dependent action", "ec2", "RunInstances",
        "ec2:RunInstances| iam:PassRole"},
    {"dependent actions keep their order", "route53", "CreateHostedZone",
        "route53:CreateHostedZone| ec2:DescribeVpcs"},
    {"alternatives", "dynamodb", "ExecuteStatement",
        "dynamodb:PartiQLSelect dynamodb:PartiQLInsert dynamodb:PartiQLUpdate "
        "dynamodb:PartiQLDelete"},
    {"verbs of HTTP", "apigateway", "CreateRestApi", "apigateway:POST"},
    {"verbs of HTTP", "apigatewayv2", "CreateApi", "apigateway:POST"},
    {"shared event source", "apigateway", "CreateApi", "apigateway:POST"},
    {"SDK class of version 2", "CloudWatchLogs", "TagLogGroup",
        "logs:TagLogGroup"},
    {"event source", "monitoring", "PutMetricData", "cloudwatch:PutMetricData"},
    {"event source", "elasticloadbalancing", "CreateLoadBalancer",
        "elasticloadbalancing:CreateLoadBalancer"},
    {"service is not prefix", "stepfunctions", "StartExecution",
        "states:StartExecution"},
    {"prefix by hand", "mturk", "CreateHIT", "mechanicalturk:CreateHIT"},
    {"prefix by hand", "iot-data", "Publish", "iot:Publish"},
    {"retired service", "OpsWorks", "CloneStack",
        "opsworks:CloneStack| iam:PassRole"},
    {"unknown service", "nosuch", "DoIt", "nosuch:DoIt"},
    {"unknown operation", "s3", "DoIt", "s3:DoIt"},
    {"a space does not split", "s3", "Do It", "s3:Do It"},
    {"a list's mark is no name", "s3", "=", "s3:="},
    {"first service", "a2i-runtime.sagemaker", "StartHumanLoop",
        "sagemaker:StartHumanLoop"},
    {"last service", "xray", "PutTraceSegments", "xray:PutTraceSegments"},
    {"no service", "", "Converse", NULL},
    {"no operation", "s3", "", NULL},
};

START_TEST(test_fact)
{
    api_actions actions;
    bool found =
        iamp_api_find(of(facts[_i].service), of(facts[_i].operation), &actions);

    ck_assert_msg(found == (facts[_i].actions != NULL), "%s", facts[_i].why);
    if (!found)
        return;
    ck_assert_msg(strcmp(printed(&actions), facts[_i].actions) == 0,
        "%s: %s.%s is %s", facts[_i].why, facts[_i].service,
        facts[_i].operation, printed(&actions));
}
END_TEST

static const struct {
    const char *name, *prefix, *rows;
} services[] = {
#define SERVICE(name, prefix, rows) {name, prefix, rows},
#define OPERATION(rows, name, actions, dependent)
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static const struct {
    const char *rows, *name, *actions, *dependent;
} operations[] = {
#define SERVICE(name, prefix, rows)
#define OPERATION(rows, name, actions, dependent) \
    {rows, name, actions, dependent},
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static int compare_lower(const char *a, const char *b)
{
    while (*a && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return ascii_lower(*a) - ascii_lower(*b);
}

START_TEST(test_table_is_sorted)
{
    ck_assert_uint_gt(COUNT_OF(services), 400);
    ck_assert_uint_gt(COUNT_OF(operations), 1000);
    for (size_t i = 1; i < COUNT_OF(services); i++)
        ck_assert_msg(strcmp(services[i - 1].name, services[i].name) < 0, "%s",
            services[i].name);
    for (size_t i = 1; i < COUNT_OF(operations); i++) {
        int order = strcmp(operations[i - 1].rows, operations[i].rows);

        ck_assert_msg(
            order < 0 || (order == 0 && compare_lower(operations[i - 1].name,
                                            operations[i].name) < 0),
            "%s.%s", operations[i].rows, operations[i].name);
    }
}
END_TEST

/* Each row is found by its own names: the search agrees with the order. */
START_TEST(test_every_row_is_found)
{
    api_actions actions;

    for (size_t i = 0; i < COUNT_OF(services); i++) {
        ck_assert(
            iamp_api_find(of(services[i].name), TEXT("NoSuch"), &actions));
        ck_assert_msg(text_eq(actions.prefix, of(services[i].prefix)), "%s",
            services[i].name);
        ck_assert(!actions.listed);
    }
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        ck_assert(iamp_api_find(
            of(operations[i].rows), of(operations[i].name), &actions));
        ck_assert_msg(
            actions.listed && text_eq(actions.own, of(operations[i].actions)) &&
                text_eq(actions.dependent, of(operations[i].dependent)),
            "%s.%s", operations[i].rows, operations[i].name);
        for (size_t k = 0; k < actions.count; k++) {
            api_action action = iamp_api_action(&actions, k);

            ck_assert(action.prefix.len > 0 && action.name.len > 0);
            ck_assert(iamp_text_find(action.name, ':') == action.name.len);
            ck_assert(iamp_text_find(action.name, ' ') == action.name.len);
        }
    }
}
END_TEST

/* A service that names rows names some that there are. */
START_TEST(test_rows_exist)
{
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        const char *rows = services[i].rows;
        bool found = *rows == '\0';

        if (strcmp(rows, "=") == 0)
            rows = services[i].name;
        for (size_t k = 0; k < COUNT_OF(operations) && !found; k++)
            found = strcmp(operations[k].rows, rows) == 0;
        ck_assert_msg(found, "%s", services[i].name);
    }
}
END_TEST

static const struct {
    const char *event, *operation;
} events[] = {
    {"CreateFunction20150331", "CreateFunction"},
    {"GetFunctionConfiguration20150331v2", "GetFunctionConfiguration"},
    {"CreateDistribution2020_05_31", "CreateDistribution"},
    {"Converse", "Converse"},
    {"InvokeModel1", "InvokeModel1"},
    {"ListObjectsV2", "ListObjectsV2"},
    {"20150331", "20150331"},
    {"x2015033", "x2015033"},
    {"x2015-03-31", "x2015-03-31"},
    {"", ""},
};

START_TEST(test_event)
{
    text got = iamp_api_operation_of_event(of(events[_i].event));

    ck_assert_msg(
        text_eq(got, of(events[_i].operation)), "%s", events[_i].event);
}
END_TEST

static const struct {
    const char *prefix;
    bool any, documented;
} limits[] = {
    {"s3", true, true},
    {"S3", true, true},
    {"sts", true, true},
    {"kms", true, true},
    {"aoss", true, true},
    {"translate", true, true},
    {"events", true, false},
    {"xray", true, false},
    {"dsql", true, false},
    {"bedrock", false, false},
    {"bedrock-mantle", false, false},
    {"iam", false, false},
    {"ec2", false, false},
    {"s", false, false},
    {"", false, false},
};

START_TEST(test_rcp)
{
    text prefix = of(limits[_i].prefix);

    ck_assert_msg(iamp_service_has_rcp(prefix) == limits[_i].any, "%s",
        limits[_i].prefix);
    ck_assert_msg(
        iamp_service_rcp_is_documented(prefix) == limits[_i].documented, "%s",
        limits[_i].prefix);
}
END_TEST

enum {
    FREE = 1,
    UNSIGNED = 2,
    GRANT = 4
};

static const struct {
    const char *prefix, *name, *resource;
    int is;
} actions_of[] = {
    {"sts", "GetCallerIdentity", "*", FREE},
    {"STS", "getcalleridentity", "*", FREE},
    {"sts", "GetSessionToken", "*", FREE},
    {"dynamodb", "DescribeEndpoints", "*", FREE},
    {"sts", "GetFederationToken", "*", 0},
    {"dynamodb", "DescribeTable", "*", 0},
    {"sts", "", "*", 0},
    {"sts", "AssumeRole", "arn:aws:iam::123456789012:role/r", GRANT},
    {"sts", "assumerole", "arn:aws-cn:iam::123456789012:role/a/r", GRANT},
    {"sts", "TagSession", "arn:aws:iam::123456789012:role/r", GRANT},
    {"sts", "SetSourceIdentity", "arn:aws:iam::123456789012:role/r", GRANT},
    {"sts", "AssumeRoleWithSAML", "arn:aws:iam::123456789012:role/r",
        GRANT | UNSIGNED},
    {"sts", "AssumeRoleWithWebIdentity", "arn:aws:iam::123456789012:role/r",
        GRANT | UNSIGNED},
    {"iam", "GetRole", "arn:aws:iam::123456789012:role/r", 0},
    {"iam", "PassRole", "arn:aws:iam::123456789012:role/r", 0},
    {"sts", "AssumeRole", "arn:aws:iam::123456789012:user/u", 0},
    {"sts", "AssumeRole", "*", 0},
    {"kms", "Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/k", GRANT},
    {"KMS", "Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/k", GRANT},
    {"kms", "CreateAlias", "arn:aws:kms:eu-west-1:123456789012:alias/a", 0},
    {"kms", "ListKeys", "*", 0},
    {"s3", "GetObject", "arn:aws:s3:::key/k", 0},
};

START_TEST(test_action)
{
    text prefix = of(actions_of[_i].prefix), name = of(actions_of[_i].name);
    int is = 0;

    if (iamp_action_is_permissionless(prefix, name))
        is |= FREE;
    if (iamp_action_is_unsigned(prefix, name))
        is |= UNSIGNED;
    if (iamp_resource_needs_grant(of(actions_of[_i].resource), prefix, name))
        is |= GRANT;
    ck_assert_msg(is == actions_of[_i].is, "%s:%s is %d", actions_of[_i].prefix,
        actions_of[_i].name, is);
}
END_TEST

static void check_vector(const json_t *vector)
{
    const json_t *input = json_object_get(vector, "input");
    const json_t *expected = json_object_get(vector, "expected");
    api_actions actions;

    ck_assert(iamp_api_find(
        of(json_string_value(json_object_get(input, "service"))),
        of(json_string_value(json_object_get(input, "operation"))), &actions));
    ck_assert_msg(actions.own_count == json_array_size(expected), "%s",
        json_string_value(json_object_get(vector, "id")));
    for (size_t i = 0; i < actions.own_count; i++) {
        api_action action = iamp_api_action(&actions, i);
        char got[256];

        snprintf(got, sizeof(got), "%.*s:%.*s", (int)action.prefix.len,
            action.prefix.ptr, (int)action.name.len, action.name.ptr);
        ck_assert_str_eq(got, json_string_value(json_array_get(expected, i)));
    }
}

START_TEST(test_vectors)
{
    const char *folder = getenv("IAMPOLICY_SEMANTICS");
    char path[1024];
    json_t *vector;
    size_t checked = 0;
    FILE *file;

    if (!folder) {
        puts("vectors are skipped: IAMPOLICY_SEMANTICS is not set");
        return;
    }
    snprintf(path, sizeof(path), "%s/vectors.jsonl", folder);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    while ((vector = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
        if (strcmp(json_string_value(json_object_get(vector, "kind")), "api") ==
            0) {
            check_vector(vector);
            checked++;
        }
        json_decref(vector);
    }
    fclose(file);
    ck_assert_uint_gt(checked, 0);
}
END_TEST

UNIT_SUITE(api, setup, teardown,
           tcase_add_loop_test(tc, test_fact, 0, (int)COUNT_OF(facts));
           tcase_add_test(tc, test_table_is_sorted);
           tcase_add_test(tc, test_every_row_is_found);
           tcase_add_test(tc, test_rows_exist);
           tcase_add_loop_test(tc, test_event, 0, (int)COUNT_OF(events));
           tcase_add_loop_test(tc, test_rcp, 0, (int)COUNT_OF(limits));
           tcase_add_loop_test(tc, test_action, 0, (int)COUNT_OF(actions_of));
           tcase_add_test(tc, test_vectors);)
