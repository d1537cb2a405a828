/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.c - document to program.
 *
 * The document lives in a scratch arena with its JSON tree; what the program
 * keeps is copied into the program's own.
 */
#include "program/program.h"

enum {
    LEAST_BLOCK = 240 /* small policies are common */
};

/* One compilation: what most steps need. */
typedef struct compiler {
    const document *from;
    iam_policy *policy;
    arena *mem;
    compile_memory memory;
    bool variables;
    const action_pattern *newest; /* with a prefix, which others may share */
    /* Places are asked for in the order of the text: go on from the last. */
    size_t seen, line_start;
    uint32_t line;
} compiler;

static void locate(compiler *c, size_t offset, uint32_t *line, uint32_t *column)
{
    text source = c->from->tree.source;

    if (offset < c->seen) {
        c->seen = c->line_start = 0;
        c->line = 1;
    }
    while (c->seen < offset) {
        text rest = text_slice(source, c->seen, offset);
        size_t at = iamp_text_find(rest, '\n');

        if (at == rest.len) {
            c->seen = offset;
            break;
        }
        c->seen += at + 1;
        c->line_start = c->seen;
        c->line++;
    }
    *line = c->line;
    *column = (uint32_t)(offset - c->line_start + 1);
}

/* --- actions and resources -------------------------------------------- */

static bool all_stars(const template_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        if (parts->pieces[i].type != PIECE_STAR)
            return false;
    return parts->count > 0;
}

iam_status iamp_compile_template(
    template_parts *out, text source, bool variables, compile_memory *memory)
{
    iamp_arena_rewind(&memory->pieces);
    return iamp_template_parse(
        out, source, variables, &memory->variables, &memory->pieces);
}

static iam_status compile_glob(compiler *c, glob *out, text pattern)
{
    template_parts parts;
    iam_status status =
        iamp_compile_template(&parts, pattern, false, &c->memory);

    if (status != IAM_OK)
        return status;
    return iamp_glob_compile(
        out, parts.pieces, parts.count, GLOB_LIKE, true, c->mem);
}

/* That of the action before, if it is written alike. */
static iam_status compile_prefix(compiler *c, action_pattern *out, text pattern)
{
    const action_pattern *newest = c->newest;
    glob *made;

    c->newest = out;
    if (newest && newest->length > pattern.len &&
        newest->written[pattern.len] == ':' &&
        text_starts(action_written(newest), pattern)) {
        out->prefix = newest->prefix;
        return IAM_OK;
    }
    made = ARENA_ARRAY(c->mem, glob, 1);
    out->prefix = made;
    return made ? compile_glob(c, made, pattern) : IAM_ENOMEM;
}

static bool only_stars(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] != '*')
            return false;
    return t.len > 0;
}

/* The hash of the one action that a pattern without wildcards matches. */
static void note_whole(action_pattern *out)
{
    start_key key;

    if (out->prefix->shape != GLOB_EXACT || out->name.shape != GLOB_EXACT)
        return;
    iamp_start_key_init(&key);
    iamp_start_key_add(&key, glob_literal(out->prefix));
    iamp_start_key_add(&key, TEXT(":"));
    iamp_start_key_add(&key, glob_literal(&out->name));
    out->whole = iamp_start_key_whole(&key);
}

static iam_status compile_action(compiler *c, action_pattern *out, text written)
{
    size_t colon;
    iam_status status;

    if (!text_keep(&written, written, c->mem))
        return IAM_ENOMEM;
    out->written = written.ptr;
    out->length = (uint32_t)written.len;
    out->every = only_stars(written);
    colon = iamp_text_find(written, ':');
    out->never = !out->every && colon == written.len;
    if (out->every || out->never)
        return IAM_OK;
    status = compile_prefix(c, out, text_slice(written, 0, colon));
    if (status == IAM_OK)
        status = compile_glob(c, &out->name, text_from(written, colon + 1));
    if (status == IAM_OK)
        note_whole(out);
    return status;
}

static size_t count_fields(const template_parts *parts, bool *wildcard)
{
    size_t fields = 1;

    *wildcard = false;
    for (size_t i = 0; i < parts->count; i++) {
        const template_piece *piece = &parts->pieces[i];

        if (piece->type == PIECE_LITERAL)
            for (size_t at = 0; at < piece->literal.len; at++)
                fields += piece->literal.ptr[at] == ':';
        else if (piece->type != PIECE_VARIABLE)
            *wildcard = true;
    }
    return fields;
}

