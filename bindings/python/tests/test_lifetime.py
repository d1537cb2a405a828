# SPDX-License-Identifier: Apache-2.0
"""Closing, sharing, forgetting: what happens to the memory of the library."""
import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
import unittest
import weakref

import iampolicy
from iampolicy import (IpSet, Operation, Outcome, Policy, PolicyError,
                       Scenario, Stack, Status, _handle)

from support import OUTSIDE, POLICY, the_request

STATM = "/proc/self/statm"
PAGE = os.sysconf("SC_PAGE_SIZE")


def one_of_each():
    stack = Stack(identity=POLICY)
    request = the_request(iampolicy)
    return [
        Policy(POLICY), stack, request, stack.decide(request),
        Operation(request, "bedrock-runtime:InvokeModel"),
        Scenario({"requests": []}), IpSet(["192.0.2.0/24"]),
    ]


def every_kind():
    """Those, and what a prover makes."""
    prover = iampolicy.Prover(POLICY)
    return one_of_each() + [
        prover, iampolicy.Scope(action="s3:*"), prover.never(),
        prover.sources(), prover.diff(POLICY), prover.review()]


def members(thing):
    """The names of what can be read from an object."""
    return [name for name in dir(type(thing))
            if isinstance(getattr(type(thing), name), property)]


class Closing(unittest.TestCase):
    def test_a_closed_object_raises(self):
        for thing in every_kind():
            with self.subTest(type(thing).__name__):
                self.assertFalse(thing.closed)
                thing.close()
                thing.close()
                self.assertTrue(thing.closed)
                self.assertEqual(
                    repr(thing), f"<iampolicy.{type(thing).__name__} closed>")
                for name in set(members(thing)) - {"closed", "filename"}:
                    with self.assertRaises(ValueError, msg=name) as caught:
                        getattr(thing, name)
                    self.assertIn("is closed", str(caught.exception))
                with self.assertRaises(ValueError):
                    thing.__enter__()

    def test_closed_arguments_raise(self):
        stack, request = Stack(identity=POLICY), the_request(iampolicy)
        operation = Operation(request, "bedrock-runtime:InvokeModel")
        request.close()
        operation.close()
        for ask in (stack.check, stack.decide):
            for closed in (request, operation):
                with self.assertRaises(ValueError):
                    ask(closed)
        with self.assertRaises(ValueError):
            request.replace()
        with self.assertRaises(ValueError):
            Operation(request, "bedrock-runtime:InvokeModel")
        stack.close()
        with self.assertRaises(ValueError):
            Scenario({}, stack)
        closed = IpSet([])
        closed.close()
        with self.assertRaises(ValueError):
            "192.0.2.1" in closed
        with self.assertRaises(ValueError):
            list(closed)

    def test_a_closed_decision_has_no_truth(self):
        decision = Stack().decide(the_request(iampolicy))
        decision.close()
        with self.assertRaises(ValueError):
            bool(decision)

    def test_with(self):
        for thing in every_kind():
            with thing as same:
                self.assertIs(same, thing)
                self.assertFalse(thing.closed)
            self.assertTrue(thing.closed)

    def test_an_object_that_was_never_made(self):
        for kind in (Policy, Stack, iampolicy.Request, Scenario, IpSet):
            thing = kind.__new__(kind)
            self.assertTrue(thing.closed)
            with self.assertRaises(ValueError):
                thing.__enter__()
            thing.close()

    def test_no_copies(self):
        for thing in every_kind():
            for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
                with self.assertRaises(TypeError):
                    attempt(thing)

    def test_errors_can_be_pickled(self):
        with self.assertRaises(PolicyError) as caught:
            Policy('{"Version": "2012-10-17",\n "Statement": 1}')
        first = caught.exception
        again = pickle.loads(pickle.dumps(first))
        self.assertEqual(vars(again), vars(first))
        self.assertEqual(str(again), str(first))
        self.assertIs(again.status, Status.EPOLICY)


class Freeing(unittest.TestCase):
    """Each handle is freed once, as soon as nobody can use it any more."""

    def setUp(self):
        self.freed = []
        self.made = 0
        handle_free = _handle.Handle.__del__

        def count(handle):
            if handle._free is not None:
                self.freed.append(handle._as_parameter_)
            handle_free(handle)

        _handle.Handle.__del__ = count
        self.addCleanup(setattr, _handle.Handle, "__del__", handle_free)
        gc.disable()  # counts of references must be enough
        self.addCleanup(gc.enable)

    def test_close_frees(self):
        things = one_of_each()
        decision = things.pop(3)  # it keeps its stack
        decision.close()
        self.assertEqual(len(self.freed), 2)  # and the policy of the stack
        for number, thing in enumerate(things, 3):
            thing.close()
            self.assertEqual(len(self.freed), number, type(thing))

    def test_forgetting_frees(self):
        thing = Policy(POLICY)
        gone = weakref.ref(thing)
        del thing
        self.assertIsNone(gone())
        self.assertEqual(len(self.freed), 1)

    def test_what_is_borrowed_from_stays(self):
        decision = Stack(identity=POLICY).decide(the_request(iampolicy))
        self.assertEqual(len(self.freed), 2)  # policy and request
        request = decision.request
        decision.close()
        self.assertEqual(len(self.freed), 2)
        request.close()
        self.assertEqual(len(self.freed), 4)  # decision, then stack

    def test_errors_free_what_was_made(self):
        with self.assertRaises(PolicyError):
            iampolicy.Request(principal="nonsense")
        with self.assertRaises(PolicyError):
            Stack(identity=[POLICY, "{"])
        self.assertEqual(len(self.freed), 2)


