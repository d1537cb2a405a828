/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_differential.c - many texts, and what becomes of them when they are
 * damaged, read in both ways: json_differential [--changes N] PATH...
 *
 * Of a folder everything in it is read; a .jsonl file is a text a line.  Each
 * text is also read with narrow limits, and changed N times (8), by one to four
 * changes: a byte that is another, missing or new, a piece that stands twice or
 * is gone, the end.  A PATH that starts with $ is the value of that variable,
 * and exit code 77 tells that it is not set.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "json_both.h"

enum {
    DEEPEST = 16,
    LARGEST = 1 << 20, /* of a text that is changed */
};

static size_t texts, quick_texts, changed, quick_changed, failed;
static size_t changes = 8;
static uint32_t seed = 20261017;

static uint32_t number(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return below ? seed % below : 0;
}

static bool compare(const char *path, text source, const json_limits *limits)
{
    bool quick;
    const char *wrong = json_both(source, limits, &quick);

    if (wrong) {
        printf("%s: %.*s\n%s\n", path,
            (int)(source.len < 2000 ? source.len : 2000), source.ptr, wrong);
        failed++;
    }
    return quick;
}

/* --- changes --------------------------------------------------------------- */

/* In place; returns the new length, which is below `room`. */
static size_t change(char *t, size_t len, size_t room)
{
    static const char bytes[] =
        "\"\\{}[],: \t\n\r0123456789-+.eEtrufalsn/b*$\x01\x1f\x7f\x80\xc3\xa9"
        "\xed\xa0\xf4\xff";
    size_t at = number((uint32_t)len + 1), end, more;
    char byte =
        number(4) ? bytes[number(sizeof(bytes) - 1)] : (char)number(256);

    switch (number(6)) {
    case 0:
        if (at < len)
            t[at] = byte;
        return len;
    case 1: /* a byte more */
        if (len + 1 >= room)
            return len;
        memmove(t + at + 1, t + at, len - at);
        t[at] = byte;
        return len + 1;
    case 2: /* the end */
        return number(4) ? len : at;
    case 3: /* a piece is gone */
        end = at + number(12);
        if (end > len)
            end = len;
        memmove(t + at, t + end, len - end);
        return len - (end - at);
    case 4: /* a piece stands twice */
        more = number(64);
        if (at + more > len || len + more >= room)
            return len;
        memmove(t + at + more, t + at, len - at);
        return len + more;
    default: /* a byte of elsewhere */
        if (at < len)
            t[at] = t[number((uint32_t)len)];
        return len;
    }
}

static void compare_changed(
    const char *path, text source, const json_limits *limits)
{
    size_t room = source.len + 512;
    char *copy = source.len <= LARGEST ? malloc(room) : NULL;

    for (size_t i = 0; copy && i < changes; i++) {
        size_t len = source.len;
        char *exact;

        memcpy(copy, source.ptr, len);
        for (uint32_t times = 1 + number(4); times > 0; times--)
            len = change(copy, len, room);
        exact = malloc(len ? len : 1); /* so that reading on is noticed */
        if (!exact)
            break;
        memcpy(exact, copy, len);
        changed++;
        quick_changed += compare(path, (text){exact, len}, limits);
        free(exact);
    }
    free(copy);
}

/* --- texts ----------------------------------------------------------------- */

static void compare_text(const char *path, text source)
{
    json_limits limits = iamp_json_limits(NULL), narrow = limits;

    texts++;
    quick_texts += compare(path, source, &limits);
    narrow.max_depth = 1 + number(6);
    narrow.max_values = 1 + number(40);
    (void)compare(path, source, &narrow);
    compare_changed(path, source, number(8) ? &limits : &narrow);
}

static void compare_lines(const char *path, text rest)
{
    while (rest.len > 0) {
        size_t end = iamp_text_find(rest, '\n');

        compare_text(path, text_slice(rest, 0, end));
        rest = text_from(rest, end < rest.len ? end + 1 : end);
    }
}

static void compare_file(const char *path)
{
    size_t len = strlen(path), got;
    FILE *file = fopen(path, "rb");
    char part[4096];
    textbuf all;

    if (!file)
        return;
    iamp_textbuf_init(&all, NULL);
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        iamp_textbuf_add(&all, (text){part, got});
    (void)fclose(file);
    if (len > 6 && strcmp(path + len - 6, ".jsonl") == 0)
        compare_lines(path, textbuf_text(&all));
    else
        compare_text(path, textbuf_text(&all));
    iamp_textbuf_release(&all);
}

/* Folders wait in a row. */
static void compare_path(const char *path)
{
    static char *waiting[4096];
    size_t count = 0;

    waiting[count++] = strdup(path);
    while (count > 0) {
        char *folder = waiting[--count], name[2048];
        DIR *dir = opendir(folder);
        struct dirent *entry;
        struct stat about;

        if (!dir)
            compare_file(folder);
        while (dir && (entry = readdir(dir)) != NULL) {
            if (entry->d_name[0] == '.' || count == COUNT_OF(waiting))
                continue;
            (void)snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
            if (stat(name, &about) != 0)
                continue;
            if (S_ISDIR(about.st_mode))
                waiting[count++] = strdup(name);
            else
                compare_file(name);
        }
        if (dir)
            (void)closedir(dir);
        free(folder);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--changes") == 0 && i + 1 < argc) {
            changes = strtoul(argv[++i], NULL, 10);
        } else if (argv[i][0] == '$') {
            const char *path = getenv(argv[i] + 1);

            if (!path || !*path) {
                printf("%s is not set\n", argv[i] + 1);
                return 77;
            }
            compare_path(path);
        } else {
            compare_path(argv[i]);
        }
    }
    printf("%zu texts, %zu of them read in the quick way; changed %zu times, "
           "%zu of them in the quick way; %zu failures\n",
        texts, quick_texts, changed, quick_changed, failed);
    return failed > 0 || quick_texts == 0;
}
