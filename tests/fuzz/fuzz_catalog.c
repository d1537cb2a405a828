/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: a catalog file.  Whatever it is, reading it ends; what was read can be
 * asked for everything, and each action is found by its name.
 */
#include <stdlib.h>

#include "reference/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const catalog *c)
{
    catalog_cursor cursor;
    catalog_action a, again;

    iamp_catalog_open(&cursor, c, TEXT("*"), TEXT("*"));
    while (iamp_catalog_next(&cursor, &a)) {
        if (!iamp_catalog_find(c, a.prefix, a.name, &again) ||
            again.row != a.row || again.service != a.service)
            abort();
        for (uint32_t i = 0; i < a.type_count; i++) {
            catalog_type type = iamp_catalog_action_type(&a, i);

            if (!text_starts(type.arn, TEXT("arn:")))
                abort();
            for (uint32_t k = 0; k < type.key_count; k++)
                iamp_catalog_type_key(c, &type, k);
        }
        for (uint32_t i = 0; i < a.key_count; i++)
            iamp_catalog_key_kind(c, iamp_catalog_action_key(&a, i).name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    catalog c;
    arena mem;

    iamp_arena_init(&mem, NULL);
    if (iamp_catalog_parse(&c, (text){(const char *)data, size}, &mem, NULL) ==
        IAM_OK)
        ask(&c);
    iamp_arena_release(&mem);
    return 0;
}
