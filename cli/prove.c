/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.c - iampolicy prove: a question about every request, and the files
 * that an answer can be written to.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>

static const cli_option prove_option_table[] = {
    {"cidr", "CIDR[,CIDR...]",
        "the addresses of a question; @FILE for a list of\n"
        "blocks in a file",
        true},
    {"json", NULL, "print one JSON object", false},
    {"witness-scenario", "FILE",
        "write policies and witnesses as a scenario, for\n"
        "iampolicy test",
        false},
    {"certificate", "FILE",
        "write the certificate of a proved question, for\n"
        "scripts/check-certificate",
        false},
    {"smt2", "FILE", "write the question as SMT-LIB 2", false},
    {"max-steps", "N", "give up and say \"unknown\" beyond so much work",
        false},
    {"help", NULL, "print this", false},
};

/* ---- Files ---- */

/* False: told. */
static bool write_file(const char *path, const buffer *text)
{
    FILE *to = fopen(path, "w");
    bool ok;

    if (!to) {
        complain("cannot write %s: %s", path, strerror(errno));
        return false;
    }
    ok = fwrite(text->bytes, 1, text->len, to) == text->len;
    ok = fclose(to) == 0 && ok;
    if (!ok)
        complain("cannot write %s: a write failed", path);
    return ok;
}

/* What was printed into `text`, which is used up; `status` says how that went,
 * `message` why not.  False: told. */
static bool write_printed(
    const char *path, buffer *text, iam_status status, const char *message)
{
    bool ok = status == IAM_OK;

    if (ok)
        ok = write_file(path, text);
    else if (status == IAM_ENOMEM || status == IAM_ESTOPPED)
        complain_memory(); /* a buffer stops for nothing else */
    else
        complain("%s is not written: %s", path, message);
    buffer_free(text);
    return ok;
}

static bool write_scenario(const char *path, const iam_proof *proof)
{
    buffer text = {.bytes = NULL};
    iam_status status = iam_proof_print_scenario(proof, buffer_sink, &text);

    return write_printed(path, &text, status, "there is no witness");
}

static bool write_certificate(const char *path, const iam_proof *proof)
{
    buffer text = {.bytes = NULL};
    iam_status status = iam_proof_certificate(proof, buffer_sink, &text);

    return write_printed(path, &text, status, iam_proof_no_certificate(proof));
}

static bool write_smt2(const char *path, const cli_question *question)
{
    buffer text = {.bytes = NULL};
    iam_error err = {.status = IAM_OK};
    iam_status status = iam_prover_print_smt2(
        question->prover, &question->asked, buffer_sink, &text, &err);

    return write_printed(path, &text, status, err.message);
}

static bool write_files(const cli_question *question, const iam_proof *proof)
{
    const cli_arguments *arguments = question->arguments;
    const char *scenario = option_value(arguments, "witness-scenario");
    const char *certificate = option_value(arguments, "certificate");
    const char *smt2 = option_value(arguments, "smt2");
    iam_verdict verdict = iam_proof_verdict(proof);
    bool ok = true;

    if (scenario && iam_proof_witness_count(proof) > 0)
        ok = write_scenario(scenario, proof);
    else if (scenario)
        complain("%s is not written: nothing is refuted", scenario);
    if (certificate && verdict == IAM_PROVED)
        ok &= write_certificate(certificate, proof);
    else if (certificate)
        complain("%s is not written: nothing is proved", certificate);
    if (smt2)
        ok &= write_smt2(smt2, question);
    return ok;
}

/* ---- Asking ---- */

static cli_answer tell(const cli_question *question, const iam_proof *proof)
{
    static const cli_answer answers[] = {[IAM_UNKNOWN] = ANSWER_UNKNOWN,
        [IAM_PROVED] = ANSWER_YES,
        [IAM_REFUTED] = ANSWER_NO};
    bool ok = true;

    if (has_option(question->arguments, "json")) {
        if (put_answer_json(iam_proof_print(proof, put_sink, NULL)) !=
            ANSWER_YES)
            return ANSWER_BAD;
    } else {
        ok = put_proof(question, proof);
        if (!ok)
            complain_memory();
    }
    fflush(stdout);
    if (!ok || !write_files(question, proof))
        return ANSWER_BAD;
    return answers[iam_proof_verdict(proof)];
}

static cli_answer ask(cli_question *question, iam_question_kind kind)
{
    iam_proof *proof = NULL;
    iam_status status;
    cli_answer answer;
    iam_error err;

    if (!question_open(question))
        return ANSWER_BAD;
    question->asked.kind = kind;
    if (has_option(question->arguments, "certificate"))
        question->asked.flags |= IAM_WITH_CERTIFICATE;
    status = iam_prover_ask(question->prover, &question->asked, &proof, &err);
    answer = question_end(question, status, &err);
    if (answer == ANSWER_YES)
        answer = tell(question, proof);
    iam_proof_free(proof);
    return answer;
}

static bool is_from(iam_question_kind kind)
{
    return kind == IAM_ONLY_FROM || kind == IAM_ALWAYS_FROM ||
           kind == IAM_EXACTLY_FROM;
}

