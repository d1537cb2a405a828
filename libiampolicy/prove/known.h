/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - the actions that patterns of words can be.
 */
#ifndef IAMP_KNOWN_H
#define IAMP_KNOWN_H

#include "prove/word.h"
#include "reference/catalog.h"

/* "service:Name" of a catalog's action, in `mem`; ptr NULL without memory. */
text iamp_known_text(const catalog_action *a, arena *mem);

/* Open a walk over the catalog's actions that a pattern of action words may
 * match: as narrow as its first wildcards allow.  False without memory. */
bool iamp_known_open(catalog_cursor *cursor, const catalog *c,
    const word_pattern *pattern, arena *mem);

#endif
