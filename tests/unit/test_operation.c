/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/operation.h"

#include <stdio.h>

#include "unit.h"

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static text of(const char *literal)
{
    return literal ? (text){literal, strlen(literal)} : (text){NULL, 0};
}

#define M        "anthropic.claude-3-5-sonnet-20241022-v2:0"
#define BEDROCK  "arn:aws:bedrock:eu-west-1:123456789012:"
#define MODEL    "arn:aws:bedrock:eu-west-1::foundation-model/" M
#define PROFILE  BEDROCK "inference-profile/eu." M
#define GLOBAL   BEDROCK "inference-profile/global." M
#define DIRECT   "bedrock:InvokeModel " MODEL
#define STREAM   "bedrock:InvokeModelWithResponseStream "
#define BY(p)    " profile=" p
#define CENTRAL  "arn:aws:bedrock:eu-central-1::foundation-model/" M
#define R1       " region=eu-west-1"
#define EVERY(k) BEDROCK k "/*"

enum {
    DESTINATIONS = 1, /* the two regions below are given */
    BEARER = 2,
    NO_REGION = 4,
    NO_ACCOUNT = 8,
    NOTED = 16, /* there is a note */
    CHINA = 32, /* called in cn-north-1 */
    BAD = 64    /* IAM_EINVAL; `checks` is the message */
};

static const iam_text destinations[] = {
    {"eu-west-1", IAM_NTS}, {"eu-central-1", 12}};

/* One line per fact: account 123456789012, region eu-west-1 unless flagged;
 * a check is its action, its resource and its keys; '\n' between two. */