static cli_answer check_question(
    const cli_arguments *arguments, iam_question_kind kind)
{
    const char *name = arguments->words[0];
    const char *old = any_option(arguments, &old_policy_options);
    size_t words = kind == IAM_WITHIN ? 2 : 1;

    if (!any_option(arguments, &policy_options))
        return usage_error(arguments->command,
            "prove it of which policies?  Give --identity FILE or another of "
            "the policy options");
    if (is_from(kind) && !has_option(arguments, "cidr"))
        return usage_error(arguments->command,
            "%s which addresses?  Give --cidr, e.g. --cidr 192.0.2.0/24", name);
    if (!is_from(kind) && has_option(arguments, "cidr"))
        return usage_error(
            arguments->command, "%s has no use for --cidr", name);
    if (kind == IAM_WITHIN && !old && arguments->word_count < 2)
        return usage_error(arguments->command,
            "within what?  Give the old policy or scenario, e.g. "
            "iampolicy prove within old.json --identity new.json");
    if (kind != IAM_WITHIN && old)
        return usage_error(
            arguments->command, "%s has no use for --%s", name, old);
    if (arguments->word_count > words)
        return usage_error(
            arguments->command, "what is \"%s\"?", arguments->words[words]);
    return ANSWER_YES;
}

static const char *question_at(const void *unused, size_t index)
{
    (void)unused;
    return index < IAM_NOT_PUBLIC
               ? iam_question_name((iam_question_kind)(index + 1))
               : "review";
}

static cli_answer unknown_question(const cli_arguments *arguments)
{
    const char *name = arguments->words[0];
    const char *meant =
        closest(name, strlen(name), question_at, NULL, IAM_NOT_PUBLIC + 1);

    if (meant)
        return usage_error(arguments->command,
            "there is no question \"%s\"; did you mean \"%s\"?", name, meant);
    return usage_error(arguments->command,
        "there is no question \"%s\"; there are only-from, always-from, "
        "exactly-from, never, always, within, not-public and review",
        name);
}

/* The kind of the only policy, for an old one that does not say its own. */
static iam_policy_kind only_kind(const iam_stack *stack)
{
    return iam_stack_entry_count(stack) == 1
               ? iam_policy_kind_of(iam_stack_entry_at(stack, 0).policy)
               : (iam_policy_kind)0;
}

static cli_answer prove(const cli_arguments *arguments)
{
    cli_question question = {.arguments = arguments};
    iam_question_kind kind;
    cli_answer answer;

    if (arguments->word_count == 0)
        return usage_error(
            arguments->command, "prove what?  Give a question, e.g. only-from");
    if (strcmp(arguments->words[0], "review") == 0)
        return prove_review(arguments);
    kind = iam_question_from_name(arguments->words[0], IAM_NTS);
    if (!kind)
        return unknown_question(arguments);
    answer = check_question(arguments, kind);
    if (answer != ANSWER_YES)
        return answer;
    if (policies_read(&question.policies, arguments) &&
        policies_read_old(&question.old, arguments,
            arguments->word_count > 1 ? arguments->words[1] : NULL,
            only_kind(question.policies.stack)))
        answer = ask(&question, kind);
    else
        answer = ANSWER_BAD;
    question_close(&question);
    return answer;
}

static const char *const prove_usage[] = {
    "QUESTION POLICIES [--cidr C...] [SCOPE] [--json]\n"
    "                       [--witness-scenario FILE] [--certificate FILE]\n"
    "                       [--smt2 FILE]",
    NULL};

static const option_group prove_options_group = {
    "Options:", prove_option_table, COUNT_OF(prove_option_table)};

static const option_group *const prove_groups[] = {&prove_options_group,
    &policy_options, &old_policy_options, &scope_options, NULL};

const cli_command prove_command = {"prove", "answer for every possible request",
    prove_usage, prove_groups,
    "Questions, about every request in scope:\n"
    "\n"
    "  only-from     what is allowed comes from the addresses of --cidr\n"
    "  always-from   what comes from these addresses is allowed\n"
    "  exactly-from  both\n"
    "  never         nothing is allowed\n"
    "  always        everything is allowed\n"
    "  within OLD    nothing is allowed that OLD does not allow: a policy, or\n"
    "                a scenario's policies\n"
    "  not-public    nothing is allowed to callers that no policy names\n"
    "  review        what each statement is good for: dead ones, conditions\n"
    "                that change nothing, Allows without effect\n"
    "\n"
    "Exit code: 0 proved, 1 refuted by a request that is shown, 2 usage or "
    "bad\n"
    "input, 3 unknown.\n"
    "\n"
    "  iampolicy prove exactly-from --cidr 13.230.101.201,13.230.101.202 \\\n"
    "      --identity docs/examples/bedrock-eip/policy.json \\\n"
    "      --action bedrock:InvokeModel \\\n"
    "      --resource 'arn:aws:bedrock:*::foundation-model/*'\n",
    prove};
