/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - the command line: long options, `--name value` or
 * `--name=value`, anywhere; `--` ends them; `-` is a word.
 *
 * Parsing gives back what was found and knows nothing of what it means.  The
 * table that is parsed by is the table that --help prints.
 */
#include "cli.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The options of a command are those of its groups, one after the other. */
static const cli_option *option_at(const cli_command *command, size_t index)
{
    for (size_t i = 0; command->groups[i]; i++) {
        const option_group *group = command->groups[i];

        if (index < group->count)
            return &group->options[index];
        index -= group->count;
    }
    return NULL;
}

static const char *option_name_at(const void *of, size_t index)
{
    const cli_option *found = option_at(of, index);

    return found ? found->name : "";
}

static size_t option_count(const cli_command *command)
{
    size_t count = 0;

    for (size_t i = 0; command->groups[i]; i++)
        count += command->groups[i]->count;
    return count;
}

static bool same(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

static const cli_option *find_option(
    const cli_command *command, const char *name, size_t len)
{
    for (size_t i = 0; option_at(command, i); i++) {
        if (same(option_at(command, i)->name, name, len))
            return option_at(command, i);
    }
    return NULL;
}

cli_answer usage_error(const cli_command *command, const char *format, ...)
{
    char message[1024];
    va_list list;

    va_start(list, format);
    vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    fflush(stdout);
    fprintf(stderr, "iampolicy %s: ", command->name);
    put_string(stderr, message);
    fprintf(stderr, "\nTry \"iampolicy %s --help\".\n", command->name);
    return ANSWER_BAD;
}

/* ---- What was meant ---- */

#define LONGEST_NAME 40

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Characters to insert, drop, change or swap with the next one. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][LONGEST_NAME + 1];

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1,
                above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

static bool begins_like(
    const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t len = a_len < b_len ? a_len : b_len;

    return len >= 3 && memcmp(a, b, len) == 0;
}

const char *closest(const char *typed, size_t len,
    const char *(*name_at)(const void *, size_t), const void *names,
    size_t count)
{
    const char *best = NULL;
    size_t best_distance = len / 3 + 1;

    if (len > LONGEST_NAME)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(names, i);
        size_t name_len = strlen(name);
        size_t steps = name_len > LONGEST_NAME
                           ? LONGEST_NAME
                           : distance(typed, len, name, name_len);

        /* What was cut short, or spelt out: --ident, evaluate. */
        if (begins_like(typed, len, name, name_len))
            steps = 1;
        if (steps < best_distance || (steps == best_distance && !best)) {
            best = name;
            best_distance = steps;
        }
    }
    return best;
}

static void unknown_option(
    const cli_command *command, const char *text, size_t len)
{
    const char *meant =
        closest(text, len, option_name_at, command, option_count(command));

    if (meant)
        usage_error(command,
            "there is no option \"--%.*s\"; did you mean \"--%s\"?", (int)len,
            text, meant);
    else
        usage_error(command, "there is no option \"--%.*s\"", (int)len, text);
}

/* ---- Parsing ---- */

static bool given_before(
    const cli_arguments *arguments, const cli_option *option)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (arguments->given[i].option == option)
            return true;
    }
    return false;
}

/* `text` follows the dashes; `next` is the word behind it, or NULL.  Returns
 * how many words were used; 0: told. */
static int take_option(cli_arguments *out, const char *text, const char *next)
{
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    const cli_option *option = find_option(out->command, text, len);
    const char *value = equals ? equals + 1 : next;

    if (!option) {
        unknown_option(out->command, text, len);
        return 0;
    }
    if (!option->value && equals) {
        usage_error(out->command, "--%s takes no value", option->name);
        return 0;
    }
    if (option->value && !value) {
        usage_error(out->command, "--%s wants a value: --%s %s", option->name,
            option->name, option->value);
        return 0;
    }
    if (!option->repeats && given_before(out, option)) {
        usage_error(out->command, "--%s can be given only once", option->name);
        return 0;
    }
    out->given[out->given_count++] =
        (given_option){option, option->value ? value : NULL};
    return option->value && !equals ? 2 : 1;
}

static bool is_option(const char *text)
{
    return text[0] == '-' && text[1] != '\0';
}

/* Returns how many words were used; 0: told. */
static int take_word(
    cli_arguments *out, const char *text, const char *next, bool options_ended)
{
    if (options_ended || !is_option(text)) {
        out->words[out->word_count++] = text;
        return 1;
    }
    if (text[1] == '-')
        return take_option(out, text + 2, next);
    if (strcmp(text, "-h") == 0)
        return take_option(out, "help", NULL);
    usage_error(out->command,
        "there is no option \"%s\"; options begin with two dashes", text);
    return 0;
}

bool arguments_parse(
    cli_arguments *out, const cli_command *command, int count, char **texts)
{
    bool options_ended = false;

    *out = (cli_arguments){.command = command};
    out->given = calloc((size_t)count + 1, sizeof(*out->given));
    out->words = calloc((size_t)count + 1, sizeof(*out->words));
    if (!out->given || !out->words) {
        complain_memory();
        return false;
    }
    for (int i = 0; i < count;) {
        int used = 1;

        if (!options_ended && strcmp(texts[i], "--") == 0)
            options_ended = true;
        else
            used = take_word(out, texts[i], i + 1 < count ? texts[i + 1] : NULL,
                options_ended);
        if (used == 0)
            return false;
        i += used;
    }
    return true;
}

void arguments_free(cli_arguments *arguments)
{
    free(arguments->given);
    free(arguments->words);
}

/* ---- Asking ---- */

bool option_is(const given_option *given, const char *name)
{
    return strcmp(given->option->name, name) == 0;
}

const char *option_value(const cli_arguments *arguments, const char *name)
{
    assert(find_option(arguments->command, name, strlen(name)));
    for (size_t i = arguments->given_count; i-- > 0;) {
        if (option_is(&arguments->given[i], name))
            return arguments->given[i].value;
    }
    return NULL;
}

bool has_option(const cli_arguments *arguments, const char *name)
{
    assert(find_option(arguments->command, name, strlen(name)));
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (option_is(&arguments->given[i], name))
            return true;
    }
    return false;
}

const char *any_option(
    const cli_arguments *arguments, const option_group *group)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        for (size_t j = 0; j < group->count; j++) {
            if (option_is(&arguments->given[i], group->options[j].name))
                return group->options[j].name;
        }
    }
    return NULL;
}

/* ---- Help ---- */

#define HELP_COLUMN 26

/* The help of an option may have several lines. */
static void print_option(const cli_option *option)
{
    int width = printf("  --%s%s%s", option->name, option->value ? " " : "",
        option->value ? option->value : "");

    if (width >= HELP_COLUMN) {
        putchar('\n');
        width = 0;
    }
    for (const char *at = option->help; *at;) {
        size_t len = strcspn(at, "\n");

        printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)len, at);
        at += len + (at[len] == '\n');
        width = 0;
    }
}

void print_help(const cli_command *command)
{
    printf("iampolicy %s: %s\n\n", command->name, command->about);
    for (const char *const *usage = command->usage; *usage; usage++)
        printf("%s iampolicy %s %s\n",
            usage == command->usage ? "usage:" : "      ", command->name,
            *usage);
    for (size_t i = 0; command->groups[i]; i++) {
        const option_group *group = command->groups[i];

        printf("\n%s\n", group->title);
        for (size_t j = 0; j < group->count; j++)
            print_option(&group->options[j]);
    }
    printf("\n%s", command->more);
}
