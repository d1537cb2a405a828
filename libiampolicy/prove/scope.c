/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.c - which requests a question is about, piece by piece.
 *
 * A setter that fails leaves the scope as it was.  What would make a scope
 * empty by mistake is refused: a claim about no request is always true.
 */
#include "base/error.h"
#include "prove/prove.h"

enum {
    MAX_KEYS = 1024 /* each new one is compared with those before it */
};

iam_status iamp_scope_new(iam_scope **out, const iam_allocator *from)
{
    *out = iamp_memory_acquire(from, sizeof(**out));
    if (!*out)
        return IAM_ENOMEM;
    memset(*out, 0, sizeof(**out));
    iamp_arena_init(&(*out)->mem, from);
    return IAM_OK;
}

void iamp_scope_free(iam_scope *scope)
{
    const iam_allocator *from;

    if (!scope)
        return;
    from = scope->mem.from;
    iamp_arena_release(&scope->mem);
    iamp_memory_release(from, scope);
}

/* --- the caller ------------------------------------------------------------ */

iam_status iamp_scope_set_principal(
    iam_scope *scope, text principal, iam_error *err)
{
    principal_arn parsed;
    text kept;

    if (text_eq(principal, TEXT("any"))) {
        scope->caller = SCOPE_ANYBODY;
        scope->principal = scope->service = (text){NULL, 0};
        return IAM_OK;
    }
    if (!text_eq(principal, TEXT("anonymous")) &&
        !iamp_principal_arn_parse(principal, &parsed))
        return iamp_error_set(err, IAM_EINVAL,
            "the principal must be the ARN of a user, role, assumed-role "
            "session, federated user or root user, \"anonymous\" or \"any\"");
    if (!text_keep(&kept, principal, &scope->mem))
        return iamp_error_nomem(err);
    scope->caller = SCOPE_KNOWN;
    scope->principal = kept;
    scope->service = (text){NULL, 0};
    return IAM_OK;
}

iam_status iamp_scope_set_service(iam_scope *scope, text name, iam_error *err)
{
    text kept;

    if (name.len == 0 || iamp_text_find(name, '*') < name.len)
        return iamp_error_set(err, IAM_EINVAL,
            "a service principal is a name such as "
            "\"delivery.logs.amazonaws.com\", without wildcards");
    if (!text_keep(&kept, name, &scope->mem))
        return iamp_error_nomem(err);
    scope->caller = SCOPE_KNOWN;
    scope->service = kept;
    scope->principal = (text){NULL, 0};
    return IAM_OK;
}

/* --- patterns -------------------------------------------------------------- */

/* Room for one more element of an array in `mem`.  Each growth doubles, so that
 * what is left behind is at most as much again.  NULL without memory. */
static void *with_room(
    void *array, uint32_t count, uint32_t *room, size_t size, arena *mem)
{
    uint32_t larger = *room ? *room * 2 : 4;
    void *grown;

    if (count < *room)
        return array;
    grown = larger > *room ? iamp_arena_alloc(mem, larger, size) : NULL;
    if (!grown)
        return NULL;
    if (count)
        memcpy(grown, array, count * size);
    *room = larger;
    return grown;
}

static iam_status add_pattern(text **array, uint32_t *count, uint32_t *room,
    text pattern, arena *mem, iam_error *err)
{
    text kept, *grown = with_room(*array, *count, room, sizeof(text), mem);

    if (grown)
        *array = grown;
    if (!grown || !text_keep(&kept, pattern, mem))
        return iamp_error_nomem(err);
    grown[(*count)++] = kept;
    return IAM_OK;
}

static size_t first_wildcard(text pattern)
{
    size_t star = iamp_text_find(pattern, '*');
    size_t mark = iamp_text_find(pattern, '?');

    return star < mark ? star : mark;
}

/* As in policies (A6.6): without a colon, only "*" matches anything. */
static bool action_possible(text pattern)
{
    size_t colon = iamp_text_find(pattern, ':');

    return text_eq(pattern, TEXT("*")) ||
           (colon > 0 && colon + 1 < pattern.len);
}

iam_status iamp_scope_add_action(iam_scope *scope, text pattern, iam_error *err)
{
    if (!action_possible(pattern))
        return iamp_error_set(err, IAM_EINVAL,
            "an action is service:Name, such as \"bedrock:InvokeModel\" or "
            "\"bedrock:*\"");
    return add_pattern(&scope->actions, &scope->action_count,
        &scope->action_room, pattern, &scope->mem, err);
}

