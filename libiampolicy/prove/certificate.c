/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c - a proof for others to check (docs/certificates.md).
 *
 * The claim, and for each frame what its variables mean and how the empty
 * clause follows.  The search is asked again with nothing folded away, so that
 * a checker that reads the policies comes to the same formula.
 */
#include "prove/certificate.h"

#define FORMAT "\"format\":\"iampolicy certificate 2\""

typedef struct writer {
    textbuf *buf;
    search *search;
    bool first;
    bool incomplete; /* the steps ran out in the evidence of a lemma */
} writer;

static void put(textbuf *buf, const char *t)
{
    iamp_textbuf_add(buf, iamp_text_of(t, IAM_NTS));
}

/* --- what the format has no words for ------------------------------------ */

static const char unreadable[] =
    "a statement of the policies could not be read, so that nobody can check "
    "what it means";
static const char too_long[] =
    "the budget of steps was used up before the certificate was written";

static bool readable(const inquiry *q)
{
    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        for (size_t k = 0; k < q->stacks[i]->count; k++) {
            const iam_policy *policy = q->stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++)
                if (policy->statements[n].undecidable)
                    return false;
        }
    return true;
}

/* --- lemmas about words -------------------------------------------------- */

static const atom *atom_of(const search *s, lit l)
{
    uint32_t number = lit_variable(l);

    return number < s->variable_room && s->atom_of[number]
               ? &s->atoms[s->atom_of[number] - 1]
               : NULL;
}

typedef struct state_list {
    textbuf *buf;
    const word_query *query;
    bool first;
} state_list;

static void put_bits(textbuf *buf, const uint64_t *bits, uint32_t words)
{
    static const char hex[] = "0123456789abcdef";
    uint32_t digits = words * 16;

    while (digits > 1 && !(bits[(digits - 1) / 16] >> (digits - 1) % 16 * 4))
        digits--;
    while (digits-- > 0)
        iamp_textbuf_add_c(buf, hex[bits[digits / 16] >> digits % 16 * 4 & 15]);
}

/* A state: the positions of each pattern, hexadecimal. */
static bool on_state(
    void *user, const uint64_t *const *words, uint32_t patterns)
{
    state_list *to = user;
    uint32_t positives = to->query->positive_count;

    put(to->buf, to->first ? "\"" : ",\"");
    to->first = false;
    for (uint32_t i = 0; i < patterns; i++) {
        const word_pattern *p = i < positives
                                    ? to->query->positive[i]
                                    : to->query->negative[i - positives];

        if (i)
            put(to->buf, ".");
        put_bits(to->buf, words[i], p->count / 64 + 1);
    }
    put(to->buf, "\"");
    return !to->buf->failed;
}

/* The patterns that must match, then those that must not, and the states that
 * these can be in together. */
static void put_word_lemma(writer *w, const lit *clause, uint32_t count)
{
    search *s = w->search;
    const word_pattern **patterns =
        ARENA_ARRAY(&s->mem, const word_pattern *, count);
    uint32_t made = 0;
    word_query query = {.positive = patterns};
    state_list to = {w->buf, &query, true};

    if (!patterns) {
        s->failed = true;
        return;
    }
    put(w->buf, "[\"w\",[");
    for (size_t wanted = 2; wanted-- > 0;) {
        for (uint32_t i = 0; i < count; i++) {
            const atom *a = atom_of(s, clause[i]);

            if (!a || a->wanted != (wanted == 1))
                continue;
            patterns[made++] = s->lexis->patterns[a->pattern];
            if (made > 1)
                put(w->buf, ",");
            iamp_certificate_literal(w->buf, clause[i]);
        }
        if (wanted)
            query.positive_count = made;
    }
    query.negative = patterns + query.positive_count;
    query.negative_count = made - query.positive_count;
    put(w->buf, "],[");
    if (iamp_word_evidence(&query, s->steps, on_state, &to, &s->mem) !=
        WORD_EMPTY)
        w->incomplete = true;
    put(w->buf, "]]");
}

/* --- steps --------------------------------------------------------------- */

static void on_step(
    void *user, proof_step step, const lit *clause, uint32_t count)
{
    writer *w = user;
    bool lemma =
        step == PROOF_LEMMA || (step == PROOF_INPUT && w->search->closed);

    if (w->incomplete)
        return;
    put(w->buf, w->first ? "\n" : ",\n");
    w->first = false;
    if (lemma && count > 0 && atom_of(w->search, clause[0]) &&
        atom_of(w->search, clause[0])->word) {
        put_word_lemma(w, clause, count);
        return;
    }
    put(w->buf, lemma ? "[\"l\"" : "[\"r\"");
    for (uint32_t i = 0; i < count; i++) {
        put(w->buf, ",");
        iamp_certificate_literal(w->buf, clause[i]);
    }
    put(w->buf, "]");
}

