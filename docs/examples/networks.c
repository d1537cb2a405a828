/* SPDX-License-Identifier: Apache-2.0 */
/*
 * networks.c - sets made of sets: what two lists have in common, which line it
 * was, and many addresses at once.
 */
#include <iampolicy.h>
#include <stdio.h>

static const char company[] = "# all of the company\n"
                              "192.0.2.0/24\n"
                              "198.51.100.0/24   ; since 2024\n"
                              "198.51.100.64/26  ; the office\n"
                              "2001:db8::/32\n";

static const char guests[] =
    "{\"prefixes\": [{\"ip_prefix\": \"198.51.100.96/27\", \"service\": \"WIFI\"},"
    " {\"ip_prefix\": \"203.0.113.0/24\", \"service\": \"VPN\"}]}";

static bool put_block(void *unused, const iam_ip_range *block)
{
    char text[IAM_IP_RANGE_TEXT];

    (void)unused;
    iam_ip_range_print(block, text);
    printf("  %s\n", text);
    return true;
}

static void tell(const char *what, const iam_ipset *set)
{
    char count[IAM_IP_COUNT_TEXT];

    iam_ip_count_print(iam_ipset_count(set, 4), count);
    printf("%s: %s addresses of IPv4\n", what, count);
    if (iam_ipset_blocks(set, put_block, NULL) != IAM_OK)
        puts("  cannot be told");
}

static iam_ipset *read_list(
    const char *text, const iam_ip_filter *filter, uint32_t flags)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_ipset *set;
    iam_error err;

    options.flags = flags;
    if (iam_ipset_parse(text, IAM_NTS, filter, &options, &set, &err) != IAM_OK)
        fprintf(stderr, "%u:%u: %s\n", (unsigned)err.line, (unsigned)err.column,
            err.message);
    return set;
}

int main(void)
{
    static const iam_text wifi = {"wifi", IAM_NTS};
    const iam_ip_filter filter = {.services = &wifi, .service_count = 1};
    const uint32_t asked[] = {0xc6336441, 0xc6336461, 0xcb007101};
    iam_ipset *all = read_list(company, NULL, IAM_KEEP_ENTRIES);
    iam_ipset *wireless = read_list(guests, &filter, 0), *own = NULL;
    iam_ip_entry entry;
    uint8_t in[3];

    if (!all || !wireless ||
        iam_ipset_difference(all, wireless, NULL, &own, NULL) != IAM_OK)
        return 1;
    tell("without guests", own);
    printf("the guests' are %s the company's\n",
        iam_ipset_subset(wireless, all) ? "among" : "not all among");
    if (iam_ipset_entry(all, "198.51.100.97", IAM_NTS, &entry))
        printf("198.51.100.97 is of line %u\n", (unsigned)entry.line);
    printf("%zu of 3:", iam_ipset_contains_many_v4(own, asked, 3, in));
    for (size_t i = 0; i < 3; i++)
        printf(" %s", in[i] ? "yes" : "no");
    puts("");
    iam_ipset_free(all);
    iam_ipset_free(wireless);
    iam_ipset_free(own);
    return 0;
}
