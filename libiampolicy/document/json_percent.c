/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_percent.c - a policy as IAM's API sends it (I1.1).
 */
#include "document/json_parts.h"

static int hex_value(char c)
{
    unsigned char lower = ascii_lower(c);

    if (ascii_digit(c))
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_encoded(text source)
{
    size_t at = 0;

    while (at < source.len && json_space(source.ptr[at]))
        at++;
    return source.len - at >= 3 && source.ptr[at] == '%' &&
           source.ptr[at + 1] == '7' && ascii_lower(source.ptr[at + 2]) == 'b';
}

static iam_status broken(text source, size_t at, iam_error *err)
{
    size_t end = source.len - at < 3 ? source.len : at + 3;
    char quoted[JSON_QUOTED];

    while (end < source.len && ((unsigned char)source.ptr[end] & 0xc0) == 0x80)
        end++;
    iamp_error_set(err, IAM_EJSON,
        "\"%s\" is no percent-encoded byte: two hexadecimal digits must follow "
        "the percent sign",
        iamp_json_quote(text_slice(source, at, end), quoted));
    iamp_error_place(err, source, at, TEXT(""));
    return IAM_EJSON;
}

iam_status iamp_json_percent_decode(
    text source, text *out, arena *mem, iam_error *err)
{
    char *plain;
    size_t len = 0;

    *out = source;
    if (!is_encoded(source))
        return IAM_OK;
    plain = ARENA_ARRAY(mem, char, source.len);
    if (!plain)
        return iamp_error_nomem(err);
    for (size_t at = 0; at < source.len; at++) {
        int high, low;

        if (source.ptr[at] != '%') {
            plain[len++] = source.ptr[at];
            continue;
        }
        high = source.len - at > 2 ? hex_value(source.ptr[at + 1]) : -1;
        low = high >= 0 ? hex_value(source.ptr[at + 2]) : -1;
        if (low < 0)
            return broken(source, at, err);
        plain[len++] = (char)((high << 4) | low);
        at += 2;
    }
    *out = (text){plain, len};
    return IAM_OK;
}
