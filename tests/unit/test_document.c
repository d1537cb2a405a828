/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "document/document.h"

#include "unit.h"

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static iam_status parse(document *d, const char *policy, iam_policy_kind kind,
    bool strict, iam_error *err)
{
    json_limits limits = iamp_json_limits(NULL);
    json_tree tree;
    iam_status status = iamp_json_parse(
        &tree, (text){policy, strlen(policy)}, &limits, &mem, err);

    if (status != IAM_OK)
        return status;
    return iamp_document_parse(d, &tree, 0, kind, strict, &mem, err);
}

static document accepted(const char *policy, iam_policy_kind kind, bool strict)
{
    document d;
    iam_error err = {0};

    ck_assert_msg(parse(&d, policy, kind, strict, &err) == IAM_OK, "%s: %s",
        policy, err.message);
    return d;
}

static bool has(const document *d, const char *code)
{
    for (size_t i = 0; i < d->finding_count; i++)
        if (strcmp(d->findings[i].code, code) == 0)
            return true;
    return false;
}

/* --- what a document holds ------------------------------------------------- */

START_TEST(everything)
{
    document d = accepted(
        "{\"Id\": \"one\", \"Statement\": [{\"Sid\": \"A b\", \"Effect\": "
        "\"Deny\", \"NotPrincipal\": {\"AWS\": [\"111122223333\", \"*\"], "
        "\"Service\": \"ec2.amazonaws.com\"}, \"NotAction\": \"s3:Get*\", "
        "\"NotResource\": [\"arn:aws:s3:::a\", \"arn:aws:s3:::b\"], "
        "\"Condition\": {\"ArnEquals\": {\"aws:SourceArn\": "
        "\"arn:aws:sns:*:*:T\"}, \"ForAnyValue:numericlessthan\": {\"k:n\": "
        "[1.50, \"2\"], \"k:m\": -3}}}], \"Version\": \"2012-10-17\"}",
        IAM_RESOURCE_POLICY, true);
    const doc_statement *s = d.statements;

    ck_assert(d.version_2012 && d.has_version && d.has_id);
    ck_assert(text_eq(d.id, TEXT("one")));
    ck_assert_uint_eq(d.statement_count, 1);
    ck_assert(s->deny && s->has_sid && !s->undecidable);
    ck_assert(s->has_principal && s->not_principal && s->not_action);
    ck_assert(s->not_resource && s->resources.given && s->actions.given);
    ck_assert(text_eq(s->sid, TEXT("A b")));
    ck_assert_uint_eq(s->principal_count, 3);
    ck_assert_int_eq(s->principals[1].type, CLASS_AWS);
    ck_assert(text_eq(s->principals[1].text, TEXT("*")));
    ck_assert_int_eq(s->principals[2].type, CLASS_SERVICE);
    ck_assert_uint_eq(s->actions.count, 1);
    ck_assert(text_eq(s->actions.items[0].text, TEXT("s3:Get*")));
    ck_assert_uint_eq(s->resources.count, 2);
    ck_assert_uint_eq(s->condition_count, 3);
    ck_assert(text_eq(s->conditions[0].written, TEXT("ArnEquals")));
    ck_assert_int_eq(s->conditions[0].op.base, OP_ARN_LIKE);
    ck_assert(text_eq(s->conditions[0].key, TEXT("aws:SourceArn")));
    ck_assert_int_eq(s->conditions[1].op.set, SET_FOR_ANY_VALUE);
    ck_assert(!s->conditions[1].op.canonical);
    ck_assert(text_eq(s->conditions[1].values.items[0].text, TEXT("1.50")));
    ck_assert(text_eq(s->conditions[2].values.items[0].text, TEXT("-3")));
    ck_assert_uint_eq(d.finding_count, 1);
    ck_assert_int_eq(d.findings[0].severity, IAM_OPEN_RULE);
    ck_assert(d.findings[0].at_key);
}
END_TEST

/* --- nothing is lost of a Deny --------------------------------------------- */

#define POLICY(statement) \
    "{\"Version\": \"2012-10-17\", \"Statement\": {" statement "}}"
#define REST "\"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::a\""

/* What stands for everything in a statement that cannot be evaluated. */
enum {
    EVERY_ACTION = 1,
    EVERY_RESOURCE = 2,
    EVERYBODY = 4,
    DECIDABLE = 8
};

