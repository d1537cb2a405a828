/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - how what two stacks allow differs.
 */
#include "prove/ask.h"

#include "base/error.h"
#include "prove/grow.h"

enum {
    MOST_GROUPS = 64 /* of actions and resources, in a summary */
};

/* One search: the inquiry, and the answer that grows. */
typedef struct comparison {
    inquiry *q;
    iam_diff *out;
    diff_change *changes;
    uint32_t count, room;
} comparison;

static prey towards(const inquiry *q, bool gained)
{
    prey p = iamp_prey(q, PREY_GAINED);

    if (!gained) {
        p.stack = q->stacks[1];
        p.other = q->stacks[0];
    }
    return p;
}

static iam_status failure(hunt_answer answer)
{
    return answer == HUNT_STOPPED ? IAM_ESTOPPED : IAM_ENOMEM;
}

/* --- which way ----------------------------------------------------------- */

static iam_status one_side(
    comparison *c, bool gained, const proof_witness **witness, bool *unknown)
{
    prey p = towards(c->q, gained);
    size_t count = 0;
    catch caught;
    hunt_answer answer = iamp_hunt(c->q, &p, &caught);

    *unknown = answer == HUNT_UNKNOWN;
    if (answer >= HUNT_STOPPED)
        return failure(answer);
    if (answer != HUNT_FOUND)
        return IAM_OK;
    return iamp_answer_witness(c->q, &c->out->mem, p.stack, witness, &count,
        &caught, gained ? "gained" : "lost",
        gained ? "the new policies allow this request, the old ones refuse it"
               : "the old policies allow this request, the new ones refuse it");
}

static iam_relation relation_of(
    bool gained, bool lost, bool gained_unknown, bool lost_unknown)
{
    if (gained && lost)
        return IAM_INCOMPARABLE;
    if (gained_unknown || lost_unknown)
        return IAM_RELATION_UNKNOWN;
    if (gained)
        return IAM_WIDER;
    return lost ? IAM_NARROWER : IAM_EQUIVALENT;
}

/* --- what changed -------------------------------------------------------- */

static text joined(
    comparison *c, const program_statement *s, bool resources, bool negated)
{
    textbuf buf;
    text made;
    uint32_t count = resources ? s->resource_count : s->action_count;

    iamp_textbuf_init(&buf, c->q->prover->from);
    if (negated)
        textbuf_add_lit(&buf, "all but ");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            textbuf_add_lit(&buf, ", ");
        iamp_textbuf_add(&buf, resources ? resource_written(&s->resources[i])
                                         : action_written(&s->actions[i]));
    }
    made = buf.failed ? (text){NULL, 0}
                      : iamp_text_copy(textbuf_text(&buf), &c->out->mem);
    iamp_textbuf_release(&buf);
    return made;
}

static bool everywhere(const ipset *set)
{
    return set->count4 == 1 && set->count6 == 1 && set->v4[0].first == 0 &&
           set->v4[0].last == UINT32_MAX && set->v6[0].first_hi == 0 &&
           set->v6[0].first_lo == 0 && set->v6[0].last_hi == UINT64_MAX &&
           set->v6[0].last_lo == UINT64_MAX;
}

static const range4 all4[] = {{0, UINT32_MAX}};
static const range6 all6[] = {{0, 0, UINT64_MAX, UINT64_MAX}};
static const ipset all_addresses = {
    .v4 = all4, .v6 = all6, .count4 = 1, .count6 = 1};

/* What one direction of one group is. */
typedef struct side {
    const iam_ipset *addresses; /* NULL: not the matter */
    bool absent, other;
    bool partly; /* of what is told, not all changed */
    bool unsure; /* some of it could not be decided */
} side;

/* Is a request of the group, with such an address, allowed on both sides? */
static iam_status find_rest(
    comparison *c, const prey *p, prey_address address, side *out)
{
    prey rest = *p;
    catch caught;
    hunt_answer answer;

    rest.kind = PREY_ALLOWED;
    rest.stack = p->other; /* which refuses what changed */
    rest.address = address;
    rest.set = address == ADDRESS_IN ? &out->addresses->set : NULL;
    answer = iamp_hunt(c->q, &rest, &caught);
    iamp_request_free(caught.request);
    if (answer >= HUNT_STOPPED)
        return failure(answer);
    out->partly |= answer != HUNT_NONE;
    return IAM_OK;
}

