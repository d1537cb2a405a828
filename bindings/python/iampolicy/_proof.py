# SPDX-License-Identifier: Apache-2.0
"""Answers about every request."""
import json
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import _ffi
from ._handle import Handle, Owner, decode, lib, printed
from ._ipset import IpSet
from ._request import Request
from ._stack import Match, match_in, match_of
from ._values import (Finding, Level, Outcome, Question, Relation, Verdict,
                      finding_of)


class Witness(NamedTuple):
    """A request that shows something; the evaluator agrees."""

    request: Request
    id: str
    """E.g. "outside", "without-address", "refused"."""
    meaning: str
    """What that is in practice."""
    level: Level
    outcome: Outcome
    """By the policies that were asked about."""
    old_outcome: Outcome
    """Of within: by the other ones."""
    because: Tuple[Match, ...]
    """The statements that let it through, or refused it."""

    def __str__(self) -> str:
        """A sentence, and the statements."""
        told = sentence(self.request, bool(self.outcome))
        return "\n".join([told, *(f"  by {of_match(match)}"
                                  for match in self.because)])


class Answer(Owner):
    """What all answers have."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError(f"a {type(self).__name__} is made by a Prover")

    def _facts(self, kind: str) -> Tuple[str, ...]:
        handle = self._open()
        count = getattr(lib, f"iam_{kind}_fact_count")
        fact = getattr(lib, f"iam_{kind}_fact")
        return tuple(decode(fact(handle, index))
                     for index in range(count(handle)))

    def _findings(self, kind: str) -> Tuple[Finding, ...]:
        handle = self._open()
        count = getattr(lib, f"iam_{kind}_finding_count")
        finding = getattr(lib, f"iam_{kind}_finding")
        return tuple(finding_of(finding(handle, index))
                     for index in range(count(handle)))

    def to_json(self) -> str:
        """The answer as one JSON object on one line."""
        kind = type(self).__name__.lower()
        return printed(getattr(lib, f"iam_{kind}_print"),
                       self._open()).decode()

    def to_dict(self) -> Dict[str, Any]:
        """The same as a dict."""
        made: Dict[str, Any] = json.loads(self.to_json())
        return made


class Proof(Answer):
    """A verdict about every request in scope; true if it is proved.  Does not
    change.  As text it shows the counterexample, as an assertion does that
    fails: `assert prover.only_from(office)`.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.proved

    @property
    def verdict(self) -> Verdict:
        """Proved, refuted or unknown."""
        return Verdict(lib.iam_proof_verdict(self._open()))

    @property
    def proved(self) -> bool:
        """It holds for every request in scope."""
        return self.verdict is Verdict.PROVED

    @property
    def refuted(self) -> bool:
        """There is a witness against it."""
        return self.verdict is Verdict.REFUTED

    @property
    def question(self) -> Question:
        """What was asked."""
        return Question(lib.iam_proof_question(self._open()))

    @property
    def reason(self) -> str:
        """One sentence without its full stop; "" when proved."""
        return decode(lib.iam_proof_reason(self._open()))

    @property
    def witnesses(self) -> Tuple[Witness, ...]:
        """Requests that show it, the most believable one first."""
        handle = self._open()
        return tuple(witness_of(handle, index) for index in
                     range(lib.iam_proof_witness_count(handle)))

    @property
    def witness(self) -> Optional[Witness]:
        """The first of them, or None."""
        handle = self._open()
        if not lib.iam_proof_witness_count(handle):
            return None
        return witness_of(handle, 0)

    @property
    def addresses(self) -> Optional[IpSet]:
        """Of a refuted only_from: the addresses outside from which something
        is allowed.  Of always_from: those inside from which something is
        refused.  Else None."""
        handle = self._open()
        return set_of(handle, lib.iam_proof_addresses(handle))

    @property
    def without_address(self) -> bool:
        """Of only_from: something is allowed without an address, which is
        through a VPC endpoint or by a service on the caller's behalf."""
        return bool(lib.iam_proof_without_address(self._open()))

    @property
    def facts(self) -> Tuple[str, ...]:
        """What was taken for granted about requests."""
        return self._facts("proof")

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """Rules that AWS leaves open and that bear on the answer."""
        return self._findings("proof")

    @property
    def parts(self) -> Tuple["Proof", ...]:
        """Of exactly_from: only_from and always_from.  Else none."""
        handle = self._open()
        return tuple(
            Proof._of(Handle(lib.iam_proof_part(handle, index),
                             owners=(handle.owners[0], handle)))
            for index in range(lib.iam_proof_part_count(handle)))

    @property
    def steps(self) -> int:
        """The work; the same on every machine."""
        return int(lib.iam_proof_steps(self._open()))

    @property
    def micros(self) -> int:
        """The time it took, in microseconds."""
        return int(lib.iam_proof_micros(self._open()))

    def scenario(self) -> str:
        """The policies and the witnesses as a scenario, which is a test.
        PolicyError if there is no witness."""
        return printed(lib.iam_proof_print_scenario, self._open()).decode()

    def certificate(self) -> bytes:
        """Evidence for a proved question that was asked with certificate=True.
        PolicyError if there is none."""
        return printed(lib.iam_proof_certificate, self._open())

    @property
    def no_certificate(self) -> str:
        """Why a proof that was asked for one has no certificate, or ""."""
        return decode(lib.iam_proof_no_certificate(self._open()))

    def _told(self) -> str:
        """The counterexample: tests that fail show no more than this."""
        told = f"{self.verdict} {self.question}"
        if self.reason:
            told += f": {self.reason}"
        first = self.witness
        return f"{told}: {first}" if first else told

    def __str__(self) -> str:
        told = [f"{self.verdict} {self.question}"
                + (f": {self.reason}" if self.reason else "")]
        for witness in self.witnesses:
            told.append(str(witness))
            told += [witness.meaning] if witness.meaning else []
            told.append(f"request: {witness.request.to_json()}")
        return "\n".join(told)


