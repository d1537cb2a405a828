/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.c - looks things up in a catalog: actions by name and by pattern, keys
 * by name.
 */
#include "reference/catalog.h"

/* ---- Names ---------------------------------------------------------------- */

static text piece(const catalog *c, catalog_place place, uint32_t len)
{
    return (text){c->text + place, len};
}

/* Less, equal, greater, letter case aside: by bytes, then by length; of `a`
 * only what `b` is long if `start`. */
static int compare_fold(text a, text b, bool start)
{
    size_t shorter = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < shorter; i++) {
        unsigned char x = ascii_lower(a.ptr[i]), y = ascii_lower(b.ptr[i]);

        if (x != y)
            return x < y ? -1 : 1;
    }
    if (a.len < b.len)
        return -1;
    return a.len > b.len && !start;
}

/* Does the pattern match the whole name?  The last star takes what it must. */
static bool matches(text pattern, text name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, star_name = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            star_name = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || ascii_lower(pattern.ptr[p]) ==
                                                 ascii_lower(name.ptr[n]))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++star_name;
        } else
            return false;
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* What stands before its first wildcard. */
static text before_wildcard(text pattern)
{
    size_t len = 0;

    while (
        len < pattern.len && pattern.ptr[len] != '*' && pattern.ptr[len] != '?')
        len++;
    return text_slice(pattern, 0, len);
}

/* ---- Sorted tables -------------------------------------------------------- */

typedef text (*name_at)(const catalog *c, uint32_t index);

static text service_name(const catalog *c, uint32_t index)
{
    return piece(c, c->services[index].name, c->services[index].name_len);
}

static text action_name(const catalog *c, uint32_t index)
{
    return piece(c, c->actions[index].name, c->actions[index].name_len);
}

static text ordered_key_name(const catalog *c, uint32_t index)
{
    const catalog_key_row *row = &c->keys[c->order[index]];

    return piece(c, row->name, row->name_len);
}

/* The first of [first, end) that is not less than `name`, or, if `beyond`, that
 * is greater than all that start with it. */