static iam_status is_partial(comparison *c, const prey *p, side *out)
{
    iam_status status = IAM_OK;

    if (out->other)
        return find_rest(c, p, ADDRESS_FREE, out);
    if (out->addresses)
        status = find_rest(c, p, ADDRESS_IN, out);
    if (status == IAM_OK && out->absent && !out->partly)
        status = find_rest(c, p, ADDRESS_ABSENT, out);
    return status;
}

/* One direction of one group. */
static iam_status group_side(comparison *c, const prey *p, side *out)
{
    prey in = *p;
    ipset found, unsure;
    catch caught;
    hunt_answer answer;
    iam_status status = IAM_OK;

    *out = (side){.addresses = NULL};
    in.address = ADDRESS_ABSENT;
    answer = iamp_hunt(c->q, &in, &caught);
    if (answer >= HUNT_STOPPED)
        return failure(answer);
    out->absent = answer == HUNT_FOUND;
    out->unsure = answer == HUNT_UNKNOWN;
    iamp_request_free(caught.request);
    in.address = ADDRESS_IN;
    in.set = &all_addresses;
    answer = iamp_hunt_addresses(c->q, &in, &found, &unsure, &caught);
    if (answer >= HUNT_STOPPED)
        return failure(answer);
    iamp_request_free(caught.request);
    out->unsure |= unsure.count4 || unsure.count6;
    out->other = out->absent && everywhere(&found);
    if (!out->other && (found.count4 || found.count6))
        status = iamp_answer_set(c->q, &c->out->mem, &out->addresses, &found);
    return status == IAM_OK ? is_partial(c, p, out) : status;
}

typedef struct block_list {
    textbuf *buf;
    uint32_t *shown;
} block_list;

static bool add_block(void *user, const ipblock *block)
{
    block_list *list = user;
    char printed[IPBLOCK_TEXT];
    size_t len = iamp_ipblock_print(block, printed);

    if (*list->shown == 4) {
        textbuf_add_lit(list->buf, ", ...");
        return false;
    }
    if (*list->shown)
        textbuf_add_lit(list->buf, ", ");
    iamp_textbuf_add(list->buf, (text){printed, len});
    ++*list->shown;
    return true;
}

static void add_blocks(textbuf *buf, const iam_ipset *set)
{
    uint32_t shown = 0;
    block_list list = {buf, &shown};

    iamp_ipset_blocks(&set->set, add_block, &list);
}

static bool something(const side *s)
{
    return s->addresses || s->absent || s->other || s->unsure;
}

static void add_side(textbuf *buf, const char *verb, const side *s)
{
    if (!something(s))
        return;
    if (buf->len)
        textbuf_add_lit(buf, "; ");
    if (s->addresses || s->absent || s->other) {
        if (s->partly)
            textbuf_add_lit(buf, "some of it ");
        iamp_textbuf_add(buf, iamp_text_of(verb, IAM_NTS));
    }
    if (s->other)
        textbuf_add_lit(buf, " whatever the address");
    if (s->addresses) {
        textbuf_add_lit(buf, " from ");
        add_blocks(buf, s->addresses);
    }
    if (s->absent && !s->other)
        iamp_textbuf_add(buf, s->addresses ? TEXT(" and without an address")
                                           : TEXT(" without an address"));
    if (s->unsure) {
        if (s->addresses || s->absent || s->other)
            textbuf_add_lit(buf, ", and perhaps more that is ");
        else
            textbuf_add_lit(buf, "it could not be decided whether some is ");
        iamp_textbuf_add(buf, iamp_text_of(verb, IAM_NTS));
    }
}

static bool summarise(
    comparison *c, diff_change *change, const side *gained, const side *lost)
{
    textbuf buf;

    iamp_textbuf_init(&buf, c->q->prover->from);
    add_side(&buf, "newly allowed", gained);
    add_side(&buf, "no longer allowed", lost);
    if (!buf.failed)
        change->summary = iamp_text_copy(textbuf_text(&buf), &c->out->mem);
    iamp_textbuf_release(&buf);
    change->gained = gained->addresses;
    change->lost = lost->addresses;
    change->gained_without_address = gained->absent;
    change->lost_without_address = lost->absent;
    change->gained_other = gained->other;
    change->lost_other = lost->other;
    return change->summary.ptr != NULL;
}

