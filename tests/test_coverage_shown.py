"""What a strategy asks for reaches a school's pages: every trigger, step, letter and word of the five strategies.

`workbook_templates/COVERAGE.md` names these tests for what no other test shows in a school's own words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from tests.little_school import OFFICE, little_school
from tests.test_review import school, section

from halfday.contacted import Contacted
from halfday.morning import morning
from halfday.policy import examples
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Policy
from halfday.policy.outcome import Done
from halfday.register import Mark, Register
from halfday_sync.casework.letter_life import live
from halfday_sync.casework.letters import Situation
from halfday_sync.decided import LATER
from halfday_sync.templates import EXAMPLES_FILE, policy_path, school_names, usable_policy
from halfday_sync.workbook import tracker
from halfday_sync.workbook.actions_sheet import action_rows
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.policy_sheet import titles
from halfday_sync.workbook.review_groups import LEAST
from halfday_sync.workbook.statutory import sections as statutory_sections
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.view import View

ROUNDS = 6
"""So many times in a row somebody does what comes first: more than any strategy has steps one after the other."""


@cache
def policy(name: str) -> Policy:
    return usable_policy(policy_path(name))


# --- Triggers, steps and letters --------------------------------------------------------------------------------------


def views(name: str) -> Iterator[View]:
    """The worked examples of a school's policy, one child each, while somebody does step after step."""
    text = policy_path(name).with_name(EXAMPLES_FILE).read_text(encoding="utf-8")
    for _called, at in examples.situations(text):
        done, contacts = at.done, at.contacts
        for _ in range(ROUNDS):
            outcomes = evaluate(
                policy(name), [at.pupil], at.register, at.calendar, at.as_of, at.decisions, done, contacts=contacts
            )
            yield View(
                school="Little Oak",
                policy=policy(name),
                calendar=at.calendar,
                pupils=[at.pupil],
                register=at.register,
                outcomes=outcomes,
                morning=morning(policy(name), outcomes, at.register, at.calendar, at.as_of),
                last_checked=datetime(2026, 1, 5, 8, tzinfo=UTC),
                last_changed=datetime(2026, 1, 5, 8, tzinfo=UTC),
                marks_until=at.as_of,
                source="Worked examples",
                version="0",
            )
            if not outcomes[0].later:
                break
            done += tuple(Done(at.pupil.pupil_id, one.id, one.due) for one in outcomes[0].checklist if one.due)
            contacts += (Contacted(at.pupil.pupil_id, at.as_of, outcome="Reason found"),)


def proposed(view: View) -> set[str]:
    """The letters that would stand on Letters for somebody to approve."""
    now = Situation(
        view.policy,
        view.today,
        view.marks_until,
        view.last_checked,
        view.outcome,
        (),
        {},
        lambda _template: True,
        lambda _pupil_id, _day: None,  # type: ignore[arg-type, return-value]
    )
    return {one.letter for one in live(now).letters}


@pytest.mark.parametrize("name", school_names())
def test_every_trigger_step_and_letter_of_a_strategy_reaches_the_pages(name: str) -> None:
    ours = policy(name)
    owners = {one.title: one.owner for one in ours.actions}
    triggers, steps, open_rows, later, letters = set[str](), set[str](), set[str](), set[str](), set[str]()
    for view in views(name):
        row = tracker.values(view, view.outcomes[0])
        triggers |= {one.id for one in ours.triggers if one.title in str(row["triggers"])}
        for action in ours.actions:
            if any(
                line.startswith(action.title) and action.owner in line for line in str(row["checklist"]).split("\n")
            ):
                steps.add(action.id)
        for key, said, _typed in action_rows(view):
            title = str(said["action"]).split("\n")[0]
            assert said["owner"] == owners[title]
            if said["status"] == LATER:
                assert "\nFirst: " in str(said["action"])
                later.add(key.split("|")[1])
            else:
                open_rows.add(key.split("|")[1])
        letters |= proposed(view)
    assert triggers == {one.id for one in ours.triggers}
    assert steps == {one.id for one in ours.actions}
    assert open_rows == {one.id for one in ours.actions if one.cadence == "once"}
    assert later >= {one.id for one in ours.actions if one.letter and one.cadence == "once" and one.after}
    assert letters == {one.letter for one in ours.actions if one.letter}


# --- The Policy page --------------------------------------------------------------------------------------------------


