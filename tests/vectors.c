/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors.c - the test vectors of the semantics, through the public API.
 *
 * $IAMPOLICY_SEMANTICS/vectors.jsonl has one vector a line: "kind", "input",
 * "expected", "certainty".  Each becomes a scenario, a policy or an operation.
 * A vector must agree, or stand in the table `listed` with our reason and
 * disagree.  Two kinds are not decisions and are tested where they belong.
 *
 * Exit code 77: the variable is not set.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/decision.h"
#include "iampolicy.h"
#include "vectors.h"

#include "reference/api.h"

/* --- what we read differently -------------------------------------------- */

typedef struct listed_vector {
    const char *id, *reason;
} listed_vector;

/* The last row ends the table. */
static const listed_vector listed[] = {{NULL, NULL}};

/* --- one judge a kind: does the library agree? --------------------------- */

/* IAM_OK if a document of `kind` compiles, strictly or not. */
static iam_status compile(
    iam_policy_kind kind, json_t *body, bool strict, iam_policy **out)
{
    iam_options options = IAM_OPTIONS_INIT;
    char *dumped = json_is_string(body) ? NULL : json_dumps(body, 0);
    const char *source = dumped ? dumped : json_string_value(body);
    iam_policy *compiled = NULL;
    iam_status status;

    options.flags = strict ? IAM_STRICT : 0;
    status =
        iam_policy_compile(kind, source, IAM_NTS, &options, &compiled, NULL);
    free(dumped);
    if (out)
        *out = compiled;
    else
        iam_policy_free(compiled);
    return status;
}

typedef bool judge(json_t *input, json_t *expected);

/* The decision says "applies" where the vector says true. */
static bool says(answer a, json_t *expected)
{
    if (!a.read) {
        printf("  %s\n", a.problem);
        return false;
    }
    return (a.outcome == IAM_ALLOW) == (bool)json_is_true(expected);
}

static bool judge_action(json_t *input, json_t *expected)
{
    const char *element = string(input, "element", "Action");
    json_t *statement = json_pack("{s:s, s:O, s:s}", "Effect", "Allow", element,
        get(input, "patterns"), "Resource", "*");
    json_t *policies =
        json_pack("[o]", entry("identity", 0, policy(statement, NULL)));

    return says(
        ask(scenario(policies,
            request(string(input, "action", ""), RESOURCE, NULL), true)),
        expected);
}

static bool judge_resource(json_t *input, json_t *expected)
{
    const char *kind = string(input, "policy_type", "identity");
    json_t *statement =
        json_pack("{s:s, s:s, s:O}", "Effect", "Allow", "Action", "*",
            string(input, "element", "Resource"), get(input, "patterns"));
    json_t *body, *policies, *asked;

    if (strcmp(kind, "resource") == 0)
        json_object_set_new(statement, "Principal", json_string("*"));
    body = policy(statement, string(input, "version", NULL));
    if (json_is_string(expected)) { /* "invalid" */
        bool refused =
            compile(IAM_IDENTITY_POLICY, body, true, NULL) == IAM_EPOLICY;

        json_decref(body);
        return refused;
    }
    policies = json_pack("[o]", entry(kind, 0, body));
    asked =
        request("t:A", string(input, "resource", ""), get(input, "context"));
    json_object_set_new(asked, "resourceAccount", json_string("111122223333"));
    return says(ask(scenario(policies, asked, false)), expected);
}

static bool judge_condition_of(
    json_t *block, json_t *context, const char *version, json_t *expected)
{
    json_t *statement = allow_statement();

    json_object_set(statement, "Condition", block);
    return says(ask(scenario(json_pack("[o]", entry("identity", 0,
                                                  policy(statement, version))),
                    request("t:A", RESOURCE, context), false)),
        expected);
}

static bool judge_condition(json_t *input, json_t *expected)
{
    return judge_condition_of(
        get(input, "condition"), get(input, "context"), NULL, expected);
}