/* What stands before the first wildcard is the start of an ARN. */
static bool resource_possible(text pattern)
{
    text arn_start = TEXT("arn:"), head = pattern;

    head.len = first_wildcard(pattern);
    if (head.len == pattern.len) {
        arn parsed;

        return iamp_arn_split(pattern, &parsed);
    }
    return text_starts(head, arn_start) || text_starts(arn_start, head);
}

iam_status iamp_scope_add_resource(
    iam_scope *scope, text pattern, iam_error *err)
{
    if (!resource_possible(pattern))
        return iamp_error_set(err, IAM_EINVAL,
            "a resource is an ARN, such as \"arn:aws:s3:::reports/*\", or "
            "\"*\"");
    return add_pattern(&scope->resources, &scope->resource_count,
        &scope->resource_room, pattern, &scope->mem, err);
}

/* --- condition keys -------------------------------------------------------- */

static iam_status check_values(
    const key_ref *key, const text *values, size_t count, iam_error *err)
{
    ipaddr ignored;

    if (iamp_key_fact((key_id)key->id)->type != KEY_TYPE_IP)
        return IAM_OK;
    for (size_t i = 0; i < count; i++)
        if (!iamp_ipaddr_parse(values[i], &ignored))
            return iamp_error_set(err, IAM_EINVAL,
                "%.*s is one address, such as 198.51.100.7",
                key->name.len > 100 ? 100 : (int)key->name.len, key->name.ptr);
    return IAM_OK;
}

/* The entry of a key: the one it has, or a new one at the end, which does not
 * count yet. */
static scope_key *entry_of(iam_scope *scope, const key_ref *key)
{
    scope_key *grown;

    for (uint32_t i = 0; i < scope->key_count; i++)
        if (key_eq(&scope->keys[i].key, key))
            return &scope->keys[i];
    grown = with_room(scope->keys, scope->key_count, &scope->key_room,
        sizeof(*grown), &scope->mem);
    if (!grown)
        return NULL;
    scope->keys = grown;
    return &grown[scope->key_count];
}

/* A single address as AWS writes it, which is what text operators see (B.3.1);
 * a request keeps it so, too. */
static text canonical(const key_ref *key, text value, char printed[IPADDR_TEXT])
{
    ipaddr address;

    if (iamp_key_fact((key_id)key->id)->type != KEY_TYPE_IP ||
        !iamp_ipaddr_parse(value, &address))
        return value;
    return (text){printed, iamp_ipaddr_print(&address, printed)};
}

static bool keep_values(text **out, const key_ref *key, bool list,
    const text *values, size_t count, arena *mem)
{
    char printed[IPADDR_TEXT];

    *out = ARENA_ARRAY(mem, text, count);
    for (size_t i = 0; *out && i < count; i++)
        if (!text_keep(&(*out)[i],
                list ? values[i] : canonical(key, values[i], printed), mem))
            return false;
    return *out != NULL;
}

iam_status iamp_scope_set_key(iam_scope *scope, text key, scope_state state,
    bool list, const text *values, size_t count, iam_error *err)
{
    key_ref ref = iamp_key_find(key);
    scope_key *entry;
    text *kept, name;
    iam_status status;

    if (key.len == 0)
        return iamp_error_set(err, IAM_EINVAL, "a condition key has a name");
    status = check_values(&ref, values, count, err);
    if (status != IAM_OK)
        return status;
    if (state == SCOPE_VALUES && count == 0)
        state = SCOPE_ABSENT; /* B.2 */
    if (scope->key_count == MAX_KEYS)
        return iamp_error_set(err, IAM_ELIMIT,
            "a scope tells of at most %u condition keys", (unsigned)MAX_KEYS);
    if (count > UINT32_MAX / 2)
        return iamp_error_nomem(err);
    entry = entry_of(scope, &ref);
    if (!entry || !text_keep(&name, key, &scope->mem) ||
        !keep_values(&kept, &ref, list, values, count, &scope->mem))
        return iamp_error_nomem(err);
    if (entry == &scope->keys[scope->key_count])
        scope->key_count++;
    ref.name = name;
    *entry = (scope_key){
        ref, (uint8_t)state, list && count > 0, kept, (uint32_t)count};
    return IAM_OK;
}
