/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - what the parts of iampolicy(1) share.
 *
 * The command knows <iampolicy.h> and nothing else of the library.  A
 * subcommand is a `command`: its options are data, the parser and the help
 * text read them, and run() gets what was found on the command line.
 */
#ifndef IAMPOLICY_CLI_H
#define IAMPOLICY_CLI_H

#include <iampolicy.h>

#include <stdarg.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define CLI_FORMAT(at, from) __attribute__((format(printf, at, from)))
#else
#define CLI_FORMAT(at, from)
#endif

/* What the command answers by its exit code. */
typedef enum cli_answer {
    ANSWER_YES = 0,    /* all allowed, clean, all tests pass */
    ANSWER_NO = 1,     /* something denied, found or failed */
    ANSWER_BAD = 2,    /* usage, bad input, output that cannot be written */
    ANSWER_UNKNOWN = 3 /* neither yes nor no; it says why */
} cli_answer;

/* The one that counts when two things were answered. */
cli_answer worse(cli_answer a, cli_answer b);

/* ---- read.c: bytes that grow, and where they come from ---- */

typedef struct buffer {
    char *bytes;
    size_t len;
    size_t capacity;
} buffer;

/* No input, be it a file or a line, may be longer; the library's own limit. */
#define INPUT_LIMIT ((size_t)64 * 1024 * 1024)

/* Both are false when there is no memory, and leave the buffer as it was. */
bool buffer_add(buffer *to, const char *bytes, size_t len);
bool buffer_format(buffer *to, const char *format, ...) CLI_FORMAT(2, 3);
void buffer_free(buffer *to);

/* An iam_sink whose user is a buffer. */
bool buffer_sink(void *to, const char *bytes, size_t len);

/* How messages call a file: as it was given, "<stdin>" for "-". */
const char *file_name(const char *path);

/* The whole of a file or of standard input ("-", once).  False: told. */
bool file_read(const char *path, buffer *out);

/* A file or standard input ("-", once), piece by piece.  -1: told.  Reading
 * gives 0 at the end; closing takes -1, too. */
int input_open(const char *path);
ptrdiff_t input_read(int file, const char *path, char *bytes, size_t len);
void input_close(int file);

/* Lines of standard input, read as they come. */
typedef struct line_reader {
    buffer line;     /* the line in hand, without its newline */
    uint64_t number; /* of that line, from 1 */
    bool too_long;   /* it passed INPUT_LIMIT; `line` is not to be used */
    bool failed;     /* reading or memory failed; told */
    char *chunk;     /* of CHUNK_SIZE bytes */
    size_t at, end;  /* what of the chunk is still to come */
    bool ended;
} line_reader;

bool lines_open(line_reader *reader);

/* The next line; false at the end.  Writes out what waits in stdout before it
 * waits for more input, so that a pair of pipes never hangs. */
bool lines_next(line_reader *reader);
void lines_close(line_reader *reader);

/* ---- output.c: what is written, and how ---- */

/* Once, before anything is written: buffering, colour, broken pipes. */
void output_begin(void);

/* Everything is written; ANSWER_BAD, told unless the reader went away. */
cli_answer output_end(cli_answer so_far);

/* Nobody can read what would be written next: stop working. */
bool output_broken(void);

/* One line of text: control characters are written as \u001b, so that no
 * input can move a cursor or make one line two. */
void put_text(FILE *to, const char *text, size_t len);
void put_string(FILE *to, const char *text);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void put_json(FILE *to, const char *text);

/* Text for XML, escaped for content and attribute values alike; false when
 * there is no memory. */
bool add_xml(buffer *to, const char *text);

/* iam_sink functions: to stdout, and to stdout without newlines. */
bool put_sink(void *unused, const char *bytes, size_t len);
bool put_line_sink(void *unused, const char *bytes, size_t len);

/* "implicit deny", coloured where that is wanted, padded to `width`. */
void put_outcome(iam_outcome outcome, int width);
void put_coloured(const char *colour, const char *text);
#define COLOUR_RED    "31"
#define COLOUR_GREEN  "32"
#define COLOUR_YELLOW "33"

const char *severity_name(iam_severity severity);

/* `file:line:column: `, as much of it as there is. */
void put_place(FILE *to, const char *file, uint32_t line, uint32_t column);

/* "FILE:LINE:COLUMN: severity CODE: /json/pointer: sentence" */
void put_finding(FILE *to, const char *file, const iam_finding *finding);

/* "iampolicy: sentence" on standard error. */
void complain(const char *format, ...) CLI_FORMAT(1, 2);
void complain_memory(void);

/* "FILE:LINE:COLUMN: /json/pointer: sentence" on standard error. */
void complain_at(const char *file, const iam_error *err);

/* The same, as text at the end of a buffer. */
bool add_error(buffer *to, const char *file, const iam_error *err);

/* Tell on standard error how far a long work is, if that is a terminal. */
typedef struct progress {
    const char *unit; /* "lines" */
    bool wanted;
    bool shown;
    uint64_t done;
    double begun, last; /* seconds */
} progress;