static const struct {
    const char *operation, *resource;
    int flags;
    const char *checks;
} facts[] = {
    /* G.2: inference, on one model. */
    {"bedrock-runtime:InvokeModel", M, 0, DIRECT},
    {"bedrock-runtime:InvokeModelWithResponseStream", M, 0, STREAM MODEL},
    {"bedrock-runtime:Converse", M, 0, DIRECT},
    {"bedrock-runtime:ConverseStream", M, 0, STREAM MODEL},
    {"bedrock-runtime:InvokeModelWithBidirectionalStream", M, 0, DIRECT},
    {"bedrock:Converse", M, 0, DIRECT},
    {"BedrockRuntime:converse", M, 0, DIRECT},
    {"bedrock-runtime:StartAsyncInvoke", M, 0,
        DIRECT "\nbedrock:InvokeModel " EVERY("async-invoke")},
    {"bedrock-runtime:GetAsyncInvoke", "abc123", 0,
        "bedrock:GetAsyncInvoke " BEDROCK "async-invoke/abc123"},
    {"bedrock-runtime:ListAsyncInvokes", "", 0, "bedrock:ListAsyncInvokes *"},
    {"bedrock-runtime:ListAsyncInvokes", MODEL, 0,
        "bedrock:ListAsyncInvokes *"},
    {"bedrock-runtime:CountTokens", M, 0, "bedrock:CountTokens " MODEL},
    {"bedrock-runtime:CountTokens", MODEL, 0, "bedrock:CountTokens " MODEL},
    {"bedrock-runtime:CountTokens", "eu." M, NOTED,
        "bedrock:CountTokens " MODEL},
    {"bedrock-runtime:CountTokens", PROFILE, NOTED,
        "bedrock:CountTokens " MODEL},
    {"bedrock-runtime:ApplyGuardrail", "gr1", NOTED,
        "bedrock:ApplyGuardrail " BEDROCK "guardrail/gr1"},
    {"bedrock-runtime:InvokeGuardrailChecks", "gr1", 0,
        "bedrock:InvokeGuardrailChecks *"},
    {"bedrock-runtime:GetInvoke", "p1", 0,
        "bedrock:GetInvoke " BEDROCK "project/p1"},
    {"bedrock-runtime:CancelInvoke", "p1", 0,
        "bedrock:CancelInvoke " BEDROCK "project/p1"},
    {"bedrock-runtime:DeleteInvoke", "p1", 0,
        "bedrock:DeleteInvoke " BEDROCK "project/p1"},
    {"bedrock-mantle:CreateInference", "p1", 0,
        "bedrock-mantle:CreateInference "
        "arn:aws:bedrock-mantle:eu-west-1:123456789012:project/p1"},
    {"bedrock-mantle:GetInference",
        "arn:aws:bedrock-mantle:us-east-1:123456789012:project/p1", 0,
        "bedrock-mantle:GetInference "
        "arn:aws:bedrock-mantle:us-east-1:123456789012:project/p1"},
    {"bedrock-mantle:DeleteInference", "p1", 0,
        "bedrock-mantle:DeleteInference "
        "arn:aws:bedrock-mantle:eu-west-1:123456789012:project/p1"},
    {"bedrock-mantle:CancelInference", "p1", 0,
        "bedrock-mantle:CancelInference "
        "arn:aws:bedrock-mantle:eu-west-1:123456789012:project/p1"},
    {"bedrock-mantle:CountTokens", "p1", 0,
        "bedrock-mantle:CountTokens "
        "arn:aws:bedrock-mantle:eu-west-1:123456789012:project/p1"},
    {"bedrock-mantle:CreateFineTuningJob", "p1", 0,
        "bedrock-mantle:CreateFineTuningJob "
        "arn:aws:bedrock-mantle:eu-west-1:123456789012:project/p1"},
    {"bedrock-mantle:CreateFile", "", 0, "bedrock-mantle:CreateFile *"},
    {"bedrock-mantle:CreateProject", "", 0, "bedrock-mantle:CreateProject *"},
    /* G2.7. */
    {"bedrock-runtime:Converse", M, BEARER,
        DIRECT "\nbedrock:CallWithBearerToken *"},
    {"bedrock:ListFoundationModels", "", BEARER | NOTED,
        "bedrock:ListFoundationModels *\nbedrock:CallWithBearerToken *"},
    {"bedrock-mantle:CreateInference", "", BEARER,
        "bedrock-mantle:CreateInference *\n"
        "bedrock-mantle:CallWithBearerToken *"},
    {"s3:GetObject", "arn:aws:s3:::b/k", BEARER | NOTED,
        "s3:GetObject arn:aws:s3:::b/k"},
    {"bedrock:CallWithBearerToken", M, 0, "bedrock:CallWithBearerToken *"},
    {"bedrock-mantle:CallWithBearerToken", "", 0,
        "bedrock-mantle:CallWithBearerToken *"},
    /* G.2: jobs. */
    {"bedrock:CreateModelInvocationJob", M, NOTED,
        "bedrock:CreateModelInvocationJob " MODEL
        "\nbedrock:CreateModelInvocationJob " EVERY("model-invocation-job")},
    {"bedrock:CreateEvaluationJob", M, NOTED,
        "bedrock:CreateEvaluationJob " MODEL},
    {"bedrock:CreateModelCustomizationJob", M, NOTED,
        "bedrock:CreateModelCustomizationJob " MODEL
        "\nbedrock:CreateModelCustomizationJob " EVERY("custom-model")},
    {"bedrock:CreateModelImportJob", "", NOTED,
        "bedrock:CreateModelImportJob *"},
    {"bedrock:CreateAdvancedPromptOptimizationJob", M, NOTED,
        "bedrock:CreateAdvancedPromptOptimizationJob " MODEL},
    {"bedrock:CreateInferenceProfile", M, 0,
        "bedrock:CreateInferenceProfile " MODEL
        "\nbedrock:CreateInferenceProfile " EVERY(
            "application-inference-profile")},
    {"bedrock:CreatePromptRouter", M, 0, "bedrock:CreatePromptRouter " MODEL},
    {"bedrock:CreateProvisionedModelThroughput", BEDROCK "custom-model/m1", 0,
        "bedrock:CreateProvisionedModelThroughput " BEDROCK "custom-model/m1"},
    {"bedrock:CreateMarketplaceModelEndpoint", "", NOTED,
        "bedrock:CreateMarketplaceModelEndpoint *"},
    /* G.2: agents, flows, knowledge bases. */
    {"bedrock-agent:CreateAgent", "", NOTED, "bedrock:CreateAgent *"},
    {"bedrock-agent:UpdateAgent", "A1", NOTED,
        "bedrock:UpdateAgent " BEDROCK "agent/A1"},
    {"bedrock-agent-runtime:InvokeAgent", "A1/T1", 0,
        "bedrock:InvokeAgent " BEDROCK "agent-alias/A1/T1"},
    {"bedrock-agent-runtime:InvokeInlineAgent", "", NOTED,
        "bedrock:InvokeInlineAgent *"},
    {"bedrock-agent-runtime:InvokeInlineAgent", M, 0,
        "bedrock:InvokeInlineAgent *\n" DIRECT},
    {"bedrock-agent-runtime:InvokeFlow", "F1/alias/T1", 0,
        "bedrock:InvokeFlow " BEDROCK "flow/F1/alias/T1"},
    {"bedrock-agent-runtime:StartFlowExecution", BEDROCK "flow/F1/alias/T1", 0,
        "bedrock:StartFlowExecution " BEDROCK "flow/F1"
        "\nbedrock:StartFlowExecution " BEDROCK "flow/F1/alias/T1"},
    {"bedrock-agent-runtime:Retrieve", "K1", 0,
        "bedrock:Retrieve " BEDROCK "knowledge-base/K1"},
    {"bedrock-agent-runtime:RetrieveAndGenerate", "K1", 0,
        "bedrock:RetrieveAndGenerate *"
        "\nbedrock:Retrieve " BEDROCK "knowledge-base/K1"
        "\nbedrock:GetKnowledgeBase " BEDROCK "knowledge-base/K1"},
    {"bedrock-agent-runtime:RetrieveAndGenerateStream", "", 0,
        "bedrock:RetrieveAndGenerate *\nbedrock:Retrieve *"
        "\nbedrock:GetKnowledgeBase *"},
    {"bedrock-agent-runtime:AgenticRetrieveStream", "K1", 0,
        "bedrock:AgenticRetrieveStream *"},
    {"bedrock-agent-runtime:GenerateQuery", "", 0, "bedrock:GenerateQuery *"},
    {"bedrock-agent-runtime:Rerank", M, 0, "bedrock:Rerank *"},
    {"bedrock-agent-runtime:OptimizePrompt", M, 0, "bedrock:OptimizePrompt *"},
    {"bedrock-data-automation-runtime:InvokeDataAutomation", "d1", NOTED,
        "bedrock:InvokeDataAutomation " BEDROCK "data-automation-project/d1"},
    {"bedrock-data-automation-runtime:InvokeDataAutomationAsync",
        BEDROCK "blueprint/b1", NOTED,
        "bedrock:InvokeDataAutomationAsync " BEDROCK "blueprint/b1"},
    {"bedrock:RenderPrompt", "PROMPT0001:2", 0,
        "bedrock:RenderPrompt " BEDROCK "prompt/PROMPT0001:2"},
    {"bedrock:InvokeTool", "shell", 0,
        "bedrock:InvokeTool arn:aws:bedrock::123456789012:system-tool/shell"},
    {"bedrock-websearch:InvokeSearch", "web", 0,
        "bedrock-websearch:InvokeSearch "
        "arn:aws:bedrock-websearch:eu-west-1:aws:tool/web"},
    {"bedrock-websearch:InvokeFetch", "web", NO_ACCOUNT,
        "bedrock-websearch:InvokeFetch "
        "arn:aws:bedrock-websearch:eu-west-1:aws:tool/web"},
    {"bedrock-agent:GetAgent", BEDROCK "agent/A1", NOTED,
        "bedrock:GetAgent " BEDROCK "agent/A1"},
    /* G.3. */
    {"bedrock-runtime:Converse", MODEL, NO_REGION | NO_ACCOUNT, DIRECT},
    {"bedrock-runtime:Converse",
        "arn:aws:bedrock:us-east-1::foundation-model/m.m", 0,
        "bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/m.m"},
    {"bedrock-runtime:Converse", "anthropic.x", CHINA,
        "bedrock:InvokeModel "
        "arn:aws-cn:bedrock:cn-north-1::foundation-model/anthropic.x"},
    {"bedrock-runtime:Converse", "eu." M, NOTED,
        "bedrock:InvokeModel " PROFILE R1 "\n" DIRECT R1 BY(PROFILE)},
    {"bedrock-runtime:Converse", "eu." M, DESTINATIONS,
        "bedrock:InvokeModel " PROFILE R1
        "\n" DIRECT R1 BY(PROFILE) "\nbedrock:InvokeModel " CENTRAL
                                   " region=eu-central-1" BY(PROFILE)},
    {"bedrock-runtime:Converse", PROFILE, NO_REGION | NOTED,
        "bedrock:InvokeModel " PROFILE R1 "\n" DIRECT R1 BY(PROFILE)},
    {"bedrock-runtime:Converse", PROFILE, CHINA | NOTED,
        "bedrock:InvokeModel " PROFILE R1 "\n" DIRECT R1 BY(PROFILE)},
    {"bedrock-runtime:ConverseStream", "global." M, 0,
        STREAM GLOBAL R1 "\n" STREAM MODEL R1 BY(
            GLOBAL) "\n" STREAM "arn:aws:bedrock:::foundation-model/" M
                    " region=unspecified" BY(GLOBAL)},
    {"bedrock-runtime:ConverseStream", GLOBAL, DESTINATIONS,
        STREAM GLOBAL R1 "\n" STREAM MODEL R1 BY(
            GLOBAL) "\n" STREAM "arn:aws:bedrock:::foundation-model/" M
                    " region=unspecified" BY(GLOBAL)},
    {"bedrock-runtime:StartAsyncInvoke", "eu." M, NOTED,
        "bedrock:InvokeModel " PROFILE R1 "\n" DIRECT R1 BY(
            PROFILE) "\nbedrock:InvokeModel " EVERY("async-invoke")},
    {"bedrock-runtime:Converse", BEDROCK "application-inference-profile/a1",
        DESTINATIONS | NOTED,
        "bedrock:InvokeModel " BEDROCK "application-inference-profile/a1"},
    {"bedrock-runtime:Converse", BEDROCK "inference-profile/odd", NOTED,
        "bedrock:InvokeModel " BEDROCK "inference-profile/odd" R1},
    {"bedrock-runtime:Converse", BEDROCK "provisioned-model/pm", 0,
        "bedrock:InvokeModel " BEDROCK "provisioned-model/pm"},
    {"bedrock-runtime:Converse", "my-throughput", NOTED,
        "bedrock:InvokeModel " BEDROCK "provisioned-model/my-throughput"},
    {"bedrock-runtime:Converse", BEDROCK "custom-model-deployment/d1", 0,
        "bedrock:InvokeModel " BEDROCK "custom-model-deployment/d1"},
    {"bedrock-runtime:Converse", BEDROCK "imported-model/i1", 0,
        "bedrock:InvokeModel " BEDROCK "imported-model/i1"},
    {"bedrock-runtime:Converse", BEDROCK "prompt-router/r1", NOTED,
        "bedrock:InvokeModel " BEDROCK "prompt-router/r1"},
    {"bedrock-runtime:Converse", BEDROCK "default-prompt-router/a.m:1", NOTED,
        "bedrock:InvokeModel " BEDROCK "default-prompt-router/a.m:1"},
    {"bedrock-runtime:InvokeModel",
        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e1", 0,
        "bedrock:InvokeModel " BEDROCK "marketplace/model-endpoint/all-access"
        "\nsagemaker:InvokeEndpoint "
        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e1"
        " via=bedrock.amazonaws.com"},
    {"bedrock-runtime:Converse", BEDROCK "prompt/PROMPT0001:2", NOTED,
        "bedrock:RenderPrompt " BEDROCK "prompt/PROMPT0001:2"
        "\nbedrock:InvokeModel arn:aws:bedrock:eu-west-1::foundation-model/*"},
    {"bedrock-runtime:InvokeModel", BEDROCK "project/p1", 0,
        "bedrock:InvokeModel " BEDROCK "project/p1"},
    {"bedrock-runtime:Converse", "us-gov." M, NOTED,
        "bedrock:InvokeModel " BEDROCK "inference-profile/us-gov." M R1
        "\n" DIRECT R1 BY(BEDROCK "inference-profile/us-gov." M)},
    {"bedrock-runtime:Converse", "deepseek.v3.1", 0,
        "bedrock:InvokeModel "
        "arn:aws:bedrock:eu-west-1::foundation-model/deepseek.v3.1"},
    {"bedrock-runtime:Converse", "", NO_REGION, "bedrock:InvokeModel *"},
    {"bedrock-runtime:Converse", "*", NO_REGION, "bedrock:InvokeModel *"},
    /* Others. */
    {"sts:GetCallerIdentity", "", 0, ""},
    {"s3:HeadObject", "arn:aws:s3:::b/k", 0, "s3:GetObject arn:aws:s3:::b/k"},
    {"s3:ListBuckets", "", NO_REGION, "s3:ListAllMyBuckets *"},
    {"s3:CopyObject", "arn:aws:s3:::b/k", NOTED,
        "s3:GetObject arn:aws:s3:::b/k\ns3:PutObject arn:aws:s3:::b/k"},
    {"ec2:RunInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/*", NOTED,
        "ec2:RunInstances arn:aws:ec2:eu-west-1:123456789012:instance/*"},
    {"nosuch:DoIt", "", NOTED, "nosuch:DoIt *"},
    /* Refused. */
    {"Converse", M, BAD,
        "\"Converse\" is not an operation, which is written "
        "service:Operation"},
    {"bedrock-runtime:", M, BAD,
        "\"bedrock-runtime:\" is not an operation, which is written "
        "service:Operation"},
    {":Converse", M, BAD,
        "\":Converse\" is not an operation, which is written "
        "service:Operation"},
    {"bedrock:Invoke*", M, BAD,
        "\"bedrock:Invoke*\" is not an operation, which is written "
        "service:Operation"},
    {"a:b:c", M, BAD,
        "\"a:b:c\" is not an operation, which is written service:Operation"},
    {"", M, BAD,
        "\"\" is not an operation, which is written service:Operation"},
    {"bedrock-runtime:Converse", "m.m", BAD | NO_REGION,
        "\"bedrock-runtime:Converse\" needs the region that is called: set "
        "aws:RequestedRegion, or name the model by its ARN"},
    {"bedrock-runtime:Converse", "eu.m.m", BAD | NO_ACCOUNT,
        "\"bedrock-runtime:Converse\" is called from an account that is "
        "not known"},
    {"bedrock-runtime:Converse", "my-throughput", BAD | NO_ACCOUNT,
        "\"bedrock-runtime:Converse\" is called from an account that is "
        "not known"},
    {"bedrock-runtime:StartAsyncInvoke", MODEL, BAD | NO_ACCOUNT,
        "\"bedrock-runtime:StartAsyncInvoke\" is called from an account that "
        "is not known"},
    {"bedrock-runtime:Converse", "m%3Am", BAD,
        "\"m%3Am\" is neither an ARN nor an id"},
    {"bedrock-runtime:Converse", "arn:aws:bedrock", BAD,
        "\"arn:aws:bedrock\" is not a whole ARN"},
    {"bedrock-agent-runtime:Retrieve", "k k", BAD,
        "\"k k\" is neither an ARN nor an id"},
    {"bedrock-runtime:Converse",
        "arn:aws:bedrock:*:123456789012:inference-profile/eu.m.m", BAD,
        "\"*\" is not a region"},
};