static bool judge_operator(json_t *input, json_t *expected)
{
    json_t *block = json_pack("{s:{s:O}}", string(input, "op", ""),
        string(input, "key", ""), get(input, "values"));
    bool good = judge_condition_of(
        block, get(input, "context"), string(input, "version", NULL), expected);

    json_decref(block);
    return good;
}

/* Is `text` in a policy equal to `value` in a request? */
static bool stands_for(json_t *input, const char *value, json_t *equal)
{
    json_t *block = json_pack(
        "{s:{s:s}}", "StringEquals", "vector:value", string(input, "text", ""));
    json_t *context = json_deep_copy(get(input, "context"));
    bool good;

    json_object_set_new(context, "vector:value", json_string(value));
    good = judge_condition_of(
        block, context, string(input, "version", NULL), equal);
    json_decref(block);
    json_decref(context);
    return good;
}

/* The value of a text shows in what it is equal to: without a value, nothing.
 */
static bool judge_variable(json_t *input, json_t *expected)
{
    const char *written = string(input, "text", "");
    const char *value = json_string_value(expected);
    json_t *yes = json_true(), *no = json_false();

    if (!value)
        return stands_for(input, written, no) && stands_for(input, "", no) &&
               stands_for(input, "x", no) && stands_for(input, "a", no);
    return stands_for(input, value, yes) &&
           stands_for(input, strcmp(value, "y") == 0 ? "z" : "y", no) &&
           (strcmp(written, value) == 0 || stands_for(input, written, no));
}

/* --- principals and decisions -------------------------------------------- */

/* The vector's principal as a scenario has it. */
static json_t *principal(json_t *from)
{
    const char *type = string(from, "type", "");
    json_t *out;

    if (strcmp(type, "anonymous") == 0 || strcmp(type, "federated-idp") == 0)
        return json_string("anonymous");
    if (strcmp(type, "service") == 0)
        return json_pack("{s:s}", "service", string(from, "name", ""));
    out = json_pack("{s:s}", "arn", string(from, "arn", ""));
    if (get(from, "role_arn"))
        json_object_set(out, "role", get(from, "role_arn"));
    if (get(from, "user_arn"))
        json_object_set(out, "user", get(from, "user_arn"));
    return out;
}

/* What a resource policy of one Allow for `element` does for a caller when
 * nothing else allows; `limited` adds a boundary that allows nothing. */
static answer grant_for(json_t *input, bool limited, bool anonymous)
{
    json_t *caller = get(input, "principal");
    json_t *statement = allow_statement();
    json_t *policies, *asked, *context = json_object();

    json_object_set(statement, "Principal", get(input, "element"));
    policies = json_pack("[o]", entry("resource", 0, policy(statement, NULL)));
    if (limited)
        json_array_append_new(
            policies, entry("boundary", 0,
                          policy(json_pack("{s:s, s:s, s:s}", "Effect", "Allow",
                                     "Action", "other:*", "Resource", "*"),
                              NULL)));
    if (!anonymous && strcmp(string(caller, "type", ""), "federated-idp") == 0)
        json_object_set(context, "aws:FederatedProvider", get(caller, "name"));
    asked = request("s3:GetObject", RESOURCE, context);
    json_object_set_new(asked, "principal",
        anonymous ? json_string("anonymous") : principal(caller));
    json_object_set_new(asked, "resourceAccount", json_string("111122223333"));
    json_object_set_new(asked, "flags", json_pack("{s:b}", "explicitTrust", 1));
    json_decref(context);
    return ask(scenario(policies, asked, true));
}

