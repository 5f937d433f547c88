"""Who outside the family is told of an absence: the DSL, a social worker, the virtual school, whoever else is named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import codes, printing
from halfday.contacted import TOLD, Contacted, begins_with
from halfday.register import Pupil, Register
from halfday.school_year import Calendar

ASK_AGAIN = 3
"""They are told again after so many school days of the same absence. Halfday's choice; the law says promptly."""

_HERE_OR_AGREED = codes.ids("U", "C2", "M", "S", "J1")
"""Arrived late, or away as agreed: nobody is told of these."""
_AWAY = codes.ids("authorised", "unauthorised") - _HERE_OR_AGREED
_SAYS_NOTHING = codes.ids("not_possible", "administrative", "missing") | {codes.NO_ROW}
_NOBODY = "could not reach them"


@dataclass(frozen=True, slots=True)
class Spell:
    """An absence up to today, with a reason or without: since when, how many school days, and today's last mark."""

    since: date
    days: int
    code: str
    meaning: str


def spell(register: Register, pupil: Pupil, today: date) -> Spell | None:
    """The absence that a pupil is in on a day; none where the last mark of the day says otherwise."""
    marks = register.by_pupil.get(pupil.pupil_id, b"")
    dates: list[date] = []
    last = codes.NO_ROW
    for day, code_id in zip(reversed(register.dates), reversed(marks), strict=False):
        if day > today or code_id in _SAYS_NOTHING:
            continue
        if code_id not in _AWAY or (not dates and day != today):
            break
        last = last or code_id
        if not dates or dates[-1] != day:
            dates.append(day)
    if not dates:
        return None
    code = codes.by_id()[last]
    return Spell(dates[-1], len(dates), code.code, code.meaning)


def has_social_worker(pupil: Pupil, named: str = "") -> bool:
    """Whether a child has a social worker, as far as flags and people's words tell.

    >>> has_social_worker(Pupil("7", cp=True)), has_social_worker(Pupil("7"), "Early Help: J Bell")
    (True, False)
    """
    return bool(pupil.cp or pupil.lac) or "social work" in named.casefold()


def whom(pupil: Pupil, named: str = "") -> tuple[str, ...]:
    """Who is told, in words: by the flags of the pupil, then whom people named on the Tracker.

    >>> whom(Pupil("7", cp=True, lac=True), "YOT: J Bell 01632 960009")
    ('Designated Safeguarding Lead', 'social worker', 'virtual school', 'YOT: J Bell 01632 960009')
    >>> whom(Pupil("7"))
    ()
    """
    found = ["Designated Safeguarding Lead"] if pupil.cp else []
    found += ["social worker"] if pupil.cp or pupil.lac else []
    found += ["virtual school"] if pupil.lac else []
    return (*found, *filter(None, [" ".join(named.split())]))


def last_told(history: Collection[Contacted], since: date, today: date) -> Contacted | None:
    """When they were last told of this absence, before today; a try that reached nobody is none."""
    told = [
        one for one in history if _is_told(one) and since <= one.day < today and not begins_with(one.outcome, _NOBODY)
    ]
    return max(told, key=lambda one: one.day, default=None)


def _is_told(one: Contacted) -> bool:
    return one.what.strip().casefold() == TOLD.casefold() and bool(one.outcome.strip() or one.note.strip())


def asks(told: Contacted | None, calendar: Calendar, today: date) -> bool:
    """Whether they are to be told today: where nobody was in this absence, and again every third school day."""
    return told is None or calendar.school_days_between(told.day, today) >= ASK_AGAIN


def names(rows: Sequence[str]) -> str:
    """A list in a sentence.

    >>> names(["Designated Safeguarding Lead", "social worker", "virtual school"])
    'Designated Safeguarding Lead, social worker and virtual school'
    """
    listed = printing.in_a_row(rows)
    return listed[:1].upper() + listed[1:]
