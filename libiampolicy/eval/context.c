/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context.c - the condition keys of a request.
 *
 * A global key is found by its number, any other by the hash of its folded
 * name in an open table that is at most half full.  Keys that follow from the
 * rest of the request (D.1) are worked out when they are asked for.
 */
#include "base/error.h"
#include "eval/slot.h"
#include "reference/service.h"

/* Where to look first depends on where the table stands in memory, so that no
 * text can be made whose keys all fall together.  Nothing is printed in this
 * order. */
static uint32_t *index_cell(
    uint32_t *index, uint32_t room, const context_key *keys, const key_ref *key)
{
    uint64_t seed = (uint64_t)(uintptr_t)index * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = (key->hash ^ seed) * (seed | 1);
    uint32_t at = (uint32_t)(mixed >> 32) & (room - 1);

    while (index[at] && !key_eq(&keys[index[at] - 1].key, key))
        at = (at + 1) & (room - 1);
    return &index[at];
}

static context_key *find_key(const iam_request *request, const key_ref *key)
{
    uint32_t number;

    if (key->id != KEY_OTHER)
        number = request->known[key->id];
    else if (request->index_room == 0)
        number = 0;
    else
        number = *index_cell(
            request->index, request->index_room, request->keys, key);
    return number ? &request->keys[number - 1] : NULL;
}

static iam_status grow_keys(iam_request *request)
{
    uint32_t room = request->key_room ? request->key_room * 2 : 8;
    size_t index_bytes = sizeof(*request->index) * room * 2;
    context_key *keys =
        iamp_memory_acquire(request->from, sizeof(*keys) * room);
    uint32_t *index = iamp_memory_acquire(request->from, index_bytes);

    if (!keys || !index || room > UINT32_MAX / 4) {
        iamp_memory_release(request->from, keys);
        iamp_memory_release(request->from, index);
        return IAM_ENOMEM;
    }
    if (request->keys)
        memcpy(keys, request->keys, sizeof(*keys) * request->key_count);
    memset(index, 0, index_bytes);
    for (uint32_t i = 0; i < request->key_count; i++)
        if (keys[i].key.id == KEY_OTHER)
            *index_cell(index, room * 2, keys, &keys[i].key) = i + 1;
    iamp_memory_release(request->from, request->keys);
    iamp_memory_release(request->from, request->index);
    request->keys = keys;
    request->key_room = room;
    request->index = index;
    request->index_room = room * 2;
    return IAM_OK;
}

iam_status iamp_context_slot(
    iam_request *request, const key_ref *key, context_key **out)
{
    context_key *k;

    *out = find_key(request, key);
    if (*out)
        return IAM_OK;
    if (request->key_count == request->key_room && grow_keys(request) != IAM_OK)
        return IAM_ENOMEM;
    assert(request->keys);
    k = &request->keys[request->key_count];
    *k = (context_key){.present = false};
    if (iamp_slot_set(&k->name, key->name, request->from) != IAM_OK)
        return IAM_ENOMEM;
    k->key = *key;
    k->key.name = k->name.text;
    request->key_count++;
    if (key->id != KEY_OTHER)
        request->known[key->id] = request->key_count;
    else
        *index_cell(request->index, request->index_room, request->keys, key) =
            request->key_count;
    *out = k;
    return IAM_OK;
}

/* Room for new values; the old ones stay until both kinds of room are there. */
static iam_status reserve_values(
    context_key *k, size_t count, size_t bytes, const iam_allocator *from)
{
    text *values = NULL;

    if (count > UINT32_MAX / 2)
        return IAM_ENOMEM;
    if (k->room < count || !k->values) {
        values = iamp_memory_acquire(from, (count + 1) * sizeof(*values));
        if (!values)
            return IAM_ENOMEM;
    }
    if (k->bytes.room <= bytes) {
        text_slot larger = {.bytes = NULL};

        if (iamp_slot_reserve(&larger, bytes, from) != IAM_OK) {
            iamp_memory_release(from, values);
            return IAM_ENOMEM;
        }
        iamp_slot_release(&k->bytes, from);
        k->bytes = larger;
    }
    if (values) {
        iamp_memory_release(from, k->values);
        k->values = values;
        k->room = (uint32_t)count + 1;
    }
    return IAM_OK;
}

static void put_values(
    context_key *k, bool list, const iam_text *values, size_t count)
{
    char *at = k->bytes.bytes;

    for (size_t i = 0; i < count; i++) {
        if (values[i].len)
            memcpy(at, values[i].ptr, values[i].len);
        at[values[i].len] = '\0';
        k->values[i] = (text){at, values[i].len};
        at += values[i].len + 1;
    }
    k->count = (uint32_t)count;
    k->list = list;
    k->address = (ipaddr){.family = 0};
    if (count == 1 && !list && iamp_ipaddr_parse(k->values[0], &k->address) &&
        iamp_key_fact((key_id)k->key.id)->type == KEY_TYPE_IP) {
        /* Text operators see an address as AWS writes it (B.3.1). */
        k->values[0].len = iamp_ipaddr_print(&k->address, k->bytes.bytes);
    }
}

