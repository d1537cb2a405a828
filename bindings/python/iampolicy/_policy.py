# SPDX-License-Identifier: Apache-2.0
"""Policies."""
import ctypes
import json
import pathlib
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Tuple, Union

from . import _ffi
from ._handle import (Handle, Limits, Owner, Source, decode, document, lib,
                      make, opened, options_of, printed)
from ._request import Request
from ._values import Finding, Kind, Outcome, finding_of

if TYPE_CHECKING:
    import os


class Statement(NamedTuple):
    """A statement of a policy, as its author would find it."""

    number: int
    """From 0, as matches count."""
    sid: str
    """"" where it has none."""
    deny: bool
    """Its Effect."""
    undecidable: bool
    """Holds something that cannot be evaluated: it never allows."""
    line: int
    """Of its opening brace, from 1."""
    column: int
    """In bytes, from 1."""
    offset: int
    """In bytes, from 0."""


class Policy(Owner):
    """One policy document, compiled.  Does not change; share it freely.

    `source` is the document: JSON text (plain, or percent-encoded as IAM sends
    it), a dict, or a `pathlib.Path`.  `kind` decides which elements may and
    must stand.  With `strict` every document is refused that AWS would refuse
    to store; without, what cannot be evaluated never allows, denies wherever
    the rest of its statement matches, and is told in `findings`.

    Raises PolicyError.
    """

    __slots__ = ("_filename",)

    def __init__(self, source: Source, kind: Union[Kind, str] = Kind.IDENTITY,
                 *, strict: bool = False,
                 limits: Optional[Limits] = None) -> None:
        text, self._filename = document(source, "a policy")
        self._handle = make(
            _ffi.iam_policy, lib.iam_policy_compile, Kind(kind).number, text,
            len(text), ctypes.byref(options_of(strict, limits)),
            free=lib.iam_policy_free, filename=self._filename)

    @classmethod
    def load(cls, path: "Union[str, os.PathLike[str]]",
             kind: Union[Kind, str] = Kind.IDENTITY, *, strict: bool = False,
             limits: Optional[Limits] = None) -> "Policy":
        """The policy in a file."""
        return cls(pathlib.Path(path), kind, strict=strict, limits=limits)

    @property
    def filename(self) -> Optional[str]:
        """The file it was read from, if it was."""
        return getattr(self, "_filename", None)

    @property
    def kind(self) -> Kind:
        """What it was compiled as."""
        return Kind(lib.iam_policy_kind_of(self._open()))

    @property
    def memory(self) -> int:
        """Bytes that the compiled policy holds."""
        return int(lib.iam_policy_memory(self._open()))

    @property
    def statements(self) -> Tuple[Statement, ...]:
        """Its statements, in the order of the text."""
        handle = self._open()
        return tuple(statement_of(handle, index) for index in
                     range(lib.iam_policy_statement_count(handle)))

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """What was found while compiling, in the order of the text."""
        handle = self._open()
        return tuple(finding_of(lib.iam_policy_finding(handle, index))
                     for index in range(lib.iam_policy_finding_count(handle)))

    def check(self, request: "Request") -> Outcome:
        """What this policy says by itself."""
        return Outcome(lib.iam_policy_check(self._open(),
                                            opened(request, Request)))

    def to_json(self) -> str:
        """The policy as canonical JSON: equal programs give equal text."""
        return printed(lib.iam_policy_print, self._open()).decode()

    def to_dict(self) -> Dict[str, Any]:
        """The same as a dict."""
        made: Dict[str, Any] = json.loads(self.to_json())
        return made

    def listing(self) -> str:
        """The compiled program, one instruction a line."""
        return printed(lib.iam_policy_list, self._open()).decode()

    def _told(self) -> str:
        count = len(self.statements)
        return f"{self.kind}, {count} statement{'' if count == 1 else 's'}"


def statement_of(policy: Handle, index: int) -> Statement:
    """A statement of the library; `index` must be below the count."""
    raw = lib.iam_policy_statement(policy, index)
    return Statement(index, decode(raw.sid), raw.deny, raw.undecidable,
                     raw.line, raw.column, raw.offset)


def policy_of(pointer: Any) -> Policy:
    """One more owner of a policy that something else has."""
    return Policy._of(Handle(lib.iam_policy_ref(pointer), lib.iam_policy_free))