/* --- frames -------------------------------------------------------------- */

static const char *type_name(const space_key *k)
{
    switch ((key_type)k->type) {
    case KEY_TYPE_IP:
        return "ip";
    case KEY_TYPE_NUMERIC:
        return "numeric";
    case KEY_TYPE_DATE:
        return "date";
    case KEY_TYPE_BOOL:
        return "bool";
    case KEY_TYPE_UNKNOWN:
    case KEY_TYPE_STRING:
    case KEY_TYPE_ARN:
        break;
    }
    return "text";
}

static void put_keys(textbuf *buf, const search *s)
{
    put(buf, ",\"keys\":{");
    for (uint32_t i = 0; i < s->key_count; i++) {
        const space_key *k = &s->keys[i];

        if (i)
            put(buf, ",");
        iamp_textbuf_add_json(buf, k->key.name);
        put(buf, ":\"");
        put(buf, type_name(k));
        put(buf, k->mode == KEY_LIST     ? " set\""
                 : k->mode == KEY_EITHER ? " or set\""
                                         : "\"");
    }
    put(buf, "}");
}

static void put_text(textbuf *buf, text t)
{
    if (t.ptr)
        iamp_textbuf_add_json(buf, t);
    else
        put(buf, "null");
}

static void put_caller(textbuf *buf, const frame *f)
{
    static const char *const names[] = {[PRINCIPAL_USER] = "user",
        [PRINCIPAL_ROLE] = "role",
        [PRINCIPAL_SESSION] = "session",
        [PRINCIPAL_FEDERATED] = "federated",
        [PRINCIPAL_ROOT] = "root",
        [PRINCIPAL_SERVICE] = "service",
        [PRINCIPAL_ANONYMOUS] = "anonymous"};

    put(buf, "{\"frame\":[\"");
    put(buf, names[f->caller]);
    put(buf, f->cross ? "\",true," : "\",false,");
    put(buf, f->foreign ? "true," : "false,");
    put_text(buf, f->principal);
    put(buf, ",");
    put_text(buf, f->role);
    put(buf, "]");
}

/* *why: NULL, or why it cannot be written. */
static iam_status put_frame(
    inquiry *q, const prey *p, const frame *f, textbuf *buf, const char **why)
{
    textbuf steps;
    hunt h;
    writer w = {&steps, &h.search, true, false};
    solver_answer answer = SOLVER_UNKNOWN;
    iam_status status;

    iamp_textbuf_init(&steps, q->prover->from);
    status = iamp_hunt_open_logged(&h, q, p, f, on_step, &w);
    if (status == IAM_OK) {
        answer = iamp_search_solve(&h.search, NULL, 0);
        if (answer == SOLVER_NO_MEMORY || h.search.failed || steps.failed)
            status = IAM_ENOMEM;
        else if (h.search.stopped)
            status = IAM_ESTOPPED;
    }
    if (status == IAM_OK &&
        (answer != SOLVER_UNSATISFIABLE || h.search.unsure || w.incomplete))
        *why = too_long;
    if (status == IAM_OK && !*why) {
        put_caller(buf, f);
        put_keys(buf, &h.search);
        if (!iamp_certificate_variables(buf, &h, &h.search.mem))
            status = IAM_ENOMEM;
        put(buf, ",\"steps\":[");
        iamp_textbuf_add(buf, textbuf_text(&steps));
        put(buf, "]}");
    }
    iamp_hunt_close(&h);
    iamp_textbuf_release(&steps);
    return status;
}

/* --- the claim ----------------------------------------------------------- */

static void put_stack(textbuf *buf, const iam_stack *stack)
{
    static const char *const kinds[] = {[IAM_IDENTITY_POLICY] = "identity",
        [IAM_RESOURCE_POLICY] = "resource",
        [IAM_TRUST_POLICY] = "trust",
        [IAM_PERMISSIONS_BOUNDARY] = "boundary",
        [IAM_SESSION_POLICY] = "session",
        [IAM_SERVICE_CONTROL_POLICY] = "scp",
        [IAM_RESOURCE_CONTROL_POLICY] = "rcp",
        [IAM_ENDPOINT_POLICY] = "endpoint"};

    put(buf, "[");
    for (size_t i = 0; stack && i < stack->count; i++) {
        put(buf, i ? ",[\"" : "[\"");
        put(buf, kinds[stack->entries[i].policy->kind]);
        put(buf, "\",");
        iamp_textbuf_add_number(buf, stack->entries[i].level);
        put(buf, "]");
    }
    put(buf, "]");
}

