/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip.c - iampolicy ip: sets of addresses at a shell.
 */
#include "ip.h"

#include <stdlib.h>
#include <string.h>

static const cli_option ip_option_table[] = {
    {"cidr", "BLOCK", "a block or an address; all of them are one more list",
        true},
    {"list", "FILE", "match, contains: a list of the set", true},
    {"service", "NAME", "of JSON lists: only the prefixes of this service",
        true},
    {"region", "NAME", "of JSON lists: only the prefixes in this region", true},
    {"family", "4|6", "only addresses of IPv4, or of IPv6", false},
    {"ranges", NULL, "print ranges, FIRST-LAST, in place of blocks", false},
    {"count", NULL, "print how many addresses, or lines, there are", false},
    {"invert", NULL, "match: the lines whose address is not in the set", false},
    {"entry", NULL, "match, contains: the longest block, and its place", false},
    {"json", NULL, "print JSON", false},
    {"help", NULL, "print this", false},
};

/* ---- Results ---- */

static bool put_range(void *unused, const iam_ip_range *range)
{
    char text[IAM_IP_RANGE_TEXT];

    (void)unused;
    iam_ip_range_print(range, text);
    puts(text);
    return !output_broken();
}

typedef struct json_family {
    uint32_t family;
    bool any;
} json_family;

static bool put_json_range(void *user, const iam_ip_range *range)
{
    json_family *state = user;
    char text[IAM_IP_RANGE_TEXT];

    if (range->family != state->family)
        return true;
    iam_ip_range_print(range, text);
    printf("%s\"%s\"", state->any ? "," : "", text);
    state->any = true;
    return !output_broken();
}

typedef iam_status (*range_teller)(
    const iam_ipset *set, iam_ip_sink sink, void *user);

static iam_status put_set_json(const iam_ipset *set, range_teller tell)
{
    char count[IAM_IP_COUNT_TEXT];
    iam_status status = IAM_OK;

    for (uint32_t family = 4; family <= 6; family += 2) {
        json_family state = {family, false};

        printf("%s\"ipv%u\":[", family == 4 ? "{" : "],", (unsigned)family);
        if (status == IAM_OK)
            status = tell(set, put_json_range, &state);
    }
    iam_ip_count_print(iam_ipset_count(set, 0), count);
    printf("],\"addresses\":\"%s\"}\n", count);
    return status;
}

static void put_count(const iam_ipset *set)
{
    char count[IAM_IP_COUNT_TEXT];

    iam_ip_count_print(iam_ipset_count(set, 0), count);
    puts(count);
}

/* Only one family of a set, in its place. */
static bool keep_family(iam_ipset **set, const char *family)
{
    static const iam_text everything[2] = {{"0.0.0.0/0", 9}, {"::/0", 4}};
    iam_ipset *all = NULL, *kept = NULL;
    iam_status status =
        iam_ipset_new(&everything[family[0] == '6'], 1, NULL, &all, NULL);

    if (status == IAM_OK)
        status = iam_ipset_intersection(*set, all, NULL, &kept, NULL);
    iam_ipset_free(all);
    if (status != IAM_OK) {
        complain_memory();
        return false;
    }
    iam_ipset_free(*set);
    *set = kept;
    return true;
}

/* Takes over the set. */
static cli_answer put_set(const cli_arguments *arguments, iam_ipset *set)
{
    const char *family = option_value(arguments, "family");
    range_teller tell =
        has_option(arguments, "ranges") ? iam_ipset_ranges : iam_ipset_blocks;
    bool any = false;
    iam_status status = IAM_OK;

    if (!set || (family && !keep_family(&set, family))) {
        iam_ipset_free(set);
        return ANSWER_BAD;
    }
    any = iam_ipset_range_count(set) > 0;
    if (has_option(arguments, "json"))
        status = put_set_json(set, tell);
    else if (has_option(arguments, "count"))
        put_count(set);
    else
        status = tell(set, put_range, NULL);
    iam_ipset_free(set);
    if (status != IAM_OK) /* a broken output, which output_end() tells */
        return ANSWER_BAD;
    return any ? ANSWER_YES : ANSWER_NO;
}

/* ---- Operations ---- */

typedef iam_status (*set_operation)(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err);

/* The first list, with each of the others in turn; NULL: told. */
static iam_ipset *fold(const ip_lists *lists, set_operation operation)
{
    iam_ipset *so_far = NULL, *next = NULL;
    iam_error err = {.status = IAM_OK};
    iam_status status;

    /* With itself: a copy of the first one. */
    status = iam_ipset_union(
        lists->items[0].set, lists->items[0].set, NULL, &so_far, &err);
    for (size_t i = 1; i < lists->count && status == IAM_OK; i++) {
        status = operation(so_far, lists->items[i].set, NULL, &next, &err);
        iam_ipset_free(so_far);
        so_far = next;
    }
    if (status != IAM_OK)
        complain("%s", err.message);
    return so_far;
}

static iam_ipset *merge_lists(const ip_lists *lists)
{
    return ip_lists_union(lists);
}

static iam_ipset *intersect_lists(const ip_lists *lists)
{
    return fold(lists, iam_ipset_intersection);
}

