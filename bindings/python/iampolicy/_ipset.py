# SPDX-License-Identifier: Apache-2.0
"""Sets of addresses."""
import ctypes
import ipaddress
from typing import Iterable, Iterator, Union

from . import _ffi
from ._handle import Owner, Text, encode, lib, make, printed, texts

Block = Union[Text, ipaddress.IPv4Address, ipaddress.IPv6Address,
              ipaddress.IPv4Network, ipaddress.IPv6Network]
BLOCKS = (ipaddress.IPv4Address, ipaddress.IPv6Address,
          ipaddress.IPv4Network, ipaddress.IPv6Network)
SIXTEEN = ctypes.c_uint8 * 16


class IpSet(Owner):
    """CIDR blocks of IPv4 and IPv6, asked often.  Does not change.

    Neither family ever matches the other.  Bits behind a prefix are ignored.
    Iterating gives the minimal CIDR blocks as text: IPv4 first, ascending.

    Raises PolicyError, which names the first block that is none.
    """

    __slots__ = ()

    def __init__(self, blocks: Iterable[Block]) -> None:
        if isinstance(blocks, BLOCKS):
            raise TypeError("blocks must be a list of blocks, not one")
        array, count = texts(
            blocks if isinstance(blocks, (str, bytes)) else
            [str(block) if isinstance(block, BLOCKS) else block
             for block in blocks], "blocks")
        self._handle = make(_ffi.iam_ipset, lib.iam_ipset_new, array, count,
                            None, free=lib.iam_ipset_free)

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

    def __iter__(self) -> Iterator[str]:
        return iter(printed(lib.iam_ipset_print,
                            self._open()).decode().splitlines())

    def _told(self) -> str:
        blocks = list(self)
        if len(blocks) <= 4:
            return " ".join(blocks) or "empty"
        return f"{' '.join(blocks[:3])} and {len(blocks) - 3} more"
