"""What has become of each step that the policy asks for once: a row each, with its status and how it was done. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from halfday import printing
from halfday.contacted import Contacted
from halfday.morning import Morning
from halfday.policy.guard import asked_again
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Due, Outcome
from halfday.school_year import Calendar
from halfday_sync.casework.model import Casework, Letter
from halfday_sync.decided import (
    DONE,
    LATER,
    NOT_ASKED,
    OPEN,
    OVERDUE,
    WAITS,
    action_key,
    is_done,
    read_action_key,
    status_words,
)
from halfday_sync.entries import Typed

_COUNTS_FOR = 20
"""So many school days after it was due, a talk is still taken for the step of then."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of Actions: which step, its status, and what to know about it: what comes first, how it was done."""

    key: str
    action: Done
    status: str
    words: str = ""


@dataclass(frozen=True)
class Steps:
    """What decides about them.

    Attributes:
        policy: the school's policy.
        calendar: its calendar.
        today: the day of the page.
        outcomes: of the pupils who are here.
        typed: what people typed on Actions, by key of the row and of the column.
        contacts: by pupil id, the oldest first.
        letters: all that are known.
        listed: keys of the rows that the sheet has already.
        anew: what old marks that changed ask for only today, by pupil id (`asked_anew`).
    """

    policy: Policy
    calendar: Calendar
    today: date
    outcomes: Sequence[Outcome]
    typed: Mapping[str, Mapping[str, Typed]] = field(default_factory=dict)
    contacts: Mapping[str, Sequence[Contacted]] = field(default_factory=dict)
    letters: Sequence[Letter] = ()
    listed: Collection[str] = ()
    anew: Mapping[str, Collection[str]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[Step, ...]:
        """Every step that was ever ticked or noted, that is asked for, or that has a row already; by due date."""
        noted = {key: step for key in [*self.typed, *sorted(self.listed)] if (step := read_action_key(key))}
        found = noted | {key: step for key, (step, _due) in self._asked.items()}
        rows = (self._row(key, step) for key, step in found.items())
        return tuple(sorted(rows, key=lambda row: (row.action.due, row.key)))

    @cached_property
    def _asked(self) -> dict[str, tuple[Done, Due]]:
        """What is asked for once, by a day, done or not, now or later."""
        found = {}
        for outcome in self.outcomes:
            for one in outcome.asked:
                if one.cadence == "once" and one.due:
                    step = Done(outcome.pupil.pupil_id, one.id, one.due)
                    found[key_of(step)] = (step, one)
        return found

    @cached_property
    def _outcome(self) -> dict[str, Outcome]:
        return {outcome.pupil.pupil_id: outcome for outcome in self.outcomes}

    @cached_property
    def _sent(self) -> dict[tuple[str, str, date], date]:
        """When a letter went that was a step."""
        return {
            (child.pupil_id, child.action, child.due): letter.sent
            for letter in self.letters
            if letter.sent
            for child in letter.children
        }

    def _row(self, key: str, step: Done) -> Step:
        typed = self.typed.get(key, {}).get("done")
        if is_done(typed):
            return Step(key, step, status_words(typed, step.due, self.today, asked=key in self._asked))
        if key in self._asked:
            return self._now(key, step, self._asked[key][1])
        return Step(key, step, *self._once(step))

    def _now(self, key: str, step: Done, asked: Due) -> Step:
        """A step that is asked for."""
        outcome = self._outcome[step.pupil_id]
        if (step.action, step.due) in outcome.done:
            return Step(key, step, DONE, self._how(step, asked.since or step.due))
        if step.action in outcome.waits.actions:
            return Step(key, step, WAITS, outcome.waits.words(step.action))
        if step.action in outcome.first:
            return Step(key, step, LATER, f"First: {outcome.first[step.action]}.")
        status = status_words(None, step.due, self.today, asked=True)
        if status == OVERDUE and asked.because in self.anew.get(step.pupil_id, ()):
            return Step(key, step, OPEN, "Asked for only today: old marks were changed.")
        if status == OVERDUE and (since := asked_again(self.policy, outcome, asked)):
            return Step(key, step, OPEN, f"Again before a letter, asked for since {printing.day(since)}.")
        return Step(key, step, status)

    def _once(self, step: Done) -> tuple[str, str]:
        """A step that is not asked for any more, or not on this day: done by a letter or a talk of then, or never."""
        how = self._how(step, self.asked_on(step), self.calendar.add_school_days(step.due, _COUNTS_FOR))
        return (DONE, how) if how else (NOT_ASKED, "")

    def _how(self, step: Done, since: date, until: date = date.max) -> str:
        day = self._sent.get((step.pupil_id, step.action, step.due))
        if day:
            return f"The letter went on {printing.day(day)}."
        talk = self.talk(step, since, until)
        return f"The family was reached on {printing.day(talk)}." if talk else ""

    def talk(self, step: Done, since: date, until: date = date.max) -> date | None:
        """The first day on which the family was reached, where that does a step."""
        said = self.policy.action.get(step.action)
        if said is None or not said.contact:
            return None
        days = (one.day for one in self.contacts.get(step.pupil_id, ()) if one.reached)
        return next((day for day in days if since <= day <= until), None)

    def asked_on(self, step: Done) -> date:
        """The day that asked for a step, counted back from the day on which it was due."""
        said, days = self.policy.action.get(step.action), self.calendar.school_days
        at = bisect_left(days, step.due) - (said.due if said else 0)
        return min(days[max(0, at)], step.due) if days else step.due

    def done_on(self, row: Step, seen: Mapping[str, date]) -> date | None:
        """The day on which a step was done: as typed, else of the letter or the talk, else when the tick was read.

        Nothing for what is not done or was not needed. `seen` says when ticks were read, by the key of the row.
        """
        if row.status != DONE:
            return None
        step, typed = row.action, self.typed.get(row.key, {}).get("done")
        if isinstance(typed, date):
            return typed
        since = self._asked[row.key][1].since if row.key in self._asked else None
        read = seen.get(row.key)
        until = read or date.max  # a talk after the tick is another one
        sent = self._sent.get((step.pupil_id, step.action, step.due))
        return sent or self.talk(step, since or self.asked_on(step), until) or read


def steps_now(
    policy: Policy,
    calendar: Calendar,
    morning: Morning,
    outcomes: Sequence[Outcome],
    casework: Casework,
    listed: Collection[str] = (),
) -> Steps:
    """The steps of a morning, of the pupils who are here."""
    today = morning.today
    here = [one for one in outcomes if one.pupil.end_date is None or one.pupil.end_date >= today]
    return Steps(
        policy=policy,
        calendar=calendar,
        today=today,
        outcomes=here,
        typed=casework.ticks,
        contacts=casework.contacts_of,
        letters=casework.letters,
        listed=listed,
        anew=asked_anew(morning, here),
    )


def key_of(step: Done) -> str:
    """The key of a step's row."""
    return action_key(step.pupil_id, step.action, step.due)


def asked_anew(morning: Morning, outcomes: Sequence[Outcome]) -> Mapping[str, Collection[str]]:
    """What asks for steps only today because old marks changed, by pupil id: titles of triggers, `stage 2`.

    What asks began in the past, so its steps may be due in the past too; but nobody is late with them.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for one in morning.restated:
        found[one.pupil_id].update(one.new)
    moved = {one.pupil_id for one in morning.restated if one.stage_before != one.stage_after}
    moved |= {change.outcome.pupil.pupil_id for change in morning.changes if change.edited}
    for outcome in outcomes:
        if outcome.pupil.pupil_id in moved:
            found[outcome.pupil.pupil_id].add(f"stage {outcome.stage}")
    return found
