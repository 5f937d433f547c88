"""Review lists whom a meeting decides about: each once, why, what was agreed last; and what is typed there stays."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.little_school import OFFICE, little_school
from tests.staff_books import XmlBook

from halfday.contacted import Contacted
from halfday.morning import morning
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Policy
from halfday.register import SESSIONS, Mark, Register
from halfday_sync.casework.model import Casework, Minute, SupportPlan
from halfday_sync.commands.review import told
from halfday_sync.entries import MINUTES, TRACKER, Typed
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.harvest import Harvest, Known, harvest
from halfday_sync.workbook.layout import document, number, section_columns
from halfday_sync.workbook.review import sections
from halfday_sync.workbook.review_rows import week_end
from halfday_sync.workbook.review_weekly import nobody_reached, verge
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.today_agreed import agreed
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.view import View

KEY = re.compile(r"[^|]+\|[a-z-]+\|\d{4}-\d\d-\d\d")
FRIDAY = date(2025, 10, 17)
WORDS = ("/ \\", "I I", "N N", "L \\", "G G", "/ I", "U \\")
KEY_AT = number(document("layout")["review"]["key"]) + 1
AT = {column.key: column.at + 1 for column in section_columns("review", "pupils")}


@cache
def of_a_school(name: str) -> Policy:
    return usable_policy(policy_path(name))


def school(policy: str = "little", today: date = FRIDAY, marks: Random | None = None, **more: Any) -> View:
    """The little school, with another policy, on another day, or with marks by chance."""
    view = little_school(today)
    ours = view.policy if policy == "little" else of_a_school(policy)
    register = view.register if marks is None else _by_chance(view, marks)
    pupils = [replace(one, family_id=f"F{at // 3}") if marks else one for at, one in enumerate(view.pupils)]
    outcomes = evaluate(ours, pupils, register, view.calendar, view.marks_until)
    found = morning(ours, outcomes, register, view.calendar, today)
    changed: dict[str, Any] = {"policy": ours, "register": register, "outcomes": outcomes, "morning": found}
    return replace(view, pupils=pupils, policy_text="", **changed, **more)


def _by_chance(view: View, random: Random) -> Register:
    days = [day for day in view.calendar.school_days if day <= view.today]
    weights = [random.choice((2, 6, 20)), 2, 1, 1, 1, 1, 1]
    rows = [
        Mark(pupil.pupil_id, day, session, code)
        for pupil in view.pupils
        for day in days
        for session, code in zip(SESSIONS, random.choices(WORDS, weights)[0].split(), strict=True)
    ]
    return Register.from_marks(rows, [pupil.pupil_id for pupil in view.pupils])


def section(view: View, name: str) -> Section:
    return next(one for one in sections(view) if one.id == name)


def text(view: View) -> str:
    return "\n".join(line for one in sections(view) for line in told(one)) + "\n"


def at_work() -> dict[str, Any]:
    """What people did in the weeks before: calls, meetings, a plan; and whom to ring elsewhere."""
    minutes = (
        Minute("P03|weekly|2025-10-10", date(2025, 10, 8), "Weekly meeting", "P03", "Meet the family", "RK", FRIDAY),
        Minute("M2", date(2025, 10, 6), "Family", "P05", "Ring the family", "AB", date(2025, 10, 15)),
        Minute("M3", date(2025, 10, 9), "Weekly meeting", "P08", "Visit", "AB", date(2025, 10, 14), done=True),
    )
    contacts = (
        Contacted("P08", date(2025, 10, 13), outcome="No answer", key="C1"),
        Contacted("P08", date(2025, 10, 15), outcome="No answer", key="C2"),
        Contacted("P07", date(2025, 10, 16), outcome="Will call back", key="C3"),
    )
    plans = (SupportPlan("P4", "P09", "plan", date(2025, 9, 8), date(2025, 10, 17), who="RK"),)
    elsewhere = {(TRACKER, "P08", "other_schools"): "Ira, Brook Academy, 01632 960123"}
    return {"casework": Casework(contacts, (), plans, minutes), "staff": elsewhere}


# --- the page as text ------------------------------------------------------------------------------------------------


def test_golden(golden: Callable[[str, str], None]) -> None:
    pages = {
        "Little Oak, near its review": school(**at_work()),
        "Little Oak, in the middle of the next half term": school(today=date(2025, 11, 19)),
        "Rivington's policy: a caseload for the local authority": school("rivington", date(2025, 11, 3), **at_work()),
        "Wath Central's policy: a target of 96%": school("wath-central", date(2025, 12, 12), Random(6)),
    }
    golden("review", "\n\n".join(f"===== {name} =====\n{text(view)}" for name, view in pages.items()))


# --- each once -------------------------------------------------------------------------------------------------------


def _named(view: View, one: Section) -> Iterator[str]:
    """The pupils of a section's lines, those beside them in a line included."""
    for line in one.lines:
        owner = line.key.split("|")[0]
        yield owner
        for pupil in view.pupils:
            if pupil.pupil_id != owner and f"With {pupil.forename} {pupil.surname}" in str(line.values.get("why")):
                yield pupil.pupil_id


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["little", "stanton-road", "rivington", "wath-central", "russells-hall", "working-together"]),
    st.sampled_from([date(2025, 9, 4), FRIDAY, date(2025, 10, 24), date(2025, 11, 5), date(2025, 12, 9)]),
    st.randoms(use_true_random=False),
)
def test_nobody_stands_twice_in_a_part_and_every_row_has_a_key_of_its_own(
    policy: str, today: date, random: Random
) -> None:
    view = school(policy, today, random)
    keys = []
    for one in sections(view):
        if not any(column.key == "agreed" for column in one.columns):
            assert not any(line.key for line in one.lines)
            continue
        named = [*_named(view, one)]
        assert len(named) == len(set(named)), one.heading
        keys += [line.key for line in one.lines]
    assert len(keys) == len(set(keys))
    assert all(KEY.fullmatch(key) for key in keys)


