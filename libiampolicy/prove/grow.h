/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grow.h - arrays that grow in an arena; what they outgrow stays there, and is
 * at most as much again.
 */
#ifndef IAMP_GROW_H
#define IAMP_GROW_H

#include "base/arena.h"

/* Room for one more behind `count` items.  NULL without memory. */
static inline void *grown(
    arena *mem, void *items, uint32_t count, uint32_t *room, size_t size)
{
    uint32_t wanted = *room ? *room * 2 : 8;
    void *larger;

    if (items && count < *room)
        return items;
    if (wanted < *room)
        return NULL;
    larger = iamp_arena_alloc(mem, wanted, size);
    if (!larger)
        return NULL;
    if (count && items)
        __builtin_memcpy(larger, items, count * size);
    *room = wanted;
    return larger;
}

/* False without memory; the array is then as it was. */
#define GROW(mem, items, count, room)   \
    (((count) < (room) && (items)) ||   \
        iamp_grow_set((void *)&(items), \
            grown((mem), (items), (count), &(room), sizeof(*(items)))))

static inline bool iamp_grow_set(void *place, void *larger)
{
    if (larger)
        __builtin_memcpy(place, &larger, sizeof(larger));
    return larger != NULL;
}

#endif
