/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arity.c - is a service's key single-valued or a set?
 */
#include "prove/encode.h"

/* Tags on a request or a resource under a service's own name. */
arity iamp_prove_arity(text key)
{
    (void)key;
    return ARITY_UNKNOWN;
}
