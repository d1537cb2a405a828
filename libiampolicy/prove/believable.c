/* SPDX-License-Identifier: Apache-2.0 */
/*
 * believable.c - texts that a reader of a counterexample believes.
 */
#include "prove/believable.h"

#include "prove/known.h"

/* --- ARN formats --------------------------------------------------------- */

/* What stands for a variable of an ARN format. */
static const struct {
    text name, value;
} fillings[] = {
    {{"Partition", 9}, {"aws", 3}},
    {{"Region", 6}, {"us-east-1", 9}},
    {{"BucketName", 10}, {"example-bucket", 14}},
    {{"ObjectName", 10}, {"example.txt", 11}},
    {{"InstanceId", 10}, {"i-0123456789abcdef0", 19}},
    {{"KeyId", 5}, {"1234abcd-12ab-34cd-56ef-1234567890ab", 36}},
};

static text filling_of(text name, text account)
{
    if (text_eq(name, TEXT("Account")))
        return account;
    for (size_t i = 0; i < COUNT_OF(fillings); i++)
        if (text_eq(fillings[i].name, name))
            return fillings[i].value;
    return TEXT("example");
}

static bool ends_with(text t, text end)
{
    return t.len >= end.len && text_eq(text_from(t, t.len - end.len), end);
}

/* A format with its ${Variables} filled. */
static bool fill_format(textbuf *buf, text format, text account)
{
    size_t at = 0;

    buf->len = 0;
    while (at < format.len) {
        text rest = text_from(format, at);
        size_t start = iamp_text_find(rest, '$');
        size_t end;

        iamp_textbuf_add(buf, text_slice(rest, 0, start));
        at += start;
        if (start == rest.len)
            break;
        rest = text_from(format, at);
        end = iamp_text_find(rest, '}');
        if (end == rest.len || end < 2)
            break;
        iamp_textbuf_add(
            buf, ends_with(textbuf_text(buf), TEXT(":foundation-model/"))
                     ? TEXT("anthropic.claude-3-5-sonnet-20241022-v2:0")
                     : filling_of(text_slice(rest, 2, end), account));
        at += end + 1;
    }
    return !buf->failed;
}

/* --- known actions ------------------------------------------------------- */

enum {
    MOST_TRIES = 512 /* known actions whose resources are tried */
};

static bool keep(text *out, text from, arena *mem)
{
    *out = iamp_text_copy(from, mem);
    return out->ptr != NULL;
}

static bool is_model(text format)
{
    const text mark = TEXT(":foundation-model/");

    for (size_t at = 0; at + mark.len <= format.len; at++)
        if (text_starts(text_from(format, at), mark))
            return true;
    return false;
}

/* A resource of one of the action's types that the slot accepts.  False
 * without memory. */
static bool known_resource(believable *b, const catalog_action *a, textbuf *buf,
    bool *found, arena *mem)
{
    *found = false;
    for (size_t round = 0; round < 2 && !*found; round++)
        for (uint32_t i = 0; i < a->type_count && !*found; i++) {
            text format = iamp_catalog_action_type(a, i).arn;

            if ((round == 0) != is_model(format))
                continue; /* models first: they are what it is about */
            if (!fill_format(buf, format, b->account))
                return false;
            *found =
                iamp_slot_accepts(b->s, b->resource_slot, textbuf_text(buf));
        }
    if (*found)
        return keep(&b->resource, textbuf_text(buf), mem);
    *found = a->type_count == 0 &&
             iamp_slot_accepts(b->s, b->resource_slot, TEXT("*"));
    return !*found || keep(&b->resource, TEXT("*"), mem);
}

/* The wanted pattern that says most of the action; NULL if none is. */
static const word_pattern *narrowest(const believable *b)
{
    const slot_model *m = &b->s->slots[b->action_slot].model;
    const word_pattern *best = NULL;

    for (uint32_t i = 0; i < m->with_count; i++) {
        const word_pattern *p = b->s->lexis->patterns[m->items[i]];

        if (!best || p->letters > best->letters)
            best = p;
    }
    return best;
}

static bool open_walk(believable *b, catalog_cursor *cursor, arena *mem)
{
    const slot_data *sl = &b->s->slots[b->action_slot];
    const word_pattern *p = narrowest(b);
    size_t colon;

    if (sl->constant) {
        colon = iamp_text_find(sl->value, ':');
        iamp_catalog_open(cursor, b->known, text_slice(sl->value, 0, colon),
            text_from(sl->value, colon + (colon < sl->value.len)));
        return true;
    }
    if (p)
        return iamp_known_open(cursor, b->known, p, mem);
    iamp_catalog_open(cursor, b->known, TEXT("*"), TEXT("*"));
    return true;
}

