/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key.c - looks a key's name up in the table of global keys.
 *
 * The table is short and its names differ early, so a name is compared by
 * length first; nothing is built at run time and nothing is shared.
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

key_ref iamp_key_find(text name)
{
    key_ref key = {
        .name = name, .hash = iamp_text_hash_fold(name), .id = KEY_OTHER};

    if (name.len < 5 || ascii_lower(name.ptr[0]) != 'a' || name.ptr[3] != ':')
        return key;
    for (uint16_t id = 1; id < KEY_COUNT; id++)
        if (!facts[id].family && iamp_text_eq_fold(facts[id].name, name)) {
            key.id = id;
            break;
        }
    return key;
}

key_id iamp_key_family(text name)
{
    for (uint16_t id = 1; id < KEY_COUNT; id++)
        if (facts[id].family && name.len >= facts[id].name.len &&
            iamp_text_eq_fold(
                facts[id].name, text_slice(name, 0, facts[id].name.len)))
            return (key_id)id;
    return KEY_OTHER;
}