void progress_begin(progress *state, const char *unit);
void progress_step(progress *state);
void progress_add(progress *state, uint64_t more);
void progress_end(progress *state);

/* ---- options.c: the command line ---- */

typedef struct cli_option {
    const char *name;  /* without its dashes */
    const char *value; /* how the help calls its value; NULL: it takes none */
    const char *help;
    bool repeats;
} cli_option;

typedef struct option_group {
    const char *title;
    const cli_option *options;
    size_t count;
} option_group;

typedef struct cli_arguments cli_arguments;

typedef struct cli_command {
    const char *name;
    const char *about;        /* half a line */
    const char *const *usage; /* what follows the name; NULL at the end */
    const option_group *const *groups; /* NULL at the end */
    const char *more;                  /* the rest of its help */
    cli_answer (*run)(const cli_arguments *arguments);
} cli_command;

typedef struct given_option {
    const cli_option *option;
    const char *value; /* NULL if it takes none */
} given_option;

struct cli_arguments {
    const cli_command *command;
    given_option *given; /* in the order of the command line */
    size_t given_count;
    const char **words; /* what is not an option */
    size_t word_count;
};

/* False: told.  Then, too, arguments_free() is due. */
bool arguments_parse(
    cli_arguments *out, const cli_command *command, int count, char **texts);
void arguments_free(cli_arguments *arguments);

/* `name` must be an option of the command. */
bool has_option(const cli_arguments *arguments, const char *name);

/* The value given last, or NULL. */
const char *option_value(const cli_arguments *arguments, const char *name);
bool option_is(const given_option *given, const char *name);

/* Was any option of this group given?  Its name, or NULL. */
const char *any_option(
    const cli_arguments *arguments, const option_group *group);

/* "iampolicy eval: sentence" and where to read more; always ANSWER_BAD. */
cli_answer usage_error(const cli_command *command, const char *format, ...)
    CLI_FORMAT(2, 3);

/* Add ` did you mean "x"?` if one of the names is close to what was typed. */
const char *closest(const char *typed, size_t len,
    const char *(*name_at)(const void *, size_t), const void *names,
    size_t count);

void print_help(const cli_command *command);

/* ---- scan.c: a look at JSON text before the library reads it ---- */

typedef enum cli_shape {
    SHAPE_BROKEN = 0, /* not JSON, as far as a glance can tell */
    SHAPE_SCENARIO,   /* an object with "requests" or "policies" */
    SHAPE_OBJECT,     /* another object */
    SHAPE_OTHER       /* another value */
} cli_shape;

cli_shape json_shape(const char *text, size_t len);

/* What a policy most likely is: with Principal a resource policy (a trust
 * policy if it has no Resource), else an identity policy. */
iam_policy_kind guess_kind(const char *text, size_t len);

/* ---- policies.c: the policies that the command line names ---- */

extern const option_group policy_options;
extern const option_group old_policy_options;

typedef struct cli_policies {
    iam_stack *stack;   /* NULL: no policy was named */
    const char **files; /* where each entry of the stack stands */
} cli_policies;

bool policies_read(cli_policies *out, const cli_arguments *arguments);

/* The same of old_policy_options, and of a file (NULL: none), which is a
 * scenario or a policy of `kind` (0: what it looks like). */
bool policies_read_old(cli_policies *out, const cli_arguments *arguments,
    const char *file, iam_policy_kind kind);

/* The policies of such a file alone. */
bool policies_read_file(
    cli_policies *out, const char *path, iam_policy_kind kind);

void policies_free(cli_policies *policies);

/* Can some of them grant something, or do they only limit? */
bool policies_grant(const cli_policies *policies);

/* Add an identity policy that allows everything, so that what limits let
 * through is seen.  False: told. */
bool policies_grant_everything(cli_policies *policies);

/* Findings of severity error: AWS would not store the policy, and a decision by
 * it deserves a word on standard error. */
void complain_policy(const iam_policy *policy, const char *file);

/* ---- context.c: condition keys by options ---- */

/* Where the keys go, and which options hold them. */
typedef struct context_target {
    const char *option;         /* of KEY=VALUE */
    const char *address_option; /* of an aws:SourceIp; may be NULL */
    void *object;
    iam_status (*set_value)(void *object, const iam_text *key,
        const iam_text *value, iam_error *err);
    iam_status (*set_values)(void *object, const iam_text *key,
        const iam_text *values, size_t count, iam_error *err);
} context_target;

/* False: told. */
bool context_read(const cli_arguments *arguments, const context_target *target);

/* ---- request.c: the request that the command line describes ---- */

extern const option_group request_options;

/* Everything but action and resource.  False: told. */
bool request_fill(iam_request *request, const cli_arguments *arguments);

/* ---- report.c: what is told about a decision ---- */

typedef struct cli_report {
    bool json;
    bool explain;
    const char *const *files; /* of the stack's entries, or NULL: */
    const char *file;         /* all of them stand here, */
    uint32_t line;            /* on the line behind this one */
    bool bare;                /* the text is one request, not a list */
    uint64_t allowed, denied;
} cli_report;

