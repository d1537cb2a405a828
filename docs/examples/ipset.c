/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset.c - CIDR blocks as a set: merged, asked, printed.
 */
#include <iampolicy.h>
#include <stdio.h>

static bool print(void *to, const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len, to) == len;
}

int main(void)
{
    static const iam_text blocks[] = {{"13.230.101.202/32", IAM_NTS},
        {"13.230.101.203", IAM_NTS}, {"192.0.2.0/25", IAM_NTS},
        {"192.0.2.128/25", IAM_NTS}, {"2001:db8::/32", IAM_NTS}};
    static const char *const addresses[] = {
        "13.230.101.202", "192.0.2.200", "192.0.3.1", "2001:db8::1", "a.b.c.d"};
    iam_ipset *set;
    iam_error err;

    if (iam_ipset_new(blocks, sizeof(blocks) / sizeof(blocks[0]), NULL, &set,
            &err) != IAM_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        printf("%-15s %s\n", addresses[i],
            iam_ipset_contains(set, addresses[i], IAM_NTS) ? "in" : "out");
    printf("192.0.2.255     %s\n",
        iam_ipset_contains_v4(set, 0xc00002ff) ? "in" : "out");
    if (iam_ipset_print(set, print, stdout) != IAM_OK)
        return 1;
    iam_ipset_free(set);
    return 0;
}
