/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_ipset_ask.c - asking address sets: is it in, by which block, what is in.
 */
#include "api/ipset_object.h"
#include "value/ipset_algebra.h"

/* --- one address ---------------------------------------------------------- */

bool iam_ipset_contains(const iam_ipset *set, const char *address, size_t len)
{
    ipaddr parsed;

    return set && iamp_ipaddr_parse(iamp_text_of(address, len), &parsed) &&
           ipset_contains(&set->set, &parsed);
}

bool iam_ipset_contains_v4(const iam_ipset *set, uint32_t address)
{
    return set && ipset_contains4(&set->set, address);
}

bool iam_ipset_contains_v6(const iam_ipset *set, const uint8_t address[16])
{
    ipaddr a;

    if (!set || !address)
        return false;
    a = address_of_bytes(address);
    return ipset_contains6(&set->set, a.hi, a.lo);
}

/* --- many ----------------------------------------------------------------- */

enum {
    CHUNK = 1024 /* addresses whose answers wait on the stack */
};

/* Answers to bytes of the caller's; returns how many are yes. */
static size_t take_answers(const bool *yes, size_t count, uint8_t *out)
{
    size_t hits = 0;

    for (size_t i = 0; i < count; i++)
        hits += yes[i];
    if (out)
        for (size_t i = 0; i < count; i++)
            out[i] = yes[i];
    return hits;
}

static size_t no_answers(size_t count, uint8_t *out)
{
    if (out && count > 0)
        memset(out, 0, count);
    return 0;
}

size_t iam_ipset_contains_many_v4(
    const iam_ipset *set, const uint32_t *addresses, size_t count, uint8_t *out)
{
    bool yes[CHUNK];
    size_t hits = 0;

    if (!addresses)
        return 0;
    if (!set)
        return no_answers(count, out);
    for (size_t at = 0; at < count; at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;

        iamp_ipset_match4(&set->set, addresses + at, n, yes);
        hits += take_answers(yes, n, out ? out + at : NULL);
    }
    return hits;
}

