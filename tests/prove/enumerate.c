/* SPDX-License-Identifier: Apache-2.0 */
/* Every request of a question, through the evaluator. */
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void must(iam_status status)
{
    if (status != IAM_OK)
        abort();
}

iam_stack *question_stack(const json_t *policies)
{
    iam_stack_entry entries[8];
    size_t count = 0, i;
    json_t *p;
    iam_stack *stack;
    iam_error error;
    if (!policies)
        return NULL;
    json_array_foreach(policies, i, p)
    {
        const char *kind = json_string_value(json_object_get(p, "kind"));
        char *text = json_dumps(json_object_get(p, "document"), JSON_COMPACT);
        iam_policy_kind number = iam_policy_kind_from_name(kind, IAM_NTS);
        if (count == COUNT_OF(entries) || !text ||
            iam_policy_compile(number, text, IAM_NTS, NULL,
                &entries[count].policy, &error) != IAM_OK) {
            fprintf(stderr, "%s: %s\n", kind, error.message);
            abort();
        }
        entries[count].name = NULL;
        entries[count].level =
            (uint32_t)json_integer_value(json_object_get(p, "level"));
        entries[count++].reserved = 0;
        free(text);
    }
    if (iam_stack_new(entries, count, NULL, &stack, &error) != IAM_OK)
        abort();
    for (size_t n = 0; n < count; n++)
        iam_policy_free(entries[n].policy);
    return stack;
}

static void set_given(iam_scope *scope, const question *q)
{
    for (size_t i = 0; i < q->given_count; i++) {
        const given *g = &q->given[i];
        const char *name = keys[g->key].name;
        iam_text one = {g->value, IAM_NTS};
        switch (g->state) {
        case GIVEN_VALUE:
            must(iam_scope_set_value(
                scope, name, IAM_NTS, g->value, IAM_NTS, NULL));
            break;
        case GIVEN_VALUES:
            must(iam_scope_set_values(scope, name, IAM_NTS, &one, 1, NULL));
            break;
        case GIVEN_ABSENT:
            must(iam_scope_set_absent(scope, name, IAM_NTS, NULL));
            break;
        case GIVEN_PRESENT:
            must(iam_scope_set_present(scope, name, IAM_NTS, NULL));
            break;
        }
    }
}

iam_scope *question_scope(const question *q)
{
    iam_scope *scope;
    must(iam_scope_new(NULL, &scope));
    if (q->service)
        must(iam_scope_set_service(scope, q->principal, IAM_NTS, NULL));
    else
        must(iam_scope_set_principal(scope, q->principal, IAM_NTS, NULL));
    for (size_t i = 0; i < q->action_count; i++)
        must(iam_scope_add_action(scope, q->actions[i], IAM_NTS, NULL));
    for (size_t i = 0; i < q->resource_count; i++)
        must(iam_scope_add_resource(scope, q->resources[i], IAM_NTS, NULL));
    set_given(scope, q);
    iam_scope_set_flags(scope, q->any_context ? IAM_ANY_CONTEXT : 0);
    return scope;
}

iam_ipset *question_blocks(const question *q)
{
    iam_text blocks[MOST_BLOCKS];
    iam_ipset *set;
    for (size_t i = 0; i < q->block_count; i++)
        blocks[i] = (iam_text){q->blocks[i], IAM_NTS};
    must(iam_ipset_new(blocks, q->block_count, NULL, &set, NULL));
    return set;
}

/* ---- Requests ------------------------------------------------------------------- */

typedef struct walk {
    const question *q;
    const iam_stack *stack, *old;
    iam_ipset *blocks;
    key_states states[KEY_COUNT];
    size_t at[KEY_COUNT]; /**< which state each key is in */
    iam_request *request;
    listing *out;
    bool first_only;
    bool broken_at[600];    /**< by state of aws:SourceIp */
    const char *whole[600]; /**< by class of it, before the scope was heard */
} walk;

static const char *address_of(const walk *w)
{
    const key_state *s = &w->states[KEY_SOURCE_IP].states[w->at[KEY_SOURCE_IP]];
    return s->count == 1 && !s->list ? s->values[0] : NULL;
}

