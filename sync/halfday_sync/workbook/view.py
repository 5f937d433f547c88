"""What the tracker shows: one frozen picture of a school on one morning. Everything is in it; nothing else is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from halfday import cells
from halfday.morning import Morning, StageChange
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Pupil, Register
from halfday.school_year import Calendar, HalfTerm
from halfday_sync.casework import Casework
from halfday_sync.casework.referral_clock import Clock, ClockRule
from halfday_sync.entries import Edit, Problem, Typed


@dataclass(frozen=True, slots=True)
class Counts:
    """What the last run changed."""

    added: int = 0
    amended: int = 0
    joined: int = 0
    left: int = 0


@dataclass(frozen=True)
class View:
    """Everything that is written to the tracker.

    Attributes:
        pupils: those on roll, and the leavers of this school year.
        register: all marks, today's included.
        outcomes: as of the last finished school day.
        decisions: holds, overrides and recorded reviews of these pupils.
        marks_until: the last day whose marks count.
        source: where the marks come from, in words.
        live: the page may compare itself with the computer's clock, to say that it is old. Not for a demonstration or a
            pretend date.
        policy_text: the policy as the cell functions read it; worked out when left empty.
        calendar_text: likewise the calendar.
        staff: what people typed, by place, row and column (`halfday_sync.entries`).
        edits: cells of Halfday's that people changed; they stay as they are.
        problems: what somebody should put right in the workbook or in the marks.
        waiting: ids of pupils who cannot be put on the Tracker, since something stands below its table.
        has_totals: what stands there is the table's own row of totals.
        kept: words that people typed on a page where no cell is theirs.
        guests: pupils of another school who come here: on the call list, and nowhere else.
        due_by: on a school day the page should be of that day from this time on; the computer's clock is meant.
        listed: keys of the rows that the Actions page has already: a row never goes, even when nobody asks for it.
        casework: contacts, letters, plans and minutes.
        clock_rule: by when the school's local authority wants a referral; empty where the settings name none.
        clocks: the children for whom that clock runs.
    """

    school: str
    policy: Policy
    calendar: Calendar
    pupils: Sequence[Pupil]
    register: Register
    outcomes: Sequence[Outcome]
    morning: Morning
    last_checked: datetime
    last_changed: datetime
    marks_until: date
    source: str
    version: str
    counts: Counts = Counts()
    decisions: Sequence[Decision] = ()
    live: bool = False
    policy_text: str = ""
    calendar_text: str = ""
    staff: Mapping[tuple[str, str, str], Typed] = field(default_factory=dict)
    edits: Sequence[Edit] = ()
    problems: Sequence[Problem] = ()
    waiting: Sequence[str] = ()
    has_totals: bool = False
    kept: Sequence[str] = ()
    listed: Collection[str] = ()
    guests: Sequence[Pupil] = ()
    due_by: time = time(8, 15)
    casework: Casework = field(default_factory=Casework)
    clock_rule: ClockRule = field(default_factory=ClockRule)
    clocks: Sequence[Clock] = ()

    def __post_init__(self) -> None:
        if not self.policy_text:
            object.__setattr__(self, "policy_text", cells.policy_text(self.policy))
        if not self.calendar_text:
            object.__setattr__(self, "calendar_text", cells.calendar_text(self.calendar, self.half_terms))

    @property
    def today(self) -> date:
        """The day of the page."""
        return self.morning.today

    @cached_property
    def half_terms(self) -> tuple[HalfTerm, ...]:
        """The half terms of the register."""
        return cells.shown_half_terms(self.register, self.calendar, self.marks_until)

    @cached_property
    def ordered(self) -> tuple[Outcome, ...]:
        """Outcomes by class and then by name, leavers last."""
        return tuple(sorted(self.outcomes, key=self._place))

    def _place(self, outcome: Outcome) -> tuple[bool, str, str, str, str]:
        pupil = outcome.pupil
        return (self.has_left(pupil), pupil.class_name, pupil.surname, pupil.forename, pupil.pupil_id)

    def has_left(self, pupil: Pupil) -> bool:
        """Whether a pupil had left by the day of the page."""
        return pupil.end_date is not None and pupil.end_date < self.today

    @cached_property
    def flags(self) -> frozenset[str]:
        """The flags of a pupil that the policy asks about; no others are written."""
        return cells.asked_about(self.policy)

    @cached_property
    def pupil(self) -> dict[str, Pupil]:
        """Pupils by id."""
        return {pupil.pupil_id: pupil for pupil in self.pupils}

    @cached_property
    def outcome(self) -> dict[str, Outcome]:
        """Outcomes by pupil id."""
        return {outcome.pupil.pupil_id: outcome for outcome in self.outcomes}

    @cached_property
    def changed(self) -> dict[str, StageChange]:
        """Changes of stage since the last school day, by pupil id."""
        return {change.outcome.pupil.pupil_id: change for change in self.morning.changes}

    @cached_property
    def by_old_marks(self) -> frozenset[str]:
        """Ids of the pupils whose stage is another since the last run, because old marks were changed."""
        moved = {one.pupil_id for one in self.morning.restated if one.stage_before != one.stage_after}
        edited = {pupil_id for pupil_id, change in self.changed.items() if change.edited}
        return frozenset((moved | edited) & self.outcome.keys())

    @cached_property
    def decided(self) -> dict[str, list[Decision]]:
        """Decisions by pupil id."""
        found: dict[str, list[Decision]] = {}
        for decision in self.decisions:
            found.setdefault(decision.pupil_id, []).append(decision)
        return found

    @cached_property
    def marks(self) -> dict[str, tuple[str, ...]]:
        """Each pupil's marks as cell texts, one for each of `half_terms`."""
        return cells.marks_texts(self.register, self.calendar, self.half_terms)


def name_of(pupil: Pupil) -> str:
    """How a page names a pupil."""
    return f"{pupil.forename} {pupil.surname}".strip() or pupil.pupil_id
