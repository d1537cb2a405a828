/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address_list.c - which kind of list a text is, and the one of lines.
 */
#include "document/address_list_parts.h"

/* --- lines ---------------------------------------------------------------- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Blank to its end, or a comment. */
static bool nothing_left(text line, size_t at)
{
    while (at < line.len && blank(line.ptr[at]))
        at++;
    return at == line.len || line.ptr[at] == '#' || line.ptr[at] == ';';
}

typedef struct line_cursor {
    text rest;   /* behind the line in hand */
    text line;   /* without its newline */
    size_t from; /* where its first word begins */
    uint32_t number;
} line_cursor;

/* The next line that holds a word. */
static bool next_line(line_cursor *c)
{
    while (c->rest.len > 0) {
        size_t end = iamp_text_find(c->rest, '\n');

        c->line = text_slice(c->rest, 0, end);
        c->rest = text_from(c->rest, end + (end < c->rest.len));
        c->number++;
        if (nothing_left(c->line, 0))
            continue;
        for (c->from = 0; blank(c->line.ptr[c->from]);)
            c->from++;
        return true;
    }
    return false;
}

/* A word ends at a blank or a comment. */
static text word_at(text line, size_t from)
{
    size_t end = from;

    while (end < line.len && !blank(line.ptr[end]) && line.ptr[end] != '#' &&
           line.ptr[end] != ';')
        end++;
    return text_slice(line, from, end);
}

static iam_status bad_line(
    const address_reader *r, const line_cursor *c, size_t at, text what)
{
    char quoted[JSON_QUOTED];

    iamp_error_set(r->err, IAM_EINVAL,
        "\"%s\" is neither an address nor a CIDR block",
        iamp_json_quote(what, quoted));
    iamp_error_place(r->err, r->source,
        (size_t)(c->line.ptr - r->source.ptr) + at, TEXT(""));
    return IAM_EINVAL;
}

static iam_status read_line(address_reader *r, const line_cursor *c)
{
    text word = word_at(c->line, c->from);
    size_t end = c->from + word.len;
    address_place place = {c->number, (uint32_t)c->from + 1};

    if (!iamp_ipblock_parse(word, &r->out->blocks[r->out->count]))
        return bad_line(r, c, c->from, word);
    if (!nothing_left(c->line, end)) {
        /* "10.0.0.1 10.0.0.2" or "10.0.0.0 - 10.0.0.9" */
        while (blank(c->line.ptr[end]))
            end++;
        return bad_line(r, c, end, word_at(c->line, end));
    }
    r->out->places[r->out->count++] = place;
    return IAM_OK;
}

static iam_status too_many(const address_reader *r, const line_cursor *c)
{
    iamp_error_set(r->err, IAM_ELIMIT,
        "the list has too many blocks: the limit is %zu", r->most);
    iamp_error_place(r->err, r->source,
        (size_t)(c->line.ptr - r->source.ptr) + c->from, TEXT(""));
    return IAM_ELIMIT;
}

static iam_status read_lines(address_reader *r, text lines)
{
    line_cursor c = {.rest = lines};
    iam_status status = IAM_OK;
    size_t count = 0;

    while (next_line(&c))
        if (++count > r->most)
            return too_many(r, &c);
    if (!iamp_address_list_room(r, count))
        return iamp_error_nomem(r->err);
    c = (line_cursor){.rest = lines};
    while (status == IAM_OK && next_line(&c))
        status = read_line(r, &c);
    return status;
}

/* --- either --------------------------------------------------------------- */

bool iamp_address_list_room(address_reader *r, size_t count)
{
    r->out->blocks = ARENA_ARRAY(r->mem, ipblock, count);
    r->out->places = ARENA_ARRAY(r->mem, address_place, count);
    return r->out->blocks && r->out->places;
}

static iam_status bad_text(const address_reader *r)
{
    text rest = r->source;
    size_t end = iamp_text_find(rest, '\n');

    while (iamp_text_is_utf8(text_slice(rest, 0, end))) {
        rest = text_from(rest, end + 1);
        end = iamp_text_find(rest, '\n');
    }
    iamp_error_set(r->err, IAM_EINVAL, "this line is not UTF-8");
    iamp_error_place(
        r->err, r->source, (size_t)(rest.ptr - r->source.ptr), TEXT(""));
    return IAM_EINVAL;
}

/* A list of lines has no service to choose by. */
static iam_status read_plain(address_reader *r, text lines)
{
    if (!iamp_text_is_utf8(lines))
        return bad_text(r);
    if (r->filter.service_count + r->filter.region_count > 0)
        return iamp_error_set(r->err, IAM_EINVAL,
            "a list of one block a line has no services or regions to choose "
            "by");
    return read_lines(r, lines);
}

iam_status iamp_address_list_parse(address_list *out, text source,
    const iam_ip_filter *filter, const json_limits *limits, arena *mem,
    iam_error *err)
{
    static const text mark = {"\xef\xbb\xbf", 3}; /* of UTF-8, by Windows */
    address_reader r = {.out = out,
        .source = source,
        .most = limits->max_values,
        .mem = mem,
        .err = err};
    text rest = text_starts(source, mark) ? text_from(source, 3) : source;
    size_t at = 0;

    *out = (address_list){.count = 0};
    if (filter)
        r.filter = *filter;
    if (source.len > limits->max_text)
        return iamp_error_set(err, IAM_ELIMIT,
            "the text has too many bytes: the limit is %zu", limits->max_text);
    while (at < rest.len && (blank(rest.ptr[at]) || rest.ptr[at] == '\n'))
        at++;
    if (at < rest.len && (rest.ptr[at] == '{' || rest.ptr[at] == '['))
        return iamp_address_list_json(&r, limits);
    return read_plain(&r, rest);
}
