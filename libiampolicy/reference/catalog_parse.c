/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_parse.c - a catalog file to a catalog: counted first, then filled.
 *
 * A file is lines of words; what a line refers to stands before it, and names
 * are sorted, so one pass checks everything.
 */
#include "reference/catalog.h"

#include <stdlib.h>

enum {
    NAME_MOST = 2048, /* bytes of one word */
    NUMBER_MOST = 32767,
    TEXT_MOST = 1 << 30
};

typedef struct reader {
    text source; /* the caller's; places of errors are there */
    text line, rest;
    size_t next; /* where the next line starts */
    iam_error *err;

    catalog *out;
    char *text; /* a copy of the source, which names are pieces of */
    catalog_service_row *services;
    catalog_action_row *actions;
    catalog_type_row *types;
    catalog_key_row *keys;
    uint16_t *lists;
    uint32_t *order, *families;
    /* First how many there are at most, then how many there are. */
    uint32_t service_count, action_count, type_count, key_count, list_count;
    uint32_t list_room;
    char last; /* the kind of the line before */
} reader;

/* ---- Lines and words ------------------------------------------------------ */

static size_t offset_of(const reader *r, text at)
{
    return (size_t)(at.ptr - r->source.ptr);
}

static iam_status fault(reader *r, text at, const char *sentence)
{
    iamp_error_set(r->err, IAM_EINVAL, "%s", sentence);
    iamp_error_place(r->err, r->source, offset_of(r, at), TEXT(""));
    return IAM_EINVAL;
}

/* The next line that says something; false at the end. */
static bool next_line(reader *r)
{
    while (r->next < r->source.len) {
        text rest = text_from(r->source, r->next);
        size_t len = iamp_text_find(rest, '\n');

        r->line = text_slice(rest, 0, len);
        r->next += len < rest.len ? len + 1 : len;
        if (len > 0 && rest.ptr[len - 1] == '\r')
            r->line.len--;
        if (r->line.len > 0 && r->line.ptr[0] != '#')
            return true;
    }
    return false;
}

static bool is_plain(text t, bool spaces)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] > '~' || t.ptr[i] < (spaces ? ' ' : '!'))
            return false;
    return true;
}

/* The next word of the line; at the last one, `all` of the rest. */
static bool word(reader *r, text *out, bool all)
{
    size_t end = all ? r->rest.len : iamp_text_find(r->rest, ' ');

    *out = text_slice(r->rest, 0, end);
    r->rest = text_from(r->rest, end < r->rest.len ? end + 1 : end);
    return out->len > 0 && out->len <= NAME_MOST && is_plain(*out, all);
}

static catalog_place place_of(const reader *r, text t)
{
    return (catalog_place)offset_of(r, t);
}

static int compare_names(text a, text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < shorter; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return ascii_lower(a.ptr[i]) < ascii_lower(b.ptr[i]) ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len;
}

static text named(const reader *r, catalog_place place, size_t len)
{
    return (text){r->source.ptr + place, len};
}

/* A name of an action or a service: no wildcard, no colon. */
static bool is_name(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == '*' || t.ptr[i] == '?' || t.ptr[i] == ':')
            return false;
    return true;
}

/* ---- Lists ---------------------------------------------------------------- */

/* A decimal number below `count`, and '*' if that may be. */
static bool number(text t, uint32_t count, bool starred, uint16_t *out)
{
    uint32_t value = 0;
    bool star = starred && t.len > 1 && t.ptr[t.len - 1] == '*';
    size_t len = t.len - star;

    if (len == 0 || len > 5)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_digit(t.ptr[i]))
            return false;
        value = value * 10 + (uint32_t)(t.ptr[i] - '0');
    }
    *out = (uint16_t)(starred ? value * 2 + star : value);
    return value < count && value <= NUMBER_MOST;
}