static const struct {
    iam_policy_kind kind;
    const char *statement; /* behind its Effect */
    unsigned what;
    size_t conditions; /* that are left */
} parts[] = {
    {IAM_IDENTITY_POLICY, REST, DECIDABLE, 0},
    {IAM_IDENTITY_POLICY, REST ", \"condition\": {}", 0, 0},
    {IAM_IDENTITY_POLICY, "\"Resource\": \"*\"", EVERY_ACTION, 0},
    {IAM_IDENTITY_POLICY, REST ", \"NotAction\": []", EVERY_ACTION, 0},
    {IAM_IDENTITY_POLICY, "\"Resource\": \"*\", \"Action\": [\"s3:Get\", 1]",
        EVERY_ACTION, 0},
    {IAM_IDENTITY_POLICY, "\"Resource\": \"*\", \"Action\": \"Get\"",
        EVERY_ACTION, 0},
    {IAM_IDENTITY_POLICY,
        "\"Resource\": \"*\", \"NotAction\": [\"s3:*\", \"\"]", EVERY_ACTION,
        0},
    {IAM_IDENTITY_POLICY, "\"Action\": \"s3:Get\"", EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY, REST ", \"NotResource\": \"*\"", EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY,
        "\"Action\": \"s3:Get\", \"Resource\": [\"arn:aws:s3:::a\", \"b\"]",
        EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY, "\"Action\": \"s3:Get\", \"NotResource\": {}",
        EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY,
        "\"Action\": \"s3:Get\", \"NotResource\": \"arn:aws:s3:::${a:b, "
        "'c'd'}\"",
        EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY,
        "\"Action\": \"s3:Get\", \"NotResource\": \"arn:aws:s3:::${}${a:b, "
        "'c'd'}\"",
        EVERY_RESOURCE, 0},
    {IAM_SESSION_POLICY, "\"Action\": \"s3:Get\", \"Resource\": \"arn:aws:s3\"",
        EVERY_RESOURCE, 0},
    {IAM_IDENTITY_POLICY, REST ", \"Principal\": {\"AWS\": \"1\"}", 0, 0},
    {IAM_RESOURCE_POLICY, REST, EVERYBODY, 0},
    {IAM_ENDPOINT_POLICY, REST ", \"Principal\": \"all\"", EVERYBODY, 0},
    {IAM_RESOURCE_POLICY, REST ", \"Principal\": {\"AWS\": [\"*\", null]}",
        EVERYBODY, 0},
    {IAM_RESOURCE_POLICY,
        REST ", \"NotPrincipal\": {\"AWS\": \"111122223333\", \"X\": \"y\"}",
        EVERYBODY, 0},
    {IAM_RESOURCE_POLICY, REST ", \"NotPrincipal\": {\"AWS\": \"nadia\"}",
        EVERYBODY, 0},
    {IAM_RESOURCE_POLICY,
        REST ", \"Principal\": \"*\", \"NotPrincipal\": \"*\"", EVERYBODY, 0},
    {IAM_TRUST_POLICY,
        "\"Action\": \"sts:AssumeRole\", \"NotPrincipal\": \"*\"", EVERYBODY,
        0},
    {IAM_RESOURCE_CONTROL_POLICY, REST ", \"Principal\": {\"AWS\": \"*\"}",
        EVERYBODY, 0},
    {IAM_RESOURCE_CONTROL_POLICY, REST ", \"NotPrincipal\": \"*\"", EVERYBODY,
        0},
    {IAM_IDENTITY_POLICY,
        REST
        ", \"Condition\": {\"Bool\": {\"a:b\": true}, \"Boole\": {\"a:b\": "
        "1, \"a:c\": 1}}",
        0, 1},
    {IAM_IDENTITY_POLICY,
        REST ", \"Condition\": {\"NullIfExists\": {\"a:b\": true}}", 0, 0},
    {IAM_IDENTITY_POLICY,
        REST ", \"Condition\": {\"StringLike\": {\"a:b\": [\"x\", null], "
             "\"a:c\": \"x\"}}",
        0, 1},
    {IAM_IDENTITY_POLICY,
        REST ", \"Condition\": {\"StringLike\": {\"a:b\": \"x\", \"A:b\": "
             "\"y\", \"a:B\": \"z\", \"a:c\": \"x\"}}",
        0, 1},
    {IAM_IDENTITY_POLICY,
        REST ", \"Condition\": {\"StringLike\": {\"a:b\": \"x\"}, "
             "\"stringlike\": {\"a:c\": \"y\"}}",
        0, 0},
    {IAM_IDENTITY_POLICY, REST ", \"Condition\": 1", 0, 0},
    /* Never matches, which can be evaluated. */
    {IAM_IDENTITY_POLICY,
        REST ", \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"*\"}}",
        DECIDABLE, 1},
    {IAM_RESOURCE_POLICY,
        REST ", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:user/*\"}",
        DECIDABLE, 0},
};

