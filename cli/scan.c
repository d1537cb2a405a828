/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c - a look at JSON text before the library reads it.
 *
 * The command has to know one thing in advance: whether a text is a scenario
 * or a bare request, and which kind of policy it most likely is.  Both follow
 * from the names of outer members, which one walk over the text finds; what is
 * not JSON is the library's to refuse.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* Where a walk stands.  `objects` counts the braces only: a statement is at
 * level 2 whether "Statement" is a list or not. */
typedef struct walk {
    const char *at, *end;
    size_t objects, arrays;
    bool broken;
} walk;

typedef struct json_member {
    const char *name; /* as written, between its quotes */
    size_t len;
    size_t level; /* 1: of the outermost object */
} json_member;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blank(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* `at` stands on the opening quote; gives the closing one, or NULL. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/* A name is a string with a colon behind it. */
static bool walk_string(walk *w, json_member *out)
{
    const char *closing = string_end(w->at, w->end);
    const char *behind;

    if (!closing) {
        w->broken = true;
        w->at = w->end;
        return false;
    }
    *out = (json_member){w->at + 1, (size_t)(closing - w->at - 1), w->objects};
    behind = skip_blank(closing + 1, w->end);
    w->at = closing + 1;
    return behind < w->end && *behind == ':';
}

static void walk_bracket(walk *w)
{
    size_t *depth = *w->at == '{' || *w->at == '}' ? &w->objects : &w->arrays;

    if (*w->at == '{' || *w->at == '[')
        ++*depth;
    else if (*depth == 0)
        w->broken = true;
    else
        --*depth;
    w->at++;
}

/* The next member's name; false at the end of the text. */
static bool walk_next(walk *w, json_member *out)
{
    while (w->at < w->end && !w->broken) {
        switch (*w->at) {
        case '"':
            if (walk_string(w, out))
                return true;
            break;
        case '{':
        case '}':
        case '[':
        case ']':
            walk_bracket(w);
            break;
        default:
            w->at++;
        }
    }
    return false;
}

static bool member_is(const json_member *member, const char *name)
{
    return member->len == strlen(name) &&
           memcmp(member->name, name, member->len) == 0;
}

cli_shape json_shape(const char *text, size_t len)
{
    walk w = {.at = skip_blank(text, text + len), .end = text + len};
    bool is_object = w.at < w.end && *w.at == '{';
    bool is_empty = w.at == w.end;
    cli_shape found = is_object ? SHAPE_OBJECT : SHAPE_OTHER;
    json_member member;

    while (walk_next(&w, &member)) {
        if (is_object && member.level == 1 && w.arrays == 0 &&
            (member_is(&member, "requests") || member_is(&member, "policies")))
            found = SHAPE_SCENARIO;
    }
    return is_empty || w.broken || w.objects || w.arrays ? SHAPE_BROKEN : found;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* As IAM sends documents: %7B%22Version... */
static char *percent_decoded(const char *text, size_t len, size_t *out_len)
{
    char *out = malloc(len + 1);

    *out_len = 0;
    for (size_t i = 0; out && i < len; i++) {
        bool coded = text[i] == '%' && len - i > 2 && hex(text[i + 1]) >= 0 &&
                     hex(text[i + 2]) >= 0;

        out[*out_len] = text[i];
        if (coded) {
            unsigned byte =
                (unsigned)hex(text[i + 1]) * 16 + (unsigned)hex(text[i + 2]);

            out[*out_len] = (char)(unsigned char)byte;
            i += 2;
        }
        ++*out_len;
    }
    return out;
}

static iam_policy_kind kind_by_members(const char *text, size_t len)
{
    walk w = {.at = text, .end = text + len};
    bool in_statement = false, principal = false, resource = false;
    json_member member;

    while (walk_next(&w, &member)) {
        if (member.level == 1)
            in_statement = member_is(&member, "Statement");
        if (member.level != 2 || !in_statement)
            continue;
        principal |= member_is(&member, "Principal") ||
                     member_is(&member, "NotPrincipal");
        resource |=
            member_is(&member, "Resource") || member_is(&member, "NotResource");
    }
    if (!principal)
        return IAM_IDENTITY_POLICY;
    return resource ? IAM_RESOURCE_POLICY : IAM_TRUST_POLICY;
}

iam_policy_kind guess_kind(const char *text, size_t len)
{
    const char *at = skip_blank(text, text + len);
    iam_policy_kind kind = IAM_IDENTITY_POLICY;
    size_t decoded_len;
    char *decoded;

    if (at == text + len || *at != '%')
        return kind_by_members(text, len);
    decoded = percent_decoded(text, len, &decoded_len);
    if (decoded)
        kind = kind_by_members(decoded, decoded_len);
    free(decoded);
    return kind;
}