static operation_call call_of(size_t i)
{
    int flags = facts[i].flags;
    operation_call call = {
        .operation = of(facts[i].operation),
        .resource = of(facts[i].resource),
        .account = of(flags & NO_ACCOUNT ? "" : "123456789012"),
        .region = of(flags & NO_REGION ? ""
                     : flags & CHINA   ? "cn-north-1"
                                       : "eu-west-1"),
        .bearer_token = (flags & BEARER) != 0,
    };

    if (flags & DESTINATIONS) {
        call.regions = destinations;
        call.region_count = COUNT_OF(destinations);
    }
    return call;
}

static void print_key(textbuf *out, const char *name, text value)
{
    ck_assert(value.ptr != NULL);
    if (value.len == 0)
        return;
    iamp_textbuf_add(out, of(name));
    iamp_textbuf_add(out, value);
}

static void print_checks(
    textbuf *out, const operation_check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            iamp_textbuf_add_c(out, '\n');
        iamp_textbuf_add(out, checks[i].action);
        iamp_textbuf_add_c(out, ' ');
        iamp_textbuf_add(out, checks[i].resource);
        print_key(out, " region=", checks[i].requested_region);
        print_key(out, " profile=", checks[i].inference_profile_arn);
        print_key(out, " router=", checks[i].prompt_router_arn);
        print_key(out, " via=", checks[i].called_via);
    }
}

