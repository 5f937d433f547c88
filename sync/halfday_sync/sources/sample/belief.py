"""What the office believed on the day, and how it was put right: first marks and amendments.

The rows that `placing.py` and `present.py` leave behind are the truth as it stood at the end of the year. This goes
back: an absence without a word is N until a reason comes, a register not taken is `-` until it is, and now and then a
mark that looked settled is changed weeks later.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from halfday.register import SESSIONS
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.placing import Placed
from halfday_sync.sources.sample.present import Year
from halfday_sync.sources.sample.scripted import demo_days


@dataclass(frozen=True)
class Amendment:
    """One mark that was changed after it was first written.

    Attributes:
        before: the code as it stood until then.
        after: the code from then on (until the mark's next amendment, if it has one).
        amended_on: the school day of the change; `SampleSchool.as_known_on` that day already shows it.
        reason: why, in a few words.
    """

    pupil_id: str
    date: dt.date
    session: str
    before: str
    after: str
    amended_on: dt.date
    reason: str


@dataclass(frozen=True)
class _Step:
    """From this day (a position) the mark read so."""

    day: int
    code: str
    reason: str = ""


REASONS = {
    "I": ("parent rang", "parent answered the text", "grandparent told the office", "parent told the class teacher"),
    "M": ("appointment card seen", "parent rang"),
    "C": ("leave granted by the head", "parent rang"),
    "G": ("away on holiday, sibling's teacher told", "parent said away", "no leave was asked for"),
    "O": ("reason not accepted", "parent rang, not ill", "no appointment on that day"),
}
NO_REASON = "no reason given by the fifth day"
REGISTER_TAKEN = "register completed"
GATE_LOG = "gate log shows arrival after the register closed"
LETTER = "hospital letter received"


@dataclass
class _Story:
    """The history of every mark that has one: steps in order of day, the last one the final code."""

    steps: dict[tuple[int, int], list[_Step]] = field(default_factory=dict)

    def tell(self, pupil: int, session: int, *steps: _Step) -> None:
        self.steps[pupil, session] = list(steps)


def amendments(rng: Random, year: Year, placed: Sequence[Placed]) -> tuple[Amendment, ...]:
    """Every amendment of the year, by day, pupil and session. Writes the few marks never filled in into `year.rows`."""
    story = _Story()
    last = len(year.days.days) - 1
    for spell in placed:
        _reason(rng, story, spell, last)
    _registers_not_taken(rng, story, year)
    _marks_missing(rng, story, year)
    found = []
    for (pupil, session), steps in story.steps.items():
        for before, after in pairwise(steps):
            found.append(
                Amendment(
                    pupil_id=year.roll.pupils[pupil].pupil_id,
                    date=year.days.days[session // 2],
                    session=SESSIONS[session % 2],
                    before=before.code,
                    after=after.code,
                    amended_on=year.days.days[after.day],
                    reason=after.reason,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.amended_on, one.pupil_id, one.date, one.session)))


def _reason(rng: Random, story: _Story, placed: Placed, last: int) -> None:
    """When the reason for one spell of absence became known."""
    code, rates = placed.spell.code, figures().rates
    first = placed.sessions[0] // 2
    if code == "U" and rng.random() < rates["late_becomes_u"]:
        _late_change(rng, story, placed, last)
        return
    scripted = placed.spell.reason_after
    delay = scripted if scripted is not None else _delay(rng, code)
    known = min(first + delay, last)
    words = rng.choice(REASONS[code]) if code in REASONS else ""
    if code == "O" and known - first >= 5:
        words = NO_REASON
    letter = (
        code == "I" and len(placed.sessions) >= 6 and scripted is None and rng.random() < rates["letter_after_weeks"]
    )
    closed, settled = min(first + 5, last), min(first + rng.randint(15, 40), last)
    for session in placed.sessions:
        day = session // 2
        if letter and day < closed < settled:
            steps = (_Step(day, "N"), _Step(closed, "O", NO_REASON), _Step(settled, "I", LETTER))
            story.tell(placed.spell.pupil, session, *steps)
        elif day < known:
            story.tell(placed.spell.pupil, session, _Step(day, "N"), _Step(known, code, words))


def _delay(rng: Random, code: str) -> int:
    """School days until the reason for an absence is known; 0 where somebody said so before the register closed."""
    facts = figures()
    if rng.random() >= facts.unexplained.get(code, 0.0):
        return 0
    if rng.random() < facts.rates["reason_late"]:
        return rng.randint(6, 15)
    if code == "O":
        return rng.choices((2, 3, 4, 5), (1, 2, 2, 5))[0]
    return rng.choices(facts.choices["reason_after"], facts.choices["reason_weights"])[0]


def _late_change(rng: Random, story: _Story, placed: Placed, last: int) -> None:
    session = placed.sessions[0]
    day = session // 2
    settled = min(day + rng.randint(5, 30), last)
    if settled > day:
        steps = (_Step(day, "\\" if session % 2 else "/"), _Step(settled, "U", GATE_LOG))
        story.tell(placed.spell.pupil, session, *steps)


def _possible(year: Year, pupil: int, session: int) -> bool:
    return year.rows[pupil][session] not in (0, year.ids["Y4"], year.ids["X"])


def _fill_in_later(story: _Story, year: Year, pupil: int, session: int, after: int) -> None:
    """Put a missing mark in front of whatever the mark's history is."""
    day = session // 2
    filled = min(day + after, len(year.days.days) - 1)
    if filled <= day or not _possible(year, pupil, session):
        return
    codes = {number: code for code, number in year.ids.items()}
    steps = story.steps.get((pupil, session), [_Step(day, codes[year.rows[pupil][session]])])
    then = [step for step in steps if step.day <= filled][-1]
    later = [step for step in steps if step.day > filled]
    story.tell(pupil, session, _Step(day, "-"), _Step(filled, then.code, REGISTER_TAKEN), *later)


def _registers_not_taken(rng: Random, story: _Story, year: Year) -> None:
    """A whole class's register left open for one session, and completed the next school day or the one after."""
    classes: dict[str, list[int]] = {}
    for index, child in enumerate(year.roll.pupils):
        classes.setdefault(child.class_name, []).append(index)
    for members in classes.values():
        if rng.random() < figures().rates["register_not_taken"]:
            session = rng.randrange(10, 2 * len(year.days.days) - 4)
            if session // 2 in demo_days(year.days):
                session -= 10  # an open register would hide the cases that the day is for
            after = rng.choice((1, 1, 2))
            for pupil in members:
                _fill_in_later(story, year, pupil, session, after)


def _marks_missing(rng: Random, story: _Story, year: Year) -> None:
    rates = figures().rates
    sessions = 2 * len(year.days.days)
    total = len(year.rows) * sessions
    for _ in range(round(total * rates["mark_missing"] / 100)):
        pupil, session = rng.randrange(len(year.rows)), rng.randrange(sessions)
        if (pupil, session) not in story.steps:
            _fill_in_later(story, year, pupil, session, rng.randint(1, 4))
    for _ in range(round(total * rates["mark_never"] / 100)):
        pupil, session = rng.randrange(len(year.rows)), rng.randrange(sessions)
        if year.free(pupil, session) and (pupil, session) not in story.steps:
            year.rows[pupil][session] = year.ids["-"]
