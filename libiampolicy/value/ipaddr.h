/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipaddr.h - addresses and CIDR blocks from text, strictly (B.3.6).
 *
 * IPv4: four decimal octets without leading zeros.  IPv6: RFC 4291 section 2.2
 * in all its forms, the dotted tail included; no zone.  A prefix is decimal
 * digits without leading zeros or sign.  The hot paths take an IPv6 address as
 * two words, never a struct by value.
 */
#ifndef IAMP_IPADDR_H
#define IAMP_IPADDR_H

#include "base/text.h"

typedef struct ipaddr {
    uint64_t hi, lo; /* IPv4: hi is 0, lo the 32 bits */
    uint8_t family;  /* 4, 6, or 0: not an address */
} ipaddr;

typedef struct ipblock {
    ipaddr first;   /* bits behind the prefix cleared */
    uint8_t prefix; /* 0..32 or 0..128 */
    bool host_bits; /* the text had bits behind the prefix */
} ipblock;

bool iamp_ipaddr_parse(text t, ipaddr *out);

/* An address without a prefix is a block of one. */
bool iamp_ipblock_parse(text t, ipblock *out);

/* ::ffff:0:0/96, whose reading is open (B.3.6). */
bool iamp_ipaddr_is_mapped(const ipaddr *a);

/* The last address of a block. */
ipaddr iamp_ipblock_last(const ipblock *block);

enum {
    IPADDR_TEXT = 46, /* longest address and its NUL */
    IPBLOCK_TEXT = 50
};

/* Canonical text (RFC 5952), NUL-terminated; returns its length. */
size_t iamp_ipaddr_print(const ipaddr *a, char out[IPADDR_TEXT]);
size_t iamp_ipblock_print(const ipblock *block, char out[IPBLOCK_TEXT]);

#endif
