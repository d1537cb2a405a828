/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context.c - condition keys of the command line: KEY=VALUE, a key given twice
 * or as KEY[]=VALUE being a list.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct context_value {
    iam_text key;
    iam_text value;
    bool is_list; /* KEY[]=VALUE */
    size_t order; /* on the command line */
} context_value;

static int compare_keys(const iam_text *a, const iam_text *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->ptr, b->ptr, len);

    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int by_key(const void *a, const void *b)
{
    const context_value *x = a, *y = b;
    int order = compare_keys(&x->key, &y->key);

    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static bool parse_context(const cli_arguments *arguments,
    const given_option *given, context_value *out)
{
    const char *name = given->option->name;
    const char *equals = strchr(given->value, '=');
    size_t len = equals ? (size_t)(equals - given->value) : 0;

    out->is_list = len >= 2 && memcmp(given->value + len - 2, "[]", 2) == 0;
    len -= out->is_list ? 2 : 0;
    if (len == 0) {
        usage_error(arguments->command,
            "--%s wants KEY=VALUE, e.g. "
            "--%s aws:SourceVpce=vpce-1a2b3c4d, not \"%s\"",
            name, name, given->value);
        return false;
    }
    out->key = (iam_text){given->value, len};
    out->value = (iam_text){equals + 1, strlen(equals + 1)};
    return true;
}

/* A mistyped address would be denied, and look like an answer. */
static bool is_address(const char *text)
{
    static const iam_text all[] = {{"0.0.0.0/0", 9}, {"::/0", 4}};
    iam_ipset *set = NULL;
    bool is;

    if (iam_ipset_new(all, COUNT_OF(all), NULL, &set, NULL) != IAM_OK)
        return true; /* no memory: whatever comes next will say so */
    is = iam_ipset_contains(set, text, strlen(text));
    iam_ipset_free(set);
    return is;
}

static bool parse_source_ip(const cli_arguments *arguments,
    const given_option *given, context_value *out)
{
    if (!is_address(given->value)) {
        usage_error(arguments->command,
            "--source-ip wants an IPv4 or IPv6 address, e.g. 203.0.113.7 or "
            "2001:db8::7, not \"%s\"",
            given->value);
        return false;
    }
    out->key = (iam_text){"aws:SourceIp", strlen("aws:SourceIp")};
    out->value = (iam_text){given->value, strlen(given->value)};
    out->is_list = false;
    return true;
}

/* How many values, in `out`, which has room for all; -1: told. */
static long gather_context(const cli_arguments *arguments,
    const context_target *target, context_value *out)
{
    size_t count = 0;

    for (size_t i = 0; i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];

        out[count].order = count;
        if (option_is(given, target->option)) {
            if (!parse_context(arguments, given, &out[count++]))
                return -1;
        } else if (target->address_option &&
                   option_is(given, target->address_option)) {
            if (!parse_source_ip(arguments, given, &out[count++]))
                return -1;
        }
    }
    return (long)count;
}

/* The values of one key, `count` of them. */
static bool set_context(const context_target *target,
    const cli_arguments *arguments, const context_value *of, size_t count,
    iam_text *values)
{
    bool is_list = count > 1;
    iam_status status;
    iam_error err;

    for (size_t i = 0; i < count; i++) {
        values[i] = of[i].value;
        is_list |= of[i].is_list;
    }
    if (is_list)
        status =
            target->set_values(target->object, &of->key, values, count, &err);
    else
        status = target->set_value(target->object, &of->key, values, &err);
    if (status != IAM_OK)
        usage_error(arguments->command, "--%s %.*s: %s", target->option,
            (int)of->key.len, of->key.ptr, err.message);
    return status == IAM_OK;
}

static bool set_all_context(const context_target *target,
    const cli_arguments *arguments, context_value *all, iam_text *values)
{
    long gathered = gather_context(arguments, target, all);
    size_t count = gathered < 0 ? 0 : (size_t)gathered;
    size_t next;

    qsort(all, count, sizeof(*all), by_key);
    for (size_t i = 0; i < count; i = next) {
        for (next = i + 1; next < count; next++) {
            if (compare_keys(&all[i].key, &all[next].key) != 0)
                break;
        }
        if (!set_context(target, arguments, &all[i], next - i, values))
            return false;
    }
    return gathered >= 0;
}

bool context_read(const cli_arguments *arguments, const context_target *target)
{
    size_t room = arguments->given_count + 1;
    context_value *all = calloc(room, sizeof(*all));
    iam_text *values = calloc(room, sizeof(*values));
    bool ok = all && values;

    if (!ok)
        complain_memory();
    ok = ok && set_all_context(target, arguments, all, values);
    free(values);
    free(all);
    return ok;
}
