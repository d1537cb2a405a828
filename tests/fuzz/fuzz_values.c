/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: lines; each is read as every kind of value there is.  What was read
 * and printed must read the same again, orders must be orders, and sets must
 * agree with their members.
 */
#include <stdlib.h>

#include "value/arn.h"
#include "value/glob.h"
#include "value/ipset.h"
#include "value/lexicon.h"
#include "value/scalar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool same_address(const ipaddr *a, const ipaddr *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->family == b->family;
}

static void check_address(text line)
{
    char printed[IPBLOCK_TEXT];
    ipaddr address, again;
    ipblock block, block_again;
    size_t len;

    if (iamp_ipaddr_parse(line, &address)) {
        len = iamp_ipaddr_print(&address, printed);
        must(len < IPADDR_TEXT && len == strlen(printed));
        must(iamp_ipaddr_parse((text){printed, len}, &again));
        must(same_address(&address, &again));
        must(iamp_ipblock_parse(line, &block) && !block.host_bits);
        again = iamp_ipblock_last(&block);
        must(same_address(&address, &again));
    }
    if (iamp_ipblock_parse(line, &block)) {
        len = iamp_ipblock_print(&block, printed);
        must(len < IPBLOCK_TEXT && len == strlen(printed));
        must(iamp_ipblock_parse((text){printed, len}, &block_again));
        must(same_address(&block.first, &block_again.first));
        must(block.prefix == block_again.prefix && !block_again.host_bits);
    }
}

static bool in_block(const ipblock *block, const ipaddr *a)
{
    ipaddr last = iamp_ipblock_last(block);
    bool above = a->hi > block->first.hi ||
                 (a->hi == block->first.hi && a->lo >= block->first.lo);
    bool below = a->hi < last.hi || (a->hi == last.hi && a->lo <= last.lo);

    return a->family == block->first.family && above && below;
}

enum {
    MOST_BLOCKS = 64,
    MOST_MADE = MOST_BLOCKS * 256
};

typedef struct block_list {
    ipblock blocks[MOST_MADE];
    size_t count;
} block_list;

static bool gather(void *user, const ipblock *block)
{
    block_list *list = user;

    must(list->count < MOST_MADE);
    list->blocks[list->count++] = *block;
    return true;
}

static void check_member(
    const ipset *set, const block_list *given, const ipaddr *a)
{
    bool want = false;

    for (size_t i = 0; i < given->count; i++)
        want |= in_block(&given->blocks[i], a);
    must(ipset_contains(set, a) == want);
}

/* The set of all blocks: its members, and that its blocks make it again. */
static void check_set(const block_list *given, arena *mem)
{
    static block_list made;
    ipset set, again;

    made.count = 0;
    if (iamp_ipset_build(&set, given->blocks, given->count, mem) != IAM_OK)
        return;
    for (size_t i = 0; i < given->count; i++) {
        ipaddr edges[4] = {given->blocks[i].first, given->blocks[i].first,
            iamp_ipblock_last(&given->blocks[i]),
            iamp_ipblock_last(&given->blocks[i])};

        if (edges[1].lo > 0)
            edges[1].lo--;
        if (edges[3].lo < (edges[3].family == 4 ? UINT32_MAX : UINT64_MAX))
            edges[3].lo++;
        for (size_t e = 0; e < COUNT_OF(edges); e++)
            check_member(&set, given, &edges[e]);
    }
    must(iamp_ipset_blocks(&set, gather, &made));
    if (iamp_ipset_build(&again, made.blocks, made.count, mem) != IAM_OK)
        return;
    must(again.count4 == set.count4 && again.count6 == set.count6);
    must(set.count4 == 0 ||
         memcmp(set.v4, again.v4, set.count4 * sizeof(*set.v4)) == 0);
    must(set.count6 == 0 ||
         memcmp(set.v6, again.v6, set.count6 * sizeof(*set.v6)) == 0);
}

static void check_numbers(text a, text b)
{
    decimal x, y;
    instant s, t;

    if (iamp_decimal_parse(a, &x) && iamp_decimal_parse(b, &y)) {
        int order = iamp_decimal_compare(&x, &y);

        must(iamp_decimal_compare(&x, &x) == 0);
        must((order < 0) == (iamp_decimal_compare(&y, &x) > 0));
        must((order == 0) ==
             (x.negative == y.negative && text_eq(x.whole, y.whole) &&
                 text_eq(x.fraction, y.fraction)));
    }
    if (iamp_instant_parse(a, &s) && iamp_instant_parse(b, &t)) {
        int order = iamp_instant_compare(&s, &t);

        must((order < 0) == (iamp_instant_compare(&t, &s) > 0));
        must((order == 0) ==
             (s.seconds == t.seconds && text_eq(s.fraction, t.fraction)));
    }
    /* A bare whole number is both, and both keep their order. */
    if (iamp_instant_parse(a, &s) && iamp_instant_parse(b, &t) &&
        iamp_text_find(a, ':') == a.len && iamp_text_find(b, ':') == b.len &&
        iamp_decimal_parse(a, &x) && iamp_decimal_parse(b, &y)) {
        int order = iamp_decimal_compare(&x, &y);

        must((order < 0) == (iamp_instant_compare(&s, &t) < 0));
        must((order == 0) == (iamp_instant_compare(&s, &t) == 0));
    }
}

