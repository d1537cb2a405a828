# SPDX-License-Identifier: Apache-2.0
"""Scenarios: policies, requests and expected outcomes in one text."""
import ctypes
import pathlib
from typing import (TYPE_CHECKING, Iterator, NamedTuple, Optional, Tuple,
                    Union)

from . import _ffi
from ._handle import (Handle, Limits, Owner, Source, decode, document, lib,
                      make, opened, options_of)
from ._request import Operation
from ._stack import Decision, Stack
from ._values import Outcome

if TYPE_CHECKING:
    import os


class Expectation(NamedTuple):
    """What a request is expected to get."""

    outcome: Outcome
    by: str
    """"" if not given."""
    message: str
    """"" if not given."""

    def met_by(self, decision: Decision) -> bool:
        """Whether a decision is what was expected."""
        return (decision.outcome is self.outcome
                and self.by in ("", decision.by)
                and self.message in ("", decision.message))


class Case(NamedTuple):
    """A request of a scenario."""

    id: str
    """"" if not given."""
    operation: Operation
    """The checks of the request: one, unless it names an operation."""
    expectation: Optional[Expectation]
    """None if not given."""


class Scenario(Owner):
    """Policies, requests and expected outcomes.  Does not change.

    `source` is its JSON text, a dict, or a `pathlib.Path`.  Without a
    "policies" member its requests are decided by `fallback`.  Iterating gives
    a Case for each request.

    Raises PolicyError; its place is one in this text, also for the policies.
    """

    __slots__ = ()

    def __init__(self, source: Source, fallback: Optional[Stack] = None, *,
                 strict: bool = False,
                 limits: Optional[Limits] = None) -> None:
        text, filename = document(source, "a scenario")
        below = None if fallback is None else opened(fallback, Stack)
        self._handle = make(
            _ffi.iam_scenario, lib.iam_scenario_parse, text, len(text), below,
            ctypes.byref(options_of(strict, limits)),
            free=lib.iam_scenario_free, owners=(below,), filename=filename)

    @classmethod
    def load(cls, path: "Union[str, os.PathLike[str]]",
             fallback: Optional[Stack] = None, *, strict: bool = False,
             limits: Optional[Limits] = None) -> "Scenario":
        """The scenario in a file."""
        return cls(pathlib.Path(path), fallback, strict=strict, limits=limits)

    @property
    def about(self) -> str:
        """Its "about" member, or ""."""
        return decode(lib.iam_scenario_about(self._open()))

    @property
    def stack(self) -> Stack:
        """What decides its requests."""
        handle = self._open()
        return Stack._of(Handle(lib.iam_scenario_stack(handle),
                                owners=(handle,)))

    @property
    def cases(self) -> Tuple[Case, ...]:
        """Its requests, in the order of the text."""
        handle = self._open()
        return tuple(case_of(handle, index) for index in
                     range(lib.iam_scenario_request_count(handle)))

    def __iter__(self) -> Iterator[Case]:
        return iter(self.cases)

    def _told(self) -> str:
        count = lib.iam_scenario_request_count(self._open())
        return f"{count} request{'' if count == 1 else 's'}"


def case_of(scenario: Handle, index: int) -> Case:
    """A request of the library; `index` must be below the count."""
    operation = Operation._of(
        Handle(lib.iam_scenario_operation(scenario, index),
               owners=(scenario,)))
    raw = lib.iam_scenario_expectation(scenario, index)
    expectation = Expectation(Outcome(raw.outcome), decode(raw.by),
                              decode(raw.message)) if raw.given else None
    return Case(decode(lib.iam_scenario_id(scenario, index)), operation,
                expectation)
