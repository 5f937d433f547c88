"""Cell functions of two counts: sessions attended and possible. Band, persistent absence, and what would be, if."""

from datetime import date
from fractions import Fraction

from halfday import cells, printing
from halfday.functions.arguments import (
    Cell,
    WrongArgumentError,
    answers,
    blank,
    count_of,
    day_of,
    figure_of,
    sessions_of,
    target_of,
    text_of,
)
from halfday.measures import Measures, is_persistent
from halfday.policy.bands import place_in_band
from halfday.policy.model import Policy, School
from halfday.school_year import Calendar
from halfday.what_if import sessions_back, sessions_until


@answers
def ATT_BAND(attended: Cell, possible: Cell, policy: Cell) -> Cell:
    """The band of the policy for a number of sessions attended out of those possible.

    Example:
        =ATT_BAND(114, 120, PolicyText)

    >>> ATT_BAND(38, 40, policy), ATT_BAND(None, None, policy), ATT_BAND("many", 40, policy)
    ('Good', '', "#Attended: 'many' is not a number of sessions")
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    here, out_of = counts
    band, _by_gap_rule = place_in_band(cells.read_policy(text_of(policy, "Policy")), Measures(here, out_of - here))
    return band.name if band else ""


@answers
def ATT_PRINTED(attended: Cell, possible: Cell, policy: Cell = "") -> Cell:
    """Attendance as it is printed: one decimal, two where one would hide on which side of a threshold it is.

    Args:
        policy: The policy's text, for its thresholds; blank for those of the law alone.

    Example:
        =ATT_PRINTED(114, 120, PolicyText)

    >>> ATT_PRINTED(316, 351), ATT_PRINTED(315, 350), ATT_PRINTED(0, 0)
    ('90.03%', '90.0%', '')
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    known = (
        Policy("law", School("law")) if blank(policy) or policy == 0 else cells.read_policy(text_of(policy, "Policy"))
    )
    return f"{printing.percent(*counts, known.cuts)}%"


@answers
def ATT_PA(attended: Cell, possible: Cell) -> Cell:
    """Whether a pupil is persistently absent (10% or more missed, on whole sessions): Yes, No, or blank.

    Example:
        =ATT_PA(106, 120)

    >>> ATT_PA(315, 350), ATT_PA(316, 351), ATT_PA(0, 0)
    ('Yes', 'No', '')
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    here, out_of = counts
    return "Yes" if is_persistent(out_of - here, out_of, date.max) else "No"


@answers
def ATT_SESSIONS_UNTIL(attended: Cell, possible: Cell, target: Cell = "PA") -> Cell:
    """How many more sessions in a row can be missed until persistent absence, or until a figure is no longer met.

    0 where it is so already.

    Args:
        target: PA (persistent absence), or a figure such as 95%.

    Example:
        =ATT_SESSIONS_UNTIL(114, 120, "PA")

    >>> ATT_SESSIONS_UNTIL(114, 120), ATT_SESSIONS_UNTIL(114, 120, 0.95), ATT_SESSIONS_UNTIL(106, 120)
    (7, 1, 0)
    """
    counts = sessions_of(attended, possible)
    return "" if counts is None else sessions_until(*counts, target_of(_or_pa(target)))


def _or_pa(target: Cell) -> Cell:
    return "PA" if blank(target) or target == 0 else target


@answers
def ATT_BACK_TO(attended: Cell, possible: Cell, target: Cell, remaining: Cell = "") -> Cell:
    """How many sessions in a row must be attended to be back at a figure; a sentence where that cannot be.

    Args:
        target: A figure such as 95%; or PA, for no longer persistently absent.
        remaining: Sessions left, for example until the end of the school year.

    Example:
        =ATT_BACK_TO(106, 120, "95%", 200)

    >>> ATT_BACK_TO(106, 120, "90%"), ATT_BACK_TO(106, 120, 95), ATT_BACK_TO(106, 120, 95, 96)
    (20, 160, 'Not in 96 sessions: it takes 160')
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    needed = sessions_back(*counts, target_of(_or_pa(target)))
    if needed is None:
        return _NEVER
    if not blank(remaining) and needed > (left := count_of(remaining, "Remaining")):
        return f"Not in {printing.counted(left, 'session')}: it takes {needed}"
    return needed


_NEVER = "Not any more: a session has been missed"


@answers
def ATT_BACK_ON(attended: Cell, possible: Cell, target: Cell, calendar: Cell, as_of: Cell, absent: Cell = "") -> Cell:
    """The date on which a figure is reached again if every session from now on is attended; or why it is not.

    Where the figure is met all along, the date as of which it is asked.

    Args:
        target: A figure such as 95%; or PA, for no longer persistently absent.
        absent: School days away that come first, if any.

    Example:
        =ATT_BACK_ON(106, 120, "90%", CalendarText, AsOf)

    >>> ATT_BACK_ON(30, 35, "87%", calendar, date(2025, 9, 24)), ATT_BACK_ON(30, 40, 95, calendar, date(2025, 9, 26))
    (datetime.date(2025, 9, 26), 'Not this school year: it takes 160 sessions, 40 are left')
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    away, (here, out_of) = _sessions_away(absent), counts
    needed = sessions_back(here, out_of + away, target_of(_or_pa(target)))
    if needed is None:
        return _NEVER
    year, today = cells.read_calendar(text_of(calendar, "Calendar")), day_of(as_of, "As of")
    sessions = [day for day in _days_left(year, today) for _half in (1, 2)]
    left = max(0, len(sessions) - away)
    if needed > left:
        return f"Not this school year: it takes {printing.counted(needed, 'session')}, {left} are left"
    return sessions[away + needed - 1] if needed else today


def _sessions_away(days: Cell) -> int:
    away = 2 * (Fraction(0) if blank(days) else figure_of(days, "Days"))
    if away.denominator != 1 or not 0 <= away < 1000:
        raise WrongArgumentError("Days: write whole or half school days, for example 5 or 2.5")
    return int(away)


def _days_left(calendar: Calendar, as_of: date) -> list[date]:
    year = calendar.year(as_of)
    return [day for day in calendar.school_days if as_of < day < date(year + 1, 8, 1)]


@answers
def ATT_IF_ABSENT(attended: Cell, possible: Cell, days: Cell) -> Cell:
    """Attendance, as a number between 0 and 1, after so many more days away. Half days count: 0.5 is one session.

    Args:
        days: School days away, two sessions each.

    Example:
        =ATT_IF_ABSENT(114, 120, 5)

    >>> ATT_IF_ABSENT(114, 120, 5), ATT_IF_ABSENT(0, 0, 5)
    (0.8769230769230769, '')
    """
    counts = sessions_of(attended, possible)
    if counts is None:
        return ""
    here, out_of = counts
    return here / (out_of + _sessions_away(days))
