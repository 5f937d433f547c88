"""The log file of a school: ids and counts, never a name.

Only the logger `halfday` writes to it. The root logger stays without a handler: other libraries log there, httpx the
whole address of every request, with whatever secret is in it.
"""

import logging
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TypeVar

from halfday_sync.errors import HalfdayError

FILE = "halfday.log"
INFO, WARNING, ERROR = logging.INFO, logging.WARNING, logging.ERROR
_MOST, _FILES, _MODE = 1_000_000, 5, 0o600
_PROBLEMS = 20
"""A refusal may name a thousand rows; so many are kept."""

Came = TypeVar("Came")
Tell = Callable[[int, str], None]
"""Writes words at a level (`INFO`, `WARNING`, `ERROR`)."""


def files(folder: Path) -> tuple[Path, ...]:
    """The log file of a school's folder and the older ones that may be beside it, the newest first."""
    return tuple(folder / (f"{FILE}.{number}" if number else FILE) for number in range(_FILES))


@contextmanager
def open_log(folder: Path) -> Iterator[Tell]:
    """The log file of a school's folder, for as long as it lasts. A disk that refuses it never stops a run."""
    logger = logging.getLogger("halfday")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = _Rotating(folder / FILE, maxBytes=_MOST, backupCount=_FILES - 1, encoding="utf-8", delay=True)
    handler.setFormatter(_Lines())
    logger.addHandler(handler)
    try:
        yield lambda level, words: logger.log(level, "%s", words)
    finally:
        logger.removeHandler(handler)
        handler.close()


def kept(folder: Path, said: Callable[[str], None], job: Callable[[Callable[[str], None]], Came]) -> Came:
    """Does a job; what it says goes to the log as well, and so does what stops it."""
    with open_log(folder) as tell:

        def both(line: str) -> None:
            tell(INFO, line)
            said(line)

        try:
            return job(both)
        except Exception as stop:
            tell(ERROR, words_of(stop))
            raise


def words_of(stop: BaseException) -> str:
    """What stopped a run, for the log: a refusal in its own words; a fault by its kind and place, never its text."""
    if isinstance(stop, HalfdayError):
        return stop.text(most=_PROBLEMS)
    frames = traceback.extract_tb(stop.__traceback__)[-6:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([f"A fault in Halfday ({type(stop).__name__}).", *places])


class _Lines(logging.Formatter):
    """`2025-12-05T07:15:02+00:00 INFO Brought up to date`: one line for each record, whatever its words hold."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="seconds")
        words = " | ".join(part.strip() for part in record.getMessage().splitlines() if part.strip())
        return f"{at} {record.levelname} {''.join(sign if sign.isprintable() else ' ' for sign in words)}"


class _Rotating(RotatingFileHandler):
    """Five files of a megabyte that only their owner reads. Trouble with them is nobody's trouble."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, _MODE)

        opened = open(self.baseFilename, self.mode, encoding=self.encoding, opener=private)  # noqa: SIM115 - the handler closes it
        assert isinstance(opened, TextIOWrapper), "a file of text"
        return opened

    def doRollover(self) -> None:  # noqa: N802 - the library's name
        """The next file; where Windows does not let this one go (another run has it open), it grows on."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None or self.stream.closed:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A line that could not be written is left out."""
