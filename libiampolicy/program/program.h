/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - what a policy means: compiled, immutable, in one arena.
 *
 *     program
 *       statements[]   effect, position
 *         principals[]   who is named          (resource-side kinds)
 *         actions[]      prefix and name globs
 *         resources[]    globs by ARN field
 *         conditions[]   operator, key, values compiled for that operator
 *       variables[]    every ${...} once; globs refer to them by index
 *       findings[]
 *
 * Nothing points into the text it came from.  Texts are kept as written, for
 * explanations and for printing the policy again.
 */
#ifndef IAMP_PROGRAM_H
#define IAMP_PROGRAM_H

#include <stdatomic.h>

#include "document/document.h"
#include "reference/key.h"
#include "value/arn.h"
#include "value/glob.h"
#include "value/ipset.h"
#include "value/scalar.h"
#include "value/start_index.h"

/* Whom one value of a Principal element names (A.5.1). */
typedef enum principal_match_kind {
    NAMES_NOBODY = 0, /* partial wildcards, canonical users, unknown forms */
    NAMES_EVERYBODY,
    NAMES_ACCOUNT,
    NAMES_USER,
    NAMES_ROLE,
    NAMES_SESSION,
    NAMES_FEDERATED_USER,
    NAMES_USER_ID, /* AIDA... */
    NAMES_ROLE_ID, /* AROA... */
    NAMES_SERVICE,
    NAMES_PROVIDER /* Federated */
} principal_match_kind;

typedef struct principal_value {
    text written;
    text account; /* of NAMES_ACCOUNT */
    uint8_t kind; /* principal_match_kind */
    uint8_t type; /* principal_class: where it stood */
} principal_value;

/* A large policy is mostly these two: their fields are in the order that leaves
 * no gaps. */
typedef struct action_pattern {
    const char *written;
    const glob *prefix; /* without regard to case, as `name` (A6.2); patterns of
                           one service share it; NULL: every, or never */
    glob name;
    uint32_t length; /* of `written` */
    uint32_t whole;  /* start_hashes.whole of the only action that matches;
                        0 if there may be several */
    bool every;      /* "*": any action */
    bool never;      /* no colon (A6.6): matches nothing */
} action_pattern;

typedef struct resource_pattern {
    const char *written;
    glob glob;
    uint32_t length; /* of `written` */
    bool never;      /* an incomplete ARN that is not completed (A.7.2) */
} resource_pattern;

static inline text action_written(const action_pattern *a)
{
    return (text){a->written, a->length};
}

static inline text resource_written(const resource_pattern *r)
{
    return (text){r->written, r->length};
}

typedef struct condition {
    operator_name op;
    key_ref key;
    text written;       /* the operator's name */
    const text *values; /* as written */
    uint32_t value_count;
    uint32_t count; /* compiled values; invalid ones are left out */
    bool invalid;   /* some value was left out */
    bool variable;  /* some value holds a variable */
    bool fold;      /* `exact` is in lower case, and compared without case */
    uint32_t exact_count;
    const text *exact; /* String*: values without wildcards and variables,
                          sorted; the others are in of.globs */
    union {
        const glob *globs;      /* String*, Bool */
        const arn_glob *arns;   /* Arn* */
        const decimal *numbers; /* Numeric*: sorted */
        const instant *dates;   /* Date*: sorted */
        const text *bytes;      /* BinaryEquals: decoded */
        const ipset *addresses; /* IpAddress */
        struct {
            bool absent, present; /* Null: "true", "false" */
        } null;
    } of;
} condition;

typedef struct program_statement {
    text sid;
    text raw; /* of an undecidable statement: its JSON, to print it again */
    bool has_sid;
    bool deny;
    bool undecidable;
    bool has_principal;
    bool not_principal, not_action, not_resource;
    bool has_resource;
    const principal_value *principals;
    const action_pattern *actions;
    const resource_pattern *resources;
    const condition *conditions;
    uint32_t principal_count, action_count, resource_count, condition_count;
    uint32_t line, column;
    size_t offset;
    const uint16_t *cheapest; /* conditions in the order in which a check asks
                                 them; NULL: as they stand */
} program_statement;

