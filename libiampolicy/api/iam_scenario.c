/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_scenario.c - scenarios, as the header has them.
 */
#include "api/api.h"

iam_status iam_scenario_parse(const char *text_ptr, size_t len,
    const iam_stack *fallback, const iam_options *options, iam_scenario **out,
    iam_error *err)
{
    if (!out)
        return api_null(err);
    *out = NULL;
    if (!text_ptr)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    return iamp_scenario_parse(
        out, iamp_text_of(text_ptr, len), fallback, options, err);
}

void iam_scenario_free(iam_scenario *scenario)
{
    iamp_scenario_free(scenario);
}

const char *iam_scenario_about(const iam_scenario *scenario)
{
    return scenario ? scenario->about.ptr : "";
}

const iam_stack *iam_scenario_stack(const iam_scenario *scenario)
{
    return scenario ? scenario->stack : NULL;
}

size_t iam_scenario_request_count(const iam_scenario *scenario)
{
    return scenario ? scenario->count : 0;
}

const char *iam_scenario_id(const iam_scenario *scenario, size_t index)
{
    return index < iam_scenario_request_count(scenario)
               ? scenario->requests[index].id.ptr
               : "";
}

const iam_operation *iam_scenario_operation(
    const iam_scenario *scenario, size_t index)
{
    return index < iam_scenario_request_count(scenario)
               ? scenario->requests[index].operation
               : NULL;
}

iam_expectation iam_scenario_expectation(
    const iam_scenario *scenario, size_t index)
{
    if (index >= iam_scenario_request_count(scenario))
        return (iam_expectation){.by = "", .message = ""};
    return scenario->requests[index].expected;
}
