/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.c - a prover, and what each question hunts for.
 */
#include "prove/prove.h"

#include "base/error.h"
#include "prove/ask.h"

enum {
    DEFAULT_STEPS = 200 * 1000 * 1000
};

iam_status iamp_prover_new(iam_prover **out, const iam_stack *stack,
    const iam_options *options, iam_error *err)
{
    const iam_allocator *from = options ? options->allocator : NULL;
    iam_prover *prover = iamp_memory_acquire(from, sizeof(*prover));

    *out = NULL;
    if (!prover)
        return iamp_error_nomem(err);
    *prover = (iam_prover){.from = from,
        .max_steps =
            options && options->max_steps ? options->max_steps : DEFAULT_STEPS};
    iamp_lexis_init(&prover->lexis, from);
    if (iamp_stack_copy(&prover->stack, stack, from) != IAM_OK) {
        iamp_prover_free(prover);
        return iamp_error_nomem(err);
    }
    *out = prover;
    return IAM_OK;
}

void iamp_prover_free(iam_prover *prover)
{
    if (!prover)
        return;
    iamp_lexis_release(&prover->lexis);
    iamp_stack_free(prover->stack);
    iamp_memory_release(prover->from, prover);
}

const iam_allocator *iamp_prover_allocator(const iam_prover *prover)
{
    return prover->from;
}

/* --- reasons ------------------------------------------------------------- */

static bool has_witness(const iam_proof *proof)
{
    return proof->witness_count > 0;
}

/* The answer of a hunt becomes the proof's, with its witness. */
static iam_status settle(inquiry *q, iam_proof *proof, hunt_answer answer,
    catch *caught, const char *id, const char *meaning)
{
    switch (answer) {
    case HUNT_NONE:
        if (!has_witness(proof) && proof->verdict != IAM_UNKNOWN)
            proof->verdict = IAM_PROVED;
        return IAM_OK;
    case HUNT_FOUND:
        proof->verdict = IAM_REFUTED;
        if (!has_witness(proof))
            proof->reason = iamp_text_of(meaning, IAM_NTS);
        return iamp_answer_witness(q, &proof->mem, q->stacks[0],
            &proof->witnesses, &proof->witness_count, caught, id, meaning);
    case HUNT_UNKNOWN:
        if (!has_witness(proof))
            proof->verdict = IAM_UNKNOWN;
        return IAM_OK;
    case HUNT_STOPPED:
        return IAM_ESTOPPED;
    case HUNT_NO_MEMORY:
        break;
    }
    return IAM_ENOMEM;
}

static iam_status hunt_one(inquiry *q, iam_proof *proof, const prey *p,
    const char *id, const char *meaning)
{
    catch caught;
    hunt_answer answer = iamp_hunt(q, p, &caught);

    return settle(q, proof, answer, &caught, id, meaning);
}

/* --- only-from ----------------------------------------------------------- */

static const char outside_means[] =
    "a request from an address outside the list is allowed";
static const char absent_means[] =
    "a request without a source address is allowed: one through a VPC "
    "endpoint, or one that an AWS service makes on the caller's behalf";

static iam_status only_from(inquiry *q, iam_proof *proof)
{
    const ipset *listed = &q->asked->addresses->set;
    prey p = iamp_prey(q, PREY_ALLOWED);
    ipset outside, found, unsure;
    iam_status status;
    catch caught;
    hunt_answer answer;

    proof->verdict = IAM_PROVED;
    p.address = ADDRESS_OUTSIDE; /* both at once: mostly there is neither */
    p.set = listed;
    answer = iamp_hunt(q, &p, &caught);
    iamp_request_free(caught.request);
    if (answer == HUNT_NONE || answer >= HUNT_STOPPED)
        return settle(q, proof, answer, &caught, "outside", outside_means);
    if (iamp_ipset_combine(&outside, IPSET_COMPLEMENT, listed, listed, SIZE_MAX,
            &q->mem) != IAM_OK)
        return IAM_ENOMEM;
    p.address = ADDRESS_IN;
    p.set = &outside;
    answer = iamp_hunt_addresses(q, &p, &found, &unsure, &caught);
    if (answer == HUNT_UNKNOWN && caught.request)
        answer = HUNT_FOUND;
    status = settle(q, proof, answer, &caught, "outside", outside_means);
    if (status == IAM_OK && answer == HUNT_FOUND)
        status = iamp_answer_set(q, &proof->mem, &proof->addresses, &found);
    if (status != IAM_OK)
        return status;
    p.address = ADDRESS_ABSENT;
    answer = iamp_hunt(q, &p, &caught);
    proof->without_address = answer == HUNT_FOUND;
    return settle(q, proof, answer, &caught, "without-address", absent_means);
}