static iam_ipset *subtract_lists(const ip_lists *lists)
{
    return fold(lists, iam_ipset_difference);
}

static iam_ipset *complement_lists(const ip_lists *lists)
{
    iam_ipset *all = ip_lists_union(lists), *rest = NULL;

    if (all && iam_ipset_complement(all, NULL, &rest, NULL) != IAM_OK)
        complain_memory();
    iam_ipset_free(all);
    return rest;
}

static cli_answer with_lists(const cli_arguments *arguments,
    iam_ipset *(*operation)(const ip_lists *lists))
{
    cli_answer answer = ANSWER_BAD;
    ip_lists lists;

    if (ip_lists_read(&lists, arguments, arguments->words + 1,
            arguments->word_count - 1)) {
        if (lists.count > 0)
            answer = put_set(arguments, operation(&lists));
        else
            answer = usage_error(arguments->command,
                "%s what?  Give files of blocks, - for standard input, or "
                "--cidr BLOCK",
                arguments->words[0]);
    }
    ip_lists_free(&lists);
    return answer;
}

static cli_answer merge(const cli_arguments *arguments)
{
    return with_lists(arguments, merge_lists);
}

static cli_answer intersect(const cli_arguments *arguments)
{
    return with_lists(arguments, intersect_lists);
}

static cli_answer subtract(const cli_arguments *arguments)
{
    return with_lists(arguments, subtract_lists);
}

static cli_answer complement(const cli_arguments *arguments)
{
    return with_lists(arguments, complement_lists);
}

/* ---- Two sets ---- */

static const char *relation_of(const iam_ipset *a, const iam_ipset *b)
{
    if (iam_ipset_equal(a, b))
        return "equal";
    if (iam_ipset_subset(a, b))
        return "subset";
    if (iam_ipset_subset(b, a))
        return "superset";
    return iam_ipset_disjoint(a, b) ? "disjoint" : "overlapping";
}

static cli_answer compare(const cli_arguments *arguments)
{
    const char *relation = "";
    cli_answer answer = ANSWER_BAD;
    ip_lists lists;

    if (ip_lists_read(&lists, arguments, arguments->words + 1,
            arguments->word_count - 1)) {
        if (lists.count == 2) {
            relation = relation_of(lists.items[0].set, lists.items[1].set);
            printf(has_option(arguments, "json") ? "{\"relation\":\"%s\"}\n"
                                                 : "%s\n",
                relation);
            answer = strcmp(relation, "equal") == 0 ? ANSWER_YES : ANSWER_NO;
        } else {
            answer = usage_error(arguments->command, "compare takes two lists");
        }
    }
    ip_lists_free(&lists);
    return answer;
}

/* ---- contains ---- */

/* How much of a block is in the set. */
typedef enum containment {
    NOT_IN,
    PARTLY_IN,
    ALL_IN,
    NOT_A_BLOCK
} containment;

static containment contained(
    const iam_ipset *set, const char *block, iam_ip_range *range)
{
    const iam_text text = {block, IAM_NTS};
    containment answer = PARTLY_IN;
    iam_ipset *single = NULL;
    iam_error err;

    if (!iam_ip_range_parse(block, IAM_NTS, range) ||
        iam_ipset_new(&text, 1, NULL, &single, &err) != IAM_OK)
        return NOT_A_BLOCK;
    if (iam_ipset_subset(single, set))
        answer = ALL_IN;
    else if (iam_ipset_disjoint(single, set))
        answer = NOT_IN;
    iam_ipset_free(single);
    return answer;
}

/* The entry of a single address. */
static bool entry_of(
    const ip_lists *lists, const iam_ip_range *range, ip_entry *out)
{
    uint8_t bytes[16];
    size_t len = range->family == 4 ? 4 : 16;

    if (range->prefix != 8 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        size_t bit = 8 * (len - 1 - i);

        bytes[i] = (uint8_t)(bit < 64 ? range->first_low >> bit
                                      : range->first_high >> (bit - 64));
    }
    return ip_lists_entry(lists, bytes, range->family, out);
}

static cli_answer tell_contained(const cli_arguments *arguments,
    const ip_lists *lists, const iam_ipset *set, const char *block)
{
    static const char *const names[] = {"out", "partly in", "in"};
    iam_ip_range range;
    containment answer = contained(set, block, &range);
    ip_entry entry;
    bool has_entry;

    if (answer == NOT_A_BLOCK) {
        complain("\"%s\" is neither an address nor a CIDR block", block);
        return ANSWER_BAD;
    }
    has_entry =
        has_option(arguments, "entry") && entry_of(lists, &range, &entry);
    if (has_option(arguments, "json")) {
        printf("{\"block\":\"%s\",\"contained\":\"%s\"", block, names[answer]);
        if (has_entry) {
            printf(",\"entry\":");
            put_ip_entry_json(&entry);
        }
        puts("}");
    } else {
        printf("%s\t%s", block, names[answer]);
        if (has_entry) {
            putchar('\t');
            put_ip_entry(&entry);
        }
        putchar('\n');
    }
    return answer == ALL_IN ? ANSWER_YES : ANSWER_NO;
}

