/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key.h - condition keys: which ones are known, and how any key is named.
 */
#ifndef IAMP_KEY_H
#define IAMP_KEY_H

#include "base/text.h"

typedef enum key_type {
    KEY_TYPE_UNKNOWN = 0,
    KEY_TYPE_STRING,
    KEY_TYPE_ARN,
    KEY_TYPE_IP,
    KEY_TYPE_NUMERIC,
    KEY_TYPE_DATE,
    KEY_TYPE_BOOL
} key_type;

/* KEY_AWS_SOURCEIP, ...; KEY_OTHER is any key that is not global, and any key
 * of a family such as aws:PrincipalTag/. */
typedef enum key_id {
    KEY_OTHER = 0,
#define KEY(identifier, name, type, multivalued) KEY_##identifier,
#include "reference/key.def"
#undef KEY
    KEY_COUNT
} key_id;

typedef struct key_fact {
    text name; /* as AWS writes it */
    key_type type;
    bool multivalued;
    bool family; /* the name is a prefix that a tag's key follows */
} key_fact;

/* A key by its name: equal keys have equal ids and hashes, and names that
 * iamp_text_eq_fold() calls equal. */
typedef struct key_ref {
    text name;     /* as written */
    uint64_t hash; /* of the folded name */
    uint16_t id;   /* key_id; KEY_OTHER: compare hash, then name */
} key_ref;

/* The facts of a global key; `id` may be a family's. */
const key_fact *iamp_key_fact(key_id id);

/* Linear in the name.  The result points to `name`. */
key_ref iamp_key_find(text name);

static inline bool key_eq(const key_ref *a, const key_ref *b)
{
    return a->hash == b->hash && a->id == b->id &&
           (a->id != KEY_OTHER || iamp_text_eq_fold(a->name, b->name));
}

#endif
