/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_list.c - any text as a list of blocks: what is read agrees with its
 * blocks one by one, prints as a list of the same set, and obeys the laws of
 * sets.  An error has a place in the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

typedef struct output {
    char *bytes;
    size_t len;
} output;

static bool gather(void *user, const char *bytes, size_t len)
{
    output *o = user;
    char *larger = realloc(o->bytes, o->len + len + 1);

    if (!larger)
        return false;
    memcpy(larger + o->len, bytes, len);
    o->bytes = larger;
    o->len += len;
    return true;
}

static iam_ipset *parsed(const char *text, size_t len)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_ipset *set;

    options.flags = IAM_KEEP_ENTRIES;
    must(iam_ipset_parse(text, len, NULL, &options, &set, NULL) == IAM_OK);
    return set;
}

static void check_print(const iam_ipset *set)
{
    output o = {malloc(1), 0};
    iam_ipset *again;

    must(o.bytes && iam_ipset_print(set, gather, &o) == IAM_OK);
    again = parsed(o.bytes, o.len);
    must(iam_ipset_equal(set, again));
    iam_ipset_free(again);
    free(o.bytes);
}

/* The edges of a block are in the set, and in an entry. */
static bool check_block(void *user, const iam_ip_range *block)
{
    const iam_ipset *set = user;
    char text[IAM_IP_RANGE_TEXT];
    iam_ip_range same;
    iam_ip_entry entry;
    size_t len = iam_ip_range_print(block, text);

    must(block->prefix != IAM_NO_PREFIX);
    must(iam_ip_range_parse(text, len, &same));
    must(memcmp(&same, block, sizeof(same)) == 0);
    len = (size_t)(strchr(text, '/') - text);
    must(iam_ipset_contains(set, text, len));
    must(iam_ipset_entry(set, text, len, &entry));
    must(entry.block.family == block->family && entry.line > 0);
    return true;
}

static void check_laws(const iam_ipset *set)
{
    iam_ipset *rest, *again, *all, *none;
    iam_ip_count count;

    must(iam_ipset_complement(set, NULL, &rest, NULL) == IAM_OK);
    must(iam_ipset_complement(rest, NULL, &again, NULL) == IAM_OK);
    must(iam_ipset_union(set, rest, NULL, &all, NULL) == IAM_OK);
    must(iam_ipset_intersection(set, rest, NULL, &none, NULL) == IAM_OK);
    must(iam_ipset_equal(again, set) && iam_ipset_disjoint(set, rest));
    must(iam_ipset_range_count(all) == 2 && iam_ipset_range_count(none) == 0);
    count = iam_ipset_count(all, 6);
    must(count.top == 1 && count.high == 0 && count.low == 0);
    must(iam_ipset_subset(set, all) && iam_ipset_subset(none, set));
    must(iam_ipset_block_count(set) >= iam_ipset_range_count(set));
    iam_ipset_free(rest);
    iam_ipset_free(again);
    iam_ipset_free(all);
    iam_ipset_free(none);
}

/* Lines of the text up to a place, from 1. */
static uint32_t line_of(const char *text, size_t offset)
{
    uint32_t line = 1;

    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

static void check_error(const char *text, size_t size, const iam_error *err)
{
    must(err->message[0] != '\0');
    must(err->status == IAM_EINVAL || err->status == IAM_EJSON ||
         err->status == IAM_ELIMIT);
    must(err->offset <= size);
    must(err->line == 0 || err->line == line_of(text, err->offset));
}

static void check_filters(const char *text, size_t size)
{
    static const iam_text names[2] = {{"EC2", 3}, {"us-east-1", 9}};
    const iam_ip_filter filter = {&names[0], 1, &names[1], 1};
    iam_ipset *all = NULL, *some = NULL;
    iam_error err;

    if (iam_ipset_parse(text, size, &filter, NULL, &some, &err) != IAM_OK) {
        check_error(text, size, &err);
        return;
    }
    /* What was not chosen may be no block. */
    if (iam_ipset_parse(text, size, NULL, NULL, &all, NULL) == IAM_OK)
        must(iam_ipset_subset(some, all));
    iam_ipset_free(some);
    iam_ipset_free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data : "";
    iam_options options = IAM_OPTIONS_INIT;
    iam_ipset *set;
    iam_error err;

    options.flags = IAM_KEEP_ENTRIES;
    if (iam_ipset_parse(text, size, NULL, &options, &set, &err) != IAM_OK) {
        must(!set);
        check_error(text, size, &err);
    } else {
        check_print(set);
        must(iam_ipset_blocks(set, check_block, set) == IAM_OK);
        check_laws(set);
        iam_ipset_free(set);
    }
    check_filters(text, size);
    return 0;
}
