/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks for what, and the context keys that follow from it (D.1). */
#include "oracle_parts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool oracle_arn_field(const char *arn, int index, char *out, size_t room)
{
    for (int i = 0; i < index; i++) {
        arn = strchr(arn, ':');
        if (!arn)
            return false;
        arn++;
    }
    size_t len = index < 5 ? strcspn(arn, ":") : strlen(arn);
    if (len >= room)
        abort();
    memcpy(out, arn, len);
    out[len] = '\0';
    return index == 5 || arn[len] == ':';
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static void put(char *out, size_t room, const char *text)
{
    if ((size_t)snprintf(out, room, "%s", text) >= room)
        abort();
}

/* ---- The caller ---------------------------------------------------------- */

/* The role of a session whose path nobody gave: one without path. */
static void default_role(oracle_caller *caller, const char *name)
{
    char partition[128];
    caller->guessed = true;
    oracle_arn_field(caller->arn, 1, partition, sizeof(partition));
    snprintf(caller->role, sizeof(caller->role),
        "arn:%.32s:iam::%.16s:role/%.*s", partition, caller->account,
        (int)strcspn(name, "/"), name);
}

static void read_arn(oracle_caller *caller, const char *arn)
{
    char last[256];
    put(caller->arn, sizeof(caller->arn), arn);
    if (!oracle_arn_field(arn, 4, caller->account, sizeof(caller->account)) ||
        !oracle_arn_field(arn, 5, last, sizeof(last)))
        abort();
    if (starts_with(last, "user/")) {
        caller->kind = ORACLE_USER;
    } else if (starts_with(last, "role/")) {
        caller->kind = ORACLE_ROLE;
        put(caller->role, sizeof(caller->role), arn);
    } else if (starts_with(last, "assumed-role/")) {
        caller->kind = ORACLE_SESSION;
        default_role(caller, last + strlen("assumed-role/"));
    } else if (starts_with(last, "federated-user/")) {
        caller->kind = ORACLE_FEDERATED;
    } else if (strcmp(last, "root") == 0) {
        caller->kind = ORACLE_ROOT;
    } else {
        abort();
    }
}

static void read_caller(oracle_caller *caller, const json_t *principal)
{
    memset(caller, 0, sizeof(*caller));
    const char *text = json_string_value(principal);
    const char *service =
        json_string_value(json_object_get(principal, "service"));
    const char *role = json_string_value(json_object_get(principal, "role"));
    const char *user = json_string_value(json_object_get(principal, "user"));
    if (service) {
        caller->kind = ORACLE_SERVICE;
        put(caller->arn, sizeof(caller->arn), service);
    } else if (text && strcmp(text, "anonymous") == 0) {
        caller->kind = ORACLE_ANONYMOUS;
    } else {
        read_arn(caller,
            text ? text : json_string_value(json_object_get(principal, "arn")));
    }
    if (role) {
        put(caller->role, sizeof(caller->role), role);
        caller->guessed = false;
    }
    if (user)
        put(caller->user, sizeof(caller->user), user);
}

/* ---- The resource's account ---------------------------------------------- */

/* Owners that are no account: "aws", or nobody. */
static bool is_named_owner(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz-") == strlen(text);
}

static void read_account(oracle_request *request, const json_t *object)
{
    const char *given =
        json_string_value(json_object_get(object, "resourceAccount"));
    char field[128];
    if (given)
        put(request->account, sizeof(request->account), given);
    else if (oracle_arn_field(request->resource, 4, field, sizeof(field)) &&
             !is_named_owner(field))
        put(request->account, sizeof(request->account), field);
    else
        put(request->account, sizeof(request->account),
            request->caller.account);
}

/* ---- The context --------------------------------------------------------- */

static json_t *lower_case_names(const json_t *context)
{
    json_t *out = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)context, key, value)
    {
        char name[256];
        put(name, sizeof(name), key);
        for (char *at = name; *at; at++)
            *at = (char)oracle_lower(*at);
        json_object_set(out, name, value);
    }
    return out;
}

/* Unless the request has set it. */
static void derive_key(json_t *context, const char *name, const char *value)
{
    if (value && value[0] && !json_object_get(context, name))
        json_object_set_new(context, name, json_string(value));
}

static const char *principal_type(oracle_caller_kind kind)
{
    switch (kind) {
    case ORACLE_USER:
        return "User";
    case ORACLE_ROLE:
    case ORACLE_SESSION:
        return "AssumedRole";
    case ORACLE_FEDERATED:
        return "FederatedUser";
    case ORACLE_ROOT:
        return "Account";
    case ORACLE_ANONYMOUS:
        return "Anonymous";
    case ORACLE_SERVICE:
        break;
    }
    return NULL;
}

