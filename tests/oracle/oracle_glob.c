/* SPDX-License-Identifier: Apache-2.0 */
/* Texts as characters, and wildcards by filling a table. */
#include "oracle_parts.h"

#include <stdlib.h>
#include <string.h>

void oracle_symbols_free(oracle_symbols *symbols)
{
    free(symbols->items);
    *symbols = (oracle_symbols){NULL, 0, 0};
}

void oracle_symbols_push(oracle_symbols *symbols, oracle_symbol symbol)
{
    if (symbols->count == symbols->room) {
        symbols->room = symbols->room ? 2 * symbols->room : 64;
        symbols->items =
            realloc(symbols->items, symbols->room * sizeof(*symbols->items));
        if (!symbols->items)
            abort();
    }
    symbols->items[symbols->count++] = symbol;
}

/* One character of UTF-8 that is known to be well formed. */
static oracle_symbol decode(const unsigned char *text, size_t len, size_t *at)
{
    unsigned char first = text[(*at)++];
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    oracle_symbol symbol = more == 3   ? first & 0x07
                           : more == 2 ? first & 0x0f
                           : more == 1 ? first & 0x1f
                                       : first;
    for (; more > 0 && *at < len; more--)
        symbol = (symbol << 6) | (text[(*at)++] & 0x3f);
    return symbol;
}

void oracle_symbols_text(
    oracle_symbols *symbols, const char *text, size_t len, bool wildcards)
{
    size_t at = 0;
    while (at < len) {
        oracle_symbol symbol = decode((const unsigned char *)text, len, &at);
        if (wildcards && symbol == '*')
            symbol = ORACLE_RUN;
        else if (wildcards && symbol == '?')
            symbol = ORACLE_ONE;
        oracle_symbols_push(symbols, symbol);
    }
}

/* May this symbol of a pattern stand for this character? */
static bool stands_for(oracle_symbol symbol, oracle_symbol character)
{
    if (symbol == ORACLE_RUN || symbol == ORACLE_ONE)
        return true;
    if (symbol == ORACLE_RUN_IN_FIELD || symbol == ORACLE_ONE_IN_FIELD)
        return character != ':';
    return symbol == character;
}

/* From "the pattern so far matches the first i characters" (reached[i]) to the
 * same with one symbol more. */
static bool step(oracle_symbol symbol, const oracle_symbols *text,
    const bool *reached, bool *next)
{
    bool run = symbol == ORACLE_RUN || symbol == ORACLE_RUN_IN_FIELD;
    bool any = next[0] = run && reached[0];
    for (size_t i = 1; i <= text->count; i++) {
        bool takes = stands_for(symbol, text->items[i - 1]);
        if (run)
            next[i] = reached[i] || (takes && next[i - 1]);
        else
            next[i] = takes && reached[i - 1];
        any = any || next[i];
    }
    return any;
}

bool oracle_glob(const oracle_symbols *pattern, const oracle_symbols *text)
{
    size_t width = text->count + 1;
    bool *rows = calloc(2 * width, sizeof(*rows));
    if (!rows)
        abort();
    bool *reached = rows;
    bool *next = rows + width;
    reached[0] = true;
    bool alive = true;
    for (size_t i = 0; alive && i < pattern->count; i++) {
        alive = step(pattern->items[i], text, reached, next);
        bool *swap = reached;
        reached = next;
        next = swap;
    }
    bool matches = alive && reached[text->count];
    free(rows);
    return matches;
}

bool oracle_equal(const oracle_symbols *one, const oracle_symbols *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (one->items[i] != other->items[i])
            return false;
    return true;
}

int oracle_lower(int letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

void oracle_fold(oracle_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        symbols->items[i] = oracle_lower(symbols->items[i]);
}

bool oracle_same_word(const char *one, const char *other)
{
    while (*one && oracle_lower(*one) == oracle_lower(*other)) {
        one++;
        other++;
    }
    return !*one && !*other;
}