/* Fill up to six fields with "*" (A.7.2). */
static iam_status complete(template_parts *parts, size_t fields, arena *mem)
{
    size_t count = parts->count + 2 * (6 - fields);
    template_piece *pieces = ARENA_ARRAY(mem, template_piece, count);

    if (!pieces)
        return IAM_ENOMEM;
    if (parts->count)
        memcpy(pieces, parts->pieces, parts->count * sizeof(*pieces));
    for (size_t at = parts->count; at < count; at += 2) {
        pieces[at] = (template_piece){TEXT(":"), PIECE_LITERAL, 0};
        pieces[at + 1] = (template_piece){TEXT("*"), PIECE_STAR, 0};
    }
    parts->pieces = pieces;
    parts->count = count;
    return IAM_OK;
}

/* What an ARN of fewer than six fields means, by kind of policy (A.7.2). */
static iam_status complete_by_kind(
    compiler *c, resource_pattern *out, template_parts *parts)
{
    bool wildcard;
    size_t fields = count_fields(parts, &wildcard);

    if (fields >= 6)
        return IAM_OK;
    switch (c->policy->kind) {
    case IAM_IDENTITY_POLICY:
    case IAM_PERMISSIONS_BOUNDARY:
        return complete(parts, fields, &c->memory.pieces);
    case IAM_RESOURCE_POLICY:
    case IAM_TRUST_POLICY:
    case IAM_ENDPOINT_POLICY:
        out->never = !wildcard;
        return wildcard ? complete(parts, fields, &c->memory.pieces) : IAM_OK;
    case IAM_SESSION_POLICY:
    case IAM_SERVICE_CONTROL_POLICY:
    case IAM_RESOURCE_CONTROL_POLICY:
        break;
    }
    return IAM_OK;
}

static iam_status compile_resource(
    compiler *c, resource_pattern *out, text written)
{
    template_parts parts;
    iam_status status;

    if (!text_keep(&written, written, c->mem))
        return IAM_ENOMEM;
    out->written = written.ptr;
    out->length = (uint32_t)written.len;
    status = iamp_compile_template(&parts, written, c->variables, &c->memory);
    if (status != IAM_OK)
        return status;
    if (all_stars(&parts))
        parts.count = 1;
    else
        status = complete_by_kind(c, out, &parts);
    if (status != IAM_OK)
        return status;
    return iamp_glob_compile(
        &out->glob, parts.pieces, parts.count, GLOB_RESOURCE, false, c->mem);
}

/* --- statements -------------------------------------------------------- */

static iam_status compile_actions(
    compiler *c, program_statement *out, const doc_list *from)
{
    action_pattern *actions = ARENA_ARRAY(c->mem, action_pattern, from->count);
    iam_status status = actions ? IAM_OK : IAM_ENOMEM;

    out->actions = actions;
    out->action_count = (uint32_t)from->count;
    for (size_t i = 0; i < from->count && status == IAM_OK; i++)
        status = compile_action(c, &actions[i], from->items[i].text);
    return status;
}

static iam_status compile_resources(
    compiler *c, program_statement *out, const doc_list *from)
{
    resource_pattern *resources =
        ARENA_ARRAY(c->mem, resource_pattern, from->count);
    iam_status status = resources ? IAM_OK : IAM_ENOMEM;

    out->resources = resources;
    out->resource_count = (uint32_t)from->count;
    for (size_t i = 0; i < from->count && status == IAM_OK; i++)
        status = compile_resource(c, &resources[i], from->items[i].text);
    return status;
}

static iam_status compile_principals(
    compiler *c, program_statement *out, const doc_statement *from)
{
    principal_value *principals =
        ARENA_ARRAY(c->mem, principal_value, from->principal_count);
    iam_status status = principals ? IAM_OK : IAM_ENOMEM;

    out->principals = principals;
    out->principal_count = (uint32_t)from->principal_count;
    for (size_t i = 0; i < from->principal_count && status == IAM_OK; i++)
        status = iamp_principal_compile(
            &principals[i], &from->principals[i], c->mem);
    return status;
}

