/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapes.c - what a hostile author writes, n times.
 */
#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text that grows ----------------------------------------------------- */

void buffer_add(buffer *b, const char *text, size_t len)
{
    if (b->room - b->len <= len) {
        size_t room = (b->room + len) * 2 + 64;
        char *ptr = realloc(b->ptr, room);

        if (!ptr) {
            perror("realloc");
            exit(EXIT_FAILURE);
        }
        b->ptr = ptr;
        b->room = room;
    }
    memcpy(b->ptr + b->len, text, len);
    b->len += len;
    b->ptr[b->len] = 0;
}

void buffer_text(buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void buffer_number(buffer *b, size_t n)
{
    char digits[32];

    buffer_add(b, digits, (size_t)snprintf(digits, sizeof(digits), "%zu", n));
}

void buffer_repeat(buffer *b, const char *text, size_t times)
{
    size_t len = strlen(text);

    while (times-- > 0)
        buffer_add(b, text, len);
}

void buffer_free(buffer *b)
{
    free(b->ptr);
    *b = (buffer){0};
}

/* A list of n strings: each `before`, a number, `after`. */
static void numbered(buffer *b, size_t n, const char *before, const char *after)
{
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, i ? ",\"" : "\"");
        buffer_text(b, before);
        buffer_number(b, i);
        buffer_text(b, after);
        buffer_text(b, "\"");
    }
}

#define ALLOW_READ \
    "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\""
#define OPEN  "{\"Version\":\"2012-10-17\",\"Statement\":"
#define WHEN  OPEN ALLOW_READ ",\"Condition\":"
#define CLOSE "}}"

/* ---- Size ---------------------------------------------------------------- */

static void long_text(buffer *b, size_t n)
{
    buffer_text(b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
                        "\"arn:aws:s3:::");
    buffer_repeat(b, "x", n);
    buffer_text(b, "\"" CLOSE);
}

static void white_space(buffer *b, size_t n)
{
    buffer_text(b, OPEN ALLOW_READ);
    buffer_repeat(b, "\n", n);
    buffer_text(b, CLOSE);
}

static void escapes(buffer *b, size_t n)
{
    buffer_text(b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
                        "\"arn:aws:s3:::");
    buffer_repeat(b, "\\u00e9", n);
    buffer_text(b, "\"" CLOSE);
}

static void percent(buffer *b, size_t n)
{
    buffer_text(b,
        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A"
        "%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22");
    buffer_repeat(b, "%20", n);
    buffer_text(b, "%7D%7D");
}

static void brackets(buffer *b, size_t n)
{
    buffer_text(b, WHEN);
    buffer_repeat(b, "[", n);
    buffer_repeat(b, "]", n);
    buffer_text(b, CLOSE);
}

static void open_objects(buffer *b, size_t n)
{
    buffer_repeat(b, "{\"Statement\":", n);
}

/* ---- Many of one thing --------------------------------------------------- */

static void statements(buffer *b, size_t n)
{
    buffer_text(b, OPEN "[");
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, "{\"Sid\":\"S");
        buffer_number(b, i);
        buffer_text(b, "\",\"Effect\":\"Allow\",\"Action\":\"s3:Get");
        buffer_number(b, i);
        buffer_text(b, "\",\"Resource\":\"*\"},");
    }
    buffer_text(b,
        "{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":"
        "\"*\"}]}");
}

/* Each of them matches, and each has the same Sid. */
static void matching(buffer *b, size_t n)
{
    buffer_text(b, OPEN "[");
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, i ? "," : "");
        buffer_text(b,
            "{\"Sid\":\"S\",\"Effect\":\"Allow\",\"Action\":\"s3:*\","
            "\"Resource\":\"arn:aws:s3:::*\"}");
    }
    buffer_text(b, "]}");
}

/* Each of them nearly matches. */
static void missing(buffer *b, size_t n)
{
    buffer_text(b, OPEN "[");
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, i ? "," : "");
        buffer_text(b, ALLOW_READ ",\"Condition\":{\"Bool\":{\"x:k");
        buffer_number(b, i);
        buffer_text(b, "\":\"true\"}}}");
    }
    buffer_text(b, "]}");
}

static void actions(buffer *b, size_t n)
{
    buffer_text(
        b, OPEN "{\"Effect\":\"Allow\",\"Resource\":\"*\",\"Action\":[");
    numbered(b, n, "s3:Get*", "");
    buffer_text(b, ",\"s3:GetObject\"]" CLOSE);
}

static void resources(buffer *b, size_t n)
{
    buffer_text(
        b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[");
    numbered(b, n, "arn:aws:s3:::*b", "");
    buffer_text(b, ",\"arn:aws:s3:::bucket/*\"]" CLOSE);
}

static void principals(buffer *b, size_t n)
{
    buffer_text(b, OPEN ALLOW_READ ",\"Principal\":{\"AWS\":[");
    numbered(b, n, "arn:aws:iam::111122223333:user/u", "");
    buffer_text(b, ",\"arn:aws:iam::111122223333:user/ann\"]}" CLOSE);
}

static void strings(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"StringEquals\":{\"x:name\":[");
    numbered(b, n, "v", "");
    buffer_text(b, ",\"needle\"]}}" CLOSE);
}

static void patterns(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"StringLike\":{\"x:name\":[");
    numbered(b, n, "*v", "*");
    buffer_text(b, "]}}" CLOSE);
}

