/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar.h - numbers, dates, booleans and bytes as conditions compare them.
 *
 * Everything here points into the text it was read from and allocates nothing
 * (but iamp_bytes_decode); comparisons are exact.
 */
#ifndef IAMP_SCALAR_H
#define IAMP_SCALAR_H

#include "base/text.h"

/* A decimal number of any length (B.3.2): its digits without the zeros that
 * mean nothing.  Zero is never negative. */
typedef struct decimal {
    text whole;    /* no leading zeros; empty for 0 */
    text fraction; /* no trailing zeros; may be empty */
    bool negative;
} decimal;

/* Optional sign, digits, optionally a point and digits: nothing else. */
bool iamp_decimal_parse(text t, decimal *out);
int iamp_decimal_compare(const decimal *a, const decimal *b);

/* A moment (B.3.3): seconds since 1970-01-01 UTC and a fraction. */
typedef struct instant {
    int64_t seconds;
    text fraction; /* digits without trailing zeros; counts upward */
} instant;

/* The W3C forms of B.3.3 and epoch seconds (which may be negative); false for
 * all else, a time without a zone included. */
bool iamp_instant_parse(text t, instant *out);
int iamp_instant_compare(const instant *a, const instant *b);

/* "true" or "false" without regard to case. */
bool iamp_bool_parse(text t, bool *out);

/* Base64 (RFC 4648 section 4, padding required); bytes live in `mem`.  *valid
 * tells whether the text was base64.  IAM_ENOMEM. */
iam_status iamp_bytes_decode(text t, text *out, bool *valid, arena *mem);

/* Is `base64` the encoding of `bytes`?  False if it is not base64. */
bool iamp_bytes_equal(text bytes, text base64);

#endif
