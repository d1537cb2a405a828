/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.h - the parts of a certificate (docs/certificates.md).
 */
#ifndef IAMP_CERTIFICATE_H
#define IAMP_CERTIFICATE_H

#include "prove/ask.h"

/* certificate_parts.c: JSON behind what `buf` has. */
void iamp_certificate_texts(textbuf *buf, const text *texts, uint32_t count);
void iamp_certificate_set(textbuf *buf, const ipset *set);
void iamp_certificate_literal(textbuf *buf, lit l);

/* Of a hunt whose search is plain.  False without memory. */
bool iamp_certificate_variables(textbuf *buf, const hunt *h, arena *mem);

#endif
