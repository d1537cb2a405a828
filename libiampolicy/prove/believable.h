/* SPDX-License-Identifier: Apache-2.0 */
/*
 * believable.h - texts that a reader of a counterexample believes.
 */
#ifndef IAMP_BELIEVABLE_H
#define IAMP_BELIEVABLE_H

#include "prove/space.h"
#include "reference/catalog.h"

typedef struct believable {
    search *s;
    uint32_t action_slot, resource_slot;
    text account;
    const catalog *known;
    /* The answer: */
    text action, resource;
    uint8_t level; /* iam_witness_level */
} believable;

/* An action and a resource that the model's slots accept: a known action and
 * an ARN of a resource that it has; else an ARN that is well formed; else what
 * the slots give.  False without memory. */
bool iamp_believable_target(believable *b, arena *mem);

/* A usual value of a condition key; ptr NULL if none is known. */
text iamp_believable_value(const key_ref *key, text account);

#endif
