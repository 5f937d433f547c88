"""A child's list of questions: what a form asks and only people know. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from halfday.carer import Carer
from halfday_sync.referrals.fields import CHOICE, PARENT, SIBLING, YES_NO, Field, all_fields
from halfday_sync.referrals.profile import REASONS, Asked, Profile

SHEET = "Questions"
KEY, ABOUT, ASK, ANSWER, HELP, WEIGHT = "Halfday key", "About", "What we ask", "Your answer", "What to write", "Needed?"
HEADINGS = (KEY, ABOUT, ASK, ANSWER, HELP, WEIGHT)
"""The headings of the columns. The first two are hidden: by them an answer is known, wherever its row is moved to."""
CHOICES_YES_NO = ("Yes", "No")
KEPT = "Asked for another form"
_LEAST_PARENTS = 2
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True, slots=True)
class Child:
    """Whom a list of questions is about.

    Attributes:
        pupil_id: the id in the MIS.
        name: forename and surname.
        made_on: the day on which the file is made.
        carers: the child's, in the school's order.
        siblings: how many brothers and sisters are asked about; the list does not say who they are.
    """

    pupil_id: str
    name: str
    made_on: date
    carers: Sequence[Carer] = ()
    siblings: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the list.

    Attributes:
        key: how its answer is known: the id of a field; of a parent or sibling with a number, `parent_dob.1`.
        about: the name of the parent whom it is about, as the school has it.
    """

    key: str
    field: Field
    label: str
    weight: str = ""
    about: str = ""
    choices: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """What the file remembers of a question that it has asked."""
        return f"{self.key} {self.about}".rstrip()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading."""

    title: str
    questions: tuple[Question, ...]


def groups(profile: Profile, child: Child) -> tuple[Group, ...]:
    """What people are asked under a profile, in the order of its form: each parent's questions stand together."""
    found: list[Group] = []
    for part in profile.parts:
        asked = [one for one in part.asked if all_fields()[one.field].asked]
        plain = tuple(_question(profile, one) for one in asked if not all_fields()[one.field].of)
        parents = [one for one in asked if all_fields()[one.field].of == PARENT]
        siblings = [one for one in asked if all_fields()[one.field].of == SIBLING]
        found.append(Group(part.title, plain))
        for number, (title, about) in enumerate(_parents(child.carers), 1):
            rows = tuple(_question(profile, one, number, about) for one in parents)
            found.append(Group(f"{part.title}: {title}", rows))
        for number in range(1, child.siblings + 1 if profile.siblings else 1):
            rows = tuple(_question(profile, one, number) for one in siblings)
            found.append(Group(f"{part.title}: the {_place(number)} brother or sister, by age", rows))
    return tuple(group for group in found if group.questions)


def kept(answers: Mapping[str, str], asked: Sequence[Group], carers: Sequence[Carer]) -> Group:
    """What another form asked for, answered or not: nothing that people wrote is lost when the list is made anew."""
    there = {question.key for group in asked for question in group.questions}
    rows = []
    for key in answers:
        stem, _point, number = key.partition(".")
        known = all_fields().get(stem)
        if key in there or known is None:
            continue
        about = carers[int(number) - 1].name if known.of == PARENT and 0 < int(number or 0) <= len(carers) else ""
        label = f"{known.label} ({about or f'{known.of} {number}'})" if number else known.label
        rows.append(Question(key, known, label, KEPT, about, _choices(known)))
    return Group(KEPT, tuple(rows))


def _question(profile: Profile, asked: Asked, number: int = 0, about: str = "") -> Question:
    known = all_fields()[asked.field]
    choices = tuple(REASONS[one] for one in profile.reasons) if known.id == "reason" else _choices(known)
    return Question(
        f"{known.id}.{number}" if number else known.id,
        known,
        asked.label or known.label,
        profile.weight(known.id),
        about,
        choices,
    )


def _choices(known: Field) -> tuple[str, ...]:
    return {CHOICE: known.choices, YES_NO: CHOICES_YES_NO}.get(known.kind, ())


def _parents(carers: Sequence[Carer]) -> Iterator[tuple[str, str]]:
    """A heading for each parent, and the name. Room for two at least: the MIS need not share both."""
    for number, carer in enumerate(carers, 1):
        relationship = f" ({carer.relationship.lower()})" if carer.relationship else ""
        yield f"{carer.name}{relationship}" if carer.name else f"the {_place(number)} parent or carer", carer.name
    for number in range(len(carers) + 1, _LEAST_PARENTS + 1):
        yield f"the {_place(number)} parent or carer, where there is one", ""


def _place(number: int) -> str:
    return _ORDER[number - 1] if number <= len(_ORDER) else f"{number}th"
