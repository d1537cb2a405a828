/* SPDX-License-Identifier: Apache-2.0 */
#include "document/address_list.h"

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

static iam_status read_list(
    address_list *out, text source, const iam_ip_filter *filter, iam_error *err)
{
    json_limits limits = iamp_json_limits(NULL);

    *err = (iam_error){.status = IAM_OK};
    return iamp_address_list_parse(out, source, filter, &limits, &mem, err);
}

/* "10.0.0.0/8@1:1 ::1/128@2:3" */
static void tell(const address_list *list, textbuf *buf)
{
    for (size_t i = 0; i < list->count; i++) {
        char printed[IPBLOCK_TEXT];

        if (i > 0)
            iamp_textbuf_add_c(buf, ' ');
        iamp_textbuf_add(buf,
            (text){printed, iamp_ipblock_print(&list->blocks[i], printed)});
        iamp_textbuf_add_c(buf, '@');
        iamp_textbuf_add_number(buf, list->places[i].line);
        iamp_textbuf_add_c(buf, ':');
        iamp_textbuf_add_number(buf, list->places[i].column);
    }
}

#define AWS                                                             \
    "{\"syncToken\": \"1\", \"prefixes\": [\n"                          \
    "{\"ip_prefix\": \"3.5.0.0/22\", \"region\": \"eu-west-1\","        \
    " \"service\": \"S3\", \"network_border_group\": \"eu-west-1\"},\n" \
    "{\"ip_prefix\": \"3.2.0.0/24\", \"region\": \"us-east-1\","        \
    " \"service\": \"EC2\"},\n"                                         \
    "{\"ip_prefix\": \"3.2.0.0/16\", \"region\": \"us-east-1\","        \
    " \"service\": \"AMAZON\"}],\n"                                     \
    "\"ipv6_prefixes\": [\n"                                            \
    "{\"ipv6_prefix\": \"2600:1f00::/24\", \"region\": \"us-east-1\","  \
    " \"service\": \"EC2\"}]}"

static const struct {
    const char *why, *text, *services, *regions, *blocks;
} lists[] = {
    {"empty", "", NULL, NULL, ""},
    {"no newline at the end", "10.0.0.0/8", NULL, NULL, "10.0.0.0/8@1:1"},
    {"lines", "10.0.0.0/8\n\n192.0.2.1\n::/0\n", NULL, NULL,
        "10.0.0.0/8@1:1 192.0.2.1/32@3:1 ::/0@4:1"},
    {"comments and blanks",
        "# all\n; of it\n \t\n  10.0.0.0/8 # office\n::1;home\n\t::2\t\n", NULL,
        NULL, "10.0.0.0/8@4:3 ::1/128@5:1 ::2/128@6:2"},
    {"lines of Windows",
        "\xef\xbb\xbf"
        "10.0.0.1\r\n\r\n10.0.0.2\r\n",
        NULL, NULL, "10.0.0.1/32@1:1 10.0.0.2/32@3:1"},
    {"host bits", "10.1.2.3/8", NULL, NULL, "10.0.0.0/8@1:1"},
    {"as often as written", "::1\n::1", NULL, NULL, "::1/128@1:1 ::1/128@2:1"},
    {"empty array", " []", NULL, NULL, ""},
    {"array", "[\"10.0.0.0/8\",\n \"::1\"]", NULL, NULL,
        "10.0.0.0/8@1:2 ::1/128@2:2"},
    {"escapes", "[\"10.0.0.0\\/8\"]", NULL, NULL, "10.0.0.0/8@1:2"},
    {"two families",
        "{\"ipv6\": [\"::1\"], \"without\": {\"x\": [1]}, \"ipv4\": "
        "[\"10.0.0.1\"]}",
        NULL, NULL, "::1/128@1:11 10.0.0.1/32@1:51"},
    {"Google's",
        "{\"prefixes\": [{\"ipv4Prefix\": \"34.1.0.0/20\", "
        "\"service\": \"Google Cloud\", \"scope\": \"africa-1\"},\n"
        "{\"ipv6Prefix\": \"2600:1900::/28\"}]}",
        NULL, NULL, "34.1.0.0/20@1:30 2600:1900::/28@2:16"},
    {"Google's by scope",
        "{\"prefixes\": [{\"ipv4Prefix\": \"34.1.0.0/20\", "
        "\"service\": \"Google Cloud\", \"scope\": \"africa-1\"},\n"
        "{\"ipv6Prefix\": \"2600:1900::/28\"}]}",
        NULL, "africa-1", "34.1.0.0/20@1:30"},
    {"AWS's", AWS, NULL, NULL,
        "3.5.0.0/22@2:15 3.2.0.0/24@3:15 3.2.0.0/16@4:15 "
        "2600:1f00::/24@6:17"},
    {"AWS's by service", AWS, "EC2", NULL,
        "3.2.0.0/24@3:15 2600:1f00::/24@6:17"},
    {"letter case does not matter", AWS, "s3", "EU-west-1", "3.5.0.0/22@2:15"},
    {"by region", AWS, NULL, "us-east-1",
        "3.2.0.0/24@3:15 3.2.0.0/16@4:15 2600:1f00::/24@6:17"},
    {"by both, which do not meet", AWS, "S3", "us-east-1", ""},
    {"chosen from an array",
        "[{\"ip_prefix\": \"10.0.0.0/8\", \"service\": \"A\"},"
        " {\"ip_prefix\": \"11.0.0.0/8\", \"service\": \"B\"}]",
        "B", NULL, "11.0.0.0/8@1:61"},
};

