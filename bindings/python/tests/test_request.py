# SPDX-License-Identifier: Apache-2.0
"""Requests and operations: what is set, and what is refused."""
import datetime
import ipaddress
import unittest

import iampolicy
from iampolicy import Flag, Operation, PolicyError, Request, Status

from support import MODEL, PRINCIPAL, the_request


class Setting(unittest.TestCase):
    def test_the_texts(self):
        request = the_request(iampolicy)
        self.assertEqual(request.principal, PRINCIPAL)
        self.assertEqual(request.action, "bedrock:InvokeModel")
        self.assertEqual(request.resource, MODEL)
        self.assertEqual(repr(request), "<iampolicy.Request "
                         f"{PRINCIPAL} bedrock:InvokeModel {MODEL}>")

    def test_nothing(self):
        request = Request()
        self.assertEqual(
            (request.principal, request.action, request.resource),
            ("", "", ""))
        self.assertEqual(repr(request),
                         "<iampolicy.Request nobody nothing nowhere>")

    def test_everything_is_in_the_dict(self):
        role = "arn:aws:iam::123456789012:role/a/b/Worker"
        request = Request(
            principal="arn:aws:sts::123456789012:assumed-role/Worker/s",
            role=role, action="s3:GetObject", resource="arn:aws:s3:::b/k",
            resource_account="210987654321",
            resource_policy_name="bucket policy", source_ip="192.0.2.1",
            context={"aws:TagKeys": ["a", "b"], "aws:SecureTransport": True},
            flags=Flag.VIA_ENDPOINT | Flag.HAS_BOUNDARY)
        told = request.to_dict()
        self.assertEqual(told["principal"], {
            "arn": "arn:aws:sts::123456789012:assumed-role/Worker/s",
            "role": role})
        self.assertEqual(told["action"], "s3:GetObject")
        self.assertEqual(told["resourceAccount"], "210987654321")
        self.assertEqual(told["resourcePolicyName"], "bucket policy")
        self.assertEqual(told["context"]["aws:SourceIp"], "192.0.2.1")
        self.assertEqual(told["context"]["aws:TagKeys"], ["a", "b"])
        self.assertEqual(told["context"]["aws:SecureTransport"], "true")
        self.assertEqual(told["flags"],
                         {"viaEndpoint": True, "hasBoundary": True})

    def test_other_callers(self):
        service = Request(service="delivery.logs.amazonaws.com").to_dict()
        self.assertEqual(service["principal"],
                         {"service": "delivery.logs.amazonaws.com"})
        user = Request(
            principal="arn:aws:sts::123456789012:federated-user/f",
            user=PRINCIPAL).to_dict()
        self.assertEqual(user["principal"]["user"], PRINCIPAL)
        self.assertEqual(Request(principal="anonymous").principal,
                         "anonymous")
        with self.assertRaises(ValueError):
            Request(principal=PRINCIPAL, service="s3.amazonaws.com")

    def test_what_is_refused(self):
        for name, value in (
                ("principal", "nobody"), ("principal", ""),
                ("service", ""), ("role", "x"), ("user", "x"),
                ("resource_account", "1"), ("action", "\ud800"),
                ("resource", b"\xff"), ("source_ip", b"\xff"),
                ("source_ip", ""), ("source_ip", "192.0.2"),
                ("source_ip", "192.0.2.0/24"), ("source_ip", "010.0.0.1"),
                ("source_ip", " 192.0.2.1"), ("source_ip", "fe80::1%eth0"),
                ("source_ip", "192.0.2.1\0")):
            with self.assertRaises(PolicyError, msg=(name, value)) as caught:
                Request(**{name: value})
            self.assertIs(caught.exception.status, Status.EINVAL)
        for name, value in (("principal", 1), ("action", ["a"]),
                            ("context", {"k": object()}),
                            ("context", {"k": {"a": 1}}),
                            ("context", {1: "x"}), ("context", {"k": [None]})):
            with self.assertRaises(TypeError, msg=(name, value)):
                Request(**{name: value})

    def test_unknown_flags(self):
        self.assertEqual(Request(flags=Flag(0)).to_dict().get("flags"), None)
        for flags in (128, -1, "1"):
            with self.assertRaises(ValueError):
                Request(flags=flags)


