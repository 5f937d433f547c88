"""The rows of Plans as people filled them in: support plans, and what they should put right in them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from halfday import printing
from halfday.policy.model import Policy
from halfday_sync.casework.model import SupportPlan
from halfday_sync.casework.plan_kinds import PART_TIME, plan_meant
from halfday_sync.casework.plan_reviews import Held
from halfday_sync.decided import as_on_roll, pupil_of, read_day, text_of
from halfday_sync.entries import Problem, Typed

_SAYS = ("plan", "begins", "ends", "barriers", "support", "target", "who", "signed", "reviewed", "outcome")
"""The columns that make a row one about a plan; a note alone does not."""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A row of Plans: the plan, where one can be made of it, and everything that is wrong with the row, in words."""

    plan: SupportPlan | None
    wrong: tuple[str, ...] = ()


def read_plans(
    rows: Mapping[str, Mapping[str, Typed]],
    policy: Policy,
    pupils: Collection[str],
    reviews: Mapping[str, tuple[Held, ...]],
    today: date,
) -> Mapping[str, ReadPlan]:
    """The rows by key.

    Args:
        rows: what was typed, by key of the row and of the column.
        policy: whose plans people may mean.
        pupils: the ids that are known.
        reviews: the reviews of each row, the oldest first.
        today: the day of the page; a review of a later day is only planned.
    """
    known = as_on_roll(pupils)
    return {key: _read(key, typed, policy, known, reviews.get(key, ()), today) for key, typed in rows.items()}


def problems_of(read: Mapping[str, ReadPlan]) -> Iterator[Problem]:
    """What people should put right, a sentence for each row."""
    for one in read.values():
        if one.wrong:
            pupil_id = one.plan.pupil_id if one.plan else ""
            yield Problem(f"Plans: {'; '.join(one.wrong)}.", pupil_id)


def _read(
    key: str,
    typed: Mapping[str, Typed],
    policy: Policy,
    known: Mapping[str, str],
    reviews: tuple[Held, ...],
    today: date,
) -> ReadPlan:
    said = {column: text_of(typed.get(column)) for column in ("pupil_id", *_SAYS)}
    if not any(said.values()):
        return ReadPlan(None)
    pupil_id = pupil_of(said["pupil_id"], known)
    meant = _meant(key, said["plan"], policy)
    wrong = list(_wrong(typed, said, meant))
    if not pupil_id or not said["plan"]:
        return ReadPlan(None, tuple(wrong) if pupil_id else ())
    begins, ends = read_day(typed.get("begins")), read_day(typed.get("ends"))
    if begins and ends and ends < begins:
        ends = None  # it is said that this cannot be; until it is put right, the policy's length counts
    held = [one for one in reviews if one.day <= today and begins]
    plan = SupportPlan(
        key=key,
        pupil_id=pupil_id,
        plan=meant,
        begins=begins,
        ends=ends,
        target=_target_words(typed.get("target")),
        reviewed=tuple(one.day for one in held),
        outcomes=tuple(one.outcome for one in held),
        outcome=held[-1].outcome if held else "",
        who=said["who"],
        signed=said["signed"],
        barriers=_lines(typed.get("barriers")),
        support=_lines(typed.get("support")),
    )
    return ReadPlan(plan, tuple(wrong))


def _meant(key: str, words: str, policy: Policy) -> str:
    """The plan that a row is about. One that Halfday proposed stays the policy's when the policy gives it new words."""
    meant = plan_meant(policy, words) if words else ""
    proposed = key.split("|")[1] if key.count("|") == 2 else ""
    return proposed if meant == words and any(plan.id == proposed for plan in policy.plans) else meant


def _wrong(typed: Mapping[str, Typed], said: Mapping[str, str], meant: str) -> Iterator[str]:
    """What the harvest does not say of any row: that there is no pupil, or a day is no date."""
    if not said["plan"]:
        yield "a row needs a choice under Plan"
    yield from _wrong_days(typed)
    if meant == PART_TIME and said["begins"] and not said["ends"]:
        yield "a part-time timetable needs its last day, under Ends"
    if said["target"] and read_target(typed.get("target")) is None:
        yield "a target is no figure from 1 to 100"


def _wrong_days(typed: Mapping[str, Typed]) -> Iterator[str]:
    """Days that cannot be, beside one another."""
    begins, ends, reviewed = (read_day(typed.get(column)) for column in ("begins", "ends", "reviewed"))
    if begins and ends and ends < begins:
        yield "a plan ends before it begins"
    if begins and reviewed and reviewed < begins:
        yield "a plan was reviewed before it began; a new plan is a new row"
    if reviewed and not begins:
        yield "a plan was reviewed that has no first day; the review does not count"


def read_target(value: Typed) -> Fraction | None:
    """A target in %; Excel keeps 95% as 0.95.

    >>> [str(read_target(said)) for said in ("95%", 0.95, 96.5, "97,5", "soon", 120)]
    ['95', '95', '193/2', '195/2', 'None', 'None']
    """
    if isinstance(value, bool | date):
        return None
    text = text_of(value).rstrip("% ").replace(",", ".")
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    found *= 100 if isinstance(value, float) and 0 < found <= 1 else 1
    return found if 1 <= found <= 100 else None


def _target_words(value: Typed) -> str:
    target = read_target(value)
    return "" if target is None else f"{printing.number(target)}%"


def _lines(value: Typed) -> str:
    """What people typed, line by line, without spaces at the ends."""
    if not isinstance(value, str):
        return text_of(value)
    return "\n".join(line for one in value.splitlines() if (line := " ".join(one.split())))
