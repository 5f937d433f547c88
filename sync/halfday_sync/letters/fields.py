"""What a letter says, worked out once: at approval it is frozen as JSON, and the letter is made from that alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from halfday import printing
from halfday.carer import Carer
from halfday.policy.model import Letter, Policy
from halfday.policy.outcome import Outcome
from halfday.register import Register
from halfday.school_year import Calendar
from halfday_sync.casework import Casework
from halfday_sync.letters import so_far
from halfday_sync.letters.catalogue import Template
from halfday_sync.letters.child_fields import child_fields
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.letters.why import IN_GENERAL

DOTTED = "." * 50
"""What a person fills in by hand before the letter goes."""
_IN_LETTERS, _SUPPORT = "support-in-letters", "support"
"""Notices of a policy: what school can offer in parents' words, and what it can offer as staff say it."""
_OFFERED = ("A talk with somebody at school who knows your child", "Help to find out what makes coming to school hard")
_NOTICE = "notice-to-improve"


@dataclass(frozen=True)
class Occasion:
    """Everything that a letter is written from.

    Attributes:
        school: its name.
        letter: the letter as the policy names it.
        template: the words it is written in: the plain ones, or the adapted ones.
        today: the date on the letter.
        as_of: the last school day that the figures hold.
        outcomes: of the children it is about, the first one first.
        carers: by pupil id.
        adapted: why the adapted letter goes, in staff's words. It is never printed.
        line: a line written for this family.
        register: for the figure at the last review; without it there is none.
    """

    school: str
    policy: Policy
    letter: Letter
    template: Template
    today: date
    as_of: date
    outcomes: Sequence[Outcome]
    calendar: Calendar
    settings: LetterSettings
    carers: Mapping[str, Sequence[Carer]] = field(default_factory=dict)
    casework: Casework = field(default_factory=Casework)
    adapted: str = ""
    line: str = ""
    register: Register | None = None


def fields(occasion: Occasion) -> dict[str, Any]:
    """What the letter says, by the names of `letters.toml`; JSON.

    A letter about one child has that child's figures by themselves as well. One about several has them in `children`
    only, so that nobody's figure is read as another's.

    Raises:
        ValueError: it is about nobody.
    """
    if not occasion.outcomes:
        raise ValueError("a letter is about at least one child")
    children = [
        child_fields(occasion.policy, occasion.letter.id, one, occasion.calendar, occasion.register)
        for one in occasion.outcomes
    ]
    return {
        **(children[0] if len(children) == 1 else {}),
        **_family(occasion, children),
        **_school(occasion),
        **_so_far(occasion),
        **_by_hand(occasion),
    }


def copies(template: Template, frozen: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The letter as often as it goes: once for the family, or once for each parent, addressed to them alone."""
    carers = frozen.get("carers", [])
    if not template.per_carer or len(carers) < 2:
        return (dict(frozen),)
    return tuple({**frozen, "parents": name, "carers": [name]} for name in carers)


def addressed(carers: Mapping[str, Sequence[Carer]], pupil_ids: Sequence[str]) -> tuple[str, ...]:
    """The names of those to whom letters about all of these children go, in the school's order."""
    rights = [{one.name for one in carers.get(pupil_id, ()) if one.letters and one.name} for pupil_id in pupil_ids]
    first = sorted(carers.get(pupil_ids[0], ()), key=lambda one: one.order)
    return tuple(dict.fromkeys(one.name for one in first if all(one.name in names for names in rights)))


def goes_to_nobody(carers: Mapping[str, Sequence[Carer]], pupil_ids: Sequence[str]) -> bool:
    """Whether carers are known, and none of them gets letters about these children: a court may have said so."""
    return any(carers.get(pupil_id) for pupil_id in pupil_ids) and not addressed(carers, pupil_ids)


def may_share(carers: Mapping[str, Sequence[Carer]], pupil_ids: Sequence[str]) -> bool:
    """Whether one letter may be about all of these children: the same people get letters about each of them.

    A parent of one child only must not read about the other. Children of whom no carer is known share a letter.
    """
    rights = [frozenset(addressed(carers, [pupil_id])) for pupil_id in pupil_ids]
    return len(set(rights)) <= 1


def _family(occasion: Occasion, children: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = addressed(occasion.carers, [child["pupil_id"] for child in children])
    pupil = printing.in_a_row(child["pupil"] for child in children)
    return {
        "children": [*children],
        "several": len(children) > 1,
        "pupil": pupil,
        "forename": printing.in_a_row(child["forename"] for child in children),
        "why": _why([child["why"] for child in children]),
        "parents": printing.in_a_row(names) or f"Parents and carers of {pupil}",
        "carers": [*names],
    }


def _why(reasons: Sequence[str]) -> str:
    """Each reason once; that we would like to talk goes without saying where there is another."""
    other = [reason for reason in reasons if reason != IN_GENERAL]
    return " ".join(dict.fromkeys(other or reasons))


def _school(occasion: Occasion) -> dict[str, Any]:
    settings = occasion.settings
    return {
        "school": occasion.school,
        "address": [*settings.address],
        "policy": _policy(occasion.policy),
        "date": f"{occasion.today.day} {occasion.today:%B %Y}",
        "as_of": printing.date_in_full(occasion.as_of),
        "school_contact": settings.contact or DOTTED,
        "sender": settings.sender or DOTTED,
        "personal_line": " ".join(occasion.line.split()),
        "support_offered": [*_offered(occasion.policy)],
    }


def _policy(policy: Policy) -> str:
    """The strategy's title, and when it was ratified and is next reviewed, as far as the policy says."""
    school = policy.school
    dates = (("Ratified", school.ratified), ("Next review", school.next_review))
    words = [school.document, *(f"{what}: {when}" for what, when in dates if when)]
    return "".join(f"{one}. " for one in filter(None, words)).strip()


def _offered(policy: Policy) -> Iterator[str]:
    notices = {notice.id: notice.items for notice in policy.notices}
    yield from notices.get(_IN_LETTERS) or notices.get(_SUPPORT) or _OFFERED


def _so_far(occasion: Occasion) -> dict[str, Any]:
    ids = [one.pupil.pupil_id for one in occasion.outcomes]
    since = date(occasion.calendar.year(occasion.as_of), 8, 1)
    until = occasion.today
    return {
        "support_given": so_far.support_given(occasion.policy, occasion.casework, ids, since, until),
        "actions_agreed": so_far.actions_agreed(occasion.casework, ids, since, until),
    }


def _by_hand(occasion: Occasion) -> dict[str, str]:
    """What only people know: from a plan where one says it, else a dotted line."""
    ids = {one.pupil.pupil_id for one in occasion.outcomes}
    notice = next((one for one in occasion.casework.plans if one.plan == _NOTICE and one.pupil_id in ids), None)
    owner = next((one.owner for one in occasion.policy.actions if one.letter == occasion.letter.id), "")
    return {
        "meeting_date": DOTTED,
        "meeting_place": DOTTED,
        "meeting_people": owner.replace("LA ", "local authority ") or DOTTED,
        "period_start": _day(notice.begins if notice else None),
        "period_end": _day(notice.ends if notice else None),
        "improvement": f"Attendance of {notice.target}" if notice and notice.target else DOTTED,
        "leave_dates": DOTTED,
        "leave_reason": DOTTED,
        "leave_decision": DOTTED,
    }


def _day(day: date | None) -> str:
    return printing.date_in_full(day) if day else DOTTED
