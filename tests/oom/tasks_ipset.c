/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks_ipset.c - the tasks of address sets.
 */
#include "oom.h"

#include <stdio.h>

/* The pointer every `out` holds before a call, to see that it is set. */
static char unset;

static iam_ipset *unset_set(void)
{
    void *pointer = &unset;

    return pointer;
}

static bool swallow(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return true;
}

iam_status oom_ipset_build(void)
{
    static char texts[512][24];
    static iam_text blocks[512];
    iam_ipset *set = unset_set();
    size_t total = 0;
    iam_status status;

    for (unsigned i = 0; i < 512; i++) {
        int len =
            i % 2 ? snprintf(texts[i], sizeof(texts[i]), "2001:db8:%x::/48", i)
                  : snprintf(texts[i], sizeof(texts[i]), "10.%u.%u.0/24", i % 7,
                        i / 2);

        blocks[i] = (iam_text){texts[i], (size_t)len};
    }
    oom_arm();
    status = iam_ipset_new(blocks, 512, oom_options(), &set, NULL);
    oom_expect((set == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(iam_ipset_contains_v4(set, 0x0a000001) == (status == IAM_OK),
        "a failed set contains an address");
    if (status == IAM_OK)
        status = iam_ipset_print(set, swallow, &total);
    oom_disarm();
    iam_ipset_free(set);
    return status;
}

/* A list that is chosen from, and whose blocks are kept. */
iam_status oom_ipset_parse(void)
{
    static const iam_text service = {"EC2", 3};
    const iam_ip_filter filter = {&service, 1, NULL, 0};
    iam_options options = *oom_options();
    iam_ipset *set = unset_set();
    iam_ip_entry entry;
    iam_status status;

    options.flags = IAM_KEEP_ENTRIES;
    oom_arm();
    status = iam_ipset_parse(oom_list, IAM_NTS, &filter, &options, &set, NULL);
    oom_disarm();
    oom_expect((set == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(
        iam_ipset_entry_v4(set, 0xc0000201, &entry) == (status == IAM_OK),
        "an entry is lost, or found in a failed set");
    iam_ipset_free(set);
    return status;
}

iam_status oom_ipset_lines(void)
{
    iam_ipset *set = unset_set();
    iam_status status;

    oom_arm();
    status = iam_ipset_parse("192.0.2.0/24 # office\n2001:db8::/32\n", IAM_NTS,
        NULL, oom_options(), &set, NULL);
    oom_disarm();
    oom_expect(iam_ipset_contains_v4(set, 0xc0000201) == (status == IAM_OK),
        "a failed set contains an address");
    iam_ipset_free(set);
    return status;
}

static iam_ipset *small_set(const char *list)
{
    iam_ipset *set = NULL;

    oom_expect(iam_ipset_parse(
                   list, IAM_NTS, NULL, oom_options(), &set, NULL) == IAM_OK,
        "a list cannot be read");
    return set;
}

iam_status oom_ipset_operations(void)
{
    iam_ipset *a = small_set("10.0.0.0/8\n2001:db8::/32\n");
    iam_ipset *b = small_set("10.0.0.0/9\n::/0\n");
    iam_ipset *less = unset_set(), *rest = NULL;
    iam_status status;

    oom_arm();
    status = iam_ipset_difference(a, b, oom_options(), &less, NULL);
    oom_expect((less == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK)
        status = iam_ipset_complement(less, oom_options(), &rest, NULL);
    oom_disarm();
    oom_expect((rest == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(iam_ipset_contains_v4(rest, 0x0a000001) == (status == IAM_OK),
        "a failed set contains an address");
    iam_ipset_free(a);
    iam_ipset_free(b);
    iam_ipset_free(less);
    iam_ipset_free(rest);
    return status;
}

/* What an address set is asked needs no memory, but for printing it. */
static bool any_range(void *user, const iam_ip_range *range)
{
    *(size_t *)user += range->family;
    return true;
}

iam_status oom_ipset_asks_nothing(void)
{
    iam_ipset *a = small_set("10.0.0.0/8\n2001:db8::/32\n");
    const uint32_t addresses[2] = {0x0a000001, 0x0b000001};
    uint8_t in[2];
    size_t before, families = 0;

    oom_arm();
    before = oom_asked();
    oom_expect(
        iam_ipset_contains_many_v4(a, addresses, 2, in) == 1, "not one of two");
    oom_expect(iam_ipset_contains(a, "2001:db8::1", IAM_NTS), "not in it");
    oom_expect(iam_ipset_equal(a, a) && iam_ipset_subset(a, a) &&
                   !iam_ipset_disjoint(a, a),
        "a set is not what it is");
    oom_expect(iam_ipset_count(a, 4).low == 1u << 24, "a wrong count");
    oom_expect(iam_ipset_ranges(a, any_range, &families) == IAM_OK &&
                   iam_ipset_blocks(a, any_range, &families) == IAM_OK &&
                   families == 20,
        "ranges are lost");
    oom_expect(oom_asked() == before, "asking asks for memory");
    oom_disarm();
    iam_ipset_free(a);
    return IAM_OK;
}
