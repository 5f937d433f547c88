"""Marks that cannot all be right: when that is so, and what a person is told. The same for every kind of source."""

from collections.abc import Iterable
from datetime import date

from halfday import codes
from halfday.printing import date_in_words
from halfday_sync.sources.wording import listed

_AT_WEEKENDS = ("#", "-")
_SATURDAY = 5


def cannot_be_at_weekend(code: str, day: date) -> bool:
    """Whether a code stands on a Saturday or Sunday, on which there can only be "closed" and "no mark"."""
    return day.weekday() >= _SATURDAY and codes.tidy(code) not in _AT_WEEKENDS


def words_of_clash(name: str, told: Iterable[str], day: date, session: str) -> str:
    """What is said of a session for which a source gives several codes."""
    every = sorted(told)
    none = "Neither" if len(every) <= 2 else "None of them"
    return (
        f"{name} gives {listed(every)} for {date_in_words(day)} {session}. "
        f"{none} was taken: say in the MIS which is right."
    )


def words_of_weekend(told: Iterable[str], day: date, session: str) -> str:
    """What is said of a session at a weekend that has a mark."""
    return (
        f"{date_in_words(day)} {session} is at a weekend and has the mark {listed(sorted(told))}. "
        "It was not taken: put the date right in the MIS."
    )
