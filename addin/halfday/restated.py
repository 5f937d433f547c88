"""Whom an old mark that changed moves: the stage and the triggers of a past day, by the marks as believed then and now.

Only pupils with such marks are looked at, so this takes no time on an ordinary morning.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from halfday import codes
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import duties, evaluate_pupil
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.policy.waiting import asks_for_the_mark
from halfday.register import Pupil, Register, SessionKey
from halfday.school_year import Calendar

OVER_TIME = frozenset({"persistent-absence", "severe-absence"})
"""Duties that are measured over time: nothing is said of them before there are enough possible sessions."""
_NO_MARK = ("", "-")
_IS_PRESENT = ("/", "\\")
_NONE, _PRESENT = "no mark", "present"
_MANY = 3
"""More different changes than this are counted, not told one by one."""


class AmendedMark(NamedTuple):
    """A mark of a past day that is not what it was. `before` is `-` or empty where there was none yet."""

    pupil_id: str
    date: date
    session: str
    before: str
    after: str

    @property
    def is_late(self) -> bool:
        """Whether it came in late: there was no mark before."""
        return self.before in _NO_MARK


@dataclass(frozen=True)
class Past:
    """What people were last shown: the day, the marks as they were believed then, and those that changed since.

    `amendments` stand in the order in which they came.
    """

    day: date
    register: Register
    amendments: Sequence[AmendedMark]


@dataclass(frozen=True, slots=True)
class Restated:
    """A pupil whose stage or triggers on a past day are others by the marks as they stand now.

    Attributes:
        day: the day, on which people were shown something else.
        marks: the marks of that day or before it that changed or came in late, by date.
        new, gone: titles of the triggers and national duties that hold now, or no longer do.
    """

    pupil_id: str
    day: date
    marks: tuple[AmendedMark, ...]
    stage_before: int
    stage_after: int
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Which marks, and what moved: `a mark of 3 Oct changed from N to /: Stage 2 → Stage 1`."""
        return f"{', '.join(self._marks())}: {'; '.join(self._moved())}"

    def _marks(self) -> Iterator[str]:
        kinds: dict[tuple[str, str], list[date]] = defaultdict(list)
        for mark in self.marks:
            kinds[_word(mark.before), _word(mark.after)].append(mark.date)
        if len(kinds) > _MANY:
            yield f"{len(self.marks)} marks ({_span([mark.date for mark in self.marks])}) changed or came in late"
            return
        for (before, after), days in kinds.items():
            which = f"{'a mark' if len(days) == 1 else f'{len(days)} marks'} of {_short(days[0])}"
            which = which if days[0] == days[-1] else f"{len(days)} marks ({_span(days)})"
            yield f"{which} came in late ({after})" if before == _NONE else f"{which} changed from {before} to {after}"

    def _moved(self) -> Iterator[str]:
        if self.stage_before != self.stage_after:
            yield f"{_stage(self.stage_before)} → {_stage(self.stage_after)}"
        for title in self.gone:
            yield f'the trigger "{title}" no longer holds'
        for title in self.new:
            yield f'the trigger "{title}" holds now'


def _word(code: str) -> str:
    return _NONE if code in _NO_MARK else _PRESENT if code in _IS_PRESENT else code


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _span(days: Sequence[date]) -> str:
    """Days in order in few words: `3 Oct`, `8 and 9 Oct`, `30 Sep and 1 Oct`, `6 to 9 Oct`."""
    first, last, count = days[0], days[-1], len(set(days))
    if count == 1:
        return _short(first)
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else _short(first)
    return f"{start} {'and' if count == 2 else 'to'} {_short(last)}"


def _stage(stage: int) -> str:
    return f"Stage {stage}" if stage else "No stage"


