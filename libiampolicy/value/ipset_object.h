/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_object.h - what the header's handle iam_ipset is made of.
 */
#ifndef IAMP_IPSET_OBJECT_H
#define IAMP_IPSET_OBJECT_H

#include "value/ipset.h"

struct iam_ipset {
    arena mem; /* of one that stands on its own; else empty */
    ipset set;
    struct ipset_source *source; /* NULL: its blocks are not kept */
};

/* A handle inside another object, which it must not outlive; NULL without
 * memory.  `set` points into `mem`, too. */
static inline iam_ipset *ipset_object(const ipset *set, arena *mem)
{
    iam_ipset *object = ARENA_ARRAY(mem, iam_ipset, 1);

    if (object) {
        iamp_arena_init(&object->mem, mem->from);
        object->set = *set;
    }
    return object;
}

#endif
