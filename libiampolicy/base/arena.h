/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that is given back all at once.
 *
 * An arena owns everything allocated from it, so nothing inside is freed by
 * itself and an error path has one thing to undo.  An arena belongs to one
 * thread until whatever it holds stops changing.
 */
#ifndef IAMP_ARENA_H
#define IAMP_ARENA_H

#include "base/base.h"

typedef struct arena {
    const iam_allocator *from; /* NULL: malloc and free */
    struct arena_block *last;  /* newest block, linked to the older ones */
    unsigned char *next, *end; /* the free part of the newest block */
    size_t held;               /* bytes of all blocks */
    size_t least;              /* of a thrifty one: of a block */
} arena;

void iamp_arena_init(arena *a, const iam_allocator *from);

/* For what is kept: a block is a sixteenth of what there is, at least `least`
 * bytes, so that little is left over at the end.  Other arenas double. */
void iamp_arena_init_thrifty(arena *a, const iam_allocator *from, size_t least);

/* Frees every block; the arena may be used again. */
void iamp_arena_release(arena *a);

/* The same, but keeps the newest block for what comes next. */
void iamp_arena_rewind(arena *a);

/* Makes a block of so many bytes, which are going to be asked for.  IAM_ENOMEM. */
iam_status iamp_arena_expect(arena *a, size_t bytes);

/* Takes over everything that `other`, of the same allocator, holds. */
void iamp_arena_adopt(arena *a, arena *other);

/* Zeroed, aligned for any type; NULL if memory ran out or count * size wraps.
 * A count of zero gives a pointer that must not be read. */
void *iamp_arena_alloc(arena *a, size_t count, size_t size);

#define ARENA_ARRAY(a, type, count) \
    ((type *)iamp_arena_alloc((a), (count), sizeof(type)))

/* Memory straight from the arena's allocator, for what is not an arena's:
 * not zeroed, released one by one. */
void *iamp_memory_acquire(const iam_allocator *from, size_t size);
void iamp_memory_release(const iam_allocator *from, void *ptr);

#endif
