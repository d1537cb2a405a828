/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - the actions that the prover knows, and a resource of each.
 */
#ifndef IAMP_KNOWN_H
#define IAMP_KNOWN_H

#include "base/text.h"

/* Action number `index` and the ARN format of a resource that it has, such as
 * "arn:${Partition}:s3:::${BucketName}", or "*".  False behind the last. */
bool iamp_known_action(size_t index, text *action, text *format);

#endif
