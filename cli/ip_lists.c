/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip_lists.c - the lists of blocks that the command line names.
 */
#include "ip.h"

#include <stdlib.h>
#include <string.h>

/* ---- What is chosen of JSON lists ---- */

typedef struct ip_filter {
    iam_text *texts; /* services, then regions */
    iam_ip_filter filter;
} ip_filter;

static size_t gather(
    const cli_arguments *arguments, const char *option, iam_text *to)
{
    size_t count = 0;

    for (size_t i = 0; i < arguments->given_count; i++)
        if (option_is(&arguments->given[i], option))
            to[count++] = (iam_text){arguments->given[i].value, IAM_NTS};
    return count;
}

static bool filter_make(ip_filter *out, const cli_arguments *arguments)
{
    out->texts = calloc(arguments->given_count + 1, sizeof(*out->texts));
    if (!out->texts) {
        complain_memory();
        return false;
    }
    out->filter.services = out->texts;
    out->filter.service_count = gather(arguments, "service", out->texts);
    out->filter.regions = out->texts + out->filter.service_count;
    out->filter.region_count =
        gather(arguments, "region", out->texts + out->filter.service_count);
    return true;
}

/* ---- Reading ---- */

static bool is_json(const buffer *text)
{
    size_t at = 0;

    while (at < text->len && strchr(" \t\r\n", text->bytes[at]))
        at++;
    return at < text->len && (text->bytes[at] == '{' || text->bytes[at] == '[');
}

typedef struct list_reader {
    ip_filter chosen;
    iam_options options;
    bool any_json;
} list_reader;

/* A list of lines has nothing to choose by, and is taken whole. */
static bool read_list(list_reader *reader, const char *path, ip_list *out)
{
    const iam_ip_filter *filter = NULL;
    iam_status status;
    iam_error err;
    buffer text;

    if (!file_read(path, &text))
        return false;
    if (is_json(&text)) {
        filter = &reader->chosen.filter;
        reader->any_json = true;
    }
    status = iam_ipset_parse(
        text.bytes, text.len, filter, &reader->options, &out->set, &err);
    buffer_free(&text);
    out->name = file_name(path);
    if (status != IAM_OK)
        complain_at(out->name, &err);
    return status == IAM_OK;
}

static bool read_cidrs(
    list_reader *reader, const cli_arguments *arguments, ip_lists *out)
{
    iam_text *texts = calloc(arguments->given_count + 1, sizeof(*texts));
    ip_list *list = &out->items[out->count];
    iam_status status = IAM_OK;
    size_t count;
    iam_error err;

    if (!texts) {
        complain_memory();
        return false;
    }
    count = gather(arguments, "cidr", texts);
    if (count > 0) {
        status =
            iam_ipset_new(texts, count, &reader->options, &list->set, &err);
        list->name = "--cidr";
        out->count += status == IAM_OK;
    }
    if (status != IAM_OK)
        complain("--cidr: %s", err.message);
    free(texts);
    return status == IAM_OK;
}

static bool read_files(
    list_reader *reader, ip_lists *out, const char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!read_list(reader, files[i], &out->items[out->count]))
            return false;
        out->count++;
    }
    return true;
}

bool ip_lists_read(ip_lists *out, const cli_arguments *arguments,
    const char *const *files, size_t count)
{
    list_reader reader = {.options = IAM_OPTIONS_INIT};
    bool ok;

    *out = (ip_lists){.items = calloc(count + 1, sizeof(*out->items))};
    if (!out->items) {
        complain_memory();
        return false;
    }
    if (!filter_make(&reader.chosen, arguments))
        return false;
    if (has_option(arguments, "entry"))
        reader.options.flags |= IAM_KEEP_ENTRIES;
    ok = read_files(&reader, out, files, count) &&
         read_cidrs(&reader, arguments, out);
    if (ok && !reader.any_json &&
        (has_option(arguments, "service") || has_option(arguments, "region"))) {
        usage_error(arguments->command,
            "--service and --region choose from a JSON list, and none was "
            "given");
        ok = false;
    }
    free(reader.chosen.texts);
    return ok;
}

void ip_lists_free(ip_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++)
        iam_ipset_free(lists->items[i].set);
    free(lists->items);
}

const char **ip_list_options(const cli_arguments *arguments, size_t *count)
{
    const char **files = calloc(arguments->given_count + 1, sizeof(*files));

    *count = 0;
    if (!files) {
        complain_memory();
        return NULL;
    }
    for (size_t i = 0; i < arguments->given_count; i++)
        if (option_is(&arguments->given[i], "list"))
            files[(*count)++] = arguments->given[i].value;
    return files;
}

/* ---- Asking ---- */

iam_ipset *ip_lists_union(const ip_lists *lists)
{
    iam_ipset *all = NULL, *more = NULL;
    iam_status status = iam_ipset_new(NULL, 0, NULL, &all, NULL);
    iam_error err = {.status = IAM_OK};

    for (size_t i = 0; i < lists->count && status == IAM_OK; i++) {
        status = iam_ipset_union(all, lists->items[i].set, NULL, &more, &err);
        iam_ipset_free(all);
        all = more;
    }
    if (status != IAM_OK)
        complain("%s", err.message[0] ? err.message : "out of memory");
    return all;
}

static uint32_t number_of(const uint8_t address[4])
{
    return (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
           (uint32_t)address[2] << 8 | address[3];
}

bool ip_lists_entry(const ip_lists *lists, const uint8_t *address,
    uint32_t family, ip_entry *out)
{
    bool found = false;

    for (size_t i = 0; i < lists->count; i++) {
        const iam_ipset *set = lists->items[i].set;
        iam_ip_entry entry;
        bool in = family == 4
                      ? iam_ipset_entry_v4(set, number_of(address), &entry)
                      : iam_ipset_entry_v6(set, address, &entry);

        if (!in || (found && entry.block.prefix <= out->entry.block.prefix))
            continue;
        *out = (ip_entry){entry, &lists->items[i]};
        found = true;
    }
    return found;
}

void put_ip_entry(const ip_entry *entry)
{
    char text[IAM_IP_RANGE_TEXT];

    iam_ip_range_print(&entry->entry.block, text);
    printf("%s\t", text);
    put_string(stdout, entry->list->name);
    if (entry->entry.line)
        printf(":%lu", (unsigned long)entry->entry.line);
}

void put_ip_entry_json(const ip_entry *entry)
{
    char text[IAM_IP_RANGE_TEXT];

    iam_ip_range_print(&entry->entry.block, text);
    printf("{\"block\":\"%s\",\"file\":", text);
    put_json(stdout, entry->list->name);
    if (entry->entry.line)
        printf(",\"line\":%lu,\"column\":%lu", (unsigned long)entry->entry.line,
            (unsigned long)entry->entry.column);
    putchar('}');
}
