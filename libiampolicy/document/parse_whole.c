/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_whole.c - what only the whole document shows: Sids that occur twice
 * (A2.7), characters that IAM does not store (A1.2), the size (A.8).
 */
#include "document/json_parts.h"
#include "document/parse_parts.h"

static void find_twin_sid(parser *p, const doc_statement *s)
{
    json_ref node = iamp_json_member(p->tree, s->node, TEXT("Sid"));
    char quoted[JSON_QUOTED];

    iamp_parse_find(p, p->rules->iam ? IAM_ERROR : IAM_WARNING,
        p->rules->iam ? "UNIQUE_SIDS_REQUIRED" : "UNIQUE_SIDS_RECOMMENDED",
        node, AT_VALUE, "the Sid \"%s\" stands in another statement already",
        iamp_json_quote(s->sid, quoted));
}

/* Empty ones are no names, and may be many. */
static void check_sids(parser *p, const doc_statement *statements, size_t count)
{
    text *sids = ARENA_ARRAY(&p->scratch, text, count);
    const twin *twins;

    if (!sids) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        sids[i] = statements[i].sid;
    twins = iamp_parse_twins(p, sids, count, false);
    for (size_t i = 0; twins && i < count; i++)
        if (twins[i] == TWIN_LATER && statements[i].sid.len)
            find_twin_sid(p, &statements[i]);
}

/* U+0009, U+000A, U+000D, U+0020..U+00FF; what is more than that starts with
 * a byte above that of U+00FF. */
static bool storable(text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];

        if (c > 0xc3 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            return false;
    }
    return true;
}

static json_ref end_of(const parser *p, json_ref ref)
{
    while (ref != JSON_END && node_of(p, ref)->next == JSON_END)
        ref = node_of(p, ref)->parent;
    return ref == JSON_END ? p->tree->count : node_of(p, ref)->next;
}

/* Nodes stand in the order of the text: those of the policy in one row. */
static void check_characters(parser *p)
{
    json_ref end = end_of(p, p->root);

    for (json_ref at = p->root; at < end; at++) {
        const json_node *n = node_of(p, at);
        bool key = at == p->root || storable(n->key);
        char quoted[JSON_QUOTED];

        if (key && (n->kind != JSON_KIND_STRING || storable(n->value)))
            continue;
        iamp_parse_find(p, IAM_ERROR, "INVALID_CHARACTER", at,
            key ? AT_VALUE : AT_KEY,
            "\"%s\" has a character that IAM does not store: U+0020 to U+00FF "
            "and tab, line feed and carriage return may stand in %s",
            iamp_json_quote(key ? n->value : n->key, quoted), p->rules->name);
    }
}

/* The characters from the first bracket to the last, by what AWS may count. */
typedef struct measured {
    size_t every;   /* as it stands in this text */
    size_t between; /* without white space between tokens */
    size_t least;   /* without any white space */
} measured;

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static measured measure(text source, size_t at)
{
    measured m = {0, 0, 0};
    size_t depth = 0;

    for (; at < source.len; at++) {
        char c = source.ptr[at];

        if (c == '"') {
            size_t end = iamp_json_skip_string(source, at);

            for (; at + 1 < end; at++) {
                size_t one = starts_character(source.ptr[at]);

                m.every += one;
                m.between += one;
                m.least += one && !json_space(source.ptr[at]);
            }
        }
        m.every++;
        m.between += !json_space(c);
        m.least += !json_space(c);
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            break;
    }
    return m;
}

/* A.8.  An error only where no way of counting lets it pass. */
static void check_size(parser *p)
{
    const kind_rules *rules = p->rules;
    size_t start = node_of(p, p->root)->offset, size;
    measured m;

    /* There are no more characters than bytes. */
    if (rules->size == 0 || p->tree->source.len - start <= rules->size)
        return;
    m = measure(p->tree->source, start);
    size = rules->every ? m.every : m.between;
    if (size <= rules->size)
        return;
    if (rules->most && m.least > rules->most)
        iamp_parse_find(p, IAM_ERROR, "POLICY_SIZE_EXCEEDED", p->root, AT_VALUE,
            "%s may have %zu characters at most, not %zu, which leaves white "
            "space out",
            rules->name, rules->most, m.least);
    else
        iamp_parse_find(p, IAM_WARNING, "POLICY_SIZE_EXCEEDED", p->root,
            AT_VALUE, "%s may have %zu characters%s, not %zu", rules->name,
            rules->size, rules->every ? "" : " without white space", size);
}

void iamp_parse_whole(parser *p, const doc_statement *statements, size_t count)
{
    check_sids(p, statements, count);
    if (p->rules->iam)
        check_characters(p);
    check_size(p);
}
