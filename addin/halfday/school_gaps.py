"""Finished sessions of which a school has no marks at all, though it has some of the days around them.

Nobody was there to be compared with, so no class stands out: the export failed, or a whole register was lost.
"""

from collections.abc import Sequence

from halfday import codes
from halfday.measures import Sessions
from halfday.register import SESSIONS, SessionKey
from halfday.rhythm import Rhythm

_IS_ATTENDED = bytes(int(n in codes.ids(*codes.ATTENDED)) for n in range(256))
_FEW = 10
"""A register that nobody took may have a code written ahead: fewer than one pupil in so many, and nobody there."""


def school_gaps(sessions: Sequence[Sessions]) -> tuple[SessionKey, ...]:
    """The sessions without marks, in order; of finished school days of this school year, before the axis' last day.

    There must be marks both before and after (those of today count), and the school must usually have this session.
    """
    axis = sessions[0].axis
    there = _attended(sessions)
    taken = [axis.sessions[at] for at in range(axis.first, axis.stop) if there[at]]
    days = [day for day in axis.days if day < axis.as_of and axis.calendar.brings_marks(day)]
    held = [SessionKey(day, half) for day in days for half in SESSIONS]
    if not taken:
        return ()
    rhythm = Rhythm(held, [key for key in taken if key.date < axis.as_of])
    places = {axis.sessions[at]: at for at in range(axis.first, axis.stop)}
    last, known = taken[-1].date, frozenset(taken)
    return tuple(
        key
        for key in held
        if key not in known and key.date <= last and _is_silent(sessions, places.get(key)) and rhythm.expects(key)
    )


def _attended(sessions: Sequence[Sessions]) -> bytes:
    """For each session, 1 where anybody was there."""
    found, width = 0, len(sessions[0].axis.sessions)
    for one in sessions:
        found |= int.from_bytes(one.ids.translate(_IS_ATTENDED), "big")
    return found.to_bytes(width, "big")


def _is_silent(sessions: Sequence[Sessions], at: int | None) -> bool:
    """Whether next to nobody has a mark in a session, or the source has no such session."""
    if at is None:
        return True
    marked = sum(one.ids[at] not in codes.NO_MARK for one in sessions)
    return marked * _FEW < len(sessions)
