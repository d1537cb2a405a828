# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, as exceptions."""
import enum
from typing import Any, Optional, Tuple

from . import _ffi


class Status(enum.Enum):
    """Why a call of the library failed."""

    ENOMEM = _ffi.IAM_ENOMEM
    """An allocation failed; raised as a MemoryError."""
    EINVAL = _ffi.IAM_EINVAL
    """An argument is not what it must be, e.g. not UTF-8 or not an ARN."""
    EJSON = _ffi.IAM_EJSON
    """The text is not JSON."""
    EPOLICY = _ffi.IAM_EPOLICY
    """JSON, but not an IAM policy."""
    ELIMIT = _ffi.IAM_ELIMIT
    """Beyond a limit."""
    EUNSUPPORTED = _ffi.IAM_EUNSUPPORTED
    """Valid, but this version cannot decide it."""
    ESTOPPED = _ffi.IAM_ESTOPPED
    """A callback asked to stop."""
    ESCENARIO = _ffi.IAM_ESCENARIO
    """JSON, but not a scenario."""

    def __str__(self) -> str:
        return "IAM_" + self.name


class PolicyError(ValueError):
    """A document or an argument that the library refuses.

    As text it is `FILE:LINE:COLUMN: /json/pointer: message`, without the
    parts that it does not have.
    """

    def __init__(self, status: Status, message: str, line: int = 0,
                 column: int = 0, offset: int = 0, where: str = "",
                 filename: Optional[str] = None) -> None:
        super().__init__(message)
        self.status = status
        """Why, as a Status."""
        self.message = message
        """One sentence without its full stop."""
        self.line = line
        """From 1; 0 when the error has no place in a text."""
        self.column = column
        """In bytes, from 1."""
        self.offset = offset
        """In bytes, from 0."""
        self.where = where
        """JSON Pointer, e.g. "/Statement/2/Condition"."""
        self.filename = filename
        """The file it is in, if it was read from one."""

    def __str__(self) -> str:
        place = self.filename or ""
        if self.line:
            place += f"{':' if place else ''}{self.line}:{self.column}"
        return ": ".join(filter(None, (place, self.where, self.message)))

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.status, self.message, self.line, self.column,
                            self.offset, self.where, self.filename)


def raise_for(status: int, error: Optional[_ffi.iam_error] = None,
              filename: Optional[str] = None) -> None:
    """The exception for a status that is not IAM_OK."""
    if status == _ffi.IAM_OK:
        return
    error = error or _ffi.iam_error()
    message = error.message.decode("utf-8", "replace")
    why = Status(status)
    if why is Status.ENOMEM:
        raise MemoryError(message or "out of memory")
    raise PolicyError(why, message or f"the library says {why}", error.line,
                      error.column, error.offset,
                      error.where.decode("utf-8", "replace"), filename)
