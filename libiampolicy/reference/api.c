/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.c - two binary searches in api_table.def: the service, the operation.
 *
 * Each row is one run of NUL-terminated fields in a pool of characters, found
 * by its offset.  So the tables hold no pointer: nothing in them is relocated
 * when the library is loaded.
 */
#include "reference/api.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define ROW          PASTE(row_, __LINE__)

/* name, prefix, rows */
struct service_pool {
#define SERVICE(name, prefix, rows) \
    char ROW[sizeof(name "\0" prefix "\0" rows)];
#define OPERATION(rows, name, actions, dependent)
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static const struct service_pool service_pool = {
#define SERVICE(name, prefix, rows) name "\0" prefix "\0" rows,
#define OPERATION(rows, name, actions, dependent)
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static const uint16_t services[] = {
#define SERVICE(name, prefix, rows) offsetof(struct service_pool, ROW),
#define OPERATION(rows, name, actions, dependent)
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

/* rows, name, actions, dependent */
struct operation_pool {
#define SERVICE(name, prefix, rows)
#define OPERATION(rows, name, actions, dependent) \
    char ROW[sizeof(rows "\0" name "\0" actions "\0" dependent)];
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static const struct operation_pool operation_pool = {
#define SERVICE(name, prefix, rows)
#define OPERATION(rows, name, actions, dependent) \
    rows "\0" name "\0" actions "\0" dependent,
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

static const uint32_t operations[] = {
#define SERVICE(name, prefix, rows)
#define OPERATION(rows, name, actions, dependent) \
    offsetof(struct operation_pool, ROW),
#include "reference/api_table.def"
#undef SERVICE
#undef OPERATION
};

_Static_assert(sizeof(service_pool) <= UINT16_MAX, "offsets are 16 bits");

static text service_row(size_t index)
{
    const char *pool = (const char *)&service_pool;
    size_t end = index + 1 < COUNT_OF(services) ? services[index + 1]
                                                : sizeof(service_pool);

    return (text){pool + services[index], end - services[index]};
}

static text operation_row(size_t index)
{
    const char *pool = (const char *)&operation_pool;
    size_t end = index + 1 < COUNT_OF(operations) ? operations[index + 1]
                                                  : sizeof(operation_pool);

    return (text){pool + operations[index], end - operations[index]};
}

/* Cut the next field, which ends in NUL, off a row. */
static text next_field(text *row)
{
    size_t end = iamp_text_find(*row, '\0');
    text field = text_slice(*row, 0, end);

    *row = text_from(*row, end < row->len ? end + 1 : end);
    return field;
}

static bool is_sign(char c)
{
    return c == '-' || c == '_' || c == ' ' || c == '.';
}

/* As iamp_text_compare(), but `typed` counts without letter case and signs;
 * `name` has neither. */
static int compare_bare(text typed, text name)
{
    size_t at = 0;

    for (size_t i = 0; i < typed.len; i++) {
        unsigned char c = ascii_lower(typed.ptr[i]);

        if (is_sign(typed.ptr[i]))
            continue;
        if (at == name.len)
            return 1;
        if (c != (unsigned char)name.ptr[at])
            return c < (unsigned char)name.ptr[at] ? -1 : 1;
        at++;
    }
    return at < name.len ? -1 : 0;
}

static int compare_fold(text a, text b)
{
    size_t len = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < len; i++) {
        unsigned char x = ascii_lower(a.ptr[i]), y = ascii_lower(b.ptr[i]);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* The prefix of the service's actions, and the name under which its operations
 * stand ("": none do). */
static bool find_service(text service, text *prefix, text *rows)
{
    size_t low = 0, high = COUNT_OF(services);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        text row = service_row(middle);
        text name = next_field(&row);
        int order = compare_bare(service, name);

        if (order == 0) {
            *prefix = next_field(&row);
            *rows = next_field(&row);
            if (text_eq(*rows, TEXT("=")))
                *rows = name;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static bool find_operation(text rows, text operation, api_actions *out)
{
    size_t low = 0, high = COUNT_OF(operations);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        text row = operation_row(middle);
        int order = iamp_text_compare(rows, next_field(&row));
        text name = next_field(&row);

        if (order == 0)
            order = compare_fold(operation, name);
        if (order == 0) {
            out->operation = name;
            out->own = next_field(&row);
            out->dependent = next_field(&row);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static size_t count_words(text list)
{
    size_t count = list.len > 0;

    for (size_t i = 0; i < list.len; i++)
        count += list.ptr[i] == ' ';
    return count;
}

bool iamp_api_find(text service, text operation, api_actions *out)
{
    text rows = {"", 0};

    *out = (api_actions){.prefix = service, .operation = operation};
    if (service.len == 0 || operation.len == 0)
        return false;
    (void)find_service(service, &out->prefix, &rows);
    out->listed = rows.len > 0 && find_operation(rows, operation, out);
    if (out->listed) {
        out->own_count = count_words(out->own);
        out->count = out->own_count + count_words(out->dependent);
    } else {
        out->own = TEXT("=");
        out->own_count = out->count = 1;
    }
    return true;
}

static text word(text list, size_t index)
{
    size_t end = iamp_text_find(list, ' ');

    for (; index > 0; index--) {
        list = text_from(list, end + 1);
        end = iamp_text_find(list, ' ');
    }
    return text_slice(list, 0, end);
}

api_action iamp_api_action(const api_actions *actions, size_t index)
{
    text action;
    size_t colon;

    assert(index < actions->count);
    action = index < actions->own_count
                 ? word(actions->own, index)
                 : word(actions->dependent, index - actions->own_count);
    if (text_eq(action, TEXT("=")))
        return (api_action){actions->prefix, actions->operation};
    colon = iamp_text_find(action, ':');
    if (colon == action.len)
        return (api_action){actions->prefix, action};
    return (api_action){
        text_slice(action, 0, colon), text_from(action, colon + 1)};
}

/* Does `t` end in these shapes?  '0' stands for a digit. */
static bool ends_in_shape(text t, text shape)
{
    if (t.len <= shape.len)
        return false;
    for (size_t i = 0; i < shape.len; i++) {
        char c = t.ptr[t.len - shape.len + i];

        if (shape.ptr[i] == '0' ? !ascii_digit(c) : c != shape.ptr[i])
            return false;
    }
    return true;
}

text iamp_api_operation_of_event(text event_name)
{
    static const text shapes[] = {
        {"00000000", 8}, {"0000_00_00", 10}, {"00000000v0", 10}};

    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (ends_in_shape(event_name, shapes[i]))
            return text_slice(event_name, 0, event_name.len - shapes[i].len);
    return event_name;
}
