"""What the paper of a support plan, a contract, a part-time timetable or a child's own chart says."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from halfday import printing
from halfday.measures import Axis, Measures, Sessions
from halfday.policy.model import HALF_TERMLY, Letter, Plan, Policy
from halfday_sync.casework.model import SupportPlan
from halfday_sync.casework.plan_kinds import CHART, NOTICE, PART_TIME, title_of
from halfday_sync.casework.plan_state import state_of
from halfday_sync.casework.plans import read_target
from halfday_sync.letters.catalogue import Template
from halfday_sync.letters.child_fields import NO_FIGURE
from halfday_sync.letters.fields import DOTTED, Occasion, fields
from halfday_sync.letters.plan_days import PaperWeek, chart_rows, days_of, planned_weeks, to_colour, week_rows

SUPPORT_PLAN, CONTRACT = "support-plan", "attendance-contract"
TEMPLATES = (SUPPORT_PLAN, CONTRACT, PART_TIME, CHART)
"""The Word files of plans, `<id>.docx` beside the letters."""
_TICKED, _OPEN = "☒", "☐"
_ROOM = 2
"""Dotted lines below a heading that people fill in by hand."""
_LINE = "." * 180
_USUAL = ("What makes coming to school hard", "What the child says", "What school will do", "What the family will do")
_ABOUT = {
    "barriers": ("hard", "in the way", "barrier"),
    "support": ("school will do", "school does", "support"),
    "weeks": ("each week", "attendance now"),
    "review": ("looked at again", "look again"),
}
"""What a heading of the policy's plan is about, by its words."""


NO_LETTER, NO_TEMPLATE = Letter("plan", "", ""), Template("plan", "", "", "", ())
"""What stands in a letter's place, until the plan is known."""


def template_of(policy: Policy, plan_id: str) -> str:
    """Which Word file a plan is written in; nothing for one that is a letter."""
    if plan_id == NOTICE:
        return ""
    if plan_id in (PART_TIME, CHART):
        return plan_id
    return CONTRACT if "contract" in f"{plan_id} {title_of(policy, plan_id)}".casefold() else SUPPORT_PLAN


def plan_fields(plan: SupportPlan, letter: Occasion) -> dict[str, Any]:
    """All that a plan's paper can say, by name (`plans.toml` lists them); JSON.

    Args:
        plan: the plan.
        letter: everything that a letter about the child would be written from, marks included.

    Raises:
        ValueError: the plan has no first day, or there are no marks to work with.
    """
    if plan.begins is None or letter.register is None:
        raise ValueError(f"plan {plan.key}: it has no first day yet")
    state = state_of(letter.policy, plan, letter.calendar, letter.today)
    planned = planned_weeks(plan.begins, state.ends, letter.calendar)
    target, sessions = read_target(plan.target), _sessions(letter)
    return {
        **fields(letter),
        "title": title_of(letter.policy, plan.plan).partition(" (")[0],
        "begins": printing.date_in_full(plan.begins),
        "ends": printing.date_in_full(state.ends) if state.ends else "",
        "review": _review(state.review, state.policy),
        "last_4_weeks": _window(letter, "last_4_weeks"),
        "target": plan.target or DOTTED,
        "target_in_days": _target_words(target, planned),
        "who": plan.who or letter.settings.contact or DOTTED,
        "sections": [*_sections(plan, letter.policy, state.policy.contents if state.policy else ())],
        "weeks": week_rows(planned, sessions, plan.begins, target),
        "signatures": [{"who": role} for role in _signers(state.policy)],
        "signed": " ".join(plan.signed.split()),
        "reviews": [*_reviews(plan)],
        "chart": chart_rows(coloured := to_colour(planned, letter.today)),
        "chart_target": _chart_target(target, coloured),
    }


def _sessions(letter: Occasion) -> Sessions:
    assert letter.register is not None
    axis = Axis.of(letter.register, letter.calendar, letter.as_of)
    pupil = letter.outcomes[0].pupil
    return Sessions.of(pupil, axis, letter.register.marks_of(pupil.pupil_id))


