"""Options that several verbs share."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

Said = Callable[[str], None]
"""How a verb speaks to the person who called it: one line at a time."""


USUAL_WIDTH = 80
"""Columns, where no terminal says how many there are."""


def wrapped(said: Said) -> Said:
    """Says long lines in several, at the width of the terminal; tables and commands stay as they are."""
    width = _width()

    def say(line: str) -> None:
        for part in folded(line, width):
            said(part)

    return say


def wrapped_ask(ask: Callable[[str], str], said: Said) -> Callable[[str], str]:
    """Asks long questions in several lines, at the width of the terminal; the answer is typed on the last."""
    width = _width()

    def put(words: str) -> str:
        *first, last = folded(words.rstrip(), width - _ROOM if len(words) > width - _ROOM else width)
        for line in first:
            said(line)
        return ask(f"{last} ")

    return put


_ROOM = 5
"""Columns that are left for an answer."""


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((USUAL_WIDTH, 24)).columns if sys.stdout.isatty() else USUAL_WIDTH


def folded(line: str, width: int) -> Iterator[str]:
    """A line in lines of this width, the later ones further in.

    >>> list(folded("ok  files: 100 marks of 10 pupils", 20)), list(folded("  halfday run --school somewhere", 20))
    (['ok  files: 100 marks', '    of 10 pupils'], ['  halfday run --school somewhere'])
    """
    import textwrap

    text = line.lstrip(" ")
    if len(line) <= width or text.startswith("halfday ") or len(text.split("  ")) > _COLUMNS:
        yield line
        return
    begin = line[: len(line) - len(text)]
    further = "    " if text.startswith(("ok  ", "no  ")) else f"{begin}  " if begin else ""
    yield from textwrap.wrap(line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


_COLUMNS = 3
"""Of more columns, two spaces between them, only a table has."""


def iso_date(text: str) -> date:
    """A date as 2025-12-05."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write for example 2025-12-05") from fault


def as_of_option(parser: argparse.ArgumentParser, meaning: str) -> None:
    """`--as-of DATE`, the time machine."""
    parser.add_argument("--as-of", type=iso_date, metavar="DATE", help=f"{meaning}, as 2025-12-05")


def school_option(parser: argparse.ArgumentParser) -> None:
    """`--school DIR`: the folder with `halfday.toml`."""
    parser.add_argument(
        "--school", type=Path, default=Path(), metavar="DIR", action=_Once, help="the school's folder (default: here)"
    )


class _Once(argparse.Action):
    """An option that is given once: of two schools, the first would be left out without a word."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        seen = f"_{self.dest}_given"
        if getattr(namespace, seen, False):
            parser.error(f"{option} is given twice; this command takes one school at a time")
        setattr(namespace, seen, True)
        setattr(namespace, self.dest, values)


def dry_run_option(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`: say what would happen, change nothing."""
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
