/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_suite.c - the suites that others test their JSON parsers with.
 *
 * Under $IAMPOLICY_CORPUS/common/8-json-robustness: what a file's name says of
 * it (y_ and pass: JSON, n_ and fail: not, anything else: either) must be what
 * iamp_json_parse() says; jansson's own suites by the folder they are in; and
 * the broken policies in policies-malformed must be refused as policies of
 * every kind, with a place.  Whatever is JSON must print as JSON that prints
 * the same.  Exit code 77: the variable is not set.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"

typedef enum verdict {
    EITHER,
    JSON,
    NOT_JSON
} verdict;

/* Where this library's answer is another one, and why. */
static const struct {
    const char *name; /* the end of the path */
    verdict verdict;
    const char *reason;
} exceptions[] = {
    {"y_object_duplicated_key.json", NOT_JSON, "a key twice (A1.4)"},
    {"y_object_duplicated_key_and_value.json", NOT_JSON, "a key twice (A1.4)"},
    {"y_object_escaped_null_in_key.json", NOT_JSON,
        "jansson keeps keys as C strings"},
    {"fail01_EXCLUDE.json", JSON, "RFC 8259 lets any value be a text"},
    {"fail18_EXCLUDE.json", JSON, "20 levels are not too deep here"},
    {"invalid/null-escape-in-string", JSON, "NUL is allowed in strings"},
    {"invalid/null", JSON, "RFC 8259 lets any value be a text"},
    {"invalid/too-big-negative-integer", JSON, "numbers keep their text"},
    {"invalid/too-big-positive-integer", JSON, "numbers keep their text"},
};

static size_t files, judged, excepted, absent, failed;

static bool read_file(const char *path, textbuf *out)
{
    char part[4096];
    FILE *file = fopen(path, "rb");
    size_t got;

    iamp_textbuf_init(out, NULL);
    if (!file)
        return false;
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        iamp_textbuf_add(out, (text){part, got});
    (void)fclose(file);
    return !out->failed;
}

static bool ends(const char *whole, const char *end)
{
    size_t len = strlen(whole), tail = strlen(end);

    return len >= tail && strcmp(whole + len - tail, end) == 0;
}

static verdict except(const char *name, verdict by_name)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++) {
        if (!ends(name, exceptions[i].name))
            continue;
        excepted++;
        return exceptions[i].verdict;
    }
    return by_name;
}

static void fail(const char *path, const char *what)
{
    printf("%s: %s\n", path, what);
    failed++;
}

static bool prints_again(const json_tree *tree, const json_limits *limits)
{
    textbuf once, twice;
    json_tree again;
    arena mem;
    bool same;

    iamp_arena_init(&mem, NULL);
    iamp_textbuf_init(&once, NULL);
    iamp_textbuf_init(&twice, NULL);
    iamp_json_print(tree, 0, &once);
    same = iamp_json_parse(&again, textbuf_text(&once), limits, &mem, NULL) ==
           IAM_OK;
    if (same)
        iamp_json_print(&again, 0, &twice);
    same = same && text_eq(textbuf_text(&once), textbuf_text(&twice));
    iamp_textbuf_release(&once);
    iamp_textbuf_release(&twice);
    iamp_arena_release(&mem);
    return same;
}

static void check_refusal(
    const char *path, iam_status status, const iam_error *err, size_t len)
{
    if (err->status != status || err->line == 0 || err->column == 0 ||
        err->offset > len || err->message[0] == '\0')
        fail(path, "refused without a place or a sentence");
}

/* The deepest file of these suites has 500 levels; jansson itself ends at
 * 2,048. */
static json_limits deep_limits(void)
{
    iam_options options = IAM_OPTIONS_INIT;

    options.max_depth = 1024;
    return iamp_json_limits(&options);
}

static void judge(const char *path, const char *name, verdict by_name)
{
    json_limits limits = deep_limits();
    verdict wanted = except(name, by_name);
    iam_error err = {0};
    json_tree tree;
    textbuf source;
    iam_status status;
    arena mem;

    if (!read_file(path, &source)) {
        absent++; /* an empty file is not always kept in a collection */
        return;
    }
    files++;
    judged += wanted != EITHER;
    iamp_arena_init(&mem, NULL);
    status = iamp_json_parse(&tree, textbuf_text(&source), &limits, &mem, &err);
    if (status != IAM_OK)
        check_refusal(path, status, &err, source.len);
    else if (!prints_again(&tree, &limits))
        fail(path, "does not print as what it is");
    if (wanted == JSON && status != IAM_OK)
        fail(path, err.message);
    if (wanted == NOT_JSON && status == IAM_OK)
        fail(path, "is not JSON, and was accepted");
    iamp_textbuf_release(&source);
    iamp_arena_release(&mem);
}

