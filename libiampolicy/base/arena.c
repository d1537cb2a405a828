/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.c - a list of blocks, each twice as large as the one before it (of a
 * thrifty arena: a sixteenth of what there is).
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BLOCK = 1024,
    LARGEST_BLOCK = 1 << 20
};

struct arena_block {
    struct arena_block *older;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

void *iamp_memory_acquire(const iam_allocator *from, size_t size)
{
    return from ? from->acquire(from->user, size) : malloc(size);
}

void iamp_memory_release(const iam_allocator *from, void *ptr)
{
    if (from)
        from->release(from->user, ptr);
    else
        free(ptr);
}

static size_t next_size(const arena *a)
{
    if (a->least)
        return a->held / 16 > a->least ? a->held / 16 : a->least;
    return a->last ? a->last->size * 2 : FIRST_BLOCK;
}

static bool add_block(arena *a, size_t at_least)
{
    size_t size = next_size(a);
    struct arena_block *block;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < at_least)
        size = at_least;
    if (size > SIZE_MAX - sizeof(*block))
        return false;
    block = iamp_memory_acquire(a->from, sizeof(*block) + size);
    if (!block)
        return false;
    block->older = a->last;
    block->size = size;
    a->last = block;
    a->next = block->data;
    a->end = block->data + size;
    a->held += sizeof(*block) + size;
    return true;
}

void iamp_arena_init(arena *a, const iam_allocator *from)
{
    *a = (arena){.from = from};
}

void iamp_arena_init_thrifty(arena *a, const iam_allocator *from, size_t least)
{
    *a = (arena){.from = from, .least = least};
}

static void release_from(const arena *a, struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;

        iamp_memory_release(a->from, block);
        block = older;
    }
}

void iamp_arena_release(arena *a)
{
    release_from(a, a->last);
    *a = (arena){.from = a->from, .least = a->least};
}

void iamp_arena_rewind(arena *a)
{
    struct arena_block *last = a->last;

    if (!last)
        return;
    release_from(a, last->older);
    last->older = NULL;
    a->next = last->data;
    a->held = sizeof(*last) + last->size;
}

iam_status iamp_arena_expect(arena *a, size_t bytes)
{
    return bytes == 0 || add_block(a, bytes) ? IAM_OK : IAM_ENOMEM;
}

void iamp_arena_adopt(arena *a, arena *other)
{
    struct arena_block *oldest = other->last;

    if (!oldest)
        return;
    while (oldest->older)
        oldest = oldest->older;
    if (a->last) { /* whose rest is still free */
        oldest->older = a->last->older;
        a->last->older = other->last;
    } else {
        a->last = other->last;
        a->next = other->next;
        a->end = other->end;
    }
    a->held += other->held;
    *other = (arena){.from = other->from, .least = other->least};
}

/* What `size` bytes need at most: a type's size is a multiple of its
 * alignment, so the lowest bit of the size will do. */
static size_t alignment_of(size_t size)
{
    size_t lowest = size & (~size + 1);

    return lowest == 0 || lowest > alignof(max_align_t) ? alignof(max_align_t)
                                                        : lowest;
}

void *iamp_arena_alloc(arena *a, size_t count, size_t size)
{
    size_t unit = alignment_of(size);
    size_t total, skip;
    void *ptr;

    if (size != 0 && count > (SIZE_MAX - alignof(max_align_t)) / size)
        return NULL;
    total = count * size;
    if (total == 0)
        total = 1;
    skip = (unit - ((uintptr_t)a->next & (unit - 1))) & (unit - 1);
    if (!a->next || (size_t)(a->end - a->next) < total + skip) {
        if (!add_block(a, total))
            return NULL;
        skip = 0;
    }
    ptr = a->next + skip;
    a->next += skip + total;
    return memset(ptr, 0, total);
}
