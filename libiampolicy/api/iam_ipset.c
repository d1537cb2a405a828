/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_ipset.c - address sets, as the header has them.
 */
#include "api/api.h"

struct iam_ipset {
    arena mem;
    ipset set;
};

static iam_status parse_blocks(
    ipblock *blocks, const iam_text *texts, size_t count, iam_error *err)
{
    char quoted[JSON_QUOTED];

    for (size_t i = 0; i < count; i++) {
        text t = iamp_text_of(texts[i].ptr, texts[i].len);

        if (!iamp_ipblock_parse(t, &blocks[i]))
            return iamp_error_set(err, IAM_EINVAL,
                "block %zu, \"%s\", is neither an address nor a CIDR block", i,
                iamp_json_quote(t, quoted));
    }
    return IAM_OK;
}

static iam_status build(
    iam_ipset *set, const iam_text *texts, size_t count, iam_error *err)
{
    arena scratch;
    ipblock *blocks;
    iam_status status;

    iamp_arena_init(&scratch, set->mem.from);
    blocks = ARENA_ARRAY(&scratch, ipblock, count);
    status = blocks ? parse_blocks(blocks, texts, count, err) : IAM_ENOMEM;
    if (status == IAM_OK)
        status = iamp_ipset_build(&set->set, blocks, count, &set->mem);
    iamp_arena_release(&scratch);
    return status == IAM_ENOMEM ? iamp_error_nomem(err) : status;
}

iam_status iam_ipset_new(const iam_text *blocks, size_t count,
    const iam_options *options, iam_ipset **out, iam_error *err)
{
    const iam_allocator *from;
    iam_ipset *set;
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!blocks && count > 0)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    from = api_allocator(options);
    set = iamp_memory_acquire(from, sizeof(*set));
    if (!set)
        return iamp_error_nomem(err);
    memset(set, 0, sizeof(*set));
    iamp_arena_init(&set->mem, from);
    status = build(set, blocks, count, err);
    if (status != IAM_OK) {
        iam_ipset_free(set);
        return status;
    }
    *out = set;
    return IAM_OK;
}

void iam_ipset_free(iam_ipset *set)
{
    const iam_allocator *from;

    if (!set)
        return;
    from = set->mem.from;
    iamp_arena_release(&set->mem);
    iamp_memory_release(from, set);
}

bool iam_ipset_contains(const iam_ipset *set, const char *address, size_t len)
{
    ipaddr parsed;

    return set && iamp_ipaddr_parse(iamp_text_of(address, len), &parsed) &&
           ipset_contains(&set->set, &parsed);
}

bool iam_ipset_contains_v4(const iam_ipset *set, uint32_t address)
{
    return set && iamp_ipset_contains4(&set->set, address);
}

static uint64_t word(const uint8_t bytes[8])
{
    uint64_t value = 0;

    for (size_t i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

bool iam_ipset_contains_v6(const iam_ipset *set, const uint8_t address[16])
{
    return set && address &&
           iamp_ipset_contains6(&set->set, word(address), word(address + 8));
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