/* Actions that every reader knows, tried before the others. */
static const struct {
    text prefix, name;
} familiar[] = {
    {{"bedrock", 7}, {"InvokeModel", 11}},
    {{"bedrock", 7}, {"InvokeModelWithResponseStream", 29}},
    {{"s3", 2}, {"GetObject", 9}},
    {{"s3", 2}, {"PutObject", 9}},
    {{"s3", 2}, {"ListBucket", 10}},
    {{"ec2", 3}, {"RunInstances", 12}},
    {{"lambda", 6}, {"InvokeFunction", 14}},
    {{"dynamodb", 8}, {"GetItem", 7}},
    {{"sqs", 3}, {"SendMessage", 11}},
    {{"kms", 3}, {"Decrypt", 7}},
    {{"sts", 3}, {"AssumeRole", 10}},
};

/* One action with a resource of its own.  False without memory. */
static bool try_action(believable *b, const catalog_action *a, textbuf *buf,
    bool *found, arena *mem)
{
    const slot_data *sl = &b->s->slots[b->action_slot];

    *found = false;
    b->action = iamp_known_text(a, mem);
    if (!b->action.ptr)
        return false;
    if (sl->constant ? !iamp_text_eq_fold(sl->value, b->action)
                     : !iamp_slot_accepts(b->s, b->action_slot, b->action))
        return true;
    if (!known_resource(b, a, buf, found, mem))
        return false;
    if (*found)
        b->level = IAM_KNOWN_ACTION;
    return true;
}

/* The letter case of the known action is kept: the slot does not mind. */
static bool known_target(believable *b, textbuf *buf, bool *found, arena *mem)
{
    catalog_cursor cursor;
    catalog_action a;

    *found = false;
    for (size_t i = 0; i < COUNT_OF(familiar) && !*found; i++)
        if (iamp_catalog_find(
                b->known, familiar[i].prefix, familiar[i].name, &a) &&
            !try_action(b, &a, buf, found, mem))
            return false;
    if (*found || !open_walk(b, &cursor, mem))
        return *found;
    for (size_t tries = 0;
         tries < MOST_TRIES && !*found && iamp_catalog_next(&cursor, &a);
         tries++)
        if (!try_action(b, &a, buf, found, mem))
            return false;
    return true;
}

/* --- filled patterns ----------------------------------------------------- */

/* What a run in a field of an ARN could be. */
static text field_filling(size_t colons, text account)
{
    switch (colons) {
    case 1:
        return TEXT("aws");
    case 2:
        return TEXT("example");
    case 3:
        return TEXT("us-east-1");
    case 4:
        return account;
    default:
        return TEXT("example");
    }
}

static void add_letter(textbuf *buf, uint32_t letter, arena *mem)
{
    text t = iamp_word_text(&letter, 1, 'x', mem);

    if (t.ptr)
        iamp_textbuf_add(buf, t);
    else
        buf->failed = true;
}

/* A pattern with its wildcards filled by what their field usually holds. */
static bool fill_pattern(
    textbuf *buf, const word_pattern *p, text account, bool empty, arena *mem)
{
    size_t colons = 0;

    buf->len = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const word_token *token = &p->tokens[i];

        switch ((word_token_type)token->type) {
        case WORD_LETTER:
            colons += token->letter == ':';
            add_letter(buf, token->letter, mem);
            break;
        case WORD_ONE:
            iamp_textbuf_add_c(buf, token->class == CLASS_DIGIT ? '0' : 'x');
            break;
        case WORD_RUN:
            if (!empty)
                iamp_textbuf_add(buf, field_filling(colons, account));
            break;
        }
    }
    return !buf->failed;
}

static bool filled_resource(
    believable *b, textbuf *buf, bool *found, arena *mem)
{
    const slot_model *m = &b->s->slots[b->resource_slot].model;

    *found = false;
    for (uint32_t i = 0; i < m->with_count; i++)
        for (size_t empty = 0; empty < 2; empty++) {
            if (!fill_pattern(buf, b->s->lexis->patterns[m->items[i]],
                    b->account, empty, mem))
                return false;
            if (!iamp_slot_accepts(b->s, b->resource_slot, textbuf_text(buf)))
                continue;
            *found = true;
            return keep(&b->resource, textbuf_text(buf), mem);
        }
    return true;
}

