# SPDX-License-Identifier: Apache-2.0
"""Catalogs: the actions, resource types and condition keys of AWS."""
import ctypes
import os
import pathlib
from typing import Optional, Union

from . import _ffi
from ._handle import (Limits, Owner, Text, decode, encode, lib, make,
                      options_of)


class Catalog(Owner):
    """What AWS's services know, from the text of a catalog file.  Does not
    change.

    The whole of AWS is installed as share/iampolicy/catalog.txt; the library
    has a small one built in.  Raises PolicyError, which names the place of what
    is wrong.
    """

    __slots__ = ()

    def __init__(self, text: Text, *,
                 limits: Optional[Limits] = None) -> None:
        self._read(encode(text), limits, None)

    @classmethod
    def load(cls, path: "Union[str, os.PathLike[str]]", *,
             limits: Optional[Limits] = None) -> "Catalog":
        """The catalog in a file."""
        made = cls.__new__(cls)
        made._read(pathlib.Path(path).read_bytes(), limits, os.fspath(path))
        return made

    def _read(self, text: bytes, limits: Optional[Limits],
              filename: Optional[str]) -> None:
        options = options_of(limits=limits)
        self._handle = make(
            _ffi.iam_catalog, lib.iam_catalog_new, text, len(text),
            ctypes.byref(options), free=lib.iam_catalog_free,
            filename=filename)

    @property
    def source(self) -> str:
        """Where its facts are from; "" if the file does not say."""
        handle = self._open()
        return decode(lib.iam_catalog_source(handle))

    @property
    def service_count(self) -> int:
        """How many services it knows."""
        return int(lib.iam_catalog_service_count(self._open()))

    @property
    def action_count(self) -> int:
        """How many actions it knows."""
        return int(lib.iam_catalog_action_count(self._open()))

    def _told(self) -> str:
        return f"{self.action_count} actions"
