"""Casework as frozen values: what a run knows of contacts, letters, plans and minutes, whoever wrote them down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from halfday.carer import Carer
from halfday.contacted import Contacted


@dataclass(frozen=True, slots=True)
class Child:
    """A child in a letter, and the action of the policy that asks for it: its id, since when, and by when."""

    pupil_id: str
    action: str
    since: date
    due: date


@dataclass(frozen=True)
class Approval:
    """That a person said yes to a letter, and the figures as they were at that moment: they do not change any more.

    Attributes:
        by: who approved it; empty where the workbook does not say.
        at: when.
        as_of: the last school day that the figures hold.
        template: the Word template, `warning`.
        adapted: why the adapted letter goes instead, in the words of the decision; empty for the plain one.
        fields: what the letter says, by the names of `letters.toml`; JSON.
    """

    by: str
    at: datetime
    as_of: date
    template: str
    adapted: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    """A letter that the policy asks for, from its proposal on. One for a family, where its template allows that.

    Attributes:
        key: its row: `2101|warning-letter|2026-01-09` by its first child, action and due date; proposed again after it
            was withdrawn, `2101|warning-letter~2|2026-01-09`.
        letter: its id in the policy.
        children: whom it is about, the first one first.
        proposed: the day of the page on which it was first proposed.
        approval: that a person said yes; none before.
        sent: the day on which a person says it went.
        withdrawn: the day on which marks took it back before it was sent, and `reason` why.
        reason: see there; of a letter that has gone, what changed since.
        files: names of the files that were made of it.
    """

    key: str
    letter: str
    children: tuple[Child, ...]
    proposed: date
    approval: Approval | None = None
    sent: date | None = None
    withdrawn: date | None = None
    reason: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportPlan:
    """A support plan, contract, chart or part-time timetable, as people keep it on Plans.

    Attributes:
        key: the row of Plans: `P3` where people began it, `2101|parent-contract|2026-01-09` where Halfday proposed it.
        pupil_id: whose plan.
        plan: the id of the policy's plan, `part-time-timetable`, `attendance-chart` or `notice-to-improve`; else
            people's own words.
        begins: its first day.
        ends: its last day, where people or the policy say.
        target: in %, where people said.
        reviewed: the days on which it was reviewed with the family, and what came of the last one.
        outcome: see there.
        who: who keeps it.
        signed: who signed when, in words.
        barriers, support: people's words.
    """

    key: str
    pupil_id: str
    plan: str
    begins: date | None = None
    ends: date | None = None
    target: str = ""
    reviewed: tuple[date, ...] = ()
    outcome: str = ""
    who: str = ""
    signed: str = ""
    barriers: str = ""
    support: str = ""


@dataclass(frozen=True, slots=True)
class Minute:
    """What a meeting agreed about a pupil: a row of Minutes. `next_due` is when, `done` whether it was done."""

    key: str
    day: date
    meeting: str
    pupil_id: str
    agreed: str
    owner: str = ""
    next_due: date | None = None
    done: bool = False
    note: str = ""


@dataclass(frozen=True)
class Casework:
    """All of it. `carers` go by pupil id, in the order in which they are rung; empty where the source shares none."""

    contacts: Sequence[Contacted] = ()
    letters: Sequence[Letter] = ()
    plans: Sequence[SupportPlan] = ()
    minutes: Sequence[Minute] = ()
    carers: Mapping[str, tuple[Carer, ...]] = field(default_factory=dict)

    @cached_property
    def contacts_of(self) -> dict[str, tuple[Contacted, ...]]:
        """Contacts by pupil id, the oldest first."""
        found: dict[str, list[Contacted]] = {}
        for one in sorted(self.contacts, key=lambda one: (one.day, one.key)):
            found.setdefault(one.pupil_id, []).append(one)
        return {pupil_id: tuple(rows) for pupil_id, rows in found.items()}