START_TEST(undecidable)
{
    unsigned what = parts[_i].what;

    for (int deny = 0; deny < 2; deny++) {
        char policy[1024];
        document d;
        const doc_statement *s;
        int len = snprintf(policy, sizeof(policy),
            "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": "
            "\"%s\", %s}}",
            deny ? "Deny" : "Allow", parts[_i].statement);

        ck_assert(len > 0 && (size_t)len < sizeof(policy));
        d = accepted(policy, parts[_i].kind, false);
        s = d.statements;
        ck_assert_int_eq(s->deny, deny);
        ck_assert_int_eq(s->undecidable, !(what & DECIDABLE));
        ck_assert(s->actions.given);
        ck_assert_int_eq(
            s->not_action && s->actions.count == 0, (what & EVERY_ACTION) != 0);
        ck_assert_int_eq(
            s->not_resource && s->resources.given && s->resources.count == 0,
            (what & EVERY_RESOURCE) != 0);
        ck_assert_int_eq(
            s->has_principal && s->not_principal && s->principal_count == 0,
            (what & EVERYBODY) != 0);
        ck_assert_uint_eq(s->condition_count, parts[_i].conditions);
    }
}
END_TEST

/* An element that a kind must not have does not limit its Deny. */
START_TEST(forbidden_principal)
{
    document d = accepted(POLICY("\"Effect\": \"Deny\", " REST
                                 ", \"Principal\": {\"AWS\": \"1\"}"),
        IAM_IDENTITY_POLICY, false);

    ck_assert(d.statements->undecidable);
    ck_assert(!d.statements->has_principal);
}
END_TEST

/* --- strict is lenient without errors -------------------------------------- */

START_TEST(first_error)
{
    static const char policy[] =
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
        "\"Resource\": \"x\", \"Action\": \"y\"}, {\"Effect\": \"no\"}]}";
    document d;
    iam_error err;

    /* In the order of the text, whatever was looked at first. */
    ck_assert_int_eq(
        parse(&d, policy, IAM_IDENTITY_POLICY, true, &err), IAM_EPOLICY);
    ck_assert_str_eq(err.where, "/Statement/0/Resource");
    ck_assert_int_eq(
        parse(&d, policy, IAM_IDENTITY_POLICY, false, &err), IAM_EPOLICY);
    ck_assert_str_eq(err.where, "/Statement/1/Effect");
    ck_assert_str_eq(
        err.message, "\"Effect\" must be \"Allow\" or \"Deny\", not \"no\"");
}
END_TEST

/* A policy inside a larger text: its own places, and nothing beyond it. */
START_TEST(inside)
{
    static const char whole[] =
        "{\"before\": \"\xe2\x82\xac\", \"policy\": {\"Statement\": "
        "{\"Effect\": \"Allow\", \"Action\": \"s3\", \"Resource\": \"*\"}}, "
        "\"behind\": \"\xe2\x82\xac\"}";
    json_limits limits = iamp_json_limits(NULL);
    json_tree tree;
    document d;
    iam_error err;
    json_ref root;

    ck_assert_int_eq(iamp_json_parse(&tree, (text){whole, sizeof(whole) - 1},
                         &limits, &mem, &err),
        IAM_OK);
    root = iamp_json_member(&tree, 0, TEXT("policy"));
    ck_assert_int_eq(iamp_document_parse(&d, &tree, root, IAM_IDENTITY_POLICY,
                         true, &mem, &err),
        IAM_EPOLICY);
    ck_assert_str_eq(err.where, "/policy/Statement/Action");
    ck_assert_int_eq(iamp_document_parse(&d, &tree, root, IAM_IDENTITY_POLICY,
                         false, &mem, &err),
        IAM_OK);
    ck_assert_uint_eq(d.root, root);
    ck_assert(!has(&d, "INVALID_CHARACTER"));
    ck_assert(has(&d, "INVALID_ACTION"));
    ck_assert(has(&d, "MISSING_VERSION"));
}
END_TEST

/* --- hostile -------------------------------------------------------------- */

