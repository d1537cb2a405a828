# SPDX-License-Identifier: Apache-2.0
"""Questions about every request."""
import ctypes
import threading
from typing import Any, Callable, Iterable, List, Optional, Union

from . import _ffi
from ._errors import raise_for
from ._handle import (Handle, Owner, Source, lib, make, opened, options_of,
                      printed, whole)
from ._ipset import Block, IpSet
from ._policy import Policy
from ._proof import Diff, Proof, Review, Sources
from ._scenario import Scenario
from ._scope import Scope
from ._stack import Entry, Stack
from ._values import Question

Policies = Union[Stack, Scenario, Policy, Entry, Source]
"""A stack; a scenario's policies; one policy; or what Policy() takes, an
identity policy then."""

Addresses = Union[IpSet, Iterable[Block]]

Progress = Callable[[int], Optional[bool]]
"""Called now and then with the number of steps; False ends the proof, which
then is a PolicyError with Status.ESTOPPED."""

FIELDS: Any = _ffi.iam_question._fields_
CALLBACK: Any = dict(FIELDS)["progress"]


class Prover(Owner):
    """Policies made ready for questions about every request.

    The questions share what was worked out for those before them; answers do
    not depend on that.  Policies that only limit (boundaries, SCPs and the
    like) allow nothing by themselves, and so prove every bound: put an identity
    policy beside them that allows everything.  Threads may share it: one asks, the others wait.  A
    question that takes more than `max_steps` is answered "unknown".

    Which requests a question is about is said by `scope`, or by the arguments
    of Scope: `prover.never(action="iam:*", principal="any")`.

    Raises PolicyError.
    """

    __slots__ = ("_lock",)

    def __init__(self, policies: Policies, *, max_steps: int = 0) -> None:
        stack = stack_of(policies)
        options = options_of()
        options.max_steps = whole(max_steps, _ffi.IAM_NTS, "a limit")
        self._lock = threading.Lock()
        self._handle = make(
            _ffi.iam_prover, lib.iam_prover_new, stack, ctypes.byref(options),
            free=lib.iam_prover_free, owners=(stack,))

    # ---- Questions ----

    def only_from(self, addresses: Addresses, *,
                  scope: Optional[Scope] = None, certificate: bool = False,
                  progress: Optional[Progress] = None, **parts: Any) -> Proof:
        """Does whatever is allowed come from the addresses?"""
        return self.ask(Question.ONLY_FROM, addresses, scope=scope,
                        certificate=certificate, progress=progress, **parts)

    def always_from(self, addresses: Addresses, *,
                    scope: Optional[Scope] = None, certificate: bool = False,
                    progress: Optional[Progress] = None,
                    **parts: Any) -> Proof:
        """Is whatever comes from the addresses allowed?"""
        return self.ask(Question.ALWAYS_FROM, addresses, scope=scope,
                        certificate=certificate, progress=progress, **parts)

    def exactly_from(self, addresses: Addresses, *,
                     scope: Optional[Scope] = None, certificate: bool = False,
                     progress: Optional[Progress] = None,
                     **parts: Any) -> Proof:
        """Both; each is one of the proof's `parts`."""
        return self.ask(Question.EXACTLY_FROM, addresses, scope=scope,
                        certificate=certificate, progress=progress, **parts)

    def never(self, *, scope: Optional[Scope] = None,
              certificate: bool = False, progress: Optional[Progress] = None,
              **parts: Any) -> Proof:
        """Is nothing allowed?"""
        return self.ask(Question.NEVER, scope=scope, certificate=certificate,
                        progress=progress, **parts)

    def always(self, *, scope: Optional[Scope] = None,
               certificate: bool = False, progress: Optional[Progress] = None,
               **parts: Any) -> Proof:
        """Is everything allowed?"""
        return self.ask(Question.ALWAYS, scope=scope, certificate=certificate,
                        progress=progress, **parts)

    def within(self, old: Policies, *, scope: Optional[Scope] = None,
               certificate: bool = False, progress: Optional[Progress] = None,
               **parts: Any) -> Proof:
        """Is nothing allowed that the old policies do not allow?"""
        return self.ask(Question.WITHIN, old=old, scope=scope,
                        certificate=certificate, progress=progress, **parts)

    def not_public(self, *, scope: Optional[Scope] = None,
                   certificate: bool = False,
                   progress: Optional[Progress] = None,
                   **parts: Any) -> Proof:
        """Is nothing allowed to anonymous callers, and to those of accounts
        that no policy names?"""
        return self.ask(Question.NOT_PUBLIC, scope=scope,
                        certificate=certificate, progress=progress, **parts)

    def ask(self, question: Union[Question, str],
            addresses: Optional[Addresses] = None, *,
            old: Optional[Policies] = None, scope: Optional[Scope] = None,
            certificate: bool = False, progress: Optional[Progress] = None,
            **parts: Any) -> Proof:
        """A question by its name, e.g. "only-from"."""
        asked = Asked(Question(question), addresses, old, scope, certificate,
                      progress, parts)
        return Proof._of(self._answer(_ffi.iam_proof, lib.iam_prover_ask,
                                      lib.iam_proof_free, asked))

    def sources(self, *, scope: Optional[Scope] = None,
                progress: Optional[Progress] = None, **parts: Any) -> Sources:
        """The addresses from which something can be allowed."""
        asked = Asked(None, None, None, scope, False, progress, parts)
        return Sources._of(self._answer(
            _ffi.iam_sources, lib.iam_prover_sources, lib.iam_sources_free,
            asked))

    def diff(self, old: Policies, *, scope: Optional[Scope] = None,
             progress: Optional[Progress] = None, **parts: Any) -> Diff:
        """How what these policies allow stands to what the old ones do."""
        asked = Asked(None, None, old, scope, False, progress, parts)
        return Diff._of(self._answer(_ffi.iam_diff, lib.iam_prover_diff,
                                     lib.iam_diff_free, asked))

    def review(self, *, scope: Optional[Scope] = None,
               progress: Optional[Progress] = None, **parts: Any) -> Review:
        """What each statement is good for."""
        asked = Asked(None, None, None, scope, False, progress, parts)
        return Review._of(self._answer(_ffi.iam_review, lib.iam_prover_review,
                                       lib.iam_review_free, asked))

    def smt2(self, question: Union[Question, str],
             addresses: Optional[Addresses] = None, *,
             old: Optional[Policies] = None, scope: Optional[Scope] = None,
             **parts: Any) -> str:
        """The question as SMT-LIB 2, for any other solver."""
        handle = self._open()
        asked = Asked(Question(question), addresses, old, scope, False, None,
                      parts)
        error = _ffi.iam_error()

        def write(sink: Any, user: Any) -> int:
            status: int = lib.iam_prover_print_smt2(
                handle, ctypes.byref(asked.question), sink, user,
                ctypes.byref(error))
            raise_for(status, error)
            return status

        with self._lock:
            return printed(write).decode()

    def _answer(self, kind: Any, function: Any, free: Any,
                asked: "Asked") -> Handle:
        """An answer keeps the stacks, in which its matches are looked up."""
        handle = self._open()
        with self._lock:
            try:
                return make(kind, function, handle,
                            ctypes.byref(asked.question), free=free,
                            owners=(handle.owners[0], asked.old))
            finally:
                if asked.raised:
                    raise asked.raised.pop()


