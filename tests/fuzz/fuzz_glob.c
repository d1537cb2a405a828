/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: five lines: how to match (l like, p plain, r resource, a ARN, f fold),
 * a pattern in which V and W are variables, a text, and the values of V and W,
 * which have none if their lines are missing.  The matcher must agree with the
 * definition.
 */
#include <stdlib.h>

#include "../unit/glob_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    LONGEST = 512 /* of each line: the definition is slow */
};

static text take_line(text *rest)
{
    size_t end = iamp_text_find(*rest, '\n');
    text line = text_slice(*rest, 0, end);

    *rest = text_from(*rest, end + (end < rest->len));
    return line;
}

static void check_glob(text how, text pattern, text subject,
    const oracle_values *known, arena *mem)
{
    static template_piece pieces[LONGEST];
    size_t count = oracle_pieces(pattern, (uint32_t)how.len * 77, pieces);
    bool fold = iamp_text_find(how, 'f') < how.len;
    glob_syntax syntax = iamp_text_find(how, 'p') < how.len   ? GLOB_PLAIN
                         : iamp_text_find(how, 'r') < how.len ? GLOB_RESOURCE
                                                              : GLOB_LIKE;
    glob_values values = {oracle_value, known};
    glob g;

    if (iamp_glob_compile(&g, pieces, count, syntax, fold, mem) == IAM_OK &&
        iamp_glob_match(&g, subject, &values) !=
            oracle_match(pattern, syntax, fold, subject, known))
        abort();
}

static void check_arn(
    text pattern, text subject, const oracle_values *known, arena *mem)
{
    static template_piece pieces[LONGEST];
    size_t count = oracle_pieces(pattern, 0, pieces);
    glob_values values = {oracle_value, known};
    arn_glob g;

    if (iamp_arn_glob_compile(&g, pieces, count, mem) == IAM_OK &&
        iamp_arn_glob_match(&g, subject, &values) !=
            oracle_arn_match(pattern, subject, known))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    oracle_values known = {{{NULL, 0}, {NULL, 0}}};
    text rest = size ? (text){(const char *)data, size} : TEXT("");
    text how, pattern, subject;
    arena mem;

    if (!iamp_text_is_utf8(rest))
        return 0;
    how = take_line(&rest);
    pattern = take_line(&rest);
    subject = take_line(&rest);
    for (size_t i = 0; i < 2 && rest.len > 0; i++)
        known.value[i] = take_line(&rest);
    if (pattern.len > LONGEST || subject.len > LONGEST ||
        known.value[0].len > LONGEST || known.value[1].len > LONGEST)
        return 0;
    iamp_arena_init(&mem, NULL);
    if (iamp_text_find(how, 'a') < how.len)
        check_arn(pattern, subject, &known, &mem);
    else
        check_glob(how, pattern, subject, &known, &mem);
    iamp_arena_release(&mem);
    return 0;
}