class Sources(Answer):
    """The addresses from which something in scope can be allowed."""

    __slots__ = ()

    @property
    def exact(self) -> bool:
        """The answer is exact; else `reason` says what is not."""
        return bool(Verdict(lib.iam_sources_verdict(self._open())))

    @property
    def reason(self) -> str:
        """Why it is not exact, or ""."""
        return decode(lib.iam_sources_reason(self._open()))

    @property
    def addresses(self) -> IpSet:
        """From these, and if exact from no others."""
        handle = self._open()
        found = set_of(handle, lib.iam_sources_addresses(handle))
        assert found is not None
        return found

    @property
    def unsure(self) -> Optional[IpSet]:
        """Addresses that could not be decided, or None."""
        handle = self._open()
        return set_of(handle, lib.iam_sources_unsure(handle))

    @property
    def without_address(self) -> Optional[bool]:
        """Whether something can be allowed without an address; None if that
        could not be decided."""
        handle = self._open()
        if lib.iam_sources_without_address(handle):
            return True
        unsure = lib.iam_sources_without_address_unsure(handle)
        return None if unsure else False

    @property
    def statements(self) -> Tuple[Match, ...]:
        """The Allow statements that let something through."""
        handle = self._open()
        return tuple(match_of(handle, lib.iam_sources_match(handle, index))
                     for index in range(lib.iam_sources_match_count(handle)))

    @property
    def facts(self) -> Tuple[str, ...]:
        """What was taken for granted about requests."""
        return self._facts("sources")

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """Rules that AWS leaves open and that bear on the answer."""
        return self._findings("sources")

    def _told(self) -> str:
        return f"{'exact' if self.exact else 'unknown'}: {self.addresses!r}"


class Change(NamedTuple):
    """What changed for a group of actions and resources."""

    actions: str
    """As statements write them, joined by ", "."""
    resources: str
    summary: str
    """One sentence without its full stop."""
    gained: Optional[IpSet]
    """None where addresses do not matter."""
    lost: Optional[IpSet]
    gained_without_address: bool
    lost_without_address: bool
    gained_other: bool
    """By other condition keys than the address."""
    lost_other: bool


class Diff(Answer):
    """What two stacks allow, compared."""

    __slots__ = ()

    @property
    def relation(self) -> Relation:
        """The new one relative to the old one."""
        return Relation(lib.iam_diff_relation(self._open()))

    @property
    def reason(self) -> str:
        """Why the relation is not known, or ""."""
        return decode(lib.iam_diff_reason(self._open()))

    @property
    def only_old(self) -> Optional[Request]:
        """A request that only the old one allows, or None."""
        handle = self._open()
        return request_of(handle, lib.iam_diff_only_old(handle))

    @property
    def only_new(self) -> Optional[Request]:
        """A request that only the new one allows, or None."""
        handle = self._open()
        return request_of(handle, lib.iam_diff_only_new(handle))

    @property
    def because_old(self) -> Tuple[Match, ...]:
        """The statements of the old one that let its request through."""
        handle = self._open()
        old = handle.owners[1]
        assert old is not None
        return tuple(match_in(old, lib.iam_diff_old_match(handle, index))
                     for index in range(lib.iam_diff_old_match_count(handle)))

    @property
    def because_new(self) -> Tuple[Match, ...]:
        """The statements of the new one that let its request through."""
        handle = self._open()
        return tuple(match_of(handle, lib.iam_diff_new_match(handle, index))
                     for index in range(lib.iam_diff_new_match_count(handle)))

    @property
    def changes(self) -> Tuple[Change, ...]:
        """What changed, for each group of actions and resources."""
        handle = self._open()
        return tuple(change_of(handle, lib.iam_diff_change(handle, index))
                     for index in range(lib.iam_diff_change_count(handle)))

    @property
    def facts(self) -> Tuple[str, ...]:
        """What was taken for granted about requests."""
        return self._facts("diff")

    def _told(self) -> str:
        told = [str(self.relation)]
        for name, request in (("only old", self.only_old),
                              ("only new", self.only_new)):
            if request is not None:
                told.append(f"{name}: {sentence(request, True)}")
        return "; ".join(told)


