/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.c - bytes that a request keeps and uses again.
 */
#include "eval/slot.h"

/* Room for `len` bytes and a NUL; the old bytes may go. */
iam_status iamp_slot_reserve(
    text_slot *slot, size_t len, const iam_allocator *from)
{
    size_t room = 32;
    char *bytes;

    if (slot->bytes && slot->room > len)
        return IAM_OK;
    if (len > SIZE_MAX / 4)
        return IAM_ENOMEM;
    while (room <= len)
        room *= 2;
    bytes = iamp_memory_acquire(from, room);
    if (!bytes)
        return IAM_ENOMEM;
    if (slot->text.len)
        memcpy(bytes, slot->text.ptr, slot->text.len);
    iamp_memory_release(from, slot->bytes);
    slot->bytes = bytes;
    slot->room = room;
    slot->text.ptr = bytes;
    bytes[slot->text.len] = '\0';
    return IAM_OK;
}

iam_status iamp_slot_set(text_slot *slot, text t, const iam_allocator *from)
{
    iam_status status = iamp_slot_reserve(slot, t.len, from);

    if (status != IAM_OK)
        return status;
    if (t.len)
        memmove(slot->bytes, t.ptr, t.len);
    slot->bytes[t.len] = '\0';
    slot->text = (text){slot->bytes, t.len};
    return IAM_OK;
}

void iamp_slot_clear(text_slot *slot)
{
    slot->text = (text){slot->bytes, 0};
    if (slot->bytes)
        slot->bytes[0] = '\0';
}

void iamp_slot_release(text_slot *slot, const iam_allocator *from)
{
    iamp_memory_release(from, slot->bytes);
    *slot = (text_slot){.bytes = NULL};
}

/* Add a piece to what stands there; room must have been reserved. */
void iamp_slot_append(text_slot *slot, text t)
{
    if (t.len)
        memcpy(slot->bytes + slot->text.len, t.ptr, t.len);
    slot->text.len += t.len;
    slot->text.ptr = slot->bytes;
    slot->bytes[slot->text.len] = '\0';
}
