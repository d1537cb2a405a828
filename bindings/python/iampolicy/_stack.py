# SPDX-License-Identifier: Apache-2.0
"""Stacks of policies, and what they decide."""
import ctypes
import json
import os
from typing import (Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple,
                    Optional, Tuple, Union)

from . import _ffi
from ._handle import (Handle, Owner, Source, decode, encode_name, lib, make,
                      opened, printed, whole)
from ._policy import Policy, Statement, policy_of, statement_of
from ._request import Operation, Request
from ._values import Finding, Kind, Outcome, finding_of

LARGEST_LEVEL = 2 ** 32 - 1


class Entry(NamedTuple):
    """A policy in its role."""

    policy: Policy
    name: str = ""
    """Used in explanations; may be the policy's ARN."""
    level: int = 0
    """Of an SCP or RCP: 0 the root, then each OU, then the account."""


OnePolicy = Union[Policy, Entry, Source]
Policies = Union[OnePolicy, Iterable[OnePolicy]]


class Match(NamedTuple):
    """A statement that applied to the request, deciding or not."""

    number: int
    """Of the entry in the stack, from 0."""
    entry: Entry
    statement: Statement


class NearMiss(NamedTuple):
    """A statement that would have applied but for one element."""

    number: int
    """Of the entry in the stack, from 0."""
    entry: Entry
    statement: Statement
    element: str
    """"Principal", "Action", "Resource", "Condition" or the Not form."""
    key: str
    """The condition key, as written, or ""."""
    operator: str
    """The condition operator, as written, or ""."""
    message: str
    """What stands in the policy, what the request has."""


class Stack(Owner):
    """All policies which bear on a request.  Does not change; share it freely.

    Each argument is one policy or a list of them; a policy is a Policy, an
    Entry (a policy with its name), or what Policy() takes.  `scp` and `rcp`
    are lists of levels, the root first, then each OU, then the account; each
    level must allow.  Without any policy only resource owners' roots are
    allowed anything.

    With `strict` a document is refused that AWS would refuse to store.

    Raises PolicyError.
    """

    __slots__ = ()

    def __init__(self, *, identity: Policies = (), resource: Policies = (),
                 boundary: Policies = (), session: Policies = (),
                 scp: Union[OnePolicy, Iterable[Policies]] = (),
                 rcp: Union[OnePolicy, Iterable[Policies]] = (),
                 endpoint: Policies = (), strict: bool = False) -> None:
        entries: List[Entry] = []
        for kind, given in ((Kind.IDENTITY, identity),
                            (Kind.RESOURCE, resource),
                            (Kind.BOUNDARY, boundary),
                            (Kind.SESSION, session),
                            (Kind.ENDPOINT, endpoint)):
            entries += level_of(given, kind, 0, strict)
        for kind, levels in ((Kind.SCP, scp), (Kind.RCP, rcp)):
            entries += levels_of(levels, kind, strict)
        self._handle = new_stack(entries)

    @classmethod
    def from_entries(cls, entries: Iterable[Union[Entry, Policy]]) -> "Stack":
        """A stack of policies, each in the role of its kind."""
        return cls._of(new_stack([
            Entry(entry) if isinstance(entry, Policy) else Entry(*entry)
            for entry in entries]))

    @property
    def entries(self) -> Tuple[Entry, ...]:
        """The policies in the order in which matches count them."""
        handle = self._open()
        return tuple(entry_of(handle, index) for index in
                     range(lib.iam_stack_entry_count(handle)))

    def check(self, asked: Union[Request, Operation]) -> Outcome:
        """What AWS answers; for an operation, the worst of its checks."""
        function = (lib.iam_stack_check_operation
                    if isinstance(asked, Operation) else lib.iam_stack_check)
        return Outcome(function(self._open(),
                                opened(asked, Request, Operation)))

    def check_many(self, requests: Iterable[Request]) -> List[Outcome]:
        """The outcomes of many requests, in their order, in one call."""
        handles = [opened(request, Request) for request in requests]
        return outcomes_of(lib.iam_stack_check_many, self._open(), handles,
                           _ffi.iam_request)

    def decide(self, asked: Union[Request, Operation]) -> "Decision":
        """The same, and why."""
        function = (lib.iam_stack_decide_operation
                    if isinstance(asked, Operation) else lib.iam_stack_decide)
        stack = self._open()
        return Decision._of(make(
            _ffi.iam_decision, function, stack,
            opened(asked, Request, Operation), None,
            free=lib.iam_decision_free, owners=(stack,)))

    def _told(self) -> str:
        kinds = [str(entry.policy.kind) for entry in self.entries]
        return ", ".join(kinds) or "empty"


def check_stacks(stacks: Iterable[Stack], request: Request) -> List[Outcome]:
    """What each of many stacks answers to one request, in their order."""
    handles = [opened(stack, Stack) for stack in stacks]
    return outcomes_of(lib.iam_request_check_many, opened(request, Request),
                       handles, _ffi.iam_stack)


def outcomes_of(function: Any, one: Handle, many: List[Handle],
                kind: Any) -> List[Outcome]:
    """One call for many outcomes; the handles live as long as it runs."""
    pointers = (ctypes.POINTER(kind) * len(many))(
        *[handle._as_parameter_ for handle in many])
    outcomes = (ctypes.c_int * len(many))()
    function(one, pointers, len(many), outcomes)
    return [Outcome(outcome) for outcome in outcomes]