/* How an element names a caller shows in what limits the grant (E.5). */
static const char *observed_match(json_t *input)
{
    const char *type = string(get(input, "principal"), "type", "");
    answer alone = grant_for(input, false, false);
    answer limited = grant_for(input, true, false);
    answer nobody = grant_for(input, false, true);

    if (!alone.read || !limited.read || !nobody.read) {
        printf("  %s%s%s\n", alone.problem, limited.problem, nobody.problem);
        return "unreadable";
    }
    if (nobody.outcome == IAM_ALLOW)
        return "any";
    if (limited.outcome == IAM_ALLOW)
        return "direct"; /* or service */
    if (strcmp(limited.by, "permissions boundary") == 0)
        return "role";
    if (strcmp(alone.by, "identity-based policy") == 0)
        return "account";
    return strcmp(type, "") == 0 ? "unreadable" : "none";
}

static bool judge_principal(json_t *input, json_t *expected)
{
    const char *wanted = json_string_value(expected);
    const char *got = observed_match(input);

    if (wanted && strcmp(wanted, "service") == 0)
        wanted = "direct";
    if (strcmp(wanted ? wanted : "none", got) == 0)
        return true;
    printf("  matches as %s\n", got);
    return false;
}

/* Append the vector's policies of one type, `levels` lists or one list. */
static void add_policies(
    json_t *to, const char *kind, json_t *documents, bool levels)
{
    static const char nothing[] = "vectors:NoSuchAction";
    size_t i, j;
    json_t *item, *body;

    json_array_foreach(documents, i, item)
    {
        if (!levels) {
            json_array_append_new(to, entry(kind, 0, json_incref(item)));
            continue;
        }
        if (json_array_size(item) == 0) /* a level that allows nothing */
            json_array_append_new(
                to, entry(kind, i,
                        policy(json_pack("{s:s, s:s, s:s}", "Effect", "Allow",
                                   "Action", nothing, "Resource", "*"),
                            NULL)));
        json_array_foreach(item, j, body)
            json_array_append_new(to, entry(kind, i, json_incref(body)));
    }
}

static json_t *decision_policies(json_t *from)
{
    static const struct {
        const char *there, *here;
        bool levels;
    } types[] = {{"identity", "identity", false},
        {"resource", "resource", false}, {"boundary", "boundary", false},
        {"session", "session", false}, {"vpce", "endpoint", false},
        {"scp", "scp", true}, {"rcp", "rcp", true}};
    json_t *out = json_array();

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        add_policies(
            out, types[i].here, get(from, types[i].there), types[i].levels);
    return out;
}

static json_t *decision_request(json_t *from)
{
    static const struct {
        const char *there, *here;
    } flags[] = {{"management_account", "managementAccount"},
        {"service_linked", "serviceLinkedRole"},
        {"has_boundary", "hasBoundary"},
        {"explicit_trust_required", "explicitTrust"}};
    json_t *caller = get(from, "principal");
    json_t *out = request(string(from, "action", ""),
        string(from, "resource", ""), get(from, "context"));
    json_t *set = json_object();

    json_object_set_new(out, "principal", principal(caller));
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (json_is_true(get(caller, flags[i].there)) ||
            json_is_true(get(from, flags[i].there)))
            json_object_set_new(set, flags[i].here, json_true());
    json_object_set_new(out, "flags", set);
    if (get(from, "resource_account"))
        json_object_set(out, "resourceAccount", get(from, "resource_account"));
    if (get(from, "resource_policy_name"))
        json_object_set(
            out, "resourcePolicyName", get(from, "resource_policy_name"));
    return out;
}

static bool judge_decision(json_t *input, json_t *expected)
{
    static const char *const names[] = {[IAM_IMPLICIT_DENY] = "ImplicitDeny",
        [IAM_EXPLICIT_DENY] = "ExplicitDeny",
        [IAM_ALLOW] = "Allow"};
    answer a = ask(scenario(decision_policies(get(input, "policies")),
        decision_request(get(input, "request")), true));

    if (a.read &&
        strcmp(names[a.outcome], string(expected, "decision", "")) == 0 &&
        strcmp(a.by, string(expected, "by", "")) == 0)
        return true;
    printf("  %s by \"%s\" %s\n", names[a.outcome], a.by, a.problem);
    return false;
}