/* Distinct blocks of 10.0.0.0/7 that do not merge, and the one asked for. */
static void blocks(buffer *b, size_t n)
{
    char text[40];

    buffer_text(b, WHEN "{\"IpAddress\":{\"aws:SourceIp\":[");
    for (size_t i = 0; i < n; i++) {
        size_t a = i * 2;

        snprintf(text, sizeof(text), "\"%zu.%zu.%zu.%zu/32\",",
            10 + (a >> 24) % 2, (a >> 16) & 255, (a >> 8) & 255, a & 255);
        buffer_text(b, text);
    }
    buffer_text(b, "\"192.0.2.0/24\"]}}" CLOSE);
}

static void keys(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"StringEquals\":{");
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, i ? ",\"x:k" : "\"x:k");
        buffer_number(b, i);
        buffer_text(b, "\":\"v\"");
    }
    buffer_text(b, "}}" CLOSE);
}

static void unknown_members(buffer *b, size_t n)
{
    buffer_text(b, OPEN ALLOW_READ);
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, ",\"m");
        buffer_number(b, i);
        buffer_text(b, "\":0");
    }
    buffer_text(b, CLOSE);
}

static void same_members(buffer *b, size_t n)
{
    buffer_text(b, OPEN ALLOW_READ);
    buffer_repeat(b, ",\"Resource\":\"*\"", n);
    buffer_text(b, CLOSE);
}

/* ---- Patterns and variables ---------------------------------------------- */

#define NEAR_MISS_TEXT 4096

static void stars(buffer *b, size_t n)
{
    buffer_text(b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
                        "\"arn:aws:s3:::");
    buffer_repeat(b, "a*", n);
    buffer_text(b, "b\"" CLOSE);
}

static void like_stars(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"StringLike\":{\"x:name\":\"");
    buffer_repeat(b, "*a?", n);
    buffer_text(b, "b\"}}" CLOSE);
}

static void arn_stars(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"ArnLike\":{\"x:arn\":\"arn:aws:s3:::");
    buffer_repeat(b, "*a", n);
    buffer_text(b, "b\"}}" CLOSE);
}

static void variables(buffer *b, size_t n)
{
    buffer_text(b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
                        "\"arn:aws:s3:::");
    for (size_t i = 0; i < n; i++) {
        buffer_text(b, "${x:k");
        buffer_number(b, i);
        buffer_text(b, "}");
    }
    buffer_text(b, "\"" CLOSE);
}

static void open_variables(buffer *b, size_t n)
{
    buffer_text(b, OPEN "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":"
                        "\"arn:aws:s3:::");
    buffer_repeat(b, "${", n);
    buffer_text(b, "\"" CLOSE);
}

static void digits(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"NumericLessThan\":{\"x:number\":\"");
    buffer_repeat(b, "9", n);
    buffer_text(b, "\"}}" CLOSE);
}

static void all_values(buffer *b, size_t n)
{
    buffer_text(b, WHEN "{\"ForAllValues:StringEquals\":{\"x:name\":[");
    numbered(b, n, "v", "");
    buffer_text(b, "]}}" CLOSE);
}

static void small(buffer *b, size_t n)
{
    (void)n;
    buffer_text(b, WHEN "{\"StringEquals\":{\"x:name\":\"needle\"}}" CLOSE);
}

/* ---- Requests ------------------------------------------------------------ */

static iam_status set(iam_request *r, const char *key, const char *value)
{
    return iam_request_set_value(r, key, IAM_NTS, value, IAM_NTS, NULL);
}

static iam_status with_needle(iam_request *r, size_t n)
{
    (void)n;
    return set(r, "x:name", "needle");
}

static iam_status with_address(iam_request *r, size_t n)
{
    (void)n;
    return set(r, "aws:SourceIp", "192.0.2.7");
}

/* A long run of the letter a: the text that makes a naive matcher try all. */
static iam_status with_letters(iam_request *r, size_t n)
{
    static const char start[] = "arn:aws:s3:::";
    char text[sizeof(start) + NEAR_MISS_TEXT];
    iam_status status;

    (void)n;
    memset(text, 'a', sizeof(text));
    status =
        iam_request_set_value(r, "x:name", IAM_NTS, text, NEAR_MISS_TEXT, NULL);
    memcpy(text, start, sizeof(start) - 1);
    if (status == IAM_OK)
        status = iam_request_set_value(
            r, "x:arn", IAM_NTS, text, sizeof(text), NULL);
    if (status == IAM_OK)
        status = iam_request_set_resource(r, text, sizeof(text), NULL);
    return status;
}