static bool has_address(const walk *w)
{
    return w->states[KEY_SOURCE_IP].states[w->at[KEY_SOURCE_IP]].count > 0;
}

static bool breaks(const walk *w)
{
    bool allowed = iam_stack_check(w->stack, w->request) == IAM_ALLOW;
    const char *address = address_of(w);
    bool listed =
        address && iam_ipset_contains(w->blocks, address, strlen(address));
    if (w->q->any_context && has_address(w) &&
        (!address || !strpbrk(address, ".:")))
        return (w->q->kind == IAM_ALWAYS && !allowed) ||
               (w->q->kind == IAM_NEVER && allowed) ||
               (w->q->kind == IAM_WITHIN && allowed &&
                   iam_stack_check(w->old, w->request) != IAM_ALLOW);
    switch (w->q->kind) {
    case IAM_ONLY_FROM:
        return allowed && !listed;
    case IAM_ALWAYS_FROM:
        return !allowed && listed;
    case IAM_EXACTLY_FROM:
        return allowed ? !listed : listed;
    case IAM_ALWAYS:
        return !allowed;
    case IAM_WITHIN:
        return allowed && iam_stack_check(w->old, w->request) != IAM_ALLOW;
    default:
        return allowed;
    }
}

static bool take_text(void *user, const char *bytes, size_t len)
{
    listing *out = user;
    size_t at = strlen(out->first);
    size_t room = sizeof(out->first) - 1 - at;
    memcpy(out->first + at, bytes, len < room ? len : room);
    out->first[at + (len < room ? len : room)] = '\0';
    return true;
}

static void note(walk *w)
{
    listing *out = w->out;
    out->requests++;
    if (!breaks(w))
        return;
    if (!out->broken)
        must(iam_request_print(w->request, take_text, out));
    out->broken = true;
    w->broken_at[w->at[KEY_SOURCE_IP]] = true;
    out->with_address |= has_address(w);
    out->without_address |= !has_address(w);
}

/* ---- Contexts -------------------------------------------------------------------- */

static void enter(walk *w, size_t key)
{
    const key_state *s = &w->states[key].states[w->at[key]];
    const char *name = keys[key].name;
    iam_text values[MOST_MEMBERS];
    if (s->count == 0) {
        iam_request_unset(w->request, name, IAM_NTS);
    } else if (s->list) {
        for (size_t i = 0; i < s->count; i++)
            values[i] = (iam_text){s->values[i], IAM_NTS};
        must(iam_request_set_values(
            w->request, name, IAM_NTS, values, s->count, NULL));
    } else {
        must(iam_request_set_value(
            w->request, name, IAM_NTS, s->values[0], IAM_NTS, NULL));
    }
}

/* Does the scope take this state of the key? */
static bool in_scope(const walk *w, size_t key, const key_state *s)
{
    const question *q = w->q;
    for (size_t i = 0; i < q->given_count; i++) {
        const given *g = &q->given[i];
        if (g->key != key)
            continue;
        switch (g->state) {
        case GIVEN_ABSENT:
            return s->count == 0;
        case GIVEN_PRESENT:
            return s->count > 0;
        case GIVEN_VALUE:
        case GIVEN_VALUES:
            return s->count == 1 && strcmp(s->values[0], g->value) == 0 &&
                   s->list == (g->state == GIVEN_VALUES);
        }
    }
    return true;
}

static bool is_given(const question *q, size_t key)
{
    for (size_t i = 0; i < q->given_count; i++)
        if (q->given[i].key == key)
            return true;
    return false;
}