START_TEST(test_fact)
{
    operation_call call = call_of((size_t)_i);
    bool bad = (facts[_i].flags & BAD) != 0;
    const operation_check *checks;
    operation_note note;
    iam_error err = {0};
    size_t count;
    textbuf out;
    iam_status status =
        iamp_operation_expand(&call, &mem, &checks, &count, &note, &err);

    ck_assert_int_eq(status, bad ? IAM_EINVAL : IAM_OK);
    iamp_textbuf_init(&out, NULL);
    if (bad) {
        ck_assert(checks == NULL && count == 0 && !note.message);
        iamp_textbuf_add(&out, of(err.message));
    } else {
        print_checks(&out, checks, count);
    }
    ck_assert_msg(text_eq(textbuf_text(&out), of(facts[_i].checks)),
        "%s on \"%s\":\n%s\nand not\n%s", facts[_i].operation,
        facts[_i].resource, out.ptr ? out.ptr : "", facts[_i].checks);
    ck_assert_msg((note.message != NULL) == ((facts[_i].flags & NOTED) != 0),
        "%s on \"%s\": note %s", facts[_i].operation, facts[_i].resource,
        note.message ? note.message : "missing");
    iamp_textbuf_release(&out);
}
END_TEST

/* G2.5, and the suffix that bedrock:GuardrailIdentifier has (G.5). */
static const struct {
    const char *operation, *guardrail, *checked;
} guardrails[] = {
    {"bedrock-runtime:Converse", "gr1", BEDROCK "guardrail/gr1"},
    {"bedrock-runtime:InvokeModel", BEDROCK "guardrail/gr1",
        BEDROCK "guardrail/gr1"},
    {"bedrock-runtime:ConverseStream", BEDROCK "guardrail/gr1:7",
        BEDROCK "guardrail/gr1"},
    {"bedrock-runtime:StartAsyncInvoke", "gr1:7", BEDROCK "guardrail/gr1"},
    {"bedrock-runtime:CountTokens", "gr1", NULL},
    {"bedrock:CreateEvaluationJob", "gr1", NULL},
};

