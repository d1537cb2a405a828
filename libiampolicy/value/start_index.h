/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start_index.h - which of many patterns may match a text.
 *
 * A pattern matches only texts that begin with its literal start: "s3:Get*"
 * those that begin with "s3:Get".  Patterns are kept by the hash of that start,
 * and a text is looked up by the hashes of all its starts that some pattern
 * has.  What is found may match; what is not found cannot.  Hashes that fall
 * together cost a look at the pattern, never an answer.
 *
 * A pattern belongs to an item (a statement), in which it is a part (an
 * action); items come out in ascending order, each once.
 */
#ifndef IAMP_START_INDEX_H
#define IAMP_START_INDEX_H

#include "base/text.h"

enum {
    START_LONGEST = 63 /* bytes of a start that are told apart */
};

/* The hashes of a text's starts, each made from the one before it. */
typedef struct start_hashes {
    uint32_t start[START_LONGEST + 1]; /* [n]: of the first n bytes */
    uint32_t whole;                    /* of the whole text; never 0 */
    uint32_t count;                    /* the last n that is set */
} start_hashes;

void iamp_start_hash(start_hashes *out, text t);

/* A pattern on its way into an index: add the texts that its start is made
 * of. */
typedef struct start_key {
    uint32_t hash, start;
    size_t len;
} start_key;

void iamp_start_key_init(start_key *key);
void iamp_start_key_add(start_key *key, text t);

/* The hash of the whole text that was added; as start_hashes.whole. */
uint32_t iamp_start_key_whole(const start_key *key);

typedef struct start_pattern {
    uint32_t item, part; /* in ascending order of `item` */
    uint32_t hash;
    uint32_t group; /* GROUP_ANY, or the hash of a start that texts share which
                       the pattern may match: see iamp_start_find() */
    uint8_t length; /* of the start; 0: any text may match */
    bool whole;     /* the pattern is a plain text */
} start_pattern;

#define GROUP_ANY 0

void iamp_start_pattern(start_pattern *out, const start_key *key, bool whole);

typedef struct start_entry {
    uint32_t hash, item, part;
} start_entry;

typedef struct start_index {
    const start_entry *entries; /* by bucket; inside of one by item */
    const uint32_t *buckets;    /* where each begins, and one more */
    const start_entry *always;  /* patterns without a start */
    const uint64_t *lengths;    /* by group: bit n if a start has n bytes */
    uint32_t always_count;
    uint8_t bucket_bits, group_bits;
} start_index;

/* Made in `mem`; `patterns` may go afterwards.  Linear.  IAM_ENOMEM. */
iam_status iamp_start_build(
    start_index *out, const start_pattern *patterns, size_t count, arena *mem);

/* The patterns that may match one text, as lists that are each in order. */
typedef struct start_list {
    const start_entry *at, *end;
    uint32_t hash;
} start_list;

typedef struct start_lists {
    uint32_t count;
    start_list lists[START_LONGEST + 2];
} start_lists;

/* `group`: the hash of the text's start that tells its group. */
void iamp_start_find(start_lists *out, const start_index *index,
    const start_hashes *hashes, uint32_t group);

/* The next item that has a pattern left; false if there is none. */
bool iamp_start_next(const start_lists *lists, uint32_t *item);

/* Takes the next part of that item; false if it has no more. */
bool iamp_start_part(start_lists *lists, uint32_t item, uint32_t *part);

#endif
