/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition.c - a condition's values, each compiled for its operator.
 *
 * A value that its operator cannot use never matches (B.3): it is left out, so
 * that a positive operator fails and a negated one holds by the rule of B1.3.
 */
#include "program/program.h"

#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
    return iamp_text_compare(*(const text *)a, *(const text *)b);
}

static bool is_plain(const glob *g)
{
    return g->shape == GLOB_EXACT || g->shape == GLOB_EMPTY;
}

/* Put the values that are plain text by themselves, sorted: a request's value
 * is then looked up, however long the list. */
static iam_status sort_exact(condition *c, const glob *globs, arena *mem)
{
    uint32_t kept = 0, plain = 0;
    glob *others;
    text *exact;

    for (uint32_t i = 0; i < c->count; i++)
        plain += is_plain(&globs[i]);
    exact = ARENA_ARRAY(mem, text, plain);
    others = ARENA_ARRAY(mem, glob, c->count - plain);
    if (!exact || !others)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < c->count; i++) {
        if (globs[i].shape == GLOB_EXACT)
            exact[c->exact_count++] = glob_literal(&globs[i]);
        else if (globs[i].shape == GLOB_EMPTY)
            exact[c->exact_count++] = TEXT("");
        else
            others[kept++] = globs[i];
    }
    c->count = kept;
    c->of.globs = others;
    c->exact = exact;
    qsort(exact, c->exact_count, sizeof(*exact), by_bytes);
    return IAM_OK;
}

static iam_status compile_globs(condition *c, glob_syntax syntax, bool fold,
    bool variables, compile_memory *memory)
{
    glob *globs = ARENA_ARRAY(&memory->values, glob, c->value_count);
    iam_status status = globs ? IAM_OK : IAM_ENOMEM;

    c->fold = fold;
    for (uint32_t i = 0; i < c->value_count && status == IAM_OK; i++) {
        template_parts parts;

        status = iamp_compile_template(&parts, c->values[i], variables, memory);
        if (status == IAM_OK)
            status = iamp_glob_compile(&globs[c->count++], parts.pieces,
                parts.count, syntax, fold, memory->mem);
        c->variable |= status == IAM_OK && parts.has_variable;
    }
    if (status == IAM_OK)
        status = sort_exact(c, globs, memory->mem);
    if (status != IAM_OK)
        c->count = 0;
    iamp_arena_rewind(&memory->values);
    return status;
}

/* B.3.4: a value that is neither "true" nor "false" never matches; one that
 * holds a variable is known only with the request. */
static iam_status compile_bools(
    condition *c, bool variables, compile_memory *memory)
{
    glob *globs = ARENA_ARRAY(memory->mem, glob, c->value_count);
    iam_status status = globs ? IAM_OK : IAM_ENOMEM;

    c->of.globs = globs;
    for (uint32_t i = 0; i < c->value_count && status == IAM_OK; i++) {
        template_parts parts;
        bool ignored;

        status = iamp_compile_template(&parts, c->values[i], variables, memory);
        if (status != IAM_OK)
            return status;
        if (!parts.has_variable && !iamp_bool_parse(c->values[i], &ignored)) {
            c->invalid = true;
            continue;
        }
        c->variable |= parts.has_variable;
        status = iamp_glob_compile(&globs[c->count++], parts.pieces,
            parts.count, GLOB_PLAIN, true, memory->mem);
    }
    return status;
}

static iam_status compile_arns(
    condition *c, bool variables, compile_memory *memory)
{
    arn_glob *arns = ARENA_ARRAY(memory->mem, arn_glob, c->value_count);
    iam_status status = arns ? IAM_OK : IAM_ENOMEM;

    c->of.arns = arns;
    for (uint32_t i = 0; i < c->value_count && status == IAM_OK; i++) {
        template_parts parts;

        status = iamp_compile_template(&parts, c->values[i], variables, memory);
        if (status == IAM_OK)
            status = iamp_arn_glob_compile(
                &arns[c->count++], parts.pieces, parts.count, memory->mem);
        c->variable |= status == IAM_OK && parts.has_variable;
    }
    for (uint32_t i = 0; i < c->count; i++)
        c->invalid |= !arns[i].valid;
    return status;
}

static int by_number(const void *a, const void *b)
{
    return iamp_decimal_compare(a, b);
}

static int by_moment(const void *a, const void *b)
{
    return iamp_instant_compare(a, b);
}

static iam_status compile_numbers(condition *c, arena *mem)
{
    decimal *numbers = ARENA_ARRAY(mem, decimal, c->value_count);

    c->of.numbers = numbers;
    for (uint32_t i = 0; numbers && i < c->value_count; i++)
        c->count += iamp_decimal_parse(c->values[i], &numbers[c->count]);
    if (c->count > 1)
        qsort(numbers, c->count, sizeof(*numbers), by_number);
    c->invalid = c->count < c->value_count;
    return numbers ? IAM_OK : IAM_ENOMEM;
}