class Shadowed(NamedTuple):
    """A condition that could be left out."""

    operator: str
    key: str


class Reviewed(NamedTuple):
    """A statement and what it is good for."""

    statement: Match
    dead: Optional[bool]
    """Without it the same is allowed; None if that is not known."""
    effective: Optional[bool]
    """Of an Allow: some request is allowed by it."""
    request: Optional[Request]
    """One that needs it."""
    shadowed: Tuple[Shadowed, ...]
    """Its conditions that could be left out."""
    summary: str


class Review(Answer):
    """What each statement adds to its stack."""

    __slots__ = ()

    @property
    def statements(self) -> Tuple[Reviewed, ...]:
        """One for each statement, in the order of the stack."""
        handle = self._open()
        return tuple(reviewed_of(handle, index) for index in
                     range(lib.iam_review_count(handle)))

    @property
    def facts(self) -> Tuple[str, ...]:
        """What was taken for granted about requests."""
        return self._facts("review")

    def _told(self) -> str:
        dead = sum(item.dead is True for item in self.statements)
        return f"{len(self.statements)} statements, {dead} dead"


# ---- Pieces of answers ---------------------------------------------------

def sentence(request: Request, allowed: bool) -> str:
    """What a request shows."""
    who = request.principal
    if who in ("", "anonymous"):
        who = "an anonymous caller"
    told = (f"can{'' if allowed else 'not'} call {request.action} on "
            f"{request.resource}")
    if request.source_ip:
        return f"{request.source_ip} {told} as {who}"
    return f"{who} {told} without aws:SourceIp"


def of_match(match: Match) -> str:
    """A statement in words."""
    statement = match.statement
    words = [f"{'Deny' if statement.deny else 'Allow'}"]
    words += [f'"{statement.sid}"'] if statement.sid else []
    words.append(f"(statement {statement.number}, line {statement.line}) of "
                 f"{match.entry.name or f'policy {match.number}'}")
    return " ".join(words)


def request_of(owner: Handle, pointer: Any) -> Optional[Request]:
    """A request that an answer has, or None."""
    if not pointer:
        return None
    return Request._of(Handle(pointer, owners=(owner,)))


def set_of(owner: Handle, pointer: Any) -> Optional[IpSet]:
    """A set that an answer has, or None."""
    if not pointer:
        return None
    return IpSet._of(Handle(pointer, owners=(owner,)))


def witness_of(proof: Handle, index: int) -> Witness:
    """`index` must be below the count."""
    raw = lib.iam_proof_witness(proof, index)
    request = request_of(proof, raw.request)
    assert request is not None
    because = tuple(
        match_of(proof, lib.iam_proof_because(proof, index, at))
        for at in range(raw.because_count))
    return Witness(request, decode(raw.id), decode(raw.meaning),
                   Level(raw.level), Outcome(raw.outcome),
                   Outcome(raw.old_outcome), because)


def change_of(diff: Handle, raw: Any) -> Change:
    """A change of the library."""
    return Change(decode(raw.actions), decode(raw.resources),
                  decode(raw.summary), set_of(diff, raw.gained),
                  set_of(diff, raw.lost), raw.gained_without_address,
                  raw.lost_without_address, raw.gained_other, raw.lost_other)


def known(verdict: int, proved: bool) -> Optional[bool]:
    """A verdict as yes, no or None."""
    if verdict == _ffi.IAM_UNKNOWN:
        return None
    return (verdict == _ffi.IAM_PROVED) is proved


def reviewed_of(review: Handle, index: int) -> Reviewed:
    """`index` must be below the count."""
    raw = lib.iam_review_item(review, index)
    shadowed: List[Shadowed] = []
    for at in range(raw.shadowed_count):
        found = lib.iam_review_shadowed(review, index, at)
        shadowed.append(Shadowed(decode(found.operator_name),
                                 decode(found.key)))
    return Reviewed(match_of(review, raw.statement), known(raw.dead, True),
                    known(raw.effect, False), request_of(review, raw.request),
                    tuple(shadowed), decode(raw.summary))
