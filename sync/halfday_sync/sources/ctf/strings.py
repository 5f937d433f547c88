r"""Strings of marks: one character a session, two a calendar day from a start date on.

The rule (Groupcall's own documentation of its feed, A; CTF as one MIS writes it, B): AM and PM of every day, weekends
and closures `##`, no mark `-`. Whatever does not fit this is refused whole: a string that is out of step by one
character gives wrong marks that look right.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from halfday import codes
from halfday.printing import counted, date_in_words
from halfday.register import SESSIONS

TWO_CHARACTERS_SINCE = date(2024, 8, 19)
"""The School Attendance (Pupil Registration) (England) Regulations 2024 (SI 2024/208). Confidence A."""
STANDS_FOR_TWO = {"C": ("C", "C1", "C2"), "J": ("J1",), "Y": ("Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7")}
"""Letters that since then may be all that is left of a code of two characters."""
_NONE = ("#", "-")
"""What only the day itself can give; leave may be agreed ahead."""


class Sign(NamedTuple):
    """One character of a string, on its session."""

    date: date
    session: str
    code: str

    @property
    def unclear(self) -> bool:
        """Whether it may stand for several codes."""
        return self.code in STANDS_FOR_TWO and self.date >= TWO_CHARACTERS_SINCE


def read_marks(text: str, start: date, *, end: date | None = None, written: date | None = None) -> Iterator[Sign]:
    r"""Every session of a string, but those of weekends.

    Args:
        text: the string, its escapes undone (a JSON `\\` is one `\`).
        start: the day of the first two characters.
        end: the day of the last two, where the source says it.
        written: the day the string was made; nobody was seen after it.

    Raises:
        ValueError: the string does not fit the calendar, or says itself that it is out of step.

    >>> [(sign.date.day, sign.session, sign.code) for sign in read_marks("/\\L-", date(2023, 9, 4))]
    [(4, 'AM', '/'), (4, 'PM', '\\'), (5, 'AM', 'L'), (5, 'PM', '-')]
    """
    if start.weekday() >= 5:
        raise ValueError("the marks start at a weekend")
    if len(text) % 2:
        raise ValueError(f"{counted(len(text), 'character')} {'is' if len(text) == 1 else 'are'} no whole days")
    last = start + timedelta(days=len(text) // 2 - 1)
    if end is not None and end != last:
        raise ValueError(f"the marks end on {date_in_words(last)}, and the file says {date_in_words(end)}")
    signs = [
        Sign(start + timedelta(days=place // 2), SESSIONS[place % 2], code.upper()) for place, code in enumerate(text)
    ]
    for sign in signs:
        _in_step(sign, written)
    return (sign for sign in signs if sign.date.weekday() < 5)


def _in_step(sign: Sign, written: date | None) -> None:
    if sign.code.isspace():
        raise ValueError(f"there is a blank for {date_in_words(sign.date)}")
    if sign.code in _NONE:
        return
    if sign.date.weekday() >= 5:
        raise ValueError(f"there is a mark for {date_in_words(sign.date)}, at a weekend: the marks are out of step")
    if sign.code == "\\" and sign.session == "AM":
        raise ValueError(
            f"the morning of {date_in_words(sign.date)} has the afternoon's \\: the marks are out of step, or doubled"
        )
    if written is not None and sign.date > written and _seen_on_the_day(sign):
        raise ValueError(f"there is a mark for {date_in_words(sign.date)}, after the file was written")


def _seen_on_the_day(sign: Sign) -> bool:
    return any(codes.by_id()[seen].code == sign.code for seen in codes.SEEN_ON_THE_DAY)