/* "-", or numbers with commas between them. */
static bool list(reader *r, text t, uint32_t count, bool starred, uint32_t *out)
{
    uint32_t length = 0;

    *out = 0;
    if (text_eq(t, TEXT("-")))
        return true;
    if (r->list_count == r->list_room) /* a line that is too short anyway */
        return false;
    *out = r->list_count++;
    for (;;) {
        size_t end = iamp_text_find(t, ',');

        if (length == NUMBER_MOST || r->list_count == r->list_room ||
            !number(text_slice(t, 0, end), count, starred,
                &r->lists[r->list_count]))
            return false;
        r->list_count++;
        length++;
        if (end == t.len)
            break;
        t = text_from(t, end + 1);
    }
    r->lists[*out] = (uint16_t)length;
    return true;
}

/* ---- What a line says ----------------------------------------------------- */

static iam_status read_service(reader *r)
{
    const catalog_service_row *before = r->services + r->service_count - 1;
    text name;

    if (!word(r, &name, false) || !is_name(name))
        return fault(r, name, "the name of a service must stand here");
    if (r->service_count > 0 &&
        compare_names(named(r, before->name, before->name_len), name) >= 0)
        return fault(r, name, "services must be sorted, each once");
    r->services[r->service_count++] = (catalog_service_row){place_of(r, name),
        (uint32_t)name.len, r->action_count, r->type_count, r->key_count};
    return IAM_OK;
}

static bool key_type_of(text t, catalog_key_row *row)
{
    static const struct {
        text name;
        key_type type;
    } types[] = {
#define TYPE(name, type) {{name, sizeof(name) - 1}, KEY_TYPE_##type}
        TYPE("String", STRING),
        TYPE("ARN", ARN),
        TYPE("IPAddress", IP),
        TYPE("Numeric", NUMERIC),
        TYPE("Date", DATE),
        TYPE("Bool", BOOL),
#undef TYPE
    };

    row->multivalued = text_starts(t, TEXT("ArrayOf"));
    if (row->multivalued)
        t = text_from(t, TEXT("ArrayOf").len);
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_eq(t, types[i].name)) {
            row->type = (uint8_t)types[i].type;
            return true;
        }
    return false;
}

static iam_status read_key(reader *r)
{
    const catalog_key_row *before = r->keys + r->key_count - 1;
    catalog_key_row row;
    text type, name;

    if (!word(r, &type, false) || !key_type_of(type, &row))
        return fault(r, type,
            "a type must stand here: String, ARN, IPAddress, Numeric, Date, "
            "Bool, or ArrayOf one of these");
    if (!word(r, &name, false))
        return fault(r, name, "the name of a key must stand here");
    if (r->last == 'K' &&
        compare_names(named(r, before->name, before->name_len), name) >= 0)
        return fault(r, name, "keys must be sorted, each once");
    row.name = place_of(r, name);
    row.name_len = (uint16_t)name.len;
    r->keys[r->key_count++] = row;
    return IAM_OK;
}

static uint32_t keys_here(const reader *r)
{
    return r->key_count - r->services[r->service_count - 1].keys;
}

static uint32_t types_here(const reader *r)
{
    return r->type_count - r->services[r->service_count - 1].types;
}

static iam_status read_type(reader *r)
{
    const catalog_type_row *before = r->types + r->type_count - 1;
    catalog_type_row row;
    text keys, arn, name;

    if (!word(r, &keys, false) ||
        !list(r, keys, keys_here(r), false, &row.keys))
        return fault(r, keys, "numbers of keys, or \"-\", must stand here");
    if (!word(r, &arn, false) || !text_starts(arn, TEXT("arn:")))
        return fault(r, arn, "an ARN must stand here");
    if (!word(r, &name, true))
        return fault(r, name, "the name of a resource type must stand here");
    if (r->last == 'T' &&
        compare_names(named(r, before->name, before->name_len), name) >= 0)
        return fault(r, name, "resource types must be sorted, each once");
    row.arn = place_of(r, arn);
    row.arn_len = (uint16_t)arn.len;
    row.name = place_of(r, name);
    row.name_len = (uint16_t)name.len;
    r->types[r->type_count++] = row;
    return IAM_OK;
}

