/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_vectors.c - whether AWS would take a document: vectors and another
 * implementation's opinion against IAM_STRICT.
 *
 * $IAMPOLICY_SEMANTICS/vectors.jsonl has vectors of kind "validate": "valid"
 * must be what strict reading says, and a finding that the grammar knows must
 * be there.  $IAMPOLICY_CORPUS has the documents of moto's tests with verdicts:
 * they must agree but where docs/semantics.md says otherwise.  Exit code 77:
 * neither variable is set.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"

/* Advice that is not the grammar's. */
static const char *const advice[] = {"PRIVATE_IP_ADDRESS",
    "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET",
    "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "INVALID_VPC_FORMAT"};

/* What refuses a document in both modes is an error, and has no code. */
static const char *const refusals[] = {
    "INVALID_EFFECT", "MISSING_EFFECT", "MISSING_STATEMENT"};

/* Where the emulator and the rules part. */
static const struct {
    const char *id, *rule;
} parted[] = {
    {"moto/invalid#2", "2008-10-17 is a version (A2.1)"},
    {"moto/invalid#33", "an empty Action is accepted (A.4)"},
    {"moto/invalid#36", "short ARNs are completed (A.7.2)"},
    {"moto/invalid#71", "short ARNs are completed (A.7.2)"},
    {"moto/valid#19", "an unknown operator is an error (B1.8)"},
    {"moto/valid#24", "identity policies have no Id (A2.5)"},
    {"moto/valid#40", "a Sid has letters and digits only (A2.7)"},
    {"moto/valid#41", "null is no value (A1.9)"},
};

static size_t agreed, listed, failed;

static bool among(const char *const *row, size_t count, const char *one)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(row[i], one) == 0)
            return true;
    return false;
}

static iam_policy_kind kind_called(const char *name)
{
    return iam_policy_kind_from_name(name, IAM_NTS);
}

static bool has_code(const document *d, const char *code)
{
    for (size_t i = 0; i < d->finding_count; i++)
        if (strcmp(d->findings[i].code, code) == 0)
            return true;
    return false;
}

/* Reads `policy` strictly and, for its findings, leniently. */
static bool parse(json_t *policy, iam_policy_kind kind, arena *mem,
    document *lenient, bool *read)
{
    json_limits limits = iamp_json_limits(NULL);
    bool is_text = json_is_string(policy);
    char *dumped = is_text ? NULL : json_dumps(policy, JSON_COMPACT);
    const char *source = is_text ? json_string_value(policy) : dumped;
    text kept = iamp_text_copy((text){source, strlen(source)}, mem);
    json_tree tree;
    document strict;
    bool good;

    free(dumped);
    *read = false;
    if (iamp_json_parse(&tree, kept, &limits, mem, NULL) != IAM_OK)
        return false;
    good =
        iamp_document_parse(&strict, &tree, 0, kind, true, mem, NULL) == IAM_OK;
    *read = iamp_document_parse(lenient, &tree, 0, kind, false, mem, NULL) ==
            IAM_OK;
    return good;
}

static bool findings_agree(json_t *expected, const document *d, bool read)
{
    size_t i;
    json_t *code;

    json_array_foreach(json_object_get(expected, "findings"), i, code)
    {
        const char *wanted = json_string_value(code);

        if (among(advice, COUNT_OF(advice), wanted))
            continue;
        if (read ? !has_code(d, wanted)
                 : !among(refusals, COUNT_OF(refusals), wanted))
            return false;
    }
    return true;
}

static void judge(const char *id, const char *kind, json_t *policy,
    json_t *expected, const char *reason)
{
    bool wanted = json_is_true(json_object_get(expected, "valid"));
    bool valid, read;
    document d;
    arena mem;

    iamp_arena_init(&mem, NULL);
    valid = parse(policy, kind_called(kind), &mem, &d, &read);
    if (reason && valid != wanted) {
        listed++;
    } else if (reason) {
        printf("%s: listed as parted (%s), but agrees\n", id, reason);
        failed++;
    } else if (valid != wanted || !findings_agree(expected, &d, read)) {
        printf("%s: %s, expected %s%s\n", id, valid ? "valid" : "invalid",
            wanted ? "valid" : "invalid",
            valid == wanted ? ", but a finding is missing" : "");
        failed++;
    } else {
        agreed++;
    }
    iamp_arena_release(&mem);
}

static void judge_vector(json_t *line)
{
    json_t *input = json_object_get(line, "input");
    const char *kind = json_string_value(json_object_get(line, "kind"));

    if (!kind || strcmp(kind, "validate") != 0)
        return;
    judge(json_string_value(json_object_get(line, "id")),
        json_string_value(json_object_get(input, "policy_type")),
        json_object_get(input, "document"), json_object_get(line, "expected"),
        NULL);
}

static void judge_moto(json_t *line)
{
    const char *id = json_string_value(json_object_get(line, "id"));
    const char *reason = NULL;

    for (size_t i = 0; i < COUNT_OF(parted); i++)
        if (strcmp(parted[i].id, id) == 0)
            reason = parted[i].rule;
    judge(id, "identity", json_object_get(line, "policy"),
        json_object_get(line, "expected"), reason);
}

static void each_line(
    const char *folder, const char *name, void (*each)(json_t *line))
{
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file) {
        printf("%s: cannot be opened\n", path);
        failed++;
        return;
    }
    for (;;) {
        json_t *line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);

        if (!line)
            break;
        each(line);
        json_decref(line);
    }
    (void)fclose(file);
}

int main(void)
{
    const char *semantics = getenv("IAMPOLICY_SEMANTICS");
    const char *corpus = getenv("IAMPOLICY_CORPUS");

    if (!semantics && !corpus) {
        printf("IAMPOLICY_SEMANTICS and IAMPOLICY_CORPUS are not set\n");
        return 77;
    }
    if (semantics)
        each_line(semantics, "vectors.jsonl", judge_vector);
    if (corpus)
        each_line(corpus, "dev/7-linter-suites/moto-aws-validation.jsonl",
            judge_moto);
    printf("%zu agree, %zu part for a reason, %zu failures\n", agreed, listed,
        failed);
    return failed == 0 && agreed > 30 ? EXIT_SUCCESS : EXIT_FAILURE;
}
