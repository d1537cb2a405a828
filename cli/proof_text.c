/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_text.c - answers about all requests, for people: the verdict first,
 * then the request that shows it and the statements behind it.
 */
#include "cli.h"

#include <string.h>

#define MOST_ROWS 16

void put_answer(const char *colour, const char *word)
{
    int blank = 15 - (int)strlen(word);

    put_coloured(colour, word);
    printf("%*s", blank > 0 ? blank : 1, "");
}

void put_verdict(iam_verdict verdict)
{
    const char *colour = COLOUR_YELLOW;

    if (verdict == IAM_PROVED)
        colour = COLOUR_GREEN;
    if (verdict == IAM_REFUTED)
        colour = COLOUR_RED;
    put_answer(colour, iam_verdict_name(verdict));
}

/* ---- Addresses ---- */

typedef struct address_rows {
    const char *title;
    size_t left;
} address_rows;

static bool put_range(void *user, const iam_ip_range *range)
{
    address_rows *rows = user;
    char text[IAM_IP_RANGE_TEXT];

    (void)iam_ip_range_print(range, text);
    put_reason(rows->title, text);
    rows->title = "";
    return --rows->left > 0;
}

bool put_addresses(const char *title, const iam_ipset *set)
{
    size_t blocks = iam_ipset_block_count(set);
    size_t count = blocks > MOST_ROWS ? iam_ipset_range_count(set) : blocks;
    address_rows rows = {title, MOST_ROWS};
    iam_status status;

    if (count == 0)
        put_reason(title, "none");
    status = blocks > MOST_ROWS ? iam_ipset_ranges(set, put_range, &rows)
                                : iam_ipset_blocks(set, put_range, &rows);
    if (count > MOST_ROWS)
        printf(
            "    %-11sand %zu more; --json has all\n", "", count - MOST_ROWS);
    return status != IAM_ENOMEM;
}

/* ---- Requests ---- */

static const char *caller(const iam_request *request)
{
    const char *principal = iam_request_principal(request);

    return strcmp(principal, "anonymous") == 0 ? "an anonymous caller"
                                               : principal;
}

bool put_sentence(
    const char *title, const iam_request *request, bool allowed, bool absent)
{
    const char *address =
        iam_request_value(request, "aws:SourceIp", IAM_NTS, 0);
    const char *can = allowed ? "can" : "cannot";
    const char *action = iam_request_action(request);
    const char *resource = iam_request_resource(request);
    buffer line = {.bytes = NULL};
    bool ok;

    if (address[0])
        ok = buffer_format(&line, "%s %s call %s on %s as %s", address, can,
            action, resource, caller(request));
    else
        ok = buffer_format(&line, "%s %s call %s on %s%s", caller(request), can,
            action, resource, absent ? " without aws:SourceIp" : "");
    if (ok)
        put_reason(title, line.bytes);
    buffer_free(&line);
    return ok;
}

bool put_request(const iam_request *request)
{
    buffer line = {.bytes = NULL};
    bool ok = iam_request_print(request, buffer_sink, &line) == IAM_OK;

    if (ok)
        put_reason("request", line.bytes);
    buffer_free(&line);
    return ok;
}

bool put_because(
    const cli_policies *policies, const char *title, const iam_match *match)
{
    const cli_report report = {.files = policies->files, .file = ""};
    buffer line = {.bytes = NULL};
    bool ok = add_statement(
        &line, &report, policies->stack, match->entry, match->statement);

    if (ok)
        put_reason(title, line.bytes);
    buffer_free(&line);
    return ok;
}

bool put_open_rule(const iam_finding *finding)
{
    buffer line = {.bytes = NULL};
    bool ok = buffer_format(&line, "%s: %s", finding->code, finding->message);

    if (ok)
        put_reason(severity_name(finding->severity), line.bytes);
    buffer_free(&line);
    return ok;
}

/* ---- Proofs ---- */

/* What a proved question says. */
static const char *claim(iam_question_kind kind)
{
    switch (kind) {
    case IAM_ONLY_FROM:
        return "nothing in scope is allowed from another address, or without "
               "one";
    case IAM_ALWAYS_FROM:
        return "everything in scope is allowed from these addresses";
    case IAM_EXACTLY_FROM:
        return "everything in scope is allowed from these addresses, and "
               "nothing from elsewhere";
    case IAM_NEVER:
        return "nothing in scope is allowed";
    case IAM_ALWAYS:
        return "everything in scope is allowed";
    case IAM_WITHIN:
        return "nothing in scope is allowed that the old policies do not "
               "allow";
    case IAM_NOT_PUBLIC:
        return "nothing in scope is allowed to callers that no policy names";
    }
    return "";
}

static const char *level_words(iam_witness_level level)
{
    switch (level) {
    case IAM_KNOWN_ACTION:
        return "known action: one of AWS, on a resource of its type";
    case IAM_WELL_FORMED:
        return "well-formed: an action and a resource by their form alone";
    case IAM_ANY_STRINGS:
        break;
    }
    return "any strings: no action or no resource of AWS looks like this";
}

static const char *witness_title(const char *id)
{
    if (strcmp(id, "without-address") == 0)
        return "no address";
    return strlen(id) <= 10 ? id : "witness";
}

static bool put_witness(
    const cli_question *question, const iam_proof *proof, size_t index)
{
    iam_witness w = iam_proof_witness(proof, index);
    bool ok = put_sentence(witness_title(w.id), w.request,
        w.outcome == IAM_ALLOW, iam_proof_question(proof) == IAM_ONLY_FROM);

    for (size_t i = 0; ok && i < w.because_count; i++) {
        iam_match match = iam_proof_because(proof, index, i);

        ok = put_because(&question->policies, i ? "" : "because", &match);
    }
    if (w.meaning[0] && strcmp(w.meaning, iam_proof_reason(proof)) != 0)
        put_reason("meaning", w.meaning);
    put_reason("level", level_words(w.level));
    return ok && put_request(w.request);
}

static bool put_one(const cli_question *question, const iam_proof *proof)
{
    iam_verdict verdict = iam_proof_verdict(proof);
    iam_question_kind kind = iam_proof_question(proof);
    const iam_ipset *addresses = iam_proof_addresses(proof);
    bool ok = true;

    put_verdict(verdict);
    printf("%s: ", iam_question_name(kind));
    put_string(
        stdout, verdict == IAM_PROVED ? claim(kind) : iam_proof_reason(proof));
    putchar('\n');
    for (size_t i = 0; ok && i < iam_proof_witness_count(proof) &&
                       iam_proof_part_count(proof) == 0;
         i++)
        ok = put_witness(question, proof, i);
    if (ok && addresses)
        ok = put_addresses(
            kind == IAM_ALWAYS_FROM ? "refused" : "allowed", addresses);
    return ok;
}

bool put_proof(const cli_question *question, const iam_proof *proof)
{
    bool ok = put_one(question, proof);

    for (size_t i = 0; ok && i < iam_proof_part_count(proof); i++)
        ok = put_one(question, iam_proof_part(proof, i));
    for (size_t i = 0; i < iam_proof_fact_count(proof); i++)
        put_reason(i ? "" : "assumed", iam_proof_fact(proof, i));
    for (size_t i = 0; ok && i < iam_proof_finding_count(proof); i++) {
        iam_finding finding = iam_proof_finding(proof, i);

        ok = put_open_rule(&finding);
    }
    return ok;
}