static iam_ip_filter filter_of(
    const char *services, const char *regions, iam_text store[2])
{
    store[0] = (iam_text){services, IAM_NTS};
    store[1] = (iam_text){regions, IAM_NTS};
    return (iam_ip_filter){
        &store[0], services ? 1 : 0, &store[1], regions ? 1 : 0};
}

START_TEST(test_list)
{
    iam_text store[2];
    iam_ip_filter filter =
        filter_of(lists[_i].services, lists[_i].regions, store);
    address_list list;
    iam_error err;
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    ck_assert_msg(read_list(&list, iamp_text_of(lists[_i].text, IAM_NTS),
                      &filter, &err) == IAM_OK,
        "%s: %s", lists[_i].why, err.message);
    tell(&list, &buf);
    ck_assert_msg(
        text_eq(textbuf_text(&buf), iamp_text_of(lists[_i].blocks, IAM_NTS)),
        "%s: %s", lists[_i].why, textbuf_text(&buf).ptr);
    iamp_textbuf_release(&buf);
}
END_TEST

START_TEST(test_several_of_a_filter)
{
    static const iam_text services[] = {{"S3", 2}, {"EC2", IAM_NTS}};
    iam_ip_filter filter = {services, 2, NULL, 0};
    address_list list;
    iam_error err;

    ck_assert_int_eq(read_list(&list, TEXT(AWS), &filter, &err), IAM_OK);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_int_eq(read_list(&list, TEXT(AWS), NULL, &err), IAM_OK);
    ck_assert_uint_eq(list.count, 4);
}
END_TEST

static const struct {
    const char *text, *services, *regions;
    iam_status status;
    uint32_t line, column;
    const char *where, *message;
} faults[] = {
    {"10.0.0.0/33", NULL, NULL, IAM_EINVAL, 1, 1, "",
        "\"10.0.0.0/33\" is neither an address nor a CIDR block"},
    {"::1\n  office\n", NULL, NULL, IAM_EINVAL, 2, 3, "",
        "\"office\" is neither an address nor a CIDR block"},
    {"::1\n10.0.0.1 10.0.0.2", NULL, NULL, IAM_EINVAL, 2, 10, "",
        "\"10.0.0.2\" is neither an address nor a CIDR block"},
    {"10.0.0.0 - 10.0.0.9", NULL, NULL, IAM_EINVAL, 1, 10, "",
        "\"-\" is neither an address nor a CIDR block"},
    {"10.0.0.1\n010.0.0.1", NULL, NULL, IAM_EINVAL, 2, 1, "",
        "\"010.0.0.1\" is neither an address nor a CIDR block"},
    {"# fine\n::1 # not \xff\n", NULL, NULL, IAM_EINVAL, 2, 1, "",
        "this line is not UTF-8"},
    {"::1\n", "EC2", NULL, IAM_EINVAL, 0, 0, "",
        "a list of one block a line has no services or regions to choose by"},
    {"[\"::1\",", NULL, NULL, IAM_EJSON, 1, 8, "/1", NULL},
    {"{\"a\": 1}", NULL, NULL, IAM_EINVAL, 1, 1, "",
        "the object has no \"prefixes\", \"ipv6_prefixes\", \"ipv4\" or "
        "\"ipv6\""},
    {"[\"::1\", 7]", NULL, NULL, IAM_EINVAL, 1, 9, "/1",
        "a block must be a string, not a number"},
    {"[\"::1\",\n\"::g\"]", NULL, NULL, IAM_EINVAL, 2, 1, "/1",
        "\"::g\" is neither an address nor a CIDR block"},
    {"{\"ipv4\": \"10.0.0.1\"}", NULL, NULL, IAM_EINVAL, 1, 10, "/ipv4",
        "blocks stand in an array, not in a string"},
    {"{\"prefixes\": [{\"ip\": \"10.0.0.1\"}]}", NULL, NULL, IAM_EINVAL, 1, 15,
        "/prefixes/0",
        "there is no \"ip_prefix\", \"ipv6_prefix\", \"ipv4Prefix\" or "
        "\"ipv6Prefix\" here"},
    {"{\"prefixes\": [{\"ip_prefix\": null}]}", NULL, NULL, IAM_EINVAL, 1, 29,
        "/prefixes/0/ip_prefix", "a block must be a string, not null"},
    {"[\"::1\"]", NULL, "eu-west-1", IAM_EINVAL, 1, 2, "/0",
        "this block has no service or region to choose by"},
    {AWS, "EC3", NULL, IAM_EINVAL, 1, 1, "",
        "no prefix has the service \"EC3\""},
    {AWS, "EC2", "mars", IAM_EINVAL, 1, 1, "",
        "no prefix has the region \"mars\""},
    {"{\"ipv4\": [], \"ipv4\": []}", NULL, NULL, IAM_EJSON, 1, 14, "", NULL},
};