static bool looks_like_arn(text t)
{
    text part[6];

    return text_eq(t, TEXT("*")) || (iamp_arn_parts(t, part) && part[1].len &&
                                        part[2].len && part[5].len);
}

/* The account that a pattern of an ARN spells; false if it spells none. */
static bool spelled_account(const word_pattern *p, char out[12])
{
    size_t colons = 0, digits = 0;

    for (uint32_t i = 0; i < p->count && colons < 5; i++) {
        const word_token *token = &p->tokens[i];

        if (token->type == WORD_LETTER && token->letter == ':') {
            colons++;
        } else if (colons == 4) {
            if (digits == 12 || token->type != WORD_LETTER ||
                token->letter < '0' || token->letter > '9')
                return false;
            out[digits++] = (char)token->letter;
        }
    }
    return colons == 5 && digits == 12;
}

/* The account that the resource is wanted to be of, if some pattern says. */
static bool find_account(believable *b, arena *mem)
{
    const slot_model *m = &b->s->slots[b->resource_slot].model;
    char digits[12];

    for (uint32_t i = 0; i < m->with_count; i++)
        if (spelled_account(b->s->lexis->patterns[m->items[i]], digits))
            return keep(&b->account, (text){digits, sizeof(digits)}, mem);
    return true;
}

static bool make_target(believable *b, textbuf *buf, arena *mem)
{
    bool found;

    if (!find_account(b, mem))
        return false;
    if (!known_target(b, buf, &found, mem) || found)
        return found;
    b->action = iamp_slot_text(b->s, b->action_slot, NULL, 0, mem);
    if (!b->action.ptr || !filled_resource(b, buf, &found, mem))
        return false;
    if (!found)
        b->resource = iamp_slot_text(b->s, b->resource_slot, NULL, 0, mem);
    if (!b->resource.ptr)
        return false;
    b->level = looks_like_arn(b->resource) ? IAM_WELL_FORMED : IAM_ANY_STRINGS;
    return true;
}

bool iamp_believable_target(believable *b, arena *mem)
{
    textbuf buf;
    bool made;

    iamp_textbuf_init(&buf, mem->from);
    made = make_target(b, &buf, mem);
    iamp_textbuf_release(&buf);
    return made;
}

/* --- values -------------------------------------------------------------- */

text iamp_believable_value(const key_ref *key, text account)
{
    switch (key->id) {
    case KEY_AWS_VIAAWSSERVICE:
        return TEXT("false");
    case KEY_AWS_SECURETRANSPORT:
        return TEXT("true");
    case KEY_AWS_REQUESTEDREGION:
        return TEXT("us-east-1");
    case KEY_AWS_SOURCEVPC:
        return TEXT("vpc-0123456789abcdef0");
    case KEY_AWS_SOURCEVPCE:
        return TEXT("vpce-0123456789abcdef0");
    case KEY_AWS_VPCSOURCEIP:
        return TEXT("10.0.0.1");
    case KEY_AWS_PRINCIPALORGID:
    case KEY_AWS_RESOURCEORGID:
        return TEXT("o-exampleorg");
    case KEY_AWS_USERID:
        return TEXT("AIDAEXAMPLE0000000000");
    case KEY_AWS_RESOURCEACCOUNT:
    case KEY_AWS_SOURCEACCOUNT:
        return account;
    case KEY_AWS_CURRENTTIME:
        return TEXT("2026-01-01T00:00:00Z");
    case KEY_AWS_EPOCHTIME:
        return TEXT("1767225600");
    case KEY_AWS_MULTIFACTORAUTHAGE:
        return TEXT("60");
    default:
        break;
    }
    switch (iamp_key_fact((key_id)key->id)->type) {
    case KEY_TYPE_IP:
        return TEXT("45.0.0.1");
    case KEY_TYPE_BOOL:
        return TEXT("true");
    case KEY_TYPE_NUMERIC:
        return TEXT("1");
    case KEY_TYPE_DATE:
        return TEXT("2026-01-01T00:00:00Z");
    case KEY_TYPE_ARN:
        return TEXT("arn:aws:service:us-east-1:123456789012:example");
    case KEY_TYPE_STRING:
    case KEY_TYPE_UNKNOWN:
        break;
    }
    return (text){NULL, 0};
}