class Sinks(unittest.TestCase):
    def test_what_is_raised_while_printing_comes_out(self):
        class Odd(Exception):
            pass

        def raising(address, length):
            raise Odd

        real = _handle.ctypes.string_at
        policy = Policy(POLICY)
        _handle.ctypes.string_at = raising
        try:
            with self.assertRaises(Odd):
                policy.to_json()
        finally:
            _handle.ctypes.string_at = real
        self.assertTrue(policy.to_json())


class Threads(unittest.TestCase):
    def run_threads(self, work, count=8):
        problems = []

        def guarded():
            try:
                work()
            except BaseException as problem:
                problems.append(problem)

        threads = [threading.Thread(target=guarded) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]

    def test_eight_threads_one_stack(self):
        stack = Stack(identity=POLICY, scp=[{
            "Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Action": "*", "Resource": "*"}}])
        inside = the_request(iampolicy)
        addresses = IpSet(["192.0.2.0/24"])

        def work():
            for number in range(200):
                outside = inside.replace(source_ip=OUTSIDE)
                self.assertTrue(stack.check(inside))
                self.assertIs(stack.check(outside), Outcome.IMPLICIT_DENY)
                decision = stack.decide(outside)
                self.assertEqual(decision.by, "identity-based policy")
                self.assertEqual(len(decision.near_misses), 1)
                self.assertIn(f"192.0.2.{number}", addresses)
                self.assertEqual(len(stack.entries), 1 + 1)

        self.run_threads(work)

    def test_closing_under_another_thread(self):
        """Whoever asks gets an answer or a ValueError, and never memory that
        was freed."""
        for _ in range(20):
            stack, request = Stack(identity=POLICY), the_request(iampolicy)
            begun = threading.Barrier(5)

            def work():
                if begun.wait() == 0:
                    stack.close()
                    return
                try:
                    for _ in range(100000):
                        self.assertTrue(stack.decide(request).matched)
                    self.fail("it was never closed")
                except ValueError as error:
                    self.assertIn("is closed", str(error))

            self.run_threads(work, 5)


class Memory(unittest.TestCase):
    def grown(self, work, times):
        """By how many bytes the process grew, once it is warm."""
        def size():
            gc.collect()
            with open(STATM) as file:
                return int(file.read().split()[1]) * PAGE

        for _ in range(times // 10):
            work()
        before = size()
        for _ in range(times):
            work()
        return size() - before

    @unittest.skipUnless(os.path.exists(STATM), "no /proc here")
    def test_no_growth_over_many_decisions(self):
        stack, request = Stack(identity=POLICY), the_request(iampolicy)
        outside = request.replace(source_ip=OUTSIDE)

        def work():
            self.assertFalse(stack.decide(outside))

        self.assertLess(self.grown(work, 100000), 1 << 20)

    @unittest.skipUnless(os.path.exists(STATM), "no /proc here")
    def test_no_growth_over_anything_else(self):
        def work():
            for thing in one_of_each():
                for name in members(thing):
                    getattr(thing, name)
                repr(thing)
            for bad in ("{", "[]"):
                with self.assertRaises(PolicyError):
                    Policy(bad)

        self.assertLess(self.grown(work, 1000), 1 << 20)


class Ending(unittest.TestCase):
    def test_objects_that_live_to_the_end(self):
        program = (
            "import iampolicy, sys\n"
            "stack = iampolicy.Stack(identity={'Version': '2012-10-17',"
            " 'Statement': {'Effect': 'Allow', 'Action': '*',"
            " 'Resource': '*'}})\n"
            "decision = stack.decide(iampolicy.Request())\n"
            "loop = [stack, decision, decision.request]\n"
            "loop.append(loop)\n"
            "sys.modules['kept'] = loop\n"
            "print('made')\n")
        folder = os.path.dirname(os.path.dirname(iampolicy.__file__))
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, universal_newlines=True,
            env=dict(os.environ, PYTHONPATH=folder))
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "made\n", ""))


if __name__ == "__main__":
    unittest.main()
