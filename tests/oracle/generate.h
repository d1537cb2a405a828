/* SPDX-License-Identifier: Apache-2.0 */
/**
 * generate.h - random scenarios (docs/formats.md) with one request each.
 *
 * The words are few and policies are written around the request, so that
 * statements often apply, often just fail to, and every rule gets its turn.
 * Equal seeds give equal scenarios on every machine.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include <stdint.h>

#include <jansson.h>

/** A new scenario: {"policies": [...], "requests": [{...}]}, perhaps with
 *  "derive". */
json_t *generate_scenario(uint64_t seed);

#endif /* GENERATE_H */
