"""What people did for whom, on which day: talks, steps, letters, plans, minutes, decisions. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from halfday.acted import Act
from halfday.impact import Impact, impact
from halfday.measures import Axis, Sessions
from halfday.policy.ladder import Decision
from halfday.policy.outcome import Outcome
from halfday.register import Register
from halfday_sync.casework.model import Casework
from halfday_sync.casework.steps import Steps
from halfday_sync.decided import DONE, is_done, read_slt_key, status_words

if TYPE_CHECKING:
    from halfday_sync.casework.plan_reviews import Line


def acts(casework: Casework, decisions: Iterable[Decision], steps: Steps) -> Iterator[Act]:
    """Everything that was done, in no order. A try that reached nobody is no act, nor is what was not needed."""
    yield from _contacts(casework)
    yield from steps_taken(steps, casework.ticked)
    yield from agreed_and_done(casework)
    for letter in casework.letters:
        if letter.sent:
            for pupil_id in letter.pupil_ids:
                yield Act(pupil_id, letter.sent, "a letter went")
    for plan in casework.plans:
        for day, words in [(plan.begins, "a plan began"), *((day, "a plan was reviewed") for day in plan.reviewed)]:
            if day:
                yield Act(plan.pupil_id, day, words)
    for minute in casework.minutes:
        yield Act(minute.pupil_id, minute.day, f"{minute.meeting or 'a meeting'}: {minute.agreed or 'noted'}")
    for decision in decisions:
        yield Act(decision.pupil_id, decision.from_, f"{decision.kind} decided")
        if decision.recorded_at:
            yield Act(decision.pupil_id, decision.recorded_at.date(), f"{decision.kind} decided")


def _contacts(casework: Casework) -> Iterator[Act]:
    for one in casework.contacts:
        if one.reached:
            yield Act(one.pupil_id, one.day, f"{one.what or 'talk'}: {one.outcome}")


def steps_taken(steps: Steps, ticked: Mapping[str, date]) -> Iterator[Act]:
    """The steps of the policy that were done, with the day; `ticked` says when ticks without a date were read."""
    for row in steps.rows:
        day = steps.done_on(row, ticked)
        said = steps.policy.action.get(row.action.action)
        if day:
            yield Act(row.action.pupil_id, day, said.title if said else "a step was ticked", row.action.action)


def agreed_and_done(casework: Casework) -> Iterator[Act]:
    """What SLT agreed and somebody ticked, by the day that was typed, or on which the tick was first read."""
    for key, typed in casework.ticks.items():
        pupil_id, done, read = read_slt_key(key), typed.get("done"), casework.ticked.get(key)
        if pupil_id and is_done(done) and status_words(done, date.max, date.min, asked=True) == DONE:
            day = done if isinstance(done, date) else read
            if day:
                yield Act(pupil_id, day, "what SLT agreed was done")


def impacts(
    steps: Steps, ticked: Mapping[str, date], outcomes: Iterable[Outcome], register: Register, as_of: date
) -> tuple[Impact, ...]:
    """Attendance before and after each action of the policy, up to the last day whose marks count."""
    axis = Axis.of(register, steps.calendar, as_of)
    sessions = {
        one.pupil.pupil_id: Sessions.of(one.pupil, axis, register.marks_of(one.pupil.pupil_id)) for one in outcomes
    }
    titles = {action.id: action.title for action in steps.policy.actions}
    return impact(steps_taken(steps, ticked), sessions, steps.calendar, as_of, titles)


def ticked_on(lines: Iterable["Line"], days: Mapping[int, date], moved: Mapping[str, str]) -> dict[str, date]:
    """When each row of Actions was ticked off, by its key: the day of the run that read it first.

    Args:
        lines: the history of Actions, oldest first.
        days: the day that each run was for.
        moved: the id that a pupil has now, by each id the pupil had: a tick is not made anew when the id changes.
    """
    found: dict[str, date] = {}
    for line in lines:
        if line.column != "done" or line.kind == "moved":
            continue
        pupil_id, bar, rest = line.key.partition("|")
        key = f"{moved.get(pupil_id, pupil_id)}{bar}{rest}"
        if is_done(line.value):
            found.setdefault(key, days.get(line.run or 0) or line.seen_at.date())
        else:
            found.pop(key, None)
    return found
