/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loops.h - the loops around a lookup, for engines written in C.
 *
 * Before including it define SET, a type, and LOOKUP4(set, address) and
 * LOOKUP6(set, hi, lo, bytes), which are 0 or 1; and LOOP, the name of the
 * function that is made.  LOOP may be called again with other definitions.
 */
#include "engine.h"

#include <string.h>

static uint64_t LOOP(
    const SET *set, int family, int mode, const bench_input *input)
{
    uint64_t found = 0, last = 0, zero = input->zero;
    size_t n = input->count;

    if (family == 4 && mode == BENCH_INDEPENDENT) {
        for (size_t i = 0; i < n; i++)
            found += (uint64_t)LOOKUP4(set, input->v4[i]);
    } else if (family == 4 && mode == BENCH_DEPENDENT) {
        for (size_t i = 0; i < n; i++) {
            last =
                (uint64_t)LOOKUP4(set, input->v4[i] ^ (uint32_t)(last & zero));
            found += last;
        }
    } else if (family == 4) {
        for (size_t i = 0; i < n; i++)
            input->answers[i] = (uint8_t)LOOKUP4(set, input->v4[i]);
    } else if (mode == BENCH_INDEPENDENT) {
        for (size_t i = 0; i < n; i++)
            found += (uint64_t)LOOKUP6(
                set, input->v6[i][0], input->v6[i][1], input->v6_bytes[i]);
    } else if (mode == BENCH_DEPENDENT) {
        for (size_t i = 0; i < n; i++) {
            uint64_t word;
            uint8_t bytes[16];

            /* In halves, as it will be read: a store of another width than
             * the load behind it would stall. */
            memcpy(&word, input->v6_bytes[i], 8);
            word ^= last & zero;
            memcpy(bytes, &word, 8);
            memcpy(&word, input->v6_bytes[i] + 8, 8);
            memcpy(bytes + 8, &word, 8);
            last = (uint64_t)LOOKUP6(
                set, input->v6[i][0] ^ (last & zero), input->v6[i][1], bytes);
            found += last;
        }
    } else {
        for (size_t i = 0; i < n; i++)
            input->answers[i] = (uint8_t)LOOKUP6(
                set, input->v6[i][0], input->v6[i][1], input->v6_bytes[i]);
    }
    return found;
}

#undef LOOP
#undef SET
#undef LOOKUP4
#undef LOOKUP6
