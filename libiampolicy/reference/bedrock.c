/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bedrock.c - what a Bedrock call is checked as: G.2 and G.3 as tables.
 *
 * A row of `operations` lists the checks of an operation, each an action and
 * the place where it is checked.  Most places are one resource; ON_TARGET is
 * whatever a modelId stands for, which may be several (bedrock_target.c).
 */
#include "reference/expansion.h"
#include "value/arn.h"

typedef enum bedrock_place {
    NOWHERE = 0, /* ends the list */
    ON_ANY,      /* "*": the action knows no resources */
    ON_GIVEN,    /* the resource given, an ARN or the id of a `kind` */
    ON_EVERY,    /* every `kind` of the caller: its id is not known yet */
    ON_FLOW,     /* the flow of the flow alias given */
    ON_TARGET,   /* the model, profile, router, ... given (G.3) */
    ON_TARGET_IF_GIVEN,
    ON_MODEL /* the foundation model given or behind the profile given */
} bedrock_place;

typedef struct bedrock_rule {
    const char *action; /* without prefix; NULL: named as the operation */
    bedrock_place place;
    const char *kind; /* what precedes the id in an ARN */
} bedrock_rule;

typedef struct bedrock_operation {
    const char *prefix, *name;
    bedrock_rule rules[3];
    const char *note;
} bedrock_operation;

static const char note_role[] =
    "iam:PassRole is checked too, on the service role that the call passes; "
    "it is not decided here";
static const char note_inline[] =
    "AWS says that the caller also needs bedrock:InvokeModel on the agent's "
    "model; give the model as the resource to have it decided";
static const char note_endpoint[] =
    "iam:PassRole and, by way of Bedrock, actions of SageMaker are checked "
    "too; they are not decided here";
static const char note_automation[] =
    "the call is checked on the blueprints, the project and the profile that "
    "it names; only the resource given is decided here";
static const char note_guardrail[] =
    "a guardrail that works across regions is checked on its guardrail profile "
    "too, which is not decided here";

/* Names differ within a prefix, so that CloudTrail's one event source for all
 * Bedrock endpoints finds its row as well. */