static uint32_t bound(const catalog *c, name_at name_of, uint32_t first,
    uint32_t end, text name, bool beyond)
{
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        int order = compare_fold(name_of(c, middle), name, beyond);

        if (order < 0 || (beyond && order == 0))
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* The service's place, or the count. */
static uint32_t find_service(const catalog *c, text prefix)
{
    uint32_t at = bound(c, service_name, 0, c->service_count, prefix, false);

    return at < c->service_count &&
                   iamp_text_eq_fold(service_name(c, at), prefix)
               ? at
               : c->service_count;
}

bool iamp_catalog_has_service(const catalog *c, text prefix)
{
    return find_service(c, prefix) < c->service_count;
}

/* ---- Actions -------------------------------------------------------------- */

static catalog_action action_at(
    const catalog *c, uint32_t service, uint32_t row)
{
    const catalog_action_row *action = &c->actions[row];

    return (catalog_action){
        .of = c,
        .prefix = service_name(c, service),
        .name = action_name(c, row),
        .level = (access_level)action->level,
        .type_count = c->lists[action->types],
        .key_count = c->lists[action->keys],
        .service = service,
        .row = row,
    };
}

bool iamp_catalog_find(
    const catalog *c, text prefix, text name, catalog_action *out)
{
    uint32_t service = find_service(c, prefix), first, end, row;

    if (service == c->service_count)
        return false;
    first = c->services[service].actions;
    end = c->services[service + 1].actions;
    row = bound(c, action_name, first, end, name, false);
    if (row == end || !iamp_text_eq_fold(action_name(c, row), name))
        return false;
    *out = action_at(c, service, row);
    return true;
}

static uint32_t item(const catalog *c, uint32_t list, uint32_t index)
{
    assert(index < c->lists[list]);
    return c->lists[list + 1 + index];
}

catalog_type iamp_catalog_action_type(const catalog_action *a, uint32_t index)
{
    const catalog *c = a->of;
    uint32_t number = item(c, c->actions[a->row].types, index);
    uint32_t row = c->services[a->service].types + number / 2;
    const catalog_type_row *type = &c->types[row];
    text arns = piece(c, type->arn, type->arn_len);

    return (catalog_type){
        .name = piece(c, type->name, type->name_len),
        .arn = text_slice(arns, 0, iamp_text_find(arns, ',')),
        .required = number & 1,
        .key_count = c->lists[type->keys],
        .service = a->service,
        .row = row,
    };
}

static catalog_key key_at(const catalog *c, uint32_t row)
{
    const catalog_key_row *key = &c->keys[row];

    return (catalog_key){piece(c, key->name, key->name_len),
        (key_type)key->type, key->multivalued != 0};
}

catalog_key iamp_catalog_action_key(const catalog_action *a, uint32_t index)
{
    const catalog *c = a->of;

    return key_at(c,
        c->services[a->service].keys + item(c, c->actions[a->row].keys, index));
}

catalog_key iamp_catalog_type_key(
    const catalog *c, const catalog_type *type, uint32_t index)
{
    return key_at(c, c->services[type->service].keys +
                         item(c, c->types[type->row].keys, index));
}

text iamp_catalog_first_arn(const catalog_action *a)
{
    return a->type_count > 0 ? iamp_catalog_action_type(a, 0).arn : TEXT("");
}

/* ---- Patterns ------------------------------------------------------------- */

static void open_service(catalog_cursor *cursor)
{
    const catalog *c = cursor->of;
    text start = before_wildcard(cursor->name);
    uint32_t first, end;

    if (cursor->service == cursor->service_end)
        return;
    first = c->services[cursor->service].actions;
    end = c->services[cursor->service + 1].actions;
    if (!matches(cursor->prefix, service_name(c, cursor->service)))
        first = end;
    cursor->action = bound(c, action_name, first, end, start, false);
    cursor->action_end = bound(c, action_name, first, end, start, true);
}

void iamp_catalog_open(
    catalog_cursor *cursor, const catalog *c, text prefix, text name)
{
    text start = before_wildcard(prefix);
    uint32_t count = c->service_count;

    *cursor = (catalog_cursor){.of = c, .prefix = prefix, .name = name};
    cursor->service = bound(c, service_name, 0, count, start, false);
    cursor->service_end = bound(c, service_name, 0, count, start, true);
    open_service(cursor);
}

bool iamp_catalog_next(catalog_cursor *cursor, catalog_action *out)
{
    while (cursor->service < cursor->service_end) {
        while (cursor->action < cursor->action_end) {
            uint32_t row = cursor->action++;

            if (matches(cursor->name, action_name(cursor->of, row))) {
                *out = action_at(cursor->of, cursor->service, row);
                return true;
            }
        }
        cursor->service++;
        open_service(cursor);
    }
    return false;
}

/* ---- Keys ----------------------------------------------------------------- */

/* Where a placeholder that starts at `at` ends: "${...}" or "<...>"; else
 * `at`. */
static size_t placeholder_end(text name, size_t at)
{
    size_t end = at;
    char closing = '>';

    if (name.ptr[at] == '$' && at + 1 < name.len && name.ptr[at + 1] == '{')
        closing = '}';
    else if (name.ptr[at] != '<')
        return at;
    while (end < name.len && name.ptr[end] != closing)
        end++;
    return end < name.len ? end + 1 : at;
}

/* Does the name fit one with placeholders, each of which is at least one byte?
 * As matches(), with a placeholder for '?' and '*' after each other. */
static bool fits(text family, text name)
{
    size_t f = 0, n = 0, after = SIZE_MAX, taken = 0;

    while (n < name.len) {
        size_t end = f < family.len ? placeholder_end(family, f) : f;

        if (end > f) {
            f = after = end;
            taken = ++n;
        } else if (f < family.len &&
                   ascii_lower(family.ptr[f]) == ascii_lower(name.ptr[n])) {
            f++;
            n++;
        } else if (after != SIZE_MAX) {
            f = after;
            n = ++taken;
        } else
            return false;
    }
    return f == family.len;
}

static void add_kind(key_kind *kind, const catalog_key *key, bool *found)
{
    key_arity arity = key->multivalued ? ARITY_MULTIVALUED : ARITY_SINGLE;

    if (!*found)
        *kind = (key_kind){key->type, arity};
    if (kind->type != key->type)
        kind->type = KEY_TYPE_UNKNOWN;
    if (kind->arity != arity)
        kind->arity = ARITY_UNKNOWN;
    *found = true;
}

static bool catalog_kind(const catalog *c, text name, key_kind *kind)
{
    uint32_t at = bound(c, ordered_key_name, 0, c->order_count, name, false);
    bool found = false;

    for (; at < c->order_count; at++) {
        catalog_key key = key_at(c, c->order[at]);

        if (!iamp_text_eq_fold(key.name, name))
            break;
        add_kind(kind, &key, &found);
    }
    for (uint32_t i = 0; i < c->family_count && !found; i++) {
        catalog_key key = key_at(c, c->families[i]);

        if (fits(key.name, name))
            add_kind(kind, &key, &found);
    }
    return found;
}

/* A global key, or one of a global family such as aws:PrincipalTag/. */
static bool global_kind(text name, key_kind *kind)
{
    for (key_id id = KEY_OTHER + 1; id < KEY_COUNT; id++) {
        const key_fact *fact = iamp_key_fact(id);
        text start = fact->family && name.len > fact->name.len
                         ? text_slice(name, 0, fact->name.len)
                         : name;

        if (!iamp_text_eq_fold(fact->name, start))
            continue;
        *kind = (key_kind){
            fact->type, fact->multivalued ? ARITY_MULTIVALUED : ARITY_SINGLE};
        return true;
    }
    return false;
}

key_kind iamp_catalog_key_kind(const catalog *more, text name)
{
    key_kind kind = {KEY_TYPE_UNKNOWN, ARITY_UNKNOWN};

    if (!global_kind(name, &kind) && !(more && catalog_kind(more, name, &kind)))
        catalog_kind(iamp_catalog_built_in(), name, &kind);
    return kind;
}
