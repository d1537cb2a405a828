/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arn.h - arn:partition:service:region:account:resource.
 */
#ifndef IAMP_ARN_H
#define IAMP_ARN_H

#include "base/text.h"

typedef struct arn {
    text whole;
    text partition, service, region, account, resource;
} arn;

/* Split at the first five colons; false if there are fewer or the first field
 * is not "arn".  The resource keeps further colons. */
bool iamp_arn_split(text whole, arn *out);

/* The first five colons of any text cut it into six parts; false if there are
 * fewer than five. */
bool iamp_arn_parts(text whole, text part[6]);

/* Twelve digits. */
bool iamp_account_valid(text account);

/* Who a principal's ARN names (A.5.1, A.5.2). */
typedef enum principal_type {
    PRINCIPAL_NONE = 0,  /* not the ARN of a principal */
    PRINCIPAL_USER,      /* arn:P:iam::A:user/path/name */
    PRINCIPAL_ROLE,      /* arn:P:iam::A:role/path/name */
    PRINCIPAL_SESSION,   /* arn:P:sts::A:assumed-role/role/session */
    PRINCIPAL_FEDERATED, /* arn:P:sts::A:federated-user/name */
    PRINCIPAL_ROOT,      /* arn:P:iam::A:root */
    PRINCIPAL_SERVICE,   /* a service principal (not an ARN) */
    PRINCIPAL_ANONYMOUS  /* nobody known (not an ARN) */
} principal_type;

typedef struct principal_arn {
    principal_type type;
    arn arn;
    text name;    /* user, role, federated user: without path; else empty */
    text session; /* of PRINCIPAL_SESSION */
} principal_arn;

/* False, and type PRINCIPAL_NONE, if the text is no principal's ARN: wrong
 * service, region given, account not 12 digits, empty name or session,
 * wildcards. */
bool iamp_principal_arn_parse(text whole, principal_arn *out);

#endif
