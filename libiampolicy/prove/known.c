/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.c - the catalog's actions, by patterns of words.
 */
#include "prove/known.h"

text iamp_known_text(const catalog_action *a, arena *mem)
{
    size_t len = a->prefix.len + 1 + a->name.len;
    char *bytes = ARENA_ARRAY(mem, char, len + 1);

    if (!bytes)
        return (text){NULL, 0};
    memcpy(bytes, a->prefix.ptr, a->prefix.len);
    bytes[a->prefix.len] = ':';
    memcpy(bytes + a->prefix.len + 1, a->name.ptr, a->name.len);
    return (text){bytes, len};
}

/* The pattern as IAM writes it.  Letters beyond ASCII are in no action: any one
 * stands for them. */
bool iamp_known_open(catalog_cursor *cursor, const catalog *c,
    const word_pattern *pattern, arena *mem)
{
    char *written = ARENA_ARRAY(mem, char, (size_t)pattern->count + 1);
    size_t colon;
    text whole;

    if (!written)
        return false;
    for (uint32_t i = 0; i < pattern->count; i++) {
        const word_token *token = &pattern->tokens[i];

        if (token->type == WORD_RUN)
            written[i] = '*';
        else if (token->type == WORD_ONE || token->letter >= 0x80)
            written[i] = '?';
        else
            written[i] = (char)token->letter;
    }
    whole = (text){written, pattern->count};
    colon = iamp_text_find(whole, ':');
    if (colon == whole.len)
        iamp_catalog_open(cursor, c, TEXT("*"), TEXT("*"));
    else
        iamp_catalog_open(cursor, c, text_slice(whole, 0, colon),
            text_from(whole, colon + 1));
    return true;
}