static void put_scope_keys(textbuf *buf, const iam_scope *scope)
{
    static const char *const states[] = {[SCOPE_VALUES] = "values",
        [SCOPE_ABSENT] = "absent",
        [SCOPE_PRESENT] = "present"};

    put(buf, ",\"given\":[");
    for (uint32_t i = 0; scope && i < scope->key_count; i++) {
        const scope_key *k = &scope->keys[i];

        put(buf, i ? ",[" : "[");
        iamp_textbuf_add_json(buf, k->key.name);
        put(buf, ",\"");
        put(buf, k->list ? "set" : states[k->state]);
        put(buf, "\",");
        iamp_certificate_texts(buf, k->values, k->count);
        put(buf, "]");
    }
    put(buf, "]");
}

static void put_scope_caller(textbuf *buf, const iam_scope *scope)
{
    scope_caller caller = scope ? scope->caller : SCOPE_OWNER;

    put(buf, ",\"caller\":");
    if (caller == SCOPE_OWNER) {
        put(buf, "\"owner\"");
    } else if (caller == SCOPE_ANYBODY) {
        put(buf, "\"any\"");
    } else {
        put(buf, scope->service.ptr ? "[\"service\"," : "[\"principal\",");
        put_text(buf, scope->service.ptr ? scope->service : scope->principal);
        put(buf, "]");
    }
    put(buf, scope && (scope->flags & IAM_ANY_CONTEXT) ? ",\"facts\":false"
                                                       : ",\"facts\":true");
}

static void put_claim(textbuf *buf, const inquiry *q, iam_question_kind kind)
{
    const iam_scope *scope = q->scope;

    put(buf, "{" FORMAT ",\n\"claim\":{\"question\":\"");
    put(buf, iamp_question_name(kind));
    put(buf, "\",\"addresses\":");
    if (q->asked->addresses)
        iamp_certificate_set(buf, &q->asked->addresses->set);
    else
        put(buf, "null");
    put(buf, ",\"stack\":");
    put_stack(buf, q->prover->stack);
    put(buf, ",\"old\":");
    put_stack(buf, q->stacks[1]);
    put_scope_caller(buf, scope);
    put(buf, ",\"actions\":");
    iamp_certificate_texts(buf, q->actions, q->action_count);
    put(buf, ",\"resources\":");
    iamp_certificate_texts(buf, scope ? scope->resources : NULL,
        scope ? scope->resource_count : 0);
    put_scope_keys(buf, scope);
    put(buf, "},\n\"frames\":[");
}

/* --- the whole ----------------------------------------------------------- */

iam_status iamp_answer_certificate(inquiry *q, iam_proof *proof)
{
    iam_question_kind kind = proof->question;
    textbuf *buf = &proof->certificate;
    iam_status status = IAM_OK;
    const char *why = readable(q) ? NULL : unreadable;
    prey p = iamp_breaking(q, kind);

    q->plain = true;
    put_claim(buf, q, kind);
    for (uint32_t i = 0; i < q->frame_count && status == IAM_OK && !why; i++) {
        put(buf, i ? ",\n" : "\n");
        status = put_frame(q, &p, &q->frames[i], buf, &why);
    }
    put(buf, "]}\n");
    if (status == IAM_OK && buf->failed)
        status = IAM_ENOMEM;
    if (status == IAM_OK && why) {
        buf->len = 0;
        proof->no_certificate = why;
    }
    return status;
}

iam_status iamp_answer_join_certificates(iam_proof *whole)
{
    textbuf *buf = &whole->certificate;

    for (size_t i = 0; i < 2; i++)
        if (whole->part[i]->no_certificate) {
            whole->no_certificate = whole->part[i]->no_certificate;
            return IAM_OK;
        }
    put(buf, "{" FORMAT ",\n\"parts\":[\n");
    for (size_t i = 0; i < 2; i++) {
        iamp_textbuf_add(buf, textbuf_text(&whole->part[i]->certificate));
        put(buf, i ? "]}\n" : ",\n");
    }
    return buf->failed ? IAM_ENOMEM : IAM_OK;
}
