/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_prove.c - questions and proofs, as the header has them.
 */
#include "api/api_prove.h"

const char *iam_question_name(iam_question_kind kind)
{
    return iamp_question_name(kind);
}

iam_question_kind iam_question_from_name(const char *name, size_t len)
{
    return iamp_question_from_name(iamp_text_of(name, len));
}

const char *iam_verdict_name(iam_verdict verdict)
{
    return iamp_verdict_name(verdict);
}

const char *iam_witness_level_name(iam_witness_level level)
{
    return iamp_level_name(level);
}

const char *iam_relation_name(iam_relation relation)
{
    return iamp_relation_name(relation);
}

/* --- asking ---------------------------------------------------------------- */

iam_status iam_prover_new(const iam_stack *stack, const iam_options *options,
    iam_prover **out, iam_error *err)
{
    if (!out)
        return api_null(err);
    *out = NULL;
    if (!stack)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    return iamp_prover_new(out, stack, options, err);
}

void iam_prover_free(iam_prover *prover)
{
    iamp_prover_free(prover);
}

iam_status iam_prover_ask(iam_prover *prover, const iam_question *question,
    iam_proof **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    status = api_question(prover, question, err);
    if (status == IAM_OK)
        status = iamp_question_check(question, err);
    return status == IAM_OK ? iamp_prover_ask(prover, question, out, err)
                            : status;
}

iam_status iam_prove(const iam_stack *stack, const iam_question *question,
    const iam_options *options, iam_proof **out, iam_error *err)
{
    iam_prover *prover;
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    status = iam_prover_new(stack, options, &prover, err);
    if (status != IAM_OK)
        return status;
    status = iam_prover_ask(prover, question, out, err);
    iamp_prover_free(prover);
    return status;
}

iam_status iam_prover_print_smt2(iam_prover *prover,
    const iam_question *question, iam_sink sink, void *user, iam_error *err)
{
    iam_status status;
    textbuf buf;

    if (!sink)
        return api_null(err);
    status = api_question(prover, question, err);
    if (status == IAM_OK)
        status = iamp_question_check(question, err);
    if (status != IAM_OK)
        return status;
    iamp_textbuf_init(&buf, iamp_prover_allocator(prover));
    status = iamp_prover_smt2(prover, question, &buf, err);
    if (status != IAM_OK) {
        iamp_textbuf_release(&buf);
        return status;
    }
    status = iamp_textbuf_flush(&buf, sink, user);
    if (status == IAM_ESTOPPED)
        return iamp_error_set(err, status, "the sink stopped the output");
    return status == IAM_OK ? status : iamp_error_nomem(err);
}

/* --- what a proof says ----------------------------------------------------- */

void iam_proof_free(iam_proof *proof)
{
    iamp_proof_free(proof);
}

iam_verdict iam_proof_verdict(const iam_proof *proof)
{
    return proof ? proof->verdict : IAM_UNKNOWN;
}

iam_question_kind iam_proof_question(const iam_proof *proof)
{
    return proof ? proof->question : (iam_question_kind)0;
}

const char *iam_proof_reason(const iam_proof *proof)
{
    return proof && proof->reason.ptr ? proof->reason.ptr : "";
}

size_t iam_proof_witness_count(const iam_proof *proof)
{
    return proof ? proof->witness_count : 0;
}

iam_witness iam_proof_witness(const iam_proof *proof, size_t index)
{
    const proof_witness *w;

    if (index >= iam_proof_witness_count(proof))
        return (iam_witness){.id = "", .meaning = ""};
    w = &proof->witnesses[index];
    return (iam_witness){w->request, w->id.ptr, w->meaning.ptr,
        (iam_witness_level)w->level, w->outcome, w->old_outcome,
        w->because_count};
}

iam_match iam_proof_because(
    const iam_proof *proof, size_t witness, size_t index)
{
    if (witness >= iam_proof_witness_count(proof) ||
        index >= proof->witnesses[witness].because_count)
        return (iam_match){SIZE_MAX, SIZE_MAX};
    return proof->witnesses[witness].because[index];
}

const iam_ipset *iam_proof_addresses(const iam_proof *proof)
{
    return proof ? proof->addresses : NULL;
}

bool iam_proof_without_address(const iam_proof *proof)
{
    return proof && proof->without_address;
}

size_t iam_proof_fact_count(const iam_proof *proof)
{
    return proof ? proof->fact_count : 0;
}

const char *iam_proof_fact(const iam_proof *proof, size_t index)
{
    return index < iam_proof_fact_count(proof) ? proof->facts[index].ptr : "";
}

size_t iam_proof_finding_count(const iam_proof *proof)
{
    return proof ? proof->finding_count : 0;
}

iam_finding iam_proof_finding(const iam_proof *proof, size_t index)
{
    return index < iam_proof_finding_count(proof) ? proof->findings[index]
                                                  : no_finding();
}

/* Parts are there from the first one on. */
size_t iam_proof_part_count(const iam_proof *proof)
{
    size_t count = 0;

    while (proof && count < COUNT_OF(proof->part) && proof->part[count])
        count++;
    return count;
}

const iam_proof *iam_proof_part(const iam_proof *proof, size_t index)
{
    return index < iam_proof_part_count(proof) ? proof->part[index] : NULL;
}

uint64_t iam_proof_steps(const iam_proof *proof)
{
    return proof ? proof->steps : 0;
}

uint64_t iam_proof_micros(const iam_proof *proof)
{
    return proof ? proof->nanoseconds / 1000 : 0;
}

/* --- writing it ------------------------------------------------------------ */

iam_status iam_proof_print(const iam_proof *proof, iam_sink sink, void *user)
{
    textbuf buf;

    if (!proof || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, proof->mem.from);
    iamp_proof_print(proof, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

iam_status iam_proof_print_scenario(
    const iam_proof *proof, iam_sink sink, void *user)
{
    textbuf buf;

    if (!proof || !sink || proof->witness_count == 0)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, proof->mem.from);
    iamp_proof_print_scenario(proof, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

const char *iam_proof_no_certificate(const iam_proof *proof)
{
    return proof && proof->no_certificate ? proof->no_certificate : "";
}

iam_status iam_proof_certificate(
    const iam_proof *proof, iam_sink sink, void *user)
{
    text certificate;

    if (!proof || !sink || proof->certificate.len == 0)
        return IAM_EINVAL;
    certificate = textbuf_text(&proof->certificate);
    return sink(user, certificate.ptr, certificate.len) ? IAM_OK : IAM_ESTOPPED;
}
