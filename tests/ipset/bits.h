/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bits.h - membership, decided one bit at a time.
 *
 * A tree with a node a bit, made of the blocks as they were given: an address
 * is in the set if a block ends on its way down.  Nothing is sorted, merged or
 * compared; that is what makes it an oracle.
 */
#ifndef BITS_H
#define BITS_H

#include "value/ipaddr.h"

typedef struct bit_node {
    uint32_t next[2]; /* 0: none */
    bool end;
} bit_node;

typedef struct bits {
    bit_node *nodes;
    size_t count, room;
} bits;

/* All of one family.  Out of memory ends the program. */
void bits_init(bits *b);
void bits_add(bits *b, const ipblock *block);
bool bits_has(const bits *b, const ipaddr *a);
void bits_release(bits *b);

#endif