def _window(letter: Occasion, name: str) -> dict[str, str]:
    """A window's figure, and what was missed in it."""
    found = letter.outcomes[0].windows.get(name, Measures())
    shown = printing.percent(found.attended, found.possible, letter.policy.cuts)
    return {"percent": f"{shown}%" if shown else NO_FIGURE, "missed": printing.missed_in_words(found.absent)}


def _review(day: date | None, plan: Plan | None) -> str:
    if day is not None:
        return printing.date_in_full(day)
    return "the end of this half term" if plan and plan.review == HALF_TERMLY else "the next half term"


def _target_words(target: Fraction | None, planned: Sequence[PaperWeek]) -> str:
    """What the target comes to in days; nothing without a target."""
    if target is None or not planned:
        return ""
    days = days_of(planned)
    most = floor(2 * days * (100 - target) / 100)
    missed = printing.missed_in_words(most)
    return (
        f"In the {days} school days of this plan that is {'no day missed' if not most else f'at most {missed} missed'}."
    )


def _chart_target(target: Fraction | None, planned: Sequence[PaperWeek]) -> str:
    """The target in days for a child to understand."""
    days = days_of(planned)
    if target is None:
        return f"............ of {days} days"
    return f"{printing.days(ceil(2 * days * target / 100))} of {days} days"


# --- Sections --------------------------------------------------------------------------------------------------------


def _sections(plan: SupportPlan, policy: Policy, contents: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The headings of the policy's plan, each with what is known already and room to write."""
    menus = {notice.id: notice.items for notice in policy.notices}
    offered = menus.get("support-in-letters") or menus.get("support", ())
    hard = tuple(item.partition(":")[0] for item in menus.get("barriers", ()))  # what follows is for staff
    typed = {"barriers": (hard, plan.barriers), "support": (offered, plan.support)}
    used: set[str] = set()
    for heading in contents or _USUAL:
        about = _about(heading)
        if about in ("weeks", "review"):
            continue  # the paper has a place of its own for it
        items, said = typed.get(about, ((), "")) if about not in used else ((), "")
        used.add(about)
        choices = [*_choices(items, said)]
        yield {"title": heading, "choices": choices, "lines": [_LINE] * (1 if choices else _ROOM)}


def _about(heading: str) -> str:
    said = heading.casefold()
    return next((name for name, words in _ABOUT.items() if any(word in said for word in words)), "")


def _choices(items: Sequence[str], typed: str) -> Iterator[dict[str, str]]:
    """The menu, ticked where people wrote it down; then what else they wrote, each line ticked."""
    left = [*_said(items, typed)]
    for item in items:
        found = [line for line in left if _is_same(line, item)]
        left = [line for line in left if line not in found]
        more = [line for line in found if line.casefold() != item.casefold()]
        yield {"tick": _TICKED if found else _OPEN, "text": "; ".join(more) or item}
    for line in left:
        yield {"tick": _TICKED, "text": f"{line[:1].upper()}{line[1:]}"}


def _said(items: Sequence[str], typed: str) -> Iterator[str]:
    """What people typed, thing by thing: a line each, and commas between things of the menu."""
    menu = {item.casefold() for item in items}
    for line in typed.replace(";", "\n").splitlines():
        parts = [part.strip(" -•*\t") for part in line.split(",")]
        is_list = any(part.casefold() in menu for part in parts)
        yield from filter(None, parts if is_list else [line.strip(" -•*\t")])


def _is_same(line: str, item: str) -> bool:
    """Whether a line begins as the menu says it: `Health: asthma` is Health."""
    said, wanted = line.casefold(), item.casefold()
    return said.startswith(wanted) or (len(said) > 3 and wanted.startswith(said))


# --- People ----------------------------------------------------------------------------------------------------------


def _signers(plan: Plan | None) -> tuple[str, ...]:
    return plan.signed_by if plan and plan.signed_by else ("Parent or carer", "For the school")


def _reviews(plan: SupportPlan) -> Iterator[dict[str, str]]:
    for day, outcome in zip(plan.reviewed, plan.outcomes, strict=True):
        yield {"date": printing.date_in_full(day), "outcome": outcome or "Looked at with the family"}