START_TEST(test_guardrail)
{
    operation_call call = call_of(0);
    const operation_check *checks;
    operation_note note;
    size_t count;

    call.operation = of(guardrails[_i].operation);
    call.guardrail = of(guardrails[_i].guardrail);
    ck_assert_int_eq(
        iamp_operation_expand(&call, &mem, &checks, &count, &note, NULL),
        IAM_OK);
    ck_assert_uint_gt(count, 0);
    if (!guardrails[_i].checked) {
        ck_assert(
            !text_eq(checks[count - 1].action, of("bedrock:ApplyGuardrail")));
        return;
    }
    ck_assert(text_eq(checks[count - 1].action, of("bedrock:ApplyGuardrail")));
    ck_assert(text_eq(checks[count - 1].resource, of(guardrails[_i].checked)));
}
END_TEST

/* As many destinations as anybody likes, in order, the source left out. */
START_TEST(test_many_destinations)
{
    static char names[1000][8];
    static iam_text regions[1000];
    operation_call call = call_of(0);
    const operation_check *checks;
    operation_note note;
    size_t count;

    for (size_t i = 0; i < COUNT_OF(regions); i++) {
        snprintf(names[i], sizeof(names[i]), "r-%zu", i);
        regions[i] = (iam_text){names[i], IAM_NTS};
    }
    call.resource = TEXT("eu.m.m");
    call.region = TEXT("r-500");
    call.regions = regions;
    call.region_count = COUNT_OF(regions);
    ck_assert_int_eq(
        iamp_operation_expand(&call, &mem, &checks, &count, &note, NULL),
        IAM_OK);
    ck_assert_uint_eq(count, COUNT_OF(regions) + 1);
    ck_assert(text_eq(checks[1].requested_region, of("r-500")));
    ck_assert(text_eq(checks[2].requested_region, of("r-0")));
    ck_assert(text_eq(checks[502].requested_region, of("r-501")));
    ck_assert(!note.message);

    regions[999] = (iam_text){"r 999", IAM_NTS};
    ck_assert_int_eq(
        iamp_operation_expand(&call, &mem, &checks, &count, &note, NULL),
        IAM_EINVAL);
    ck_assert(checks == NULL && count == 0);
}
END_TEST

