/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_object.h - the struct behind a handle.
 */
#ifndef IAMP_CATALOG_OBJECT_H
#define IAMP_CATALOG_OBJECT_H

#include "reference/catalog.h"

struct iam_catalog {
    catalog facts;
    arena mem;
};

/* NULL is the built-in one. */
static inline const catalog *catalog_of(const iam_catalog *handle)
{
    return handle ? &handle->facts : iamp_catalog_built_in();
}

#endif
