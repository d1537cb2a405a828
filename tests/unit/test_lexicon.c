/* SPDX-License-Identifier: Apache-2.0 */
#include "value/lexicon.h"

#include <string.h>

#include "unit.h"

static lexicon *lex;

static void setup(void)
{
    ck_assert_int_eq(iamp_lexicon_new(&lex, NULL), IAM_OK);
}

static void teardown(void)
{
    iamp_lexicon_free(lex);
}

static bool matches(lexical_rule rule, text t)
{
    bool yes;

    ck_assert_int_eq(iamp_lexicon_match(lex, rule, t, &yes), IAM_OK);
    return yes;
}

#define HEX32 "0123456789abcdefABCDEF0123456789"
#define ID16  "ABCDEFGHIJKL2345"

static const struct {
    lexical_rule rule;
    bool matches;
    const char *source;
} facts[] = {
    {LEX_SID, true, ""},
    {LEX_SID, true, "AllowAll01"},
    {LEX_SID, false, "Allow All"},
    {LEX_SID, false, "allow-all"},
    {LEX_SID, false, "a\n"},
    {LEX_SID, false, "\xc3\xa9"},
    {LEX_ACTION, true, "*"},
    {LEX_ACTION, true, "**"},
    {LEX_ACTION, true, "s3:GetObject"},
    {LEX_ACTION, true, "S3:getobject"},
    {LEX_ACTION, true, "s3:*"},
    {LEX_ACTION, true, "*:*"},
    {LEX_ACTION, true, "s3:Get?bject*"},
    {LEX_ACTION, true, "execute-api:Invoke"},
    {LEX_ACTION, true, "vpc-lattice:AssociateViaAWSService-EventsAndStates"},
    {LEX_ACTION, false, ""},
    {LEX_ACTION, false, "?"},
    {LEX_ACTION, false, "s3"},
    {LEX_ACTION, false, "s3:"},
    {LEX_ACTION, false, ":GetObject"},
    {LEX_ACTION, false, "s3:Get Object"},
    {LEX_ACTION, false, " s3:GetObject"},
    {LEX_ACTION, false, "s3:GetObject\n"},
    {LEX_ACTION, false, "s3:Get:Object"},
    {LEX_ACTION, false, "s3:${aws:username}"},
    {LEX_ACCOUNT, true, "111122223333"},
    {LEX_ACCOUNT, false, "11112222333"},
    {LEX_ACCOUNT, false, "1111222233334"},
    {LEX_ACCOUNT, false, "111122223333\n"},
    {LEX_ACCOUNT, false, "1111-2222-3333"},
    {LEX_PARTITION, true, "aws"},
    {LEX_PARTITION, true, "aws-cn"},
    {LEX_PARTITION, true, "aws-us-gov"},
    {LEX_PARTITION, true, "aws-iso-b"},
    {LEX_PARTITION, true, "aws-eusc"},
    {LEX_PARTITION, true, "*"},
    {LEX_PARTITION, true, "aws*"},
    {LEX_PARTITION, true, "aw?-cn"},
    {LEX_PARTITION, false, ""},
    {LEX_PARTITION, false, "AWS"},
    {LEX_PARTITION, false, "aws-"},
    {LEX_PARTITION, false, "awsx"},
    {LEX_PARTITION, false, "aws-iso-z"},
    {LEX_PARTITION, false, "a b*"},
    {LEX_UNIQUE_ID, true, "AIDA" ID16},
    {LEX_UNIQUE_ID, true, "AROA" ID16},
    {LEX_UNIQUE_ID, true, "AIDAJQABLZS4A3QDU576Q"},
    {LEX_UNIQUE_ID, false, "AIDA"},
    {LEX_UNIQUE_ID, false, "AKIA" ID16},
    {LEX_UNIQUE_ID, false, "aida" ID16},
    {LEX_UNIQUE_ID, false, "AIDA" ID16 "*"},
    {LEX_UNIQUE_ID, false, "AIDA" ID16 ":x"},
    {LEX_SERVICE_NAME, true, "ecs.amazonaws.com"},
    {LEX_SERVICE_NAME, true, "ec2.amazonaws.com.cn"},
    {LEX_SERVICE_NAME, true, "delivery.logs.amazonaws.com"},
    {LEX_SERVICE_NAME, true, "logs.us-east-1.amazonaws.com"},
    {LEX_SERVICE_NAME, true, "alexa-appkit.amazon.com"},
    {LEX_SERVICE_NAME, true, "eks-nodegroup.aws.internal"},
    {LEX_SERVICE_NAME, false, ""},
    {LEX_SERVICE_NAME, false, "*"},
    {LEX_SERVICE_NAME, false, "amazonaws.com"},
    {LEX_SERVICE_NAME, false, ".amazonaws.com"},
    {LEX_SERVICE_NAME, false, "a..amazonaws.com"},
    {LEX_SERVICE_NAME, false, "-a.amazonaws.com"},
    {LEX_SERVICE_NAME, false, "ecs.amazonaws.org"},
    {LEX_SERVICE_NAME, false, "ecsXamazonaws.com"},
    {LEX_SERVICE_NAME, false, "ecs.amazonaws.com.evil.example"},
    {LEX_SERVICE_NAME, false, "ecs.amazonawsXcom"},
    {LEX_SERVICE_NAME, false, "*.amazonaws.com"},
    {LEX_SERVICE_NAME, false, "arn:aws:iam::111122223333:root"},
    {LEX_CANONICAL_USER, true, HEX32 HEX32},
    {LEX_CANONICAL_USER, false, HEX32},
    {LEX_CANONICAL_USER, false, HEX32 HEX32 "0"},
    {LEX_CANONICAL_USER, false, HEX32 "g123456789abcdefABCDEF0123456789"},
    {LEX_FEDERATED, true, "cognito-identity.amazonaws.com"},
    {LEX_FEDERATED, true, "www.amazon.com"},
    {LEX_FEDERATED, true, "accounts.google.com"},
    {LEX_FEDERATED, true,
        "arn:aws:iam::111122223333:saml-provider/Corp_SSO-1.x"},
    {LEX_FEDERATED, true,
        "arn:aws:iam::111122223333:oidc-provider/"
        "oidc.eks.us-east-1.amazonaws.com/id/0123ABC"},
    {LEX_FEDERATED, true,
        "arn:aws-us-gov:iam::111122223333:oidc-provider/host:8443/realms/x"},
    {LEX_FEDERATED, true, "login.example.com/tenant/v2.0"},
    {LEX_FEDERATED, false, ""},
    {LEX_FEDERATED, false, "*"},
    {LEX_FEDERATED, false, "localhost"},
    {LEX_FEDERATED, false, "arn:aws:iam::111122223333:saml-provider/"},
    {LEX_FEDERATED, false, "arn:aws:iam::111122223333:saml-provider/a*"},
    {LEX_FEDERATED, false, "arn:aws:iam::1:saml-provider/a"},
    {LEX_FEDERATED, false, "arn:aws:iam::111122223333:role/a"},
    {LEX_FEDERATED, false, "accounts.google.com "},
    {LEX_CONDITION_KEY, true, "aws:SourceIp"},
    {LEX_CONDITION_KEY, true, "aws:ResourceTag/cost center"},
    {LEX_CONDITION_KEY, true, "aws:ResourceTag/caf\xc3\xa9"},
    {LEX_CONDITION_KEY, true, "aws:RequestTag/a:b=c+d@e"},
    {LEX_CONDITION_KEY, true, "SAML:aud"},
    {LEX_CONDITION_KEY, true, "token.actions.githubusercontent.com:sub"},
    {LEX_CONDITION_KEY, true, "oidc.eks.us-east-1.amazonaws.com/id/0A:aud"},
    {LEX_CONDITION_KEY, true, "ec2:NewInstanceProfile"},
    {LEX_CONDITION_KEY, false, ""},
    {LEX_CONDITION_KEY, false, "SourceIp"},
    {LEX_CONDITION_KEY, false, "aws:"},
    {LEX_CONDITION_KEY, false, ":SourceIp"},
    {LEX_CONDITION_KEY, false, "a b:c"},
    {LEX_CONDITION_KEY, false, "aws:Source\tIp"},
    {LEX_CONDITION_KEY, false, "aws:SourceIp\n"},
    {LEX_CONDITION_KEY, false, "${aws:x}"},
    {LEX_OPERATION, true, "s3:ListObjectsV2"},
    {LEX_OPERATION, true, "bedrock-runtime:Converse"},
    {LEX_OPERATION, false, "s3"},
    {LEX_OPERATION, false, "s3:"},
    {LEX_OPERATION, false, ":ListObjects"},
    {LEX_OPERATION, false, "s3:List*"},
    {LEX_OPERATION, false, "s3:List Objects"},
    {LEX_MODEL_ID, true, "anthropic.claude-3-haiku-20240307-v1:0"},
    {LEX_MODEL_ID, true, "amazon.titan-embed-text-v2:0:8k"},
    {LEX_MODEL_ID, true, "meta.llama3-1-8b-instruct-v1:0:128k"},
    {LEX_MODEL_ID, true, "google.gemma-3-12b-it"},
    {LEX_MODEL_ID, true, "minimax.minimax-m2.1"},
    {LEX_MODEL_ID, true, "ai21.jamba-1-5-large-v1:0"},
    {LEX_MODEL_ID, true, "us.model"}, /* a vendor of two letters */
    {LEX_MODEL_ID, false, ""},
    {LEX_MODEL_ID, false, "anthropic"},
    {LEX_MODEL_ID, false, "anthropic."},
    {LEX_MODEL_ID, false, ".claude"},
    {LEX_MODEL_ID, false, "Anthropic.Claude"},
    {LEX_MODEL_ID, false, "anthropic.claude:"},
    {LEX_MODEL_ID, false, "anthropic.claude*"},
    {LEX_MODEL_ID, false, "anthropic/claude"},
    {LEX_MODEL_ID, false, "us.anthropic.claude-3-haiku-20240307-v1:0"},
    {LEX_MODEL_ID, false, "global.anthropic.claude-sonnet-4-20250514-v1:0"},
    {LEX_MODEL_ID, false, "abcdefghijkl"}, /* of a custom model */
    {LEX_PROFILE_ID, true, "us.anthropic.claude-3-haiku-20240307-v1:0"},
    {LEX_PROFILE_ID, true, "us-gov.anthropic.claude-3-haiku-20240307-v1:0"},
    {LEX_PROFILE_ID, true, "apac.amazon.nova-lite-v1:0"},
    {LEX_PROFILE_ID, true, "jp.anthropic.claude-sonnet-4-5-20250929-v1:0"},
    {LEX_PROFILE_ID, true, "global.anthropic.claude-sonnet-4-20250514-v1:0"},
    {LEX_PROFILE_ID, false, "anthropic.claude-3-haiku-20240307-v1:0"},
    {LEX_PROFILE_ID, false, "minimax.minimax-m2.1"},
    {LEX_PROFILE_ID, false, "us.model"},
    {LEX_PROFILE_ID, false, "us.anthropic."},
    {LEX_PROFILE_ID, false, "US.anthropic.claude"},
};

