/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_explain.c - why a text is not JSON, in our words and with its place.
 *
 * Runs only once jansson has refused the text (or a limit was passed): a
 * reader of tokens that knows what may stand next, and stops at the first
 * thing that may not.  Open containers stand in a row; nothing recurses.
 */
#include "document/json_parts.h"

/* What may stand next. */
typedef enum expected {
    A_VALUE,
    A_VALUE_OR_CLOSE, /* behind [ */
    A_KEY,
    A_KEY_OR_CLOSE, /* behind { */
    A_COLON,
    A_COMMA_OR_CLOSE,
    THE_END
} expected;

typedef struct open_container {
    size_t key;   /* offset of the member's key */
    size_t index; /* of the element */
    bool object;
    bool inside; /* a member or element is begun and not over */
} open_container;

typedef struct reader {
    text source;
    size_t at;
    size_t token; /* offset of the newest token */
    open_container *open;
    size_t depth, room;
    expected next;
    iam_error *err; /* may be NULL */
    bool fault;
} reader;

/* Returns false, for the callers' convenience. */
static bool fault_at(reader *r, size_t at, const char *message)
{
    r->fault = true;
    r->at = at;
    iamp_error_set(r->err, IAM_EJSON, "%s", message);
    return false;
}

/* --- tokens --------------------------------------------------------------- */

static bool word_char(char c)
{
    unsigned char lower = ascii_lower(c);

    return ascii_digit(c) || (lower >= 'a' && lower <= 'z') ||
           (lower != '\0' && memchr("_+-.$", lower, 5) != NULL);
}

static size_t word_end(text source, size_t at)
{
    while (at < source.len && word_char(source.ptr[at]))
        at++;
    return at;
}

/* Bytes of the character at `at`, or 0 if they are not UTF-8. */
static size_t character_length(text source, size_t at)
{
    for (size_t len = 1; len <= 4 && len <= source.len - at; len++)
        if (iamp_text_is_utf8(text_slice(source, at, at + len)))
            return len;
    return 0;
}

/* What stands at `at`, for a message. */
static const char *found_there(
    text source, size_t at, char out[JSON_QUOTED + 2])
{
    size_t end = word_end(source, at);
    char quoted[JSON_QUOTED];
    size_t len;

    if (at >= source.len)
        return "the end of the text";
    if (text_starts(text_from(source, at), TEXT("//")) ||
        text_starts(text_from(source, at), TEXT("/*")))
        return "a comment, which JSON does not have";
    if (end == at)
        end = at + character_length(source, at);
    if (end == at)
        return "a byte that is not UTF-8";
    if (source.ptr[at] == '"')
        return "a string";
    if ((unsigned char)source.ptr[at] < 0x20 || source.ptr[at] == 0x7f)
        return "a control character";
    iamp_json_quote(text_slice(source, at, end), quoted);
    len = strlen(quoted);
    out[0] = '"';
    memcpy(out + 1, quoted, len);
    memcpy(out + 1 + len, "\"", 2);
    return out;
}

static bool unexpected(reader *r)
{
    static const char *const wanted[] = {
        [A_VALUE] = "a value",
        [A_VALUE_OR_CLOSE] = "a value or \"]\"",
        [A_KEY] = "a member's name in double quotes",
        [A_KEY_OR_CLOSE] = "a member's name in double quotes or \"}\"",
        [A_COLON] = "\":\" behind a member's name",
        [A_COMMA_OR_CLOSE] = "",
        [THE_END] = "the end of the text behind its one value",
    };
    char quoted[JSON_QUOTED + 2];
    const char *what = wanted[r->next];

    if (r->next == A_COMMA_OR_CLOSE)
        what =
            r->open[r->depth - 1].object ? "\",\" or \"}\"" : "\",\" or \"]\"";
    r->fault = true;
    iamp_error_set(r->err, IAM_EJSON, "expected %s, found %s", what,
        found_there(r->source, r->at, quoted));
    return false;
}

static bool hex4_at(text source, size_t at, unsigned *out)
{
    *out = 0;
    for (size_t i = at; i < at + 4; i++) {
        unsigned char c = i < source.len ? ascii_lower(source.ptr[i]) : 'x';
        bool letter = c >= 'a' && c <= 'f';

        if (!letter && !ascii_digit((char)c))
            return false;
        *out = *out * 16 + (letter ? c - 'a' + 10u : c - '0' + 0u);
    }
    return true;
}

/* A pair of surrogates is one escape. */
static bool read_unicode(reader *r)
{
    unsigned high, low;
    size_t at = r->at;

    if (!hex4_at(r->source, at + 2, &high))
        return fault_at(
            r, at, "\"\\u\" must be followed by four hexadecimal digits");
    r->at += 6;
    if (high < 0xd800 || high > 0xdfff)
        return true;
    if (high > 0xdbff || r->source.len - r->at < 2 ||
        r->source.ptr[r->at] != '\\' || r->source.ptr[r->at + 1] != 'u' ||
        !hex4_at(r->source, r->at + 2, &low) || low < 0xdc00 || low > 0xdfff)
        return fault_at(r, at,
            "an escape is half of a surrogate pair, and the other half is "
            "missing");
    r->at += 6;
    return true;
}