/* A given value stands for itself, whatever the conditions tell apart. */
static void put_given(walk *w)
{
    for (size_t i = 0; i < w->q->given_count; i++) {
        const given *g = &w->q->given[i];
        key_states *s = &w->states[g->key];
        if (g->state == GIVEN_PRESENT && s->count == 1) { /* not asked about */
            s->states = realloc(s->states, 2 * sizeof(*s->states));
            s->states[s->count++] =
                (key_state){.values = {g->value ? g->value : "a"},
                    .count = 1,
                    .list = keys[g->key].arity == MANY_VALUES};
        }
        if (g->state != GIVEN_VALUE && g->state != GIVEN_VALUES)
            continue;
        s->states = realloc(s->states, (s->count + 1) * sizeof(*s->states));
        for (size_t n = 0; n < s->count; n++)
            if (in_scope(w, g->key, &s->states[n]))
                s->states[n--] = s->states[--s->count];
        s->states[s->count++] = (key_state){
            .values = {g->value}, .count = 1, .list = g->state == GIVEN_VALUES};
        s->closed = true;
    }
    if (strcmp(w->q->principal, "anonymous") == 0 && !w->q->any_context &&
        !is_given(w->q, KEY_TAG))
        w->states[KEY_TAG].count = 1; /* nobody known has no tags: absent */
    for (size_t k = 0; k < KEY_COUNT; k++) {
        key_states *s = &w->states[k];
        size_t kept = 0;
        for (size_t n = 0; n < s->count; n++)
            if (in_scope(w, k, &s->states[n]))
                s->states[kept++] = s->states[n];
        s->count = kept;
    }
}

/* D.2: no request has both. */
static bool possible(const walk *w)
{
    return w->q->any_context || !has_address(w) ||
           w->states[KEY_SOURCE_VPC].states[w->at[KEY_SOURCE_VPC]].count == 0;
}

/* All contexts, the last key fastest. */
static void contexts(walk *w)
{
    for (size_t k = 0; k < KEY_COUNT; k++) {
        if (w->states[k].count == 0)
            return; /* what is given contradicts what can be */
        w->at[k] = 0;
        enter(w, k);
    }
    for (;;) {
        size_t k = KEY_COUNT;
        if (possible(w))
            note(w);
        if (w->first_only && w->out->broken)
            return;
        while (k > 0 && w->at[k - 1] + 1 == w->states[k - 1].count)
            k--;
        if (k == 0)
            return;
        w->at[k - 1]++;
        for (size_t n = k; n < KEY_COUNT; n++)
            w->at[n] = 0;
        for (size_t n = k - 1; n < KEY_COUNT; n++)
            if (w->states[n].count > 1)
                enter(w, n);
    }
}

/* ---- Who, what, whose --------------------------------------------------------------- */

static bool has_kind(const json_t *policies, const char *kind)
{
    size_t i;
    json_t *p;
    json_array_foreach(policies, i,
        p) if (strcmp(json_string_value(json_object_get(p, "kind")), kind) ==
               0) return true;
    return false;
}

/* The account that a resource is in, where its ARN does not say: the caller's,
 * or another one if some policy can grant to strangers. */
static void owners(walk *w, const char *resource)
{
    static const char *const accounts[] = {
        "111122223333", "444455556666", "777788889999"};
    bool says = strstr(resource, ":111122223333:") != NULL ||
                strstr(resource, ":444455556666:") != NULL;
    contexts(w);
    if (says || !(has_kind(w->q->policies, "resource") ||
                    has_kind(w->q->old, "resource")))
        return;
    if (w->q->service || strcmp(w->q->principal, "anonymous") == 0)
        return; /* nothing asks whose it is */
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        must(iam_request_set_resource_account(
            w->request, accounts[i], IAM_NTS, NULL));
        contexts(w);
    }
}

/* A session is of a role of that name, on any path, and a role calls by its
 * sessions; a federated user was made by some user. */