static iam_status always_from(inquiry *q, iam_proof *proof)
{
    prey p = iamp_prey(q, PREY_REFUSED);
    ipset found, unsure;
    iam_status status;
    catch caught;
    hunt_answer answer;

    proof->verdict = IAM_PROVED;
    p.address = ADDRESS_IN;
    p.set = &q->asked->addresses->set;
    answer = iamp_hunt_addresses(q, &p, &found, &unsure, &caught);
    if (answer == HUNT_UNKNOWN && caught.request)
        answer = HUNT_FOUND;
    status = settle(q, proof, answer, &caught, "refused",
        "a request from an address of the list is refused");
    if (status == IAM_OK && answer == HUNT_FOUND)
        status = iamp_answer_set(q, &proof->mem, &proof->addresses, &found);
    return status;
}

/* --- the others ---------------------------------------------------------- */

static iam_status simple(inquiry *q, iam_proof *proof, prey_kind kind,
    const char *id, const char *meaning)
{
    prey p = iamp_prey(q, kind);

    proof->verdict = IAM_PROVED;
    return hunt_one(q, proof, &p, id, meaning);
}

static iam_status answer(inquiry *q, iam_proof *proof)
{
    switch (proof->question) {
    case IAM_ONLY_FROM:
        return only_from(q, proof);
    case IAM_ALWAYS_FROM:
        return always_from(q, proof);
    case IAM_NEVER:
        return simple(
            q, proof, PREY_ALLOWED, "allowed", "a request is allowed");
    case IAM_ALWAYS:
        return simple(
            q, proof, PREY_REFUSED, "refused", "a request is refused");
    case IAM_WITHIN:
        return simple(q, proof, PREY_GAINED, "gained",
            "a request is allowed that the old policies refuse");
    case IAM_NOT_PUBLIC:
        return simple(q, proof, PREY_ALLOWED, "public",
            "a caller of no known account is allowed");
    case IAM_EXACTLY_FROM:
        break;
    }
    return IAM_EINVAL;
}

/* One question that is no pair. */
static iam_status ask_one(iam_prover *prover, const iam_question *asked,
    iam_question_kind kind, iam_proof **out)
{
    inquiry q;
    iam_proof *proof = iamp_proof_alloc(kind, prover->from);
    iam_status status;
    uint64_t since = iamp_answer_clock();

    *out = NULL;
    if (!proof)
        return IAM_ENOMEM;
    status = iamp_question_open(&q, prover, asked, kind);
    if (status == IAM_OK)
        status = answer(&q, proof);
    if (status == IAM_OK && q.failed)
        status = IAM_ENOMEM;
    if (status == IAM_OK)
        status = iamp_answer_finish(&q, proof);
    if (status == IAM_OK && proof->verdict == IAM_PROVED &&
        (asked->flags & IAM_WITH_CERTIFICATE))
        status = iamp_answer_certificate(&q, proof);
    proof->steps = prover->max_steps - q.steps;
    iamp_question_close(&q);
    proof->nanoseconds = iamp_answer_clock() - since;
    if (status != IAM_OK) {
        iamp_proof_free(proof);
        return status;
    }
    *out = proof;
    return IAM_OK;
}

