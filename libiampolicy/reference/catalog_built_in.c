/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_built_in.c - the catalog that every program has: constant data
 * without pointers, written by scripts/generate-catalog.
 */
#include "reference/catalog.h"

#if defined(__GNUC__)
#define LONG_TEXT __extension__ /* C11 promises 4,095 characters only */
#else
#define LONG_TEXT
#endif

/* Each table takes its own lines and leaves out the others. */
#define SERVICE(name, name_len, actions, types, keys)
#define TYPE(name, name_len, arn, arn_len, keys)
#define KEY(name, name_len, type, multivalued)
#define ACTION(name, name_len, level, types, keys)
#define LIST(...)
#define ORDER(...)
#define FAMILY(...)
#define SOURCE(literal)

#define TEXT_PIECE(literal) literal
LONG_TEXT static const char all_text[] =
#include "reference/catalog_table.def"
    ;
#undef TEXT_PIECE
#define TEXT_PIECE(literal)

#undef SERVICE
#define SERVICE(name, name_len, actions, types, keys) \
    {name, name_len, actions, types, keys},
static const catalog_service_row services[] = {
#include "reference/catalog_table.def"
};
#undef SERVICE
#define SERVICE(name, name_len, actions, types, keys)

#undef TYPE
#define TYPE(name, name_len, arn, arn_len, keys) \
    {name, arn, keys, name_len, arn_len},
static const catalog_type_row types[] = {
#include "reference/catalog_table.def"
};
#undef TYPE
#define TYPE(name, name_len, arn, arn_len, keys)

#undef KEY
#define KEY(name, name_len, type, multivalued) \
    {name, name_len, KEY_TYPE_##type, multivalued},
static const catalog_key_row keys[] = {
#include "reference/catalog_table.def"
};
#undef KEY
#define KEY(name, name_len, type, multivalued)

#undef ACTION
#define ACTION(name, name_len, level, types, keys) \
    {name, types, keys, name_len, LEVEL_##level},
static const catalog_action_row actions[] = {
#include "reference/catalog_table.def"
};
#undef ACTION
#define ACTION(name, name_len, level, types, keys)

#undef LIST
#define LIST(...) __VA_ARGS__,
static const uint16_t lists[] = {
#include "reference/catalog_table.def"
};
#undef LIST
#define LIST(...)

#undef ORDER
#define ORDER(...) __VA_ARGS__,
static const uint32_t order[] = {
#include "reference/catalog_table.def"
};
#undef ORDER
#define ORDER(...)

#undef FAMILY
#define FAMILY(...) __VA_ARGS__,
static const uint32_t families[] = {
#include "reference/catalog_table.def"
};
#undef FAMILY
#define FAMILY(...)

#undef SOURCE
#define SOURCE(literal) {literal, sizeof(literal) - 1},
/* clang-format off */
static const catalog built_in = {
    .text = all_text,
    .services = services,
    .actions = actions,
    .types = types,
    .keys = keys,
    .lists = lists,
    .order = order,
    .families = families,
    .service_count = COUNT_OF(services) - 1,
    .action_count = COUNT_OF(actions),
    .order_count = COUNT_OF(order),
    .family_count = COUNT_OF(families),
    .source =
#include "reference/catalog_table.def"
};
/* clang-format on */

const catalog *iamp_catalog_built_in(void)
{
    return &built_in;
}
