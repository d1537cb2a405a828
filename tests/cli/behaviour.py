#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a golden file cannot hold: terminals, time and memory, and that the
manual page knows what --help knows.  behaviour.py --command PATH"""
import argparse
import ipaddress
import json
import os
import pathlib
import pty
import random
import re
import resource
import select
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "bedrock-eip"
COMMAND = None
LINES = 20000
MIB = 1024 * 1024

REQUEST = json.dumps({
    "principal": "arn:aws:iam::123456789012:user/bedrock-api",
    "action": "bedrock:InvokeModel",
    "resource": "arn:aws:bedrock:us-west-2::foundation-model/m",
    "context": {"aws:SourceIp": "13.230.101.201"}}) + "\n"


def environment(**more):
    base = {name: value for name, value in os.environ.items()
            if name not in ("NO_COLOR", "TERM")}
    return {**base, "TERM": "xterm", **more}


def terminal():
    """Both ends of one; where the system has none, the test is skipped."""
    try:
        return pty.openpty()
    except OSError as error:
        raise unittest.SkipTest(f"no terminal: {error}") from error


def on_terminal(words, stream, **variables):
    """What the command writes to `stream`, "stdout" or "stderr", if that is a
    terminal and the other is not."""
    ours, theirs = terminal()
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
               stream: theirs}
    done = subprocess.Popen([COMMAND, *words], stdin=subprocess.DEVNULL,
                            env=environment(**variables), **streams)
    os.close(theirs)
    written = drain(ours)
    done.wait()
    return written


def drain(terminal):
    written = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how a terminal ends
            piece = b""
        if not piece:
            os.close(terminal)
            return written.decode()
        written += piece


def lines_command(*more):
    return [COMMAND, "eval", "--lines", "--identity", EXAMPLE / "policy.json",
            *more]


def skip_if_sanitized(test):
    """Sanitizers reserve and keep memory of their own."""
    if any(name in pathlib.Path(COMMAND).read_bytes()
           for name in (b"__asan_init", b"__tsan_init")):
        test.skipTest("sanitizers have memory of their own")


class Colour(unittest.TestCase):
    words = ["eval", str(EXAMPLE / "scenario.json")]

    def test_on_a_terminal(self):
        written = on_terminal(self.words, "stdout")
        self.assertIn("\x1b[32mallow\x1b[0m", written)
        self.assertIn("\x1b[33mimplicit deny\x1b[0m", written)

    def test_a_verdict(self):
        for cidrs, colour in (("13.230.101.201,13.230.101.202", 32),
                              ("192.0.2.1", 31)):
            written = on_terminal(
                ["prove", "only-from", "--cidr", cidrs, "--identity",
                 str(EXAMPLE / "policy.json")], "stdout")
            self.assertRegex(written, rf"^\x1b\[{colour}m(proved|refuted)\x1b")

    def test_not_with_no_color(self):
        self.assertNotIn("\x1b", on_terminal(self.words, "stdout",
                                             NO_COLOR="1"))

    def test_an_empty_no_color_counts_as_unset(self):
        self.assertIn("\x1b[32m", on_terminal(self.words, "stdout",
                                              NO_COLOR=""))

    def test_not_on_a_dumb_terminal(self):
        self.assertNotIn("\x1b", on_terminal(self.words, "stdout",
                                             TERM="dumb"))

    def test_not_through_a_pipe(self):
        written = subprocess.run([COMMAND, *self.words], env=environment(),
                                 stdout=subprocess.PIPE).stdout
        self.assertIn(b"allow", written)
        self.assertNotIn(b"\x1b", written)

    def test_json_is_never_coloured(self):
        written = on_terminal([*self.words, "--json"], "stdout")
        self.assertIn('"outcome":"allow"', written)
        self.assertNotIn("\x1b", written)


def pigeons(count):
    """Allowed if each of some pigeons has one of fewer holes for itself: never,
    which takes long to see."""
    holes = range(count - 1)
    deny = [{f"x:{pigeon}-{hole}": "true" for hole in holes}
            for pigeon in range(count)]
    deny += [{f"x:{one}-{hole}": "false", f"x:{other}-{hole}": "false"}
             for hole in holes for one in range(count) for other in range(one)]
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        *({"Effect": "Deny", "Action": "*", "Resource": "*",
           "Condition": {"Null": keys}} for keys in deny)]}


class Progress(unittest.TestCase):
    def test_of_a_long_proof(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(pigeons(12), file)
            file.flush()
            ours, theirs = terminal()
            run = subprocess.Popen(
                [COMMAND, "prove", "never", "--identity", file.name],
                stderr=theirs, stdout=subprocess.DEVNULL,
                env=environment(NO_COLOR="1"))
            os.close(theirs)
            self.assertTrue(select.select([ours], [], [], 60)[0], "nothing")
            self.assertRegex(os.read(ours, 4096).decode(),
                             r"^\r\d+ steps, \d+ s ")
            run.kill()
            run.wait()
            os.close(ours)

    def slow_work(self, stdout_too):
        ours, theirs = terminal()
        run = subprocess.Popen(
            lines_command(), stdin=subprocess.PIPE, stderr=theirs,
            stdout=theirs if stdout_too else subprocess.DEVNULL,
            env=environment(NO_COLOR="1"))
        os.close(theirs)
        for pause in (1.2, 0):
            run.stdin.write(REQUEST.encode() * 128)
            run.stdin.flush()
            time.sleep(pause)
        run.stdin.close()
        written = drain(ours)
        self.assertEqual(run.wait(), 0)
        return written

    def test_shown_on_a_terminal(self):
        self.assertRegex(self.slow_work(False), r"\r\d+ lines, \d+/s \r\x1b\[K$")

    def test_not_between_answers(self):
        self.assertNotIn("lines", self.slow_work(True))

    def test_not_for_short_work(self):
        self.assertEqual(on_terminal(["eval", str(EXAMPLE / "scenario.json")],
                                     "stderr"), "")


class Lines(unittest.TestCase):
    def test_an_answer_comes_before_the_next_question(self):
        run = subprocess.Popen(lines_command(), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, env=environment())
        for _ in range(3):
            run.stdin.write(REQUEST.encode())
            run.stdin.flush()
            self.assertTrue(select.select([run.stdout], [], [], 20)[0],
                            "no answer")
            self.assertTrue(os.read(run.stdout.fileno(), 4096)
                            .startswith(b"allow"))
        run.stdin.close()
        run.stdout.close()
        self.assertEqual(run.wait(), 0)

    def run_lines(self, count, address_space=None):
        """Seconds, peak memory in bytes, answers."""
        def limit():
            if address_space:
                resource.setrlimit(resource.RLIMIT_AS,
                                   (address_space, address_space))

        with tempfile.TemporaryFile() as text:
            text.write(REQUEST.encode() * count)
            text.seek(0)
            begun = time.monotonic()
            run = subprocess.Popen(lines_command("--json"), stdin=text,
                                   stdout=subprocess.PIPE, preexec_fn=limit,
                                   env=environment())
            answers = sum(line.startswith(b'{"id":"<stdin>:')
                          for line in run.stdout)
            run.stdout.close()
            _, status, used = os.wait4(run.pid, 0)
            run.returncode = status
        self.assertEqual(status, 0)
        return time.monotonic() - begun, used.ru_maxrss * 1024, answers

    def test_memory_does_not_grow(self):
        skip_if_sanitized(self)
        _, small, few = self.run_lines(200)
        _, large, many = self.run_lines(LINES)
        self.assertEqual((few, many), (200, LINES))
        self.assertLess(large - small, 4 * MIB)

    def test_within_a_bound(self):
        skip_if_sanitized(self)
        self.assertEqual(self.run_lines(LINES, 64 * MIB)[2], LINES)

    def test_the_rate_is_steady(self):
        """The last quarter takes no longer than the first, within reason."""
        run = subprocess.Popen(lines_command(), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, env=environment())
        seconds = []
        for _ in range(4):
            begun = time.monotonic()
            for _ in range(LINES // 4 // 50):
                run.stdin.write(REQUEST.encode() * 50)
                run.stdin.flush()
                for _ in range(50):
                    self.assertTrue(run.stdout.readline())
            seconds.append(time.monotonic() - begun)
        run.stdin.close()
        run.stdout.close()
        self.assertEqual(run.wait(), 0)
        self.assertLess(seconds[3], 4 * seconds[0] + 0.5, seconds)


class Json(unittest.TestCase):
    """Every line is JSON, whatever stood in the input."""

    def objects(self, words, **more):
        done = subprocess.run([COMMAND, *words], env=environment(),
                              stdout=subprocess.PIPE, **more)
        self.assertIn(done.returncode, (0, 1), words)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_examples(self):
        scenario = json.loads((EXAMPLE / "scenario.json").read_text())
        count = len(scenario["requests"])
        for command in ("eval", "test"):
            found = self.objects([command, "--json",
                                  str(EXAMPLE / "scenario.json")])
            self.assertEqual([answer["id"] for answer in found],
                             [request["id"] for request in
                              scenario["requests"]])
            self.assertEqual(len(found), count)
        self.assertEqual(self.objects(
            ["check", "--json", str(EXAMPLE / "policy.json")])[0]["clean"],
            True)

    def test_strange_text(self):
        strange = "\x01\x1b\"\\/\u007f\u0085\u2028\U0001f600</a>\n"
        policy = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:UserAgent": strange}}}}
        request = {"id": strange, "principal": "anonymous",
                   "action": "s3:GetObject", "resource": "*",
                   "context": {"aws:UserAgent": strange + "!"},
                   "expect": "allow", "by": strange, "message": strange}
        text = json.dumps({
            "policies": [{"kind": "identity", "name": strange,
                          "policy": policy}],
            "requests": [request]}).encode()
        for words in (["eval", "--json", "-"], ["test", "--json", "-"],
                      ["eval", "--json", "--lines"]):
            self.assertEqual(self.objects(words, input=text)[0]["id"],
                             strange)

    def test_a_file_name_that_is_no_text(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.fsencode(folder) + b"/\xff\".json"
            with open(path, "wb") as file:
                file.write((EXAMPLE / "policy.json").read_bytes())
            found = self.objects(["check", "--json", path])
        self.assertTrue(found[0]["file"].endswith("/\ufffd\".json"))


class Addresses(unittest.TestCase):
    """iampolicy ip match against the standard library's reading."""

    blocks = ["10.0.0.0/9", "192.0.2.0/24", "0.0.0.0/2", "2001:db8::/33"]

    def match(self, text, *more):
        done = subprocess.run(
            [COMMAND, "ip", "match", *more,
             *(f"--cidr={block}" for block in self.blocks)],
            input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout, done.returncode

    def word(self, rng):
        """An address, or one with a byte changed, dropped or added."""
        word = str(ipaddress.IPv4Address(rng.choice(
            (rng.getrandbits(32), 0x0a000000 | rng.getrandbits(24),
             rng.getrandbits(rng.randint(1, 32)))))
            if rng.random() < 0.6 else ipaddress.IPv6Address(
                (0x20010db8 << 96 | rng.getrandbits(96)) & rng.choice((
                    -1, -1 << 80, ~(0xffff << 48), ~(0xffffffff << 32),
                    (1 << 48) - 1, rng.getrandbits(128)))))
        if rng.random() < 0.5:
            at = rng.randrange(len(word))
            word = rng.choice((
                word[:at] + rng.choice("0123456789.:/-a") + word[at + 1:],
                word[:at] + word[at + 1:],
                word[:at] + rng.choice("0123456789.:") + word[at:]))
        return word

    def in_blocks(self, word):
        """Whether it is; None if it is no address."""
        try:
            address = ipaddress.ip_address(word)
        except ValueError:
            return None
        return any(address in ipaddress.ip_network(block)
                   for block in self.blocks)

    def test_words(self):
        rng = random.Random(11)
        words = [self.word(rng) for _ in range(40000)]
        lines = [word + rng.choice(("", "", "", " GET", ",x", "\t", "\r"))
                 for word in words]
        text = "\n".join(lines).encode()
        for more, wanted in ((), True), (("--invert",), False):
            out, code = self.match(text, *more)
            self.assertEqual(out.decode(), "".join(
                line + "\n" for word, line in zip(words, lines)
                if word and self.in_blocks(word) is wanted))
            self.assertEqual(code, 2)

    def test_lines_of_every_length(self):
        """Around what is copied at once, and what is read at once."""
        for pad in [*range(60), 1 << 20, (1 << 20) - 11, (1 << 21) + 1]:
            text = b"10.0.0.1 " + b"x" * pad + b"\n"
            out, code = self.match(text + b"11.0.0.1\n" + b"128.0.0.1\n" + text)
            self.assertTrue(out == text + b"11.0.0.1\n" + text, pad)
            self.assertEqual(code, 0)

    def test_answers_come_before_more_is_asked(self):
        with subprocess.Popen(
                [COMMAND, "ip", "match", "--cidr", "10.0.0.0/8"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(b"10.0.0.1\n10.0.0.2")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"10.0.0.1\n")
            process.stdin.close()
            self.assertEqual(process.stdout.readline(), b"10.0.0.2\n")
            self.assertEqual(process.wait(), 0)

    def test_a_reader_that_goes_away(self):
        done = subprocess.run(
            ["bash", "-c", "yes 10.0.0.1 | head -n 3000000 | "
             f"'{COMMAND}' ip match --cidr 10.0.0.0/8 | head -n 1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.stdout, done.stderr), (b"10.0.0.1\n", b""))

    def test_a_line_without_end(self):
        with open("/dev/zero", "rb") as zeros:
            done = subprocess.run(
                [COMMAND, "ip", "match", "--cidr", "10.0.0.0/8"],
                stdin=zeros, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"longer than 64 MiB", done.stderr)


class Manual(unittest.TestCase):
    def test_it_has_every_option(self):
        page = (ROOT / "docs" / "man" / "iampolicy.1").read_text()
        page = page.replace("\\-", "-")
        overview = subprocess.run([COMMAND, "help"], text=True,
                                  stdout=subprocess.PIPE).stdout
        names = re.findall(r"^  (\w+)  ", overview, re.M)
        self.assertIn("eval", names)
        for name in names:
            self.assertRegex(page, rf"\n\.(It|Ss|Nm|Cm|Ic).*\b{name}\b", name)
            if name == "help":
                continue
            text = subprocess.run([COMMAND, "help", name], text=True,
                                  stdout=subprocess.PIPE).stdout
            options = re.findall(r"^  --([a-z0-9-]+)", text, re.M)
            self.assertIn("help", options)
            for option in options:
                self.assertRegex(page, rf"\n\.(It )?Fl Fl {option}\b",
                                 f"{name} --{option}")

    def test_help_fits_a_screen(self):
        for words in (["--help"], ["help", "eval"], ["help", "check"],
                      ["help", "test"], ["help", "ip"], ["help", "sources"]):
            text = subprocess.run([COMMAND, *words], text=True,
                                  stdout=subprocess.PIPE).stdout
            lines = text.splitlines()
            self.assertLess(len(lines), 25 if words == ["--help"] else 60)
            for line in lines:
                self.assertLessEqual(len(line), 80, line)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--command", required=True)
    options, rest = options.parse_known_args()
    COMMAND = str(pathlib.Path(options.command).resolve())
    unittest.main(argv=[sys.argv[0], *rest])
