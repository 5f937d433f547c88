"""Invented families for letters: what a letter says of one child, and of a brother and a sister."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from halfday.carer import Carer
from halfday.contacted import Contacted
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Letter, Policy
from halfday.policy.outcome import Outcome
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.casework import Casework, Minute, SupportPlan
from halfday_sync.letters import LetterSettings, Occasion, all_templates, fields, template
from halfday_sync.templates import policy_path, usable_policy

FROM, AS_OF, TODAY = date(2025, 9, 2), date(2026, 1, 9), date(2026, 1, 12)
AVA, BEN = "2101", "2102"
CARA, DEV = "2103", "2104"
"""A sister and a brother whose attendance has gone up."""
SETTINGS = LetterSettings(
    contact="Mrs P Example in the office, 01632 960001",
    sender="Ms H Example, Headteacher",
    address=("1 Example Road", "Exampleton EX1 1AA", "01632 960001"),
)
_HOLIDAYS = ((date(2025, 10, 27), date(2025, 10, 31)), (date(2025, 12, 22), date(2026, 1, 2)))
_AWAY: dict[str, Mapping[date, str]] = {
    AVA: {
        date(2025, 9, 22): "II",
        date(2025, 9, 23): "II",
        date(2025, 10, 13): "\\I",
        date(2025, 11, 10): "OO",
        date(2025, 11, 21): "OO",
        date(2025, 11, 28): "GG",
        date(2025, 12, 5): "OU",
        date(2025, 12, 15): "/N",
        date(2026, 1, 5): "OO",
        date(2026, 1, 9): "/O",
    },
    CARA: {date(2025, 9, 8): "II", date(2025, 9, 9): "II", date(2025, 9, 10): "II", date(2025, 9, 29): "I\\"},
    DEV: {date(2025, 9, 8): "II", date(2025, 9, 9): "II", date(2025, 10, 6): "/O"},
    BEN: {
        date(2025, 9, 15): "II",
        date(2025, 10, 6): "II",
        date(2025, 10, 7): "II",
        date(2025, 11, 21): "OO",
        date(2025, 12, 1): "II",
        date(2025, 12, 2): "II",
        date(2026, 1, 5): "I\\",
    },
}
_PUPILS = (
    Pupil(
        AVA, surname="Example", forename="Ava", class_name="4B", year_group="4", dob=date(2017, 3, 1), family_id="F1"
    ),
    Pupil(
        BEN, surname="Example", forename="Ben", class_name="2A", year_group="2", dob=date(2019, 5, 1), family_id="F1"
    ),
    Pupil(CARA, surname="Sample", forename="Cara", class_name="5C", year_group="5", family_id="F2"),
    Pupil(DEV, surname="Sample", forename="Dev", class_name="1A", year_group="1", family_id="F2"),
)
CARERS = {
    who: (
        Carer(who, 1, "Mrs A Example", "Mother", ("01632 960011",)),
        Carer(who, 2, "Mr B Example", "Father", ("07700 900012",)),
        Carer(who, 3, "Mrs C Sample", "Grandmother", letters=False),
    )
    for who in (AVA, BEN)
}
CASEWORK = Casework(
    contacts=(
        Contacted(AVA, date(2025, 9, 22), "Call", "Reason found", "Bad cold, says Mum"),
        Contacted(AVA, date(2025, 11, 10), "Call", "No answer"),
        Contacted(AVA, date(2025, 11, 11), "Call", "Spoke to parent", "Difficult at home"),
        Contacted(AVA, date(2025, 12, 8), "Visit", "Spoke to parent", "Difficult at home"),
    ),
    plans=(
        SupportPlan(
            "P1",
            AVA,
            "parent-contract",
            begins=date(2025, 12, 9),
            ends=date(2026, 2, 6),
            support="Breakfast at school\nA talk each Friday",
        ),
        SupportPlan(
            "P2",
            AVA,
            "notice-to-improve",
            begins=date(2026, 1, 19),
            ends=date(2026, 2, 27),
            target="at least 95% in these six weeks",
        ),
    ),
    minutes=(
        Minute("M1", date(2025, 12, 9), "Family", AVA, "Make a plan", next_due=date(2026, 1, 16)),
        Minute("M2", date(2026, 1, 5), "Weekly meeting", AVA, "Ask the local authority"),
    ),
)


@cache
def calendar() -> Calendar:
    """School days from September to March, as a school of no particular place has them."""
    days = [FROM + timedelta(days=n) for n in range(190)]
    kinds = {
        day: "holiday" if any(first <= day <= last for first, last in _HOLIDAYS) else "school"
        for day in days
        if day.weekday() < 5
    }
    return Calendar.from_kinds(kinds)


@cache
def register() -> Register:
    """The marks of both children up to the Friday before the letter."""
    marks = [
        Mark(pupil.pupil_id, day, session, code)
        for pupil in _PUPILS
        for day in calendar().school_days
        if day <= AS_OF
        for session, code in zip(SESSIONS, _AWAY[pupil.pupil_id].get(day, "/\\"), strict=True)
    ]
    return Register.from_marks(marks, [pupil.pupil_id for pupil in _PUPILS])


@cache
def policy(name: str) -> Policy:
    return usable_policy(policy_path(name))


@cache
def outcomes(name: str) -> dict[str, Outcome]:
    found = evaluate(policy(name), _PUPILS, register(), calendar(), AS_OF)
    return {one.pupil.pupil_id: one for one in found}


@cache
def whose(template_id: str) -> tuple[str, Letter]:
    """A policy that names a template, and its letter; where none does, one that could."""
    for name in ("rivington", "stanton-road", "wath-central", "working-together"):
        for letter in policy(name).letters:
            if template_id in {letter.template, letter.adapted}:
                return name, letter
    return "rivington", Letter(template_id, template(template_id).title, template_id)


def occasion(template_id: str, *children: str, **others: Any) -> Occasion:
    """A letter about one or both children on Monday 12 January 2026."""
    name, letter = whose(template_id)
    known: dict[str, Any] = {
        "school": policy(name).school.name,
        "policy": policy(name),
        "letter": letter,
        "template": template(template_id),
        "today": TODAY,
        "as_of": AS_OF,
        "outcomes": tuple(outcomes(name)[who] for who in children or family(template_id)[:1]),
        "calendar": calendar(),
        "settings": SETTINGS,
        "carers": CARERS,
        "casework": CASEWORK,
        "register": register(),
    }
    return Occasion(**known | others)


def said(template_id: str, *children: str, **others: Any) -> dict[str, Any]:
    """What that letter says."""
    return fields(occasion(template_id, *children, **others))


def family(template_id: str) -> tuple[str, str]:
    """Whom a letter is about: good news about those whose attendance has risen."""
    return (CARA, DEV) if template_id in {"acknowledgement", "praise"} else (AVA, BEN)


SHARED = tuple(one.id for one in all_templates().values() if one.shared)
ALONE = tuple(one.id for one in all_templates().values() if not one.shared)
