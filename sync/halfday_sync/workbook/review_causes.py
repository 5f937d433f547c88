"""Persistent absence by its cause: one long spell, or many absences. They call for different help."""

from dataclasses import dataclass
from itertools import groupby

from halfday import codes, printing
from halfday.measures import Sessions, is_persistent

_POSSIBLE = codes.ids(*codes.POSSIBLE)
_ABSENT = codes.ids("authorised", "unauthorised")


@dataclass(frozen=True, slots=True)
class Cause:
    """How the absences of a school year came about.

    `is_one_spell`: the longest is half of them or more, and without it the pupil would not be persistently absent.
    """

    is_one_spell: bool
    words: str


def cause(sessions: Sessions) -> Cause:
    """Whether one spell of absence made a pupil persistently absent, in words that a person can check."""
    axis, ids = sessions.axis, sessions.ids
    could = [at for at in range(axis.first, axis.stop) if ids[at] in _POSSIBLE]
    spells = [[*run] for away, run in groupby(could, key=lambda at: ids[at] in _ABSENT) if away]
    if not spells:
        return Cause(False, "no absences")
    longest = max(spells, key=len)
    rest = sum(map(len, spells)) - len(longest)
    if is_persistent(rest, len(could), axis.as_of) or rest > len(longest):
        return Cause(False, f"{printing.counted(len(spells), 'separate absence')}, the longest {_sessions(longest)}")
    first, last = (axis.dates[at] for at in (longest[0], longest[-1]))
    when = printing.day(first) if first == last else f"{printing.day(first)} to {printing.day(last)}"
    besides = f", and {printing.counted(rest, 'session')} besides" if rest else ""
    return Cause(True, f"by one spell of {_sessions(longest)}, {when}{_reason(sessions, longest)}{besides}")


def _sessions(spell: list[int]) -> str:
    return printing.counted(len(spell), "session")


def _reason(sessions: Sessions, spell: list[int]) -> str:
    """The codes of a spell, where it has one or two."""
    found = sessions.codes_between(spell[0], spell[-1] + 1)
    away = {codes.by_id()[sessions.ids[at]].code for at in spell}
    return f" ({', '.join(sorted(away))})" if len(away) <= 2 and found else ""