static iam_status compile_dates(condition *c, arena *mem)
{
    instant *dates = ARENA_ARRAY(mem, instant, c->value_count);

    c->of.dates = dates;
    for (uint32_t i = 0; dates && i < c->value_count; i++)
        c->count += iamp_instant_parse(c->values[i], &dates[c->count]);
    if (c->count > 1)
        qsort(dates, c->count, sizeof(*dates), by_moment);
    c->invalid = c->count < c->value_count;
    return dates ? IAM_OK : IAM_ENOMEM;
}

static iam_status compile_bytes(condition *c, arena *mem)
{
    text *bytes = ARENA_ARRAY(mem, text, c->value_count);
    iam_status status = bytes ? IAM_OK : IAM_ENOMEM;

    c->of.bytes = bytes;
    for (uint32_t i = 0; i < c->value_count && status == IAM_OK; i++) {
        bool valid = false;

        status = iamp_bytes_decode(c->values[i], &bytes[c->count], &valid, mem);
        c->count += valid;
    }
    c->invalid = c->count < c->value_count;
    return status;
}

static iam_status compile_addresses(condition *c, arena *mem)
{
    ipset *set = ARENA_ARRAY(mem, ipset, 1);
    ipblock *blocks;
    arena scratch;
    iam_status status;

    if (!set)
        return IAM_ENOMEM;
    c->of.addresses = set;
    iamp_arena_init(&scratch, mem->from);
    blocks = ARENA_ARRAY(&scratch, ipblock, c->value_count);
    for (uint32_t i = 0; blocks && i < c->value_count; i++)
        c->count += iamp_ipblock_parse(c->values[i], &blocks[c->count]);
    c->invalid = c->count < c->value_count;
    status = blocks ? iamp_ipset_build(set, blocks, c->count, mem) : IAM_ENOMEM;
    iamp_arena_release(&scratch);
    return status;
}

/* B.3.8: several values are ORed; other words never match. */
static void compile_null(condition *c)
{
    for (uint32_t i = 0; i < c->value_count; i++) {
        bool absent;

        if (!iamp_bool_parse(c->values[i], &absent))
            c->invalid = true;
        else if (absent)
            c->of.null.absent = true;
        else
            c->of.null.present = true;
    }
}

static iam_status compile_values(
    condition *c, bool variables, compile_memory *memory)
{
    switch ((operator_base)c->op.base) {
    case OP_STRING_EQUALS:
        return compile_globs(c, GLOB_PLAIN, false, variables, memory);
    case OP_STRING_EQUALS_FOLD:
        return compile_globs(c, GLOB_PLAIN, true, variables, memory);
    case OP_STRING_LIKE:
        return compile_globs(c, GLOB_LIKE, false, variables, memory);
    case OP_NUMERIC_EQUALS:
    case OP_NUMERIC_LESS:
    case OP_NUMERIC_LESS_EQUALS:
    case OP_NUMERIC_GREATER:
    case OP_NUMERIC_GREATER_EQUALS:
        return compile_numbers(c, memory->mem);
    case OP_DATE_EQUALS:
    case OP_DATE_LESS:
    case OP_DATE_LESS_EQUALS:
    case OP_DATE_GREATER:
    case OP_DATE_GREATER_EQUALS:
        return compile_dates(c, memory->mem);
    case OP_BOOL:
        return compile_bools(c, variables, memory);
    case OP_BINARY_EQUALS:
        return compile_bytes(c, memory->mem);
    case OP_IP_ADDRESS:
        return compile_addresses(c, memory->mem);
    case OP_ARN_LIKE:
        return compile_arns(c, variables, memory);
    case OP_NULL:
        compile_null(c);
        return IAM_OK;
    }
    return IAM_OK;
}

/* A key that is spelled as in the table, and the operator of the condition
 * before, are there already. */
static bool keep_names(
    condition *out, const doc_condition *from, compile_memory *memory)
{
    out->key = iamp_key_find(from->key);
    out->key.name = iamp_key_fact((key_id)out->key.id)->name;
    out->written = memory->operator_name;
    if (!text_eq(out->key.name, from->key) &&
        !text_keep(&out->key.name, from->key, memory->mem))
        return false;
    if (out->written.ptr && text_eq(out->written, from->written))
        return true;
    if (!text_keep(&out->written, from->written, memory->mem))
        return false;
    memory->operator_name = out->written;
    return true;
}

iam_status iamp_condition_compile(condition *out, const doc_condition *from,
    bool variables, compile_memory *memory)
{
    arena *mem = memory->mem;
    text *values = ARENA_ARRAY(mem, text, from->values.count);

    *out = (condition){.op = from->op,
        .values = values,
        .value_count = (uint32_t)from->values.count};
    if (!values || !keep_names(out, from, memory))
        return IAM_ENOMEM;
    for (size_t i = 0; i < from->values.count; i++)
        if (!text_keep(&values[i], from->values.items[i].text, mem))
            return IAM_ENOMEM;
    return compile_values(out, variables, memory);
}