static cli_answer contains_lists(
    const cli_arguments *arguments, const ip_lists *lists)
{
    iam_ipset *set = ip_lists_union(lists);
    cli_answer answer = set ? ANSWER_YES : ANSWER_BAD;

    for (size_t i = 1; set && i < arguments->word_count; i++)
        answer = worse(
            answer, tell_contained(arguments, lists, set, arguments->words[i]));
    iam_ipset_free(set);
    return answer;
}

static cli_answer contains(const cli_arguments *arguments)
{
    cli_answer answer = ANSWER_BAD;
    const char **files;
    ip_lists lists;
    size_t count;

    if (!has_option(arguments, "list") && !has_option(arguments, "cidr"))
        return usage_error(arguments->command,
            "what may contain it?  Give --list FILE or --cidr BLOCK");
    if (arguments->word_count < 2)
        return usage_error(
            arguments->command, "contains what?  Give addresses or blocks");
    files = ip_list_options(arguments, &count);
    if (!files)
        return ANSWER_BAD;
    if (ip_lists_read(&lists, arguments, files, count))
        answer = contains_lists(arguments, &lists);
    ip_lists_free(&lists);
    free(files);
    return answer;
}

/* ---- Which of them ---- */

typedef struct ip_verb {
    const char *name;
    cli_answer (*run)(const cli_arguments *arguments);
    const char *options; /* that it takes beside cidr, service, region, json */
} ip_verb;

static const ip_verb verbs[] = {
    {"match", ip_match, "list invert count entry"},
    {"merge", merge, "family ranges count"},
    {"intersect", intersect, "family ranges count"},
    {"subtract", subtract, "family ranges count"},
    {"complement", complement, "family ranges count"},
    {"contains", contains, "list entry"},
    {"compare", compare, ""},
};

static const char *verb_name_at(const void *unused, size_t index)
{
    (void)unused;
    return verbs[index].name;
}

static cli_answer unknown_verb(const cli_arguments *arguments)
{
    const char *word = arguments->words[0];
    const char *meant =
        closest(word, strlen(word), verb_name_at, NULL, COUNT_OF(verbs));

    if (meant)
        return usage_error(arguments->command,
            "there is no \"%s\"; did you mean \"%s\"?", word, meant);
    return usage_error(arguments->command, "there is no \"%s\"", word);
}

static bool takes(const ip_verb *verb, const char *option)
{
    static const char everywhere[] = "cidr service region json";
    const char *at = strstr(verb->options, option);

    return at || strstr(everywhere, option);
}

static cli_answer ip(const cli_arguments *arguments)
{
    const char *family = option_value(arguments, "family");
    const ip_verb *verb = NULL;

    if (arguments->word_count == 0)
        return usage_error(arguments->command,
            "do what?  match, merge, intersect, subtract, complement, "
            "contains or compare");
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(verbs[i].name, arguments->words[0]) == 0)
            verb = &verbs[i];
    if (!verb)
        return unknown_verb(arguments);
    for (size_t i = 0; i < arguments->given_count; i++)
        if (!takes(verb, arguments->given[i].option->name))
            return usage_error(arguments->command, "%s takes no --%s",
                verb->name, arguments->given[i].option->name);
    if (family && strcmp(family, "4") != 0 && strcmp(family, "6") != 0)
        return usage_error(
            arguments->command, "--family is 4 or 6, not \"%s\"", family);
    if (has_option(arguments, "count") && has_option(arguments, "json") &&
        verb->run != ip_match)
        return usage_error(arguments->command,
            "--json has the count; --count has no place beside it");
    return verb->run(arguments);
}

static const char *const ip_usage[] = {
    "match [--list FILE]... [--cidr BLOCK]... [--invert]\n"
    "                    [--count | --entry | --json] [FILE...]",
    "merge [--family 4|6] [--ranges] [--count | --json] LIST...",
    "intersect | subtract | complement ... LIST...",
    "contains [--list FILE]... [--cidr BLOCK]... [--entry]\n"
    "                    [--json] BLOCK...",
    "compare [--json] LIST LIST", NULL};

static const option_group ip_options_group = {
    "Options:", ip_option_table, COUNT_OF(ip_option_table)};

static const option_group *const ip_groups[] = {&ip_options_group, NULL};

const cli_command ip_command = {"ip", "sets of addresses and CIDR blocks",
    ip_usage, ip_groups,
    "A list is a file of blocks, one a line, with comments from # or ; on; or "
    "JSON,\n"
    "such as AWS's ip-ranges.json.  The first word of each line that match "
    "reads is\n"
    "an address; it ends at a blank or a comma.\n"
    "\n"
    "Exit code: 0 a line matched, the set is not empty, all is contained, the "
    "sets\n"
    "are equal; 1 not so; 2 usage or bad input.\n"
    "\n"
    "  iampolicy ip merge office.txt home.txt\n"
    "  iampolicy ip match --list ip-ranges.json --service EC2 < addresses\n"
    "  iampolicy ip contains --cidr 192.0.2.0/24 192.0.2.7\n",
    ip};
