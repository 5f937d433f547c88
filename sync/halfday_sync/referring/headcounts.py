"""How many children, and of whom it may be said: no count of fewer than ten, and none that others give away.

Everything that a summary counts is a set of children: those at a stage, in a band, in a year group, those whose family
had a letter. The counts are one system of equations, and `mirroring.suppression` takes out of it what would tell of a
small set: first what was done, then stages and bands, then groups, persistent absence last. A figure of sessions is
shown of a group only where its count of children may be shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from halfday.acted import Act
from halfday.measures import Axis
from halfday.policy.ladder import standing
from halfday.policy.outcome import Outcome
from halfday_sync.casework.acts import steps_taken
from halfday_sync.casework.plan_kinds import TITLES
from halfday_sync.mirroring.figures import Figures
from halfday_sync.mirroring.groups import CLASSES, Named, named_groups
from halfday_sync.mirroring.suppression import LEAST, shown_groups
from halfday_sync.workbook.actions_sheet import steps_of

FEWER, MORE = f"fewer than {LEAST}", f"{LEAST} or more"
"""What stands for a small count, and for one that would give a small one away if it were told."""
PERSISTENTLY, SEVERELY, PENALTY = ("absence", "persistent"), ("severe", ""), ("penalty", "")
TALKED, UP, DOWN = ("talked", ""), ("moved", "up"), ("moved", "down")
OTHER_PLAN = ""
"""A plan that has neither the policy's name nor one that every school has: people's own words stay here."""
Key = tuple[str, str]
"""What is counted: a kind, and which one of it. Sets of a kind may overlap."""


@dataclass(frozen=True)
class Headcounts:
    """The sets of a school's figures, and what may be known of each."""

    figures: Figures

    @cached_property
    def groups(self) -> tuple[Named, ...]:
        """Year groups, and the groups that the policy follows; classes are too small to publish."""
        return tuple(one for one in named_groups(self.figures) if one.block != CLASSES)

    @cached_property
    def sets(self) -> Mapping[Key, frozenset[str]]:
        """The ids of the children in each set. They stay here: only counts go out."""
        here = frozenset(one.pupil.pupil_id for one in self.figures.here)
        told = (*self._standing(), *self._groups(), *self._work(), *self._moved())
        found: dict[Key, frozenset[str]] = {}
        for key, members in told:
            found[key] = found.get(key, frozenset()) | (members & here)
        return found

    @cached_property
    def _shown(self) -> frozenset[Key]:
        everybody = {one.pupil.pupil_id for one in self.figures.here}
        weights = {key: 2 for key in self.sets if key[0] in ("stage", "band")}
        weights |= {group_key(one): 3 for one in self.groups} | {PERSISTENTLY: 4}
        return shown_groups(everybody, self.sets, {key: key[0] for key in self.sets}, weights)

    def count(self, key: Key) -> int | None:
        """How many; nothing where that must not be known."""
        members = self.sets.get(key, frozenset())
        return len(members) if not members or key in self._shown else None

    def words(self, key: Key) -> str:
        """How many, or what stands for it."""
        count = self.count(key)
        return (FEWER if len(self.sets[key]) < LEAST else MORE) if count is None else f"{count:,}"

    # --- Where the sets come from -------------------------------------------------------------------------------------

    def _standing(self) -> Iterator[tuple[Key, frozenset[str]]]:
        """Stages and bands, and what the national measures say; persistent absence of those of whom it can be told."""
        for one in self.figures.here:
            child = frozenset((one.pupil.pupil_id,))
            yield ("stage", str(one.stage)), child
            yield ("band", one.band or ""), child
            yield PENALTY, child if one.penalty.is_met else frozenset()
        settled = self.figures.settled
        yield PERSISTENTLY, _ids(one for one in settled if one.persistent_absence)
        yield SEVERELY, _ids(one for one in settled if one.severe_absence)

    def _groups(self) -> Iterator[tuple[Key, frozenset[str]]]:
        absent = _ids(one for one in self.figures.settled if one.persistent_absence)
        for one in self.groups:
            members = _ids(one.members)
            yield group_key(one), members
            yield absent_key(one), members & absent

    def _work(self) -> Iterator[tuple[Key, frozenset[str]]]:
        """Letters that went, plans that began, families who were spoken to, steps that were done: this school year."""
        casework, since = self.figures.view.casework, self.since
        known = {*TITLES, *(one.id for one in self.figures.view.policy.plans)}
        for letter in casework.letters:
            if letter.sent and letter.sent >= since:
                yield ("letter", letter.letter), frozenset(letter.pupil_ids)
        for plan in casework.plans:
            if plan.begins and since <= plan.begins:
                yield ("plan", plan.plan if plan.plan in known else OTHER_PLAN), frozenset((plan.pupil_id,))
        yield TALKED, frozenset(one.pupil_id for one in casework.contacts if one.reached and one.day >= since)
        for act in self.steps:
            yield ("step", act.action), frozenset((act.pupil_id,))

    def _moved(self) -> Iterator[tuple[Key, frozenset[str]]]:
        """Whose stage is another one than at the end of the last half term."""
        view, day = self.figures.view, self.last_review
        if day is None:
            return
        axis = Axis.of(view.register, view.calendar, view.marks_until)
        before = {
            one.pupil.pupil_id: standing(axis, one.steps, view.decided.get(one.pupil.pupil_id, ()), day).stage
            for one in self.figures.here
        }
        yield UP, _ids(one for one in self.figures.here if one.stage > before[one.pupil.pupil_id])
        yield DOWN, _ids(one for one in self.figures.here if one.stage < before[one.pupil.pupil_id])

    @cached_property
    def steps(self) -> tuple[Act, ...]:
        """The steps of the policy that were done this school year, for children who are here."""
        view, here = self.figures.view, {one.pupil.pupil_id for one in self.figures.here}
        done = steps_taken(steps_of(view), view.casework.ticked)
        return tuple(one for one in done if one.pupil_id in here and self.since <= one.day <= view.marks_until)

    @property
    def since(self) -> date:
        """The first day of this school year."""
        return date(self.figures.view.calendar.year(self.figures.view.marks_until), 8, 1)

    @cached_property
    def last_review(self) -> date | None:
        """The last day of the half term before this one, in this school year."""
        calendar, until = self.figures.view.calendar, self.figures.view.marks_until
        now = calendar.half_term(until)
        ends = [one.end for one in calendar.half_terms if now and one.year == now.year and one.end < now.start]
        return max(ends, default=None)


def group_key(one: Named) -> Key:
    """The count of a group's children."""
    return one.kind, one.title


def absent_key(one: Named) -> Key:
    """The count of those of them who are persistently absent."""
    return f"{one.kind}, absent", one.title


def _ids(outcomes: Iterator[Outcome] | tuple[Outcome, ...]) -> frozenset[str]:
    return frozenset(one.pupil.pupil_id for one in outcomes)
