/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key.c - looks a key's name up in the table of global keys.
 *
 * The table is short, and its names differ in length or in their last letters,
 * which are compared first; nothing is built at run time and nothing is shared.
 */
#include "reference/key.h"

static const key_fact facts[KEY_COUNT] = {
    [KEY_OTHER] = {{"", 0}, KEY_TYPE_UNKNOWN, false, false},
#define KEY(identifier, name, type, multivalued)                     \
    [KEY_##identifier] = {{name, sizeof(name) - 1}, KEY_TYPE_##type, \
        multivalued, sizeof(name) > 1 && (name)[sizeof(name) - 2] == '/'},
#include "reference/key.def"
#undef KEY
};

const key_fact *iamp_key_fact(key_id id)
{
    return &facts[id];
}

/* Names differ in length or at their end, mostly. */
static bool is_named(const key_fact *fact, text name)
{
    return fact->name.len == name.len &&
           ascii_lower(fact->name.ptr[name.len - 1]) ==
               ascii_lower(name.ptr[name.len - 1]) &&
           iamp_text_eq_fold(fact->name, name);
}

key_ref iamp_key_find(text name)
{
    key_ref key = {
        .name = name, .hash = iamp_text_hash_fold(name), .id = KEY_OTHER};

    for (size_t id = 1; name.len && id < KEY_COUNT; id++)
        if (!facts[id].family && is_named(&facts[id], name)) {
            key.id = (uint16_t)id;
            break;
        }
    return key;
}
