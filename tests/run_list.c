/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_list.c - the listing of each policy named on the command line against
 * the file beside it that ends in .txt; UPDATE_GOLDEN=1 writes that file.
 *
 * The kind of a policy is what its file's name starts with, up to the first
 * '-': identity-variables.json, scp-deny.json.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iampolicy.h"

typedef struct output {
    char *bytes;
    size_t len;
} output;

static bool gather(void *user, const char *bytes, size_t len)
{
    output *o = user;
    char *larger = realloc(o->bytes, o->len + len + 1);

    if (!larger)
        return false;
    memcpy(larger + o->len, bytes, len);
    o->bytes = larger;
    o->len += len;
    o->bytes[o->len] = '\0';
    return true;
}

static bool read_file(const char *path, output *out)
{
    char chunk[4096];
    FILE *file = fopen(path, "rb");
    size_t got;

    if (!file)
        return false;
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
        if (!gather(out, chunk, got))
            break;
    fclose(file);
    return true;
}

static iam_policy_kind kind_of(const char *path)
{
    const char *name = strrchr(path, '/');

    name = name ? name + 1 : path;
    return iam_policy_kind_from_name(name, strcspn(name, "-."));
}

static bool list_file(const char *path, output *listing)
{
    output source = {NULL, 0};
    iam_policy *policy;
    iam_error err;
    bool listed = false;

    if (!read_file(path, &source)) {
        fprintf(stderr, "%s: cannot be read\n", path);
    } else if (iam_policy_compile(kind_of(path), source.bytes, source.len, NULL,
                   &policy, &err) != IAM_OK) {
        fprintf(
            stderr, "%s:%u:%u: %s\n", path, err.line, err.column, err.message);
    } else {
        listed = iam_policy_list(policy, gather, listing) == IAM_OK;
        iam_policy_free(policy);
    }
    free(source.bytes);
    return listed;
}

static bool write_golden(const char *path, const output *listing)
{
    FILE *file = fopen(path, "wb");
    bool written;

    if (!file)
        return false;
    written = fwrite(listing->bytes, 1, listing->len, file) == listing->len;
    return fclose(file) == 0 && written;
}

static bool run(const char *path)
{
    output listing = {NULL, 0}, golden = {NULL, 0};
    size_t stem = strlen(path) - strlen(".json");
    char golden_path[1024];
    bool passed = false;

    snprintf(golden_path, sizeof(golden_path), "%.*s.txt", (int)stem, path);
    if (!list_file(path, &listing))
        return false;
    if (getenv("UPDATE_GOLDEN")) {
        passed = write_golden(golden_path, &listing);
    } else if (!read_file(golden_path, &golden)) {
        fprintf(stderr, "%s: cannot be read\n", golden_path);
    } else {
        passed = golden.len == listing.len &&
                 memcmp(golden.bytes, listing.bytes, listing.len) == 0;
        if (!passed)
            fprintf(stderr, "%s: the listing is now\n%s", path, listing.bytes);
    }
    free(listing.bytes);
    free(golden.bytes);
    return passed;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed += !run(argv[i]);
    printf("%d passed, %d failed\n", argc - 1 - failed, failed);
    return failed || argc < 2 ? EXIT_FAILURE : EXIT_SUCCESS;
}
