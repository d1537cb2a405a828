# SPDX-License-Identifier: Apache-2.0
"""Decide, explain and prove AWS IAM policies, by the C library libiampolicy.

    >>> from iampolicy import Request, Stack
    >>> stack = Stack(identity={
    ...     "Version": "2012-10-17",
    ...     "Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    ...                   "Resource": "arn:aws:s3:::reports/*"}})
    >>> request = Request(principal="arn:aws:iam::111122223333:user/ann",
    ...                   action="s3:GetObject",
    ...                   resource="arn:aws:s3:::reports/2026.csv")
    >>> bool(stack.decide(request))
    True

Every object is closed by close(), by `with`, or when nobody has it any more.
None of them changes once made, so threads may share them.  What goes wrong is
a PolicyError, which is a ValueError, or a MemoryError.
"""
from ._catalog import Catalog
from ._errors import PolicyError, Status
from ._handle import Limits, lib
from ._ipset import IpEntry, IpSet
from ._policy import Policy, Statement
from ._proof import (Change, Diff, Proof, Review, Reviewed, Shadowed, Sources,
                     Witness)
from ._prover import (Prover, diff, prove_always, prove_always_from,
                      prove_exactly_from, prove_never, prove_not_public,
                      prove_only_from, prove_within, review, sources)
from ._request import Operation, Request
from ._scenario import Case, Expectation, Scenario
from ._scope import Scope
from ._stack import (Decision, Entry, Match, NearMiss, Stack,
                     check_stacks)
from ._values import (Finding, Flag, Kind, Level, Outcome, Question, Relation,
                      Severity, Verdict)

__all__ = [
    "Case", "Catalog", "Change", "Decision", "Diff", "Entry", "Expectation",
    "Finding", "Flag", "IpEntry", "IpSet", "Kind", "Level", "Limits", "Match",
    "NearMiss", "Operation", "Outcome", "Policy", "PolicyError", "Proof",
    "Prover", "Question", "Relation", "Request", "Review", "Reviewed",
    "Scenario", "Scope", "Severity", "Shadowed", "Sources", "Stack",
    "Statement", "Status", "Verdict", "Witness", "check_stacks", "diff",
    "prove_always", "prove_always_from", "prove_exactly_from", "prove_never",
    "prove_not_public", "prove_only_from", "prove_within", "review", "sources",
]

__version__: str = lib.iam_version().decode()
"""The version of the library that is running."""