static void add_many(textbuf *buf, const char *before, size_t count,
    const char *one, const char *behind)
{
    iamp_textbuf_add(buf, (text){before, strlen(before)});
    for (size_t i = 0; i < count; i++) {
        if (i)
            textbuf_add_lit(buf, ",");
        iamp_textbuf_add(buf, (text){one, strlen(one)});
    }
    iamp_textbuf_add(buf, (text){behind, strlen(behind)});
    iamp_textbuf_add_c(buf, '\0');
}

/* More findings than anybody reads: kept within bounds, the verdict the same,
 * and an error that comes late is still seen. */
START_TEST(many_findings)
{
    textbuf buf;
    document d;
    iam_error err;

    iamp_textbuf_init(&buf, NULL);
    add_many(&buf,
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", "
        "\"Resource\": \"*\", \"Action\": [",
        100000, "\"s*:Get\"", ", \"s3\"]}}");
    d = accepted(buf.ptr, IAM_IDENTITY_POLICY, false);
    ck_assert_uint_gt(d.finding_count, 10000);
    ck_assert_uint_lt(d.finding_count, 10010);
    ck_assert(has(&d, "TOO_MANY_FINDINGS"));
    ck_assert(has(&d, "INVALID_ACTION"));
    ck_assert(d.statements->undecidable);
    ck_assert_int_eq(
        parse(&d, buf.ptr, IAM_IDENTITY_POLICY, true, &err), IAM_EPOLICY);
    ck_assert_str_eq(err.where, "/Statement/Action/100000");
    iamp_textbuf_release(&buf);
}
END_TEST

