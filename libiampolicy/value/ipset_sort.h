/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_sort.h - ranges in the order of their first addresses.
 */
#ifndef IAMP_IPSET_SORT_H
#define IAMP_IPSET_SORT_H

#include "base/arena.h"
#include "value/ipset.h"

/* In place; linear in `count`.  IAM_ENOMEM, and then nothing has moved. */
iam_status iamp_ipset_sort4(range4 *ranges, size_t count, arena *scratch);
iam_status iamp_ipset_sort6(range6 *ranges, size_t count, arena *scratch);

#endif
