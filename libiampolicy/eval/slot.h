/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.h - bytes that a request keeps and uses again.
 */
#ifndef IAMP_SLOT_H
#define IAMP_SLOT_H

#include "eval/request.h"

/* Room for `len` bytes and a NUL, what stands there kept.  IAM_ENOMEM: nothing
 * has changed. */
iam_status iamp_slot_reserve(
    text_slot *slot, size_t len, const iam_allocator *from);

/* IAM_ENOMEM: nothing has changed. */
iam_status iamp_slot_set(text_slot *slot, text t, const iam_allocator *from);
void iamp_slot_clear(text_slot *slot);
void iamp_slot_release(text_slot *slot, const iam_allocator *from);

/* Add a piece to what stands there; room must have been reserved. */
void iamp_slot_append(text_slot *slot, text t);

/* The slot of a key, made if need be (then it is not present). IAM_ENOMEM. */
iam_status iamp_context_slot(
    iam_request *request, const key_ref *key, context_key **out);

#endif
