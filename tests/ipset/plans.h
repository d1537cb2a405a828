/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plans.h - every way to lay out a set: each vector unit, each layout.
 */
#ifndef PLANS_H
#define PLANS_H

#include "value/ipindex.h"

/* Addresses to be asked one by one and all at once. */
typedef struct questions {
    const ipaddr *addresses; /* of one family */
    const bool *want;
    size_t count;
    uint32_t *v4; /* as a batch wants them; plans_prepare() makes them */
    uint8_t (*v6)[16];
    bool *out;
} questions;

/* From addresses, want and count; out of memory ends the program. */
void plans_prepare(questions *q);
void plans_release(questions *q);

/* Only this unit, or all if NULL. */
void plans_only(const char *engine);

/* The set as it is, and as each plan has it, must give the same answers; says
 * what is wrong and ends the program if they do not.  `big` leaves out what
 * only few blocks can have.  Returns how many answers were checked. */
size_t plans_check(
    const ipset *set, bool big, const questions *q, const char *what);

/* The same with each unit, but only as LINE and as RANK, and not as it is. */
size_t plans_check_lines(
    const ipset *set, const questions *q, const char *what);

/* How often each layout was really used; 0 for one that was not is a fault of
 * the test.  Returns false then. */
bool plans_all_used(void);

#endif
