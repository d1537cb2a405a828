/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_version.c - what the running library calls itself and its statuses.
 */
#include "base/base.h"

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

const char *iam_version(void)
{
    return STRING(IAM_VERSION_MAJOR) "." STRING(IAM_VERSION_MINOR) "." STRING(
        IAM_VERSION_PATCH);
}

const char *iam_status_name(iam_status status)
{
    switch (status) {
    case IAM_OK:
        return "IAM_OK";
    case IAM_ENOMEM:
        return "IAM_ENOMEM";
    case IAM_EINVAL:
        return "IAM_EINVAL";
    case IAM_EJSON:
        return "IAM_EJSON";
    case IAM_EPOLICY:
        return "IAM_EPOLICY";
    case IAM_ELIMIT:
        return "IAM_ELIMIT";
    case IAM_EUNSUPPORTED:
        return "IAM_EUNSUPPORTED";
    case IAM_ESTOPPED:
        return "IAM_ESTOPPED";
    case IAM_ESCENARIO:
        return "IAM_ESCENARIO";
    }
    return "unknown status";
}