/* --- messages, documents, validation, operations ------------------------- */

static text view(json_t *object, const char *name)
{
    const char *found = string(object, name, "");

    return (text){found, strlen(found)};
}

static bool judge_message(json_t *input, json_t *expected)
{
    denial facts = {.principal = view(input, "principal"),
        .action = view(input, "action"),
        .resource = view(input, "resource"),
        .type = view(input, "policy_type"),
        .policy_arn = view(input, "policy_arn"),
        .is_explicit = strcmp(string(input, "kind", ""), "explicit") == 0};
    textbuf buf;
    text made;
    bool good;

    iamp_textbuf_init(&buf, NULL);
    iamp_denial_print(&facts, &buf);
    made = textbuf_text(&buf);
    good = !buf.failed && made.len == json_string_length(expected) &&
           memcmp(made.ptr, json_string_value(expected), made.len) == 0;
    iamp_textbuf_release(&buf);
    return good;
}

static bool gather(void *user, const char *bytes, size_t len)
{
    iamp_textbuf_add(user, (text){bytes, len});
    return true;
}

static bool prints_the_same(const iam_policy *a, const iam_policy *b)
{
    textbuf first, second;
    bool good;

    iamp_textbuf_init(&first, NULL);
    iamp_textbuf_init(&second, NULL);
    good = iam_policy_print(a, gather, &first) == IAM_OK &&
           iam_policy_print(b, gather, &second) == IAM_OK &&
           text_eq(textbuf_text(&first), textbuf_text(&second));
    iamp_textbuf_release(&first);
    iamp_textbuf_release(&second);
    return good;
}

static bool judge_document(json_t *input, json_t *expected)
{
    iam_policy *got = NULL, *wanted = NULL;
    bool good;

    if (compile(IAM_IDENTITY_POLICY, input, false, &got) != IAM_OK)
        return json_is_string(expected); /* "invalid" */
    good = json_is_object(expected) &&
           compile(IAM_IDENTITY_POLICY, expected, false, &wanted) == IAM_OK &&
           prints_the_same(got, wanted);
    iam_policy_free(got);
    iam_policy_free(wanted);
    return good;
}

static bool judge_validate(json_t *input, json_t *expected)
{
    const char *type = string(input, "policy_type", "");
    iam_policy_kind kind = iam_policy_kind_from_name(type, IAM_NTS);

    if (strcmp(type, "trust") == 0)
        kind = IAM_TRUST_POLICY;
    return (compile(kind, get(input, "document"), true, NULL) == IAM_OK) ==
           (bool)json_is_true(get(expected, "valid"));
}

/* The actions that the map of operations has for one; what Bedrock checks
 * besides (G.2) is tests/unit/test_operation.c's. */
static bool same_actions(const api_actions *actions, json_t *expected)
{
    json_t *action;
    size_t i;

    if (actions->own_count != json_array_size(expected))
        return false;
    json_array_foreach(expected, i, action)
    {
        api_action got = iamp_api_action(actions, i);
        char name[128];
        int length =
            snprintf(name, sizeof(name), "%.*s:%.*s", (int)got.prefix.len,
                got.prefix.ptr, (int)got.name.len, got.name.ptr);

        if (length <= 0 || strcmp(json_string_value(action), name) != 0)
            return false;
    }
    return true;
}

static bool judge_api(json_t *input, json_t *expected)
{
    api_actions actions;

    return iamp_api_find(iamp_text_of(string(input, "service", ""), IAM_NTS),
               iamp_text_of(string(input, "operation", ""), IAM_NTS),
               &actions) &&
           same_actions(&actions, expected);
}

/* --- the run ------------------------------------------------------------- */

