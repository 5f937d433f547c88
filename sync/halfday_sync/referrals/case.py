"""One child, and nobody else: everything that a pack can be made from. Gathered from nothing, never by taking away.

Other children's names in people's own words are covered before they come here (`covering`), and what letters shared by
brothers and sisters say of the others is left behind (`referring.gather`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from halfday.acted import Act
from halfday.carer import Carer
from halfday.measures import Sessions
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Mark, Pupil, SessionKey
from halfday.school_year import Calendar
from halfday_sync.casework import Casework
from halfday_sync.chronology import Story


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What the settings say of the school; empty where they do not."""

    name: str
    address: tuple[str, ...] = ()
    contact: str = ""
    head: str = ""
    dfe_number: str = ""


@dataclass(frozen=True, slots=True)
class Amended:
    """A mark that was changed after Halfday first saw it: from what, to what, and when that was seen."""

    day: date
    session: str
    before: str
    after: str
    seen: date


@dataclass(frozen=True, slots=True)
class Sibling:
    """A brother or sister at this school, where the form asks for them and a person confirmed it."""

    pupil: Pupil
    percent: str | None
    stage: int


@dataclass(frozen=True)
class Case:
    """A child's case.

    Attributes:
        school, policy, calendar: whose.
        pupil, outcome: the child, and what the engine says of it as of `as_of`.
        carers: those of the child, in the school's order.
        sessions: all marks that are held, of all years, up to `as_of`.
        as_of: the last finished school day.
        made_on: the day on the pack.
        notes: minutes late and comments of the child's marks, by session.
        amended: marks that were changed later, the oldest first.
        story: for the chronology; its casework is this child's only.
        acts: what was done for this child.
        answers: what people wrote on the list of questions: `early_help`, `parent_dob.1` (the first carer),
            `sibling_school.2`; covered.
        covered: in how many places another child's name was covered.
        siblings: see there; empty unless confirmed.
        has_siblings: whether the school has brothers or sisters on roll.
        reason: why the child is referred, an id of the profile's `reasons`.
        who: who prepares the pack.
    """

    school: SchoolFacts
    policy: Policy
    calendar: Calendar
    pupil: Pupil
    outcome: Outcome
    sessions: Sessions
    story: Story
    as_of: date
    made_on: date
    carers: tuple[Carer, ...] = ()
    notes: Mapping[SessionKey, Mark] = field(default_factory=dict)
    amended: tuple[Amended, ...] = ()
    acts: tuple[Act, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    covered: int = 0
    siblings: tuple[Sibling, ...] = ()
    has_siblings: bool = False
    reason: str = ""
    who: str = ""

    @property
    def casework(self) -> Casework:
        """What people did for this child."""
        return self.story.casework

    @property
    def name(self) -> str:
        """The child's name as the school's MIS has it: forename and surname."""
        return " ".join(filter(None, (self.pupil.forename, self.pupil.surname))) or self.pupil.pupil_id