static const bedrock_operation operations[] = {
    {"bedrock", "InvokeModel", {{NULL, ON_TARGET, NULL}}, NULL},
    {"bedrock", "InvokeModelWithResponseStream", {{NULL, ON_TARGET, NULL}},
        NULL},
    {"bedrock", "Converse", {{"InvokeModel", ON_TARGET, NULL}}, NULL},
    {"bedrock", "ConverseStream",
        {{"InvokeModelWithResponseStream", ON_TARGET, NULL}}, NULL},
    {"bedrock", "InvokeModelWithBidirectionalStream",
        {{"InvokeModel", ON_TARGET, NULL}}, NULL},
    {"bedrock", "StartAsyncInvoke",
        {{"InvokeModel", ON_TARGET, NULL},
            {"InvokeModel", ON_EVERY, "async-invoke"}},
        NULL},
    {"bedrock", "GetAsyncInvoke", {{NULL, ON_GIVEN, "async-invoke"}}, NULL},
    {"bedrock", "ListAsyncInvokes", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "CountTokens", {{NULL, ON_MODEL, NULL}}, NULL},
    {"bedrock", "ApplyGuardrail", {{NULL, ON_GIVEN, "guardrail"}},
        note_guardrail},
    {"bedrock", "InvokeGuardrailChecks", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "GetInvoke", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock", "CancelInvoke", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock", "DeleteInvoke", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock", "CallWithBearerToken", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "CreateModelInvocationJob",
        {{NULL, ON_TARGET, NULL}, {NULL, ON_EVERY, "model-invocation-job"}},
        note_role},
    {"bedrock", "CreateEvaluationJob", {{NULL, ON_TARGET, NULL}}, note_role},
    {"bedrock", "CreateModelCustomizationJob",
        {{NULL, ON_TARGET, NULL}, {NULL, ON_EVERY, "custom-model"}}, note_role},
    {"bedrock", "CreateModelImportJob", {{NULL, ON_ANY, NULL}}, note_role},
    {"bedrock", "CreateAdvancedPromptOptimizationJob",
        {{NULL, ON_TARGET, NULL}}, note_role},
    {"bedrock", "CreateInferenceProfile",
        {{NULL, ON_TARGET, NULL},
            {NULL, ON_EVERY, "application-inference-profile"}},
        NULL},
    {"bedrock", "CreatePromptRouter", {{NULL, ON_TARGET, NULL}}, NULL},
    {"bedrock", "CreateProvisionedModelThroughput", {{NULL, ON_TARGET, NULL}},
        NULL},
    {"bedrock", "CreateMarketplaceModelEndpoint", {{NULL, ON_ANY, NULL}},
        note_endpoint},
    {"bedrock", "CreateAgent", {{NULL, ON_ANY, NULL}}, note_role},
    {"bedrock", "UpdateAgent", {{NULL, ON_GIVEN, "agent"}}, note_role},
    {"bedrock", "InvokeAgent", {{NULL, ON_GIVEN, "agent-alias"}}, NULL},
    {"bedrock", "InvokeInlineAgent",
        {{NULL, ON_ANY, NULL}, {"InvokeModel", ON_TARGET_IF_GIVEN, NULL}},
        NULL},
    {"bedrock", "InvokeFlow", {{NULL, ON_GIVEN, "flow"}}, NULL},
    {"bedrock", "StartFlowExecution",
        {{NULL, ON_FLOW, "flow"}, {NULL, ON_GIVEN, "flow"}}, NULL},
    {"bedrock", "Retrieve", {{NULL, ON_GIVEN, "knowledge-base"}}, NULL},
    {"bedrock", "RetrieveAndGenerate",
        {{NULL, ON_ANY, NULL}, {"Retrieve", ON_GIVEN, "knowledge-base"},
            {"GetKnowledgeBase", ON_GIVEN, "knowledge-base"}},
        NULL},
    {"bedrock", "RetrieveAndGenerateStream",
        {{"RetrieveAndGenerate", ON_ANY, NULL},
            {"Retrieve", ON_GIVEN, "knowledge-base"},
            {"GetKnowledgeBase", ON_GIVEN, "knowledge-base"}},
        NULL},
    {"bedrock", "AgenticRetrieveStream", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "GenerateQuery", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "Rerank", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "OptimizePrompt", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock", "InvokeDataAutomation",
        {{NULL, ON_GIVEN, "data-automation-project"}}, note_automation},
    {"bedrock", "InvokeDataAutomationAsync",
        {{NULL, ON_GIVEN, "data-automation-project"}}, note_automation},
    {"bedrock", "RenderPrompt", {{NULL, ON_GIVEN, "prompt"}}, NULL},
    {"bedrock", "InvokeTool", {{NULL, ON_GIVEN, "system-tool"}}, NULL},
    {"bedrock-mantle", "CreateInference", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "GetInference", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "DeleteInference", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "CancelInference", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "CountTokens", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "CreateFineTuningJob", {{NULL, ON_GIVEN, "project"}},
        NULL},
    {"bedrock-mantle", "CreateFile", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "CreateProject", {{NULL, ON_GIVEN, "project"}}, NULL},
    {"bedrock-mantle", "CallWithBearerToken", {{NULL, ON_ANY, NULL}}, NULL},
    {"bedrock-websearch", "InvokeSearch", {{NULL, ON_GIVEN, "tool"}}, NULL},
    {"bedrock-websearch", "InvokeFetch", {{NULL, ON_GIVEN, "tool"}}, NULL},
};

/* Those whose ARN is not arn:P:service:region:account:kind/id. */
static const struct {
    const char *kind;
    bool no_region, of_aws;
} odd_kinds[] = {
    {"system-tool", true, false},
    {"tool", false, true},
};

static text text_of(const char *literal)
{
    return (text){literal, strlen(literal)};
}

static const bedrock_operation *find(text prefix, text name)
{
    if (!text_starts(prefix, TEXT("bedrock")))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(operations); i++)
        if (iamp_text_eq_fold(name, text_of(operations[i].name)) &&
            text_eq(prefix, text_of(operations[i].prefix)))
            return &operations[i];
    return NULL;
}

/* The ARN of a `kind` that the caller's account has. */
static bool make_arn(
    expansion *e, const char *service, const char *kind, text id, text *out)
{
    bedrock_home home = iamp_bedrock_home(e->call, e->call->resource);
    bool no_region = false, of_aws = false;

    for (size_t i = 0; i < COUNT_OF(odd_kinds); i++)
        if (strcmp(kind, odd_kinds[i].kind) == 0) {
            no_region = odd_kinds[i].no_region;
            of_aws = odd_kinds[i].of_aws;
        }
    if (!iamp_bedrock_has_region(e, &home) ||
        (!of_aws && !iamp_bedrock_has_account(e, &home)))
        return false;
    return iamp_expansion_join(e,
        (const text[]){TEXT("arn:"), home.partition, TEXT(":"),
            text_of(service), TEXT(":"), no_region ? TEXT("") : home.region,
            TEXT(":"), of_aws ? TEXT("aws") : home.account, TEXT(":"),
            text_of(kind), TEXT("/"), id},
        12, out);
}

