/* SPDX-License-Identifier: Apache-2.0 */
/* Questions as SMT-LIB 2: what each operator becomes, and what is refused. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "unit.h"

typedef struct printed {
    char bytes[1 << 18];
    size_t len;
} printed;

static printed out;
static iam_error err;

static bool keep(void *user, const char *bytes, size_t len)
{
    printed *p = user;

    ck_assert_uint_lt(p->len + len, sizeof(p->bytes));
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
    p->bytes[p->len] = '\0';
    return true;
}

/* One Allow of a condition. */
static iam_stack *stack_of(const char *condition)
{
    static char document[4096];
    iam_stack_entry entry = {.name = "p"};
    iam_stack *stack;

    snprintf(document, sizeof(document),
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\","
        " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::a/*\","
        " \"Condition\": {%s}}]}",
        condition);
    ck_assert_msg(iam_policy_compile(IAM_IDENTITY_POLICY, document, IAM_NTS,
                      NULL, &entry.policy, &err) == IAM_OK,
        "%s", err.message);
    ck_assert_int_eq(iam_stack_new(&entry, 1, NULL, &stack, NULL), IAM_OK);
    iam_policy_free(entry.policy);
    return stack;
}

/* "Never", of users and one object, as text in `out`. */
static iam_status print_never(const char *condition)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_stack *stack = stack_of(condition);
    iam_prover *prover;
    iam_scope *scope;
    iam_status status;

    ck_assert_int_eq(iam_prover_new(stack, NULL, &prover, NULL), IAM_OK);
    ck_assert_int_eq(iam_scope_new(NULL, &scope), IAM_OK);
    ck_assert_int_eq(iam_scope_set_principal(scope,
                         "arn:aws:iam::111122223333:user/ann", IAM_NTS, NULL),
        IAM_OK);
    question.kind = IAM_NEVER;
    question.scope = scope;
    out.len = 0;
    status = iam_prover_print_smt2(prover, &question, keep, &out, &err);
    iam_scope_free(scope);
    iam_prover_free(prover);
    iam_stack_free(stack);
    return status;
}

/* What the condition's key (f0_s5) must be, if the flag before it holds. */
static const struct {
    const char *condition;
    const char *parts[3]; /* each stands in the file */
} operators[] = {
    {"\"StringEquals\": {\"x:k\": \"Ab\"}",
        {"; f0_s5: x:k\n(declare-const f0_s5 String)\n",
            "(= f0_s5 \"Ab\")))\n"}},
    {"\"StringEquals\": {\"x:k\": \"a\\\"\\\\\\u00e9\\u0001\"}",
        {"(= f0_s5 \"a\\u{00022}\\u{0005c}\\u{000e9}\\u{00001}\")"}},
    {"\"StringEquals\": {\"x:k\": \"\xf0\xaf\xbf\xbf\"}",
        {"(= f0_s5 \"\\u{2ffff}\")"}},
    {"\"StringNotEquals\": {\"x:k\": \"ab\"}", {"(not (= f0_s5 \"ab\"))"}},
    {"\"StringEqualsIgnoreCase\": {\"x:k\": \"a1B\"}",
        {"(str.in_re f0_s5 (re.++ (str.to_re \"\") (str.to_re \"\")"
         " (re.union (str.to_re \"a\") (str.to_re \"A\")) (str.to_re \"1\")"
         " (re.union (str.to_re \"b\") (str.to_re \"B\"))))"}},
    {"\"StringLike\": {\"x:k\": \"ab*\"}", {"(str.prefixof \"ab\" f0_s5)"}},
    {"\"StringLike\": {\"x:k\": \"*b?c\"}",
        {"(re.* re.allchar) (str.to_re \"b\") (re.++ (str.to_re \"\")"
         " re.allchar) (str.to_re \"c\")))))\n"}},
    {"\"StringNotLike\": {\"x:k\": \"*b\"}",
        {"(not (str.in_re f0_s5 (re.++ (str.to_re \"\") (str.to_re \"\")"
         " (re.* re.allchar) (str.to_re \"b\"))))"}},
    {"\"ArnLike\": {\"x:k\": \"arn:aws:sns:*:1?:t\"}",
        {"(str.to_re \"arn:aws:sns:\")"
         " (re.* (re.diff re.allchar (str.to_re \":\"))) (str.to_re \":1\")"
         " (re.++ (str.to_re \"\") (re.diff re.allchar (str.to_re \":\")))"
         " (str.to_re \":t\")"}},
    {"\"Bool\": {\"aws:SecureTransport\": \"true\"}",
        {"(= f0_s5 \"true\")", "(= f0_s5 \"false\")"}},
    {"\"BinaryEquals\": {\"x:k\": \"QUJD\"}", {"(= f0_s5 \"QUJD\")"}},
    {"\"NumericEquals\": {\"x:k\": \"-2.50\"}",
        {"(declare-const f0_n5 Bool)\n(declare-const f0_r5 Real)\n",
            "(or (and f0_n5 (or false (and true (<= (- 2.5) f0_r5)"
            " (<= f0_r5 (- 2.5))))))"}},
    {"\"NumericNotEquals\": {\"x:k\": \"7\"}",
        {"(or (and f0_n5 (or false (and true (< f0_r5 7.0))"
         " (and true (< 7.0 f0_r5)))) (not f0_n5))"}},
    {"\"NumericLessThan\": {\"x:k\": \"3\"}",
        {"(or false (and true (< f0_r5 3.0)))"}},
    {"\"NumericGreaterThanEquals\": {\"x:k\": \"0.5\"}",
        {"(or false (and true (<= 0.5 f0_r5)))"}},
    {"\"DateEquals\": {\"aws:CurrentTime\": \"2021-06-01T00:00:00.25Z\"}",
        {"(declare-const f0_d5 Bool)\n(declare-const f0_t5 Real)\n",
            "(<= (+ 1622505600.0 0.25) f0_t5)"
            " (<= f0_t5 (+ 1622505600.0 0.25))"}},
    {"\"DateLessThan\": {\"aws:CurrentTime\": \"1969-12-31T23:59:59Z\"}",
        {"(and true (< f0_t5 (+ (- 1.0) 0.0)))"}},
    {"\"DateGreaterThan\": {\"aws:CurrentTime\": \"1970-01-01T00:00:01Z\"}",
        {"(and true (< (+ 1.0 0.0) f0_t5))"}},
    {"\"IpAddress\": {\"aws:SourceIp\": [\"192.0.2.0/24\","
     " \"2001:db8::/32\"]}",
        {"(declare-const f0_p5 (_ BitVec 32))\n"
         "(declare-const f0_q5 (_ BitVec 128))\n",
            "(and f0_v5 (bvule #xc0000200 f0_p5) (bvule f0_p5 #xc00002ff))",
            "(and (not f0_v5)"
            " (bvule #x20010db8000000000000000000000000 f0_q5)"
            " (bvule f0_q5 #x20010db8ffffffffffffffffffffffff))"}},
    {"\"NotIpAddress\": {\"aws:SourceIp\": \"192.0.2.0/24\"}",
        {"(and f0_v5 (bvule #x00000000 f0_p5) (bvule f0_p5 #xc00001ff))"
         " (and f0_v5 (bvule #xc0000300 f0_p5) (bvule f0_p5 #xffffffff))",
            "(bvule f0_q5 #xffffffffffffffffffffffffffffffff)"}},
    {"\"StringEquals\": {\"x:k\": \"${aws:SourceIdentity}\"}",
        {"; Policy variables are taken for any text: sat proves nothing.\n"}},
    {"\"StringEquals\": {\"x:k k\": \"v\"}", {"; f0_s5: x:k_k\n"}},
};

