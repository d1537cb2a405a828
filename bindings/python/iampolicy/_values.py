# SPDX-License-Identifier: Apache-2.0
"""The words of the library: enumerations, and findings."""
import enum
from typing import Any, NamedTuple

from . import _ffi
from ._handle import decode


class Word(str, enum.Enum):
    """A word of scenario files and decisions; it is equal to that text."""

    number: int
    """The same in C."""

    def __new__(cls, text: str, number: int = 0) -> "Word":
        word = str.__new__(cls, text)
        word._value_ = text
        word.number = number
        return word

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, format_spec: str) -> str:
        return str.__format__(self, format_spec)

    @classmethod
    def _missing_(cls, value: object) -> Any:
        for word in cls:
            if type(value) is int and value == word.number:
                return word
        return None


class Kind(Word):
    """What a policy is attached to.  Kind("scp") works too."""

    IDENTITY = "identity", _ffi.IAM_IDENTITY_POLICY
    RESOURCE = "resource", _ffi.IAM_RESOURCE_POLICY
    """Also a role trust policy, which then needs no Resource."""
    BOUNDARY = "boundary", _ffi.IAM_PERMISSIONS_BOUNDARY
    SESSION = "session", _ffi.IAM_SESSION_POLICY
    SCP = "scp", _ffi.IAM_SERVICE_CONTROL_POLICY
    RCP = "rcp", _ffi.IAM_RESOURCE_CONTROL_POLICY
    ENDPOINT = "endpoint", _ffi.IAM_ENDPOINT_POLICY
    """Of a VPC endpoint."""
    TRUST = "trust", _ffi.IAM_TRUST_POLICY
    """Of a role; its statements must not have a Resource."""


class Outcome(Word):
    """What AWS answers.  Only ALLOW is true."""

    IMPLICIT_DENY = "implicit deny", _ffi.IAM_IMPLICIT_DENY
    EXPLICIT_DENY = "explicit deny", _ffi.IAM_EXPLICIT_DENY
    ALLOW = "allow", _ffi.IAM_ALLOW

    def __bool__(self) -> bool:
        return self is Outcome.ALLOW


class Verdict(Word):
    """What a proof says.  Only PROVED is true."""

    UNKNOWN = "unknown", _ffi.IAM_UNKNOWN
    PROVED = "proved", _ffi.IAM_PROVED
    REFUTED = "refuted", _ffi.IAM_REFUTED

    def __bool__(self) -> bool:
        return self is Verdict.PROVED


class Question(Word):
    """What is asked about every request."""

    ONLY_FROM = "only-from", _ffi.IAM_ONLY_FROM
    """Whatever is allowed comes from the addresses."""
    ALWAYS_FROM = "always-from", _ffi.IAM_ALWAYS_FROM
    """Whatever comes from the addresses is allowed."""
    EXACTLY_FROM = "exactly-from", _ffi.IAM_EXACTLY_FROM
    NEVER = "never", _ffi.IAM_NEVER
    ALWAYS = "always", _ffi.IAM_ALWAYS
    WITHIN = "within", _ffi.IAM_WITHIN
    """Nothing is allowed that the old policies do not allow."""
    NOT_PUBLIC = "not-public", _ffi.IAM_NOT_PUBLIC


class Level(Word):
    """How believable a witness is."""

    ANY_STRINGS = "any strings", _ffi.IAM_ANY_STRINGS
    WELL_FORMED = "well-formed", _ffi.IAM_WELL_FORMED
    KNOWN_ACTION = "known action", _ffi.IAM_KNOWN_ACTION


class Relation(Word):
    """How what new policies allow stands to what old ones do."""

    UNKNOWN = "unknown", _ffi.IAM_RELATION_UNKNOWN
    EQUIVALENT = "equivalent", _ffi.IAM_EQUIVALENT
    NARROWER = "narrower", _ffi.IAM_NARROWER
    WIDER = "wider", _ffi.IAM_WIDER
    INCOMPARABLE = "incomparable", _ffi.IAM_INCOMPARABLE


class Severity(Word):
    """How much a finding matters."""

    ERROR = "error", _ffi.IAM_ERROR
    """AWS refuses the document."""
    WARNING = "warning", _ffi.IAM_WARNING
    """Accepted, and likely not what was meant."""
    SUGGESTION = "suggestion", _ffi.IAM_SUGGESTION
    """Accepted, and could be said better."""
    OPEN_RULE = "open rule", _ffi.IAM_OPEN_RULE
    """AWS does not document what happens; the message names the reading that
    was taken."""


class Flag(enum.IntFlag):
    """Facts about a request; none of them by default."""

    MANAGEMENT_ACCOUNT = _ffi.IAM_MANAGEMENT_ACCOUNT
    """The caller's account is the management account: no SCP applies."""
    SERVICE_LINKED_ROLE = _ffi.IAM_SERVICE_LINKED_ROLE
    """No SCP, no RCP, no boundary applies."""
    HAS_BOUNDARY = _ffi.IAM_HAS_BOUNDARY
    """The caller has a boundary, even if the stack does not hold it."""
    VIA_ENDPOINT = _ffi.IAM_VIA_ENDPOINT
    """The request came through a VPC endpoint."""
    EXPLICIT_TRUST = _ffi.IAM_EXPLICIT_TRUST
    """The resource's own policy must grant; follows for roles and keys."""
    RESOURCE_IN_MANAGEMENT_ACCOUNT = _ffi.IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT
    """No RCP applies."""
    NO_DERIVED_KEYS = _ffi.IAM_NO_DERIVED_KEYS
    """The context is only what was set."""


class Finding(NamedTuple):
    """Something worth telling about a document or a decision."""

    severity: Severity
    code: str
    """E.g. "INVALID_EFFECT", or the id of a rule."""
    message: str
    """One sentence without its full stop."""
    line: int
    """From 1; 0 when it has no place in a text."""
    column: int
    """In bytes, from 1."""
    offset: int
    """In bytes, from 0."""
    where: str
    """JSON Pointer, or ""."""


def finding_of(raw: Any) -> Finding:
    """A finding of the library."""
    return Finding(Severity(raw.severity), decode(raw.code),
                   decode(raw.message), raw.line, raw.column, raw.offset,
                   decode(raw.where))
