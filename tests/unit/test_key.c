/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/key.h"

#include "unit.h"

static void setup(void)
{
}

static void teardown(void)
{
}

/* Every global key is found by its name in any case, and no family is. */
START_TEST(test_every_key)
{
    char upper[64];

    for (size_t id = 1; id < KEY_COUNT; id++) {
        const key_fact *fact = iamp_key_fact((key_id)id);
        key_ref key = iamp_key_find(fact->name), other;

        ck_assert_uint_lt(fact->name.len, sizeof(upper));
        for (size_t i = 0; i < fact->name.len; i++) {
            char c = fact->name.ptr[i];

            upper[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        other = iamp_key_find((text){upper, fact->name.len});
        ck_assert_uint_eq(key.id, fact->family ? (size_t)KEY_OTHER : id);
        ck_assert_uint_eq(other.id, key.id);
        ck_assert(key_eq(&key, &other));
        ck_assert_int_ne(fact->type, KEY_TYPE_UNKNOWN);
    }
}
END_TEST

static const struct {
    const char *a, *b;
    bool equal;
} pairs[] = {{"aws:SourceIp", "AWS:sourceip", true},
    {"aws:SourceIp", "aws:SourceIp ", false},
    {"aws:PrincipalTag/Team", "aws:principaltag/team", true},
    {"aws:PrincipalTag/Team", "aws:PrincipalTag/Teams", false},
    {"s3:prefix", "S3:PREFIX", true}, {"s3:prefix", "s3:Prefix2", false},
    {"aws:Nothing", "aws:nothing", true}, {"a", "A", true}, {"", "", true},
    {"awsxSourceIp", "aws:SourceIp", false}};

START_TEST(test_pair)
{
    key_ref a = iamp_key_find(iamp_text_of(pairs[_i].a, IAM_NTS));
    key_ref b = iamp_key_find(iamp_text_of(pairs[_i].b, IAM_NTS));

    ck_assert_int_eq(key_eq(&a, &b), pairs[_i].equal);
}
END_TEST

/* D.1 says which keys are multivalued; a few of each. */
static const struct {
    key_id id;
    key_type type;
    bool multivalued;
} facts[] = {{KEY_AWS_SOURCEIP, KEY_TYPE_IP, false},
    {KEY_AWS_TAGKEYS, KEY_TYPE_STRING, true},
    {KEY_AWS_CALLEDVIA, KEY_TYPE_STRING, true},
    {KEY_AWS_CALLEDVIAFIRST, KEY_TYPE_STRING, false},
    {KEY_AWS_PRINCIPALARN, KEY_TYPE_ARN, false},
    {KEY_AWS_MULTIFACTORAUTHAGE, KEY_TYPE_NUMERIC, false},
    {KEY_AWS_SECURETRANSPORT, KEY_TYPE_BOOL, false},
    {KEY_AWS_CURRENTTIME, KEY_TYPE_DATE, false}};

START_TEST(test_fact)
{
    const key_fact *fact = iamp_key_fact(facts[_i].id);

    ck_assert_int_eq(fact->type, facts[_i].type);
    ck_assert_int_eq(fact->multivalued, facts[_i].multivalued);
}
END_TEST

UNIT_SUITE(key, setup, teardown, {
    tcase_add_test(tc, test_every_key);
    tcase_add_loop_test(tc, test_pair, 0, COUNT_OF(pairs));
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
})