START_TEST(test_operator)
{
    ck_assert_int_eq(print_never(operators[_i].condition), IAM_OK);
    for (size_t i = 0; i < 3 && operators[_i].parts[i]; i++)
        if (!strstr(out.bytes, operators[_i].parts[i]))
            ck_abort_msg(
                "%s: no %s", operators[_i].condition, operators[_i].parts[i]);
}
END_TEST

/* "Null" asks nothing of a value: no slot for it. */
START_TEST(test_null)
{
    ck_assert_int_eq(print_never("\"Null\": {\"x:k\": \"false\"}"), IAM_OK);
    ck_assert_ptr_null(strstr(out.bytes, "f0_s5"));
    ck_assert_ptr_null(strstr(out.bytes, "sat proves nothing"));
}
END_TEST

/* A string of SMT-LIB ends at U+2FFFF: another letter would be another text. */
START_TEST(test_letter_without_form)
{
    ck_assert_int_eq(
        print_never("\"StringEquals\": {\"x:k\": \"\xf0\xb0\x80\x80\"}"),
        IAM_EUNSUPPORTED);
    ck_assert_str_eq(
        err.message, "a letter above U+2FFFF: SMT-LIB has none of these");
    ck_assert_uint_eq(out.len, 0);
    ck_assert_int_eq(
        print_never("\"StringLike\": {\"x:k\": \"a\xf4\x8f\xbf\xbf*\"}"),
        IAM_EUNSUPPORTED);
}
END_TEST

START_TEST(test_refused)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_stack *stack =
        stack_of("\"Bool\": {\"aws:SecureTransport\": \"true\"}");
    iam_ipset *addresses;
    iam_prover *prover;

    ck_assert_int_eq(iam_ipset_new(NULL, 0, NULL, &addresses, NULL), IAM_OK);
    ck_assert_int_eq(iam_prover_new(stack, NULL, &prover, NULL), IAM_OK);
    question.kind = IAM_EXACTLY_FROM;
    question.addresses = addresses;
    out.len = 0;
    ck_assert_int_eq(iam_prover_print_smt2(prover, &question, keep, &out, &err),
        IAM_EUNSUPPORTED);
    ck_assert_str_eq(err.message,
        "exactly-from is two questions: only-from and always-from");
    question.kind = IAM_WITHIN;
    ck_assert_int_eq(
        iam_prover_print_smt2(prover, &question, keep, &out, &err), IAM_EINVAL);
    ck_assert_uint_eq(out.len, 0);
    question.kind = IAM_NEVER;
    ck_assert_int_eq(
        iam_prover_print_smt2(prover, &question, unit_refuse, NULL, &err),
        IAM_ESTOPPED);
    ck_assert_str_eq(err.message, "the sink stopped the output");
    iam_prover_free(prover);
    iam_ipset_free(addresses);
    iam_stack_free(stack);
}
END_TEST

UNIT_SUITE(smt2, NULL, NULL, {
    tcase_add_loop_test(tc, test_operator, 0, COUNT_OF(operators));
    tcase_add_test(tc, test_null);
    tcase_add_test(tc, test_letter_without_form);
    tcase_add_test(tc, test_refused);
})