class Asked:
    """A question of the library, with what it points to."""

    def __init__(self, kind: Optional[Question],
                 addresses: Optional[Addresses], old: Optional[Policies],
                 scope: Optional[Scope], certificate: bool,
                 progress: Optional[Progress], parts: Any) -> None:
        if scope is not None and parts:
            raise TypeError("which requests: by `scope` or by its arguments, "
                            "not both")
        self.raised: List[BaseException] = []
        self.kept: List[Handle] = []
        self.old = None if old is None else stack_of(old)
        self.question = _ffi.iam_question(
            struct_size=ctypes.sizeof(_ffi.iam_question))
        if kind is not None:
            self.question.kind = kind.number
        if certificate:
            self.question.flags = _ffi.IAM_WITH_CERTIFICATE
        if addresses is not None:
            self.question.addresses = self.keep(opened(
                addresses if isinstance(addresses, IpSet)
                else IpSet(addresses), IpSet))
        if self.old is not None:
            self.question.old = self.keep(self.old)
        if scope is not None or parts:
            self.question.scope = self.keep(opened(
                scope or Scope(**parts), Scope))
        self.question.progress = CALLBACK(self.told(progress))

    def keep(self, handle: Handle) -> Any:
        """What the question points to stays until it is answered."""
        self.kept.append(handle)
        return handle._as_parameter_

    def told(self, progress: Optional[Progress]) -> Any:
        """The callback: also where Python may notice that Ctrl-C was
        pressed."""
        def tell(user: Any, steps: int) -> bool:
            try:
                return progress is None or progress(steps) is not False
            except BaseException as error:  # must not pass through C
                self.raised.append(error)
                return False

        return tell


def stack_of(policies: Policies) -> Handle:
    """The stack of what a caller may name."""
    if isinstance(policies, Scenario):
        policies = policies.stack
    elif isinstance(policies, (Policy, Entry)):
        policies = Stack.from_entries([policies])
    elif not isinstance(policies, Stack):
        policies = Stack(identity=policies)
    return opened(policies, Stack)


# ---- In one line ---------------------------------------------------------

def prove_only_from(policies: Policies, addresses: Addresses,
                    **parts: Any) -> Proof:
    """Prover(policies).only_from(addresses, ...)"""
    return Prover(policies).only_from(addresses, **parts)


def prove_always_from(policies: Policies, addresses: Addresses,
                      **parts: Any) -> Proof:
    """Prover(policies).always_from(addresses, ...)"""
    return Prover(policies).always_from(addresses, **parts)


def prove_exactly_from(policies: Policies, addresses: Addresses,
                       **parts: Any) -> Proof:
    """Prover(policies).exactly_from(addresses, ...)"""
    return Prover(policies).exactly_from(addresses, **parts)


def prove_never(policies: Policies, **parts: Any) -> Proof:
    """Prover(policies).never(...)"""
    return Prover(policies).never(**parts)


def prove_always(policies: Policies, **parts: Any) -> Proof:
    """Prover(policies).always(...)"""
    return Prover(policies).always(**parts)


def prove_within(new: Policies, old: Policies, **parts: Any) -> Proof:
    """Prover(new).within(old, ...)"""
    return Prover(new).within(old, **parts)


def prove_not_public(policies: Policies, **parts: Any) -> Proof:
    """Prover(policies).not_public(...)"""
    return Prover(policies).not_public(**parts)


def sources(policies: Policies, **parts: Any) -> Sources:
    """Prover(policies).sources(...)"""
    return Prover(policies).sources(**parts)


def diff(old: Policies, new: Policies, **parts: Any) -> Diff:
    """Prover(new).diff(old, ...)"""
    return Prover(new).diff(old, **parts)


def review(policies: Policies, **parts: Any) -> Review:
    """Prover(policies).review(...)"""
    return Prover(policies).review(**parts)