/* Which statements of one effect may match an action. */
typedef struct effect_index {
    uint32_t count;    /* statements of this effect */
    start_index index; /* item: statement, part: action or NOT_ACTION */
} effect_index;

#define NOT_ACTION_PART UINT32_MAX

/* A variable with its key resolved. */
typedef struct program_variable {
    key_ref key;
    text fallback;
    bool has_fallback;
} program_variable;

struct iam_policy {
    atomic_uint_least32_t owners;
    arena mem;
    iam_policy_kind kind;
    bool version_2012, has_version;
    bool has_id;
    text id;
    const program_statement *statements;
    const program_variable *variables;
    const iam_finding *findings;
    uint32_t statement_count, variable_count, finding_count;
    bool indexed;            /* else there are so few actions that they are gone
                                through one by one */
    effect_index effects[2]; /* by program_statement.deny */
};

/* Does the kind have a Principal element and grant by it? */
static inline bool kind_has_principal(iam_policy_kind kind)
{
    return kind == IAM_RESOURCE_POLICY || kind == IAM_TRUST_POLICY ||
           kind == IAM_ENDPOINT_POLICY || kind == IAM_RESOURCE_CONTROL_POLICY;
}

/*
 * Compile the value `root` of `tree` as a policy of `kind`: one reference to
 * it is yours.  IAM_EPOLICY with place, IAM_ENOMEM.
 */
iam_status iamp_policy_compile(iam_policy **out, const json_tree *tree,
    json_ref root, iam_policy_kind kind, const iam_options *options,
    iam_error *err);

/* The same from text (JSON, or percent-encoded).  Also IAM_EJSON, IAM_ELIMIT. */
iam_status iamp_policy_compile_text(iam_policy **out, text source,
    iam_policy_kind kind, const iam_options *options, iam_error *err);

iam_policy *iamp_policy_ref(iam_policy *policy);
void iamp_policy_release(iam_policy *policy);

/* About how many bytes the document takes as a program. */
size_t iamp_document_estimate(const document *from);

/* What compiling needs besides the document. */
typedef struct compile_memory {
    arena *mem;               /* the program's own */
    arena pieces;             /* of the pattern at hand; gone with it */
    arena values;             /* of the condition at hand */
    variable_table variables; /* with an arena that lives while compiling */
    text operator_name;       /* that was kept last */
} compile_memory;

/* Cut a pattern into pieces, which last until the next one.  IAM_ENOMEM. */
iam_status iamp_compile_template(
    template_parts *out, text source, bool variables, compile_memory *memory);

/* One principal of a document into `mem`.  IAM_ENOMEM. */
iam_status iamp_principal_compile(
    principal_value *out, const doc_principal *from, arena *mem);

/* One condition of a document.  IAM_ENOMEM. */
iam_status iamp_condition_compile(condition *out, const doc_condition *from,
    bool variables, compile_memory *memory);

/* Fill policy->effects once its statements are there.  IAM_ENOMEM. */
iam_status iamp_policy_index(iam_policy *policy);

/* Canonical JSON; the listing. */
void iamp_policy_print(const iam_policy *policy, textbuf *buf);
/* The same without one condition of a statement, or (`omitted` UINT32_MAX) with
 * one that applies to nothing in the statement's place. */
void iamp_policy_print_without(const iam_policy *policy, uint32_t statement,
    uint32_t omitted, textbuf *buf);
void iamp_policy_list(const iam_policy *policy, textbuf *buf);

/* Copy into `mem`; false without memory. */
static inline bool text_keep(text *out, text from, arena *mem)
{
    *out = iamp_text_copy(from, mem);
    return out->ptr != NULL;
}

#endif
