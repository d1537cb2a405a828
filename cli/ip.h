/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip.h - what the parts of iampolicy ip share.
 */
#ifndef IAMPOLICY_CLI_IP_H
#define IAMPOLICY_CLI_IP_H

#include "cli.h"

/* A list that was read, and what messages call it. */
typedef struct ip_list {
    const char *name; /* "<stdin>" for "-", "--cidr" for the options */
    iam_ipset *set;
} ip_list;

/* The lists of a command line, in its order; the blocks of --cidr come last and
 * are one list. */
typedef struct ip_lists {
    ip_list *items;
    size_t count;
} ip_lists;

/* Read files, and the blocks of --cidr.  False: told; ip_lists_free() is due
 * then, too. */
bool ip_lists_read(ip_lists *out, const cli_arguments *arguments,
    const char *const *files, size_t count);
void ip_lists_free(ip_lists *lists);

/* All of them together, a new set; NULL: told. */
iam_ipset *ip_lists_union(const ip_lists *lists);

/* "10.0.0.0/8", and where it stands: "office.txt:3". */
typedef struct ip_entry {
    iam_ip_entry entry;
    const ip_list *list;
} ip_entry;

/* The longest block of all lists that holds an address of 4 or 16 bytes, in
 * network order. */
bool ip_lists_entry(const ip_lists *lists, const uint8_t *address,
    uint32_t family, ip_entry *out);

/* The same as text, and as a JSON object. */
void put_ip_entry(const ip_entry *entry);
void put_ip_entry_json(const ip_entry *entry);

/* The files that --list names.  NULL: told. */
const char **ip_list_options(const cli_arguments *arguments, size_t *count);

/* ip_match.c */
cli_answer ip_match(const cli_arguments *arguments);

/* ip_address.c: the addresses at the beginning of lines */
typedef enum ip_word {
    WORD_NONE, /* a blank line, or a comment */
    WORD_V4,
    WORD_V6,
    WORD_BAD /* something else */
} ip_word;

enum {
    IP_BATCH = 4096, /* lines */
    IP_MARGIN = 64   /* readable bytes before and behind the lines of a batch */
};

/* Lines, and the addresses of each family close together. */
typedef struct ip_batch {
    const char *begin[IP_BATCH + 1]; /* of each line, and behind the last one */
    const char *word[IP_BATCH];      /* its first */
    uint8_t kind[IP_BATCH];          /* ip_word */
    size_t count, count4, count6, bad;
    uint32_t v4[IP_BATCH];    /* in host order */
    uint8_t v6[IP_BATCH][16]; /* in network order */
    uint8_t in4[IP_BATCH], in6[IP_BATCH];
} ip_batch;

/* Reads lines from `at` on, of which the last one ends, with its newline, at
 * `end`; gives where it stopped.  There are IP_MARGIN bytes around them. */
const char *ip_batch_fill(ip_batch *batch, const char *at, const char *end);

#endif