/* Many keys that are told apart without regard to case: not quadratic. */
START_TEST(many_keys)
{
    enum {
        KEYS = 50000
    };
    textbuf buf;
    document d;

    iamp_textbuf_init(&buf, NULL);
    textbuf_add_lit(&buf,
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", "
        "\"Resource\": \"*\", \"Action\": \"*\", \"Condition\": "
        "{\"StringEquals\": {\"K:0\": 1");
    for (uint64_t i = 0; i < KEYS; i++) {
        textbuf_add_lit(&buf, ",\"k:");
        iamp_textbuf_add_number(&buf, i);
        textbuf_add_lit(&buf, "\":1");
    }
    iamp_textbuf_add(&buf, (text){"}}}}", 5});
    d = accepted(buf.ptr, IAM_IDENTITY_POLICY, false);
    ck_assert_uint_eq(d.statements->condition_count, KEYS - 1);
    ck_assert(has(&d, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"));
    iamp_textbuf_release(&buf);
}
END_TEST

/* --- sizes ----------------------------------------------------------------- */

static const struct {
    iam_policy_kind kind;
    size_t limit;  /* 0: none known */
    size_t most;   /* more is refused by IAM_STRICT; 0: none known */
    bool is_every; /* white space between tokens counts */
} sizes[] = {
    {IAM_IDENTITY_POLICY, 6144, 0, false},
    {IAM_PERMISSIONS_BOUNDARY, 6144, 0, false},
    {IAM_SESSION_POLICY, 2048, 0, true},
    {IAM_SERVICE_CONTROL_POLICY, 10240, 10240, true},
    {IAM_RESOURCE_CONTROL_POLICY, 5120, 5120, true},
    {IAM_TRUST_POLICY, 2048, 4096, false},
    {IAM_RESOURCE_POLICY, 0, 0, false},
    {IAM_ENDPOINT_POLICY, 0, 0, false},
};

/* A policy whose Sid is `fill` characters, of two bytes each, long.  White
 * space: three between tokens, one in a string. */
static const char sized_head[] =
    "{ \"Version\":\"2012-10-17\",\"Statement\":\n{\"Sid\":\"";
static const char sized_tail[] = "\",\"Effect\":\"Allow\",\"Action\":\"a b:c\","
                                 "\t\"Resource\":\"*\"}}";
enum {
    SIZED = sizeof(sized_head) + sizeof(sized_tail) - 2,
    SPACE_BETWEEN = 3,
    SPACE_INSIDE = 1
};

static void sized(textbuf *buf, size_t fill)
{
    iamp_textbuf_init(buf, NULL);
    iamp_textbuf_add(buf, (text){sized_head, sizeof(sized_head) - 1});
    for (size_t i = 0; i < fill; i++)
        iamp_textbuf_add(buf, TEXT("\xc3\xa9"));
    iamp_textbuf_add(buf, (text){sized_tail, sizeof(sized_tail)});
}

/* The last character that fits, and one more; characters, not bytes. */
START_TEST(size_limits)
{
    size_t limit = sizes[_i].limit;
    size_t fixed = SIZED - (sizes[_i].is_every ? 0 : SPACE_BETWEEN);

    for (size_t over = 0; over < 2; over++) {
        textbuf buf;
        document d;

        sized(&buf, (limit ? limit : 20000) - fixed + over);
        d = accepted(buf.ptr, sizes[_i].kind, false);
        ck_assert_int_eq(
            has(&d, "POLICY_SIZE_EXCEEDED"), limit != 0 && over == 1);
        iamp_textbuf_release(&buf);
    }
}
END_TEST

/* Beyond every quota and every way of counting it is an error. */
START_TEST(size_refused)
{
    size_t most = sizes[_i].most, limit = sizes[_i].limit;
    size_t fixed = SIZED - SPACE_BETWEEN - SPACE_INSIDE;

    for (size_t over = 0; over < 2; over++) {
        iam_severity expected = most && over ? IAM_ERROR : IAM_WARNING;
        textbuf buf;
        document d;

        sized(&buf, (most ? most : 20000) - fixed + over);
        d = accepted(buf.ptr, sizes[_i].kind, false);
        for (size_t i = 0; i < d.finding_count; i++)
            if (strcmp(d.findings[i].code, "POLICY_SIZE_EXCEEDED") == 0)
                ck_assert_int_eq(d.findings[i].severity, expected);
        ck_assert_int_eq(has(&d, "POLICY_SIZE_EXCEEDED"), limit != 0);
        iamp_textbuf_release(&buf);
    }
}
END_TEST

/* --- poor memory ----------------------------------------------------------- */

static const char rich[] =
    "{\"Version\": \"2012-10-17\", \"Id\": \"a\", \"Statement\": [{\"Sid\": "
    "\"a b\", \"Effect\": \"Deny\", \"Principal\": {\"AWS\": "
    "[\"111122223333\", \"AIDAEXAMPLEEXAMPLE01\"], \"Service\": "
    "\"ec2.amazonaws.com\", \"Federated\": \"a.b\", \"CanonicalUser\": \"x\"}, "
    "\"Action\": [\"s3:Get\", \"s*:Put\"], \"Resource\": "
    "\"arn:aws:s3:::${aws:username, 'x'}\", \"Condition\": {\"StringLike\": "
    "{\"aws:userid\": [\"${a:b}\", \"c\"]}, \"BinaryEquals\": {\"a:b\": "
    "\"QQ==\"}}}, {\"Sid\": \"a b\", \"Effect\": \"Allow\"}]}";

static iam_status parse_poorly(size_t n, bool strict, iam_error *err)
{
    iam_allocator poor = unit_failing_allocator(n);
    json_limits limits = iamp_json_limits(NULL);
    json_tree tree;
    document d;
    arena a;
    iam_status status;

    ck_assert_int_eq(iamp_json_parse(&tree, (text){rich, sizeof(rich) - 1},
                         &limits, &mem, NULL),
        IAM_OK);
    iamp_arena_init(&a, &poor);
    status =
        iamp_document_parse(&d, &tree, 0, IAM_RESOURCE_POLICY, strict, &a, err);
    iamp_arena_release(&a);
    return status;
}

START_TEST(no_memory)
{
    bool strict = _i == 1;
    iam_status status;
    size_t n = 0;

    do {
        iam_error err = {0};

        status = parse_poorly(n, strict, &err);
        ck_assert_int_eq(err.status, status);
        ck_assert_int_eq(parse_poorly(n, strict, NULL), status);
        ck_assert_uint_lt(n++, 2000);
    } while (status == IAM_ENOMEM);
    ck_assert_int_eq(status, strict ? IAM_EPOLICY : IAM_OK);
    ck_assert_uint_gt(n, 5);
}
END_TEST

UNIT_SUITE(document, setup, teardown, tcase_set_timeout(tc, 60);
           tcase_add_test(tc, everything);
           tcase_add_loop_test(tc, undecidable, 0, COUNT_OF(parts));
           tcase_add_test(tc, forbidden_principal);
           tcase_add_test(tc, first_error); tcase_add_test(tc, inside);
           tcase_add_test(tc, many_findings); tcase_add_test(tc, many_keys);
           tcase_add_loop_test(tc, size_limits, 0, COUNT_OF(sizes));
           tcase_add_loop_test(tc, size_refused, 0, COUNT_OF(sizes));
           tcase_add_loop_test(tc, no_memory, 0, 2);)