static iam_status parse_policy(
    text source, iam_policy_kind kind, arena *mem, iam_error *err)
{
    json_limits limits = iamp_json_limits(NULL);
    json_tree tree;
    document d;
    iam_status status = iamp_json_parse(&tree, source, &limits, mem, err);

    if (status != IAM_OK)
        return status;
    return iamp_document_parse(&d, &tree, 0, kind, false, mem, err);
}

static void judge_policy(const char *path, const char *name, verdict unused)
{
    textbuf source;

    (void)name;
    (void)unused;
    if (!read_file(path, &source)) {
        absent++;
        return;
    }
    files++;
    judged++;
    for (int kind = IAM_IDENTITY_POLICY; kind <= IAM_TRUST_POLICY; kind++) {
        iam_error err = {0};
        iam_status status;
        arena mem;

        iamp_arena_init(&mem, NULL);
        status = parse_policy(
            textbuf_text(&source), (iam_policy_kind)kind, &mem, &err);
        if (status == IAM_OK)
            fail(path, "is broken, and was accepted");
        else
            check_refusal(path, status, &err, source.len);
        iamp_arena_release(&mem);
    }
    iamp_textbuf_release(&source);
}

typedef void (*judge_function)(
    const char *path, const char *name, verdict verdict);

static verdict by_prefix(const char *name, verdict otherwise)
{
    if (strncmp(name, "y_", 2) == 0 || strncmp(name, "pass", 4) == 0)
        return JSON;
    if (strncmp(name, "n_", 2) == 0 || strncmp(name, "fail", 4) == 0)
        return NOT_JSON;
    return otherwise;
}

/* Every file of a folder, or the file "input" of every folder in it. */
static void walk(const char *root, const char *folder, verdict otherwise,
    bool inputs, judge_function judge_one)
{
    char path[4096], name[1024];
    struct dirent *entry;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%s/%s", root, folder);
    dir = opendir(path);
    if (!dir) {
        fail(path, "cannot be opened");
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        const char *one = entry->d_name;

        if (one[0] == '.' || strcmp(one, "run") == 0 ||
            strcmp(one, "NOTES.txt") == 0)
            continue;
        (void)snprintf(name, sizeof(name), "%s/%s", folder, one);
        (void)snprintf(
            path, sizeof(path), "%s/%s%s", root, name, inputs ? "/input" : "");
        judge_one(path, name, by_prefix(one, otherwise));
    }
    (void)closedir(dir);
}

int main(void)
{
    const char *corpus = getenv("IAMPOLICY_CORPUS");
    char root[2048];

    if (!corpus || !*corpus) {
        printf("IAMPOLICY_CORPUS is not set\n");
        return 77;
    }
    (void)snprintf(root, sizeof(root), "%s/common/8-json-robustness", corpus);
    walk(root, "JSONTestSuite/test_parsing", EITHER, false, judge);
    walk(root, "JSONTestSuite/test_transform", EITHER, false, judge);
    walk(root, "yyjson/test_checker", EITHER, false, judge);
    walk(root, "yyjson/test_encoding", EITHER, false, judge);
    walk(root, "yyjson/test_roundtrip", EITHER, false, judge);
    walk(root, "yyjson/test_transform", EITHER, false, judge);
    walk(root, "yyjson/test_yyjson", EITHER, false, judge);
    walk(root, "jansson/valid", JSON, true, judge);
    walk(root, "jansson/invalid", NOT_JSON, true, judge);
    walk(root, "jansson/invalid-unicode", NOT_JSON, true, judge);
    walk(root, "policies-malformed", NOT_JSON, false, judge_policy);
    printf("%zu files, %zu with a verdict, %zu of them exceptions, %zu "
           "absent, %zu failures\n",
        files, judged, excepted, absent, failed);
    return failed == 0 && judged > 400 && excepted == COUNT_OF(exceptions)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
