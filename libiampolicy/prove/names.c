/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - the words for questions, verdicts and the like.
 */
#include "prove/prove.h"

static const char *const question_names[] = {
    [IAM_ONLY_FROM] = "only-from",
    [IAM_ALWAYS_FROM] = "always-from",
    [IAM_EXACTLY_FROM] = "exactly-from",
    [IAM_NEVER] = "never",
    [IAM_ALWAYS] = "always",
    [IAM_WITHIN] = "within",
    [IAM_NOT_PUBLIC] = "not-public",
};

const char *iamp_question_name(iam_question_kind kind)
{
    if ((size_t)kind >= COUNT_OF(question_names) || !question_names[kind])
        return "";
    return question_names[kind];
}

iam_question_kind iamp_question_from_name(text name)
{
    for (size_t kind = 1; kind < COUNT_OF(question_names); kind++)
        if (text_eq(name, iamp_text_of(question_names[kind], IAM_NTS)))
            return (iam_question_kind)kind;
    return (iam_question_kind)0;
}

const char *iamp_verdict_name(iam_verdict verdict)
{
    switch (verdict) {
    case IAM_PROVED:
        return "proved";
    case IAM_REFUTED:
        return "refuted";
    case IAM_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *iamp_relation_name(iam_relation relation)
{
    switch (relation) {
    case IAM_EQUIVALENT:
        return "equivalent";
    case IAM_NARROWER:
        return "narrower";
    case IAM_WIDER:
        return "wider";
    case IAM_INCOMPARABLE:
        return "incomparable";
    case IAM_RELATION_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *iamp_level_name(iam_witness_level level)
{
    switch (level) {
    case IAM_KNOWN_ACTION:
        return "known action";
    case IAM_WELL_FORMED:
        return "well-formed";
    case IAM_ANY_STRINGS:
        break;
    }
    return "any strings";
}
