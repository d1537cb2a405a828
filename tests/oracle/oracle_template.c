/* SPDX-License-Identifier: Apache-2.0 */
/* Policy variables (C), and the two ways to match ARNs (A.7.3, B.3.7). */
#include "oracle_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *oracle_context(const json_t *context, const char *key)
{
    char name[256];
    size_t i = 0;
    for (; key[i] && i + 1 < sizeof(name); i++)
        name[i] = (char)oracle_lower(key[i]);
    name[i] = '\0';
    const json_t *value = json_object_get(context, name);
    if (json_is_array(value) && json_array_size(value) == 0)
        return NULL;
    return value;
}

const char *oracle_text(const json_t *value, char *buffer, size_t room)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_integer(value))
        snprintf(
            buffer, room, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(buffer, room, "%.17g", json_real_value(value));
    return buffer;
}

/* ---- Variables ----------------------------------------------------------- */

/* The body of a variable, taken apart: name and, perhaps, default value. */
typedef struct variable {
    char name[256];
    char fallback[256];
    bool has_fallback;
} variable;

static void copy_part(char *out, size_t room, const char *text, size_t len)
{
    if (len >= room)
        abort();
    memcpy(out, text, len);
    out[len] = '\0';
}

/* `name` or `name, 'default'` (C.1); false if it is neither. */
static bool parse_variable(const char *body, size_t len, variable *out)
{
    const char *comma = memchr(body, ',', len);
    size_t name_len = comma ? (size_t)(comma - body) : len;
    copy_part(out->name, sizeof(out->name), body, name_len);
    if (name_len == 0 || strpbrk(out->name, " '{$*?"))
        return false;
    out->has_fallback = comma != NULL;
    if (!comma)
        return true;
    size_t rest = len - name_len; /* of: , 'default' */
    if (rest < 4 || memcmp(comma, ", '", 3) != 0 || body[len - 1] != '\'')
        return false;
    copy_part(out->fallback, sizeof(out->fallback), comma + 3, rest - 4);
    return strpbrk(out->fallback, "'{") == NULL;
}

/* Append the value of a variable: never a wildcard (C.5). */
static bool put_value(
    const json_t *context, const variable *found, oracle_symbols *out)
{
    const json_t *value = oracle_context(context, found->name);
    char buffer[64];
    const char *text = NULL;
    if (value && !json_is_array(value))
        text = oracle_text(value, buffer, sizeof(buffer));
    else if (!value && found->has_fallback)
        text = found->fallback;
    if (!text)
        return false;
    oracle_symbols_text(out, text, strlen(text), false);
    return true;
}

/* How far a "${...}" at the start of `text` reaches, 0 if none is there. */
static size_t variable_length(const char *text, size_t len)
{
    if (len < 2 || text[0] != '$' || text[1] != '{')
        return 0;
    const char *close = memchr(text, '}', len);
    return close ? (size_t)(close - text) + 1 : 0;
}

bool oracle_expand(const oracle_reading *reading, const char *text, size_t len,
    oracle_symbols *out)
{
    size_t at = 0;
    while (at < len) {
        size_t span =
            reading->variables ? variable_length(text + at, len - at) : 0;
        const char *body = text + at + 2;
        variable found;
        if (span == 4 && strchr("*?$", body[0])) {
            oracle_symbols_push(out, body[0]);
            at += span;
        } else if (span > 0 && parse_variable(body, span - 3, &found)) {
            if (!put_value(reading->context, &found, out))
                return false;
            at += span;
        } else {
            size_t end = at + 1;
            while (end < len && text[end] != '$')
                end++;
            oracle_symbols_text(out, text + at, end - at, reading->wildcards);
            at = end;
        }
    }
    return true;
}

/* ---- ARNs ---------------------------------------------------------------- */

typedef struct fields {
    const char *start[6];
    size_t len[6];
    size_t count;
} fields;

/* Split at the first five colons, those inside ${...} not counted. */
static fields split(const char *text, bool variables)
{
    fields out = {.count = 1};
    out.start[0] = text;
    size_t len = strlen(text);
    for (size_t at = 0; at < len && out.count < 6; at++) {
        size_t span = variables ? variable_length(text + at, len - at) : 0;
        if (span > 0) {
            at += span - 1;
        } else if (text[at] == ':') {
            const char *start = out.start[out.count - 1];
            out.len[out.count - 1] = (size_t)(text + at - start);
            out.start[out.count++] = text + at + 1;
        }
    }
    out.len[out.count - 1] = strlen(out.start[out.count - 1]);
    return out;
}

static void complete(fields *parts)
{
    while (parts->count < 6) {
        parts->start[parts->count] = "*";
        parts->len[parts->count++] = 1;
    }
}

static bool only_stars(const char *text)
{
    return text[0] == '*' && text[strspn(text, "*")] == '\0';
}

/* In the first five fields a wildcard stays inside its field, save a '*' that
 * ends it. */
static void confine(oracle_symbols *symbols, size_t from, bool star_ends)
{
    for (size_t i = from; i < symbols->count; i++) {
        if (symbols->items[i] == ORACLE_RUN)
            symbols->items[i] = ORACLE_RUN_IN_FIELD;
        else if (symbols->items[i] == ORACLE_ONE)
            symbols->items[i] = ORACLE_ONE_IN_FIELD;
    }
    if (star_ends)
        symbols->items[symbols->count - 1] = ORACLE_RUN;
}

static bool translate(
    const oracle_reading *reading, const fields *parts, oracle_symbols *out)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (i > 0)
            oracle_symbols_push(out, ':');
        size_t from = out->count;
        const char *field = parts->start[i];
        size_t len = parts->len[i];
        if (!oracle_expand(reading, field, len, out))
            return false;
        if (i < 5)
            confine(out, from, len > 0 && field[len - 1] == '*');
    }
    return true;
}

bool oracle_resource_pattern(const oracle_reading *reading, const char *pattern,
    oracle_completion completion, const char *resource)
{
    if (only_stars(pattern))
        return true;
    fields parts = split(pattern, true);
    if (completion == ORACLE_COMPLETE_ALWAYS ||
        (completion == ORACLE_COMPLETE_WILD && strpbrk(pattern, "*?")))
        complete(&parts);
    oracle_symbols symbols = {NULL, 0, 0};
    oracle_symbols text = {NULL, 0, 0};
    oracle_symbols_text(&text, resource, strlen(resource), false);
    bool matches =
        translate(reading, &parts, &symbols) && oracle_glob(&symbols, &text);
    oracle_symbols_free(&symbols);
    oracle_symbols_free(&text);
    return matches;
}

static bool part_like(const oracle_reading *reading, const fields *pattern,
    const fields *value, size_t index)
{
    oracle_symbols symbols = {NULL, 0, 0};
    oracle_symbols text = {NULL, 0, 0};
    oracle_symbols_text(&text, value->start[index], value->len[index], false);
    bool matches = oracle_expand(reading, pattern->start[index],
                       pattern->len[index], &symbols) &&
                   oracle_glob(&symbols, &text);
    oracle_symbols_free(&symbols);
    oracle_symbols_free(&text);
    return matches;
}

bool oracle_arn_like(
    const oracle_reading *reading, const char *pattern, const char *value)
{
    fields parts = split(pattern, true);
    fields have = split(value, false);
    if (parts.count < 6 || have.count < 6 || strncmp(value, "arn:", 4) != 0)
        return false;
    for (size_t i = 0; i < 6; i++)
        if (!part_like(reading, &parts, &have, i))
            return false;
    return true;
}