static bool read_escape(reader *r)
{
    char c = r->source.len - r->at > 1 ? r->source.ptr[r->at + 1] : '\0';

    if (c == 'u')
        return read_unicode(r);
    if (c == '\0' || !memchr("\"\\/bfnrt", c, 8))
        return fault_at(r, r->at,
            "a backslash in a string must begin an escape such as \"\\n\" or "
            "\"\\\\\"");
    r->at += 2;
    return true;
}

static bool read_string(reader *r)
{
    size_t start = r->at++;

    while (r->at < r->source.len) {
        unsigned char c = (unsigned char)r->source.ptr[r->at];
        size_t len;

        if (c == '"') {
            r->at++;
            return true;
        }
        if (c == '\n' || c == '\r')
            return fault_at(r, r->at,
                "a string must end on the line where it begins: its closing "
                "quote is missing");
        if (c < 0x20)
            return fault_at(
                r, r->at, "a control character in a string must be escaped");
        if (c == '\\') {
            if (!read_escape(r))
                return false;
            continue;
        }
        len = c < 0x80 ? 1 : character_length(r->source, r->at);
        if (len == 0)
            return fault_at(r, r->at, "the text is not UTF-8 here");
        r->at += len;
    }
    return fault_at(r, start, "a string is not closed");
}

static bool is_word(text t)
{
    return text_eq(t, TEXT("true")) || text_eq(t, TEXT("false")) ||
           text_eq(t, TEXT("null"));
}

static size_t skip_digits(text t, size_t at)
{
    while (at < t.len && ascii_digit(t.ptr[at]))
        at++;
    return at;
}

static bool is_number(text t)
{
    size_t at = t.len && t.ptr[0] == '-';
    size_t whole = at;
    size_t digits;

    at = skip_digits(t, at);
    if (at == whole || (at - whole > 1 && t.ptr[whole] == '0'))
        return false;
    if (at < t.len && t.ptr[at] == '.') {
        digits = ++at;
        at = skip_digits(t, at);
        if (at == digits)
            return false;
    }
    if (at < t.len && ascii_lower(t.ptr[at]) == 'e') {
        at++;
        at += at < t.len && (t.ptr[at] == '+' || t.ptr[at] == '-');
        digits = at;
        at = skip_digits(t, at);
        if (at == digits)
            return false;
    }
    return at == t.len;
}

static bool read_word(reader *r)
{
    size_t end = word_end(r->source, r->at);
    text word = text_slice(r->source, r->at, end);
    char quoted[JSON_QUOTED];

    if (word.len == 0)
        return unexpected(r);
    if (is_word(word) || is_number(word)) {
        r->at = end;
        return true;
    }
    iamp_json_quote(word, quoted);
    r->fault = true;
    if (ascii_digit(word.ptr[0]) || word.ptr[0] == '-')
        iamp_error_set(
            r->err, IAM_EJSON, "\"%s\" is not a number of JSON", quoted);
    else
        iamp_error_set(r->err, IAM_EJSON,
            "expected a value, found \"%s\": a string stands in double quotes, "
            "and the words are true, false and null",
            quoted);
    return false;
}

/* --- what stands where ---------------------------------------------------- */

static void value_over(reader *r)
{
    r->next = r->depth ? A_COMMA_OR_CLOSE : THE_END;
    if (r->depth)
        r->open[r->depth - 1].inside = false;
}

static bool open_one(reader *r, bool object)
{
    if (r->depth == r->room)
        return false;
    r->open[r->depth++] = (open_container){.object = object};
    r->next = object ? A_KEY_OR_CLOSE : A_VALUE_OR_CLOSE;
    r->at++;
    return true;
}

static bool read_value(reader *r)
{
    char c = r->source.ptr[r->at];

    if (r->depth)
        r->open[r->depth - 1].inside = true;
    if (c == '{' || c == '[')
        return open_one(r, c == '{');
    if (!(c == '"' ? read_string(r) : read_word(r)))
        return false;
    value_over(r);
    return true;
}

static bool read_key(reader *r)
{
    size_t start = r->at;

    if (r->source.ptr[start] != '"')
        return unexpected(r);
    if (!read_string(r))
        return false;
    r->open[r->depth - 1].key = start;
    r->open[r->depth - 1].inside = true;
    r->next = A_COLON;
    return true;
}

static bool read_comma(reader *r)
{
    open_container *in = &r->open[r->depth - 1];

    r->at++;
    in->index++;
    r->next = in->object ? A_KEY : A_VALUE;
    return true;
}

