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

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/** A new scenario: {"policies": [...], "requests": [{...}]}, perhaps with
 *  "derive". */
json_t *generate_scenario(uint64_t seed);

/** The same, each choice made by the next byte as long as there are any: what
 *  a fuzzer changes in its input is one choice. */
json_t *generate_scenario_from(const unsigned char *bytes, size_t count);

#endif /* GENERATE_H */