class Context(unittest.TestCase):
    def written(self, value):
        return Request(context={"x:Key": value}).to_dict().get(
            "context", {}).get("x:Key")

    def test_values(self):
        utc = datetime.timezone.utc
        east = datetime.timezone(datetime.timedelta(hours=2))
        for value, wanted in (
                ("text", "text"), (b"text", "text"), ("", ""),
                (True, "true"), (False, "false"), (7, "7"), (-7, "-7"),
                (1.5, "1.5"), (["a"], ["a"]), (("a", 2), ["a", "2"]),
                ({"b", "a"}, ["a", "b"]), ([], []), (None, None),
                ("\u00e4\0b", "\u00e4\0b"),
                (ipaddress.ip_address("192.0.2.1"), "192.0.2.1"),
                (ipaddress.ip_address("2001:db8::1"), "2001:db8::1"),
                (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=utc),
                 "2026-01-02T03:04:05Z"),
                (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=east),
                 "2026-01-02T01:04:05Z")):
            with self.subTest(repr(value)):
                self.assertEqual(self.written(value), wanted)

    def test_values_that_mean_nothing(self):
        for value in (float("nan"), float("inf"),
                      datetime.datetime(2026, 1, 2)):
            with self.assertRaises(ValueError, msg=repr(value)):
                self.written(value)

    def test_the_source_address_is_given_once(self):
        told = Request(source_ip=ipaddress.ip_address("192.0.2.1")).to_dict()
        self.assertEqual(told["context"]["aws:SourceIp"], "192.0.2.1")
        for key in ("aws:SourceIp", "AWS:sourceip"):
            with self.assertRaises(ValueError):
                Request(source_ip="192.0.2.1", context={key: "192.0.2.2"})


class Replacing(unittest.TestCase):
    def test_the_first_stays_as_it_was(self):
        first = the_request(iampolicy, context={"x:A": "1", "x:B": "2"},
                            flags=Flag.VIA_ENDPOINT)
        before = first.to_dict()
        second = first.replace(action="s3:GetObject", source_ip="192.0.2.9",
                               context={"x:A": "3", "x:B": None, "x:C": "4"})
        self.assertEqual(first.to_dict(), before)
        self.assertEqual(second.action, "s3:GetObject")
        self.assertEqual(second.resource, MODEL)
        self.assertEqual(second.to_dict()["context"], {
            "aws:SourceIp": "192.0.2.9", "x:A": "3", "x:C": "4"})
        self.assertEqual(second.to_dict()["flags"], before["flags"])
        self.assertNotIn("flags", first.replace(flags=Flag(0)).to_dict())

    def test_a_copy_outlives_the_first(self):
        first = the_request(iampolicy)
        second = first.replace()
        first.close()
        self.assertEqual(second.principal, PRINCIPAL)


class Operations(unittest.TestCase):
    def test_one_check(self):
        operation = Operation(the_request(iampolicy),
                              "bedrock-runtime:InvokeModel")
        check, = operation.checks
        self.assertEqual((check.action, check.resource),
                         ("bedrock:InvokeModel", MODEL))
        self.assertEqual(repr(operation), "<iampolicy.Operation 1 check>")

    def test_a_profile_is_checked_on_its_models(self):
        request = the_request(
            iampolicy, resource="us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            context={"aws:RequestedRegion": "us-west-2"})
        operation = Operation(request, "bedrock-runtime:Converse",
                              ["us-east-1", "us-west-2"])
        resources = [check.resource for check in operation.checks]
        self.assertGreaterEqual(len(resources), 3)
        self.assertTrue(any("inference-profile" in r for r in resources))
        self.assertTrue(any(":us-east-1::foundation-model/" in r
                            for r in resources))

    def test_the_checks_outlive_the_operation(self):
        operation = Operation(the_request(iampolicy),
                              "bedrock-runtime:InvokeModel")
        check, = operation.checks
        operation.close()
        del operation
        self.assertEqual(check.action, "bedrock:InvokeModel")
        self.assertEqual(check.replace(action="s3:Get").action, "s3:Get")

    def test_what_is_refused(self):
        request = the_request(iampolicy)
        for name in ("", "nonsense", "\ud800:X"):
            with self.assertRaises(PolicyError, msg=name):
                Operation(request, name)
        with self.assertRaises(TypeError):
            Operation(request, "bedrock-runtime:Converse", "us-east-1")
        with self.assertRaises(TypeError):
            Operation(None, "bedrock-runtime:Converse")
        with self.assertRaises(PolicyError):
            Operation(request, "bedrock-runtime:Converse", [b"\xff"])


if __name__ == "__main__":
    unittest.main()