static iam_status compile_conditions(
    compiler *c, program_statement *out, const doc_statement *from)
{
    condition *conditions =
        ARENA_ARRAY(c->mem, condition, from->condition_count);
    iam_status status = conditions ? IAM_OK : IAM_ENOMEM;

    out->conditions = conditions;
    out->condition_count = (uint32_t)from->condition_count;
    for (size_t i = 0; i < from->condition_count && status == IAM_OK; i++)
        status = iamp_condition_compile(
            &conditions[i], &from->conditions[i], c->variables, &c->memory);
    return status;
}

/* What could not be understood cannot be printed from its meaning. */
static iam_status keep_raw(
    compiler *c, program_statement *out, const doc_statement *from)
{
    textbuf raw;
    bool kept;

    if (!from->undecidable)
        return IAM_OK;
    iamp_textbuf_init(&raw, c->mem->from);
    iamp_json_print(&c->from->tree, from->node, &raw);
    kept = !raw.failed && text_keep(&out->raw, textbuf_text(&raw), c->mem);
    iamp_textbuf_release(&raw);
    return kept ? IAM_OK : IAM_ENOMEM;
}

static iam_status compile_statement(
    compiler *c, program_statement *out, const doc_statement *from)
{
    iam_status status;

    *out = (program_statement){.has_sid = from->has_sid,
        .deny = from->deny,
        .undecidable = from->undecidable,
        .has_principal = from->has_principal,
        .not_principal = from->not_principal,
        .not_action = from->not_action,
        .not_resource = from->not_resource,
        .has_resource = from->resources.given,
        .offset = c->from->tree.nodes[from->node].offset};
    locate(c, out->offset, &out->line, &out->column);
    if (!text_keep(&out->sid, from->sid, c->mem))
        return IAM_ENOMEM;
    status = compile_actions(c, out, &from->actions);
    if (status == IAM_OK)
        status = compile_resources(c, out, &from->resources);
    if (status == IAM_OK)
        status = compile_principals(c, out, from);
    if (status == IAM_OK)
        status = compile_conditions(c, out, from);
    if (status == IAM_OK)
        status = keep_raw(c, out, from);
    return status;
}

static iam_status compile_statements(compiler *c)
{
    size_t count = c->from->statement_count;
    program_statement *statements =
        ARENA_ARRAY(c->mem, program_statement, count);
    iam_status status = statements ? IAM_OK : IAM_ENOMEM;

    c->policy->statements = statements;
    c->policy->statement_count = (uint32_t)count;
    for (size_t i = 0; i < count && status == IAM_OK; i++)
        status = compile_statement(c, &statements[i], &c->from->statements[i]);
    return status;
}

/* --- the rest ------------------------------------------------------------ */

static iam_status resolve_variables(compiler *c)
{
    const variable_table *names = &c->memory.variables;
    program_variable *variables =
        ARENA_ARRAY(c->mem, program_variable, names->count);

    if (!variables)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < names->count; i++)
        variables[i] = (program_variable){iamp_key_find(names->items[i].name),
            names->items[i].fallback, names->items[i].has_fallback};
    c->policy->variables = variables;
    c->policy->variable_count = names->count;
    return IAM_OK;
}

enum {
    LONGEST_POINTER = 512 /* a hostile key would stand in every finding */
};

/* Cut at a character's edge, and mark the cut. */
static void cut_pointer(textbuf *pointer)
{
    if (pointer->failed || pointer->len <= LONGEST_POINTER)
        return;
    pointer->len = LONGEST_POINTER - 3;
    while (((unsigned char)pointer->ptr[pointer->len] & 0xc0) == 0x80)
        pointer->len--;
    textbuf_add_lit(pointer, "...");
}

static iam_status keep_finding(
    compiler *c, iam_finding *out, const doc_finding *from, textbuf *pointer)
{
    const json_node *node = &c->from->tree.nodes[from->node];
    text where, message;

    pointer->len = 0;
    iamp_json_pointer(&c->from->tree, from->node, pointer);
    cut_pointer(pointer);
    if (pointer->failed || !text_keep(&where, textbuf_text(pointer), c->mem) ||
        !text_keep(&message, from->message, c->mem))
        return IAM_ENOMEM;
    *out = (iam_finding){.severity = from->severity,
        .offset = from->at_key ? node->key_offset : node->offset,
        .code = from->code,
        .where = where.ptr,
        .message = message.ptr};
    locate(c, out->offset, &out->line, &out->column);
    return IAM_OK;
}

