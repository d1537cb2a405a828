/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bedrock_target.c - what a modelId stands for (G.3).
 *
 * It may be the ARN or the id of a foundation model, of an inference profile,
 * which is checked on itself and on the models behind it, or of one of several
 * things that run models.
 */
#include "reference/expansion.h"
#include "value/arn.h"

static const char note_count[] =
    "bedrock:CountTokens is documented for foundation models only";
static const char note_destinations[] =
    "the destination regions of the inference profile are not known: of the "
    "models behind it only that of the region called is decided";
static const char note_behind[] =
    "the models behind this resource are not known; they are checked too, "
    "which is not decided here";
static const char note_prompt[] =
    "the model that the prompt names is not known; \"any foundation model\" "
    "stands for it here";
static const char note_provisioned[] =
    "an id that is no foundation model's is taken for that of provisioned "
    "throughput";

/* Partitions by the start of their regions; all others are "aws". */
static const struct {
    text region, partition;
} partitions[] = {
    {{"cn-", 3}, {"aws-cn", 6}},
    {{"us-gov-", 7}, {"aws-us-gov", 10}},
    {{"us-iso-", 7}, {"aws-iso", 7}},
    {{"us-isob-", 8}, {"aws-iso-b", 9}},
    {{"eu-isoe-", 8}, {"aws-iso-e", 9}},
    {{"us-isof-", 8}, {"aws-iso-f", 9}},
    {{"eusc-", 5}, {"aws-eusc", 8}},
};

/* What the id of an inference profile starts with, before the id of its model:
 * what AWS documents, then what it may come to.  No vendor of models is called
 * like any of these. */
static const text geographies[] = {
    {"us", 2},
    {"eu", 2},
    {"apac", 4},
    {"jp", 2},
    {"au", 2},
    {"ca", 2},
    {"us-gov", 6},
    {"global", 6},
    {"sa", 2},
    {"me", 2},
    {"af", 2},
    {"il", 2},
    {"in", 2},
    {"kr", 2},
    {"uk", 2},
};

/* How the resource type of an ARN is checked; all others on themselves. */
typedef enum target_form {
    FORM_ITSELF = 0,
    FORM_PROFILE,
    FORM_BEHIND, /* itself; it runs models that only AWS knows */
    FORM_PROMPT
} target_form;

static const struct {
    text start;
    target_form form;
} forms[] = {
    {{"inference-profile/", 18}, FORM_PROFILE},
    {{"application-inference-profile/", 30}, FORM_BEHIND},
    {{"prompt-router/", 14}, FORM_BEHIND},
    {{"default-prompt-router/", 22}, FORM_BEHIND},
    {{"prompt/", 7}, FORM_PROMPT},
};

bedrock_home iamp_bedrock_home(const operation_call *call, text resource)
{
    bedrock_home home = {call->partition, call->region, call->account};
    arn parts;

    if (iamp_arn_split(resource, &parts)) {
        home.partition = parts.partition;
        if (parts.region.len)
            home.region = parts.region;
        if (home.account.len == 0)
            home.account = parts.account;
    }
    if (home.partition.len)
        return home;
    home.partition = TEXT("aws");
    for (size_t i = 0; i < COUNT_OF(partitions); i++)
        if (text_starts(home.region, partitions[i].region))
            home.partition = partitions[i].partition;
    return home;
}

/* As the names of regions and partitions are made. */
static bool is_name(text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && c != '-')
            return false;
    }
    return t.len > 0;
}

bool iamp_bedrock_has_region(expansion *e, const bedrock_home *home)
{
    if (home->region.len == 0)
        return iamp_expansion_fail(e, e->call->operation,
            "needs the region that is called: set aws:RequestedRegion, or "
            "name the model by its ARN");
    if (!is_name(home->region))
        return iamp_expansion_fail(e, home->region, "is not a region");
    if (!is_name(home->partition))
        return iamp_expansion_fail(e, home->partition, "is not a partition");
    return true;
}

