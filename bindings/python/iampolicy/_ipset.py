# SPDX-License-Identifier: Apache-2.0
"""Sets of addresses."""
import ctypes
import ipaddress
import os
import pathlib
import sys
from typing import (Any, Callable, Iterable, Iterator, List, NamedTuple,
                    Optional, Tuple, Union, cast)

from . import _ffi
from ._buffer import Memory
from ._errors import raise_for
from ._handle import (Handle, Limits, Owner, Text, encode, lib, make, opened,
                      options_of, printed, texts)

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Block = Union[Text, ipaddress.IPv4Address, ipaddress.IPv6Address,
              ipaddress.IPv4Network, ipaddress.IPv6Network]
BLOCKS = (ipaddress.IPv4Address, ipaddress.IPv6Address,
          ipaddress.IPv4Network, ipaddress.IPv6Network)
SIXTEEN = ctypes.c_uint8 * 16
WIDTH = {4: 4, 6: 16}
"""Bytes of an address."""


class IpEntry(NamedTuple):
    """A block that a set was made from."""

    block: str
    """Canonical: its bits behind the prefix are 0."""
    position: int
    """Among the blocks, from 0."""
    line: int
    """In the text of a list, from 1; else 0."""
    column: int
    """In bytes, from 1; else 0."""


class IpSet(Owner):
    """CIDR blocks of IPv4 and IPv6 as one set of addresses, asked often.  Does
    not change.

    Neither family ever matches the other.  Bits behind a prefix are ignored.
    Iterating gives the minimal CIDR blocks as text: IPv4 first, ascending;
    len() is how many these are, and `size` how many addresses there are.
    Sets are equal if they have the same addresses; they may be keys of a dict,
    and are put together by | & - ^ ~ and compared by <= < >= > ==.

    With `entries` the set remembers its blocks, for entry().  Raises
    PolicyError, which names the first block that is none.
    """

    __slots__ = ("_entries", "_hash")

    def __init__(self, blocks: Iterable[Block] = (), *,
                 entries: bool = False,
                 limits: Optional[Limits] = None) -> None:
        if isinstance(blocks, BLOCKS):
            raise TypeError("blocks must be a list of blocks, not one")
        array, count = texts(
            blocks if isinstance(blocks, (str, bytes)) else
            [str(block) if isinstance(block, BLOCKS) else block
             for block in blocks], "blocks")
        self._entries = entries
        self._handle = make(
            _ffi.iam_ipset, lib.iam_ipset_new, array, count,
            ctypes.byref(options_for(entries, limits)),
            free=lib.iam_ipset_free)

    @classmethod
    def parse(cls, text: Text, *, services: Union[Text, Iterable[Text]] = (),
              regions: Union[Text, Iterable[Text]] = (),
              entries: bool = False,
              limits: Optional[Limits] = None) -> "IpSet":
        """The blocks of a list: one a line, with comments from # or ; on, or
        JSON, such as AWS's ip-ranges.json, of which `services` and `regions`
        choose.  PolicyError, with its place, for what is no block, and for a
        service or region that no block has."""
        return cls._parse(text, services, regions, entries, limits, None)

    @classmethod
    def load(cls, path: "Union[str, os.PathLike[str]]", *,
             services: Union[Text, Iterable[Text]] = (),
             regions: Union[Text, Iterable[Text]] = (),
             entries: bool = False,
             limits: Optional[Limits] = None) -> "IpSet":
        """The blocks of a list in a file, as parse() reads it."""
        return cls._parse(pathlib.Path(path).read_bytes(), services, regions,
                          entries, limits, os.fspath(path))

    @classmethod
    def _parse(cls, text: Text, services: Union[Text, Iterable[Text]],
               regions: Union[Text, Iterable[Text]], entries: bool,
               limits: Optional[Limits], filename: Optional[str]) -> "IpSet":
        encoded = encode(text)
        chosen = _ffi.iam_ip_filter(*names(services, "services"),
                                    *names(regions, "regions"))
        made = cls._of(make(
            _ffi.iam_ipset, lib.iam_ipset_parse, encoded, len(encoded),
            ctypes.byref(chosen), ctypes.byref(options_for(entries, limits)),
            free=lib.iam_ipset_free, filename=filename))
        made._entries = entries
        return made

    # ---- Membership ----

    def __contains__(self, address: object) -> bool:
        """Whether an address is in the set: a text, or one of `ipaddress`.
        Text that is not an address is in no set."""
        handle = self._open()
        if isinstance(address, (str, bytes)):
            text = encode(address)
            return bool(lib.iam_ipset_contains(handle, text, len(text)))
        if isinstance(address, ipaddress.IPv4Address):
            return bool(lib.iam_ipset_contains_v4(handle, int(address)))
        if isinstance(address, ipaddress.IPv6Address):
            if getattr(address, "scope_id", None) is not None:
                return False  # as its text: "fe80::1%eth0" is no address
            packed = SIXTEEN.from_buffer_copy(address.packed)
            return bool(lib.iam_ipset_contains_v6(handle, packed))
        raise TypeError(f"no set has a {type(address).__name__} in it; an "
                        "address is a text or one of ipaddress")

    def contains_many(self, addresses: Any, *, version: int = 4,
                      out: Any = None) -> Any:
        """Which of many addresses are in the set: a bytearray with 1 or 0 for
        each, or `out`, a writable buffer of that many bytes.

        `addresses` is anything with the buffer protocol, and is not copied:
        bytes and the like with packed addresses, 4 bytes each, or 16 if
        `version` is 6; or an array of 32-bit numbers (array.array("I"), numpy's
        uint32), each an address of IPv4.
        """
        handle = self._open()
        with Memory(addresses) as given:
            count, ask = question(handle, given, version)
            answers = bytearray(count) if out is None else out
            with Memory(answers, writable=True) as room:
                if room.view.nbytes != count:
                    raise ValueError(f"out must have {count} bytes, not "
                                     f"{room.view.nbytes}")
                ask(room.pointer(ctypes.c_uint8))
        return answers

    def count_many(self, addresses: Any, *, version: int = 4) -> int:
        """How many of many addresses are in the set; see contains_many()."""
        handle = self._open()
        with Memory(addresses) as given:
            return question(handle, given, version)[1](None)

    def entry(self, address: Union[Text, Address]) -> Optional[IpEntry]:
        """The longest of the blocks that hold an address, the first one of
        equals; None if none does.  ValueError unless the set was made with
        `entries`."""
        handle = self._open()
        if not getattr(self, "_entries", False):
            raise ValueError("this set was made without entries=True")
        text = encode(str(address) if isinstance(address, BLOCKS)
                      else address)
        raw = _ffi.iam_ip_entry()
        if not lib.iam_ipset_entry(handle, text, len(text),
                                   ctypes.byref(raw)):
            return None
        room = (ctypes.c_char * _ffi.IAM_IP_RANGE_TEXT)()
        lib.iam_ip_range_print(ctypes.byref(raw.block), room)
        return IpEntry(room.value.decode(), raw.index, raw.line, raw.column)

    # ---- What is in it ----

    def __iter__(self) -> Iterator[str]:
        return iter(printed(lib.iam_ipset_print,
                            self._open()).decode().splitlines())

    def __len__(self) -> int:
        return int(lib.iam_ipset_block_count(self._open()))

    def __bool__(self) -> bool:
        return bool(lib.iam_ipset_range_count(self._open()))

    @property
    def size(self) -> int:
        """How many addresses there are, of both families."""
        count = lib.iam_ipset_count(self._open(), 0)
        return int(count.top << 128 | count.high << 64 | count.low)

    def ranges(self) -> List[Tuple[Address, Address]]:
        """The ranges, first and last address of each: as few as possible,
        IPv4 first, ascending."""
        found: List[Tuple[Address, Address]] = []
        raised: List[BaseException] = []

        def take(user: Any, pointer: Any) -> bool:
            try:
                found.append(ends_of(pointer.contents))
            except BaseException as error:  # must not pass through C
                raised.append(error)
                return False
            return True

        sink = _ffi.iam_ip_sink(take)  # alive until the call has returned
        status = lib.iam_ipset_ranges(self._open(), sink, None)
        if raised:
            raise raised.pop()
        raise_for(status)
        return found

    # ---- Sets made of sets ----

    def _with(self, other: object, function: Any) -> "IpSet":
        if not isinstance(other, IpSet):
            return cast("IpSet", NotImplemented)
        return IpSet._of(make(_ffi.iam_ipset, function, self._open(),
                              other._open(), None, free=lib.iam_ipset_free))

    def __or__(self, other: "IpSet") -> "IpSet":
        """The addresses of either."""
        return self._with(other, lib.iam_ipset_union)

    def __and__(self, other: "IpSet") -> "IpSet":
        """The addresses of both."""
        return self._with(other, lib.iam_ipset_intersection)

    def __sub__(self, other: "IpSet") -> "IpSet":
        """The addresses that are not in the other."""
        return self._with(other, lib.iam_ipset_difference)

    def __xor__(self, other: "IpSet") -> "IpSet":
        """The addresses of one alone."""
        return self._with(other, lib.iam_ipset_symmetric_difference)

    def __invert__(self) -> "IpSet":
        """All other addresses, of both families."""
        return IpSet._of(make(
            _ffi.iam_ipset, lib.iam_ipset_complement, self._open(), None,
            free=lib.iam_ipset_free))

    # ---- How they stand to each other ----

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IpSet):
            return NotImplemented
        return bool(lib.iam_ipset_equal(self._open(), other._open()))

    def __hash__(self) -> int:
        handle = self._open()
        if getattr(self, "_hash", None) is None:
            self._hash = hash(printed(lib.iam_ipset_print, handle))
        return self._hash

    def __le__(self, other: "IpSet") -> bool:
        """Whether every address is in the other."""
        if not isinstance(other, IpSet):
            return NotImplemented
        return bool(lib.iam_ipset_subset(self._open(), other._open()))

    def __lt__(self, other: "IpSet") -> bool:
        if not isinstance(other, IpSet):
            return NotImplemented
        return self <= other and self != other

    def __ge__(self, other: "IpSet") -> bool:
        if not isinstance(other, IpSet):
            return NotImplemented
        return other <= self

    def __gt__(self, other: "IpSet") -> bool:
        if not isinstance(other, IpSet):
            return NotImplemented
        return other < self

    def isdisjoint(self, other: "IpSet") -> bool:
        """Whether they have no address in common."""
        return bool(lib.iam_ipset_disjoint(self._open(),
                                           opened(other, IpSet)))

    def _told(self) -> str:
        blocks = list(self)
        if len(blocks) <= 4:
            return " ".join(blocks) or "empty"
        return f"{' '.join(blocks[:3])} and {len(blocks) - 3} more"