/* Both halves; the whole is as bad as the worse of them. */
static iam_status exactly_from(
    iam_prover *prover, const iam_question *asked, iam_proof **out)
{
    iam_proof *whole = iamp_proof_alloc(IAM_EXACTLY_FROM, prover->from);
    iam_status status;

    *out = NULL;
    if (!whole)
        return IAM_ENOMEM;
    status = ask_one(prover, asked, IAM_ONLY_FROM, &whole->part[0]);
    if (status == IAM_OK)
        status = ask_one(prover, asked, IAM_ALWAYS_FROM, &whole->part[1]);
    if (status == IAM_OK)
        status = iamp_answer_join(whole, prover);
    if (status == IAM_OK && whole->verdict == IAM_PROVED &&
        (asked->flags & IAM_WITH_CERTIFICATE))
        status = iamp_answer_join_certificates(whole);
    if (status != IAM_OK) {
        iamp_proof_free(whole);
        return status;
    }
    *out = whole;
    return IAM_OK;
}

iam_status iamp_prover_ask(iam_prover *prover, const iam_question *question,
    iam_proof **out, iam_error *err)
{
    iam_status status = question->kind == IAM_EXACTLY_FROM
                            ? exactly_from(prover, question, out)
                            : ask_one(prover, question, question->kind, out);

    return iamp_answer_error(status, err);
}

/* --- sources ------------------------------------------------------------- */

static iam_status find_sources(inquiry *q, iam_sources *out)
{
    static const range4 all4[] = {{0, UINT32_MAX}};
    static const range6 all6[] = {{0, 0, UINT64_MAX, UINT64_MAX}};
    static const ipset everywhere = {
        .v4 = all4, .v6 = all6, .count4 = 1, .count6 = 1};
    prey p = iamp_prey(q, PREY_ALLOWED);
    ipset found, unsure;
    catch caught;
    hunt_answer answer;
    iam_status status = IAM_OK;

    p.address = ADDRESS_IN;
    p.set = &everywhere;
    answer = iamp_hunt_addresses(q, &p, &found, &unsure, &caught);
    if (answer == HUNT_STOPPED)
        return IAM_ESTOPPED;
    if (answer == HUNT_NO_MEMORY)
        return IAM_ENOMEM;
    iamp_request_free(caught.request);
    out->verdict = answer == HUNT_UNKNOWN ? IAM_UNKNOWN : IAM_PROVED;
    status = iamp_answer_set(q, &out->mem, &out->addresses, &found);
    if (status == IAM_OK && answer == HUNT_UNKNOWN)
        status = iamp_answer_set(q, &out->mem, &out->unsure, &unsure);
    if (status != IAM_OK)
        return status;
    p.address = ADDRESS_ABSENT;
    answer = iamp_hunt(q, &p, &caught);
    if (answer == HUNT_STOPPED)
        return IAM_ESTOPPED;
    if (answer == HUNT_NO_MEMORY)
        return IAM_ENOMEM;
    out->without_address = answer == HUNT_FOUND;
    out->without_address_unsure = answer == HUNT_UNKNOWN;
    if (answer == HUNT_UNKNOWN)
        out->verdict = IAM_UNKNOWN;
    iamp_request_free(caught.request);
    return iamp_answer_sources(q, out);
}

iam_status iamp_prover_sources(iam_prover *prover, const iam_question *asked,
    iam_sources **out, iam_error *err)
{
    iam_sources *sources = iamp_sources_alloc(prover->from);
    uint64_t since = iamp_answer_clock();
    inquiry q;
    iam_status status;

    *out = NULL;
    if (!sources)
        return iamp_error_nomem(err);
    status = iamp_question_open(&q, prover, asked, IAM_NEVER);
    if (status == IAM_OK)
        status = find_sources(&q, sources);
    if (status == IAM_OK && q.failed)
        status = IAM_ENOMEM;
    sources->steps = prover->max_steps - q.steps;
    iamp_question_close(&q);
    sources->nanoseconds = iamp_answer_clock() - since;
    if (status != IAM_OK) {
        iamp_sources_free(sources);
        return iamp_answer_error(status, err);
    }
    *out = sources;
    return IAM_OK;
}
