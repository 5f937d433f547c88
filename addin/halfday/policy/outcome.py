"""What the engine says of one pupil on one day: frozen values, and the JSON that other programs hold on to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from halfday.measures import Measures
from halfday.penalty import Penalty
from halfday.policy.ladder import Decision, Step
from halfday.policy.waiting import Waits
from halfday.register import Pupil


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger that holds: since when without a break, and the arithmetic in words."""

    id: str
    title: str
    since: date
    why: str
    kind: str = "concern"


@dataclass(frozen=True, slots=True)
class Due:
    """An action that the policy asks for now. `because` is the stage, band or trigger that asks, `since` since when."""

    id: str
    title: str
    owner: str
    due: date | None
    needs_approval: bool
    cadence: str = "once"
    because: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a person has ticked off: an action of the policy, known again by the date on which it was due.

    Asked for anew, with another date, it is open again.
    """

    pupil_id: str
    action: str
    due: date


@dataclass(frozen=True)
class Outcome:
    """One pupil as of one date. `percent` is for print; every comparison was made on the counts in `windows`.

    `done` are the actions that people ticked off or that a talk with the family did, by id and due date; `waits` says
    what waits for missing marks, `first` what comes before an action: the title of the step to take now, by its id.
    """

    pupil: Pupil
    as_of: date
    windows: Mapping[str, Measures]
    percent: str | None
    band: str | None
    by_gap_rule: bool
    stage: int
    stage_name: str | None
    stage_since: date | None
    persistent_absence: bool | None
    severe_absence: bool | None
    early: bool
    penalty: Penalty
    triggers: tuple[Fired, ...]
    duties: tuple[Fired, ...]
    actions: tuple[Due, ...]
    why: str
    rewards: tuple[str, ...] = ()
    unresolved: int = 0
    decision: Decision | None = None
    done: frozenset[tuple[str, date]] = frozenset()
    waits: Waits = field(default_factory=Waits)
    first: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def ytd(self) -> Measures:
        """Measures since the start of the school year."""
        return self.windows.get("ytd", Measures())

    @property
    def came_down(self) -> bool:
        """Whether the present stage was reached from a higher one: support goes on, nothing begins again."""
        reached = [step.stage for step in self.steps]
        return self.decision is None and len(reached) > 1 and reached[-2] > reached[-1]

    @property
    def checklist(self) -> tuple[Due, ...]:
        """The actions to take now, by due date.

        Without those that are done, those that a family which just improved has been through, those that wait, and
        those that come after another step.
        """
        return tuple(one for one in self.left if one.id not in self.waits.actions and one.id not in self.first)

    @property
    def waiting(self) -> tuple[Due, ...]:
        """The letters and steps to approve that would be on the checklist, and wait for missing marks."""
        return tuple(one for one in self.left if one.id in self.waits.actions)

    @property
    def waiting_rows(self) -> tuple[Due, ...]:
        """Those of them that are asked for once, by a day: each has a row on Actions, where it can be ticked off."""
        return tuple(one for one in self.waiting if one.cadence == "once" and one.due)

    @property
    def later(self) -> tuple[Due, ...]:
        """Those that would be on the checklist, and come after another step: `first` says after which."""
        return tuple(one for one in self.left if one.id not in self.waits.actions and one.id in self.first)

    @property
    def later_rows(self) -> tuple[Due, ...]:
        """Those of them that are asked for once, by a day: each has a row on Actions, where it can be ticked off."""
        return tuple(one for one in self.later if one.cadence == "once" and one.due)

    @property
    def left(self) -> tuple[Due, ...]:
        """The checklist together with what waits and what comes later, by due date."""
        return tuple(sorted((one for one in self.asked if not self._is_done(one)), key=lambda one: one.due or date.max))

    @property
    def asked(self) -> tuple[Due, ...]:
        """What the policy asks for of this family, done or not: nothing that it has been through before a step down.

        A talk that has to come before something else is asked for all the same.
        """
        if not self.came_down:
            return self.actions
        again = f"stage {self.stage}"
        kept = [one for one in self.actions if one.because != again or one.cadence != "once"]
        needed = {self.first[one.id] for one in kept if one.id in self.first and not self._is_done(one)}
        return tuple(one for one in self.actions if one in kept or one.title in needed)

    def _is_done(self, action: Due) -> bool:
        return action.due is not None and (action.id, action.due) in self.done

    def to_json(self) -> dict[str, Any]:
        """The pupil's part of `halfday evaluate --json` (`sync/README.md`)."""
        return {
            "pupil_id": self.pupil.pupil_id,
            "windows": {name: _counts(measures) for name, measures in self.windows.items()},
            "percent": self.percent,
            "band": self.band,
            "by_gap_rule": self.by_gap_rule,
            "stage": self.stage,
            "stage_name": self.stage_name,
            "stage_since": _iso(self.stage_since),
            "persistent_absence": self.persistent_absence,
            "severe_absence": self.severe_absence,
            "penalty": {
                "count": self.penalty.count,
                "met": self.penalty.met,
                "first_met": _iso(self.penalty.first_met),
                "unresolved_n": self.penalty.unresolved_n,
            },
            "triggers": [{"id": t.id, "since": _iso(t.since), "why": t.why} for t in self.triggers],
            "actions": [
                {"id": a.id, "title": a.title, "owner": a.owner, "due": _iso(a.due), "needs_approval": a.needs_approval}
                for a in self.actions
            ],
            "why": self.why,
        }


def _counts(measures: Measures) -> dict[str, int]:
    return {"possible": measures.possible, **measures._asdict()}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
