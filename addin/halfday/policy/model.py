"""What a school's policy can say: frozen values, one class a table of `policy.toml`. Field names are the keys.

A field whose name ends in an underscore is that key without it (`from_` is `from`). Every table may say `document`: the
words of the school's own strategy that it comes from.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from halfday.policy.conditions import Condition
from halfday.printing import Cut

CADENCES = ("once", "daily", "weekly", "half-termly", "termly", "yearly")
KINDS = ("concern", "early", "improvement", "lateness", "pattern", "safeguarding", "statutory")
FLAGS = ("cp", "lac", "sen", "fsm", "pupil_premium", "young_carer", "eal")
COLOURS = ("none", "green", "amber", "orange", "red")
TARGET_MEASURES = ("percent", "persistent_absence")
NEXT_HALF_TERM, HALF_TERMLY = "next half term", "half-termly"
"""When a plan is reviewed, where that is not a number of school days."""
UNITS = ("pupil", "class", "year", "house", "school", "family", "group")


@dataclass(frozen=True, slots=True)
class School:
    """Whose policy it is, and which document it was read from."""

    name: str
    authority: str = ""
    document: str = ""
    written: str = ""
    ratified: str = ""
    next_review: str = ""
    records: str = ""
    statement: str = ""
    suggestion: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The general choices.

    `min_possible` is in sessions; `step_down` is `review` or `immediately`; after `idle_days` school days in which
    nobody did anything for a pupil at a stage, Today says so; `lessons_a_day` is for letters (0: they do not speak of
    lessons).
    """

    min_possible: int = 20
    step_down: str = "review"
    idle_days: int = 10
    lessons_a_day: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the year-to-date figure. `from_` is inclusive, `above` is not; it runs up to the next band.

    `written` is the range as the document prints it and `written_to` its highest figure: between that and the next band
    the document says nothing, and the gap rule (the lower band) decides.
    """

    name: str
    from_: Fraction | None = None
    above: Fraction | None = None
    written: str = ""
    written_to: Fraction | None = None
    responsible: str = ""
    lessons_missed: str = ""
    colour: str = "none"
    actions: tuple[str, ...] = ()
    document: str = ""

    @property
    def floor(self) -> Cut:
        """Where the band begins."""
        if self.above is not None:
            return Cut(self.above, inclusive=False)
        return Cut(self.from_ or Fraction(0), inclusive=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """A rung of the ladder, entered when the exact year-to-date figure is `below` or `at_or_below` a percentage."""

    number: int
    name: str
    below: Fraction | None = None
    at_or_below: Fraction | None = None
    responsible: str = ""
    actions: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    plan: str = ""
    document: str = ""

    @property
    def ceiling(self) -> Cut:
        """Above this cut the rung does not apply."""
        if self.at_or_below is not None:
            return Cut(self.at_or_below, inclusive=False)
        return Cut(self.below or Fraction(0), inclusive=True)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The ladder as it was in force up to a day (inclusive): stages decided under it stay as they were decided."""

    until: date
    stage: tuple[Stage, ...]
    min_possible: int = 20
    step_down: str = "review"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A named condition and the actions it asks for."""

    id: str
    title: str
    condition: Condition
    actions: tuple[str, ...] = ()
    kind: str = "concern"
    document: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person does for a pupil. `due` is in school days from the day that asked for it (`once`).

    `after` is the action that comes before it. `contact` says that it is done as soon as the family has been spoken to:
    a contact that is written down ticks it off.
    """

    id: str
    title: str
    owner: str = ""
    cadence: str = "once"
    due: int = 5
    needs_approval: bool = False
    letter: str = ""
    plan: str = ""
    after: str = ""
    contact: bool = False
    foundation: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Routine:
    """Something the school does for everyone, by the calendar."""

    id: str
    title: str
    owner: str = ""
    cadence: str = "weekly"
    day: str = ""
    audience: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A support plan or contract: how long in school weeks, reviewed when, holding what.

    It is reviewed `review_days` school days after it begins and after each review; without a number, as `review` says:
    in the first week of the next half term, or at the end of each half term. `review_action` is the action of the
    policy that such a review is.
    """

    id: str
    title: str
    weeks: int = 0
    review: str = ""
    review_days: int = 0
    review_action: str = ""
    signed_by: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of staff: who, how often, about what."""

    id: str
    title: str
    cadence: str
    members: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Reward:
    """Recognition: what a pupil, class, year or house must reach in a window. `best` rewards the highest instead."""

    id: str
    title: str
    unit: str
    window: str
    at_least: Fraction | None = None
    best: bool = False
    draw: bool = False
    owner: str = ""
    cadence: str = "weekly"
    tell: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure the school works towards, in %; empty where the school has not said it."""

    id: str
    title: str
    measure: str
    unit: str = "school"
    value: Fraction | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group whose figures are followed: `by` is a field of the pupil."""

    id: str
    title: str
    by: str
    cadence: str = "half-termly"
    owner: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """What is done on day `day` of an absence without a reason; sooner (`priority_day`) for children in `priority`."""

    day: int
    title: str
    owner: str = ""
    priority_day: int = 0
    document: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter home: which template, and which one instead for families on the adapted route."""

    id: str
    title: str
    template: str
    adapted: str = ""
    needs_approval: bool = True
    document: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A standing sentence, list or duty of the policy that pages and letters quote."""

    id: str
    title: str
    items: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True)
class Policy:
    """A school's whole policy. Lists keep the order of the document; bands run from high to low, stages from 1 up.

    `earlier` are the ladders that were in force before this one, the oldest first.
    """

    id: str
    school: School
    rules: Rules = field(default_factory=Rules)
    valid_from: date | None = None
    priority: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    stages: tuple[Stage, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    actions: tuple[Action, ...] = ()
    routines: tuple[Routine, ...] = ()
    plans: tuple[Plan, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    rewards: tuple[Reward, ...] = ()
    targets: tuple[Target, ...] = ()
    groups: tuple[Group, ...] = ()
    contacts: tuple[Contact, ...] = ()
    letters: tuple[Letter, ...] = ()
    notices: tuple[Notice, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    fingerprint: str = ""

    @cached_property
    def action(self) -> dict[str, Action]:
        """Actions by id."""
        return {action.id: action for action in self.actions}

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Every threshold of attendance in %, national ones included: a printed figure must not cross one."""
        cuts = [Cut(Fraction(90), inclusive=False), Cut(Fraction(50), inclusive=False)]
        cuts += [band.floor for band in self.bands]
        cuts += [stage.ceiling for stage in self.stages]
        for trigger in self.triggers:
            cuts += [
                Cut(test.value, inclusive=test.op in ("<", ">="))
                for test in trigger.condition.tests
                if test.quantity.name == "percent"
            ]
        return tuple(dict.fromkeys(cuts))

    def stage_named(self, number: int) -> Stage | None:
        """The rung with a number; none for 0."""
        return next((stage for stage in self.stages if stage.number == number), None)
