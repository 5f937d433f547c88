"""Options that several verbs share."""

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

Said = Callable[[str], None]
"""How a verb speaks to the person who called it: one line at a time."""


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
        "--school", type=Path, default=Path(), metavar="DIR", help="the school's folder (default: here)"
    )


def dry_run_option(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`: say what would happen, change nothing."""
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
