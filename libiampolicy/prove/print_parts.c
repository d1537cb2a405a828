/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print_parts.c - members that several answers have.
 */
#include "prove/print_parts.h"

static text from_c(const char *s)
{
    return iamp_text_of(s, IAM_NTS);
}

void iamp_print_name(textbuf *buf, const char *name)
{
    iamp_textbuf_add_c(buf, ',');
    iamp_textbuf_add_json(buf, from_c(name));
    iamp_textbuf_add_c(buf, ':');
}

void iamp_print_text(textbuf *buf, const char *name, text value)
{
    iamp_print_name(buf, name);
    iamp_textbuf_add_json(buf, value);
}

void iamp_print_number(textbuf *buf, const char *name, uint64_t value)
{
    iamp_print_name(buf, name);
    iamp_textbuf_add_number(buf, value);
}

void iamp_print_bool(textbuf *buf, const char *name, bool value)
{
    iamp_print_name(buf, name);
    iamp_textbuf_add(buf, value ? TEXT("true") : TEXT("false"));
}

/* --- addresses ------------------------------------------------------------- */

typedef struct block_list {
    textbuf *buf;
    bool first;
} block_list;

static bool add_block(void *user, const ipblock *block)
{
    block_list *list = user;
    char written[IPBLOCK_TEXT];
    size_t len = iamp_ipblock_print(block, written);

    if (!list->first)
        iamp_textbuf_add_c(list->buf, ',');
    list->first = false;
    iamp_textbuf_add_json(list->buf, (text){written, len});
    return !list->buf->failed;
}

void iamp_print_blocks(textbuf *buf, const iam_ipset *set)
{
    block_list list = {buf, true};

    iamp_textbuf_add_c(buf, '[');
    if (set)
        (void)iamp_ipset_blocks(&set->set, add_block, &list);
    iamp_textbuf_add_c(buf, ']');
}

/* --- statements ------------------------------------------------------------ */

void iamp_print_statement(
    textbuf *buf, const iam_stack *stack, const iam_match *statement)
{
    const stack_entry *entry;
    const program_statement *s;

    textbuf_add_lit(buf, "{\"policy\":");
    iamp_textbuf_add_number(buf, statement->entry);
    if (!stack || statement->entry >= stack->count ||
        statement->statement >=
            stack->entries[statement->entry].policy->statement_count) {
        iamp_print_number(buf, "statement", statement->statement);
        iamp_textbuf_add_c(buf, '}');
        return;
    }
    entry = &stack->entries[statement->entry];
    s = &entry->policy->statements[statement->statement];
    if (entry->has_name)
        iamp_print_text(buf, "name", entry->name);
    iamp_print_number(buf, "statement", statement->statement);
    iamp_print_text(buf, "sid", s->sid);
    iamp_print_text(buf, "effect", s->deny ? TEXT("Deny") : TEXT("Allow"));
    iamp_print_number(buf, "line", s->line);
    iamp_print_number(buf, "column", s->column);
    iamp_textbuf_add_c(buf, '}');
}

void iamp_print_statements(textbuf *buf, const char *name,
    const iam_stack *stack, const iam_match *statements, size_t count)
{
    iamp_print_name(buf, name);
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_print_statement(buf, stack, &statements[i]);
    }
    iamp_textbuf_add_c(buf, ']');
}

void iamp_print_request(textbuf *buf, const proof_witness *witness)
{
    if (witness)
        iamp_request_print(witness->request, buf);
    else
        textbuf_add_lit(buf, "null");
}

/* --- what bears on an answer ----------------------------------------------- */

void iamp_print_facts(textbuf *buf, const text *facts, size_t count)
{
    iamp_print_name(buf, "facts");
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        iamp_textbuf_add_json(buf, facts[i]);
    }
    iamp_textbuf_add_c(buf, ']');
}

static text severity_text(iam_severity severity)
{
    switch (severity) {
    case IAM_ERROR:
        return TEXT("error");
    case IAM_WARNING:
        return TEXT("warning");
    case IAM_SUGGESTION:
        return TEXT("suggestion");
    case IAM_OPEN_RULE:
        break;
    }
    return TEXT("open rule");
}

void iamp_print_findings(
    textbuf *buf, const iam_finding *findings, size_t count)
{
    iamp_print_name(buf, "findings");
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        textbuf_add_lit(buf, "{\"code\":");
        iamp_textbuf_add_json(buf, from_c(findings[i].code));
        iamp_print_text(buf, "severity", severity_text(findings[i].severity));
        iamp_print_text(buf, "message", from_c(findings[i].message));
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

void iamp_print_work(textbuf *buf, uint64_t steps, uint64_t nanoseconds)
{
    iamp_print_number(buf, "steps", steps);
    iamp_print_number(buf, "micros", nanoseconds / 1000);
    iamp_textbuf_add_c(buf, '}');
}