@cache
def cells_of(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words of every cell of a little school's workbook under a policy, page by page."""
    book = seen(opened(checked_bytes(school(name), OFFICE), "tracker.xlsx"))
    return {
        title: tuple(str(cell.value) for _at, cell in sorted(sheet.cells.items()) if cell.value not in (None, ""))
        for title, sheet in book.sheets.items()
    }


def said_by(ours: Policy) -> Iterator[str]:
    """All that a policy says to a school, cell by cell."""
    for band in ours.bands:
        yield from (band.name, band.responsible)
    for stage in ours.stages:
        yield from (stage.name, stage.responsible, titles(ours, stage.actions), "\n".join(stage.support))
    for trigger in ours.triggers:
        yield from (trigger.title, titles(ours, trigger.actions))
    for action in ours.actions:
        yield from (action.title, action.owner, action.cadence)
    for plan in ours.plans:
        yield from (plan.title, ", ".join(plan.signed_by), "\n".join(plan.contents))
    for titled in (ours.contacts, ours.rewards, ours.groups, ours.letters):
        yield from (one.title for one in titled)
    yield from said_to_all(ours)


def said_to_all(ours: Policy) -> Iterator[str]:
    """The part of it that is about no single child."""
    for meeting in ours.meetings:
        yield from (meeting.title, meeting.cadence, ", ".join(meeting.members), "\n".join(meeting.agenda))
    for routine in ours.routines:
        yield from (routine.title, routine.owner, routine.audience)
    for notice in ours.notices:
        yield from (notice.title, "\n".join(notice.items))
    for target in ours.targets:
        yield from (target.title, f"{float(target.value):g}%" if target.value is not None else "No figure given")


@pytest.mark.parametrize("name", school_names())
def test_the_policy_page_says_all_that_a_strategy_says(name: str) -> None:
    page = {cell.strip() for cell in cells_of(name)["Policy"]}
    missing = {words for words in said_by(policy(name)) if words.strip() and words.strip() not in page}
    assert missing == set()
    ours, head = policy(name).school, " ".join(cells_of(name)["Policy"][:4])
    assert all(said in head for said in (ours.document, ours.written, ours.ratified, ours.next_review))
    assert policy(name).fingerprint in cells_of(name)["About"]


# --- Pages ------------------------------------------------------------------------------------------------------------


def grouped(name: str, **flags: Any) -> View:
    """The little school under a policy shortly before its review, with every child in the groups that are given."""
    view = school(name, date(2025, 10, 17))
    pupils = {one.pupil_id: replace(one, **flags) for one in view.pupils}
    outcomes = [replace(one, pupil=pupils[one.pupil.pupil_id]) for one in view.outcomes]
    return replace(view, pupils=[*pupils.values()], outcomes=outcomes)


@pytest.mark.parametrize(
    ("name", "when", "group", "flags"),
    [
        ("stanton-road", "weekly", "Topaz", {"house": "Topaz"}),
        ("russells-hall", "half-termly", "Topaz", {"house": "Topaz"}),
        ("russells-hall", "half-termly", "Free school meals", {"fsm": True}),
        ("wath-central", "half-termly", "Pupil premium", {"pupil_premium": True}),
        ("wath-central", "half-termly", "Year 4", {"year_group": "4"}),
        ("rivington", "weekly", "Birch", {"class_name": "Birch"}),
    ],
)
def test_the_groups_of_a_strategy_stand_on_review_with_their_figures(
    name: str, when: str, group: str, flags: Mapping[str, Any]
) -> None:
    view = grouped(name, **flags)
    here = [one for one in view.outcomes if not view.has_left(one.pupil)]
    assert len(here) >= LEAST
    line = next(one for one in section(view, f"groups-{when}").lines if one.values["group"] == group)
    week = [one.windows["week"] for one in here]
    assert line.values["pupils"] == len(here)
    assert line.values["week"] == sum(one.attended for one in week) / sum(one.possible for one in week)
    absent = sum(bool(one.persistent_absence) for one in here if not one.early)
    assert str(line.values["words"]).endswith(f", {absent} persistently absent")


def test_lateness_has_its_column_for_each_child_and_its_line_for_a_family() -> None:
    view = little_school()
    together = [replace(one, family_id="F") if one.pupil_id in {"P03", "P08"} else one for one in view.pupils]
    late = date(2025, 10, 13)
    marks = [one for one in view.register.marks() if one.date != late or one.pupil_id not in {"P03", "P08"}]
    marks += [
        Mark(pupil_id, late, half, "L" if half == "AM" else "\\")
        for pupil_id in ("P03", "P08")
        for half in ("AM", "PM")
    ]
    register = Register.from_marks(marks, [one.pupil_id for one in together])
    outcomes = evaluate(view.policy, together, register, view.calendar, view.marks_until)
    view = replace(view, pupils=together, register=register, outcomes=outcomes)
    shown = {one.pupil.pupil_id: tracker.values(view, one)["late"] for one in outcomes}
    counted = {one.pupil_id: 0 for one in together}
    for mark in marks:
        counted[mark.pupil_id] += mark.code in {"L", "U"} and mark.date <= view.marks_until
    assert shown == counted
    (line,) = section(view, "families").lines
    assert "Both late together on 1 day: Mon 13 Oct." in str(line.values["why"])


def test_who_missed_a_tenth_or_half_is_marked_on_the_tracker_and_listed_on_statutory() -> None:
    view = school("working-together", date(2025, 12, 12))
    marks = [one for one in view.register.marks() if one.pupil_id not in {"P01", "P02"}]
    for pupil_id, every in (("P01", 8), ("P02", 2)):
        days = [day for day in view.calendar.school_days if day <= view.today]
        marks += [
            Mark(pupil_id, day, half, "I" if at % every == 0 else "/" if half == "AM" else "\\")
            for at, day in enumerate(days)
            for half in ("AM", "PM")
        ]
    register = Register.from_marks(marks, [one.pupil_id for one in view.pupils])
    outcomes = evaluate(view.policy, view.pupils, register, view.calendar, view.marks_until)
    view = replace(view, register=register, outcomes=outcomes)
    rows = {one.pupil.pupil_id: tracker.values(view, one) for one in outcomes}
    assert [(rows[one]["pa"], rows[one]["pa_note"]) for one in ("P01", "P02")] == [("Yes", ""), ("Yes", "Severe")]
    assert [rows[one]["stage"] for one in ("P01", "P02")] == ["Stage 1", "Stage 2"]
    listed = [{line.values["pupil_id"] for line in one.lines} for one in statutory_sections(view)]
    assert any({"P01", "P02"} <= ids for ids in listed)
    assert any("P02" in ids and "P01" not in ids for ids in listed)


def test_today_says_the_figures_of_the_school() -> None:
    view = school("stanton-road")
    here = [one for one in view.outcomes if not view.has_left(one.pupil)]
    attended, possible = (sum(getattr(one.ytd, what) for one in here) for what in ("attended", "possible"))
    said = f"{len(here)} pupils on roll, {100 * attended / possible:.1f}% of sessions attended since September."
    assert [one for one in cells_of("stanton-road")["Today"] if one.startswith(said)]