static iam_status with_digits(iam_request *r, size_t n)
{
    buffer b = {0};
    iam_status status;

    buffer_repeat(&b, "9", n - 1);
    buffer_text(&b, "8.5");
    status = iam_request_set_value(r, "x:number", IAM_NTS, b.ptr, b.len, NULL);
    buffer_free(&b);
    return status;
}

static iam_status with_keys(iam_request *r, size_t n)
{
    iam_status status = IAM_OK;
    char key[32];

    for (size_t i = 0; status == IAM_OK && i < n; i++) {
        snprintf(key, sizeof(key), "x:k%zu", i);
        status = set(r, key, "v");
    }
    return status == IAM_OK ? set(r, "x:name", "needle") : status;
}

/* The values v0 to v(n-1). */
static iam_status with_values(iam_request *r, size_t n)
{
    iam_text *values = calloc(n, sizeof(*values));
    char *room = malloc(n * 24);
    iam_status status = IAM_ENOMEM;

    if (values && room) {
        for (size_t i = 0; i < n; i++) {
            int len = snprintf(room + i * 24, 24, "v%zu", i);

            values[i] = (iam_text){room + i * 24, (size_t)len};
        }
        status = iam_request_set_values(r, "x:name", IAM_NTS, values, n, NULL);
    }
    free(room);
    free(values);
    return status;
}

iam_request *shape_request(const shape *s, size_t n)
{
    iam_request *r;

    if (iam_request_new(NULL, &r) != IAM_OK)
        return NULL;
    if (iam_request_set_principal(
            r, "arn:aws:iam::111122223333:user/ann", IAM_NTS, NULL) == IAM_OK &&
        iam_request_set_action(r, "s3:GetObject", IAM_NTS, NULL) == IAM_OK &&
        iam_request_set_resource(r, "arn:aws:s3:::bucket/key", IAM_NTS, NULL) ==
            IAM_OK &&
        iam_request_set_resource_account(r, "111122223333", IAM_NTS, NULL) ==
            IAM_OK &&
        (!s->request || s->request(r, n) == IAM_OK))
        return r;
    iam_request_free(r);
    return NULL;
}

/* ---- The table ----------------------------------------------------------- */

#define ID  IAM_IDENTITY_POLICY
#define YES IAM_OK, IAM_ALLOW
#define NO  IAM_OK, IAM_IMPLICIT_DENY

/* clang-format off */
const shape shapes[] = {
    {"text", "bytes of one resource", 10 << 20, ID, long_text, NULL, NO},
    {"space", "empty lines", 10 << 20, ID, white_space, NULL, YES},
    {"escapes", "escapes in one string", 1 << 20, ID, escapes, NULL, NO},
    {"percent", "percent-encoded spaces", 1 << 20, ID, percent, NULL, YES},
    {"brackets", "nested brackets", 10000, ID, brackets, NULL,
        IAM_ELIMIT, IAM_IMPLICIT_DENY},
    {"objects", "nested objects, none closed", 10000, ID, open_objects, NULL,
        IAM_ELIMIT, IAM_IMPLICIT_DENY},
    {"statements", "statements", 100000, ID, statements, NULL,
        IAM_OK, IAM_EXPLICIT_DENY},
    {"matching", "statements that all match", 50000, ID, matching, NULL, YES},
    {"missing", "statements that lack a key each", 50000, ID, missing, NULL,
        NO},
    {"actions", "action patterns", 100000, ID, actions, NULL, YES},
    {"resources", "resource patterns", 100000, ID, resources, NULL, YES},
    {"principals", "principals", 100000, IAM_RESOURCE_POLICY, principals, NULL,
        YES},
    {"strings", "values of StringEquals", 1000000, ID, strings, with_needle,
        YES},
    {"patterns", "values of StringLike", 100000, ID, patterns, with_needle, NO},
    {"blocks", "address blocks", 1000000, ID, blocks, with_address, YES},
    {"keys", "condition keys", 50000, ID, keys, NULL, NO},
    {"unknown", "unknown members", 50000, ID, unknown_members, NULL, NO},
    {"twice", "members of one name", 50000, ID, same_members, NULL,
        IAM_EJSON, IAM_IMPLICIT_DENY},
    {"stars", "stars in Resource, 4 KB asked", 64, ID, stars, with_letters, NO},
    {"like", "stars in StringLike, 4 KB asked", 64, ID, like_stars,
        with_letters, NO},
    {"arn", "stars in ArnLike, 4 KB asked", 64, ID, arn_stars, with_letters,
        NO},
    {"variables", "variables in Resource", 20000, ID, variables, NULL, NO},
    {"dollars", "variables never closed", 100000, ID, open_variables, NULL, NO},
    {"digits", "digits of a number", 1000000, ID, digits, with_digits, YES},
    {"context", "keys of the request", 20000, ID, small, with_keys, YES},
    {"values", "values asked, against as many", 4000, ID, all_values,
        with_values, YES},
};
/* clang-format on */

const size_t shape_count = sizeof(shapes) / sizeof(shapes[0]);