/* The line of an allowed request, where nobody wants reasons or JSON. */
void report_allowed(cli_report *report, const char *id);

/* False: there is no memory; told. */
bool report_decision(cli_report *report, const iam_stack *stack, const char *id,
    const iam_decision *decision);

/* "FILE:LINE:COLUMN: " and the statement in words. */
bool add_statement(buffer *to, const cli_report *report, const iam_stack *stack,
    size_t entry, size_t statement);
bool add_near_miss(buffer *to, const cli_report *report, const iam_stack *stack,
    const iam_near_miss *miss);

/* The two above with a newline, on stdout, after a title: "    because    ". */
void put_reason(const char *title, const char *text);

/* What a request is called: its id, else FILE#/requests/3. */
bool add_request_name(
    buffer *to, const char *id, const char *file, size_t index);

/* ---- scope.c, question.c: what is asked about all requests ---- */

extern const option_group scope_options;

/* NULL: told. */
iam_scope *scope_read(const cli_arguments *arguments);

/* A question with everything that it points to. */
typedef struct cli_question {
    const cli_arguments *arguments;
    cli_policies policies; /* that are asked about */
    cli_policies old;      /* that they are compared with */
    iam_ipset *addresses;  /* of --cidr */
    iam_scope *scope;
    iam_prover *prover;
    iam_question asked;
    double begun, told; /* seconds: for the progress line */
    bool shown;
} cli_question;

/* Scope, --cidr (where the command has it), --max-steps, and the prover of
 * `policies`, which has its policies.  False: told; question_close() is due
 * then, too. */
bool question_open(cli_question *question);
void question_close(cli_question *question);

/* Ends the line that tells how far a proof is.  Gives ANSWER_BAD: it failed,
 * and that is told. */
cli_answer question_end(
    cli_question *question, iam_status status, const iam_error *err);

/* Ends the line of an answer's JSON, of which the status is given. */
cli_answer put_answer_json(iam_status status);

/* ---- proof_text.c: answers of the prover for people ---- */

/* "proved", "refuted" and the like, coloured and padded. */
void put_answer(const char *colour, const char *word);
void put_verdict(iam_verdict verdict);

/* Rows of at most 16 blocks, or of ranges where there are more blocks. */
bool put_addresses(const char *title, const iam_ipset *set);

/* "198.51.100.7 can call A on R as P", or "P can call A on R", and if `absent`
 * that it has no address; the whole request; a statement. */
bool put_sentence(
    const char *title, const iam_request *request, bool allowed, bool absent);
bool put_request(const iam_request *request);
bool put_because(
    const cli_policies *policies, const char *title, const iam_match *match);
bool put_open_rule(const iam_finding *finding);
bool put_proof(const cli_question *question, const iam_proof *proof);

/* ---- suites.c: scenario files of folders ---- */

typedef struct cli_suite {
    char *path;
    bool found; /* in a folder; else it was named */
} cli_suite;

typedef struct cli_suites {
    cli_suite *items;
    size_t count;
    size_t capacity;
} cli_suites;

/* The words themselves, and in place of each folder the *.json files below it,
 * sorted.  False: told. */
bool suites_find(cli_suites *out, const char *const *words, size_t count);
void suites_free(cli_suites *list);

/* ---- verdict.c: one request of a suite, held against its expectation ---- */

typedef enum cli_verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_SKIP, /* nothing is expected */
    VERDICT_ERROR /* the suite could not be read */
} cli_verdict;

typedef struct test_result {
    cli_verdict verdict;
    const char *suite; /* its path */
    const char *id;
    const iam_expectation *expected; /* NULL for an error */
    const iam_decision *decision;    /* NULL for an error */
    const iam_stack *stack;
    const char *message; /* of an error */
} test_result;

typedef struct test_counts {
    uint64_t passed, failed, skipped, errors;
} test_counts;

/* One line of TAP, and why; one JSON object; false: no memory. */
bool put_tap(const test_result *result, uint64_t number);
bool put_test_json(const test_result *result);

/* A JUnit file grows in memory: its head holds the counts. */
typedef struct cli_junit {
    buffer suites; /* those that are complete */
    buffer cases;  /* of the suite in hand */
    test_counts all, here;
} cli_junit;

bool junit_add(cli_junit *junit, const test_result *result);
bool junit_end_suite(cli_junit *junit, const char *suite);

/* False: told. */
bool junit_write(cli_junit *junit, const char *path);
void junit_free(cli_junit *junit);

/* ---- the subcommands ---- */

extern const cli_command eval_command;
extern const cli_command check_command;
extern const cli_command test_command;
extern const cli_command ip_command;
extern const cli_command prove_command;
extern const cli_command sources_command;
extern const cli_command diff_command;

/* review.c: prove review */
cli_answer prove_review(const cli_arguments *arguments);

/* eval.c and lines.c */
cli_answer eval_lines(const cli_arguments *arguments);
cli_answer eval_requests(cli_report *report, const iam_scenario *scenario,
    const iam_stack *stack, const char *name);

#endif
