# SPDX-License-Identifier: Apache-2.0
"""Policies: what is taken, what is refused and where, what is told."""
import json
import os
import pathlib
import tempfile
import unittest
import urllib.parse

import iampolicy
from iampolicy import Kind, Limits, Policy, PolicyError, Severity, Status

from support import ALLOW_ALL, POLICY, the_request

BAD_EFFECT = b"""{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "allow", "Action": "*", "Resource": "*"
  }
}"""

BAD_OPERATOR = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow", "Action": "*", "Resource": "*",
    "Condition": {"Nonsense": {"aws:username": "ann"}}
  }
}"""


class Sources(unittest.TestCase):
    def test_every_way_to_give_a_document_means_the_same(self):
        text = json.dumps(POLICY)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "p.json"
            path.write_text(text, encoding="utf-8")
            made = [Policy(POLICY), Policy(text), Policy(text.encode()),
                    Policy(urllib.parse.quote(text)), Policy(path),
                    Policy.load(path), Policy.load(str(path))]
            self.assertEqual({policy.to_json() for policy in made},
                             {Policy(POLICY).to_json()})
            self.assertEqual([policy.filename for policy in made],
                             [None] * 4 + [str(path)] * 3)

    def test_a_str_is_a_text_and_never_a_path(self):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(json.dumps(POLICY).encode())
            file.flush()
            with self.assertRaises(PolicyError) as caught:
                Policy(file.name)
            self.assertIs(caught.exception.status, Status.EJSON)

    def test_what_is_no_document(self):
        for source in (None, 1, [POLICY], bytearray(b"{}")):
            with self.assertRaises(TypeError, msg=repr(source)):
                Policy(source)
        with self.assertRaises(FileNotFoundError):
            Policy.load("/no/such/file")
        with self.assertRaises(ValueError):
            Policy({"Version": float("nan")})

    def test_kinds(self):
        for kind in Kind:
            with self.subTest(kind):
                self.assertIs(Kind(str(kind)), kind)
        self.assertIs(Policy(POLICY).kind, Kind.IDENTITY)
        self.assertIs(Policy(ALLOW_ALL, "scp").kind, Kind.SCP)
        self.assertIs(Policy(ALLOW_ALL, Kind.SCP).kind, Kind.SCP)
        for kind in ("", "SCP", "scp\0", "nonsense", 0, 9, None):
            with self.assertRaises(ValueError, msg=repr(kind)):
                Policy(POLICY, kind)


class Errors(unittest.TestCase):
    def refused(self, source, *arguments, **named):
        with self.assertRaises(PolicyError) as caught:
            Policy(source, *arguments, **named)
        return caught.exception

    def test_the_place_of_an_error(self):
        error = self.refused(BAD_EFFECT, strict=True)
        self.assertIsInstance(error, ValueError)
        self.assertIs(error.status, Status.EPOLICY)
        self.assertEqual((error.line, error.column), (4, 15))
        self.assertEqual(error.where, "/Statement/Effect")
        self.assertEqual(BAD_EFFECT[error.offset:error.offset + 7], b'"allow"')
        self.assertIn("allow", error.message)
        self.assertIsNone(error.filename)
        self.assertEqual(str(error),
                         f"4:15: /Statement/Effect: {error.message}")

    def test_the_file_of_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.json")
            with open(path, "wb") as file:
                file.write(BAD_EFFECT)
            with self.assertRaises(PolicyError) as caught:
                Policy.load(path, strict=True)
        self.assertEqual(caught.exception.filename, path)
        self.assertTrue(str(caught.exception).startswith(
            f"{path}:4:15: /Statement/Effect: "))

    def test_columns_count_bytes(self):
        error = self.refused(
            '{"Version": "2012-10-17", "Id": "\u00e4\u20ac", "Statement": 1}')
        self.assertEqual(error.line, 1)
        self.assertEqual(error.column, error.offset + 1)
        self.assertEqual(error.where, "/Statement")
        self.assertEqual(error.offset, len(
            '{"Version": "2012-10-17", "Id": "\u00e4\u20ac", "Statement": '
            .encode()))

    def test_text_that_is_not_json(self):
        for text in ("", "{", "nonsense", "{}x", '{"Version":}', "{\0}"):
            self.assertIs(self.refused(text).status, Status.EJSON, text)

    def test_a_nul_does_not_end_a_text(self):
        text = json.dumps(POLICY)
        self.assertIs(self.refused(text + "\0").status, Status.EJSON)
        self.assertIs(self.refused(text + "\0{").status, Status.EJSON)

    def test_text_that_is_not_utf_8(self):
        for text in (b'{"Version": "\xff"}', b'{"Version": "\xed\xa0\x80"}',
                     '{"Version": "\ud800"}', b"\xc3"):
            error = self.refused(text)
            self.assertIn(error.status, (Status.EINVAL, Status.EJSON), text)

    def test_unicode_survives(self):
        sid_free = {"Version": "2012-10-17", "Id": "\u00e4\u20ac\U0001f600",
                    "Statement": {
                        "Effect": "Allow", "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::b/\u00e4\u20ac\U0001f600"}}
        for text in (json.dumps(sid_free),
                     json.dumps(sid_free, ensure_ascii=False)):
            printed = json.dumps(Policy(text).to_dict(), ensure_ascii=False)
            self.assertIn("arn:aws:s3:::b/\u00e4\u20ac\U0001f600", printed)

    def test_strict_refuses_what_is_else_told(self):
        told = [finding for finding in Policy(BAD_OPERATOR).findings
                if finding.severity is Severity.ERROR][0]
        error = self.refused(BAD_OPERATOR, strict=True)
        self.assertEqual(
            (error.message, error.line, error.column, error.offset,
             error.where),
            (told.message, told.line, told.column, told.offset, told.where))

    def test_limits(self):
        text = json.dumps(POLICY)
        Policy(text, limits=Limits(text=len(text)))
        for limits in (Limits(text=len(text) - 1), Limits(depth=2),
                       Limits(values=3)):
            error = self.refused(text, limits=limits)
            self.assertIs(error.status, Status.ELIMIT, limits)
        for limits in (Limits(text=-1), Limits(depth=2 ** 64)):
            with self.assertRaises(ValueError):
                Policy(text, limits=limits)
        with self.assertRaises(TypeError):
            Policy(text, limits=Limits(text="1"))

    def test_a_lack_of_memory_is_a_memory_error(self):
        from iampolicy import _errors, _ffi
        with self.assertRaises(MemoryError):
            _errors.raise_for(_ffi.IAM_ENOMEM)


class Contents(unittest.TestCase):
    def test_statements(self):
        statement, = Policy(json.dumps(POLICY)).statements
        self.assertEqual(statement.number, 0)
        self.assertEqual(statement.sid, "InvokeFromOurAddresses")
        self.assertIs(statement.deny, False)
        self.assertIs(statement.undecidable, False)
        self.assertEqual(statement.line, 1)
        self.assertEqual(statement.column, statement.offset + 1)
        self.assertEqual(json.dumps(POLICY)[statement.offset], "{")

    def test_a_statement_nobody_can_evaluate(self):
        statement = dict(POLICY["Statement"][0], Effect="Deny",
                         Condition={"Nonsense": {"aws:SourceIp": "x"}})
        policy = Policy(dict(POLICY, Statement=statement))
        self.assertTrue(policy.statements[0].undecidable)
        self.assertTrue(policy.statements[0].deny)
        finding = policy.findings[0]
        self.assertIs(finding.severity, Severity.ERROR)
        self.assertTrue(finding.code)
        self.assertTrue(finding.message)
        self.assertTrue(finding.where.startswith("/Statement"))
        self.assertEqual(finding.line, 1)

    def test_printing_and_listing(self):
        policy = Policy(POLICY)
        again = Policy(policy.to_json())
        self.assertEqual(again.to_json(), policy.to_json())
        self.assertEqual(again.listing(), policy.listing())
        self.assertEqual(policy.to_dict(), json.loads(policy.to_json()))
        self.assertIn("InvokeFromOurAddresses", policy.listing())
        self.assertGreater(policy.memory, 100)

    def test_a_policy_by_itself(self):
        policy = Policy(POLICY)
        self.assertTrue(policy.check(the_request(iampolicy)))
        self.assertFalse(policy.check(
            the_request(iampolicy, source_ip="198.51.100.7")))
        for other in (None, policy, "x"):
            with self.assertRaises(TypeError):
                policy.check(other)

    def test_repr(self):
        self.assertEqual(repr(Policy(POLICY)),
                         "<iampolicy.Policy identity, 1 statement>")
        self.assertEqual(
            repr(Policy({"Version": "2012-10-17", "Statement": [
                POLICY["Statement"][0],
                dict(POLICY["Statement"][0], Sid="Other")]})),
            "<iampolicy.Policy identity, 2 statements>")


if __name__ == "__main__":
    unittest.main()
