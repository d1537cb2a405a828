# SPDX-License-Identifier: Apache-2.0
"""What every class stands on: handles, errors, texts and outputs."""
import ctypes
import json
import os
from typing import (Any, Callable, Iterable, List, Mapping, NamedTuple,
                    Optional, Tuple, Type, TypeVar, Union)

from . import _ffi
from ._errors import raise_for

lib: Any = _ffi.load()

Text = Union[str, bytes]
"""Text for the library; bytes are UTF-8."""

Source = Union[str, bytes, Mapping[str, Any], "os.PathLike[str]"]
"""A document: its text, an object to be written as JSON, or where its file
is.  A `str` is always a text; a path is a `pathlib.Path`."""

Self = TypeVar("Self", bound="Owner")


class Handle:
    """A pointer into the library, with the duty to free it.

    A call that is passed a handle keeps it, so that nothing is freed under a
    call of another thread; what a handle borrows from is among its `owners`,
    and stays too.
    """

    __slots__ = ("_as_parameter_", "_free", "owners")

    def __init__(self, pointer: Any,
                 free: Optional[Callable[[Any], None]] = None,
                 owners: Tuple[Optional["Handle"], ...] = ()) -> None:
        self._as_parameter_ = pointer
        self._free = free
        self.owners = owners

    def __del__(self) -> None:
        # By its slots alone: at the end of the interpreter the names of this
        # module may be gone.
        if self._free is not None:
            self._free(self._as_parameter_)


class Owner:
    """An object of the library: has one handle until it is closed."""

    __slots__ = ("_handle", "__weakref__")

    _handle: Optional[Handle]

    @classmethod
    def _of(cls: Type[Self], handle: Handle) -> Self:
        """An object for a handle that is there already."""
        made = cls.__new__(cls)
        made._handle = handle
        return made

    def _open(self) -> Handle:
        """The handle; ValueError if there is none any more.  Whoever calls
        the library more than once, or reads text of an answer, keeps it."""
        handle: Optional[Handle] = getattr(self, "_handle", None)
        if handle is None:
            raise ValueError(f"this {type(self).__name__} is closed")
        return handle

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return getattr(self, "_handle", None) is None

    def close(self) -> None:
        """Give the memory back now; using the object then is a ValueError.
        What was got from it stays usable.  May be called again."""
        self._handle = None

    def __enter__(self: Self) -> Self:
        self._open()
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __repr__(self) -> str:
        told = "closed" if self.closed else self._told()
        return f"<iampolicy.{type(self).__name__} {told}>"

    def _told(self) -> str:
        """The part of repr() that differs."""
        return "open"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"a {type(self).__name__} lives in this process: it "
                        "cannot be pickled or copied")


def opened(thing: Owner, *kinds: Type[Owner]) -> Handle:
    """The handle of an argument, which must be of one of these classes."""
    if not isinstance(thing, kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"expected {names}, not {type(thing).__name__}")
    return thing._open()


class Limits(NamedTuple):
    """Limits of one document; 0 means the default of the library."""

    text: int = 0
    """Bytes; by default 64 MiB."""
    depth: int = 0
    """Nesting; by default 64."""
    values: int = 0
    """JSON values; by default 8 Mi."""


def options_of(strict: bool = False,
               limits: Optional[Limits] = None) -> _ffi.iam_options:
    """The options of a call."""
    options = _ffi.iam_options(struct_size=ctypes.sizeof(_ffi.iam_options))
    text, depth, values = limits or Limits()
    options.max_text = whole(text, _ffi.IAM_NTS, "a limit")
    options.max_depth = whole(depth, _ffi.IAM_NTS, "a limit")
    options.max_values = whole(values, _ffi.IAM_NTS, "a limit")
    options.flags = _ffi.IAM_STRICT if strict else 0
    return options


def whole(number: int, most: int, what: str) -> int:
    """A number that fits; ctypes would cut it without a word."""
    if not isinstance(number, int):
        raise TypeError(f"{what} must be an int, not "
                        f"{type(number).__name__}")
    if not 0 <= number <= most:
        raise ValueError(f"{what} must be from 0 to {most}, not {number}")
    return number


def make(kind: Any, function: Any, *arguments: Any, free: Any,
         owners: Tuple[Optional[Handle], ...] = (),
         filename: Optional[str] = None) -> Handle:
    """Call what gives an object through its last argument but the error."""
    out = ctypes.POINTER(kind)()
    error = _ffi.iam_error()
    status = function(*arguments, ctypes.byref(out), ctypes.byref(error))
    raise_for(status, error, filename)
    return Handle(out, free, owners)


def encode(text: Text) -> bytes:
    """UTF-8.  A lone surrogate is left for the library to refuse."""
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes):
        return text
    raise TypeError(f"text must be str or bytes, not {type(text).__name__}")


def encode_name(text: Text, what: str) -> bytes:
    """UTF-8 for those few arguments that end at their first NUL."""
    name = encode(text)
    if b"\0" in name:
        raise ValueError(f"{what} must not hold U+0000")
    return name


def decode(text: Optional[bytes]) -> str:
    """Text of the library."""
    return (text or b"").decode("utf-8", "replace")


def texts(values: Iterable[Text], what: str) -> Tuple[Any, int]:
    """An array of texts, and its length."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{what} must be a list of texts, not one text")
    encoded = [encode(value) for value in values]
    array = (_ffi.iam_text * len(encoded))()
    for item, value in zip(array, encoded):
        item.ptr = value  # and keeps it
        item.len = len(value)
    return array, len(encoded)


def document(source: Source, what: str) -> Tuple[bytes, Optional[str]]:
    """The text of a document, and the name of its file if it has one."""
    if isinstance(source, (str, bytes)):
        return encode(source), None
    if isinstance(source, Mapping):
        return encode(json.dumps(dict(source), allow_nan=False)), None
    if isinstance(source, os.PathLike):
        name = os.fspath(source)
        with open(name, "rb") as file:
            return file.read(), name
    raise TypeError(f"{what} must be a str, bytes, a dict or a path, not "
                    f"{type(source).__name__}")


def printed(function: Any, *arguments: Any) -> bytes:
    """What a function writes into its sink."""
    parts: List[bytes] = []
    raised: List[BaseException] = []

    def take(user: Any, address: Any, length: int) -> bool:
        try:
            parts.append(ctypes.string_at(address, length))
        except BaseException as error:  # must not pass through C
            raised.append(error)
            return False
        return True

    sink = _ffi.iam_sink(take)  # alive until the call has returned
    status = function(*arguments, sink, None)
    if raised:
        raise raised.pop()
    raise_for(status)
    return b"".join(parts)