iam_status iamp_request_set_values(iam_request *request, text key, bool list,
    const iam_text *values, size_t count, iam_error *err)
{
    key_ref ref = iamp_key_find(key);
    size_t bytes = 0;
    context_key *k;
    bool second;

    if (key.len == 0)
        return iamp_error_set(err, IAM_EINVAL, "a condition key has a name");
    bytes = IPADDR_TEXT; /* a canonical address may be the longer one */
    for (size_t i = 0; i < count; i++) {
        if (values[i].len > SIZE_MAX / 4 - bytes)
            return iamp_error_nomem(err);
        bytes += values[i].len + 1;
    }
    if (iamp_context_slot(request, &ref, &k) != IAM_OK)
        return iamp_error_nomem(err);
    second = k->present && !text_eq(k->name.text, key);
    if (reserve_values(k, count, bytes, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    /* Another spelling is as long: this cannot fail where it would matter. */
    if (iamp_slot_set(&k->name, key, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    ref.name = k->name.text;
    k->key = ref;
    put_values(k, list, values, count);
    k->ambiguous = second || (k->present && k->ambiguous);
    k->present = true;
    return IAM_OK;
}

void iamp_request_unset(iam_request *request, text key)
{
    key_ref ref = iamp_key_find(key);
    context_key *k = find_key(request, &ref);

    if (k)
        k->present = k->ambiguous = false;
}

const context_key *iamp_request_key(const iam_request *request, text key)
{
    key_ref ref = iamp_key_find(key);
    const context_key *k = find_key(request, &ref);

    return k && k->present ? k : NULL;
}

/* --- asking -------------------------------------------------------------- */

static text bool_text(bool value)
{
    return value ? TEXT("true") : TEXT("false");
}

/* aws:PrincipalArn: of a session the role's ARN with its path (rule 8). */
static text principal_arn_of(const iam_request *r)
{
    switch (r->caller) {
    case PRINCIPAL_USER:
    case PRINCIPAL_FEDERATED:
    case PRINCIPAL_ROOT:
        return r->principal.text;
    case PRINCIPAL_ROLE:
    case PRINCIPAL_SESSION:
        return r->role.text;
    case PRINCIPAL_NONE:
    case PRINCIPAL_SERVICE:
    case PRINCIPAL_ANONYMOUS:
        break;
    }
    return (text){NULL, 0};
}

static text principal_type_of(const iam_request *r)
{
    switch (r->caller) {
    case PRINCIPAL_USER:
        return TEXT("User");
    case PRINCIPAL_FEDERATED:
        return TEXT("FederatedUser");
    case PRINCIPAL_ROOT:
        return TEXT("Account");
    case PRINCIPAL_ROLE:
    case PRINCIPAL_SESSION:
        return TEXT("AssumedRole");
    case PRINCIPAL_ANONYMOUS:
        return TEXT("Anonymous");
    case PRINCIPAL_NONE:
    case PRINCIPAL_SERVICE:
        break;
    }
    return (text){NULL, 0};
}

static text userid_of(const iam_request *r)
{
    if (r->caller == PRINCIPAL_ROOT)
        return r->arn.arn.account;
    if (r->caller == PRINCIPAL_FEDERATED)
        return r->userid.text;
    if (r->caller == PRINCIPAL_ANONYMOUS)
        return TEXT("anonymous");
    return (text){NULL, 0};
}

/* G.4: what Bedrock's own models have is not known. */
static text resource_account_of(const iam_request *r)
{
    text account = iamp_request_resource_account(r);

    if (r->action_facts & ACTION_LACKS_RESOURCE_ACCOUNT)
        return (text){NULL, 0};
    if (r->resource_arn.whole.len && r->resource_arn.account.len == 0 &&
        text_eq(r->resource_arn.service, TEXT("bedrock")))
        return (text){NULL, 0};
    return account.len ? account : (text){NULL, 0};
}

/* The value of a key that follows from the request; ptr NULL if it is absent
 * (D.1, C.6). */
static text derive(const iam_request *r, key_id id)
{
    bool service = r->caller == PRINCIPAL_SERVICE;
    text none = {NULL, 0};

    if (r->caller == PRINCIPAL_NONE)
        return none;
    if (id == KEY_AWS_PRINCIPALARN)
        return principal_arn_of(r);
    if (id == KEY_AWS_PRINCIPALACCOUNT && r->caller == PRINCIPAL_ANONYMOUS)
        return TEXT("anonymous");
    if (id == KEY_AWS_PRINCIPALACCOUNT)
        return service ? none : iamp_request_account(r);
    if (id == KEY_AWS_PRINCIPALTYPE)
        return principal_type_of(r);
    if (id == KEY_AWS_USERNAME)
        return r->caller == PRINCIPAL_USER ? r->arn.name : none;
    if (id == KEY_AWS_USERID)
        return userid_of(r);
    if (id == KEY_AWS_PRINCIPALISAWSSERVICE)
        return r->caller == PRINCIPAL_ANONYMOUS ? none : bool_text(service);
    if (id == KEY_AWS_PRINCIPALSERVICENAME)
        return service ? r->principal.text : none;
    if (id == KEY_AWS_VIAAWSSERVICE)
        return bool_text(false);
    if (id == KEY_AWS_RESOURCEACCOUNT)
        return resource_account_of(r);
    return none;
}

bool iamp_request_find(
    const iam_request *request, const key_ref *key, key_value *out)
{
    const context_key *k = find_key(request, key);

    if (k && k->present) {
        out->values = k->values;
        out->count = k->count;
        out->list = k->list;
        out->ambiguous = k->ambiguous;
        out->address = k->address.family ? &k->address : NULL;
        return k->count > 0 || k->ambiguous;
    }
    if (key->id == KEY_OTHER || (request->flags & IAM_NO_DERIVED_KEYS))
        return false;
    out->single = derive(request, (key_id)key->id);
    out->values = &out->single;
    out->count = 1;
    out->list = out->ambiguous = false;
    out->address = NULL;
    return out->single.ptr != NULL;
}