START_TEST(test_fact)
{
    text t = iamp_text_of(facts[_i].source, IAM_NTS);

    ck_assert_msg(matches(facts[_i].rule, t) == facts[_i].matches,
        "rule %d: %s", (int)facts[_i].rule, facts[_i].source);
}
END_TEST

/* Every rule says yes to something and no to something, and covers the whole
 * text: what it accepts, it does not accept with a NUL around it. */
START_TEST(test_every_rule)
{
    char padded[256] = {0};
    size_t yes = 0, no = 0;

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        size_t len = strlen(facts[i].source);

        if (facts[i].rule != (lexical_rule)_i)
            continue;
        yes += facts[i].matches;
        no += !facts[i].matches;
        memcpy(padded + 1, facts[i].source, len + 1);
        ck_assert(!matches((lexical_rule)_i, (text){padded, len + 1}));
        ck_assert(!matches((lexical_rule)_i, (text){padded + 1, len + 1}));
    }
    ck_assert_uint_gt(yes, 0);
    ck_assert_uint_gt(no, 0);
    ck_assert_int_eq(matches((lexical_rule)_i, (text){NULL, 0}), _i == LEX_SID);
    ck_assert(!matches((lexical_rule)_i, TEXT("\xff\xfe")));
}
END_TEST

/* Long texts that nearly match come back soon, with an answer. */
START_TEST(test_hostile)
{
    static const char *const parts[] = {
        "a", "a.", "A:", "a:", "*", "-", "0", "a.a:", "us.", "/", "*:"};
    static char source[100001];

    for (size_t p = 0; p < COUNT_OF(parts); p++) {
        size_t period = strlen(parts[p]);

        for (size_t i = 0; i + 1 < sizeof(source); i++)
            source[i] = parts[p][i % period];
        source[sizeof(source) - 1] = '\n';
        ck_assert(!matches((lexical_rule)_i, (text){source, sizeof(source)}));
    }
}
END_TEST

