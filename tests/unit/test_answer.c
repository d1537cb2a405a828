/* SPDX-License-Identifier: Apache-2.0 */
/* Answers made by hand, and what is printed of them. */
#include "base/error.h"
#include "prove/prove.h"
#include "scenario/scenario.h"

#include "unit.h"

static const char policy_text[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"S\",\n"
    " \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\",\n"
    " \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"true\"}}}]}";

static iam_stack *stack;

static void setup(void)
{
    iam_stack_entry entries[2] = {{.name = "a \"b\""}, {.level = 1}};

    ck_assert_int_eq(iamp_policy_compile_text(&entries[0].policy,
                         (text){policy_text, strlen(policy_text)},
                         IAM_IDENTITY_POLICY, NULL, NULL),
        IAM_OK);
    ck_assert_int_eq(iamp_policy_compile_text(&entries[1].policy,
                         (text){policy_text, strlen(policy_text)},
                         IAM_SERVICE_CONTROL_POLICY, NULL, NULL),
        IAM_OK);
    ck_assert_int_eq(iamp_stack_new(&stack, entries, 2, NULL, NULL), IAM_OK);
    iamp_policy_release(entries[0].policy);
    iamp_policy_release(entries[1].policy);
}

static void teardown(void)
{
    iamp_stack_free(stack);
}

/* Answers own the stack that they have. */
static iam_stack *give_stack(void)
{
    iam_stack *given = stack;

    stack = NULL;
    return given;
}

static iam_request *ask(void)
{
    iam_request *r;
    text address = TEXT("198.51.100.7");

    ck_assert_int_eq(iamp_request_new(&r, NULL), IAM_OK);
    ck_assert_int_eq(
        iamp_request_set_principal(r, TEXT("anonymous"), NULL), IAM_OK);
    ck_assert_int_eq(iamp_request_set_action(r, TEXT("s3:X"), NULL), IAM_OK);
    ck_assert_int_eq(iamp_request_set_resource(r, TEXT("*"), NULL), IAM_OK);
    ck_assert_int_eq(iamp_request_set_values(
                         r, TEXT("aws:SourceIp"), false, &address, 1, NULL),
        IAM_OK);
    return r;
}

static const iam_match first_match = {0, 0};

static proof_witness witness(const char *id)
{
    return (proof_witness){.request = ask(),
        .id = {id, strlen(id)},
        .meaning = TEXT("it \"means\""),
        .level = IAM_WELL_FORMED,
        .outcome = IAM_ALLOW,
        .old_outcome = IAM_EXPLICIT_DENY,
        .because = &first_match,
        .because_count = 1};
}

static const proof_witness *keep_witness(arena *mem, const char *id)
{
    proof_witness *kept = ARENA_ARRAY(mem, proof_witness, 1);

    ck_assert_ptr_nonnull(kept);
    *kept = witness(id);
    return kept;
}

static const iam_ipset *set_of(arena *mem)
{
    ipblock blocks[2];
    ipset set;

    ck_assert(iamp_ipblock_parse(TEXT("10.0.0.0/31"), &blocks[0]));
    ck_assert(iamp_ipblock_parse(TEXT("2001:db8::/32"), &blocks[1]));
    ck_assert_int_eq(iamp_ipset_build(&set, blocks, 2, mem), IAM_OK);
    return ipset_object(&set, mem);
}

static void expect(textbuf *buf, const char *wanted)
{
    ck_assert(!buf->failed);
    ck_assert_str_eq(textbuf_text(buf).ptr, wanted);
    iamp_textbuf_release(buf);
}

#define REQUEST                                         \
    "{\"principal\":\"anonymous\",\"action\":\"s3:X\"," \
    "\"resource\":\"*\",\"context\":{\"aws:SourceIp\":" \
    "\"198.51.100.7\"}}"
#define STATEMENT                                             \
    "{\"policy\":0,\"name\":\"a \\\"b\\\"\",\"statement\":0," \
    "\"sid\":\"S\",\"effect\":\"Allow\",\"line\":1,\"column\":41}"

static iam_proof *proof_of(iam_question_kind kind)
{
    iam_proof *proof = iamp_proof_alloc(kind, NULL);

    ck_assert_ptr_nonnull(proof);
    proof->verdict = IAM_REFUTED;
    proof->reason = TEXT("because");
    proof->witnesses = keep_witness(&proof->mem, "outside");
    proof->witness_count = 1;
    proof->addresses = set_of(&proof->mem);
    proof->without_address = true;
    proof->steps = 7;
    proof->nanoseconds = 12999;
    return proof;
}

START_TEST(test_proof)
{
    static const text fact = {"a fact", 6};
    static const iam_finding finding = {
        IAM_OPEN_RULE, 0, 0, 0, 0, "B.4", "", "open"};
    iam_proof *proof = proof_of(IAM_ONLY_FROM);
    textbuf buf;

    proof->stack = give_stack();
    proof->facts = &fact;
    proof->findings = &finding;
    proof->fact_count = proof->finding_count = 1;
    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print(proof, &buf);
    expect(&buf,
        "{\"question\":\"only-from\",\"verdict\":\"refuted\","
        "\"reason\":\"because\",\"witness\":" REQUEST ",\"because\":[" STATEMENT
        "],\"level\":\"well-formed\","
        "\"witnesses\":[{\"id\":\"outside\",\"meaning\":\"it \\\"means\\\"\","
        "\"level\":\"well-formed\",\"request\":" REQUEST
        ",\"outcome\":\"allow\",\"because\":[" STATEMENT "]}],"
        "\"outside\":[\"10.0.0.0/31\",\"2001:db8::/32\"],"
        "\"withoutAddress\":true,\"facts\":[\"a fact\"],\"findings\":["
        "{\"code\":\"B.4\",\"severity\":\"open rule\",\"message\":\"open\"}],"
        "\"steps\":7,\"micros\":12}");
    iamp_proof_free(proof);
}
END_TEST

/* Statements of which nothing is known any more are numbers. */
START_TEST(test_within_without_a_stack)
{
    iam_proof *proof = proof_of(IAM_WITHIN);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print(proof, &buf);
    ck_assert_ptr_nonnull(strstr(textbuf_text(&buf).ptr,
        "\"outcome\":\"allow\",\"oldOutcome\":\"explicit deny\","
        "\"because\":[{\"policy\":0,\"statement\":0}]"));
    ck_assert_ptr_null(strstr(textbuf_text(&buf).ptr, "outside\":["));
    iamp_textbuf_release(&buf);
    iamp_proof_free(proof);
}
END_TEST

START_TEST(test_nothing)
{
    iam_proof *proof = iamp_proof_alloc(IAM_NEVER, NULL);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print(proof, &buf);
    expect(&buf,
        "{\"question\":\"never\",\"verdict\":\"unknown\",\"reason\":\"\","
        "\"witness\":null,\"because\":[],\"witnesses\":[],\"facts\":[],"
        "\"findings\":[],\"steps\":0,\"micros\":0}");
    iamp_proof_free(proof);
}
END_TEST

START_TEST(test_parts)
{
    iam_proof *proof = iamp_proof_alloc(IAM_EXACTLY_FROM, NULL);
    textbuf buf;

    proof->part[0] = proof_of(IAM_ONLY_FROM);
    proof->part[1] = proof_of(IAM_ALWAYS_FROM);
    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print(proof, &buf);
    ck_assert_ptr_nonnull(strstr(textbuf_text(&buf).ptr,
        ",\"witnesses\":[],\"outside\":[\"10.0.0.0/31\",\"2001:db8::/32\"],"
        "\"withoutAddress\":true,\"refused\":[\"10.0.0.0/31\","
        "\"2001:db8::/32\"],"));
    ck_assert_ptr_nonnull(strstr(
        textbuf_text(&buf).ptr, "\"parts\":[{\"question\":\"only-from\""));
    ck_assert_ptr_nonnull(
        strstr(textbuf_text(&buf).ptr, "},{\"question\":\"always-from\""));
    iamp_textbuf_release(&buf);
    iamp_proof_free(proof); /* and its parts, says the leak checker */
}
END_TEST

/* What is printed is read again, and says the same. */
START_TEST(test_scenario)
{
    iam_proof *proof = proof_of(IAM_ONLY_FROM);
    iam_scenario *scenario;
    textbuf buf;

    proof->stack = give_stack();
    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print_scenario(proof, &buf);
    ck_assert_int_eq(
        iamp_scenario_parse(&scenario, textbuf_text(&buf), NULL, NULL, NULL),
        IAM_OK);
    ck_assert_uint_eq(scenario->count, 1);
    ck_assert(text_eq(scenario->requests[0].id, TEXT("outside")));
    ck_assert(scenario->requests[0].expected.given);
    ck_assert_int_eq(scenario->requests[0].expected.outcome, IAM_ALLOW);
    ck_assert_uint_eq(scenario->stack->count, 2);
    ck_assert(text_eq(scenario->stack->entries[0].name, TEXT("a \"b\"")));
    ck_assert(!scenario->stack->entries[1].has_name);
    ck_assert_uint_eq(scenario->stack->entries[1].level, 1);
    iamp_scenario_free(scenario);
    iamp_textbuf_release(&buf);
    iamp_proof_free(proof);
}
END_TEST

/* A key that the request lacks stays away when it is read again. */
START_TEST(test_scenario_without_derived_keys)
{
    iam_proof *proof = proof_of(IAM_NEVER);
    textbuf buf;

    proof->witnesses[0].request->flags |= IAM_NO_DERIVED_KEYS;
    iamp_textbuf_init(&buf, NULL);
    iamp_proof_print_scenario(proof, &buf);
    ck_assert_ptr_nonnull(strstr(textbuf_text(&buf).ptr, "\"derive\": false"));
    iamp_textbuf_release(&buf);
    iamp_proof_free(proof);
}
END_TEST

START_TEST(test_sources)
{
    iam_sources *sources = iamp_sources_alloc(NULL);
    textbuf buf;

    sources->verdict = IAM_PROVED;
    sources->stack = give_stack();
    sources->addresses = set_of(&sources->mem);
    sources->because = &first_match;
    sources->because_count = 1;
    iamp_textbuf_init(&buf, NULL);
    iamp_sources_print(sources, &buf);
    expect(&buf,
        "{\"verdict\":\"exact\",\"reason\":\"\",\"ipv4\":[\"10.0.0.0/31\"],"
        "\"ipv6\":[\"2001:db8::/32\"],\"withoutAddress\":false,"
        "\"statements\":[" STATEMENT "],\"facts\":[],\"findings\":[],"
        "\"steps\":0,\"micros\":0}");
    sources->verdict = IAM_UNKNOWN;
    sources->without_address_unsure = true;
    sources->unsure = sources->addresses;
    iamp_sources_print(sources, &buf);
    ck_assert_ptr_nonnull(strstr(textbuf_text(&buf).ptr,
        "\"withoutAddress\":null,\"unsure\":[\"10.0.0.0/31\","
        "\"2001:db8::/32\"]"));
    iamp_textbuf_release(&buf);
    iamp_sources_free(sources);
}
END_TEST

START_TEST(test_diff)
{
    static const diff_change change = {.actions = {"s3:*", 4},
        .resources = {"*", 1},
        .summary = {"more", 4},
        .gained_without_address = true};
    iam_diff *diff = iamp_diff_alloc(NULL);
    textbuf buf;

    diff->relation = IAM_WIDER;
    diff->stack = give_stack();
    diff->only_new = keep_witness(&diff->mem, "gained");
    diff->changes = &change;
    diff->change_count = 1;
    iamp_textbuf_init(&buf, NULL);
    iamp_diff_print(diff, &buf);
    expect(&buf,
        "{\"relation\":\"wider\",\"reason\":\"\",\"onlyOld\":null,"
        "\"onlyNew\":" REQUEST ",\"becauseOld\":[],\"becauseNew\":[" STATEMENT
        "],\"changes\":[{\"actions\":\"s3:*\",\"resources\":\"*\","
        "\"summary\":\"more\",\"gainedWithoutAddress\":true,"
        "\"lostWithoutAddress\":false,\"gainedOtherwise\":false,"
        "\"lostOtherwise\":false}],\"facts\":[],\"steps\":0,\"micros\":0}");
    iamp_diff_free(diff);
}
END_TEST

START_TEST(test_review)
{
    static const uint32_t shadowed[] = {0, 9};
    iam_review *review = iamp_review_alloc(NULL);
    review_item *items = ARENA_ARRAY(&review->mem, review_item, 2);
    textbuf buf;

    items[0] = (review_item){.dead = IAM_REFUTED,
        .effect = IAM_REFUTED,
        .witness = keep_witness(&review->mem, "needs"),
        .shadowed = shadowed,
        .shadowed_count = 2,
        .summary = TEXT("")};
    items[1] = (review_item){.statement = {1, 0},
        .dead = IAM_PROVED,
        .effect = IAM_PROVED,
        .summary = TEXT("dead")};
    review->items = items;
    review->count = 2;
    review->stack = give_stack();
    iamp_textbuf_init(&buf, NULL);
    iamp_review_print(review, &buf);
    expect(&buf,
        "{\"statements\":[{\"statement\":" STATEMENT
        ",\"dead\":false,\"effective\":true,\"witness\":" REQUEST
        ",\"shadowed\":[{\"operator\":\"Bool\",\"key\":\"aws:SecureTransport\"}"
        ",{\"operator\":\"\",\"key\":\"\"}],\"summary\":\"\"},{\"statement\":{"
        "\"policy\":1,\"statement\":0,\"sid\":\"S\",\"effect\":\"Allow\","
        "\"line\":1,\"column\":41},\"dead\":true,\"effective\":false,"
        "\"witness\":null,\"shadowed\":[],\"summary\":\"dead\"}],\"facts\":[],"
        "\"steps\":0,\"micros\":0}");
    iamp_review_free(review);
}
END_TEST

START_TEST(test_names)
{
    for (int kind = IAM_ONLY_FROM; kind <= IAM_NOT_PUBLIC; kind++) {
        const char *name = iamp_question_name((iam_question_kind)kind);

        ck_assert_int_eq(
            iamp_question_from_name((text){name, strlen(name)}), kind);
    }
    ck_assert_str_eq(iamp_question_name((iam_question_kind)0), "");
    ck_assert_str_eq(iamp_question_name((iam_question_kind)8), "");
    ck_assert_int_eq(iamp_question_from_name(TEXT("")), 0);
    ck_assert_int_eq(iamp_question_from_name(TEXT("Only-from")), 0);
    ck_assert_str_eq(iamp_verdict_name(IAM_PROVED), "proved");
    ck_assert_str_eq(iamp_verdict_name((iam_verdict)9), "unknown");
    ck_assert_str_eq(iamp_relation_name((iam_relation)9), "unknown");
    ck_assert_str_eq(iamp_level_name((iam_witness_level)9), "any strings");
}
END_TEST

UNIT_SUITE(answer, setup, teardown, {
    tcase_add_test(tc, test_proof);
    tcase_add_test(tc, test_within_without_a_stack);
    tcase_add_test(tc, test_nothing);
    tcase_add_test(tc, test_parts);
    tcase_add_test(tc, test_scenario);
    tcase_add_test(tc, test_scenario_without_derived_keys);
    tcase_add_test(tc, test_sources);
    tcase_add_test(tc, test_diff);
    tcase_add_test(tc, test_review);
    tcase_add_test(tc, test_names);
})
