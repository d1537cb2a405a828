/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suites.c - the scenario files that words and folders name.
 *
 * A folder stands for the *.json files below it, whatever the depth, in the
 * order of their names.  Links to folders are not followed, so there is no
 * way round in a circle.
 */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* `parent` may be NULL. */
static bool suites_add(
    cli_suites *list, const char *parent, const char *name, bool found)
{
    size_t len = (parent ? strlen(parent) : 0) + strlen(name) + 2;
    char *path;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        cli_suite *items = realloc(list->items, capacity * sizeof(*items));

        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    path = malloc(len);
    if (!path)
        return false;
    if (parent)
        snprintf(path, len, "%s%s%s", parent,
            parent[strlen(parent) - 1] == '/' ? "" : "/", name);
    else
        snprintf(path, len, "%s", name);
    list->items[list->count++] = (cli_suite){path, found};
    return true;
}

void suites_free(cli_suites *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
    *list = (cli_suites){.items = NULL};
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool is_link(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
}

static bool is_json(const char *name)
{
    size_t len = strlen(name);

    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

/* A folder's entries; which of them count is seen later.  False: told. */
static bool read_folder(cli_suites *out, const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool ok = true;

    if (!folder) {
        complain("cannot open %s: %s", path, strerror(errno));
        return false;
    }
    errno = 0;
    while (ok && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.')
            ok = suites_add(out, path, entry->d_name, true);
    }
    if (!ok)
        complain_memory();
    else if (errno)
        complain("cannot read %s: %s", path, strerror(errno));
    ok = ok && !errno;
    closedir(folder);
    return ok;
}

static int by_path(const void *a, const void *b)
{
    const cli_suite *x = a, *y = b;

    return strcmp(x->path, y->path);
}

/* Take the last entry off the list: the caller owns its path. */
static char *pop(cli_suites *list)
{
    return list->items[--list->count].path;
}

/* One entry of a folder: a folder in its turn, a suite, or nothing to us. */
static bool sort_entry(cli_suites *out, cli_suites *folders, const char *path)
{
    bool ok = true;

    if (is_folder(path))
        ok = is_link(path) || suites_add(folders, NULL, path, true);
    else if (is_json(path))
        ok = suites_add(out, NULL, path, true);
    if (!ok)
        complain_memory();
    return ok;
}

static bool walk_entries(
    cli_suites *out, cli_suites *folders, const char *folder)
{
    cli_suites entries = {.items = NULL};
    bool ok = read_folder(&entries, folder);

    for (size_t i = 0; ok && i < entries.count; i++)
        ok = sort_entry(out, folders, entries.items[i].path);
    suites_free(&entries);
    return ok;
}

static bool add_folder(cli_suites *out, const char *path)
{
    cli_suites folders = {.items = NULL};
    size_t before = out->count;
    bool ok = suites_add(&folders, NULL, path, true);

    if (!ok)
        complain_memory();
    while (ok && folders.count) {
        char *folder = pop(&folders);

        ok = walk_entries(out, &folders, folder);
        free(folder);
    }
    suites_free(&folders);
    if (ok && out->count == before) {
        complain("there is no *.json file in %s", path);
        return false;
    }
    if (ok)
        qsort(out->items + before, out->count - before, sizeof(*out->items),
            by_path);
    return ok;
}

bool suites_find(cli_suites *out, const char *const *words, size_t count)
{
    bool ok = true;

    *out = (cli_suites){.items = NULL};
    for (size_t i = 0; ok && i < count; i++) {
        if (is_folder(words[i])) {
            ok = add_folder(out, words[i]);
        } else {
            ok = suites_add(out, NULL, words[i], false);
            if (!ok)
                complain_memory();
        }
    }
    return ok;
}
