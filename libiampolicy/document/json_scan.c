/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_scan.c - the quick way through a text that is plainly JSON.
 *
 * Whatever is accepted here jansson accepts too, and says the same about; all
 * else is doubtful, and jansson has the last word: characters outside ASCII,
 * \u escapes, escapes in a member's name, objects of many members, numbers with
 * an exponent or many digits, whatever is wrong or beyond a limit.  So nothing
 * here has to find words for a fault.
 *
 * Nothing recurses and there is no row of levels: a container that is open
 * keeps its newest child where its own sibling will stand.
 */
#include "document/json_parts.h"

enum {
    MOST_MEMBERS = 32,     /* that are held against each other one by one */
    MOST_DIGITS = 16,      /* of a number, and its sign and point */
    VALUE_BYTES = 24,      /* of text to each value, about */
    MOST_GUESSED = 1 << 14 /* values */
};

typedef struct scanner {
    const char *start, *at, *end;
    json_node *nodes;
    uint32_t count, room;
    json_ref open; /* the innermost open container, or JSON_END */
    size_t depth;
    const json_limits *limits;
    arena *mem;
} scanner;

/* --- characters ------------------------------------------------------------ */

/* May it stand in a string as it is? */
static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Are all eight plain?  A false no is allowed: they are then looked at one by
 * one. */
static bool eight_plain(const char *at)
{
    uint64_t eight, quotes, slashes;

    memcpy(&eight, at, sizeof(eight));
    quotes = eight ^ EACH('"');
    slashes = eight ^ EACH('\\');
    return ((eight | (eight - EACH(0x20)) | (quotes - EACH(1)) |
                (slashes - EACH(1))) &
               EACH(0x80)) == 0;
}

static const char *skip_plain(const char *at, const char *end)
{
    while (end - at >= 8 && eight_plain(at))
        at += 8;
    while (at < end && plain((unsigned char)*at))
        at++;
    return at;
}

/* The next character that is no white space, or NUL, which begins nothing. */
static char peek(scanner *s)
{
    while (s->at < s->end && json_space(*s->at))
        s->at++;
    return s->at < s->end ? *s->at : '\0';
}

/* --- nodes ----------------------------------------------------------------- */

/* A guess, its doubles, and then as many as there are: what is beyond a limit
 * is refused before memory is spent on it. */
static bool grow(scanner *s)
{
    text source = {s->start, (size_t)(s->end - s->start)};
    size_t room = s->room ? 2 * (size_t)s->room : source.len / VALUE_BYTES + 8;
    json_measure measure;
    json_node *larger;

    if (s->room < MOST_GUESSED)
        room = room < MOST_GUESSED ? room : MOST_GUESSED;
    else if (iamp_json_measure(
                 &measure, source, s->limits, s->mem->from, NULL) == IAM_OK)
        room = measure.values;
    else
        return false;
    if (room > s->limits->max_values)
        room = s->limits->max_values;
    if (room <= s->count)
        return false;
    larger = ARENA_ARRAY(s->mem, json_node, room);
    if (!larger)
        return false;
    if (s->count)
        memcpy(larger, s->nodes, s->count * sizeof(*larger));
    s->nodes = larger;
    s->room = (uint32_t)room;
    return true;
}

/* A value that begins here, linked to its container; NULL: no room. */
static json_node *add_node(scanner *s, json_kind kind)
{
    json_ref ref = s->count;
    json_node *node;

    if (s->count == s->room && !grow(s))
        return NULL;
    node = &s->nodes[s->count++];
    node->offset = (uint32_t)(s->at - s->start);
    node->parent = s->open;
    node->next = node->first = JSON_END;
    node->kind = (uint8_t)kind;
    if (s->open != JSON_END) {
        json_node *in = &s->nodes[s->open];

        node->index = in->count++;
        if (in->first == JSON_END)
            in->first = ref;
        else
            s->nodes[in->next].next = ref;
        in->next = ref; /* the newest child, while it is open */
    }
    return node;
}

/* --- scalars --------------------------------------------------------------- */

/* Behind the opening quote: up to the closing one and behind it. */
static bool scan_string(scanner *s, text *out)
{
    const char *start = s->at;
    bool escaped = false;

    for (;;) {
        s->at = skip_plain(s->at, s->end);
        if (s->at == s->end)
            return false;
        if (*s->at == '"')
            break;
        if (*s->at != '\\' || s->end - s->at < 2 ||
            !memchr("\"\\/bfnrt", s->at[1], 8))
            return false;
        escaped = true;
        s->at += 2;
    }
    *out = (text){start, (size_t)(s->at - start)};
    if (escaped)
        *out = iamp_json_unescape(*out, s->mem);
    s->at++;
    return out->ptr != NULL;
}

