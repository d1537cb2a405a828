/* SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"

#include <string.h>

typedef struct shrinking {
    json_t *scenario;
    shrink_test test;
    void *user;
    bool progress;
} shrinking;

static bool still_shows(shrinking *run)
{
    bool shows = run->test(run->user, run->scenario);
    run->progress = run->progress || shows;
    return shows;
}

/* Members without which a scenario or a statement would be another one. */
static bool is_needed(const char *key)
{
    static const char *const keys[] = {"policies", "requests", "kind", "policy",
        "Version", "Statement", "Effect", "Action", "NotAction", "Resource",
        "NotResource", "Principal", "NotPrincipal", "principal", "action",
        "resource", "level", "arn", "service", NULL};
    for (size_t i = 0; keys[i]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* Every element but the last one; of "policies" the last one too. */
static void shrink_array(shrinking *run, json_t *array, bool whole)
{
    for (size_t i = json_array_size(array); i-- > 0;) {
        if (json_array_size(array) == 1 && !whole)
            return;
        json_t *element = json_incref(json_array_get(array, i));
        json_array_remove(array, i);
        if (!still_shows(run))
            json_array_insert(array, i, element);
        json_decref(element);
    }
}

/* The names of the members, as a list: the object changes on the way. */
static json_t *names_of(json_t *object)
{
    json_t *names = json_array();
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        json_array_append_new(names, json_string(name));
    }
    return names;
}

static void shrink_node(shrinking *run, json_t *node, bool whole);

static void shrink_object(shrinking *run, json_t *object)
{
    json_t *names = names_of(object);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        json_t *value = json_incref(json_object_get(object, name));
        bool gone = false;
        if (!is_needed(name)) {
            json_object_del(object, name);
            gone = still_shows(run);
            if (!gone)
                json_object_set(object, name, value);
        }
        if (!gone)
            shrink_node(run, value, strcmp(name, "policies") == 0);
        json_decref(value);
    }
    json_decref(names);
}

static void shrink_node(shrinking *run, json_t *node, bool whole)
{
    if (json_is_array(node)) {
        shrink_array(run, node, whole);
        for (size_t i = 0; i < json_array_size(node); i++)
            shrink_node(run, json_array_get(node, i), false);
    } else if (json_is_object(node)) {
        shrink_object(run, node);
    }
}

void shrink(json_t *scenario, shrink_test test, void *user)
{
    shrinking run = {scenario, test, user, true};
    while (run.progress) {
        run.progress = false;
        shrink_node(&run, scenario, false);
    }
}
