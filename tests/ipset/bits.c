/* SPDX-License-Identifier: Apache-2.0 */
#include "bits.h"

#include <stdlib.h>

static uint32_t new_node(bits *b)
{
    if (b->count == b->room) {
        b->room = b->room ? 2 * b->room : 1024;
        b->nodes = realloc(b->nodes, b->room * sizeof(*b->nodes));
        if (!b->nodes)
            abort();
    }
    b->nodes[b->count] = (bit_node){{0, 0}, false};
    return (uint32_t)b->count++;
}

void bits_init(bits *b)
{
    *b = (bits){.nodes = NULL};
    new_node(b);
}

void bits_release(bits *b)
{
    free(b->nodes);
    *b = (bits){.nodes = NULL};
}

/* Bit `at` of an address, the highest first. */
static unsigned bit_of(const ipaddr *a, unsigned at)
{
    if (a->family == 4)
        return (unsigned)(a->lo >> (31 - at) & 1);
    return (unsigned)((at < 64 ? a->hi >> (63 - at) : a->lo >> (127 - at)) & 1);
}

void bits_add(bits *b, const ipblock *block)
{
    uint32_t node = 0;

    for (unsigned at = 0; at < block->prefix; at++) {
        unsigned bit = bit_of(&block->first, at);

        if (b->nodes[node].next[bit] == 0) {
            uint32_t made = new_node(b);

            b->nodes[node].next[bit] = made;
        }
        node = b->nodes[node].next[bit];
    }
    b->nodes[node].end = true;
}

bool bits_has(const bits *b, const ipaddr *a)
{
    unsigned width = a->family == 4 ? 32 : 128;
    uint32_t node = 0;

    for (unsigned at = 0; at < width; at++) {
        if (b->nodes[node].end)
            return true;
        node = b->nodes[node].next[bit_of(a, at)];
        if (node == 0)
            return false;
    }
    return b->nodes[node].end;
}
