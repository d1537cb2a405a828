/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - iampolicy(1): which subcommand, and its help.
 */
#include "cli.h"

#include <string.h>

static const cli_command *const commands[] = {&eval_command, &check_command,
    &test_command, &prove_command, &sources_command, &diff_command,
    &ip_command};

static const char *name_at(const void *unused, size_t index)
{
    (void)unused;
    return commands[index]->name;
}

static const cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static void print_overview(FILE *to)
{
    fputs("iampolicy: decide, explain and prove what AWS IAM policies allow\n\n"
          "usage: iampolicy COMMAND [OPTIONS] FILE...\n\n",
        to);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(to, "  %-8s %s\n", commands[i]->name, commands[i]->about);
    fputs("  help     print the help of a command: iampolicy help eval\n\n"
          "  --help, --version\n\n"
          "Is this call allowed, and why not?\n\n"
          "  iampolicy eval --explain \\\n"
          "      --identity docs/examples/bedrock-eip/policy.json \\\n"
          "      --principal arn:aws:iam::123456789012:user/bedrock-api \\\n"
          "      --action bedrock:InvokeModel --source-ip 198.51.100.7 \\\n"
          "      --resource arn:aws:bedrock:us-west-2::foundation-model/m\n\n"
          "Exit code: 0 yes, 1 no, 2 bad input, 3 unknown.  The file - is "
          "standard input.\n",
        to);
}

static cli_answer unknown_command(const char *name)
{
    const char *meant =
        closest(name, strlen(name), name_at, NULL, COUNT_OF(commands));

    if (meant)
        complain(
            "there is no command \"%s\"; did you mean \"%s\"?", name, meant);
    else
        complain("there is no command \"%s\"", name);
    fputs("Try \"iampolicy --help\".\n", stderr);
    return ANSWER_BAD;
}

static cli_answer help(int count, char **texts)
{
    const cli_command *command;

    if (count == 0) {
        print_overview(stdout);
        return ANSWER_YES;
    }
    command = find_command(texts[0]);
    if (!command)
        return unknown_command(texts[0]);
    print_help(command);
    return ANSWER_YES;
}

static cli_answer run(const cli_command *command, int count, char **texts)
{
    cli_arguments arguments;
    cli_answer answer = ANSWER_BAD;

    if (arguments_parse(&arguments, command, count, texts)) {
        if (has_option(&arguments, "help")) {
            print_help(command);
            answer = ANSWER_YES;
        } else {
            answer = command->run(&arguments);
        }
    }
    arguments_free(&arguments);
    return answer;
}

static cli_answer dispatch(int count, char **texts)
{
    const cli_command *command;

    if (count == 0) {
        print_overview(stderr);
        return ANSWER_BAD;
    }
    if (strcmp(texts[0], "help") == 0 || strcmp(texts[0], "--help") == 0 ||
        strcmp(texts[0], "-h") == 0)
        return help(count - 1, texts + 1);
    if (strcmp(texts[0], "--version") == 0) {
        printf("iampolicy %s\n", iam_version());
        return ANSWER_YES;
    }
    command = find_command(texts[0]);
    if (!command)
        return unknown_command(texts[0]);
    return run(command, count - 1, texts + 1);
}

int main(int count, char **texts)
{
    output_begin();
    return (int)output_end(
        dispatch(count > 0 ? count - 1 : 0, count > 0 ? texts + 1 : texts));
}