static bool level_of(text t, uint16_t *out)
{
    static const char letters[] = "LRWTP";
    static const uint16_t levels[] = {
        LEVEL_LIST, LEVEL_READ, LEVEL_WRITE, LEVEL_TAGGING, LEVEL_PERMISSIONS};

    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (t.len == 1 && t.ptr[0] == letters[i]) {
            *out = levels[i];
            return true;
        }
    return false;
}

static iam_status read_action(reader *r)
{
    const catalog_action_row *before = r->actions + r->action_count - 1;
    catalog_action_row row;
    text level, types, keys, name;

    if (!word(r, &level, false) || !level_of(level, &row.level))
        return fault(
            r, level, "an access level must stand here: L, R, W, T or P");
    if (!word(r, &types, false) ||
        !list(r, types, types_here(r), true, &row.types))
        return fault(
            r, types, "numbers of resource types, or \"-\", must stand here");
    if (!word(r, &keys, false) ||
        !list(r, keys, keys_here(r), false, &row.keys))
        return fault(r, keys, "numbers of keys, or \"-\", must stand here");
    if (!word(r, &name, false) || !is_name(name))
        return fault(r, name, "the name of an action must stand here");
    if (r->last == 'A' &&
        compare_names(named(r, before->name, before->name_len), name) >= 0)
        return fault(r, name, "actions must be sorted, each once");
    row.name = place_of(r, name);
    row.name_len = (uint16_t)name.len;
    r->actions[r->action_count++] = row;
    return IAM_OK;
}

/* ---- The file ------------------------------------------------------------- */

/* S, then K, T, A: a kind comes after those that it refers to. */
static bool may_follow(char last, char kind)
{
    static const char kinds[] = "KTA";
    const char *place = strchr(kinds, kind),
               *place_of_last = strchr(kinds, last);

    if (kind == 'S')
        return true;
    return last != '\0' && place && (last == 'S' || place_of_last <= place);
}

static iam_status read_line(reader *r)
{
    static const char sentence[] =
        "a line must start with S, K, T or A and a space, in this order "
        "within a service";
    char kind = r->line.ptr[0];
    iam_status status;

    if (text_starts(r->line, TEXT("source "))) {
        if (!is_plain(r->line, true))
            return fault(r, r->line, "a source must be ASCII text");
        r->out->source = text_from(r->line, TEXT("source ").len);
        return IAM_OK;
    }
    if (r->line.len < 2 || r->line.ptr[1] != ' ' || kind == '\0' ||
        !may_follow(r->last, kind))
        return fault(r, r->line, sentence);
    r->rest = text_from(r->line, 2);
    if (kind == 'S')
        status = read_service(r);
    else if (kind == 'K')
        status = read_key(r);
    else if (kind == 'T')
        status = read_type(r);
    else
        status = read_action(r);
    r->last = kind;
    if (status == IAM_OK && r->rest.len > 0)
        return fault(r, r->rest, "the line must end here");
    return status;
}

static iam_status read_head(reader *r)
{
    text line = {r->source.ptr, iamp_text_find(r->source, '\n')};

    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (!text_eq(line, TEXT("iampolicy-catalog 1")))
        return fault(r, line, "a catalog must start with iampolicy-catalog 1");
    next_line(r);
    return IAM_OK;
}

/* How much of everything there can be: so many lines are long enough. */
static void count(reader *r)
{
    reader ahead = *r;
    size_t commas = 0;

    while (next_line(&ahead)) {
        char kind = ahead.line.ptr[0];
        size_t len = ahead.line.len;

        r->service_count += kind == 'S' && len >= TEXT("S s").len;
        r->key_count += kind == 'K' && len >= TEXT("K ARN k").len;
        r->type_count += kind == 'T' && len >= TEXT("T - arn: t").len;
        r->action_count += kind == 'A' && len >= TEXT("A L - - a").len;
    }
    for (size_t i = 0; i < r->source.len; i++)
        commas += r->source.ptr[i] == ',';
    /* Two lists an action: a length and one item more than it has commas. */
    r->list_room = (uint32_t)(1 + commas + 2 * (size_t)r->type_count +
                              4 * (size_t)r->action_count);
}

