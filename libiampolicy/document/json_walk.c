/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_walk.c - text and jansson's values, gone through side by side.
 *
 * jansson has decided that the text is JSON and what it says; where it says it
 * only the text knows.  Members keep the order of the text in jansson, so both
 * walks meet the same values in the same order.  The containers that are open
 * stand in a row of levels; nothing recurses.
 */
#include "document/json_parts.h"

/* An open container and how far it has been read. */
typedef struct level {
    json_t *container;
    void *member; /* of an object: the one to read next */
    json_ref node;
    json_ref last; /* child, or JSON_END */
} level;

typedef struct walker {
    text source;
    size_t at;
    json_node *nodes;
    uint32_t count, room;
    level *levels;
    size_t depth, deepest;
    arena *mem;
} walker;

static unsigned hex_digit(char c)
{
    return ascii_digit(c) ? (unsigned)(c - '0')
                          : (unsigned)(ascii_lower(c) - 'a') + 10;
}

static uint32_t hex4(const char *digits)
{
    return (hex_digit(digits[0]) << 12) | (hex_digit(digits[1]) << 8) |
           (hex_digit(digits[2]) << 4) | hex_digit(digits[3]);
}

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | (c >> 6));
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | (c >> 12));
        to[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | (c >> 18));
    to[1] = (char)(0x80 | ((c >> 12) & 0x3f));
    to[2] = (char)(0x80 | ((c >> 6) & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static char plain_escape(char c)
{
    static const char names[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    const char *found = memchr(names, c, sizeof(names) - 1);

    return found ? meant[found - names] : c;
}

/* One escape of `raw`, whose backslash stands at *at: moves *at behind it. */
static size_t put_escape(char *to, text raw, size_t *at)
{
    char c = raw.ptr[*at + 1];
    uint32_t code;

    *at += 2;
    if (c != 'u') {
        *to = plain_escape(c);
        return 1;
    }
    code = hex4(raw.ptr + *at);
    *at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) +
               (hex4(raw.ptr + *at + 2) - 0xdc00);
        *at += 6;
    }
    return put_utf8(to, code);
}

text iamp_json_unescape(text raw, arena *mem)
{
    size_t at = 0, len = 0;
    char *plain;

    if (iamp_text_find(raw, '\\') == raw.len)
        return raw;
    plain = ARENA_ARRAY(mem, char, raw.len); /* escapes only get shorter */
    if (!plain)
        return (text){NULL, 0};
    while (at < raw.len) {
        if (raw.ptr[at] == '\\')
            len += put_escape(plain + len, raw, &at);
        else
            plain[len++] = raw.ptr[at++];
    }
    return (text){plain, len};
}

static char peek(walker *w)
{
    while (w->at < w->source.len && json_space(w->source.ptr[w->at]))
        w->at++;
    return w->at < w->source.len ? w->source.ptr[w->at] : '\0';
}

static bool read_string(walker *w, text *out)
{
    size_t end = iamp_json_skip_string(w->source, w->at);

    *out =
        iamp_json_unescape(text_slice(w->source, w->at + 1, end - 1), w->mem);
    w->at = end;
    return out->ptr != NULL;
}

static text read_word(walker *w)
{
    size_t start = w->at;

    while (w->at < w->source.len && !json_space(w->source.ptr[w->at]) &&
           !memchr(",]}", w->source.ptr[w->at], 3))
        w->at++;
    return text_slice(w->source, start, w->at);
}

/* The next node, linked to its container. */
static json_node *add_node(walker *w, json_kind kind)
{
    json_ref ref = w->count;
    json_node *node = &w->nodes[w->count++];

    *node = (json_node){.offset = (uint32_t)w->at,
        .parent = JSON_END,
        .next = JSON_END,
        .first = JSON_END,
        .kind = (uint8_t)kind};
    if (w->depth > 0) {
        level *in = &w->levels[w->depth - 1];
        json_node *parent = &w->nodes[in->node];

        node->parent = in->node;
        node->index = parent->count++;
        if (in->last == JSON_END)
            parent->first = ref;
        else
            w->nodes[in->last].next = ref;
        in->last = ref;
    }
    return node;
}

static bool same_text(text t, const char *ptr, size_t len)
{
    return ptr && text_eq(t, (text){ptr, len});
}

static json_kind kind_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return JSON_KIND_OBJECT;
    case JSON_ARRAY:
        return JSON_KIND_ARRAY;
    case JSON_STRING:
        return JSON_KIND_STRING;
    case JSON_INTEGER:
    case JSON_REAL:
        return JSON_KIND_NUMBER;
    case JSON_TRUE:
        return JSON_KIND_TRUE;
    case JSON_FALSE:
        return JSON_KIND_FALSE;
    case JSON_NULL:
        break;
    }
    return JSON_KIND_NULL;
}