def test_a_list_grows_no_longer_than_is_calm_and_what_was_agreed_makes_room_for_the_next() -> None:
    view = little_school()
    pupil = view.pupil["P03"]
    many = [replace(pupil, pupil_id=f"Q{n:02d}", surname=f"Sur{n:02d}") for n in range(40)]
    of_p03 = view.outcome["P03"]
    outcomes = [replace(of_p03, pupil=one) for one in many]
    crowd = replace(view, pupils=many, outcomes=outcomes)
    weekly = section(crowd, "weekly")
    assert (len(weekly.lines), weekly.count) == (25, 40)
    assert weekly.heading.endswith("(first 25 of 40)")
    typed: dict[tuple[str, str, str], Typed] = {(MINUTES, line.key, "agreed"): "Visit" for line in weekly.lines[:10]}
    then = section(replace(crowd, staff=typed), "weekly")
    assert len(then.lines) == 35
    assert {line.key for line in weekly.lines} <= {line.key for line in then.lines}


def test_brothers_and_sisters_are_one_line_of_a_meeting() -> None:
    view = little_school()
    together = [replace(one, family_id="F") if one.pupil_id in {"P03", "P06"} else one for one in view.pupils]
    by_id = {one.pupil_id: one for one in together}
    view = replace(view, pupils=together, outcomes=[replace(o, pupil=by_id[o.pupil.pupil_id]) for o in view.outcomes])
    lines = {line.key.split("|")[0]: line for line in section(view, "weekly").lines}
    assert "P06" not in lines
    assert "With Fern Quill (Birch): One more day away would bring Stage 1." in str(lines["P03"].values["why"])
    half = [line.key.split("|")[0] for line in section(view, "half-term").lines]
    assert half[0] == "P03"


# --- what is typed ---------------------------------------------------------------------------------------------------


