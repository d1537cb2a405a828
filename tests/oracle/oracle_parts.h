/* SPDX-License-Identifier: Apache-2.0 */
/** oracle_parts.h - what the files of the oracle offer each other. */
#ifndef ORACLE_PARTS_H
#define ORACLE_PARTS_H

#include "oracle.h"

#include <stddef.h>
#include <stdint.h>

/* ---- Texts and patterns (oracle_glob.c) ---------------------------------- */

/** A character of a text or of a pattern; a pattern also has wildcards. */
typedef int32_t oracle_symbol;

enum {
    ORACLE_RUN = -1,          /**< any characters, none too */
    ORACLE_ONE = -2,          /**< any one character */
    ORACLE_RUN_IN_FIELD = -3, /**< any characters but colons */
    ORACLE_ONE_IN_FIELD = -4  /**< one character that is no colon */
};

typedef struct oracle_symbols {
    oracle_symbol *items;
    size_t count;
    size_t room;
} oracle_symbols;

void oracle_symbols_free(oracle_symbols *symbols);
void oracle_symbols_push(oracle_symbols *symbols, oracle_symbol symbol);

/** Append UTF-8 text; with `wildcards`, '*' and '?' become RUN and ONE. */
void oracle_symbols_text(
    oracle_symbols *symbols, const char *text, size_t len, bool wildcards);

/** Does the whole text match the whole pattern? */
bool oracle_glob(const oracle_symbols *pattern, const oracle_symbols *text);

bool oracle_equal(const oracle_symbols *one, const oracle_symbols *other);

/** ASCII letters to lower case. */
void oracle_fold(oracle_symbols *symbols);
int oracle_lower(int letter);
bool oracle_same_word(const char *one, const char *other);

/* ---- Variables and ARNs (oracle_template.c) ------------------------------ */

/** The context of a request: names in lower case to strings, numbers,
 *  booleans, lists.  Borrowed; NULL when absent or an empty list. */
const json_t *oracle_context(const json_t *context, const char *key);

/** The text of a string, number or boolean, in `room` bytes or borrowed. */
const char *oracle_text(const json_t *value, char *buffer, size_t room);

/** How the text of a policy is to be read. */
typedef struct oracle_reading {
    const json_t *context;
    bool variables; /**< Version 2012-10-17 */
    bool wildcards; /**< '*' and '?' are more than themselves */
} oracle_reading;

/** Append a text of a policy, variables replaced; false if one has no value
 *  (C.4). */
bool oracle_expand(const oracle_reading *reading, const char *text, size_t len,
    oracle_symbols *out);

/** What becomes of ARNs with fewer than six fields (A.7.2). */
typedef enum oracle_completion {
    ORACLE_COMPLETE_NEVER,
    ORACLE_COMPLETE_ALWAYS,
    ORACLE_COMPLETE_WILD /**< if it contains a wildcard */
} oracle_completion;

/** Resource and NotResource (A.7.3). */
bool oracle_resource_pattern(const oracle_reading *reading, const char *pattern,
    oracle_completion completion, const char *resource);

/** ArnLike and its like (B.3.7). */
bool oracle_arn_like(
    const oracle_reading *reading, const char *pattern, const char *value);

/* ---- Values (oracle_values.c, oracle_dates.c) ---------------------------- */

/** Order of two numbers: -1, 0, 1; false if one of them is none (B.3.2). */
bool oracle_compare_numbers(const char *one, const char *other, int *order);

/** The same for dates (B.3.3). */
bool oracle_compare_dates(const char *one, const char *other, int *order);

/** Does the CIDR block or address `block` hold `address`? (B.3.6) */
bool oracle_ip_within(const char *block, const char *address);

/** Are both base64 of the same bytes? (B.3.5) */
bool oracle_same_bytes(const char *one, const char *other);

/* ---- Conditions (oracle_condition.c) ------------------------------------- */

/** B.5; `trace` may be NULL. */
bool oracle_condition(const json_t *block, const json_t *context,
    bool variables, oracle_trace *trace);

/* ---- Requests (oracle_request.c) ----------------------------------------- */

typedef enum oracle_caller_kind {
    ORACLE_USER,
    ORACLE_ROLE, /**< some session of a role */
    ORACLE_SESSION,
    ORACLE_FEDERATED,
    ORACLE_ROOT,
    ORACLE_SERVICE,
    ORACLE_ANONYMOUS
} oracle_caller_kind;

typedef struct oracle_caller {
    oracle_caller_kind kind;
    char arn[256];     /**< or the name of a service, or "" */
    char role[256];    /**< the role behind a session, or "" */
    char user[256];    /**< the user behind a federated user, or "" */
    bool guessed;      /**< nobody told the role's path */
    char account[128]; /**< or "" */
} oracle_caller;

typedef struct oracle_request {
    oracle_caller caller;
    const char *action;
    const char *resource;
    char account[128]; /**< of the resource, or "" */
    json_t *context;   /**< owned; names in lower case, derived keys in it */
    const json_t *flags;
    bool bounded; /**< the caller has a permissions boundary */
    oracle_trace *trace;
} oracle_request;

void oracle_request_read(
    oracle_request *request, const json_t *object, bool derive);
void oracle_request_free(oracle_request *request);
bool oracle_flag(const oracle_request *request, const char *name);

/** Field `index` of an ARN, 0 to 5, in `room` bytes; false if it has none. */
bool oracle_arn_field(const char *arn, int index, char *out, size_t room);

/* ---- Statements (oracle_principal.c, oracle_statement.c) ----------------- */

/** A string or a list, as a list: its length and its elements. */
size_t oracle_list_size(const json_t *value);
const json_t *oracle_list_at(const json_t *value, size_t index);

/** The ORACLE_GRANT_* under which a Principal names the caller, 0 for none. */
/** E.6: the call comes before there is an AWS principal. */
bool oracle_unsigned_action(const char *action);

unsigned oracle_principal(
    const json_t *principal, const oracle_request *request);

/** May a value name the caller, for all that the request tells? */
bool oracle_may_name(const json_t *principal, const oracle_request *request);

/** Does a Deny with this NotPrincipal spare the caller? (A.5.6) */
bool oracle_exempt(const json_t *not_principal, const oracle_request *request);

/** Does any of the patterns match the action? */
bool oracle_action(const json_t *patterns, const char *action);

/** Does any of the patterns match the resource? */
bool oracle_resource(const json_t *patterns, const oracle_reading *reading,
    oracle_completion completion, const char *resource);

/** Does the statement apply?  The grants are those of its Principal. */
bool oracle_statement(const json_t *statement, const char *kind, bool variables,
    const oracle_request *request, unsigned *grants);

#endif /* ORACLE_PARTS_H */
