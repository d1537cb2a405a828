/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.c - AWS's access-denied sentence, word for word (F.1, F.2).
 */
#include "eval/decision.h"

text iamp_layer_words(layer which)
{
    switch (which) {
    case LAYER_SCP:
        return TEXT("service control policy");
    case LAYER_RCP:
        return TEXT("resource control policy");
    case LAYER_ENDPOINT:
        return TEXT("VPC endpoint policy");
    case LAYER_RESOURCE:
        return TEXT("resource-based policy");
    case LAYER_BOUNDARY:
        return TEXT("permissions boundary");
    case LAYER_SESSION:
        return TEXT("session policy");
    case LAYER_IDENTITY:
        return TEXT("identity-based policy");
    case LAYER_NONE:
    case LAYER_COUNT:
        break;
    }
    return TEXT("");
}

static text article(text type)
{
    if (text_eq(type, TEXT("identity-based policy")))
        return TEXT("an ");
    if (text_eq(type, TEXT("role trust policy")))
        return TEXT("the ");
    return TEXT("a ");
}

void iamp_denial_print(const denial *facts, textbuf *buf)
{
    textbuf_add_lit(buf, "User: ");
    iamp_textbuf_add(buf, facts->principal);
    textbuf_add_lit(buf, " is not authorized to perform: ");
    iamp_textbuf_add(buf, facts->action);
    if (facts->resource.len) {
        textbuf_add_lit(buf, " on resource: ");
        iamp_textbuf_add(buf, facts->resource);
    }
    if (facts->type.len == 0) /* reason withheld */
        return;
    if (!facts->is_explicit) {
        textbuf_add_lit(buf, " because no ");
        iamp_textbuf_add(buf, facts->type);
        textbuf_add_lit(buf, " allows the ");
        iamp_textbuf_add(buf, facts->action);
        textbuf_add_lit(buf, " action");
        return;
    }
    textbuf_add_lit(buf, " with an explicit deny in ");
    iamp_textbuf_add(buf, article(facts->type));
    iamp_textbuf_add(buf, facts->type);
    if (facts->policy_arn.len) {
        textbuf_add_lit(buf, ": ");
        iamp_textbuf_add(buf, facts->policy_arn);
    }
}
