/* SPDX-License-Identifier: Apache-2.0 */
/** shrink.h - the smallest scenario that still shows a fault. */
#ifndef SHRINK_H
#define SHRINK_H

#include <stdbool.h>

#include <jansson.h>

/** Does the scenario still show it? */
typedef bool (*shrink_test)(void *user, const json_t *scenario);

/** Delete policies, statements, list elements, conditions, context keys and
 *  flags from `scenario` as long as `test` stays true. */
void shrink(json_t *scenario, shrink_test test, void *user);

#endif /* SHRINK_H */
