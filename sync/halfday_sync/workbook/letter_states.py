"""Letters as pages show them: whom they are about, what they say, where each one is and what to do next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from halfday import printing
from halfday_sync.casework import Child, Letter
from halfday_sync.casework.letter_words import Figures, percent, status_words
from halfday_sync.casework.letters import answer
from halfday_sync.decided import read_done
from halfday_sync.entries import ACTIONS, LETTERS, Typed
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View, name_of


@dataclass(frozen=True)
class Shown:
    """A letter on a page."""

    view: View
    letter: Letter
    typed: Mapping[str, Typed]
    steps: "Steps"

    @property
    def title(self) -> str:
        """What the policy calls it, and whether it is the adapted one."""
        said = next((one for one in self.view.policy.letters if one.id == self.letter.letter), None)
        adapted = self.letter.approval and self.letter.approval.adapted
        return f"{said.title if said else self.letter.letter}{' (adapted)' if adapted else ''}"

    @property
    def due(self) -> date:
        """By when it is due: the first of its days."""
        return min(child.due for child in self.letter.children)

    @property
    def pupils(self) -> str:
        """The names of the children, a line each."""
        return "\n".join(self.name(pupil_id) for pupil_id in self.letter.pupil_ids)

    @property
    def classes(self) -> str:
        """Their classes, each once."""
        known = [self.view.pupil.get(pupil_id) for pupil_id in self.letter.pupil_ids]
        return ", ".join(dict.fromkeys(one.class_name for one in known if one and one.class_name))

    def name(self, pupil_id: str) -> str:
        """A child's name; of one who is not on this year's roll, the id."""
        pupil = self.view.pupil.get(pupil_id)
        return name_of(pupil) if pupil else pupil_id

    @property
    def figures(self) -> str:
        """What it says of each child, in words; from the approval on as it was then."""
        approval = self.letter.approval
        if approval is None and self.letter.withdrawn:
            return ""
        found = approval.figures if approval else self._now()
        said = [self._figure(pupil_id, one) for pupil_id, one in found.items()]
        until = [f"Up to {printing.day(approval.as_of)}, as approved."] if approval else []
        return "\n".join([*said, *until])

    def _now(self) -> Mapping[str, Figures]:
        known = {pupil_id: self.view.outcome.get(pupil_id) for pupil_id in self.letter.pupil_ids}
        return {pupil_id: (one.ytd.attended, one.ytd.possible) for pupil_id, one in known.items() if one}

    def _figure(self, pupil_id: str, figures: Figures) -> str:
        attended, possible = figures
        words = f"{percent(figures, self.view.policy.cuts)}, {possible - attended:,} of {possible:,} sessions missed"
        pupil = self.view.pupil.get(pupil_id)
        several = len(self.letter.pupil_ids) > 1 and pupil is not None
        return f"{pupil.forename or pupil_id}: {words}" if several and pupil else words

    @cached_property
    def is_ticked(self) -> bool:
        """Whether its step is ticked off on Actions, and no child of it is left to write about."""
        children = self.letter.children
        return any(map(self.steps.is_ticked, children)) and not any(map(self.steps.is_left, children))

    @property
    def status(self) -> str:
        """Where it is, and what to do next."""
        words = status_words(self.letter, answer=answer(self.typed), ticked=self.is_ticked)
        return f"Overdue. {words}" if self.is_overdue else words

    @property
    def is_overdue(self) -> bool:
        """Whether nobody has approved it in time. One that is proposed only today is late by nobody's fault."""
        is_late = self.due < self.view.today and self.letter.proposed < self.view.today
        return is_late and self.is_to_approve and not self.letter.trouble

    @property
    def is_to_approve(self) -> bool:
        """Whether it waits for somebody to approve it, whatever else comes first."""
        return self.is_to_do and self.letter.approval is None

    @property
    def is_ready(self) -> bool:
        """Whether it is made and waits to be sent."""
        is_made = self.letter.approval is not None and bool(self.letter.files)
        return self.is_to_do and is_made and not self.letter.trouble

    @property
    def is_to_do(self) -> bool:
        """Whether somebody has something to do about it."""
        return self.letter.is_open and not self.is_ticked and not self.letter.not_needed

    @property
    def file(self) -> str:
        """The files of it, and where they are."""
        if not self.letter.files and self.letter.digests and (self.letter.withdrawn or not self.letter.approval):
            return "In the folder letters/withdrawn: do not send it."
        return "\n".join(self.letter.files)


@dataclass(frozen=True)
class Steps:
    """What is ticked off on Actions, and what is left to do."""

    ticked: Collection[tuple[str, str, date]]
    left: Collection[tuple[str, str]]

    @classmethod
    def of(cls, view: View) -> "Steps":
        """Those of a page."""
        done = read_done(rows_of(view, ACTIONS))
        left = {(one.pupil.pupil_id, due.id) for one in view.outcomes for due in one.left}
        return cls(frozenset((one.pupil_id, one.action, one.due) for one in done), left)

    def is_ticked(self, child: Child) -> bool:
        """Whether the step of a child is ticked off."""
        return (child.pupil_id, child.action, child.due) in self.ticked

    def is_left(self, child: Child) -> bool:
        """Whether it is asked for, and not ticked off."""
        return (child.pupil_id, child.action) in self.left and not self.is_ticked(child)


def shown_letters(view: View) -> Sequence[Shown]:
    """The letters that pages show: all that are open, and those of this school year."""
    typed, steps = rows_of(view, LETTERS), Steps.of(view)
    begin = date(view.calendar.year(view.marks_until), 8, 1)
    known = [one for one in view.casework.letters if one.children and (one.is_open or one.proposed >= begin)]
    return [Shown(view, one, typed.get(one.key, {}), steps) for one in known]