class Decision(Owner):
    """An outcome with its reasons; true if it allows.  Does not change.

    The decision about an operation speaks of the first check with the worst
    outcome; `checks` has each of them.
    """

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("decisions are made by Stack.decide()")

    def __bool__(self) -> bool:
        return bool(self.outcome)

    @property
    def outcome(self) -> Outcome:
        """What AWS answers."""
        return Outcome(lib.iam_decision_outcome(self._open()))

    @property
    def by(self) -> str:
        """The deciding policy type in AWS's words; "" when allowed."""
        return decode(lib.iam_decision_by(self._open()))

    @property
    def message(self) -> str:
        """AWS's access-denied sentence; "" when allowed."""
        return decode(lib.iam_decision_message(self._open()))

    @property
    def matched(self) -> Tuple[Match, ...]:
        """Statements that applied, in the order of the stack."""
        handle = self._open()
        return tuple(
            match_of(handle, lib.iam_decision_match(handle, index))
            for index in range(lib.iam_decision_match_count(handle)))

    @property
    def near_misses(self) -> Tuple[NearMiss, ...]:
        """Statements that would have applied but for one element."""
        handle = self._open()
        return tuple(
            near_miss_of(handle, lib.iam_decision_near_miss(handle, index))
            for index in range(lib.iam_decision_near_miss_count(handle)))

    @property
    def missing(self) -> Tuple[str, ...]:
        """Condition keys that policies asked for and the request lacks."""
        handle = self._open()
        return tuple(
            decode(lib.iam_decision_missing(handle, index))
            for index in range(lib.iam_decision_missing_count(handle)))

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """Rules that AWS leaves open and that were used on the way."""
        handle = self._open()
        return tuple(
            finding_of(lib.iam_decision_finding(handle, index))
            for index in range(lib.iam_decision_finding_count(handle)))

    @property
    def checks(self) -> Tuple["Decision", ...]:
        """One for a request; for an operation one for each of its checks."""
        handle = self._open()
        return tuple(
            Decision._of(Handle(lib.iam_decision_check(handle, index),
                                owners=(handle.owners[0], handle)))
            for index in range(lib.iam_decision_check_count(handle)))

    @property
    def request(self) -> Request:
        """The request that was decided."""
        handle = self._open()
        return Request._of(Handle(lib.iam_decision_request(handle),
                                  owners=(handle,)))

    def to_json(self, id: Optional[str] = None) -> str:
        """The decision as one JSON object on one line; `id` is its "id"."""
        name = None if id is None else encode_name(id, "an id")
        return printed(lib.iam_decision_print, self._open(), name).decode()

    def to_dict(self, id: Optional[str] = None) -> Dict[str, Any]:
        """The same as a dict."""
        made: Dict[str, Any] = json.loads(self.to_json(id))
        return made

    def _told(self) -> str:
        return str(self.outcome) + (f" by {self.by}" if self.by else "")


# ---- Entries -------------------------------------------------------------

def new_stack(entries: List[Entry]) -> Handle:
    """A stack; it takes references of its own to the policies."""
    array = (_ffi.iam_stack_entry * len(entries))()
    held = []  # until the stack has them
    for item, entry in zip(array, entries):
        held.append(opened(entry.policy, Policy))
        item.policy = held[-1]._as_parameter_
        item.name = encode_name(entry.name, "a name") if entry.name else None
        item.level = whole(entry.level, LARGEST_LEVEL, "a level")
    return make(_ffi.iam_stack, lib.iam_stack_new, array, len(entries),
                None, free=lib.iam_stack_free)


def entry_of(stack: Handle, index: int) -> Entry:
    """An entry of the library; `index` must be below the count."""
    raw = lib.iam_stack_entry_at(stack, index)
    return Entry(policy_of(raw.policy), decode(raw.name), raw.level)


def match_of(decision: Handle, raw: Any) -> Match:
    """A match of the library, its numbers looked up in the stack, which is
    the first owner of a decision."""
    stack = decision.owners[0]
    assert stack is not None
    return match_in(stack, raw)


def match_in(stack: Handle, raw: Any) -> Match:
    """A match of the library in its stack."""
    entry = entry_of(stack, raw.entry)
    return Match(raw.entry, entry,
                 statement_of(entry.policy._open(), raw.statement))


def near_miss_of(decision: Handle, raw: Any) -> NearMiss:
    """A near miss of the library."""
    return NearMiss(*match_of(decision, raw), decode(raw.element),
                    decode(raw.key), decode(raw.operator_name),
                    decode(raw.message))


def level_of(given: Any, kind: Kind, level: int, strict: bool) -> List[Entry]:
    """One policy or several, as entries of one level."""
    return [as_entry(item, kind, level, strict) for item in several(given)]


def levels_of(given: Any, kind: Kind, strict: bool) -> List[Entry]:
    """Levels of policies.  One without a policy is refused: nothing could
    pass it, and behind the last level it would be forgotten."""
    entries: List[Entry] = []
    for level, policies in enumerate(several(given)):
        of_level = level_of(policies, kind, level, strict)
        if not of_level:
            raise ValueError(f"level {level} of {kind} has no policy")
        entries += of_level
    return entries


def several(given: Any) -> Iterator[Any]:
    """One policy is a list of one."""
    single = isinstance(given, (Policy, Entry, str, bytes, Mapping,
                                os.PathLike))
    return iter([given] if single else given)


def as_entry(given: Any, kind: Kind, level: int, strict: bool) -> Entry:
    """A policy by any of its names; of this kind, or it is refused."""
    if isinstance(given, Entry):
        policy, name, _ = given
    else:
        policy = (given if isinstance(given, Policy)
                  else Policy(given, kind, strict=strict))
        name = policy.filename or ""
    same = policy.kind is kind or (
        kind is Kind.RESOURCE and policy.kind is Kind.TRUST)
    if not same:
        raise ValueError(f"a policy of kind {policy.kind} stands where one of "
                         f"kind {kind} is wanted")
    return Entry(policy, name, level)
