"""Casework as frozen values: what a run knows of contacts, letters, plans and minutes, whoever wrote them down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from halfday.carer import Carer
from halfday.contacted import Contacted
from halfday_sync.entries import Typed


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
        figures: sessions attended and possible of each child up to `as_of`, by pupil id, as they were then.
        line: the line of the school's own that is printed in it.
        language: the language that the family reads, where the Tracker says so.
        by_command: it was said on the command line: no cell of Letters says it.
        day: the day of the page on which it was read.
    """

    by: str
    at: datetime
    as_of: date
    template: str
    adapted: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    line: str = ""
    language: str = ""
    by_command: bool = False
    day: date | None = None


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
        files: names of the files that were made of it and lie in the folder of letters.
        begun: names of files that were begun and of which nobody knows yet whether they are whole.
        digests: what Halfday wrote, by the name of the file; a file that says something else was changed by hand.
        sent_by_command: that it went was said on the command line: no cell of Letters says it.
        not_needed: people say in Approve that it is not needed.
        trouble: what stands in its way, in words; worked out afresh each run.
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
    begun: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    sent_by_command: bool = False
    not_needed: bool = False
    trouble: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it neither went nor was taken back."""
        return self.sent is None and self.withdrawn is None

    @property
    def pupil_ids(self) -> tuple[str, ...]:
        """Whom it is about, each child once, in order."""
        return tuple(dict.fromkeys(child.pupil_id for child in self.children))


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
        target: where people said: `96.5%`.
        reviewed: the days on which it was reviewed with the family, and `outcomes`, beside it, what came of each.
        outcomes: see there.
        outcome: what came of the last review.
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
    outcomes: tuple[str, ...] = ()


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
    """All of it.

    Attributes:
        contacts, letters, plans, minutes: each as above.
        carers: by pupil id, in the order in which they are rung; empty where the source shares none.
        ticks: the rows of Actions as typed, by key and column.
        ticked: when the tick of a row of Actions was read, by its key.
        begun: the first day that a run was for.
    """

    contacts: Sequence[Contacted] = ()
    letters: Sequence[Letter] = ()
    plans: Sequence[SupportPlan] = ()
    minutes: Sequence[Minute] = ()
    carers: Mapping[str, tuple[Carer, ...]] = field(default_factory=dict)
    ticks: Mapping[str, Mapping[str, Typed]] = field(default_factory=dict)
    ticked: Mapping[str, date] = field(default_factory=dict)
    begun: date | None = None

    @cached_property
    def contacts_of(self) -> dict[str, tuple[Contacted, ...]]:
        """Contacts by pupil id, the oldest first."""
        return by_pupil(sorted(self.contacts, key=lambda one: (one.day, one.key)))

    @cached_property
    def minutes_of(self) -> dict[str, tuple[Minute, ...]]:
        """Minutes by pupil id, the oldest first."""
        return by_pupil(sorted(self.minutes, key=lambda one: (one.day, one.key)))


_Row = TypeVar("_Row", Contacted, SupportPlan, Minute)


def by_pupil(rows: Iterable[_Row]) -> dict[str, tuple[_Row, ...]]:
    """Rows by pupil id, in their order."""
    found: dict[str, list[_Row]] = {}
    for one in rows:
        found.setdefault(one.pupil_id, []).append(one)
    return {pupil_id: tuple(mine) for pupil_id, mine in found.items()}