static bool add_given(expansion *e, text action, text given,
    const char *service, const char *kind)
{
    operation_check check = {.action = action, .resource = given};
    arn whole;

    if (given.len == 0)
        check.resource = TEXT("*");
    else if (!text_eq(given, TEXT("*")) && !iamp_arn_split(given, &whole) &&
             !(iamp_bedrock_is_id(e, given) &&
                 make_arn(e, service, kind, given, &check.resource)))
        return false;
    return iamp_expansion_add(e, check);
}

static bool add_every(
    expansion *e, text action, const char *service, const char *kind)
{
    operation_check check = {.action = action};

    return make_arn(e, service, kind, TEXT("*"), &check.resource) &&
           iamp_expansion_add(e, check);
}

/* What stands before "/alias/". */
static text flow_of(text alias)
{
    static const text cut = {"/alias/", 7};

    for (size_t i = 0; i + cut.len <= alias.len; i++)
        if (text_starts(text_from(alias, i), cut))
            return text_slice(alias, 0, i);
    return alias;
}

/* The identifier of a numbered version ends in ":VERSION" (G.5); the guardrail
 * itself is what is checked. */
static text without_version(text guardrail)
{
    static const text mark = {"guardrail/", 10};
    size_t start = 0;

    for (size_t i = 0; i + mark.len <= guardrail.len; i++)
        if (text_starts(text_from(guardrail, i), mark))
            start = i;
    return text_slice(
        guardrail, 0, start + iamp_text_find(text_from(guardrail, start), ':'));
}

static bool add_guardrail(expansion *e)
{
    iamp_expansion_note(e, note_guardrail);
    return add_given(e, TEXT("bedrock:ApplyGuardrail"),
        without_version(e->call->guardrail), "bedrock", "guardrail");
}

static bool add_rule(
    expansion *e, const bedrock_operation *row, const bedrock_rule *rule)
{
    text given = e->call->resource;
    text action;

    if (!iamp_expansion_join(e,
            (const text[]){text_of(row->prefix), TEXT(":"),
                text_of(rule->action ? rule->action : row->name)},
            3, &action))
        return false;
    switch (rule->place) {
    case NOWHERE:
        break;
    case ON_ANY:
        return iamp_expansion_add(
            e, (operation_check){.action = action, .resource = TEXT("*")});
    case ON_GIVEN:
        return add_given(e, action, given, row->prefix, rule->kind);
    case ON_EVERY:
        return add_every(e, action, row->prefix, rule->kind);
    case ON_FLOW:
        return add_given(e, action, flow_of(given), row->prefix, rule->kind);
    case ON_TARGET_IF_GIVEN:
        if (given.len)
            return iamp_bedrock_add_target(e, action, given);
        iamp_expansion_note(e, note_inline);
        break;
    case ON_TARGET:
        return iamp_bedrock_add_target(e, action, given);
    case ON_MODEL:
        return iamp_bedrock_add_model(e, action, given);
    }
    return true;
}

/* Runs a model at once, so that the call may name a guardrail (G2.5). */
static bool is_inference(const bedrock_operation *row)
{
    const char *action = row->rules[0].action;

    return row->rules[0].place == ON_TARGET &&
           text_starts(
               text_of(action ? action : row->name), TEXT("InvokeModel"));
}

bool iamp_bedrock_expand(expansion *e, text prefix, text operation, bool *known)
{
    const bedrock_operation *row = find(prefix, operation);

    *known = row != NULL;
    if (!row)
        return true;
    for (size_t i = 0; i < COUNT_OF(row->rules) && row->rules[i].place; i++)
        if (!add_rule(e, row, &row->rules[i]))
            return false;
    if (row->note)
        iamp_expansion_note(e, row->note);
    return e->call->guardrail.len == 0 || !is_inference(row) ||
           add_guardrail(e);
}

bool iamp_bedrock_add_token(expansion *e, text prefix)
{
    operation_check check = {.resource = TEXT("*")};

    if (iamp_text_eq_fold(prefix, TEXT("bedrock")))
        check.action = TEXT("bedrock:CallWithBearerToken");
    else if (iamp_text_eq_fold(prefix, TEXT("bedrock-mantle")))
        check.action = TEXT("bedrock-mantle:CallWithBearerToken");
    else
        return true;
    return iamp_expansion_add(e, check);
}