static void callers(walk *w, const char *action, const char *resource)
{
    static const char *const roles[] = {"arn:aws:iam::111122223333:role/r",
        "arn:aws:iam::111122223333:role/x/r"};
    static const char *const sessions[] = {
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "arn:aws:sts::111122223333:assumed-role/r/another"};
    static const char *const users[] = {
        "arn:aws:iam::111122223333:user/1", "arn:aws:iam::111122223333:user/2"};
    bool session = strstr(w->q->principal, ":assumed-role/") != NULL;
    bool federated = strstr(w->q->principal, ":federated-user/") != NULL;
    bool role = strstr(w->q->principal, ":role/") != NULL;
    for (size_t i = 0; i < (session || federated || role ? 2 : 1); i++) {
        const char *caller = role ? sessions[i] : w->q->principal;
        iam_request_reset(w->request);
        if (w->q->service)
            must(iam_request_set_service(w->request, caller, IAM_NTS, NULL));
        else
            must(iam_request_set_principal(w->request, caller, IAM_NTS, NULL));
        if (role)
            must(iam_request_set_role(
                w->request, w->q->principal, IAM_NTS, NULL));
        if (session)
            must(iam_request_set_role(w->request, roles[i], IAM_NTS, NULL));
        if (federated)
            must(iam_request_set_user(w->request, users[i], IAM_NTS, NULL));
        must(iam_request_set_action(w->request, action, IAM_NTS, NULL));
        must(iam_request_set_resource(w->request, resource, IAM_NTS, NULL));
        owners(w, resource);
    }
}

/* What holds of an address holds of those that it stands for. */
static void gather(walk *w)
{
    listing *out = w->out;
    const key_states *s = &w->states[KEY_SOURCE_IP];
    for (size_t i = 0; i < s->candidate_count; i++) {
        const char *value = s->candidates[i];
        size_t n = 0, stand_in = s->stand_in[i];
        if (strchr(value, '.') == NULL && strchr(value, ':') == NULL)
            continue; /* no address */
        const char *of_class = w->whole[stand_in];
        while (n < s->count && (s->states[n].list || s->states[n].count != 1 ||
                                   s->states[n].values[0] != of_class))
            n++;
        if (n == s->count)
            continue; /* out of scope */
        out->asked[out->asked_count++] = value;
        if (w->broken_at[n])
            out->addresses[out->address_count++] = value;
    }
}

static json_t *both(const question *q)
{
    json_t *all = json_copy(q->policies);
    if (q->old)
        json_array_extend(all, q->old);
    return all;
}

static void find_states(
    const question *q, universe *all, key_states states[KEY_COUNT])
{
    json_t *policies = both(q);
    universe_states(all,
        &(subject){policies, q->blocks, q->block_count, q->any_context,
            q->every_address},
        states);
    json_decref(policies);
}

size_t question_size(const question *q, universe *all)
{
    static key_states states[KEY_COUNT];
    size_t product = 1;
    find_states(q, all, states);
    for (size_t k = 0; k < KEY_COUNT; k++)
        product *= states[k].count;
    universe_release(states);
    return product;
}

void question_list(
    const question *q, universe *all, bool first_only, listing *out)
{
    static walk w;
    memset(&w, 0, sizeof(w));
    memset(out, 0, sizeof(*out));
    w.q = q;
    w.out = out;
    w.first_only = first_only;
    w.stack = question_stack(q->policies);
    w.old = question_stack(q->old);
    w.blocks = question_blocks(q);
    must(iam_request_new(NULL, &w.request));
    find_states(q, all, w.states);
    for (size_t i = 1; i < w.states[KEY_SOURCE_IP].count && i < 300; i++)
        w.whole[i] = w.states[KEY_SOURCE_IP].states[i].values[0];
    put_given(&w);
    out->closed = !q->mixed; /* texts of addresses: too many */
    for (size_t k = 0; k < KEY_COUNT; k++)
        out->closed &= w.states[k].closed;
    out->closed &= !q->any_context || !question_has_variable(q);
    /* What is in a list of blocks is said of one address only. */
    out->closed &= !q->any_context || q->kind == IAM_NEVER ||
                   q->kind == IAM_ALWAYS || q->kind == IAM_WITHIN;
    for (size_t a = 0; a < q->action_count; a++)
        for (size_t r = 0; r < q->resource_count; r++)
            if (!first_only || !out->broken)
                callers(&w, q->actions[a], q->resources[r]);
    gather(&w);
    universe_release(w.states);
    iam_request_free(w.request);
    iam_ipset_free(w.blocks);
    iam_stack_free((iam_stack *)(uintptr_t)w.stack);
    iam_stack_free((iam_stack *)(uintptr_t)w.old);
}