def test_what_was_typed_for_a_meeting_stands_until_it_is_over_whoever_leaves_the_list() -> None:
    key = f"P01|weekly|{FRIDAY}"
    view = school(staff={(MINUTES, key, "agreed"): "Visit", (MINUTES, key, "owner"): "RK"})
    line = next(line for line in section(view, "weekly").lines if line.key == key)
    assert (line.values["agreed"], line.values["owner"]) == ("Visit", "RK")
    later = replace(view, morning=replace(view.morning, today=date(2025, 10, 20)))
    assert all(not line.key.startswith("P01") for line in section(later, "weekly").lines)


def test_a_brother_who_was_typed_under_keeps_the_row() -> None:
    view = little_school()
    together = [replace(one, family_id="F") if one.pupil_id in {"P03", "P06"} else one for one in view.pupils]
    by_id = {one.pupil_id: one for one in together}
    outcomes = [replace(one, pupil=by_id[one.pupil.pupil_id]) for one in view.outcomes]
    staff = {(MINUTES, f"P06|weekly|{FRIDAY}", "agreed"): "Visit"}
    lines = section(replace(view, pupils=together, outcomes=outcomes, staff=staff), "weekly").lines
    found = {line.key.split("|")[0]: line for line in lines}
    assert found["P06"].values["agreed"] == "Visit"
    assert "P03" not in found
    assert "With Chidi Okoro-Vale" in str(found["P06"].values["why"])


def test_a_row_stands_under_the_last_school_day_of_its_week() -> None:
    days = {day: week_end(little_school(date(2025, 10, day))) for day in (13, 14, 17)}
    assert set(days.values()) == {FRIDAY}
    on_holiday = little_school(date(2025, 10, 24))
    assert week_end(replace(on_holiday, morning=replace(on_holiday.morning, today=date(2025, 10, 28)))) == date(
        2025, 11, 7
    )


# --- who is listed and why -------------------------------------------------------------------------------------------


def test_the_verge_is_exact() -> None:
    """For everybody: the stage that two more missed sessions would ask for, by the engine itself."""
    for policy in ("little", "stanton-road", "rivington", "russells-hall"):
        view = school(policy, marks=Random(3))
        following = view.calendar.add_school_days(view.marks_until, 1)
        more = [Mark(one.pupil_id, following, session, "O") for one in view.pupils for session in SESSIONS]
        settled = [mark for mark in view.register.marks() if mark.date <= view.marks_until]
        register = Register.from_marks([*settled, *more], [one.pupil_id for one in view.pupils])
        then = {o.pupil.pupil_id: o for o in evaluate(view.policy, view.pupils, register, view.calendar, following)}
        for outcome in view.outcomes:
            if outcome.ytd.possible and outcome.pupil.on_roll(following):
                wanted = then[outcome.pupil.pupil_id].stage
                assert max(outcome.stage, verge(view.policy, outcome, view.today)) == wanted


def test_a_promised_call_is_asked_about_only_while_the_reason_is_missing() -> None:
    promise = Casework((Contacted("P07", date(2025, 10, 16), outcome="Will call back", key="C3"),))
    assert [line.key for line in section(school(casework=promise), "check-in").lines] == [
        f"P06|check-in|{FRIDAY}",
        f"P07|check-in|{FRIDAY}",
    ]
    without = Casework((Contacted("P02", date(2025, 10, 16), outcome="Will call back", key="C3"),))
    assert len(section(school(casework=without), "check-in").lines) == 1


def test_the_check_in_knows_of_the_call_that_was_made_for_the_whole_family() -> None:
    view = school()
    row = next(one for one in view.morning.calls if one.day > 1)
    brother = next(one for one in view.pupils if one.pupil_id != row.pupil.pupil_id)
    family = [replace(one, family_id="F") for one in (row.pupil, brother)]
    calls = tuple(replace(row, pupil=family[0]) if one is row else one for one in view.morning.calls)
    tried = Contacted(brother.pupil_id, view.today, outcome="No answer", key="C1")
    page = replace(
        view,
        pupils=[*family, *(one for one in view.pupils if one.pupil_id not in {p.pupil_id for p in family})],
        morning=replace(view.morning, calls=calls),
        casework=Casework((tried,)),
    )
    (line,) = (one for one in section(page, "check-in").lines if str(one.key).startswith(row.pupil.pupil_id))
    assert "No call is noted yet" not in str(line.values["why"])