static iam_status keep_findings(compiler *c)
{
    size_t count = c->from->finding_count;
    iam_finding *findings = ARENA_ARRAY(c->mem, iam_finding, count);
    iam_status status = findings ? IAM_OK : IAM_ENOMEM;
    textbuf pointer;

    c->policy->findings = findings;
    c->policy->finding_count = (uint32_t)count;
    iamp_textbuf_init(&pointer, c->mem->from);
    for (size_t i = 0; i < count && status == IAM_OK; i++)
        status = keep_finding(c, &findings[i], &c->from->findings[i], &pointer);
    iamp_textbuf_release(&pointer);
    return status;
}

static iam_status compile(compiler *c)
{
    iam_status status;

    c->policy->kind = c->from->kind;
    c->policy->version_2012 = c->from->version_2012;
    c->policy->has_version = c->from->has_version;
    c->policy->has_id = c->from->has_id;
    if (!text_keep(&c->policy->id, c->from->id, c->mem))
        return IAM_ENOMEM;
    status = compile_statements(c);
    if (status == IAM_OK)
        status = resolve_variables(c);
    if (status == IAM_OK)
        status = keep_findings(c);
    if (status == IAM_OK)
        status = iamp_policy_index(c->policy);
    return status;
}

static iam_status policy_new(
    iam_policy **out, const document *parsed, const iam_allocator *from)
{
    *out = iamp_memory_acquire(from, sizeof(**out));
    if (!*out)
        return IAM_ENOMEM;
    memset(*out, 0, sizeof(**out));
    atomic_init(&(*out)->owners, 1);
    iamp_arena_init_thrifty(&(*out)->mem, from, LEAST_BLOCK);
    return iamp_arena_expect(&(*out)->mem, iamp_document_estimate(parsed));
}

iam_status iamp_policy_compile(iam_policy **out, const json_tree *tree,
    json_ref root, iam_policy_kind kind, const iam_options *options,
    iam_error *err)
{
    const iam_allocator *from = options ? options->allocator : NULL;
    bool strict = options && (options->flags & IAM_STRICT);
    document parsed;
    arena scratch;
    iam_status status;

    *out = NULL;
    iamp_arena_init(&scratch, from);
    status =
        iamp_document_parse(&parsed, tree, root, kind, strict, &scratch, err);
    if (status == IAM_OK) {
        status = policy_new(out, &parsed, from);
        if (status == IAM_OK) {
            compiler c = {.from = &parsed,
                .policy = *out,
                .mem = &(*out)->mem,
                .memory = {.mem = &(*out)->mem,
                    .pieces = {.from = from},
                    .values = {.from = from},
                    .variables = {.mem = &scratch}},
                .variables = parsed.version_2012,
                .line = 1};

            status = compile(&c);
            iamp_arena_release(&c.memory.pieces);
            iamp_arena_release(&c.memory.values);
        }
        if (status != IAM_OK) {
            iamp_policy_release(*out);
            *out = NULL;
            iamp_error_nomem(err);
        }
    }
    iamp_arena_release(&scratch);
    return status;
}

iam_status iamp_policy_compile_text(iam_policy **out, text source,
    iam_policy_kind kind, const iam_options *options, iam_error *err)
{
    json_limits limits = iamp_json_limits(options);
    json_tree tree;
    arena scratch;
    iam_status status;

    *out = NULL;
    iamp_arena_init(&scratch, options ? options->allocator : NULL);
    status = source.len > limits.max_text
                 ? iamp_error_set(err, IAM_ELIMIT,
                       "the policy has %zu bytes, more than the limit of %zu",
                       source.len, limits.max_text)
                 : iamp_json_percent_decode(source, &source, &scratch, err);
    if (status == IAM_OK)
        status = iamp_json_parse(&tree, source, &limits, &scratch, err);
    if (status == IAM_OK)
        status = iamp_policy_compile(out, &tree, 0, kind, options, err);
    iamp_arena_release(&scratch);
    return status;
}

iam_policy *iamp_policy_ref(iam_policy *policy)
{
    if (policy)
        atomic_fetch_add_explicit(&policy->owners, 1, memory_order_relaxed);
    return policy;
}

void iamp_policy_release(iam_policy *policy)
{
    const iam_allocator *from;

    if (!policy || atomic_fetch_sub_explicit(
                       &policy->owners, 1, memory_order_acq_rel) != 1)
        return;
    from = policy->mem.from;
    iamp_arena_release(&policy->mem);
    iamp_memory_release(from, policy);
}