static size_t skip_digits(scanner *s)
{
    const char *start = s->at;

    while (s->at < s->end && ascii_digit(*s->at))
        s->at++;
    return (size_t)(s->at - start);
}

static bool scan_number(scanner *s, text *out)
{
    const char *start = s->at, *first;
    size_t digits;

    s->at += *s->at == '-';
    first = s->at;
    digits = skip_digits(s);
    if (digits == 0 || (digits > 1 && *first == '0'))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (skip_digits(s) == 0)
            return false;
    }
    *out = (text){start, (size_t)(s->at - start)};
    return out->len <= MOST_DIGITS;
}

static bool scan_word(scanner *s, text word, text *out)
{
    text rest = {s->at, (size_t)(s->end - s->at)};

    if (!text_starts(rest, word))
        return false;
    *out = text_slice(rest, 0, word.len);
    s->at += word.len;
    return true;
}

static bool scan_scalar(scanner *s, char first, json_node **out)
{
    text ignored;
    json_kind kind = first == '"'   ? JSON_KIND_STRING
                     : first == 't' ? JSON_KIND_TRUE
                     : first == 'f' ? JSON_KIND_FALSE
                     : first == 'n' ? JSON_KIND_NULL
                                    : JSON_KIND_NUMBER;
    json_node *node = add_node(s, kind);

    *out = node;
    if (!node)
        return false;
    switch (kind) {
    case JSON_KIND_STRING:
        s->at++;
        return scan_string(s, &node->value);
    case JSON_KIND_TRUE:
        return scan_word(s, TEXT("true"), &node->value);
    case JSON_KIND_FALSE:
        return scan_word(s, TEXT("false"), &node->value);
    case JSON_KIND_NULL:
        return scan_word(s, TEXT("null"), &ignored);
    case JSON_KIND_NUMBER:
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        break;
    }
    return scan_number(s, &node->value);
}

/* --- containers ------------------------------------------------------------ */

static bool open_container(scanner *s, bool object, json_node **out)
{
    *out = add_node(s, object ? JSON_KIND_OBJECT : JSON_KIND_ARRAY);
    if (!*out || ++s->depth > s->limits->max_depth)
        return false;
    s->open = s->count - 1;
    s->at++;
    return true;
}

static void close_container(scanner *s)
{
    json_node *container = &s->nodes[s->open];

    container->next = JSON_END;
    s->open = container->parent;
    s->depth--;
    s->at++;
}

static bool scan_value(scanner *s, json_node **out)
{
    char first = peek(s);

    if (first == '\0')
        return false;
    if (first == '{' || first == '[')
        return open_container(s, first == '{', out);
    return scan_scalar(s, first, out);
}

/* Does a member of the open object have that name? */
static bool has_member(const scanner *s, text key)
{
    json_ref at = s->nodes[s->open].first;

    for (uint32_t left = s->nodes[s->open].count; left > 0; left--) {
        if (text_eq(s->nodes[at].key, key))
            return true;
        at = s->nodes[at].next;
    }
    return false;
}

static bool scan_member(scanner *s)
{
    json_node *node;
    const char *quote;
    text key;

    if (peek(s) != '"' || s->nodes[s->open].count == MOST_MEMBERS)
        return false;
    quote = s->at++;
    key.ptr = s->at;
    s->at = skip_plain(s->at, s->end);
    key.len = (size_t)(s->at - key.ptr);
    if (s->at == s->end || *s->at != '"' || has_member(s, key))
        return false;
    s->at++;
    if (peek(s) != ':')
        return false;
    s->at++;
    if (!scan_value(s, &node))
        return false;
    node->key = key;
    node->key_offset = (uint32_t)(quote - s->start);
    return true;
}

/* Close the innermost container, or read its next child. */
static bool step(scanner *s)
{
    const json_node *in = &s->nodes[s->open];
    bool object = in->kind == JSON_KIND_OBJECT;
    char c = peek(s);
    json_node *node;

    if (c == (object ? '}' : ']')) {
        close_container(s);
        return true;
    }
    if (in->count > 0) {
        if (c != ',')
            return false;
        s->at++;
    }
    return object ? scan_member(s) : scan_value(s, &node);
}

bool iamp_json_scan(
    json_tree *out, text source, const json_limits *limits, arena *mem)
{
    scanner s = {.start = source.ptr,
        .at = source.ptr,
        .end = source.ptr + source.len,
        .open = JSON_END,
        .limits = limits,
        .mem = mem};
    json_node *root;
    bool good;

    if (source.len == 0)
        return false;
    good = scan_value(&s, &root);
    while (good && s.open != JSON_END)
        good = step(&s);
    if (!good || peek(&s) != '\0' || s.at != s.end)
        return false;
    *out = (json_tree){source, s.nodes, s.count};
    return true;
}