bool iamp_bedrock_has_account(expansion *e, const bedrock_home *home)
{
    if (home->account.len == 0)
        return iamp_expansion_fail(e, e->call->operation,
            "is called from an account that is not known");
    return iamp_account_valid(home->account) ||
           iamp_expansion_fail(
               e, home->account, "is not an account of 12 digits");
}

bool iamp_bedrock_is_id(expansion *e, text id)
{
    if (text_starts(id, TEXT("arn:")))
        return iamp_expansion_fail(e, id, "is not a whole ARN");
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = ascii_lower(id.ptr[i]);

        if (!(c >= 'a' && c <= 'z') && !ascii_digit((char)c) &&
            (c == '\0' || !strchr("-_.:/", c)))
            return iamp_expansion_fail(e, id, "is neither an ARN nor an id");
    }
    return true;
}

static bool make_arn(expansion *e, const bedrock_home *home, text region,
    text account, text kind, text id, text *out)
{
    return iamp_expansion_join(e,
        (const text[]){TEXT("arn:"), home->partition, TEXT(":bedrock:"), region,
            TEXT(":"), account, TEXT(":"), kind, id},
        9, out);
}

/* A foundation model belongs to no account. */
static bool add_model_in(expansion *e, const bedrock_home *home, text region,
    text model, operation_check check)
{
    return make_arn(e, home, region, TEXT(""), TEXT("foundation-model/"), model,
               &check.resource) &&
           iamp_expansion_add(e, check);
}

static bool add_destinations(
    expansion *e, const bedrock_home *home, text model, operation_check check)
{
    const operation_call *call = e->call;

    if (call->region_count == 0)
        iamp_expansion_note(e, note_destinations);
    for (size_t i = 0; i < call->region_count; i++) {
        text region = iamp_text_of(call->regions[i].ptr, call->regions[i].len);

        if (!is_name(region))
            return iamp_expansion_fail(e, region, "is not a region");
        if (text_eq(region, home->region))
            continue; /* the source region: was first */
        check.requested_region = region;
        if (!add_model_in(e, home, region, model, check))
            return false;
    }
    return true;
}

/* The profile itself, then the models behind it: where the call is made, and
 * in each destination.  A global profile has one destination, which is no
 * region at all. */
static bool add_profile(
    expansion *e, const bedrock_home *home, text action, text profile, text id)
{
    operation_check check = {.action = action, .resource = profile};
    size_t dot = iamp_text_find(id, '.');
    text model = text_from(id, dot < id.len ? dot + 1 : dot);

    if (!iamp_bedrock_has_region(e, home))
        return false;
    check.requested_region = home->region;
    if (!iamp_expansion_add(e, check))
        return false;
    if (model.len == 0) {
        iamp_expansion_note(e, note_behind);
        return true;
    }
    check.inference_profile_arn = profile;
    if (!add_model_in(e, home, home->region, model, check))
        return false;
    if (!text_eq(text_slice(id, 0, dot), TEXT("global")))
        return add_destinations(e, home, model, check);
    check.requested_region = TEXT("unspecified");
    return add_model_in(e, home, TEXT(""), model, check);
}

/* A SageMaker endpoint: Bedrock's own check has one resource for all, and
 * Bedrock then calls SageMaker in the caller's name. */
static bool add_endpoint(expansion *e, text action, const arn *endpoint)
{
    bedrock_home home = iamp_bedrock_home(e->call, endpoint->whole);
    operation_check check = {.action = action};
    text account = endpoint->account.len ? endpoint->account : home.account;

    if (!make_arn(e, &home, home.region, account,
            TEXT("marketplace/model-endpoint/"), TEXT("all-access"),
            &check.resource) ||
        !iamp_expansion_add(e, check))
        return false;
    return iamp_expansion_add(
        e, (operation_check){.action = TEXT("sagemaker:InvokeEndpoint"),
               .resource = endpoint->whole,
               .called_via = TEXT("bedrock.amazonaws.com")});
}