def options_for(entries: bool, limits: Optional[Limits]) -> Any:
    """The options of a call that makes a set of blocks."""
    options = options_of(False, limits)
    options.flags = _ffi.IAM_KEEP_ENTRIES if entries else 0
    return options


def names(given: Union[Text, Iterable[Text]], what: str) -> Tuple[Any, int]:
    """One name or several, for a filter."""
    return texts([given] if isinstance(given, (str, bytes)) else given, what)


def ends_of(raw: Any) -> Tuple[Address, Address]:
    """A range of the library."""
    if raw.family == 4:
        return (ipaddress.IPv4Address(raw.first_low),
                ipaddress.IPv4Address(raw.last_low))
    return (ipaddress.IPv6Address(raw.first_high << 64 | raw.first_low),
            ipaddress.IPv6Address(raw.last_high << 64 | raw.last_low))


def question(handle: Handle, given: Memory,
             version: int) -> Tuple[int, Callable[[Any], int]]:
    """How many addresses there are in the memory, and what asks for them;
    it takes room for the answers, or None."""
    if version not in WIDTH:
        raise ValueError(f"version must be 4 or 6, not {version!r}")
    order, letter = number_format(given.view)
    if letter:
        if version != 4:
            raise ValueError("32-bit numbers are addresses of IPv4")
        count = given.view.nbytes // 4
        if order == sys.byteorder:
            numbers = given.pointer(ctypes.c_uint32)
            return count, lambda out: int(lib.iam_ipset_contains_many_v4(
                handle, numbers, count, out))
        if order == "little":
            raise ValueError("32-bit numbers of another byte order")
    width = WIDTH[version]
    count, rest = divmod(given.view.nbytes, width)
    if rest:
        raise ValueError(f"{given.view.nbytes} bytes are no whole number of "
                         f"addresses of {width} bytes")
    packed = given.pointer(ctypes.c_uint8)
    return count, lambda out: int(lib.iam_ipset_contains_many(
        handle, version, packed, count, out))


def number_format(view: memoryview) -> Tuple[str, str]:
    """Byte order and letter of a buffer of 32-bit numbers; ("", "") for one of
    bytes.  TypeError for any other."""
    order: str = sys.byteorder
    letter = view.format
    if letter[:1] in ("@", "=", "<", ">", "!"):
        order = {"<": "little", ">": "big", "!": "big"}.get(
            letter[0], sys.byteorder)
        letter = letter[1:]
    if view.itemsize == 1:
        return "", ""
    if view.itemsize == 4 and letter in ("I", "L"):
        return order, letter
    raise TypeError("addresses must be bytes or unsigned 32-bit numbers, not "
                    f"items of format {view.format!r}")
