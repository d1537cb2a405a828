# SPDX-License-Identifier: Apache-2.0
"""The memory of other objects, without a copy (PEP 3118).

ctypes gives the address of a buffer only if that may be written.  Bytes and
views of them may not, so CPython's own function is asked.
"""
import ctypes
import sys
from ctypes import POINTER, Structure, c_char_p, c_int, c_ssize_t, c_void_p
from typing import Any


class PyBuffer(Structure):
    """Py_buffer of CPython, which has not changed since 3.0."""

    _fields_ = [
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", c_ssize_t),
        ("itemsize", c_ssize_t),
        ("readonly", c_int),
        ("ndim", c_int),
        ("format", c_char_p),
        ("shape", POINTER(c_ssize_t)),
        ("strides", POINTER(c_ssize_t)),
        ("suboffsets", POINTER(c_ssize_t)),
        ("internal", c_void_p),
    ]


class Memory:
    """The bytes of an object with the buffer protocol, in a `with`: they stay
    where they are until its end.  BufferError if they do not stand one after
    the other."""

    def __init__(self, thing: Any, writable: bool = False) -> None:
        self.view = memoryview(thing)
        if not self.view.c_contiguous:
            self.view.release()
            raise BufferError("the bytes do not stand one after the other")
        if writable and self.view.readonly:
            self.view.release()
            raise BufferError("the buffer cannot be written")
        self._raw = PyBuffer()
        self._held = False

    def __enter__(self) -> "Memory":
        if sys.implementation.name == "cpython":
            ctypes.pythonapi.PyObject_GetBuffer(
                ctypes.py_object(self.view), ctypes.byref(self._raw), 0)
            self._held = True
        return self

    def __exit__(self, *unused: object) -> None:
        if self._held:
            ctypes.pythonapi.PyBuffer_Release(ctypes.byref(self._raw))
            self._held = False
        self.view.release()

    def pointer(self, kind: Any) -> Any:
        """Where the bytes are, as an address of `kind`."""
        if self._held:
            return ctypes.cast(self._raw.buf, POINTER(kind))
        if self.view.readonly:  # another interpreter: a copy it is
            copy = (ctypes.c_char * self.view.nbytes).from_buffer_copy(
                self.view)
            return ctypes.cast(copy, POINTER(kind))
        return ctypes.cast((ctypes.c_char * self.view.nbytes).from_buffer(
            self.view.cast("B")), POINTER(kind))
