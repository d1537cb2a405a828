/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_policy.c - policies, as the header has them.
 */
#include "api/api.h"

const char *iam_policy_kind_name(iam_policy_kind kind)
{
    return iamp_kind_name(kind);
}

iam_policy_kind iam_policy_kind_from_name(const char *name, size_t len)
{
    return iamp_kind_from_name(iamp_text_of(name, len));
}

iam_status iam_policy_compile(iam_policy_kind kind, const char *text_ptr,
    size_t len, const iam_options *options, iam_policy **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!text_ptr)
        return api_null(err);
    status = api_options(options, err);
    if (status != IAM_OK)
        return status;
    if (iamp_layer_of(kind) == LAYER_NONE)
        return iamp_error_set(err, IAM_EINVAL, "there is no such policy kind");
    return iamp_policy_compile_text(
        out, iamp_text_of(text_ptr, len), kind, options, err);
}

iam_policy *iam_policy_ref(iam_policy *policy)
{
    return iamp_policy_ref(policy);
}

void iam_policy_free(iam_policy *policy)
{
    iamp_policy_release(policy);
}

iam_policy_kind iam_policy_kind_of(const iam_policy *policy)
{
    return policy ? policy->kind : (iam_policy_kind)0;
}

size_t iam_policy_memory(const iam_policy *policy)
{
    return policy ? sizeof(*policy) + policy->mem.held : 0;
}

size_t iam_policy_statement_count(const iam_policy *policy)
{
    return policy ? policy->statement_count : 0;
}

iam_statement iam_policy_statement(const iam_policy *policy, size_t index)
{
    const program_statement *s;

    if (!policy || index >= policy->statement_count)
        return (iam_statement){.sid = "", .deny = true, .undecidable = true};
    s = &policy->statements[index];
    return (iam_statement){.sid = s->sid.ptr,
        .deny = s->deny,
        .undecidable = s->undecidable,
        .line = s->line,
        .column = s->column,
        .offset = s->offset};
}

size_t iam_policy_finding_count(const iam_policy *policy)
{
    return policy ? policy->finding_count : 0;
}

iam_finding iam_policy_finding(const iam_policy *policy, size_t index)
{
    if (!policy || index >= policy->finding_count)
        return (iam_finding){.code = "", .where = "", .message = ""};
    return policy->findings[index];
}

typedef void printer(const iam_policy *policy, textbuf *buf);

static iam_status print_with(
    printer *print, const iam_policy *policy, iam_sink sink, void *user)
{
    textbuf buf;

    if (!policy || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, policy->mem.from);
    print(policy, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

iam_status iam_policy_print(const iam_policy *policy, iam_sink sink, void *user)
{
    return print_with(iamp_policy_print, policy, sink, user);
}

iam_status iam_policy_list(const iam_policy *policy, iam_sink sink, void *user)
{
    return print_with(iamp_policy_list, policy, sink, user);
}

iam_outcome iam_policy_check(
    const iam_policy *policy, const iam_request *request)
{
    return policy && request ? iamp_policy_check(policy, request)
                             : IAM_IMPLICIT_DENY;
}