/* What is answered without a pattern is answered as by it. */
START_TEST(test_pattern_agrees)
{
    static const char letters[] = "aZ7*?:_.-/ws@=+ \x7f\xc3";
    uint32_t seed = 77 + (uint32_t)_i;
    size_t yes = 0;

    for (size_t round = 0; round < 20000; round++) {
        char source[16];
        text t = {source, unit_random(&seed) % 8};
        bool wanted;

        for (size_t i = 0; i < t.len; i++)
            source[i] = letters[unit_random(&seed) % (sizeof(letters) - 1)];
        if (round == 0)
            t = TEXT("aws");
        ck_assert_int_eq(
            iamp_lexicon_match_pattern(lex, (lexical_rule)_i, t, &wanted),
            IAM_OK);
        ck_assert(matches((lexical_rule)_i, t) == wanted);
        yes += wanted;
    }
    if (_i == LEX_SID || _i == LEX_ACTION || _i == LEX_CONDITION_KEY)
        ck_assert_uint_gt(yes, 100);
}
END_TEST

/* Every text of up to four characters, one of each kind that a rule knows. */
START_TEST(test_pattern_agrees_on_short)
{
    static const char letters[] = "aZ7*?:_.-/@=+ \x7f\xc3";
    const size_t kinds = sizeof(letters) - 1;
    size_t all = 1;

    for (size_t len = 0; len <= 4; len++, all *= kinds)
        for (size_t number = 0; number < all; number++) {
            char source[4];
            size_t rest = number;
            bool wanted;

            for (size_t i = 0; i < len; i++, rest /= kinds)
                source[i] = letters[rest % kinds];
            ck_assert_int_eq(iamp_lexicon_match_pattern(lex, (lexical_rule)_i,
                                 (text){source, len}, &wanted),
                IAM_OK);
            if (matches((lexical_rule)_i, (text){source, len}) != wanted)
                ck_abort_msg("%.*s", (int)len, source);
        }
}
END_TEST

