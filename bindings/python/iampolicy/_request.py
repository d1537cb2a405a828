# SPDX-License-Identifier: Apache-2.0
"""Requests, and the operations that make several of them."""
import ctypes
import datetime
import ipaddress
import json
from typing import (AbstractSet, Any, Dict, Iterable, List, Mapping, Optional,
                    Sequence, Tuple, Union)

from . import _ffi
from ._errors import PolicyError, Status, raise_for
from ._handle import (Handle, Owner, Text, decode, encode, lib, make,
                      opened, printed, texts)
from ._values import Flag

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Scalar = Union[Text, bool, int, float, datetime.datetime, Address]
Value = Union[None, Scalar, Sequence[Scalar], AbstractSet[Scalar]]
"""The value of a condition key: a scalar is a single-valued key, a list or a
set a multivalued one, None an absent one."""

SOURCE_IP = b"aws:SourceIp"
EVERY_FLAG = sum(Flag)


class Request(Owner):
    """Who wants to do what to which resource, in which context.

    Does not change once made: share it freely, and make others from it with
    replace().  A request without principal, action or resource is denied.

    principal             the ARN of a user, a role, an assumed-role session, a
                          federated-user session or a root user; or "anonymous"
    service               instead of it: a service principal, e.g.
                          "delivery.logs.amazonaws.com"
    role, user            the ARN of the role whose session is calling, or of
                          the user who called GetFederationToken
    action                e.g. "bedrock:InvokeModel"
    resource              an ARN, "*", or for an Operation a modelId
    resource_account      12 digits; by default the resource's or the caller's
    resource_policy_name  words for "resource-based policy" in messages
    source_ip             context={"aws:SourceIp": ...}, but for refusing
                          what is not an address
    context               condition keys and their values, see Value
    flags                 see Flag

    Raises PolicyError.
    """

    __slots__ = ()

    def __init__(self, *, principal: Optional[Text] = None,
                 service: Optional[Text] = None, role: Optional[Text] = None,
                 user: Optional[Text] = None, action: Optional[Text] = None,
                 resource: Optional[Text] = None,
                 resource_account: Optional[Text] = None,
                 resource_policy_name: Optional[Text] = None,
                 source_ip: Union[None, Text, Address] = None,
                 context: Optional[Mapping[str, Value]] = None,
                 flags: Optional[Flag] = None) -> None:
        handle = new_request()
        set_texts(handle, principal=principal, service=service, role=role,
                  user=user, action=action, resource=resource,
                  resource_account=resource_account,
                  resource_policy_name=resource_policy_name)
        set_flags(handle, flags)
        set_context(handle, source_ip, context)
        self._handle = handle

    def replace(self, *, principal: Optional[Text] = None,
                service: Optional[Text] = None, role: Optional[Text] = None,
                user: Optional[Text] = None, action: Optional[Text] = None,
                resource: Optional[Text] = None,
                resource_account: Optional[Text] = None,
                resource_policy_name: Optional[Text] = None,
                source_ip: Union[None, Text, Address] = None,
                context: Optional[Mapping[str, Value]] = None,
                flags: Optional[Flag] = None) -> "Request":
        """A request that differs in what is given.  A new principal forgets
        role and user; of the context only the keys named are changed, and
        those with the value None are taken out; `flags` replaces all."""
        handle = copy_of(self._open())
        set_texts(handle, principal=principal, service=service, role=role,
                  user=user, action=action, resource=resource,
                  resource_account=resource_account,
                  resource_policy_name=resource_policy_name)
        set_flags(handle, flags)
        set_context(handle, source_ip, context)
        return Request._of(handle)

    @property
    def principal(self) -> str:
        """The caller, or ""."""
        return decode(lib.iam_request_principal(self._open()))

    @property
    def action(self) -> str:
        """The action, or ""."""
        return decode(lib.iam_request_action(self._open()))

    @property
    def resource(self) -> str:
        """The resource or modelId, or ""."""
        return decode(lib.iam_request_resource(self._open()))

    @property
    def context(self) -> Dict[str, Union[str, List[str]]]:
        """The condition keys that it was given: a text, or a list of them."""
        made: Dict[str, Union[str, List[str]]] = (
            self.to_dict().get("context", {}))
        return made

    @property
    def source_ip(self) -> str:
        """The value of aws:SourceIp, or ""."""
        return decode(lib.iam_request_value(
            self._open(), SOURCE_IP, len(SOURCE_IP), 0))

    def to_json(self) -> str:
        """The request as in a scenario file."""
        return printed(lib.iam_request_print, self._open()).decode()

    def to_dict(self) -> Dict[str, Any]:
        """The same as a dict."""
        made: Dict[str, Any] = json.loads(self.to_json())
        return made

    def _told(self) -> str:
        return (f"{self.principal or 'nobody'} {self.action or 'nothing'} "
                f"{self.resource or 'nowhere'}")


