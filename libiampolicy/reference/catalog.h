/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.h - the known services: their actions, resource types and keys.
 *
 * One form for two catalogs: the small one that is built in, which is constant
 * data, and any that was read from a text (docs/formats.md).  A catalog never
 * changes, so threads may share it.  What functions give out points into it.
 * Names are compared without regard to letter case.
 */
#ifndef IAMP_CATALOG_H
#define IAMP_CATALOG_H

#include "base/error.h"
#include "reference/key.h"

/* ---- The form ------------------------------------------------------------- */

/* A piece of the catalog's text. */
typedef uint32_t catalog_place;

/* Its actions, types and keys end where those of the next row start. */
typedef struct catalog_service_row {
    catalog_place name;
    uint32_t name_len;
    uint32_t actions, types, keys; /* the first ones */
} catalog_service_row;

typedef struct catalog_action_row {
    catalog_place name;
    uint32_t types, keys; /* lists */
    uint16_t name_len;
    uint16_t level;
} catalog_action_row;

typedef struct catalog_type_row {
    catalog_place name, arn;
    uint32_t keys; /* a list */
    uint16_t name_len, arn_len;
} catalog_type_row;

typedef struct catalog_key_row {
    catalog_place name;
    uint16_t name_len;
    uint8_t type; /* key_type */
    uint8_t multivalued;
} catalog_key_row;

typedef struct catalog {
    const char *text;
    const catalog_service_row
        *services;                     /* by name, and one more for the ends */
    const catalog_action_row *actions; /* of each service by name */
    const catalog_type_row *types;
    const catalog_key_row *keys;
    /* A list is its length, then numbers within the service: of keys, or of
     * types times 2, + 1 if the action needs one. */
    const uint16_t *lists;
    const uint32_t *order;    /* keys by name */
    const uint32_t *families; /* keys with a placeholder, by name */
    uint32_t service_count, action_count, order_count, family_count;
    text source; /* where the facts are from */
} catalog;

/* ---- Which catalogs there are --------------------------------------------- */

/* The actions of some services, and the keys of all. */
const catalog *iamp_catalog_built_in(void);

/* Read a catalog file; everything lives in `mem`, `source` may go.  IAM_EINVAL
 * with the place of what is wrong, IAM_ELIMIT, IAM_ENOMEM. */
iam_status iamp_catalog_parse(
    catalog *out, text source, arena *mem, iam_error *err);

/* ---- Actions -------------------------------------------------------------- */

/* AWS's access levels; zero is none of them. */
typedef enum access_level {
    LEVEL_UNKNOWN = 0,
    LEVEL_LIST,
    LEVEL_READ,
    LEVEL_WRITE,
    LEVEL_TAGGING,
    LEVEL_PERMISSIONS
} access_level;

typedef struct catalog_action {
    const catalog *of;
    text prefix, name; /* as AWS writes them */
    access_level level;
    uint32_t type_count, key_count;
    uint32_t service, row; /* places in the catalog */
} catalog_action;

typedef struct catalog_type {
    text name;
    text arn;      /* the first of its formats, "arn:${Partition}:..." */
    bool required; /* by the action that was asked */
    uint32_t key_count;
    uint32_t service, row;
} catalog_type;

typedef struct catalog_key {
    text name; /* may hold placeholders, as in "aws:ResourceTag/${TagKey}" */
    key_type type;
    bool multivalued;
} catalog_key;

/* Are the actions of this service in the catalog?  Logarithmic. */
bool iamp_catalog_has_service(const catalog *c, text prefix);

/* One action; false if it is not known.  Logarithmic. */
bool iamp_catalog_find(
    const catalog *c, text prefix, text name, catalog_action *out);

/* `index` must be below the count. */
catalog_type iamp_catalog_action_type(const catalog_action *a, uint32_t index);
catalog_key iamp_catalog_action_key(const catalog_action *a, uint32_t index);
catalog_key iamp_catalog_type_key(
    const catalog *c, const catalog_type *type, uint32_t index);

/* The ARN format of its first resource type; empty if it has none and takes
 * "*" alone. */
text iamp_catalog_first_arn(const catalog_action *a);

/*
 * The known actions that two patterns of IAM ('*', '?') match, in the order of
 * their names.  What stands before the first wildcard is looked up, the rest is
 * tried: an action costs at most its length times the pattern's.
 */
typedef struct catalog_cursor {
    const catalog *of;
    text prefix, name; /* the patterns: borrowed */
    uint32_t service, service_end, action, action_end;
} catalog_cursor;

void iamp_catalog_open(
    catalog_cursor *cursor, const catalog *c, text prefix, text name);
bool iamp_catalog_next(catalog_cursor *cursor, catalog_action *out);

/* ---- Keys ----------------------------------------------------------------- */

typedef enum key_arity {
    ARITY_UNKNOWN = 0,
    ARITY_SINGLE,
    ARITY_MULTIVALUED
} key_arity;

typedef struct key_kind {
    key_type type; /* of one value */
    key_arity arity;
} key_kind;

/*
 * What kind of key this is: a global one, else one of `more` (may be NULL),
 * else one of the built-in catalog.  A name is also found by one with
 * placeholders.  Where services disagree about a name, what they disagree about
 * is unknown.  Logarithmic, but for names that only a placeholder can match:
 * these are tried one by one.
 */
key_kind iamp_catalog_key_kind(const catalog *more, text name);

#endif