static iam_status add_group(
    comparison *c, const iam_policy *policy, uint32_t number)
{
    const program_statement *s = &policy->statements[number];
    diff_change change = {.actions = joined(c, s, false, s->not_action),
        .resources = joined(c, s, true, s->not_resource)};
    side sides[2]; /* lost, gained */
    iam_status status = IAM_OK;

    if (!change.actions.ptr || !change.resources.ptr)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < c->count; i++)
        if (text_eq(c->changes[i].actions, change.actions) &&
            text_eq(c->changes[i].resources, change.resources))
            return IAM_OK;
    for (size_t gained = 0; gained < 2 && status == IAM_OK; gained++) {
        prey p = towards(c->q, gained);

        p.about = policy;
        p.about_statement = number;
        status = group_side(c, &p, &sides[gained]);
    }
    if (status != IAM_OK)
        return status;
    if (!something(&sides[0]) && !something(&sides[1]))
        return IAM_OK;
    if (!summarise(c, &change, &sides[1], &sides[0]) ||
        !GROW(&c->out->mem, c->changes, c->count, c->room))
        return IAM_ENOMEM;
    c->changes[c->count++] = change;
    return IAM_OK;
}

/* What the statements of both stacks are about, group by group: Denies too, as
 * what one takes away is told best in its own words. */
static iam_status add_changes(comparison *c)
{
    uint32_t tried = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < c->q->stacks[i]->count; k++) {
            const iam_policy *policy = c->q->stacks[i]->entries[k].policy;

            for (uint32_t n = 0; n < policy->statement_count; n++) {
                iam_status status;

                if (tried++ >= MOST_GROUPS)
                    continue;
                status = add_group(c, policy, n);
                if (status != IAM_OK)
                    return status;
            }
        }
    c->out->changes = c->changes;
    c->out->change_count = c->count;
    return IAM_OK;
}

static iam_status compare(inquiry *q, iam_diff *out)
{
    comparison c = {.q = q, .out = out};
    bool gained_unknown = false, lost_unknown = false;
    iam_status status = one_side(&c, true, &out->only_new, &gained_unknown);

    if (status == IAM_OK)
        status = one_side(&c, false, &out->only_old, &lost_unknown);
    if (status != IAM_OK)
        return status;
    out->relation = relation_of(out->only_new != NULL, out->only_old != NULL,
        gained_unknown, lost_unknown);
    if (out->relation == IAM_RELATION_UNKNOWN) {
        out->reason = iamp_text_copy(
            q->reason.ptr ? q->reason : TEXT("it could not be decided"),
            &out->mem);
        if (!out->reason.ptr)
            return IAM_ENOMEM;
    }
    if (out->only_new || out->only_old)
        status = add_changes(&c);
    if (status == IAM_OK)
        status = iamp_stack_copy(&out->stack, q->stacks[0], q->prover->from);
    if (status == IAM_OK)
        status =
            iamp_stack_copy(&out->old_stack, q->stacks[1], q->prover->from);
    return status == IAM_OK
               ? iamp_answer_facts(q, &out->mem, &out->facts, &out->fact_count)
               : status;
}

iam_status iamp_prover_diff(iam_prover *prover, const iam_question *asked,
    iam_diff **out, iam_error *err)
{
    iam_diff *diff = iamp_diff_alloc(prover->from);
    uint64_t since = iamp_answer_clock();
    inquiry q;
    iam_status status;

    *out = NULL;
    if (!diff)
        return iamp_error_nomem(err);
    status = iamp_question_open(&q, prover, asked, IAM_WITHIN);
    if (status == IAM_OK)
        status = compare(&q, diff);
    if (status == IAM_OK && q.failed)
        status = IAM_ENOMEM;
    diff->steps = prover->max_steps - q.steps;
    iamp_question_close(&q);
    diff->nanoseconds = iamp_answer_clock() - since;
    if (status != IAM_OK) {
        iamp_diff_free(diff);
        return iamp_answer_error(status, err);
    }
    *out = diff;
    return IAM_OK;
}