static bool make_room(reader *r, arena *mem)
{
    r->text = ARENA_ARRAY(mem, char, r->source.len);
    r->services =
        ARENA_ARRAY(mem, catalog_service_row, (size_t)r->service_count + 1);
    r->actions = ARENA_ARRAY(mem, catalog_action_row, r->action_count);
    r->types = ARENA_ARRAY(mem, catalog_type_row, r->type_count);
    r->keys = ARENA_ARRAY(mem, catalog_key_row, r->key_count);
    r->order = ARENA_ARRAY(mem, uint32_t, r->key_count);
    r->families = ARENA_ARRAY(mem, uint32_t, r->key_count);
    r->lists = ARENA_ARRAY(mem, uint16_t, r->list_room);
    r->service_count = r->action_count = r->type_count = r->key_count = 0;
    r->list_count = 1; /* lists[0] is the empty one */
    return r->text && r->services && r->actions && r->types && r->keys &&
           r->order && r->families && r->lists;
}

/* ---- The order of keys ---------------------------------------------------- */

typedef struct ordered_key {
    text name;
    uint32_t index;
} ordered_key;

static int by_name(const void *a, const void *b)
{
    const ordered_key *x = a, *y = b;
    int order = compare_names(x->name, y->name);

    if (order == 0)
        return x->index < y->index ? -1 : x->index > y->index;
    return order;
}

static bool has_placeholder(text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '<' ||
            (name.ptr[i] == '$' && i + 1 < name.len && name.ptr[i + 1] == '{'))
            return true;
    return false;
}

static bool order_keys(reader *r, arena *scratch)
{
    ordered_key *keys = ARENA_ARRAY(scratch, ordered_key, r->key_count);

    if (!keys)
        return false;
    for (uint32_t i = 0; i < r->key_count; i++)
        keys[i] =
            (ordered_key){named(r, r->keys[i].name, r->keys[i].name_len), i};
    qsort(keys, r->key_count, sizeof(*keys), by_name);
    for (uint32_t i = 0; i < r->key_count; i++) {
        r->order[i] = keys[i].index;
        if (has_placeholder(keys[i].name))
            r->families[r->out->family_count++] = keys[i].index;
    }
    return true;
}

/* ---- The whole ------------------------------------------------------------ */

static void hand_over(reader *r)
{
    text source = r->out->source;

    r->services[r->service_count] = (catalog_service_row){
        0, 0, r->action_count, r->type_count, r->key_count};
    memcpy(r->text, r->source.ptr, r->source.len);
    *r->out = (catalog){
        .text = r->text,
        .services = r->services,
        .actions = r->actions,
        .types = r->types,
        .keys = r->keys,
        .lists = r->lists,
        .order = r->order,
        .families = r->families,
        .service_count = r->service_count,
        .action_count = r->action_count,
        .order_count = r->key_count,
        .family_count = r->out->family_count,
        .source = TEXT(""),
    };
    if (source.len > 0)
        r->out->source = (text){r->text + offset_of(r, source), source.len};
}

iam_status iamp_catalog_parse(
    catalog *out, text source, arena *mem, iam_error *err)
{
    reader r = {.source = source, .out = out, .err = err};
    iam_status status;
    arena scratch;

    *out = (catalog){0};
    if (source.len > TEXT_MOST)
        return iamp_error_set(err, IAM_ELIMIT,
            "a catalog of %zu bytes is too long: the limit is %zu", source.len,
            (size_t)TEXT_MOST);
    status = read_head(&r);
    if (status != IAM_OK)
        return status;
    count(&r);
    if (!make_room(&r, mem))
        return iamp_error_nomem(err);
    while (status == IAM_OK && next_line(&r))
        status = read_line(&r);
    if (status != IAM_OK)
        return status;
    iamp_arena_init(&scratch, mem->from);
    if (!order_keys(&r, &scratch))
        status = iamp_error_nomem(err);
    else
        hand_over(&r);
    iamp_arena_release(&scratch);
    return status;
}