class Operation(Owner):
    """The checks that AWS makes for one call of an API.  Does not change.

    `name` is e.g. "bedrock-runtime:Converse", called by the request's
    principal on its resource in its context.  `regions` are the destinations
    of a geographic inference profile.

    Raises PolicyError.
    """

    __slots__ = ()

    def __init__(self, request: Request, name: Text,
                 regions: Iterable[Text] = ()) -> None:
        encoded = encode(name)
        array, count = texts(regions, "regions")
        self._handle = make(
            _ffi.iam_operation, lib.iam_operation_resolve,
            opened(request, Request), encoded, len(encoded), array, count,
            None, free=lib.iam_operation_free)

    @property
    def checks(self) -> Tuple[Request, ...]:
        """The requests that must all be allowed; may be none."""
        handle = self._open()
        return tuple(
            Request._of(Handle(lib.iam_operation_check(handle, index),
                               owners=(handle,)))
            for index in range(lib.iam_operation_check_count(handle)))

    def _told(self) -> str:
        count = len(self.checks)
        return f"{count} check{'' if count == 1 else 's'}"


# ---- Filling a request ---------------------------------------------------

def new_request() -> Handle:
    """A request without anything."""
    out = ctypes.POINTER(_ffi.iam_request)()
    raise_for(lib.iam_request_new(None, ctypes.byref(out)))
    return Handle(out, lib.iam_request_free)


def copy_of(request: Handle) -> Handle:
    """An equal request that may be changed."""
    out = ctypes.POINTER(_ffi.iam_request)()
    raise_for(lib.iam_request_copy(request, None, ctypes.byref(out)))
    return Handle(out, lib.iam_request_free)


def set_texts(handle: Handle, **given: Optional[Text]) -> None:
    """Set what is given, in this order: a principal forgets others."""
    if given["principal"] is not None and given["service"] is not None:
        raise ValueError("a caller is a principal or a service, not both")
    for name, text in given.items():
        if text is not None:
            call(getattr(lib, "iam_request_set_" + name), handle, encode(text))


def set_flags(handle: Handle, flags: Optional[Flag]) -> None:
    """Only flags that are known: the library would ignore another."""
    if flags is None:
        return
    if not isinstance(flags, int) or flags & ~EVERY_FLAG:
        raise ValueError(f"flags must be made of Flag, not {flags!r}")
    lib.iam_request_set_flags(handle, int(flags))


def set_context(handle: Handle, source_ip: Union[None, Text, Address],
                context: Optional[Mapping[str, Value]]) -> None:
    """Set keys; the source address must not be given twice."""
    for key, value in (context or {}).items():
        if source_ip is not None and encode(key).lower() == SOURCE_IP.lower():
            raise ValueError(f"both source_ip and {key} are given")
        set_key(handle, key, value)
    if source_ip is not None:
        set_key(handle, SOURCE_IP, address_of(source_ip))


def address_of(source_ip: Union[Text, Address]) -> bytes:
    """Only what the library takes for an address; a block is none."""
    text = written_value(SOURCE_IP, source_ip)
    array, count = texts([text], "source_ip")
    out = ctypes.POINTER(_ffi.iam_ipset)()
    error = _ffi.iam_error()
    status = lib.iam_ipset_new(array, count, None, ctypes.byref(out),
                               ctypes.byref(error))
    lib.iam_ipset_free(out)
    if status == _ffi.IAM_ENOMEM:
        raise_for(status, error)
    if status != _ffi.IAM_OK or b"/" in text:
        raise PolicyError(Status.EINVAL,
                          "source_ip is an IPv4 or IPv6 address, not "
                          f"{text.decode('utf-8', 'replace')!r}")
    return text


def set_key(handle: Handle, key: Text, value: Value) -> None:
    """Give a condition key its value or values, or take it out."""
    name = encode(key)
    if value is None:
        lib.iam_request_unset(handle, name, len(name))
    elif isinstance(value, (list, tuple, set, frozenset)):
        written = [written_value(key, item) for item in value]
        if isinstance(value, (set, frozenset)):
            written.sort()  # so that equal sets make equal requests
        array, count = texts(written, "values")
        error = _ffi.iam_error()
        status = lib.iam_request_set_values(
            handle, name, len(name), array, count, ctypes.byref(error))
        raise_for(status, error)
    else:
        call(lib.iam_request_set_value, handle, name,
             written_value(key, value))


def call(setter: Any, handle: Handle, *values: bytes) -> None:
    """A setter of one or two texts."""
    arguments: List[Any] = []
    for value in values:
        arguments += [value, len(value)]
    error = _ffi.iam_error()
    status = setter(handle, *arguments, ctypes.byref(error))
    raise_for(status, error)


def written_value(key: Text, value: Any) -> bytes:
    """A value as AWS writes it."""
    if isinstance(value, (str, bytes)):
        return encode(value)
    if isinstance(value, (bool, int, float)):
        return json.dumps(value, allow_nan=False).encode()
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value).encode()
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        moment = value.astimezone(datetime.timezone.utc)
        return moment.replace(tzinfo=None).isoformat().encode() + b"Z"
    if isinstance(value, datetime.datetime):
        raise ValueError(f"{key!r}: a time needs a time zone")
    raise TypeError(f"{key!r}: no condition key has a "
                    f"{type(value).__name__} as its value")