static bool add_prompt(expansion *e, text action, text prompt)
{
    bedrock_home home = iamp_bedrock_home(e->call, prompt);

    iamp_expansion_note(e, note_prompt);
    return iamp_expansion_add(
               e, (operation_check){.action = TEXT("bedrock:RenderPrompt"),
                      .resource = prompt}) &&
           add_model_in(e, &home, home.region, TEXT("*"),
               (operation_check){.action = action});
}

static target_form form_of(text resource, text *id)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (text_starts(resource, forms[i].start)) {
            *id = text_from(resource, forms[i].start.len);
            return forms[i].form;
        }
    return FORM_ITSELF;
}

static bool add_arn(expansion *e, text action, const arn *given)
{
    bedrock_home home = iamp_bedrock_home(e->call, given->whole);
    text id = {"", 0};

    if (text_eq(given->service, TEXT("sagemaker")))
        return add_endpoint(e, action, given);
    switch (form_of(given->resource, &id)) {
    case FORM_PROFILE:
        return add_profile(e, &home, action, given->whole, id);
    case FORM_PROMPT:
        return add_prompt(e, action, given->whole);
    case FORM_BEHIND:
        iamp_expansion_note(e, note_behind);
        break;
    case FORM_ITSELF:
        break;
    }
    return iamp_expansion_add(
        e, (operation_check){.action = action, .resource = given->whole});
}

static bool is_profile(text id)
{
    size_t dot = iamp_text_find(id, '.');

    if (dot == id.len)
        return false;
    for (size_t i = 0; i < COUNT_OF(geographies); i++)
        if (text_eq(text_slice(id, 0, dot), geographies[i]))
            return true;
    return false;
}

static bool add_profile_id(
    expansion *e, const bedrock_home *home, text action, text id)
{
    text profile;

    return iamp_bedrock_has_account(e, home) &&
           make_arn(e, home, home->region, home->account,
               TEXT("inference-profile/"), id, &profile) &&
           add_profile(e, home, action, profile, id);
}

/* An id without a dot: all that may be called by such an id has an ARN too,
 * and of those only provisioned throughput may be called without it. */
static bool add_provisioned(
    expansion *e, const bedrock_home *home, text action, text id)
{
    operation_check check = {.action = action};

    iamp_expansion_note(e, note_provisioned);
    return iamp_bedrock_has_account(e, home) &&
           make_arn(e, home, home->region, home->account,
               TEXT("provisioned-model/"), id, &check.resource) &&
           iamp_expansion_add(e, check);
}

bool iamp_bedrock_add_target(expansion *e, text action, text id)
{
    bedrock_home home = iamp_bedrock_home(e->call, TEXT(""));
    operation_check check = {.action = action, .resource = TEXT("*")};
    arn given;

    if (id.len == 0 || text_eq(id, TEXT("*")))
        return iamp_expansion_add(e, check);
    if (iamp_arn_split(id, &given))
        return add_arn(e, action, &given);
    if (!iamp_bedrock_is_id(e, id) || !iamp_bedrock_has_region(e, &home))
        return false;
    if (is_profile(id))
        return add_profile_id(e, &home, action, id);
    if (iamp_text_find(id, '.') == id.len)
        return add_provisioned(e, &home, action, id);
    return add_model_in(e, &home, home.region, id, check);
}

bool iamp_bedrock_add_model(expansion *e, text action, text id)
{
    bedrock_home home = iamp_bedrock_home(e->call, id);
    text profile = id;
    arn given;

    if (iamp_arn_split(id, &given) &&
        form_of(given.resource, &profile) != FORM_PROFILE)
        return iamp_bedrock_add_target(e, action, id);
    if (!is_profile(profile))
        return iamp_bedrock_add_target(e, action, id);
    iamp_expansion_note(e, note_count);
    return iamp_bedrock_is_id(e, profile) &&
           iamp_bedrock_has_region(e, &home) &&
           add_model_in(e, &home, home.region,
               text_from(profile, iamp_text_find(profile, '.') + 1),
               (operation_check){.action = action});
}
