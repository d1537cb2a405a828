/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print_parts.h - what all answers of a prover have in their JSON.
 */
#ifndef IAMP_PRINT_PARTS_H
#define IAMP_PRINT_PARTS_H

#include "prove/prove.h"

/* `,"NAME":`; the first member of an object is written by hand. */
void iamp_print_name(textbuf *buf, const char *name);
void iamp_print_text(textbuf *buf, const char *name, text value);
void iamp_print_number(textbuf *buf, const char *name, uint64_t value);
void iamp_print_bool(textbuf *buf, const char *name, bool value);

/* A value: the blocks of a set as an array. */
void iamp_print_blocks(textbuf *buf, const iam_ipset *set);

/* A value: a statement as decisions tell it; its numbers alone without a
 * stack. */
void iamp_print_statement(
    textbuf *buf, const iam_stack *stack, const iam_match *statement);
void iamp_print_statements(textbuf *buf, const char *name,
    const iam_stack *stack, const iam_match *statements, size_t count);

/* A value: a scenario's request, or null. */
void iamp_print_request(textbuf *buf, const proof_witness *witness);

void iamp_print_facts(textbuf *buf, const text *facts, size_t count);
void iamp_print_findings(
    textbuf *buf, const iam_finding *findings, size_t count);

/* The last two members, and the brace. */
void iamp_print_work(textbuf *buf, uint64_t steps, uint64_t nanoseconds);

#endif