START_TEST(test_fault)
{
    iam_text store[2];
    iam_ip_filter filter =
        filter_of(faults[_i].services, faults[_i].regions, store);
    address_list list;
    iam_error err;

    ck_assert_int_eq(
        read_list(&list, iamp_text_of(faults[_i].text, IAM_NTS), &filter, &err),
        faults[_i].status);
    ck_assert_int_eq(err.status, faults[_i].status);
    if (faults[_i].message)
        ck_assert_str_eq(err.message, faults[_i].message);
    ck_assert_msg(
        err.line == faults[_i].line && err.column == faults[_i].column,
        "%s: %u:%u", err.message, err.line, err.column);
    if (faults[_i].message)
        ck_assert_str_eq(err.where, faults[_i].where);
}
END_TEST

START_TEST(test_limits)
{
    json_limits limits = {.max_text = 8, .max_depth = 9, .max_values = 2};
    address_list list;
    iam_error err;

    ck_assert_int_eq(iamp_address_list_parse(
                         &list, TEXT("::1\n::2"), NULL, &limits, &mem, &err),
        IAM_OK);
    ck_assert_int_eq(iamp_address_list_parse(
                         &list, TEXT("::1\n::22\n"), NULL, &limits, &mem, &err),
        IAM_ELIMIT);
    limits.max_text = 99;
    ck_assert_int_eq(iamp_address_list_parse(&list, TEXT("::1\n\n::2\n ::3"),
                         NULL, &limits, &mem, &err),
        IAM_ELIMIT);
    ck_assert_uint_eq(err.line, 4);
    ck_assert_uint_eq(err.column, 2);
    ck_assert_int_eq(
        iamp_address_list_parse(&list, TEXT("[\"::1\", \"::2\", \"::3\"]"),
            NULL, &limits, &mem, &err),
        IAM_ELIMIT);
}
END_TEST

static iam_status read_poor(size_t n, text source)
{
    iam_allocator poor = unit_failing_allocator(n);
    json_limits limits = iamp_json_limits(NULL);
    address_list list;
    iam_status status;
    iam_error err;
    arena scratch;

    iamp_arena_init(&scratch, &poor);
    status =
        iamp_address_list_parse(&list, source, NULL, &limits, &scratch, &err);
    ck_assert(status == IAM_OK || status == IAM_ENOMEM);
    ck_assert(status == IAM_OK || err.status == IAM_ENOMEM);
    iamp_arena_release(&scratch);
    return status;
}

START_TEST(test_out_of_memory)
{
    static const text sources[] = {{"::1\n::2", 7}, {AWS, sizeof(AWS) - 1}};
    size_t n = 0;

    while (read_poor(n, sources[_i]) != IAM_OK)
        n++;
    ck_assert_uint_ge(n, 1);
}
END_TEST

UNIT_SUITE(address_list, setup, teardown, {
    tcase_add_loop_test(tc, test_list, 0, COUNT_OF(lists));
    tcase_add_test(tc, test_several_of_a_filter);
    tcase_add_loop_test(tc, test_fault, 0, COUNT_OF(faults));
    tcase_add_test(tc, test_limits);
    tcase_add_loop_test(tc, test_out_of_memory, 0, 2);
})
