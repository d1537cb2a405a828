/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address_list.h - CIDR blocks from a text: one a line, or JSON.
 *
 * JSON is an array of blocks; an object with such arrays as "ipv4" and "ipv6";
 * or what AWS and Google publish: an object with "prefixes", whose elements name
 * a block, a service and a region.
 */
#ifndef IAMP_ADDRESS_LIST_H
#define IAMP_ADDRESS_LIST_H

#include "document/json.h"
#include "value/ipaddr.h"

/* Where a block stands in the text. */
typedef struct address_place {
    uint32_t line, column;
} address_place;

typedef struct address_list {
    ipblock *blocks;
    address_place *places;
    size_t count;
} address_list;

/*
 * Read a list, which lives in `mem`; `filter` may be NULL.  IAM_EINVAL (what is
 * no block, a JSON text that is no list, a service or region that it does not
 * have), IAM_EJSON, IAM_ELIMIT, IAM_ENOMEM, all but the last with their place.
 */
iam_status iamp_address_list_parse(address_list *out, text source,
    const iam_ip_filter *filter, const json_limits *limits, arena *mem,
    iam_error *err);

#endif