START_TEST(test_free_nothing)
{
    iamp_lexicon_free(NULL);
}
END_TEST

/* Each allocation of making, compiling and matching fails in turn. */
START_TEST(test_out_of_memory)
{
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        bool yes = false;
        lexicon *small;

        status = iamp_lexicon_new(&small, &poor);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        ck_assert_int_eq(small != NULL, status == IAM_OK);
        for (size_t rule = 0; status == IAM_OK && rule < LEX_COUNT; rule++) {
            yes = true;
            status = iamp_lexicon_match_pattern(
                small, (lexical_rule)rule, TEXT("a.b:c"), &yes);
            ck_assert(status == IAM_OK || status == IAM_ENOMEM);
            ck_assert(status == IAM_OK || !yes);
        }
        iamp_lexicon_free(small);
    }
    ck_assert_uint_gt(n, 5 + LEX_COUNT);
}
END_TEST

UNIT_SUITE(lexicon, setup, teardown, {
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_loop_test(tc, test_every_rule, 0, LEX_COUNT);
    tcase_add_loop_test(tc, test_hostile, 0, LEX_COUNT);
    tcase_add_loop_test(tc, test_pattern_agrees, 0, LEX_COUNT);
    tcase_add_loop_test(tc, test_pattern_agrees_on_short, 0, LEX_COUNT);
    tcase_add_test(tc, test_free_nothing);
    tcase_add_test(tc, test_out_of_memory);
})