static json_kind kind_written(char first)
{
    switch (first) {
    case '{':
        return JSON_KIND_OBJECT;
    case '[':
        return JSON_KIND_ARRAY;
    case '"':
        return JSON_KIND_STRING;
    case 't':
        return JSON_KIND_TRUE;
    case 'f':
        return JSON_KIND_FALSE;
    case 'n':
        return JSON_KIND_NULL;
    default:
        return JSON_KIND_NUMBER;
    }
}

/* The value at the cursor; a container is opened.  *opened is its node. */
static bool read_value(walker *w, json_t *value, json_node **out)
{
    char first = peek(w);
    json_kind kind = kind_written(first);
    json_node *node;

    if (!value || kind != kind_of(value) || w->count == w->room)
        return false;
    *out = node = add_node(w, kind);
    if (kind == JSON_KIND_STRING)
        return read_string(w, &node->value) &&
               same_text(node->value, json_string_value(value),
                   json_string_length(value));
    if (kind != JSON_KIND_OBJECT && kind != JSON_KIND_ARRAY) {
        node->value = read_word(w);
        if (kind == JSON_KIND_NULL)
            node->value = (text){NULL, 0};
        return true;
    }
    if (w->depth == w->deepest)
        return false;
    w->at++;
    w->levels[w->depth++] = (level){value,
        kind == JSON_KIND_OBJECT ? json_object_iter(value) : NULL, w->count - 1,
        JSON_END};
    return true;
}

static bool read_member(walker *w, level *in)
{
    uint32_t key_offset;
    json_node *node;
    text key;
    void *member = in->member;

    peek(w);
    key_offset = (uint32_t)w->at;
    if (!member || !read_string(w, &key) ||
        !same_text(key, json_object_iter_key(member),
            json_object_iter_key_len(member)) ||
        peek(w) != ':')
        return false;
    w->at++;
    in->member = json_object_iter_next(in->container, member);
    if (!read_value(w, json_object_iter_value(member), &node))
        return false;
    node->key = key;
    node->key_offset = key_offset;
    return true;
}

/* Close the innermost container, or read its next child. */
static bool step(walker *w)
{
    level *in = &w->levels[w->depth - 1];
    json_node *container = &w->nodes[in->node];
    bool object = container->kind == JSON_KIND_OBJECT;
    size_t size = object ? json_object_size(in->container)
                         : json_array_size(in->container);
    char c = peek(w);
    json_node *node;

    if (c == (object ? '}' : ']')) {
        w->at++;
        w->depth--;
        return container->count == size;
    }
    if (container->count > 0) {
        if (c != ',')
            return false;
        w->at++;
    }
    if (object)
        return read_member(w, in);
    return read_value(
        w, json_array_get(in->container, container->count), &node);
}

iam_status iamp_json_walk(json_tree *out, text source, json_t *root,
    const json_measure *measure, arena *mem)
{
    walker w = {.source = source,
        .room = (uint32_t)measure->values,
        .deepest = measure->depth,
        .mem = mem};
    json_node *first;
    arena scratch;
    bool good;

    iamp_arena_init(&scratch, mem->from);
    w.levels = ARENA_ARRAY(&scratch, level, w.deepest);
    w.nodes = ARENA_ARRAY(mem, json_node, w.room);
    good = w.levels && w.nodes && read_value(&w, root, &first);
    while (good && w.depth > 0)
        good = step(&w);
    iamp_arena_release(&scratch);
    *out = (json_tree){source, w.nodes, w.count};
    return good ? IAM_OK : IAM_ENOMEM;
}
