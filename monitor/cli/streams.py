"""Standard streams that always take what is printed: closed ones, and pipes that nobody reads any more."""

import io
import os
import sys
from typing import Any


class CannotWrite(OSError):
    """A standard stream takes nothing more, such as a file on a full disk; says what to do."""


class _Heedless(io.FileIO):
    """A stream whose reader may go away: what is written then leads nowhere, which is no error.

    Raises CannotWrite for any other failure.
    """

    def write(self, text: Any, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            lead_nowhere(self.fileno())
            return len(text)
        except OSError as error:
            name = {1: "standard output", 2: "standard error"}[self.fileno()]
            raise CannotWrite(f"{name} cannot be written ({error.strerror}); make room") from error


def open_streams() -> None:
    """Let standard output and error take any text, as UTF-8 whatever the locale.

    Streams that a test or a program put in their place are left to it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    if sys.stdout in (None, sys.__stdout__):
        sys.stdout = _stream(1)
    if sys.stderr in (None, sys.__stderr__):
        sys.stderr = _stream(2)


def lead_nowhere(number: int) -> None:
    """Let what is written to the stream of this number from now on be lost."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _stream(number: int) -> io.TextIOWrapper:
    raw = _Heedless(number, "w", closefd=False)
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace")
    stream.reconfigure(line_buffering=number == 2 or raw.isatty())
    return stream