def test_what_was_not_needed_or_passed_on_is_no_try() -> None:
    said = [Contacted("7", FRIDAY, outcome=words) for words in ("Not needed after all", "Passed on", "No answer")]
    assert nobody_reached(tuple(said), FRIDAY) == ""
    assert nobody_reached((*said, said[-1]), FRIDAY) == "Nobody reached yet: 2 tries since Fri 17 Oct."


def test_small_groups_have_no_figures() -> None:
    found = section(little_school(), "groups-weekly")
    lines = {str(line.values["group"]): line.values for line in found.lines}
    assert "Ash" not in lines
    assert "No figures for fewer than 5 children:" in found.notes[0]
    assert "Ash" in found.notes[0]
    assert lines["Birch"]["pupils"] == 6


def test_schools_of_brothers_and_sisters_are_a_list_to_ring() -> None:
    (line,) = section(school(**at_work()), "schools").lines
    assert line.values["school"] == "Ira, Brook Academy, 01632 960123"
    assert line.values["why"] == "Stage 2 since Tue 30 Sep"


def test_a_step_down_that_the_figure_does_not_allow_is_said() -> None:
    minute = Minute("M1", date(2025, 10, 10), "Weekly meeting", "P09", "Step down", "RK")
    line = next(
        one for one in section(school(casework=Casework(minutes=(minute,))), "half-term").lines if "P09" in one.key
    )
    assert str(line.values["before"]).endswith("The figure asks for Stage 2 still; to set another, use Decisions.")


# --- Today: agreed in meetings ---------------------------------------------------------------------------------------


def test_what_is_due_about_now_stands_on_today_until_it_is_done() -> None:
    (found,) = agreed(school(**at_work()))
    assert [(line.key, line.values["due"]) for line in found.lines] == [
        ("P05|M2|-", "Wed 15 Oct (overdue)"),
        ("P03|weekly|2025-10-10", "Fri 17 Oct"),
    ]
    assert not [*agreed(little_school())]


# --- from the page to the store ---------------------------------------------------------------------------------------


def _harvested(view: View, random: Random) -> tuple[Harvest, dict[tuple[str, str], Typed]]:
    """Somebody types into rows of Review, saves, and the page is read back; with what they typed."""
    data = checked_bytes(view, OFFICE)
    book, typed = XmlBook(data), dict[tuple[str, str], Typed]()
    rows = {key: row for row in range(1, 200) if KEY.fullmatch(key := str(book.value("Review", row, KEY_AT) or ""))}
    for key in random.sample(sorted(rows), min(4, len(rows))):
        for column, value in (("agreed", "Visit"), ("owner", "=RK"), ("next_due", date(2025, 11, 7)), ("note", "Ask")):
            if random.random() < 0.7:
                book.type("Review", rows[key], AT[column], value)
                typed[key, column] = value
    pupils = frozenset(one.pupil_id for one in view.pupils)
    now, sent = seen(opened(book.saved(), "tracker.xlsx")), seen(opened(data, "tracker.xlsx"))
    return harvest(now, sent, Known(view.today, dict(view.staff), pupils=pupils)), typed


@pytest.mark.parametrize("chance", range(5))
def test_what_is_typed_on_review_is_a_row_of_minutes_cell_for_cell(chance: int) -> None:
    random = Random(chance)
    view = school("little", date(2025, 10, 16), random)
    found, typed = _harvested(view, random)
    said = {(one.key, one.column): one.value for one in found.entries if one.place == MINUTES}
    assert {where: value for where, value in said.items() if where[1] in AT} == typed
    for key in {key for key, _column in typed}:
        pupil_id, what, until = key.split("|")
        page = view.today if what == "half-term" else min(view.today, date.fromisoformat(until))
        assert (said[key, "date"], said[key, "pupil_id"]) == (page, pupil_id)
        assert said[key, "meeting"] in document("layout")["list"]["meeting"]
    assert {one.place for one in found.entries} <= {MINUTES}
    assert not found.problems
