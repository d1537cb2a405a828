/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_invalid.c - golden files of what is refused, and of what is found.
 *
 *     run_invalid FILE.json...
 *
 * A file in a folder "invalid" must be refused under IAM_STRICT, and FILE.err
 * holds "LINE:COLUMN: POINTER: MESSAGE".  One in a folder "findings" must be
 * accepted without it, and FILE.txt holds a line for each finding and for each
 * undecidable statement; under IAM_STRICT it is refused if and only if one of
 * them is an error.  The kind of policy is what the file's name starts with,
 * up to the first '-', else identity.  UPDATE_GOLDEN=1 writes the files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"

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

static iam_policy_kind kind_of(const char *path)
{
    const char *name = strrchr(path, '/');
    iam_policy_kind kind;

    name = name ? name + 1 : path;
    kind = iam_policy_kind_from_name(name, strcspn(name, "-."));
    return kind ? kind : IAM_IDENTITY_POLICY;
}

/* An exact copy, so that an overread is seen. */
static char *exact_copy(text t)
{
    char *copy = malloc(t.len ? t.len : 1);

    if (copy && t.len)
        memcpy(copy, t.ptr, t.len);
    return copy;
}

static void add_place(textbuf *out, uint32_t line, uint32_t column)
{
    iamp_textbuf_add_number(out, line);
    iamp_textbuf_add_c(out, ':');
    iamp_textbuf_add_number(out, column);
    textbuf_add_lit(out, ": ");
}

static void add_z(textbuf *out, const char *z)
{
    iamp_textbuf_add(out, iamp_text_of(z, IAM_NTS));
}

static void add_error(textbuf *out, const iam_error *err)
{
    add_place(out, err->line, err->column);
    add_z(out, err->where);
    textbuf_add_lit(out, ": ");
    add_z(out, err->message);
    iamp_textbuf_add_c(out, '\n');
}

static const char *severity_name(iam_severity severity)
{
    switch (severity) {
    case IAM_ERROR:
        return "error";
    case IAM_WARNING:
        return "warning";
    case IAM_SUGGESTION:
        return "suggestion";
    case IAM_OPEN_RULE:
        break;
    }
    return "open rule";
}

static void add_finding(
    textbuf *out, const json_tree *tree, const doc_finding *f)
{
    const json_node *n = &tree->nodes[f->node];
    uint32_t line, column;

    iamp_error_locate(
        tree->source, f->at_key ? n->key_offset : n->offset, &line, &column);
    add_place(out, line, column);
    iamp_json_pointer(tree, f->node, out);
    textbuf_add_lit(out, ": ");
    add_z(out, severity_name(f->severity));
    iamp_textbuf_add_c(out, ' ');
    add_z(out, f->code);
    textbuf_add_lit(out, ": ");
    iamp_textbuf_add(out, f->message);
    iamp_textbuf_add_c(out, '\n');
}

/* Whether there is an error among the findings. */
static bool add_findings(textbuf *out, const document *d)
{
    bool error = false;

    for (size_t i = 0; i < d->finding_count; i++) {
        add_finding(out, &d->tree, &d->findings[i]);
        error |= d->findings[i].severity == IAM_ERROR;
    }
    for (size_t i = 0; i < d->statement_count; i++) {
        if (!d->statements[i].undecidable)
            continue;
        textbuf_add_lit(out, "undecidable: statement ");
        iamp_textbuf_add_number(out, i);
        iamp_textbuf_add_c(out, '\n');
    }
    return error;
}

static iam_status parse(document *d, text source, const char *path, bool strict,
    arena *mem, iam_error *err)
{
    json_limits limits = iamp_json_limits(NULL);
    json_tree tree;
    iam_status status = iamp_json_parse(&tree, source, &limits, mem, err);

    if (status != IAM_OK)
        return status;
    return iamp_document_parse(d, &tree, 0, kind_of(path), strict, mem, err);
}

/* What the golden file should hold; false if the file is in the wrong
 * folder. */
static bool describe(const char *path, text source, bool invalid, textbuf *out)
{
    document strict, lenient;
    iam_error refused = {0}, err = {0};
    iam_status status, other;
    arena mem;
    bool good;

    iamp_arena_init(&mem, NULL);
    status = parse(&strict, source, path, true, &mem, &refused);
    other = parse(&lenient, source, path, false, &mem, &err);
    if (invalid) {
        good = status != IAM_OK;
        add_error(out, &refused);
    } else {
        good = other == IAM_OK &&
               add_findings(out, &lenient) == (status != IAM_OK);
        if (other != IAM_OK)
            add_error(out, &err);
    }
    if (!good)
        printf("%s: %s\n", path,
            invalid ? "accepted, but in a folder of what is refused"
                    : "refused, or the modes disagree");
    iamp_arena_release(&mem);
    return good;
}

static bool write_golden(const char *path, text t)
{
    FILE *file = fopen(path, "wb");
    bool good;

    if (!file)
        return false;
    good = fwrite(t.ptr, 1, t.len, file) == t.len;
    return fclose(file) == 0 && good;
}

static bool compare(const char *golden, text got)
{
    const char *update = getenv("UPDATE_GOLDEN");
    textbuf wanted;
    bool good;

    if (update && *update)
        return write_golden(golden, got);
    good = read_file(golden, &wanted) && text_eq(textbuf_text(&wanted), got);
    if (!good)
        printf("%s: differs; now:\n%.*s", golden, (int)got.len, got.ptr);
    iamp_textbuf_release(&wanted);
    return good;
}

static bool run(const char *path)
{
    bool invalid = strstr(path, "findings/") == NULL;
    size_t stem = strlen(path) < 5 ? 0 : strlen(path) - 5;
    textbuf source, out, golden;
    char *copy;
    bool good;

    iamp_textbuf_init(&out, NULL);
    iamp_textbuf_init(&golden, NULL);
    iamp_textbuf_add(&golden, (text){path, stem});
    add_z(&golden, invalid ? ".err" : ".txt");
    good = read_file(path, &source) && !golden.failed;
    copy = exact_copy(textbuf_text(&source));
    good = good && copy &&
           describe(path, (text){copy, source.len}, invalid, &out) &&
           !out.failed && compare(golden.ptr, textbuf_text(&out));
    free(copy);
    iamp_textbuf_release(&source);
    iamp_textbuf_release(&out);
    iamp_textbuf_release(&golden);
    return good;
}

int main(int argc, char **argv)
{
    size_t failed = 0;

    for (int i = 1; i < argc; i++) {
        if (!run(argv[i])) {
            printf("%s: failed\n", argv[i]);
            failed++;
        }
    }
    printf("%d files, %zu failed\n", argc - 1, failed);
    return argc > 1 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