static void check_bytes(text a, text b, arena *mem)
{
    text x, y;
    bool a_valid, b_valid;

    if (iamp_bytes_decode(a, &x, &a_valid, mem) != IAM_OK ||
        iamp_bytes_decode(b, &y, &b_valid, mem) != IAM_OK)
        return;
    must(iamp_bytes_equal(x, a) == a_valid);
    /* Each row of bytes has one text. */
    if (a_valid && b_valid)
        must(text_eq(x, y) == text_eq(a, b));
    must(iamp_bytes_equal(x, b) == (b_valid && text_eq(x, y)));
}

static void check_arn(text line)
{
    principal_arn principal;
    text part[6];
    arn a;

    if (iamp_principal_arn_parse(line, &principal)) {
        must(iamp_arn_split(line, &a) && iamp_account_valid(a.account));
        must((principal.name.len > 0) == (principal.type != PRINCIPAL_ROOT));
        must((principal.session.len > 0) ==
             (principal.type == PRINCIPAL_SESSION));
    }
    if (iamp_arn_parts(line, part)) {
        must(part[0].ptr == line.ptr);
        must(part[5].ptr + part[5].len == line.ptr + line.len);
    }
}

static bool own_value(const void *user, uint32_t number, text *out)
{
    const variable_table *table = user;

    must(number < table->count);
    *out = table->items[number].fallback;
    return true;
}

/* The pieces lie in the text, in order; a text without variables and escapes
 * matches itself. */
static void check_template(text line, arena *mem)
{
    variable_table table = {.count = 0};
    glob_values values = {own_value, &table};
    const char *at = line.ptr;
    template_parts parts;
    size_t seen = 0;

    if (iamp_template_parse(&parts, line, true, &table, mem) != IAM_OK)
        return;
    for (size_t i = 0; i < parts.count; i++) {
        const template_piece *piece = &parts.pieces[i];

        if (piece->type == PIECE_VARIABLE) {
            must(piece->variable < table.count && parts.has_variable);
            continue;
        }
        must(piece->literal.ptr >= at && piece->literal.len > 0);
        at = piece->literal.ptr + piece->literal.len;
        seen += piece->literal.len;
    }
    must(at <= line.ptr + line.len);
    must(parts.fault == TEMPLATE_OK || seen > 0);
    for (int syntax = GLOB_PLAIN; syntax <= GLOB_RESOURCE; syntax++) {
        glob g;

        if (iamp_glob_compile(&g, parts.pieces, parts.count,
                (glob_syntax)syntax, syntax == GLOB_LIKE, mem) != IAM_OK)
            return;
        must(seen < line.len || iamp_glob_match(&g, line, &values));
    }
}

static void check_lexicon(text line)
{
    static lexicon *lex; /* one for all inputs: making it is slow */
    bool yes;

    if (!lex && iamp_lexicon_new(&lex, NULL) != IAM_OK)
        return;
    for (size_t rule = 0; rule < LEX_COUNT; rule++)
        (void)iamp_lexicon_match(lex, (lexical_rule)rule, line, &yes);
    if (iamp_lexicon_match(lex, LEX_ACCOUNT, line, &yes) == IAM_OK)
        must(yes == iamp_account_valid(line));
}

static void check_line(text line, text before, arena *mem)
{
    bool ignored;

    check_address(line);
    check_numbers(line, before);
    check_bytes(line, before, mem);
    check_arn(line);
    (void)iamp_bool_parse(line, &ignored);
    if (iamp_text_is_utf8(line))
        check_template(line, mem);
    check_lexicon(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static block_list given;
    text rest = size ? (text){(const char *)data, size} : TEXT("");
    text before = TEXT("");
    arena mem;

    given.count = 0;
    iamp_arena_init(&mem, NULL);
    while (rest.len > 0) {
        size_t end = iamp_text_find(rest, '\n');
        text line = text_slice(rest, 0, end);

        check_line(line, before, &mem);
        if (given.count < MOST_BLOCKS &&
            iamp_ipblock_parse(line, &given.blocks[given.count]))
            given.count++;
        before = line;
        rest = text_from(rest, end + (end < rest.len));
    }
    check_set(&given, &mem);
    iamp_arena_release(&mem);
    return 0;
}
