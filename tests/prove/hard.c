/* SPDX-License-Identifier: Apache-2.0 */
/* Hard questions: each ends with a verdict, or with "unknown" and its reason,
 * within the steps that are the default, and in bounded memory.
 *
 *     hard
 *
 * prints for each what was asked, the verdict, the steps, the time and the most
 * memory held at a time.  Where the answer is known by how the question was made,
 * no other one passes. */
#include <iampolicy.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory that counts -------------------------------------------------------- */

typedef struct meter {
    size_t now, most;
} meter;

typedef union cell {
    size_t size;
    max_align_t align;
} cell;

static void *acquire(void *user, size_t size)
{
    meter *m = user;
    cell *c = malloc(sizeof(*c) + size);
    if (!c)
        return NULL;
    c->size = size;
    m->now += size;
    if (m->now > m->most)
        m->most = m->now;
    return c + 1;
}

static void release(void *user, void *ptr)
{
    meter *m = user;
    if (!ptr)
        return;
    cell *c = (cell *)ptr - 1;
    m->now -= c->size;
    free(c);
}

/* ---- Documents ------------------------------------------------------------------ */

typedef struct text {
    char *bytes;
    size_t len, room;
} text;

__attribute__((format(printf, 2, 3))) static void add(
    text *t, const char *format, ...)
{
    char part[512];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(part, sizeof(part), format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof(part))
        abort();
    if (t->len + (size_t)len + 1 > t->room) {
        t->room = 2 * (t->room + (size_t)len + 1);
        t->bytes = realloc(t->bytes, t->room);
        if (!t->bytes)
            abort();
    }
    memcpy(t->bytes + t->len, part, (size_t)len + 1);
    t->len += (size_t)len;
}

static void open_document(text *t)
{
    *t = (text){NULL, 0, 0};
    add(t, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
           "\"Action\":\"*\",\"Resource\":\"*\"}");
}

static void open_deny(text *t)
{
    add(t, ",{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
           "\"Condition\":{");
}

static void close_document(text *t)
{
    add(t, "]}");
}

static uint64_t state = 1;

static unsigned roll(unsigned sides)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) >> 33) % sides;
}

/* ---- Asking ---------------------------------------------------------------------- */

enum {
    MOST_BYTES = 512 << 20,
    MOST_STEPS = 200 * 1000 * 1000 /* the default */
};

static unsigned wrong;
static size_t budget; /* of the next questions; 0: the default */

static void fault(const char *name, const char *what)
{
    printf("%s: %s\n", name, what);
    wrong++;
}

static void must(iam_status status, const iam_error *error)
{
    if (status == IAM_OK)
        return;
    printf("%s: %s\n", iam_status_name(status), error->message);
    exit(2);
}

/* "Is nothing allowed?"  `wanted` is what a verdict must be, if there is one;
 * `known`: there must be one. */
static void ask(const char *name, text *t, iam_verdict wanted, bool known)
{
    meter m = {0, 0};
    const iam_allocator from = {acquire, release, &m};
    iam_options options = IAM_OPTIONS_INIT;
    iam_question question = IAM_QUESTION_INIT;
    iam_stack_entry entry = {NULL, "hard", 0, 0};
    iam_stack *stack;
    iam_proof *proof;
    iam_error error;
    options.allocator = &from;
    options.max_steps = budget;
    must(iam_policy_compile(IAM_IDENTITY_POLICY, t->bytes, t->len, &options,
             &entry.policy, &error),
        &error);
    must(iam_stack_new(&entry, 1, &options, &stack, &error), &error);
    iam_policy_free(entry.policy);
    question.kind = IAM_NEVER;
    must(iam_prove(stack, &question, &options, &proof, &error), &error);
    iam_verdict got = iam_proof_verdict(proof);
    printf("%-34s %-8s %9" PRIu64 " steps %8.1f ms %7.1f MiB\n", name,
        iam_verdict_name(got), iam_proof_steps(proof),
        (double)iam_proof_micros(proof) / 1e3, (double)m.most / 1048576);
    if (got != IAM_UNKNOWN && wanted != IAM_UNKNOWN && got != wanted)
        fault(name, "the wrong verdict");
    if (known && got == IAM_UNKNOWN)
        fault(name, iam_proof_reason(proof));
    if (got == IAM_UNKNOWN && !*iam_proof_reason(proof))
        fault(name, "unknown without a reason");
    if (got == IAM_REFUTED &&
        iam_stack_check(stack, iam_proof_witness(proof, 0).request) !=
            IAM_ALLOW)
        fault(name, "the request does not replay");
    if (iam_proof_steps(proof) > MOST_STEPS)
        fault(name, "too many steps");
    if (m.most > MOST_BYTES)
        fault(name, "too much memory");
    iam_proof_free(proof);
    iam_stack_free(stack);
    if (m.now)
        fault(name, "memory is lost");
    free(t->bytes);
}

/* ---- Satisfiability --------------------------------------------------------------- */

/* A clause is a Deny of its opposite; a variable is whether a key is there.
 * `hidden`: some assignment satisfies all. */