static bool close_one(reader *r)
{
    r->at++;
    r->depth--;
    value_over(r);
    return true;
}

static bool read_token(reader *r)
{
    char c;

    while (r->at < r->source.len && json_space(r->source.ptr[r->at]))
        r->at++;
    r->token = r->at;
    if (r->at == r->source.len)
        return r->next == THE_END ? false : unexpected(r);
    c = r->source.ptr[r->at];
    switch (r->next) {
    case A_VALUE_OR_CLOSE:
        return c == ']' ? close_one(r) : read_value(r);
    case A_VALUE:
        return read_value(r);
    case A_KEY_OR_CLOSE:
        return c == '}' ? close_one(r) : read_key(r);
    case A_KEY:
        return read_key(r);
    case A_COLON:
        r->at += c == ':';
        r->next = c == ':' ? A_VALUE : A_COLON;
        return c == ':' || unexpected(r);
    case A_COMMA_OR_CLOSE:
        if (c == ',')
            return read_comma(r);
        if (c == (r->open[r->depth - 1].object ? '}' : ']'))
            return close_one(r);
        return unexpected(r);
    case THE_END:
        break;
    }
    return unexpected(r);
}

/* --- jansson's own refusals ----------------------------------------------- */

/* What is right by our reader's rules: read on up to where jansson stopped. */
static bool only_jansson_sees(enum json_error_code code)
{
    return code == json_error_duplicate_key ||
           code == json_error_null_byte_in_key ||
           code == json_error_numeric_overflow;
}

/* A text without fault for which jansson names no reason of its own: it ran
 * out of memory, which it does not always say. */
static iam_status say_refusal(reader *r, enum json_error_code code)
{
    size_t end = iamp_json_skip_string(r->source, r->token);
    char quoted[JSON_QUOTED];

    if (r->depth)
        r->open[r->depth - 1].inside = true;
    if (code == json_error_duplicate_key)
        return iamp_error_set(r->err, IAM_EJSON,
            "the member \"%s\" stands twice in one object",
            iamp_json_quote(end - r->token > 1
                                ? text_slice(r->source, r->token + 1, end - 1)
                                : TEXT(""),
                quoted));
    if (code == json_error_null_byte_in_key)
        return iamp_error_set(
            r->err, IAM_EJSON, "a member's name holds U+0000");
    if (code == json_error_numeric_overflow)
        return iamp_error_set(r->err, IAM_EJSON,
            "a number is too large: its exponent or its digits are too many");
    return iamp_error_nomem(r->err);
}

/* --- the place ------------------------------------------------------------ */

static void add_key(reader *r, size_t at, textbuf *buf, arena *mem)
{
    size_t end = iamp_json_skip_string(r->source, at);
    text key = iamp_json_unescape(text_slice(r->source, at + 1, end - 1), mem);

    for (size_t i = 0; key.ptr && i < key.len; i++) {
        if (key.ptr[i] == '~')
            textbuf_add_lit(buf, "~0");
        else if (key.ptr[i] == '/')
            textbuf_add_lit(buf, "~1");
        else
            iamp_textbuf_add_c(buf, key.ptr[i]);
    }
}

static void set_place(reader *r, size_t at, arena *mem)
{
    textbuf where;

    iamp_textbuf_init(&where, mem->from);
    for (size_t i = 0; i < r->depth && r->open[i].inside; i++) {
        iamp_textbuf_add_c(&where, '/');
        if (r->open[i].object)
            add_key(r, r->open[i].key, &where, mem);
        else
            iamp_textbuf_add_number(&where, r->open[i].index);
    }
    iamp_error_place(r->err, r->source, at, textbuf_text(&where));
    iamp_textbuf_release(&where);
}

iam_status iamp_json_explain(iam_status status, text source, size_t offset,
    size_t depth, const json_error_t *refusal, const iam_allocator *from,
    iam_error *err)
{
    reader r = {.source = source, .room = depth + 1, .err = err};
    iam_error limit = {0};
    size_t stop = offset;
    arena mem;

    if (err)
        limit = *err;
    if (refusal && only_jansson_sees(json_error_code(refusal)))
        stop = (size_t)refusal->position;
    iamp_arena_init(&mem, from);
    r.open = ARENA_ARRAY(&mem, open_container, r.room);
    if (!r.open) {
        iamp_arena_release(&mem);
        return iamp_error_nomem(err);
    }
    while ((r.at < stop || stop == source.len) && read_token(&r))
        ;
    if (!refusal && err)
        *err = limit;
    else if (refusal && !r.fault)
        status = say_refusal(&r, json_error_code(refusal));
    if (status != IAM_ENOMEM)
        set_place(&r, refusal ? (r.fault ? r.at : r.token) : offset, &mem);
    iamp_arena_release(&mem);
    return status;
}
