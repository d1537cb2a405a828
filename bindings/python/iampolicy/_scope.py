# SPDX-License-Identifier: Apache-2.0
"""Which requests a question is about."""
import ctypes
from typing import Any, Iterable, Mapping, Optional, Union

from . import _ffi
from ._errors import raise_for
from ._handle import Handle, Owner, Text, encode, lib, texts
from ._request import Value, call, written_value

Patterns = Union[Text, Iterable[Text]]
"""One pattern, or several."""


class Scope(Owner):
    """Which requests a question is about; what is not said ranges over all
    that AWS could build.  Does not change; share it freely.

    principal    the ARN of the caller, "anonymous", or "any" for anybody; by
                 default some user or role to which the policies belong
    service      instead of it: a service principal
    action       patterns of actions, e.g. "bedrock:InvokeModel*"
    resource     patterns of resources, e.g. "arn:aws:s3:::reports/*"
    given        condition keys and their values, as a Request's context; None
                 is an absent key
    absent       condition keys that are absent
    present      condition keys that are present, with any value
    open_world   promises (always, always_from) range over every action text
    any_context  do without the physical facts, such as that no request has
                 both aws:SourceIp and aws:SourceVpc

    Raises PolicyError.
    """

    __slots__ = ()

    def __init__(self, *, principal: Optional[Text] = None,
                 service: Optional[Text] = None, action: Patterns = (),
                 resource: Patterns = (),
                 given: Optional[Mapping[str, Value]] = None,
                 absent: Patterns = (), present: Patterns = (),
                 open_world: bool = False, any_context: bool = False) -> None:
        if principal is not None and service is not None:
            raise ValueError("a caller is a principal or a service, not both")
        handle = new_scope()
        for setter, values in (
                (lib.iam_scope_set_principal, one(principal)),
                (lib.iam_scope_set_service, one(service)),
                (lib.iam_scope_add_action, several(action)),
                (lib.iam_scope_add_resource, several(resource)),
                (lib.iam_scope_set_absent, several(absent)),
                (lib.iam_scope_set_present, several(present))):
            for value in values:
                call(setter, handle, encode(value))
        for key, said in (given or {}).items():
            set_key(handle, key, said)
        lib.iam_scope_set_flags(
            handle, (_ffi.IAM_OPEN_WORLD if open_world else 0)
            | (_ffi.IAM_ANY_CONTEXT if any_context else 0))
        self._handle = handle


def new_scope() -> Handle:
    """A scope of everything."""
    out = ctypes.POINTER(_ffi.iam_scope)()
    raise_for(lib.iam_scope_new(None, ctypes.byref(out)))
    return Handle(out, lib.iam_scope_free)


def one(text: Optional[Text]) -> Iterable[Text]:
    """None is none."""
    return () if text is None else (text,)


def several(given: Patterns) -> Iterable[Text]:
    """One pattern is a list of one."""
    return (given,) if isinstance(given, (str, bytes)) else given


def set_key(handle: Handle, key: Text, value: Any) -> None:
    """A condition key has its value or values, or is absent."""
    name = encode(key)
    if value is None:
        call(lib.iam_scope_set_absent, handle, name)
    elif isinstance(value, (list, tuple, set, frozenset)):
        written = sorted(written_value(key, item) for item in value)
        array, count = texts(written, "values")
        error = _ffi.iam_error()
        raise_for(lib.iam_scope_set_values(
            handle, name, len(name), array, count, ctypes.byref(error)), error)
    else:
        call(lib.iam_scope_set_value, handle, name, written_value(key, value))