static void sat(const char *name, unsigned variables, unsigned clauses,
    bool hidden, bool known)
{
    text t;
    open_document(&t);
    for (unsigned n = 0; n < clauses; n++) {
        unsigned at[3];
        bool wanted[3], fits = false;
        do {
            for (size_t i = 0; i < 3; i++)
                at[i] = roll(variables);
        } while (at[0] == at[1] || at[1] == at[2] || at[0] == at[2]);
        for (size_t i = 0; i < 3; i++) {
            wanted[i] = roll(2);
            fits |= wanted[i] == (at[i] * 7 % 3 == 0);
        }
        if (hidden && !fits)
            wanted[0] = !wanted[0];
        open_deny(&t);
        add(&t,
            "\"Null\":{\"acme:x%u\":\"%s\",\"acme:x%u\":\"%s\","
            "\"acme:x%u\":\"%s\"}}}",
            at[0], wanted[0] ? "true" : "false", at[1],
            wanted[1] ? "true" : "false", at[2], wanted[2] ? "true" : "false");
    }
    close_document(&t);
    ask(name, &t, hidden ? IAM_REFUTED : IAM_UNKNOWN, known);
}

/* More pigeons than holes. */
static void pigeons(const char *name, unsigned holes, bool known)
{
    text t;
    open_document(&t);
    for (unsigned p = 0; p <= holes; p++) {
        open_deny(&t);
        add(&t, "\"Null\":{");
        for (unsigned h = 0; h < holes; h++)
            add(&t, "%s\"acme:p%uh%u\":\"true\"", h ? "," : "", p, h);
        add(&t, "}}}");
    }
    for (unsigned h = 0; h < holes; h++)
        for (unsigned a = 0; a <= holes; a++)
            for (unsigned b = a + 1; b <= holes; b++) {
                open_deny(&t);
                add(&t,
                    "\"Null\":{\"acme:p%uh%u\":\"false\","
                    "\"acme:p%uh%u\":\"false\"}}}",
                    a, h, b, h);
            }
    close_document(&t);
    ask(name, &t, IAM_PROVED, known);
}

/* ---- Words ------------------------------------------------------------------------ */

/* One value holds all of the words: a common superstring, of which a short one
 * is hard to find. */
static void superstring(
    const char *name, unsigned words, unsigned len, bool short_only)
{
    text t;
    open_document(&t);
    for (unsigned n = 0; n < words; n++) {
        open_deny(&t);
        add(&t, "\"StringNotLike\":{\"acme:Word\":\"*");
        for (unsigned i = 0; i < len; i++)
            add(&t, "%c", 'a' + (int)roll(2));
        add(&t, "*\"}}}");
    }
    if (short_only) { /* no longer than one and a half words */
        open_deny(&t);
        add(&t, "\"StringLike\":{\"acme:Word\":\"");
        for (unsigned i = 0; i < len + len / 2 + 1; i++)
            add(&t, "?");
        add(&t, "*\"}}}");
    }
    close_document(&t);
    ask(name, &t, short_only ? IAM_UNKNOWN : IAM_REFUTED, false);
}

/* A satisfiability puzzle in the letter cases of one word. */
static void cases(const char *name, unsigned letters, unsigned clauses)
{
    text t;
    open_document(&t);
    open_deny(&t);
    add(&t, "\"StringNotEqualsIgnoreCase\":{\"acme:Word\":\"");
    for (unsigned i = 0; i < letters; i++)
        add(&t, "a");
    add(&t, "\"}}}");
    for (unsigned n = 0; n < clauses; n++) {
        char pattern[128];
        memset(pattern, '?', letters);
        pattern[letters] = '\0';
        for (size_t i = 0; i < 3; i++)
            pattern[roll(letters)] = roll(2) ? 'A' : 'a';
        open_deny(&t);
        add(&t, "\"StringLike\":{\"acme:Word\":\"%s\"}}}", pattern);
    }
    close_document(&t);
    ask(name, &t, IAM_UNKNOWN, false);
}

/* ---- Variables --------------------------------------------------------------------- */

static void variables(const char *name, unsigned statements, unsigned keys)
{
    text t = {NULL, 0, 0};
    add(&t, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (unsigned n = 0; n < statements; n++)
        add(&t,
            "%s{\"Effect\":\"%s\",\"Action\":\"s3:*\",\"Resource\":"
            "\"arn:aws:s3:::b%u/${aws:PrincipalTag/t%u}/${aws:username}/*\"}",
            n ? "," : "", n % 3 == 2 ? "Deny" : "Allow", n / 2, n % keys);
    close_document(&t);
    ask(name, &t, IAM_REFUTED, false);
}

int main(void)
{
    sat("3-SAT, 60 variables, hidden", 60, 252, true, true);
    sat("3-SAT, 60 variables, threshold", 60, 256, false, true);
    sat("3-SAT, 60 variables, over", 60, 360, false, true);
    sat("3-SAT, 200 variables, hidden", 200, 800, true, true);
    sat("3-SAT, 200 variables, threshold", 200, 852, false, false);
    sat("3-SAT, 200 variables, over", 200, 1400, false, false);
    pigeons("pigeons, 6 holes", 6, true);
    budget = 30 * 1000 * 1000; /* the default is 200 million: 6 s of this one */
    pigeons("pigeons, 9 holes", 9, false);
    budget = 0;
    superstring("superstring, 8 words", 8, 6, false);
    superstring("superstring, 24 words", 24, 10, false);
    superstring("superstring, short, 8 words", 8, 6, true);
    superstring("superstring, short, 24 words", 24, 10, true);
    cases("letter cases, 24", 24, 90);
    cases("letter cases, 60", 60, 250);
    variables("variables, 1,000 statements", 1000, 1);
    variables("variables, 1,000 keys", 1000, 1000);
    return wrong ? 1 : 0;
}
