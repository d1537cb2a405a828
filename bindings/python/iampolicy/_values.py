# SPDX-License-Identifier: Apache-2.0
"""The words of the library: enumerations, and findings."""
import enum
from typing import Any, NamedTuple, Optional

from . import _ffi
from ._handle import decode, encode, lib


class Kind(enum.Enum):
    """What a policy is attached to.  Kind("scp") works too."""

    IDENTITY = _ffi.IAM_IDENTITY_POLICY
    RESOURCE = _ffi.IAM_RESOURCE_POLICY
    """Also a role trust policy, which then needs no Resource."""
    BOUNDARY = _ffi.IAM_PERMISSIONS_BOUNDARY
    SESSION = _ffi.IAM_SESSION_POLICY
    SCP = _ffi.IAM_SERVICE_CONTROL_POLICY
    RCP = _ffi.IAM_RESOURCE_CONTROL_POLICY
    ENDPOINT = _ffi.IAM_ENDPOINT_POLICY
    """Of a VPC endpoint."""
    TRUST = _ffi.IAM_TRUST_POLICY
    """Of a role; its statements must not have a Resource."""

    def __str__(self) -> str:
        """The name, as in scenario files."""
        return decode(lib.iam_policy_kind_name(self.value))

    @classmethod
    def _missing_(cls, value: object) -> Optional["Kind"]:
        if isinstance(value, str):
            name = encode(value)
            number = lib.iam_policy_kind_from_name(name, len(name))
            return cls(number) if number else None
        return None


class Outcome(enum.Enum):
    """What AWS answers.  Only ALLOW is true."""

    IMPLICIT_DENY = _ffi.IAM_IMPLICIT_DENY
    EXPLICIT_DENY = _ffi.IAM_EXPLICIT_DENY
    ALLOW = _ffi.IAM_ALLOW

    def __bool__(self) -> bool:
        return self is Outcome.ALLOW

    def __str__(self) -> str:
        """The name, as in scenario files."""
        return decode(lib.iam_outcome_name(self.value))

    @classmethod
    def _missing_(cls, value: object) -> Optional["Outcome"]:
        for outcome in cls:
            if value == str(outcome):
                return outcome
        return None


class Severity(enum.Enum):
    """How much a finding matters."""

    ERROR = _ffi.IAM_ERROR
    """AWS refuses the document."""
    WARNING = _ffi.IAM_WARNING
    """Accepted, and likely not what was meant."""
    SUGGESTION = _ffi.IAM_SUGGESTION
    """Accepted, and could be said better."""
    OPEN_RULE = _ffi.IAM_OPEN_RULE
    """AWS does not document what happens; the message names the reading that
    was taken."""

    def __str__(self) -> str:
        """The name, as in the JSON of decisions."""
        return self.name.lower().replace("_", " ")


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