def settled_marks(amendments: Iterable[AmendedMark], until: date) -> dict[str, tuple[AmendedMark, ...]]:
    """What became of each mark up to a day, by pupil: several changes of one are one, and none that came to nothing.

    A session without a mark that is known now to have none is no change either, nor is one code for present
    instead of the other.
    """
    found: dict[tuple[str, date, str], AmendedMark] = {}
    for mark in amendments:
        if mark.date <= until:
            key = (mark.pupil_id, mark.date, mark.session)
            found[key] = mark._replace(before=found[key].before) if key in found else mark
    by_pupil: dict[str, list[AmendedMark]] = defaultdict(list)
    for _key, mark in sorted(found.items()):
        if _word(mark.before) != _word(mark.after) and not (mark.is_late and mark.after in _NO_MARK):
            by_pupil[mark.pupil_id].append(mark)
    return {pupil_id: tuple(marks) for pupil_id, marks in by_pupil.items()}


def differences(then: Register, now: Register, pupils: Iterable[str], until: date) -> Iterator[AmendedMark]:
    """The marks of some pupils up to a day that are not what they were: under an id of before, or an earlier one."""
    code = {one.id: one.code for one in codes.all_codes()} | {codes.NO_ROW: ""}
    for pupil_id in sorted(pupils):
        was, is_ = ({key: row for key, row in _of(one, pupil_id) if key.date <= until} for one in (then, now))
        for key in sorted(was.keys() | is_.keys()):
            before, after = (code[one.get(key, codes.NO_ROW)] for one in (was, is_))
            if before != after:
                yield AmendedMark(pupil_id, *key, before, after)


def _of(register: Register, pupil_id: str) -> Iterable[tuple[SessionKey, int]]:
    return zip(register.sessions, register.by_pupil.get(pupil_id, bytes(len(register.sessions))), strict=True)


def restated(
    policy: Policy,
    pupils: Iterable[Pupil],
    register: Register,
    calendar: Calendar,
    past: Past,
    decisions: Iterable[Decision] = (),
) -> tuple[Restated, ...]:
    """Every pupil whose stage or triggers on a day changed because marks did, in the order of pupil ids.

    Triggers that only say that a mark or a reason is missing are left out: that they end is the work of every day.

    Args:
        policy: the policy of now, for both.
        pupils: whom to look at; those without a changed mark take no time.
        register: the marks as they are.
        calendar: the school's calendar.
        past: what people were last shown.
        decisions: holds, overrides and recorded reviews.
    """
    marks = settled_marks(past.amendments, past.day)
    if not marks:
        return ()
    then, since = (_Believed.of(policy, one, calendar, past.day) for one in (past.register, register))
    found = []
    for pupil in sorted(pupils, key=lambda one: one.pupil_id):
        if pupil.pupil_id in marks:
            made = tuple(one for one in decisions if one.pupil_id == pupil.pupil_id)
            one = _compared(policy, then.outcome(pupil, made), since.outcome(pupil, made), marks[pupil.pupil_id])
            found += [one] if one else []
    return tuple(found)


class _Believed(NamedTuple):
    """A register as it is or was believed, on one day."""

    policy: Policy
    register: Register
    axis: Axis

    @classmethod
    def of(cls, policy: Policy, register: Register, calendar: Calendar, day: date) -> "_Believed":
        return cls(policy, register, Axis.of(register, calendar, day))

    def outcome(self, pupil: Pupil, decisions: Sequence[Decision]) -> Outcome:
        ids = self.register.by_pupil.get(pupil.pupil_id, bytes(len(self.register.sessions)))
        return evaluate_pupil(self.policy, Sessions.of(pupil, self.axis, ids), decisions)


def _compared(policy: Policy, then: Outcome, now: Outcome, marks: tuple[AmendedMark, ...]) -> Restated | None:
    known = [one for one in (*policy.triggers, *duties()) if not asks_for_the_mark(one)]
    titles = {one.id: one.title for one in known if not (now.early and one.id in OVER_TIME)}
    held, holds = ({fired.id for fired in (*one.triggers, *one.duties)} for one in (then, now))
    found = Restated(
        now.pupil.pupil_id,
        now.as_of,
        marks,
        then.stage,
        now.stage,
        tuple(title for name, title in titles.items() if name in holds - held),
        tuple(title for name, title in titles.items() if name in held - holds),
    )
    return found if found.new or found.gone or then.stage != now.stage else None