static size_t many_packed_v4(
    const iam_ipset *set, const uint8_t *addresses, size_t count, uint8_t *out)
{
    uint32_t numbers[CHUNK];
    size_t hits = 0;

    for (size_t at = 0; at < count; at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;

        for (size_t i = 0; i < n; i++) {
            const uint8_t *b = addresses + 4 * (at + i);

            numbers[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
                         (uint32_t)b[2] << 8 | b[3];
        }
        hits +=
            iam_ipset_contains_many_v4(set, numbers, n, out ? out + at : NULL);
    }
    return hits;
}

static size_t many_packed_v6(
    const iam_ipset *set, const uint8_t *addresses, size_t count, uint8_t *out)
{
    /* gcc 12 takes the way through void * for a loss of const. */
    const uint8_t(*rows)[16] = /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
        (const uint8_t(*)[16])(uintptr_t)addresses;
    bool yes[CHUNK];
    size_t hits = 0;

    for (size_t at = 0; at < count; at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;

        iamp_ipset_match6(&set->set, rows + at, n, yes);
        hits += take_answers(yes, n, out ? out + at : NULL);
    }
    return hits;
}

size_t iam_ipset_contains_many(const iam_ipset *set, uint32_t family,
    const uint8_t *addresses, size_t count, uint8_t *out)
{
    if (!addresses)
        return 0;
    if (!set || (family != 4 && family != 6))
        return no_answers(count, out);
    return family == 4 ? many_packed_v4(set, addresses, count, out)
                       : many_packed_v6(set, addresses, count, out);
}

/* --- by which block ------------------------------------------------------- */

static bool entry_of(const iam_ipset *set, const ipaddr *a, iam_ip_entry *out)
{
    const ipset_source *source = set ? set->source : NULL;
    uint32_t index =
        source ? iamp_ipset_entry(&source->entries, a) : IPSET_NO_ENTRY;

    if (!out)
        return index != IPSET_NO_ENTRY;
    *out = (iam_ip_entry){.index = 0};
    if (index == IPSET_NO_ENTRY)
        return false;
    out->index = index;
    out->block = range_of_block(&source->blocks[index]);
    if (source->places) {
        out->line = source->places[index].line;
        out->column = source->places[index].column;
    }
    return true;
}

bool iam_ipset_entry(
    const iam_ipset *set, const char *address, size_t len, iam_ip_entry *out)
{
    ipaddr parsed;

    /* What is no address has no family, and no entry. */
    (void)iamp_ipaddr_parse(iamp_text_of(address, len), &parsed);
    return entry_of(set, &parsed, out);
}

bool iam_ipset_entry_v4(
    const iam_ipset *set, uint32_t address, iam_ip_entry *out)
{
    ipaddr a = {0, address, 4};

    return entry_of(set, &a, out);
}

bool iam_ipset_entry_v6(
    const iam_ipset *set, const uint8_t address[16], iam_ip_entry *out)
{
    ipaddr a = {0, 0, 0};

    if (address)
        a = address_of_bytes(address);
    return entry_of(set, &a, out);
}

/* --- ranges and text ------------------------------------------------------ */

bool iam_ip_range_parse(const char *ptr, size_t len, iam_ip_range *out)
{
    ipblock block;
    bool good = iamp_ipblock_parse(iamp_text_of(ptr, len), &block);

    if (out)
        *out = good ? range_of_block(&block) : (iam_ip_range){.family = 0};
    return good;
}

size_t iam_ip_range_print(
    const iam_ip_range *range, char out[IAM_IP_RANGE_TEXT])
{
    ipaddr first, last;
    size_t len;

    if (!out)
        return 0;
    out[0] = '\0';
    if (!range || (range->family != 4 && range->family != 6))
        return 0;
    first =
        (ipaddr){range->first_high, range->first_low, (uint8_t)range->family};
    last = (ipaddr){range->last_high, range->last_low, (uint8_t)range->family};
    if (range->prefix <= (range->family == 4 ? 32 : 128)) {
        ipblock block = {first, (uint8_t)range->prefix, false};

        return iamp_ipblock_print(&block, out);
    }
    len = iamp_ipaddr_print(&first, out);
    out[len++] = '-';
    return len + iamp_ipaddr_print(&last, out + len);
}

/* --- counting ------------------------------------------------------------- */

iam_ip_count iam_ipset_count(const iam_ipset *set, uint32_t family)
{
    iam_ip_count none = {0, 0, 0};

    if (!set || (family != 0 && family != 4 && family != 6))
        return none;
    if (family != 0)
        return iamp_ipset_count(&set->set, (uint8_t)family);
    return iamp_ip_count_sum(
        iamp_ipset_count(&set->set, 4), iamp_ipset_count(&set->set, 6));
}

size_t iam_ip_count_print(iam_ip_count count, char out[IAM_IP_COUNT_TEXT])
{
    return out ? iamp_ip_count_print(count, out) : 0;
}

size_t iam_ipset_range_count(const iam_ipset *set)
{
    return set ? set->set.count4 + set->set.count6 : 0;
}

static bool count_block(void *user, const ipblock *block)
{
    (void)block;
    ++*(size_t *)user;
    return true;
}

size_t iam_ipset_block_count(const iam_ipset *set)
{
    size_t count = 0;

    if (set)
        (void)iamp_ipset_blocks(&set->set, count_block, &count);
    return count;
}

/* --- telling -------------------------------------------------------------- */

typedef struct range_teller {
    iam_ip_sink sink;
    void *user;
} range_teller;

static bool tell_block(void *user, const ipblock *block)
{
    const range_teller *to = user;
    iam_ip_range range = range_of_block(block);

    return to->sink(to->user, &range);
}

static bool tell_range(void *user, const ipaddr *first, const ipaddr *last)
{
    const range_teller *to = user;
    iam_ip_range range = {first->hi, first->lo, last->hi, last->lo,
        first->family, iamp_ip_range_prefix(first, last)};

    return to->sink(to->user, &range);
}

iam_status iam_ipset_ranges(const iam_ipset *set, iam_ip_sink sink, void *user)
{
    range_teller to = {sink, user};

    if (!set || !sink)
        return IAM_EINVAL;
    return iamp_ipset_ranges(&set->set, 4, tell_range, &to) &&
                   iamp_ipset_ranges(&set->set, 6, tell_range, &to)
               ? IAM_OK
               : IAM_ESTOPPED;
}

iam_status iam_ipset_blocks(const iam_ipset *set, iam_ip_sink sink, void *user)
{
    range_teller to = {sink, user};

    if (!set || !sink)
        return IAM_EINVAL;
    return iamp_ipset_blocks(&set->set, tell_block, &to) ? IAM_OK
                                                         : IAM_ESTOPPED;
}

static bool add_line(void *user, const ipblock *block)
{
    textbuf *buf = user;
    char line[IPBLOCK_TEXT];
    size_t len = iamp_ipblock_print(block, line);

    iamp_textbuf_add(buf, (text){line, len});
    iamp_textbuf_add_c(buf, '\n');
    return !buf->failed;
}

iam_status iam_ipset_print(const iam_ipset *set, iam_sink sink, void *user)
{
    textbuf buf;

    if (!set || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, set->mem.from);
    (void)iamp_ipset_blocks(&set->set, add_line, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}
