/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address_list_parts.h - what the two readers of lists share.
 */
#ifndef IAMP_ADDRESS_LIST_PARTS_H
#define IAMP_ADDRESS_LIST_PARTS_H

#include "document/address_list.h"

/* One list being read. */
typedef struct address_reader {
    address_list *out;
    text source;
    iam_ip_filter filter; /* without any part: everything */
    size_t most;          /* blocks */
    arena *mem;
    iam_error *err;
} address_reader;

/* Room for so many blocks in r->out; false: no memory. */
bool iamp_address_list_room(address_reader *r, size_t count);

/* The whole of r->source is JSON. */
iam_status iamp_address_list_json(address_reader *r, const json_limits *limits);

#endif