static void derive_identity(json_t *context, const oracle_caller *caller)
{
    char id[512];
    const char *name = strrchr(caller->arn, '/');
    bool session =
        caller->kind == ORACLE_ROLE || caller->kind == ORACLE_SESSION;
    derive_key(
        context, "aws:principalarn", session ? caller->role : caller->arn);
    derive_key(context, "aws:principalaccount", caller->account);
    derive_key(context, "aws:principalisawsservice", "false");
    if (caller->kind == ORACLE_USER)
        derive_key(context, "aws:username", name + 1);
    if (caller->kind == ORACLE_ROOT)
        derive_key(context, "aws:userid", caller->account);
    if (caller->kind == ORACLE_FEDERATED) {
        snprintf(id, sizeof(id), "%s:%s", caller->account, name + 1);
        derive_key(context, "aws:userid", id);
    }
}

/* Text operators see an address as AWS writes it (B.3.1). */
static void write_addresses(json_t *context)
{
    static const char *const keys[] = {
        "aws:sourceip", "aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const char *text = json_string_value(json_object_get(context, keys[i]));
        unsigned char address[16];
        char canonical[INET6_ADDRSTRLEN];
        if (text && inet_pton(AF_INET6, text, address) == 1) {
            inet_ntop(AF_INET6, address, canonical, sizeof(canonical));
            json_object_set_new(context, keys[i], json_string(canonical));
        }
    }
}

/* A.5.3: aws:PrincipalArn may tell the path of a session's role. */
static void role_from_context(oracle_request *request, const json_t *principal)
{
    oracle_caller *caller = &request->caller;
    const char *told = json_string_value(
        json_object_get(request->context, "aws:principalarn"));
    char account[128], last[256], part[128];
    const char *mine = strrchr(caller->role, '/');
    const char *its = told ? strrchr(told, '/') : NULL;
    if (caller->kind != ORACLE_SESSION || json_object_get(principal, "role") ||
        !its || !mine || strpbrk(told, "*?") ||
        !oracle_arn_field(told, 2, part, sizeof(part)) ||
        strcmp(part, "iam") != 0 ||
        !oracle_arn_field(told, 4, account, sizeof(account)) ||
        strcmp(account, caller->account) != 0 ||
        !oracle_arn_field(told, 5, last, sizeof(last)) ||
        strncmp(last, "role/", 5) != 0 || !oracle_same_word(its, mine))
        return;
    put(caller->role, sizeof(caller->role), told);
    caller->guessed = false;
}

static void derive_context(oracle_request *request)
{
    json_t *context = request->context;
    const oracle_caller *caller = &request->caller;
    char service[128] = "";
    char account[128] = "";
    derive_key(context, "aws:principaltype", principal_type(caller->kind));
    derive_key(context, "aws:viaawsservice", "false");
    if (caller->kind == ORACLE_SERVICE) {
        derive_key(context, "aws:principalisawsservice", "true");
        derive_key(context, "aws:principalservicename", caller->arn);
    } else if (caller->kind == ORACLE_ANONYMOUS) {
        derive_key(context, "aws:principalaccount", "anonymous");
        derive_key(context, "aws:userid", "anonymous");
    } else {
        derive_identity(context, caller);
    }
    /* Not known for Bedrock's foundation models, which nobody owns (G.4). */
    bool unknown =
        oracle_arn_field(request->resource, 2, service, sizeof(service)) &&
        oracle_arn_field(request->resource, 4, account, sizeof(account)) &&
        strcmp(service, "bedrock") == 0 && account[0] == '\0';
    if (!unknown)
        derive_key(context, "aws:resourceaccount", request->account);
}

/* ---- The request --------------------------------------------------------- */

void oracle_request_read(
    oracle_request *request, const json_t *object, bool derive)
{
    memset(request, 0, sizeof(*request));
    read_caller(&request->caller, json_object_get(object, "principal"));
    request->action = json_string_value(json_object_get(object, "action"));
    request->resource = json_string_value(json_object_get(object, "resource"));
    read_account(request, object);
    request->context = lower_case_names(json_object_get(object, "context"));
    request->flags = json_object_get(object, "flags");
    write_addresses(request->context);
    role_from_context(request, json_object_get(object, "principal"));
    if (derive)
        derive_context(request);
}

void oracle_request_free(oracle_request *request)
{
    json_decref(request->context);
}

bool oracle_flag(const oracle_request *request, const char *name)
{
    return json_is_true(json_object_get(request->flags, name));
}