typedef struct kind_row {
    const char *name;
    judge *judge; /* NULL: tested elsewhere */
    size_t agreed, disagreed, listed, elsewhere;
} kind_row;

static kind_row kinds[] = {{"action", judge_action, 0, 0, 0, 0},
    {"resource", judge_resource, 0, 0, 0, 0},
    {"principal", judge_principal, 0, 0, 0, 0},
    {"operator", judge_operator, 0, 0, 0, 0},
    {"condition", judge_condition, 0, 0, 0, 0},
    {"variable", judge_variable, 0, 0, 0, 0},
    {"decision", judge_decision, 0, 0, 0, 0},
    {"message", judge_message, 0, 0, 0, 0},
    {"document", judge_document, 0, 0, 0, 0},
    {"validate", judge_validate, 0, 0, 0, 0}, {"api", judge_api, 0, 0, 0, 0},
    {"parse", NULL, 0, 0, 0, 0},       /* reading messages: CloudTrail */
    {"cloudtrail", NULL, 0, 0, 0, 0}}; /* records: CloudTrail */

enum {
    KINDS = sizeof(kinds) / sizeof(kinds[0])
};

static const char *reason_listed(const char *id)
{
    for (size_t i = 0; listed[i].id; i++)
        if (strcmp(listed[i].id, id) == 0)
            return listed[i].reason;
    return NULL;
}

static void run_vector(json_t *vector)
{
    const char *id = string(vector, "id", "?");
    const char *kind = string(vector, "kind", "");
    const char *reason = reason_listed(id);
    size_t at = 0;
    bool agrees;

    while (at < KINDS && strcmp(kinds[at].name, kind) != 0)
        at++;
    if (at == KINDS) {
        printf("%s: there is no kind \"%s\"\n", id, kind);
        kinds[0].disagreed++;
    } else if (!kinds[at].judge) {
        kinds[at].elsewhere++;
    } else {
        agrees = kinds[at].judge(get(vector, "input"), get(vector, "expected"));
        if (agrees && !reason) {
            kinds[at].agreed++;
        } else if (!agrees && reason) {
            kinds[at].listed++;
            printf("%s: listed: %s\n", id, reason);
        } else {
            kinds[at].disagreed++;
            printf("%s: %s\n", id, agrees ? "listed, but agrees" : "disagrees");
        }
    }
}

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "r");
    json_t *vector;
    json_error_t problem;
    bool good = true;

    if (!file) {
        printf("%s cannot be read\n", path);
        return false;
    }
    while (
        good && (vector = json_loadf(file, JSON_DISABLE_EOF_CHECK, &problem))) {
        run_vector(vector);
        json_decref(vector);
    }
    good = feof(file) && !ferror(file);
    (void)fclose(file);
    return good;
}

static bool report(void)
{
    size_t agreed = 0, bad = 0;

    for (size_t i = 0; i < KINDS; i++) {
        const kind_row *row = &kinds[i];

        printf("%-10s %zu agreed, %zu disagreed, %zu listed", row->name,
            row->agreed, row->disagreed, row->listed);
        if (row->elsewhere)
            printf(", %zu tested elsewhere", row->elsewhere);
        printf("\n");
        agreed += row->agreed;
        bad += row->disagreed;
        if (row->judge && row->agreed == 0) {
            printf("%s: no vectors\n", row->name);
            bad++;
        }
    }
    return agreed > 0 && bad == 0;
}

int main(void)
{
    const char *folder = getenv("IAMPOLICY_SEMANTICS");
    char path[4096];

    if (!folder || !folder[0]) {
        printf("skipped: IAMPOLICY_SEMANTICS names no folder with "
               "vectors.jsonl\n");
        return 77;
    }
    (void)snprintf(path, sizeof(path), "%s/vectors.jsonl", folder);
    if (!run_file(path))
        return EXIT_FAILURE;
    return report() ? EXIT_SUCCESS : EXIT_FAILURE;
}
