/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operation.c - expands one API call into the checks that AWS makes for it.
 *
 * Bedrock's own rules are in bedrock.c.  For all other operations the map of
 * api.h is all that is known.
 */
#include "reference/expansion.h"

static const char note_dependent[] =
    "further actions, such as iam:PassRole or tagging, are checked on "
    "resources of their own if the call asks for them; they are not decided "
    "here";
static const char note_several[] =
    "this operation is checked as several actions, which the call's content "
    "selects; all are decided, on the one resource given";

/* Most operations are in no table, since their action has their name (A6.10);
 * those that do not exist are not either. */
static const operation_note note_unlisted = {
    "the operation is not in the API map: it was taken to be checked as the "
    "action of its own name, on the one resource given",
    "A6.10", IAM_OPEN_RULE};

/* The start of a text that a message has room for. */
static int shown(text t)
{
    size_t len = t.len < 100 ? t.len : 100;

    while (len < t.len && len > 0 && ((unsigned char)t.ptr[len] & 0xc0) == 0x80)
        len--;
    return (int)len;
}

bool iamp_expansion_fail(expansion *e, text quoted, const char *what)
{
    e->status = iamp_error_set(e->err, IAM_EINVAL, "\"%.*s\" %s", shown(quoted),
        quoted.len ? quoted.ptr : "", what);
    return false;
}

static bool no_memory(expansion *e)
{
    e->status = iamp_error_nomem(e->err);
    return false;
}

static bool make_room(expansion *e)
{
    size_t room = e->room ? e->room * 2 : 8;
    operation_check *checks = ARENA_ARRAY(e->mem, operation_check, room);

    if (!checks)
        return no_memory(e);
    if (e->count)
        memcpy(checks, e->checks, e->count * sizeof(*checks));
    e->checks = checks;
    e->room = room;
    return true;
}

static text or_empty(text t)
{
    return t.ptr ? t : TEXT("");
}

bool iamp_expansion_add(expansion *e, operation_check check)
{
    if (e->status != IAM_OK || (e->count == e->room && !make_room(e)))
        return false;
    check.requested_region = or_empty(check.requested_region);
    check.inference_profile_arn = or_empty(check.inference_profile_arn);
    check.prompt_router_arn = or_empty(check.prompt_router_arn);
    check.called_via = or_empty(check.called_via);
    e->checks[e->count++] = check;
    return true;
}

void iamp_expansion_note(expansion *e, const char *note)
{
    if (!e->note.message)
        e->note = (operation_note){note, "G.3", IAM_WARNING};
}

bool iamp_expansion_join(
    expansion *e, const text *parts, size_t count, text *out)
{
    size_t len = 0;
    char *to;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > SIZE_MAX - len)
            return no_memory(e);
        len += parts[i].len;
    }
    to = ARENA_ARRAY(e->mem, char, len);
    if (!to)
        return no_memory(e);
    *out = (text){to, len};
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len)
            memcpy(to, parts[i].ptr, parts[i].len);
        to += parts[i].len;
    }
    return true;
}

/* service:Operation, of printable ASCII, without wildcards. */
static bool split(text whole, text *service, text *operation)
{
    size_t colon = iamp_text_find(whole, ':');

    for (size_t i = 0; i < whole.len; i++) {
        char c = whole.ptr[i];

        if (c <= ' ' || c > '~' || c == '*' || c == '?' ||
            (c == ':' && i != colon))
            return false;
    }
    if (colon == 0 || colon + 1 >= whole.len)
        return false;
    *service = text_slice(whole, 0, colon);
    *operation = text_from(whole, colon + 1);
    return true;
}

static void expand_listed(expansion *e, const api_actions *actions)
{
    text resource = e->call->resource.len ? e->call->resource : TEXT("*");

    for (size_t i = 0; i < actions->own_count; i++) {
        api_action action = iamp_api_action(actions, i);
        const text parts[] = {action.prefix, TEXT(":"), action.name};
        operation_check check = {.resource = resource};

        if (!iamp_expansion_join(e, parts, COUNT_OF(parts), &check.action) ||
            !iamp_expansion_add(e, check))
            return;
    }
    if (!actions->listed && !e->note.message)
        e->note = note_unlisted;
    if (actions->count > actions->own_count)
        iamp_expansion_note(e, note_dependent);
    else if (actions->own_count > 1)
        iamp_expansion_note(e, note_several);
}

static void expand(expansion *e)
{
    text service, operation;
    api_actions actions;
    bool known;

    if (!split(e->call->operation, &service, &operation)) {
        (void)iamp_expansion_fail(e, e->call->operation,
            "is not an operation, which is written service:Operation");
        return;
    }
    (void)iamp_api_find(service, operation, &actions);
    if (iamp_bedrock_expand(e, actions.prefix, operation, &known) && !known)
        expand_listed(e, &actions);
    if (e->call->bearer_token)
        (void)iamp_bedrock_add_token(e, actions.prefix);
}

iam_status iamp_operation_expand(const operation_call *call, arena *mem,
    const operation_check **checks, size_t *count, operation_note *note,
    iam_error *err)
{
    expansion e = {.call = call, .mem = mem, .err = err};

    *checks = NULL;
    *count = 0;
    *note = (operation_note){NULL, "", IAM_WARNING};
    expand(&e);
    if (e.status != IAM_OK)
        return e.status;
    *checks = e.checks;
    *count = e.count;
    *note = e.note;
    return IAM_OK;
}