/* Partitions follow from regions, unless they are given. */
static const struct {
    const char *partition, *region, *resource;
} partitions[] = {
    {"", "us-east-1", "arn:aws:bedrock:us-east-1::foundation-model/m.m"},
    {"", "us-gov-west-1",
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/m.m"},
    {"", "cn-north-1", "arn:aws-cn:bedrock:cn-north-1::foundation-model/m.m"},
    {"", "us-iso-east-1",
        "arn:aws-iso:bedrock:us-iso-east-1::foundation-model/m.m"},
    {"", "us-isob-east-1",
        "arn:aws-iso-b:bedrock:us-isob-east-1::foundation-model/m.m"},
    {"", "eusc-de-east-1",
        "arn:aws-eusc:bedrock:eusc-de-east-1::foundation-model/m.m"},
    {"aws-x", "cn-north-1",
        "arn:aws-x:bedrock:cn-north-1::foundation-model/m.m"},
    {"aws:x", "cn-north-1", NULL},
    {"aws", "cn:north", NULL},
    {"aws", "CN", NULL},
};

START_TEST(test_partition)
{
    operation_call call = call_of(0);
    const operation_check *checks;
    operation_note note;
    size_t count;
    iam_status status;

    call.resource = TEXT("m.m");
    call.partition = of(partitions[_i].partition);
    call.region = of(partitions[_i].region);
    status = iamp_operation_expand(&call, &mem, &checks, &count, &note, NULL);
    ck_assert_int_eq(status, partitions[_i].resource ? IAM_OK : IAM_EINVAL);
    if (status == IAM_OK)
        ck_assert(text_eq(checks[0].resource, of(partitions[_i].resource)));
}
END_TEST

/* What is wrong is quoted whole characters at a time. */
START_TEST(test_long_quotation)
{
    char name[201];
    operation_call call = call_of(0);
    const operation_check *checks;
    operation_note note;
    iam_error err = {0};
    size_t count;

    for (size_t i = 0; i < 200; i += 2)
        memcpy(name + i, "\303\244", 3);
    name[0] = 'x';
    name[1] = 'x';
    memmove(name + 1, name + 2, 199);
    call.operation = of(name);
    ck_assert_int_eq(
        iamp_operation_expand(&call, &mem, &checks, &count, &note, &err),
        IAM_EINVAL);
    ck_assert(iamp_text_is_utf8(of(err.message)));
    ck_assert_ptr_nonnull(strstr(err.message, "service:Operation"));
}
END_TEST

START_TEST(test_every_allocation_may_fail)
{
    operation_call call = call_of((size_t)_i);
    iam_status wanted = facts[_i].flags & BAD ? IAM_EINVAL : IAM_OK;
    iam_status status = IAM_ENOMEM;

    call.guardrail = TEXT(BEDROCK "guardrail/gr1");
    for (size_t n = 0; status == IAM_ENOMEM; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        const operation_check *checks;
        operation_note note;
        size_t count;
        arena a;

        ck_assert_uint_lt(n, 100);
        iamp_arena_init(&a, &poor);
        status = iamp_operation_expand(&call, &a, &checks, &count, &note, NULL);
        ck_assert(status == IAM_ENOMEM || status == wanted);
        ck_assert(status == IAM_OK || (checks == NULL && count == 0));
        iamp_arena_release(&a);
    }
}
END_TEST

UNIT_SUITE(
    operation, setup, teardown,
    tcase_add_loop_test(tc, test_fact, 0, (int)COUNT_OF(facts));
    tcase_add_loop_test(tc, test_guardrail, 0, (int)COUNT_OF(guardrails));
    tcase_add_test(tc, test_many_destinations);
    tcase_add_loop_test(tc, test_partition, 0, (int)COUNT_OF(partitions));
    tcase_add_test(tc, test_long_quotation); tcase_add_loop_test(
        tc, test_every_allocation_may_fail, 0, (int)COUNT_OF(facts));)
