/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.c - questions to service_table.def, and the facts of E.6.
 */
#include "reference/service.h"

#include "value/arn.h"

enum rcp_source {
    DOCUMENTED = 1,
    PACKAGED
};

static const struct rcp_row {
    text prefix;
    enum rcp_source source;
} rcp_rows[] = {
#define RCP(prefix, source) {{prefix, sizeof(prefix) - 1}, source},
#define PERMISSIONLESS(action)
#include "reference/service_table.def"
#undef RCP
#undef PERMISSIONLESS
};

static const text permissionless[] = {
#define RCP(prefix, source)
#define PERMISSIONLESS(action) {action, sizeof(action) - 1},
#include "reference/service_table.def"
#undef RCP
#undef PERMISSIONLESS
};

/* The calls that a role's trust policy decides. */
static const text trust_actions[] = {
    {"sts:AssumeRole", 14},
    {"sts:AssumeRoleWithSAML", 22},
    {"sts:AssumeRoleWithWebIdentity", 29},
    {"sts:SetSourceIdentity", 21},
    {"sts:TagSession", 14},
};

static const text unsigned_actions[] = {
    {"sts:AssumeRoleWithSAML", 22},
    {"sts:AssumeRoleWithWebIdentity", 29},
};

/* Most rows differ in length or in the colon's place. */
static bool is_action(text prefix, text name, text row)
{
    return row.len == prefix.len + 1 + name.len && row.ptr[prefix.len] == ':' &&
           iamp_text_eq_fold(prefix, text_slice(row, 0, prefix.len)) &&
           iamp_text_eq_fold(name, text_from(row, prefix.len + 1));
}

static bool among(text prefix, text name, const text *actions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_action(prefix, name, actions[i]))
            return true;
    return false;
}

static bool is_prefix(text prefix, text row)
{
    return row.len == prefix.len && iamp_text_eq_fold(prefix, row);
}

static const struct rcp_row *find_rcp(text prefix)
{
    for (size_t i = 0; i < COUNT_OF(rcp_rows); i++)
        if (is_prefix(prefix, rcp_rows[i].prefix))
            return &rcp_rows[i];
    return NULL;
}

bool iamp_service_has_rcp(text prefix)
{
    return find_rcp(prefix) != NULL;
}

bool iamp_service_rcp_is_documented(text prefix)
{
    const struct rcp_row *row = find_rcp(prefix);

    return row && row->source == DOCUMENTED;
}

bool iamp_action_is_permissionless(text prefix, text name)
{
    return among(prefix, name, permissionless, COUNT_OF(permissionless));
}

bool iamp_action_is_unsigned(text prefix, text name)
{
    return among(prefix, name, unsigned_actions, COUNT_OF(unsigned_actions));
}

/* AWS IAM User Guide, "AWS global condition context keys" (2026):
 * aws:ResourceAccount is not supported by these. */
static const text no_resource_account[] = {
    {"auditmanager:UpdateAssessmentFrameworkShare", 43},
    {"detective:AcceptInvitation", 26},
    {"ds:AcceptSharedDirectory", 24},
    {"ec2:AcceptTransitGatewayPeeringAttachment", 41},
    {"ec2:AcceptVpcEndpointConnections", 32},
    {"ec2:AcceptVpcPeeringConnection", 30},
    {"ec2:CopySnapshot", 16},
    {"ec2:CreateTransitGatewayPeeringAttachment", 41},
    {"ec2:CreateVpcEndpoint", 21},
    {"ec2:CreateVpcPeeringConnection", 30},
    {"es:AcceptInboundConnection", 26},
    {"guardduty:AcceptAdministratorInvitation", 39},
    {"macie2:AcceptInvitation", 23},
    {"route53:AssociateVpcWithHostedZone", 34},
    {"route53:CreateVPCAssociationAuthorization", 41},
    {"securityhub:AcceptAdministratorInvitation", 41},
};

bool iamp_action_lacks_resource_account(text prefix, text name)
{
    return iamp_text_eq_fold(prefix, TEXT("ebs")) ||
           among(prefix, name, no_resource_account,
               COUNT_OF(no_resource_account));
}

bool iamp_resource_needs_grant(text resource, text prefix, text name)
{
    arn parts;

    if (!iamp_arn_split(resource, &parts))
        return false;
    if (text_eq(parts.service, TEXT("iam")))
        return text_starts(parts.resource, TEXT("role/")) &&
               among(prefix, name, trust_actions, COUNT_OF(trust_actions));
    return text_eq(parts.service, TEXT("kms")) &&
           text_starts(parts.resource, TEXT("key/")) &&
           iamp_text_eq_fold(prefix, TEXT("kms"));
}

bool iamp_rcp_service(size_t index, text *prefix)
{
    if (index >= COUNT_OF(rcp_rows))
        return false;
    *prefix = rcp_rows[index].prefix;
    return true;
}

const text *iamp_permissionless_actions(size_t *count)
{
    *count = COUNT_OF(permissionless);
    return permissionless;
}

const text *iamp_unsigned_actions(size_t *count)
{
    *count = COUNT_OF(unsigned_actions);
    return unsigned_actions;
}

const text *iamp_trust_actions(size_t *count)
{
    *count = COUNT_OF(trust_actions);
    return trust_actions;
}

uint32_t iamp_action_facts(text prefix, text name)
{
    uint32_t facts = 0;

    if (iamp_action_is_unsigned(prefix, name))
        facts |= ACTION_UNSIGNED;
    if (iamp_action_is_permissionless(prefix, name))
        facts |= ACTION_PERMISSIONLESS;
    if (iamp_service_has_rcp(prefix) &&
        !is_action(prefix, name, TEXT("kms:RetireGrant")))
        facts |= ACTION_HAS_RCP;
    if (iamp_action_lacks_resource_account(prefix, name))
        facts |= ACTION_LACKS_RESOURCE_ACCOUNT;
    if (is_action(prefix, name, TEXT("sts:GetCallerIdentity")))
        facts |= ACTION_CALLER_IDENTITY;
    if (is_prefix(prefix, TEXT("iam")) || is_prefix(prefix, TEXT("sts")))
        facts |= ACTION_IAM_OR_STS;
    return facts;
}

const text *iamp_no_resource_account_actions(size_t *count)
{
    *count = COUNT_OF(no_resource_account);
    return no_resource_account;
}
